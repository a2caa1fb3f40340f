"""The sign-in link sent by e-mail: works once, for fifteen minutes."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person

SALT = "concorda.sign-in-link"
MINUTES = 15


class LinkTokens(PasswordResetTokenGenerator):
    """A token that dies with the next sign-in, a new password or a new address."""

    key_salt = SALT


tokens = LinkTokens()


def make(person: Person) -> str:
    signed = signing.dumps({"person": person.pk, "token": tokens.make_token(person)}, salt=SALT)
    return reverse("accounts:link", args=[signed])


def read(signed: str) -> Person | None:
    """The person a link signs in, or None for a link that is wrong, used or too old."""
    try:
        facts = signing.loads(signed, salt=SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        return None
    person = Person.objects.filter(pk=facts["person"], is_active=True).first()
    return person if person and tokens.check_token(person, facts["token"]) else None


@transaction.atomic
def send(person: Person) -> None:
    mail.send(
        person.email,
        lambda: _("Your link to sign in to Concorda"),
        "accounts/mail/link.txt",
        {"person": person, "address": mail.absolute(make(person)), "minutes": MINUTES},
        language=person.language,
    )

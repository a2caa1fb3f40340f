"""Opening an account on somebody's behalf."""

from allauth.account.models import EmailAddress
from django.db import transaction

from concorda.foundation.accounts.models import Person


@transaction.atomic
def open_account(*, email: str, name: str, password: str | None = None, **facts: object) -> Person:
    """A person whose address counts as confirmed, because a letter reached it or an administrator vouches for it."""
    person = Person.objects.create_user(email, password, name=name, **facts)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person

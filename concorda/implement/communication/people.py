"""Cards of participants and people outside: what they agreed to, and their vCards."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.progress import forget
from concorda.implement.communication import queries
from concorda.implement.communication.models import Card, Contact

FOLD = 75
"""Bytes of a line of a vCard (RFC 6350)."""


@transaction.atomic
def show(card: Card, *, by: Person) -> None:
    """Keep what a participant lets the others see; their own people read of it on the timeline."""
    card.agreed_at = clock.now()
    card.save()
    participant = card.participant
    message = gettext_noop("changed what others see of how to reach them")
    record(participant.partnership, by, message, about=card, private_to=participant.organization)


@transaction.atomic
def works_again(participant: Participant, *, by: Person) -> None:
    """Letters may go to this address again."""
    if mail.revive(participant.person.email):
        record(participant.partnership, by, gettext_noop("noted that an address works again"), tool="communication")
        forget(participant.partnership)


@transaction.atomic
def write_down(contact: Contact, *, by: Person) -> Contact:
    """Keep somebody outside; the timeline names nobody."""
    contact.save()
    record(contact.partnership, by, gettext_noop("wrote down somebody outside who hears from us"), about=contact)
    return contact


@transaction.atomic
def withdraw_consent(contact: Contact, *, by: Person) -> None:
    """They want to hear no more: nothing is sent from now on."""
    contact.consent_on, contact.consent_how = None, ""
    contact.save(update_fields=["consent_on", "consent_how"])
    record(contact.partnership, by, gettext_noop("noted that somebody outside wants no more letters"), about=contact)


# vCards (RFC 6350)


def vcards(people: Iterable[Participant]) -> str:
    """One vCard for each participant, with what they let the others see."""
    return "".join(
        vcard(
            str(one),
            organization=one.organization.name if one.organization else "",
            title=one.title,
            email=queries.shown_email(one),
            phone=queries.shown_phone(one),
            language=one.person.language,
        )
        for one in people
    )


def vcards_outside(contacts: Iterable[Contact]) -> str:
    """One for each contact who agreed to be written to."""
    return "".join(vcard_of(one) for one in contacts if one.agreed)


def vcard_of(one: Contact) -> str:
    facts = {"title": one.title, "email": one.email, "phone": one.phone, "language": one.language}
    return vcard(one.name, organization=one.organization, **facts)


def vcard(name: str, *, organization: str, title: str, email: str, phone: str, language: str) -> str:
    words = name.split()
    family, given = (words[-1], " ".join(words[:-1])) if len(words) > 1 else ("", name)
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{escaped(name)}", f"N:{escaped(family)};{escaped(given)};;;"]
    facts = (("ORG", organization), ("TITLE", title), ("EMAIL", email), ("TEL", phone), ("LANG", language))
    lines += [f"{key}:{escaped(value)}" for key, value in facts if value]
    return "".join(folded(line) + "\r\n" for line in [*lines, "END:VCARD"])


def escaped(value: str) -> str:
    for sign in ("\\", ",", ";"):
        value = value.replace(sign, "\\" + sign)
    return value.replace("\r", "").replace("\n", "\\n")


def folded(line: str) -> str:
    """A line in pieces of at most 75 bytes, never cut inside a letter."""
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > FOLD:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + sign, size + width
    return "\r\n".join([*pieces, piece])

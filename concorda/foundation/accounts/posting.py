"""Posting the letters that wait, by SMTP: each once its time has come, again later when the server does not take it."""

import logging
import smtplib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, QuerySet

from concorda.foundation.accounts import addresses, mail
from concorda.foundation.accounts.models import Letter
from concorda.foundation.core import clock

log = logging.getLogger(__name__)

AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
"""How long after each failure the next try comes; after the last one a letter is given up."""
AT_ONCE = 100
KEPT = timedelta(days=90)
"""So long it is remembered that a letter was posted, for reports that it did not arrive."""


class Parcel(EmailMessage):
    """A stored letter for Django's mail connections: its bytes, its recipients, and where reports about it go."""

    def __init__(self, letter: Letter) -> None:
        super().__init__(from_email=envelope(letter), to=letter.recipients)
        self.raw = bytes(letter.parcel or b"")

    def message(self, **_how: Any) -> Any:
        return self

    def as_bytes(self, linesep: str = "\r\n") -> bytes:
        return self.raw


def envelope(letter: Letter) -> str:
    """The return path: an address of its own for each letter, where the mailbox can take one."""
    return addresses.personal(addresses.sealed("b", letter.pk)) or settings.DEFAULT_FROM_EMAIL


def waiting() -> QuerySet[Letter]:
    return Letter.objects.filter(parcel__isnull=False, posted_at=None, given_up_at=None, due_at__lte=clock.now())


def post_due() -> int:
    """Post what is due; returns how many letters went out. Two workers never post the same one at once."""
    letters = list(waiting().order_by("due_at", "pk")[:AT_ONCE])
    if not letters:
        return 0
    connection = get_connection(settings.MAIL_BACKEND)
    try:
        return sum(post(letter, connection) for letter in letters)
    finally:
        connection.close()


def post(letter: Letter, connection: Any) -> bool:
    """Post one letter that nobody else is posting. What breaks off halfway is tried again, as mail servers do."""
    again = clock.now() + AGAIN[min(letter.tries, len(AGAIN) - 1)]
    claimed = Letter.objects.filter(pk=letter.pk, posted_at=None, tries=letter.tries)
    if not claimed.update(tries=F("tries") + 1, due_at=again):
        return False
    letter.tries += 1
    try:
        connection.open()
        connection.send_messages([Parcel(letter)])
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        failed(letter, error)
        return False
    Letter.objects.filter(pk=letter.pk).update(posted_at=clock.now(), parcel=None, body="", trouble="")
    return True


def failed(letter: Letter, error: Exception) -> None:
    """Keep why; a recipient the server refuses for good gets no more letters."""
    reason = " ".join(str(error).split())[:300]
    facts: dict[str, Any] = {"trouble": reason}
    refused = getattr(error, "recipients", {}) if isinstance(error, smtplib.SMTPRecipientsRefused) else {}
    final = {to: answer for to, (code, answer) in refused.items() if code >= 500}
    for to, answer in final.items():
        mail.bury(to, answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer))
    if final or letter.tries >= len(AGAIN):
        facts |= {"given_up_at": clock.now(), "parcel": None, "body": ""}
        log.error("a letter to %s was given up: %s", letter.to, reason)
    Letter.objects.filter(pk=letter.pk).update(**facts)


def forget_old() -> None:
    """Letters that went out long ago, or were given up, leave the table."""
    Letter.objects.exclude(posted_at=None, given_up_at=None).filter(at__lt=clock.now() - KEPT).delete()

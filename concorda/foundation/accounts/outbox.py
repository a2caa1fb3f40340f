"""Where every letter goes first: into the database, in the open transaction. The worker posts it (posting.py)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from concorda.foundation.core import clock


class Backend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        from concorda.foundation.accounts.models import Letter  # the backend is imported before the models are ready

        letters = []
        for message in email_messages:
            made: Any = message.message()
            letters.append(
                Letter(
                    to=", ".join(message.recipients())[:320],
                    subject=message.subject[:300],
                    body=str(message.body),
                    attachments=[part[0] for part in message.attachments if isinstance(part, tuple)],
                    kind=getattr(message, "kind", ""),
                    place=getattr(message, "place", ""),
                    due_at=getattr(message, "due_at", None) or clock.now(),
                    message_id=str(made["Message-ID"] or "")[:200],
                    parcel=made.as_bytes(linesep="\r\n") if settings.EMAIL_URL else None,
                    recipients=message.recipients(),
                )
            )
        return len(Letter.objects.bulk_create(letters))

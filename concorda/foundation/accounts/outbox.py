"""The mail backend of an installation without a mail server: letters are kept and shown on a page."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Backend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        from concorda.foundation.accounts.models import Letter  # the backend is imported before the models are ready

        letters = [
            Letter(
                to=", ".join(message.recipients())[:320],
                subject=message.subject[:300],
                body=str(message.body),
                attachments=[part[0] for part in message.attachments if isinstance(part, tuple)],
            )
            for message in email_messages
        ]
        return len(Letter.objects.bulk_create(letters))

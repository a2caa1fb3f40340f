"""Letters to people, in their language, sent after the transaction that caused them."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

Attachment = tuple[str, bytes | str, str]


def absolute(path: str) -> str:
    """The full address of a path of this installation."""
    return settings.SITE_URL.rstrip("/") + path


def send(
    to: str,
    subject: Callable[[], str],
    template: str,
    facts: dict[str, object],
    *,
    language: str = "en-ca",
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send one letter once the transaction holds; `subject` is called in the reader's language."""
    with translation.override(language):
        message = EmailMessage(
            subject=" ".join(subject().split()),
            body=render_to_string(template, facts),
            to=[to],
            attachments=list(attachments),
        )
    transaction.on_commit(lambda: message.send(fail_silently=False))

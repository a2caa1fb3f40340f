"""Letters to people, in their language: stored in the transaction that causes them, posted by the worker."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import make_msgid
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.accounts import stopping
from concorda.foundation.accounts.models import DeadAddress
from concorda.foundation.core import clock

Attachment = tuple[str, bytes | str, str]


class Place(Protocol):
    """A partnership, as far as a letter needs it."""

    slug: str


KINDS: Mapping[str, Promise] = {
    "announcements": gettext_lazy("announcements"),
    "confirmations": gettext_lazy("reminders to confirm an announcement"),
    "discussions": gettext_lazy("discussions you take part in"),
    "plan": gettext_lazy("reminders of what you promised to tell others"),
    "news": gettext_lazy("news for people outside"),
    "meetings": gettext_lazy("meetings"),
    "decisions": gettext_lazy("votes that wait for you"),
    "agreements": gettext_lazy("agreements to sign, and their end"),
    "invitations": gettext_lazy("invitations to take part"),
    "searches": gettext_lazy("saved searches"),
    "check-ins": gettext_lazy("check-ins"),
    "reports": gettext_lazy("reports that were drafted"),
    "mail": gettext_lazy("letters that do not arrive"),
}
"""What letters that people did not ask for themselves are about; each kind can be stopped by its reader."""


class Message(EmailMessage):
    """A letter as it will be posted, with what the outbox keeps beside it."""

    kind = place = ""
    due_at: datetime | None = None


def absolute(path: str) -> str:
    """The full address of a path of this installation."""
    return settings.SITE_URL.rstrip("/") + path


def host() -> str:
    """The name this installation gives its messages."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def send(
    to: str,
    subject: Callable[[], str],
    template: str,
    facts: Mapping[str, object],
    *,
    language: str = "en-ca",
    attachments: Sequence[Attachment] = (),
    kind: str = "",
    of: Place | None = None,
    stop: str = "",
    due_at: datetime | None = None,
    reply_to: str = "",
    name: str = "",
    headers: Mapping[str, str] | None = None,
) -> bool:
    """Store one letter with the open transaction; `subject` is called in the reader's language.

    `kind` (of KINDS) and `of` (the partnership) say what a letter is about that its reader did not ask for: it can be
    stopped with one click, at `stop` or at an address made for it, and is not written to whoever did, or to an address
    that refused earlier ones: False then. `due_at` holds it back until then. `name` begins its Message-ID.
    """
    place = of.slug if of else ""
    if kind and (stopping.is_silent(to, kind, place) or is_dead(to)):
        return False
    with translation.override(language):
        body = render_to_string(template, dict(facts))
        stop = stop or (stopping.address(to, kind, place) if kind else "")
        message = Message(
            subject=" ".join(subject().split()),
            body=f"{body.rstrip()}\n{_('No more letters like this:')} {stop}\n" if stop else body,
            to=[to],
            reply_to=[reply_to] if reply_to else None,
            attachments=list(attachments),
            headers={**marks(name), **stop_marks(stop), **(headers or {})},
        )
    message.kind, message.place, message.due_at = kind, place, due_at
    message.send(fail_silently=False)
    return True


def marks(name: str = "") -> dict[str, str]:
    """What keeps programs from answering a letter that a program wrote (RFC 3834)."""
    return {
        "Message-ID": make_msgid(name or None, domain=host()),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Concorda": host(),
    }


def stop_marks(stop: str) -> dict[str, str]:
    """One click stops it, without signing in (RFC 8058)."""
    if not stop:
        return {}
    return {
        "Precedence": "bulk",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def is_dead(address: str) -> bool:
    return DeadAddress.objects.filter(address__iexact=address).exists()


def bury(address: str, reason: str) -> bool:
    """Note that an address refuses our letters; False when it was known."""
    if is_dead(address):
        return False
    DeadAddress.objects.create(address=address, reason=" ".join(reason.split())[:300], since=clock.now())
    return True


def revive(address: str) -> bool:
    """The address works again."""
    return bool(DeadAddress.objects.filter(address__iexact=address).delete()[0])

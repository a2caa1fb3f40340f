"""The timeline: audit trail, activity feed and source of notifications; appended in the transaction of the change."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.db import connection, models

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.core.text import fingerprint
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Entry, Participant, Partnership


def record(
    partnership: Partnership,
    by: Person | None,
    message: str,
    *,
    about: models.Model | None = None,
    tool: str = "",
    private_to: Organization | None = None,
    **facts: Any,
) -> Entry:
    """Append one line; the caller's transaction must be open.

    `message` is a msgid marked with gettext_noop that continues the name of who did it; its %(name)s places are filled
    from `facts`: "objected to version %(number)s". `about` is the row it is about; `private_to` hides it from others.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A timeline line belongs in the transaction of the change it tells.")
    with scopes_disabled():
        head = Partnership.objects.select_for_update().get(pk=partnership.pk)
        entry = Entry(
            partnership=head,
            number=head.length + 1,
            at=clock.now(),
            by=by,
            by_name=by.name if by else "",
            organization_name=organization_name(head, by),
            tool=tool or (about._meta.app_label if about is not None else ""),
            message=message,
            facts={
                name: value if isinstance(value, (int, float, bool)) else str(value) for name, value in facts.items()
            },
            target=about._meta.label_lower if about is not None else "",
            target_id=about.pk if about is not None else None,
            private_to=private_to,
            previous=head.head,
        )
        entry.hash = fingerprint(contents(entry))
        entry.save()
        Partnership.objects.filter(pk=head.pk).update(length=entry.number, head=entry.hash)
    partnership.length, partnership.head = entry.number, entry.hash
    return entry


def organization_name(partnership: Partnership, by: Person | None) -> str:
    if by is None:
        return ""
    participant = Participant.objects.select_related("organization").filter(partnership=partnership, person=by).first()
    return participant.organization.short if participant and participant.organization else ""


def contents(entry: Entry) -> dict[str, Any]:
    """What the hash of a line covers."""
    return {
        "partnership": entry.partnership_id,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(),
        "by": entry.by_id,
        "by_name": entry.by_name,
        "organization": entry.organization_name,
        "tool": entry.tool,
        "message": entry.message,
        "facts": entry.facts,
        "target": entry.target,
        "target_id": entry.target_id,
        "private_to": entry.private_to_id,
        "previous": entry.previous,
    }


def first_break(partnership: Partnership) -> int | None:
    """The number of the first line that was altered, removed or inserted later; None when the chain holds."""
    with scopes_disabled():
        previous, expected = "", 1
        for entry in Entry.objects.filter(partnership=partnership).order_by("number").iterator():
            if entry.number != expected or entry.previous != previous or entry.hash != fingerprint(contents(entry)):
                return expected
            previous, expected = entry.hash, expected + 1
        head = Partnership.objects.get(pk=partnership.pk)
        return None if (head.head, head.length) == (previous, expected - 1) else expected


def visible(partnership: Partnership, own: Iterable[int]) -> models.QuerySet[Entry]:
    """The lines somebody of the organizations `own` may read, newest first."""
    public = models.Q(private_to=None) | models.Q(private_to__in=list(own))
    return Entry.objects.filter(public, partnership=partnership).select_related("by")

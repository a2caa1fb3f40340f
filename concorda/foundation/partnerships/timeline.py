"""The timeline: audit trail, activity feed and source of notifications; appended in the transaction of the change."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_noop

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


WITHHELD = gettext_noop("did something that is private to one organization")
KEPT_BACK = {"withheld": True}


def numbers(entry: Entry) -> dict[str, int | None]:
    """The primary keys a line names, as this installation counts."""
    return {
        "partnership": entry.partnership_id,
        "by": entry.by_id,
        "target_id": entry.target_id,
        "private_to": entry.private_to_id,
    }


def contents(entry: Entry) -> dict[str, Any]:
    """What the hash of a line covers: a line from another installation with the numbers it had there."""
    return (entry.recorded or numbers(entry)) | {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(),
        "by_name": entry.by_name,
        "organization": entry.organization_name,
        "tool": entry.tool,
        "message": entry.message,
        "facts": entry.facts,
        "target": entry.target,
        "previous": entry.previous,
    }


def is_withheld(entry: Entry) -> bool:
    """Did this line come from another installation without its words, which were private there? It says nothing."""
    said = (entry.by_id, entry.by_name, entry.organization_name, entry.tool, entry.facts, entry.target, entry.target_id)
    return entry.recorded == KEPT_BACK and entry.message == WITHHELD and not any(said)


class Renumbered:
    """What other installations called the rows of lines that came from there: one row here for each there."""

    def __init__(self) -> None:
        self.here: dict[tuple[str, int], int | None] = {}

    def agrees(self, entry: Entry) -> bool:
        there = entry.recorded or {}
        kinds = {"by": "person", "private_to": "organization", "target_id": entry.target, "partnership": "partnership"}
        return all(
            (there.get(name) is None) == (here is None)
            and (there.get(name) is None or self.here.setdefault((kinds[name], there[name]), here) == here)
            for name, here in numbers(entry).items()
        )


def first_break(partnership: Partnership) -> int | None:
    """The number of the first line that was altered, removed or inserted later; None when the chain holds."""
    with scopes_disabled():
        previous, expected, renumbered = "", 1, Renumbered()
        for entry in Entry.objects.filter(partnership=partnership).order_by("number").iterator():
            if entry.number != expected or entry.previous != previous or not holds(entry, renumbered):
                return expected
            previous, expected = entry.hash, expected + 1
        head = Partnership.objects.get(pk=partnership.pk)
        return None if (head.head, head.length) == (previous, expected - 1) else expected


def holds(entry: Entry, renumbered: Renumbered) -> bool:
    """Is a line what its hash was made of?"""
    if is_withheld(entry):
        return True
    return entry.hash == fingerprint(contents(entry)) and (entry.recorded is None or renumbered.agrees(entry))


def visible(partnership: Partnership, own: Iterable[int]) -> models.QuerySet[Entry]:
    """The lines somebody of the organizations `own` may read, newest first."""
    public = models.Q(private_to=None) | models.Q(private_to__in=list(own))
    return Entry.objects.filter(public, partnership=partnership).select_related("by")

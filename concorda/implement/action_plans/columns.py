"""The columns of a plan as a table: what they are called going out, and what they may be called coming in."""

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

COLUMNS: Mapping[str, tuple[Promise | str, tuple[str, ...]]] = {
    "key": (_("No."), ("id", "number", "nr", "uid", "#")),
    "title": (_("What"), ("title", "name", "task", "task name", "action", "activity")),
    "kind": (_("Kind"), ("type",)),
    "parent": (_("Part of"), ("parent", "summary")),
    "group": (_("Group"), ("working group", "team")),
    "goal": (_("Goal"), ()),
    "accountable": (_("Accountable"), ("owner", "responsible", "lead", "assigned to", "who")),
    "shares": (_("Works on it"), ("resources", "resource names", "people")),
    "status": (_("Status"), ("state",)),
    "starts_on": (_("Starts"), ("start", "begin", "start date")),
    "due": (_("Due"), ("end", "finish", "due date", "end date", "finish date", "by when")),
    "waits": (_("Waits for"), ("predecessors", "depends on", "dependencies", "precursors")),
    "effort": (_("Hours of work"), ("effort", "hours", "work")),
    "best_days": (_("Days at best"), ("optimistic",)),
    "worst_days": (_("Days at worst"), ("pessimistic",)),
    "cost": (_("Cost"), ("budget",)),
    "evidence": (_("What shows it"), ("evidence",)),
    "notes": (_("Notes for everyone"), ("notes", "note", "description")),
}


def names() -> Iterator[tuple[str, str]]:
    """Every name a column may have, in small letters, and the column: ours in each language, then other programs'."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            for column, (label, _others) in COLUMNS.items():
                yield str(label).casefold(), column
    for column, (_label, others) in COLUMNS.items():
        yield column, column
        for other in others:
            yield other, column


def recognized(header: list[str]) -> dict[str, str]:
    """Our column → the file's, for those the file has; the first that fits counts."""
    known: dict[str, str] = {}
    for name, column in names():
        known.setdefault(name, column)
    found: dict[str, str] = {}
    for head in header:
        column = known.get(head.strip().casefold().replace("_", " ")) or known.get(head.strip().casefold())
        if column:
            found.setdefault(column, head)
    return found

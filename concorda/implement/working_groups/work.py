"""What the work of groups consists of is known to a later tool; it answers here, once it starts.

work.register(for_groups)   # in AppConfig.ready; see `Work` for what it answers
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from concorda.foundation.accounts.models import Person
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.implement.working_groups.models import Meeting


@dataclass(frozen=True)
class Task:
    """Something somebody took on in a meeting."""

    title: str
    who: str
    due: date | None
    done: bool
    url: str


@dataclass(frozen=True)
class Load:
    """The open actions of a group, and how many of them are overdue."""

    open: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Missed:
    """A hand-over that did not come: the group that waits, and what it waits for, in one sentence."""

    group: int
    text: str
    url: str


class Work(Protocol):
    def take_on(self, meeting: Meeting, *, title: str, who: Participant, due: date | None, by: Person) -> None: ...
    def taken_on(self, meeting: Meeting) -> Sequence[Task]: ...
    def loads(self, partnership: Partnership) -> Mapping[int, Load]: ...
    def missed(self, partnership: Partnership) -> Sequence[Missed]: ...
    def crossing(self, partnership: Partnership) -> int:
        """How many actions of one organization wait for those of another."""
        ...


class Nothing:
    """No tool plans actions: nothing is open, nothing can be taken on."""

    def take_on(self, meeting: Meeting, *, title: str, who: Participant, due: date | None, by: Person) -> None:
        raise LookupError("no tool plans actions")

    def taken_on(self, meeting: Meeting) -> Sequence[Task]:
        return ()

    def loads(self, partnership: Partnership) -> Mapping[int, Load]:
        return {}

    def missed(self, partnership: Partnership) -> Sequence[Missed]:
        return ()

    def crossing(self, partnership: Partnership) -> int:
        return 0


_known: list[Work] = [Nothing()]


def register(found: Work) -> None:
    _known[:] = [found]


def known() -> Work:
    return _known[0]

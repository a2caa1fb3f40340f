"""Tasks, their links, and the plan: checked, indexed and in an order in which every task follows what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count, repeat
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from concorda.analysis.problems import Problem, Refused


class LinkType(StrEnum):
    """Which end of the earlier task holds which end of the later one: finish-start, start-start and so on."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"

    # An enum's own hash is a call into Python for each of thousands of links.
    __hash__ = str.__hash__


@dataclass(slots=True)
class Link:
    """Waits for task `id`, plus `lag` working days (negative: may begin before)."""

    id: str
    type: LinkType = LinkType.FS
    lag: float = 0.0


@dataclass(slots=True)
class Task:
    """One task; durations in working days, 0 for a milestone.

    `optimistic` and `pessimistic` frame the duration, which is the most likely one. `not_before` is the earliest start
    in working days after the project's start. A task that is the `parent` of others is a summary: it spans them, its
    own duration is not used, and its links and `not_before` hold for each task under it.
    """

    id: str
    duration: float
    depends_on: tuple[Link, ...] = ()
    name: str = ""
    optimistic: float | None = None
    pessimistic: float | None = None
    not_before: float = 0.0
    parent: str | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with one task; `place` counts tasks from 0, `field` is a field of Task."""

    place: int
    field: str
    reason: str
    value: str | None = None


class FaultyTasks(Refused):
    """Tasks that make no plan; `faults` say which, so that a reader can name the place in its file."""

    def __init__(self, found: list[Fault]) -> None:
        self.faults = found
        super().__init__(Problem(fault.reason, column=fault.field, value=fault.value) for fault in found)


@dataclass(frozen=True, eq=False)
class Plan:
    """A checked plan of n tasks and m links between tasks that are no summaries.

    Arrays: `duration`, `not_before` (n, working days), `before`, `after` (m, task numbers), `kind` (m, position in
    LinkType), `lag` (m). `order` (n): task numbers, everything after what it waits for, and `rank` (n) the place of
    each task in it; links follow the order of their earlier task, so one walk over them is a forward pass. `summary`:
    numbers of summaries with all tasks under them.
    """

    tasks: Sequence[Task]
    duration: NDArray[np.float64]
    not_before: NDArray[np.float64]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    kind: NDArray[np.int8]
    lag: NDArray[np.float64]
    order: NDArray[np.intp]
    rank: NDArray[np.intp]
    summary: dict[int, list[int]]

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> "Plan":
        """The plan of these tasks; FaultyTasks when some are faulty or wait for each other in a circle."""
        columns = _Columns.of(tasks)
        if not columns.sound() and (found := faults(tasks)):
            raise FaultyTasks(found)
        summary = _summaries(tasks)
        before, after, kind, lag = _links(columns, summary)
        order = np.array(_order(tasks, before, after), dtype=np.intp)
        rank = np.empty(len(tasks), dtype=np.intp)
        rank[order] = np.arange(len(tasks))
        flow = np.argsort(rank[before], kind="stable")
        duration, not_before = columns.duration, columns.not_before
        for place, under in summary.items():
            not_before[under] = np.maximum(not_before[under], not_before[place])
            duration[place] = not_before[place] = 0.0
        return cls(
            tasks,
            duration,
            not_before,
            before[flow],
            after[flow],
            kind[flow],
            lag[flow],
            order,
            rank,
            summary,
        )


KINDS = tuple(LinkType)
_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, eq=False)
class _Columns:
    """Tasks (n) and their links (m) column by column, for plans have up to 100,000 tasks; `before` is −1 if unknown."""

    tasks: Sequence[Task]
    number: dict[str, int]
    duration: NDArray[np.float64]
    not_before: NDArray[np.float64]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    kind: NDArray[np.int8]
    lag: NDArray[np.float64]

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> "_Columns":
        number = dict(zip(map(attrgetter("id"), tasks), count(), strict=False))
        waits = list(map(attrgetter("depends_on"), tasks))
        links = list(chain.from_iterable(waits))
        return cls(
            tasks,
            number,
            np.fromiter(map(attrgetter("duration"), tasks), np.float64, len(tasks)),
            np.fromiter(map(attrgetter("not_before"), tasks), np.float64, len(tasks)),
            np.fromiter(map(number.get, map(attrgetter("id"), links), repeat(-1)), np.intp, len(links)),
            np.repeat(np.arange(len(tasks)), list(map(len, waits))),
            _kinds(links),
            np.fromiter(map(attrgetter("lag"), links), np.float64, len(links)),
        )

    def sound(self) -> bool:
        """Whether nothing is wrong with single tasks; `faults` says what, which takes longer."""
        days = self.duration
        least, most = (self._or_duration(end) for end in ("optimistic", "pessimistic"))
        return bool(
            self.tasks
            and len(self.number) == len(self.tasks)
            and "" not in self.number
            and ((least >= 0) & (least <= days) & (days <= most) & (most < _LONGEST)).all()
            and ((self.not_before >= 0) & (self.not_before < _LONGEST)).all()
            and (self.before >= 0).all()
            and (np.abs(self.lag) < _LONGEST).all()
            and list(map(attrgetter("parent"), self.tasks)).count(None) == len(self.tasks)
        )

    def _or_duration(self, end: str) -> NDArray[np.float64]:
        given = list(map(attrgetter(end), self.tasks))
        missing = given.count(None)
        if missing == len(given):
            return self.duration
        if missing:
            given = [own if days is None else days for own, days in zip(self.duration.tolist(), given, strict=True)]
        return np.array(given, np.float64)


def _kinds(links: list[Link]) -> NDArray[np.int8]:
    kinds = list(map(attrgetter("type"), links))
    if kinds.count(LinkType.FS) == len(kinds):
        return np.zeros(len(kinds), np.int8)
    return np.fromiter(map(_KIND_NUMBER.__getitem__, kinds), np.int8, len(kinds))


def faults(tasks: Sequence[Task]) -> list[Fault]:
    """Everything wrong with single tasks; circles are found by Plan.of."""
    if not tasks:
        return [Fault(0, "id", "there are no tasks; name at least one")]
    found: list[Fault] = []
    known: set[str] = set()
    for place, task in enumerate(tasks):
        if not task.id:
            found.append(Fault(place, "id", "the task has no id"))
        elif task.id in known:
            found.append(Fault(place, "id", f"the id '{task.id}' is there twice", task.id))
        known.add(task.id)
    for place, task in enumerate(tasks):
        days = task.duration
        low = days if task.optimistic is None else task.optimistic
        high = days if task.pessimistic is None else task.pessimistic
        if not (0 <= low <= days <= high < _LONGEST and 0 <= task.not_before < _LONGEST):
            found += _length_faults(place, task, low, high)
        for link in task.depends_on:
            if link.id not in known or not -_LONGEST < link.lag < _LONGEST:
                found.append(_link_fault(place, task, link, known))
        if task.parent is not None and task.parent not in known:
            found.append(Fault(place, "parent", f"the parent '{task.parent}' is not in the plan", task.parent))
    return found or _parent_circles(tasks)


_LONGEST = 1e7


def _length_faults(place: int, task: Task, low: float, high: float) -> list[Fault]:
    found = []
    for field in ("duration", "not_before"):
        value: float = getattr(task, field)
        if not 0 <= value < _LONGEST:
            what = "is negative" if value < 0 else "is not a usable number of days"
            found.append(Fault(place, field, f"the {field} of '{task.id}' {what}; write 0 or more", f"{value:g}"))
    if not 0 <= low <= task.duration:
        reason = f"the optimistic duration of '{task.id}' must lie between 0 and its duration {task.duration:g}"
        found.append(Fault(place, "optimistic", reason, f"{low:g}"))
    if not task.duration <= high < _LONGEST:
        reason = f"the pessimistic duration of '{task.id}' must be at least its duration {task.duration:g}"
        found.append(Fault(place, "pessimistic", reason, f"{high:g}"))
    return found[:1] if found and found[0].field == "duration" else found


def _link_fault(place: int, task: Task, link: Link, known: set[str]) -> Fault:
    if link.id in known:
        return Fault(place, "depends_on", f"the lag of '{task.id}' after '{link.id}' is not a number of days")
    reason = f"'{task.id}' depends on '{link.id}', which is not in the plan"
    return Fault(place, "depends_on", reason, link.id)


def _parent_circles(tasks: Sequence[Task]) -> list[Fault]:
    parent = {task.id: task.parent for task in tasks if task.parent is not None}
    if not parent:
        return []
    safe: set[str] = set()
    for place, task in enumerate(tasks):
        trail: list[str] = []
        at: str | None = task.id
        while at is not None and at in parent and at not in safe:
            if at in trail:
                return [Fault(place, "parent", f"tasks are their own parents: {' → '.join([*trail, at])}", at)]
            trail.append(at)
            at = parent[at]
        safe.update(trail)
    return []


def _summaries(tasks: Sequence[Task]) -> dict[int, list[int]]:
    """Number of each summary → numbers of the tasks under it that are no summaries themselves."""
    number = {task.id: place for place, task in enumerate(tasks)} if any(task.parent for task in tasks) else {}
    parent = {number[task.id]: number[task.parent] for task in tasks if number and task.parent is not None}
    under: dict[int, list[int]] = {place: [] for place in sorted(set(parent.values()))}
    for place in parent:
        if place in under:
            continue
        above = parent.get(place)
        while above is not None:
            under[above].append(place)
            above = parent.get(above)
    return under


def _links(
    columns: _Columns, summary: dict[int, list[int]]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int8], NDArray[np.float64]]:
    """Links between tasks that are no summaries: those of a summary hold for each task under it."""
    before, after, kind, lag = columns.before, columns.after, columns.kind, columns.lag
    if not summary:
        return before, after, kind, lag
    spread = [
        (one, other, at)
        for at, (earlier, later) in enumerate(zip(before.tolist(), after.tolist(), strict=True))
        for one in summary.get(earlier, (earlier,))
        for other in summary.get(later, (later,))
    ]
    ones, others, which = np.array(spread, dtype=np.intp).reshape(-1, 3).T
    return ones, others, kind[which], lag[which]


def _order(tasks: Sequence[Task], before: NDArray[np.intp], after: NDArray[np.intp]) -> list[int]:
    """The given order if every task already follows what it waits for, else Kahn's; FaultyTasks names one circle."""
    if (before < after).all():
        return list(range(len(tasks)))
    waiting = np.bincount(after, minlength=len(tasks)).tolist()
    followers = after[np.argsort(before, kind="stable")].tolist()
    begin = [0, *np.bincount(before, minlength=len(tasks)).cumsum().tolist()]
    order = [place for place, count in enumerate(waiting) if count == 0]
    for place in order:
        for other in followers[begin[place] : begin[place + 1]]:
            waiting[other] = left = waiting[other] - 1
            if not left:
                order.append(other)
    if len(order) < len(tasks):
        circle = _circle(waiting, before.tolist(), after.tolist())
        names = " → ".join(tasks[place].id for place in circle)
        reason = f"tasks wait for each other in a circle: {names}"
        raise FaultyTasks([Fault(circle[0], "depends_on", reason, tasks[circle[0]].id)])
    return order


def _circle(waiting: list[int], before: list[int], after: list[int]) -> list[int]:
    """One circle among the tasks that still wait, in the order of work, its first task named again at the end."""
    held_by = {other: one for one, other in zip(before, after, strict=True) if waiting[one] and waiting[other]}
    at = next(iter(held_by))
    seen: dict[int, int] = {}
    trail: list[int] = []
    while at not in seen:
        seen[at] = len(trail)
        trail.append(at)
        at = held_by[at]
    return [at, *reversed(trail[seen[at] :])]

"""When everything ends as things stand now: what waits for what, what has slack, what slips."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from concorda.implement.action_plans.days import Days
from concorda.implement.action_plans.models import Action, Dependency

if TYPE_CHECKING:
    from concorda.analysis.schedule import Schedule, Task


@dataclass
class Line:
    """One dated action: `start` and `end` as forecast, `late` and `slack` in working days."""

    action: Action
    start: date
    end: date
    own_end: date
    """When it would end if it waited for nothing."""
    late: int = 0
    slack: int = 0
    slack_until: date | None = None
    critical: bool = False
    pushed: bool = False
    """It ends later only because of what it waits for."""
    whole: bool = False
    """It has parts, and spans them."""
    holds: list["Line"] = field(default_factory=list)
    """Lines on the critical path that begin as soon as this one ends."""

    @property
    def slips(self) -> bool:
        """Late by itself, and nobody has accepted the new date."""
        return self.late > 0 and not self.whole and self.action.kept_due != self.own_end

    @property
    def decided(self) -> bool:
        return self.late > 0 and not self.slips


@dataclass
class Forecast:
    """The whole plan as it stands today; dropped actions are left out."""

    lines: list[Line]
    undated: list[Action]
    today: date
    links: Sequence[Dependency] = ()
    circle: Sequence[str] = ()
    """Titles of actions that wait for each other in a circle; then nothing is counted as waiting."""

    @property
    def finish(self) -> date | None:
        return max((line.end for line in self.lines), default=None)

    @property
    def planned_finish(self) -> date | None:
        """The finish of the baseline, or None while there is no baseline."""
        return max((line.action.baseline_due for line in self.lines if line.action.baseline_due), default=None)

    @property
    def moved(self) -> bool:
        return self.planned_finish is not None and self.finish != self.planned_finish

    @property
    def counted(self) -> list[Action]:
        """What progress is counted in: deliverables, or all actions where there are none."""
        everything = [line.action for line in self.lines] + self.undated
        return [action for action in everything if action.kind == Action.Kind.DELIVERABLE] or everything

    @property
    def done(self) -> int:
        return sum(action.done for action in self.counted)

    @property
    def slipping(self) -> list[Line]:
        """Most late first."""
        return sorted((line for line in self.lines if line.slips), key=lambda line: (not line.critical, -line.late))


def forecast(actions: Iterable[Action], links: Iterable[Dependency], days: Days, today: date) -> Forecast:
    """The forecast of these actions and what waits for what. An action that is overdue ends today at the earliest.

    An action with dated parts spans them; its own days do not count.
    """
    kept = {action.pk: action for action in actions if action.status != Action.Status.DROPPED}
    wholes = spanning(kept)
    lines = [line_of(action, today) for action in kept.values() if action.due and action.pk not in wholes]
    undated = [action for action in kept.values() if not action.due and action.pk not in wholes]
    links = [link for link in links if not wholes or not within(kept, link.before_id, link.after_id)]
    titles = circle(
        {pk: action.title for pk, action in kept.items()} if wholes else {},
        [(link.before_id, link.after_id) for link in links if link.before_id in kept and link.after_id in kept],
        {pk: action.parent_id for pk, action in kept.items() if action.parent_id in kept},
    )
    # Two who save at once can close a circle over wholes; the plan is shown all the same, as if nothing waited.
    links = [] if titles else links
    if lines:
        lines += [span_of(kept[pk], lines) for pk in wholes]
        schedule_lines(lines, links, days, wholes)
    return Forecast(lines, undated, today, links, titles)


def spanning(kept: Mapping[int, Action]) -> set[int]:
    """The actions that have dated parts, however deep."""
    parents = {action.parent_id for action in kept.values() if action.parent_id in kept}
    found: set[int] = set()
    for action in kept.values() if parents else ():
        above = action.parent_id if action.due and action.pk not in parents else None
        while above in kept and above not in found:
            found.add(above)
            above = kept[above].parent_id
    return found


def within(kept: Mapping[int, Action], one: int, other: int) -> bool:
    """Whether one of two actions is a part of the other, however deep: then neither can wait for the other."""
    return one in wholes_of(kept, other) or other in wholes_of(kept, one)


def wholes_of(kept: Mapping[int, Action], pk: int) -> set[int]:
    """What an action is a part of, directly or through others."""
    found: set[int] = set()
    above = kept[pk].parent_id if pk in kept else None
    while above in kept and above not in found:
        found.add(above)
        above = kept[above].parent_id
    return found


def line_of(action: Action, today: date) -> Line:
    assert action.due
    end = (action.done_on or action.due) if action.done else max(action.due, today)
    return Line(action, min(action.starts_on or end, end), end, end)


def span_of(action: Action, lines: Sequence[Line]) -> Line:
    """A line whose days are found once those of its parts are."""
    return Line(action, lines[0].start, lines[0].end, lines[0].own_end, whole=True)


def schedule_lines(lines: Sequence[Line], links: Sequence[Dependency], days: Days, wholes: Container[int]) -> None:
    """Fill in what the critical path method tells about each line."""
    from concorda.analysis.schedule import Plan, schedule

    begin, tasks = tasks_of(lines, links, days, wholes)
    dates = schedule(Plan.of(tasks))
    starts = days.calendar.start_dates(begin, dates.es, dates.ef).astype(object)
    ends = days.calendar.finish_dates(begin, dates.ef).astype(object)
    latest = days.calendar.finish_dates(begin, dates.lf).astype(object)
    es, slack, critical = dates.es.tolist(), dates.slack.tolist(), dates.critical.tolist()
    for number, line in enumerate(lines):
        line.pushed = not line.whole and es[number] > tasks[number].not_before + 0.5
        if line.pushed:
            line.start, line.end = starts[number], ends[number]
        line.slack = int(slack[number])
        line.critical = critical[number] and not line.action.done
        line.slack_until = latest[number] if line.slack and not line.action.done else None
    stretch(lines)
    for line in lines:
        planned = line.action.planned_due
        if not line.action.done and planned:
            line.late = days.after(planned, line.own_end)
    join(lines, links, dates)


def stretch(lines: Sequence[Line]) -> None:
    """Give every line with parts the days from its first part's start to its last part's end."""
    by_pk = {line.action.pk: line for line in lines if line.whole}
    under: dict[int, list[Line]] = defaultdict(list)
    for line in lines if by_pk else ():
        above = None if line.whole else by_pk.get(line.action.parent_id)
        while above:
            under[above.action.pk].append(line)
            above = by_pk.get(above.action.parent_id)
    for pk, parts in under.items():
        whole = by_pk[pk]
        whole.start, whole.end = min(part.start for part in parts), max(part.end for part in parts)
        whole.own_end = whole.end


def tasks_of(
    lines: Sequence[Line], links: Sequence[Dependency], days: Days, wholes: Container[int]
) -> tuple[date, list["Task"]]:
    """The first day of the plan, and its lines as the engine wants them."""
    begin = min(line.start for line in lines)
    dated = {line.action.pk for line in lines}
    waits: dict[int, list[Dependency]] = defaultdict(list)
    for link in links:
        if link.before_id in dated:
            waits[link.after_id].append(link)
    return begin, [task_of(line, begin, waits[line.action.pk], days, wholes) for line in lines]


def task_of(line: Line, begin: date, waits: Sequence[Dependency], days: Days, wholes: Container[int]) -> "Task":
    from concorda.analysis.schedule import Link, LinkType, Task

    action = line.action
    # What is done waits for nothing any more.
    held = () if action.done else waits
    found = tuple(Link(str(one.before_id), LinkType(one.kind), one.lag) for one in held)
    parent = str(action.parent_id) if action.parent_id in wholes else None
    if line.whole:
        return Task(str(action.pk), 0, found, parent=parent)
    if action.kind == Action.Kind.MILESTONE:
        return Task(str(action.pk), 0, found, not_before=days.between(begin, line.end), parent=parent)
    length = max(1, days.between(line.start, line.end))
    low, high = (length, length) if action.done else (action.best_days or length, action.worst_days or length)
    return Task(
        str(action.pk),
        length,
        found,
        optimistic=min(low, length),
        pessimistic=max(high, length),
        not_before=days.between(begin, line.start - timedelta(days=1)),
        parent=parent,
    )


@dataclass(frozen=True)
class Likely:
    """When the plan ends, if everything takes as long as it may: in half of the runs by, in eight of ten by."""

    half: date
    most: date
    framed: int
    """How many open actions say how long they take at best and at worst."""


RUNS = 2000


def likely_finish(found: Forecast, days: Days, seed: int = 0) -> Likely | None:
    """Simulated over the actions that say how long they take at best and at worst; None where none does."""
    framed = [line for line in found.lines if line.action.open and (line.action.best_days or line.action.worst_days)]
    if not framed:
        return None
    from concorda.analysis.schedule import Plan, simulate

    wholes = {line.action.pk for line in found.lines if line.whole}
    begin, tasks = tasks_of(found.lines, found.links, days, wholes)
    runs = simulate(Plan.of(tasks), RUNS, seed)
    half, most = (days.calendar.finish(begin, runs.percentile(share)) for share in (0.5, 0.8))
    return Likely(half, most, len(framed))


def join(lines: Sequence[Line], links: Sequence[Dependency], dates: "Schedule") -> None:
    """Note which critical lines follow one another without a day between."""
    place = {line.action.pk: number for number, line in enumerate(lines)}
    for link in links:
        if link.before_id in place and link.after_id in place:
            one, other = place[link.before_id], place[link.after_id]
            touching = abs(dates.ef[one] + link.lag - dates.es[other]) < 0.5
            if lines[one].critical and lines[other].critical and touching:
                lines[one].holds.append(lines[other])


def circle(
    titles: Mapping[int, str], pairs: Iterable[tuple[int, int]], parents: Mapping[int, int | None] | None = None
) -> list[str]:
    """The titles of actions that would wait for each other in a circle, the first again at the end; none: empty.

    What a whole waits for, its parts wait for; and no action is a part of its own part.
    """
    from concorda.analysis.schedule import FaultyTasks, Link, Plan, Task

    if not titles:
        return []
    waits: dict[int, list[Link]] = {pk: [] for pk in titles}
    for before, after in pairs:
        waits[after].append(Link(str(before)))
    try:
        above = parents or {}
        Plan.of([Task(str(pk), 1, tuple(found), parent=text_of(above.get(pk))) for pk, found in waits.items()])
    except FaultyTasks as error:
        numbers = error.faults[0].reason.rpartition(": ")[2].split(" → ")
        return [titles[int(number)] for number in numbers]
    return []


def text_of(pk: int | None) -> str | None:
    return None if pk is None else str(pk)

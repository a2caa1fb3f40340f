"""When everything ends as things stand now: what waits for what, what has slack, what slips."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    holds: list["Line"] = field(default_factory=list)
    """Lines on the critical path that begin as soon as this one ends."""

    @property
    def slips(self) -> bool:
        """Late by itself, and nobody has accepted the new date."""
        return self.late > 0 and self.action.kept_due != self.own_end

    @property
    def decided(self) -> bool:
        return self.late > 0 and not self.slips


@dataclass
class Forecast:
    """The whole plan as it stands today; dropped actions are left out."""

    lines: list[Line]
    undated: list[Action]
    today: date

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
    """The forecast of these actions and what waits for what. An action that is overdue ends today at the earliest."""
    kept = [action for action in actions if action.status != Action.Status.DROPPED]
    lines = [line_of(action, today) for action in kept if action.due]
    undated = [action for action in kept if not action.due]
    if lines:
        schedule_lines(lines, list(links), days)
    return Forecast(lines, undated, today)


def line_of(action: Action, today: date) -> Line:
    assert action.due
    end = (action.done_on or action.due) if action.done else max(action.due, today)
    return Line(action, min(action.starts_on or end, end), end, end)


def schedule_lines(lines: Sequence[Line], links: Sequence[Dependency], days: Days) -> None:
    """Fill in what the critical path method tells about each line."""
    from concorda.analysis.schedule import Plan, schedule

    begin = min(line.start for line in lines)
    dated = {line.action.pk for line in lines}
    waits: dict[int, list[Dependency]] = defaultdict(list)
    for link in links:
        if link.before_id in dated:
            waits[link.after_id].append(link)
    tasks = [task_of(line, begin, waits[line.action.pk], days) for line in lines]
    dates = schedule(Plan.of(tasks))
    starts = days.calendar.start_dates(begin, dates.es, dates.ef).astype(object)
    ends = days.calendar.finish_dates(begin, dates.ef).astype(object)
    latest = days.calendar.finish_dates(begin, dates.lf).astype(object)
    for number, line in enumerate(lines):
        planned = line.action.planned_due
        if not line.action.done and planned:
            line.late = days.after(planned, line.end)
        line.pushed = bool(dates.es[number] > tasks[number].not_before + 0.5)
        if line.pushed:
            line.start, line.end = starts[number], ends[number]
        line.slack = int(dates.slack[number])
        line.critical = bool(dates.critical[number]) and not line.action.done
        line.slack_until = latest[number] if line.slack and not line.action.done else None
    join(lines, links, dates)


def task_of(line: Line, begin: date, waits: Sequence[Dependency], days: Days) -> "Task":
    from concorda.analysis.schedule import Link, LinkType, Task

    pk = line.action.pk
    # What is done waits for nothing any more.
    held = () if line.action.done else waits
    found = tuple(Link(str(one.before_id), LinkType(one.kind), one.lag) for one in held)
    if line.action.kind == Action.Kind.MILESTONE:
        return Task(str(pk), 0, found, not_before=days.between(begin, line.end))
    length = max(1, days.between(line.start, line.end))
    before = days.between(begin, line.start - timedelta(days=1))
    return Task(str(pk), length, found, not_before=before)


def join(lines: Sequence[Line], links: Sequence[Dependency], dates: "Schedule") -> None:
    """Note which critical lines follow one another without a day between."""
    place = {line.action.pk: number for number, line in enumerate(lines)}
    for link in links:
        if link.before_id in place and link.after_id in place:
            one, other = place[link.before_id], place[link.after_id]
            touching = abs(dates.ef[one] + link.lag - dates.es[other]) < 0.5
            if lines[one].critical and lines[other].critical and touching:
                lines[one].holds.append(lines[other])


def circle(titles: Mapping[int, str], pairs: Iterable[tuple[int, int]]) -> list[str]:
    """The titles of actions that would wait for each other in a circle, the first again at the end; none: empty."""
    from concorda.analysis.schedule import FaultyTasks, Link, Plan, Task

    waits: dict[int, list[Link]] = {pk: [] for pk in titles}
    for before, after in pairs:
        waits[after].append(Link(str(before)))
    try:
        Plan.of([Task(str(pk), 1, tuple(found)) for pk, found in waits.items()])
    except FaultyTasks as error:
        numbers = error.faults[0].reason.rpartition(": ")[2].split(" → ")
        return [titles[int(number)] for number in numbers]
    return []

"""What can be read about the plan: actions with who carries them, and the forecast."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import ngettext

from concorda.foundation.core import clock
from concorda.foundation.core.drawing import Axis
from concorda.foundation.core.moments import say_day, say_time
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.implement.action_plans.days import Days
from concorda.implement.action_plans.forecast import Forecast, Line, forecast
from concorda.implement.action_plans.models import Action, ActionShare, Dependency
from concorda.implement.working_groups.models import Group

SOON = timedelta(days=7)
"""How far ahead a due day is brought to somebody's attention."""


@dataclass(frozen=True)
class Stored:
    """What a forecast is made from, read in four queries however long the plan is."""

    actions: list[Action]
    links: list[Dependency]
    people: dict[int, Participant]
    groups: dict[int, Group]
    days: Days
    today: date

    def forecast(self, shifts: Mapping[int, int] | None = None) -> Forecast:
        """The plan as it stands today; `shifts`: as if these actions ended so many working days later."""
        actions = (
            [self.shifted(one, shifts[one.pk]) if one.pk in shifts else one for one in self.actions]
            if shifts
            else self.actions
        )
        return forecast(actions, self.links, self.days, self.today)

    def shifted(self, action: Action, count: int) -> Action:
        """The same action some working days later; what is under way keeps its start."""
        other = copy(action)
        if action.due:
            other.due = self.days.later(action.due, count)
        if action.starts_on and action.status == Action.Status.TO_DO:
            other.starts_on = self.days.later(action.starts_on, count)
        if other.starts_on and other.due and other.due < other.starts_on:
            other.due = other.starts_on
        return other


def stored(partnership: Partnership) -> Stored:
    """The actions with who carries them. People and groups are read once each, not once for every action."""
    links = list(Dependency.objects.filter(partnership=partnership))
    found = Participant.objects.filter(partnership=partnership)
    people = {one.pk: one for one in found.select_related("person", "organization", "offered_hours")}
    groups = {one.pk: one for one in Group.objects.filter(partnership=partnership)}
    for group in groups.values():
        group.partnership = partnership
        group.chair = people.get(group.chair_id) if group.chair_id else None
    actions = list(Action.objects.filter(partnership=partnership).defer("notes"))
    for action in actions:
        action.partnership = partnership
        action.accountable = people[action.accountable_id]
        action.group = groups.get(action.group_id) if action.group_id else None
    today = clock.today()
    return Stored(actions, links, people, groups, Days.of(partnership, today), today)


def forecast_of(partnership: Partnership) -> Forecast:
    """The plan as it stands today."""
    return stored(partnership).forecast()


@dataclass(frozen=True)
class Slip:
    """One line that a trial moves: before, after, and by how many working days."""

    before: Line
    after: Line
    days: int


@dataclass(frozen=True)
class Trial:
    """What would happen if some actions ended earlier or later; nothing of it is stored."""

    before: Forecast
    after: Forecast
    slips: list[Slip]

    @property
    def moved(self) -> bool:
        return self.before.finish != self.after.finish

    @property
    def groups(self) -> list[str]:
        """The groups whose work would move, by name."""
        return sorted({str(slip.after.action.group) for slip in self.slips if slip.after.action.group})


def trial(partnership: Partnership, shifts: Mapping[int, int]) -> Trial:
    """The plan with these actions so many working days later (negative: earlier), beside the plan as it stands."""
    kept = stored(partnership)
    before, after = kept.forecast(), kept.forecast(shifts)
    then = {line.action.pk: line for line in before.lines}
    slips = [
        Slip(then[line.action.pk], line, between(kept.days, then[line.action.pk].end, line.end))
        for line in after.lines
        if line.action.pk in then and line.end != then[line.action.pk].end
    ]
    return Trial(before, after, sorted(slips, key=lambda slip: (slip.after.end, slip.after.action.pk)))


def trial_of_day(partnership: Partnership, action: Action, due: date) -> Trial | None:
    """The plan if one action ended on another day; None for one without a day."""
    if not action.due:
        return None
    days = Days.of(partnership, clock.today())
    return trial(partnership, {action.pk: between(days, action.due, due)})


def between(days: Days, before: date, after: date) -> int:
    """Working days from one day to another: positive when it is later."""
    return days.after(before, after) if after >= before else -days.after(after, before)


def outline(
    partnership: Partnership, pairs: Iterable[tuple[int, int]], parents: Mapping[int, int | None] | None = None
) -> tuple[dict[int, str], list[tuple[int, int]], dict[int, int | None]]:
    """What a circle is looked for in: titles, pairs that wait, and what is part of what (with changes to come)."""
    rows = list(Action.objects.filter(partnership=partnership).values_list("pk", "title", "parent"))
    above = {pk: parent for pk, _title, parent in rows} | dict(parents or {})
    return {pk: title for pk, title, _parent in rows}, list(pairs), above


def carried_by(access: Access) -> Q:
    """Actions this person answers for or works on."""
    shares = ActionShare.objects.filter(participant=access.participant, part=ActionShare.Part.RESPONSIBLE)
    return Q(accountable=access.participant) | Q(pk__in=shares.values("action"))


def unfinished(participant: Participant) -> QuerySet[Action]:
    """The actions somebody answers for that are neither done nor dropped."""
    found = Action.objects.filter(accountable=participant)
    return found.exclude(status__in=(Action.Status.DONE, Action.Status.DROPPED)).order_by("due", "pk")


def due_soon(access: Access) -> QuerySet[Action]:
    """This person's open actions that are overdue or due within a week."""
    latest = clock.today() + SOON
    found = Action.objects.filter(carried_by(access), due__lte=latest)
    return found.exclude(status__in=[Action.Status.DONE, Action.Status.DROPPED]).order_by("due", "pk")


# The timeline


@dataclass(frozen=True)
class Span:
    """The bar of a whole group."""

    start: date
    end: date
    kind: str


@dataclass
class Bar:
    """One line of the timeline as the drawing wants it."""

    line: Line
    start: date
    end: date
    kind: str
    late_since: date | None
    slack_until: date | None
    label: str
    depth: int = 0
    """How many wholes it is a part of, inside its group; three are as many as are shown."""
    links: list[tuple[date, int]] = field(default_factory=list)

    @property
    def ends(self) -> str:
        return say_day(self.end, short=True)


DEEPEST = 3
SHOWN = 120
"""A timeline with more lines than this shows one line for each group, until a group is opened."""


@dataclass
class Block:
    """A working group with its lines, or what belongs to none; closed, it is one line."""

    group: Group | None
    lines: list[Line] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    opened: bool = True

    @property
    def key(self) -> str:
        """How an address names it."""
        return str(self.group.pk) if self.group else "none"

    @property
    def done(self) -> int:
        return sum(line.action.done for line in self.lines)

    @property
    def late(self) -> int:
        return sum(line.late > 0 and not line.action.done for line in self.lines)

    @property
    def whole(self) -> "Span":
        """From its first start to its last end."""
        critical = any(line.critical for line in self.lines)
        kind = "done" if self.done == len(self.lines) else "crit" if critical else ""
        return Span(min(line.start for line in self.lines), max(line.end for line in self.lines), kind)

    @property
    def now(self) -> str:
        """ "10:10 am EDT" where the group is."""
        if self.group is None:
            return ""
        now = clock.now().astimezone(self.group.zone)
        return f"{say_time(now)} {now.tzname()}"


def blocks(lines: Sequence[Line], finish: date | None, opened: Container[str] | None = None) -> list[Block]:
    """The lines by working group in alphabetical order, what belongs to no group last; with the links between rows.

    A long plan shows the lines of the groups in `opened` alone; None opens them all, however long.
    """
    by_group: dict[int | None, Block] = {}
    for line in sorted(lines, key=row_order):
        by_group.setdefault(line.action.group_id, Block(line.action.group)).lines.append(line)
    found = list(by_group.values())
    for block in found:
        block.opened = opened is None or len(lines) <= SHOWN or len(found) == 1 or block.key in opened
        if block.opened:
            block.bars = [bar_of(line, finish, depth) for line, depth in outlined(block.lines)]
    tie_rows(found)
    return found


def row_order(line: Line) -> tuple[object, ...]:
    """By group; in it what is done, then the critical path, then the rest by its days."""
    group, rest = line.action.group, not (line.action.done or line.critical)
    return (group is None, str(group), rest, line.start, line.end)


def outlined(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """The lines of a block, each whole followed by its parts; with their depth."""
    here = {line.action.pk for line in lines}
    under: dict[int | None, list[Line]] = defaultdict(list)
    for line in lines:
        under[line.action.parent_id if line.action.parent_id in here else None].append(line)
    if len(under) < 2:
        return [(line, 0) for line in lines]
    found: list[tuple[Line, int]] = []
    waiting = [(line, 0) for line in reversed(under[None])]
    while waiting:
        line, depth = waiting.pop()
        found.append((line, min(depth, DEEPEST)))
        waiting += [(part, depth + 1) for part in reversed(under[line.action.pk])]
    return found


def bar_of(line: Line, finish: date | None, depth: int = 0) -> Bar:
    late = line.late > 0 and not line.action.done
    label = (
        ngettext("+%(n)s day", "+%(n)s days", line.late) % {"n": line.late}
        if late
        else say_day(line.end, short=True, today=line.end)
        if line.critical and line.end == finish
        else ""
    )
    kind = "done" if line.action.done else "whole" if line.whole else "crit" if line.critical else ""
    planned = line.action.planned_due if late else None
    return Bar(line, line.start, line.end, kind, planned, None if line.whole else line.slack_until, label, depth)


def tie_rows(found: Iterable[Block]) -> None:
    """Where the line of each critical link goes: to the start of the next bar, so many rows up or down."""
    row, rows = 0, dict[int, int]()
    for block in found:
        for bar in block.bars:
            row += 1
            rows[bar.line.action.pk] = row
        row += 1
    for block in found:
        for bar in block.bars:
            below = [(held.start, rows.get(held.action.pk, 0) - rows[bar.line.action.pk]) for held in bar.line.holds]
            bar.links = [(start, down) for start, down in below if down > 0]


def axis_of(lines: Sequence[Line]) -> Axis | None:
    """From the first of the month of the first start to some room for a label after the last end."""
    if not lines:
        return None
    last = max(max(line.end, line.slack_until or line.end) for line in lines)
    first = min(line.start for line in lines).replace(day=1)
    return Axis(first, last + max(timedelta(days=12), (last - first) / 9))


# Hand-overs


def hand_overs(partnership: Partnership) -> list[Dependency]:
    """What one group gives to another, open first, by the day it is due."""
    found = Dependency.objects.filter(partnership=partnership).exclude(before__group=F("after__group"))
    related = [
        f"{end}__{name}" for end in ("before", "after") for name in ("group", "partnership", "accountable__person")
    ]
    rows = [link for link in found.select_related(*related) if link.crosses]
    return sorted(rows, key=lambda link: (link.taken_on is not None, link.before.due or date.max, link.pk))


def to_answer(access: Access) -> QuerySet[Dependency]:
    """What was handed to this person's work and waits for their word."""
    found = Dependency.objects.filter(after__accountable=access.participant, taken_on=None, sent_back_because="")
    return found.exclude(handed_on=None).select_related("before", "after")


def to_mend(access: Access) -> QuerySet[Dependency]:
    """What this person handed over and got back."""
    found = Dependency.objects.filter(before__accountable=access.participant, taken_on=None)
    return found.exclude(sent_back_because="").select_related("before", "after")


def unproven(access: Access) -> QuerySet[Action]:
    """Deliverables this person finished without saying what shows it."""
    found = Action.objects.filter(accountable=access.participant, kind=Action.Kind.DELIVERABLE, evidence="")
    return found.filter(status=Action.Status.DONE)


# What moved


@dataclass(frozen=True)
class Moved:
    """A line that ends on another day than was agreed, by how many working days, and what it waited for."""

    line: Line
    days: int
    held_by: Action | None


def moved(kept: Stored, found: Forecast) -> list[Moved]:
    """Everything that ends on another day than it was agreed for: what moves the finish first, then the most."""
    by_pk = {line.action.pk: line for line in found.lines}
    held: dict[int, Action] = {}
    for link in found.links:
        one, other = by_pk.get(link.before_id), by_pk.get(link.after_id)
        if (
            one
            and other
            and other.pushed
            and (link.after_id not in held or one.end > by_pk[held[link.after_id].pk].end)
        ):
            held[link.after_id] = one.action
    rows = [
        Moved(line, between(kept.days, line.action.baseline_due, line.end), held.get(line.action.pk))
        for line in found.lines
        if line.action.baseline_due and line.end != line.action.baseline_due and not line.action.done
    ]
    return sorted(
        (row for row in rows if row.days), key=lambda row: (not row.line.critical, -abs(row.days), row.line.end)
    )

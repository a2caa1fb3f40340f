"""What can be read about the plan: actions with who carries them, and the forecast."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet
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


def forecast_of(partnership: Partnership) -> Forecast:
    """The plan as it stands today. People and groups are read once each, not once for every action they carry."""
    today = clock.today()
    links = list(Dependency.objects.filter(partnership=partnership))
    found = Action.objects.filter(partnership=partnership).prefetch_related(
        Prefetch("accountable", Participant.objects.select_related("person", "organization")),
        Prefetch("group", Group.objects.select_related("chair__person")),
    )
    for action in found:
        action.partnership = partnership
    return forecast(found, links, Days.of(partnership, today), today)


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
    links: list[tuple[date, int]] = field(default_factory=list)

    @property
    def ends(self) -> str:
        return say_day(self.end, short=True)


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
            block.bars = [bar_of(line, finish) for line in block.lines]
    tie_rows(found)
    return found


def row_order(line: Line) -> tuple[object, ...]:
    """By group; in it what is done, then the critical path, then the rest by its days."""
    group, rest = line.action.group, not (line.action.done or line.critical)
    return (group is None, str(group), rest, line.start, line.end)


def bar_of(line: Line, finish: date | None) -> Bar:
    late = line.late > 0 and not line.action.done
    label = (
        ngettext("+%(n)s day", "+%(n)s days", line.late) % {"n": line.late}
        if late
        else say_day(line.end, short=True, today=line.end)
        if line.critical and line.end == finish
        else ""
    )
    kind = "done" if line.action.done else "crit" if line.critical else ""
    planned = line.action.planned_due if late else None
    return Bar(line, line.start, line.end, kind, planned, line.slack_until, label)


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

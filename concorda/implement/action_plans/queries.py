"""What can be read about the plan: actions with who carries them, and the forecast."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from concorda.foundation.core import clock
from concorda.foundation.core.drawing import Axis
from concorda.foundation.core.moments import say_day, say_time
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.implement.action_plans.days import Days
from concorda.implement.action_plans.forecast import Forecast, Line, forecast
from concorda.implement.action_plans.models import Action, ActionShare, Dependency
from concorda.implement.working_groups.models import Group

SOON = timedelta(days=7)
"""How far ahead a due day is brought to somebody's attention."""


def actions(partnership: Partnership) -> QuerySet[Action]:
    return Action.objects.filter(partnership=partnership).select_related(
        "accountable__person", "accountable__organization", "group__chair__person", "goal", "indicator", "partnership"
    )


def forecast_of(partnership: Partnership) -> Forecast:
    """The plan as it stands today, from two queries."""
    today = clock.today()
    links = list(Dependency.objects.filter(partnership=partnership))
    return forecast(actions(partnership), links, Days.of(partnership, today), today)


def carried_by(access: Access) -> Q:
    """Actions this person answers for or works on."""
    shares = ActionShare.objects.filter(participant=access.participant, part=ActionShare.Part.RESPONSIBLE)
    return Q(accountable=access.participant) | Q(pk__in=shares.values("action"))


def due_soon(access: Access) -> QuerySet[Action]:
    """This person's open actions that are overdue or due within a week."""
    latest = clock.today() + SOON
    found = Action.objects.filter(carried_by(access), due__lte=latest)
    return found.exclude(status__in=[Action.Status.DONE, Action.Status.DROPPED]).order_by("due", "pk")


# The timeline


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


@dataclass
class Block:
    """A working group with its lines, or what belongs to none."""

    group: Group | None
    bars: list[Bar] = field(default_factory=list)

    @property
    def now(self) -> str:
        """ "10:10 am EDT" where the group is."""
        if self.group is None:
            return ""
        now = clock.now().astimezone(self.group.zone)
        return f"{say_time(now)} {now.tzname()}"


def blocks(lines: Sequence[Line], finish: date | None) -> list[Block]:
    """The lines by working group in alphabetical order, what belongs to no group last; with the links between rows."""
    by_group: dict[int | None, Block] = {}
    for line in sorted(lines, key=row_order):
        block = by_group.setdefault(line.action.group_id, Block(line.action.group))
        block.bars.append(bar_of(line, finish))
    found = list(by_group.values())
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

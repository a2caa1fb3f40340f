"""A month of the plan: its weeks, and what is due on each day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from concorda.implement.action_plans.forecast import Line


@dataclass
class Day:
    day: date
    inside: bool
    today: bool
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """Whole weeks from Monday, with what ends on each day."""

    first: date
    weeks: list[list[Day]]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return following(self.first)

    @property
    def days(self) -> list[Day]:
        """The days of the month on which something ends, for narrow screens and screen readers."""
        return [day for week in self.weeks for day in week if day.inside and day.lines]


def following(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def month(first: date, lines: Iterable[Line], today: date) -> Month:
    """The month that begins on `first`; lines stand on the day they end."""
    ends: dict[date, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.action.done, line.action.title)):
        ends[line.end].append(line)
    monday, stop = first - timedelta(days=first.weekday()), following(first)
    weeks = []
    while monday < stop:
        days = [monday + timedelta(days=number) for number in range(7)]
        weeks.append([Day(day, day.month == first.month, day == today, ends[day]) for day in days])
        monday += timedelta(days=7)
    return Month(first, weeks)


def named(text: str, today: date) -> date:
    """The first day of the month an address names as 2026-03; this month where it names none."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 1950 < found.year < 2200 else today.replace(day=1)

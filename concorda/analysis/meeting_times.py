"""When to meet: how far a time stretches each person's working day, the fairest times, and turns of odd hours.

The burden of a meeting for a person is the number of minutes by which their nearest working day would have to begin
earlier or end later to hold all of it. Everything is reckoned in moments (UTC), so days on which clocks change count as
long as they are.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
WEEK = 7
MOST_TURNS = 60
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Hours:
    """When somebody works: from `starts` to `ends` by the clock of `zone`, on `days` (0 is Monday)."""

    zone: str
    starts: time = time(9)
    ends: time = time(17)
    days: tuple[int, ...] = (0, 1, 2, 3, 4)

    def __post_init__(self) -> None:
        if not self.days or self.ends <= self.starts:
            raise ValueError("Working hours need at least one day, and an end after their start.")


@dataclass(frozen=True)
class Attendee:
    """Somebody to meet: hours, what they are taken up by, and the minutes of odd hours they have borne so far."""

    key: str
    hours: Hours
    busy: tuple[Interval, ...] = ()
    borne: int = 0

    def is_busy(self, start: datetime, end: datetime) -> bool:
        return any(first < end and start < last for first, last in self.busy)


@dataclass(frozen=True)
class Slot:
    """A time to meet: who is taken up, and the minutes it stretches the day of those it stretches."""

    start: datetime
    end: datetime
    burdens: Mapping[str, int] = field(default_factory=dict)
    busy: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.burdens.values())


@cache
def working_days(hours: Hours, first: date, last: date) -> tuple[Interval, ...]:
    """The working days from a week before `first` to a week after `last`, as moments."""
    zone = ZoneInfo(hours.zone)
    days = (first + timedelta(step) for step in range(-WEEK, (last - first).days + WEEK + 1))
    return tuple(
        (
            datetime.combine(day, hours.starts, zone).astimezone(UTC),
            datetime.combine(day, hours.ends, zone).astimezone(UTC),
        )
        for day in days
        if day.weekday() in hours.days
    )


def stretch(hours: Hours, start: datetime, end: datetime) -> int:
    """Minutes by which the nearest working day has to grow to hold a meeting; 0 inside working hours."""
    begin, stop = start.astimezone(UTC), end.astimezone(UTC)
    days = working_days(hours, begin.date() - timedelta(1), stop.date() + timedelta(1))
    after = bisect_left(days, (begin, begin))
    near = days[max(0, after - 2) : after + 2]
    return min(max(0, (first - begin) // MINUTE) + max(0, (stop - last) // MINUTE) for first, last in near)


def slot(people: Sequence[Attendee], start: datetime, minutes: int) -> Slot:
    end = start + timedelta(minutes=minutes)
    found = {one.key: stretch(one.hours, start, end) for one in people}
    busy = tuple(one.key for one in people if one.is_busy(start, end))
    return Slot(start, end, {key: burden for key, burden in found.items() if burden}, busy)


def starts(first: date, last: date, zone: ZoneInfo, step: int) -> Iterator[datetime]:
    """Every moment from the first day to the last at which clocks in `zone` show a multiple of `step` minutes.

    A time that clocks jump over is left out; of one they show twice, the first counts.
    """
    for number in range((last - first).days + 1):
        midnight = datetime.combine(first + timedelta(number), time())
        for minute in range(0, 24 * 60, step):
            shown = midnight + timedelta(minutes=minute)
            moment = shown.replace(tzinfo=zone).astimezone(UTC)
            if moment.astimezone(zone).replace(tzinfo=None) == shown:
                yield moment


def fairness(found: Slot, people: Sequence[Attendee]) -> tuple[int, list[int], datetime]:
    """Best is who fewest miss; then whose most burdened person has borne least, then the second, and so on."""
    total = sorted((one.borne + found.burdens.get(one.key, 0) for one in people), reverse=True)
    return len(found.busy), total, found.start


def find(
    people: Sequence[Attendee],
    first: date,
    last: date,
    *,
    minutes: int,
    zone: str,
    step: int = 30,
    after: datetime | None = None,
    most: int = 8,
    each_day: int = 2,
) -> list[Slot]:
    """The fairest times of these days, best first, at most `each_day` of one day.

    Exact: every multiple of `step` minutes of every day is looked at. A time without any odd hour always comes before
    one with odd hours, if as many can come.
    """
    place = ZoneInfo(zone)
    every = (slot(people, start, minutes) for start in starts(first, last, place, step) if not after or start > after)
    ranked = sorted(every, key=lambda one: fairness(one, people))
    chosen: list[Slot] = []
    used: dict[date, int] = {}
    for one in ranked:
        day = one.start.astimezone(place).date()
        if used.get(day, 0) < each_day and all(abs(one.start - other.start) >= one.end - one.start for other in chosen):
            chosen.append(one)
            used[day] = used.get(day, 0) + 1
        if len(chosen) == most:
            break
    return chosen


# Taking turns


@dataclass(frozen=True)
class Turns:
    """One time for each day; what each person bears in all, what was borne before included."""

    slots: tuple[Slot, ...]
    borne: Mapping[str, int]

    @property
    def highest(self) -> int:
        return max(self.borne.values(), default=0)


def take_turns(people: Sequence[Attendee], days: Sequence[date], *, minutes: int, zone: str, step: int = 60) -> Turns:
    """A time on each of the days such that nobody bears more odd hours than needed.

    Minimized, in this order and each proven: how many times somebody is taken up; the most anyone has borne in the end;
    the sum of all odd minutes. A mixed integer program (HiGHS through SciPy); at most 60 days.
    """
    if not 1 <= len(days) <= MOST_TURNS:
        raise ValueError(f"Turns are taken over 1 to {MOST_TURNS} days.")
    options = [undominated(people, day, minutes, zone, step) for day in days]
    if any(not found for found in options):
        raise ValueError("A day has no hour to meet.")
    chosen = choose(options, people)
    total = {one.key: one.borne + sum(found.burdens.get(one.key, 0) for found in chosen) for one in people}
    return Turns(tuple(chosen), total)


def undominated(people: Sequence[Attendee], day: date, minutes: int, zone: str, step: int) -> list[Slot]:
    """The times of a day that no other time of it betters for everybody; the earliest of equals."""
    every = [slot(people, start, minutes) for start in starts(day, day, ZoneInfo(zone), step)]
    cost = [(len(one.busy), *(one.burdens.get(person.key, 0) for person in people)) for one in every]
    return [
        one
        for place, one in enumerate(every)
        if not any(
            all(a <= b for a, b in zip(other, cost[place], strict=True)) and (other != cost[place] or number < place)
            for number, other in enumerate(cost)
            if number != place
        )
    ]


def choose(options: Sequence[Sequence[Slot]], people: Sequence[Attendee]) -> list[Slot]:
    """One slot of each set, by three programs that each keep what the ones before have reached."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    slots = [found for several in options for found in several]
    day_of = [day for day, several in enumerate(options) for _ in several]
    size = len(slots) + 1  # the last variable is the most that anyone bears
    one_a_day = np.zeros((len(options), size))
    one_a_day[day_of, range(len(slots))] = 1
    burden = np.array([[found.burdens.get(one.key, 0) for found in slots] + [-1] for one in people], dtype=float)
    rules = [LinearConstraint(one_a_day, 1, 1)]
    if people:
        rules.append(LinearConstraint(burden, -np.inf, [-one.borne for one in people]))
    whole = Bounds(0, np.array([1.0] * len(slots) + [np.inf]))
    aims = (
        np.array([float(len(found.busy)) for found in slots] + [0]),
        np.array([0.0] * len(slots) + [1]),
        np.array([float(found.total) for found in slots] + [0]),
    )
    answer: Any = None
    for aim in aims:
        answer = milp(
            aim,
            constraints=rules,
            bounds=whole,
            integrality=np.ones(size),
            options={"mip_rel_gap": 0, "time_limit": 20},
        )
        if answer.x is None:
            raise ValueError("No times were found for these days.")
        rules.append(LinearConstraint(aim, -np.inf, round(answer.fun)))
    taken = [number for number, value in enumerate(answer.x[:-1]) if value > 0.5]
    return [slots[number] for number in taken]

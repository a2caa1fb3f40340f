"""Finding a time: a group's people with their hours, what takes them up, and who bore odd hours so far."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from concorda.analysis.meeting_times import Attendee, Hours, Slot, Turns, find, stretch, take_turns
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day, say_time
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.models import Participant
from concorda.implement.working_groups import queries, zones
from concorda.implement.working_groups.models import Group, GroupMember, Meeting, WorkHours

LOOK_BACK = timedelta(days=180)
"""Odd hours are remembered for half a year."""


def hours_of(people: Iterable[Participant]) -> dict[int, Hours]:
    """Participant → when they work, by the clock where they are; Monday to Friday, 9 to 5, if they did not say."""
    people = list(people)
    said = {row.participant_id: row for row in WorkHours.objects.filter(participant__in=people)}
    return {one.pk: as_hours(one, said.get(one.pk)) for one in people}


def as_hours(one: Participant, row: WorkHours | None) -> Hours:
    zone = one.person.time_zone
    if row is None:
        return Hours(zone)
    return Hours(zone, row.starts, row.ends, tuple(sorted(int(day) - 1 for day in row.days)))


def attendees(group: Group, first: date, last: date) -> list[Attendee]:
    """The members of a group, for a search from one day to another, in a fixed number of queries."""
    people = [member.participant for member in queries.members(group)]
    hours = hours_of(people)
    taken = taken_up(people, first, last)
    borne = borne_so_far(group, hours)
    return [Attendee(one.person.name, hours[one.pk], tuple(taken[one.pk]), borne[one.pk]) for one in people]


def taken_up(people: Sequence[Participant], first: date, last: date) -> dict[int, list[tuple[datetime, datetime]]]:
    """Participant → the meetings of any of their groups around these days."""
    groups = defaultdict(list)
    rows = GroupMember.objects.filter(participant__in=people, left_on=None)
    for row in rows.values_list("participant", "group"):
        groups[row[1]].append(row[0])
    around = (first - timedelta(days=2), last + timedelta(days=2))
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    meetings = Meeting.objects.filter(group__in=groups, cancelled=False, starts_at__date__range=around)
    for meeting in meetings.only("group_id", "starts_at", "minutes_long"):
        for participant in groups[meeting.group_id]:
            found[participant].append((meeting.starts_at, meeting.ends_at))
    return found


def borne_so_far(group: Group, hours: dict[int, Hours]) -> dict[int, int]:
    """Participant → minutes of odd hours the group's meetings have asked of them in the last half year, and will."""
    joined = dict(
        GroupMember.objects.filter(group=group, participant__in=hours).values_list("participant", "joined_on")
    )
    meetings = list(
        Meeting.objects.filter(group=group, cancelled=False, starts_at__gt=clock.now() - LOOK_BACK).only(
            "starts_at", "minutes_long"
        )
    )
    return {
        one: sum(
            stretch(when, meeting.starts_at, meeting.ends_at)
            for meeting in meetings
            if meeting.starts_at.date() >= joined[one]
        )
        for one, when in hours.items()
    }


# In words


@dataclass(frozen=True)
class Odd:
    """Who in one place meets outside working hours, and by how much."""

    names: str
    minutes: int

    @property
    def says(self) -> str:
        return length(self.minutes)


@dataclass(frozen=True)
class Offer:
    """A time on offer: what clocks show in each place, who bears odd hours, who is taken up."""

    slot: Slot
    day: str
    times: list[tuple[zones.Place, str]]
    odd: list[Odd]
    busy: str

    @property
    def key(self) -> str:
        return self.slot.start.strftime("%Y%m%dT%H%M")


def length(minutes: int) -> str:
    """“30 min”, “2 h”, “1 h 30”."""
    hours, rest = divmod(minutes, 60)
    return f"{rest}\u00a0min" if not hours else f"{hours}\u00a0h" + (f"\u00a0{rest:02}" if rest else "")


def offers(found: Iterable[Slot], people: Sequence[Attendee], places: Sequence[zones.Place]) -> list[Offer]:
    return [offer(one, people, places) for one in found]


def offer(found: Slot, people: Sequence[Attendee], places: Sequence[zones.Place]) -> Offer:
    by_burden: dict[int, list[str]] = defaultdict(list)
    for one in people:
        if one.key in found.burdens:
            by_burden[found.burdens[one.key]].append(one.key)
    local = places[0].at(found.start)
    return Offer(
        found,
        say_day(local.date(), weekday=True),
        [(place, shown(place, found.start, local)) for place in places],
        [Odd(listed(names), minutes) for minutes, names in sorted(by_burden.items(), reverse=True)],
        listed(list(found.busy)),
    )


def shown(place: zones.Place, moment: datetime, first: datetime) -> str:
    local = place.at(moment)
    if local.date() == first.date():
        return say_time(local)
    return f"{say_time(local)}, {say_day(local.date(), weekday=True)}"


def places_of(group: Group, people: Sequence[Attendee], names: dict[str, str]) -> list[zones.Place]:
    """Where people of a group are, the group's own place first."""
    return list(zones.places(group.time_zone, {one.hours.zone for one in people}, names))


def search(group: Group, first: date, last: date, minutes: int) -> tuple[list[Slot], list[Attendee]]:
    people = attendees(group, first, last)
    found = find(people, first, last, minutes=minutes, zone=group.time_zone, after=clock.now())
    return found, people


def turns(group: Group, first: date, count: int, minutes: int) -> tuple[Turns, list[Attendee]]:
    """One meeting on each of `count` days, as far apart as the charter says, so that everybody takes a turn."""
    days = [first + timedelta(days=number * group.every_days) for number in range(count)]
    people = attendees(group, days[0], days[-1])
    return take_turns(people, days, minutes=minutes, zone=group.time_zone), people

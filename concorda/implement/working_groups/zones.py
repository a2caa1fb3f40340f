"""Times in places: whether clocks show a time at all, whether they show it twice, and what it is elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

WORKDAY = (time(9), time(17))


def moments(day: date, at: time, zone: ZoneInfo) -> list[datetime]:
    """The moments (UTC) at which clocks in `zone` show this: none where they jump ahead, two where they go back."""
    shown = datetime.combine(day, at)
    found = []
    for fold in (0, 1):
        moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == shown and moment not in found:
            found.append(moment)
    return found


def around_jump(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """For a time clocks jump over: the local times an hour (or however long the jump is) before and after."""
    shown = datetime.combine(day, at, zone)
    after, before = (shown.replace(fold=fold).astimezone(UTC).astimezone(zone) for fold in (0, 1))
    return before, after


def outside_workday(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether a meeting begins before 9 or ends after 17 o'clock there."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    return first.time() < WORKDAY[0] or last.date() > first.date() or last.time() > WORKDAY[1]


@dataclass(frozen=True)
class Place:
    """A time zone under the name people call it by."""

    zone: str
    name: str

    def at(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))


def named(zone: str, names: Mapping[str, str]) -> Place:
    """The place of a zone: as the partnership calls it, else the city in the zone's own name."""
    return Place(zone, names.get(zone) or zone.rsplit("/", 1)[-1].replace("_", " "))


def places(first: str, zones: Iterable[str], names: Mapping[str, str]) -> Iterator[Place]:
    """The reader's zone first, then the others in alphabetical order of their places."""
    others = sorted({zone for zone in zones if zone != first}, key=lambda zone: named(zone, names).name)
    for zone in (first, *others):
        yield named(zone, names)

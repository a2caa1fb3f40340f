"""Who carries how much in the next weeks, beside what each person offered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Participant
from concorda.implement.action_plans.days import Days
from concorda.implement.action_plans.forecast import Forecast, Line
from concorda.implement.action_plans.models import Action, ActionShare
from concorda.implement.action_plans.queries import Stored
from concorda.implement.working_groups.models import GroupMember

WEEKS = 4
PANEL = 6
"""So many people are shown beside the timeline; the others on the page of their own."""
ROOM = 1
"""Somebody has room who offered at least so many hours a week more than they carry."""


@dataclass
class Load:
    """What one person carries: hours a week, and of which actions; `offered` is None while nothing was said."""

    participant: Participant
    offered: float | None = None
    parts: list[tuple[Line, float]] = field(default_factory=list)

    @property
    def hours(self) -> float:
        """Hours a week, to the hour: nobody plans finer than that."""
        found = sum(hours for _line, hours in self.parts)
        return max(1, round(found)) if found else 0

    @property
    def over(self) -> float:
        return 0 if self.offered is None else max(0, self.hours - self.offered)

    @property
    def room(self) -> float:
        return 0 if self.offered is None else max(0, self.offered - self.hours)

    @property
    def capacity(self) -> float:
        """Where the bar's mark stands: what was offered, or what is carried while nothing was said."""
        return self.hours if self.offered is None else self.offered

    @property
    def movable(self) -> list[tuple[Line, float]]:
        """What could begin later without moving the finish: most slack first."""
        found = [(line, hours) for line, hours in self.parts if line.slack > 0]
        return sorted(found, key=lambda part: -part[0].slack)


@dataclass(frozen=True)
class Workload:
    """Everybody who carries or offers something: too much first, then most hours first."""

    loads: list[Load]
    unsaid: int
    """Open actions with a day that do not say how many hours they take."""

    @property
    def over(self) -> list[Load]:
        return [load for load in self.loads if load.over]

    @property
    def top(self) -> float:
        """The end of the scale of all bars."""
        return max((max(load.hours, load.offered or 0) for load in self.loads), default=1) or 1

    @property
    def panel(self) -> list[Load]:
        return self.loads[:PANEL]

    @property
    def organizations(self) -> list[tuple[Organization, float, float, int]]:
        """Organization, hours a week carried, hours a week offered, people: most hours first."""
        found: dict[Organization, list[Load]] = defaultdict(list)
        for load in self.loads:
            if load.participant.organization:
                found[load.participant.organization].append(load)
        rows = [
            (one, sum(load.hours for load in loads), sum(load.offered or 0 for load in loads), len(loads))
            for one, loads in found.items()
        ]
        return sorted(rows, key=lambda row: (-row[1], str(row[0])))


def workload(found: Forecast, days: Days, shares: Iterable[ActionShare], people: Iterable[Participant]) -> Workload:
    """The load of each person over the next weeks, when every action's hours are spread evenly over its days."""
    last = found.today + timedelta(weeks=WEEKS) - timedelta(days=1)
    by_action: dict[int, list[ActionShare]] = defaultdict(list)
    for share in shares:
        by_action[share.action_id].append(share)
    loads: dict[int, Load] = {}
    for one in people:
        if (offered := getattr(one, "offered_hours", None)) is not None:
            loads[one.pk] = Load(one, float(offered.a_week))
    counted = [line for line in found.lines if line.action.open and not line.whole]
    for line in counted:
        weekly = share_of(line, days, found.today, last) / WEEKS
        for participant, hours in divided(line.action, by_action[line.action.pk]) if weekly else ():
            loads.setdefault(participant.pk, Load(participant)).parts.append((line, hours * weekly))
    rows = [load for load in loads.values() if load.parts or load.offered]
    unsaid = sum(line.action.effort is None for line in counted)
    return Workload(sorted(rows, key=lambda load: (-(load.over > 0), -load.hours, str(load.participant))), unsaid)


def share_of(line: Line, days: Days, first: date, last: date) -> float:
    """Which part of an action's working days lies between two days, 0 to 1."""
    start, end = max(line.start, first), min(line.end, last)
    return days.between(start, end) / max(1, days.between(line.start, line.end)) if start <= end else 0


def divided(action: Action, shares: Sequence[ActionShare]) -> Iterator[tuple[Participant, float]]:
    """Who does how many hours: those with hours of their own theirs, the others the rest in equal parts."""
    if not action.effort:
        return
    workers = [share for share in shares if share.part == ActionShare.Part.RESPONSIBLE]
    named = [(share.participant, float(share.hours)) for share in workers if share.hours is not None]
    others = [action.accountable, *(share.participant for share in workers if share.hours is None)]
    rest = max(0.0, float(action.effort) - sum(hours for _who, hours in named))
    yield from named
    yield from ((who, rest / len(others)) for who in others)


def workload_of(kept: Stored, found: Forecast, shares: Iterable[ActionShare]) -> Workload:
    """The workload of the partnership whose plan was read; `shares` need nothing but their own columns."""
    working = list(shares)
    for share in working:
        share.participant = kept.people[share.participant_id]
    return workload(found, kept.days, working, [one for one in kept.people.values() if one.left_on is None])


def with_room(found: Workload) -> Mapping[int, list[Load]]:
    """Group → its members who have room, most room first."""
    free = {load.participant.pk: load for load in found.loads if load.room >= ROOM}
    rows = GroupMember.objects.filter(participant__in=free, left_on=None).values_list("group", "participant")
    groups: dict[int, list[Load]] = defaultdict(list)
    for group, participant in rows:
        groups[group].append(free[participant])
    return {group: sorted(loads, key=lambda load: -load.room) for group, loads in groups.items()}

"""Who works with whom, from what is on record: groups, meetings, actions, discussions, and people's own answers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Entry, Participant, Partnership
from concorda.foundation.partnerships.queries import present
from concorda.implement.action_plans.models import Action, ActionShare
from concorda.implement.boundary_crossers.models import AskedTie, Crosser
from concorda.implement.working_groups.models import Attendance, Group, GroupMember

YEAR = timedelta(days=365)
"""Meetings longer ago tell nothing about today."""
MEETING = 0.25
"""A meeting both came to counts a quarter of a group, an action or an answer they share."""

TALKS = 2
"""Two people have to do with each other once they both spoke in so many discussions; then a discussion counts like
a meeting."""

Pair = tuple[int, int]


@dataclass
class Web:
    """People (by participant) and the strength of the ties between them; the coordinator and observers are left out."""

    people: dict[int, Participant]
    groups: dict[int, Group]
    member_of: dict[int, list[int]]
    ties: dict[Pair, float]
    consented: set[int]
    last_met: dict[Pair, date] = field(default_factory=dict)
    """(participant, group) → the last day this person came to a meeting of this group."""
    came: Counter[Pair] = field(default_factory=Counter)
    answered: int = 0
    """How many people said whom they go to; whoever has not is not known to go to nobody."""

    @property
    def members(self) -> dict[int, set[int]]:
        """Group → participants."""
        found: dict[int, set[int]] = {pk: set() for pk in self.groups}
        for person, groups in self.member_of.items():
            for group in groups:
                found[group].add(person)
        return found

    @property
    def between(self) -> list[int]:
        """People in more than one group."""
        return [person for person in self.people if len(self.member_of.get(person, ())) > 1]

    def home(self, person: int) -> int | None:
        """The group somebody came to most often; of equals the first."""
        groups = self.member_of.get(person, [])
        return max(groups, key=lambda group: (self.came[person, group], -group), default=None)

    def neighbours(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {person: set() for person in self.people}
        for one, other in self.ties:
            found[one].add(other)
            found[other].add(one)
        return found

    def without(self, person: int) -> "Web":
        """The same web after somebody left."""
        return Web(
            {pk: one for pk, one in self.people.items() if pk != person},
            self.groups,
            {pk: groups for pk, groups in self.member_of.items() if pk != person},
            {pair: weight for pair, weight in self.ties.items() if person not in pair},
            self.consented,
            self.last_met,
            self.came,
            self.answered,
        )


def web_of(partnership: Partnership) -> Web:
    """Everything on record, from nine queries whatever the size."""
    shown = {
        one.pk: one
        for one in present(partnership).select_related("person", "organization__place")
        if not {role.role for role in one.roles.all()} & {Role.COORDINATOR, Role.OBSERVER}
    }
    groups = {group.pk: group for group in Group.objects.filter(partnership=partnership, ended_on=None)}
    member_of: dict[int, list[int]] = defaultdict(list)
    rows = GroupMember.objects.filter(partnership=partnership, left_on=None, group__in=list(groups))
    for person, group in rows.order_by("pk").values_list("participant", "group"):
        if person in shown:
            member_of[person].append(group)
    ties: dict[Pair, float] = defaultdict(float)
    web = Web(shown, groups, dict(member_of), ties, consented(partnership))
    tie_all(web, web.members.values(), 1.0)
    tie_all(web, meetings(web), MEETING)
    tie_all(web, actions(partnership), 1.0)
    tie_all(web, spoke_together(partnership, shown), MEETING)
    asked = set(AskedTie.objects.filter(partnership=partnership).values_list("source", "target"))
    tie_all(web, ({source, target} for source, target in asked), 1.0)
    web.answered = len({source for source, _target in asked} & shown.keys())
    return web


def consented(partnership: Partnership) -> set[int]:
    """Who agreed to be named."""
    found = Crosser.objects.filter(partnership=partnership).exclude(consented_at=None)
    return set(found.values_list("participant", flat=True))


def tie_all(web: Web, together: Iterable[set[int]], weight: float) -> None:
    """Everybody in a set has to do with everybody else in it."""
    for people in together:
        for one, other in combinations(sorted(people & web.people.keys()), 2):
            web.ties[one, other] = web.ties.get((one, other), 0.0) + weight


def meetings(web: Web) -> list[set[int]]:
    """Who came to each meeting of the last year; notes on the way when somebody last came."""
    now = clock.now()
    rows = Attendance.objects.filter(
        present=True,
        meeting__cancelled=False,
        meeting__starts_at__range=(now - YEAR, now),
        meeting__group__in=list(web.groups),
    )
    found: Mapping[int, set[int]] = defaultdict(set)
    for meeting, group, starts_at, person in rows.order_by("meeting__starts_at").values_list(
        "meeting", "meeting__group", "meeting__starts_at", "participant"
    ):
        found[meeting].add(person)
        web.came[person, group] += 1
        web.last_met[person, group] = starts_at.date()
    return list(found.values())


def spoke_together(partnership: Partnership, shown: Mapping[int, Participant]) -> list[set[int]]:
    """Pairs of people, once for each discussion of the last year in which both spoke, from the second one on.

    Discussions belong to a later tool: who spoke where stands on the timeline.
    """
    of = {one.person_id: pk for pk, one in shown.items()}
    found: dict[int, set[int]] = defaultdict(set)
    rows = Entry.objects.filter(partnership=partnership, target=DISCUSSION, at__gt=clock.now() - YEAR)
    for discussion, person in rows.values_list("target_id", "by").distinct():
        if person in of:
            found[discussion].add(of[person])
    times = Counter(pair for people in found.values() for pair in combinations(sorted(people), 2))
    return [set(pair) for pair, count in times.items() if count >= TALKS for _each in range(count)]


DISCUSSION = "communication.topic"


def actions(partnership: Partnership) -> list[set[int]]:
    """Who answers for or works on the same action."""
    found: dict[int, set[int]] = defaultdict(set)
    kept = Action.objects.filter(partnership=partnership).exclude(status=Action.Status.DROPPED)
    for pk, person in kept.values_list("pk", "accountable"):
        found[pk].add(person)
    shares = ActionShare.objects.filter(partnership=partnership, part=ActionShare.Part.RESPONSIBLE)
    for pk, person in shares.values_list("action", "participant"):
        if pk in found:
            found[pk].add(person)
    return list(found.values())

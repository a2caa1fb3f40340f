"""What the web tells: who connects, which groups hang by one person, and where a new tie would help."""

from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant
from concorda.implement.boundary_crossers.boundaries import place_of
from concorda.implement.boundary_crossers.traces import Web
from concorda.implement.working_groups.models import Group

if TYPE_CHECKING:
    from concorda.analysis.network import Network

STALE_DAYS = 60


# What hangs by one person; without heavy libraries, because the map of the partnership asks for it


@dataclass(frozen=True)
class Hanging:
    """A group that reaches the others only through one person."""

    group: Group
    person: Participant
    last_used: date | None

    @property
    def stale(self) -> bool:
        return self.last_used is None or (clock.today() - self.last_used).days > STALE_DAYS


def hanging(web: Web) -> list[Hanging]:
    """Every group that would be cut off if one person left, the largest group first."""
    neighbours, members, candidates = web.neighbours(), web.members, crossing(web)
    found = []
    for person in candidates:
        for group, people in members.items():
            others = people - {person}
            if others and cut_off(others, neighbours, person):
                last = web.last_met.get((person, group))
                found.append(Hanging(web.groups[group], web.people[person], last))
    return sorted(found, key=lambda one: (-len(members[one.group.pk]), one.group.name))


def crossing(web: Web) -> list[int]:
    """People with a tie to somebody outside their own groups, or in several groups."""
    inside = {person: set(groups) for person, groups in web.member_of.items()}
    found = set(web.between)
    for one, other in web.ties:
        if not inside.get(one, set()) & inside.get(other, set()):
            found |= {one, other}
    return sorted(found)


def cut_off(others: set[int], neighbours: dict[int, set[int]], gone: int) -> bool:
    """Whether `others` reach nobody but each other once `gone` has left, though somebody else is there."""
    reached, waiting = set(others), list(others)
    while waiting:
        for near in neighbours[waiting.pop()]:
            if near != gone and near not in reached:
                return False
    outside = neighbours.keys() - others - {gone}
    return any(neighbours[one] for one in outside) and any(neighbours[one] & {gone} for one in others)


# Who connects


@dataclass
class Found:
    """Somebody at least two measures point at."""

    person: Participant
    groups: list[Group]
    pointed: tuple[str, ...]
    roles: tuple[str, ...] = ()
    cuts: list[Group] = field(default_factory=list)
    stand_ins: list[Participant] = field(default_factory=list)
    """Others who connect the same groups."""


def network(web: Web, by: str) -> "Network | None":
    """The web for the computations: undirected, with strengths, grouped by one kind of boundary."""
    from concorda.analysis.network import Network, Tie

    ids = [pk for pk in web.people if place_of(web, pk, by)]
    if len(ids) < 3:
        return None
    kept = set(ids)
    ties = [Tie(str(one), str(other), weight) for (one, other), weight in web.ties.items() if {one, other} <= kept]
    return Network.of(map(str, ids), ties, directed=False, groups={str(pk): place_of(web, pk, by) for pk in ids})


def found_people(web: Web, by: str = "group") -> list[Found]:
    """Who connects, most important first: whoever holds a group alone, then in the order of `ranking`."""
    graph = network(web, by)
    if graph is None or not graph.ties:
        return []
    from concorda.analysis.network import brokerage, ranking

    brokered = brokerage(graph)
    cuts: dict[int, list[Group]] = {}
    for held in hanging(web):
        cuts.setdefault(held.person.pk, []).append(held.group)
    place = {name: number for number, name in enumerate(graph.ids)}
    people = []
    for one in ranking(graph, runs=0):
        number, pk = place[one.id], int(one.id)
        roles = roles_of(brokered.z, brokered.counts, number)
        if one.crosser and any(brokered.counts[role][number] > 0 for role in ACROSS):
            groups = [web.groups[group] for group in web.member_of.get(pk, ())]
            people.append(Found(web.people[pk], groups, one.measures, roles, cuts.get(pk, []), stand_ins(web, pk)))
    return sorted(people, key=lambda one: -sum(len(web.members[cut.pk]) for cut in one.cuts))


def roles_of(z: dict[str, Any], counts: dict[str, Any], number: int) -> tuple[str, ...]:
    """The one or two roles somebody plays more than chance would give; without directions a gatekeeper is one with a
    representative, and the latter is named."""
    scores = {role: (float(z[role][number]), float(counts[role][number])) for role in ROLES}
    played = [(score, role) for role, (score, count) in scores.items() if count > 0 and score > 0]
    return tuple(role for _score, role in sorted(played, reverse=True)[:2])


ROLES = ("coordinator", "representative", "consultant", "liaison")
ACROSS = ("representative", "consultant", "liaison")


def stand_ins(web: Web, person: int) -> list[Participant]:
    """Others who are in at least two of somebody's groups."""
    mine = set(web.member_of.get(person, ()))
    return [one for pk, one in web.people.items() if pk != person and len(mine & set(web.member_of.get(pk, ()))) > 1]


# Between groups, and what would help


@dataclass(frozen=True)
class Bridge:
    """How two groups are connected: through how many people in both, or by how many ties."""

    first: Group
    second: Group
    people: tuple[Participant, ...]
    ties: int


def bridges(web: Web) -> list[Bridge]:
    """Every pair of groups with who is in both, and ties between their other members; the weakest first."""
    members = web.members
    found = []
    for first, second in combinations(web.groups.values(), 2):
        one, other = members[first.pk], members[second.pk]
        both = one & other
        ties = sum(
            1 for a, b in web.ties if not {a, b} & both and ((a in one and b in other) or (a in other and b in one))
        )
        found.append(Bridge(first, second, tuple(web.people[pk] for pk in sorted(both)), ties))
    return sorted(found, key=lambda bridge: (len(bridge.people), bridge.ties, bridge.first.name, bridge.second.name))


@dataclass(frozen=True)
class Help:
    """Two groups whose people should meet."""

    first: Group
    second: Group
    gain: float
    """By how much it brings everybody closer, in percent of the present closeness."""


def helps(web: Web, most: int = 3) -> list[Help]:
    """Where a new tie between two groups helps most."""
    graph = network(web, "group")
    if graph is None or not graph.ties:
        return []
    from concorda.analysis.network import helpful_ties

    found: dict[frozenset[int], Help] = {}
    for tie in helpful_ties(graph, limit=40):
        homes = [web.home(int(end)) for end in (tie.source, tie.target)]
        if None in homes or set(web.member_of[int(tie.source)]) & set(web.member_of[int(tie.target)]):
            continue
        pair = [web.groups[home] for home in homes if home is not None]
        found.setdefault(frozenset(group.pk for group in pair), Help(pair[0], pair[1], tie.gain))
    return list(found.values())[:most]

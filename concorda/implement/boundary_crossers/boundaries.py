"""The boundaries people cross: working groups, organizations, sectors, places; and the network told in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Participant
from concorda.implement.boundary_crossers.traces import Pair, Web

BY: Mapping[str, Promise] = {
    "group": _("working group"),
    "organization": _("organization"),
    "sector": _("sector"),
    "place": _("place"),
}


def boundary(asked: str) -> str:
    return asked if asked in BY else "group"


def place_of(web: Web, person: int, by: str) -> str:
    """The key of what somebody stands in, on one kind of boundary; empty for nowhere."""
    if by == "group":
        return str(web.home(person) or "")
    organization = web.people[person].organization
    if organization is None:
        return ""
    keys = {"organization": organization.pk, "sector": organization.kind, "place": organization.place_id}
    return str(keys[by] or "")


def name_of(web: Web, key: str, by: str) -> str:
    """What a key of `place_of` is called."""
    if by == "group":
        return web.groups[int(key)].name
    if by == "sector":
        return str(Organization.Kind(key).label)
    inside = (one.organization for pk, one in web.people.items() if place_of(web, pk, by) == key and one.organization)
    organization = next(inside)
    return organization.short if by == "organization" else str(organization.place)


# Organizations as nodes


@dataclass(frozen=True)
class Link:
    """What connects two organizations: so many pairs of people, and whoever alone carries it on one side."""

    first: Organization
    second: Organization
    pairs: int
    strength: float
    alone: Participant | None

    @property
    def fragile(self) -> bool:
        return self.alone is not None


def links(web: Web) -> list[Link]:
    """Every two organizations whose people have to do with each other, the weakest first."""
    between: dict[tuple[int, int], list[Pair]] = {}
    known: dict[int, Organization] = {}
    for one, other in web.ties:
        first, second = web.people[one].organization, web.people[other].organization
        if first is None or second is None or first.pk == second.pk:
            continue
        known[first.pk], known[second.pk] = first, second
        pair = (one, other) if first.pk < second.pk else (other, one)
        between.setdefault((min(first.pk, second.pk), max(first.pk, second.pk)), []).append(pair)
    found = [
        Link(known[a], known[b], len(pairs), strength(web, pairs), alone(web, pairs))
        for (a, b), pairs in between.items()
    ]
    return sorted(found, key=lambda link: (link.strength, link.first.name, link.second.name))


def strength(web: Web, pairs: list[Pair]) -> float:
    return sum(web.ties[min(pair), max(pair)] for pair in pairs)


def alone(web: Web, pairs: list[Pair]) -> Participant | None:
    """The one person through whom everything between two organizations goes."""
    for side in (0, 1):
        people = {pair[side] for pair in pairs}
        if len(people) == 1:
            return web.people[people.pop()]
    return None


@dataclass(frozen=True)
class Standing:
    """How one organization is connected."""

    organization: Organization
    people: int
    linked: int
    fragile: int
    """So many of its links hang by one person."""


def standings(web: Web) -> list[Standing]:
    """Every organization with people here, the least connected first."""
    found = links(web)
    here: dict[int, Organization] = {}
    counts: dict[int, int] = {}
    for one in web.people.values():
        if one.organization:
            here[one.organization.pk] = one.organization
            counts[one.organization.pk] = counts.get(one.organization.pk, 0) + 1
    rows = []
    for pk, organization in here.items():
        own = [link for link in found if pk in {link.first.pk, link.second.pk}]
        rows.append(Standing(organization, counts[pk], len(own), sum(link.fragile for link in own)))
    return sorted(rows, key=lambda row: (row.linked, -row.fragile, row.organization.name))

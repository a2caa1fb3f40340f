"""Searching the directory for partners, comparing them, and choosing a few that cover the most together."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.analysis import coalition
from concorda.analysis.matching import Candidate, Filters, Index
from concorda.connect.participation import directory
from concorda.connect.participation.profiles import EXACT, Seeker, area_code, middle, position, size_of
from concorda.foundation.organizations import search as words
from concorda.foundation.organizations.models import Organization, Place
from concorda.foundation.partnerships.models import Partner, Partnership

LANGUAGES = {"en": "English", "fr": "français", "ti": "ትግርኛ Tigrinya", "prs": "دری Dari", "ar": "العربية Arabic"}
POOL = 200
"""From how many of the best matches a coalition is chosen."""
MOST_WORDS = 2000
COUNTED = 100
"""So many are counted when a search that finds nobody is tried with less."""
EARTH_RADIUS_KM = 6371.0088
HALFWAY_ROUND = 20_038
"""Kilometres: nothing on Earth is farther away."""
STRONG, GOOD = 0.45, 0.25
"""From these scores on a match that covers a need is called strong or good; every other is worth a talk."""
SIZES = {
    "small": gettext_lazy("Less than 100,000 a year"),
    "medium": gettext_lazy("100,000 to a million a year"),
    "large": gettext_lazy("A million a year and more"),
}


@dataclass(frozen=True)
class Asked:
    """A search as a person asks it: what the address of the page says. Empty asks nothing."""

    area: str = ""
    near: str = ""
    km: str = ""
    kind: str = ""
    topic: str = ""
    people: str = ""
    language: str = ""
    size: str = ""
    q: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        return cls(**{name: given.get(name, "").strip()[:120] for name in cls.__dataclass_fields__})

    def as_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if getattr(self, name)}

    def without(self, *names: str) -> "Asked":
        """The same search, less some of what it asks; a distance goes with the place it is measured from."""
        dropped = {"near", "km", *names} if {"near", "km"} & set(names) else set(names)
        return replace(self, **dict.fromkeys(dropped, ""))

    @cached_property
    def start(self) -> Place | None:
        """The town or district from which distances are measured."""
        return place_near(self.near) if self.near else None

    @property
    def reach(self) -> float | None:
        """Kilometres; None where no distance is asked for, or what is asked is none."""
        with suppress(ValueError):
            reach = float(self.km.replace(",", ".").replace("\u202f", "").replace(" ", ""))
            return reach if 0 < reach <= HALFWAY_ROUND else None
        return None

    def filters(self, exclude: Sequence[str] = ()) -> Filters:
        labels = [[f"{name}:{value}"] for name, value in (("kind", self.kind), ("size", self.size)) if value]
        reach, centre = self.reach, middle(self.start) if self.reach else None
        return Filters(
            areas=[place_code(self.area), area_code(self.area)] if self.area else (),
            labels=labels,
            covers=[self.topic] if self.topic else (),
            populations=[self.people] if self.people else (),
            languages=[self.language] if self.language else (),
            within=(*centre, reach) if centre and reach else None,
            only=self.with_words() if self.q else None,
            exclude=exclude,
        )

    def with_words(self) -> list[str]:
        found = words.narrow(directory.shown(), self.q).organizations
        return [one.slug for one in found.only("slug")[:MOST_WORDS]]


def place_code(area: str) -> str:
    """The largest place called so in either language, else a region as registers write it."""
    found = min(Place.objects.named(area), key=lambda place: place.code.count("/"), default=None)
    return found.code if found else area_code(area)


def place_near(name: str) -> Place | None:
    """The town or district called so in either language, from which a distance can be measured; None if not known.

    Of several, one in the country where most of the directory is, and the most populous there.
    """
    found = list(Place.objects.named(name).filter(kind__in=EXACT).exclude(latitude=None).exclude(longitude=None))
    countries = {place.code.partition("/")[0] for place in found}
    if len(countries) > 1:
        there = {one: directory.shown().filter(place__code__startswith=f"{one}/").count() for one in countries}
        found.sort(key=lambda place: -there[place.code.partition("/")[0]])
    return found[0] if found else None


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two positions in degrees, by the haversine formula."""
    (north, east), (north_too, east_too) = (tuple(map(math.radians, each)) for each in (one, other))
    across = math.sin((north_too - north) / 2) ** 2
    along = math.cos(north) * math.cos(north_too) * math.sin((east_too - east) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(across + along)))


@dataclass
class Match:
    """One row of the list: an organization, why it stands there, and where it stands in the partnership."""

    organization: Organization
    found: Candidate
    seeker: Seeker
    status: str = ""
    partner_pk: int | None = None
    start: Place | None = None
    strip: list[list[bool]] = field(init=False)

    def __post_init__(self) -> None:
        self.strip = [[code in self.found.covers for code in codes] for _level, codes in self.seeker.groups]

    @property
    def level(self) -> int:
        """3 strong, 2 good, 1 worth a talk: never rises from one row of the list to the next."""
        score = self.found.score if self.found.covers or not self.seeker.needs else 0
        return 3 if score >= STRONG else 2 if score >= GOOD else 1

    @property
    def fit(self) -> str:
        return {3: _("Strong fit"), 2: _("Good fit"), 1: _("Worth a talk")}[self.level]

    @property
    def imprint(self) -> str:
        """What a person who saw this match before would see changed."""
        return "|".join((str(self.level), ",".join(self.found.covers), ",".join(self.found.offers_back)))

    @property
    def distance(self) -> int | None:
        """Kilometres from where the search starts, rounded; None where either is not known."""
        here = middle(self.start)
        there = position(self.organization) if here else None
        return round(kilometres(here, there)) if here and there else None

    @property
    def where(self) -> str:
        """Its town where that is known, else the area as its register writes it."""
        place = self.organization.place
        return place.label if place and place.kind in EXACT else self.organization.area

    @property
    def size(self) -> str:
        return str(SIZES.get(size_of(self.organization), ""))

    @property
    def serves(self) -> list[str]:
        return [term.label for term in self.organization.populations.all()]

    @property
    def works_in(self) -> list[str]:
        return [LANGUAGES.get(code, code) for code in self.organization.languages]

    @property
    def covers(self) -> list[str]:
        return [self.seeker.label(code) for code in self.found.covers]

    @property
    def essential(self) -> int:
        return sum(self.seeker.needs.get(code) == 3 for code in self.found.covers)

    @property
    def offers_back(self) -> list[str]:
        return [self.seeker.label(code) for code in self.found.offers_back]

    def reason(self, code: str) -> Mapping[str, Any]:
        return next((one.parameters for one in self.found.reasons if one.code == code), {})

    @property
    def their_needs(self) -> int:
        return int(self.reason("offers_back").get("of", 0))

    @property
    def shared_words(self) -> Sequence[str]:
        return list(self.reason("shared_words").get("words", ()))[:6]

    @property
    def together(self) -> list[str]:
        """People both serve and languages both work in."""
        people = [self.seeker.label(code) for code in self.reason("populations").get("shared", ())]
        return people + [LANGUAGES.get(code, code) for code in self.reason("languages").get("shared", ())]

    @property
    def near(self) -> bool:
        return bool(self.reason("areas"))

    @property
    def unknown(self) -> list[str]:
        said = {
            "need": _("what it can do"),
            "reciprocity": _("what it looks for"),
            "vision": _("what it says about itself"),
            "place": _("where and for whom it works"),
        }
        distance = [_("how far away it is")] if self.start and self.distance is None else []
        return [said[part] for part in self.found.unknown if part in said] + distance


class Search:
    """One look into the directory for one seeker: the index, and where each organization stands in the partnership."""

    def __init__(self, seeker: Seeker, index: Index, partnership: Partnership | None = None) -> None:
        self.seeker, self.index = seeker, index
        self.standing = standings(partnership)

    @property
    def joined(self) -> list[str]:
        return [slug for slug, (status, _pk) in self.standing.items() if status == Partner.Status.COMMITTED]

    def best(self, asked: Asked, limit: int) -> list[Candidate]:
        """Those that cover a need first, then those that cover none; each part by its score."""
        return self.ordered(asked.filters(exclude=self.joined), limit)

    def among(self, slugs: Sequence[str]) -> list[Candidate]:
        return self.ordered(Filters(only=list(slugs)), len(slugs)) if slugs else []

    def ordered(self, filters: Filters, limit: int) -> list[Candidate]:
        if not self.seeker.needs or filters.covers:
            return self.index.search(self.seeker.profile, limit=limit, filters=filters)
        covering = replace(filters, covers=list(self.seeker.needs))
        first = self.index.search(self.seeker.profile, limit=limit, filters=covering)
        if len(first) == limit:
            return first
        everybody = self.index.search(self.seeker.profile, limit=limit, filters=filters)
        return first + [one for one in everybody if not one.covers][: limit - len(first)]

    def rows(self, *lists: Sequence[Candidate], start: Place | None = None) -> list[list[Match]]:
        """Each list as rows of a page, with one question to the database for all of them."""
        slugs = {one.id for found in lists for one in found}
        wanted = directory.shown().filter(slug__in=slugs).select_related("place")
        known = {one.slug: one for one in (wanted.prefetch_related("sites") if start else wanted)}

        def row(one: Candidate) -> Match:
            status, partner_pk = self.standing.get(one.id, ("", None))
            return Match(known[one.id], one, self.seeker, status, partner_pk, start)

        return [[row(one) for one in found if one.id in known] for found in lists]

    def in_the_way(self, asked: Asked) -> tuple[list[tuple[str, int]], list[str]]:
        """When nobody fits: what can be left out alone, with how many fit then (up to `COUNTED`); else all that finds
        nobody even when asked alone."""
        names = [name for name in asked.as_dict() if name != "km" or not asked.near]
        helps = [(name, len(self.best(asked.without(name), COUNTED))) for name in names] if len(names) > 1 else []
        if found := [(name, count) for name, count in helps if count]:
            return found, []
        kept = {name: asked.without(*(other for other in names if other != name)) for name in names}
        return [], [name for name, alone in kept.items() if not self.best(alone, 1)]


def matches(
    seeker: Seeker, asked: Asked, *, limit: int, partnership: Partnership | None = None, only: Sequence[str] = ()
) -> list[Match] | None:
    """The best partners, best first; None while the index of a large register is being prepared."""
    index = directory.index()
    if index is None:
        return None
    search = Search(seeker, index, partnership)
    start = asked.start
    return search.rows(search.among(only) if only else search.best(asked, limit), start=start)[0][:limit]


def standings(partnership: Partnership | None) -> dict[str, tuple[str, int]]:
    """Slug → where the organization stands in the partnership, in the order in which they came in."""
    if partnership is None:
        return {}
    rows = Partner.objects.filter(partnership=partnership).order_by("pk")
    return {slug: (status, pk) for slug, status, pk in rows.values_list("organization__slug", "status", "pk")}


# Together


@dataclass(frozen=True)
class Together:
    """A few partners chosen together: the answer, and the organizations by slug."""

    answer: coalition.Coalition
    chosen: Sequence[Match]
    others: Mapping[str, Match]
    seeker: Seeker

    @property
    def table(self) -> list[tuple[str, list[tuple[str, list[bool]]]]]:
        """Importance → needs with one truth per chosen partner."""
        return cover_table(self.seeker, self.chosen)

    @property
    def added(self) -> list[tuple[Match, float]]:
        """Each chosen partner with how much would be lost without it alone, in percent of all that is needed."""
        whole = sum(self.seeker.needs.values()) or 1
        return [(match, round(100 * self.answer.marginal[match.organization.slug] / whole)) for match in self.chosen]

    @property
    def alternatives(self) -> list[tuple[list[Match], int, list[str]]]:
        """Other choices: who, how much of what matters in percent, and which needs stay open."""
        whole = sum(self.seeker.needs.values()) or 1
        others = [([self.others[slug] for slug in one.chosen], one.value) for one in self.answer.alternatives]
        return [(rows, round(100 * value / whole), self.left_open(rows)) for rows, value in others if rows]

    def left_open(self, rows: Sequence[Match]) -> list[str]:
        covered = {code for row in rows for code in row.found.covers}
        return [self.seeker.label(code) for code in self.seeker.order if code not in covered]

    @property
    def gap(self) -> int:
        """How much a better choice could add at most, in percent of what matters; 0 when none is better."""
        return self.at_most - self.worth

    @property
    def worth(self) -> int:
        return round(100 * (self.answer.value or 0) / (sum(self.seeker.needs.values()) or 1))

    @property
    def at_most(self) -> int:
        return round(100 * (self.answer.bound or 0) / (sum(self.seeker.needs.values()) or 1))

    @property
    def open(self) -> list[str]:
        return [self.seeker.label(code) for code in self.answer.open]


def cover_table(seeker: Seeker, rows: Sequence[Match]) -> list[tuple[str, list[tuple[str, list[bool]]]]]:
    return [
        (str(level.label), [(seeker.label(code), [code in row.found.covers for row in rows]) for code in codes])
        for level, codes in seeker.groups
    ]


def together(
    seeker: Seeker,
    pool: Sequence[Match],
    *,
    most: int,
    budget: Decimal | None = None,
    costs: Mapping[str, Decimal] = MappingProxyType({}),
    require: Sequence[str] = (),
    exclude: Sequence[str] = (),
    area: str = "",
    kinds: Sequence[str] = (),
) -> Together:
    """At most `most` organizations of the pool that cover the most of what is needed, with proof or a bound.

    `costs`: slug → what it would cost, in the currency of `budget`. With a budget, who has no amount is left out.
    """
    if budget is not None:
        pool = [row for row in pool if row.organization.slug in costs or row.organization.slug in require]
    area_id = place_code(area) if area else ""
    question = coalition.Question(
        needs=[coalition.Need(code, float(matters)) for code, matters in seeker.needs.items()],
        candidates=[
            coalition.Partner(
                id=row.organization.slug,
                covers=dict.fromkeys(row.found.covers, 1.0),
                cost=float(costs.get(row.organization.slug, 0)),
                areas=areas_of(row.organization),
                types=[row.organization.kind],
            )
            for row in pool
        ],
        most=most,
        budget=None if budget is None else float(budget),
        require=require,
        exclude=[slug for slug in exclude if any(row.organization.slug == slug for row in pool)],
        areas_required=[area_id] if area_id else (),
        types_required=kinds,
    )
    answer = coalition.choose(question, alternatives=2, seconds=2)
    by_slug = {row.organization.slug: row for row in pool}
    return Together(answer, [by_slug[slug] for slug in answer.chosen], by_slug, seeker)


def areas_of(organization: Organization) -> list[str]:
    """Its areas, each with all that it lies in."""
    path = organization.place.code.split("/") if organization.place else []
    inside = ["/".join(path[:count]) for count in range(1, len(path) + 1)]
    return [each for each in (*inside, area_code(organization.area)) if each]


def in_the_way(answer: coalition.Coalition, names: Mapping[str, str]) -> list[str]:
    """Which condition to relax, in words."""
    said = {
        "budget": _("Allow more money: %(asked)s is too little; %(enough)s would do."),
        "max": _("Allow more organizations: at most %(asked)s is too few; %(enough)s would do."),
        "require": _("Do not insist on %(asked)s."),
        "exclude": _("Do not rule out %(asked)s."),
        "areas_required": _("Do not ask for one from %(asked)s."),
        "types_required": _("Do not ask for one of this kind: %(asked)s."),
    }
    return [
        said[one.column]
        % {"asked": names.get(one.asked, one.asked.removesuffix(".0")), "enough": f"{one.enough or 0:g}"}
        for one in answer.relax
        if one.column in said
    ]

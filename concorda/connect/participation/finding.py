"""Searching the directory for partners, comparing them, and choosing a few that cover the most together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils.translation import gettext as _

from concorda.analysis import coalition
from concorda.analysis.matching import Candidate, Filters
from concorda.connect.participation import directory
from concorda.connect.participation.profiles import Seeker, area_code, terms_of
from concorda.foundation.organizations import search as words
from concorda.foundation.organizations.models import Organization, Place, Term
from concorda.foundation.partnerships.models import Partner, Partnership

LANGUAGES = {"en": "English", "fr": "français", "ti": "ትግርኛ Tigrinya", "prs": "دری Dari", "ar": "العربية Arabic"}
POOL = 200
"""From how many of the best matches a coalition is chosen."""
MOST_WORDS = 2000
STRONG, GOOD = 0.45, 0.25
"""From these scores on a match is called strong or good; below, or without a need covered, it is worth a talk."""


@dataclass(frozen=True)
class Asked:
    """A search as a person asks it: what the address of the page says."""

    area: str = ""
    kind: str = ""
    topic: str = ""
    language: str = ""
    q: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        return cls(**{name: given.get(name, "").strip()[:120] for name in cls.__dataclass_fields__})

    def as_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if getattr(self, name)}

    def filters(self, exclude: Sequence[str] = ()) -> Filters:
        return Filters(
            areas=[place_code(self.area)] if self.area else (),
            labels=[[f"kind:{self.kind}"]] if self.kind else (),
            covers=[self.topic] if self.topic else (),
            languages=[self.language] if self.language else (),
            only=self.with_words() if self.q else None,
            exclude=exclude,
        )

    def with_words(self) -> list[str]:
        found = words.narrow(directory.shown(), self.q).organizations
        return [one.slug for one in found[:MOST_WORDS]]


def place_code(area: str) -> str:
    """A place of the list by its name in either language, else a region as registers write it."""
    named = Place.objects.filter(label_en__iexact=area) | Place.objects.filter(label_fr__iexact=area)
    found = named.first()
    return found.code if found else area_code(area)


@dataclass
class Match:
    """One row of the list: an organization, why it stands there, and where it stands in the partnership."""

    organization: Organization
    found: Candidate
    seeker: Seeker
    terms: Mapping[str, Term]
    status: str = ""
    partner_pk: int | None = None
    strip: list[list[bool]] = field(init=False)

    def __post_init__(self) -> None:
        self.strip = [[code in self.found.covers for code in codes] for _level, codes in self.seeker.groups]

    @property
    def fit(self) -> str:
        score = self.found.score if self.found.covers or not self.seeker.needs else 0
        return _("Strong fit") if score >= STRONG else _("Good fit") if score >= GOOD else _("Worth a talk")

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
        people = [self.terms[code].label for code in self.reason("populations").get("shared", ()) if code in self.terms]
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
        return [said[part] for part in self.found.unknown if part in said]


def matches(
    seeker: Seeker, asked: Asked, *, limit: int, partnership: Partnership | None = None, only: Sequence[str] = ()
) -> list[Match] | None:
    """The best partners, best first; None while the index of a large register is being prepared."""
    index = directory.index()
    if index is None:
        return None
    standing = standings(partnership)
    joined = [slug for slug, (status, _pk) in standing.items() if status == Partner.Status.COMMITTED]
    filters = Filters(only=list(only)) if only else asked.filters(exclude=joined)
    found = index.search(seeker.profile, limit=limit, filters=filters)
    rows = {one.slug: one for one in directory.shown().filter(slug__in=[each.id for each in found])}
    people = {
        str(code)
        for each in found
        for one in each.reasons
        if one.code == "populations"
        for code in cast("list[str]", one.parameters["shared"])
    }
    terms = terms_of(people)
    return [
        Match(rows[each.id], each, seeker, terms, *standing.get(each.id, ("", None)))
        for each in found
        if each.id in rows
    ]


def standings(partnership: Partnership | None) -> dict[str, tuple[str, int]]:
    """Slug → where the organization stands in the partnership."""
    if partnership is None:
        return {}
    rows = Partner.objects.filter(partnership=partnership).values_list("organization__slug", "status", "pk")
    return {slug: (status, pk) for slug, status, pk in rows}


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
    def alternatives(self) -> list[tuple[list[Match], int]]:
        whole = sum(self.seeker.needs.values()) or 1
        return [
            ([self.others[slug] for slug in other.chosen], round(100 * other.value / whole))
            for other in self.answer.alternatives
            if other.chosen
        ]

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
    require: Sequence[str] = (),
    exclude: Sequence[str] = (),
    area: str = "",
    kinds: Sequence[str] = (),
) -> Together:
    """At most `most` organizations of the pool that cover the most of what is needed, with proof or a bound."""
    area_id = place_code(area) if area else ""
    question = coalition.Question(
        needs=[coalition.Need(code, float(matters)) for code, matters in seeker.needs.items()],
        candidates=[
            coalition.Partner(
                id=row.organization.slug,
                covers=dict.fromkeys(row.found.covers, 1.0),
                areas=areas_of(row.organization),
                types=[row.organization.kind],
            )
            for row in pool
        ],
        most=most,
        require=require,
        exclude=exclude,
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
        "max": _("Allow more organizations: at most %(asked)s is too few; %(enough)s would do."),
        "require": _("Do not insist on %(asked)s."),
        "exclude": _("Do not rule out %(asked)s."),
        "areas_required": _("Do not ask for one from %(asked)s."),
        "types_required": _("Do not ask for one of this kind: %(asked)s."),
    }
    return [
        said[one.column] % {"asked": names.get(one.asked, one.asked), "enough": f"{one.enough or 0:g}"}
        for one in answer.relax
        if one.column in said
    ]

"""Reads: the directory, the people of an organization, its reflection, and what it looks for in a partner."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations import search
from concorda.foundation.organizations.models import (
    Answer,
    Organization,
    OrganizationQuerySet,
    Place,
    Rating,
    Reach,
    Readiness,
    Sought,
    Term,
    Tie,
    Wording,
)
from concorda.foundation.organizations.questions import QUESTIONS, Kind, Question

SORTS = {
    "name": "name",
    "-name": "-name",
    "changed": "changed_at",
    "-changed": "-changed_at",
    "income": "income",
    "-income": "-income",
}


def directory(asked: dict[str, Any]) -> search.Found:
    """Active organizations by `q`, `kind`, `topic` and `people` (term codes), `area`, `language`; sorted by `sort`."""
    found = Organization.objects.filter(active=True)
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    if asked.get("topic"):
        found = found.filter(terms=asked["topic"])
    if asked.get("people"):
        found = found.filter(populations=asked["people"])
    if asked.get("area"):
        area = asked["area"]
        inside = Q(area__istartswith=area) | Q(postcode__istartswith=area) | Q(place__code=area.lower())
        for place in Place.objects.named(area):
            inside |= Q(place=place) | Q(place__code__startswith=f"{place.code}/")
        found = found.filter(inside)
    if asked.get("language"):
        found = found.filter(languages__icontains=f'"{asked["language"]}"')
    sort = SORTS.get(asked.get("sort", ""))
    if asked.get("q"):
        found, some_words = search.narrow(found, asked["q"], ranked=not sort)
    else:
        some_words, sort = False, sort or "name"
    return search.Found(found.order_by(sort, "pk") if sort else found, some_words)


def shown(organizations: OrganizationQuerySet) -> OrganizationQuerySet:
    """With what a line of the directory shows."""
    topics = Prefetch("terms", Term.objects.order_by("code"), to_attr="topics")
    return organizations.select_related("place").prefetch_related(topics)


def ties_of(organization: Organization) -> QuerySet[Tie]:
    """The grants and other ties that registers know, newest first."""
    both = Tie.objects.filter(Q(giver=organization) | Q(to=organization))
    return both.select_related("giver", "to").order_by(F("on").desc(nulls_last=True), "reference")


def look_alikes(name: str, *, limit: int = 5) -> list[Organization]:
    """Organizations that could be the same as one called `name`: found by its words, kept when the names are close."""
    found = list(search.narrow(Organization.objects.all(), name).organizations[:50])
    names = {one.pk: one.name.casefold() for one in found}
    close = process.extract(name.casefold(), names, scorer=fuzz.token_sort_ratio, score_cutoff=80, limit=limit)
    by_pk = {one.pk: one for one in found}
    return [by_pk[pk] for _name, _score, pk in close]


# The reflection. Everything below reads inside the private scope of one organization.


@dataclass
class Step:
    """One question of the reflection, as far as it is answered."""

    question: Question
    answers: list[Any] = field(default_factory=list)
    wording: Wording | None = None
    differs: bool = False

    @property
    def done(self) -> bool:
        return bool(self.answers or self.wording)

    @property
    def people(self) -> list[Person]:
        return list({row.person_id: row.person for row in self.answers if hasattr(row, "person_id")}.values())


def steps() -> list[Step]:
    """The questions in order with everybody's answers; five queries whatever their number."""
    answers, ratings = defaultdict(list), defaultdict(list)
    for answer in Answer.objects.select_related("person"):
        answers[answer.question].append(answer)
    for rating in Rating.objects.select_related("person", "term"):
        ratings[rating.side].append(rating)
    wordings = {wording.question: wording for wording in Wording.objects.all()}
    readiness = list(Readiness.objects.select_related("person"))
    reach = list(Reach.objects.all())
    held: dict[Kind, Any] = {
        Kind.TEXT: answers,
        Kind.READINESS: {"readiness": readiness},
        Kind.REACH: {"reach": reach},
        Kind.RATING: ratings,
    }
    return [
        step_of(question, held[question.kind].get(question.key, []), wordings.get(question.key))
        for question in QUESTIONS
    ]


def step_of(question: Question, rows: list[Any], wording: Wording | None) -> Step:
    return Step(question, rows, wording, differs=wording is None and differ(question, rows))


def differ(question: Question, rows: list[Any]) -> bool:
    """Do people see it differently? Texts by more than one person; levels two or more apart on the same thing."""
    if question.kind == Kind.TEXT:
        return len({row.text.strip() for row in rows}) > 1
    levels = defaultdict(set)
    for row in rows:
        if question.kind in (Kind.RATING, Kind.READINESS):
            levels[getattr(row, "term_id", None) or getattr(row, "dimension", None)].add(row.level)
    return any(max(given) - min(given) >= 2 for given in levels.values())


def standing(found: list[Step]) -> str:
    """Where the reflection stands, in a sentence."""
    done = sum(step.done for step in found)
    if not done:
        return _("Nobody has begun.")
    people = {person.pk: person.name for step in found for person in step.people}
    said = _("%(done)d of %(all)d questions are answered, by %(people)s.") % {
        "done": done,
        "all": len(found),
        "people": listed(sorted(people.values())),
    }
    apart = sum(step.differs for step in found)
    if apart:
        said += " " + (
            _("On one of them you differ.") if apart == 1 else _("On %(n)d of them you differ.") % {"n": apart}
        )
    return said


def listed(names: list[str]) -> str:
    """“Ana, Ben and Cy”."""
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s and %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


@dataclass(frozen=True)
class Respect:
    """How ready an organization is in one respect: the lowest level anyone gives counts, for it will be felt first."""

    dimension: str
    label: str
    levels: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def lowest(self) -> int:
        return min(self.levels)


def readiness() -> list[Respect]:
    """What is ready and what is not, the weakest first; only what somebody has rated."""
    rows = defaultdict(list)
    for row in Readiness.objects.all():
        rows[row.dimension].append(row)
    found = [
        Respect(
            value,
            str(label),
            tuple(sorted(row.level for row in rows[value])),
            tuple(row.note for row in rows[value] if row.note),
        )
        for value, label in Readiness.Dimension.choices
        if rows[value]
    ]
    return sorted(found, key=lambda one: (one.lowest, mean(one.levels)))


@dataclass(frozen=True)
class Characteristic:
    """Something to look for in a partner."""

    term: Term
    importance: int
    """1 helpful, 2 important, 3 essential."""
    origin: str
    """Where it comes from, in words."""
    by_hand: bool

    @property
    def label(self) -> str:
        return str(Sought.Importance(self.importance).label)


def ideal_partner(organization: Organization) -> list[Characteristic]:
    """What to look for: computed from what its people rate as weak or needed, changed where they said so.

    The mean level decides: from 4 essential, from 2.5 important, below helpful. Weakness and need count alike; the
    higher of the two stands. Read inside the organization's scope; most important first.
    """
    by_hand = {
        one.term_id: one for one in Sought.objects.filter(organization=organization).select_related("term", "by")
    }
    levels: dict[Term, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    rated = Rating.objects.filter(organization=organization).exclude(side=Rating.Side.STRENGTH).select_related("term")
    for rating in rated:
        levels[rating.term][rating.side].append(rating.level)
    found = [characteristic(term, sides, by_hand.pop(term.pk, None)) for term, sides in levels.items()]
    found += [Characteristic(one.term, one.importance, added_by(one), True) for one in by_hand.values()]
    return sorted((one for one in found if one.importance), key=lambda one: (-one.importance, str(one.term)))


def characteristic(term: Term, sides: dict[str, list[int]], by_hand: Sought | None) -> Characteristic:
    importance = max(importance_of(mean(given)) for given in sides.values())
    words = {
        Rating.Side.WEAKNESS: _("we rate ourselves weak (%(level).1f of 5)"),
        Rating.Side.NEED: _("those we serve need it (%(level).1f of 5)"),
    }
    origin = "; ".join(words[Rating.Side(side)] % {"level": mean(given)} for side, given in sorted(sides.items()))
    if by_hand:
        return Characteristic(term, by_hand.importance, f"{origin}; {changed_by(by_hand)}", True)
    return Characteristic(term, importance, origin, False)


def importance_of(level: float) -> int:
    return 3 if level >= 4 else 2 if level >= 2.5 else 1


def changed_by(sought: Sought) -> str:
    return _("importance set by %(name)s") % {"name": sought.by.name}


def added_by(sought: Sought) -> str:
    return _("added by %(name)s") % {"name": sought.by.name}


def reflection_open(organization: Organization) -> bool:
    """Has anybody of the organization answered anything?"""
    return (
        Answer.objects.filter(organization=organization).exists()
        or Rating.objects.filter(organization=organization).exists()
    )

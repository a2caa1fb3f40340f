"""What an organization shows of its reflection, to whom: nothing, how much, where it meets theirs, or all of it.

`shown_to` is the one question: the organization's page asks it for its reader, and “view as” for somebody else.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import mean

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core.scoping import within_own
from concorda.foundation.organizations import queries
from concorda.foundation.organizations.forms import LANGUAGES
from concorda.foundation.organizations.models import Disclosure, Organization, Rating, Reach, Term
from concorda.foundation.organizations.questions import BY_KEY, QUESTIONS, Kind
from concorda.foundation.organizations.services import said

Level = Disclosure.Level
IDEAL = "ideal"
PARTS = (*(question.key for question in QUESTIONS), IDEAL)
WHOLE = {Kind.TEXT, Kind.READINESS}
"""Kinds of parts that meet nothing of somebody else's: they are shown whole or not at all."""
READY = 3


@dataclass(frozen=True)
class Shown:
    """One part of a reflection as somebody sees it: a sentence, and what is shown of it, if anything is."""

    part: str
    level: int
    says: str = ""
    text: str = ""
    items: list[str] = field(default_factory=list)

    @property
    def title(self) -> str | Promise:
        return title_of(self.part)


@dataclass(frozen=True)
class Meeting:
    """What the organizations of a reader show to everybody, for others to find where it meets theirs."""

    terms: frozenset[int]
    languages: frozenset[str]
    places: frozenset[int]


def title_of(part: str) -> str | Promise:
    return gettext_lazy("What we look for in a partner") if part == IDEAL else BY_KEY[part].title


def levels_for(part: str, *, everybody: bool) -> list[Level]:
    """What can be chosen. Everybody reads a part whole only in the public profile, shared on a page of its own."""
    found = [Level.NOTHING, Level.COUNT]
    if part == IDEAL or BY_KEY[part].kind not in WHOLE:
        found.append(Level.OVERLAP)
    return found if everybody else [*found, Level.ALL]


def granted(organization: Organization, viewers: Collection[Organization]) -> dict[str, int]:
    """Part → the level that holds: the most of what everybody and each of the viewers was given."""
    found: dict[str, int] = {}
    for row in Disclosure.objects.filter(Q(to=None) | Q(to__in=viewers), organization=organization):
        found[row.part] = max(row.level, found.get(row.part, 0))
    return found


def shown_to(organization: Organization, viewers: Collection[Organization]) -> list[Shown]:
    """What a reader who works for `viewers` (nobody: the public) sees of the reflection, beside the public profile."""
    with within_own(organization):
        levels = granted(organization, viewers)
        if not levels:
            return []
        theirs = meeting_of(viewers)
        return [one for part in PARTS if levels.get(part) and (one := show(organization, part, levels[part], theirs))]


def meeting_of(viewers: Collection[Organization]) -> Meeting:
    keys = [one.pk for one in viewers]
    terms = Term.objects.filter(Q(organizations__in=keys) | Q(serving__in=keys)).values_list("pk", flat=True)
    sought = Organization.looking_for.through.objects.filter(organization__in=keys).values_list("term_id", flat=True)
    return Meeting(
        frozenset(terms) | frozenset(sought),
        frozenset(code for one in viewers for code in one.languages),
        frozenset(one.place_id for one in viewers if one.place_id),
    )


def show(organization: Organization, part: str, level: int, theirs: Meeting) -> Shown | None:
    """One part at one level; None where there is nothing to show, or people still differ."""
    if part == IDEAL:
        ideal = queries.ideal_partner(organization)
        return topics(part, level, [(one.term, f"{one.term} ({one.label.lower()})") for one in ideal], theirs)
    kind = BY_KEY[part].kind
    return SHOWN[kind](organization, part, level, theirs)


def text(organization: Organization, part: str, level: int, theirs: Meeting) -> Shown | None:
    words = said(organization, part)
    if not words:
        return None
    if level == Level.ALL:
        return Shown(part, level, text=words)
    return Shown(part, level, _("Written down, and not shown."))


def rated(organization: Organization, part: str, level: int, theirs: Meeting) -> Shown | None:
    levels: dict[Term, list[int]] = defaultdict(list)
    for rating in Rating.objects.filter(organization=organization, side=part).select_related("term"):
        levels[rating.term].append(rating.level)
    strongest = sorted(levels, key=lambda term: (-mean(levels[term]), str(term)))
    words = [
        (term, _("%(topic)s (%(level).1f of 5)") % {"topic": term, "level": mean(levels[term])}) for term in strongest
    ]
    return topics(part, level, words, theirs)


def topics(part: str, level: int, found: list[tuple[Term, str]], theirs: Meeting) -> Shown | None:
    """Topics as a count, those the reader has too, or all with their words."""
    if not found:
        return None
    if level == Level.ALL:
        return Shown(part, level, items=[words for _term, words in found])
    meets = [str(term) for term, _words in found if term.pk in theirs.terms] if level == Level.OVERLAP else []
    return Shown(part, level, counted(len(found), len(meets), level), items=meets)


def counted(whole: int, meets: int, level: int) -> str:
    if level == Level.OVERLAP:
        return ngettext("%(meets)d of %(n)d entry meets yours.", "%(meets)d of %(n)d entries meet yours.", whole) % {
            "meets": meets,
            "n": whole,
        }
    return ngettext("%(n)d entry, not shown.", "%(n)d entries, not shown.", whole) % {"n": whole}


def reach(organization: Organization, part: str, level: int, theirs: Meeting) -> Shown | None:
    row = Reach.objects.filter(organization=organization).first()
    if row is None:
        return None
    known = dict(LANGUAGES)
    found = [(term.pk in theirs.terms, str(term)) for term in row.populations.all()]
    found += [(code in theirs.languages, str(known.get(code, code))) for code in row.languages]
    found += [(place.pk in theirs.places, str(place)) for place in row.places.all()]
    if not found:
        return None
    if level == Level.ALL:
        return Shown(part, level, items=[*(words for _meets, words in found), *([row.area] if row.area else [])])
    meets = [words for too, words in found if too] if level == Level.OVERLAP else []
    return Shown(part, level, counted(len(found), len(meets), level), items=meets)


def readiness(organization: Organization, part: str, level: int, theirs: Meeting) -> Shown | None:
    found = queries.readiness()
    if not found:
        return None
    if level == Level.ALL:
        words = [_("%(respect)s: %(level)d of 5") % {"respect": one.label, "level": one.lowest} for one in found]
        return Shown(part, level, items=words)
    ready = sum(one.lowest >= READY for one in found)
    said_so = _("Ready in %(ready)d of %(all)d respects.") % {"ready": ready, "all": len(found)}
    return Shown(part, level, said_so)


SHOWN: Mapping[Kind, Callable[[Organization, str, int, Meeting], Shown | None]] = {
    Kind.TEXT: text,
    Kind.RATING: rated,
    Kind.REACH: reach,
    Kind.READINESS: readiness,
}


@dataclass(frozen=True)
class Row:
    """One part, and what each audience was given of it, in the order of the columns."""

    part: str
    levels: list[Level]

    @property
    def title(self) -> str | Promise:
        return title_of(self.part)


def overview() -> tuple[list[Organization], list[Row]]:
    """The organizations that were given something, and for everybody and each of them the level of each part."""
    given: dict[tuple[int | None, str], int] = {}
    audiences: dict[int, Organization] = {}
    for row in Disclosure.objects.select_related("to"):
        given[row.to_id, row.part] = row.level
        if row.to:
            audiences[row.to.pk] = row.to
    columns = sorted(audiences.values(), key=lambda one: one.name)
    keys: Iterable[int | None] = [None, *(one.pk for one in columns)]
    rows = [Row(part, [Level(given.get((key, part), Level.NOTHING)) for key in keys]) for part in PARTS]
    return columns, rows

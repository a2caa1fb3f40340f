"""Organizations and partnerships as matching sees them; the index holds only what an organization shows publicly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.text import slugify

from concorda.analysis.matching import Organization as Profile
from concorda.connect.capacity.models import Item
from concorda.connect.motivation.models import Need
from concorda.foundation.organizations.models import Organization, Place, Sought, Term
from concorda.foundation.organizations.queries import ideal_partner
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed

Importance = Sought.Importance
EXACT = (Place.Kind.DISTRICT, Place.Kind.TOWN)
"""Places whose coordinates say where somebody is; the middle of a province says nothing about a distance."""
SMALL, LARGE = 100_000, 1_000_000
"""Yearly income below and from which an organization counts as small and as large."""
MATTERS = {
    Need.Importance.ESSENTIAL: Importance.ESSENTIAL,
    Need.Importance.IMPORTANT: Importance.IMPORTANT,
    Need.Importance.HELPFUL: Importance.HELPFUL,
    Need.Importance.MINOR: Importance.HELPFUL,
}


def profiles(organizations: QuerySet[Organization]) -> Iterator[Profile]:
    """Each organization as matching sees it, read in chunks."""
    fetched = organizations.select_related("place").prefetch_related(
        "terms", "populations", "looking_for", "services", "sites", "ties_given__to", "ties_received__giver"
    )
    return (profile(one) for one in fetched.iterator(chunk_size=2000))


def profile(organization: Organization, **more: object) -> Profile:
    place = organization.place
    services = " ".join(service.name for service in organization.services.all())
    facts: dict = {
        "id": organization.slug,
        "name": organization.name,
        "needs": {term.code: 1.0 for term in organization.looking_for.all()},
        "capacities": {term.code: 1.0 for term in organization.terms.all()},
        "text": f"{organization.activities} {organization.mandate} {organization.vision} {services}",
        "language": main_language(organization.languages),
        "areas": [each for each in (place.code if place else "", area_code(organization.area)) if each],
        "populations": [term.code for term in organization.populations.all()],
        "languages": organization.languages,
        "labels": [f"kind:{organization.kind}", *([f"size:{size}"] if (size := size_of(organization)) else [])],
        "ties": tied(organization),
        "position": position(organization),
    }
    return Profile(**facts | more)


def tied(organization: Organization) -> list[str]:
    """Those it gave to or received from, as registers know it."""
    given = {tie.to.slug for tie in organization.ties_given.all()}
    return sorted((given | {tie.giver.slug for tie in organization.ties_received.all()}) - {organization.slug})


def position(organization: Organization) -> tuple[float, float] | None:
    """Latitude and longitude in degrees of where it can be found, else of its town; None where neither is known."""
    for site in organization.sites.all():
        if site.latitude is not None and site.longitude is not None:
            return site.latitude, site.longitude
    return middle(organization.place)


def middle(place: Place | None) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, of a town or district; None where that is not known."""
    if place is None or place.kind not in EXACT or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def size_of(organization: Organization) -> str:
    """small, medium or large, by yearly income; empty where that is not known."""
    if organization.income is None:
        return ""
    return "small" if organization.income < SMALL else "large" if organization.income >= LARGE else "medium"


def main_language(languages: Sequence[str]) -> str:
    """The language its texts are taken to be in: the first it works in, if that is one that can be compared."""
    return "fr" if languages and languages[0] == "fr" else "en"


def area_code(area: str) -> str:
    """A region as a register writes it, as an area that can be searched for; never inside the standard codes."""
    return f"area/{slugify(area)}" if slugify(area) else ""


@dataclass(frozen=True)
class Seeker:
    """Who looks for partners: what is needed, with how much each matters, and the profile to search with."""

    name: str
    needs: Mapping[str, int]
    terms: Mapping[str, Term]
    profile: Profile
    places: Sequence[str] = ()
    people: Sequence[str] = ()
    languages: Sequence[str] = ()
    unlinked: int = 0
    """Needs without a topic: they count by their words alone."""
    groups: Sequence[tuple[Importance, list[str]]] = field(init=False)

    def __post_init__(self) -> None:
        levels = (Importance.ESSENTIAL, Importance.IMPORTANT, Importance.HELPFUL)
        found = [(level, [code for code, matters in self.needs.items() if matters == level]) for level in levels]
        object.__setattr__(self, "groups", [(level, codes) for level, codes in found if codes])

    @property
    def order(self) -> list[str]:
        """All needs, essential ones first: the order in which a page shows them."""
        return [code for _level, codes in self.groups for code in codes]

    def label(self, code: str) -> str:
        return self.terms[code].label if code in self.terms else code


def of_partnership(partnership: Partnership) -> Seeker:
    """What a partnership looks for: its needs and the wishes its partners shared, less nothing; what it has to give."""
    needs: dict[str, int] = {}
    live = list(Need.objects.filter(partnership=partnership, set_aside_on=None).select_related("term"))
    for need in live:
        if need.term:
            matters = MATTERS.get(need.importance, Importance.HELPFUL)
            needs[need.term.code] = max(matters, needs.get(need.term.code, 0))
    shared = list(Item.objects.filter(partnership=partnership, shared=True).exclude(term=None).select_related("term"))
    for item in shared:
        if item.direction == Item.Direction.SEEK:
            needs.setdefault(item.term.code, Importance.IMPORTANT)
    here = [
        one.organization
        for one in committed(partnership)
        .select_related("organization__place")
        .prefetch_related("organization__terms", "organization__populations")
    ]
    gives = {term.code for one in here for term in one.terms.all()}
    gives |= {item.term.code for item in shared if item.direction == Item.Direction.OFFER}
    people = {term.code: term for one in here for term in one.populations.all()}
    languages = list(dict.fromkeys(language for one in here for language in one.languages))
    words = [partnership.purpose, *(need.statement for need in live), *(need.affected for need in live)]
    return Seeker(
        name=partnership.short,
        needs=needs,
        terms=terms_of([*needs, *gives]) | people,
        profile=Profile(
            id=f"partnership {partnership.slug}",
            name=partnership.name,
            needs={code: float(matters) for code, matters in needs.items()},
            capacities=dict.fromkeys(sorted(gives), 1.0),
            text=" ".join(words),
            areas=sorted({code for one in here for code in profile_areas(one)}),
            populations=sorted(people),
            languages=languages,
        ),
        places=list(dict.fromkeys(one.area or str(one.place) for one in here if one.area or one.place)),
        people=[term.label for term in people.values()],
        languages=languages,
        unlinked=sum(need.term is None for need in live),
    )


def profile_areas(organization: Organization) -> list[str]:
    place = organization.place.code if organization.place else ""
    return [each for each in (place, area_code(organization.area)) if each]


def of_organization(organization: Organization) -> Seeker:
    """What one organization looks for: what it shows publicly, and what its own people keep in the open scope."""
    needs = {term.code: int(Importance.IMPORTANT) for term in organization.looking_for.all()}
    needs |= {one.term.code: int(one.importance) for one in ideal_partner(organization)}
    own = profile(organization, needs={code: float(matters) for code, matters in needs.items()})
    return Seeker(
        name=organization.name,
        needs=needs,
        terms=terms_of([*needs, *own.capacities, *own.populations]),
        profile=own,
        places=[organization.area] if organization.area else [],
        people=[term.label for term in organization.populations.all()],
        languages=organization.languages,
    )


def terms_of(codes: Iterable[str]) -> dict[str, Term]:
    return {term.code: term for term in Term.objects.filter(scheme=Term.CONCORDA, code__in=list(codes))}

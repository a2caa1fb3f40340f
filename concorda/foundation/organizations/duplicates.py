"""Looking through the directory for entries that could be the same organization; a steward decides."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from concorda.analysis import duplicates
from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations.models import Identifier, Merge, Organization, Suggestion

CHUNK = 500
SMALL = 3000
"""Up to so many entries are compared while one waits."""
GOING, HOUR = "duplicates-looking", 3600
COLUMNS = ("pk", "name", "short_name", "other_names", "website", "postcode", "area", "place__code")
MOST = 2000
"""So many suggestions are kept, the best ones; a person cannot look at more."""
REASONS = {
    "number": _("the same number"),
    "name": _("the same name"),
    "other_name": _("one goes by the other’s name"),
    "alike": _("nearly the same name"),
    "site": _("the same website"),
    "postcode": _("the same postal code"),
    "area": _("the same area"),
    "nowhere": _("nothing says that they are in different places"),
    "branch": _("branches of one body"),
    "elsewhere": _("the same name in different places"),
    "two_numbers": _("two numbers in one register"),
}


def entries() -> Any:
    """The entries that are compared: those that were merged into another are left out."""
    return Organization.objects.exclude(pk__in=Merge.objects.filter(undone_at=None).values("gone"))


def bodies(organizations: Iterable[int] | None = None) -> Iterator[duplicates.Body]:
    """Entries as they are compared, all or those given, read in chunks; two queries for each."""
    rows = entries() if organizations is None else entries().filter(pk__in=organizations)
    stream = rows.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    while some := list(islice(stream, CHUNK)):
        numbers: dict[int, list[tuple[str, str]]] = defaultdict(list)
        known = Identifier.objects.filter(organization__in=[row[0] for row in some])
        for pk, scheme, value in known.values_list("organization_id", "scheme", "value"):
            numbers[pk].append((scheme, value))
        for pk, name, short, other, site, post, area, place in some:
            yield duplicates.Body(
                pk,
                (name, *other.split("\n"), *([short] if len(short) > 5 else [])),
                tuple(sorted(numbers[pk])),
                host_of(site),
                duplicates.plain_postcode(post),
                area,
                place or "",
            )


def host_of(website: str) -> str:
    return (urlsplit(website).hostname or "").removeprefix("www.") if website else ""


def look(progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Compare everything again; what a steward has answered stays. Returns how many wait to be looked at."""
    size = entries().count()
    found = duplicates.pairs(bodies(), bodies, lambda read: progress(read, size))
    return keep({(pair.one, pair.other): pair for pair in nsmallest(MOST, found, key=best_first)})


def best_first(pair: duplicates.Pair) -> tuple[int, int, int]:
    return -pair.score, pair.one, pair.other


@transaction.atomic
def keep(found: Mapping[tuple[int, int], duplicates.Pair]) -> int:
    """Write what is new or has changed, and drop open suggestions that nothing speaks for any more."""
    there = {(one.one_id, one.other_id): one for one in Suggestion.objects.all()}
    gone = [one.pk for key, one in there.items() if key not in found and one.state == Suggestion.State.OPEN]
    Suggestion.objects.filter(pk__in=gone).delete()
    for key, one in there.items():
        if key in found and (one.score, one.reasons) != (found[key].score, list(found[key].reasons)):
            one.score, one.reasons = found[key].score, list(found[key].reasons)
            one.save(update_fields=["score", "reasons"])
    Suggestion.objects.bulk_create(
        (
            Suggestion(one_id=pair.one, other_id=pair.other, score=pair.score, reasons=list(pair.reasons))
            for key, pair in found.items()
            if key not in there
        ),
        batch_size=CHUNK,
    )
    return Suggestion.objects.filter(state=Suggestion.State.OPEN).count()


@task()
def look_later() -> None:
    try:
        look(lambda done, of: cache.set(GOING, (done, of), HOUR))
    finally:
        cache.delete(GOING)


def ask_to_look() -> None:
    """Compare everything in the background; `how_far` says how far it is."""
    cache.set(GOING, (0, 0), HOUR)
    look_later.enqueue()


def how_far() -> int | None:
    """Percent of the entries that were read; None while nothing is being compared."""
    going = cache.get(GOING)
    return None if going is None else 100 * going[0] // max(going[1], 1)


def is_large() -> bool:
    """Would one have to wait for it?"""
    return Organization.objects.count() > SMALL


def keep_apart(suggestion: Suggestion, *, by: Person) -> None:
    """Two organizations: not suggested again."""
    suggestion.state, suggestion.by = Suggestion.State.APART, by
    suggestion.save(update_fields=["state", "by"])


def forget(organization: Organization) -> None:
    """Suggestions about an entry that is no more."""
    both = Q(one=organization) | Q(other=organization)
    Suggestion.objects.filter(both, state=Suggestion.State.OPEN).delete()

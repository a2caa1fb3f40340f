"""Looking through the directory for entries that could be the same organization; a steward decides."""

from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from concorda.analysis import duplicates
from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations.models import Identifier, Merge, Organization, Suggestion

CHUNK = 500
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
    "merger": _("one has left its register, and the other carries the name: perhaps a merger"),
    "branch": _("branches of one body"),
    "elsewhere": _("the same name in different places"),
    "two_numbers": _("two numbers in one register"),
}


def bodies(organizations: list[int] | None = None) -> list[duplicates.Body]:
    """The entries as they are compared; those that were merged into another are left out."""
    merged = Merge.objects.filter(undone_at=None).values("gone")
    rows = Organization.objects.exclude(pk__in=merged)
    numbers: dict[int, list[tuple[str, str]]] = {}
    known = Identifier.objects.all()
    if organizations is not None:
        rows, known = rows.filter(pk__in=organizations), known.filter(organization__in=organizations)
    for pk, scheme, value in known.values_list("organization_id", "scheme", "value").iterator():
        numbers.setdefault(pk, []).append((scheme, value))
    columns = ("pk", "name", "short_name", "other_names", "website", "postcode", "area", "place__code", "active")
    return [
        duplicates.Body(
            pk,
            (name, *other.split("\n"), *([short] if len(short) > 5 else [])),
            tuple(sorted(numbers.get(pk, ()))),
            host_of(site),
            post.replace(" ", "").upper() if len(post) > 3 else "",
            area,
            place or "",
            active,
        )
        for pk, name, short, other, site, post, area, place, active in rows.values_list(*columns).iterator()
    ]


def host_of(website: str) -> str:
    return (urlsplit(website).hostname or "").removeprefix("www.") if website else ""


@transaction.atomic
def look() -> int:
    """Compare everything again; what a steward has answered stays. Returns how many wait to be looked at."""
    found = {(pair.one, pair.other): pair for pair in list(duplicates.pairs(bodies()))[:MOST]}
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
    look()


def ask_to_look() -> None:
    look_later.enqueue()


def keep_apart(suggestion: Suggestion, *, by: Person) -> None:
    """Two organizations: not suggested again."""
    suggestion.state, suggestion.by = Suggestion.State.APART, by
    suggestion.save(update_fields=["state", "by"])


def forget(organization: Organization) -> None:
    """Suggestions about an entry that is no more."""
    both = Q(one=organization) | Q(other=organization)
    Suggestion.objects.filter(both, state=Suggestion.State.OPEN).delete()

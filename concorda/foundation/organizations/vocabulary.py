"""The vocabulary and the places every installation has, from small tables beside this file."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from concorda.foundation.organizations.gazetteer import keys_of

DATA = Path(__file__).parent / "data"
SCHEME = "concorda"
PEOPLE = "people"
"""Code of the group of terms that name people served; every other group names topics."""


PLACE_FIELDS = (
    "kind", "label_en", "label_fr", "parent", "latitude", "longitude", "time_zone", "population", "keys",
)  # fmt: skip


def rows_of(table: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(term_model: Any, place_model: Any) -> None:
    """Write terms and places, or bring their labels up to date; the models come from the migration that calls this."""
    known: dict[str, Any] = {}
    for row in rows_of("terms"):
        parent = known.get(row["code"].partition(".")[0])
        facts: dict[str, Any] = {"parent": parent}
        known[row["code"]] = written(term_model, SCHEME, row, facts)
    load_codes(term_model, known)
    load_places(place_model)


def load_places(model: Any) -> None:
    """Countries, then what lies in them, then towns: only what is new or has changed is written."""
    known = {one.code: one for one in model.objects.all()}
    rows = [*rows_of("places"), *rows_of("towns")]
    for depth in range(3):
        new: list[Any] = []
        changed: list[Any] = []
        for row in rows:
            if row["code"].count("/") != depth:
                continue
            facts = place_facts(row, known)
            one = known.setdefault(row["code"], model(code=row["code"]))
            if one.pk and all(getattr(one, key) == value for key, value in facts.items()):
                continue
            (changed if one.pk else new).append(one)
            for key, value in facts.items():
                setattr(one, key, value)
        model.objects.bulk_create(new, batch_size=500)
        model.objects.bulk_update(changed, PLACE_FIELDS, batch_size=100)


def place_facts(row: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the tables say of a place; what it lies in comes first in them."""
    french = row["label_fr"] or row["label_en"]
    names = [row["label_en"], french, *row.get("also", "").split("|"), row["code"].rpartition("/")[2]]
    above = known.get(row["code"].rpartition("/")[0])
    return {
        "kind": row["kind"],
        "label_en": row["label_en"],
        "label_fr": french,
        "parent_id": above.pk if above else None,
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
        "time_zone": row["time_zone"],
        "population": int(row["population"]) if row.get("population") else None,
        "keys": keys_of(names),
    }


def load_codes(term_model: Any, ours: Mapping[str, Any]) -> None:
    """Codes of other schemes and what they mean; where one is known already, the mapping made here stays."""
    there = set(term_model.objects.exclude(scheme=SCHEME).values_list("scheme", "code"))
    rows = list(rows_of("register_codes"))
    for row in rows:
        if (row["scheme"], row["code"]) in there:
            written(term_model, row["scheme"], row, {})
    new = [row for row in rows if (row["scheme"], row["code"]) not in there]
    labels = ("scheme", "code", "label_en", "label_fr")
    made = term_model.objects.bulk_create(term_model(**{key: row[key] for key in labels}) for row in new)
    through = term_model.means.through
    through.objects.bulk_create(
        through(from_term_id=term.pk, to_term_id=ours[code].pk)
        for term, row in zip(made, new, strict=True)
        for code in row["terms"].split()
    )


def written(term_model: Any, scheme: str, row: Mapping[str, str], facts: dict[str, Any]) -> Any:
    """A term as its row says it; what people of this installation have renamed keeps their labels."""
    labels = {"label_en": row["label_en"], "label_fr": row["label_fr"]}
    term, new = term_model.objects.get_or_create(scheme=scheme, code=row["code"], defaults=labels | facts)
    if not new:
        for key, value in (facts if term.local else facts | labels).items():
            setattr(term, key, value)
        term.save()
    return term


def meanings() -> dict[tuple[str, str], tuple[str, ...]]:
    """(scheme, code or beginning of a code) → codes of our terms, as the database has them; one query."""
    from django.apps import apps

    term = apps.get_model("organizations", "Term")
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    rows = (
        term.objects.exclude(scheme=SCHEME).order_by("code", "means__code").values_list("scheme", "code", "means__code")
    )
    for scheme, code, meant in rows:
        if meant:
            found[scheme, code] = (*found.get((scheme, code), ()), meant)
    return found


def our_codes() -> frozenset[str]:
    """The codes of our own topics and people served, without the groups."""
    from django.apps import apps

    term = apps.get_model("organizations", "Term")
    return frozenset(term.objects.filter(scheme=SCHEME, parent__isnull=False).values_list("code", flat=True))


def terms_for(scheme: str, code: str, known: Mapping[tuple[str, str], tuple[str, ...]]) -> tuple[str, ...]:
    """Our terms for a register's code: the longest beginning of it that is known counts."""
    return next((known[scheme, code[:end]] for end in range(len(code), 0, -1) if (scheme, code[:end]) in known), ())

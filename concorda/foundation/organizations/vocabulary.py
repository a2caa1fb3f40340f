"""The vocabulary and the places every installation has, from small tables beside this file."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SCHEME = "concorda"
PEOPLE = "people"
"""Code of the group of terms that name people served; every other group names topics."""


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
    places: dict[str, Any] = {}
    for row in rows_of("places"):
        facts = {key: row[key] for key in ("kind", "label_en", "label_fr", "time_zone")}
        facts |= {
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "parent": places.get(row["parent"]),
        }
        places[row["code"]], _ = place_model.objects.update_or_create(code=row["code"], defaults=facts)


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

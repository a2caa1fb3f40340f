"""The vocabulary and the places every installation has, from small tables beside this file."""

import csv
from collections.abc import Iterator
from functools import cache
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
        labels = {"label_en": row["label_en"], "label_fr": row["label_fr"], "parent": parent}
        known[row["code"]], _ = term_model.objects.update_or_create(scheme=SCHEME, code=row["code"], defaults=labels)
    places: dict[str, Any] = {}
    for row in rows_of("places"):
        facts: dict[str, Any] = {key: row[key] for key in ("kind", "label_en", "label_fr", "time_zone")}
        facts |= {
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "parent": places.get(row["parent"]),
        }
        places[row["code"]], _ = place_model.objects.update_or_create(code=row["code"], defaults=facts)


@cache
def register_codes() -> dict[tuple[str, str], tuple[str, ...]]:
    """(scheme of a register, code or beginning of a code) → codes of our terms."""
    return {(row["scheme"], row["code"]): tuple(row["terms"].split()) for row in rows_of("register_codes")}


@cache
def terms_for(scheme: str, code: str) -> tuple[str, ...]:
    """Our terms for a register's code: the longest beginning of it that we know counts."""
    known = register_codes()
    return next((known[scheme, code[:end]] for end in range(len(code), 0, -1) if (scheme, code[:end]) in known), ())

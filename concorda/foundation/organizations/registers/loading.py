"""Writing a register down: only what changed, in chunks, without touching what people wrote themselves."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.text import slugify

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.core import clock
from concorda.foundation.organizations import search
from concorda.foundation.organizations.models import Identifier, Organization, Place, Term
from concorda.foundation.organizations.registers.reading import LARGEST, open_sheet
from concorda.foundation.organizations.registers.sources import SOURCES, Entry, Source, is_population

CHUNK = 500


@dataclass
class Outcome:
    """What a load did, or would do."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0

    @property
    def rejected(self) -> int:
        return len(self.problems)

    def as_dict(self) -> dict[str, Any]:
        counts = {key: getattr(self, key) for key in ("read", "created", "updated", "unchanged", "rejected")}
        problems = [
            {key: problem.as_dict()[key] for key in ("row", "column", "value", "reason")} for problem in self.problems
        ]
        return counts | {"seconds": round(self.seconds, 2), "problems": problems}


def open_source(
    path: str | Path,
    source: str,
    mapping: Mapping[str, str] | None = None,
    *,
    name: str | None = None,
    largest: int = LARGEST,
) -> Source:
    """The file as that kind of register; Refused with what is wrong with it as a whole."""
    if source not in SOURCES:
        raise Refused(f"there is no source '{source}'; there are: {', '.join(SOURCES)}")
    return SOURCES[source](open_sheet(path, name=name, largest=largest), mapping or {})


def load(
    source: Source,
    register: str,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Outcome:
    """Load the rows that can be used, one transaction a chunk; the rest is named in the outcome."""
    began = time.perf_counter()
    outcome = Outcome()
    writer = Writer(register, outcome, dry_run=dry_run)
    entries = usable(source, outcome)
    while chunk := list(islice(entries, CHUNK)):
        writer.write(chunk)
        progress(chunk[-1].line, source.sheet.size)
    outcome.seconds = time.perf_counter() - began
    return outcome


def usable(source: Source, outcome: Outcome) -> Iterator[Entry]:
    for row in source.sheet.rows():
        outcome.read += 1
        entry = row if isinstance(row, Problem) else source.entry(row)
        if isinstance(entry, Problem):
            outcome.problems.append(entry)
        else:
            yield entry


class Writer:
    """Compares entries with what is known and writes the difference."""

    def __init__(self, register: str, outcome: Outcome, *, dry_run: bool) -> None:
        self.register, self.outcome, self.dry_run = register, outcome, dry_run
        self.terms = {term.code: term for term in Term.objects.filter(scheme=Term.CONCORDA)}
        self.places = {place.code: place.pk for place in Place.objects.all()}

    @transaction.atomic
    def write(self, entries: list[Entry]) -> None:
        known = self.known(entries)
        new = [entry for entry in entries if (entry.scheme, entry.value) not in known]
        changed = {}
        for entry in entries:
            pk, digest = known.get((entry.scheme, entry.value), (0, ""))
            if pk and digest != entry.digest:
                changed[pk] = entry
        self.outcome.created += len(new)
        self.outcome.updated += len(changed)
        self.outcome.unchanged += len(entries) - len(new) - len(changed)
        if new and not self.dry_run:
            self.create(new)
        if changed and not self.dry_run:
            self.update(changed)

    def known(self, entries: list[Entry]) -> dict[tuple[str, str], tuple[int, str]]:
        """(scheme, value) → organization and digest of what was last loaded."""
        rows = Identifier.objects.filter(
            scheme__in={entry.scheme for entry in entries}, value__in=[entry.value for entry in entries]
        ).values_list("scheme", "value", "organization_id", "organization__source_digest")
        return {(scheme, value): (pk, digest) for scheme, value, pk, digest in rows}

    def create(self, entries: list[Entry]) -> None:
        now = clock.now()
        slugs = free_slugs(entries)
        organizations = Organization.objects.bulk_create(
            Organization(
                slug=slug,
                source=self.register,
                source_digest=entry.digest,
                created_at=now,
                changed_at=now,
                **self.columns(entry),
            )
            for entry, slug in zip(entries, slugs, strict=True)
        )
        pairs = list(zip(organizations, entries, strict=True))
        Identifier.objects.bulk_create(
            Identifier(organization=one, scheme=entry.scheme, value=entry.value) for one, entry in pairs
        )
        self.tie_terms(pairs)
        search.put((search_row(one, self.terms_of(entry)) for one, entry in pairs), new=True)

    def update(self, changed: Mapping[int, Entry]) -> None:
        now = clock.now()
        organizations = list(Organization.objects.filter(pk__in=changed).prefetch_related("terms", "populations"))
        fields: set[str] = set()
        for one in organizations:
            entry = changed[one.pk]
            facts = {
                key: value for key, value in self.columns(entry).items() if key.removesuffix("_id") not in one.kept
            }
            for key, value in facts.items():
                setattr(one, key, value)
            one.source_digest, one.changed_at = entry.digest, now
            fields |= {key.removesuffix("_id") for key in facts}
        Organization.objects.bulk_update(
            organizations, sorted(fields | {"source_digest", "changed_at"}), batch_size=100
        )
        self.retie([one for one in organizations if "terms" not in one.kept], changed, populations=False)
        self.retie([one for one in organizations if "populations" not in one.kept], changed, populations=True)
        again = Organization.objects.filter(pk__in=changed).prefetch_related("terms", "populations")
        search.put(search_row(one, [*one.terms.all(), *one.populations.all()]) for one in again)

    def retie(self, organizations: list[Organization], changed: Mapping[int, Entry], *, populations: bool) -> None:
        through = (Organization.populations if populations else Organization.terms).through
        through.objects.filter(organization__in=organizations).delete()
        self.tie_terms([(one, changed[one.pk]) for one in organizations], only=populations)

    def tie_terms(self, pairs: list[tuple[Organization, Entry]], only: bool | None = None) -> None:
        """Tie topics and people served, or `only` one of them (True: people served)."""
        for populations in (True, False) if only is None else (only,):
            through = (Organization.populations if populations else Organization.terms).through
            ties = [
                (one.pk, term.pk)
                for one, entry in pairs
                for term in self.terms_of(entry)
                if is_population(term.code) == populations
            ]
            insert(through, ties)

    def terms_of(self, entry: Entry) -> list[Term]:
        return [self.terms[code] for code in entry.terms]

    def columns(self, entry: Entry) -> dict[str, Any]:
        facts = dict(entry.facts)
        if "place" in facts:
            facts["place_id"] = self.places[facts.pop("place")]
        return facts


def insert(through: type[Model], ties: list[tuple[int, int]]) -> None:
    """Rows of a table that ties organizations to terms; plain SQL, because a register brings tens of thousands."""
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {through._meta.db_table} (organization_id, term_id) VALUES (%s, %s)", ties)  # noqa: S608


def free_slugs(entries: list[Entry]) -> list[str]:
    """Addresses that carry the register's number, so that they are free but for the rarest clash."""
    wanted = [
        f"{slugify(entry.facts['name'])[:58].strip('-') or 'x'}-{slugify(entry.value)[:18]}".strip("-")
        for entry in entries
    ]
    taken = set(Organization.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    free = []
    for entry, slug in zip(entries, wanted, strict=True):
        chosen = f"{slug[:60]}-{entry.digest[:12]}" if slug in taken else slug
        taken.add(chosen)
        free.append(chosen)
    return free


def search_row(organization: Organization, terms: Iterable[Term]) -> search.Row:
    """The words by which an organization is found, with its topics in both languages."""
    terms = list(terms)
    names = f"{organization.name} {organization.short_name} {organization.other_names}"
    texts = f"{organization.activities} {organization.mandate} {organization.vision} {organization.area}"
    english, french = (" ".join(getattr(term, label) for term in terms) for label in ("label_en", "label_fr"))
    both = "fr" in organization.languages
    return search.Row(organization.pk, names, f"{texts} {english}", f"{texts} {french}" if both else french)

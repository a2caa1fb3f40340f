"""Writing a register down: only what changed, in chunks, without touching what people wrote themselves."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils.module_loading import import_string
from django.utils.text import slugify

from concorda.analysis.duplicates import folded
from concorda.analysis.problems import Problem, Refused
from concorda.foundation.core import clock
from concorda.foundation.organizations import duplicates, search
from concorda.foundation.organizations.gazetteer import Gazetteer
from concorda.foundation.organizations.models import (
    Identifier,
    Load,
    Organization,
    Place,
    Service,
    Site,
    Term,
    Tie,
)
from concorda.foundation.organizations.registers.entries import Entry, Number, TieTold
from concorda.foundation.organizations.registers.reading import LARGEST, Given, open_given
from concorda.foundation.organizations.registers.sources import SOURCES, Source, refuse_other_kind
from concorda.foundation.organizations.vocabulary import PEOPLE

CHUNK = 500
KEPT_PROBLEMS = 500
"""So many problems the history keeps of one load; it says how many more there were."""
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""A number that no other directory gives."""
T = TypeVar("T")


@dataclass
class Outcome:
    """What a load did, or would do; `ties` counts those not known before, where a register has any."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    ties: int | None = None
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0

    @property
    def rejected(self) -> int:
        return len(self.problems)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.ties)

    def counts(self) -> dict[str, Any]:
        found = {key: getattr(self, key) for key in ("read", "created", "updated", "unchanged", "rejected")}
        return found | ({} if self.ties is None else {"ties": self.ties}) | {"seconds": round(self.seconds, 2)}

    def told(self) -> list[dict[str, Any]]:
        keys = ("row", "column", "value", "reason")
        return [{key: problem.as_dict()[key] for key in keys} for problem in self.problems]

    def as_dict(self) -> dict[str, Any]:
        return self.counts() | {"problems": self.told()}


def open_source(
    path: str | Path,
    source: str,
    mapping: Mapping[str, str] | None = None,
    *,
    name: str | None = None,
    largest: int = LARGEST,
    publisher: str = "",
) -> Source:
    """The file as that kind of register; Refused with what is wrong with it as a whole."""
    if source not in SOURCES:
        raise Refused(f"there is no source '{source}'; there are: {', '.join(SOURCES)}")
    return as_source(open_given(path, name=name, largest=largest), source, mapping or {}, publisher)


def as_source(given: Given, source: str, mapping: Mapping[str, str], publisher: str = "") -> Source:
    refuse_other_kind(given, source)
    return SOURCES[source](given, mapping, publisher)


def load(
    source: Source,
    register: str,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Outcome:
    """Load the records that can be used, one transaction a chunk; the rest is named in the outcome."""
    began = time.perf_counter()
    outcome = Outcome()
    writer = Writer(register, outcome, dry_run=dry_run, mentions=source.mentions, file=source.file)
    entries = usable(source.entries(), outcome)
    while chunk := list(islice(entries, CHUNK)):
        writer.write(chunk)
        progress(min(chunk[-1].line, source.size), source.size)
    ties = usable(source.ties(), outcome)
    while some := list(islice(ties, CHUNK)):
        writer.tie(some)
        progress(min(some[-1].line, source.size), source.size)
    outcome.read, outcome.seconds = source.read, time.perf_counter() - began
    progress(source.size, source.size)
    if outcome.changed and not dry_run:
        duplicates.ask_to_look()
        directory_changed()
    return outcome


def record(source: Source, outcome: Outcome) -> Load:
    """Keep a load from the command in the history."""
    return Load.objects.create(
        source=source.key,
        file=Path(source.file).name[:250],
        state=Load.State.DONE,
        done=source.size,
        size=source.size,
        counts=outcome.counts(),
        problems=outcome.told()[:KEPT_PROBLEMS],
        ended_at=clock.now(),
    )


def directory_changed() -> None:
    """Tell what is built from the directory; it stands on a floor above and is known here by name only."""
    for name in settings.DIRECTORY_CHANGED:
        import_string(name)()


def usable(found: Iterator[T | Problem], outcome: Outcome) -> Iterator[T]:
    for one in found:
        if isinstance(one, Problem):
            outcome.problems.append(one)
        else:
            yield one


@dataclass(frozen=True)
class Known:
    """An organization we have under a number: where it came from, what was last read of it, its name."""

    pk: int
    source: str
    digest: str
    merged: bool
    name: str
    website: str


class Writer:
    """Compares entries with what is known and writes the difference."""

    def __init__(
        self, register: str, outcome: Outcome, *, dry_run: bool, mentions: bool = False, file: str = ""
    ) -> None:
        self.register, self.outcome, self.dry_run, self.mentions = register, outcome, dry_run, mentions
        self.file = file
        self.met: set[int] = set()
        """Organizations this load has seen: what a register says of one for the second time does not count."""
        self.terms = {term.code: term for term in Term.objects.filter(scheme=Term.CONCORDA).select_related("parent")}
        self.gazetteer = Gazetteer(Place.objects.order_by("code").values_list("pk", "code", "keys"))

    @transaction.atomic
    def write(self, entries: list[Entry]) -> None:
        known = self.known(number for entry in entries for number in numbers_told(entry))
        entries = [entry for entry in entries if not self.taken(entry, known)]
        new: list[Entry] = []
        changed: dict[int, Entry] = {}
        for entry in entries:
            there = there_already(entry, known)
            if there is None:
                new.append(entry)
            elif there.pk not in self.met and not there.merged:
                self.met.add(there.pk)
                if self.told_anew(entry, there):
                    changed[there.pk] = entry
        self.outcome.created += len(new)
        self.outcome.updated += len(changed)
        self.outcome.unchanged += len(entries) - len(new) - len(changed)
        if new and not self.dry_run:
            self.create(new)
        if changed and not self.dry_run:
            self.update(changed)
        if self.mentions and not self.dry_run:
            self.add_numbers(entries, known)

    def taken(self, entry: Entry, known: Mapping[Number, Known]) -> bool:
        """Refuse an entry whose number in a directory without a named publisher is that of a stranger."""
        there = known.get(entry.number)
        if there is None or entry.scheme != "HSDS" or UUID.fullmatch(entry.value) or alike(entry, there):
            return False
        reason = f"another directory has “{there.name}” under this number; say who publishes this one, so that their"
        self.outcome.problems.append(Problem(f"{reason} numbers stay apart", self.file, entry.line, "id", entry.value))
        return True

    def told_anew(self, entry: Entry, there: Known) -> bool:
        """Does the register say something else than last time, and may it? Who mentions others leaves theirs alone."""
        return there.digest != entry.digest and (not self.mentions or there.source == self.register)

    def known(self, numbers: Iterable[Number]) -> dict[Number, Known]:
        """What we have under these numbers."""
        wanted = set(numbers)
        rows = Identifier.objects.filter(
            scheme__in={scheme for scheme, _value in wanted}, value__in=[value for _scheme, value in wanted]
        ).values_list(
            "scheme", "value", "organization_id", "organization__source", "organization__source_digest", "merged",
            "organization__name", "organization__website",
        )  # fmt: skip
        return {
            (scheme, value): Known(pk, source, digest, merged, name, website)
            for scheme, value, pk, source, digest, merged, name, website in rows
            if (scheme, value) in wanted
        }

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
        self.met |= {one.pk for one in organizations}
        Identifier.objects.bulk_create(numbers_of(pairs), ignore_conflicts=True)
        self.tie_terms(pairs)
        self.list_services(pairs)
        search.put((search_row(one, self.terms_of(entry), names(entry)) for one, entry in pairs), new=True)

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
        pairs = [(one, changed[one.pk]) for one in organizations]
        Identifier.objects.bulk_create(numbers_of(pairs), ignore_conflicts=True)
        for model in (Service, Site):
            model._default_manager.filter(organization__in=changed).delete()
        self.list_services(pairs)
        again = Organization.objects.filter(pk__in=changed).prefetch_related("terms", "populations")
        search.put(search_row(one, [*one.terms.all(), *one.populations.all()], names(changed[one.pk])) for one in again)

    def add_numbers(self, entries: list[Entry], known: Mapping[Number, Known]) -> None:
        """Keep further numbers under which an organization is mentioned, so that its ties find it."""
        found = []
        for entry in entries:
            there = there_already(entry, known)
            if there:
                missing = [number for number in (entry.number, *entry.also) if number not in known]
                found += [Identifier(organization_id=there.pk, scheme=one, value=value) for one, value in missing]
        Identifier.objects.bulk_create(found, ignore_conflicts=True)

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
                if is_population(term) == populations
            ]
            insert(through, ties)

    def list_services(self, pairs: list[tuple[Organization, Entry]]) -> None:
        """Write the services and places of organizations that have none here."""
        Service.objects.bulk_create(
            Service(organization=one, reference=told.reference, name=told.name, description=told.description)
            for one, entry in pairs
            for told in entry.services
        )
        Site.objects.bulk_create(
            Site(
                organization=one,
                reference=told.reference,
                name=told.name,
                address=told.address,
                latitude=told.latitude,
                longitude=told.longitude,
            )
            for one, entry in pairs
            for told in entry.sites
        )

    def terms_of(self, entry: Entry) -> list[Term]:
        return [self.terms[code] for code in entry.terms]

    def columns(self, entry: Entry) -> dict[str, Any]:
        """The fields of Organization an entry fills; its place as exactly as the gazetteer knows it."""
        facts = dict(entry.facts)
        town = facts.pop("town", "")
        if "place" in facts or town:
            facts["place_id"] = self.gazetteer.find(facts.pop("place", ""), town, facts.get("postcode", ""))
        return facts

    @transaction.atomic
    def tie(self, told: list[TieTold]) -> None:
        """Write ties that are new or have changed; in a dry run they are only counted."""
        there = {tie.reference: tie for tie in Tie.objects.filter(
            source=self.register, reference__in=[one.reference for one in told])}  # fmt: skip
        self.outcome.ties = (self.outcome.ties or 0) + sum(one.reference not in there for one in told)
        if self.dry_run:
            return
        known = self.known(number for one in told for number in (one.giver, one.to))
        new, touched = [], []
        for one in told:
            facts = {"giver_id": known[one.giver].pk, "to_id": known[one.to].pk, "on": one.on, "title": one.title,
                     "amount": one.amount, "currency": one.currency}  # fmt: skip
            tie = there.get(one.reference)
            if tie is None:
                new.append(Tie(source=self.register, reference=one.reference, **facts))
            elif any(getattr(tie, key) != value for key, value in facts.items()):
                for key, value in facts.items():
                    setattr(tie, key, value)
                touched.append(tie)
        Tie.objects.bulk_create(new)
        Tie.objects.bulk_update(touched, ["giver", "to", "on", "title", "amount", "currency"], batch_size=100)
        ends = {pk for tie in (*new, *touched) for pk in (tie.giver_id, tie.to_id)}
        Organization.objects.filter(pk__in=ends).update(changed_at=clock.now())


def numbers_told(entry: Entry) -> list[Number]:
    """Every number an entry may be known by; also its number in a list whose publisher nobody had named."""
    scheme, _colon, publisher = entry.scheme.partition(":")
    return [entry.number, *entry.also, *([(scheme, entry.value)] if publisher else [])]


def there_already(entry: Entry, known: Mapping[Number, Known]) -> Known | None:
    """What we have under a number of the entry; under that of an unnamed publisher only if it is called alike."""
    for number in numbers_told(entry):
        there = known.get(number)
        if there is not None and (number in (entry.number, *entry.also) or alike(entry, there)):
            return there
    return None


def alike(entry: Entry, there: Known) -> bool:
    """Do they share a word of their names, or the website?"""
    words = set(folded(entry.facts["name"]).split()) & set(folded(there.name).split())
    return bool(words) or bool(there.website and there.website == entry.facts.get("website"))


def is_population(term: Term) -> bool:
    return term.code.startswith(f"{PEOPLE}.")


def numbers_of(pairs: list[tuple[Organization, Entry]]) -> list[Identifier]:
    return [
        Identifier(organization=one, scheme=scheme, value=value)
        for one, entry in pairs
        for scheme, value in (entry.number, *entry.also)
    ]


def names(entry: Entry) -> str:
    """What a directory calls the services of an organization, which is how people look for it."""
    return " ".join(service.name for service in entry.services)


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


def search_row(organization: Organization, terms: Iterable[Term], services: str = "") -> search.Row:
    """The words by which an organization is found, with its topics in both languages."""
    terms = list(terms)
    names = f"{organization.name} {organization.short_name} {organization.other_names}"
    texts = f"{organization.activities} {organization.mandate} {organization.vision} {organization.area} {services}"
    english, french = (" ".join(getattr(term, label) for term in terms) for label in ("label_en", "label_fr"))
    both = "fr" in organization.languages
    return search.Row(organization.pk, names, f"{texts} {english}", f"{texts} {french}" if both else french)

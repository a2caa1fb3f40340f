"""A partnership comes in from the archive of another installation, or of this one: all of it, or nothing."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, connection, models, transaction

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.text import fingerprint, free_slug
from concorda.foundation.organizations.models import Identifier, Organization, Place, Term
from concorda.foundation.organizations.services import index
from concorda.foundation.partnerships.models import Entry, Partnership
from concorda.foundation.partnerships.timeline import first_break
from concorda.foundation.process.models import Version
from concorda.portal.exchange import package
from concorda.portal.exchange.container import Archive, is_inside, opened
from concorda.portal.exchange.leaving import SHARE
from concorda.portal.exchange.package import DESCRIPTION, FORMAT, IDENTIFIERS, MANY, OUTSIDE, Moved, Row, label
from concorda.portal.exchange.rows import as_stored, insert

MOST_PROBLEMS = 100


def import_partnership(source: Path) -> dict[str, Any]:
    """Bring in the partnership of an archive beside what is here, with numbers of its own.

    People are found by e-mail, organizations by identifier or short address, and made where there are none. Raises
    Refused, with file, row, column and reason, for an archive that is not whole, does not fit together, or was altered.
    """
    with opened(source) as archive:
        return Arrival(archive, described(archive)).bring_in()


def described(archive: Archive) -> Row:
    """The description of an archive that holds, to the last byte, what it says."""
    if DESCRIPTION not in archive.sizes:
        raise archive.refusal(f"this is not the archive of a partnership: it has no {DESCRIPTION}")
    found = archive.document(DESCRIPTION)
    ours = found.get("concorda") if isinstance(found, dict) else None
    if not isinstance(ours, dict) or ours.get("format") != FORMAT or not isinstance(found.get("resources"), list):
        raise archive.refusal("this is not the archive of a partnership", DESCRIPTION)
    if ours.get("version") != package.VERSION:
        said = f"it is in version {ours.get('version')} of the format (Concorda {ours.get('made_by')}); "
        raise archive.refusal(
            f"{said}this Concorda reads version {package.VERSION}. Bring Concorda up to date", DESCRIPTION
        )
    if ours.get("holds") == SHARE:
        raise archive.refusal("this is the share of one organization; a partnership comes back from its own archive")
    members = {}
    for one in found["resources"]:
        if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in ("name", "path", "hash")):
            raise archive.refusal("a resource lacks its name, path or hash", DESCRIPTION)
        members[one["path"]] = {"sha256": one["hash"].removeprefix("sha256:")}
    archive.verify(members, besides=[DESCRIPTION])
    return dict(found)


class Arrival:
    """One archive on its way in."""

    def __init__(self, archive: Archive, found: Row) -> None:
        self.archive, self.made_by = archive, found["concorda"].get("made_by")
        self.known = {label(model): model for model in (*OUTSIDE, *package.owned())}
        self.problems: list[Problem] = []
        self.numbers: dict[str, dict[int, int]] = {name: {} for name in self.known}
        self.saved: list[str] = []
        self.paths = {one["path"] for one in found["resources"]}
        tables = [one["path"] for one in found["resources"] if one["path"].startswith("data/")]
        self.rows = {name: list(self.read(path, name)) for path in tables if (name := self.kind_of(path))}
        self.refuse_problems()

    def bring_in(self) -> dict[str, Any]:
        try:
            with transaction.atomic():
                partnership, made = self.store()
        except BaseException:
            for name in self.saved:
                default_storage.delete(name)
            raise
        return {
            "file": str(self.archive.path),
            "partnership": partnership.slug,
            "name": partnership.name,
            "rows": sum(len(rows) for name, rows in self.rows.items() if self.known[name] not in OUTSIDE),
            "files": len(self.saved),
            "timeline": partnership.length,
            **made,
        }

    # Reading

    def kind_of(self, path: str) -> str:
        name = path.removeprefix("data/").removesuffix(".jsonl")
        if name not in self.known:
            raise self.archive.refusal(f"this kind of record is not known here. {self.newer}", path)
        return name

    @property
    def newer(self) -> str:
        return f"The archive was made by Concorda {self.made_by}; bring this one up to that version"

    def read(self, path: str, name: str) -> Iterator[tuple[int, Row]]:
        """The rows of a kind, each number seen once and every column one that is known here."""
        expected = {field.name for field in package.fields_of(self.known[name])}
        expected |= {*MANY, IDENTIFIERS} if self.known[name] is Organization else set()
        seen: set[int] = set()
        for line, row in self.archive.rows(path):
            number = row.get("id")
            if type(number) is not int or not 0 < number < 2**63 or number in seen:
                self.wrong(name, line, "id", "every row needs a number of its own", number)
            elif unknown := sorted({*row} - expected):
                self.wrong(name, line, unknown[0], f"this column is not known here. {self.newer}")
            else:
                seen.add(number)
                yield line, row

    def wrong(self, name: str, line: int | None, column: str | None, reason: str, value: object = None) -> None:
        place = f"{self.archive.path.name}:data/{name}.jsonl"
        said = None if value is None else str(value)[:80]
        self.problems.append(Problem(reason, file=place, row=line, column=column, value=said))
        if len(self.problems) >= MOST_PROBLEMS:
            self.refuse_problems()

    def refuse_problems(self) -> None:
        if self.problems:
            raise Refused(self.problems)

    # Storing

    def store(self) -> tuple[Partnership, dict[str, int]]:
        made = {
            "places_made": self.settle(Place, lambda one, row: {"code": one.code}),
            "terms_made": self.settle(Term, lambda one, row: {"scheme": one.scheme, "code": one.code}),
            "organizations_made": self.settle(Organization, organization_here),
            "people_made": self.settle(Person, lambda one, row: {"email__iexact": one.email.strip()}),
        }
        partnership = self.settle_partnership()
        owned = [name for name in self.rows if self.known[name] not in OUTSIDE]
        for name in owned:
            fresh = reserved(self.known[name], len(self.rows[name]))
            self.numbers[name] = dict(zip((row["id"] for _, row in self.rows[name]), fresh, strict=True))
        ready = {name: self.rows_of(name, partnership) for name in owned}
        self.refuse_problems()
        for name, rows in ready.items():
            self.insert(name, rows)
        self.refuse_altered(partnership, ready)
        return partnership, made

    def settle(self, model: Any, mark: Callable[[Any, Row], Row]) -> int:
        """Find each row of a kind by its mark or make it; how many were made."""
        made, name = 0, label(model)
        for line, row in parents_first(self.rows.get(name, [])):
            if model is Organization and not self.is_whole(line, row):
                continue
            one = self.built(name, line, row)
            if one is None:
                continue
            found = model.objects.filter(**mark(one, row)).first()
            if found is None:
                found = self.made(name, line, one, row)
                made += 1
            self.numbers[name][row["id"]] = found.pk
        self.refuse_problems()
        return made

    def is_whole(self, line: int, row: Row) -> bool:
        """Are the identifiers and topics of an organization what they should be?"""
        known, terms = row.get(IDENTIFIERS, []), self.numbers[label(Term)]
        fine = isinstance(known, list) and all(isinstance(one, dict) for one in known)
        if not fine or not all(isinstance(one.get(part), str) for one in known for part in ("scheme", "value")):
            self.wrong(label(Organization), line, IDENTIFIERS, "each identifier needs a scheme and a value")
            return False
        for many in MANY:
            keys = row.get(many, [])
            if not isinstance(keys, list) or any(type(key) is not int or key not in terms for key in keys):
                self.wrong(label(Organization), line, many, "a topic is named that is not in the archive")
                return False
        return True

    def made(self, name: str, line: int, one: Any, row: Row) -> Any:
        """Store a new row of a kind that is shared with others."""
        if isinstance(one, Person):
            one.email = one.email.strip().lower()
            one.set_unusable_password()
        if isinstance(one, Organization):
            one.slug = free_slug(Organization, one.slug)
        try:
            with transaction.atomic():
                one.save(force_insert=True)
                if isinstance(one, Organization):
                    self.complete(one, row)
        except (IntegrityError, DataError) as error:
            self.wrong(name, line, None, f"the database does not take this row ({error})")
        return one

    def complete(self, organization: Organization, row: Row) -> None:
        terms = self.numbers[label(Term)]
        for many in MANY:
            getattr(organization, many).set(terms[key] for key in row.get(many, ()))
        for one in row.get(IDENTIFIERS, ()):
            Identifier.objects.get_or_create(**one, defaults={"organization": organization})
        index(organization)

    def settle_partnership(self) -> Partnership:
        name = label(Partnership)
        rows = self.rows.get(name, [])
        if len(rows) != 1:
            self.wrong(name, None, None, f"there has to be one partnership in the archive, not {len(rows)}")
            self.refuse_problems()
        line, row = rows[0]
        found = self.built(name, line, row)
        self.refuse_problems()
        found.slug = free_slug(Partnership, found.slug, length=76)
        found.save(force_insert=True)
        self.numbers[name][row["id"]] = found.pk
        return found

    def rows_of(self, name: str, partnership: Partnership) -> list[tuple[int, Any]]:
        """The rows of a kind with their numbers here."""
        moved, rewrite, ready = Moved(self.numbers), package.REWRITTEN.get(name), []
        for line, row in self.rows[name]:
            one = self.built(name, line, row)
            if one is not None and rewrite and not self.rewritten(name, line, one, rewrite, moved):
                continue
            if one is not None:
                one.pk, one.partnership_id = self.numbers[name][row["id"]], partnership.pk
                ready.append((line, one))
        return ready

    def rewritten(self, name: str, line: int, one: Any, rewrite: Callable[[Row, Moved], None], moved: Moved) -> bool:
        columns = {field.name: getattr(one, field.attname) for field in package.fields_of(type(one))}
        try:
            rewrite(columns, moved)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            self.wrong(name, line, None, f"the numbers of other records in it cannot be made out ({error!r})")
            return False
        for field in package.fields_of(type(one)):
            setattr(one, field.attname, columns[field.name])
        return True

    def built(self, name: str, line: int, row: Row) -> Any:
        """A row as a model, not stored yet; None when something in it is wrong."""
        one, before = self.known[name](), len(self.problems)
        for field in self.known[name]._meta.local_concrete_fields:
            if package.made_anew(field) and field.name not in row:
                setattr(one, field.attname, secrets.token_hex(32)[: field.max_length])
        for field in package.fields_of(self.known[name])[1:]:
            try:
                setattr(one, field.attname, self.value(field, row))
            except ValidationError as error:
                self.wrong(name, line, field.name, " ".join(error.messages), row.get(field.name))
        return one if len(self.problems) == before else None

    def value(self, field: Any, row: Row) -> Any:
        """The value of a column, checked as a form would. Raises ValidationError."""
        if field.name not in row:
            if field.has_default() or field.null:
                return field.get_default()
            raise ValidationError("this column is missing")
        value = row[field.name]
        if value is None and not field.null:
            raise ValidationError("this must not be empty")
        if field.is_relation:
            return self.target(field, value)
        value = as_stored(field, value)
        refuse_unstorable(field, value)
        if isinstance(field, models.FileField):
            return self.file(value)
        field.run_validators(value)
        if field.choices and value not in (None, "") and value not in dict(field.flatchoices):
            raise ValidationError("this is none of the values that are possible here")
        return value

    def target(self, field: Any, number: object) -> int | None:
        name = label(field.related_model)
        if number is None:
            return None
        here = self.numbers[name].get(number) if type(number) is int else None
        if here is None:
            raise ValidationError(f"there is no {name} with this number in the archive")
        return here

    def file(self, name: str) -> str:
        """Keep an uploaded file, under a name that is free here."""
        if not name:
            return name
        if not is_inside(name) or f"files/{name}" not in self.paths:
            raise ValidationError("this file is not in the archive")
        with self.archive.open(f"files/{name}") as content:
            kept = default_storage.save(name, File(content, name=name))
        self.saved.append(kept)
        return kept

    def insert(self, name: str, rows: list[tuple[int, Any]]) -> None:
        """Store rows; when the database refuses, say which it was."""
        model = self.known[name]
        try:
            with transaction.atomic():
                insert(model, [one for _, one in rows])
        except (IntegrityError, DataError):
            for line, one in rows:
                try:
                    with transaction.atomic():
                        insert(model, [one])
                except (IntegrityError, DataError) as error:
                    self.wrong(name, line, None, f"the database does not take this row ({error})")
                    self.refuse_problems()
            raise

    def refuse_altered(self, partnership: Partnership, ready: Mapping[str, list[tuple[int, Any]]]) -> None:
        """What carries a hash is what the hash was made of, and the timeline is whole."""
        for name, rows in ready.items():
            for line, one in rows:
                if isinstance(one, Version) and one.digest != fingerprint(one.content()):
                    self.wrong(name, line, "digest", "this version was altered after it was written", one.digest)
        broken = first_break(partnership)
        if broken is not None:
            self.wrong(label(Entry), broken, "hash", "the timeline was altered from this line on")
        self.refuse_problems()


def organization_here(one: Organization, row: Row) -> Row:
    """By what an organization is found here: its identifier, else its short address if nothing says it is another."""
    known = {(each["scheme"], each["value"]) for each in row.get(IDENTIFIERS, ())}
    for scheme, value in sorted(known):
        if found := Identifier.objects.filter(scheme=scheme, value=value).first():
            return {"pk": found.organization_id}
    schemes = {scheme for scheme, _ in known}
    other = Identifier.objects.filter(organization__slug=one.slug, scheme__in=schemes).exists()
    return {"pk": None} if other else {"slug": one.slug}


def refuse_unstorable(field: models.Field, value: object) -> None:
    """Raise ValidationError for what no database keeps, and for JSON of another shape than the column's."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if "\\u0000" in text:
        raise ValidationError("there is a null character in it")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValidationError("there is half a character in it") from error
    shape = type(field.get_default())
    if isinstance(field, models.JSONField) and shape in (dict, list) and not isinstance(value, shape):
        raise ValidationError(f"this has to be a JSON {'object' if shape is dict else 'array'}")


def parents_first(rows: list[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    """The rows so that each comes after the one it names as its parent."""
    rest, done = rows, set()
    while rest:
        ready = [one for one in rest if one[1].get("parent") is None or one[1]["parent"] in done] or rest
        yield from ready
        done |= {row["id"] for _, row in ready}
        rest = [one for one in rest if one[1]["id"] not in done]


def reserved(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that no row has or will get."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ask = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(ask, [f'"{table}"', column, count])
            return [row[0] for row in cursor.fetchall()]
        # The transaction that asks is the only one that writes.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    last = max(found[0] if found else 0, model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0)
    return list(range(last + 1, last + count + 1))

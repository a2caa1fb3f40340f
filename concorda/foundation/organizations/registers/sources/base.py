"""What every kind of register has in common: where it says what, and how a record becomes an entry."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.utils.text import slugify

from concorda.analysis.duplicates import LISTS
from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.registers.entries import (
    LIMITS,
    Entry,
    Number,
    TieTold,
    Unusable,
    amount,
    day_in,
    link,
    number_of,
    readable,
)
from concorda.foundation.organizations.registers.reading import LOST, Given, Row, Sheet, short
from concorda.foundation.organizations.vocabulary import meanings, terms_for

FIELDS = {
    "id": "the register's number",
    "name": "name",
    "short_name": "short name",
    "other_names": "other names, | between them",
    "kind": "kind",
    "activities": "what it does",
    "mandate": "mandate",
    "vision": "vision",
    "website": "website",
    "email_domain": "e-mail domain",
    "languages": "languages as codes (en fr ti)",
    "area": "area",
    "town": "town",
    "region": "province or state",
    "country": "country",
    "postcode": "postal code",
    "income": "yearly income",
    "registered_on": "registered on",
    "terms": "codes of topics and people served",
}
"""What a file can say about an organization; `--map FIELD=COLUMN` names the column that says it."""


class Source:
    """A kind of register. `mentions` says that it names organizations in passing and is no authority about them.

    `publisher` keeps the numbers of a list apart from those of another: each counts from 1 for itself.
    A source reads `given` once `entries` is asked for, counts the records it `read`, and yields what is wrong with one
    in its place. `ties` comes after it.
    """

    key: ClassVar[str]
    label: ClassVar[Any]
    kinds: ClassVar[tuple[str, ...]] = ("table",)
    mapped: ClassVar[bool] = False
    mentions: ClassVar[bool] = False
    own_scheme = "LIST"
    size = 0

    def __init__(self, given: Given, mapping: Mapping[str, str], publisher: str = "") -> None:
        self.given, self.file = given, given.file
        if publisher and self.own_scheme in LISTS:
            self.own_scheme = f"{self.own_scheme}:{slugify(publisher)[:30]}"
        self.read = 0
        self.seen: dict[Number, int] = {}
        if mapping and not self.mapped:
            reason = f"{self.key} files say themselves what is where; leave --map out, or use --source csv"
            raise Refused(Problem(reason, file=self.file))

    @classmethod
    def fits(cls, given: Given) -> bool:
        """Does the file look like this kind of register?"""
        raise NotImplementedError

    def entries(self) -> Iterator[Entry | Problem]:
        raise NotImplementedError

    def ties(self) -> Iterator[TieTold | Problem]:
        """Ties between organizations, once these have been read."""
        return iter(())

    @cached_property
    def codes(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """(scheme, code) → our terms, as the vocabulary of this installation has it now."""
        return meanings()

    def terms_for(self, scheme: str, code: str) -> tuple[str, ...]:
        return terms_for(scheme, code, self.codes)

    def first(self, number: Number, line: int, column: str) -> None:
        """Refuse a number that came before."""
        before = self.seen.setdefault(number, line)
        if before != line:
            raise Unusable(column, number[1], f"this number is in row {before} already")

    def problem(self, fault: Unusable, line: int) -> Problem:
        return Problem(fault.reason, self.file, line, fault.column, short(fault.value))


class TableSource(Source):
    """A register in one table: `columns` says which column holds which field."""

    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Field → names of columns that mean it, most telling first."""
    needs: ClassVar[tuple[str, ...]] = ("id", "name")

    def __init__(self, given: Given, mapping: Mapping[str, str], publisher: str = "") -> None:
        super().__init__(given, mapping, publisher)
        self.sheet = self.table(given)
        self.size = self.sheet.size
        self.columns = self.complete({**self.known(self.sheet), **checked(self.sheet, mapping, self.fields())})

    def complete(self, columns: Mapping[str, str]) -> Mapping[str, str]:
        """The mapping, once it says which columns hold the number and the name."""
        missing = [field for field in ("id", "name") if field not in columns]
        hint = "; name it with --map {0}=COLUMN" if self.mapped else f", so this is no file of the kind {self.key}"
        if missing:
            reason = "no column is known to hold the {1}" + hint
            raise Refused(
                [Problem(reason.format(one, FIELDS[one].removeprefix("the ")), self.file, 1, one) for one in missing]
            )
        return columns

    @classmethod
    def table(cls, given: Given) -> Sheet:
        return given.sheet

    @classmethod
    def fields(cls) -> set[str]:
        return {*FIELDS, *cls.aliases}

    @classmethod
    def known(cls, sheet: Sheet) -> dict[str, str]:
        """Field → column, for columns that are called by a name we know."""
        columns = {plain(column): column for column in reversed(sheet.columns)}
        named = {field: next((columns[plain(n)] for n in names if plain(n) in columns), "") for field, names in
                 cls.aliases.items()}  # fmt: skip
        return {field: column for field, column in named.items() if column}

    @classmethod
    def fits(cls, given: Given) -> bool:
        return set(cls.needs) <= set(cls.known(cls.table(given)))

    def said(self, row: Row, field: str) -> str:
        """What the row says in a field, trimmed, on one line or several as written; "" when there is no such column."""
        column = self.columns.get(field)
        return row.cells[column].strip() if column else ""

    def entries(self) -> Iterator[Entry | Problem]:
        for row in self.sheet.rows():
            self.read += 1
            yield row if isinstance(row, Problem) else self.entry(row)

    def entry(self, row: Row) -> Entry | Problem:
        """The organization in a row, or why it is refused."""
        try:
            for column, cell in row.cells.items():
                if LOST in cell:
                    raise Unusable(column, cell, "holds a letter that cannot be read; save the file as UTF-8")
            scheme, value = self.identity(row)
            self.first((scheme, value), row.line, self.columns["id"])
            return Entry(row.line, scheme, value, self.facts(row), self.terms(row), self.also(row))
        except Unusable as fault:
            return self.problem(fault, row.line)

    def identity(self, row: Row) -> Number:
        said = self.said(row, "id")
        if not said:
            raise Unusable(
                self.columns["id"], "", "the number is missing, so the organization could not be found again"
            )
        scheme, value = number_of(said, self.own_scheme)
        if len(value) > 80 or len(scheme) > 40:
            raise Unusable(self.columns["id"], said, "the number is longer than 80 characters")
        return scheme, value

    def also(self, row: Row) -> tuple[Number, ...]:
        return ()

    def facts(self, row: Row) -> dict[str, Any]:
        """Fields of Organization; what the row does not say is left out."""
        facts: dict[str, Any] = {"name": self.name(row)}
        for field in ("short_name", "activities", "mandate", "vision", "postcode", "area", "email_domain"):
            if field in self.columns:
                facts[field] = self.limited(row, field)
        if "other_names" in self.columns:
            facts["other_names"] = "\n".join(
                part.strip() for part in self.said(row, "other_names").split("|") if part.strip()
            )
        if "website" in self.columns:
            facts["website"] = link(self.said(row, "website"))
        readers: dict[str, Callable[[Row, str], Any]] = {"income": self.money, "registered_on": self.day}
        return facts | {field: read(row, field) for field, read in readers.items() if field in self.columns}

    def name(self, row: Row) -> str:
        name = " ".join(self.limited(row, "name").split())
        if not name:
            raise Unusable(self.columns["name"], "", "there is no name")
        return readable(name)

    def limited(self, row: Row, field: str) -> str:
        said, most = self.said(row, field), LIMITS.get(field)
        if most and len(said) > most:
            if field == "postcode":  # registers put a town there; it says where as well
                return ""
            raise Unusable(self.columns[field], said, f"is longer than {most} characters")
        return said

    def money(self, row: Row, field: str) -> Decimal | None:
        said = self.said(row, field)
        found = amount(said) if said else None
        if said and found is None:
            raise Unusable(self.columns[field], said, "is not an amount; write it like 75186.00")
        return found

    slashes = ""
    """What 03/04/2019 means here, as a pattern; "" where nobody can tell."""

    def day(self, row: Row, field: str) -> date | None:
        said = self.said(row, field)
        if not said:
            return None
        found = day_in(said, self.slashes)
        if found is None or not 1500 <= found.year <= 2100:
            raise Unusable(self.columns[field], said, "is not a date; write it like 2019-10-31")
        return found

    def terms(self, row: Row) -> tuple[str, ...]:
        """Codes of our terms the row leads to."""
        raise NotImplementedError


def plain(column: str) -> str:
    """A column's name without what differs between editions: “Legal Name” and legal_name are the same."""
    return "".join(letter for letter in column.casefold() if letter.isalnum())


def checked(sheet: Sheet, mapping: Mapping[str, str], fields: Iterable[str]) -> Mapping[str, str]:
    problems = [
        Problem(f"there is no field '{field}'; there are: {', '.join(sorted(fields))}", column=field)
        for field in mapping
        if field not in fields
    ]
    problems += [
        Problem(f"the file has no such column; it has: {', '.join(sheet.columns)}", sheet.file, 1, column)
        for column in mapping.values()
        if column not in sheet.columns
    ]
    if problems:
        raise Refused(problems)
    return mapping

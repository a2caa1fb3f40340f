"""What a row of each register means: columns → facts of an organization, or what is wrong with the row."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.registers.reading import LOST, Row, Sheet, short
from concorda.foundation.organizations.vocabulary import PEOPLE, rows_of, terms_for

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
    "postcode": "postal code",
    "income": "yearly income",
    "registered_on": "registered on",
    "terms": "codes of topics and people served",
}
"""What a file can say about an organization; `--map FIELD=COLUMN` names the column that says it."""

# Column names that mean a field, most telling first: the combined file, the downloads, the search page.
CCEW = {
    "id": ("org_id", "registered_charity_number", "charity_number", "reg_number", "regno", "charity number"),
    "name": ("name", "charity_name", "charity name"),
    "other_names": ("other_names",),
    "activities": ("activities", "charity_activities", "charity activities"),
    "mandate": ("objects", "charitable_objects", "charitable objects"),
    "website": ("website", "charity_contact_web", "charity website", "web"),
    "area": ("constituency",),
    "postcode": ("postcode", "charity_contact_postcode", "contact postcode"),
    "income": ("income", "latest_income", "charity income", "total income"),
    "registered_on": ("date_registered", "date_of_registration", "registration date"),
    "status": ("charity_registration_status", "status"),
    "removed": ("date_of_removal",),
    "ukcat": ("ukcat",),
    "icnptso": ("icnptso",),
    "what": ("what",),
    "who": ("who",),
    "how": ("how",),
    "linked": ("linked_charity_number",),
}
ORG_ID = re.compile(r"([A-Z]{2}-[A-Z][A-Z0-9_]*)-(\S+)")
WEBSITE = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#.@]{2,}([/?#]\S*)?", re.IGNORECASE)
SMALL = {"of", "and", "the", "for", "in", "at", "to", "on", "with", "by", "or", "de", "la", "y"}
KEEP = {
    "YMCA",
    "YWCA",
    "UK",
    "NHS",
    "RSPCA",
    "NSPCC",
    "PTA",
    "CIO",
    "RAF",
    "CE",
    "RC",
    "II",
    "III",
    "IV",
    "BBC",
    "UNESCO",
    "AIDS",
    "HIV",
}
LIMITS = {"name": 250, "short_name": 60, "area": 120, "email_domain": 120, "website": 200}


@dataclass(frozen=True)
class Entry:
    """One organization as a register describes it."""

    line: int
    scheme: str
    value: str
    facts: Mapping[str, Any]
    terms: tuple[str, ...]
    digest: str


class Unusable(Exception):
    """This cell cannot be used, so the row is refused."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


class Source:
    """A kind of file: which column says which field, and how a row becomes an entry."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.columns = columns
        """Field → column of the file."""
        self.seen: dict[tuple[str, str], int] = {}

    def said(self, row: Row, field: str) -> str:
        """What the row says in a field, trimmed, on one line or several as written; "" when there is no such column."""
        column = self.columns.get(field)
        return row.cells[column].strip() if column else ""

    def entry(self, row: Row) -> Entry | Problem:
        """The organization in a row, or why it is refused."""
        try:
            for column, cell in row.cells.items():
                if LOST in cell:
                    raise Unusable(column, cell, "holds a letter that cannot be read; save the file as UTF-8")
            scheme, value = self.identity(row)
            first = self.seen.setdefault((scheme, value), row.line)
            if first != row.line:
                raise Unusable(self.columns["id"], value, f"this number is in row {first} already")
            facts, terms = self.facts(row), self.terms(row)
        except Unusable as fault:
            return Problem(fault.reason, self.sheet.file, row.line, fault.column, short(fault.value))
        told = repr((sorted(facts.items()), terms, VERSION))
        return Entry(row.line, scheme, value, facts, terms, hashlib.sha256(told.encode()).hexdigest())

    def identity(self, row: Row) -> tuple[str, str]:
        said = self.said(row, "id")
        if not said:
            raise Unusable(
                self.columns["id"], "", "the number is missing, so the organization could not be found again"
            )
        known = ORG_ID.fullmatch(said)
        scheme, value = known.groups() if known else (self.own_scheme, said)
        if len(value) > 80:
            raise Unusable(self.columns["id"], said, "the number is longer than 80 characters")
        return scheme, value

    own_scheme = "LIST"

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
        for field, read in (("website", self.website), ("income", self.number), ("registered_on", self.day)):
            if field in self.columns:
                facts[field] = read(row, field)
        return facts

    def name(self, row: Row) -> str:
        name = " ".join(self.limited(row, "name").split())
        if not name:
            raise Unusable(self.columns["name"], "", "there is no name")
        return readable(name)

    def limited(self, row: Row, field: str) -> str:
        said = self.said(row, field)
        most = {"postcode": 12}.get(field) or LIMITS.get(field)
        if most and len(said) > most:
            if field == "postcode":  # registers put a town there; it says where as well
                return ""
            raise Unusable(self.columns[field], said, f"is longer than {most} characters")
        return said

    def website(self, row: Row, field: str) -> str:
        """A web address as a link, or nothing: many in registers lead nowhere, and the rest of the row is good."""
        said = self.said(row, field).replace("\\", "/").replace(" ", "")
        if said and "://" not in said:
            said = f"http://{said}"
        return said if len(said) <= LIMITS["website"] and WEBSITE.fullmatch(said) else ""

    def number(self, row: Row, field: str) -> Decimal | None:
        said = re.sub(r"[\s,£$€]", "", self.said(row, field))
        if not said:
            return None
        try:
            number = Decimal(said)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
            raise Unusable(self.columns[field], self.said(row, field), "is not an amount; write it like 75186.00")
        return number.quantize(Decimal("0.01"))

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
        raise NotImplementedError


VERSION = 1
"""Raised when the same row comes to mean something else, so that entries are written anew."""


def readable(name: str) -> str:
    """A NAME IN CAPITALS as people write it; any other name as it is."""
    if not name.isupper():
        return name
    words = name.split(" ")
    return " ".join(
        word if word in KEEP else word.lower() if at and word.lower() in SMALL else capitalized(word)
        for at, word in enumerate(words)
    )


def capitalized(word: str) -> str:
    """“O'NEILL-SMITH (UK)” → “O'Neill-Smith (UK)”; initials stay."""
    core = word.strip("().,&'’\"")
    if core in KEEP or "." in core or not re.search(r"[AEIOUY]", core):
        return word
    return (
        re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), re.sub(r"(['’])S\b", r"\1s", word))
        .replace("'S", "'s")
        .replace("’S", "’s")
    )


def day_in(text: str, slashes: str) -> date | None:
    """A date in one of the forms people write; None when it is none of them, or could be two."""
    patterns = ["%Y-%m-%d", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y"]
    text = re.sub(r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?$", "", text)
    for pattern in [*patterns, *([slashes] if slashes else [])]:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    if slashes:
        return None
    both = {day_in(text, pattern) for pattern in ("%d/%m/%Y", "%m/%d/%Y")} - {None}
    return both.pop() if len(both) == 1 else None


class Ccew(Source):
    """The register of charities of England and Wales; the combined file has some of Scotland and Northern Ireland."""

    own_scheme = "GB-CHC"
    slashes = "%d/%m/%Y"

    def identity(self, row: Row) -> tuple[str, str]:
        scheme, value = super().identity(row)
        linked = self.said(row, "linked")
        return scheme, f"{value}-{linked}" if linked not in ("", "0") else value

    def facts(self, row: Row) -> dict[str, Any]:
        facts = super().facts(row)
        facts["active"] = not self.said(row, "removed") and self.said(row, "status").lower() not in (
            "removed",
            "deregistered",
        )
        how = self.said(row, "how").lower()
        facts["kind"] = "funder" if "makes grants" in how and "provides" not in how else "charity"
        facts["place"] = "gb"
        if not facts.get("area"):
            facts["area"] = postal_area(self.said(row, "postcode"))
        return facts

    def terms(self, row: Row) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for scheme, said in (("ukcat", self.said(row, "ukcat").split(";")), ("icnptso", [self.said(row, "icnptso")])):
            for code in said:
                found |= dict.fromkeys(terms_for(scheme, code.strip()))
        for field in ("what", "who", "how"):
            for phrase in re.split(r"[,\n;]", self.said(row, field)):
                found |= dict.fromkeys(terms_for("ccew", phrase.strip()))
        return tuple(found)


def postal_area(postcode: str) -> str:
    """The letters a British postal code begins with."""
    found = re.match(r"[A-Za-z]{1,2}(?=\d)", postcode)
    return found.group().upper() if found else ""


class Csv(Source):
    """Any table, with the columns named by the person who loads it."""

    def facts(self, row: Row) -> dict[str, Any]:
        facts = super().facts(row)
        if "kind" in self.columns:
            facts["kind"] = self.kind(row)
        if "languages" in self.columns:
            facts["languages"] = [part for part in re.split(r"[\s,;|]+", self.said(row, "languages").lower()) if part]
        return facts

    def kind(self, row: Row) -> str:
        from concorda.foundation.organizations.models import Organization

        said = self.said(row, "kind").lower()
        known = {value: value for value in Organization.Kind.values}
        known |= {str(label).lower(): value for value, label in Organization.Kind.choices}
        if said and said not in known:
            raise Unusable(
                self.columns["kind"], said, f"is not a kind we know; use one of {', '.join(Organization.Kind.values)}"
            )
        return known.get(said, Organization.Kind.NONPROFIT.value)

    def terms(self, row: Row) -> tuple[str, ...]:
        said = [part for part in re.split(r"[\s,;|]+", self.said(row, "terms")) if part]
        for code in said:
            if code not in our_codes():
                raise Unusable(self.columns["terms"], code, "is not a code of our vocabulary")
        return tuple(dict.fromkeys(said))


@cache
def our_codes() -> frozenset[str]:
    return frozenset(row["code"] for row in rows_of("terms") if "." in row["code"])


def is_population(code: str) -> bool:
    return code.startswith(f"{PEOPLE}.")


def ccew(sheet: Sheet, mapping: Mapping[str, str]) -> Source:
    """Columns found by the names the register and the combined file use."""
    known = {column.lower(): column for column in sheet.columns}
    columns = {field: known[name] for field, names in CCEW.items() for name in reversed(names) if name in known}
    return Ccew(sheet, complete(sheet, {**columns, **checked(sheet, mapping, {*FIELDS, *CCEW})}))


def from_csv(sheet: Sheet, mapping: Mapping[str, str]) -> Source:
    """Columns as mapped; a column that is called like a field needs no mapping."""
    known = {column.lower(): column for column in sheet.columns}
    columns = {field: known[field] for field in FIELDS if field in known}
    return Csv(sheet, complete(sheet, {**columns, **checked(sheet, mapping, FIELDS)}))


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


def complete(sheet: Sheet, columns: Mapping[str, str]) -> Mapping[str, str]:
    """The mapping, once it says which columns hold the number and the name."""
    missing = [field for field in ("id", "name") if field not in columns]
    if missing:
        raise Refused(
            [
                Problem(
                    f"no column is known to hold {FIELDS[field]}; name it with --map {field}=COLUMN",
                    sheet.file,
                    1,
                    field,
                )
                for field in missing
            ]
        )
    return columns


SOURCES: Mapping[str, Callable[[Sheet, Mapping[str, str]], Source]] = {"ccew": ccew, "csv": from_csv}

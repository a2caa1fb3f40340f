"""Who does what, where: operational presence in humanitarian response, tagged with HXL."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, permutations
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.registers.entries import (
    COUNTRIES,
    LIMITS,
    Entry,
    TieTold,
    Unusable,
    readable,
)
from concorda.foundation.organizations.registers.reading import LOST, Given, Sheet
from concorda.foundation.organizations.registers.sources.base import Source

LOOKED_AT = 25
"""The row of hashtags stands among the first rows of a sheet."""
KINDS = {
    "un": "other", "ingo": "nonprofit", "nngo": "nonprofit", "lngo": "nonprofit", "ngo": "nonprofit",
    "national ngo": "nonprofit", "international ngo": "nonprofit", "local ngo": "nonprofit", "cbo": "informal",
    "gov": "government", "government": "government", "red cross": "nonprofit", "academia": "school",
    "private sector": "employer", "donor": "funder", "faith-based": "faith", "un agency": "other",
}  # fmt: skip
NOT_A_NAME = {"acronym", "abbr", "type", "code", "id", "url", "count", "num", "email"}
PAYS = {"funder", "funding", "donor"}
"""Attributes of an organization that gives money for the work and does not do it."""
LEADS = PAYS | {"prog", "programme", "program", "programming", "lead", "reporting"}
DOES = {"impl", "implementing", "partner", "subgrantee"}


@dataclass
class Tag:
    """One HXL tag: #adm1 +name is name "adm1" with the attribute "name"."""

    name: str
    attributes: frozenset[str]

    @classmethod
    def of(cls, cell: str) -> "Tag | None":
        said = "".join(cell.split()).lower()
        name, *attributes = said.split("+")
        return cls(name[1:], frozenset(attributes)) if len(name) > 1 and name.startswith("#") else None

    @property
    def role(self) -> frozenset[str]:
        """In what capacity an organization stands in a column: #org +prog +name and #org +prog +code are one."""
        said = self.attributes - NOT_A_NAME - {"name"}
        return frozenset(one for one in said if not one.startswith(("i_", "v_")) and len(one) > 2)


@dataclass(frozen=True)
class Who:
    """The columns that name one of the organizations of a row."""

    role: frozenset[str]
    name: int
    number: int | None
    acronym: int | None
    type: int | None


@dataclass
class Seen:
    """What the rows of one organization say together."""

    line: int
    names: Counter[str] = field(default_factory=Counter)
    acronyms: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    sectors: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    activities: set[str] = field(default_factory=set)

    def count(self, name: str, acronym: str, kind: str, country: str) -> None:
        counters = (self.names, self.acronyms, self.types, self.countries)
        for counter, told in zip(counters, (name, acronym, kind, country), strict=True):
            if told:
                counter[told] += 1

    def gather(self, sectors: str, places: str, activity: str) -> None:
        for many, told in ((self.sectors, sectors), (self.places, places)):
            many |= {part.strip() for part in told.split(";") if part.strip()}
        if activity:
            self.activities.add(activity)


class WhoWhatWhere(Source):
    """Rows of activities; several rows of one organization become one organization."""

    key = "3w"
    label = _("Who does what, where (3W with HXL hashtags)")
    mentions = True
    own_scheme = "3W"

    def __init__(self, given: Given, mapping: Any, publisher: str = "") -> None:
        super().__init__(given, mapping, publisher)
        self.sheet = given.sheet
        self.size = self.sheet.size
        self.head, self.tags = tagged(self.sheet)
        if not self.tags:
            reason = "there is no row of HXL hashtags (such as #org, #adm1, #sector) among the first rows"
            raise Refused(Problem(reason, self.file, 1))
        roles = dict.fromkeys(tag.role for tag in self.tags.values() if tag.name == "org")
        self.who = [one for role in roles if (one := self.columns_of(role))]
        if not self.who:
            raise Refused(Problem("no column is tagged #org, so nobody is named", self.file, self.head))
        self.joint: dict[tuple[str, str], int] = {}
        """Who leads or pays, and who does the work → the row that says so first."""
        self.country = self.column("country")
        self.where = self.column("adm1") if self.column("adm1") is not None else self.column("loc")
        self.sector, self.activity = self.column("sector"), self.column("activity")

    @classmethod
    def fits(cls, given: Given) -> bool:
        return bool(tagged(given.sheet)[1])

    def column(self, name: str, *attributes: str, role: frozenset[str] | None = None) -> int | None:
        """The first column of a tag: with one of the attributes, or else the one that holds names."""
        found = [(at, tag) for at, tag in self.tags.items() if tag.name == name and role in (None, tag.role)]
        if attributes:
            return next((at for at, tag in found if tag.attributes & set(attributes)), None)
        named = [at for at, tag in found if "name" in tag.attributes]
        return next(iter([*named, *(at for at, tag in found if not tag.attributes & NOT_A_NAME)]), None)

    def columns_of(self, role: frozenset[str]) -> Who | None:
        """The columns of one capacity, where one of them holds names."""
        name = self.column("org", role=role)
        some = (("code", "id"), ("acronym", "abbr"), ("type",))
        return None if name is None else Who(role, name, *(self.column("org", *each, role=role) for each in some))

    def entries(self) -> Iterator[Entry | Problem]:
        found: dict[str, Seen] = {}
        for line, cells in self.sheet.body():
            if line <= self.head:
                continue
            self.read += 1
            try:
                self.take(line, cells, found)
            except Unusable as fault:
                yield self.problem(fault, line)
        for value, seen in found.items():
            yield self.told(value, seen)

    def take(self, line: int, cells: list[str], found: dict[str, Seen]) -> None:
        """Add what one row says to its organization."""
        self.whole(cells)

        def said(at: int | None) -> str:
            return " ".join(cells[at].split()) if at is not None else ""

        met = [(who.role, value) for who in self.who if (value := self.name_in(line, who, said, found))]
        if not met:
            raise Unusable(self.sheet.columns[self.who[0].name], "", "the row names no organization")
        pairs = [(one, other) for (role, one), (its, other) in permutations(met, 2) if role & LEADS and its & DOES]
        for one, other in pairs:
            if one != other:
                self.joint.setdefault((one, other), line)

    def name_in(self, line: int, who: Who, said: Callable[[int | None], str], found: dict[str, Seen]) -> str:
        """Add what a row says of the organization in these columns; its number, or "" where it names none."""
        name, acronym = said(who.name), said(who.acronym)
        if len(name) > LIMITS["name"]:
            raise Unusable(self.sheet.columns[who.name], name, "is longer than 250 characters")
        if not name and not acronym:
            return ""
        value = (said(who.number) or slugify(name or acronym, allow_unicode=True))[:80]
        seen = found.setdefault(value, Seen(line))
        seen.count(name or acronym, acronym, said(who.type) or ("donor" if who.role & PAYS else ""), said(self.country))
        if not who.role & PAYS:
            seen.gather(said(self.sector), said(self.where), said(self.activity))
        return value

    def ties(self) -> Iterator[TieTold | Problem]:
        """Who leads or pays is tied to who does the work."""
        for (one, other), line in self.joint.items():
            giver, to = (self.own_scheme, one), (self.own_scheme, other)
            yield TieTold(line, f"{one} > {other}"[:200], giver, to, None)

    def whole(self, cells: list[str]) -> None:
        """Refuse a row of another width, and letters that cannot be read."""
        if len(cells) != len(self.sheet.columns):
            reason = f"the row has {len(cells)} cells but the header names {len(self.sheet.columns)}"
            raise Unusable("", cells[0], reason)
        for column, cell in zip(self.sheet.columns, cells, strict=True):
            if LOST in cell:
                raise Unusable(column, cell, "holds a letter that cannot be read; save the file as UTF-8")

    def told(self, value: str, seen: Seen) -> Entry:
        name = commonest(seen.names)
        acronym = commonest(seen.acronyms)
        sectors, places = sorted(seen.sectors), sorted(seen.places)
        facts: dict[str, Any] = {
            "name": readable(name),
            "short_name": acronym if acronym != name and len(acronym) <= LIMITS["short_name"] else "",
            "other_names": "\n".join(sorted({readable(one) for one in seen.names} - {readable(name)})),
            "kind": KINDS.get(commonest(seen.types).lower(), "nonprofit"),
            "area": within(places, LIMITS["area"]),
            "activities": "; ".join([*sectors, *sorted(seen.activities)]),
        }
        country = COUNTRIES.get(commonest(seen.countries).upper())
        if country:
            facts["place"] = country
        terms = {code: None for sector in sectors for code in self.terms_for("3w", sector.casefold())}
        return Entry(seen.line, self.own_scheme, value, facts, tuple(terms))


def commonest(counter: "Counter[str]") -> str:
    """What is said most often; of equals the first in the alphabet, so that the order of rows does not matter."""
    return min(counter, key=lambda word: (-counter[word], word)) if counter else ""


def within(names: list[str], most: int) -> str:
    """As many names as fit."""
    said = ""
    for name in names:
        longer = f"{said}, {name}" if said else name
        if len(longer) > most:
            break
        said = longer
    return said


def tagged(sheet: Sheet) -> tuple[int, dict[int, Tag]]:
    """Line of the row of hashtags and the tag of each tagged column; (0, {}) when there is none."""
    top = [(1, sheet.columns), *islice(sheet.body(), LOOKED_AT)]
    for line, cells in top:
        tags = {at: tag for at, cell in enumerate(cells) if (tag := Tag.of(cell))}
        if len(tags) >= max(2, sum(bool(cell.strip()) for cell in cells) // 2):
            return line, tags
    return 0, {}

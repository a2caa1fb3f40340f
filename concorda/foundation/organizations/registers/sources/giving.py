"""Grants in the 360Giving standard: who funds whom, and thereby who knows whom."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.gazetteer import postal_area
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
    place_of,
    readable,
)
from concorda.foundation.organizations.registers.reading import LOST, Given, short
from concorda.foundation.organizations.registers.sources.base import Source, plain

ALIKE = 60
"""Names under one number that are less alike than this (percent) are a slip of the funder, not other names."""
COLUMNS = {
    "id": ("id", "identifier"), "title": ("title",), "currency": ("currency",), "awardDate": ("award date",),
    "amountAwarded": ("amount awarded",), "vocabulary": ("classifications vocabulary", "classifications 0 vocabulary"),
    "code": ("classifications code", "classifications 0 code"),
    **{
        f"{side}.{key}": tuple(f"{org} {zero}{name}" for org in orgs for zero in ("", "0 ") for name in names)
        for side, orgs in (
            ("fundingOrganization", ("funding org", "funding organization")),
            ("recipientOrganization", ("recipient org", "recipient organization")),
        )
        for key, names in (
            ("id", ("identifier", "id")), ("name", ("name",)), ("postalCode", ("postal code",)),
            ("url", ("web address", "url")), ("charityNumber", ("charity number",)),
            ("companyNumber", ("company number",)), ("addressCountry", ("country", "address country")),
        )
    },
    "recipientIndividual": ("recipient individual identifier", "recipient individual id", "recipient ind identifier"),
}  # fmt: skip
"""What a grant says → how a table calls that; compared without spaces, colons and capitals."""


@dataclass
class Party:
    """What all grants say together about one organization."""

    line: int
    names: Counter[str] = field(default_factory=Counter)
    also: set[Number] = field(default_factory=set)
    facts: dict[str, str] = field(default_factory=dict)
    terms: dict[str, None] = field(default_factory=dict)
    funds: bool = False

    def take(self, other: "Party") -> None:
        """Add what is said about it under another number."""
        self.names += other.names
        self.also |= other.also
        self.facts |= other.facts
        self.terms |= other.terms
        self.funds |= other.funds


class Giving(Source):
    """Funders and recipients, and each grant as a tie between the two; rows count grants."""

    key = "360giving"
    label = _("Grants (360Giving: JSON, CSV or XLSX)")
    kinds = ("json", "table")
    mentions = True
    own_scheme = "360G"

    def __init__(self, given: Given, mapping: Mapping[str, str], publisher: str = "") -> None:
        super().__init__(given, mapping, publisher)
        if given.kind == "table" and not self.fits(given):
            reason = "no columns say who funds whom (Funding Org:Identifier, Recipient Org:Identifier)"
            raise Refused(Problem(reason, self.file, 1))
        if given.kind == "json":
            self.size = len(grants_in(given))
        else:
            self.size = given.sheet.size
        self.told: list[TieTold] = []

    @classmethod
    def fits(cls, given: Given) -> bool:
        if given.kind == "json":
            try:
                return bool(grants_in(given))
            except Refused:
                return False
        wanted = {"fundingOrganization.id", "recipientOrganization.id"}
        return wanted <= set(columns_in(given.sheet.columns))

    def entries(self) -> Iterator[Entry | Problem]:
        parties: dict[Number, Party] = {}
        for line, grant in self.grants():
            self.read += 1
            try:
                if isinstance(grant, Problem):
                    yield grant
                elif self.between_organizations(grant):
                    self.take(line, grant, parties)
            except Unusable as fault:
                yield self.problem(fault, line)
        for number, party in united(parties).items():
            yield self.party(number, party)

    def ties(self) -> Iterator[TieTold | Problem]:
        return iter(self.told)

    def grants(self) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
        """Number of the grant, or its row in a table, and what it says."""
        if self.given.kind == "json":
            for at, grant in enumerate(grants_in(self.given), 1):
                fine = isinstance(grant, dict)
                yield at, grant if fine else Problem("this is no grant", self.file, at, value=short(str(grant)))
            return
        known = columns_in(self.given.sheet.columns)
        for row in self.given.sheet.rows():
            if isinstance(row, Problem):
                yield row.row or 0, row
            else:
                yield row.line, nested({key: row.cells[column].strip() for key, column in known.items()})

    def between_organizations(self, grant: dict[str, Any]) -> bool:
        """A grant to a person is nobody's tie, and no business of ours."""
        return not (grant.get("recipientIndividual") and not grant.get("recipientOrganization"))

    def take(self, line: int, grant: dict[str, Any], parties: dict[Number, Party]) -> None:
        """Keep one grant as a tie, and what it says about both sides."""
        reference = text(grant, "id")
        if not reference:
            raise Unusable("id", "", "the grant has no identifier, so it could not be found again")
        if len(reference) > 200:
            raise Unusable("id", reference, "is longer than 200 characters")
        self.first(("", reference), line, "id")
        sides = {side: first_of(grant, side) for side in ("fundingOrganization", "recipientOrganization")}
        numbers = {side: self.number(side, told) for side, told in sides.items()}
        tie = TieTold(
            line,
            reference,
            numbers["fundingOrganization"],
            numbers["recipientOrganization"],
            on=self.day(text(grant, "awardDate")),
            title=text(grant, "title")[:250],
            amount=self.money(grant.get("amountAwarded")),
            currency=text(grant, "currency")[:3].upper(),
        )
        for side, told in sides.items():
            party = parties.setdefault(numbers[side], Party(line))
            party.names[readable(" ".join(text(told, "name").split()))] += 1
            party.also |= {numbers[side], *registered(told), number_of(text(told, "id"), self.own_scheme)}
            party.facts |= {key: value for key in ("postalCode", "url", "addressCountry") if (value := text(told, key))}
            party.funds |= side == "fundingOrganization"
        recipient = parties[numbers["recipientOrganization"]]
        for one in grant.get("classifications") or []:
            if isinstance(one, dict):
                recipient.terms |= dict.fromkeys(self.classified(text(one, "vocabulary"), text(one, "code")))
        self.told.append(tie)

    def number(self, side: str, told: dict[str, Any]) -> Number:
        """The number of a public register where one is given, so that another list's entry is found; else its own."""
        said, name = text(told, "id"), text(told, "name")
        if not said:
            raise Unusable(f"{side}.id", "", "the organization has no identifier, so it could not be found again")
        if not name:
            raise Unusable(f"{side}.name", said, "there is no name")
        for key, value, most in (("id", said, 80), ("name", name, LIMITS["name"])):
            if len(value) > most:
                raise Unusable(f"{side}.{key}", value, f"is longer than {most} characters")
            if LOST in value or "\0" in value:
                raise Unusable(f"{side}.{key}", value, "holds a letter that cannot be read; save the file as UTF-8")
        number = number_of(said, self.own_scheme)
        return next(iter([number] if number[0] != self.own_scheme else registered(told)), number)

    def day(self, said: str) -> Any:
        found = day_in(said, "")
        if said and found is None:
            raise Unusable("awardDate", said, "is not a date; write it like 2019-10-31")
        return found

    def money(self, said: Any) -> Any:
        found = amount(str(said)) if said not in (None, "") else None
        if said not in (None, "") and found is None:
            raise Unusable("amountAwarded", str(said), "is not an amount; write it like 75186.00")
        return found

    @cached_property
    def schemes(self) -> dict[str, str]:
        """Vocabulary as a funder writes it → scheme of ours."""
        return {"unsdg": "unsdg", "sdg": "unsdg", "undsg": "unsdg", "ukcat": "ukcat", "icnptso": "icnptso"}

    def classified(self, vocabulary: str, code: str) -> tuple[str, ...]:
        scheme = self.schemes.get(re.split(r"[^a-z]", vocabulary.lower())[0], "")
        if scheme == "unsdg":
            code = f"{re.split(r'[^0-9]', code.lstrip('0'))[0]}/"
        return self.terms_for(scheme, code) if scheme and code else ()

    def party(self, number: Number, party: Party) -> Entry:
        name = min(party.names, key=lambda one: (-party.names[one], one))
        others = [one for one in sorted(party.names) if one != name and fuzz.token_set_ratio(one, name) >= ALIKE]
        postcode = party.facts.get("postalCode", "")
        facts: dict[str, Any] = {
            "name": name,
            "other_names": "\n".join(others),
            "kind": "funder" if party.funds else "nonprofit",
            "website": link(party.facts.get("url", "")),
            "postcode": postcode if len(postcode) <= LIMITS["postcode"] else "",
            "area": postal_area(postcode),
        }
        place = place_of(party.facts.get("addressCountry", ""), "") or ("gb" if number[0].startswith("GB-") else "")
        if place:
            facts["place"] = place
        also = tuple(sorted(one for one in party.also if one != number and len(one[1]) <= 80))
        return Entry(party.line, *number, facts, tuple(party.terms), also)


def united(parties: dict[Number, Party]) -> dict[Number, Party]:
    """Parties that share a number are one; it goes by the number that comes first in the alphabet."""
    groups: dict[Number, set[Number]] = {}
    for number, party in parties.items():
        group = {number, *party.also}
        for one in list(group):
            group |= groups.get(one, set())
        groups |= dict.fromkeys(group, group)
    found: dict[Number, Party] = {}
    for number, party in parties.items():
        first = min(groups[number] & set(parties))
        if first in found:
            found[first].take(party)
        else:
            found[first] = party
    return found


def grants_in(given: Given) -> list[Any]:
    """The grants of a package, or of a bare list of grants; Refused with what the JSON seems to be otherwise."""
    document = given.document
    found = document.get("grants") if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise Refused(Problem('this JSON is no package of grants; there is no list called "grants"', file=given.file))
    if not any(isinstance(one, dict) and ("fundingOrganization" in one or "awardDate" in one) for one in found):
        reason = "none of these records is a grant (with fundingOrganization and recipientOrganization)"
        raise Refused(Problem(reason, file=given.file))
    return found


def text(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    known = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return str(value).replace("\0", "").strip() if known else ""


def first_of(grant: dict[str, Any], side: str) -> dict[str, Any]:
    told = grant.get(side)
    told = told[0] if isinstance(told, list) and told else told
    if not isinstance(told, dict):
        raise Unusable(side, "", "the grant does not say which organization")
    return told


def registered(told: dict[str, Any]) -> list[Number]:
    """Numbers of public registers that stand beside the identifier."""
    charity, company = (re.sub(r"[\s-]", "", text(told, key)).upper() for key in ("charityNumber", "companyNumber"))
    found: list[Number] = []
    if re.fullmatch(r"\d{6,7}", charity):
        found.append(("GB-CHC", charity))
    elif re.fullmatch(r"SC0?\d{5,6}", charity):
        found.append(("GB-SC", charity))
    if re.fullmatch(r"[A-Z]{2}\d{6}|\d{7,8}", company):
        found.append(("GB-COH", company.zfill(8)))
    return found


def columns_in(columns: list[str]) -> dict[str, str]:
    """What a grant says → the column that says it."""
    by_name = {plain(column): column for column in reversed(columns)}
    found = {key: next((by_name[plain(n)] for n in names if plain(n) in by_name), "") for key, names in COLUMNS.items()}
    return {key: column for key, column in found.items() if column}


def nested(flat: dict[str, str]) -> dict[str, Any]:
    """A row of a table as the grant it stands for."""
    grant: dict[str, Any] = {}
    for key, value in flat.items():
        outer, _, inner = key.partition(".")
        if inner:
            grant.setdefault(outer, {})[inner] = value
        else:
            grant[outer] = value
    if not any(grant.get("recipientOrganization", {}).values()):
        grant.pop("recipientOrganization", None)
    grant["classifications"] = [{"vocabulary": grant.pop("vocabulary", ""), "code": grant.pop("code", "")}]
    return grant

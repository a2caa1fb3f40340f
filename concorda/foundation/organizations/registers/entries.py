"""What a register says about one organization, and how single values are read: names, amounts, days, addresses."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Number = tuple[str, str]
"""Scheme and value of an identifier, such as ("GB-CHC", "1000003")."""

VERSION = 3
"""Raised when the same row comes to mean something else, so that entries are written anew."""
ORG_ID = re.compile(r"([A-Z]{2}-[A-Z][A-Z0-9_]*)-(\S+)")
WEBSITE = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#.@]{2,}([/?#]\S*)?", re.IGNORECASE)
SMALL = {"of", "and", "the", "for", "in", "at", "to", "on", "with", "by", "or", "de", "des", "du", "et", "la", "y"}
KEEP = {
    "YMCA", "YWCA", "UK", "NHS", "RSPCA", "NSPCC", "PTA", "CIO", "RAF", "CE", "RC", "II", "III", "IV", "BBC", "UNESCO",
    "AIDS", "HIV", "USA", "UNHCR", "IOM", "WHO", "UN", "LGBTQ", "SPCA", "CNIB",
}  # fmt: skip
LIMITS = {"name": 250, "short_name": 60, "area": 120, "email_domain": 120, "website": 200, "postcode": 12}


@dataclass(frozen=True)
class ServiceTold:
    """One service as a register lists it."""

    reference: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class SiteTold:
    """One place where an organization can be found; degrees, or None."""

    reference: str
    name: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Entry:
    """One organization as a register describes it; `also` are further numbers it is known by."""

    line: int
    scheme: str
    value: str
    facts: Mapping[str, Any]
    terms: tuple[str, ...]
    also: tuple[Number, ...] = ()
    services: tuple[ServiceTold, ...] = ()
    sites: tuple[SiteTold, ...] = ()

    @property
    def number(self) -> Number:
        return self.scheme, self.value

    @property
    def digest(self) -> str:
        """Differs as soon as the register says anything else."""
        told = repr((sorted(self.facts.items()), self.terms, self.also, self.services, self.sites, VERSION))
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class TieTold:
    """A grant, or another tie, that a register knows between two organizations."""

    line: int
    reference: str
    giver: Number
    to: Number
    on: date | None
    title: str = ""
    amount: Decimal | None = None
    currency: str = ""


class Unusable(Exception):
    """This cell cannot be used, so the row is refused."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def number_of(said: str, own_scheme: str) -> Number:
    """An identifier after org-id.guide, or the list's own number."""
    known = ORG_ID.fullmatch(said)
    return (known[1], known[2]) if known else (own_scheme, said)


def readable(name: str) -> str:
    """A NAME IN CAPITALS as people write it; any other name as it is."""
    if not name.isupper() or len(name) < 6:
        return name
    words = name.split(" ")
    return " ".join(
        word if word in KEEP else word.lower() if at and word.lower() in SMALL else capitalized(word)
        for at, word in enumerate(words)
    )


def capitalized(word: str) -> str:
    """“O'NEILL-SMITH (UK)” → “O'Neill-Smith (UK)”; initials stay."""
    core = word.strip("().,&'’\"")
    if core in KEEP or "." in core or not re.search(r"[AEIOUYÉÈÊÀÂÎÔÛ]", core):
        return word
    return (
        re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), re.sub(r"(['’])S\b", r"\1s", word))
        .replace("'S", "'s")
        .replace("’S", "’s")
    )


def link(said: str) -> str:
    """A web address as a link, or nothing: many in registers lead nowhere, and the rest of the row is good."""
    said = said.replace("\\", "/").replace(" ", "")
    if said and "://" not in said:
        said = f"http://{said}"
    return said if len(said) <= LIMITS["website"] and WEBSITE.fullmatch(said) else ""


def amount(said: str) -> Decimal | None:
    """A sum of money, in cents at the finest; None when it is none."""
    try:
        number = Decimal(re.sub(r"[\s,£$€]", "", said))
    except InvalidOperation:
        return None
    return number.quantize(Decimal("0.01")) if number.is_finite() and abs(number) < Decimal(10) ** 14 else None


def day_in(text: str, slashes: str) -> date | None:
    """A date in one of the forms people write; None when it is none of them, or could be two."""
    patterns = ["%Y-%m-%d", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y"]
    text = re.sub(r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$", "", text)
    for pattern in [*patterns, *([slashes] if slashes else [])]:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    if slashes:
        return None
    both = {day_in(text, pattern) for pattern in ("%d/%m/%Y", "%m/%d/%Y")} - {None}
    return both.pop() if len(both) == 1 else None


PROVINCES = {
    "AB": ("ALBERTA",), "BC": ("BRITISH COLUMBIA", "COLOMBIE-BRITANNIQUE"), "MB": ("MANITOBA",),
    "NB": ("NEW BRUNSWICK", "NOUVEAU-BRUNSWICK"), "NL": ("NEWFOUNDLAND AND LABRADOR", "NF", "NFLD"),
    "NS": ("NOVA SCOTIA", "NOUVELLE-ÉCOSSE", "NOUVELLE-ECOSSE"), "NT": ("NORTHWEST TERRITORIES",), "NU": ("NUNAVUT",),
    "ON": ("ONTARIO",), "PE": ("PEI", "PRINCE EDWARD ISLAND"), "QC": ("QUEBEC", "QUÉBEC", "PQ"),
    "SK": ("SASKATCHEWAN",), "YT": ("YUKON",),
}  # fmt: skip
PROVINCE_OF = {name: code for code, names in PROVINCES.items() for name in (code, *names)}
COUNTRIES = {
    "CA": "ca", "CAN": "ca", "CANADA": "ca", "GB": "gb", "UK": "gb", "UNITED KINGDOM": "gb", "GREAT BRITAIN": "gb",
    "ENGLAND": "gb", "WALES": "gb", "SCOTLAND": "gb", "US": "us", "USA": "us", "UNITED STATES": "us",
    "UNITED STATES OF AMERICA": "us",
}  # fmt: skip


def place_of(country: str, region: str) -> str:
    """The code of a place we know, from what an address says; "" where it is none of ours."""
    country, region = COUNTRIES.get(country.strip().upper(), country.strip()), region.strip().upper()
    if country in ("", "ca") and region in PROVINCE_OF:
        return f"ca/{PROVINCE_OF[region].lower()}"
    return country if country in ("ca", "gb", "us") else ""

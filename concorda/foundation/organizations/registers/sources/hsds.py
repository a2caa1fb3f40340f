"""Directories of human services in the Open Referral standard (HSDS 1, 2 and 3)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.registers.entries import (
    LIMITS,
    Entry,
    Number,
    ServiceTold,
    SiteTold,
    Unusable,
    day_in,
    link,
    place_of,
    readable,
)
from concorda.foundation.organizations.registers.reading import LOST, Given, Row, short
from concorda.foundation.organizations.registers.sources.base import Source, plain

Told = dict[str, Any]
TABLES = {
    "organizations": ("organizations", "organization"),
    "services": ("services", "service"),
    "locations": ("locations", "location"),
    "addresses": ("addresses", "address", "physical_addresses", "physical_address", "postal_addresses",
                  "postal_address"),
    "languages": ("languages", "language"),
    "terms": ("taxonomy_terms", "taxonomy_term", "taxonomy"),
    "links": ("attributes", "attribute", "services_taxonomy", "service_taxonomy", "service_taxonomies",
              "other_attributes"),
    "meetings": ("services_at_location", "service_at_location", "service_at_locations"),
    "identifiers": ("organization_identifiers", "organization_identifier"),
}  # fmt: skip
"""What a package can hold → names its tables go by in the three versions."""
ALIASES = {
    "alternate_name": ("alternative_name",),
    "website": ("url", "uri"),
    "organization_id": ("organization_uuid",),
    "location_id": ("location_uuid",),
    "service_id": ("service_uuid",),
    "taxonomy_term_id": ("taxonomy_id",),
    "address_1": ("address", "street_address"),
    "state_province": ("state", "region"),
}
LANGUAGES = {
    "english": "en", "eng": "en", "french": "fr", "fra": "fr", "fre": "fr", "français": "fr", "spanish": "es",
    "arabic": "ar", "chinese": "zh", "mandarin": "zh", "cantonese": "zh", "ukrainian": "uk", "tigrinya": "ti",
    "dari": "prs", "punjabi": "pa", "tagalog": "tl", "filipino": "tl", "somali": "so", "urdu": "ur", "hindi": "hi",
    "persian": "fa", "farsi": "fa", "portuguese": "pt", "cree": "cr", "ojibwe": "oj", "inuktitut": "iu",
    "vietnamese": "vi", "russian": "ru", "polish": "pl", "korean": "ko", "haitian creole": "ht",
    "american sign language": "asl", "asl": "asl",
}  # fmt: skip
GONE = {"inactive", "defunct", "deleted", "closed"}
CANADIAN = re.compile(r"\b(AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK|YT)\b[\s,]+([A-Z]\d[A-Z]) ?(\d[A-Z]\d)\b")


@dataclass
class Listed:
    """An organization with everything a directory lists under it."""

    line: int
    own: Told
    services: list[Told] = field(default_factory=list)
    locations: list[Told] = field(default_factory=list)


class Hsds(Source):
    """Organizations with their services and locations, from JSON or from the tables of a package.

    Rows count records of the main list: organizations, or services where these carry their organization.
    """

    key = "hsds"
    label = _("Directory of human services (HSDS: JSON, or zip of CSV)")
    kinds = ("json", "tables")
    own_scheme = "HSDS"

    def __init__(self, given: Given, mapping: Mapping[str, str], publisher: str = "") -> None:
        super().__init__(given, mapping, publisher)
        self.package = package_in(given)
        self.records = [] if self.package else records_in(given)
        self.size = len(self.records) or len(self.package.get("organizations", []))

    @classmethod
    def fits(cls, given: Given) -> bool:
        try:
            return bool(package_in(given) or records_in(given))
        except Refused:
            return False

    def entries(self) -> Iterator[Entry | Problem]:
        found = self.of_package() if self.package else self.of_records()
        for listed in found:
            if isinstance(listed, Problem):
                yield listed
                continue
            try:
                yield self.entry(listed)
            except Unusable as fault:
                yield self.problem(fault, listed.line)

    # From the three shapes to one

    def of_records(self) -> Iterator[Listed | Problem]:
        """Records that hold one another: organizations with services, services with their organization, or both."""
        found: dict[str, Listed] = {}
        for line, record in enumerate(self.records, 1):
            self.read += 1
            if not isinstance(record, dict):
                yield Problem(
                    "this is no record of an organization or a service", self.file, line, value=short(str(record))
                )
                continue
            service = inner(record)
            own = service.get("organization")
            if isinstance(own, dict):
                listed = found.setdefault(text(own, "id") or text(own, "name"), Listed(line, own))
                listed.services.append(service)
                listed.locations += [*records_of(service, "locations"), *located(record)]
                for meeting in records_of(service, "service_at_locations"):
                    listed.locations += located(meeting)
            else:
                key = text(record, "id")
                if key and key in found:
                    yield Problem(f"this number is in row {found[key].line} already", self.file, line, "id", key)
                    continue
                listed = found.setdefault(key or f"row {line}", Listed(line, record))
                listed.services += records_of(record, "services")
                listed.locations += [*records_of(record, "locations"), *standing_alone(record)]
        yield from found.values()

    def of_package(self) -> Iterator[Listed | Problem]:
        """Tables that name one another by number."""
        found: dict[str, Listed] = {}
        for row in self.package.get("organizations", []):
            self.read += 1
            if isinstance(row, Problem):
                yield row
            elif (key := row["id"]) and key in found:
                yield Problem(f"this number is in row {found[key].line} already", self.file, row["line"], "id", key)
            else:
                found[key or f"row {row['line']}"] = Listed(row["line"], row)
        self.join(found)
        yield from found.values()

    def join(self, found: dict[str, Listed]) -> None:
        """Put services, locations and what hangs on them under their organizations."""
        tables = {name: [row for row in rows if not isinstance(row, Problem)] for name, rows in self.package.items()}
        locations = {row["id"]: row for row in tables.get("locations", [])}
        services = {row["id"]: row for row in tables.get("services", [])}
        hang("addresses", tables, locations, "location_id")
        hang("languages", tables, locations, "location_id")
        hang("languages", tables, services, "service_id")
        file_under(tables, services)
        for row in services.values():
            where = locations.get(text(row, "location_id"), {})
            owner = text(row, "organization_id") or text(where, "organization_id")
            if owner in found:
                found[owner].services.append(row)
        for row in locations.values():
            if text(row, "organization_id") in found:
                found[text(row, "organization_id")].locations.append(row)
        self.meet(found, tables.get("meetings", []), services, locations)
        for name, key in (("addresses", "addresses"), ("identifiers", "organization_identifiers")):
            for row in tables.get(name, []):
                if text(row, "organization_id") in found:
                    found[text(row, "organization_id")].own.setdefault(key, []).append(row)

    def meet(
        self, found: dict[str, Listed], rows: list[Told], services: dict[str, Told], locations: dict[str, Told]
    ) -> None:
        """Add the locations that are known only from the services offered there."""
        for row in rows:
            location = locations.get(text(row, "location_id"))
            listed = found.get(text(services.get(text(row, "service_id"), {}), "organization_id"))
            if listed and location is not None and not any(one is location for one in listed.locations):
                listed.locations.append(location)

    # From one shape to an entry

    def entry(self, listed: Listed) -> Entry:
        own = listed.own
        whole_letters(own, "organization")
        name = " ".join(text(own, "name").split())
        if not text(own, "id"):
            raise Unusable("id", name, "the number is missing, so the organization could not be found again")
        if not name:
            raise Unusable("name", text(own, "id"), "there is no name")
        for key, value, most in (("id", text(own, "id"), 80), ("name", name, LIMITS["name"])):
            if len(value) > most:
                raise Unusable(key, value, f"is longer than {most} characters")
        services = [one for one in listed.services if text(one, "status").lower() not in GONE]
        for one in [*services, *listed.locations]:
            whole_letters(one, "service or location")
        return Entry(
            listed.line,
            self.own_scheme,
            text(own, "id"),
            self.facts(own, name, services, listed.locations),
            self.terms(own, services),
            self.also(own),
            tuple(service(one, at) for at, one in enumerate(services, 1) if text(one, "name")),
            tuple(site(one, at) for at, one in enumerate(listed.locations, 1)),
        )

    def facts(self, own: Told, name: str, services: list[Told], locations: list[Told]) -> Told:
        others = [text(own, key) for key in ("alternate_name", "name_fr")]
        described = [text(own, key) for key in ("description", "description_fr")]
        facts: Told = {
            "name": readable(name),
            "other_names": "\n".join(dict.fromkeys(one for one in others if one and one != name)),
            "activities": "\n\n".join(filter(None, described)),
            "website": link(text(own, "website")),
            "languages": languages([own, *services, *locations]),
            "kind": "nonprofit",
        }
        addresses = [
            *records_of(own, "addresses"),
            *(one for place in locations for one in records_of(place, "addresses")),
        ]
        if addresses:
            first = addresses[0]
            facts["area"] = text(first, "city")[: LIMITS["area"]]
            postcode = text(first, "postal_code")
            facts["postcode"] = postcode if len(postcode) <= LIMITS["postcode"] else ""
            facts["place"] = place_of(text(first, "country"), text(first, "state_province"))
            facts["town"] = text(first, "city")
        day = day_in(text(own, "date_incorporated"), "")
        return {key: value for key, value in facts.items() if value or key not in ("place", "town")} | (
            {"registered_on": day} if day else {}
        )

    def also(self, own: Told) -> tuple[Number, ...]:
        """Numbers of public registers: its own identifiers, and a tax number of the form of an EIN."""
        found = [
            (text(one, "identifier_scheme")[:40], text(one, "identifier")[:80])
            for one in records_of(own, "organization_identifiers")
            if text(one, "identifier_scheme") and text(one, "identifier")
        ]
        tax = text(own, "tax_id")
        if re.fullmatch(r"\d{2}-\d{7}", tax):
            found.append(("US-EIN", tax.replace("-", "")))
        return tuple(sorted(set(found)))

    def terms(self, own: Told, services: list[Told]) -> tuple[str, ...]:
        """Topics and people, from what the directory files its services under, and from how they are called."""
        found: dict[str, None] = {}
        for one in (own, *services):
            for phrase in (*filed_under(one), text(one, "name"), text(one, "intent_category")):
                found |= dict.fromkeys(self.by_words(phrase))
            for key in ("audience", "eligibility", "eligibility_description"):
                found |= dict.fromkeys(code for code in self.by_words(text(one, key)) if code.startswith("people."))
        return tuple(found)

    def by_words(self, phrase: str) -> Iterable[str]:
        """Our terms for the words of a phrase; two words together count before one."""
        words = re.findall(r"[a-zà-ÿ]+", phrase.lower())
        pairs = [f"{one} {other}" for one, other in pairwise(words)]
        return [code for word in (*pairs, *words) for code in self.codes.get(("words", word), ())]


def service(told: Told, at: int) -> ServiceTold:
    description = text(told, "description") or text(told, "short_desc")
    return ServiceTold((text(told, "id") or str(at))[:80], text(told, "name")[:250], description)


def site(told: Told, at: int) -> SiteTold:
    address = next(iter(records_of(told, "addresses")), told)
    parts = [text(address, key) for key in ("address_1", "address_2", "city", "state_province", "postal_code")]
    latitude, longitude = degrees(told.get("latitude"), 90), degrees(told.get("longitude"), 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    said = ", ".join(dict.fromkeys(filter(None, parts)))[:300]
    return SiteTold((text(told, "id") or str(at))[:80], text(told, "name")[:250], said, latitude, longitude)


def degrees(said: Any, most: int) -> float | None:
    try:
        found = float(said)
    except (TypeError, ValueError):
        return None
    return found if abs(found) <= most else None


def languages(told: list[Told]) -> list[str]:
    found: dict[str, None] = {}
    for one in told:
        said = one.get("languages")
        named = said if isinstance(said, list) else re.split(r"[,;|]", said) if isinstance(said, str) else []
        for each in named:
            name = (
                (text(each, "code") or text(each, "name") or text(each, "language")) if isinstance(each, dict) else each
            )
            word = str(name).strip().lower()
            code = LANGUAGES.get(word, word if re.fullmatch(r"[a-z]{2,3}", word) else "")
            if code:
                found[code] = None
    return list(found)


def filed_under(told: Told) -> list[str]:
    """The headings and keywords of a service."""
    keywords = told.get("keywords")
    found = keywords if isinstance(keywords, list) else str(keywords or "").split(",")
    for one in [*records_of(told, "attributes"), *records_of(told, "taxonomy"), *records_of(told, "taxonomies")]:
        term = one.get("taxonomy_term")
        found = [*found, text(term if isinstance(term, dict) else one, "name")]
    tags = [text(one, "tag") for one in records_of(told, "identity_tags")]
    return [str(one) for one in [*found, *tags] if one]


def text(told: Told, key: str) -> str:
    for name in (key, *ALIASES.get(key, ())):
        value = told.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value).replace("\0", LOST).strip()
    return ""


def records_of(told: Told, key: str) -> list[Told]:
    found = told.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def located(told: Told) -> list[Told]:
    found = told.get("location")
    return [found] if isinstance(found, dict) else []


def inner(record: Told) -> Told:
    """The service of a record about a service at a location, else the record itself."""
    found = record.get("service")
    return found if isinstance(found, dict) else record


def standing_alone(record: Told) -> list[Told]:
    """Where a listing that is an organization by itself can be found, from its one line of address."""
    said = record.get("address")
    if not isinstance(said, str) or not said.strip():
        return []
    where = record.get("coordinates") if isinstance(record.get("coordinates"), dict) else {}
    address: Told = {"address_1": " ".join(said.split())}
    found = CANADIAN.search(said)
    if found:
        city = said[: found.start()].rstrip(" ,").rsplit(",", 1)[-1].strip()
        address |= {"city": city, "state_province": found[1], "postal_code": f"{found[2]} {found[3]}", "country": "CA"}
    return [{"addresses": [address], "latitude": (where or {}).get("lat"), "longitude": (where or {}).get("lng")}]


def whole_letters(told: Told, what: str) -> None:
    for key, value in told.items():
        if isinstance(value, str) and LOST in value:
            raise Unusable(key, value, f"the {what} holds a letter that cannot be read; save the file as UTF-8")


def file_under(tables: Mapping[str, list[Told]], services: Mapping[str, Told]) -> None:
    """Put the headings of a taxonomy into the services filed under them."""
    named = {row["id"]: text(row, "name") or text(row, "term") for row in tables.get("terms", [])}
    for row in tables.get("links", []):
        service = services.get(text(row, "service_id") or text(row, "link_id"))
        if service is not None:
            name = named.get(text(row, "taxonomy_term_id")) or text(row, "taxonomy_detail")
            service.setdefault("attributes", []).append({"taxonomy_term": {"name": name}})
    for row in services.values():
        codes = re.split(r"[\s,]+", text(row, "taxonomy_ids"))
        headings = [{"taxonomy_term": {"name": named[one]}} for one in codes if named.get(one)]
        row.setdefault("attributes", []).extend(headings)


def hang(name: str, tables: Mapping[str, list[Told]], on: Mapping[str, Told], key: str) -> None:
    """Put the rows of one table into those they belong to."""
    rows = defaultdict(list)
    for row in tables.get(name, []):
        rows[text(row, key)].append(row)
    for number, row in on.items():
        said = row.get(name)
        if rows.get(number):
            row[name] = rows[number] if not isinstance(said, str) or not said else [*rows[number], {"name": said}]


# What the file holds


def package_in(given: Given) -> dict[str, list[Told | Problem]]:
    """The tables of a package by what they hold, with columns called as in version 3; {} when it is none."""
    if given.kind == "tables":
        found = {what: [given.sheets[name] for name in names if name in given.sheets] for what, names in TABLES.items()}
        if not found["organizations"]:
            raise Refused(Problem("there is no organizations.csv among these tables", file=given.file))
        columns = {plain(own_name(column, "organizations")) for column in found["organizations"][0].columns}
        missing = [field for field in ("id", "name") if field not in columns]
        if missing:
            file = found["organizations"][0].file
            raise Refused([Problem("the table of organizations has no such column", file, 1, one) for one in missing])
        return {
            what: [in_standard(row, what, given.file) for sheet in sheets for row in sheet.rows()]
            for what, sheets in found.items()
        }
    document = given.document
    if not isinstance(document, dict):
        return {}
    tables = {
        str(key).lower().removesuffix(".csv"): value for key, value in document.items() if isinstance(value, list)
    }
    if not set(tables) & set(TABLES["organizations"]) or "id" in document:
        return {}
    found_rows: dict[str, list[Told | Problem]] = {}
    for what, names in TABLES.items():
        rows = [row for name in names for row in tables.get(name, []) if isinstance(row, dict)]
        found_rows[what] = [{**row, "id": text(row, "id"), "line": line} for line, row in enumerate(rows, 1)]
    return found_rows


def own_name(column: str, what: str) -> str:
    """“organization_uuid” in the table of organizations is its id."""
    name = column.lower().removeprefix(f"{TABLES[what][-1] if what == 'terms' else what.removesuffix('s')}_")
    return {"uuid": "id"}.get(name, name)


def in_standard(row: Row | Problem, what: str, file: str) -> Told | Problem:
    if isinstance(row, Problem):
        return row
    told: Told = {}
    rename: Callable[[str], str] = lambda column: own_name(column, what)  # noqa: E731
    for column, cell in row.cells.items():
        name = column.lower() if column.lower() in {"organization_id", "location_id", "service_id"} else rename(column)
        if what != "organizations" and column.lower() == "organization_uuid":
            name = "organization_id"
        if cell.strip() and not told.get(name):
            told[name] = cell.strip()
    if what == "organizations" and "organization_id" in told:
        told.setdefault("id", told["organization_id"])
    told["id"], told["line"] = text(told, "id"), row.line
    return told


def records_in(given: Given) -> list[Any]:
    """The records of a JSON file in the standard; Refused with what it seems to be otherwise."""
    document = given.document
    if isinstance(document, dict):
        if "grants" in document:
            raise Refused(Problem("this is a package of grants; use --source 360giving", file=given.file))
        if isinstance(document.get("contents"), list):
            document = document["contents"]
        elif "id" in document:
            document = [document]
    if not isinstance(document, list):
        raise Refused(Problem("this JSON lists no organizations and no services", file=given.file))
    if not any(told_in_standard(one) for one in document):
        raise Refused(
            Problem("this JSON lists no organizations and no services (with an id and a name)", file=given.file)
        )
    return document


ELSEWHERE = {"location_type", "latitude", "taxonomy", "taxonomy_detail", "term_uri", "version"}
"""What a record of a place or of a heading says."""
MARKS = {
    "description",
    "services",
    "organization",
    "alternate_name",
    "url",
    "website",
    "locations",
    "email",
    "tax_status",
}


def told_in_standard(record: Any) -> bool:
    """Does a record say what this standard says, and not another one?"""
    if not isinstance(record, dict) or "fundingOrganization" in record:
        return False
    says = set(inner(record))
    named = {"id", "name"} <= says and bool(says & MARKS)
    return named and not (says & ELSEWHERE and not says & {"services", "organization", "tax_status"})

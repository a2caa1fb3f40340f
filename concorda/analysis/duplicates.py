"""Entries of registers that could be the same organization, each with a score and its reasons.

What speaks for it is combined as 1 − Π(1 − weight), as independent evidence is. Branches of one body, bodies with one
name in different places, and two numbers in one public register (a merger, a body founded anew) speak against it. The
weights are our own judgement; what came of them on a real register is in `docs/analysis/duplicates.md`.
"""

import re
import sqlite3
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice
from math import prod

from rapidfuzz import fuzz

WEIGHTS = {"number": 0.7, "name": 0.5, "other_name": 0.45, "alike": 0.35, "site": 0.35, "postcode": 0.4, "area": 0.2,
           "nowhere": 0.2}  # fmt: skip
LEAST = 55
"""Percent from which on a pair is worth a look."""
ALIKE = 90
CHUNK = 500
CROWD = 40
"""What so many entries share (a hosting site, an office block) says nothing."""
LISTS = {"LIST", "HSDS", "3W", "360G"}
"""Schemes in which one body may well stand twice."""
NO_NAME = {"nil", "none", "applicable not", "known not", "unknown", "tba", "tbc", "test"}
"""What registers write where there is no name, folded."""
SHORTEST = 3
"""A key of fewer letters (what is left of “N/A”) is no name."""
EMPTY = {"the", "and", "of", "for", "a", "ltd", "limited", "inc", "incorporated", "corp", "co", "cic", "cio", "plc",
         "llc", "le", "la", "les", "de", "du", "des", "et", "l", "d", "ltee", "asbl"}  # fmt: skip


@dataclass(frozen=True)
class Body:
    """One entry: `names` begins with its own; `numbers` are (scheme, value); `host` is its website's.

    `postcode` holds capitals and digits only, as `plain_postcode` writes it.
    """

    id: int
    names: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...] = ()
    host: str = ""
    postcode: str = ""
    area: str = ""
    place: str = ""

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its names without what names of one body differ by."""
        return tuple(
            dict.fromkeys(key for key in map(folded, self.names) if len(key) >= SHORTEST and key not in NO_NAME)
        )

    @cached_property
    def bare(self) -> set[str]:
        """Its numbers without their schemes, where they are long enough to mean one body."""
        found = {bare(scheme, value) for scheme, value in self.numbers} | {bare("", value) for _, value in self.numbers}
        return {value for value in found if len(value) >= 6}

    @property
    def where(self) -> tuple[str, str, str]:
        """District of the postal code, area and place; empty where nothing is said."""
        return district(self.postcode), self.area.casefold().strip(), self.place


@dataclass(frozen=True)
class Pair:
    """Two entries with what speaks for one body and what against it; `score` in percent."""

    one: int
    other: int
    score: int
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()


def bare(scheme: str, value: str) -> str:
    """(GB-NIC, NIC101036) and (GB-NIC, 101036) → 101036: a number without its scheme; "" without a digit."""
    said = re.sub(r"[\W_]", "", value).upper()
    own = scheme.rpartition("-")[2].upper()
    said = (said.removeprefix(own) if re.match(rf"{re.escape(own)}\d", said) else said).lstrip("0")
    return said if any(letter.isdigit() for letter in said) else ""


def plain_postcode(said: str) -> str:
    """“se1 9pd.” → SE19PD; "" for less than a whole code."""
    code = re.sub(r"[^A-Z0-9]", "", said.upper())
    return code if len(code) > 3 else ""


def folded(name: str) -> str:
    """Words in order of the alphabet, without accents, capitals, articles and legal forms."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word for word in re.findall(r"[^\W_]+", letters.replace("'", "").replace("’", "")) if word not in EMPTY]
    return " ".join(sorted(words))


def district(postcode: str) -> str:
    """WC2B 5LX → WC2B, S7K 0A1 → S7K, 04401-0000 → 04401."""
    code = postcode.upper().strip()
    if re.fullmatch(r"[A-Z]\d[A-Z] ?\d[A-Z]\d", code):
        return code[:3]
    return re.split(r"[\s-]", code)[0] if " " in code or "-" in code or code.isdigit() else code[:-3]


class Blocks:
    """Which entries share a name, number, site or postal code: kept in a file, so that memory stays small."""

    def __init__(self) -> None:
        self.rows = sqlite3.connect("")
        self.rows.execute("PRAGMA journal_mode = OFF")
        self.rows.execute("CREATE TABLE blocks (key INTEGER, body INTEGER)")

    def add(self, bodies: Iterable[Body]) -> None:
        """Note the keys of some entries."""
        keys = ((key, body.id) for body in bodies for key in block_keys(body))
        self.rows.executemany("INSERT INTO blocks VALUES (?, ?)", keys)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Every two entries that share something, once."""
        self.rows.execute("CREATE TABLE pairs (one INTEGER, other INTEGER, PRIMARY KEY (one, other)) WITHOUT ROWID")
        self.rows.execute("CREATE INDEX by_key ON blocks (key, body)")
        shared = self.rows.execute(
            "SELECT group_concat(body) FROM blocks GROUP BY key HAVING count(*) BETWEEN 2 AND ?", (CROWD,)
        )
        blocks = (sorted({int(body) for body in said.split(",")}) for (said,) in shared)
        found = (pair for block in blocks for pair in combinations(block, 2))
        self.rows.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?)", found)
        yield from self.rows.execute("SELECT one, other FROM pairs ORDER BY one, other")


def block_keys(body: Body) -> set[int]:
    """Numbers that two entries with anything in common share; a rare clash of two only costs a comparison."""
    keys = {("name", key) for key in body.keys} | {("number", value) for value in body.bare}
    keys |= {(what, said) for what, said in (("site", body.host), ("post", body.postcode)) if said}
    return {zlib.crc32(f"{what} {said}".encode()) << 1 | (what == "name") for what, said in keys}


def pairs(
    bodies: Iterable[Body],
    fetch: Callable[[set[int]], Iterable[Body]],
    progress: Callable[[int], None] = lambda compared: None,
) -> Iterator[Pair]:
    """Every pair worth a look, in the order of the entries; memory does not grow with the register.

    Only entries that share a name, number, site or postal code are compared. `fetch` gives entries by their ids;
    `progress` hears how many entries were read.
    """
    blocks, read, stream = Blocks(), 0, iter(bodies)
    while some := list(islice(stream, CHUNK)):
        blocks.add(some)
        read += len(some)
        progress(read)
    candidates = blocks.pairs()
    while chunk := list(islice(candidates, CHUNK)):
        by_id = {body.id: body for body in fetch({one for pair in chunk for one in pair})}
        found = (compare(by_id[one], by_id[other]) for one, other in chunk if one in by_id and other in by_id)
        yield from (pair for pair in found if pair.score >= LEAST)


def compare(one: Body, other: Body) -> Pair:
    """What speaks for one body, and what against it."""
    reasons = evidence(one, other)
    score = 1 - prod(1 - WEIGHTS[reason] for reason in reasons)
    against = objections(one, other, reasons)
    if against or not {"number", "name", "other_name", "alike"} & set(reasons):
        score = 0.0
    first, second = sorted((one.id, other.id))
    return Pair(first, second, round(100 * score), tuple(reasons), tuple(against))


def evidence(one: Body, other: Body) -> list[str]:
    """What speaks for one body."""
    reasons = ["number"] if one.bare & other.bare else []
    reasons += filter(None, [same_name(one, other)])
    if one.host and one.host == other.host:
        reasons.append("site")
    if one.postcode and one.postcode == other.postcode:
        reasons.append("postcode")
    elif one.area and one.where[1:] == other.where[1:]:
        reasons.append("area")
    elif nowhere(one, other):
        reasons.append("nowhere")
    return reasons


def nowhere(one: Body, other: Body) -> bool:
    """Does nothing tell them apart: no place of one of them, and not two websites?"""
    if one.host and other.host and one.host != other.host:
        return False
    return not any(one.where[:2]) or not any(other.where[:2])


def same_name(one: Body, other: Body) -> str:
    if not one.keys or not other.keys:
        return ""
    if one.keys[0] == other.keys[0]:
        return "name"
    if set(one.keys) & set(other.keys):
        return "other_name"
    return "alike" if fuzz.ratio(one.keys[0], other.keys[0]) >= ALIKE else ""


def objections(one: Body, other: Body, reasons: list[str]) -> list[str]:
    """What says that these are two bodies."""
    found = []
    if branches(one, other):
        found.append("branch")
    moved = "site" in reasons and not schemes(one) & schemes(other)
    if apart(one, other) and not moved and "number" not in reasons and "postcode" not in reasons:
        found.append("elsewhere")
    if registered_twice(one, other):
        found.append("two_numbers")
    return found


def apart(one: Body, other: Body) -> bool:
    """Does the district, the area or the place differ? A town lies in its province, so these two do not."""
    said = zip(one.where[:2], other.where[:2], strict=True)
    places = sorted((f"{one.place}/", f"{other.place}/"), key=len)
    return any(here and there and here != there for here, there in said) or bool(
        one.place and other.place and not places[1].startswith(places[0])
    )


def branches(one: Body, other: Body) -> bool:
    """GB-CHC 1234 and 1234-2, or two accounts of one business number, are one body with its branch."""
    for scheme, value in one.numbers:
        for its, number in other.numbers:
            if (
                its == scheme
                and value != number
                and scheme.partition(":")[0] not in LISTS
                and root(value) == root(number)
            ):
                return True
    return False


def root(value: str) -> str:
    return re.sub(r"(?<=\d)(-\d+|RR\d{4})$", "", value)


def registered_twice(one: Body, other: Body) -> bool:
    """Two different numbers in one public register: the register says these are two."""
    both = (schemes(one) & schemes(other)) - LISTS
    return any(numbers_in(one, scheme).isdisjoint(numbers_in(other, scheme)) for scheme in both)


def schemes(body: Body) -> set[str]:
    """Those of its numbers; a list's publisher stands behind a colon, and is no register of its own."""
    return {scheme.partition(":")[0] for scheme, _value in body.numbers}


def numbers_in(body: Body, scheme: str) -> set[str]:
    return {bare(its, value) or value for its, value in body.numbers if its.partition(":")[0] == scheme}

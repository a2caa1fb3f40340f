"""Entries of registers that could be the same organization, each with a score and its reasons.

What speaks for it is combined as 1 − Π(1 − weight), as independent evidence is. Branches of one body, bodies with one
name in different places, and two numbers in one public register speak against it. The weights are our own judgement;
they were not fitted to a register.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import prod

from rapidfuzz import fuzz

WEIGHTS = {"number": 0.7, "name": 0.5, "other_name": 0.45, "alike": 0.35, "site": 0.35, "postcode": 0.4, "merger": 0.3,
           "area": 0.2, "nowhere": 0.2}  # fmt: skip
LEAST = 55
"""Percent from which on a pair is worth a look."""
ALIKE = 90
CROWD = 40
"""What so many entries share (a hosting site, an office block) says nothing."""
LISTS = {"LIST", "HSDS", "3W", "360G"}
"""Schemes in which one body may well stand twice."""
EMPTY = {"the", "and", "of", "for", "a", "ltd", "limited", "inc", "incorporated", "corp", "co", "cic", "cio", "plc",
         "llc", "le", "la", "les", "de", "du", "des", "et", "l", "d", "ltee", "asbl"}  # fmt: skip


@dataclass(frozen=True)
class Body:
    """One entry: `names` begins with its own; `numbers` are (scheme, value); `host` is its website's."""

    id: int
    names: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...] = ()
    host: str = ""
    postcode: str = ""
    area: str = ""
    place: str = ""
    active: bool = True

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its names without what names of one body differ by."""
        return tuple(dict.fromkeys(filter(None, map(folded, self.names))))

    @cached_property
    def bare(self) -> set[str]:
        """Its numbers without their schemes, where they are long enough to mean one body."""
        found = (re.sub(r"[\W_]", "", value).upper().lstrip("0") for _scheme, value in self.numbers)
        return {value for value in found if len(value) >= 6 and any(letter.isdigit() for letter in value)}

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


def pairs(bodies: Iterable[Body]) -> Iterator[Pair]:
    """Every pair worth a look, best first. Only entries that share a name, number, site or postal code are compared."""
    by_id = {body.id: body for body in bodies}
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for body in by_id.values():
        keys = {("name", key) for key in body.keys} | {("number", value) for value in body.bare}
        keys |= {(what, said) for what, said in (("site", body.host), ("post", body.postcode.upper())) if said}
        for key in keys:
            blocks[key].append(body.id)
    candidates = {pair for block in blocks.values() if len(block) <= CROWD for pair in combinations(sorted(block), 2)}
    found = (compare(by_id[one], by_id[other]) for one, other in candidates)
    yield from sorted(
        (pair for pair in found if pair.score >= LEAST), key=lambda pair: (-pair.score, pair.one, pair.other)
    )


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
    if one.postcode and one.postcode.upper() == other.postcode.upper():
        reasons.append("postcode")
    elif one.area and one.where[1:] == other.where[1:]:
        reasons.append("area")
    elif not any(one.where[:2]) or not any(other.where[:2]):
        reasons.append("nowhere")
    if one.active != other.active and {"name", "other_name"} & set(reasons):
        reasons.append("merger")
    return reasons


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
    apart = any(here and there and here != there for here, there in zip(one.where, other.where, strict=True))
    if apart and "number" not in reasons and "postcode" not in reasons:
        found.append("elsewhere")
    if "merger" not in reasons and "number" not in reasons and registered_twice(one, other):
        found.append("two_numbers")
    return found


def branches(one: Body, other: Body) -> bool:
    """GB-CHC 1234 and 1234-2, or two accounts of one business number, are one body with its branch."""
    for scheme, value in one.numbers:
        for its, number in other.numbers:
            if its == scheme and value != number and scheme not in LISTS and root(value) == root(number):
                return True
    return False


def root(value: str) -> str:
    return re.sub(r"(?<=\d)(-\d+|RR\d{4})$", "", value)


def registered_twice(one: Body, other: Body) -> bool:
    """Two different numbers in one public register: the register says these are two."""
    both = {scheme for scheme, _value in one.numbers} & {scheme for scheme, _value in other.numbers}
    return any(numbers_in(one, scheme) != numbers_in(other, scheme) for scheme in both - LISTS)


def numbers_in(body: Body, scheme: str) -> set[str]:
    return {value for its, value in body.numbers if its == scheme}

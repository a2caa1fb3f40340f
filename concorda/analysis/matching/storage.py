"""Organizations as posting lists: written once, memory-mapped by every process that searches.

Everything known of an organization is a number at (organization, key). A key is a kind and a value, `capacity:housing`;
a segment keeps, for each key, the rows that have it and their numbers: the columns of a sparse matrix. Rows are ordered
by *what is known of them* (`Known`), so that all rows whose score has the same denominator lie next to each other.
"""

import json
import math
import os
import shutil
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from enum import IntFlag
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from concorda.analysis.matching.model import Organization, enclosing, outermost
from concorda.analysis.matching.words import LANGUAGES, stem, words
from concorda.analysis.problems import Problem, Refused

Rows = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]
Arrays = dict[str, npt.NDArray[Any]]

FORMAT = 1
CURRENT = "current"


class Known(IntFlag):
    """What is known of an organization; one byte."""

    CAPACITIES = 1
    NEEDS = 2
    ENGLISH = 4
    FRENCH = 8
    AREAS = 16
    POPULATIONS = 32
    LANGUAGES = 64
    TIES = 128


TEXT = {"en": Known.ENGLISH, "fr": Known.FRENCH}
FACETS = {"areas": Known.AREAS, "populations": Known.POPULATIONS, "languages": Known.LANGUAGES}


def text_kind(language: str) -> str:
    """The kind of the keys that hold the words of one language."""
    return f"text-{language}"


TEXT_KINDS = tuple(text_kind(language) for language in LANGUAGES)


def hashes_of(keys: Iterable[str]) -> Hashes:
    """64-bit hashes of keys: what is stored instead of a dictionary in every process."""
    digests = b"".join(blake2b(key.encode(), digest_size=8).digest() for key in keys)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def rarity(frequency: npt.NDArray[Any], documents: int) -> npt.NDArray[np.float64]:
    """ln((documents + 1) / (frequency + ½)), the inverse document frequency: the fewer texts have a word, the more."""
    return np.log((documents + 1) / (frequency.astype(np.float64) + 0.5))


def too_common(documents: int) -> float:
    """The number of texts above which a word says nothing: a tenth of them, and never fewer than 1,000."""
    return max(0.1 * documents, 1000)


class Segment:
    """The arrays of one set of organizations. n organizations, m keys, p postings.

    `keys` (m) hashes in order · `starts` (m + 1), `rows` (p), `values` (p) the columns · `frequency` (m) rows per key,
    including words too common to be posted · `known` (n) · `classes` (257) first row of each `Known` byte ·
    `id_keys`, `id_rows` (n) id hash → row · `ids`, `names` UTF-8 with `id_ends`, `name_ends` (n) · `need_counts`,
    `invitations` (n) · `points` (3, n) positions on the unit sphere, NaN where unknown.
    """

    def __init__(self, arrays: Arrays, documents: dict[str, int]) -> None:
        self.arrays = arrays
        self.documents = documents
        self.keys: Hashes = arrays["keys"]
        self.starts = arrays["starts"]
        self.rows: Rows = arrays["rows"]
        self.values: Numbers = arrays["values"]
        self.known: npt.NDArray[np.uint8] = arrays["known"]
        self.classes = arrays["classes"]

    def __len__(self) -> int:
        return len(self.known)

    def find(self, keys: list[str]) -> list[slice]:
        """Where the postings of each key lie; an empty slice for a key nobody has."""
        if not len(self.keys) or not keys:
            return [slice(0, 0)] * len(keys)
        wanted = hashes_of(keys)
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found = self.keys[places] == wanted
        return [
            slice(int(self.starts[place]), int(self.starts[place + 1])) if there else slice(0, 0)
            for place, there in zip(places.tolist(), found.tolist(), strict=True)
        ]

    def frequencies_of(self, wanted: Hashes) -> npt.NDArray[np.int32]:
        """In how many organizations each key (given as a hash) occurs."""
        if not len(self.keys) or not len(wanted):
            return np.zeros(len(wanted), np.int32)
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[places] == wanted, self.arrays["frequency"][places], 0).astype(np.int32)

    def rows_of(self, ids: Iterable[str]) -> Rows:
        """The rows of those ids that are here, ascending."""
        names = list(ids)
        if not len(self) or not names:
            return np.zeros(0, np.int32)
        wanted = hashes_of(names)
        places = np.minimum(np.searchsorted(self.arrays["id_keys"], wanted), len(self) - 1)
        found = self.arrays["id_rows"][places[self.arrays["id_keys"][places] == wanted]]
        return np.array(sorted(set(found.tolist())), np.int32)

    def id_at(self, row: int) -> str:
        """The id of the organization in a row."""
        return self._string("ids", "id_ends", row)

    def name_at(self, row: int) -> str:
        """The name of the organization in a row."""
        return self._string("names", "name_ends", row)

    def _string(self, blob: str, ends: str, row: int) -> str:
        start = int(self.arrays[ends][row - 1]) if row else 0
        return self.arrays[blob][start : int(self.arrays[ends][row])].tobytes().decode()

    def values_at(self, posting: slice, rows: npt.NDArray[Any]) -> Numbers:
        """The numbers of one key at `rows` (ascending); 0 where a row does not have it."""
        if posting.stop == posting.start:
            return np.zeros(len(rows), np.float32)
        rows = rows.astype(np.int32, copy=False)  # of two kinds of integers, searching would copy the longer list
        held, values = self.rows[posting], self.values[posting]
        if len(held) < len(rows):  # look for the shorter list in the longer one
            numbers = np.zeros(len(rows), np.float32)
            places = rows.searchsorted(held)
            found = (rows.take(places, mode="clip") == held).nonzero()[0]
            numbers[places[found]] = values[found]
            return numbers
        places = held.searchsorted(rows)
        return np.where(held.take(places, mode="clip") == rows, values.take(places, mode="clip"), np.float32(0))

    @cached_property
    def busy(self) -> tuple[Rows, npt.NDArray[np.int32]]:
        """Rows with open invitations, and how many."""
        rows = np.flatnonzero(self.arrays["invitations"]).astype(np.int32)
        return rows, self.arrays["invitations"][rows]

    # -- files ---------------------------------------------------------------------------------------------------

    def write(self, folder: Path, version: str) -> None:
        """Write into `folder` so that readers see the old files or the new ones, never a mixture."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"build-{os.getpid()}-{blake2b(os.urandom(16), digest_size=4).hexdigest()}"
        fresh = folder / name
        fresh.mkdir()
        for array_name, values in self.arrays.items():
            np.save(fresh / f"{array_name}.npy", values)
        about = {"format": FORMAT, "version": version, "documents": self.documents}
        (fresh / "about.json").write_text(json.dumps(about), encoding="utf-8")
        pointer = fresh / CURRENT
        pointer.write_text(name, encoding="utf-8")
        pointer.replace(folder / CURRENT)
        for old in folder.glob("build-*"):
            if old.name != name:
                shutil.rmtree(
                    old, ignore_errors=True
                )  # processes that still map these files keep them until they close

    @staticmethod
    def current(folder: Path) -> str:
        """The name of the newest build in `folder`; refuses a folder without one."""
        try:
            return (folder / CURRENT).read_text(encoding="utf-8")
        except OSError as error:
            raise Refused(f"there is no matching index in {folder}: build it first") from error

    @classmethod
    def read(cls, folder: Path) -> tuple[Self, str, str]:
        """Map the current files of `folder`; returns the segment, the version it was written with, and its build."""
        build = cls.current(folder)
        about = json.loads((folder / build / "about.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise Refused(f"the matching index in {folder} was written by another release: build it again")
        # a plain view of the mapped file: slicing numpy.memmap itself costs microseconds each time
        arrays = {path.stem: np.asarray(np.load(path, mmap_mode="r")) for path in (folder / build).glob("*.npy")}
        return cls(arrays, about["documents"]), about["version"], build


class Builder:
    """Takes organizations one by one, in any order, and makes a segment of them.

    Memory while building: about 8 bytes per fact of an organization and per distinct word of its texts; the
    organizations themselves are not kept. `statistics` weighs words as an existing segment does.
    """

    def __init__(self, statistics: Segment | None = None) -> None:
        self._statistics = statistics
        self._keys: dict[tuple[str, str], int] = {}
        self._word_keys: dict[str, dict[str, int]] = {language: {} for language in LANGUAGES}
        self._key_names: list[str] = []
        self._key_kinds = array("b")
        self._posting_keys = array("i")
        self._posting_values = array("f")
        self._row_ends = array("q", [0])
        self._known = array("B")
        self._need_counts = array("i")
        self._invitations = array("i")
        self._points = array("f")
        self._ids: list[str] = []
        self._names: list[str] = []

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, organization: Organization) -> None:
        """Take in one organization; refuses numbers that cannot be weights."""
        organization.check()
        known = self._add_concepts(organization) | self._add_texts(organization) | self._add_places(organization)
        for label in dict.fromkeys(organization.labels):
            self._post("label", label)
        for tie in dict.fromkeys(organization.ties):
            self._post("tie", tie)
        known += Known.TIES.value if organization.ties else 0
        self._known.append(known)
        self._row_ends.append(len(self._posting_keys))
        self._need_counts.append(len(organization.needs))
        self._invitations.append(organization.invitations)
        self._points.extend(point_of(organization.position))
        self._ids.append(organization.id)
        self._names.append(organization.name)

    # What is known is put together as plain integers: flags of an enumeration cost more than all the posting.

    def _add_concepts(self, organization: Organization) -> int:
        importance = sum(organization.needs.values())
        for concept, weight in organization.needs.items():
            self._post("need", concept, weight / importance)
        for concept, strength in organization.capacities.items():
            self._post("capacity", concept, strength)
        known = Known.NEEDS.value if organization.needs else 0
        return known + (Known.CAPACITIES.value if organization.capacities else 0)

    def _add_places(self, organization: Organization) -> int:
        areas = outermost(organization.areas)
        for area in areas:
            self._post("in", area)
        for area in dict.fromkeys(around for each in areas for around in enclosing(each)):
            self._post("around", area)
        for population in dict.fromkeys(organization.populations):
            self._post("population", population)
        for language in dict.fromkeys(organization.languages):
            self._post("language", language)
        known = Known.AREAS.value if areas else 0
        known += Known.POPULATIONS.value if organization.populations else 0
        return known + (Known.LANGUAGES.value if organization.languages else 0)

    def _add_texts(self, organization: Organization) -> int:
        known = 0
        for language, text in organization.texts().items():
            if language not in LANGUAGES:
                continue
            found = Counter(map(self._word_key(language), words(text)))
            del found[-1]
            self._posting_keys.extend(found)
            self._posting_values.extend(found.values())
            if found:
                known |= TEXT[language].value
        return known

    def _word_key(self, language: str) -> Callable[[str], int]:
        """Word → key, remembered for every form of the word; −1 for stop words."""
        remembered = self._word_keys[language]
        kind = TEXT_KINDS.index(text_kind(language)) + 1

        def key_of(word: str) -> int:
            key = remembered.get(word)
            if key is None:
                root = stem(word, language)
                key = -1 if root is None else self._new_key((text_kind(language), root), kind)
                remembered[word] = key
            return key

        return key_of

    def _post(self, kind: str, value: str, number: float = 1.0) -> None:
        self._posting_keys.append(self._new_key((kind, value), 0))
        self._posting_values.append(number)

    def _new_key(self, name: tuple[str, str], kind: int) -> int:
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = len(self._key_names)
            self._key_names.append(f"{name[0]}:{name[1]}")
            self._key_kinds.append(kind)
        return key

    # -- from what was collected to arrays -----------------------------------------------------------------------

    def finish(self) -> Segment:
        """The segment of everything added; refuses an id that was added twice."""
        self._refuse_twins()
        n, m = len(self._ids), len(self._key_names)
        hashes = hashes_of(self._key_names)
        by_hash = np.argsort(hashes)
        place_of_key = np.empty(m, np.int32)
        place_of_key[by_hash] = np.arange(m, dtype=np.int32)
        kinds = np.frombuffer(self._key_kinds, np.int8)[by_hash] if m else np.zeros(0, np.int8)
        ends = np.frombuffer(self._row_ends, np.int64)
        keys = place_of_key[np.frombuffer(self._posting_keys, np.int32)] if len(self._posting_keys) else _no_keys()
        values = np.frombuffer(self._posting_values, np.float32).copy() if len(keys) else np.zeros(0, np.float32)
        known = np.frombuffer(self._known, np.uint8).copy() if n else np.zeros(0, np.uint8)
        frequency = np.bincount(keys, minlength=m).astype(np.int32)
        documents = {language: int(np.count_nonzero(known & TEXT[language])) for language in LANGUAGES}
        self._weigh_words(hashes[by_hash], kinds, ends, keys, values, known, frequency, documents)
        order = np.lexsort((self._order_of_ids(), known))
        from scipy.sparse import csr_array

        matrix = csr_array((values, keys, ends), shape=(n, m))
        matrix.eliminate_zeros()
        columns = matrix[order].tocsc()
        arrays: Arrays = {
            "keys": hashes[by_hash],
            "starts": columns.indptr.astype(np.int64),
            "rows": columns.indices.astype(np.int32),
            "values": columns.data.astype(np.float32),
            "frequency": frequency,
            "known": known[order],
            "classes": np.searchsorted(known[order], np.arange(257)).astype(np.int64),
            "need_counts": np.array(self._need_counts, np.int32)[order],
            "invitations": np.array(self._invitations, np.int32)[order],
            "points": np.ascontiguousarray(np.array(self._points, np.float32).reshape(n, 3)[order].T),
            **self._strings(order),
        }
        return Segment(arrays, documents)

    def _refuse_twins(self) -> None:
        if len(set(self._ids)) < len(self._ids):
            twins = [name for name, count in Counter(self._ids).items() if count > 1]
            raise Refused(
                Problem(f"the id {twin!r} belongs to more than one organization", column="id", value=twin)
                for twin in twins
            )

    def _order_of_ids(self) -> npt.NDArray[np.int64]:
        """Rank of each organization by id, so that equal scores come out in the order of ids."""
        ranks = np.empty(len(self._ids), np.int64)
        ranks[sorted(range(len(self._ids)), key=self._ids.__getitem__)] = np.arange(len(self._ids))
        return ranks

    def _weigh_words(
        self,
        hashes: Hashes,
        kinds: npt.NDArray[np.int8],
        ends: npt.NDArray[np.int64],
        keys: npt.NDArray[np.int32],
        values: Numbers,
        known: npt.NDArray[np.uint8],
        frequency: npt.NDArray[np.int32],
        documents: dict[str, int],
    ) -> None:
        """Turn counts of words into (1 + ln count) × rarity, each text to length 1; in place.

        A word that is too common gets 0, and a text of nothing but such words is not known.
        """
        weights, counted = np.zeros(len(hashes)), frequency
        if self._statistics is not None and len(self._statistics):
            documents = self._statistics.documents
            counted = self._statistics.frequencies_of(hashes)
        for number, language in enumerate(LANGUAGES, start=1):
            words_here = kinds == number
            rare_enough = counted <= too_common(documents[language])
            weights[words_here] = (rarity(counted, documents[language]) * rare_enough)[words_here]
        for language_number, language in enumerate(LANGUAGES, start=1):
            for first in range(0, len(ends) - 1, 50_000):  # in strips: the intermediate arrays are as long as the strip
                last = min(first + 50_000, len(ends) - 1)
                strip = slice(int(ends[first]), int(ends[last]))
                rows = np.repeat(np.arange(last - first), np.diff(ends[first : last + 1]))
                here = kinds[keys[strip]] == language_number
                weighed = (1 + np.log(values[strip][here])) * weights[keys[strip][here]]
                lengths = np.sqrt(np.bincount(rows[here], weighed**2, minlength=last - first))
                values[strip][here] = weighed / np.where(lengths > 0, lengths, 1)[rows[here]]
                known[first:last][lengths == 0] &= ~np.uint8(TEXT[language])

    def _strings(self, order: npt.NDArray[Any]) -> Arrays:
        ids, names = [[texts[row].encode() for row in order.tolist()] for texts in (self._ids, self._names)]
        id_hashes = hashes_of(self._ids)[order]
        by_hash = np.argsort(id_hashes)
        return {
            "id_keys": id_hashes[by_hash],
            "id_rows": by_hash.astype(np.int32),
            "ids": np.frombuffer(b"".join(ids), np.uint8),
            "id_ends": np.cumsum([len(each) for each in ids], dtype=np.int64),
            "names": np.frombuffer(b"".join(names), np.uint8),
            "name_ends": np.cumsum([len(each) for each in names], dtype=np.int64),
        }


def _no_keys() -> npt.NDArray[np.int32]:
    return np.zeros(0, np.int32)


def point_of(position: tuple[float, float] | None) -> tuple[float, float, float]:
    """Latitude and longitude in degrees as a point on the unit sphere; NaN where unknown."""
    if position is None:
        return (math.nan, math.nan, math.nan)
    latitude, longitude = map(math.radians, position)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )

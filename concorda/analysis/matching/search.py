"""Finding the partners that fit best: exact, without looking closely at those who cannot be among them.

1. One pass over the posting lists the seeker names gives everybody's need, reciprocity and vision.
2. The leaders of that pass are judged in full: everybody else has to reach the last of the best among them. Those parts
   plus the most that place could add bound the score from above; whoever stays below is dropped.
3. Place of the rest, one facet after the other, dropping whom the facets left could not lift; then parts, reasons and
   unknowns of the few that are shown, in double precision.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from concorda.analysis.matching.model import DIGITS, PARTS, Candidate, Filters, Organization, Weights, outermost
from concorda.analysis.matching.reasons import Explainer, Finalist
from concorda.analysis.matching.seeker import Seeker, Term, area_terms
from concorda.analysis.matching.storage import FACETS, TEXT, Builder, Known, Segment, point_of
from concorda.analysis.problems import Refused

Floats = npt.NDArray[np.float64]

SLACK = 1e-5  # single precision of the first pass, generously
SMALLEST = float(np.finfo(np.float32).tiny)
PARTS_TO_LEAD = 16_384
EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Grounds:
    """What can be judged between a seeker and organizations of which `known` is known, and what that divides by."""

    need: bool
    reciprocity: bool
    languages: int
    facets: int
    ties: bool
    divisor: float

    @classmethod
    def between(cls, seeker: Known, known: Known, weights: Weights) -> Self:
        """Grounds from what is known of both; the divisor is infinite where nothing can be judged."""
        need = bool(seeker & Known.NEEDS and known & Known.CAPACITIES)
        reciprocity = bool(seeker & Known.CAPACITIES and known & Known.NEEDS)
        languages = sum(1 for flag in TEXT.values() if seeker & known & flag)
        facets = sum(1 for flag in FACETS.values() if seeker & known & flag)
        ties = bool(seeker & known & Known.TIES)
        judged = _weight_of((need, reciprocity, bool(languages), bool(facets), ties), weights)
        possible = _weight_of(
            (
                bool(seeker & Known.NEEDS),
                bool(seeker & Known.CAPACITIES),
                any(seeker & flag for flag in TEXT.values()),
                any(seeker & flag for flag in FACETS.values()),
                bool(seeker & Known.TIES),
            ),
            weights,
        )
        divisor = max(judged, weights.least_evidence * possible)
        return cls(need, reciprocity, languages, facets, ties, divisor if judged else math.inf)

    def judged(self) -> tuple[bool, ...]:
        """One truth per part, in the order of `PARTS`."""
        return (self.need, self.reciprocity, bool(self.languages), bool(self.facets), self.ties)


class GroundsOf(dict[int, Grounds]):
    """Known byte of an organization → its grounds with one seeker, made when first asked for."""

    def __init__(self, seeker: int, weights: Weights) -> None:
        super().__init__()
        self._seeker = Known(seeker)
        self._weights = weights

    def __missing__(self, known: int) -> Grounds:
        self[known] = grounds = Grounds.between(self._seeker, Known(known), self._weights)
        return grounds


@lru_cache(maxsize=256)
def grounds_of(seeker: int, weights: Weights) -> GroundsOf:
    """Grounds between a seeker of whom `seeker` is known and everybody; seekers alike share them."""
    return GroundsOf(seeker, weights)


def _weight_of(judged: Sequence[bool], weights: Weights) -> float:
    return math.fsum(getattr(weights, part) for part, is_judged in zip(PARTS, judged, strict=True) if is_judged)


@dataclass(slots=True)
class Search:
    """One seeker, one segment."""

    seeker: Seeker
    segment: Segment
    weights: Weights
    filters: Filters
    hidden: npt.NDArray[np.int64]
    postings: dict[str, slice] = field(init=False)
    held: dict[str, dict[int, float]] = field(init=False, default_factory=dict)  # key → row → number, of finalists

    def __post_init__(self) -> None:
        keys = self.seeker.keys()
        self.postings = dict(zip(keys, self.segment.find(keys), strict=True))

    def best(self, limit: int) -> list[Finalist]:
        """The best `limit` rows, best first, equal scores by id."""
        grounds = self._grounds()
        divisors, facets = np.full(256, np.inf), np.zeros(256)
        for known, each in grounds.items():
            divisors[known], facets[known] = each.divisor, each.facets
        scores = self._first_pass(grounds)
        allowed = self._allowed()
        if allowed is not None:
            scores *= allowed
        scores[self.hidden] = 0
        tied_rows, tied = self._ties(allowed)
        leading = _leading(scores, 2 * limit + 256)
        _, judged = self._judged(leading, _at(leading, tied_rows, tied), scores, divisors, facets, -math.inf)
        floor = _last_of(judged, limit)
        places = np.where(facets > 0, self.weights.place / divisors, 0.0)
        rows = _merged(self._above(scores, floor, grounds, places), tied_rows)
        rows, judged = self._judged(rows, _at(rows, tied_rows, tied), scores, divisors, facets, floor)
        rows = rows[judged >= _last_of(judged, limit) - SLACK]
        exact = self._exact(rows, _at(rows, tied_rows, tied))
        return sorted(exact, key=lambda each: (-each.score, each.id))[:limit]

    def _grounds(self) -> dict[int, Grounds]:
        sizes = np.diff(self.segment.classes)
        shared = grounds_of(int(self.seeker.known), self.weights)
        return {known: shared[known] for known in np.flatnonzero(sizes).tolist()}

    def _class(self, known: int) -> slice:
        return slice(int(self.segment.classes[known]), int(self.segment.classes[known + 1]))

    def _first_pass(self, grounds: dict[int, Grounds]) -> npt.NDArray[np.float32]:
        """Need, reciprocity and vision of every row, weighed and divided; the start of its score."""
        seeker, weights = self.seeker, self.weights
        concepts = [(key, weights.need * share) for key, share in seeker.needs if weights.need]
        concepts += [(key, weights.reciprocity * strength) for key, strength in seeker.offers if weights.reciprocity]
        scores = self._sums(concepts)
        square = weights.vision**2  # taken into the root
        texts = [(key, square * number) for terms in seeker.words.values() for key, number in terms if square]
        vision = self._sums(texts)
        for known, each in grounds.items():
            here = self._class(known)
            if each.languages and texts:
                if each.languages > 1:
                    vision[here] *= np.float32(1 / each.languages)
                np.sqrt(vision[here], out=vision[here])
                scores[here] += vision[here]
            scores[here] *= np.float32(1 / each.divisor)
        busy, factors = self._busy()
        scores[busy] *= factors
        return scores

    def _sums(self, terms: list[Term]) -> npt.NDArray[np.float32]:
        """Σ number × value over the terms, for every row."""
        segment = self.segment
        slices = [self.postings[key] for key, _ in terms]
        if not any(each.stop > each.start for each in slices):
            return np.zeros(len(segment), np.float32)
        # filled in place: the constructor would look through every row number to check it
        from scipy.sparse import csc_array

        columns = csc_array((len(segment), len(slices)), dtype=np.float32)
        columns.indptr = np.cumsum([0] + [each.stop - each.start for each in slices], dtype=np.int32)
        columns.indices = np.concatenate([segment.rows[each] for each in slices])
        columns.data = np.concatenate([segment.values[each] for each in slices])
        sums: npt.NDArray[np.float32] = columns @ np.array([number for _, number in terms], np.float32)
        return sums

    def _busy(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Rows above the cap on popularity, and the factor that shrinks their scores."""
        most = self.weights.most_invitations
        if most is None:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        rows, invitations = self.segment.busy
        return rows[invitations > most], (most / invitations[invitations > most]).astype(np.float32)

    def _above(
        self, scores: npt.NDArray[np.float32], floor: float, grounds: dict[int, Grounds], places: Floats
    ) -> npt.NDArray[np.int64]:
        """Rows that something besides place speaks for, and whose place could lift them to `floor`."""
        found = []
        for known in grounds:
            here = self._class(known)
            least = max(floor - places[known] - SLACK, SMALLEST)
            found.append(np.flatnonzero(scores[here] >= np.float32(least)) + here.start)
        return np.concatenate(found)

    def _judged(
        self,
        rows: npt.NDArray[np.int64],
        ties: Floats,
        scores: npt.NDArray[np.float32],
        divisors: Floats,
        facets: Floats,
        floor: float,
    ) -> tuple[npt.NDArray[np.int64], Floats]:
        """Those of `rows` (ascending) that reach `floor`, and their scores in single precision.

        `divisors` and `facets` (256): by what is known of a row. A facet not read yet counts as shared in full.
        """
        known, factors = self.segment.known[rows], self._factors(rows)
        undivided = np.where(np.isinf(divisors), 0, divisors)
        sums = scores[rows] * undivided[known] + factors * (self.weights.ties * ties)
        shares = facets[known]
        each = factors * self.weights.place / np.maximum(shares, 1)
        below = self._divisors(known, ties, divisors)
        for name, terms in self.seeker.places.items():
            if not terms:
                continue
            shares += self._weighed(terms, rows) - ((known & FACETS[name]) > 0)
            kept = np.flatnonzero((sums + each * shares) / below >= floor - SLACK)
            rows, known, sums, each, shares, below = (
                rows[kept],
                known[kept],
                sums[kept],
                each[kept],
                shares[kept],
                below[kept],
            )
        return rows, (sums + each * shares) / below

    def _divisors(self, known: npt.NDArray[np.uint8], ties: Floats, divisors: Floats) -> Floats:
        """What the weighed parts of rows are divided by; a tie that is there is known, whoever recorded it."""
        result = divisors[known]
        for each in set(known[ties > 0].tolist()):
            result[(known == each) & (ties > 0)] = self._grounds_with(each, tie=True).divisor
        return result

    def _grounds_with(self, known: int, tie: bool) -> Grounds:
        """Grounds of a row, with its ties known if one was found."""
        seeker, found = int(self.seeker.known), int(Known.TIES) if tie else 0
        return grounds_of(seeker | found, self.weights)[known | found]

    def _factors(self, rows: npt.NDArray[np.int64]) -> Floats:
        if self.weights.most_invitations is None:
            return np.ones(len(rows))
        invitations = self.segment.arrays["invitations"][rows]
        return self.weights.most_invitations / np.maximum(invitations, self.weights.most_invitations)

    def _weighed(self, terms: list[Term], rows: npt.NDArray[np.int64]) -> Floats:
        """Σ number × value over the terms, at `rows` (ascending), in double precision."""
        sums = np.zeros(len(rows))
        for key, number in terms:
            posting = self.postings[key]
            if posting.stop > posting.start:
                sums += number * self.segment.values_at(posting, rows).astype(np.float64)
        return sums

    def _ties(self, allowed: npt.NDArray[np.bool_] | None) -> tuple[npt.NDArray[np.int64], Floats]:
        """Rows with a direct tie (1) or s shared contacts (s / (s + 1)), ascending, and that part of their score."""
        segment, seeker = self.segment, self.seeker
        lists = [segment.rows[self.postings[key]] for key, _ in seeker.contacts]
        lists = [rows for rows in lists if len(rows)]
        rows, shared = np.unique(np.concatenate(lists), return_counts=True) if lists else (_no_rows(), _no_rows())
        named = segment.rows[self.postings[seeker.own_tie]]
        direct = _merged(segment.rows_of(seeker.ties), named)
        everyone = _merged(rows, direct)
        if not len(everyone):
            return everyone, np.zeros(0)
        ties = np.zeros(len(everyone))
        ties[np.searchsorted(everyone, rows)] = shared / (shared + 1)
        ties[np.searchsorted(everyone, direct)] = 1.0
        kept = ~np.isin(everyone, self.hidden)
        if allowed is not None:
            kept &= allowed[everyone]
        return everyone[kept], ties[kept]

    def _exact(self, rows: npt.NDArray[np.int64], ties: Floats) -> list[Finalist]:
        """Scores and parts of `rows` (ascending) in double precision; keeps what they have of what is looked for."""
        seeker, known = self.seeker, self.segment.known[rows]
        table = {
            key: self.segment.values_at(posting, rows).astype(np.float64) for key, posting in self.postings.items()
        }
        for key, numbers in table.items():
            there = numbers.nonzero()[0]
            self.held[key] = dict(zip(rows[there].tolist(), numbers[there].tolist(), strict=True))

        def total(terms: Iterable[Term]) -> Floats:
            return _sum((number * table[key] for key, number in terms), len(rows))

        facets = {name: terms for name, terms in seeker.places.items() if terms}
        counts = _sum((((known & FACETS[name]) > 0).astype(np.float64) for name in facets), len(rows))
        columns: list[list[float]] = [
            total(seeker.needs).tolist(),
            total(seeker.offers).tolist(),
            total(term for terms in seeker.words.values() for term in terms).tolist(),
            (total(term for terms in facets.values() for term in terms) / np.maximum(counts, 1)).tolist(),
            ties.tolist(),
        ]
        return [
            self._finalist(row, known_here, factor, list(values))
            for row, known_here, factor, *values in zip(
                rows.tolist(), known.tolist(), self._factors(rows).tolist(), *columns, strict=True
            )
        ]

    def _finalist(self, row: int, known: int, factor: float, values: list[float]) -> Finalist:
        grounds = self._grounds_with(known, tie=values[4] > 0)
        values[2] = math.sqrt(values[2] / max(grounds.languages, 1))
        parts = tuple(
            [min(value, 1.0) if judged else None for value, judged in zip(values, grounds.judged(), strict=True)]
        )
        weighed = sum([weight * part for weight, part in zip(self.weights.of_parts(), parts, strict=True) if part])
        return Finalist(round(factor * weighed / grounds.divisor, DIGITS), self.segment.id_at(row), row, parts, factor)

    # -- narrowing -----------------------------------------------------------------------------------------------

    def _allowed(self) -> npt.NDArray[np.bool_] | None:
        """Which rows the filters let through; None for all."""
        filters = self.filters
        if not filters.narrows():
            return None
        allowed = np.ones(len(self.segment), np.bool_)
        groups = [
            [key for key, _ in area_terms(outermost(filters.areas))],
            [f"population:{value}" for value in filters.populations],
            [f"language:{value}" for value in filters.languages],
            [f"capacity:{value}" for value in filters.covers],
            *([f"label:{value}" for value in group] for group in filters.labels),
        ]
        for group in groups:
            if group:
                allowed &= self._any_of(self.segment.rows[each] for each in self.segment.find(group))
        if filters.only is not None:
            allowed &= self._any_of([self.segment.rows_of(filters.only)])
        if filters.within is not None:
            allowed &= self._within(*filters.within)
        if filters.tied:
            allowed &= self._any_of([self._ties(None)[0]])
        allowed[self.segment.rows_of(filters.exclude)] = False
        return allowed

    def _any_of(self, lists: Iterable[npt.NDArray[Any]]) -> npt.NDArray[np.bool_]:
        marked = np.zeros(len(self.segment), np.bool_)
        for rows in lists:
            marked[rows] = True
        return marked

    def _within(self, latitude: float, longitude: float, kilometres: float) -> npt.NDArray[np.bool_]:
        """Rows within a great-circle distance."""
        chord = 2 * math.sin(min(kilometres / EARTH_RADIUS_KM, math.pi) / 2)
        points = self.segment.arrays["points"]
        squares = sum(
            (points[axis] - np.float32(here)) ** 2 for axis, here in enumerate(point_of((latitude, longitude)))
        )
        return np.asarray(squares <= chord**2)


def _leading(scores: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """`count` or more rows (ascending) with high scores above 0, if so many are, from the best of many parts.

    The rows are laid out as a grid whose columns are the parts: the maxima of columns cost one pass over whole lines.
    """
    height = max(len(scores) // max(PARTS_TO_LEAD, 2 * count), 1)
    grid = scores[: len(scores) // height * height].reshape(height, -1)
    maxima = grid.max(axis=0)
    least = np.float32(max(float(_last_of(maxima, count)), SMALLEST))
    best = np.flatnonzero(maxima >= least)
    line, place = np.nonzero(grid[:, best] >= least)
    rows = line * grid.shape[1] + best[place]
    if len(rows) > 2 * count:
        rows = rows[np.argpartition(scores[rows], -count)[-count:]]
    return np.sort(rows)


def _sum(columns: Iterable[Floats], length: int) -> Floats:
    total = np.zeros(length)
    for column in columns:
        total += column
    return total


def _last_of(scores: npt.NDArray[Any], limit: int) -> float:
    """The limit-th best score; −∞ when there are fewer."""
    return float(np.partition(scores, -limit)[-limit]) if len(scores) >= limit else -math.inf


def _at(rows: npt.NDArray[np.int64], known_rows: npt.NDArray[np.int64], numbers: Floats) -> Floats:
    """The numbers of `known_rows` at `rows`, both ascending; 0 elsewhere."""
    found = np.zeros(len(rows))
    if len(rows) and len(known_rows):
        places = rows.searchsorted(known_rows)
        there = rows.take(places, mode="clip") == known_rows
        found[places[there]] = numbers[there]
    return found


def _merged(rows: npt.NDArray[Any], others: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Rows of both, ascending, each once; both are ascending and hold no row twice."""
    if not len(others):
        return rows.astype(np.int64, copy=False)
    more = others
    if len(rows):
        more = others[rows.take(rows.searchsorted(others), mode="clip") != others]
    if not len(more):
        return rows.astype(np.int64, copy=False)
    merged: npt.NDArray[np.int64] = np.sort(np.concatenate([rows, more])).astype(np.int64)
    return merged


def _no_rows() -> npt.NDArray[np.int64]:
    return np.zeros(0, np.int64)


def _explained(found: list[tuple[Finalist, Search]]) -> list[Candidate]:
    searches = {id(search): search for _, search in found}
    explainers = {each: Explainer.of(search.seeker, search.segment, search.held) for each, search in searches.items()}
    return [explainers[id(search)].candidate(finalist) for finalist, search in found]


class Index:
    """Organizations to search: files shared by every process, and an overlay of what changed since they were written.

    >>> index = Index.build(organizations)          # in memory
    >>> index.write(folder, version="42")           # for every process …
    >>> index = Index.open(folder)                  # … which maps the files
    >>> index.update([changed]); index.remove(["x"])
    >>> index.search(profile, limit=20, filters=Filters(areas=["ca/sk"]))

    Safe to search from several threads; `update` and `remove` swap the overlay in one step.
    """

    def __init__(self, base: Segment, version: str = "", build: str = "", folder: Path | None = None) -> None:
        self._base = base
        self.version = version
        self._build = build
        self._folder = folder
        self._changed: dict[str, Organization | None] = {}
        self._overlay = (Builder().finish(), np.zeros(0, np.int32))

    @classmethod
    def build(cls, organizations: Iterable[Organization], version: str = "") -> Self:
        """An index in memory of organizations streamed in any order; refuses an id that comes twice."""
        builder = Builder()
        for organization in organizations:
            builder.add(organization)
        return cls(builder.finish(), version)

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Map the files that `write` left in `folder`; refuses a folder without any."""
        segment, version, build = Segment.read(Path(folder))
        return cls(segment, version, build, Path(folder))

    def write(self, folder: Path | str, version: str | None = None) -> None:
        """Write the base (without the overlay) for other processes; `version` is the caller's, e.g. the last change."""
        self._base.write(Path(folder), self.version if version is None else version)

    def is_current(self) -> bool:
        """False once newer files have been written to the folder this index was opened from."""
        return self._folder is None or Segment.current(self._folder) == self._build

    def __len__(self) -> int:
        added, hidden = self._overlay
        return len(self._base) - len(hidden) + len(added)

    @property
    def overlay_size(self) -> int:
        """How many changed or removed organizations wait for the next build; above a few thousand, build again."""
        return len(self._changed)

    def update(self, organizations: Iterable[Organization]) -> None:
        """Add or replace organizations until the next build."""
        self._overlay_with({organization.id: organization for organization in organizations})

    def remove(self, ids: Iterable[str]) -> None:
        """Leave organizations out until the next build."""
        self._overlay_with(dict.fromkeys(ids))

    def _overlay_with(self, changes: dict[str, Organization | None]) -> None:
        changed = {**self._changed, **changes}
        builder = Builder(self._base)
        for organization in changed.values():
            if organization is not None:
                builder.add(organization)
        self._overlay = (builder.finish(), self._base.rows_of(changed))
        self._changed = changed

    def search(
        self, query: Organization, limit: int = 20, filters: Filters | None = None, weights: Weights | None = None
    ) -> list[Candidate]:
        """The best partners for `query`, best first, equal scores by id.

        A candidate needs something besides place that speaks for it: a need covered either way, a word, or a tie.
        `query` itself is never a candidate. Scores are rounded to 6 decimals.
        """
        if limit < 1:
            raise Refused(f"the number of partners to find must be at least 1, not {limit}")
        overlay, hidden = self._overlay
        seeker = Seeker.of(query, self._base if len(self._base) else overlay)
        found: list[tuple[Finalist, Search]] = []
        for segment, gone in ((self._base, hidden), (overlay, np.zeros(0, np.int32))):
            if not len(segment):
                continue
            out_of_sight = _merged(gone, segment.rows_of([query.id]))
            search = Search(seeker, segment, weights or Weights(), filters or Filters(), out_of_sight)
            found += [(finalist, search) for finalist in search.best(limit)]
        found.sort(key=lambda pair: (-pair[0].score, pair[0].id))
        return _explained(found[:limit])

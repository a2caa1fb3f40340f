"""Why somebody was found: from posting lists back to what a page can say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from concorda.analysis.matching.model import DIGITS, PARTS, Candidate, Reason
from concorda.analysis.matching.seeker import Seeker, Term, area_terms
from concorda.analysis.matching.storage import Segment

WORDS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finalist:
    """A row that may be shown: its exact score, its parts in the order of `PARTS`, and its factor of popularity."""

    score: float
    id: str
    row: int
    parts: tuple[float | None, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains rows of one segment to one seeker.

    `held`: key → row → number, for the rows to be explained; `areas`: each area of the seeker → the terms that meet it.
    """

    seeker: Seeker
    segment: Segment
    held: Mapping[str, Mapping[int, float]]
    areas: Mapping[str, list[Term]]

    @classmethod
    def of(cls, seeker: Seeker, segment: Segment, held: Mapping[str, Mapping[int, float]]) -> Self:
        """An explainer of finalists of one segment; `held`: key → row → number, of the finalists."""
        return cls(seeker, segment, held, {area: area_terms([area]) for area in seeker.areas})

    def candidate(self, finalist: Finalist) -> Candidate:
        """The finalist as the page shows it."""
        covers = self._held(self.seeker.needs, finalist.row)
        offers_back = self._held(self.seeker.offers, finalist.row)
        parts = {
            part: None if value is None else round(value, DIGITS)
            for part, value in zip(PARTS, finalist.parts, strict=True)
        }
        return Candidate(
            id=finalist.id,
            name=self.segment.name_at(finalist.row),
            score=finalist.score,
            parts=parts,
            covers=tuple(covers),
            offers_back=tuple(offers_back),
            reasons=tuple(self._reasons(finalist, covers, offers_back)),
            unknown=tuple(part for part, value in parts.items() if value is None),
        )

    def _reasons(self, finalist: Finalist, covers: list[str], offers_back: list[str]) -> Iterable[Reason]:
        row, arrays = finalist.row, self.segment.arrays
        if covers:
            yield Reason("covers", {"concepts": covers, "of": len(self.seeker.needs)})
        if offers_back:
            yield Reason("offers_back", {"concepts": offers_back, "of": int(arrays["need_counts"][row])})
        yield from self._words(row)
        yield from self._places(row)
        yield from self._ties(finalist)
        if finalist.factor < 1:
            invitations = int(arrays["invitations"][row])
            yield Reason("many_invitations", {"invitations": invitations, "factor": round(finalist.factor, DIGITS)})

    def _held(self, terms: list[Term], row: int) -> list[str]:
        """What comes after the kind, for the terms that `row` has."""
        return [key.partition(":")[2] for key, _ in terms if row in self.held[key]]

    def _words(self, row: int) -> Iterable[Reason]:
        shared = [
            (number * self.held[key][row], key)
            for terms in self.seeker.words.values()
            for key, number in terms
            if row in self.held[key]
        ]
        telling = sorted(shared, key=lambda found: (-found[0], found[1]))[:WORDS_SHOWN]
        if telling:
            yield Reason("shared_words", {"words": [self.seeker.forms[key] for _, key in telling]})

    def _places(self, row: int) -> Iterable[Reason]:
        areas = [area for area, terms in self.areas.items() if self._held(terms, row)]
        if areas:
            yield Reason("areas", {"shared": areas, "of": len(self.seeker.areas)})
        for facet in ("populations", "languages"):
            shared = self._held(self.seeker.places[facet], row)
            if shared:
                yield Reason(facet, {"shared": shared, "of": len(self.seeker.places[facet])})

    def _ties(self, finalist: Finalist) -> Iterable[Reason]:
        if finalist.id in self.seeker.ties or finalist.row in self.held[self.seeker.own_tie]:
            yield Reason("tie", {})
        contacts = self._held(self.seeker.contacts, finalist.row)
        if contacts:
            yield Reason("shared_contacts", {"contacts": contacts})

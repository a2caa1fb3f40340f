"""A profile made ready to be compared with posting lists."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from concorda.analysis.matching.model import Organization, enclosing, outermost
from concorda.analysis.matching.storage import (
    FACETS,
    TEXT,
    Known,
    Segment,
    hashes_of,
    rarity,
    text_kind,
    too_common,
)
from concorda.analysis.matching.words import LANGUAGES, remembered_stem, words

Term = tuple[str, float]

WORDS_OF_A_SEEKER = 32


@dataclass(frozen=True, slots=True)
class Seeker:
    """A profile ready to be compared: what it looks for, as (key, number).

    `words`: language → terms of length 1 together; `forms`: key of a word → the form the seeker used.
    `places`: facet → terms that add up to the share of the seeker's places that are shared.
    """

    id: str
    known: Known
    needs: list[Term]
    offers: list[Term]
    words: dict[str, list[Term]]
    forms: dict[str, str]
    places: dict[str, list[Term]]
    ties: frozenset[str]
    areas: list[str]

    @classmethod
    def of(cls, organization: Organization, statistics: Segment) -> Self:
        """Compile a profile; the rarity of words comes from `statistics`."""
        organization.check()
        importance = sum(organization.needs.values())
        texts: dict[str, list[Term]] = {}
        forms: dict[str, str] = {}
        for language, text in organization.texts().items():
            if language in LANGUAGES:
                terms = _weighed_words(text, language, statistics, forms)
                if terms:
                    texts[language] = terms
        areas = outermost(organization.areas)
        places = {
            "areas": area_terms(areas),
            "populations": _even_terms("population", organization.populations),
            "languages": _even_terms("language", organization.languages),
        }
        known = Known(0)
        known |= Known.NEEDS if organization.needs else Known(0)
        known |= Known.CAPACITIES if organization.capacities else Known(0)
        known |= Known.TIES if organization.ties else Known(0)
        for language in texts:
            known |= TEXT[language]
        for facet, terms in places.items():
            known |= FACETS[facet] if terms else Known(0)
        return cls(
            id=organization.id,
            known=known,
            needs=[(f"capacity:{concept}", weight / importance) for concept, weight in organization.needs.items()],
            offers=[(f"need:{concept}", strength) for concept, strength in organization.capacities.items()],
            words=texts,
            forms=forms,
            places=places,
            ties=frozenset(organization.ties),
            areas=areas,
        )

    @property
    def own_tie(self) -> str:
        """The key of those who name the seeker among their ties."""
        return f"tie:{self.id}"

    @property
    def contacts(self) -> list[Term]:
        """The keys of those who share each of the seeker's ties."""
        return [(f"tie:{contact}", 1.0) for contact in sorted(self.ties)]

    def keys(self) -> list[str]:
        """Every key the seeker looks for."""
        groups = [self.needs, self.offers, *self.words.values(), *self.places.values(), self.contacts]
        return list(dict.fromkeys([*(key for terms in groups for key, _ in terms), self.own_tie]))


def _weighed_words(text: str, language: str, statistics: Segment, forms: dict[str, str]) -> list[Term]:
    """The most telling words of a text, weighed as the index weighs its own; adds to `forms`."""
    counts: Counter[str] = Counter()
    for word in words(text):
        root = remembered_stem(word, language)
        if root is not None:
            key = f"{text_kind(language)}:{root}"
            counts[key] += 1
            forms.setdefault(key, word)
    keys = list(counts)
    documents = statistics.documents.get(language, 0)
    frequency = statistics.frequencies_of(hashes_of(keys))
    weights = (1 + np.log(np.array([counts[key] for key in keys]))) * rarity(frequency, documents)
    weights *= frequency <= too_common(documents)
    ranked = sorted(zip(keys, weights.tolist(), strict=True), key=lambda term: (-term[1], term[0]))
    kept = [(key, weight) for key, weight in ranked[:WORDS_OF_A_SEEKER] if weight > 0]
    length = math.sqrt(sum(weight**2 for _, weight in kept))
    return [(key, weight / length) for key, weight in kept]


def _even_terms(kind: str, values: Sequence[str]) -> list[Term]:
    distinct = list(dict.fromkeys(values))
    return [(f"{kind}:{value}", 1 / len(distinct)) for value in distinct]


def area_terms(areas: list[str]) -> list[Term]:
    """Terms that add up to the share of `areas` an organization works in, around or inside.

    An organization counts once per area: its own areas never lie inside each other (`outermost`).
    """
    terms: Counter[str] = Counter()
    for area in areas:
        for key in (*(f"in:{each}" for each in (*enclosing(area), area)), f"around:{area}"):
            terms[key] += 1
    return [(key, count / len(areas)) for key, count in terms.items()]

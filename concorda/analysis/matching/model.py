"""What goes into matching and what comes out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from concorda.analysis.problems import Problem, Refused

PARTS = ("need", "reciprocity", "vision", "place", "ties")
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Organization:
    """One organization as matching sees it; also the profile that looks for partners.

    Empty means *not known*, never *none*: what is not known is not counted against anybody.

    - `needs`: concept id → importance (> 0, any scale); `capacities`: concept id → strength, 0 (excluded) to 1.
    - `text`: mandate and vision in `language`; `translations`: language → the same in another language.
      Texts in English (`en`) and French (`fr`) are compared; each language only with itself.
    - `areas`: where it works, as paths from large to small: `ca/sk/saskatoon` lies in `ca/sk`.
    - `populations`, `languages`: ids of the people served and of the languages it works in.
    - `ties`: ids of organizations (or of people on both sides) it already knows; give a tie on both sides.
    - `labels`: anything a search may be narrowed by (`type:nonprofit`, `size:small`); not scored.
    - `position`: latitude and longitude in degrees, for searches within a distance; not scored.
    - `invitations`: open invitations it is already considering, for the cap on popularity.
    """

    id: str
    name: str = ""
    needs: Mapping[str, float] = field(default_factory=dict)
    capacities: Mapping[str, float] = field(default_factory=dict)
    text: str = ""
    language: str = "en"
    translations: Mapping[str, str] = field(default_factory=dict)
    areas: Sequence[str] = ()
    populations: Sequence[str] = ()
    languages: Sequence[str] = ()
    ties: Sequence[str] = ()
    labels: Sequence[str] = ()
    position: tuple[float, float] | None = None
    invitations: int = 0

    def texts(self) -> dict[str, str]:
        """Language → text, languages without any text left out."""
        texts = {self.language: self.text, **self.translations}
        return {language: text for language, text in texts.items() if text.strip()}

    def check(self) -> None:
        """Refuse weights that are not numbers or lie outside their range, and positions off the globe."""
        for concept, weight in self.needs.items():
            if not (weight > 0 and math.isfinite(weight)):
                self._refuse("needs", concept, weight, "an importance must be a number greater than 0")
        for concept, strength in self.capacities.items():
            if not 0 < strength <= 1:
                self._refuse("capacities", concept, strength, "a strength must be greater than 0 and at most 1")
        if self.invitations < 0:
            self._refuse("invitations", "", self.invitations, "a count cannot be negative")
        if self.position is not None and not (abs(self.position[0]) <= 90 and abs(self.position[1]) <= 180):
            self._refuse("position", "", self.position, "latitude −90 to 90, longitude −180 to 180, in degrees")

    def _refuse(self, column: str, concept: str, value: object, reason: str) -> None:
        where = f" for {concept!r}" if concept else ""
        raise Refused(Problem(f"organization {self.id!r}{where}: {reason}", column=column, value=str(value)))


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the score counts (any scale, 0 leaves a part out), and two limits.

    - `least_evidence`: the weight of parts that cannot be judged goes to those that can, but no further than as if
      this share of the weight could be judged: an organization of which only the place is known cannot come first.
    - `most_invitations`: above this many open invitations the score shrinks in proportion, so that the same few
      organizations are not asked by everybody. None switches the cap off.
    """

    need: float = 0.40
    reciprocity: float = 0.20
    vision: float = 0.20
    place: float = 0.15
    ties: float = 0.05
    least_evidence: float = 0.5
    most_invitations: int | None = 10

    def __post_init__(self) -> None:
        for part in PARTS:
            if not (getattr(self, part) >= 0 and math.isfinite(getattr(self, part))):
                raise Refused(Problem(f"the weight of {part!r} must be a number, 0 or more", column=part))
        if not any(getattr(self, part) for part in PARTS):
            raise Refused("at least one weight must be greater than 0")
        if not 0 < self.least_evidence <= 1:
            raise Refused(Problem("must be greater than 0 and at most 1", column="least_evidence"))
        if self.most_invitations is not None and self.most_invitations < 1:
            raise Refused(Problem("must be at least 1, or None for no cap", column="most_invitations"))

    def of_parts(self) -> tuple[float, ...]:
        """The weights in the order of `PARTS`."""
        return (self.need, self.reciprocity, self.vision, self.place, self.ties)


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrows a search; every condition that is given must hold.

    `areas`, `populations`, `languages`, `covers` (concept ids) and each group of `labels`: at least one of them.
    `within`: latitude, longitude in degrees and a radius in kilometres; an unknown position lies outside.
    `only` and `exclude`: ids. `tied`: only organizations with a direct tie or a shared contact.
    """

    areas: Sequence[str] = ()
    populations: Sequence[str] = ()
    languages: Sequence[str] = ()
    covers: Sequence[str] = ()
    labels: Sequence[Sequence[str]] = ()
    within: tuple[float, float, float] | None = None
    only: Sequence[str] | None = None
    exclude: Sequence[str] = ()
    tied: bool = False

    def narrows(self) -> bool:
        """True when any condition is given."""
        return any(getattr(self, each.name) != each.default for each in fields(self))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate stands where it stands: a code that pages put into words, and what to put in.

    `covers` {concepts, of} · `offers_back` {concepts, of} · `shared_words` {words, as the seeker wrote them} ·
    `areas`, `populations`, `languages` {shared, of} · `tie` {} · `shared_contacts` {contacts} ·
    `many_invitations` {invitations, factor}
    """

    code: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible partner.

    - `score`: 0 to 1; `parts`: part → 0 to 1, None where it cannot be judged; those parts are named in `unknown`.
    - `covers`: the seeker's needs it covers; `offers_back`: its needs the seeker covers (concept ids, in the order of
      the seeker's profile).
    """

    id: str
    name: str
    score: float
    parts: Mapping[str, float | None]
    covers: tuple[str, ...]
    offers_back: tuple[str, ...]
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The JSON of `concorda match`."""
        return {
            "id": self.id,
            "name": self.name,
            "score": self.score,
            "covers": list(self.covers),
            "offers_back": list(self.offers_back),
            "parts": dict(self.parts),
            "reasons": [{"code": reason.code, **reason.parameters} for reason in self.reasons],
            "unknown": list(self.unknown),
        }


def outermost(areas: Sequence[str]) -> list[str]:
    """Areas without those that lie inside another of the list, each once, in order."""
    wanted = dict.fromkeys(area.strip("/") for area in areas if area.strip("/"))
    return [area for area in wanted if not any(parent in wanted for parent in enclosing(area))]


def enclosing(area: str) -> list[str]:
    """The areas that `area` lies in, from large to small, itself left out."""
    steps = area.split("/")
    return ["/".join(steps[:count]) for count in range(1, len(steps))]

"""Which form of governance suits a network: shared, a lead organization, or an administrative organization of its own.

After Provan and Kenis (2008), "Modes of Network Governance", JPART 18:229-252: trust, number of participants, goal
consensus and need for network-level competencies predict which form is effective. The numbers given to each form and
the distance below are ours; the paper ranks the predictors in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from concorda.analysis.problems import Refused

TOP = 4.0


class Form(StrEnum):
    SHARED = "shared"
    LEAD = "lead"
    ADMINISTRATIVE = "administrative"


class Predictor(StrEnum):
    TRUST = "trust"
    PARTICIPANTS = "participants"
    CONSENSUS = "consensus"
    COMPETENCE = "competence"


TYPICAL: Mapping[Form, Mapping[Predictor, float]] = {
    Form.SHARED: dict(zip(Predictor, (4, 0, 4, 0.5), strict=True)),
    Form.LEAD: dict(zip(Predictor, (1, 2, 1.5, 2), strict=True)),
    Form.ADMINISTRATIVE: dict(zip(Predictor, (2.5, 3, 3, 4), strict=True)),
}
"""Where each form is typical, every predictor from 0 (low) to 4 (high)."""


@dataclass(frozen=True)
class Fit:
    """How well one form fits: `score` from 0 to 1, `distances` per predictor from 0 (typical) to 4."""

    form: Form
    score: float
    distances: Mapping[Predictor, float]

    @property
    def speaks_for(self) -> list[Predictor]:
        """What comes closest to what is typical of the form, closest first (at most 1 away)."""
        return [name for name, distance in sorted(self.distances.items(), key=lambda one: one[1]) if distance <= 1]

    @property
    def speaks_against(self) -> list[Predictor]:
        """What lies furthest from what is typical of the form, furthest first (2 away or more)."""
        return [name for name, distance in sorted(self.distances.items(), key=lambda one: -one[1]) if distance >= 2]


@dataclass(frozen=True)
class Recommendation:
    """The forms, best first; empty when nothing is known. `missing` are the predictors without an answer."""

    ranking: tuple[Fit, ...]
    missing: tuple[Predictor, ...]

    @property
    def margin(self) -> float:
        """How far the best form is ahead of the second; 0 when nothing is known."""
        return self.ranking[0].score - self.ranking[1].score if self.ranking else 0.0


def trust_density(answers: Sequence[tuple[str, str, float]], threshold: float = 3) -> float | None:
    """Share of the pairs asked, in both directions, that trust at `threshold` or more; None when nobody was asked.

    `answers`: who, toward whom, level 0 to 4. Refused: somebody's trust in themselves, or the same pair twice.
    """
    pairs = {(who, toward) for who, toward, _level in answers}
    if any(who == toward for who, toward in pairs):
        raise Refused("trust is toward others: a pair names the same organization twice")
    if len(pairs) != len(answers):
        raise Refused("the same pair is answered twice; keep one answer")
    return sum(level >= threshold for *_pair, level in answers) / len(answers) if answers else None


def crowd(participants: int, few: int = 8, moderate: int = 20) -> float:
    """The number of participating organizations on the scale from 0 to 4: few, moderate, many."""
    return 0.0 if participants <= few else TOP / 2 if participants <= moderate else TOP


def recommend(
    known: Mapping[Predictor, float | None], weights: Mapping[Predictor, float] | None = None
) -> Recommendation:
    """Rank the forms by closeness: score = 1 - sum(w * |x - typical|) / (4 * sum(w)), over the predictors known.

    `known`: predictor to a value from 0 to 4, or None when not answered. Refused: a value outside the scale, a
    negative weight.
    """
    given = {name: value for name in Predictor if (value := known.get(name)) is not None}
    heavy = {name: 1.0 if weights is None else weights.get(name, 1.0) for name in given}
    for name, value in given.items():
        if not 0 <= value <= TOP:
            raise Refused(f"{name} is {value:g}; it goes from 0 to 4")
        if heavy[name] < 0:
            raise Refused(f"the weight of {name} is negative")
    missing = tuple(name for name in Predictor if name not in given)
    total = sum(heavy.values())
    if not total:
        return Recommendation((), missing)
    fits = []
    for form, typical in TYPICAL.items():
        distances = {name: abs(value - typical[name]) for name, value in given.items()}
        score = 1 - sum(heavy[name] * distance for name, distance in distances.items()) / (TOP * total)
        fits.append(Fit(form, score, distances))
    return Recommendation(tuple(sorted(fits, key=lambda fit: -fit.score)), missing)

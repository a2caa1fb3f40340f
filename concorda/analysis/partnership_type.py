"""Which type of partnership fits: from what each organization says is needed and what it says is feasible.

A design of this project, informed by the continua of Himmelman (2002), Mattessich, Murray-Close and Monsey (2001), Frey
et al. (2006) and the zone of caution of the Bassa study (AAISA, 2021). Those continua name their levels in conflicting
order ("cooperate" and "coordinate" change places), so levels have neutral keys here and are never compared by name.

All numbers are exact fractions on the scale of the answers, 0 to 4.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import NamedTuple

from concorda.analysis.problems import Problem, Refused

LEVELS = ("inform", "align", "share", "co-create", "integrate")
DIMENSIONS = (
    "formality",
    "decisions",
    "resources",
    "risk",
    "rewards",
    "autonomy",
    "duration",
    "interdependence",
    "accountability",
    "capacity",
)
GATES = ("trust", "time", "authority", "history")
TOP = 4

PROFILES: Mapping[str, tuple[int, ...]] = {
    "inform": (0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
    "align": (1, 1, 0, 0, 0, 1, 2, 1, 1, 1),
    "share": (2, 2, 3, 2, 2, 1, 2, 2, 2, 2),
    "co-create": (3, 3, 3, 3, 3, 2, 3, 3, 3, 4),
    "integrate": (4, 4, 4, 4, 4, 4, 4, 4, 4, 4),
}
"""How each level typically looks on the ten dimensions, in their order."""

ENOUGH = Fraction(4, 5)
"""The share of questions an organization must have answered to count."""

Weights = Mapping[str, Fraction]
EVEN: Weights = dict.fromkeys(DIMENSIONS, Fraction(1))


@dataclass(frozen=True)
class Answers:
    """What one organization answered, 0 to 4; a question it left open is missing or None."""

    organization: str
    needed: Mapping[str, int | None]
    feasible: Mapping[str, int | None]
    gates: Mapping[str, int | None]

    @property
    def sufficient(self) -> bool:
        """Are four fifths of the needed, of the feasible and of the gates answered? With four gates that is all."""
        asked = ((self.needed, DIMENSIONS), (self.feasible, DIMENSIONS), (self.gates, GATES))
        return all(len(answered(given, names)) >= ENOUGH * len(names) for given, names in asked)


def answered(given: Mapping[str, int | None], names: Iterable[str]) -> dict[str, int]:
    return {name: value for name in names if (value := given.get(name)) is not None}


class Position(NamedTuple):
    """Where one organization stands: what it needs, what is feasible for it, and that held down by its weakest gate."""

    organization: str
    needed: Fraction
    feasible: Fraction
    capped: Fraction
    gates: tuple[str, ...]
    """The gates that hold it down: the weakest ones, if they do."""

    @property
    def level(self) -> int:
        return level_of(min(self.needed, self.capped))


class Distance(NamedTuple):
    level: str
    distance: Fraction
    """Mean absolute difference from the level's profile, weighted; 0 to 4."""


@dataclass(frozen=True)
class Recommendation:
    """Advice, never a decision. Without `level` there were not enough answers."""

    level: str | None
    needed: Fraction | None
    """Median over the organizations."""
    feasible: Fraction | None
    """Lower quartile over the organizations: the weakest partners limit."""
    positions: tuple[Position, ...]
    insufficient: tuple[str, ...]
    """Organizations that answered something, but too little."""
    distances: tuple[Distance, ...]
    """Nearest profile first."""
    gap: bool
    limiting_gate: str | None
    caution_zone: bool
    over_built: bool
    split: bool
    fragile: bool
    swings: tuple[str, ...]
    """The dimensions without which the level would be another."""

    @property
    def second_best(self) -> str | None:
        """The nearest level by profile other than the recommended one."""
        return next((one.level for one in self.distances if one.level != self.level), None)

    @property
    def margin(self) -> Fraction | None:
        """How much further the nearest other level's profile is than the recommended one's; negative when nearer."""
        if self.level is None:
            return None
        by_level = {one.level: one.distance for one in self.distances}
        return by_level[self.second_best or self.level] - by_level[self.level]


NOTHING = Recommendation(None, None, None, (), (), (), False, None, False, False, False, False, ())


def recommend(everyone: Sequence[Answers], *, weights: Weights = EVEN, current: str | None = None) -> Recommendation:
    """The type that the answers of at least two organizations point to.

    `weights` are positive, one for each dimension; `current` is the level the partnership is built for now. Raises
    Refused for answers outside 0 to 4, unknown questions, weights that are missing or not positive, an unknown level.
    """
    refuse_unusable(everyone, weights, current)
    enough = [one for one in everyone if one.sufficient]
    insufficient = tuple(one.organization for one in everyone if not one.sufficient)
    positions = tuple(position(one, weights) for one in enough)
    if len(enough) < 2:
        return Recommendation(**{**vars(NOTHING), "positions": positions, "insufficient": insufficient})
    needed, feasible = partnership_position(positions)
    level = level_of(min(needed, feasible))
    swings = tuple(dimension for dimension in DIMENSIONS if level_without(dimension, enough, weights) != level)
    levels = [one.level for one in positions]
    gap = needed - feasible >= 1
    return Recommendation(
        level=LEVELS[level],
        needed=needed,
        feasible=feasible,
        positions=positions,
        insufficient=insufficient,
        distances=distances(enough, weights),
        gap=gap,
        limiting_gate=limiting_gate(positions, feasible) if gap else None,
        caution_zone=in_caution_zone(enough),
        over_built=current is not None and LEVELS.index(current) > needed,
        split=max(levels) - min(levels) >= 2,
        fragile=len(swings) >= Fraction(1, 5) * len(DIMENSIONS),
        swings=swings,
    )


def refuse_unusable(everyone: Sequence[Answers], weights: Weights, current: str | None) -> None:
    problems = [problem for one in everyone for problem in unusable(one)]
    repeated = [name for name, times in Counter(one.organization for one in everyone).items() if times > 1]
    problems += [Problem(f"'{name}' answers more than once; keep one set of answers") for name in repeated]
    if set(weights) != set(DIMENSIONS) or not all(weight > 0 for weight in weights.values()):
        problems.append(Problem("every dimension needs a weight above 0, and nothing else has one"))
    if current is not None and current not in LEVELS:
        problems.append(Problem(f"'{current}' is not a level; the levels are {', '.join(LEVELS)}"))
    if problems:
        raise Refused(problems)


def unusable(one: Answers) -> Iterable[Problem]:
    asked = (("needed", one.needed, DIMENSIONS), ("feasible", one.feasible, DIMENSIONS), ("gates", one.gates, GATES))
    for part, given, names in asked:
        for name, value in given.items():
            place = f"{one.organization}, {part}"
            if name not in names:
                yield Problem(f"{place}: there is no question '{name}'; the questions are {', '.join(names)}")
            elif value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= TOP):
                yield Problem(f"{place}: '{name}' must be a whole number from 0 to {TOP}", value=str(value))


def position(one: Answers, weights: Weights) -> Position:
    feasible = mean(answered(one.feasible, DIMENSIONS), weights)
    gates = answered(one.gates, GATES)
    weakest = min(gates.values())
    capped = min(feasible, Fraction(weakest + 1))
    holding = tuple(name for name, value in gates.items() if value == weakest) if capped < feasible else ()
    return Position(one.organization, mean(answered(one.needed, DIMENSIONS), weights), feasible, capped, holding)


def partnership_position(positions: Sequence[Position]) -> tuple[Fraction, Fraction]:
    """The median of what is needed and the lower quartile of what is feasible."""
    return (
        quantile([one.needed for one in positions], Fraction(1, 2)),
        quantile([one.capped for one in positions], Fraction(1, 4)),
    )


def mean(values: Mapping[str, int], weights: Weights) -> Fraction:
    return sum((weights[name] * value for name, value in values.items()), Fraction(0)) / sum(
        (weights[name] for name in values), Fraction(0)
    )


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """The quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def level_of(value: Fraction) -> int:
    """Rounded half up, within 0 to 4."""
    return min(max(floor(value + Fraction(1, 2)), 0), TOP)


def level_without(dimension: str, everyone: Sequence[Answers], weights: Weights) -> int:
    """The level if nobody had been asked about a dimension."""
    left = [
        Answers(
            one.organization,
            {name: value for name, value in one.needed.items() if name != dimension},
            {name: value for name, value in one.feasible.items() if name != dimension},
            one.gates,
        )
        for one in everyone
    ]
    return level_of(min(partnership_position([position(one, weights) for one in left])))


def profile(everyone: Sequence[Answers]) -> dict[str, Fraction]:
    """The partnership on each dimension, as on the whole: median needed or lower quartile of feasible, the smaller.

    A dimension that no organization answered on both sides is left out.
    """
    found: dict[str, Fraction] = {}
    for dimension in DIMENSIONS:
        needed = [Fraction(value) for one in everyone if (value := one.needed.get(dimension)) is not None]
        feasible = [capped for one in everyone if (capped := capped_at(one, dimension)) is not None]
        if needed and feasible:
            found[dimension] = min(quantile(needed, Fraction(1, 2)), quantile(feasible, Fraction(1, 4)))
    return found


def capped_at(one: Answers, dimension: str) -> Fraction | None:
    """What is feasible for an organization on a dimension, held down by its weakest gate."""
    value = one.feasible.get(dimension)
    return None if value is None else Fraction(min(value, min(answered(one.gates, GATES).values()) + 1))


def distances(everyone: Sequence[Answers], weights: Weights) -> tuple[Distance, ...]:
    """Weighted city-block distance from each level's profile, nearest first; of two as near, the lower level first."""
    here = profile(everyone)
    total = sum((weights[name] for name in here), Fraction(0))
    found = []
    for level in LEVELS:
        there = dict(zip(DIMENSIONS, PROFILES[level], strict=True))
        away = sum((weights[name] * abs(value - there[name]) for name, value in here.items()), Fraction(0))
        found.append(Distance(level, away / total))
    return tuple(sorted(found, key=lambda one: (one.distance, LEVELS.index(one.level))))


def limiting_gate(positions: Sequence[Position], feasible: Fraction) -> str | None:
    """The gate that holds down most of the organizations at or below the quartile; None when no gate does."""
    weakest = [one for one in positions if one.capped <= feasible]
    held = Counter(gate for one in weakest for gate in one.gates)
    return max(GATES, key=lambda gate: held[gate]) if held else None


def in_caution_zone(everyone: Sequence[Answers]) -> bool:
    """Much accountability needed (median of 3 or more) where trust is low (lower quartile of 1 or less)?"""
    needed = [Fraction(value) for one in everyone if (value := one.needed.get("accountability")) is not None]
    trust = [Fraction(value) for one in everyone if (value := one.gates.get("trust")) is not None]
    return bool(needed) and quantile(needed, Fraction(1, 2)) >= 3 and quantile(trust, Fraction(1, 4)) <= 1

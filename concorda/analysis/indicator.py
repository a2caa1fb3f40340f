"""How far an indicator has come on its way from baseline to target.

Rules (the project's own, see docs/analysis/indicator.md): achieved = (actual − baseline) ÷ (target − baseline), which
also holds for targets below the baseline; expected grows linearly between the two dates; the colour follows achieved ÷
expected: green from 0.90, amber from 0.70, red below. Grey means no judgement: nothing measured, too old (more than 1.5
periods), not due yet, or something missing.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

GREEN_FROM = Fraction(9, 10)
AMBER_FROM = Fraction(7, 10)
STALE_AFTER = Fraction(3, 2)
Number = Fraction | int


class Colour(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


class Why(StrEnum):
    """Why there is no colour, or that there is one."""

    JUDGED = "judged"
    NO_DATA = "no_data"
    STALE = "stale"
    NOT_DUE = "not_due"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Standing:
    """`achieved` and `expected` are shares of the way (1 = target reached; below 0 = moved away), exact fractions."""

    colour: Colour
    why: Why
    achieved: Fraction | None = None
    expected: Fraction | None = None
    expected_value: Fraction | None = None

    @property
    def right_way(self) -> bool | None:
        """Whether the value moved towards the target; None when nobody can say."""
        return None if self.achieved is None else self.achieved > 0


def standing(
    *,
    baseline: Number | None,
    target: Number | None,
    actual: Number | None,
    baseline_on: date | None,
    target_on: date | None,
    measured_on: date | None,
    today: date,
    period: timedelta,
    tolerance: Fraction = Fraction(1, 20),
) -> Standing:
    """Where an indicator stands today.

    `period` is how often it is measured. When target equals baseline the indicator is one to maintain: green within
    `tolerance` (a share of the target, or of 1 when the target is 0), red outside.
    """
    if actual is None or measured_on is None:
        return Standing(Colour.GREY, Why.NO_DATA)
    if baseline is None or target is None:
        return Standing(Colour.GREY, Why.INCOMPLETE)
    stale = is_stale(measured_on, today, period)
    if target == baseline:
        return maintained(Fraction(target), Fraction(actual), tolerance, stale=stale)
    achieved = Fraction(Fraction(actual) - baseline) / (Fraction(target) - baseline)
    expected = expected_share(baseline_on, target_on, today)
    return on_the_way(Fraction(baseline), Fraction(target), achieved, expected, stale=stale)


def on_the_way(
    baseline: Fraction, target: Fraction, achieved: Fraction, expected: Fraction | None, *, stale: bool
) -> Standing:
    if stale:
        return Standing(Colour.GREY, Why.STALE, achieved, expected)
    if expected is None:
        return Standing(Colour.GREY, Why.INCOMPLETE, achieved)
    value = baseline + expected * (target - baseline)
    if expected == 0:
        return Standing(Colour.GREY, Why.NOT_DUE, achieved, expected, value)
    return Standing(colour_of(achieved / expected), Why.JUDGED, achieved, expected, value)


def maintained(target: Fraction, actual: Fraction, tolerance: Fraction, *, stale: bool) -> Standing:
    met = abs(actual - target) <= tolerance * (abs(target) or 1)
    share = Fraction(int(met))
    if stale:
        return Standing(Colour.GREY, Why.STALE, share)
    return Standing(Colour.GREEN if met else Colour.RED, Why.JUDGED, share, Fraction(1), target)


def is_stale(measured_on: date, today: date, period: timedelta) -> bool:
    return (today - measured_on).days > period.days * STALE_AFTER


def expected_share(baseline_on: date | None, target_on: date | None, today: date) -> Fraction | None:
    """The share of the time that has passed, from 0 to 1; None when a date is missing or the dates are reversed."""
    if baseline_on is None or target_on is None or target_on <= baseline_on:
        return None
    share = Fraction((today - baseline_on).days, (target_on - baseline_on).days)
    return min(max(share, Fraction(0)), Fraction(1))


def colour_of(ratio: Fraction) -> Colour:
    if ratio >= GREEN_FROM:
        return Colour.GREEN
    return Colour.AMBER if ratio >= AMBER_FROM else Colour.RED

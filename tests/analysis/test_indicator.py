from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from concorda.analysis.indicator import Colour, Why, standing

START, END = date(2026, 1, 1), date(2026, 12, 31)
MONTH = timedelta(days=30)


def at(actual, *, baseline=0, target=100, today=date(2026, 7, 2), measured=None, baseline_on=START, target_on=END):
    return standing(
        baseline=baseline,
        target=target,
        actual=actual,
        baseline_on=baseline_on,
        target_on=target_on,
        measured_on=measured or today,
        today=today,
        period=MONTH,
    )


@pytest.mark.parametrize(
    ("actual", "colour"),
    [(50, Colour.GREEN), (45, Colour.GREEN), (44, Colour.AMBER), (35, Colour.AMBER), (34, Colour.RED)],
)
def test_half_way_through_the_year(actual, colour):
    """1 January to 31 December is 364 days, 2 July is day 182: exactly half is expected."""
    found = at(actual)
    assert found.expected == Fraction(1, 2)
    assert found.expected_value == 50
    assert found.colour == colour


def test_a_target_below_the_baseline_works_the_same():
    """From 121 days to 60: 94 is 27/61 of the way."""
    assert at(94, baseline=121, target=60).achieved == Fraction(27, 61)
    assert at(130, baseline=121, target=60).right_way is False


def test_grey_says_why():
    assert at(None).why == Why.NO_DATA
    assert at(50, measured=date(2026, 5, 1)).why == Why.STALE
    assert at(50, today=START).why == Why.NOT_DUE
    assert at(50, baseline=None).why == Why.INCOMPLETE
    assert at(50, target_on=None).why == Why.INCOMPLETE
    assert at(50, baseline_on=END, target_on=START).why == Why.INCOMPLETE


def test_an_indicator_to_maintain():
    assert at(100, baseline=100, target=100).colour == Colour.GREEN
    assert at(105, baseline=100, target=100).colour == Colour.GREEN
    assert at(106, baseline=100, target=100).colour == Colour.RED
    assert at(0, baseline=0, target=0).colour == Colour.GREEN


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(1, 363))
def test_mirroring_the_scale_changes_nothing(baseline, target, actual, days):
    assume(baseline != target)
    today = START + timedelta(days=days)
    straight = at(actual, baseline=baseline, target=target, today=today)
    mirrored = at(-actual, baseline=-baseline, target=-target, today=today)
    assert (straight.colour, straight.achieved) == (mirrored.colour, mirrored.achieved)

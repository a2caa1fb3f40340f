"""Type of partnership: cases worked by hand, what must hold for any answers, and bad input."""

import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from concorda.analysis.partnership_type import (
    DIMENSIONS,
    EVEN,
    GATES,
    LEVELS,
    PROFILES,
    Answers,
    quantile,
    recommend,
)
from concorda.analysis.problems import Refused

F = Fraction


def answers(name, needed, feasible, gates=4):
    """Answers of one organization; a number stands for the same answer to every question."""
    spread = [
        [value] * size if isinstance(value, int) else value
        for value, size in ((needed, 10), (feasible, 10), (gates, 4))
    ]
    return Answers(
        name,
        dict(zip(DIMENSIONS, spread[0], strict=True)),
        dict(zip(DIMENSIONS, spread[1], strict=True)),
        dict(zip(GATES, spread[2], strict=True)),
    )


def test_everybody_agrees():
    found = recommend([answers("a", 3, 3), answers("b", 3, 3)])
    assert (found.level, found.needed, found.feasible) == ("co-create", 3, 3)
    assert not any((found.gap, found.caution_zone, found.over_built, found.split, found.fragile))
    assert found.insufficient == found.swings == ()


def test_a_gate_holds_the_weakest_down():
    """a, b, c feasible 4; d's trust of 0 caps it at 1. Sorted 1, 4, 4, 4: quartile at 0.75 of the way from 1 to 4."""
    found = recommend([answers("a", 4, 4), answers("b", 4, 4), answers("c", 4, 4), answers("d", 4, 4, [0, 4, 4, 4])])
    assert found.positions[3].capped == 1
    assert found.positions[3].gates == ("trust",)
    assert (found.feasible, found.level) == (F(13, 4), "co-create")
    assert not found.gap
    assert found.split


def test_the_gap_names_the_gate():
    """Two of three are held at 2 by authority 1: F = 2, N = 4, a gap of 2."""
    found = recommend([answers("a", 4, 4), answers("b", 4, 4, [3, 4, 1, 4]), answers("c", 4, 4, [2, 1, 1, 4])])
    assert (found.needed, found.feasible, found.level) == (4, 2, "share")
    assert found.gap
    assert found.limiting_gate == "authority"


def test_a_gap_without_a_gate():
    found = recommend([answers("a", 3, 1), answers("b", 3, 1)])
    assert found.gap
    assert found.limiting_gate is None
    assert found.level == "align"


def test_needed_limits_too_and_halves_round_up():
    found = recommend([answers("a", 2, 4), answers("b", 3, 4)])
    assert (found.needed, found.level) == (F(5, 2), "co-create")
    just_below = [3, 3, 3, 3, 3, 2, 2, 2, 2, 1]
    assert recommend([answers("a", just_below, 4), answers("b", just_below, 4)]).level == "share"


def test_weights_count():
    weights = {**EVEN, "formality": F(11)}
    one = [4, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    found = recommend([answers("a", one, 4), answers("b", one, 4)], weights=weights)
    assert found.needed == F(44, 20)


def test_open_answers_do_not_count_as_zero():
    two_open = [3] * 8 + [None] * 2
    found = recommend([answers("a", two_open, 3), answers("b", 3, two_open)])
    assert (found.level, found.needed) == ("co-create", 3)


@pytest.mark.parametrize(
    "thin",
    [
        answers("c", [3] * 7 + [None] * 3, 3),
        answers("c", 3, [3] * 7 + [None] * 3),
        answers("c", 3, 3, [4, 4, 4, None]),
        Answers("c", {}, {}, {}),
    ],
)
def test_too_few_answers_are_named_and_left_out(thin):
    found = recommend([answers("a", 2, 2), answers("b", 2, 2), thin])
    assert found.insufficient == ("c",)
    assert found.level == "share"
    assert recommend([answers("a", 2, 2), thin]).level is None


def test_nobody_answered():
    found = recommend([])
    assert (found.level, found.margin, found.second_best, found.distances) == (None, None, None, ())


def test_caution_zone():
    accountable = [2] * 8 + [3, 2]
    wary = [answers("a", accountable, 3, [1, 3, 3, 3]), answers("b", accountable, 3, [1, 3, 3, 3])]
    assert recommend(wary).caution_zone
    assert not recommend([answers("a", 2, 3, [1, 3, 3, 3]), answers("b", 2, 3, [1, 3, 3, 3])]).caution_zone
    assert not recommend([answers("a", accountable, 3, 2), answers("b", accountable, 3, 2)]).caution_zone


def test_over_built():
    low = [answers("a", 2, 4), answers("b", 2, 4)]
    assert recommend(low, current="co-create").over_built
    assert not recommend(low, current="share").over_built
    assert not recommend(low).over_built


def test_split_at_two_levels_apart():
    assert recommend([answers("a", 1, 4), answers("b", 3, 4)]).split
    assert not recommend([answers("a", 2, 4), answers("b", 3, 4)]).split


def test_fragile_when_two_dimensions_swing_it():
    """Needed 25 of 40 = 2.5 rounds up to 3; without a 3 or a 4 the mean of nine is below 2.5."""
    needed = [4, 4, 4, 4, 4, 1, 1, 1, 1, 1]
    found = recommend([answers("a", needed, 4), answers("b", needed, 4)])
    assert found.level == "co-create"
    assert found.swings == DIMENSIONS[:5]
    assert found.fragile


def test_one_swing_of_ten_is_not_fragile():
    """Needed 16 of 40 = 1.6 is level 2; only without the 4 is it 12/9 = 1.33, level 1."""
    needed = [4, 2, 2, 2, 1, 1, 1, 1, 1, 1]
    found = recommend([answers("a", needed, 4), answers("b", needed, 4)])
    assert found.level == "share"
    assert found.swings == ("formality",)
    assert not found.fragile


def test_distances_from_the_profiles():
    """Exactly the profile of `share`: on ten dimensions 19 steps from inform, 12 from align, 10 from co-create."""
    mine = list(PROFILES["share"])
    found = recommend([answers("a", mine, mine), answers("b", mine, mine)])
    by_level = {one.level: one.distance for one in found.distances}
    assert by_level == {"inform": F(19, 10), "align": F(12, 10), "share": 0, "co-create": F(10, 10), "integrate": 2}
    assert (found.distances[0].level, found.second_best, found.margin) == ("share", "co-create", 1)


@pytest.mark.parametrize("level", LEVELS)
def test_each_profile_is_nearest_to_itself(level):
    mine = list(PROFILES[level])
    assert recommend([answers("a", mine, mine), answers("b", mine, mine)]).distances[0] == (level, 0)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (answers("a", 5, 3), "whole number from 0 to 4"),
        (answers("a", 3, -1), "whole number from 0 to 4"),
        (answers("a", [True] * 10, 3), "whole number"),
        (answers("a", [2.5] * 10, 3), "whole number"),
        (Answers("a", {"speed": 3}, {}, {}), "no question 'speed'"),
        (Answers("a", {}, {}, {"formality": 3}), "no question 'formality'"),
    ],
)
def test_unusable_answers_are_refused_with_their_place(bad, reason):
    with pytest.raises(Refused, match=reason) as refused:
        recommend([bad, answers("b", 3, 3)])
    assert all(str(problem).startswith("a, ") for problem in refused.value.problems)


def test_unusable_arguments_are_refused():
    fine = [answers("a", 3, 3), answers("b", 3, 3)]
    with pytest.raises(Refused, match="more than once"):
        recommend([*fine, answers("a", 1, 1)])
    with pytest.raises(Refused, match="weight above 0"):
        recommend(fine, weights={**EVEN, "risk": F(0)})
    with pytest.raises(Refused, match="weight above 0"):
        recommend(fine, weights={"risk": F(1)})
    with pytest.raises(Refused, match="'collaborate' is not a level"):
        recommend(fine, current="collaborate")


VALUE = st.integers(0, 4)
ANSWERED = st.builds(
    answers,
    st.just(""),
    st.lists(VALUE, min_size=10, max_size=10),
    st.lists(VALUE, min_size=10, max_size=10),
    st.lists(VALUE, min_size=4, max_size=4),
)
PARTNERS = st.lists(ANSWERED, min_size=2, max_size=9).map(
    lambda many: [Answers(str(place), one.needed, one.feasible, one.gates) for place, one in enumerate(many)]
)


@given(st.lists(st.fractions(0, 4, max_denominator=40), min_size=1, max_size=12), st.sampled_from([F(1, 4), F(1, 2)]))
def test_quantiles_agree_with_numpy_and_the_median(values, share):
    assert float(quantile(values, share)) == pytest.approx(
        float(np.quantile([float(one) for one in values], float(share)))
    )
    assert quantile(values, F(1, 2)) == statistics.median(values)


@given(PARTNERS, st.randoms())
def test_the_order_of_the_organizations_does_not_matter(partners, random):
    shuffled = random.sample(partners, len(partners))
    first, second = recommend(partners), recommend(shuffled)
    for name in ("level", "needed", "feasible", "distances", "gap", "caution_zone", "split", "fragile", "swings"):
        assert getattr(first, name) == getattr(second, name)


@given(PARTNERS)
def test_the_level_is_never_above_what_is_needed_or_feasible(partners):
    found = recommend(partners)
    assert found.level and found.needed is not None and found.feasible is not None
    level = LEVELS.index(found.level)
    assert level <= found.needed + F(1, 2)
    assert level <= found.feasible + F(1, 2)
    assert level + F(1, 2) > min(found.needed, found.feasible)
    assert all(0 <= one.distance <= 4 for one in found.distances)
    assert all(one.capped <= one.feasible for one in found.positions)
    assert found.gap or found.limiting_gate is None


@given(PARTNERS, st.sampled_from(DIMENSIONS))
def test_more_needed_never_lowers_the_level(partners, dimension):
    raised = [Answers(one.organization, {**one.needed, dimension: 4}, one.feasible, one.gates) for one in partners]
    assert LEVELS.index(recommend(raised).level) >= LEVELS.index(recommend(partners).level)


@given(PARTNERS, st.sampled_from(GATES))
def test_an_opened_gate_never_lowers_what_is_feasible(partners, gate):
    opened = [Answers(one.organization, one.needed, one.feasible, {**one.gates, gate: 4}) for one in partners]
    assert recommend(opened).feasible >= recommend(partners).feasible


@given(PARTNERS)
def test_weights_matter_only_in_proportion(partners):
    assert recommend(partners, weights=dict.fromkeys(DIMENSIONS, F(3, 7))) == recommend(partners)


@given(PARTNERS)
def test_who_answered_too_little_changes_nothing_but_the_list(partners):
    thin = Answers("thin", {"risk": 4}, {}, {})
    with_thin, without = recommend([*partners, thin]), recommend(partners)
    assert with_thin.insufficient == ("thin",)
    assert {**vars(with_thin), "insufficient": ()} == {**vars(without), "insufficient": ()}

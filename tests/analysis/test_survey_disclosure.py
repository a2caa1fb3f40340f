"""Nothing shown may tell what a few people said: directly, by subtraction, or from one round to the next."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concorda.analysis.survey import Cell, Limits, Why, may_show, suppress


def cell(name: str, *people: int) -> Cell:
    """`people` per organization o0, o1, …"""
    return Cell(name, {f"o{at}": count for at, count in enumerate(people)})


def test_five_people_from_three_organizations() -> None:
    cells = [cell("a", 2, 2, 1), cell("b", 2, 2), cell("c", 3, 3), cell("d", 5, 5, 5)]
    assert suppress(cells) == {"b": Why.FEW_PEOPLE, "c": Why.FEW_ORGANIZATIONS, "a": Why.COMPLEMENT}
    assert suppress([cell("a", 2, 2, 1), cell("d", 5, 5, 5)]) == {}


def test_one_hidden_cell_hides_the_next_smallest() -> None:
    assert suppress([cell("a", 1), cell("b", 3, 3, 3), cell("c", 2, 2, 2)]) == {
        "a": Why.FEW_PEOPLE,
        "c": Why.COMPLEMENT,
    }


def test_empty_cells_hide_nothing() -> None:
    assert suppress([cell("a"), cell("b", 2, 2, 2)]) == {}


def test_several_small_cells_together_may_be_enough() -> None:
    cells = [Cell("a", {"x": 2, "y": 1}), Cell("b", {"z": 2}), cell("c", 2, 2, 2)]
    assert suppress(cells) == {"a": Why.FEW_PEOPLE, "b": Why.FEW_PEOPLE}


def test_a_round_that_differs_by_one_respondent() -> None:
    earlier = {"a": {"o0": 2, "o1": 2, "o2": 2}}
    assert suppress([cell("a", 2, 2, 3), cell("b", 9, 9, 9)], earlier=earlier)["a"] is Why.SUCCESSIVE
    assert suppress([cell("a", 2, 2, 2), cell("b", 9, 9, 9)], earlier=earlier) == {}
    assert suppress([cell("a", 3, 3, 3), cell("b", 9, 9, 9)], earlier=earlier) == {}
    strict = Limits(successive=4)
    assert suppress([cell("a", 3, 3, 3), cell("b", 9, 9, 9)], earlier=earlier, limits=strict)["a"] is Why.SUCCESSIVE


def test_somebody_new_is_the_difference_of_two_totals() -> None:
    before, after = [cell("a", 2, 2, 2), cell("b", 3, 3, 3)], [cell("a", 2, 2, 2), cell("b", 3, 3, 3), cell("c", 1)]
    totals = [Cell("all", dict(sum((Counter(one.people) for one in some), Counter()))) for some in (before, after)]
    assert suppress(after) == {"c": Why.FEW_PEOPLE, "a": Why.COMPLEMENT}
    assert suppress([totals[1]], earlier={"all": totals[0].people}) == {"all": Why.SUCCESSIVE}


def test_a_subgroup_beside_the_whole() -> None:
    whole = {"x": 4, "y": 4, "z": 4}
    assert may_show({"x": 2, "y": 2, "z": 2}, whole) is None
    assert may_show(whole, whole) is None
    assert may_show({"x": 1}, whole) is Why.FEW_PEOPLE
    assert may_show({"x": 4, "y": 3, "z": 3}, whole) is Why.COMPLEMENT


def test_limits_are_never_below_three() -> None:
    assert Limits(3, 3).people == 3
    for people, organizations in ((2, 3), (5, 2)):
        with pytest.raises(ValueError, match="3 people of 3 organizations"):
            Limits(people, organizations)


cells = st.lists(st.dictionaries(st.sampled_from("vwxyz"), st.integers(0, 6)), max_size=6).map(
    lambda found: [Cell(str(at), people) for at, people in enumerate(found)]
)


def behind(found: list[Cell]) -> tuple[int, int]:
    names = {name for one in found for name, count in one.people.items() if count}
    return sum(one.size for one in found), len(names)


@given(cells)
def test_what_is_shown_and_what_subtraction_leaves_is_large_enough(found: list[Cell]) -> None:
    hidden = suppress(found)
    for one in found:
        if one.size and one.name not in hidden:
            people, organizations = behind([one])
            assert people >= 5
            assert organizations >= 3
    left = [one for one in found if one.name in hidden]
    shown = [one for one in found if one.size and one.name not in hidden]
    if left and shown:
        people, organizations = behind(left)
        assert len(left) > 1
        assert people >= 5
        assert organizations >= 3

"""Two people change one text: both changes stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concorda.analysis.merging import Clash, Merged, merge

lines = st.lists(st.sampled_from(["ash", "birch bark", "cedar", "dogwood tree", "elm"]), max_size=6).map("\n".join)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("", "Rents rose.", "", "Rents rose."),
        ("a\nb\nc", "a!\nb\nc", "a\nb\nc!", "a!\nb\nc!"),
        ("a\nb", "a\nb\nmine", "theirs\na\nb", "theirs\na\nb\nmine"),
        ("The hall is free.", "The big hall is free.", "The hall is free in May.", "The big hall is free in May."),
        ("a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd"),
    ],
)
def test_changes_in_different_places_stand_together(base, mine, theirs, both):
    assert merge(base, mine, theirs) == Merged(both)


def test_changes_in_one_place_are_both_kept_and_named():
    found = merge("Ask Bev.", "Ask Tom.", "Ask Amina.")
    assert found.text == "Ask Amina.\nAsk Tom."
    assert found.clashes == (Clash("Ask Tom.", "Ask Amina."),)


def test_two_first_lines_in_an_empty_text_are_both_kept():
    assert merge("", "mine", "theirs").text == "theirs\nmine"


@given(lines, lines)
def test_one_change_alone_is_taken_over(base, changed):
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, changed).text == changed


@given(lines, lines, lines)
def test_nothing_new_is_ever_lost(base, mine, theirs):
    found = merge(base, mine, theirs).text
    for text in (mine, theirs):
        for word in set(text.split()) - set(base.split()):
            assert word in found

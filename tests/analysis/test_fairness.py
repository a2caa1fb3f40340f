"""Shares are exact, limits hold at their very edge, and Gini's index is what its definition says."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from concorda.analysis.fairness import Account, balance, gini

amounts = st.lists(st.fractions(0, 10**6, max_denominator=100), min_size=1, max_size=8)


def account(name, given_, promised=None, due=0, **answers):
    return Account(name, Fraction(promised or given_), Fraction(due), Fraction(given_), **answers)


def warnings(*accounts):
    return {line.id: line.warnings for line in balance(accounts).lines if line.warnings}


def test_exactly_half_is_not_more_than_half():
    assert warnings(account("a", 50), account("b", 25), account("c", 25)) == {}
    assert warnings(account("a", Fraction("50.01")), account("b", 25), account("c", 25)) == {"a": ("carries_most",)}
    assert warnings(account("a", 90), account("b", 10)) == {}  # of two, one always carries half or more


def test_seven_tenths_of_what_was_due_is_not_behind():
    assert warnings(account("a", 70, 200, 100)) == {}
    assert warnings(account("a", Fraction("69.99"), 200, 100)) == {"a": ("behind",)}
    assert warnings(account("a", 0, 200, 0)) == {}  # nothing was due yet
    assert balance([account("a", 300, 300, 100)]).lines[0].kept == 1


def test_whoever_carries_much_and_gains_less_than_the_middle_is_named():
    lines = (
        account("a", 40, benefit=2, drawback=2),
        account("b", 30, benefit=3, drawback=1),
        account("c", 30, benefit=4, drawback=1),
    )
    assert warnings(*lines) == {"a": ("carries_gains_little",)}
    unanswered = (account("a", 40), account("b", 30, benefit=3, drawback=1), account("c", 30))
    assert warnings(*unanswered) == {}


def test_drawbacks_above_benefits_are_said():
    assert warnings(account("a", 1, benefit=1, drawback=2)) == {"a": ("loses",)}
    assert warnings(account("a", 1, benefit=2, drawback=2)) == {}


def test_nothing_given_is_nothing_to_divide():
    found = balance([account("a", 0), account("b", 0)])
    assert ([line.share for line in found.lines], found.gini, found.lopsided) == ([0, 0], 0, False)
    assert balance([]).lines == ()


@given(amounts)
def test_gini_is_its_definition(values):
    total = sum(values)
    pairs = sum(abs(one - other) for one in values for other in values)
    assert gini(values) == (pairs / (2 * len(values) * total) if total else 0)
    assert 0 <= gini(values) < 1


@given(amounts)
def test_shares_add_up_to_exactly_one(values):
    found = balance([account(str(at), value) for at, value in enumerate(values)])
    assert sum(line.share for line in found.lines) == (1 if sum(values) else 0)

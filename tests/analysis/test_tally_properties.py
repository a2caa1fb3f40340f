"""What must hold for every rule, electorate and set of ballots."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concorda.analysis.tally import (
    Abstention,
    Ballot,
    Basis,
    Method,
    Position,
    Quorum,
    Rule,
    Seat,
    Silence,
    Tie,
    decide,
)

NAMES = ["a", "b", "c", "d", "e", "f"]
SAYINGS = [(position, reason) for position in Position for reason in ("", "why")]
VOTES = [Method.MAJORITY, Method.SUPERMAJORITY, Method.UNANIMITY]


def rules(methods: list[Method], fallback: bool = True) -> st.SearchStrategy[Rule]:
    below = st.one_of(st.none(), rules(VOTES, False)) if fallback else st.none()
    return st.builds(
        Rule,
        method=st.sampled_from(methods),
        threshold=st.sampled_from([Fraction(1, 2), Fraction(3, 5), Fraction(2, 3), Fraction(1)]),
        basis=st.sampled_from(Basis),
        quorum=st.builds(
            Quorum,
            count=st.integers(0, 4),
            fraction=st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(2, 3)]),
            sectors=st.sampled_from([frozenset(), frozenset({"x"})]),
            attending_suffices=st.booleans(),
        ),
        abstention=st.sampled_from(Abstention),
        tie=st.sampled_from(Tie),
        silence=st.sampled_from(Silence),
        chair=st.just("a"),
        minus=st.integers(0, 1),
        fallback=below,
        attempts=st.integers(1, 2),
    )


Case = tuple[Rule, list[Seat], list[Ballot], dict[str, int]]
MEETINGS = st.fixed_dictionaries({"adjourned": st.booleans(), "attempt": st.integers(1, 2)})


@st.composite
def cases(draw: st.DrawFn, longest: int = 6) -> Case:
    names = NAMES[: draw(st.integers(1, longest))]
    seats = [
        Seat(
            name,
            draw(st.sampled_from([Fraction(0), Fraction(1), Fraction(1), Fraction(2), Fraction(1, 3)])),
            recused=draw(st.integers(0, 5)) == 0,
            vacant=draw(st.integers(0, 5)) == 0,
            sector=draw(st.sampled_from([None, "x"])),
        )
        for name in names
    ]
    voting = draw(st.lists(st.sampled_from(names), unique=True))
    ballots = [Ballot(name, *draw(st.sampled_from(SAYINGS))) for name in voting]
    return draw(rules(list(Method))), seats, ballots, draw(MEETINGS)


@given(cases(), st.randoms(), st.booleans())
def test_the_order_of_ballots_and_seats_never_matters(case, random, closed) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots, meeting = case
    first = decide(rule, seats, ballots, closed=closed, **meeting)
    random.shuffle(seats)
    random.shuffle(ballots)
    second = decide(rule, seats, ballots, closed=closed, **meeting)
    assert first.as_dict() == second.as_dict()


@settings(max_examples=150)
@given(cases(), st.data(), st.booleans())
def test_more_support_never_loses(case, data, closed) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots, meeting = case
    before = decide(rule, seats, ballots, closed=closed, **meeting).outcome
    convert = data.draw(st.sampled_from([seat.id for seat in seats]))
    more = [ballot for ballot in ballots if ballot.by != convert] + [Ballot(convert, Position.FOR)]
    after = decide(rule, seats, more, closed=closed, **meeting).outcome
    if before == "adopted":
        assert after == "adopted"
    if after == "blocked":
        assert before != "adopted"


@settings(max_examples=60, deadline=None)
@given(cases(longest=5))
def test_early_decision_is_what_brute_force_over_all_remaining_ballots_says(case) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots, meeting = case
    voted = {ballot.by for ballot in ballots}
    remaining = [seat.id for seat in seats if seat.eligible and seat.id not in voted]
    if len(remaining) > 3:
        ballots += [Ballot(name, Position.ABSTAIN) for name in remaining[3:]]
        remaining = remaining[:3]
    ends = {
        decide(rule, seats, ballots + [Ballot(name, *say) for name, say in zip(remaining, said, strict=True) if say],
               closed=True, **meeting).outcome
        for said in product([None, *SAYINGS], repeat=len(remaining))
    }  # fmt: skip
    expected = ends.pop() if len(ends) == 1 else "open"
    assert decide(rule, seats, ballots, closed=False, **meeting).outcome == expected


def naive(rule: Rule, seats: list[Seat], ballots: list[Ballot], *, adjourned: bool, attempt: int) -> str:
    """Every rule written a second time, straight from its definition."""
    weight = {seat.id: seat.weight for seat in seats if seat.eligible}
    said = {ballot.by: (ballot.position, ballot.reason) for ballot in ballots if ballot.by in weight}
    if rule.silence is Silence.ASSENT:
        said = {name: said.get(name, (Position.FOR, "")) for name in weight}
    least = max(rule.quorum.count, rule.quorum.fraction * len(weight))
    sectors = rule.quorum.sectors - {seat.sector for seat in seats if seat.id in said}
    if adjourned and rule.quorum.attending_suffices:
        least, sectors = 1, frozenset()
    if not said or len(said) < least or sectors:
        return "void"
    return opinion(rule, weight, said, attempt)


def opinion(rule: Rule, weight: dict[str, Fraction], said: dict[str, tuple[Position, str]], attempt: int) -> str:
    if rule.method is Method.DELEGATED:
        position = said["a"][0] if "a" in said else None
        return "void" if position is None else "adopted" if position is Position.FOR else "rejected"
    if rule.method in (Method.CONSENT, Method.CONSENSUS):
        if rule.method is Method.CONSENT:
            stopped = any(position in (Position.OBJECT, Position.BLOCK) and why for position, why in said.values())
        else:
            stopped = any(position is Position.BLOCK for position, _ in said.values())
        if stopped and rule.fallback and attempt >= rule.attempts:
            return opinion(rule.fallback, weight, said, attempt)
        return "blocked" if stopped else "adopted"
    return vote(rule, weight, said)


def vote(rule: Rule, weight: dict[str, Fraction], said: dict[str, tuple[Position, str]]) -> str:
    def total(*positions: Position) -> Fraction:
        return sum((weight[name] for name, (position, _) in said.items() if position in positions), Fraction(0))

    votes = total(Position.FOR)
    basis = total(*Position)
    if rule.basis is Basis.ALL_MEMBERS:
        basis = sum(weight.values(), Fraction(0))
    elif rule.basis is Basis.VOTES_CAST and rule.abstention is Abstention.EXCLUDED:
        basis -= total(Position.ABSTAIN, Position.STAND_ASIDE)
    if not votes:
        return "rejected"
    if rule.method is Method.SUPERMAJORITY:
        assert rule.threshold
        return "adopted" if votes / basis >= rule.threshold else "rejected"
    if rule.method is Method.UNANIMITY:
        return "adopted" if votes >= basis - rule.minus else "rejected"
    chair = rule.tie is Tie.CHAIR and votes / basis == Fraction(1, 2) and "a" in said and said["a"][0] is Position.FOR
    return "adopted" if votes / basis > Fraction(1, 2) or chair else "rejected"


@settings(max_examples=300)
@given(cases())
def test_every_rule_agrees_with_its_definition_written_twice(case) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots, meeting = case
    assert decide(rule, seats, ballots, closed=True, **meeting).outcome == naive(rule, seats, ballots, **meeting)


@pytest.mark.parametrize("method", list(Method))
def test_three_seats_can_say_nothing_that_is_decided_otherwise(method: Method) -> None:
    """All 2,197 ways in which three seats of unequal weight can vote, under each method."""
    below = Rule(Method.UNANIMITY, chair="a", minus=1)
    rule = Rule(method, Fraction(2, 3), quorum=Quorum(2), tie=Tie.CHAIR, chair="a", minus=1, fallback=below)
    seats = [Seat("a", Fraction(1, 3)), Seat("b"), Seat("c", Fraction(2, 3))]
    for said in product([None, *SAYINGS], repeat=3):
        ballots = [Ballot(name, *say) for name, say in zip("abc", said, strict=True) if say]
        expected = naive(rule, seats, ballots, adjourned=False, attempt=1)
        assert decide(rule, seats, ballots, closed=True).outcome == expected, said

"""What must hold for every rule, electorate and set of ballots."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from concorda.analysis.tally import (
    Abstention,
    Ballot,
    Basis,
    Method,
    Outcome,
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
        ),
        abstention=st.sampled_from(Abstention),
        tie=st.sampled_from(Tie),
        silence=st.sampled_from(Silence),
        chair=st.just("a"),
        minus=st.integers(0, 1),
        fallback=below,
    )


@st.composite
def cases(draw: st.DrawFn, longest: int = 6) -> tuple[Rule, list[Seat], list[Ballot]]:
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
    return draw(rules(list(Method))), seats, ballots


@given(cases(), st.randoms(), st.booleans())
def test_the_order_of_ballots_and_seats_never_matters(case, random, closed) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots = case
    first = decide(rule, seats, ballots, closed=closed)
    random.shuffle(seats)
    random.shuffle(ballots)
    second = decide(rule, seats, ballots, closed=closed)
    assert first.as_dict() == second.as_dict()


@settings(max_examples=150)
@given(cases(), st.data(), st.booleans())
def test_more_support_never_loses(case, data, closed) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots = case
    before = decide(rule, seats, ballots, closed=closed).outcome
    convert = data.draw(st.sampled_from([seat.id for seat in seats]))
    more = [ballot for ballot in ballots if ballot.by != convert] + [Ballot(convert, Position.FOR)]
    after = decide(rule, seats, more, closed=closed).outcome
    if before == "adopted":
        assert after == "adopted"
    if after == "blocked":
        assert before != "adopted"


@settings(max_examples=60, deadline=None)
@given(cases(longest=5))
def test_early_decision_is_what_brute_force_over_all_remaining_ballots_says(case) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots = case
    voted = {ballot.by for ballot in ballots}
    remaining = [seat.id for seat in seats if seat.eligible and seat.id not in voted]
    if len(remaining) > 3:
        ballots += [Ballot(name, Position.ABSTAIN) for name in remaining[3:]]
        remaining = remaining[:3]
    ends = {
        decide(rule, seats, ballots + [Ballot(name, *say) for name, say in zip(remaining, said, strict=True) if say],
               closed=True).outcome
        for said in product([None, *SAYINGS], repeat=len(remaining))
    }  # fmt: skip
    expected = ends.pop() if len(ends) == 1 else "open"
    assert decide(rule, seats, ballots, closed=False).outcome == expected


def naive(rule: Rule, seats: list[Seat], ballots: list[Ballot]) -> str:
    """Majority and super-majority written a second time, straight from their definitions."""
    weight = {seat.id: seat.weight for seat in seats if seat.eligible}
    said = {ballot.by: ballot.position for ballot in ballots if ballot.by in weight}
    if rule.silence is Silence.ASSENT:
        said = {name: said.get(name, Position.FOR) for name in weight}
    if len(said) < max(rule.quorum.count, rule.quorum.fraction * len(weight)) or not said:
        return "void"
    votes = sum((weight[name] for name, position in said.items() if position is Position.FOR), Fraction(0))
    aside = (Position.ABSTAIN, Position.STAND_ASIDE)
    cast = sum((weight[name] for name, position in said.items() if position not in aside), Fraction(0))
    present = sum((weight[name] for name in said), Fraction(0))
    if rule.basis is Basis.ALL_MEMBERS:
        total = sum(weight.values(), Fraction(0))
    else:
        excluded = rule.basis is Basis.VOTES_CAST and rule.abstention is Abstention.EXCLUDED
        total = cast if excluded else present
    if not votes or not total:
        return "rejected"
    if rule.method is Method.SUPERMAJORITY:
        assert rule.threshold
        return "adopted" if votes / total >= rule.threshold else "rejected"
    chair = rule.tie is Tie.CHAIR and votes / total == Fraction(1, 2) and said.get("a") is Position.FOR
    return "adopted" if votes / total > Fraction(1, 2) or chair else "rejected"


@settings(max_examples=150)
@given(cases())
def test_votes_agree_with_the_definition_written_twice(case) -> None:  # type: ignore[no-untyped-def]
    rule, seats, ballots = case
    if rule.method in (Method.MAJORITY, Method.SUPERMAJORITY) and not rule.quorum.sectors:
        outcome: Outcome = decide(rule, seats, ballots, closed=True)
        assert outcome.outcome == naive(rule, seats, ballots)

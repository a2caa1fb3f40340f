"""Every method, basis and special case of a decision, one row each."""

from fractions import Fraction
from typing import Any

import pytest

from concorda.analysis.problems import Refused
from concorda.analysis.tally import (
    Ballot,
    Method,
    Outcome,
    Position,
    Quorum,
    Rule,
    Seat,
    Silence,
    Tie,
    decide,
    parse_proposal,
)

LETTERS = {
    "f": "for",
    "a": "against",
    "-": "abstain",
    "s": "stand_aside",
    "o": "object",
    "O": "object",
    "b": "block",
    "B": "block",
}


def settle(rule: dict[str, Any], votes: str, *, closed: bool = True, **seats: dict[str, Any]) -> Outcome:
    """Decide on `votes`, one letter per seat s0, s1, …: `.` silent, capital letters carry a reason."""
    electorate = [{"id": f"s{i}", **seats.get(f"s{i}", {})} for i in range(len(votes))]
    ballots = [
        {"by": f"s{i}", "position": LETTERS[letter], "reason": "because" if letter in "OB" else " "}
        for i, letter in enumerate(votes)
        if letter != "."
    ]
    proposal = parse_proposal({"rule": rule, "electorate": electorate, "ballots": ballots, "closed": closed})
    return decide(proposal.rule, proposal.electorate, proposal.ballots, closed=proposal.closed)


MAJORITY = {"method": "majority"}
TWO_THIRDS = {"method": "supermajority", "threshold": "2/3"}


@pytest.mark.parametrize(
    ("rule", "votes", "outcome"),
    [
        (MAJORITY, "ffa", "adopted"),
        (MAJORITY, "ffaa", "rejected"),
        (MAJORITY, "f---", "adopted"),
        (MAJORITY | {"abstention": "counts_against"}, "f-", "rejected"),
        (MAJORITY | {"abstention": "counts_against"}, "ff-", "adopted"),
        (MAJORITY | {"basis": "present"}, "ff--", "rejected"),
        (MAJORITY | {"basis": "present"}, "ff-..", "adopted"),
        (MAJORITY | {"basis": "all_members"}, "ff..", "rejected"),
        (MAJORITY | {"basis": "all_members"}, "fff..", "adopted"),
        (MAJORITY, "ffob", "rejected"),
        (MAJORITY, "fs", "adopted"),
        (TWO_THIRDS, "ffffffaaa", "adopted"),
        (TWO_THIRDS, "fffffaaaa", "rejected"),
        (TWO_THIRDS | {"threshold": 0.6667}, "ffffffaaa", "adopted"),
        (TWO_THIRDS | {"threshold": "60 %"}, "fffaa", "adopted"),
        (TWO_THIRDS | {"threshold": 0.6}, "fffaa", "adopted"),
        (TWO_THIRDS | {"threshold": "9/10"}, "fffffffff.", "adopted"),
        (TWO_THIRDS | {"basis": "all_members"}, "ff.", "adopted"),
        (TWO_THIRDS | {"basis": "present"}, "ff-a", "rejected"),
        (TWO_THIRDS, "---", "rejected"),
        ({"method": "unanimity"}, "fff-", "adopted"),
        ({"method": "unanimity"}, "fffa", "rejected"),
        ({"method": "unanimity", "abstention": "counts_against"}, "fff-", "rejected"),
        ({"method": "unanimity", "basis": "all_members"}, "fff.", "rejected"),
        ({"method": "unanimity", "basis": "all_members", "minus": 1}, "fff.", "adopted"),
        ({"method": "unanimity", "minus": 1}, "fffa", "adopted"),
        ({"method": "unanimity", "minus": 1}, "ffaa", "rejected"),
        ({"method": "unanimity", "minus": 9}, "aaa", "rejected"),
        ({"method": "consent"}, "fo", "adopted"),
        ({"method": "consent"}, "fO", "blocked"),
        ({"method": "consent"}, "fb", "adopted"),
        ({"method": "consent"}, "fB", "blocked"),
        ({"method": "consent"}, "fs-a", "adopted"),
        ({"method": "consensus"}, "fffs", "adopted"),
        ({"method": "consensus"}, "fffb", "blocked"),
        ({"method": "consensus"}, "fffO", "adopted"),
        ({"method": "delegated", "chair": "s1"}, "afa", "adopted"),
        ({"method": "delegated", "chair": "s1"}, "fbf", "rejected"),
        ({"method": "delegated", "chair": "s1"}, "f-f", "rejected"),
        ({"method": "delegated", "chair": "s1"}, "f.f", "void"),
        ({"method": "delegated"}, "f", "adopted"),
        (MAJORITY, "...", "void"),
        ({"method": "consent"}, "...", "void"),
    ],
)
def test_method(rule: dict[str, Any], votes: str, outcome: str) -> None:
    assert settle(rule, votes).outcome == outcome


@pytest.mark.parametrize(
    ("quorum", "votes", "needed", "met"),
    [
        ({"count": 3}, "ff...", 3, False),
        ({"count": 3}, "ff-..", 3, True),
        ({"fraction": "1/2"}, "ff...", 3, False),
        ({"fraction": "1/2"}, "ff..", 2, True),
        ({"count": 3, "fraction": "1/2"}, "fff...", 3, True),
        ({"count": 3, "fraction": "2/3"}, "ffff.....", 6, False),
        ({"count": 2, "fraction": "2/3"}, "ffffff...", 6, True),
        ({"fraction": 0.1}, "f.........", 1, True),
        ({}, "f.........", 0, True),
    ],
)
def test_quorum_is_the_greater_and_its_lack_voids(quorum: dict[str, Any], votes: str, needed: int, met: bool) -> None:
    outcome = settle(MAJORITY | {"quorum": quorum}, votes)
    assert (outcome.quorum_needed, outcome.quorum_met) == (needed, met)
    assert outcome.outcome == ("adopted" if met else "void")


def test_recused_and_vacant_seats_leave_every_denominator() -> None:
    rule = MAJORITY | {"basis": "all_members", "quorum": {"fraction": "1/2"}}
    outcome = settle(rule, "ffa.a", s3={"vacant": True}, s4={"recused": True})
    assert outcome.as_dict() == {
        "outcome": "adopted",
        "quorum": {"present": 3, "needed": 2, "met": True},
        "for": 2,
        "against": 1,
        "abstain": 0,
        "needed": 2,
        "reason": "Adopted: 2 of 3 votes of all members are for, and 2 are needed (more than half).",
    }


def test_counts_are_weights_while_quorum_counts_seats() -> None:
    outcome = settle(MAJORITY | {"quorum": {"count": 3}}, "faa", s0={"weight": 3})
    assert (outcome.outcome, outcome.for_, outcome.against, outcome.present) == ("adopted", 3, 2, 3)


def test_weights_are_exact() -> None:
    tenths = {f"s{i}": {"weight": 0.1} for i in range(3)} | {"s3": {"weight": "0.3"}}
    assert settle(MAJORITY, "fffa", **tenths).outcome == "rejected"
    assert settle(TWO_THIRDS, "fa", s0={"weight": "2/3"}, s1={"weight": "1/3"}).outcome == "adopted"


@pytest.mark.parametrize(("chair_says", "outcome"), [("f", "adopted"), ("a", "rejected"), ("-", "rejected")])
def test_the_chair_breaks_a_tie_with_the_ballot_already_cast(chair_says: str, outcome: str) -> None:
    others = {"f": "faa", "a": "ffa", "-": "fa"}[chair_says]
    assert settle(MAJORITY | {"tie": "chair", "chair": "s0"}, chair_says + others).outcome == outcome


def test_silence_is_assent_only_once_closed() -> None:
    rule = MAJORITY | {"silence": "assent", "quorum": {"count": 4}}
    assert settle(rule, "fa..", closed=False).outcome == "open"
    closed = settle(rule, "fa..")
    assert (closed.outcome, closed.for_, closed.present) == ("adopted", 3, 4)
    assert settle(rule, "fa..", s3={"recused": True}).outcome == "void"


def test_at_an_adjourned_meeting_whoever_attends_is_the_quorum() -> None:
    seats = [Seat(name) for name in "abcdef"]
    ballots = [Ballot("a", Position.FOR)]
    rule = Rule(Method.MAJORITY, quorum=Quorum(3, attending_suffices=True))
    assert decide(rule, seats, ballots, closed=True).outcome == "void"
    assert decide(rule, seats, ballots, closed=True, adjourned=True).outcome == "adopted"
    assert decide(rule, seats, [], closed=True, adjourned=True).outcome == "void"
    strict = Rule(Method.MAJORITY, quorum=Quorum(3))
    assert decide(strict, seats, ballots, closed=True, adjourned=True).outcome == "void"


def test_quorum_may_ask_for_sectors() -> None:
    rule = Rule(Method.MAJORITY, quorum=Quorum(sectors=frozenset({"municipality"})))
    seats = [Seat("a"), Seat("b", sector="municipality")]
    without = decide(rule, seats, [Ballot("a", Position.FOR)], closed=True)
    assert (without.outcome, without.quorum_met) == ("void", False)
    assert "municipality" in without.reason
    both = [Ballot("a", Position.FOR), Ballot("b", Position.ABSTAIN)]
    assert decide(rule, seats, both, closed=True).outcome == "adopted"


def test_consensus_falls_back_to_a_vote_after_its_attempts() -> None:
    fallback = Rule(Method.SUPERMAJORITY, threshold=Fraction(3, 4))
    rule = Rule(Method.CONSENSUS, fallback=fallback, attempts=2)
    seats = [Seat(name) for name in "abcd"]
    ballots = [Ballot(name, Position.FOR) for name in "abc"] + [Ballot("d", Position.BLOCK, "no")]
    assert decide(rule, seats, ballots, closed=True, attempt=1).outcome == "blocked"
    second = decide(rule, seats, ballots, closed=True, attempt=2)
    assert (second.outcome, second.needed) == ("adopted", 3)
    assert [reason.code for reason in second.reasons] == ["fallback", "adopted"]


@pytest.mark.parametrize(
    ("rule", "votes", "outcome"),
    [
        (MAJORITY, "fff..", "adopted"),
        (MAJORITY, "ff..", "open"),
        (MAJORITY, "aaa..", "rejected"),
        (MAJORITY, "aa..", "rejected"),
        (MAJORITY, "aa...", "open"),
        (MAJORITY | {"quorum": {"count": 4}}, "fff..", "open"),
        (MAJORITY | {"quorum": {"count": 6}}, "fff..", "void"),
        ({"method": "consent"}, "ffff.", "open"),
        ({"method": "consent"}, "O....", "blocked"),
        ({"method": "consent", "quorum": {"count": 2}}, "O....", "open"),
        ({"method": "unanimity"}, "a....", "rejected"),
        ({"method": "delegated", "chair": "s0"}, "f....", "adopted"),
        (MAJORITY, "ffa", "adopted"),
    ],
)
def test_early_decision(rule: dict[str, Any], votes: str, outcome: str) -> None:
    settled = settle(rule, votes, closed=False)
    assert settled.outcome == outcome
    assert settled.early is (outcome != "open")


def test_every_sentence_is_made_of_its_parameters() -> None:
    early = settle(MAJORITY, "fff..", closed=False)
    assert early.reason == "Adopted: 3 are for, and whatever the other 2 seat(s) say cannot change it."
    blocked = settle({"method": "consent"}, "fOo")
    assert blocked.reason == (
        "Blocked: consent is withheld by a reasoned objection from s1. "
        "An objection without a reason does not block consent: s2."
    )
    tie = decide(Rule(Method.MAJORITY, tie=Tie.FAILS), [Seat("a"), Seat("b")],
                 [Ballot("a", Position.FOR), Ballot("b", Position.AGAINST)], closed=True)  # fmt: skip
    assert tie.reason == "Rejected: 1 of 2 votes cast are for, exactly half, and a tie fails."


@pytest.mark.parametrize(
    ("rule", "seats", "ballots", "where"),
    [
        (Rule(Method.SUPERMAJORITY), [Seat("a")], [], "threshold"),
        (Rule(Method.MAJORITY, tie=Tie.CHAIR), [Seat("a")], [], "chair"),
        (Rule(Method.MAJORITY, tie=Tie.CHAIR, chair="z"), [Seat("a")], [], "'z'"),
        (Rule(Method.DELEGATED), [Seat("a"), Seat("b")], [], "chair"),
        (Rule(Method.MAJORITY, silence=Silence.NONE), [], [], "empty"),
        (Rule(Method.MAJORITY), [Seat("a"), Seat("a")], [], "twice"),
        (Rule(Method.MAJORITY), [Seat("a", Fraction(-1))], [], "negative"),
        (Rule(Method.MAJORITY), [Seat("a")], [Ballot("b", Position.FOR)], "'b'"),
        (Rule(Method.MAJORITY), [Seat("a")], [Ballot("a", Position.FOR)] * 2, "two ballots"),
    ],
)
def test_contradictions_are_refused(rule: Rule, seats: list[Seat], ballots: list[Ballot], where: str) -> None:
    with pytest.raises(Refused, match=where):
        decide(rule, seats, ballots, closed=True)

"""Decide one proposal under one rule: exact fractions, explained, independent of the order of ballots.

Input: a Rule, seats (weights in votes) and at most one ballot per seat. Output: an Outcome. Rules and traps are
described in docs/analysis/tally.md.
"""

from concorda.analysis.tally.deciding import ADOPTED, BLOCKED, OPEN, REJECTED, VOID, Outcome, decide
from concorda.analysis.tally.read import Proposal, parse_proposal, read_proposal
from concorda.analysis.tally.reasons import SENTENCES, Reason
from concorda.analysis.tally.rule import (
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
)

__all__ = [
    "ADOPTED",
    "BLOCKED",
    "OPEN",
    "REJECTED",
    "SENTENCES",
    "VOID",
    "Abstention",
    "Ballot",
    "Basis",
    "Method",
    "Outcome",
    "Position",
    "Proposal",
    "Quorum",
    "Reason",
    "Rule",
    "Seat",
    "Silence",
    "Tie",
    "decide",
    "parse_proposal",
    "read_proposal",
]

"""Decide one proposal under one rule, exactly, and say why."""

import argparse
from collections.abc import Iterator
from typing import Any

from concorda.analysis.tally import decide, read_proposal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.json", help="rule, electorate, ballots and whether the ballot is closed")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    proposal = read_proposal(arguments.file)
    return decide(
        proposal.rule,
        proposal.electorate,
        proposal.ballots,
        closed=proposal.closed,
        adjourned=proposal.adjourned,
        attempt=proposal.attempt,
    ).as_dict()


def show(result: dict[str, Any]) -> Iterator[str]:
    yield result["reason"]
    yield f"for {result['for']}, against {result['against']}, abstain {result['abstain']}; needed {result['needed']}"
    quorum = result["quorum"]
    yield f"quorum: {quorum['present']} present, {quorum['needed']} needed"

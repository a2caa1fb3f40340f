"""Reliability and agreement of the items of a survey, with small groups suppressed."""

import argparse
import sys
from collections.abc import Iterator
from math import isfinite, nan
from typing import Any

from concorda.analysis.survey import STEADY, read_answers, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.csv", help="one row per person, one column per item")
    parser.add_argument(
        "--items", metavar="COL", nargs="+", action="extend", required=True, help="columns of the scale"
    )
    parser.add_argument("--reverse", metavar="COL", nargs="+", action="extend", default=[], help="reverse-keyed items")
    parser.add_argument("--group", metavar="COL", help="column that says which group a person belongs to")
    parser.add_argument(
        "--organization",
        metavar="COL",
        help="column with the person's organization: groups from fewer than 3 are suppressed",
    )
    parser.add_argument("--min", metavar="A", type=point, help="least answer of the scale")
    parser.add_argument("--max", metavar="B", type=point, help="greatest answer of the scale")


def point(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not isfinite(value):
        raise argparse.ArgumentTypeError(f"'{text}' is not a point of a scale; write a number")
    return value


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    if None not in (arguments.min, arguments.max) and arguments.min > arguments.max:
        raise argparse.ArgumentTypeError(f"the scale from {arguments.min:g} to {arguments.max:g} runs backwards")
    answers = read_answers(
        arguments.file,
        arguments.items,
        reverse=arguments.reverse,
        group=arguments.group,
        organization=arguments.organization,
        low=arguments.min,
        high=arguments.max,
    )
    found = report(answers)
    if answers.assumed and (arguments.group or arguments.reverse):
        scale = f"{answers.low:g} to {answers.high:g}"
        print(f"The scale is taken from the answers: {scale}. Name it with --min and --max.", file=sys.stderr)
    if found.alpha.value is not None and not found.alpha.steady:
        print(f"Alpha says little with fewer than {STEADY} people; look at its interval.", file=sys.stderr)
    return found.as_dict()


def show(result: dict[str, Any]) -> Iterator[str]:
    yield f"{result['n']} people with complete answers"
    if result["alpha"] is None:
        yield "alpha is not defined for these answers"
    else:
        low, high = result["alpha_interval"]
        yield f"alpha {result['alpha']:.2f} (95 % interval {low:.2f} to {high:.2f})"
    for name, value in result["item_rest"].items():
        yield f"  {name}: correlation with the rest {_shown(value)}"
    if result["icc1"] is not None:
        yield f"ICC(1) {_shown(result['icc1'])}, ICC(2) {_shown(result['icc2'])}"
    for name, value in result["rwg"].items():
        yield f"  {name}: rwg {_shown(value)}, rwg(J) {_shown(result['rwgj'][name])}"
    if result["suppressed"]:
        yield f"suppressed: {', '.join(result['suppressed'])}"


def _shown(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"

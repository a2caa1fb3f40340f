"""Find the few partners that together cover the most of what is needed."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from math import inf, nan
from typing import Any, NoReturn

from concorda.analysis.coalition import Coalition, Need, Partner, Question, choose
from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import Document, Step, read_json
from concorda.cli import whole

LIMITS = {"max", "budget", "require", "exclude", "areas_required", "types_required"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.json", help="needs, candidates and limits")
    parser.add_argument(
        "--max", type=whole(0, 1_000_000), metavar="K", help="choose at most K partners, whatever the file says"
    )
    parser.add_argument(
        "--alternatives", type=whole(0, 100), default=2, metavar="N", help="other good choices to show (2)"
    )
    parser.add_argument("--seconds", type=seconds, default=5.0, help="time for the search (5)")


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not 0 < value < inf:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds above 0")
    return value


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    document = read_json(arguments.file)
    question = _Reader(document).question()
    if arguments.max is not None:
        question = replace(question, most=arguments.max)
    try:
        answer = choose(question, arguments.alternatives, arguments.seconds)
    except Refused as refused:
        raise Refused(located(document, problem) for problem in refused.problems) from refused
    for relaxation in answer.relax:
        print(f"{arguments.file}: {relaxation}", file=sys.stderr)
    return as_dict(answer)


def show(result: dict[str, Any]) -> Iterator[str]:
    if result["status"] == "infeasible":
        yield "No choice of partners meets every condition."
        return
    certainty = (
        "proven best" if result["status"] == "optimal" else f"no choice can be worth more than {result['bound']:g}"
    )
    yield f"{len(result['chosen'])} partners are worth {result['value']:g} ({certainty}) and cost {result['cost']:g}."
    for partner in result["chosen"]:
        yield f"  {partner}  without it {result['marginal'][partner]:g} less"
    yield f"Covered: {', '.join(result['covered']) or 'nothing'}"
    yield f"Open: {', '.join(result['open']) or 'nothing'}"
    for other in result["alternatives"]:
        yield f"Or: {', '.join(other['chosen'])} (worth {other['value']:g}, cost {other['cost']:g})"


def as_dict(answer: Coalition) -> dict[str, Any]:
    return {
        "status": answer.status,
        "value": answer.value,
        "bound": answer.bound,
        "chosen": list(answer.chosen),
        "cost": answer.cost,
        "covered": list(answer.covered),
        "open": list(answer.open),
        "marginal": dict(answer.marginal),
        "alternatives": [
            {"chosen": list(other.chosen), "value": other.value, "cost": other.cost} for other in answer.alternatives
        ],
    }


def located(document: Document, problem: Problem) -> Problem:
    """A problem of the question, which counts from 1 within its lists, at its place in the file."""
    if problem.column is None:
        return replace(problem, file=document.file)
    first, *rest = problem.column.split(".")
    path: tuple[Step, ...] = (first, *([problem.row - 1] if problem.row else []), *rest)
    return replace(document.problem(problem.reason, *path), value=problem.value)


class _Reader:
    """Turns a JSON document into a question and says where it cannot; see `docs/analysis/coalition.md`."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def question(self) -> Question:
        whole = self._object(self.document.value, "the file must hold one object")
        for key in whole:
            if key not in LIMITS | {"needs", "candidates"}:
                problem = self.document.problem(f"{key!r} is not known here and is left aside", key)
                print(problem, file=sys.stderr)
        most = whole.get("max")
        if most is not None and (isinstance(most, bool) or not isinstance(most, int)):
            self._refuse("must be a whole number", "max", value=most)
        return Question(
            needs=[self._need(each, place) for place, each in self._rows(whole, "needs")],
            candidates=[self._partner(each, place) for place, each in self._rows(whole, "candidates")],
            most=most,
            budget=None if whole.get("budget") is None else self._number(whole["budget"], "budget"),
            **{name: self._texts(whole, name) for name in sorted(LIMITS - {"max", "budget"})},
        )

    def _need(self, data: object, place: int) -> Need:
        need = self._object(data, "a need must be an object with an id", "needs", place)
        return Need(self._id(need, "needs", place), self._number(need.get("weight", 1), "needs", place, "weight"))

    def _partner(self, data: object, place: int) -> Partner:
        partner = self._object(data, "a candidate must be an object with an id", "candidates", place)
        covers = partner.get("covers", {})
        if isinstance(covers, list):
            covers = dict.fromkeys(self._texts(partner, "covers", "candidates", place), 1)
        covers = self._object(covers, "must be an object: need → how well, 0 to 1", "candidates", place, "covers")
        return Partner(
            id=self._id(partner, "candidates", place),
            covers={need: self._number(cover, "candidates", place, "covers", need) for need, cover in covers.items()},
            cost=self._number(partner.get("cost", 0), "candidates", place, "cost"),
            areas=self._texts(partner, "areas", "candidates", place),
            types=self._texts(partner, "types", "candidates", place),
        )

    def _rows(self, whole: Mapping[str, Any], name: str) -> list[tuple[int, object]]:
        if name not in whole:
            self._refuse(f"there are no {name}", name)
        rows = whole[name]
        if not isinstance(rows, list):
            self._refuse("must be a list", name, value=rows)
        return list(enumerate(rows))

    def _object(self, data: object, reason: str, *path: Step) -> dict[str, Any]:
        if not isinstance(data, dict):
            self._refuse(reason, *path, value=data)
        return dict(data)

    def _id(self, data: Mapping[str, Any], *path: Step) -> str:
        found = data.get("id")
        if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
            self._refuse("an id must be a text", *path, "id", value=found)
        return str(found)

    def _number(self, value: object, *path: Step) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self._refuse("must be a number", *path, value=value)
        try:
            return value if isinstance(value, int) and abs(value) < 1 << 53 else float(value)
        except OverflowError:
            self._refuse("must be a number that can be used here", *path, value=str(value)[:20])

    def _texts(self, data: Mapping[str, Any], name: str, *path: Step) -> list[str]:
        values = data.get(name, [])
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self._refuse("must be a list of texts", *path, name, value=values)
        return list(values)

    def _refuse(self, reason: str, *path: Step, value: object = None) -> NoReturn:
        raise Refused(self.document.problem(reason, *path, value=value))

"""Find the few partners that together cover the most of what is needed."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from concorda.analysis.coalition import Coalition, Need, Partner, Question, choose
from concorda.analysis.problems import Problem, Refused

LIMITS = {"max", "budget", "require", "exclude", "areas_required", "types_required"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.json", help="needs, candidates and limits")
    parser.add_argument("--max", type=int, metavar="K", help="choose at most K partners, whatever the file says")
    parser.add_argument("--alternatives", type=int, default=2, metavar="N", help="other good choices to show (2)")
    parser.add_argument("--seconds", type=float, default=5.0, help="time for the search (5)")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    question = read(Path(arguments.file))
    if arguments.max is not None:
        question = replace(question, most=arguments.max)
    try:
        answer = choose(question, max(arguments.alternatives, 0), arguments.seconds)
    except Refused as refused:
        raise Refused(replace(problem, file=arguments.file) for problem in refused.problems) from refused
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


def read(path: Path) -> Question:
    """The question in a JSON file; refuses what is not as `docs/analysis/coalition.md` describes."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Refused(Problem(f"cannot be read: {error.strerror}", file=str(path))) from error
    except UnicodeDecodeError as error:
        raise Refused(Problem("is not UTF-8 text: save it as UTF-8", file=str(path))) from error
    except json.JSONDecodeError as error:
        place = Problem(f"is not JSON: {error.msg}", file=str(path), row=error.lineno, column=str(error.colno))
        raise Refused(place) from error
    return _Reader(str(path)).question(data)


class _Reader:
    """Turns JSON into a question and says where it cannot; rows count from 1 within their list."""

    def __init__(self, file: str) -> None:
        self.file = file

    def question(self, data: object) -> Question:
        whole = self._object(data, "the file must hold one object", None, None)
        for key in whole:
            if key not in LIMITS | {"needs", "candidates"}:
                print(Problem(f"{key!r} is not known here and is left aside", self.file, column=key), file=sys.stderr)
        most = whole.get("max")
        if most is not None and (isinstance(most, bool) or not isinstance(most, int)):
            self._refuse("must be a whole number", column="max", value=most)
        budget = whole.get("budget")
        return Question(
            needs=[self._need(each, row) for row, each in self._rows(whole, "needs")],
            candidates=[self._partner(each, row) for row, each in self._rows(whole, "candidates")],
            most=most,
            budget=None if budget is None else self._number(budget, None, "budget"),
            **{name: self._texts(whole, name, None, name) for name in sorted(LIMITS - {"max", "budget"})},
        )

    def _need(self, data: object, row: int) -> Need:
        need = self._object(data, "a need must be an object with an id", row, "needs")
        return Need(self._id(need, row, "needs"), self._number(need.get("weight", 1), row, "needs.weight"))

    def _partner(self, data: object, row: int) -> Partner:
        partner = self._object(data, "a candidate must be an object with an id", row, "candidates")
        covers = partner.get("covers", {})
        if isinstance(covers, list):
            covers = dict.fromkeys(covers, 1.0)
        covers = self._object(covers, "must be an object: need → how well, 0 to 1", row, "candidates.covers")
        return Partner(
            id=self._id(partner, row, "candidates"),
            covers={need: self._number(cover, row, "candidates.covers") for need, cover in covers.items()},
            cost=self._number(partner.get("cost", 0), row, "candidates.cost"),
            areas=self._texts(partner, "areas", row, "candidates.areas"),
            types=self._texts(partner, "types", row, "candidates.types"),
        )

    def _rows(self, whole: Mapping[str, Any], name: str) -> list[tuple[int, object]]:
        if name not in whole:
            self._refuse(f"there are no {name}", column=name)
        rows = whole[name]
        if not isinstance(rows, list):
            self._refuse("must be a list", column=name, value=rows)
        return list(enumerate(rows, start=1))

    def _object(self, data: object, reason: str, row: int | None, column: str | None) -> dict[str, Any]:
        if not isinstance(data, dict):
            self._refuse(reason, row, column, data)
        return dict(data)

    def _id(self, data: Mapping[str, Any], row: int, column: str) -> str:
        found = data.get("id")
        if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
            self._refuse("an id must be a text", row, f"{column}.id", found)
        return str(found)

    def _number(self, value: object, row: int | None, column: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse("must be a number", row, column, value)
        return value

    def _texts(self, data: Mapping[str, Any], name: str, row: int | None, column: str) -> list[str]:
        values = data.get(name, [])
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self._refuse("must be a list of texts", row, column, values)
        return list(values)

    def _refuse(self, reason: str, row: int | None = None, column: str | None = None, value: object = None) -> NoReturn:
        shown = None if value is None else str(value)
        raise Refused(Problem(reason, file=self.file, row=row, column=column, value=shown))

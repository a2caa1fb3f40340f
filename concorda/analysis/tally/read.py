"""A proposal's file: rule, electorate and ballots from JSON, with every fault named by its path and line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from concorda.analysis.exact import exact, share
from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import Document, Step, read_json
from concorda.analysis.tally.deciding import roll_faults
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
    rule_faults,
)

Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Proposal:
    """Everything `decide` needs, as read from one file."""

    rule: Rule
    electorate: tuple[Seat, ...]
    ballots: tuple[Ballot, ...]
    closed: bool
    adjourned: bool = False
    attempt: int = 1


def read_proposal(path: str | Path) -> Proposal:
    """The proposal in a JSON file; Refused with every fault found."""
    return _Reader(read_json(path)).proposal()


def parse_proposal(value: object) -> Proposal:
    """The proposal in a dictionary that is already loaded; Refused with every fault found."""
    return _Reader(Document(None, "", value)).proposal()


@dataclass
class _Reader:
    """Reads value by value and gathers what is wrong; a faulty value takes its default so that reading can go on."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, reason: str, *path: Step, value: object = None) -> None:
        self.problems.append(self.document.problem(reason, *path, value=value))

    def proposal(self) -> Proposal:
        top = self.document.value
        if not isinstance(top, dict):
            raise Refused(self.document.problem("an object with rule, electorate and ballots is needed"))
        rule = self.rule(top.get("rule"), ("rule",))
        seats = tuple(self.seat(row, ("electorate", at)) for at, row in self.rows(top, "electorate"))
        ballots = tuple(self.ballot(row, ("ballots", at)) for at, row in self.rows(top, "ballots"))
        proposal = Proposal(
            rule,
            seats,
            ballots,
            self.flag(top, "closed", ()),
            self.flag(top, "adjourned", ()),
            self.whole(top, "attempt", (), default=1, least=1),
        )
        if not self.problems:
            self.check_whole(proposal)
        if self.problems:
            raise Refused(self.problems)
        return proposal

    def check_whole(self, proposal: Proposal) -> None:
        for name, reason in rule_faults(proposal.rule, proposal.electorate):
            self.wrong(reason, "rule", name)
        if proposal.rule.fallback:
            for name, reason in rule_faults(proposal.rule.fallback, proposal.electorate):
                self.wrong(reason, "rule", "fallback", name)
        for part, place, reason in roll_faults(proposal.electorate, proposal.ballots):
            where = ("id" if part == "electorate" else "by",) if getattr(proposal, part) else ()
            self.wrong(reason, part, *((place, *where) if where else ()))

    def rows(self, top: dict[str, Any], name: str) -> list[tuple[int, Any]]:
        rows = top.get(name, [] if name == "ballots" else None)
        if not isinstance(rows, list):
            self.wrong(f"a list is needed for {name}", name, value=rows)
            return []
        return list(enumerate(rows))

    def rule(self, row: object, path: tuple[Step, ...], above: dict[str, Any] | None = None) -> Rule:
        if not isinstance(row, dict):
            self.wrong("an object with the decision rule is needed", *path, value=row)
            return Rule(Method.MAJORITY)
        # A fallback vote takes what it does not say itself from the rule it replaces.
        row = {**(above or {}), **row}
        passed_on = {name: row[name] for name in ("chair", "basis", "abstention", "tie", "silence") if name in row}
        below = row.get("fallback")
        chair = row.get("chair")
        return Rule(
            method=self.word(Method, row, "method", path, None),
            threshold=self.number(share, row, "threshold", path),
            basis=self.word(Basis, row, "basis", path, Basis.VOTES_CAST),
            quorum=self.quorum(row.get("quorum"), (*path, "quorum")),
            abstention=self.word(Abstention, row, "abstention", path, Abstention.EXCLUDED),
            tie=self.word(Tie, row, "tie", path, Tie.FAILS),
            silence=self.word(Silence, row, "silence", path, Silence.NONE),
            chair=None if chair is None else self.id(row, "chair", path),
            minus=self.whole(row, "minus", path),
            fallback=None if below is None else self.rule(below, (*path, "fallback"), passed_on),
            attempts=self.whole(row, "attempts", path, default=1, least=1),
        )

    def quorum(self, row: object, path: tuple[Step, ...]) -> Quorum:
        if row is None:
            return Quorum()
        if not isinstance(row, dict):
            self.wrong('an object such as {"count": 3, "fraction": "1/2"} is needed', *path, value=row)
            return Quorum()
        sectors = row.get("sectors") or []
        if not isinstance(sectors, list) or not all(isinstance(sector, str) for sector in sectors):
            self.wrong("a list of sectors is needed", *path, "sectors", value=sectors)
            sectors = []
        adjourned = row.get("adjourned")
        if adjourned not in (None, "same", "whoever_attends"):
            self.wrong("'same' or 'whoever_attends' is needed", *path, "adjourned", value=adjourned)
        return Quorum(
            count=self.whole(row, "count", path),
            fraction=self.number(_share_or_none, row, "fraction", path) or Fraction(0),
            sectors=frozenset(sectors),
            attending_suffices=adjourned == "whoever_attends",
        )

    def seat(self, row: object, path: tuple[Step, ...]) -> Seat:
        if not isinstance(row, dict):
            self.wrong("an object with the id of a seat is needed", *path, value=row)
            return Seat("")
        weight = self.number(exact, row, "weight", path)
        if weight is not None and weight < 0:
            self.wrong("a weight cannot be negative", *path, "weight", value=row["weight"])
        sector = row.get("sector")
        return Seat(
            self.id(row, "id", path),
            Fraction(1) if weight is None else weight,
            self.flag(row, "recused", path),
            self.flag(row, "vacant", path),
            None if sector is None else str(sector),
        )

    def ballot(self, row: object, path: tuple[Step, ...]) -> Ballot:
        if not isinstance(row, dict):
            self.wrong("an object with by and position is needed", *path, value=row)
            return Ballot("", Position.ABSTAIN)
        reason = row.get("reason")
        if reason is not None and not isinstance(reason, str):
            self.wrong("a reason is a text", *path, "reason", value=reason)
            reason = None
        return Ballot(self.id(row, "by", path), self.word(Position, row, "position", path, None), reason or "")

    def id(self, row: dict[str, Any], name: str, path: tuple[Step, ...]) -> str:
        value = row.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str) or not value.strip():
            self.wrong(f"the {name} of a seat is needed", *path, name, value=value)
            return ""
        return value

    def word(
        self, words: type[Word], row: dict[str, Any], name: str, path: tuple[Step, ...], default: Word | None
    ) -> Word:
        value = row.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in tuple(words):
            return words(value)
        said = f"there is no {name} '{value}'" if value is not None else f"the {name} is missing"
        self.wrong(f"{said}; it is one of {', '.join(words)}", *path, name, value=value)
        return next(iter(words))

    def flag(self, row: dict[str, Any], name: str, path: tuple[Step, ...]) -> bool:
        value = row.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(f"{name} is true or false", *path, name, value=value)
        return value is True

    def whole(self, row: dict[str, Any], name: str, path: tuple[Step, ...], default: int = 0, least: int = 0) -> int:
        value = row.get(name)
        if value is None:
            return default
        number = self.number(exact, row, name, path)
        if number is not None and (number < least or number.denominator != 1):
            self.wrong(f"{name} is a whole number from {least}", *path, name, value=value)
        return default if number is None else int(number)

    def number(
        self, read: Callable[[object], Value], row: dict[str, Any], name: str, path: tuple[Step, ...]
    ) -> Value | None:
        if row.get(name) is None:
            return None
        try:
            return read(row[name])
        except ValueError as error:
            self.wrong(str(error), *path, name, value=row[name])
            return None


def _share_or_none(value: object) -> Fraction:
    """A quorum's fraction may also be 0: no share is asked for."""
    return Fraction(0) if value in (0, "0") and not isinstance(value, bool) else share(value)

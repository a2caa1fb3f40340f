"""What a network file holds, before it becomes a Network, and how faults in it are told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan
from typing import NoReturn

from concorda.analysis.network.graph import Tie
from concorda.analysis.problems import Problem, Refused

# Squares of sums of strengths must stay numbers; UCINET's mark for a missing value, 1e38, is no strength either.
STRONGEST = 1e15

Attributes = dict[str, dict[str, str]]


@dataclass
class Found:
    """Ids and ties in the order of the file; `rows`: the line of each tie, empty where only a search can tell."""

    ids: list[str]
    ties: list[Tie]
    rows: Sequence[int]
    attributes: Attributes = field(default_factory=dict)
    directed: bool = True
    notes: list[str] = field(default_factory=list)

    def tie(self, source: str, target: str, strength: float, *, one_way: bool) -> None:
        """Add a tie of a file that has both kinds: one without direction goes both ways."""
        self.ties.append(Tie(source, target, strength))
        if not one_way:
            self.ties.append(Tie(target, source, strength))


def strength_of(text: str, file: str, row: int | None, column: str) -> float:
    """The strength of a tie, 0 or more, with a decimal point or comma; Refused for anything else."""
    try:
        strength = float(text.replace(",", ".") if "," in text else text)
    except ValueError:
        strength = nan
    if not 0 <= strength < STRONGEST:
        refuse(f"the strength of a tie must be a number, 0 or more, not {text!r}", file, row, column, text)
    return strength


def refuse(
    reason: str, file: str, row: int | None = None, column: str | None = None, value: str | None = None
) -> NoReturn:
    """Refused with one problem and its place."""
    raise Refused(Problem(reason, file=file, row=row, column=column, value=value))

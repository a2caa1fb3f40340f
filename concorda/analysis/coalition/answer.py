"""What comes out: the choice, its proof or bound, other choices, and what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["optimal", "feasible", "infeasible"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another good choice."""

    chosen: tuple[str, ...]
    value: float
    cost: float


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A condition that stands in the way: `column` as in the question, what was asked, and what would be enough.

    `enough` is the least budget or number of partners with which all other conditions can be met; None for the rest.
    """

    column: str
    asked: str
    enough: float | None = None

    def __str__(self) -> str:
        if self.enough is not None:
            return f"{self.column} {self.asked} is too little: {self.enough:g} would do"
        return f"without {self.column} {self.asked!r} there is a solution"


@dataclass(frozen=True, slots=True)
class Coalition:
    """The answer.

    - `status`: `optimal` (proven), `feasible` (the best found in the time; nothing can be above `bound`), `infeasible`.
    - `value`: covered weight; `bound`: no choice can be worth more; both None when infeasible.
    - `covered`, `open`: needs covered at all, and not at all, in the order of the question.
    - `marginal`: partner → the value lost if it alone leaves.
    - `settled`: True when equal values were settled by fewer partners, lower cost, and id, to the end.
    - `relax`: when infeasible, each condition that can be dropped alone to make it feasible, or, where none is enough
      alone, all those that would have to go.
    """

    status: Status
    value: float | None
    bound: float | None
    chosen: tuple[str, ...]
    cost: float
    covered: tuple[str, ...]
    open: tuple[str, ...]
    marginal: Mapping[str, float]
    alternatives: tuple[Alternative, ...]
    settled: bool
    relax: tuple[Relaxation, ...] = ()

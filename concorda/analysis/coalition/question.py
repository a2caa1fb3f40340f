"""What is asked of a coalition."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from concorda.analysis.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class Need:
    """Something to be covered; `weight` ≥ 0, any scale."""

    id: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody who may be chosen; `covers`: need id → how well, 0 to 1; `cost` ≥ 0, in the unit of the budget."""

    id: str
    covers: Mapping[str, float] = field(default_factory=dict)
    cost: float = 0.0
    areas: Sequence[str] = ()
    types: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is needed, who is there, and what the choice must respect.

    `most`: number of partners; `require`, `exclude`: ids; every one of `areas_required` and `types_required` needs at
    least one chosen partner that has it.
    """

    needs: Sequence[Need]
    candidates: Sequence[Partner]
    most: int | None = None
    budget: float | None = None
    require: Sequence[str] = ()
    exclude: Sequence[str] = ()
    areas_required: Sequence[str] = ()
    types_required: Sequence[str] = ()

    def check(self) -> None:
        """Refuse unknown and repeated ids and numbers out of range, naming row (from 1) and column."""
        problems = [*self._problems_of_needs(), *self._problems_of_candidates(), *self._problems_of_limits()]
        if problems:
            raise Refused(problems)

    def _problems_of_needs(self) -> Iterable[Problem]:
        if not self.needs:
            yield Problem("there are no needs to cover", column="needs")
        seen: set[str] = set()
        for row, need in enumerate(self.needs, start=1):
            if need.id in seen:
                yield Problem(f"the need {need.id!r} is there twice", row=row, column="needs.id", value=need.id)
            if not _is_amount(need.weight):
                yield _out_of_range("a weight must be a number, 0 or more", row, "needs.weight", need.weight)
            seen.add(need.id)

    def _problems_of_candidates(self) -> Iterable[Problem]:
        needs = {need.id for need in self.needs}
        seen: set[str] = set()
        for row, partner in enumerate(self.candidates, start=1):
            if partner.id in seen:
                reason = f"the candidate {partner.id!r} is there twice"
                yield Problem(reason, row=row, column="candidates.id", value=partner.id)
            if not _is_amount(partner.cost):
                yield _out_of_range("a cost must be a number, 0 or more", row, "candidates.cost", partner.cost)
            for need, cover in partner.covers.items():
                if need not in needs:
                    reason = f"candidate {partner.id!r} covers {need!r}, which is not among the needs"
                    yield Problem(reason, row=row, column="candidates.covers", value=need)
                if not (_is_amount(cover) and cover <= 1):
                    reason = f"how well {partner.id!r} covers {need!r} must be a number from 0 to 1"
                    yield _out_of_range(reason, row, "candidates.covers", cover)
            seen.add(partner.id)

    def _problems_of_limits(self) -> Iterable[Problem]:
        known = {partner.id for partner in self.candidates}
        for column in ("require", "exclude"):
            for row, each in enumerate(getattr(self, column), start=1):
                if each not in known:
                    yield Problem(f"{each!r} is not among the candidates", row=row, column=column, value=each)
        if self.most is not None and self.most < 0:
            yield Problem("the number of partners must be 0 or more", column="max", value=str(self.most))
        if self.budget is not None and not _is_amount(self.budget):
            yield Problem("the budget must be a number, 0 or more", column="budget", value=str(self.budget))


def _is_amount(number: float) -> bool:
    return math.isfinite(number) and number >= 0


def _out_of_range(reason: str, row: int, column: str, value: float) -> Problem:
    return Problem(reason, row=row, column=column, value=str(value))

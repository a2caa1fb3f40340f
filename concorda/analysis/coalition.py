"""Coalitions: the few partners that together cover the most of what is needed, with proof.

Maximum weighted coverage with side constraints as an integer program, solved by HiGHS (Huangfu and Hall 2018) through
`scipy.optimize.milp`. A need is split into the levels at which it can be covered, so that the best cover among the
chosen counts without one variable per pair. See `docs/analysis/coalition.md`.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from concorda.analysis.problems import Problem, Refused

Floats = npt.NDArray[np.float64]
Status = Literal["optimal", "feasible", "infeasible"]

OBJECTIVE_SCALE = 1000.0  # the solver's absolute tolerances then lie a billion times below the whole weight
TIME_LIMIT = 1


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


def choose(question: Question, alternatives: int = 0, seconds: float = 5.0) -> Coalition:
    """The best coalition; of equal value the one with fewer partners, then lower cost, then smaller ids.

    Ids are compared as sorted lists. `seconds` bounds the search and settling ties together; each alternative gets
    half of it again. Every alternative leaves out at least one partner of each choice before it.
    """
    question.check()
    model = _Model(question)
    clock = _Clock(seconds)
    answer = _best(model, (), clock)
    if answer is None:
        return _infeasible(question, model)
    chosen, bound, proven, settled = answer
    others: list[frozenset[int]] = []
    while len(others) < alternatives:
        other = _best(model, (chosen, *others), _Clock(seconds / 2))
        if other is None:
            break
        others.append(other[0])
    value = model.value(chosen)
    best = model.best_covers(chosen)
    return Coalition(
        status="optimal" if proven else "feasible",
        value=_number(value),
        bound=_number(value) if proven else bound,
        chosen=model.names(chosen),
        cost=_number(model.cost(chosen)),
        covered=tuple(need.id for need in question.needs if best[need.id] > 0),
        open=tuple(need.id for need in question.needs if not best[need.id] > 0),
        marginal={
            model.partners[each].id: _number(value - model.value(chosen - {each}))
            for each in sorted(chosen, key=lambda each: model.partners[each].id)
        },
        alternatives=tuple(
            Alternative(model.names(other), _number(model.value(other)), _number(model.cost(other))) for other in others
        ),
        settled=settled,
    )


def _number(exact: Fraction) -> float:
    return float(exact)


class _Clock:
    """What is left of a time limit."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return max(self._end - time.monotonic(), 0.0)


class _Model:
    """The integer program. Variables: x (one per partner, by id, 0 or 1), then z (one per level of each need, 0 to 1).

    z ≤ Σ x of the partners that reach the level; the value is Σ weight × height of the level × z.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.partners = sorted(question.candidates, key=lambda partner: partner.id)
        self.place = {partner.id: number for number, partner in enumerate(self.partners)}
        self.weights = {need.id: _exact(need.weight) for need in question.needs}
        self.costs = [_exact(partner.cost) for partner in self.partners]
        self.covers = [{need: _exact(cover) for need, cover in each.covers.items() if cover} for each in self.partners]
        self._levels()

    def _levels(self) -> None:
        levels: list[tuple[Fraction, list[int]]] = []
        reached: dict[str, list[tuple[Fraction, int]]] = {}
        for number, covers in enumerate(self.covers):
            for need, cover in covers.items():
                reached.setdefault(need, []).append((cover, number))
        for need, pairs in reached.items():
            below = Fraction(0)
            for level in sorted({cover for cover, _ in pairs}):
                gain = self.weights[need] * (level - below)
                if gain:
                    levels.append((gain, [number for cover, number in pairs if cover >= level]))
                below = level
        self.gains = [gain for gain, _ in levels]
        self.reaching = [numbers for _, numbers in levels]

    @property
    def size(self) -> int:
        return len(self.partners) + len(self.gains)

    def value_row(self) -> Floats:
        """Coefficients of the value, scaled so that all needs together weigh `OBJECTIVE_SCALE`."""
        whole = float(sum(self.weights.values())) or 1.0
        return np.array([0.0] * len(self.partners) + [OBJECTIVE_SCALE * float(gain) / whole for gain in self.gains])

    def scaled(self, value: Fraction) -> float:
        whole = sum(self.weights.values()) or Fraction(1)
        return OBJECTIVE_SCALE * float(value / whole)

    def unscaled(self, value: float) -> float:
        return value * float(sum(self.weights.values())) / OBJECTIVE_SCALE

    def best_covers(self, chosen: Iterable[int]) -> dict[str, Fraction]:
        best = dict.fromkeys(self.weights, Fraction(0))
        for number in chosen:
            for need, cover in self.covers[number].items():
                best[need] = max(best[need], cover)
        return best

    def value(self, chosen: Iterable[int]) -> Fraction:
        """The exact covered weight."""
        return sum((self.weights[need] * cover for need, cover in self.best_covers(chosen).items()), Fraction(0))

    def cost(self, chosen: Iterable[int]) -> Fraction:
        return sum((self.costs[number] for number in chosen), Fraction(0))

    def names(self, chosen: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted(self.partners[number].id for number in chosen))

    def levels_rows(self) -> tuple[csr_array, Floats, Floats]:
        """Σ x − z ≥ 0 for every level."""
        rows, columns, numbers = [], [], []
        for row, reaching in enumerate(self.reaching):
            rows += [row] * (len(reaching) + 1)
            columns += [*reaching, len(self.partners) + row]
            numbers += [1.0] * len(reaching) + [-1.0]
        matrix = csr_array((numbers, (rows, columns)), shape=(len(self.reaching), self.size))
        return matrix, np.zeros(len(self.reaching)), np.full(len(self.reaching), np.inf)

    def conditions(self, dropped: frozenset[tuple[str, str]] = frozenset()) -> list[tuple[Floats, float, float]]:
        """Rows (coefficients, low, high) of the limits; `dropped` names those to leave out, as (column, what)."""
        question = self.question
        rows: list[tuple[Floats, float, float]] = []
        if question.most is not None and ("max", str(question.most)) not in dropped:
            rows.append((self.over_partners([1.0] * len(self.partners)), 0, question.most))
        if question.budget is not None and ("budget", str(question.budget)) not in dropped:
            unit = max([question.budget, *(float(cost) for cost in self.costs)]) or 1.0
            costs = [float(cost) / unit for cost in self.costs]
            rows.append((self.over_partners(costs), 0, question.budget / unit))
        for column, wanted, held in (
            ("areas_required", question.areas_required, [partner.areas for partner in self.partners]),
            ("types_required", question.types_required, [partner.types for partner in self.partners]),
        ):
            rows += [
                (self.over_partners([float(each in has) for has in held]), 1, np.inf)
                for each in dict.fromkeys(wanted)
                if (column, each) not in dropped
            ]
        return rows

    def over_partners(self, coefficients: Sequence[float]) -> Floats:
        row = np.zeros(self.size)
        row[: len(self.partners)] = coefficients
        return row

    def sum_of(self, numbers: Iterable[int]) -> Floats:
        row = np.zeros(self.size)
        row[list(numbers)] = 1
        return row

    def bounds(self, dropped: frozenset[tuple[str, str]] = frozenset()) -> Bounds:
        low, high = np.zeros(self.size), np.ones(self.size)
        for each in self.question.require:
            if ("require", each) not in dropped:
                low[self.place[each]] = 1
        for each in self.question.exclude:
            if ("exclude", each) not in dropped:
                high[self.place[each]] = 0
        return Bounds(low, high)

    def find(
        self,
        objective: Floats,
        rows: Sequence[tuple[Floats, float, float]],
        clock: _Clock,
        accept: Callable[[frozenset[int]], bool],
    ) -> tuple[frozenset[int], Any] | None:
        """The choice that minimizes `objective` among those `accept` (which computes exactly) agrees to."""
        rows = list(rows)
        while True:
            result = self.solve(objective, rows, clock.left())
            if result is None:
                return None
            chosen = frozenset(np.flatnonzero(result.x[: len(self.partners)] > 0.5).tolist())
            if accept(chosen):
                return chosen, result
            rows.append(self.not_exactly(chosen))

    def not_exactly(self, chosen: frozenset[int]) -> tuple[Floats, float, float]:
        """Rules out one choice and no other."""
        row = np.zeros(self.size)
        row[: len(self.partners)] = -1
        row[list(chosen)] = 1
        return row, -np.inf, len(chosen) - 1

    def respects(self, chosen: frozenset[int]) -> bool:
        """True when the budget is kept exactly, not only within the solver's tolerance."""
        return self.question.budget is None or self.cost(chosen) <= _exact(self.question.budget)

    def worth(self, value: Fraction) -> tuple[Floats, float, float]:
        """Worth at least `value`, as far as the solver can tell."""
        return self.value_row(), self.scaled(value) - 1e-6, np.inf

    def trimmed(self, chosen: frozenset[int]) -> frozenset[int]:
        """`chosen` without those who add nothing, the dearest first."""
        for number in sorted(chosen, key=lambda each: (-self.costs[each], -each)):
            fewer = chosen - {number}
            if self.value(fewer) == self.value(chosen) and self._keeps_presence(fewer):
                chosen = fewer
        return chosen

    def keeps(self, chosen: frozenset[int], forbidden: Sequence[frozenset[int]]) -> bool:
        """Whether every condition holds, computed exactly, and somebody of each `forbidden` choice is left out."""
        question = self.question
        return (
            (question.most is None or len(chosen) <= question.most)
            and self.respects(chosen)
            and not chosen & {self.place[each] for each in question.exclude}
            and self._keeps_presence(chosen)
            and all(each - chosen for each in forbidden)
        )

    def _keeps_presence(self, chosen: frozenset[int]) -> bool:
        question, partners = self.question, [self.partners[number] for number in chosen]
        return (
            {partner.id for partner in partners} >= set(question.require)
            and {area for partner in partners for area in partner.areas} >= set(question.areas_required)
            and {kind for partner in partners for kind in partner.types} >= set(question.types_required)
        )

    def is_possible(self, dropped: frozenset[tuple[str, str]]) -> bool:
        """Whether anything satisfies the conditions that are not `dropped`."""
        return self.least(np.zeros(self.size), dropped) is not None

    def least(self, objective: Floats, dropped: frozenset[tuple[str, str]]) -> float | None:
        """The least of `objective` under the conditions that are not `dropped`; None when they cannot be met."""
        if not self.partners:
            asked = [*(("areas_required", area) for area in self.question.areas_required)]
            asked += [("types_required", kind) for kind in self.question.types_required]
            return 0.0 if set(asked) <= dropped else None
        result = self.solve(objective, self.conditions(dropped), 5.0, dropped)
        return None if result is None else float(result.fun)

    def enough(self, condition: tuple[str, str]) -> float | None:
        """The least number of partners, or budget, with which all other conditions can be met."""
        if condition[0] == "max":
            return self.least(self.sum_of(range(len(self.partners))), frozenset([condition]))
        if condition[0] == "budget":
            return self.least(self.over_partners([float(cost) for cost in self.costs]), frozenset([condition]))
        return None

    def solve(
        self,
        objective: Floats,
        rows: Sequence[tuple[Floats, float, float]],
        seconds: float,
        dropped: frozenset[tuple[str, str]] = frozenset(),
    ) -> Any:
        """Minimize `objective` under the model's own rows and `rows`; the result of `milp`, None when infeasible."""
        bounds = self.bounds(dropped)
        if (bounds.lb > bounds.ub).any():
            return None
        constraints = [LinearConstraint(*self.levels_rows())] if self.gains else []
        if rows:
            matrix = csr_array(np.array([row for row, _, _ in rows]))
            low, high = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
            constraints.append(LinearConstraint(matrix, low, high))
        integrality = np.array([1] * len(self.partners) + [0] * len(self.gains))
        options = {"time_limit": max(seconds, 0.05), "mip_rel_gap": 0.0}
        result = milp(objective, integrality=integrality, bounds=bounds, constraints=constraints, options=options)
        if result.x is None and result.status == TIME_LIMIT:
            raise Refused(f"no choice that keeps every condition was found in {seconds:.1f} s: allow more time")
        return result if result.x is not None else None


def _exact(number: float) -> Fraction:
    """The decimal a person wrote: 0.1 is a tenth."""
    return Fraction(str(number))


def _best(
    model: _Model, forbidden: Sequence[frozenset[int]], clock: _Clock
) -> tuple[frozenset[int], float, bool, bool] | None:
    """The best choice that leaves out somebody of each `forbidden` one: choice, bound, proven, settled."""
    if not model.partners:
        nothing_to_ask = not (forbidden or model.question.areas_required or model.question.types_required)
        return (frozenset(), 0.0, True, True) if nothing_to_ask else None
    rows = [*model.conditions(), *((model.sum_of(each), -np.inf, len(each) - 1) for each in forbidden)]
    found = model.find(-model.value_row(), rows, clock, model.respects)
    if found is None:
        return None
    chosen, result = found
    proven = result.status != TIME_LIMIT
    if not proven:
        chosen, bound = _improved(model, chosen, forbidden), model.unscaled(-result.mip_dual_bound)
        return chosen, max(bound, float(model.value(chosen))), False, False
    try:
        chosen, settled = _fewest(model, chosen, rows, clock)
        if settled and chosen:
            chosen, settled = _first_by_id(model, chosen, rows, clock)
    except Refused:  # out of time: the value is proven all the same
        settled = False
    return chosen, float(model.value(chosen)), True, settled


def _improved(model: _Model, chosen: frozenset[int], forbidden: Sequence[frozenset[int]]) -> frozenset[int]:
    """`chosen` after adding or exchanging one partner at a time as long as the value rises, then without idlers."""
    covers = np.zeros((len(model.partners), len(model.weights)))
    column = {need: number for number, need in enumerate(model.weights)}
    for number, held in enumerate(model.covers):
        for need, cover in held.items():
            covers[number, column[need]] = float(cover)
    weights = np.array([float(weight) for weight in model.weights.values()])
    while True:
        better = None
        for leaving in [frozenset[int](), *(frozenset([each]) for each in sorted(chosen))]:
            rest = chosen - leaving
            base = covers[sorted(rest)].max(axis=0, initial=0.0)
            gains = np.maximum(covers - base, 0) @ weights
            for joining in np.argsort(-gains, kind="stable")[:50].tolist():
                other = rest | {joining}
                if model.value(other) <= model.value(better or chosen):
                    break
                if model.keeps(other, forbidden):
                    better = other
                    break
        if better is None:
            return model.trimmed(chosen)
        chosen = better


def _fewest(
    model: _Model, chosen: frozenset[int], rows: Sequence[tuple[Floats, float, float]], clock: _Clock
) -> tuple[frozenset[int], bool]:
    """Of the choices worth as much as `chosen`, one with the fewest partners, then the lowest cost."""
    value = model.value(chosen)
    whole = float(sum(model.costs)) + 1
    objective = model.over_partners([1 + float(cost) / whole for cost in model.costs])
    found = model.find(
        objective,
        [*rows, model.worth(value)],
        clock,
        lambda other: model.respects(other) and model.value(other) >= value,
    )
    if found is None:  # the solver's tolerance and exact arithmetic disagree: what is at hand stands
        return chosen, False
    other, result = found
    better = min(chosen, other, key=lambda each: (len(each), model.cost(each)))
    return better, result.status != TIME_LIMIT


def _first_by_id(
    model: _Model, chosen: frozenset[int], rows: Sequence[tuple[Floats, float, float]], clock: _Clock
) -> tuple[frozenset[int], bool]:
    """Of the choices as good as `chosen` in value, number and cost, the one whose sorted ids come first.

    If another one is better, the two share the ids before some place, and the other has a smaller id there: one
    program per place, and first a single one to see whether there is any other at all.
    """
    value, cost = model.value(chosen), model.cost(chosen)
    everyone = range(len(model.partners))
    unit = max(map(float, model.costs)) or 1.0
    equals = [
        *rows,
        model.worth(value),
        (model.sum_of(everyone), len(chosen), len(chosen)),
        (model.over_partners([float(each) / unit for each in model.costs]), -np.inf, float(cost) / unit + 1e-9),
    ]

    def equal(other: frozenset[int]) -> bool:
        return len(other) == len(chosen) and model.cost(other) <= cost and model.value(other) >= value

    found = model.find(np.zeros(model.size), [*equals, model.not_exactly(chosen)], clock, equal)
    if found is None:
        return chosen, True
    first = min(sorted(chosen), sorted(found[0]))
    place = 0
    while place < len(first):
        earlier = range(first[place - 1] + 1 if place else 0, first[place])
        nearer = [*equals, (model.sum_of(first[:place]), place, np.inf), (model.sum_of(earlier), 1, np.inf)]
        objective = np.zeros(model.size)
        objective[list(earlier)] = np.arange(-len(earlier), 0)
        better = model.find(objective, nearer, clock, equal) if earlier else None
        if better is None:
            place += 1
        else:
            first = sorted(better[0])
    return frozenset(first), True


def _infeasible(question: Question, model: _Model) -> Coalition:
    return Coalition(
        status="infeasible",
        value=None,
        bound=None,
        chosen=(),
        cost=0.0,
        covered=(),
        open=tuple(need.id for need in question.needs),
        marginal={},
        alternatives=(),
        settled=True,
        relax=_relaxations(question, model),
    )


def _relaxations(question: Question, model: _Model) -> tuple[Relaxation, ...]:
    """Conditions each of which can be dropped alone; else a set of which none can stay."""
    conditions = [
        *(("max", str(question.most)) for _ in range(question.most is not None)),
        *(("budget", str(question.budget)) for _ in range(question.budget is not None)),
        *(("areas_required", area) for area in dict.fromkeys(question.areas_required)),
        *(("types_required", kind) for kind in dict.fromkeys(question.types_required)),
        *(("exclude", each) for each in dict.fromkeys(question.exclude)),
        *(("require", each) for each in dict.fromkeys(question.require)),
    ]
    alone = [each for each in conditions if model.is_possible(frozenset([each]))]
    if alone:
        return tuple(Relaxation(*each, enough=model.enough(each)) for each in alone)
    dropped = set(conditions)
    for each in reversed(conditions):
        if model.is_possible(frozenset(dropped - {each})):
            dropped.remove(each)
    return tuple(Relaxation(*each) for each in conditions if each in dropped)

"""The critical path method over arrays: earliest and latest dates, slack, critical paths."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from concorda.analysis.schedule.plan import KINDS, LinkType, Plan

# Sums of decimal durations differ in the last binary digits; days closer than this are the same day.
SAME = 1e-7


@dataclass(frozen=True, eq=False)
class Schedule:
    """Dates of n tasks in working days from the project's start; arrays (n,) in the order of `plan.tasks`.

    es, ef: earliest start and finish; ls, lf: latest ones that do not delay the end; slack = ls − es; critical where
    slack is 0. A summary spans the tasks under it and has the least of their slacks.
    """

    plan: Plan
    length: float
    es: NDArray[np.float64]
    ef: NDArray[np.float64]
    ls: NDArray[np.float64]
    lf: NDArray[np.float64]
    slack: NDArray[np.float64]
    critical: NDArray[np.bool_]

    def rows(self) -> list[dict[str, object]]:
        """The tasks as `concorda schedule` prints them."""
        columns = [_numbers(values) for values in (self.es, self.ef, self.ls, self.lf, self.slack)]
        rows = zip(self.plan.tasks, *columns, self.critical.tolist(), strict=True)
        return [
            {"id": task.id, "es": es, "ef": ef, "ls": ls, "lf": lf, "slack": slack, "critical": critical}
            for task, es, ef, ls, lf, slack, critical in rows
        ]


def steps(plan: Plan, duration: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each of the m links asks for: start of the later task ≥ start of the earlier one + this many days."""
    from_finish = np.isin(plan.kind, (KINDS.index(LinkType.FS), KINDS.index(LinkType.FF)))
    to_finish = np.isin(plan.kind, (KINDS.index(LinkType.FF), KINDS.index(LinkType.SF)))
    step: NDArray[np.float64] = (
        np.where(from_finish, duration[plan.before], 0.0) + plan.lag - np.where(to_finish, duration[plan.after], 0.0)
    )
    return step


def schedule(plan: Plan) -> Schedule:
    """Forward and backward pass; time and memory grow with tasks + links.

    All four kinds of link become one: a least distance between two starts. Source: Kelley & Walker 1959; precedence
    diagramming for the other kinds.
    """
    step = steps(plan, plan.duration)
    es = _forward(plan, step)
    ef = es + plan.duration
    length = float(ef.max())
    ls = _backward(plan, step, length)
    slack = np.maximum(ls - es, 0.0)
    slack[slack < SAME] = 0.0
    es, ef = _span(plan, es, ef, slack)
    return Schedule(plan, length, es, ef, es + slack, ef + slack, slack, slack == 0.0)


# Both passes walk in the order of work, in which what belongs together lies together, however the tasks were given.


def _forward(plan: Plan, step: NDArray[np.float64]) -> NDArray[np.float64]:
    es = plan.not_before[plan.order].tolist()
    links = (values.tolist() for values in (plan.rank[plan.before], plan.rank[plan.after], step))
    for one, other, days in zip(*links, strict=True):
        if es[one] + days > es[other]:  # noqa: PLR1730  max() would take a third of the pass
            es[other] = es[one] + days
    return np.array(es)[plan.rank]


def _backward(plan: Plan, step: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    ls = (length - plan.duration)[plan.order].tolist()
    backwards = (values[::-1].tolist() for values in (plan.rank[plan.before], plan.rank[plan.after], step))
    for one, other, days in zip(*backwards, strict=True):
        if ls[other] - days < ls[one]:  # noqa: PLR1730
            ls[one] = ls[other] - days
    return np.array(ls)[plan.rank]


def _span(
    plan: Plan, es: NDArray[np.float64], ef: NDArray[np.float64], slack: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    for place, under in plan.summary.items():
        es[place], ef[place], slack[place] = es[under].min(), ef[under].max(), slack[under].min()
    return es, ef


@dataclass(frozen=True)
class CriticalPaths:
    """Critical paths as ids in the order of work; `cut` when there are more than are listed."""

    paths: list[list[str]]
    cut: bool


def critical_paths(dates: Schedule, *, most: int = 20, most_ids: int = 200_000) -> CriticalPaths:
    """Chains of critical tasks without slack between them, from the first to the last; at most `most` of them.

    There can be exponentially many, so the listing stops after `most` paths or `most_ids` ids in all.
    """
    chains = _chains(dates)
    paths: list[list[str]] = []
    listed = 0
    for chain in islice(chains, most):
        paths.append([dates.plan.tasks[place].id for place in chain])
        listed += len(chain)
        if listed >= most_ids:
            break
    return CriticalPaths(paths, next(chains, None) is not None)


def _chains(dates: Schedule) -> Iterator[list[int]]:
    plan = dates.plan
    step = steps(plan, plan.duration)
    tight = dates.critical[plan.before] & dates.critical[plan.after]
    tight &= np.abs(dates.es[plan.before] + step - dates.es[plan.after]) < SAME
    followers: dict[int, list[int]] = {}
    for one, other in sorted(set(zip(plan.before[tight].tolist(), plan.after[tight].tolist(), strict=True))):
        followers.setdefault(one, []).append(other)
    first = dates.critical.copy()
    first[plan.after[tight]] = False
    first[list(plan.summary)] = False
    begins = np.flatnonzero(first).tolist()
    for begin in begins:
        yield from _walks(begin, followers)


def _walks(begin: int, followers: dict[int, list[int]]) -> Iterator[list[int]]:
    """Every walk from `begin` to a task without followers, without recursion: a path may be 100,000 tasks long."""
    walk = [begin]
    ahead = [iter(followers.get(begin, ()))]
    if begin not in followers:
        yield walk
        return
    while walk:
        following = next(ahead[-1], None)
        if following is None:
            walk.pop()
            ahead.pop()
        elif following in followers:
            walk.append(following)
            ahead.append(iter(followers[following]))
        else:
            yield [*walk, following]


def number(days: float) -> int | float:
    """Days for JSON: an int when whole, otherwise rounded to a millionth."""
    rounded = round(days, 6)
    return int(rounded) if rounded.is_integer() else rounded


def _numbers(values: NDArray[np.float64]) -> list[int | float]:
    rounded = np.round(values, 6)
    if (rounded == np.floor(rounded)).all():
        return rounded.astype(np.int64).tolist()  # type: ignore[no-any-return]
    return [int(value) if value.is_integer() else value for value in rounded.tolist()]

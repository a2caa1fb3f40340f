"""What moved since the plan was agreed, by how much, and why; and what a slip would do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from concorda.analysis.problems import Refused
from concorda.analysis.schedule.path import SAME, Schedule, steps
from concorda.analysis.schedule.plan import Plan, Task


@dataclass(frozen=True)
class Move:
    """How one task differs from the baseline; working days, positive is later or longer.

    `why`: added, removed, duration (it takes longer or shorter), dependency (a task it waits for, `because`, holds
    its start), start (its own earliest start changed, or nothing holds it any more), or none.
    """

    id: str
    start: float
    finish: float
    duration: float
    why: str
    because: str | None = None


def compare(baseline: Schedule, now: Schedule) -> list[Move]:
    """One Move per task that is new, gone or has other dates; in the order of the present plan, gone ones last."""
    then = {task.id: place for place, task in enumerate(baseline.plan.tasks)}
    holders = _holders(now)
    moves = []
    for place, task in enumerate(now.plan.tasks):
        before = then.pop(task.id, None)
        if before is None:
            moves.append(Move(task.id, 0.0, 0.0, 0.0, "added"))
            continue
        start = _difference(now.es[place], baseline.es[before])
        finish = _difference(now.ef[place], baseline.ef[before])
        if start or finish:
            longer = _difference(finish, start)
            holder = holders.get(place)
            because = None if holder is None or not start else now.plan.tasks[holder].id
            why = ("dependency" if because else "start") if start else "duration"
            moves.append(Move(task.id, start, finish, longer, why, because))
    return moves + [Move(gone, 0.0, 0.0, 0.0, "removed") for gone in then]


def _difference(now: float, then: float) -> float:
    return 0.0 if abs(now - then) < SAME else round(float(now - then), 6)


def _holders(dates: Schedule) -> dict[int, int]:
    """Task → the first task it waits for that holds its start where it is."""
    plan = dates.plan
    holds = np.abs(dates.es[plan.before] + steps(plan, plan.duration) - dates.es[plan.after]) < SAME
    pairs = zip(plan.after[holds].tolist(), plan.before[holds].tolist(), strict=True)
    return dict(sorted(pairs, reverse=True))


def slipped(tasks: Sequence[Task], which: str, days: float) -> Plan:
    """The plan if task `which` took `days` working days longer (negative: shorter, but never below 0)."""
    if which not in {task.id for task in tasks}:
        raise Refused(f"there is no task '{which}' in the plan")
    return Plan.of([_longer(task, days) if task.id == which else task for task in tasks])


def _longer(task: Task, days: float) -> Task:
    def later(value: float | None) -> float | None:
        return None if value is None else max(0.0, value + days)

    return replace(
        task,
        duration=max(0.0, task.duration + days),
        optimistic=later(task.optimistic),
        pessimistic=later(task.pessimistic),
    )

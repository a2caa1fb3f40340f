"""When the conditions contradict: which of them to relax, and how far.

Here the value plays no part: whether the other conditions can be met, and with how many partners or how much money,
is a small integer program in the partners alone, solved by HiGHS (Huangfu and Hall 2018) through `scipy.optimize.milp`.
"""

from collections.abc import Sequence

import numpy as np

from concorda.analysis.coalition.answer import Relaxation
from concorda.analysis.coalition.model import Floats, Model

Condition = tuple[str, str]  # the column of the question, and what it asks for

SECONDS = 5.0


def relaxations(model: Model) -> tuple[Relaxation, ...]:
    """Conditions each of which can be dropped alone; else a set of which none can stay."""
    asked = model.question
    conditions = [
        *(("max", str(asked.most)) for _ in range(asked.most is not None)),
        *(("budget", str(asked.budget)) for _ in range(asked.budget is not None)),
        *_presences(model),
        *(("exclude", each) for each in dict.fromkeys(asked.exclude)),
        *(("require", each) for each in dict.fromkeys(asked.require)),
    ]
    count, money = np.ones(len(model.partners)), np.array([float(partner.cost) for partner in model.partners])
    alone = [each for each in conditions if _least(model, count, {each}) is not None]
    if alone:
        objectives = {"max": count, "budget": money}
        return tuple(
            Relaxation(*each, enough=_least(model, objectives[each[0]], {each}) if each[0] in objectives else None)
            for each in alone
        )
    dropped = set(conditions)
    for each in reversed(conditions):
        if _least(model, count, dropped - {each}) is not None:
            dropped.remove(each)
    return tuple(Relaxation(*each) for each in conditions if each in dropped)


def _presences(model: Model) -> list[Condition]:
    """The areas and types that must be there, in the order of `Model.present`."""
    asked = model.question
    return [
        *(("areas_required", area) for area in dict.fromkeys(asked.areas_required)),
        *(("types_required", kind) for kind in dict.fromkeys(asked.types_required)),
    ]


def _least(model: Model, objective: Floats, dropped: set[Condition]) -> float | None:
    """The least of `objective` under the conditions that are not `dropped`; None when they cannot be met."""
    low, high = np.zeros(len(model.partners)), np.ones(len(model.partners))
    low[[model.place[each] for each in model.question.require if ("require", each) not in dropped]] = 1
    high[[model.place[each] for each in model.question.exclude if ("exclude", each) not in dropped]] = 0
    if (low > high).any():
        return None
    rows = _rows(model, dropped)
    if not model.partners:
        return None if any(least > 0 for _, least, _ in rows) else 0.0
    from scipy.optimize import Bounds, LinearConstraint, milp

    constraints = [LinearConstraint(*row) for row in rows]
    integrality = np.ones(len(model.partners))
    options = {"time_limit": SECONDS}
    solved = milp(
        objective, integrality=integrality, bounds=Bounds(low, high), constraints=constraints, options=options
    )
    return None if solved.x is None else float(solved.fun)


def _rows(model: Model, dropped: set[Condition]) -> Sequence[tuple[Floats, float, float]]:
    """Coefficients, least and most of each limit that is not dropped."""
    asked, rows = model.question, []
    if asked.most is not None and ("max", str(asked.most)) not in dropped:
        rows.append((np.ones(len(model.partners)), 0.0, float(asked.most)))
    if asked.budget is not None and ("budget", str(asked.budget)) not in dropped:
        unit = float(max([asked.budget, *(partner.cost for partner in model.partners)])) or 1.0
        rows.append(
            (np.array([float(each.cost) for each in model.partners]) / float(unit), 0.0, float(asked.budget / unit))
        )
    for condition, holders in zip(_presences(model), model.present(), strict=True):
        if condition not in dropped:
            row = np.zeros(len(model.partners))
            row[holders] = 1
            rows.append((row, 1.0, np.inf))
    return rows

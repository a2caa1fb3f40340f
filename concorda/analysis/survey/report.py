"""Everything about one construct from one set of answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from concorda.analysis.survey.agreement import Icc, icc, rwg, rwg_j
from concorda.analysis.survey.answers import Answers
from concorda.analysis.survey.disclosure import Cell, Limits, Why, suppress
from concorda.analysis.survey.reliability import Alpha, alpha, item_rest


@dataclass(frozen=True)
class Report:
    """Reliability over all people; agreement per group that may be shown; why the others may not."""

    alpha: Alpha
    item_rest: Mapping[str, float | None]
    icc: Icc
    rwg: Mapping[str, float | None]
    rwg_j: Mapping[str, float | None]
    suppressed: Mapping[str, Why]

    def as_dict(self) -> dict[str, object]:
        """The JSON of `concorda survey`; numbers rounded to a millionth."""
        interval = self.alpha.interval
        return {
            "n": self.alpha.n,
            "alpha": _rounded(self.alpha.value),
            "alpha_interval": None if interval is None else [_rounded(end) for end in interval],
            "item_rest": {name: _rounded(value) for name, value in self.item_rest.items()},
            "icc1": _rounded(self.icc.icc1),
            "icc2": _rounded(self.icc.icc2),
            "rwg": {name: _rounded(value) for name, value in self.rwg.items()},
            "rwgj": {name: _rounded(value) for name, value in self.rwg_j.items()},
            "suppressed": sorted(self.suppressed),
        }


def report(answers: Answers, limits: Limits | None = None) -> Report:
    """Alpha and item–rest from complete answers; ICC and rwg from scores, rwg(J) from items, per group.

    Without an organization per person, each person counts as an organization of their own.
    """
    complete = answers.complete
    scores = answers.scores()
    groups = np.array(answers.group if answers.group is not None else [""] * len(scores), dtype=str)
    members = {str(name): np.flatnonzero((groups == name) & ~np.isnan(scores)) for name in np.unique(groups) if name}
    hidden = suppress((Cell(name, _people(answers, rows)) for name, rows in members.items()), limits=limits)
    options = answers.high - answers.low + 1
    shown = {name: rows for name, rows in members.items() if name not in hidden and len(rows)}
    rest = item_rest(complete) if len(complete) > 1 and len(answers.items) > 1 else [None] * len(answers.items)
    return Report(
        alpha(complete),
        dict(zip(answers.items, rest, strict=True)),
        icc(scores, groups.tolist()),
        {name: rwg(scores[rows], options) for name, rows in shown.items()},
        {name: rwg_j(answers.values[rows], options) for name, rows in shown.items()},
        hidden,
    )


def _people(answers: Answers, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> dict[str, int]:
    """Organization → people; somebody whose organization is unknown adds a person, but no organization."""
    if answers.organization is None:
        return {str(row): 1 for row in rows}
    found: dict[str, int] = {}
    for row in rows:
        name = answers.organization[row]
        found[name] = found.get(name, 0) + 1
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

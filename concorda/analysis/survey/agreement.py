"""Do people of one group say the same? rwg, rwg(J), ICC(1), ICC(2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concorda.analysis.survey.answers import Numbers


def chance_variance(options: float) -> float:
    """Variance of answers spread evenly over `options` answers in a row: (A² − 1)/12; for A = 5 it is 2."""
    return (options**2 - 1) / 12


def rwg(values: Numbers, options: float) -> float | None:
    """Agreement of one group on one variable (n,): 1 − s²/σ², not below 0; None for fewer than two people.

    Source: James, Demaree & Wolf 1984. An even spread as the null flatters agreement; .70 is only a convention.
    """
    return rwg_j(values[:, np.newaxis], options)


def rwg_j(values: Numbers, options: float) -> float | None:
    """Agreement of one group on J parallel items (n × J), NaN for missing answers; not below 0.

    J(1 − s̄²/σ²) / (J(1 − s̄²/σ²) + s̄²/σ²), s̄² the mean of the items' variances.
    """
    answered = (~np.isnan(values)).sum(axis=0)
    if not len(values) or (answered < 2).any() or options <= 1:
        return None
    variances = np.nanvar(values, axis=0, ddof=1)
    share = float(variances.mean()) / chance_variance(options)
    agreed = values.shape[1] * (1 - share)
    return max(0.0, agreed / (agreed + share)) if agreed > 0 else 0.0


@dataclass(frozen=True)
class Icc:
    """ICC(1): share of a person's score that the group explains; ICC(2): reliability of group means."""

    icc1: float | None
    icc2: float | None


def icc(scores: Numbers, groups: Sequence[str]) -> Icc:
    """From a one-way analysis of variance of scores (n,) by group, k the mean size of groups.

    (MSB − MSW)/(MSB + (k−1)MSW) and (MSB − MSW)/MSB; negative where groups differ less than chance. Scores that are
    NaN and people without a group are left out. None when there are fewer than two groups, nobody shares one, or the
    mean square it is divided by is 0. Source: Bliese 2000.
    """
    names, place = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    known = ~np.isnan(scores) & (names[place] != "")
    names, place = np.unique(place[known], return_inverse=True)
    values = scores[known]
    n, count = len(values), len(names)
    if count < 2 or n <= count:
        return Icc(None, None)
    sizes = np.bincount(place)
    means = np.bincount(place, weights=values) / sizes
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (count - 1)
    within = float(((values - means[place]) ** 2).sum()) / (n - count)
    whole = between + (n / count - 1) * within
    return Icc(
        (between - within) / whole if whole > 1e-12 else None,
        (between - within) / between if between > 1e-12 else None,
    )

"""One organization, one voice: means of organizations first, then over organizations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from concorda.analysis.survey.answers import Numbers


@dataclass(frozen=True)
class Summary:
    """A construct over organizations; `interval` is None for fewer than two organizations."""

    mean: float
    median: float
    least: float
    greatest: float
    organizations: int
    people: int
    interval: tuple[float, float] | None
    by_organization: Mapping[str, float]


def organization_means(scores: Numbers, organizations: Sequence[str]) -> dict[str, float]:
    """Mean score of each organization that has one; scores (n,) may be NaN, people of no organization do not count."""
    found: dict[str, list[float]] = {}
    for score, organization in zip(scores.tolist(), organizations, strict=True):
        if organization and score == score:  # noqa: PLR0124  NaN is the only number that differs from itself
            found.setdefault(organization, []).append(score)
    return {name: float(np.mean(values)) for name, values in sorted(found.items())}


def summarize(
    scores: Numbers, organizations: Sequence[str], *, population: int | None = None, confidence: float = 0.95
) -> Summary | None:
    """The unweighted mean over organizations, so that the largest delegation does not decide; None without scores.

    `population`: number of organizations in the partnership; the interval (Student's t over organizations) then
    shrinks by the finite-population correction, to nothing when all have answered.
    """
    means = organization_means(scores, organizations)
    if not means:
        return None
    values = np.array(list(means.values()))
    people = sum(1 for score, name in zip(scores, organizations, strict=True) if name and not np.isnan(score))
    return Summary(
        float(values.mean()),
        float(np.median(values)),
        float(values.min()),
        float(values.max()),
        len(values),
        people,
        _interval(values, population, confidence),
        means,
    )


def finite_population_correction(answered: int, population: int) -> float:
    """√((N − n)/(N − 1)): 0 for a census. ValueError when more have answered than there are."""
    if not 0 < answered <= population:
        raise ValueError(f"{answered} of {population} cannot have answered")
    return 0.0 if population == 1 else float(np.sqrt((population - answered) / (population - 1)))


def _interval(values: Numbers, population: int | None, confidence: float) -> tuple[float, float] | None:
    n = len(values)
    if n < 2:
        return None
    from scipy.special import stdtrit  # half a second, only when an interval is asked for

    reach = float(stdtrit(n - 1, (1 + confidence) / 2) * values.std(ddof=1) / np.sqrt(n))
    if population is not None:
        reach *= finite_population_correction(n, population)
    return float(values.mean()) - reach, float(values.mean()) + reach


def distribution(values: Numbers, low: int, high: int) -> dict[int, int]:
    """How many answers (n,) fall on each point of the scale low..high; NaN and points between are left out."""
    return {point: int((values == point).sum()) for point in range(low, high + 1)}

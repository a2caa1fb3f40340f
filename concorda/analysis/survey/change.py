"""Has it changed between two rounds? Pairs of organizations, exact tests, nothing below six pairs."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb, erfc, sqrt

import numpy as np

from concorda.analysis.survey.answers import Numbers

FEWEST_PAIRS = 6
# Beyond this the exact count takes longer than a page may, and the approximation is right to the third digit.
MOST_EXACT = 100


@dataclass(frozen=True)
class Change:
    """Differences (after − before) of organizations in both rounds; the tests are two-sided and exact.

    `mean`, `median` and the p-values are None below six pairs; p is 1 when no organization changed.
    """

    pairs: int
    mean: float | None = None
    median: float | None = None
    up: int | None = None
    down: int | None = None
    sign_p: float | None = None
    wilcoxon_p: float | None = None


def paired_change(before: Mapping[str, float], after: Mapping[str, float]) -> Change:
    """Change of organization means between two rounds; organizations in one round only are left out."""
    both = sorted(before.keys() & after.keys())
    if len(both) < FEWEST_PAIRS:
        return Change(len(both))
    # Differences of means differ in the last binary digits; without rounding equal changes would not tie.
    differences = np.round([after[name] - before[name] for name in both], 9)
    up, down = int((differences > 0).sum()), int((differences < 0).sum())
    return Change(
        len(both),
        float(differences.mean()),
        float(np.median(differences)),
        up,
        down,
        sign_test(up, down),
        wilcoxon(differences),
    )


def sign_test(up: int, down: int) -> float:
    """Probability of a split at least this uneven if up and down were equally likely; ties are left out."""
    n, few = up + down, min(up, down)
    return min(1.0, 2 * sum(comb(n, k) for k in range(few + 1)) / (1 << n))


def wilcoxon(differences: Numbers) -> float:
    """Exact two-sided p of the signed-rank test for differences (n,), with mean ranks for ties and zeros left out.

    The distribution is counted over all 2ⁿ signs by adding one rank after the other (ranks doubled to be whole), so
    that ties are exact too, where tables and common software fall back to a normal approximation. Beyond 100 changes
    that approximation is used here as well.
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    _, place, count = np.unique(np.abs(moved), return_inverse=True, return_counts=True)
    ranks = (2 * count.cumsum() - count + 1)[place]
    positive = int(ranks[moved > 0].sum())
    if len(moved) > MOST_EXACT:
        return erfc(abs(2 * positive - int(ranks.sum())) / sqrt(2 * int((ranks**2).sum())))
    ways = [1]
    for rank in ranks.tolist():
        shifted = [0] * rank + ways
        ways = [a + b for a, b in zip(ways + [0] * rank, shifted, strict=True)]
    extreme = min(positive, int(ranks.sum()) - positive)
    return min(1.0, 2 * sum(ways[: extreme + 1]) / (1 << len(moved)))

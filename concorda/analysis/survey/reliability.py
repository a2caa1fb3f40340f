"""Do the items measure one thing? Cronbach's alpha with its exact interval, and item–rest correlations."""

from dataclasses import dataclass

import numpy as np

from concorda.analysis.survey.answers import Numbers

# Below this many people the interval of alpha is too wide to say anything; pages do not show it.
STEADY = 20


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of n people and k items, with a confidence interval; None where it is not defined."""

    value: float | None
    interval: tuple[float, float] | None
    n: int
    k: int

    @property
    def steady(self) -> bool:
        """Whether enough people answered for alpha to be shown."""
        return self.value is not None and self.n >= STEADY


def alpha(values: Numbers, confidence: float = 0.95) -> Alpha:
    """Alpha of complete answers (n × k): k/(k−1)·(1 − Σs²ᵢ/s²_total).

    Not defined for fewer than two items or people, or when all people have the same total.
    """
    n, k = values.shape
    if n < 2 or k < 2:
        return Alpha(None, None, n, k)
    total = float(values.sum(axis=1).var(ddof=1))
    if total <= 1e-12:
        return Alpha(None, None, n, k)
    value = float(k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / total))
    return Alpha(value, alpha_interval(value, n, k, confidence), n, k)


def alpha_interval(value: float, n: int, k: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of alpha: 1 − (1 − α)·F with n−1 and (n−1)(k−1) degrees of freedom.

    Source: Feldt 1965, Psychometrika 30:357; exact for normal answers with equal covariances.
    """
    from scipy.special import fdtri  # half a second, only when an interval is asked for

    tail = (1 - confidence) / 2
    freedom = n - 1, (n - 1) * (k - 1)
    low, high = (1 - (1 - value) * float(fdtri(*freedom, share)) for share in (1 - tail, tail))
    return low, high


def item_rest(values: Numbers) -> list[float | None]:
    """Correlation of each item with the sum of the others (k,), complete answers (n × k); None for a constant."""
    rest = values.sum(axis=1, keepdims=True) - values
    centred, others = values - values.mean(axis=0), rest - rest.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0) * (others**2).sum(axis=0))
    shared = (centred * others).sum(axis=0)
    return [float(one / by) if by > 1e-12 else None for one, by in zip(shared, spread, strict=True)]

"""Who crosses boundaries most, by several measures at once, and how sure the order is."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from concorda.analysis.network.brokerage import brokerage
from concorda.analysis.network.graph import Floats, Network
from concorda.analysis.network.measures import betweenness, holes
from concorda.analysis.problems import Refused

HIGHEST = 0.2
AGREE = 2
DROPPED = 0.1
INTERVAL = 0.9


@dataclass(frozen=True, slots=True)
class Ranked:
    """One node in the order of boundary crossers; places count from 1, equal ones share a place.

    `interval`: places in the middle 90 % of runs without a tenth of the ties. `measures`: those that have the node in
    their highest fifth; `crosser`: at least two do.
    """

    id: str
    place: int
    interval: tuple[int, int]
    measures: tuple[str, ...]

    @property
    def crosser(self) -> bool:
        """Whether at least two measures have the node in their highest fifth."""
        return len(self.measures) >= AGREE


def ranking(network: Network, *, runs: int = 100, seed: int = 1) -> list[Ranked]:
    """All nodes, best first, by the mean of their places in three measures; refuses a network without nodes.

    The measures: betweenness, low constraint and, where there are groups, brokerage (the z of liaison, gatekeeper and
    representative added up). Networks of contacts are never complete, so the order is computed `runs` times without a
    tenth of the ties, drawn with `seed`; a place that falls apart then says little about a person.
    """
    if not len(network):
        raise Refused("the network has no nodes")
    measures = _measures(network, seed)
    place = _places(measures)
    draws = np.random.default_rng(seed)
    others = np.array([_places(_measures(_thinned(network, draws), seed)) for _ in range(runs)])
    least, most = _middle(np.vstack([place, others]) if runs else place[np.newaxis])
    pointed = {name: _highest(values) for name, values in measures.items()}
    return [
        Ranked(
            network.ids[at],
            int(place[at]),
            (int(least[at]), int(most[at])),
            tuple(name for name, those in pointed.items() if those[at]),
        )
        for at in np.lexsort((np.arange(len(network)), place)).tolist()
    ]


def _measures(network: Network, seed: int) -> dict[str, Floats]:
    """Values (n) that are high for boundary crossers; NaN where a measure says nothing of a node."""
    found = {"betweenness": betweenness(network, exact=False, seed=seed)[0], "constraint": -holes(network)[0]}
    if network.groups is not None:
        z = brokerage(network).z
        # Without directions gatekeeper and representative are one.
        roles = ("liaison", "gatekeeper", "representative") if network.directed else ("liaison", "representative")
        found["brokerage"] = np.nansum([z[role] for role in roles], axis=0)
    return found


def _places(measures: dict[str, Floats]) -> npt.NDArray[np.int64]:
    """Place (n) of every node by the mean of its ranks; equal means share the better place."""
    total = np.round(sum(_ranks(values) for values in measures.values()), 6)
    return np.searchsorted(np.sort(total), total, side="left") + 1


def _middle(places: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Least and greatest place (n) in the middle 90 % of the runs (r × n), the first row always included."""
    ordered = np.sort(places, axis=0)
    aside = int((1 - INTERVAL) / 2 * len(ordered))
    return np.minimum(ordered[aside], places[0]), np.maximum(ordered[len(ordered) - 1 - aside], places[0])


def _ranks(values: Floats) -> Floats:
    """1 for the highest value (n); the mean of their ranks for equal values; NaN comes last."""
    known = -np.round(np.where(np.isnan(values), -np.inf, values), 9)
    ordered = np.sort(known)
    ranks: Floats = (np.searchsorted(ordered, known, "left") + np.searchsorted(ordered, known, "right") + 1) / 2
    return ranks


def _highest(values: Floats) -> npt.NDArray[np.bool_]:
    """The highest fifth (n), at least one; nobody where all are equal."""
    known = values[~np.isnan(values)]
    if not len(known) or known.max() == known.min():
        return np.zeros(len(values), np.bool_)
    limit = np.sort(known)[::-1][max(1, int(len(values) * HIGHEST)) - 1 : len(known)][:1]
    least = limit[0] if len(limit) else known.min()
    return np.where(np.isnan(values), False, (values >= least) & (values > known.min()))


def _thinned(network: Network, draws: np.random.Generator) -> Network:
    """The network without a tenth of its ties, at least one."""
    pairs = network.matrix.tocoo()
    one_each = np.flatnonzero(pairs.row < pairs.col) if not network.directed else np.arange(pairs.nnz)
    kept = np.sort(draws.permutation(one_each)[max(1, round(DROPPED * len(one_each))) :]) if len(one_each) else one_each
    part = csr_array((pairs.data[kept], (pairs.row[kept], pairs.col[kept])), shape=network.matrix.shape)
    matrix = part if network.directed else (part + part.T).tocsr()
    return replace(network, matrix=matrix, silent=frozenset())

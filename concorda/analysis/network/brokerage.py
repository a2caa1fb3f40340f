"""Brokerage between groups (Gould and Fernandez 1989): counts, expectation and z, by sparse products.

For every v, ordered pairs a ≠ b with a → v → b and no tie a → b, by the groups of the three:

- `coordinator`: all of one group; `consultant` (itinerant): a and b of one group, v of another;
- `gatekeeper`: a of another group, v and b of one (lets in); `representative`: a and v of one group, b of another
  (speaks for); `liaison`: three groups.

Programs disagree on the order of the middle two (b_IO is *representative* in R's sna, which ITNr calls gatekeeper);
here they are named by the definition of UCINET. In an undirected network the two are equal by definition.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from concorda.analysis.network.graph import Floats, Network, places_of
from concorda.analysis.problems import Refused

ROLES = ("coordinator", "consultant", "gatekeeper", "representative", "liaison")


@dataclass(frozen=True, slots=True)
class Brokerage:
    """role (and `total`) → counts, expectation and z, each (n). z is NaN where nothing can vary."""

    counts: dict[str, Floats]
    expected: dict[str, Floats]
    z: dict[str, Floats]


def brokerage(network: Network) -> Brokerage:
    """Counts of every role for every node, and how unusual they are; refuses a network without groups.

    Null model: every tie there with probability d (the density), all independent, groups fixed. Expectation as in
    R's `sna`; the variance follows from the covariance of two open paths that share an end,
    p³q² − p⁴q² with p = d, q = 1 − d (derivation in `docs/analysis/network.md`).
    """
    if network.groups is None:
        raise Refused("brokerage needs a group for every node")
    groups = places_of(network.groups)
    counts = _counts(network.binary, groups)
    pairs = len(network) * (len(network) - 1)
    density = network.binary.nnz / pairs if pairs else 0.0
    expected, deviation = _null(groups, density, network.directed)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = {
            role: np.where(deviation[role] > 0, (counts[role] - expected[role]) / deviation[role], np.nan)
            for role in counts
        }
    return Brokerage(counts, expected, z)


def _counts(ties: csr_array, groups: npt.NDArray[np.int64]) -> dict[str, Floats]:
    """Open two-paths through every node, by role.

    All two-paths are counted from degrees by group; those that are closed, by which groups meet, from products of
    sparse matrices restricted to the ties that close them.
    """
    number, kinds = len(groups), int(groups.max(initial=-1)) + 1
    members = csr_array((np.ones(number), (np.arange(number), groups)), shape=(number, kinds))
    from_group = (ties.T @ members).toarray() if number else np.zeros((0, 0))
    to_group = (ties @ members).toarray() if number else np.zeros((0, 0))
    own = np.arange(number), groups
    came, went = from_group.sum(axis=1), to_group.sum(axis=1)
    came_own, went_own = from_group[own], to_group[own]
    there_and_back = np.asarray(ties.multiply(ties.T).sum(axis=1)).ravel()
    same = (from_group * to_group).sum(axis=1)
    within = _among(ties, groups)[0]
    back_own = np.asarray(within.multiply(within.T).sum(axis=1)).ravel()
    paths = {
        "coordinator": came_own * went_own - back_own,
        "consultant": same - came_own * went_own - (there_and_back - back_own),
        "gatekeeper": (came - came_own) * went_own,
        "representative": came_own * (went - went_own),
        "total": came * went - there_and_back,
    }
    closed = _closed(ties, groups)
    counts = {role: paths[role] - closed[role] for role in paths}
    total = counts.pop("total")
    counts["liaison"] = total - sum(counts.values())
    return {**{role: counts[role] for role in ROLES}, "total": total}


def _among(ties: csr_array, groups: npt.NDArray[np.int64]) -> tuple[csr_array, csr_array]:
    """Ties inside groups, and ties between them."""
    pairs = ties.tocoo()
    inside = groups[pairs.row] == groups[pairs.col]
    return _part(pairs, inside, ties.shape), _part(pairs, ~inside, ties.shape)


def _part(pairs: Any, kept: npt.NDArray[np.bool_], shape: tuple[int, int]) -> csr_array:
    return csr_array((pairs.data[kept], (pairs.row[kept], pairs.col[kept])), shape=shape)


def _closed(ties: csr_array, groups: npt.NDArray[np.int64]) -> dict[str, Floats]:
    """Two-paths a → v → b with a tie a → b as well, through every node, by role.

    Σ over a, b of X_av Y_vb Z_ab is the row sum of (Xᵀ Z) ∘ Y: X, Y, Z the ties inside (or between) groups.
    """
    inside, between = _among(ties, groups)

    def through(first: csr_array, second: csr_array, closing: csr_array) -> Floats:
        return np.asarray((first.T @ closing).multiply(second).sum(axis=1)).ravel()

    return {
        "coordinator": through(inside, inside, inside),
        "consultant": through(between, between, inside),
        "gatekeeper": through(between, inside, between),
        "representative": through(inside, between, between),
        "total": through(ties, ties, ties),
    }


def _null(groups: npt.NDArray[np.int64], density: float, directed: bool) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Expectation and standard deviation of every role for every node.

    A role is a set R of ordered pairs. Its size gives the expectation; the numbers of pairs in R that share their
    first (or second) end give the covariance.
    """
    sizes = np.bincount(groups, minlength=1).astype(float)
    whole, own = float(len(groups)), sizes[groups]
    others, mates = whole - own, own - 1
    squares = (sizes**2).sum() - own**2  # Σ n_k² over the other groups
    cubes = (sizes**3).sum() - own**3
    shape = {  # role: (|R|, Σ over first ends of r(r − 1), the same over second ends)
        "coordinator": (mates * (mates - 1), *(mates * (mates - 1) * (mates - 2),) * 2),
        "consultant": (squares - others, *(cubes - 3 * squares + 2 * others,) * 2),
        "gatekeeper": (others * mates, others * mates * (mates - 1), mates * others * (others - 1)),
        "representative": (others * mates, mates * others * (others - 1), others * mates * (mates - 1)),
        "liaison": (others**2 - squares, *_liaison_ends(others, squares, cubes)),
        "total": ((whole - 1) * (whole - 2) + 0 * own, *((whole - 1) * (whole - 2) * (whole - 3) + 0 * own,) * 2),
    }
    chance = density**2 * (1 - density)
    shared = density**3 * (1 - density) ** 2 - chance**2
    expected, deviation = {}, {}
    for role, (pairs, firsts, seconds) in shape.items():
        expected[role] = chance * pairs
        alone = chance * (1 - chance)
        if directed or role in {"gatekeeper", "representative"}:
            variance = pairs * alone + (firsts + seconds) * shared
        else:  # undirected: every unordered pair counts twice
            variance = 4 * (pairs / 2 * alone + firsts * shared)
        deviation[role] = np.sqrt(np.maximum(variance, 0))
    return expected, deviation


def _liaison_ends(others: Floats, squares: Floats, cubes: Floats) -> tuple[Floats, Floats]:
    """Σ_k n_k r(r − 1) with r = others − n_k, over the groups that are not the broker's."""
    ends = others**3 - 2 * others * squares + cubes - (others**2 - squares)
    return ends, ends

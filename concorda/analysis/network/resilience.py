"""What hangs by one node, and where a new tie would help most. Directions are left aside."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from concorda.analysis.network.graph import Floats, Network

PAIRS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Removal:
    """What happens when one node leaves: the pieces its part falls into (sizes, largest first).

    `cut_off`: nodes outside the largest piece; `fragmentation`: share of the pairs of all remaining nodes that can no
    longer reach each other (Borgatti 2006).
    """

    id: str
    pieces: tuple[int, ...]
    cut_off: int
    fragmentation: float


@dataclass(frozen=True, slots=True)
class NewTie:
    """A tie that is not there; `gain`: by how much it raises efficiency, the mean of 1 ÷ distance over all pairs."""

    source: str
    target: str
    gain: float


def removals(network: Network) -> list[Removal]:
    """The effect of removing each node, in the order of ids."""
    from scipy.sparse.csgraph import connected_components  # half a second, only when somebody asks who may leave

    components = connected_components(network.skeleton, directed=False)[1]
    sizes = np.bincount(components, minlength=1)
    squares = int((sizes**2 - sizes).sum())
    left = len(network) - 1
    cuts = cut_sizes(network)
    effects = []
    for number, name in enumerate(network.ids):
        part = int(sizes[components[number]])
        pieces = sorted(cuts.get(number, [part - 1] if part > 1 else []), reverse=True)
        reaching = squares - part * (part - 1) + sum(piece * (piece - 1) for piece in pieces)
        fragmentation = 1 - reaching / (left * (left - 1)) if left > 1 else 0.0
        effects.append(Removal(name, tuple(pieces), sum(pieces[1:]), fragmentation))
    return effects


def cut_sizes(network: Network) -> dict[int, list[int]]:
    """Articulation points → sizes of the pieces that their part falls into without them (Hopcroft and Tarjan 1973)."""
    starts, neighbours = network.skeleton.indptr.tolist(), network.skeleton.indices.tolist()
    number = len(network)
    order, low, size, parent = [0] * number, [0] * number, [1] * number, [-1] * number
    following = starts[:-1]
    cuts: dict[int, list[int]] = {}
    seen = 0
    for root in range(number):
        if order[root]:
            continue
        before = seen
        seen += 1
        order[root] = low[root] = seen
        path, found = [root], dict[int, list[int]]()
        while path:
            node = path[-1]
            if following[node] < starts[node + 1]:
                other = neighbours[following[node]]
                following[node] += 1
                if not order[other]:
                    seen += 1
                    order[other] = low[other] = seen
                    parent[other] = node
                    path.append(other)
                elif other != parent[node]:
                    low[node] = min(low[node], order[other])
                continue
            path.pop()
            above = parent[node]
            if above >= 0:
                size[above] += size[node]
                low[above] = min(low[above], low[node])
                if low[node] >= order[above]:
                    found.setdefault(above, []).append(size[node])
        cuts.update(_cuts(found, root, seen - before))
    return cuts


def _cuts(found: dict[int, list[int]], root: int, whole: int) -> dict[int, list[int]]:
    """A root with one branch cuts nothing off; any other cut leaves the rest of its part as one more piece."""
    return {
        node: pieces if node == root else [*pieces, whole - 1 - sum(pieces)]
        for node, pieces in found.items()
        if node != root or len(pieces) > 1
    }


def helpful_ties(network: Network, limit: int = 5, *, across_groups: bool = True) -> list[NewTie]:
    """The `limit` missing ties that bring everybody closest, best first.

    Only ties across groups, where there are groups, unless `across_groups` is False. Every missing tie is tried when
    there are at most 200; beyond that those whose ends are far apart and near many (an estimate chooses, the gain
    itself is exact).
    """
    from scipy.sparse.csgraph import shortest_path

    number = len(network)
    distances = shortest_path(network.skeleton, directed=False, unweighted=True)
    closeness = np.divide(1.0, distances, out=np.zeros_like(distances), where=distances > 0)
    wanted = np.triu(~(distances <= 1), k=1)
    if across_groups and network.groups is not None:
        groups = np.array(network.groups)
        wanted &= groups[:, None] != groups[None, :]
    pairs = np.argwhere(wanted)
    if len(pairs) > PAIRS_AT_MOST:
        reach = 1 + closeness.sum(axis=1)
        promise = (1 - closeness[pairs[:, 0], pairs[:, 1]]) * reach[pairs[:, 0]] * reach[pairs[:, 1]]
        pairs = pairs[np.argsort(-promise, kind="stable")[:PAIRS_AT_MOST]]
    gains = [(_gain(distances, closeness, int(one), int(other)), int(one), int(other)) for one, other in pairs]
    best = sorted(gains, key=lambda found: (-found[0], found[1], found[2]))[:limit]
    whole = number * (number - 1)
    return [NewTie(network.ids[one], network.ids[other], gain / whole) for gain, one, other in best]


def _gain(distances: npt.NDArray[np.float64], closeness: Floats, one: int, other: int) -> float:
    """Growth of Σ 1 ÷ distance when `one` and `other` are tied."""
    around = distances[:, one, None] + 1 + distances[None, other, :]
    shorter = np.minimum(around, around.T)
    gained = np.divide(1.0, shorter, out=np.zeros_like(shorter), where=np.isfinite(shorter)) - closeness
    np.fill_diagonal(gained, 0)
    return float(np.maximum(gained, 0).sum())

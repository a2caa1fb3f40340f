"""Every measure of a network and of its nodes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array

from concorda.analysis.network.brokerage import Brokerage, brokerage
from concorda.analysis.network.graph import Floats, Network, places_of
from concorda.analysis.problems import Refused

EXACT_UP_TO = 5000
PIVOTS = 240
BATCHES = 24
ENOUGH_ANSWERS = 0.75


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """Arrays (n) in the order of `Network.ids`; NaN where a measure is not defined or not known.

    `betweenness_error`: standard error, where betweenness is estimated; else None.
    """

    degree: Floats
    indegree: Floats
    outdegree: Floats
    betweenness: Floats
    betweenness_normalized: Floats
    betweenness_error: Floats | None
    constraint: Floats
    effective_size: Floats
    bridging: Floats
    participation: Floats


@dataclass(frozen=True, slots=True)
class Measures:
    """The whole network; None where a measure is not defined (too few nodes, no ties, no groups, too few answers)."""

    nodes: int
    ties: int
    directed: bool
    density: float | None
    centralization: dict[str, float | None]
    reciprocity: dict[str, float | None]
    ei_index: float | None
    articulation_points: tuple[str, ...]
    response_rate: float
    per_node: NodeMeasures
    brokerage: Brokerage | None


def measure(network: Network, *, exact: bool = False, seed: int = 1) -> Measures:
    """Every measure; refuses a network without nodes.

    Above 5,000 nodes betweenness is estimated from 240 sources (drawn with `seed`) unless `exact`. Where fewer than
    three quarters answered, only what others say of a node is kept (in-degree); the rest is unknown.
    """
    number = len(network)
    if not number:
        raise Refused("the network has no nodes")
    rate = 1 - len(network.silent) / number
    per_node = _per_node(network, *betweenness(network, exact=exact, seed=seed))
    measures = Measures(
        nodes=number,
        ties=network.ties,
        directed=network.directed,
        density=_density(network),
        centralization=_centralization(network, per_node),
        reciprocity=_reciprocity(network),
        ei_index=_ei_index(network),
        articulation_points=tuple(network.ids[each] for each in sorted(network.igraph.articulation_points())),
        response_rate=rate,
        per_node=per_node,
        brokerage=brokerage(network) if network.groups is not None else None,
    )
    return measures if rate >= ENOUGH_ANSWERS else _only_indegree(measures)


def _only_indegree(measures: Measures) -> Measures:
    unknown = np.full(measures.nodes, np.nan)
    nodes = measures.per_node
    return Measures(
        nodes=measures.nodes,
        ties=measures.ties,
        directed=measures.directed,
        density=measures.density,
        centralization={"in": measures.centralization["in"], "out": None, "degree": None, "betweenness": None},
        reciprocity=measures.reciprocity,
        ei_index=None,
        articulation_points=(),
        response_rate=measures.response_rate,
        per_node=NodeMeasures(
            unknown, nodes.indegree, nodes.outdegree, unknown, unknown, None, unknown, unknown, unknown, unknown
        ),
        brokerage=None,
    )


def _answered(network: Network) -> npt.NDArray[np.bool_]:
    answered = np.ones(len(network), np.bool_)
    answered[list(network.silent)] = False
    return answered


def _density(network: Network) -> float | None:
    """Ties ÷ pairs somebody answered for: ordered pairs if directed, else pairs with at least one who answered."""
    number, answered = len(network), int(_answered(network).sum())
    silent = number - answered
    pairs = answered * (number - 1) if network.directed else (number * (number - 1) - silent * (silent - 1)) / 2
    return network.ties / pairs if pairs else None


def _reciprocity(network: Network) -> dict[str, float | None]:
    """Among those who answered. dyadic: mutual and null pairs ÷ all pairs. edgewise: mutual ties ÷ ties."""
    answered = np.flatnonzero(_answered(network))
    ties = network.binary[answered][:, answered]
    pairs = len(answered) * (len(answered) - 1) / 2
    mutual = ties.multiply(ties.T).sum() / 2
    lonely = ties.nnz - 2 * mutual
    return {
        "dyadic": float((pairs - lonely) / pairs) if pairs else None,
        "edgewise": float(2 * mutual / ties.nnz) if ties.nnz else None,
    }


def _centralization(network: Network, nodes: NodeMeasures) -> dict[str, float | None]:
    """Freeman's centralization: 1 for a star. A directed network's `degree` counts neighbours in any direction."""
    number = len(network)
    neighbours = np.diff(network.skeleton.indptr).astype(float)

    def spread(values: Floats, most: float) -> float | None:
        known = values[~np.isnan(values)]
        return float((known.max() - known).sum() / most) if most > 0 and len(known) == number else None

    one_way = float((number - 1) ** 2) if network.directed else 0.0
    return {
        "in": spread(nodes.indegree, one_way),
        "out": spread(nodes.outdegree, one_way),
        "degree": spread(neighbours, (number - 1) * (number - 2)),
        "betweenness": spread(nodes.betweenness_normalized, number - 1 if number > 2 else 0),
    }


def _ei_index(network: Network) -> float | None:
    """(external − internal) ÷ ties: −1 all inside groups, 1 all between."""
    if network.groups is None or not network.binary.nnz:
        return None
    groups, pairs = places_of(network.groups), network.binary.tocoo()
    external = float((groups[pairs.row] != groups[pairs.col]).mean())
    return 2 * external - 1


def _per_node(network: Network, between: Floats, error: Floats | None) -> NodeMeasures:
    number = len(network)
    indegree = np.bincount(network.binary.indices, minlength=number).astype(float)
    outdegree = np.diff(network.binary.indptr).astype(float)
    if network.directed:
        outdegree[list(network.silent)] = np.nan
    pairs = (number - 1) * (number - 2) / (1 if network.directed else 2)
    constraint, effective_size = holes(network)
    return NodeMeasures(
        degree=indegree + outdegree if network.directed else indegree,
        indegree=indegree,
        outdegree=outdegree,
        betweenness=between,
        betweenness_normalized=between / pairs if pairs else np.full(number, np.nan),
        betweenness_error=error,
        constraint=constraint,
        effective_size=effective_size,
        bridging=between * _bridging_coefficient(network),
        participation=_participation(network),
    )


def betweenness(network: Network, *, exact: bool, seed: int) -> tuple[Floats, Floats | None]:
    """Σ over pairs of the share of shortest paths through a node (Freeman 1977; Brandes 2001), strengths left aside.

    Estimated as in Brandes and Pich (2007): from all targets, but only some sources, in batches whose spread gives
    the standard error.
    """
    number, graph = len(network), network.igraph
    if exact or number <= EXACT_UP_TO:
        return np.array(graph.betweenness(directed=network.directed)), None
    sources = np.random.default_rng(seed).permutation(number)[:PIVOTS].reshape(BATCHES, -1)
    sums = np.array([graph.betweenness(directed=network.directed, sources=batch.tolist()) for batch in sources])
    estimates = sums * number / sources.shape[1]
    correction = 1 - PIVOTS / number
    return estimates.mean(axis=0), np.sqrt(estimates.var(axis=0, ddof=1) / BATCHES * correction)


def holes(network: Network) -> tuple[Floats, Floats]:
    """Burt's constraint and effective size (1992), over the neighbours of each node; NaN for isolates.

    p_ij = m_ij ÷ Σ_k m_ik with m = x + xᵀ; constraint Σ_j (p_ij + Σ_q p_iq p_qj)²; effective size
    Σ_j (1 − Σ_q p_iq m_jq ÷ max_k m_jk).
    """
    mutual = network.mutual
    totals = np.asarray(mutual.sum(axis=1)).ravel()
    most = np.asarray(mutual.max(axis=1).todense()).ravel() if mutual.shape[0] else totals
    shares = (diags_array(_inverse(totals)) @ mutual).tocsr()
    marginal = (diags_array(_inverse(most)) @ mutual).tocsr()
    skeleton = network.skeleton
    local = shares + (shares @ shares).multiply(skeleton)
    constraint = np.asarray(local.multiply(local).sum(axis=1)).ravel()
    redundancy = np.asarray((shares @ marginal.T).multiply(skeleton).sum(axis=1)).ravel()
    neighbours = np.diff(skeleton.indptr).astype(float)
    alone = neighbours == 0
    return np.where(alone, np.nan, constraint), np.where(alone, np.nan, neighbours - redundancy)


def _inverse(values: Floats) -> Floats:
    inverse: Floats = np.divide(1.0, values, out=np.zeros_like(values, dtype=float), where=values > 0)
    return inverse


def _bridging_coefficient(network: Network) -> Floats:
    """(1 ÷ d_v) ÷ Σ over neighbours u of 1 ÷ d_u (Hwang and others 2006); 0 for isolates."""
    neighbours = np.diff(network.skeleton.indptr).astype(float)
    return np.asarray(_inverse(neighbours) * _inverse(network.skeleton @ _inverse(neighbours)))


def _participation(network: Network) -> Floats:
    """1 − Σ over groups of (strength to the group ÷ strength)² (Guimerà and Amaral 2005); NaN for isolates."""
    if network.groups is None:
        return np.full(len(network), np.nan)
    groups = places_of(network.groups)
    number = len(groups)
    members = csr_array((np.ones(number), (np.arange(number), groups)), shape=(number, int(groups.max()) + 1))
    by_group = (network.mutual @ members).tocsr()
    totals = np.asarray(by_group.sum(axis=1)).ravel()
    squares = np.asarray(by_group.multiply(by_group).sum(axis=1)).ravel()
    return np.where(totals > 0, 1 - squares * _inverse(totals) ** 2, np.nan)

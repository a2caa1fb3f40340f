"""Networks: brute force, networkx, enumeration of the null model, and values known by heart."""

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concorda.analysis.network import ROLES, Network, brokerage, helpful_ties, measure, removals
from concorda.analysis.network.brokerage import _counts, _null
from concorda.analysis.problems import Refused


@st.composite
def networks(draw, directed=None, weighted=False):
    size = draw(st.integers(1, 9))
    pairs = list(itertools.permutations([f"n{number}" for number in range(size)], 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    weights = [draw(st.sampled_from([0.5, 1, 3])) if weighted else 1.0 for _ in chosen]
    directed = draw(st.booleans()) if directed is None else directed
    return Network.of(
        [f"n{number}" for number in range(size)],
        [(source, target, weight) for (source, target), weight in zip(chosen, weights, strict=True)],
        directed=directed,
        groups={f"n{number}": draw(st.sampled_from("abc")) for number in range(size)},
    )


def as_networkx(network):
    graph = nx.DiGraph() if network.directed else nx.Graph()
    graph.add_nodes_from(network.ids)
    pairs = network.matrix.tocoo()
    for row, column, weight in zip(pairs.row, pairs.col, pairs.data, strict=True):
        graph.add_edge(network.ids[row], network.ids[column], weight=weight)
    return graph


def listed(network, values):
    return [values[name] for name in network.ids]


@settings(max_examples=80, deadline=None)
@given(networks())
def test_agrees_with_networkx(network):
    graph, found = as_networkx(network), measure(network)
    nodes = found.per_node
    assert nodes.betweenness == pytest.approx(listed(network, nx.betweenness_centrality(graph, normalized=False)))
    if len(network) > 2:
        assert nodes.betweenness_normalized == pytest.approx(listed(network, nx.betweenness_centrality(graph)))
        assert found.density == pytest.approx(nx.density(graph))
    if network.directed and found.ties:
        assert found.reciprocity["edgewise"] == pytest.approx(nx.reciprocity(graph))
    assert set(found.articulation_points) == set(nx.articulation_points(graph.to_undirected()))
    assert nodes.degree.tolist() == listed(network, dict(graph.degree))


@settings(max_examples=80, deadline=None)
@given(networks(weighted=True))
def test_structural_holes_agree_with_networkx(network):
    graph, nodes = as_networkx(network), measure(network).per_node
    constraint = listed(network, nx.constraint(graph, weight="weight"))
    assert nodes.constraint == pytest.approx(constraint, nan_ok=True)
    if not network.directed:  # networkx takes a node that is only named by others for an isolate
        expected = listed(network, nx.effective_size(graph, nodes=list(graph), weight="weight"))
        assert nodes.effective_size == pytest.approx(expected, nan_ok=True)


def burt(network, node):
    """Constraint and effective size as written down by Burt, in loops."""
    x = network.matrix.toarray()
    m = x + x.T
    everyone = range(len(x))
    if not m[node].any():
        return math.nan, math.nan
    p = [[m[i][j] / m[i].sum() if m[i].sum() else 0 for j in everyone] for i in everyone]
    neighbours = [j for j in everyone if m[node][j]]
    constraint = sum(
        (p[node][j] + sum(p[node][q] * p[q][j] for q in everyone if q not in {node, j})) ** 2 for j in neighbours
    )
    size = sum(1 - sum(p[node][q] * m[j][q] / m[j].max() for q in everyone if q not in {node, j}) for j in neighbours)
    return constraint, size


@settings(max_examples=60, deadline=None)
@given(networks(weighted=True))
def test_structural_holes_as_written_down(network):
    nodes = measure(network).per_node
    for place in range(len(network)):
        constraint, size = burt(network, place)
        assert nodes.constraint[place] == pytest.approx(constraint, nan_ok=True)
        assert nodes.effective_size[place] == pytest.approx(size, nan_ok=True)


def roles_by_hand(ties, groups):
    """Gould and Fernandez by their definition: one triple after the other."""
    found = {role: [0] * len(ties) for role in (*ROLES, "total")}
    for v in range(len(ties)):
        for a, b in itertools.permutations([each for each in range(len(ties)) if each != v], 2):
            if not (ties[a][v] and ties[v][b] and not ties[a][b]):
                continue
            if groups[a] == groups[b]:
                role = "coordinator" if groups[a] == groups[v] else "consultant"
            elif groups[v] == groups[b]:
                role = "gatekeeper"
            elif groups[v] == groups[a]:
                role = "representative"
            else:
                role = "liaison"
            found[role][v] += 1
            found["total"][v] += 1
    return found


@settings(max_examples=100, deadline=None)
@given(networks())
def test_brokerage_is_what_its_definition_counts(network):
    counts = brokerage(network).counts
    for role, expected in roles_by_hand(network.binary.toarray(), network.groups).items():
        assert counts[role].tolist() == expected


def test_gatekeeper_lets_in_and_representative_speaks_for():
    ties = [("outsider", "door"), ("door", "member"), ("member2", "voice"), ("voice", "outsider")]
    groups = dict.fromkeys(["door", "member", "member2", "voice"], "ours") | {"outsider": "theirs"}
    network = Network.of(groups, ties, directed=True, groups=groups)
    counts = brokerage(network).counts
    assert {network.ids[place] for place in np.flatnonzero(counts["gatekeeper"])} == {"door"}
    assert {network.ids[place] for place in np.flatnonzero(counts["representative"])} == {"voice"}


@pytest.mark.parametrize(("groups", "directed"), [([0, 0, 1, 1], True), ([0, 1, 1, 2], True), ([0, 0, 1, 1, 2], False)])
def test_expectation_and_deviation_by_enumerating_every_network(groups, directed):
    size, density = len(groups), 0.3
    groups = np.array(groups)
    pairs = list(itertools.permutations(range(size), 2) if directed else itertools.combinations(range(size), 2))
    sums = {role: np.zeros((2, size)) for role in (*ROLES, "total")}
    for there in itertools.product([0.0, 1.0], repeat=len(pairs)):
        ties = np.zeros((size, size))
        for (a, b), tie in zip(pairs, there, strict=True):
            ties[a, b] = tie
            if not directed:
                ties[b, a] = tie
        chance = density ** sum(there) * (1 - density) ** (len(pairs) - sum(there))
        open_paths = ties[:, :, None] * ties[None, :, :] * (1 - ties)[:, None, :]  # a, v, b
        for role, kept in role_masks(groups).items():
            counts = (open_paths * kept).sum(axis=(0, 2))
            sums[role] += chance * np.array([counts, counts**2])
    expected, deviation = _null(groups, density, directed)
    for role, (mean, square) in sums.items():
        assert expected[role] == pytest.approx(mean)
        assert deviation[role] == pytest.approx(np.sqrt(np.maximum(square - mean**2, 0)), abs=1e-7)


def role_masks(groups):
    a, v, b = (groups[(None,) * before + (slice(None),) + (None,) * (2 - before)] for before in range(3))
    size = len(groups)
    different = ~np.eye(size, dtype=bool)[:, None, :] & np.ones((1, size, 1), bool)
    masks = {
        "coordinator": (a == v) & (v == b),
        "consultant": (a == b) & (a != v),
        "gatekeeper": (a != v) & (v == b),
        "representative": (a == v) & (v != b),
        "liaison": (a != v) & (v != b) & (a != b),
    }
    return {role: mask & different for role, mask in masks.items()} | {"total": different}


@settings(max_examples=60, deadline=None)
@given(networks())
def test_removal_leaves_the_pieces_that_networkx_finds(network):
    graph = as_networkx(network).to_undirected()
    for effect in removals(network):
        part = nx.node_connected_component(graph, effect.id) - {effect.id}
        pieces = sorted(map(len, nx.connected_components(graph.subgraph(part))), reverse=True)
        assert list(effect.pieces) == pieces
        rest = graph.subgraph(set(graph) - {effect.id})
        reaching = sum(len(each) * (len(each) - 1) for each in nx.connected_components(rest))
        whole = len(rest) * (len(rest) - 1)
        assert effect.fragmentation == pytest.approx(1 - reaching / whole if whole else 0)


@settings(max_examples=40, deadline=None)
@given(networks(directed=False))
def test_the_most_helpful_tie_raises_efficiency_most(network):
    graph = as_networkx(network)
    before = nx.global_efficiency(graph)
    gains = {}
    for one, other in nx.non_edges(graph):
        graph.add_edge(one, other)
        gains[frozenset((one, other))] = nx.global_efficiency(graph) - before
        graph.remove_edge(one, other)
    found = helpful_ties(network, limit=50, across_groups=False)
    assert len(found) == len(gains)
    assert {frozenset((tie.source, tie.target)): tie.gain for tie in found} == pytest.approx(gains)
    assert [tie.gain for tie in found] == sorted((tie.gain for tie in found), reverse=True)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_participation_bridging_and_ei_as_written_down(network):
    found, ties = measure(network), network.binary.toarray()
    groups, both = network.groups, ties + ties.T
    degrees = (both > 0).sum(axis=1)
    for v in range(len(network)):
        if not degrees[v]:
            assert math.isnan(found.per_node.participation[v])
            continue
        shares = [sum(both[v][u] for u in range(len(ties)) if groups[u] == group) / both[v].sum() for group in "abc"]
        assert found.per_node.participation[v] == pytest.approx(1 - sum(share**2 for share in shares))
        coefficient = (1 / degrees[v]) / sum(1 / degrees[u] for u in np.flatnonzero(both[v]))
        assert found.per_node.bridging[v] == pytest.approx(found.per_node.betweenness[v] * coefficient)
    external = sum(groups[a] != groups[b] for a, b in np.argwhere(ties))
    if ties.sum():
        assert found.ei_index == pytest.approx((2 * external - ties.sum()) / ties.sum())
    else:
        assert found.ei_index is None


def test_a_star_is_as_centralized_as_can_be():
    points = [f"p{number}" for number in range(6)]
    star = Network.of(["hub", *points], [("hub", point) for point in points], directed=False)
    centralization = measure(star).centralization
    assert centralization["degree"] == centralization["betweenness"] == pytest.approx(1)
    outward = measure(Network.of(["hub", *points], [("hub", point) for point in points], directed=True))
    assert outward.centralization["out"] == pytest.approx(1)


def test_dyadic_and_edgewise_reciprocity_differ():
    network = Network.of("abcd", [("a", "b"), ("b", "a"), ("c", "d")], directed=True)
    assert measure(network).reciprocity == {"dyadic": pytest.approx(5 / 6), "edgewise": pytest.approx(2 / 3)}


def test_a_dyad_is_constrained_by_one_and_an_isolate_is_undefined():
    nodes = measure(Network.of("abc", [("a", "b")], directed=False)).per_node
    assert nodes.constraint[0] == 1
    assert np.isnan(nodes.constraint[2])
    assert np.isnan(nodes.effective_size[2])
    assert nodes.bridging[2] == 0


def test_constraint_can_exceed_one():
    network = Network.of("abc", [("a", "b"), ("b", "c"), ("a", "c")], directed=False)
    assert measure(network).per_node.constraint == pytest.approx([1.125] * 3)


def test_those_who_did_not_answer_are_missing_not_zero():
    ties = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "d")]
    network = Network.of("abcd", ties, directed=True, silent=["d"])
    found = measure(network)
    assert found.response_rate == 0.75
    assert found.density == pytest.approx(5 / 9)
    assert found.reciprocity["edgewise"] == pytest.approx(2 / 4)  # c → d cannot be answered
    assert np.isnan(found.per_node.outdegree[3])
    assert found.per_node.indegree[3] == 1
    assert found.centralization["out"] is None


def test_with_few_answers_only_what_others_say_remains():
    found = measure(Network.of("abcd", [("a", "b"), ("b", "c")], directed=True, silent=["c", "d"]))
    assert np.isnan(found.per_node.betweenness).all()
    assert found.per_node.indegree.tolist() == [0, 1, 1, 0]
    assert found.brokerage is None


def test_answers_of_somebody_silent_are_refused():
    with pytest.raises(Refused, match="said not to have answered"):
        Network.of("ab", [("a", "b")], directed=True, silent=["a"])


def test_one_node_has_no_density():
    found = measure(Network.of("a", [], directed=True))
    assert (found.nodes, found.ties, found.density) == (1, 0, None)
    assert all(value is None for value in found.centralization.values())


def test_estimated_betweenness_comes_with_an_error_that_holds(monkeypatch):
    graph = nx.barabasi_albert_graph(800, 3, seed=4)
    network = Network.of(map(str, graph), [(str(a), str(b)) for a, b in graph.edges], directed=False)
    exact = measure(network).per_node.betweenness
    monkeypatch.setattr("concorda.analysis.network.measures.EXACT_UP_TO", 100)
    found = measure(network).per_node
    busy = exact > np.quantile(exact, 0.9)
    misses = np.abs(found.betweenness - exact)[busy] / found.betweenness_error[busy]
    assert np.mean(misses < 3) > 0.85
    assert np.median(misses) < 1.5
    assert np.corrcoef(found.betweenness, exact)[0, 1] > 0.98
    assert measure(network, exact=True).per_node.betweenness_error is None


def test_no_nodes_are_refused():
    with pytest.raises(Refused, match="no nodes"):
        measure(Network.of([], [], directed=True))


def test_counts_of_no_ties_are_zero():
    assert _counts(Network.of("ab", [], directed=True).binary, np.array([0, 1]))["total"].tolist() == [0, 0]

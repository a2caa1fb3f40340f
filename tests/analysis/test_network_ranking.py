"""Boundary crossers by several measures, and how far a place moves when a tenth of the ties is not there."""

import json
from pathlib import Path

import numpy as np
import pytest

from concorda.analysis.network import Network, ranking
from concorda.analysis.network.ranking import _ranks, _thinned
from concorda.analysis.problems import Refused
from concorda.cli import main

FILES = Path(__file__).parent / "files"


def cliques(bridges):
    """Two groups of six that all know each other, joined by the ties given."""
    ids = [f"{side}{at}" for side in "ab" for at in range(6)]
    ties = [(one, other) for one in ids for other in ids if one < other and one[0] == other[0]]
    return Network.of(ids, [*ties, *bridges], directed=False, groups={name: name[0] for name in ids})


def test_the_only_bridge_is_ranked_first_for_certain():
    first, second, *rest = ranking(cliques([("a0", "b0")]), runs=40)
    assert {first.id, second.id} == {"a0", "b0"}
    assert (first.place, second.place, rest[0].place) == (1, 1, 3)
    assert first.measures == ("betweenness", "constraint", "brokerage")
    assert first.crosser
    assert first.interval[0] == 1
    assert not any(one.crosser for one in rest)


def test_places_among_equals_fall_apart():
    """Six bridges alike: who is first depends on which ties were told."""
    found = {one.id: one for one in ranking(cliques([(f"a{at}", f"b{at}") for at in range(6)]), runs=60)}
    assert {one.place for one in found.values()} == {1}
    assert all(low == 1 and high > 6 for low, high in (one.interval for one in found.values()))


def test_the_same_seed_gives_the_same_intervals_and_another_seed_may_not():
    network = cliques([("a0", "b0"), ("a0", "b1"), ("a2", "b3")])
    again = [ranking(network, runs=30, seed=seed) for seed in (4, 4, 5)]
    assert again[0] == again[1]
    assert [one.place for one in again[0]] == [one.place for one in again[2]]
    assert again[0] != again[2]


def test_every_interval_holds_its_place():
    for one in ranking(cliques([("a0", "b0"), ("a1", "b0"), ("a4", "b5")]), runs=25):
        assert one.interval[0] <= one.place <= one.interval[1] <= 12


@pytest.mark.parametrize("directed", [True, False])
def test_a_tenth_of_the_ties_is_left_out(directed):
    network = Network.of(map(str, range(21)), [(str(at), str(at + 1)) for at in range(20)], directed=directed)
    thin = _thinned(network, np.random.default_rng(1))
    assert (thin.ties, thin.directed) == (18, directed)
    assert (thin.matrix - network.matrix).max() == 0
    assert directed or (thin.matrix != thin.matrix.T).nnz == 0


def test_ranks_share_the_mean_and_what_is_unknown_comes_last():
    assert _ranks(np.array([5.0, np.nan, 5.0, 7.0])).tolist() == [2.5, 4, 2.5, 1]


def test_without_groups_two_measures_decide_and_nobody_stands_out_among_equals():
    ring = Network.of("abcd", [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")], directed=False)
    assert [(one.place, one.measures) for one in ranking(ring, runs=5)] == [(1, ())] * 4


def test_small_and_empty_networks():
    assert ranking(Network.of("a", [], directed=True), runs=3)[0].interval == (1, 1)
    with pytest.raises(Refused, match="no nodes"):
        ranking(Network.of("", [], directed=True))


def test_the_command_ranks_on_demand(capsys):
    words = ["network", str(FILES / "bridge.graphml"), "--group", "team", "--ranks", "20", "--seed", "3"]
    assert main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)["ranking"]
    assert {one["id"] for one in result} == {"Ann", "Bo", "Cy", "Di", "Ed"}
    assert result[0]["rank"] == 1
    assert set(result[0]) == {"id", "rank", "rank_interval", "measures"}
    assert main(words) == 0
    assert "without a tenth of the ties" in capsys.readouterr().out

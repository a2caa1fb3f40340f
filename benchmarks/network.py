"""Network measures: ours beside igraph's betweenness alone, in the same run.

python benchmarks/network.py [--exact]
"""

import sys
import time

import networkx as nx
import numpy as np

from concorda.analysis.network import Network, measure, measures


def network(nodes: int, ties: int, seed: int = 1) -> Network:
    """Ties at random, ten groups."""
    draws = np.random.default_rng(seed)
    pairs = draws.integers(0, nodes, size=(ties * 2, 2))
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    pairs = draws.permutation(pairs)[:ties]
    names = [str(number) for number in range(nodes)]
    groups = {name: f"g{number % 10}" for number, name in enumerate(names)}
    return Network.of(names, [(str(a), str(b)) for a, b in pairs.tolist()], directed=True, groups=groups)


def seconds(work, times: int = 1) -> float:
    """Seconds of processor time of the shortest of several runs."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    small = network(300, 1500)
    ours, graph = seconds(lambda: measure(small), 10), small.igraph
    alone = seconds(graph.betweenness, 10)
    print(
        f"300 nodes, every measure: {ours * 1000:.1f} ms (limit 50: ratio {ours / 0.05:.2f}); igraph alone "
        f"{alone * 1000:.1f} ms"
    )
    digraph = nx.DiGraph(list(zip(*small.binary.nonzero(), strict=True)))
    peer = seconds(lambda: (nx.betweenness_centrality(digraph), nx.constraint(digraph), nx.effective_size(digraph)))
    print(f"  networkx, three of the measures: {peer * 1000:.0f} ms, {peer / ours:.0f} × ours")
    large = network(10_000, 100_000)
    ours = seconds(lambda: measure(large))
    print(f"10,000 nodes, 100,000 ties, betweenness estimated: {ours:.2f} s (limit 3 s: ratio {ours / 3:.2f})")
    if "--exact" in sys.argv:
        whole, alone = exact_seconds(large)
        print(
            f"  exact: {whole:.1f} s, igraph's betweenness in it {alone:.1f} s: ratio {whole / alone:.2f} (limit 1.2)"
        )


def exact_seconds(large: Network) -> tuple[float, float]:
    """Seconds of processor time of every measure, and of igraph's betweenness within: of one run, so that a machine
    that is busy now and idle then does not decide the ratio."""
    betweenness, inside = measures.betweenness, []

    def timed(*given, **named):
        start = time.process_time()
        found = betweenness(*given, **named)
        inside.append(time.process_time() - start)
        return found

    measures.betweenness = timed
    whole = seconds(lambda: measure(large, exact=True))
    measures.betweenness = betweenness
    return whole, inside[0]


if __name__ == "__main__":
    main()

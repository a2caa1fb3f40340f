"""Drawing positions for 300 people in eight groups: ours, groups and labels included, beside igraph's plain layout.

python benchmarks/layout.py
"""

import random
import time

import igraph

from concorda.analysis.layout import arrange


def main() -> None:
    rng = random.Random(1)
    ids = [f"p{number}" for number in range(300)]
    groups = {name: f"g{rng.randrange(8)}" for name in ids}
    pairs = [(rng.choice(ids), rng.choice(ids)) for _ in range(900)]
    labels = {name: f"Person {name}" for name in ids}
    start = time.perf_counter()
    drawn = arrange(ids, pairs, groups, labels, width=1600, height=1000, radius=5)
    ours = time.perf_counter() - start
    graph = igraph.Graph.TupleList(pairs)
    start = time.perf_counter()
    graph.layout_fruchterman_reingold(niter=300)
    peer = time.perf_counter() - start
    clear = sum(label.clear for label in drawn.labels)
    print(
        f"300 people: {ours:.2f} s, {clear} of {len(drawn.labels)} labels clear; igraph without either {peer:.2f} s: "
        f"ratio {ours / peer:.1f}"
    )


if __name__ == "__main__":
    main()

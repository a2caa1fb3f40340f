"""Who works with whom: measures of a network, of the people in it, and of those who cross its boundaries.

`read` (files) or `Network.of` (lists) make a `Network`; `measure` computes everything. See `docs/analysis/network.md`.
"""

from concorda.analysis.network.brokerage import ROLES, Brokerage, brokerage
from concorda.analysis.network.graph import Floats, Network, Tie
from concorda.analysis.network.measures import Measures, NodeMeasures, measure
from concorda.analysis.network.ranking import Ranked, ranking
from concorda.analysis.network.reading import lines_of_nodes, read
from concorda.analysis.network.resilience import NewTie, Removal, helpful_ties, removals

__all__ = [
    "ROLES",
    "Brokerage",
    "Floats",
    "Measures",
    "Network",
    "NewTie",
    "NodeMeasures",
    "Ranked",
    "Removal",
    "Tie",
    "brokerage",
    "helpful_ties",
    "lines_of_nodes",
    "measure",
    "ranking",
    "read",
    "removals",
]

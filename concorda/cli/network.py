"""Measure a network: who crosses the boundaries between groups, and what hangs by one node."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np

from concorda.analysis.network import (
    ROLES,
    Brokerage,
    Floats,
    Measures,
    Network,
    lines_of_nodes,
    measure,
    ranking,
    read,
)
from concorda.analysis.problems import Refused
from concorda.cli import SEED, whole

UNDIRECTED_ROLES = tuple(role for role in ROLES if role != "representative")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="GraphML, GEXF, UCINET .dl, or a table of ties (CSV)")
    parser.add_argument("--nodes", metavar="FILE", help="a table of nodes and their attributes (CSV)")
    parser.add_argument("--group", metavar="ATTR", help="the attribute of the nodes that names their group")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--directed", action="store_true", default=None, help="a → b is not b → a")
    kind.add_argument("--undirected", dest="directed", action="store_false", help="a tie either way is a tie")
    parser.add_argument("--weight", metavar="ATTR", help="the attribute of the ties that holds their strength")
    parser.add_argument("--relation", metavar="NAME", help="which of the relations in a DL file, by label or number")
    parser.add_argument("--silent", metavar="ID", nargs="+", default=[], help="who did not answer: missing, not zero")
    parser.add_argument(
        "--ranks",
        metavar="RUNS",
        type=whole(1, 10_000, "a number of runs"),
        help="rank boundary crossers, and again RUNS times without a tenth of the ties",
    )
    parser.add_argument("--exact", action="store_true", help="no estimates, however large the network is")
    parser.add_argument(
        "--seed", metavar="S", type=SEED, default=1, help="of the sources that an estimate starts from (1)"
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    network = read(
        arguments.file,
        nodes=arguments.nodes,
        directed=arguments.directed,
        weight=arguments.weight,
        relation=arguments.relation,
    )
    for note in network.notes:
        print(f"{arguments.file}: {note}", file=sys.stderr)
    try:
        if arguments.group:
            network = network.grouped_by(arguments.group)
        network = network.without_answers(arguments.silent)
    except Refused as refused:
        file = arguments.nodes or arguments.file
        rows = lines_of_nodes(file, {problem.value for problem in refused.problems if problem.value})
        raise Refused(
            replace(problem, file=file, row=rows.get(problem.value or "")) for problem in refused.problems
        ) from refused
    measures = measure(network, exact=arguments.exact, seed=arguments.seed)
    if measures.response_rate < 1:
        print(f"{measures.response_rate:.0%} answered; what the others would say is unknown", file=sys.stderr)
    if measures.per_node.betweenness_error is not None:
        print("betweenness is estimated; --exact computes it in full", file=sys.stderr)
    result = as_dict(network, measures)
    if arguments.ranks:
        result["ranking"] = [
            {"id": one.id, "rank": one.place, "rank_interval": list(one.interval), "measures": list(one.measures)}
            for one in ranking(network, runs=arguments.ranks, seed=arguments.seed)
        ]
    return result


def as_dict(network: Network, measures: Measures) -> dict[str, Any]:
    """The JSON of the command; null where a measure is not defined or not known."""
    total = None
    if measures.brokerage is not None:
        total = {role: float(np.nansum(counts)) for role, counts in measures.brokerage.counts.items()}
    return {
        "nodes": measures.nodes,
        "ties": measures.ties,
        "directed": measures.directed,
        "density": measures.density,
        "centralization": measures.centralization,
        "reciprocity": measures.reciprocity,
        "brokerage_total": total,
        "ei_index": measures.ei_index,
        "articulation_points": list(measures.articulation_points),
        "per_node": _nodes(network, measures),
    }


def _nodes(network: Network, measures: Measures) -> list[dict[str, Any]]:
    nodes, unknown = measures.per_node, [None] * measures.nodes
    columns = {
        "id": network.ids,
        "group": network.groups or unknown,
        "degree": _numbers(nodes.degree),
        "in": _numbers(nodes.indegree),
        "out": _numbers(nodes.outdegree),
        "betweenness": _numbers(nodes.betweenness),
        "betweenness_normalized": _numbers(nodes.betweenness_normalized),
        "constraint": _numbers(nodes.constraint),
        "effective_size": _numbers(nodes.effective_size),
        "bridging": _numbers(nodes.bridging),
        "participation": _numbers(nodes.participation),
        "brokerage": unknown if measures.brokerage is None else _brokerage(measures.brokerage),
    }
    if nodes.betweenness_error is not None:
        columns["betweenness_error"] = _numbers(nodes.betweenness_error)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _brokerage(found: Brokerage) -> list[dict[str, Any]]:
    counts, expected, z = (
        [dict(zip(values, row, strict=True)) for row in zip(*map(_numbers, values.values()), strict=True)]
        for values in (found.counts, found.expected, found.z)
    )
    return [{**count, "expected": chance, "z": score} for count, chance, score in zip(counts, expected, z, strict=True)]


def _numbers(values: Floats) -> list[float | int | None]:
    """Numbers for JSON: an int when whole, None where a measure is not defined."""
    return [None if isnan(value) else int(value) if value.is_integer() else value for value in values.tolist()]


def show(result: dict[str, Any]) -> Iterator[str]:
    kind = "directed" if result["directed"] else "undirected"
    yield f"{result['nodes']} nodes, {result['ties']} ties ({kind}), density {_shown(result['density'])}"
    for name, values in (("Centralization", result["centralization"]), ("Reciprocity", result["reciprocity"])):
        yield f"{name}: " + ", ".join(f"{key} {_shown(value)}" for key, value in values.items())
    if result["ei_index"] is not None:
        yield f"E–I index {_shown(result['ei_index'])}"
    yield f"Articulation points: {', '.join(result['articulation_points']) or 'none'}"
    yield "Highest betweenness:"
    ranked = sorted(result["per_node"], key=lambda node: -(node["betweenness"] or 0))[:10]
    for node in ranked:
        line = f"  {node['id']}  betweenness {_shown(node['betweenness'])}, constraint {_shown(node['constraint'])}"
        if node["brokerage"] is not None:
            roles = ROLES if result["directed"] else UNDIRECTED_ROLES
            line += "; " + ", ".join(f"{role} {_shown(node['brokerage'][role])}" for role in roles)
        yield line
    if "ranking" in result:
        yield "Boundary crossers, where at least two measures agree:"
    for one in [each for each in result.get("ranking", []) if len(each["measures"]) > 1][:10]:
        low, high = one["rank_interval"]
        measures = ", ".join(one["measures"])
        yield f"  {one['rank']}. {one['id']}  (place {low} to {high} without a tenth of the ties): {measures}"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"

"""The network for other programs: GraphML, GEXF, edges as CSV, and the two tables Kumu reads."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from concorda.implement.boundary_crossers.boundaries import links, name_of, place_of
from concorda.implement.boundary_crossers.traces import Web

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
GEXF = "http://gexf.net/1.3"


@dataclass(frozen=True)
class Node:
    """A person or an organization outside the page: `key` says nothing about who it is."""

    key: str
    label: str
    group: str
    organization: str


@dataclass(frozen=True)
class Graph:
    """What leaves: nodes, and ties between them with their strength."""

    nodes: Sequence[Node]
    ties: Sequence[tuple[Node, Node, float]]


def of_people(web: Web) -> Graph:
    """People: a name for those who agreed to be named, a number for all others."""
    nodes = {}
    for number, (pk, person) in enumerate(web.people.items(), start=1):
        home = place_of(web, pk, "group")
        named = pk in web.consented
        organization = person.organization.name if person.organization and named else ""
        label = str(person) if named else _("Person %(n)s") % {"n": number}
        nodes[pk] = Node(f"n{number}", label, name_of(web, home, "group") if home else "", organization)
    ties = [(nodes[one], nodes[other], weight) for (one, other), weight in sorted(web.ties.items())]
    return Graph(list(nodes.values()), ties)


def of_organizations(web: Web) -> Graph:
    """Organizations, tied by what their people have to do with each other."""
    seen = {one.organization.pk: one.organization for one in web.people.values() if one.organization}
    nodes = {
        pk: Node(f"o{number}", organization.name, organization.get_kind_display(), organization.name)
        for number, (pk, organization) in enumerate(sorted(seen.items()), start=1)
    }
    ties = [(nodes[link.first.pk], nodes[link.second.pk], link.strength) for link in links(web)]
    return Graph(list(nodes.values()), ties)


def graphml(graph: Graph, name: str) -> bytes:
    root = ET.Element("graphml", {"xmlns": GRAPHML})
    for key, kind, what in (("name", "node", "string"), ("group", "node", "string"), ("weight", "edge", "double")):
        ET.SubElement(root, "key", {"id": key, "for": kind, "attr.name": key, "attr.type": what})
    inside = ET.SubElement(root, "graph", {"id": name, "edgedefault": "undirected"})
    for node in graph.nodes:
        made = ET.SubElement(inside, "node", {"id": node.key})
        for key, value in (("name", node.label), ("group", node.group)):
            ET.SubElement(made, "data", {"key": key}).text = value
    for one, other, weight in graph.ties:
        made = ET.SubElement(inside, "edge", {"source": one.key, "target": other.key})
        ET.SubElement(made, "data", {"key": "weight"}).text = f"{weight:g}"
    return written(root)


def gexf(graph: Graph) -> bytes:
    root = ET.Element("gexf", {"xmlns": GEXF, "version": "1.3"})
    inside = ET.SubElement(root, "graph", {"defaultedgetype": "undirected"})
    attributes = ET.SubElement(inside, "attributes", {"class": "node"})
    ET.SubElement(attributes, "attribute", {"id": "group", "title": "group", "type": "string"})
    nodes, edges = ET.SubElement(inside, "nodes"), ET.SubElement(inside, "edges")
    for node in graph.nodes:
        made = ET.SubElement(nodes, "node", {"id": node.key, "label": node.label})
        ET.SubElement(ET.SubElement(made, "attvalues"), "attvalue", {"for": "group", "value": node.group})
    for number, (one, other, weight) in enumerate(graph.ties):
        facts = {"id": f"e{number}", "source": one.key, "target": other.key, "weight": f"{weight:g}"}
        ET.SubElement(edges, "edge", facts)
    return written(root)


def written(root: Any) -> bytes:
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def edges(graph: Graph) -> Iterator[list[Any]]:
    yield ["source", "target", "weight"]
    yield from ([one.label, other.label, weight] for one, other, weight in graph.ties)


def kumu_elements(graph: Graph) -> Iterator[list[str]]:
    """The columns Kumu knows elements by."""
    yield ["Label", "Type", "Tags"]
    yield from ([node.label, "Organization" if node.key[0] == "o" else "Person", node.group] for node in graph.nodes)


def kumu_connections(graph: Graph) -> Iterator[list[Any]]:
    """The columns Kumu knows connections by."""
    yield ["From", "To", "Type", "Strength"]
    yield from ([one.label, other.label, "undirected", weight] for one, other, weight in graph.ties)

"""Networks from GraphML (igraph, networkx, Gephi, yEd) and GEXF (1.1 to 1.3)."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from concorda.analysis.network.found import Attributes, Found, refuse, strength_of
from concorda.analysis.problems import Refused
from concorda.analysis.reading import read_text, read_xml

_QUOTED = re.compile(r"""(?<=["'])[^"'<>=]*(?=["'])""")
Values = Callable[[Element], Mapping[str, str]]


def read_graphml(file: str, weight: str | None) -> Found:
    """The first graph of a GraphML file; an edge may say itself whether it is `directed`."""
    graph, root = _graph(file)
    keys = {key.get("id", ""): key for key in _all(root, "key")}
    names = {name: key.get("attr.name") or name for name, key in keys.items()}

    def values_of(kind: str) -> Values:
        usual = {
            names[name]: (default.text or "").strip()
            for name, key in keys.items()
            if key.get("for", "all") in {kind, "all"}
            for default in _all(key, "default")
        }

        def values(element: Element) -> dict[str, str]:
            found = dict(usual)
            for child in element:
                if child.tag.endswith("data") and (child.text or child.get("key") not in keys):
                    key = child.get("key", "")
                    found[names.get(key, key)] = (child.text or "").strip()
            return found

        return values

    kinds = {"true": True, "1": True, "false": False, "0": False}
    usual = graph.get("edgedefault", "directed") != "undirected"
    return _found(
        graph,
        file,
        weight,
        values_of("node"),
        values_of("edge"),
        usual,
        lambda edge: kinds.get(edge.get("directed", "")),
    )


def read_gexf(file: str, weight: str | None) -> Found:
    """The graph of a GEXF file; an edge without weight has 1, and may say itself of which type it is."""
    graph, _ = _graph(file)

    def values_of(kind: str) -> Values:
        titles: dict[str, str] = {}
        usual: dict[str, str] = {}
        for declared in graph.iterfind("{*}attributes"):
            if declared.get("class", "node") != kind:
                continue  # nodes and edges number their attributes apart
            for each in _all(declared, "attribute"):
                titles[each.get("id", "")] = each.get("title", "") or each.get("id", "")
                for default in _all(each, "default"):
                    usual[titles[each.get("id", "")]] = (default.text or "").strip()
        if kind == "edge":
            usual.setdefault("weight", "1")

        def values(element: Element) -> dict[str, str]:
            found = usual | {name: value for name, value in element.attrib.items() if name in {"label", "weight"}}
            for each in _all(element, "attvalue"):
                key = each.get("for", "") or each.get("id", "")
                found[titles.get(key, key)] = each.get("value", "")
            return found

        return values

    kinds = {"directed": True, "undirected": False, "mutual": False}
    usual = graph.get("defaultedgetype", "undirected") == "directed"
    return _found(
        graph, file, weight, values_of("node"), values_of("edge"), usual, lambda edge: kinds.get(edge.get("type", ""))
    )


def line_of(file: str, *values: str) -> int | None:
    """The first line of an XML file that holds all the values in quotes."""
    quoted = [(f'"{value}"', f"'{value}'") for value in values]
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        if all(one in line or other in line for one, other in quoted):
            return number
    return None


def first_lines(file: str, values: Collection[str]) -> dict[str, int]:
    """The first line of an XML file that holds each of the values in quotes."""
    lines = list(enumerate(read_text(file).split("\n"), start=1))
    return {value: number for number, line in reversed(lines) for value in _QUOTED.findall(line) if value in values}


def _graph(file: str) -> tuple[Element, Element]:
    root = read_xml(file)
    graph = next(_all(root, "graph"), None)
    if graph is None:
        refuse("there is no <graph> in this file", file)
    return graph, root


def _all(element: Element, name: str) -> Iterator[Element]:
    """Elements of that name in any namespace."""
    return (each for each in element.iter() if each.tag.rpartition("}")[2] == name)


def _found(
    graph: Element,
    file: str,
    weight: str | None,
    node_values: Values,
    edge_values: Values,
    usual: bool,
    says: Callable[[Element], bool | None],
) -> Found:
    attributes: Attributes = {}
    for node in _all(graph, "node"):
        name = _named(node, "id", file)
        if name in attributes:
            refuse(f"the node {name!r} is there twice", file, line_of(file, name), "id", name)
        attributes[name] = dict(node_values(node))
    edges = [(edge, usual if (own := says(edge)) is None else own) for edge in _all(graph, "edge")]
    kinds = {one_way for _, one_way in edges} or {usual}
    found = Found(list(attributes), [], [], attributes, True in kinds)
    for edge, one_way in edges:
        source, target = _named(edge, "source", file), _named(edge, "target", file)
        strength = 1.0 if weight is None else _strength(edge_values(edge), weight, file, source, target)
        found.tie(source, target, strength, one_way=one_way or not found.directed)
    if len(kinds) > 1:
        found.notes.append("some ties have a direction and some have none; these count both ways")
    return found


def _named(element: Element, name: str, file: str) -> str:
    found = element.get(name)
    if not found:
        refuse(f"a node or edge has no {name!r}", file, column=name)
    return found


def _strength(values: Mapping[str, str], weight: str, file: str, source: str, target: str) -> float:
    if weight not in values:
        refuse(f"a tie has no {weight!r}", file, line_of(file, source, target), weight)
    try:
        return strength_of(values[weight], file, None, weight)
    except Refused as refused:  # only now is the line worth a search
        raise Refused(replace(one, row=line_of(file, source, target)) for one in refused.problems) from refused

"""Networks from files: GraphML, GEXF, edge CSV (with node CSV), and UCINET DL (full matrix and edge lists)."""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from concorda.analysis.network.graph import Network, Tie
from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import read_bytes, read_table, read_text

SOURCES = ("source", "from", "ego", "sender", "node1")
TARGETS = ("target", "to", "alter", "receiver", "node2")
IDS = ("id", "name", "node", "label")

Attributes = dict[str, dict[str, str]]


def read(
    path: str | Path, *, nodes: str | Path | None = None, directed: bool | None = None, weight: str | None = None
) -> Network:
    """A network from a file; the ending says which kind (`.graphml`, `.xml`, `.gexf`, `.dl`, `.dat`, else a table).

    `nodes`: a table of nodes with attributes. `directed` None keeps what the file says; tables and DL files say
    nothing and are directed. A file that is directed, read as undirected, has a tie where either end gives one.
    `weight`: the attribute or column that holds the strength of a tie. Refuses with file, row and column.
    """
    reader = READERS.get(Path(path).suffix.lower(), _read_table)
    ids, ties, attributes, says_directed, notes = reader(str(path), weight)
    if nodes is not None:
        ids, attributes = _read_nodes(str(nodes), attributes)
    network = _network(str(path), ids, ties, directed=says_directed)
    if directed is False:
        network = network.as_undirected()
    elif directed:
        network = network.as_directed()
    return Network(
        network.ids,
        network.matrix,
        network.directed,
        attributes=attributes,
        notes=(*notes, *network.notes),
    )


Read = tuple[list[str], list[tuple[int | None, Tie]], Attributes, bool, list[str]]


def _network(file: str, ids: list[str], ties: list[tuple[int | None, Tie]], *, directed: bool) -> Network:
    """The network, with the rows of the file in what is refused."""
    try:
        return Network.of(ids, (tie for _, tie in ties), directed=directed)
    except Refused as refused:
        raise Refused(
            Problem(
                problem.reason,
                file=file,
                row=ties[problem.row - 1][0] if problem.row else None,
                column=problem.column,
                value=problem.value,
            )
            for problem in refused.problems
        ) from refused


def _strength(text: str, file: str, row: int | None, column: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        _refuse(f"the strength of a tie must be a number, not {text!r}", file, row, column, text)


def _refuse(
    reason: str, file: str, row: int | None = None, column: str | None = None, value: str | None = None
) -> NoReturn:
    raise Refused(Problem(reason, file=file, row=row, column=column, value=value))


# -- tables --------------------------------------------------------------------------------------------------------


def _column(header: list[str], names: tuple[str, ...], otherwise: int) -> int:
    lowered = [name.lower() for name in header]
    return next((lowered.index(name) for name in names if name in lowered), otherwise)


def _read_table(file: str, weight: str | None) -> Read:
    table = read_table(file)
    if len(table.header) < 2:
        _refuse("a table of ties needs two columns, source and target", file, 1)
    source, target = _column(table.header, SOURCES, 0), _column(table.header, TARGETS, 1)
    if weight is not None and weight not in table.header:
        _refuse(f"there is no column {weight!r}; there are: {', '.join(table.header)}", file, 1, weight)
    ids: dict[str, None] = {}
    ties: list[tuple[int | None, Tie]] = []
    for cells, line in zip(table.rows, table.lines, strict=True):
        for column in (source, target):
            if not cells[column]:
                _refuse("this tie has an end without an id", file, line, table.header[column])
            ids[cells[column]] = None
        strength = 1.0
        if weight is not None:
            strength = _strength(cells[table.column(weight)], file, line, weight)
        ties.append((line, Tie(cells[source], cells[target], strength)))
    return list(ids), ties, {}, True, []


def _read_nodes(file: str, attributes: Attributes) -> tuple[list[str], Attributes]:
    table = read_table(file)
    place = _column(table.header, IDS, 0)
    found: Attributes = {}
    for cells, line in zip(table.rows, table.lines, strict=True):
        name = cells[place]
        if not name:
            _refuse("this node has no id", file, line, table.header[place])
        if name in found:
            _refuse(f"the node {name!r} is there twice", file, line, table.header[place], name)
        found[name] = {**attributes.get(name, {}), **dict(zip(table.header, cells, strict=True))}
    return list(found), found


# -- XML -----------------------------------------------------------------------------------------------------------


def _root(file: str) -> tuple[Element, str]:
    data = read_bytes(file)
    try:
        root: Element = ElementTree.fromstring(data)
    except ParseError as error:
        line, column = error.position
        raise Refused(Problem(f"this is not XML: {error}", file=file, row=line, column=str(column + 1))) from error
    except DefusedXmlException as error:
        raise Refused(Problem("the file declares entities, which are not read", file=file)) from error
    return root, data.decode("utf-8", errors="replace")


def _all(element: Element, name: str) -> Iterator[Element]:
    """Elements of that name in any namespace."""
    return (each for each in element.iter() if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == name)


def _line_of(text: str, *values: str) -> int | None:
    """The first line that holds all the values in quotes."""
    quoted = [(f'"{value}"', f"'{value}'") for value in values]
    for number, line in enumerate(text.splitlines(), start=1):
        if all(one in line or other in line for one, other in quoted):
            return number
    return None


def _read_graphml(file: str, weight: str | None) -> Read:
    root, text = _root(file)
    graph = next(_all(root, "graph"), None)
    if graph is None:
        _refuse("there is no <graph> in this GraphML file", file)
    names = {key.get("id", ""): key.get("attr.name", "") or key.get("id", "") for key in _all(root, "key")}
    defaults: dict[tuple[str, str], str] = {}
    for key in _all(root, "key"):
        for default in _all(key, "default"):
            defaults[key.get("for", "all"), names[key.get("id", "")]] = default.text or ""

    def data_of(element: Element, kind: str) -> dict[str, str]:
        found = {name: value for (of, name), value in defaults.items() if of in {kind, "all"}}
        own = {
            names.get(data.get("key", ""), data.get("key", "")): (data.text or "").strip()
            for data in _all(element, "data")
        }
        return {**found, **own}

    attributes = {_id(node, "id", file): data_of(node, "node") for node in _all(graph, "node")}
    _refuse_twins(list(_all(graph, "node")), file, text)
    directed = graph.get("edgedefault", "directed") != "undirected"
    return (*_edges(graph, attributes, file, text, weight, lambda edge: data_of(edge, "edge")), directed, [])


def _read_gexf(file: str, weight: str | None) -> Read:
    root, text = _root(file)
    graph = next(_all(root, "graph"), None)
    if graph is None:
        _refuse("there is no <graph> in this GEXF file", file)
    titles = {each.get("id", ""): each.get("title", "") for each in _all(graph, "attribute")}

    def data_of(element: Element) -> dict[str, str]:
        values = {
            titles.get(each.get("for", ""), each.get("for", "")): each.get("value", "")
            for each in _all(element, "attvalue")
        }
        return {**{name: value for name, value in element.attrib.items() if name in {"label", "weight"}}, **values}

    attributes = {_id(node, "id", file): data_of(node) for node in _all(graph, "node")}
    _refuse_twins(list(_all(graph, "node")), file, text)
    directed = graph.get("defaultedgetype", "undirected") == "directed"
    return (*_edges(graph, attributes, file, text, weight, data_of), directed, [])


def _id(element: Element, name: str, file: str) -> str:
    found = element.get(name)
    if not found:
        _refuse(f"a node or edge has no {name!r}", file, column=name)
    return found


def _refuse_twins(nodes: list[Element], file: str, text: str) -> None:
    seen: set[str] = set()
    for node in nodes:
        name = node.get("id", "")
        if name in seen:
            _refuse(f"the node {name!r} is there twice", file, _line_of(text, name), "id", name)
        seen.add(name)


def _edges(
    graph: Element,
    attributes: Attributes,
    file: str,
    text: str,
    weight: str | None,
    data_of: Callable[[Element], Mapping[str, str]],
) -> tuple[list[str], list[tuple[int | None, Tie]], Attributes]:
    ties: list[tuple[int | None, Tie]] = []
    for edge in _all(graph, "edge"):
        source, target = _id(edge, "source", file), _id(edge, "target", file)
        for column, name in (("source", source), ("target", target)):
            if name not in attributes:
                _refuse(f"{name!r} is not among the nodes", file, _line_of(text, source, target), column, name)
        strength = 1.0
        if weight is not None:
            given = data_of(edge).get(weight)
            if given is None:
                _refuse(f"a tie has no {weight!r}", file, _line_of(text, source, target), weight)
            strength = _strength(given, file, _line_of(text, source, target), weight)
        ties.append((None, Tie(source, target, strength)))
    return list(attributes), ties, attributes


# -- UCINET DL -----------------------------------------------------------------------------------------------------

SECTION = re.compile(
    r"\b(row labels|column labels|col labels|matrix labels|labels|data)( embedded)?\s*:", re.IGNORECASE
)


def _read_dl(file: str, _weight: str | None) -> Read:
    text = read_text(file)
    if not text.strip():
        _refuse("the file is empty", file)
    if not text.lstrip().lower().startswith("dl"):
        _refuse("a DL file begins with the word DL", file, 1)
    sections = list(SECTION.finditer(text))
    head = text[: sections[0].start()] if sections else text
    parts = {
        found[1].lower().replace("col ", "column "): (found.end(), following.start() if following else len(text))
        for found, following in zip_longest(sections, sections[1:])
    }
    if "data" not in parts:
        _refuse("there is no 'data:' in this DL file", file)
    embedded = bool(re.search(r"labels\s+embedded", text, re.IGNORECASE))
    settings = dict(re.findall(r"(\w+)\s*=\s*(\w+)", head.lower()))
    labels = [] if "labels" not in parts else _words(text[slice(*parts["labels"])])
    if not labels and "row labels" in parts:
        labels = _words(text[slice(*parts["row labels"])])
    start, end = parts["data"]
    lines = [
        (text.count("\n", 0, start) + number, _words(line))
        for number, line in enumerate(text[start:end].split("\n"), start=1)
    ]
    kind = settings.get("format", "fullmatrix")
    lines = [(number, words) for number, words in lines if words]
    if kind.startswith("edgelist"):
        return _dl_edges(lines, labels, settings, file)
    if kind in {"fullmatrix", "fm"}:
        return _dl_matrix(lines, labels, settings, file, embedded=embedded)
    _refuse(f"the format {kind!r} is not read; fullmatrix and edgelist1 are", file, 1, "format", kind)


def _words(text: str) -> list[str]:
    """Words separated by blanks or commas; quotes keep blanks together."""
    cutter = shlex.shlex(text, posix=True)
    cutter.whitespace += ","
    cutter.whitespace_split = True
    cutter.commenters = ""
    cutter.quotes = '"'
    return list(cutter)


def _size(settings: Mapping[str, str], labels: list[str], file: str) -> int:
    for name in ("n", "nr"):
        if settings.get(name, "").isdigit():
            return int(settings[name])
    if labels:
        return len(labels)
    _refuse("the header does not say how many nodes there are (n=…)", file, 1, "n")


def _dl_edges(lines: list[tuple[int, list[str]]], labels: list[str], settings: Mapping[str, str], file: str) -> Read:
    ids = dict.fromkeys(labels)
    ties: list[tuple[int | None, Tie]] = []
    numbered = bool(labels) or "n" in settings
    size = _size(settings, labels, file) if numbered else 0
    for row, words in lines:
        if len(words) not in {2, 3}:
            _refuse("a tie is written as two nodes and, if wanted, a strength", file, row)
        ends = [_dl_node(word, labels, size, file, row) for word in words[:2]]
        ids.update(dict.fromkeys(ends))
        ties.append((row, Tie(ends[0], ends[1], _strength(words[2], file, row, "3") if len(words) == 3 else 1.0)))
    if numbered and not labels and all(name.isdigit() for name in ids):
        ids = {str(number): None for number in range(1, size + 1)}
    return list(ids), ties, {}, True, []


def _dl_node(word: str, labels: list[str], size: int, file: str, row: int) -> str:
    """A label, or a number that stands for one."""
    if word in labels or not (word.isdigit() and size):
        return word
    if not 1 <= int(word) <= size:
        _refuse(f"there is no node {word}: there are {size}", file, row, value=word)
    return labels[int(word) - 1] if labels else word


def _dl_matrix(
    lines: list[tuple[int, list[str]]], labels: list[str], settings: Mapping[str, str], file: str, *, embedded: bool
) -> Read:
    if embedded and lines:
        labels = lines[0][1]
        lines = [(row, words[1:]) for row, words in lines[1:]]
    size = _size(settings, labels, file)
    labels = labels or [str(number) for number in range(1, size + 1)]
    if len(labels) != size:
        _refuse(f"there are {len(labels)} labels for {size} nodes", file, 1, "labels")
    cells = [(row, word) for row, words in lines for word in words]
    relations = int(settings.get("nm", "1"))
    diagonal = settings.get("diagonal", "present") != "absent"
    per_row = size if diagonal else size - 1
    if len(cells) != relations * size * per_row:
        row = cells[-1][0] if cells else None
        _refuse(f"there are {len(cells)} numbers where {relations * size * per_row} are announced", file, row)
    ties: list[tuple[int | None, Tie]] = []
    for place, (row, word) in enumerate(cells[: size * per_row]):
        source, column = divmod(place, per_row)
        target = column if diagonal else column + (column >= source)
        strength = _strength(word, file, row, str(column + 1))
        if strength and source != target:
            ties.append((row, Tie(labels[source], labels[target], strength)))
    notes = [f"the file holds {relations} relations; the first is read"] * (relations > 1)
    return labels, ties, {}, True, notes


READERS: dict[str, Any] = {
    ".graphml": _read_graphml,
    ".xml": _read_graphml,
    ".gexf": _read_gexf,
    ".dl": _read_dl,
    ".dat": _read_dl,
}

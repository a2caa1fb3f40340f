"""Networks from files: GraphML, GEXF, UCINET DL, or a table of ties (CSV); with a table of nodes."""

from collections.abc import Collection
from pathlib import Path

from concorda.analysis.network.dl import read_dl
from concorda.analysis.network.found import Attributes, Found, refuse, strength_of
from concorda.analysis.network.graph import Network, Tie
from concorda.analysis.network.markup import first_lines, line_of, read_gexf, read_graphml
from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import Table, collection_paused, read_table

SOURCES = ("source", "from", "ego", "sender", "node1", "source_id", "from_id", "source id", "v1", "i")
TARGETS = ("target", "to", "alter", "receiver", "node2", "target_id", "to_id", "target id", "v2", "j")
IDS = ("id", "name", "node", "label")
XML = {".graphml": read_graphml, ".xml": read_graphml, ".gexf": read_gexf}
DL = (".dl", ".dat")
DIRECTIONS = {"directed": True, "undirected": False}


def read(
    path: str | Path,
    *,
    nodes: str | Path | None = None,
    directed: bool | None = None,
    weight: str | None = None,
    relation: str | None = None,
) -> Network:
    """A network from a file; the ending says which kind (`.graphml`, `.xml`, `.gexf`, `.dl`, `.dat`, else a table).

    `nodes`: a table of nodes with attributes. `directed` None keeps what the file says; tables and DL files mostly say
    nothing and are directed. A file that is directed, read as undirected, has a tie where either end gives one.
    `weight`: the attribute or column that holds the strength of a tie. `relation`: which of the relations of a DL file.
    Refuses with file, row and column.
    """
    with collection_paused():
        found = _read(str(path), weight, relation)
        if nodes is not None:
            listed = _read_nodes(str(nodes))
            _name_as_listed(found, listed)
            found.ids = list(listed)
            found.attributes = {name: {**found.attributes.get(name, {}), **has} for name, has in listed.items()}
        if not found.ids:
            refuse("there is no node and no tie in this file", str(path))
        network = _network(str(path), found)
    if directed is False:
        network = network.as_undirected()
    elif directed:
        network = network.as_directed()
    return Network(
        network.ids,
        network.matrix,
        network.directed,
        attributes=found.attributes,
        notes=(*found.notes, *network.notes),
    )


def _read(file: str, weight: str | None, relation: str | None) -> Found:
    kind = Path(file).suffix.lower()
    if kind in DL:
        return read_dl(file, relation)
    if relation is not None:
        refuse("only a DL file holds several relations to choose from", file, column="relation", value=relation)
    return XML[kind](file, weight) if kind in XML else _read_table(file, weight)


def _network(file: str, found: Found) -> Network:
    """The network, with the rows of the file in what is refused."""
    try:
        return Network.of(found.ids, found.ties, directed=found.directed)
    except Refused as refused:
        raise Refused(
            Problem(problem.reason, file, _row(file, found, problem.row), problem.column, problem.value)
            for problem in refused.problems
        ) from refused


def _row(file: str, found: Found, tie: int | None) -> int | None:
    """The line of a tie, counted from 1."""
    if tie is None:
        return None
    return found.rows[tie - 1] if found.rows else line_of(file, *found.ties[tie - 1][:2])


def _column(header: list[str], names: tuple[str, ...]) -> int | None:
    lowered = [name.lower() for name in header]
    return next((lowered.index(name) for name in names if name in lowered), None)


def _ends(table: Table) -> tuple[int, int]:
    """The columns of source and target: by name, else the first two, or whichever of these the other is not."""
    if len(table.header) < 2:
        refuse("a table of ties needs two columns, source and target", table.file, 1)
    source, target = _column(table.header, SOURCES), _column(table.header, TARGETS)
    if source is None:
        source = 1 if target == 0 else 0
    if target is None:
        target = 0 if source == 1 else 1
    return source, target


def _read_table(file: str, weight: str | None) -> Found:
    table = read_table(file)
    source, target = _ends(table)
    if weight is not None and weight not in table.header:
        refuse(f"there is no column {weight!r}; there are: {', '.join(table.header)}", file, 1, weight)
    at = None if weight is None else table.column(weight)
    ties = []
    for cells, line in zip(table.rows, table.lines, strict=True):
        one, other = cells[source], cells[target]
        if not (one and other):
            column = table.header[target if one else source]
            refuse("this tie has an end without an id", file, line, column)
        ties.append(Tie(one, other, 1.0 if at is None else strength_of(cells[at], file, line, table.header[at])))
    ids = dict.fromkeys(end for tie in ties for end in tie[:2])
    found = Found(list(ids), ties, table.lines)
    if table.header[source] in ids or table.header[target] in ids:
        said = f"the first line ({table.header[source]}, {table.header[target]}) is taken for names of columns"
        found.notes.append(f"{said}; if it is a tie, put a line above it: source,target")
    return _with_directions(found, table)


def _with_directions(found: Found, table: Table) -> Found:
    """As Gephi writes tables: a column `Type` with Directed or Undirected in every row."""
    place = _column(table.header, ("type",))
    if place is None or not found.ties:
        return found
    kinds = [DIRECTIONS.get(cells[place].lower()) for cells in table.rows]
    if None in kinds:
        return found
    found.directed = True in kinds
    if found.directed and False in kinds:
        backward = [number for number, one_way in enumerate(kinds) if not one_way]
        found.rows = [*table.lines, *(table.lines[number] for number in backward)]
        found.ties += [Tie(tie.target, tie.source, tie.weight) for tie in (found.ties[number] for number in backward)]
        found.notes.append("some ties have a direction and some have none; these count both ways")
    return found


def lines_of_nodes(file: str, names: Collection[str]) -> dict[str, int]:
    """The line, counted from 1, where a file first speaks of each of these nodes; only of those it names."""
    kind = Path(file).suffix.lower()
    if kind in DL:
        return {}
    if kind in XML:
        return first_lines(file, names)
    table = read_table(file)
    backwards = reversed(list(zip(table.rows, table.lines, strict=True)))
    return {name: line for cells, line in backwards for name in cells if name in names}


def _read_nodes(file: str) -> Attributes:
    table = read_table(file)
    place = _column(table.header, IDS) or 0
    found: Attributes = {}
    for cells, line in zip(table.rows, table.lines, strict=True):
        name = cells[place]
        if not name:
            refuse("this node has no id", file, line, table.header[place])
        if name in found:
            refuse(f"the node {name!r} is there twice", file, line, table.header[place], name)
        found[name] = dict(zip(table.header, cells, strict=True))
    return found


def _name_as_listed(found: Found, listed: Attributes) -> None:
    """Call nodes by the attribute that the table knows them by: igraph numbers them n0, n1 … and keeps their names."""
    if found.attributes.keys() <= listed.keys():
        return
    for attribute in IDS:
        called = {node: has.get(attribute, "") for node, has in found.attributes.items()}
        if len({*called.values()} & listed.keys()) == len(called):
            found.attributes = {called[node]: has for node, has in found.attributes.items()}
            found.ties = [Tie(called.get(a, a), called.get(b, b), weight) for a, b, weight in found.ties]
            return

"""Networks from UCINET's DL files: matrices (full, or half of a symmetric one), edge lists and node lists."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from concorda.analysis.network.found import Found, refuse, strength_of
from concorda.analysis.network.graph import Tie
from concorda.analysis.reading import read_text

DATA = re.compile(r"\bdata\s*:", re.IGNORECASE)
SETTING = re.compile(r"\b(n|nr|nc|nm|format|diagonal)(?:\s*=\s*|(?<=diagonal)\s+)(\w+)", re.IGNORECASE)
LABELS = re.compile(r"\b(?:(row|col|column|matrix|level)\s+)?labels(?:(\s+embedded)\s*:?|\s*:)", re.IGNORECASE)
REMARK = re.compile(r"^[ \t]*(?:[#%;]|//)(?:[ \t].*)?$", re.MULTILINE)
WORD = re.compile(r'"([^"\n]*)"|([^\s,"]+)')
BETWEEN = "!"

Words = list[tuple[int, str]]
Lines = list[tuple[int, list[str]]]


@dataclass
class Head:
    """What stands above `data:`; `embedded` names the labels ("row", "column") that stand among the data."""

    file: str
    settings: dict[str, str]
    labels: dict[str, list[str]] = field(default_factory=dict)
    embedded: set[str] = field(default_factory=set)

    @property
    def relations(self) -> int:
        """How many matrices the file holds."""
        return self.whole("nm") or 1

    def whole(self, name: str) -> int | None:
        """A setting that is a whole number from 1; None where it is not given, refused where it is none."""
        text = self.settings.get(name)
        if text is None:
            return None
        if not text.isdigit() or not int(text):
            refuse(f"{name.upper()} must be a whole number from 1, not {text!r}", self.file, 1, name, text)
        return int(text)

    def size(self) -> int | None:
        """How many nodes the head announces; refuses data whose rows and columns are not the same nodes."""
        rows, columns = self.whole("nr"), self.whole("nc")
        if rows and columns and rows != columns:
            reason = f"{rows} rows and {columns} columns are two kinds of nodes; only networks of one kind are read"
            refuse(reason, self.file, 1, "nc", str(columns))
        names = [[label.lower() for label in self.labels.get(kind, [])] for kind in ("row", "column")]
        if names[0] and names[1] and names[0] != names[1]:
            refuse("row and column labels differ; only networks of one kind of nodes are read", self.file, 1, "labels")
        return self.whole("n") or rows or columns

    def names(self) -> list[str]:
        """The labels of the nodes, in order; empty where the file has none."""
        return self.labels.get("") or self.labels.get("row") or self.labels.get("column") or []


def read_dl(file: str, relation: str | None) -> Found:
    """The network in a DL file, of several relations the one named (a matrix label, or its number), else the first."""
    text = read_text(file)
    if not text.strip():
        refuse("the file is empty", file)
    if not re.match(r"\s*dl\b", text, re.IGNORECASE):
        refuse("a DL file begins with the word DL", file, 1)
    text = REMARK.sub("", text)
    begin = DATA.search(text)
    if begin is None:
        refuse("there is no 'data:' in this DL file", file)
    head = _head(text[: begin.start()], file)
    first = text.count("\n", 0, begin.end()) + 1
    numbered = enumerate(text[begin.end() :].split("\n"), start=first)
    lines = [(row, words) for row, line in numbered if (words := _words(line))]
    head.size()
    kind = head.settings.get("format", "fullmatrix").lower()
    if kind not in FORMATS:
        reason = f"the format {kind!r} is not read; these are: {', '.join(sorted(FORMATS))}"
        refuse(reason, file, 1, "format", kind)
    chosen = _chosen(head, relation)
    found = FORMATS[kind](head, lines, chosen)
    if head.relations > 1 and relation is None:
        named = head.labels.get("matrix", []) or [str(number + 1) for number in range(head.relations)]
        found.notes.append(f"of the relations {', '.join(named)} the first is read; --relation chooses another")
    return found


def _head(text: str, file: str) -> Head:
    head = Head(file, {name.lower(): value for name, value in SETTING.findall(text)})
    text = SETTING.sub("", text)
    sections = list(LABELS.finditer(text))
    ends = [section.start() for section in sections[1:]] + [len(text)]
    for section, end in zip(sections, ends, strict=False):
        kind = {"col": "column", "level": "matrix"}.get(name := (section[1] or "").lower(), name)
        if section[2]:
            head.embedded |= {kind} if kind else {"row", "column"}
        else:
            head.labels[kind] = _labels(text[section.end() : end], head.whole("nm" if kind == "matrix" else "n"))
    return head


def _labels(text: str, number: int | None) -> list[str]:
    """Labels apart by blanks or commas; one to a line where only that gives their number."""
    words, lines = _words(text), [line.strip() for line in text.split("\n") if line.strip()]
    return lines if number is not None and len(words) != number == len(lines) else words


def _words(line: str) -> list[str]:
    if '"' not in line:
        return line.replace(",", " ").split()
    return [quoted or plain for quoted, plain in WORD.findall(line)]


def _chosen(head: Head, relation: str | None) -> int:
    """Which of the relations is read, counted from 0."""
    if relation is None:
        return 0
    named = [label.lower() for label in head.labels.get("matrix", [])]
    if relation.lower() in named:
        return named.index(relation.lower())
    if not (relation.isdigit() and 1 <= int(relation) <= head.relations):
        offered = ", ".join(head.labels.get("matrix", [])) or f"1 to {head.relations}"
        refuse(f"there is no relation {relation!r}; there are: {offered}", head.file, 1, "relation", relation)
    return int(relation) - 1


# -- matrices ------------------------------------------------------------------------------------------------------


def _full(head: Head, lines: Lines, chosen: int) -> Found:
    return _matrix(head, lines, chosen, lambda row, size: range(size), directed=True)


def _upper(head: Head, lines: Lines, chosen: int) -> Found:
    return _matrix(head, lines, chosen, range, directed=False)


def _lower(head: Head, lines: Lines, chosen: int) -> Found:
    return _matrix(head, lines, chosen, lambda row, size: range(row + 1), directed=False)


def _matrix(head: Head, lines: Lines, chosen: int, columns_of: Callable[[int, int], range], *, directed: bool) -> Found:
    """The cells of one matrix; `columns_of(row, size)` are those written in a row, lines may break anywhere."""
    size = head.size() or len(head.names()) or (len(lines[0][1]) if lines and "column" in head.embedded else 0)
    if not size:
        refuse("the header does not say how many nodes there are (n=…)", head.file, 1, "n")
    skipped = head.settings.get("diagonal", "present").lower() == "absent"
    rows = [[column for column in columns_of(row, size) if column != row or not skipped] for row in range(size)]
    words = [(row, word) for row, line in lines if line != [BETWEEN] for word in line]
    each = sum(map(len, rows)) + size * len(head.embedded & {"row", "column"})
    if len(words) != head.relations * each:
        reason = f"there are {len(words)} values where {head.relations * each} are announced"
        refuse(reason, head.file, words[-1][0] if words else None)
    stream = iter(words[chosen * each : (chosen + 1) * each])
    names = [next(stream)[1] for _ in range(size)] if "column" in head.embedded else head.names()
    ties: list[tuple[int, int, float, int]] = []
    own: list[str] = []
    for place, columns in enumerate(rows):
        if "row" in head.embedded:
            own.append(next(stream)[1])
        for column in columns:
            row, word = next(stream)
            strength = strength_of(word, head.file, row, str(column + 1))
            if strength and column != place:
                ties.append((place, column, strength, row))
    ids = _ids(own or names, size, head)
    return Found(
        ids, [Tie(ids[a], ids[b], strength) for a, b, strength, _ in ties], [row for *_, row in ties], directed=directed
    )


def _ids(names: list[str], size: int, head: Head) -> list[str]:
    if names and len(names) != size:
        refuse(f"there are {len(names)} labels for {size} nodes", head.file, 1, "labels")
    return names or [str(number) for number in range(1, size + 1)]


# -- lists ---------------------------------------------------------------------------------------------------------


def _edges(head: Head, lines: Lines, chosen: int) -> Found:
    def ties_of(row: int, words: list[str]) -> Iterator[tuple[str, str, float]]:
        if len(words) not in {2, 3}:
            refuse("a tie is written as two nodes and, if wanted, a strength", head.file, row)
        yield words[0], words[1], strength_of(words[2], head.file, row, "3") if len(words) == 3 else 1.0

    return _list(head, lines, chosen, ties_of)


def _nodes(head: Head, lines: Lines, chosen: int) -> Found:
    def ties_of(row: int, words: list[str]) -> Iterator[tuple[str, str, float]]:
        return ((words[0], other, 1.0) for other in words[1:])

    return _list(head, lines, chosen, ties_of)


def _list(
    head: Head, lines: Lines, chosen: int, ties_of: Callable[[int, list[str]], Iterator[tuple[str, str, float]]]
) -> Found:
    size, labels = head.size(), head.names()
    if labels:
        _ids(labels, size or len(labels), head)
    naming = _Naming(head, labels, size or len(labels))
    parts: list[Lines] = [[]]
    for row, words in lines:
        if words == [BETWEEN]:
            parts.append([])
        else:
            parts[-1].append((row, words))
    if len(parts) != head.relations:
        reason = f"{head.relations} relations are announced, but lines with ! divide the data into {len(parts)}"
        refuse(reason, head.file, 1, "nm")
    ties, rows = [], []
    for row, words in parts[chosen]:
        naming.name_of(words[0], row)
        for source, target, strength in ties_of(row, words):
            ties.append(Tie(naming.name_of(source, row), naming.name_of(target, row), strength))
            rows.append(row)
    return Found(naming.ids(), ties, rows)


class _Naming:
    """Nodes by label, in any case of letters as UCINET has it, or by number where labels are not embedded."""

    def __init__(self, head: Head, labels: list[str], size: int) -> None:
        self.head, self.labels, self.size = head, labels, size
        self.known = {label.lower(): label for label in labels}

    def name_of(self, word: str, row: int) -> str:
        return self.known.get(word.lower()) or self._new(word, row)

    def _new(self, word: str, row: int) -> str:
        if word.isdigit() and self.size and not self.head.embedded:
            if not 1 <= int(word) <= self.size:
                refuse(f"there is no node {word}: there are {self.size}", self.head.file, row, value=word)
            if self.labels:
                return self.labels[int(word) - 1]
        elif self.labels:
            refuse(f"{word!r} is not among the labels", self.head.file, row, value=word)
        self.known[word.lower()] = word
        if self.size and len(self.known) > self.size:
            refuse(f"{word!r} is one node more than the {self.size} announced", self.head.file, row, value=word)
        return word

    def ids(self) -> list[str]:
        if self.labels:
            return self.labels
        found = list(self.known.values())
        if self.size and not self.head.embedded and all(name.isdigit() for name in found):
            return [str(number) for number in range(1, self.size + 1)]
        return found


FORMATS: dict[str, Callable[[Head, Lines, int], Found]] = {
    **dict.fromkeys(("fullmatrix", "fm", "full"), _full),
    **dict.fromkeys(("upperhalf", "uh"), _upper),
    **dict.fromkeys(("lowerhalf", "lh"), _lower),
    **dict.fromkeys(("edgelist1", "edgelist", "el1"), _edges),
    **dict.fromkeys(("nodelist1", "nodelist", "nl1"), _nodes),
}

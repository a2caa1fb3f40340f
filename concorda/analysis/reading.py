"""Text, tables and JSON from files that people wrote with many programs; every fault is named with its place."""

import csv
import gc
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from concorda.analysis.problems import Problem, Refused

Step = str | int


@contextmanager
def collection_paused() -> Iterator[None]:
    """No garbage collection meanwhile: of 100,000 tasks or ties none is garbage, and looking for some takes as long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_bytes(path: str | Path) -> bytes:
    """The file as it is; Refused when it is missing, a folder or closed to us."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refused(Problem(f"the file cannot be opened: {error.strerror}", file=str(path))) from error


def read_text(path: str | Path) -> str:
    """The file as text with plain newlines: UTF-8 with or without BOM, UTF-16 with BOM, or Windows-1252."""
    data = read_bytes(path)
    text = _decode(data, str(path)).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise Refused(Problem("this is not a text file (it holds zero bytes)", file=str(path)))
    return text


def _decode(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Proper UTF-8 letters before the fault mean a damaged UTF-8 file; as Windows-1252 it would garble names.
        fault = error.start if data[: error.start].isascii() else None
    try:
        if fault is not None:
            return data.decode("cp1252")
    except UnicodeDecodeError as error:
        fault = error.start
    place = fault if fault is not None else _first_fault(data)
    before = data[:place].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    raise Refused(
        Problem(
            f"the byte 0x{data[place]:02x} is no letter in UTF-8; save the file as UTF-8",
            file=file,
            row=before.count(b"\n") + 1,
            column=str(len(before) - before.rfind(b"\n")),
        )
    )


def _first_fault(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    raise AssertionError("only called for bytes that are not UTF-8")


@dataclass(frozen=True)
class Document:
    """A JSON file: its value, and its text to find lines in. Decimals are kept exact as Decimal."""

    file: str | None
    text: str
    value: Any

    def problem(self, reason: str, *path: Step, value: object = None) -> Problem:
        """A problem at a path such as ("ballots", 3, "by"); the row is the line in the file."""
        return Problem(
            reason,
            file=self.file,
            row=line_of(self.text, path) if self.text else None,
            column=path_text(path) or None,
            value=None if value is None else _short(value),
        )


def read_json(path: str | Path) -> Document:
    """One JSON document; Refused with line and column when it is not JSON.

    NaN and Infinity are not JSON but are written; they become decimals, and are refused where a number is used.
    """
    text = read_text(path)
    if not text.strip():
        raise Refused(Problem("the file is empty", file=str(path)))
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=Decimal)
    except json.JSONDecodeError as error:
        raise Refused(
            Problem(f"this is not JSON: {error.msg}", file=str(path), row=error.lineno, column=str(error.colno))
        ) from error
    except (ValueError, RecursionError) as error:
        raise Refused(Problem(f"this JSON cannot be used: {error}", file=str(path))) from error
    return Document(str(path), text, value)


def path_text(path: Sequence[Step]) -> str:
    """("ballots", 3, "by") → "ballots[3].by"; positions count from 0 as in JSON paths."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:79] + "…"


_BLANK = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^\s,\]}]+")


def line_of(text: str, path: Sequence[Step]) -> int:
    """Line (from 1) where the value at `path` begins; the nearest enclosing value when the path leads nowhere."""
    at = _blank(text, 0)
    for step in path:
        found = next((start for name, start in _members(text, at) if name == step), None)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _members(text: str, at: int) -> Iterator[tuple[Step, int]]:
    """Name or position of each member of the object or list that begins at `at`, with where its value begins."""
    if text[at] not in "{[":
        return
    inside_object, at, position = text[at] == "{", _blank(text, at + 1), 0
    while text[at] not in "}]":
        name: Step = position
        if inside_object:
            name, at = scanstring(text, at + 1, True)
            at = _blank(text, _blank(text, at) + 1)
        yield name, at
        at = _blank(text, _after(text, at))
        at = _blank(text, at + 1) if text[at] == "," else at
        position += 1


def _after(text: str, at: int) -> int:
    """Where the value that begins at `at` ends."""
    depth = 0
    while True:
        letter = text[at]
        if letter == '"':
            at = scanstring(text, at + 1, True)[1]
        elif letter in "{[":
            depth, at = depth + 1, at + 1
        elif letter in "}]":
            depth, at = depth - 1, at + 1
        elif depth and letter in ",: \t\n\r":
            at += 1
            continue
        else:
            match = _SCALAR.match(text, at)
            at = match.end() if match else at + 1
        if depth == 0:
            return at


def read_xml(path: str | Path) -> Element:
    """The root of an XML file; Refused with line and column when it is not XML, or declares entities.

    Entities are what XML files attack with. They can only be declared before the first element, so that much is looked
    at first and the rest is left to the fast parser.
    """
    data = read_bytes(path)
    if not data.strip():
        raise Refused(Problem("the file is empty", file=str(path)))
    if _declares_entities(data):
        raise Refused(Problem("the file declares entities, which are not read", file=str(path)))
    try:
        return ET.fromstring(data)  # noqa: S314  entities are refused above
    except ParseError as error:
        row, column = error.position
        raise Refused(Problem(f"this is not XML: {error.msg}", str(path), row, str(column + 1))) from error
    except (ValueError, LookupError) as error:
        raise Refused(Problem(f"this XML is not read: {error}", str(path))) from error


class _Enough(Exception):
    """The parser need not go on."""


def _declares_entities(data: bytes) -> bool:
    found = False

    def declared(*_: object) -> NoReturn:
        nonlocal found
        found = True
        raise _Enough

    def begun(*_: object) -> NoReturn:
        raise _Enough

    parser = expat.ParserCreate()
    parser.StartElementHandler = begun
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = parser.ExternalEntityRefHandler = declared
    # What is not XML at all is said by the parser that reads the whole.
    with suppress(_Enough, expat.ExpatError, ValueError, LookupError):
        parser.Parse(data, True)
    return found


@dataclass(frozen=True)
class Table:
    """A table from a delimited file: trimmed column names, trimmed cells, and the file's line of each row."""

    file: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str

    def column(self, name: str) -> int:
        """The place of a column, counted from 0; ValueError where there is none of that name."""
        return self.header.index(name)

    def problem(
        self, reason: str, row: int | None = None, column: str | None = None, value: str | None = None
    ) -> Problem:
        """A problem in one cell; `row` counts the table's rows from 0 and is shown as the line of the file."""
        return Problem(reason, self.file, None if row is None else self.lines[row], column, value)


def read_table(path: str | Path) -> Table:
    """A table with one header line; delimiter `,`, `;`, tab or `|`, whichever the header uses most.

    Blank lines are skipped. Refused: an empty file, two columns of one name, more cells than the header names.
    """
    text = read_text(path)
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not first:
        raise Refused(Problem("the file is empty", file=str(path)))
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            cells = list(map(str.strip, row))
            if any(cells):
                rows.append(cells)
                lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        raise Refused(Problem(f"this row cannot be read: {error}", file=str(path), row=reader.line_num)) from error
    header = rows.pop(0)
    line = lines.pop(0)
    _even_out(header, line, rows, lines, str(path))
    return Table(str(path), header, rows, lines, delimiter)


def _even_out(header: list[str], line: int, rows: list[list[str]], lines: list[int], file: str) -> None:
    """Give every row as many cells as the header; Refused where that would lose one, or columns share a name."""
    width = len(header)
    problems = [
        Problem(f"the column '{name}' appears twice; rename one of them", file, line, name)
        for name in sorted({name for name in header if name and header.count(name) > 1})
    ]
    uneven = [place for place, row in enumerate(rows) if len(row) != width]
    problems += [
        Problem(f"the row has {len(rows[at])} cells but the header names {width}", file, lines[at], str(width + 1))
        for at in uneven
        if any(rows[at][width:])
    ]
    if problems:
        raise Refused(problems)
    for at in uneven:
        rows[at] = rows[at][:width] + [""] * (width - len(rows[at]))

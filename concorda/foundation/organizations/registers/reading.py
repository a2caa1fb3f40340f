"""What a file holds as it comes: a table (CSV or XLSX), a JSON document, or tables in a folder or zip."""

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import read_bytes

LARGEST = 2_000_000_000
"""Bytes a file may hold once unpacked, unless the caller says less."""
UNCLOSED = 500
"""A record over more lines than this is a quotation mark that was never closed."""
LOST = "\ufffd"
MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*(<|%PDF|PK\x03\x04|\x89PNG|\xff\xd8)")
ZIP = b"PK\x03\x04"

csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Row:
    """One record: the line of the file on which it begins, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """A table to walk through as often as one likes; `size` is its number of lines."""

    file: str
    columns: list[str]
    records: "Records"
    size: int

    def rows(self) -> Iterator[Row | Problem]:
        """Rows in order, or what is wrong with a row."""
        width = len(self.columns)
        for line, cells in self.body():
            if len(cells) == width:
                yield Row(line, dict(zip(self.columns, cells, strict=True)))
            else:
                reason = f"the row has {len(cells)} cells but the header names {width}"
                yield Problem(reason, self.file, line, value=short(cells[0]))

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of each record below the header."""
        records = iter(self.records)
        next(records)
        return records

    def starts(self, rows: int) -> list[list[str]]:
        """The cells of the first rows, for a person to look at."""
        return [cells for _at, (_line, cells) in zip(range(rows), self.body(), strict=False)]


def short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


@dataclass
class Given:
    """A file or folder as somebody hands it in, and what it turns out to hold: `kind` is table, json or tables."""

    file: str
    kind: str
    data: bytes = b""
    tables: Mapping[str, bytes] = field(default_factory=dict)
    """Name of each CSV file in a folder or zip, in small letters and without its ending → its bytes."""

    @cached_property
    def sheet(self) -> Sheet:
        """The table; Refused when it has no usable header or breaks off in the middle."""
        if self.kind != "table":
            raise Refused(Problem(f"this is {KINDS[self.kind]}, not one table", file=self.file))
        return sheet_of(self.data, self.file)

    @cached_property
    def document(self) -> Any:
        """What the JSON says; several lines of JSON are a list of their values."""
        if self.kind != "json":
            raise Refused(Problem(f"this is {KINDS[self.kind]}, not JSON", file=self.file))
        return document_of(decoded(self.data, self.file), self.file)

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """The tables of a folder or zip by name; empty ones left out."""
        found = {}
        for name, data in self.tables.items():
            if data.strip():
                found[name] = sheet_of(data, f"{self.file}/{name}.csv", narrow=True)
        return found


KINDS = {"table": "a table", "json": "JSON", "tables": "a folder or zip of tables"}


def open_given(path: str | Path, *, name: str | None = None, largest: int = LARGEST) -> Given:
    """Refused when the file is missing, too large, damaged, empty, or nothing that holds a register."""
    file = name or str(path)
    if Path(path).is_dir():
        tables = {one.stem.lower(): one.read_bytes() for one in sorted(Path(path).glob("*.csv"))}
        if not tables:
            raise Refused(Problem("there is no CSV file in this folder", file=file))
        return Given(file, "tables", tables=tables)
    data = unpacked(path, file, largest)
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise Refused(Problem("the file is empty", file=file))
    if data.startswith(ZIP):
        return zipped(data, file, largest)
    if MARKUP.match(data[:200]):
        raise Refused(Problem("this is not a table; save it as CSV (comma separated values)", file=file))
    begins = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return Given(file, "json" if begins in (b"{", b"[") else "table", data)


def unpacked(path: str | Path, file: str, largest: int) -> bytes:
    data = read_bytes(path)
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(largest + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise Refused(Problem(f"the packed file is damaged: {error}", file=file)) from error
    if len(data) > largest:
        raise too_large(file, largest)
    return data


def too_large(file: str, largest: int) -> Refused:
    reason = f"the file is larger than {largest // 1_000_000} MB; load it with the command instead"
    return Refused(Problem(reason, file=file))


def zipped(data: bytes, file: str, largest: int) -> Given:
    """A workbook is a table; any other zip holds CSV files, in whatever folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > largest:
                raise too_large(file, largest)
            if any(part.filename.startswith("xl/") for part in parts):
                return Given(file, "table", data)
            tables = {Path(part.filename).stem.lower(): packed.read(part) for part in parts if is_table(part.filename)}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused(Problem(f"this is not a table, nor a zip that can be opened: {error}", file=file)) from error
    if not tables:
        raise Refused(Problem("this is not a table: the zip holds no CSV file", file=file))
    return Given(file, "tables", tables=tables)


def is_table(name: str) -> bool:
    return name.lower().endswith(".csv") and not name.startswith("__MACOSX")


def open_sheet(path: str | Path, *, name: str | None = None, largest: int = LARGEST) -> Sheet:
    """One table; Refused when the file is anything else, or the table cannot be read to its end."""
    return open_given(path, name=name, largest=largest).sheet


def sheet_of(data: bytes, file: str, *, narrow: bool = False) -> Sheet:
    """The table in these bytes, looked through to its end, so that nothing is loaded of a file that breaks off."""
    records = Workbook(data, file) if data.startswith(ZIP) else Delimited(decoded(data, file), file)
    everything = iter(records)
    _first, head = next(everything, (0, None))
    if head is None:
        raise Refused(Problem("the file is empty", file=file))
    last = max((line for line, _cells in everything), default=1)
    columns = [column.strip() for column in head]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise Refused([Problem("two columns have this name; rename one of them", file, 1, column) for column in twice])
    if len(columns) < 2 and not narrow:
        reason = "this is not a table: its first line names only one column"
        raise Refused(Problem(reason, file=file, value=short(head[0] if head else "")))
    return Sheet(file, columns, records, last)


class Records:
    """Line on which it begins, and cells, of each record of a table that is not blank; the first is the header."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        raise NotImplementedError


class Delimited(Records):
    """A text whose first line shows what stands between cells."""

    def __init__(self, text: str, file: str) -> None:
        super().__init__(file)
        self.text = text
        first = next((line for line in text.split("\n", 20) if line.strip()), "")
        self.delimiter = max(",;\t|", key=first.count)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        before = 0
        for _number in count():
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                reason = f"from here on the file cannot be read: {error}"
                raise Refused(Problem(reason, self.file, before + 1)) from error
            line, before = before + 1, reader.line_num
            if before - line > UNCLOSED:
                reason = "a quotation mark opened here is never closed"
                raise Refused(Problem(reason, self.file, line, value=short(cells[0])))
            if any(cell.strip() for cell in cells):
                yield line, cells


class Workbook(Records):
    """The first sheet of a workbook that holds anything, its cells as a person would write them."""

    def __init__(self, data: bytes, file: str) -> None:
        super().__init__(file)
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
                sheets = (book.get_sheet_by_index(at) for at in range(len(book.sheet_names)))
                sheet = next((one for one in sheets if one.total_height), None)
                self.first = (sheet.start or (0, 0))[0] + 1 if sheet else 1
                self.cells = sheet.to_python(skip_empty_area=True) if sheet else []
        except (CalamineError, OSError, ValueError) as error:
            raise Refused(Problem(f"this workbook cannot be opened: {error}", file=file)) from error

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = 0
        for line, values in enumerate(self.cells, self.first):
            cells = [written(value) for value in values]
            if not any(cells):
                continue
            if not width:
                width = max(at for at, cell in enumerate(cells, 1) if cell)
            yield line, cells[:width] + ([] if not any(cells[width:]) else cells[width:])


def written(value: Any) -> str:
    """A cell of a workbook as text: 7.0 is 7, a date is 2019-10-31."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def document_of(text: str, file: str) -> Any:
    try:
        return json.loads(text, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        lines = [(at, line) for at, line in enumerate(text.split("\n"), 1) if line.strip()]
        if error.msg == "Extra data" and len(lines) > 1:
            return [line_of_json(line, at, file) for at, line in lines]
        raise Refused(Problem(f"this is not JSON: {error.msg}", file, error.lineno, str(error.colno))) from error
    except (ValueError, RecursionError) as error:
        raise Refused(Problem(f"this JSON cannot be used: {error}", file=file)) from error


def line_of_json(line: str, at: int, file: str) -> Any:
    try:
        return json.loads(line, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise Refused(Problem(f"this line is not JSON: {error.msg}", file, at, str(error.colno))) from error
    except (ValueError, RecursionError) as error:
        raise Refused(Problem(f"this line cannot be used: {error}", file, at)) from error


def no_constant(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def decoded(data: bytes, file: str) -> str:
    """The text with one kind of line end. A byte that is no letter in UTF-8 becomes U+FFFD and refuses its row."""
    if b"\0" in data[:10_000] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(Problem("this is not a text file (it holds zero bytes)", file=file))
    text = letters(data).replace("\r\n", "\n").replace("\0", LOST)
    if "\r" in text:
        # Where lines end with LF, a lone CR is a line break inside a cell; an old file ends its lines with it.
        text = text.replace("\r", " " if "\n" in text else "\n")
    return text


def letters(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data[: error.start].isascii():
            return data.decode("cp1252", errors="replace")
        return data.decode("utf-8-sig", errors="replace")

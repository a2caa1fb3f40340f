"""Rows of a delimited file as it comes: plain or gzip, any usual line end, UTF-8 or Windows-1252."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import read_bytes

LARGEST = 2_000_000_000
"""Bytes a file may hold once unpacked, unless the caller says less."""
UNCLOSED = 500
"""A record over more lines than this is a quotation mark that was never closed."""
LOST = "\ufffd"
MARKUP = re.compile(rb"\s*(<!doctype|<html|<\?xml|<svg|<script|%PDF|PK\x03\x04|\x89PNG|\xff\xd8)", re.IGNORECASE)

csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Row:
    """One record: the line of the file on which it begins, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """A table to walk through once; `size` is its number of lines."""

    file: str
    columns: list[str]
    records: Iterator[tuple[int, list[str]]]
    size: int

    def rows(self) -> Iterator[Row | Problem]:
        """Rows in order, or what is wrong with a row."""
        width = len(self.columns)
        for line, cells in self.records:
            if len(cells) == width:
                yield Row(line, dict(zip(self.columns, cells, strict=True)))
            else:
                reason = f"the row has {len(cells)} cells but the header names {width}"
                yield Problem(reason, self.file, line, value=short(cells[0]))


def short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def open_sheet(path: str | Path, *, name: str | None = None, largest: int = LARGEST) -> Sheet:
    """Refused when the file is missing, too large, not a table, or has an unusable header."""
    file = name or str(path)
    text = decoded(unpacked(path, file, largest), file)
    first = next((line for line in text.split("\n", 20) if line.strip()), "")
    if not first:
        raise Refused(Problem("the file is empty", file=file))
    records = records_of(text, max(",;\t|", key=first.count))
    columns = [column.strip() for column in next(records)[1]]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise Refused([Problem("two columns have this name; rename one of them", file, 1, column) for column in twice])
    if len(columns) < 2:
        raise Refused(Problem("this is not a table: its first line names only one column", file, 1, value=short(first)))
    return Sheet(file, columns, records, text.count("\n"))


def unpacked(path: str | Path, file: str, largest: int) -> bytes:
    data = read_bytes(path)
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(largest + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise Refused(Problem(f"the packed file is damaged: {error}", file=file)) from error
    if len(data) > largest:
        raise Refused(
            Problem(f"the file is larger than {largest // 1_000_000} MB; load it with the command instead", file=file)
        )
    if MARKUP.match(data[:200]):
        raise Refused(Problem("this is not a table; save it as CSV (comma separated values)", file=file))
    return data


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


def records_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line on which it begins, and cells, of each record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    for number in count():
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(Problem(f"from here on the file cannot be read: {error}", row=before + 1)) from error
        line, before = before + 1, reader.line_num
        if before - line > UNCLOSED:
            raise Refused(Problem("a quotation mark opened here is never closed", row=line, value=short(cells[0])))
        if number == 0 or any(cell.strip() for cell in cells):
            yield line, cells

"""Workbooks (XLSX): what stands behind their cells, and our own with words that never turn into formulas."""

import io
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from concorda.analysis.reading import read_xml

ADDRESS = re.compile(r"([A-Z]+)(\d+)")
SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")


def formulas(data: bytes) -> Mapping[tuple[int, int], str]:
    """Line (from 1) and column (from 0) → the formula behind a cell of the first sheet that holds anything."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed, tempfile.TemporaryDirectory() as folder:
        names = [name for name in packed.namelist() if SHEET.fullmatch(name)]
        for name in sorted(names, key=lambda name: int(SHEET.fullmatch(name)[1])):
            path = Path(folder) / "sheet.xml"
            path.write_bytes(packed.read(name))
            root = read_xml(path)
            if root.find(".//{*}row") is not None:
                return {
                    placed(cell.get("r", "A1")): f"={found.text or ''}"
                    for cell in root.iterfind(".//{*}c")
                    if (found := cell.find("{*}f")) is not None
                }
    return {}


def placed(address: str) -> tuple[int, int]:
    """ "C4" → line 4, column 2."""
    match = ADDRESS.fullmatch(address)
    letters, line = (match[1], int(match[2])) if match else ("A", 0)
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return line, column - 1


def workbook(name: str, rows: Sequence[Sequence[object]], author: str = "") -> bytes:
    """One sheet with a head: days are days, numbers numbers, and words stay words whatever they begin with."""
    import xlsxwriter

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(made, options)
    book.set_properties({"title": name, "author": author})
    looks = {
        "words": book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"}),
        "head": book.add_format({"quote_prefix": True, "text_wrap": True, "bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        "number": book.add_format({"valign": "top"}),
    }
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31])
    sheet.freeze_panes(1, 2)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, max(map(len, rows)) - 1, 16)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            write(sheet, at, column, value, looks, head=at == 0)
    book.close()
    return made.getvalue()


def write(sheet: Any, at: int, column: int, value: object, looks: Mapping[str, Any], *, head: bool) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(at, column, value, looks["day"])
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(at, column, float(value), looks["number"])
    else:
        sheet.write_string(at, column, str(value), looks["head" if head else "words"])

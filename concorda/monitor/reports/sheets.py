"""A report as a spreadsheet: a cover, one sheet for each table, and a codebook that explains every column."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from concorda.monitor.reports.document import Document
from concorda.monitor.reports.parts import Exact, Table

FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def xlsx(report: Document, *, at: datetime) -> bytes:
    """Numbers are numbers and days are days; words are words, whatever they begin with, and never formulas."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": report.title, "author": report.author, "created": at.replace(tzinfo=None)})
    looks = Looks(book)
    write_cover(book.add_worksheet(_("Report")), report, looks)
    names = sheet_names(report)
    for part in report.parts:
        if part.table:
            write_table(book.add_worksheet(names[part.key]), report, part.table, looks)
    if names:
        write_codebook(book.add_worksheet(_("Codebook")), codebook(report), looks)
    book.close()
    return made.getvalue()


class Looks:
    """The formats of one workbook. `words` marks a cell as text for good, so that editing it makes no formula of it."""

    def __init__(self, book: Any) -> None:
        self.words = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        self.head = book.add_format({"quote_prefix": True, "text_wrap": True, "bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.number = book.add_format({"valign": "top"})


def sheet_names(report: Document) -> dict[str, str]:
    """Section → the name of its sheet: at most 31 letters, none of them forbidden, each name once."""
    taken = {_("Report").lower(), _("Codebook").lower()}
    found = {}
    for part in report.parts:
        if part.table:
            stem = FORBIDDEN.sub(" ", part.title).strip()[:31]
            name, number = stem, 2
            while name.lower() in taken:
                name, number = f"{stem[:28]} {number}", number + 1
            taken.add(name.lower())
            found[part.key] = name
    return found


def write_cover(sheet: Any, report: Document, looks: Looks) -> None:
    sheet.set_column(0, 0, 90)
    lines = [(report.title, True), *((line, False) for line in report.lines)]
    for part in report.parts:
        lines += [("", False), (part.title, True)]
        lines += [(line, False) for line in (part.sentence, part.text, *part.notes, part.origin) if line]
    if report.checks:
        lines += [("", False), (_("Before you rely on this"), True), *((line, False) for line in report.checks)]
    if report.digest:
        lines += [("", False), (f"{_('Fingerprint')}: {report.digest}", False)]
    for place, (text, heading) in enumerate(lines):
        sheet.write_string(place, 0, text, looks.head if heading else looks.words)


def write_table(sheet: Any, report: Document, table: Table, looks: Looks) -> None:
    linked = any(report.path(row) for row in table.rows)
    labels = [column.label for column in table.columns] + ([_("Record")] if linked else [])
    for column, label in enumerate(labels):
        sheet.write_string(0, column, label, looks.head)
    sheet.set_column(0, len(labels) - 1, 24)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(labels) - 1)
    for place, row in enumerate(table.rows, start=1):
        for column, (text, value) in enumerate(zip(row.cells, row.exact, strict=True)):
            write_cell(sheet, (place, column), text, value, looks)
        if linked:
            sheet.write_string(place, len(row.cells), report.address(row), looks.words)


def write_cell(sheet: Any, place: tuple[int, int], text: str, value: Exact, looks: Looks) -> None:
    if value is None:
        sheet.write_string(*place, text, looks.words)
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, looks.day)
    else:
        sheet.write_number(*place, float(value), looks.number)


def codebook(report: Document) -> list[list[str]]:
    """Each column of each table: where it stands, what kind it is, what it means."""
    names = sheet_names(report)
    found = [[_("Sheet"), _("Column"), _("Kind"), _("Meaning")]]
    for part in report.parts:
        if part.table:
            found += [[names[part.key], *line] for line in explained(part.table)]
            if any(report.path(row) for row in part.table.rows):
                found.append([names[part.key], _("Record"), _("text"), _("Where the record behind the row is found")])
    return found


def explained(table: Table) -> Iterator[list[str]]:
    for place, column in enumerate(table.columns):
        yield [column.label, kind_of([row.exact[place] for row in table.rows]), column.meaning]


def kind_of(values: list[Exact]) -> str:
    found = {type(value) for value in values} - {type(None)}
    return _("number") if found == {Decimal} else _("day") if found else _("text")


def write_codebook(sheet: Any, lines: list[list[str]], looks: Looks) -> None:
    for column, width in enumerate((28, 28, 12, 80)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for place, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(place, column, text, looks.words if place else looks.head)

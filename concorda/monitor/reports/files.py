"""A report as PDF, spreadsheet, table and standalone page."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from concorda.foundation.core import clock
from concorda.foundation.core.documents import compile_pdf
from concorda.foundation.core.tables import harmless
from concorda.monitor.reports.document import Document, document
from concorda.monitor.reports.models import Report

TEMPLATE = Path(__file__).with_name("report.typ")


def words() -> dict[str, str]:
    return {"checks": _("Before you rely on this"), "digest": _("Fingerprint"), "way": _("On the way to the target")}


def pdf(report: Report) -> bytes:
    """Tagged PDF/UA-1 in the active language."""
    language = (translation.get_language() or "en")[:2]
    data = {**asdict(document(report)), "language": language, "words": words(), "author": report.partnership.name}
    return compile_pdf(TEMPLATE, data, at=report.approved_at or report.frozen_at or clock.now())


def html(report: Report) -> str:
    """A page of its own that needs nothing else."""
    language = translation.get_language()
    return render_to_string("reports/standalone.html", {"document": document(report), "language": language})


def xlsx(report: Report) -> bytes:
    """A sheet per section with a table; numbers are numbers, words are never formulas."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    found = document(report)
    book.set_properties({"title": found.title, "author": report.partnership.name, "created": report.created_at})
    bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
    write_cover(book, found, bold)
    for part in found.parts:
        if part.table:
            write_table(book.add_worksheet(part.title[:31]), part.table, bold)
    book.close()
    return target.getvalue()


def write_cover(book: Any, found: Document, bold: Any) -> None:
    sheet = book.add_worksheet(_("Report"))
    sheet.set_column(0, 0, 90)
    lines = [found.title, *found.lines]
    for part in found.parts:
        lines += ["", part.title, part.sentence, part.text]
    lines += ["", words()["checks"], *found.checks] if found.checks else []
    titles = {found.title, words()["checks"], *(part.title for part in found.parts)}
    for place, text in enumerate(lines):
        sheet.write_string(place, 0, harmless(text), bold if text in titles else None)


def write_table(sheet: Any, table: Any, bold: Any) -> None:
    for column, label in enumerate(table.columns):
        sheet.write_string(0, column, label, bold)
        sheet.set_column(column, column, 24)
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(table.rows):
        exact = table.numbers[place] if table.numbers else [None] * len(row)
        for column, (text, value) in enumerate(zip(row, exact, strict=True)):
            if value is None:
                sheet.write_string(place + 1, column, harmless(text))
            else:
                sheet.write_number(place + 1, column, float(value))


def results_table(report: Report) -> list[list[str]]:
    """The indicators as rows, exact numbers beside what they are of."""
    table = next((part.table for part in document(report).parts if part.key == "results"), None)
    if table is None:
        return []
    exact = [
        [value if value is not None else text for text, value in zip(row, values, strict=True)]
        for row, values in zip(table.rows, table.numbers, strict=True)
    ]
    return [table.columns, *exact]

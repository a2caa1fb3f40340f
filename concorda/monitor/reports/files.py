"""A report as a file: PDF, Word, spreadsheet, page of its own, and the indicators as a table."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from concorda.foundation.core import clock
from concorda.foundation.core.documents import compile_pdf
from concorda.monitor.reports import sheets, word
from concorda.monitor.reports.document import Document, document, shown
from concorda.monitor.reports.models import Report
from concorda.monitor.reports.parts import Part

TEMPLATE = Path(__file__).with_name("report.typ")


@dataclass(frozen=True)
class Format:
    make: Callable[[Report], bytes]
    kind: str


def moment_of(report: Report) -> datetime:
    """The moment a file of this report carries: the same file each time, once the numbers are frozen."""
    return report.approved_at or report.frozen_at or clock.now()


def language() -> str:
    return (translation.get_language() or "en")[:2]


def pdf(report: Report) -> bytes:
    """Tagged PDF/UA-1 in the active language."""
    found = document(report)
    words = {"checks": _("Before you rely on this"), "digest": _("Fingerprint")}
    data = {
        "title": found.title,
        "author": found.author,
        "lines": found.lines,
        "checks": found.checks,
        "digest": found.digest,
        "language": language(),
        "words": words,
        "parts": [printed(found, part) for part in found.parts],
    }
    return compile_pdf(TEMPLATE, data, at=moment_of(report))


def printed(found: Document, part: Part) -> dict[str, object]:
    table = part.table and {
        "caption": part.table.caption,
        "columns": [column.label for column in part.table.columns],
        "rows": [row.cells for row in part.table.rows],
        "links": [found.address(row) for row in part.table.rows],
        "named": part.table.named,
    }
    return {
        "title": part.title,
        "sentence": part.sentence,
        "text": part.text,
        "bars": [asdict(bar) for bar in part.bars],
        "table": table,
        "notes": part.notes,
        "origin": part.origin,
    }


def docx(report: Report) -> bytes:
    return word.docx(document(report), language=language(), at=moment_of(report))


def xlsx(report: Report) -> bytes:
    return sheets.xlsx(document(report), at=moment_of(report))


def html(report: Report) -> bytes:
    """A page of its own that needs nothing else: no script, no other file."""
    found = document(report)
    context = {"document": found, "parts": shown(found.parts, found.address), "language": translation.get_language()}
    return render_to_string("reports/standalone.html", context).encode()


FORMATS = {
    "pdf": Format(pdf, "application/pdf"),
    "docx": Format(docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": Format(xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "html": Format(html, "text/html; charset=utf-8"),
}


def results_table(report: Report) -> list[list[str]]:
    """The indicators as rows, exact numbers and days instead of words."""
    table = next((part.table for part in document(report).parts if part.key == "results"), None)
    if table is None:
        return []
    exact = [
        [text if value is None else str(value) for text, value in zip(row.cells, row.exact, strict=True)]
        for row in table.rows
    ]
    return [[column.label for column in table.columns], *exact]

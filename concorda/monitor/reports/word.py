"""A report as a Word file: real headings, tables whose first row is their head, a described picture, page numbers."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from concorda.foundation.core.documents import compile_png, printable, word_document
from concorda.monitor.reports.document import Document
from concorda.monitor.reports.parts import Bar, Part, Table

CHART = Path(__file__).with_name("bars.typ")
WIDTH = 16.5
"""Of the text, in centimetres, on the page the document is set up for."""


def docx(report: Document, *, language: str, at: datetime) -> bytes:
    document = word_document(report.title, author=report.author, language=language, at=at)
    document.add_heading(printable(report.title), level=1)
    for line in report.lines:
        document.add_paragraph(printable(line))
    for part in report.parts:
        write_part(document, report, part)
    if report.checks:
        document.add_heading(_("Before you rely on this"), level=2)
        for line in report.checks:
            document.add_paragraph(printable(line), style="List Bullet")
    if report.digest:
        document.add_paragraph(f"{_('Fingerprint')}: {report.digest}")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def write_part(document: Any, report: Document, part: Part) -> None:
    document.add_heading(printable(part.title), level=2)
    if part.sentence:
        document.add_paragraph().add_run(printable(part.sentence)).bold = True
    for paragraph in part.text.replace("\r", "").split("\n\n"):
        if paragraph.strip():
            document.add_paragraph(printable(paragraph))
    if part.bars:
        write_bars(document, part.bars)
    if part.table:
        document.add_paragraph(printable(part.table.caption), style="Caption")
        write_table(document, report, part.table)
    for note in part.notes:
        document.add_paragraph(printable(note), style="List Bullet")
    if part.origin:
        document.add_paragraph().add_run(printable(part.origin)).italic = True


def write_bars(document: Any, bars: list[Bar]) -> None:
    """All bars as one picture; its description says each in words."""
    from docx.shared import Cm

    picture = compile_png(CHART, {"bars": [asdict(one) for one in bars]})
    shape = document.add_picture(io.BytesIO(picture), width=Cm(WIDTH))
    facts = shape._inline.docPr  # noqa: SLF001  python-docx has no word for the description of a picture
    facts.set("descr", printable(" ".join(one.says for one in bars)))
    facts.set("title", _("On the way to the target"))


def write_table(document: Any, report: Document, table: Table) -> None:
    """Written as XML at once: cell by cell, the library takes seconds for what takes milliseconds."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    small = "<w:rPr><w:sz w:val='15'/></w:rPr>" if len(table.columns) > 5 else "<w:rPr><w:sz w:val='19'/></w:rPr>"
    width = int(WIDTH * 567 / len(table.columns))
    properties = (
        f"<w:tbl {nsdecls('w', 'r')}><w:tblPr><w:tblStyle w:val='TableGrid'/><w:tblW w:w='5000' w:type='pct'/>"
        f"<w:tblLook w:firstRow='1' w:noVBand='1'/><w:tblCaption w:val={attribute(table.caption)}/>"
        f"<w:tblDescription w:val={attribute(description(table))}/></w:tblPr><w:tblGrid>"
    )
    pieces = [
        properties,
        f"<w:gridCol w:w='{width}'/>" * len(table.columns),
        "</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>",
        *(cell(run(column.label, small, bold=True), width) for column in table.columns),
        "</w:tr>",
        *rows(document, report, table, small, width),
        "</w:tbl>",
    ]
    document.element.body.insert(-1, parse_xml("".join(pieces)))  # before the section's own properties
    document.add_paragraph()


def rows(document: Any, report: Document, table: Table, small: str, width: int) -> Iterator[str]:
    """The rows; the cell that names a row leads to its record."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    for row in table.rows:
        address = report.address(row)
        link = document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True) if address else ""
        yield "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        for place, text in enumerate(row.cells):
            named = link and place == table.named
            words = run(text, small)
            yield cell(f"<w:hyperlink r:id='{link}'>{words}</w:hyperlink>" if named else words, width)
        yield "</w:tr>"


def run(text: str, look: str, *, bold: bool = False) -> str:
    look = look.replace("<w:rPr>", "<w:rPr><w:b/>") if bold else look
    return f"<w:r>{look}<w:t xml:space='preserve'>{escape(printable(text))}</w:t></w:r>"


def cell(content: str, width: int) -> str:
    look = "<w:pPr><w:spacing w:after='0'/></w:pPr>"
    return f"<w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/></w:tcPr><w:p>{look}{content}</w:p></w:tc>"


def attribute(text: str) -> str:
    return quoteattr(printable(text))


def description(table: Table) -> str:
    return _("%(caption)s: %(rows)s rows; columns %(columns)s.") % {
        "caption": table.caption,
        "rows": len(table.rows),
        "columns": ", ".join(column.label for column in table.columns),
    }

"""Documents to print and to write in: PDF and pictures from a typst template and data, empty Word files."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 does not take."""
SHARP = 144
"""Dots per inch of a picture."""


def compile_pdf(template: Path, data: dict[str, Any], *, at: datetime) -> bytes:
    """A tagged PDF/UA-1. The data reach the template as JSON in `sys.inputs.data`, never as typst code.

    The same data and moment give the same bytes.
    """
    made = compiler(template, data).compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)
    return made


def compile_png(template: Path, data: dict[str, Any]) -> bytes:
    """The one page a template makes, as a picture."""
    made = compiler(template, data).compile(format="png", ppi=SHARP)
    assert isinstance(made, bytes)
    return made


def compiler(template: Path, data: dict[str, Any]) -> Any:
    import typst  # a large library, loaded only where a file is made

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return typst.Compiler(template.read_bytes(), root=template.parent, ignore_system_fonts=True, sys_inputs=inputs)


def word_document(title: str, *, author: str, language: str, at: datetime) -> Any:
    """An empty Word document: title, dates, the language its spelling is checked in, page numbers at the foot.

    `language`: "en" or "fr".
    """
    from docx import Document  # 0.2 s: only where a file is made
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import nsdecls, qn

    document = Document()
    facts, spoken = document.core_properties, f"{language}-CA"
    facts.title, facts.author, facts.language = printable(title)[:255], printable(author)[:255], spoken
    facts.created = facts.modified = at.astimezone(UTC).replace(tzinfo=None)
    facts.comments = ""
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), spoken)
    document.styles["Normal"].element.get_or_add_rPr().append(mark)
    foot = document.sections[0].footer.paragraphs[0]
    foot.alignment = 1
    number = f"<w:fldSimple {nsdecls('w')} w:instr='PAGE'><w:r><w:t>1</w:t></w:r></w:fldSimple>"
    foot._p.append(parse_xml(number))  # noqa: SLF001  python-docx has no fields
    return document


def printable(text: str) -> str:
    """The text without the signs that no Word file may hold."""
    return UNPRINTABLE.sub("", text)

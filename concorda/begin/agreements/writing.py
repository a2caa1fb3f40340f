"""The text of an agreement for a word processor, to negotiate in; changes are real tracked changes there."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from concorda.begin.agreements.library import in_language
from concorda.begin.agreements.models import Agreement
from concorda.begin.agreements.queries import ClauseChange, compare
from concorda.foundation.core.documents import printable, word_document
from concorda.foundation.core.text import Change

TRACKED = {"added": "w:ins", "removed": "w:del"}


def docx(contents: dict[str, Any], *, before: dict[str, Any] | None, label: str, at: datetime) -> bytes:
    """A Word file of a text; with `before`, every difference is a change that can be accepted or refused.

    `contents` as frozen in a version; `label` says under the title what it is; `at` dates file and changes.
    """
    document = word_document(contents["title"], author=contents["partnership"], language=contents["language"], at=at)
    with in_language(contents["language"]):
        document.add_paragraph(f"{Agreement.Instrument(contents['instrument']).label} · {contents['partnership']}")
        document.add_heading(printable(contents["title"]), level=1)
        document.add_paragraph(label)
        document.add_heading(_("Between"), level=2)
    for party in contents["parties"]:
        document.add_paragraph(printable(party["name"]), style="List Bullet")
    pen = Pen(contents["partnership"], at)
    for clause in compare(before if before is not None else contents, contents):
        write_clause(document, clause, pen)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


class Pen:
    """Writes runs and paragraph ends, tracked where they are changes; each change has a number of its own."""

    def __init__(self, author: str, at: datetime) -> None:
        self.author, self.at, self.count = printable(author), f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", 0

    def tracked(self, kind: str) -> Any:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self.count += 1
        element = OxmlElement(TRACKED[kind])
        for name, value in (("w:id", str(self.count)), ("w:author", self.author), ("w:date", self.at)):
            element.set(qn(name), value)
        return element

    def run(self, paragraph: Any, kind: str, text: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        run = paragraph.add_run(text)._r  # noqa: SLF001  python-docx has no tracked changes; they wrap its run
        if kind == "same":
            return
        if kind == "removed":
            for words in run.findall(qn("w:t")):
                gone = OxmlElement("w:delText")
                gone.set(qn("xml:space"), "preserve")
                gone.text = words.text
                run.replace(words, gone)
        wrap = self.tracked(kind)
        run.addprevious(wrap)
        wrap.append(run)

    def end(self, paragraph: Any, kind: str) -> None:
        """Track the end of a paragraph: refused, it joins the next one again."""
        from docx.oxml import OxmlElement

        if kind != "same":
            marks = OxmlElement("w:rPr")
            marks.append(self.tracked(kind))
            paragraph._p.get_or_add_pPr().append(marks)  # noqa: SLF001


def write_clause(document: Any, clause: ClauseChange, pen: Pen) -> None:
    whole = clause.kind if clause.kind in TRACKED else "same"
    heading = document.add_heading("", level=2)
    number = f"{clause.number}. " if clause.number else ""
    for change in [Change(whole, number), *clause.title]:
        if change.text:
            pen.run(heading, change.kind, printable(change.text))
    pen.end(heading, whole)
    for runs, ending in paragraphs(clause.changes, whole):
        paragraph = document.add_paragraph()
        for change in runs:
            pen.run(paragraph, change.kind, printable(change.text))
        pen.end(paragraph, ending)


def paragraphs(changes: Sequence[Change], last: str) -> Iterator[tuple[list[Change], str]]:
    """The changes cut at line ends: the pieces of each paragraph, and whether its end is a change itself."""
    runs: list[Change] = []
    for change in changes:
        *ended, rest = change.text.replace("\r", "").split("\n")
        for piece in ended:
            if piece:
                runs.append(Change(change.kind, piece))
            if runs:
                yield runs, change.kind
            runs = []
        if rest:
            runs.append(Change(change.kind, rest))
    if runs:
        yield runs, last

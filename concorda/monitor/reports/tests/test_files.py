"""What a reader's program finds in the files: tags, headings, heads of tables, descriptions, and no formulas."""

import io
import re
import zipfile
from html.parser import HTMLParser

import pytest
from django.utils import translation
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.monitor.reports import files, services
from concorda.monitor.reports.document import AUDIENCES, document
from concorda.monitor.reports.models import Report

LANGUAGES = ["en-ca", "fr-ca"]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def frozen(world, inside):
    report = Report.objects.get(pk=world.things["report.funder"].pk)
    services.freeze(report, by=world.people["priya"])
    return report


def tags(node, found):
    """Every structure element below a node of the tag tree: pairs of tag and element."""
    node = node.get_object()
    if isinstance(node, list):
        for one in node:
            tags(one, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.append((str(node["/S"]), node))
        if "/K" in node:
            tags(node["/K"], found)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_named_and_the_same_each_time(frozen, language):
    with translation.override(language):
        made = files.pdf(frozen)
        assert made == files.pdf(frozen)
        headings = [part.title for part in document(frozen).parts]
    reader = PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  a PDF's own kind of truth
    assert root["/Lang"].startswith(language[:2])
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata.title == frozen.title
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    found = tags(root["/StructTreeRoot"], [])
    kinds = [kind for kind, _element in found]
    assert kinds.count("/H1") + kinds.count("/H2") >= len(headings)
    assert {"/Table", "/TH", "/TD", "/Link", "/L"} <= set(kinds)
    figures = [element for kind, element in found if kind == "/Figure"]
    assert figures
    assert all(len(str(element["/Alt"])) > 20 for element in figures)
    heads = [element for kind, element in found if kind == "/TH"]
    assert all("/Scope" in str(element["/A"].get_object()) for element in heads)
    bookmarks = [one.title for one in reader.outline if not isinstance(one, list)]
    assert [title for title in headings if title in bookmarks] == headings


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_file_has_headings_heads_of_tables_a_described_picture_and_its_language(frozen, language):
    with translation.override(language):
        made = Document(io.BytesIO(files.docx(frozen)))
        found = document(frozen)
    headings = [(one.style.name, one.text) for one in made.paragraphs if one.style.name.startswith("Heading")]
    assert headings[0] == ("Heading 1", frozen.title)
    assert [text for style, text in headings if style == "Heading 2"][: len(found.parts)] == [
        part.title for part in found.parts
    ]
    told = [part for part in found.parts if part.table]
    assert len(made.tables) == len(told)
    for table, part in zip(made.tables, told, strict=True):
        assert [cell.text for cell in table.rows[0].cells] == [column.label for column in part.table.columns]
        assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [row.cells for row in part.table.rows]
        assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
        assert table._tbl.tblPr.find(f"{W}tblCaption").get(f"{W}val") == part.table.caption
    pictures = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert len(pictures) == 1
    assert "arrival to lease" in pictures[0]
    assert made.core_properties.language == f"{language[:2]}-CA"
    assert "PAGE" in made.sections[0].footer._element.xml


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1"])
def test_no_word_becomes_a_formula(inside, frozen, text):
    goal = Goal.objects.create(partnership=inside, title=text, position=99)
    Indicator.objects.create(partnership=inside, goal=goal, name=text)
    frozen.snapshot = {}
    made = files.xlsx(frozen)
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheets = [book.read(name) for name in book.namelist() if "worksheets" in name]
        assert b"quotePrefix" in book.read("xl/styles.xml")
    assert not any(b"<f>" in sheet for sheet in sheets)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_name("What changed for people").to_python()
    assert any(row[0] == text.strip() or row[0] == text for row in rows)


def test_a_sheet_for_each_table_and_a_codebook_for_every_column(frozen):
    book = CalamineWorkbook.from_filelike(io.BytesIO(files.xlsx(frozen)))
    codebook = book.get_sheet_by_name("Codebook").to_python()[1:]
    assert book.sheet_names[0] == "Report"
    for name in book.sheet_names[1:-1]:
        head = book.get_sheet_by_name(name).to_python()[0]
        explained = {line[1]: line[3] for line in codebook if line[0] == name}
        assert list(explained) == head
        assert all(explained.values())
    results = book.get_sheet_by_name("What changed for people").to_python()
    lease = next(row for row in results if "arrival to lease" in str(row[1]))
    assert lease[2:5] == [121.0, 94.0, 60.0]
    assert lease[6].isoformat().startswith("2026-")
    assert lease[9].endswith("/")


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_the_page_stands_alone(frozen):
    with translation.override("fr-ca"):
        text = files.html(frozen).decode()
    seen = Page(text).seen
    names = [tag for tag, _attrs in seen]
    assert names.count("h1") == 1
    assert ("html", {"lang": "fr-ca"}) in seen
    assert not {"script", "link", "img", "iframe", "object"} & set(names)
    assert not any(name.startswith("on") for _tag, attrs in seen for name in attrs)
    assert "url(" not in text
    assert "@import" not in text
    assert all("scope" in attrs for tag, attrs in seen if tag == "th")
    assert names.count("caption") == names.count("table")
    assert not any(attrs["href"].startswith("/") for tag, attrs in seen if tag == "a")


@pytest.mark.parametrize("audience", list(AUDIENCES))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_audience_in_every_format_and_both_languages(world, inside, frozen, audience, language):
    report = Report(
        partnership=inside,
        title="T",
        audience=audience,
        period_from=frozen.period_from,
        period_to=frozen.period_to,
        cut_off=frozen.cut_off,
    )
    with translation.override(language):
        made = {name: form.make(report) for name, form in files.FORMATS.items()}
    assert made["pdf"].startswith(b"%PDF")
    assert made["docx"].startswith(b"PK")
    assert made["xlsx"].startswith(b"PK")
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", made["html"].decode())
    assert len(headings) >= len(AUDIENCES[audience])

"""The text as a Word file, and what changed as PDF and as tracked changes."""

import io
import re
import zipfile

import pytest
from docx import Document
from pypdf import PdfReader

from concorda.begin.agreements import printing, queries, services, writing
from concorda.begin.agreements.models import Agreement

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def memorandum(world, inside):
    return Agreement.objects.get(pk=world.things["agreement.memorandum"].pk)


def text_of(paragraph, *, refused):
    """The words of a paragraph when every tracked change is refused, or accepted."""
    found = []
    for element in paragraph.iter(f"{W}t", f"{W}delText"):
        inserted = any(above.tag == f"{W}ins" for above in element.iterancestors())
        deleted = element.tag == f"{W}delText"
        if (refused and not inserted) or (not refused and not deleted):
            found.append(element.text or "")
    return "".join(found)


def words(data, *, refused):
    body = Document(io.BytesIO(data)).element.body
    lines = [text_of(one, refused=refused) for one in body.iter(f"{W}p")]
    return "\n".join(line for line in lines if line)


def test_a_version_as_word_file_has_headings_and_numbers(memorandum, sign_in):
    version = queries.newest(memorandum)
    url = f"/p/{memorandum.partnership.slug}/begin/agreements/versions/{version.pk}/word/"
    answer = sign_in("tom").get(url)
    document = Document(io.BytesIO(answer.content))
    headings = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings[0] == version.contents["title"]
    assert "6. Sharing client information" in headings
    assert document.core_properties.language == "en-CA"
    assert not re.search(
        r"<w:(ins|del) ", zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    )
    assert sign_in("jo").get(url).status_code == 403
    assert sign_in("walter").get(url).status_code == 404


def test_changes_accepted_give_the_new_text_and_refused_the_old(memorandum, sign_in):
    new, old = memorandum.versions.all()
    url = f"/p/{memorandum.partnership.slug}/begin/agreements/versions/{new.pk}/changes/"
    made = sign_in("tom").get(url, {"format": "docx", "since": 1}).content
    for clause in new.contents["clauses"]:
        assert clause["text"] in words(made, refused=False)
    for clause in old.contents["clauses"]:
        assert clause["text"] in words(made, refused=True)
    printed = PdfReader(io.BytesIO(sign_in("tom").get(url).content))
    text = re.sub(r"\s+", " ", printed.pages[0].extract_text())
    assert "changes from version 1 to version 2" in text
    assert "reported to all partners every quarter" in text
    assert "pdfuaid" in str(printed.trailer["/Root"]["/Metadata"].get_data())
    first = f"/p/{memorandum.partnership.slug}/begin/agreements/versions/{old.pk}/changes/"
    assert sign_in("tom").get(first).status_code == 404
    assert sign_in("jo").get(url).status_code == 403


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("One.\nTwo.\nThree.", "One.\nThree."),
        ("One.", "One.\n\nTwo & <three>."),
        ("", "Everything is new."),
        ("Gone.", ""),
    ],
)
def test_paragraphs_that_come_and_go_are_tracked(memorandum, before, after):
    contents = queries.newest(memorandum).contents
    clauses = [[{"clause": 1, "number": 1, "heading": "Same", "text": text}] for text in (before, after)]
    old, new = (contents | {"clauses": one} for one in clauses)
    made = writing.docx(new, before=old, label="x", at=memorandum.created_at)
    for refused, text in ((True, before), (False, after)):
        assert words(made, refused=refused).partition("1. Same")[2].split() == text.split()


def test_clauses_that_come_and_go_are_tracked_and_control_characters_left_out(world, memorandum):
    new, old = memorandum.versions.all()
    contents = new.contents | {"clauses": [*new.contents["clauses"][1:]]}
    contents["clauses"] += [{"clause": 0, "number": 10, "heading": "New\x0b", "text": "A\x01dded"}]
    made = writing.docx(contents, before=old.contents, label="x", at=new.at)
    assert "10. New" in words(made, refused=False)
    assert "Added" not in words(made, refused=True)
    assert "Purpose" in words(made, refused=True)
    assert "Purpose" not in words(made, refused=False)
    assert [one.kind for one in queries.compare(old.contents, contents)][-2:] == ["added", "removed"]


def test_the_draft_is_tracked_against_the_version_before(world, memorandum, sign_in):
    clause = memorandum.clauses.last()
    services.reword(clause, heading="Looking back", text="Other words.", by=world.people["priya"], knowing=True)
    made = sign_in("denise").get(f"{memorandum.get_absolute_url()}word/").content
    assert "Looking back" in words(made, refused=False)
    assert "Looking back" not in words(made, refused=True)
    assert "Once a year" in words(made, refused=True)
    assert sign_in("jo").get(f"{memorandum.get_absolute_url()}word/").status_code == 403


def test_a_heading_that_changed_shows_in_every_redline(world, memorandum, sign_in):
    clause = memorandum.clauses.last()
    services.reword(clause, heading="Looking back", text=clause.text, by=world.people["priya"], knowing=True)
    new = services.send(memorandum, by=world.people["priya"])
    old = memorandum.versions.get(number=2)
    (change,) = queries.redline(old, new)
    assert "".join(one.text for one in change.title if one.kind == "added") == "Looking back"
    url = f"/p/{memorandum.partnership.slug}/begin/agreements/versions/{new.pk}/"
    page = sign_in("tom").get(url, {"since": 1}).content.decode()
    assert "<ins>Looking back</ins>" in page
    assert "reported to all partners every quarter" in page
    assert b"%PDF" in printing.redline(new, old)

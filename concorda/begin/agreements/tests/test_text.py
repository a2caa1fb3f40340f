"""The text, its copies and what anyone may know: clauses, PDF, verification, paper, promises, French."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from concorda.begin.agreements import library, printing, queries, services
from concorda.begin.agreements.models import Agreement, Clause, PaperCopy
from concorda.connect.capacity.models import Item
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Partner
from concorda.foundation.partnerships.queries import committed

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def memorandum(world, inside):
    return Agreement.objects.get(pk=world.things["agreement.memorandum"].pk)


def path(here, rest=""):
    return f"/p/{here.slug}/begin/agreements/{rest}"


def test_the_library_is_whole_in_both_languages():
    keys = {topic.key for topic in library.topics()}
    assert len(library.entries()) >= 25
    for entry in library.entries().values():
        assert set(entry.covers) <= keys, entry.key
        for words in (entry.heading, entry.why, entry.text):
            assert set(words) == {"en", "fr"}, entry.key
        assert set(library.PLACE.findall(entry.text["en"])) == set(library.PLACE.findall(entry.text["fr"])), entry.key
        assert set(library.PLACE.findall(entry.text["en"])) <= set(library.places())


@pytest.mark.parametrize("instrument", Agreement.Instrument.values)
def test_a_first_draft_settles_every_point_its_kind_needs(world, inside, instrument):
    made = services.draft(inside, title="x", instrument=instrument, by=world.people["priya"])
    assert library.completeness(instrument, made.clauses.all()).open == ()
    names = [one.organization.name for one in committed(inside)]
    text = "\n".join(made.clauses.values_list("text", flat=True))
    assert all(name in text for name in names)


def test_a_draft_tells_only_what_is_shared(world, inside):
    county = world.organizations["county"]
    facts = {"partnership": inside, "organization": county, "direction": "offer", "kind": "money"}
    Item.objects.create(what="A secret reserve", shared=False, **facts)
    Item.objects.create(what="A shared room", shared=True, **facts)
    made = services.draft(inside, title="x", instrument="memorandum", by=world.people["denise"])
    text = "\n".join(made.clauses.values_list("text", flat=True))
    assert "A shared room" in text
    assert "A secret reserve" not in text


def test_names_with_braces_are_text_and_not_places():
    assert (
        library.fill("{partners} and {purpose}", {"partners": "A {purpose} club", "purpose": "x"})
        == "A {purpose} club and x"
    )


def test_a_clause_of_the_wrong_kind_is_refused_or_shown_as_typed(world, memorandum, sign_in):
    here, client = memorandum.partnership, sign_in("tom")
    draft = services.draft(here, title="Draft", instrument="terms", by=world.people["priya"])
    clause = draft.clauses.first()
    edit = path(here, f"clauses/{clause.pk}/edit/")
    answer = client.post(edit, {"heading": "x", "text": "y" * 100_000, "base": clause.revision})
    assert "20000 is the most" in answer.content.decode()
    typed = "<script>alert(1)</script> & #panic(1) $x$"
    assert client.post(edit, {"heading": "x", "text": typed, "base": clause.revision}).status_code == 302
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
    assert "Someone else changed this" in client.post(edit, {"heading": "x", "text": "z", "base": 0}).content.decode()


def test_a_change_while_it_is_out_has_to_be_meant(world, memorandum, sign_in):
    here, client = memorandum.partnership, sign_in("tom")
    clause = memorandum.clauses.last()
    edit, typed = (
        path(here, f"clauses/{clause.pk}/edit/"),
        {"heading": "Review", "text": "Other", "base": clause.revision},
    )
    answer = client.post(edit, typed).content.decode()
    assert "its 4 signatures no longer count" in answer
    assert "Other" in answer
    assert queries.newest(memorandum).number == 2
    assert client.post(edit, typed | {"knowing": "on"}).status_code == 302
    assert queries.newest(memorandum) is None
    assert "Nothing has been sent for signature" in client.get(memorandum.get_absolute_url()).content.decode()


def test_comments_say_who_asked_for_what_and_can_be_taken_over(world, memorandum, sign_in):
    page = sign_in("priya").get(memorandum.get_absolute_url()).content.decode()
    assert page.index("Marisol Quintero") < page.index("Then name PHIPA too")
    clause = memorandum.clauses.get(position=6)
    suggested = clause.comments.exclude(suggestion="").get()
    edit = path(memorandum.partnership, f"clauses/{clause.pk}/edit/?suggestion={suggested.pk}")
    assert "for example MFIPPA or PHIPA" in sign_in("priya").get(edit).content.decode()
    agreed = memorandum.clauses.get(position=1)
    services.comment(agreed, text="x", by=world.participant("tom"))
    agreed.refresh_from_db()
    assert agreed.status == Clause.Status.AGREED


def test_what_became_of_a_request_is_on_record(world, memorandum, sign_in):
    clause = memorandum.clauses.get(position=6)
    asked, suggested = clause.comments.all()
    settle = path(memorandum.partnership, f"requests/{asked.pk}/")
    assert "why it is not taken up" in sign_in("priya").post(settle, {"outcome": "aside"}).content.decode()
    assert sign_in("tom").post(settle, {"outcome": "taken"}).status_code == 403
    assert sign_in("marisol").post(settle, {"outcome": "taken"}).status_code == 302
    edit = path(memorandum.partnership, f"clauses/{clause.pk}/edit/")
    typed = {"heading": clause.heading, "text": suggested.suggestion, "base": clause.revision, "knowing": "on"}
    assert sign_in("priya").post(edit, typed).status_code == 302
    page = sign_in("grace").get(f"{memorandum.get_absolute_url()}requests/").content.decode()
    assert page.count("Taken up") == 2
    assert "2 things were asked for." in page
    assert "School Board" in page
    suggested.refresh_from_db()
    assert (suggested.outcome, suggested.settled_by) == ("taken", world.participant("priya"))


def test_versions_are_compared_word_by_word(memorandum, sign_in):
    new, old = memorandum.versions.all()
    changes = queries.redline(old, new)
    assert [(one.heading, one.kind) for one in changes] == [("Money and contributions in kind", "changed")]
    assert "reported to all partners every quarter" in "".join(c.text for c in changes[0].changes if c.kind == "added")
    page = sign_in("tom").get(path(memorandum.partnership, f"versions/{new.pk}/")).content.decode()
    assert "<ins>" in page


def test_the_pdf_is_tagged_reproducible_and_carries_the_evidence(memorandum, sign_in):
    version = queries.newest(memorandum)
    made = printing.pdf(version)
    assert made == printing.pdf(version)
    text = re.sub(r"\s+", " ", "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))
    assert memorandum.title in text
    assert "Farida Noorzai" in text
    assert version.digest.upper() in text.replace(" ", "")
    assert "Not in force" in text
    catalog = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in str(catalog["/Metadata"].get_data())
    answer = sign_in("luc").get(path(memorandum.partnership, f"versions/{version.pk}/pdf/"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(made)  # sealed on top, not a byte of it changed
    assert sign_in("jo").get(path(memorandum.partnership, f"versions/{version.pk}/pdf/")).status_code == 403


def test_a_french_agreement_has_french_clauses_and_a_french_pdf(world, inside):
    made = services.draft(inside, title="Protocole", instrument="intent", language="fr", by=world.people["luc"])
    assert made.clauses.first().heading == "But"
    for clause in made.clauses.all():
        services.reword(clause, heading=clause.heading, text="#strong[Texte] <b>", by=world.people["luc"])
    version = services.send(made, by=world.people["priya"])
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printing.pdf(version))).pages)
    assert "Preuve des signatures" in text
    assert "#strong[Texte] <b>" in text


def test_anyone_can_look_up_a_fingerprint(world, memorandum):
    version, anyone = queries.newest(memorandum), Client()

    def verify(asked):
        return anyone.get("/verify/", {"hash": asked}).content.decode()

    page = verify(version.groups[:19])
    assert "out for signature" in page
    assert "Farida Noorzai" in page
    assert "County of Maitland" in page
    assert "written consent" not in page
    assert "MFIPPA" not in page
    assert "No agreement here has this fingerprint" in verify("0" * 64)
    assert "at least 16 characters" in verify(version.digest[:15])
    assert "only the digits" in verify("<script>alert(1)</script>")
    assert anyone.get("/verify/").status_code == 200
    assert "withdrawn before everyone signed" in verify(memorandum.versions.last().digest)
    for key in ("denise", "harpreet", "marisol"):
        person = world.participant(key)
        services.sign(version, by=person, typed_name=person.person.name, digest=version.digest)
    assert "it takes effect on" in verify(version.digest)
    with clock.at(world.moment(30)):
        assert "This version is in force since" in verify(version.digest)


def paper_form(world, **facts):
    partners = [world.partner(key).pk for key in ("newcomer", "county")]
    signed = clock.today() - timedelta(days=400)
    return {"title": "Letter of 2025", "instrument": "intent", "signed_on": signed, "parties": partners, **facts}


def test_an_agreement_signed_on_paper_is_recorded_with_its_copy(world, inside, sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("letter.html", PDF, content_type="text/html")
    assert sign_in("priya").post(path(inside, "paper/"), paper_form(world, file=file)).status_code == 302
    copy = PaperCopy.objects.get(agreement__title="Letter of 2025")
    assert copy.agreement.holds
    answer = sign_in("tom").get(path(inside, f"paper/{copy.pk}/file/"))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sign_in("jo").get(path(inside, f"paper/{copy.pk}/file/")).status_code == 403
    assert sign_in("walter").get(path(inside, f"paper/{copy.pk}/file/")).status_code == 404
    assert sign_in("tom").get(copy.agreement.get_absolute_url()).status_code == 200
    digest = copy.agreement.in_force_version.digest
    assert "signed on paper" in Client().get("/verify/", {"hash": digest}).content.decode()
    with pytest.raises(services.NotPossible, match="signed on paper"):
        services.add_own(copy.agreement, heading="x", text="y", by=world.people["priya"], knowing=True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><script>alert(1)</script></html>", "not a PDF file, whatever its name says"),
        (b"MZ\x90\x00", "not a PDF file, whatever its name says"),
        (b"%PDF-1.7 and then nothing", "cut off"),
        (b"%PDF-1.7\n" + b"0" * (10 * 1024 * 1024) + b"%%EOF", "10 MB is the most"),
        (b"", "empty"),
    ],
)
def test_what_is_not_a_pdf_is_refused_by_its_content(world, inside, sign_in, content, words):
    file = SimpleUploadedFile("agreement.pdf", content, content_type="application/pdf")
    answer = sign_in("priya").post(path(inside, "paper/"), paper_form(world, file=file))
    assert words in answer.content.decode()
    assert not PaperCopy.objects.filter(agreement__title="Letter of 2025").exists()


def test_promises_need_evidence_and_their_own_people(world, memorandum, sign_in):
    here, client = memorandum.partnership, sign_in("tom")
    typed = {
        "agreement": memorandum.pk,
        "partner": world.partner("county").pk,
        "what": "Send figures",
        "owner": world.participant("tom").pk,
        "delivered_on": clock.today() + timedelta(days=1),
    }
    page = client.post(path(here, "obligations/new/"), typed).content.decode()
    for words in ("does not work for County", "This day has not come yet", "Say what shows that it was delivered"):
        assert words in page
    page = client.get(path(here, "obligations/")).content.decode()
    assert "One promise is overdue." in page
    assert "Delivered on" in page


def test_observers_see_agreements_in_force_and_nothing_else(world, memorandum, sign_in):
    page = sign_in("jo").get(path(memorandum.partnership)).content.decode()
    assert memorandum.title not in page
    assert "Tigrinya" not in page
    assert sign_in("jo").get(memorandum.get_absolute_url()).status_code == 403
    assert "Draft an agreement" not in sign_in("tom").get(path(memorandum.partnership)).content.decode()
    assert sign_in("tom").post(path(memorandum.partnership, f"{memorandum.pk}/send/")).status_code == 403


def test_pages_cost_the_same_for_one_clause_and_for_three(world, inside, sign_in):
    client = sign_in("priya")
    made = services.draft(inside, title="x", instrument="intent", by=world.people["priya"], keys=["purpose"])

    def cost():
        client.get(made.get_absolute_url())
        with CaptureQueriesContext(connection) as found:
            client.get(made.get_absolute_url())
        return len(found)

    once = cost()
    for key in ("staff", "languages"):
        clause = services.add_from_library(made, key, by=world.people["priya"])
        services.comment(clause, text="x", by=world.participant("tom"))
    services.promise(made, partner=Partner.objects.first(), what="x", by=world.people["priya"])
    assert cost() <= once + 1  # the prefetch that has nothing to fetch at first


def test_pages_speak_french(memorandum, sign_in):
    client = sign_in("luc")
    assert (
        "4 organismes sur 7 ont signé le protocole d’entente."
        in client.get(path(memorandum.partnership)).content.decode()
    )
    page = client.get(memorandum.get_absolute_url()).content.decode()
    assert "Le texte est intact" in page
    assert "Lire et signer" not in page

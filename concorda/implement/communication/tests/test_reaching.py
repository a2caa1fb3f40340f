"""The plan that carries itself out, mentions, people, documents, the public page."""

import io
import xml.etree.ElementTree as ET
import zipfile
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concorda.begin.governance.models import Decision
from concorda.foundation.accounts.stopping import Stream
from concorda.foundation.core import clock, uploads
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final, Partner
from concorda.implement.communication import people, queries, services, shelf, talking
from concorda.implement.communication.models import (
    Announcement,
    Contact,
    Delivery,
    Dispatch,
    Document,
    DocumentVersion,
    Notice,
    PlanItem,
    PublicPage,
    Topic,
)
from concorda.implement.communication.tasks import by_the_clock
from concorda.implement.communication.tool import waiting

A = Announcement.Audience
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def address(world):
    def of(name, pk=None):
        return reverse(f"communication:{name}", args=[world.partnership.slug, *([pk] if pk else [])])

    return of


def words(answer):
    return answer.content.decode().replace("\u00a0", " ")


def later(days, hour=10):
    return clock.at(clock.now().replace(hour=hour) + timedelta(days=days))


@pytest.fixture
def line(world, inside):
    """A line of the plan that goes out by itself tomorrow."""
    item = PlanItem(
        partnership=inside, title="Spring update", audience="All", message="The snow is gone.", reach="all",
        cadence="monthly", owner=world.participant("priya"), next_on=clock.today() + timedelta(days=1), hour=9,
        language="en",
    )  # fmt: skip
    return services.add_to_plan(item, by=world.people["priya"])


# The plan carries itself out


def test_a_line_goes_out_on_its_day_from_its_hour_once(world, inside, line):
    for days, hour, count in ((0, 12, 0), (1, 8, 0), (1, 9, 1), (1, 10, 1), (2, 9, 1)):
        with later(days, hour):
            services.carry_out(inside)
        assert Dispatch.objects.filter(item=line).count() == count, (days, hour)
    sent = Announcement.objects.get(title="Spring update")
    assert (sent.text, str(sent.author)) == ("The snow is gone.", "Priya Raman")
    assert Delivery.objects.filter(announcement=sent).count() == 31
    line.refresh_from_db()
    assert line.next_on == date(2026, 4, 14)


def test_what_was_missed_while_nothing_ran_goes_out_once(inside, line):
    with later(70):
        assert services.carry_out(inside) >= 1
        assert services.carry_out(inside) == 0
        line.refresh_from_db()
        assert line.next_on > clock.today()


def test_nothing_goes_out_before_it_is_approved(world, inside, line, sign_in, address):
    line.approver = world.participant("denise")
    line.save()
    with later(2):
        services.carry_out(inside)
    assert not Dispatch.objects.filter(item=line).exists()
    waits = [one.label for one in waiting(access_of(world.people["denise"], inside.slug))]
    assert "Approve “Spring update”, so that it can go out" in waits
    assert sign_in("priya").post(address("plan_approve", line.pk)).status_code == 403
    sign_in("denise").post(address("plan_approve", line.pk))
    with later(2):
        services.carry_out(inside)
    assert Dispatch.objects.get(item=line).people == 31


def test_changed_words_ask_for_approval_anew(world, inside, line, sign_in, address):
    line.approver, line.approved_at = world.participant("denise"), clock.now()
    line.save()
    facts = {
        "title": line.title, "audience": "All", "message": "The snow is back.", "channel": "announcement",
        "cadence": "monthly", "language": "en", "owner": line.owner_id, "next_on": line.next_on, "reach": "all",
        "hour": 9, "approver": line.approver_id, "base": line.revision,
    }  # fmt: skip
    assert sign_in("priya").post(address("planitem_edit", line.pk), facts).status_code == 302
    line.refresh_from_db()
    assert line.waits_for_approval


def test_news_tell_what_was_decided_since_and_name_nothing_private(world, inside, line):
    line.news, line.last_on = True, date(2025, 1, 1)
    line.save()
    services.send_out(line, by=world.people["priya"])
    text = Announcement.objects.get(title="Spring update").text
    decided = Decision.objects.filter(status="decided").first()
    assert text.startswith("The snow is gone.") and "Decided since" in text and decided.title in text
    assert "Coming up:" in text


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"reach": ""}, "to whom"),
        ({"message": ""}, "main message"),
        ({"owner": None}, "under their name"),
        ({"reach": "contacts", "contact_kind": "funder"}, "Nobody outside has agreed"),
    ],
)
def test_a_line_that_cannot_go_out_says_what_is_missing(world, inside, line, facts, problem):
    for name, value in facts.items():
        setattr(line, name, value)
    with pytest.raises(ValidationError, match=problem):
        services.send_out(line, by=world.people["priya"])


def test_people_outside_hear_only_if_they_agreed_and_not_after_they_stopped(world, inside, line):
    line.reach, line.contact_kind, line.cadence = "contacts", "", "weekly"
    line.save()
    mail.outbox.clear()
    assert services.send_out(line, by=world.people["priya"]).people == 3
    assert {one.to[0] for one in mail.outbox} == {
        "desk@beacon.example", "owen@landlords.example", "clerk@brisay.example",
    }  # fmt: skip
    assert "you agreed to hear from" in mail.outbox[0].body
    Stream("desk@beacon.example", "news", inside.slug).stop()
    people.withdraw_consent(Contact.objects.get(email="owen@landlords.example"), by=world.people["priya"])
    mail.outbox.clear()
    assert services.send_out(line, by=world.people["priya"]).people == 1


def test_a_promise_reminds_its_owner_before_and_after_never_in_a_flood(world, inside):
    item = PlanItem(
        partnership=inside, title="Visit", audience="Boards", owner=world.participant("bev"), cadence="once",
        next_on=clock.today() + timedelta(days=5),
    )  # fmt: skip
    services.add_to_plan(item, by=world.people["priya"])
    told = []
    for day in range(22):
        with later(day):
            mail.outbox.clear()
            services.remind_owners(inside)
            told += [day for letter in mail.outbox if letter.to == ["bev@concorda.example"]]
    assert told == [2, 6, 13, 20]


def test_a_decision_that_must_reach_others_becomes_a_line_of_the_plan_once(world, inside):
    decision = Decision.objects.filter(status="decided").first()
    Decision._base_manager.filter(pk=decision.pk).update(must_know="The funder", decided_at=clock.now())
    assert services.plan_decisions(inside) >= 1
    assert services.plan_decisions(inside) == 0
    item = PlanItem.objects.get(decision=decision)
    assert item.audience == "The funder" and decision.title in item.message and not item.by_itself
    assert item.next_on == clock.today() + timedelta(days=1)


def test_what_went_out_is_seen_with_who_opened_it(world, inside, line, sign_in, address):
    services.send_out(line, by=world.people["priya"])
    shown = words(sign_in("bev").get(address("plan_sent")))
    assert "Spring update" in shown and "31" in shown
    assert sign_in("bev").post(address("plan_send", line.pk)).status_code == 403


# Confirming by itself


def test_who_has_not_confirmed_is_reminded_by_itself_and_then_left_in_peace(world, inside):
    row = Announcement(
        partnership=inside, title="Sign", text="x", author=world.participant("priya"), must_acknowledge=True
    )
    services.draft(row, by=world.people["priya"])
    services.publish(row, by=world.people["priya"])
    told = []
    for day in range(50):
        with later(day):
            mail.outbox.clear()
            services.remind_by_itself(row)
            told += [day for letter in mail.outbox if letter.to == ["bev@concorda.example"]]
    assert told == [3, 10, 17, 24]


def test_the_last_day_to_confirm_is_called_out_before_and_after(world, inside):
    row = Announcement(
        partnership=inside, title="Sign", text="x", author=world.participant("priya"), must_acknowledge=True,
        confirm_by=clock.today() + timedelta(days=8),
    )  # fmt: skip
    services.publish(row, by=world.people["priya"])
    told = []
    for day in range(12):
        with later(day):
            mail.outbox.clear()
            by_the_clock(inside)
            told += [day for one in mail.outbox if one.to == ["bev@concorda.example"] and "Sign" in one.subject]
    assert told == [3, 7, 9]


# Mentions


def test_a_mention_reaches_who_may_read_it_by_full_or_only_first_name(world, inside):
    topic = Topic.objects.get(group=world.things["group.housing"])
    reply = talking.reply(
        topic, "@Amina and @luc thériault, and mail@bev.example?", world.participant("tom"), by=world.people["tom"]
    )
    named = set(Notice.objects.filter(reply=reply, mentioned=True).values_list("participant__person__name", flat=True))
    assert named == {"Amina Warsame"}, "Luc is not in the group, and an address is no mention"
    waits = [one.label for one in waiting(access_of(world.people["amina"], inside.slug))]
    assert "Tom Hendry mentions you in “Handbook without Dari?”" in waits


def test_opening_it_ends_the_waiting_and_muting_ends_the_letters(world, inside, sign_in, address):
    topic = Topic.objects.get(group=None)
    client = sign_in("amina")
    talking.reply(topic, "@Amina?", world.participant("luc"), by=world.people["luc"])
    client.get(address("discussion", topic.pk))
    assert not [one for one in waiting(access_of(world.people["amina"], inside.slug)) if "mentions" in one.label]
    client.post(address("discussion_follow", topic.pk), {"mute": "1"})
    mail.outbox.clear()
    talking.reply(topic, "And then?", world.participant("luc"), by=world.people["luc"])
    assert "amina@concorda.example" not in {letter.to[0] for letter in mail.outbox}
    talking.reply(topic, "@Amina, please", world.participant("luc"), by=world.people["luc"])
    assert "amina@concorda.example" in {letter.to[0] for letter in mail.outbox}, "who is called by name hears it"


# People


def test_others_see_what_each_allows(world, sign_in, address):
    client = sign_in("farida")
    shown = words(client.get(address("directory"), {"q": "Rahim"}))
    assert "rahim@concorda.example" not in shown and "not shown" in shown
    facts = {"shows": "phone", "phone": "", "note": "Evenings"}
    rahim = sign_in("rahim")
    assert "Write the number" in words(rahim.post(address("card"), facts))
    rahim.post(address("card"), facts | {"phone": "519 555 0111"})
    shown = words(client.get(address("directory"), {"q": "Rahim"}))
    assert "rahim@concorda.example" in shown and "519 555 0111" in shown and "Evenings" in shown
    lines = words(client.get(address("directory_vcf"))).split("\r\n")
    assert "FN:Rahim Sediqi" in lines and "TEL:519 555 0111" in lines
    assert "EMAIL:oleh@concorda.example" not in lines and lines.count("BEGIN:VCARD") == lines.count("END:VCARD") == 32


def test_a_vcard_escapes_and_folds():
    card = people.vcard(
        "Zoë O’Neil", organization="A; B, C\\D\nE", title="é" * 60, email="", phone="", language="en-ca"
    )
    assert "ORG:A\\; B\\, C\\\\D\\nE\r\n" in card
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))
    assert "TITLE:" + "é" * 60 in card.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"consent_how": ""}, "how they agreed"),
        ({"consent_on": "2027-01-01"}, "has not come yet"),
        ({"email": "DESK@beacon.example"}, "has this address already"),
        ({"email": "nobody"}, "address"),
        ({"name": ""}, "required"),
    ],
)
def test_a_contact_needs_its_consent_in_words(inside, sign_in, address, facts, problem):
    sound = {
        "name": "Ida", "kind": "press", "email": "ida@paper.example", "language": "en-ca", "consent_on": "2026-03-01",
        "consent_how": "Wrote to us",
    }  # fmt: skip
    client = sign_in("priya")
    answer = client.post(address("contact_new"), sound | facts)
    assert answer.status_code == 200 and problem in words(answer)
    assert client.post(address("contact_new"), sound).status_code == 302
    assert "Ida" not in "".join(entry.sentence for entry in Entry.objects.all())


# Documents


def upload(name, data):
    return SimpleUploadedFile(name, data, content_type="text/html")


def office(folder, *more):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as container:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            container.writestr(zipfile.ZipInfo(name), "<x/>")  # of no date: the same bytes in every process
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", b"%PDF-1.7 x", "application/pdf"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n123", "image/png"),
        ("a.docx", office("word"), uploads.OFFICE["word/"].media),
        ("a.xlsx", office("xl"), uploads.OFFICE["xl/"].media),
        ("a.csv", "naïve;1".encode("cp1252"), "text/plain"),
        ("a.txt", b"hello", "text/plain"),
    ],
)
def test_a_file_is_what_its_content_says(name, data, kind):
    assert uploads.kind_of(name, io.BytesIO(data)).media == kind


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("bill.pdf", b"MZ\x90\x00", "not a kind of file"),
        ("run.txt", b"#!/bin/sh\nrm -r /", "not a kind of file"),
        ("page.txt", b"\xef\xbb\xbf <html><script>", "not a kind of file"),
        ("drawing.svg", b"<svg onload=alert(1)>", "not a kind of file"),
        ("macro.docx", office("word", "word/vbaProject.bin"), "not a kind of file"),
        ("all.zip", office("other"), "not a kind of file"),
        ("bomb.docx", b"PK\x03\x04 broken", "not a kind of file"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n", "should end in .png"),
        ("none.txt", b"", "is empty"),
    ],
)
def test_what_is_not_kept_or_lies_about_itself_is_refused(sign_in, address, name, data, problem):
    answer = sign_in("bev").post(address("document_new"), {"title": "Keep me", "file": upload(name, data)})
    assert answer.status_code == 200
    shown = words(answer)
    assert ("is empty" in shown or problem in shown) and "Keep me" in shown
    assert not Document._base_manager.filter(title="Keep me").exists()


def test_a_document_has_versions_that_never_change(world, inside, sign_in, address):
    client = sign_in("bev")
    client.post(address("document_new"), {"title": "Map", "file": upload("../../etc/map.txt", b"one")})
    row = Document.objects.get(title="Map")
    page = address("document", row.pk)
    assert "there already" in words(client.post(page, {"file": upload("map.txt", b"one")}))
    client.post(page, {"file": upload("map.txt", b"two"), "note": "Better"})
    first, second = row.versions.order_by("number")
    assert (first.name, second.number, second.note) == ("map.txt", 2, "Better")
    with pytest.raises(Final):
        second.save()
    answer = client.get(address("document_file", first.pk))
    assert b"".join(answer.streaming_content) == b"one"
    assert answer["Content-Disposition"] == 'attachment; filename="map.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "text/plain"


def test_a_document_of_a_group_is_read_by_its_members(world, inside, sign_in, address):
    row = Document.objects.get(group=world.things["group.housing"])
    version = row.versions.get()
    for who, status in (("amina", 200), ("priya", 200), ("lena", 200), ("luc", 404), ("jo", 404)):
        client = sign_in(who)
        assert client.get(address("document", row.pk)).status_code == status, who
        assert client.get(address("document_file", version.pk)).status_code == status, who
        assert (row.title in words(client.get(address("documents")))) == (status == 200), who
    assert "Rules of the interpreter roster" in words(sign_in("jo").get(address("documents")))
    assert sign_in("jo").post(address("document_new"), {"title": "x"}).status_code == 403
    assert sign_in("luc").post(address("document_remove", row.pk)).status_code == 404
    sign_in("tom").post(address("document_remove", row.pk))
    assert sign_in("amina").get(address("document_file", version.pk)).status_code == 404


def test_a_file_over_the_limit_is_not_read_to_its_end(sign_in, address, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 3 * 1024 * 1024)
    big = SimpleUploadedFile("film.mp4", b"\x00\x00\x00\x18ftyp" + b"x" * 5 * 1024 * 1024)
    answer = sign_in("bev").post(address("document_new"), {"title": "Film", "file": big})
    assert answer.status_code == 200 and "“film.mp4” is larger than 3 MB" in words(answer)
    assert not Document._base_manager.filter(title="Film").exists()


def test_a_large_file_passes_without_filling_memory(world, inside, settings, tmp_path):
    """What is larger than a megabyte lies on disk while it is checked, summed and stored."""
    import tracemalloc

    from django.core.files.storage import FileSystemStorage
    from django.core.files.uploadedfile import TemporaryUploadedFile

    DocumentVersion._meta.get_field("file").storage = FileSystemStorage(tmp_path)
    large = TemporaryUploadedFile("film.mp4", "video/mp4", 190 * 1024 * 1024, None)
    large.write(b"\x00\x00\x00\x18ftypmp42")
    large.seek(190 * 1024 * 1024 - 1)
    large.write(b"\x00")
    large.seek(0)
    tracemalloc.start()
    try:
        row = Document(partnership=inside, title="Film", added_by=world.participant("bev"))
        version = shelf.put(row, large, by=world.people["bev"])
        peak = tracemalloc.get_traced_memory()[1]
        large.close()
    finally:
        tracemalloc.stop()
        from django.core.files.storage import default_storage

        DocumentVersion._meta.get_field("file").storage = default_storage
    assert version.size == 190 * 1024 * 1024
    assert peak < 12 * 1024 * 1024


# Pasting


@pytest.mark.parametrize("name", ["announcement_new", "discussion_new"])
def test_ten_megabytes_pasted_are_refused_in_words(sign_in, address, name):
    facts = {"title": "Keep me", "text": "word " * (2 * 1024 * 1024), "audience": "all"}
    answer = sign_in("priya").post(address(name), facts)
    assert answer.status_code == 413
    assert "too much for one page" in words(answer) and "document" in words(answer)


def test_one_megabyte_pasted_is_refused_beside_the_field(sign_in, address):
    answer = sign_in("priya").post(
        address("announcement_new"), {"title": "Keep me", "text": "w" * 1_000_000, "audience": "all"}
    )
    assert answer.status_code == 200 and "1,000,000 characters" in words(answer)


# The public page


def test_the_public_page_shows_what_is_for_everybody_and_nothing_else(world, inside, sign_in, address):
    page = reverse("communication_public:page", args=[inside.slug])
    Partner.objects.update(named_since=None)
    assert "County of Maitland" not in words(Client().get(page)), "partners are named once they agreed to it"
    Partner.objects.filter(organization=world.organizations["county"]).update(named_since=clock.today())
    shown = words(Client().get(page))
    assert "A memorandum is on its way" in shown and "County of Maitland" in shown
    assert "Lakeshore Community Health Centre" not in shown
    for hidden in ("February update", "Signing at the County", "Priya", "@concorda.example", "Stories for the paper"):
        assert hidden not in shown
    feed = Client().get(reverse("communication_public:feed", args=[inside.slug]))
    assert feed["Content-Type"].startswith("application/atom+xml")
    root = ET.fromstring(feed.content)
    entries = root.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == ["A memorandum is on its way"]
    for part in (root, *entries):
        assert part.findtext(f"{ATOM}id") and part.findtext(f"{ATOM}updated").endswith("Z")


def test_a_closed_page_is_as_if_there_were_none(world, inside, sign_in, address):
    client = sign_in("priya")
    client.post(address("public"), {"text": "We", "base": PublicPage.objects.get().revision})
    for name in ("page", "feed"):
        for slug in (inside.slug, world.stalled.slug, "nobody"):
            assert Client().get(reverse(f"communication_public:{name}", args=[slug])).status_code == 404
    assert sign_in("bev").get(address("public")).status_code == 403


def test_what_was_corrected_leaves_the_public_page(world, inside):
    row = Announcement.objects.get(audience=A.PUBLIC)
    draft = services.begin_correction(row, world.participant("priya"), by=world.people["priya"])
    draft.title = "Two memorandums are on their way"
    services.publish(draft, by=world.people["priya"])
    assert [one.title for one in queries.for_the_public(inside)] == ["Two memorandums are on their way"]


def test_who_was_reached_is_seen_by_who_wrote_it(world, sign_in, address):
    row = world.things["announcement.february"]
    shown = words(sign_in("priya").get(address("announcement", row.pk)))
    assert "Whom it reached" in shown and "Letter sent, not opened here" in shown
    assert "Whom it reached" not in words(sign_in("bev").get(address("announcement", row.pk)))


def test_mail_that_came_in_is_listed_without_its_words(sign_in, address):
    shown = words(sign_in("priya").get(address("received")))
    assert "amina@concorda.example" in shown and "Put into the discussion" in shown
    assert "both families say yes" not in shown
    assert sign_in("bev").get(address("received")).status_code == 403


def test_a_file_that_is_gone_is_said_to_be_gone(world, inside, sign_in, address):
    row = Document.objects.get(group=None, for_observers=False)
    version = row.versions.first()
    version.file.storage.delete(version.file.name)
    assert sign_in("bev").get(address("document_file", version.pk)).status_code == 404
    shelf.renew(row, ContentFile(b"three", name="x.txt"), world.participant("bev"), by=world.people["bev"])

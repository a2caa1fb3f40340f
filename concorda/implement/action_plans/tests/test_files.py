"""Plans that leave as files and come in: tables, workbooks, MS Project, the calendar."""

import io
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Entry
from concorda.implement.action_plans.models import Action, Change, Dependency, OwnNote

SMALL = Path(__file__).parent / "small_project.xml"


def url(name: str, world: Any, *args: object, **more: Any) -> str:
    partnership = more.get("partnership", world.partnership)
    return reverse(f"action_plans:{name}", args=[partnership.slug, *args])


def look(client: Any, world: Any, *, file: Any = None, text: str = "", who: str = "priya", **more: Any) -> Any:
    """Post the form of the import page in the main partnership, or another one."""
    partnership = more.pop("partnership", world.partnership)
    sent = {"accountable": world.participant(who, partnership).pk, "text": text, **more}
    if file is not None:
        sent["file"] = SimpleUploadedFile(*file)
    return client.post(url("import", world, partnership=partnership), sent)


def take(client: Any, world: Any, page: Any, **more: Any) -> Any:
    return client.post(url("import", world, **more), {"plan": page.context["plan"]}, follow=True)


def facts(partnership: Any, titles: set[str] | None = None) -> list[tuple[Any, ...]]:
    """What has to come back: names, kinds, days, what is part of what, links with kinds and lags, what is done."""
    with within(partnership, EVERY):
        actions = [one for one in Action.objects.order_by("pk") if titles is None or one.title in titles]
        number = {action.pk: place for place, action in enumerate(actions)}
        links: dict[int, list[tuple[Any, ...]]] = {}
        for link in Dependency.objects.order_by("pk"):
            if link.after_id in number:
                links.setdefault(link.after_id, []).append((number[link.before_id], link.kind, link.lag))
        return [
            (
                one.title,
                one.kind,
                one.starts_on,
                one.due,
                number.get(one.parent_id),
                sorted(links.get(one.pk, [])),
                one.status,
            )
            for one in actions
        ]


@pytest.fixture
def empty(world: Any) -> Any:
    """A partnership whose plan holds nothing yet."""
    with within(world.stalled, EVERY):
        assert not Action.objects.exists()
    return world.stalled


def workbook_of(rows: list[list[Any]]) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    book.close()
    return made.getvalue()


# MS Project


def test_a_project_is_shown_first_and_then_taken_in(world, sign_in, empty):
    walter = sign_in("walter")
    page = look(walter, world, file=("kitchen.xml", SMALL.read_bytes()), who="walter", partnership=empty)
    text = page.content.decode()
    assert "5 actions would come onto the plan." in text
    assert "“Somebody Else” is not known here" in text
    assert "3SS+3" in text
    assert facts(empty) == [], "looking stores nothing"
    answer = take(walter, world, page, partnership=empty)
    assert "5 actions are on the plan." in answer.content.decode()
    found = {row[0]: row for row in facts(empty)}
    assert found["Find a room"][1:4] == ("action", date(2026, 4, 1), date(2026, 4, 17))
    assert found["Find a room"][6] == "done"
    assert found["Fit it out"][2:4] == (date(2026, 4, 20), date(2026, 5, 22)), "begins when Friday is over: on Monday"
    assert found["Train the cooks"][5] == [(2, "SS", 3)]
    assert found["First meal"][1:4] == ("milestone", None, date(2026, 5, 29))
    assert found["First meal"][5] == [(2, "FS", 4), (3, "FS", -1)]
    assert [row[4] for row in facts(empty)] == [None, 0, 0, 0, 0]
    with within(empty, EVERY):
        assert Action.objects.get(title="Fit it out").notes == "Ask the fire service first."
        assert Entry.objects.filter(partnership=empty).first().sentence == (
            "brought 5 actions into the plan from “kitchen.xml”"
        )


def leave(world: Any, client: Any, partnership: Any, name: str) -> bytes:
    return client.get(url(name, world, partnership=partnership)).content


def there_and_back(
    world: Any, client: Any, partnership: Any, who: str, first: tuple[str, bytes], name: str, file: str
) -> None:
    page = look(client, world, file=first, who=who, partnership=partnership)
    take(client, world, page, partnership=partnership)
    before = facts(partnership)
    assert before
    left = leave(world, client, partnership, name)
    with within(partnership, EVERY):
        Dependency.objects.all().delete()
        Action.objects.all().delete()
    page = look(client, world, file=(file, left), who=who, partnership=partnership)
    assert page.context["problems"] == []
    take(client, world, page, partnership=partnership)
    assert facts(partnership) == before


@pytest.mark.parametrize(
    ("name", "file"), [("export_xml", "plan.xml"), ("export_xlsx", "actions.xlsx"), ("export", "actions.csv")]
)
def test_what_left_comes_in_again_as_it_was(world, sign_in, empty, name, file):
    there_and_back(world, sign_in("walter"), empty, "walter", ("kitchen.xml", SMALL.read_bytes()), name, file)


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "file"), [("export_xml", "plan.xml"), ("export_xlsx", "actions.xlsx")])
def test_the_plan_of_414_tasks_goes_out_and_in_again(world, sign_in, empty, real_data, name, file):
    source = real_data / "schedules/taskjuggler_generated/fedora20_mspdi.xml"
    client = sign_in("walter")
    began = time.process_time()
    there_and_back(world, client, empty, "walter", (source.name, source.read_bytes()), name, file)
    assert time.process_time() - began < 15
    found = facts(empty)
    assert len(found) == 414
    assert sum(row[1] == "milestone" for row in found) == 223
    assert sum(len(row[5]) for row in found) == 369
    assert sum(row[4] is not None for row in found) == 413
    assert found[0][2:4] == (date(2013, 5, 1), date(2013, 11, 29))
    page = client.get(url("home", world, partnership=empty))
    assert page.status_code == 200


def test_the_own_plan_of_the_demo_leaves_whole(world, sign_in, empty):
    """Out of one partnership and into another: days, links and lags are those of the demo."""
    with within(world.partnership, EVERY):
        link = Dependency.objects.get(before=world.things["action.rent_bank"], after=world.things["action.report"])
        Dependency.objects.filter(pk=link.pk).update(kind="FF", lag=-2)
    before = facts(world.partnership)
    left = leave(world, sign_in("tom"), world.partnership, "export_xml")
    walter = sign_in("walter")
    page = look(walter, world, file=("plan.xml", left), who="walter", partnership=empty)
    take(walter, world, page, partnership=empty)
    kindless = [(row[0], *row[2:]) for row in facts(empty)]
    assert kindless == [(row[0], *row[2:]) for row in before], "all but deliverables, which MS Project does not know"


# Tables


TABLE = """No.\tWhat\tKind\tPart of\tAccountable\tGroup\tStarts\tDue\tWaits for\tHours of work\tNotes for everyone
1\tBook the hall\taction\t\tTom Hendry\tHousing\t2026-04-01\t2026-04-03\t\t4\t
2\tPrint invitations\tdeliverable\t\tbev@concorda.example\t\t2026-04-06\t2026-04-10\t1FS+1\t12.5\t=HYPERLINK("http://x")
3\tThe evening itself\tmilestone\t\t\t\t\t2026-05-01\t2; 1SS+3\t\t
"""


def test_rows_pasted_from_a_spreadsheet(world, sign_in):
    priya = sign_in("priya")
    page = look(priya, world, text=TABLE, group=world.things["group.health"].pk)
    assert page.context["problems"] == []
    take(priya, world, page)
    titles = {"Book the hall", "Print invitations", "The evening itself"}
    hall, print_, evening = facts(world.partnership, titles)
    assert hall[2:4] == (date(2026, 4, 1), date(2026, 4, 3))
    assert (print_[1], print_[5]) == ("deliverable", [(0, "FS", 1)])
    assert (evening[1], evening[5]) == ("milestone", [(0, "SS", 3), (1, "FS", 0)])
    with within(world.partnership, EVERY):
        found = {one.title: one for one in Action.objects.filter(title__in=titles)}
        assert found["Book the hall"].accountable == world.participant("tom")
        assert found["Book the hall"].group == world.things["group.housing"]
        assert found["Print invitations"].accountable == world.participant("bev")
        assert found["Print invitations"].group == world.things["group.health"], (
            "what the form says, where no group is named"
        )
        assert found["The evening itself"].accountable == world.participant("priya")
        assert found["Print invitations"].notes == '=HYPERLINK("http://x")', "a formula is text"


def test_french_and_other_programs_names_of_columns(world, sign_in):
    text = "Task name;Début;Finish;Predecessors\nAppeler;2026-04-01;2026-04-02;\nÉcrire;2026-04-03;2026-04-09;1\n"
    page = look(sign_in("priya"), world, text=text)
    assert [(row.title, row.waits) for row, _depth, _who in page.context["rows"]] == [
        ("Appeler", []),
        ("Écrire", [("1", "FS", 0)]),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "4\tBackwards\t2026-04-10\t2026-04-01\t",
            "Row 2, Due: it would be due on 1\u00a0April, before it starts on 10\u00a0April",
        ),
        ("4\tSome day\t\tnext week\t", "Row 2, Due: this is no day; write it like 2026-03-13 (“next week”)"),
        ("4\t\t\t2026-04-01\t", "Row 2, What: the action has no name"),
        ("4\tLonely\t\t2026-04-01\t17", "Row 2: it waits for “17”, which is not among the actions"),
        ("4\t" + "x" * 201 + "\t\t\t", "Row 2, What: this has more than 200 characters"),
        ("4\tFar\t\t2026-04-01\t9FS+900", "Row 2, Waits for: more than 250 working days lie between"),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column_and_the_rest_can_be_taken(world, sign_in, row, said):
    text = f"No.\tWhat\tStarts\tDue\tWaits for\n{row}\n9\tFine\t\t2026-04-02\t\n"
    priya = sign_in("priya")
    page = look(priya, world, text=text)
    assert any(said in problem for problem in page.context["problems"]), page.context["problems"]
    take(priya, world, page)
    assert facts(world.partnership, {"Fine"})
    assert not facts(world.partnership, {"Backwards"})


def test_a_circle_in_a_file_is_refused_and_named(world, sign_in):
    text = "No.,What,Due,Waits for\n1,Eggs,2026-04-01,2\n2,Hens,2026-04-02,1\n"
    page = look(sign_in("priya"), world, text=text)
    assert "Eggs → Hens → Eggs" in page.content.decode() or "Hens → Eggs → Hens" in page.content.decode()
    assert "plan" not in page.context


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("plan.xml", b"<html><body>x</body></html>"), "this XML is not an MS Project file"),
        (("plan.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><Project>&b;</Project>"), "entities"),
        (("plan.xlsx", b"PK\x03\x04 nothing"), "nor a zip that can be opened"),
        (("plan.csv", b"Colour,Size\nred,4\n"), "no column is called"),
        (("plan.csv", b""), "empty"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_plain_words(world, sign_in, file, said):
    answer = look(sign_in("priya"), world, file=file)
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_formulas_of_a_workbook_are_shown_as_text(world, sign_in):
    data = workbook_of(
        [["What", "Due", "Notes"], ['=CONCATENATE("a","b")', "2026-04-01", "=1+1"], ["Plain", "2026-04-02", ""]]
    )
    priya = sign_in("priya")
    page = look(priya, world, file=("plan.xlsx", data))
    assert [row.title for row, _depth, _who in page.context["rows"]] == ['=CONCATENATE("a","b")', "Plain"]
    assert "Formulas in words are shown as they are written" in page.content.decode()
    take(priya, world, page)
    with within(world.partnership, EVERY):
        assert Action.objects.get(title='=CONCATENATE("a","b")').notes == "=1+1"
    for name in ("export_xlsx", "export"):
        left = priya.get(url(name, world)).content
        if name == "export":
            assert "'=CONCATENATE" in left.decode("utf-8-sig")
        else:
            assert b"<f>" not in zipped_sheet(left)
            rows = CalamineWorkbook.from_filelike(io.BytesIO(left)).get_sheet_by_index(0).to_python()
            assert any('=CONCATENATE("a","b")' in row for row in rows)


def zipped_sheet(data: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read("xl/worksheets/sheet1.xml")


def test_ten_megabytes_are_refused_pasted_and_as_a_file(world, sign_in):
    priya = sign_in("priya")
    assert look(priya, world, text="What\n" + "x" * 10_000_000).status_code == 413
    large = look(priya, world, file=("plan.csv", b"What,Due\n" + b"x" * (10 * 1024 * 1024)))
    assert "The file is larger than 10 MB." in large.content.decode()


def test_a_preview_that_was_tampered_with_or_is_of_elsewhere_is_refused(world, sign_in, empty):
    priya = sign_in("priya")
    page = look(priya, world, text=TABLE)
    bent = page.context["plan"][:-4] + "AAAA"
    answer = priya.post(url("import", world), {"plan": bent}, follow=True)
    assert "not there any more" in answer.content.decode()
    answer = sign_in("walter").post(
        url("import", world, partnership=empty), {"plan": page.context["plan"]}, follow=True
    )
    assert "not there any more" in answer.content.decode()
    assert not facts(empty)


def test_a_plan_taken_in_is_taken_back_whole(world, sign_in):
    priya = sign_in("priya")
    before = facts(world.partnership)
    take(priya, world, look(priya, world, text=TABLE))
    with within(world.partnership, EVERY):
        change = Change.objects.first()
    answer = priya.post(url("undo", world, change.pk), follow=True)
    assert "3 actions are as they were before." in answer.content.decode()
    assert facts(world.partnership) == before


def test_only_who_steers_brings_plans_in(world, sign_in):
    assert sign_in("joy").get(url("import", world)).status_code == 403
    assert sign_in("jo").get(url("export_xlsx", world)).status_code == 403
    assert sign_in("stranger").get(url("export_xml", world)).status_code == 404


def test_no_file_holds_the_note_of_an_organization(world, sign_in):
    with within(world.partnership, EVERY):
        OwnNote.objects.create(
            partnership=world.partnership,
            action=world.things["action.handbook"],
            organization=world.organizations["housing"],
            text="SECRETNOTE",
        )
    tom = sign_in("tom")
    for name in ("export", "export_xml", "calendar_file"):
        assert b"SECRETNOTE" not in tom.get(url(name, world)).content
    assert b"SECRETNOTE" not in zipped_sheet(tom.get(url("export_xlsx", world)).content)


def test_the_calendar_file_opens_in_a_calendar(world, sign_in):
    answer = sign_in("tom").get(url("calendar_file", world) + "?critical=1")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    days = {str(event["summary"]): event["dtstart"].dt for event in events}
    assert days["First results report"] == date(2026, 7, 9)
    assert len(days) == 4


def test_programs_bring_a_plan_in_at_once(world, sign_in):
    address = f"/api/v1/partnerships/{world.partnership.slug}/action-plans/import"
    sent = {"text": TABLE, "accountable": world.participant("priya").pk, "sure": True}
    priya = sign_in("priya")
    answer = priya.post(address, sent, content_type="application/json")
    assert answer.status_code < 300, answer.content
    assert facts(world.partnership, {"Book the hall"})
    wrong = priya.post(address, sent | {"text": "Colour,Size\nred,4"}, content_type="application/json")
    assert wrong.status_code == 422

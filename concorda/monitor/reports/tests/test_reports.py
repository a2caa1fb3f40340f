import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Final
from concorda.foundation.process.progress import progress_of
from concorda.monitor.evaluation import services as evaluation
from concorda.monitor.reports import files, services
from concorda.monitor.reports.document import digest_of, document
from concorda.monitor.reports.models import Report
from concorda.monitor.reports.snapshot import build


@pytest.fixture
def draft(world, inside):
    return Report.objects.get(pk=world.things["report.funder"].pk)


def page(world, report, rest=""):
    return f"/p/{world.partnership.slug}/monitor/reports/{report.pk}/{rest}"


def test_the_story_has_three_of_six_results_and_a_report_due(world, inside):
    assert progress_of(inside)["reports"].sentence == "3 of 6 results are in. The report is due 31\u00a0March."


def test_the_same_numbers_everywhere(world, inside, draft):
    services.freeze(draft, by=world.people["priya"])
    made = document(draft)
    results = next(part for part in made.parts if part.key == "results")
    row = next(row for row in results.table.rows if "arrival to lease" in row[1])
    assert row[3] == "94\u00a0days"
    assert row[8] == "Lena Fischer"
    assert "94\u00a0days" in files.html(draft)
    table = files.results_table(draft)
    assert next(line for line in table if "arrival to lease" in line[1])[3] == "94"
    with zipfile.ZipFile(io.BytesIO(files.xlsx(draft))) as book:
        assert any(b"<v>94</v>" in book.read(name) for name in book.namelist() if "worksheets" in name)
    assert any("has no approved result" in line for line in made.checks)


@pytest.mark.parametrize("language", ["en-ca", "fr-ca"])
def test_the_pdf_is_tagged_and_the_same_each_time(world, inside, draft, language):
    services.freeze(draft, by=world.people["priya"])
    with translation.override(language):
        made = files.pdf(draft)
        assert made == files.pdf(draft)
    assert made.startswith(b"%PDF")
    assert b"pdfuaid:part" in made or b"StructTreeRoot" in made
    assert f"/Lang({language[:2]}".encode() in made.replace(b" ", b"")


def test_frozen_numbers_stay_and_an_approved_report_is_final(world, inside, draft):
    priya = world.people["priya"]
    with pytest.raises(ValidationError, match="Freeze the numbers first"):
        services.approve(draft, by=priya)
    services.freeze(draft, by=priya)
    frozen = draft.snapshot
    indicator = world.things["indicator.lease_days"]
    value = evaluation.submit(indicator, value=90, on=clock.today(), by=priya)
    evaluation.approve(value, by=priya)
    draft.refresh_from_db()
    assert draft.snapshot == frozen
    assert build(draft) != frozen
    services.approve(draft, by=priya)
    assert draft.digest == digest_of(draft)
    for change in (
        lambda: services.freeze(draft, by=priya),
        lambda: services.write(draft, {"summary": "Other words."}, by=priya),
        lambda: services.approve(draft, by=priya),
        draft.save,
        draft.delete,
        lambda: draft.sections.first().save(),
    ):
        with pytest.raises(Final):
            change()


def test_only_approved_values_up_to_the_cut_off_count(world, inside, draft):
    indicator = world.things["indicator.pack_read"]
    evaluation.submit(indicator, value=50, on=clock.today(), by=world.people["priya"])
    draft.cut_off = clock.today() - timedelta(days=30)
    found = {one["name"]: one["value"] for one in build(draft)["indicators"]}
    assert found[indicator.name] is None
    assert found["Median days from arrival to lease"] == "108"


def test_a_report_on_a_time_without_data_says_so(world):
    with within(world.stalled, EVERY):
        report = Report(
            partnership=world.stalled,
            title="Nothing",
            audience=Report.Audience.PARTNERS,
            period_from=clock.today() - timedelta(days=900),
            period_to=clock.today() - timedelta(days=800),
            cut_off=clock.today() - timedelta(days=800),
        )
        services.begin(report, by=world.people["walter"])
        services.freeze(report, by=world.people["walter"])
        sentences = {part.key: part.sentence for part in document(report).parts}
        assert sentences["results"] == "0 of 0 results are in."
        assert sentences["partnership"].startswith("0 check-ins")
        assert files.pdf(report).startswith(b"%PDF")
        assert files.results_table(report) == []


def test_observers_read_what_is_approved_for_them(world, sign_in, inside, draft):
    jo = sign_in("jo")
    assert jo.get(page(world, draft)).status_code == 404
    assert jo.get(page(world, draft, "pdf/")).status_code == 404
    autumn = world.things["report.autumn"]
    assert jo.get(page(world, autumn)).status_code == 200
    home = jo.get(f"/p/{inside.slug}/monitor/reports/").content.decode()
    assert autumn.title in home
    assert draft.title not in home
    assert jo.post(page(world, draft, "freeze/")).status_code == 403
    assert sign_in("amina").post(page(world, draft, "approve/")).status_code == 403


def test_pages_of_a_report(world, sign_in, inside, draft):
    client = sign_in("priya")
    assert client.post(page(world, draft, "approve/"), follow=True).status_code == 200
    assert not Report.objects.get(pk=draft.pk).approved
    client.post(page(world, draft, "write/"), {"summary": "<b>Ours</b>"})
    assert "&lt;b&gt;Ours" in client.get(page(world, draft)).content.decode()
    client.post(page(world, draft, "freeze/"))
    client.post(page(world, draft, "approve/"))
    assert Report.objects.get(pk=draft.pk).approved
    assert "does not change any more" in client.post(page(world, draft, "write/"), follow=True).content.decode()
    for rest in ("pdf/", "xlsx/", "csv/"):
        assert client.get(page(world, draft, rest)).status_code == 200
    assert "Ce qui a changé" in sign_in("luc").get(page(world, draft)).content.decode()


def test_a_period_that_ends_before_it_begins_is_refused(sign_in, inside):
    facts = {"title": "T", "audience": "board", "period_from": "2026-03-01", "period_to": "2026-02-01"}
    answer = sign_in("priya").post(f"/p/{inside.slug}/monitor/reports/new/", {**facts, "cut_off": "2026-03-01"})
    assert "ends before it begins" in answer.content.decode()


def test_words_are_never_formulas(world, inside, draft):
    goal = Goal.objects.create(partnership=inside, title="=1+1", position=99)
    Indicator.objects.create(partnership=inside, goal=goal, name="@SUM(A1)")
    with zipfile.ZipFile(io.BytesIO(files.xlsx(draft))) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())


def test_a_snapshot_costs_the_same_for_one_indicator_and_three(inside, draft):
    build(draft)  # reads the partnership once
    with CaptureQueriesContext(connection) as before:
        build(draft)
    goal = Goal.objects.create(partnership=inside, title="more", position=50)
    for name in "abc":
        Indicator.objects.create(partnership=inside, goal=goal, name=name)
    with CaptureQueriesContext(connection) as after:
        build(draft)
    assert len(before) == len(after)

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concorda.analysis.indicator import standing
from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Final
from concorda.foundation.process.progress import progress_of
from concorda.monitor.evaluation import services as evaluation
from concorda.monitor.evaluation.models import Measurement
from concorda.monitor.evaluation.queries import PERIODS
from concorda.monitor.reports import files, queries, services
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
    row = next(row for row in results.table.rows if "arrival to lease" in row.cells[1])
    assert row.cells[3] == "94\u00a0days"
    assert row.cells[8] == "Lena Fischer"
    assert "94\u00a0days" in files.html(draft).decode()
    table = files.results_table(draft)
    assert next(line for line in table if "arrival to lease" in line[1])[3] == "94"
    with zipfile.ZipFile(io.BytesIO(files.xlsx(draft))) as book:
        assert any(b"<v>94</v>" in book.read(name) for name in book.namelist() if "worksheets" in name)
    assert any("has no approved result" in line for line in made.checks)


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
        assert any("no result, decision or check-in of this period" in line for line in document(report).checks)


def test_what_takes_the_place_of_an_approved_report(world, inside, sign_in):
    old = Report.objects.get(pk=world.things["report.autumn"].pk)
    client = sign_in("priya")
    assert "Begin one in its place" in client.get(page(world, old)).content.decode()
    answer = client.post(page(world, old, "supersede/"))
    new = Report.objects.get(supersedes=old)
    assert answer.url == new.get_absolute_url()
    assert "Seven organizations" in new.sections.get(key="summary").text
    assert not any("Superseded" in line for line in document(old).checks)
    services.freeze(new, by=world.people["priya"])
    services.approve(new, by=world.people["priya"])
    assert any("Superseded by “Our first autumn”" in line for line in document(old).checks)
    assert queries.standing_report(old.audience) == new
    with pytest.raises(ValidationError, match="draft still"):
        services.supersede(Report.objects.get(pk=world.things["report.funder"].pk), by=world.people["priya"])


def test_names_of_rows_lead_to_their_records_only_for_those_who_may_read_them(world, inside, sign_in):
    autumn = world.things["report.autumn"]
    funder = Report.objects.get(pk=world.things["report.funder"].pk)
    services.freeze(funder, by=world.people["priya"])
    services.approve(funder, by=world.people["priya"])
    link = f"/p/{inside.slug}/monitor/evaluation/measurements/"
    assert link in sign_in("priya").get(page(world, funder)).content.decode()
    assert link not in sign_in("jo").get(page(world, funder)).content.decode()
    assert link in files.html(funder).decode()
    assert link not in files.html(autumn).decode()


def test_every_figure_is_the_one_of_the_analysis(world, inside, draft):
    measured = {one.pk: one for one in Indicator.objects.all()}
    shown = {one["pk"]: one for one in build(draft)["indicators"]}
    assert measured.keys() == shown.keys()
    for pk, one in shown.items():
        last = Measurement.objects.filter(indicator=pk, status="approved", on__lte=draft.cut_off).order_by("on").last()
        if last is None:
            assert one["value"] is None
            continue
        judged = standing(
            baseline=Fraction(measured[pk].baseline),
            target=Fraction(measured[pk].target),
            actual=Fraction(last.value),
            baseline_on=measured[pk].baseline_on,
            target_on=measured[pk].target_on,
            measured_on=last.on,
            today=min(clock.today(), draft.cut_off),
            period=PERIODS[measured[pk].frequency],
        )
        assert (one["colour"], Fraction(one["achieved"])) == (str(judged.colour), judged.achieved)
        assert Decimal(one["value"]) == last.value


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
    for rest in ("pdf/", "docx/", "xlsx/", "html/", "csv/"):
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

"""What programs get: data without names, an IATI activity, grants that hold to the 360Giving schema."""

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from concorda.foundation.core import clock
from concorda.monitor.reports import open_data, services
from concorda.monitor.reports.document import document
from concorda.monitor.reports.models import Grant, Report
from concorda.monitor.reports.snapshot import build, people, shown_before


@pytest.fixture
def granted(world, inside):
    return Grant.objects.create(
        partnership=inside,
        title="Homes for newcomers",
        funder="Western Lakes Community Fund",
        recipient=world.partner("newcomer"),
        amount=Decimal("12500.50"),
        awarded_on=clock.today() - timedelta(days=100),
        starts_on=clock.today() - timedelta(days=90),
    )


@pytest.fixture
def report(world, inside):
    return Report.objects.get(pk=world.things["report.funder"].pk)


@pytest.fixture
def for_evaluator(world, inside, report):
    period = {"period_from": report.period_from, "period_to": report.period_to, "cut_off": report.cut_off}
    made = Report(partnership=inside, title="Evaluation", audience=Report.Audience.EVALUATOR, **period)
    return services.begin(made, by=world.people["priya"])


def files_of(report):
    with zipfile.ZipFile(io.BytesIO(open_data.data(report))) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_no_name_of_a_person_organization_or_group_leaves_and_every_column_is_explained(world, granted, for_evaluator):
    found = files_of(for_evaluator)
    text = "".join(found.values())
    names = [one.name for one in (*world.people.values(), *world.organizations.values())]
    names += [one["group"] for one in build(for_evaluator)["actions"] if one["group"]]
    assert len(names) > 30
    assert not [name for name in names if name in text]
    codebook = list(csv.reader(io.StringIO(found["codebook.csv"])))[1:]
    for name, content in found.items():
        if name not in ("codebook.csv", "not_shown.csv"):
            head = next(csv.reader(io.StringIO(content)))
            assert [line[1] for line in codebook if line[0] == name] == head
    assert all(line[3] for line in codebook)


def test_data_are_the_same_numbers_as_the_report_and_the_same_file_each_time(world, for_evaluator):
    services.freeze(for_evaluator, by=world.people["priya"])
    rows = list(csv.DictReader(io.StringIO(files_of(for_evaluator)["results.csv"])))
    lease = next(row for row in rows if "arrival to lease" in row["Indicator"])
    assert (lease["Start"], lease["Now"], lease["Target"]) == ("121", "94", "60")
    assert lease["Approved by"].startswith("P")
    assert open_data.data(for_evaluator) == open_data.data(for_evaluator)


LARGE = {"a": 3, "b": 2, "c": 2}


def shown(rows):
    return {one["kind"]: one["people"] for one in rows if not one["hidden"]}


def test_a_small_group_cannot_be_found_by_subtraction():
    other = {"d": 4, "e": 3, "f": 3}
    rows = people({"charity": LARGE, "health": other, "faith": {"x": 1}}, {})
    assert "faith" not in shown(rows)
    total = 7 + 10 + 1
    rest = total - sum(shown(rows).values())
    assert rest == 0 or rest >= 5
    assert rest != 1
    assert sum(one["hidden"] is not None for one in rows) >= 2


def test_few_people_and_few_organizations_are_not_counted():
    rows = {
        one["kind"]: one["hidden"] for one in people({"few": {"a": 1, "b": 1, "c": 2}, "two": {"d": 9, "e": 9}}, {})
    }
    assert rows["few"] == "few_people"
    assert rows["two"] == "few_organizations"


def test_two_reports_one_person_apart_do_not_tell_who():
    grown = {**LARGE, "c": 3}
    assert shown(people({"charity": LARGE}, {})) == {"charity": 7}
    assert shown(people({"charity": grown}, {"charity": LARGE})) == {}
    assert shown(people({"charity": {**LARGE, "c": 4}}, {"charity": LARGE})) == {"charity": 9}


def test_what_an_approved_report_showed_binds_the_next_one(world, for_evaluator):
    snapshot = build(for_evaluator) | {
        "basis": {"charity": LARGE},
        "people": [{"kind": "charity", "hidden": None, "organizations": 3, "people": 7}],
    }
    for_evaluator.snapshot, for_evaluator.frozen_at = snapshot, clock.now()
    for_evaluator.save()
    services.approve(for_evaluator, by=world.people["priya"])
    following = services.supersede(for_evaluator, by=world.people["priya"])
    assert shown_before(following) == {"charity": LARGE}


def test_what_is_not_shown_is_listed(for_evaluator):
    hidden = [one for one in build(for_evaluator)["people"] if one["hidden"]]
    listed = [line for line in document(for_evaluator).checks if line.startswith("Who takes part")]
    assert hidden
    assert len(listed) == len(hidden)


def test_an_iati_activity_tells_who_when_money_and_results(granted, report):
    root = ET.fromstring(open_data.iati(report))
    activity = root.find("iati-activity")
    assert root.get("version") == "2.03"
    order = ["iati-identifier", "reporting-org", "title", "description", "participating-org", "activity-status",
             "activity-date", "transaction", "result"]  # fmt: skip
    assert list(dict.fromkeys(one.tag for one in activity)) == order
    assert activity.findtext("transaction/value") == "12500.50"
    lease = next(one for one in activity.iter("indicator") if "arrival to lease" in one.findtext("title/narrative"))
    assert lease.get("ascending") == "0"
    assert lease.find("baseline").get("value") == "121"
    assert lease.find("period/target").get("value") == "60"
    assert lease.find("period/actual").get("value") == "94"


def test_grants_are_in_the_report_and_nothing_is_told_without_any(granted, report):
    money = next(part for part in document(report).parts if part.key == "money")
    assert money.sentence == "12\u00a0500.50\u00a0CAD were granted."
    Grant.objects.all().delete()
    assert open_data.grants(report) is None


@pytest.mark.real_data
def test_grants_hold_to_the_schema_of_360giving(granted, report, real_data):
    folder = real_data / "grants_360giving"
    package = json.loads((folder / "360-giving-package-schema.json").read_text())
    single = json.loads((folder / "360-giving-schema.json").read_text())
    registry = Registry().with_resource(
        package["properties"]["grants"]["items"]["$ref"], DRAFT202012.create_resource(single)
    )
    made = json.loads(open_data.grants(report))
    checker = FormatChecker(formats=())
    checker.checks("date-time", raises=ValueError)(lambda text: len(text) > 10 and bool(datetime.fromisoformat(text)))
    validator = Draft202012Validator(package, registry=registry, format_checker=checker)
    assert list(validator.iter_errors(made)) == []
    del made["grants"][0]["currency"]
    assert list(validator.iter_errors(made))


def test_who_gets_which_file(world, inside, sign_in, granted, report, for_evaluator):
    here = f"/p/{inside.slug}/monitor/reports"
    lena, jo = sign_in("lena"), sign_in("jo")
    assert lena.get(f"{here}/{for_evaluator.pk}/data/").status_code == 200
    assert lena.get(f"{here}/{report.pk}/data/").status_code == 404
    assert jo.get(f"{here}/{for_evaluator.pk}/data/").status_code == 403
    for rest in ("iati/", "360giving/"):
        assert lena.get(f"{here}/{report.pk}/{rest}").status_code == 200
        assert jo.get(f"{here}/{report.pk}/{rest}").status_code == 404
    assert jo.get(f"{here}/grants/").status_code == 403
    assert "Homes for newcomers" in lena.get(f"{here}/grants/").content.decode()
    assert "Subventions" in sign_in("luc").get(f"{here}/grants/").content.decode()

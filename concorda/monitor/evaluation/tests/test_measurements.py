from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concorda.analysis.indicator import Colour
from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.foundation.core import clock
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Final
from concorda.monitor.evaluation import queries, services
from concorda.monitor.evaluation.models import Measurement
from concorda.monitor.evaluation.tool import TOOL


@pytest.fixture
def indicator(world, inside):
    goal = Goal.objects.create(partnership=inside, title="A goal of the test", position=90)
    return Indicator.objects.create(
        partnership=inside,
        goal=goal,
        name="Share of the test",
        unit="%",
        baseline=0,
        target=100,
        baseline_on=clock.today() - timedelta(days=90),
        target_on=clock.today() + timedelta(days=90),
        owner=world.participant("amina"),
    )


def test_an_approved_value_is_final_and_a_correction_stands_beside_it(world, indicator):
    amina, lena = world.people["amina"], world.people["lena"]
    first = services.submit(indicator, value=20, by=amina)
    services.approve(first, by=lena)
    for change in (first.save, first.delete, lambda: services.give_back(first, because="x", by=lena)):
        with pytest.raises(Final):
            change()
    first.refresh_from_db()
    yesterday = clock.today() - timedelta(days=1)
    second = services.submit(indicator, value=50, by=amina, corrects=first, on=yesterday)
    assert queries.latest_measurements()[indicator.pk] == second, "though it is of an earlier day"
    assert queries.latest_approved()[indicator.pk] == first, "until it is approved"
    services.approve(second, by=lena)
    assert queries.latest_approved()[indicator.pk].value == Decimal(50)


def test_a_returned_value_does_not_count_and_comes_back_to_its_author(world, inside, indicator):
    row = services.submit(indicator, value=20, by=world.people["amina"])
    with pytest.raises(ValidationError):
        services.give_back(row, because=" ", by=world.people["lena"])
    services.give_back(row, because="February is missing.", by=world.people["lena"])
    assert indicator.pk not in queries.latest_measurements()
    access = access_of(world.people["amina"], inside.slug)
    assert any(one.detail == "February is missing." for one in TOOL.waiting(access))
    with pytest.raises(ValidationError, match="entered anew"):
        services.submit(indicator, value=30, by=world.people["amina"], corrects=row)


def test_who_approves(world, sign_in, inside, indicator):
    row = services.submit(indicator, value=20, by=world.people["amina"])
    url = f"/p/{inside.slug}/monitor/evaluation/measurements/{row.pk}/"
    assert "Approve this value" not in sign_in("amina").get(url).content.decode()
    assert sign_in("amina").post(url + "approve/").status_code == 403
    assert any(one.url == url for one in TOOL.waiting(access_of(world.people["lena"], inside.slug)))
    assert sign_in("lena").post(url + "approve/").status_code == 302
    assert Measurement.objects.get(pk=row.pk).settled_by.person == world.people["lena"]
    assert sign_in("lena").post(url + "return/", {"because": "x"}, follow=True).status_code == 200
    assert Measurement.objects.get(pk=row.pk).status == "approved"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "many"}, "not a number"),
        ({"value": "140"}, "between 0 and 100"),
        ({"on": "2030-01-01"}, "has not come yet"),
        ({"on": "2020-01-01"}, "starting value"),
        ({"indicator": "999999"}, "aria-invalid"),
    ],
)
def test_bad_values_are_refused_and_what_was_typed_stays(sign_in, inside, indicator, change, words):
    facts = {"indicator": indicator.pk, "value": "40", "on": clock.today().isoformat(), "source": "Counted twice"}
    url = f"/p/{inside.slug}/monitor/evaluation/measurements/new/"
    page = sign_in("amina").post(url, {**facts, **change}).content.decode()
    assert words in page
    assert "Counted twice" in page
    assert not indicator.measurements.exists()


def test_a_value_of_a_day_that_has_one_is_a_correction(world, sign_in, inside, indicator):
    first = services.submit(indicator, value=20, by=world.people["amina"])
    services.approve(first, by=world.people["lena"])
    facts = {"indicator": indicator.pk, "value": "40", "on": clock.today().isoformat()}
    url = f"/p/{inside.slug}/monitor/evaluation/measurements/new/"
    assert "enter a correction there" in sign_in("amina").post(url, facts).content.decode()
    assert sign_in("amina").post(f"{url}?corrects={first.pk}", facts).status_code == 302
    assert indicator.measurements.get(value=40).corrects == first


def test_an_indicator_waits_for_its_owner_when_a_value_is_due(world, inside, indicator):
    access = access_of(world.people["amina"], inside.slug)
    assert "Measure “Share of the test”" in [one.label for one in TOOL.waiting(access)]
    services.submit(indicator, value=20, by=world.people["amina"])
    access = access_of(world.people["amina"], inside.slug)
    assert "Measure “Share of the test”" not in [one.label for one in TOOL.waiting(access)]


def test_colours_come_with_words(world, indicator):
    line = next(one for one in queries.lines() if one.indicator == indicator)
    assert (line.colour, line.says) == (Colour.GREY, "No result yet")
    services.submit(indicator, value=20, by=world.people["amina"])
    line = next(one for one in queries.lines() if one.indicator == indicator)
    assert (line.colour, line.says) == (Colour.RED, "Behind: 20% of the way, 50% expected")
    assert any(one.indicator == indicator for one in queries.findings([], queries.lines()))


def test_lines_cost_the_same_for_one_indicator_and_three(inside, indicator):
    with CaptureQueriesContext(connection) as one:
        queries.lines()
    for name in "ab":
        Indicator.objects.create(partnership=inside, goal=indicator.goal, name=name)
    with CaptureQueriesContext(connection) as three:
        queries.lines()
    assert len(one) == len(three) == 2


def test_the_table_names_source_and_pace_of_each_indicator(world, sign_in):
    page = sign_in("priya").get(f"/p/{world.partnership.slug}/monitor/evaluation/").content.decode()
    assert " · Every month</small>" in page

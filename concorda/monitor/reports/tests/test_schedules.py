"""A report is drafted by itself at its time, once, and somebody is told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from concorda.foundation.core import clock
from concorda.foundation.partnerships import services as partnerships
from concorda.foundation.partnerships.models import Entry
from concorda.monitor.reports import services
from concorda.monitor.reports.models import Report, Schedule


@pytest.fixture
def schedule(world, inside):
    return Schedule.objects.create(
        partnership=inside, title="Quarterly", next_on=date(2026, 4, 1), days=30, owner=world.participant("lena")
    )


def on(day):
    return clock.at(datetime.combine(day, datetime.min.time(), ZoneInfo("America/Toronto")) + timedelta(hours=9))


def drafted():
    return Report.objects.filter(title__startswith="Quarterly")


def test_a_report_is_drafted_at_its_time_once_and_its_owner_told(
    inside, schedule, mailoutbox, django_capture_on_commit_callbacks
):
    with on(date(2026, 3, 31)):
        services.draft_scheduled(inside)
    assert not drafted().exists()
    with on(date(2026, 4, 1)), django_capture_on_commit_callbacks(execute=True):
        services.draft_scheduled(inside)
        services.draft_scheduled(inside)
    report = drafted().get()
    assert (report.period_from, report.period_to, report.due) == (
        date(2026, 1, 1),
        date(2026, 3, 31),
        date(2026, 5, 1),
    )
    assert report.author == schedule.owner
    assert report.sections.exists()
    schedule.refresh_from_db()
    assert schedule.next_on == date(2026, 7, 1)
    assert [letter.to for letter in mailoutbox] == [["lena@concorda.example"]]
    assert report.get_absolute_url() in mailoutbox[0].body
    assert Entry.objects.first().message.startswith("drafted the report")


def test_turns_that_were_missed_make_one_report_not_many(inside, schedule):
    with on(date(2027, 2, 10)):
        services.draft_scheduled(inside)
    report = drafted().get()
    assert (report.period_from, report.period_to) == (date(2026, 10, 1), date(2026, 12, 31))
    schedule.refresh_from_db()
    assert schedule.next_on == date(2027, 4, 1)


def test_when_its_owner_has_left_the_coordinators_are_told(
    world, inside, schedule, mailoutbox, django_capture_on_commit_callbacks
):
    partnerships.leave(world.participant("lena"), by=world.people["priya"])
    with on(date(2026, 4, 1)), django_capture_on_commit_callbacks(execute=True):
        services.draft_scheduled(inside)
    assert ["priya@concorda.example"] in [letter.to for letter in mailoutbox]


@pytest.mark.parametrize(
    ("every", "start", "following"),
    [
        ("month", date(2026, 1, 31), date(2026, 2, 28)),
        ("quarter", date(2025, 11, 30), date(2026, 2, 28)),
        ("year", date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_the_next_turn_in_a_shorter_month_is_its_last_day(every, start, following):
    assert Schedule(every=every).moved(start, 1) == following


def test_pages_of_schedules(world, inside, schedule, sign_in):
    here = f"/p/{inside.slug}/monitor/reports/schedules/"
    assert "Quarterly" in sign_in("amina").get(here).content.decode()
    assert sign_in("jo").get(here).status_code == 403
    facts = {"title": "Late", "audience": "funder", "every": "month", "next_on": "2020-01-01", "days": 5}
    facts |= {"owner": world.participant("lena").pk}
    assert "This day is over" in sign_in("priya").post(here + "new/", facts).content.decode()
    sign_in("priya").post(here + "new/", facts | {"next_on": "2026-05-01"})
    assert Schedule.objects.filter(title="Late").exists()

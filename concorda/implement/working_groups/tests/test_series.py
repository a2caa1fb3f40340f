"""Meetings that come back: over a change of clocks, one moved or cancelled, and in calendars."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from icalendar import Calendar

from concorda.foundation.core import clock
from concorda.implement.working_groups import recurrence, series, services
from concorda.implement.working_groups.models import AgendaItem, Feed, Meeting, Series

TORONTO = ZoneInfo("America/Toronto")


@pytest.fixture
def weekly(world, inside):
    """Housing meets five Thursdays at 1 pm, from 22 October 2026: clocks go back on 1 November."""
    made = Series(
        partnership=inside, group=world.things["group.housing"], starts_at=datetime(2026, 10, 22, 17, tzinfo=UTC),
        time_zone="America/Toronto", place="Library",
    )  # fmt: skip
    return series.plan_series(
        made, "weekly", 5, agenda=[AgendaItem(title="Leases")], by=world.people["tom"], invite=False
    )


def from_feed(client, world, inside, start=datetime(2026, 10, 1, tzinfo=UTC), end=datetime(2027, 1, 1, tzinfo=UTC)):
    """What a calendar client finds between two moments in Tom's calendar."""
    token = services.open_feed(world.participant("tom"), by=world.people["tom"])
    found = Calendar.from_ical(client.get(reverse("working_groups_public:calendar", args=[token])).content)
    events = [one for one in recurring_ical_events.of(found).between(start, end) if "Housing" in str(one["summary"])]
    return sorted(events, key=lambda one: one.decoded("dtstart"))


def test_the_clock_at_the_place_stays_when_clocks_change(weekly):
    local = [one.starts_at.astimezone(TORONTO) for one in weekly.meetings.order_by("due_at")]
    assert {one.time() for one in local} == {time(13)}
    assert [one.utcoffset() for one in local][1:3] == [timedelta(hours=-4), timedelta(hours=-5)]


def test_a_calendar_client_reads_the_series_with_one_moved_and_one_cancelled(world, inside, client, weekly):
    second, third = weekly.meetings.order_by("due_at")[1:3]
    was, second.starts_at = second.starts_at, second.starts_at + timedelta(days=1)
    second.save()
    services.move_meeting(second, was=was, by=world.people["tom"], invite=False)
    services.cancel_meeting(third, because="Nobody can.", by=world.people["tom"])
    found = from_feed(client, world, inside)
    days = [(one.decoded("dtstart").date(), one.decoded("dtstart").time()) for one in found]
    assert days == [(date(2026, *day), time(13)) for day in ((10, 22), (10, 30), (11, 12), (11, 19))]
    assert len({str(one["uid"]) for one in found}) == 1
    assert "Leases" in str(found[0]["description"]) and "Leases" not in str(found[2]["description"])


def test_one_letter_tells_of_all_meetings_and_of_one_that_moved(
    world, inside, weekly, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        services.invite_to_series(weekly, by=world.people["tom"])
    assert len(mail.outbox) == 7 and "And 4 more times" in mail.outbox[0].body
    master = Calendar.from_ical(mail.outbox[0].attachments[0][1]).walk("VEVENT")[0]
    assert master["rrule"].to_ical() == b"FREQ=WEEKLY;COUNT=5;INTERVAL=1" and master["sequence"] == 0
    mail.outbox.clear()
    second = weekly.meetings.order_by("due_at")[1]
    with django_capture_on_commit_callbacks(execute=True):
        services.move_meeting(second, by=world.people["tom"])
    one = Calendar.from_ical(mail.outbox[0].attachments[0][1]).walk("VEVENT")[0]
    assert one["uid"] == master["uid"] and one["sequence"] == 1
    assert one.decoded("recurrence-id") == second.due_at and one["organizer"] == master["organizer"]


def test_the_rest_can_be_moved_and_what_was_stays(world, inside, client, weekly):
    with clock.at(datetime(2026, 11, 4, 12, tzinfo=UTC)):
        new = Series(starts_at=datetime(2026, 11, 6, 16, tzinfo=UTC), time_zone="America/Toronto", minutes_long=30)
        new.partnership, new.group = inside, weekly.group
        made = series.change_following(weekly, new, by=world.people["tom"], invite=False)
        assert made.pk != weekly.pk and made.meetings.count() == 3
        found = from_feed(client, world, inside)
    assert [one.decoded("dtstart").day for one in found] == [22, 29, 6, 13, 20]
    assert Meeting.objects.filter(series=weekly).count() == 2


def test_a_series_that_has_not_begun_moves_as_a_whole_under_its_uid(world, inside, client, weekly):
    new = Series(starts_at=datetime(2026, 10, 29, 17, tzinfo=UTC), time_zone="America/Toronto", minutes_long=60)
    made = series.change_following(weekly, new, by=world.people["tom"])
    assert (made.pk, made.sequence) == (weekly.pk, 1)
    assert [one.decoded("dtstart").date().day for one in from_feed(client, world, inside)] == [29, 5, 12, 19, 26]


def test_ending_a_series_empties_calendars(world, inside, client, weekly, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert series.end_series(weekly, because="The task is done.", by=world.people["tom"]) == 5
    assert from_feed(client, world, inside) == []
    assert "METHOD:CANCEL" in mail.outbox[0].attachments[0][1]
    with pytest.raises(ValidationError, match="still to come"):
        series.end_series(weekly, because="Again", by=world.people["tom"])


def test_ending_a_group_writes_once_about_a_whole_series(
    world, inside, client, weekly, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        services.end_group(weekly.group, because="Done.", by=world.people["tom"])
    assert len(mail.outbox) == 7 + 7 + 1  # the series, and the one meeting planned before, which has a guest
    assert from_feed(client, world, inside) == []


@pytest.mark.parametrize(
    ("repeat", "first", "days"),
    [
        ("fortnightly", date(2026, 4, 1), [date(2026, 4, 15), date(2026, 4, 29)]),
        ("monthly", date(2026, 4, 14), [date(2026, 5, 12), date(2026, 6, 9)]),
        ("monthly", date(2026, 4, 30), [date(2026, 5, 28), date(2026, 6, 25)]),
        ("quarterly", date(2026, 4, 6), [date(2026, 7, 6), date(2026, 10, 5)]),
    ],
)
def test_rules_say_what_people_mean(repeat, first, days):
    start = datetime.combine(first, time(12), UTC)
    found = list(recurrence.shown(recurrence.rule_of(repeat, first, 3), start))
    assert [one.date() for one in found[1:]] == days


# Through the page


def facts(**more):
    return {
        "date": "2026-10-22", "at": "13:00", "time_zone": "America/Toronto", "minutes_long": "60", "place": "Library",
        "repeat": "weekly", "count": "5", "until": "",
    } | more  # fmt: skip


@pytest.fixture
def plan(world):
    return reverse("working_groups:meeting_new", args=[world.partnership.slug, world.things["group.housing"].pk])


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"count": ""}, "Say either how many meetings there will be, or until when"),
        ({"count": "61"}, "more than 60 meetings"),
        ({"count": "", "until": "2099-01-01"}, "more than 3 years away"),
        ({"count": "", "until": "2026-10-21"}, "is not after the first"),
        ({"count": "", "until": "2026-10-23"}, "one meeting only"),
        ({"repeat": "quarterly", "count": "20"}, "more than 3 years away"),
        ({"date": "2027-02-28", "at": "02:30"}, "One of these meetings would be on 14 March 2027 at 2:30"),
        ({"minutes_long": "-60"}, "5 to 720 minutes"),
    ],
)
def test_a_series_without_end_and_one_in_the_hour_clocks_jump_over_are_refused(sign_in, plan, inside, more, problem):
    answer = sign_in("tom").post(plan, facts(**more))
    assert answer.status_code == 200 and problem in answer.content.decode().replace("\u00a0", " ")
    assert not Series.objects.filter(group__name="Housing").exists()


def test_a_chair_plans_moves_and_ends_a_series_on_pages(sign_in, plan, inside, world):
    client = sign_in("tom")
    shown = client.post(plan, facts(), follow=True).content.decode()
    assert "5 meetings are planned." in shown and "every week" in shown
    made = Series.objects.get(group__name="Housing")
    edit = reverse("working_groups:series_edit", args=[inside.slug, made.pk])
    late = facts(date="2026-10-23", at="12:00")
    assert "meetings still to come are moved" in client.post(edit, late, follow=True).content.decode()
    end = reverse("working_groups:series_end", args=[inside.slug, made.pk])
    assert sign_in("amina").post(end, {"because": "x"}).status_code == 403
    assert "were told" in client.post(end, {"because": "Done."}, follow=True).content.decode()
    assert not made.meetings.filter(cancelled=False).exists()


def test_a_feed_of_one_group_and_a_new_address(world, inside, client, sign_in, weekly):
    page = reverse("working_groups:calendar", args=[inside.slug])
    anneke = sign_in("anneke")
    shown = anneke.post(page, {"group": weekly.group_id}, follow=True)
    address = shown.context["address"]
    names = {
        str(one["summary"])
        for one in Calendar.from_ical(client.get("/calendar/" + address.split("/")[-1]).content).walk("VEVENT")
    }
    assert {name.split(" (")[0] for name in names} == {"Housing"}
    feed = Feed.objects.get(participant=world.participant("anneke"), group=weekly.group)
    again = anneke.post(reverse("working_groups:calendar_renew", args=[inside.slug, feed.pk]), follow=True)
    assert again.context["address"] != address
    assert client.get("/calendar/" + address.split("/")[-1]).status_code == 404
    assert client.get("/calendar/" + again.context["address"].split("/")[-1]).status_code == 200

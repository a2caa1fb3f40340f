"""What calendars get, and who gets it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from concorda.foundation.core import clock
from concorda.implement.working_groups import events, services
from concorda.implement.working_groups.models import Feed, Meeting


def fetch(client, token):
    return client.get(reverse("working_groups_public:calendar", args=[token]))


@pytest.fixture
def token(world, inside):
    return services.open_feed(world.participant("anneke"), by=world.people["anneke"])


def test_a_meeting_carries_its_time_zone(world, inside):
    meeting = Meeting.objects.select_related("group", "partnership").get(pk=world.things["meeting.employment"].pk)
    found = Calendar.from_ical(
        events.calendar(
            [meeting], method="REQUEST", by=world.people["harpreet"], to=events.Invited.person(world.people["anneke"])
        )
    )
    assert found["METHOD"] == "REQUEST"
    event = found.walk("VEVENT")[0]
    assert event.decoded("dtstart") == meeting.starts_at
    assert event["dtstart"].params["TZID"] == "America/Winnipeg"
    assert [str(zone["tzid"]) for zone in found.walk("VTIMEZONE")] == ["America/Winnipeg"]
    assert event["attendee"] == "mailto:anneke@concorda.example" and event["attendee"].params["RSVP"] == "TRUE"
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=60)


def test_the_feed_holds_my_groups_only(world, client, token):
    answer = fetch(client, token)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    names = {str(event["summary"]).split(" (")[0] for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert names == {"Employment & credentials", "Pre-arrival"}


def test_a_feed_of_every_group(world, inside, client):
    token = services.open_feed(world.participant("priya"), every_group=True, by=world.people["priya"])
    names = {
        str(event["summary"]).split(" (")[0]
        for event in Calendar.from_ical(fetch(client, token).content).walk("VEVENT")
    }
    assert len(names) == 5


def test_only_the_digest_of_the_token_is_kept(world, inside, token):
    feed = Feed.objects.get(participant=world.participant("anneke"))
    assert token not in (feed.digest, str(feed))
    assert feed.digest == services.digest_of(token)


@pytest.mark.parametrize("wrong", ["x", "../etc/passwd", "é", "a" * 500])
def test_a_wrong_token_says_what_to_do(world, client, wrong):
    answer = client.get(f"/calendar/{wrong}.ics")
    assert answer.status_code == 404


def test_a_closed_address_and_a_person_who_left_get_nothing(world, inside, client, token):
    other = services.open_feed(world.participant("anneke"), by=world.people["anneke"])
    services.close_feed(Feed.objects.get(digest=services.digest_of(token)), by=world.people["anneke"])
    assert fetch(client, token).status_code == 404
    assert fetch(client, other).status_code == 200
    participant = world.participant("anneke")
    participant.left_on = clock.today()
    participant.save()
    assert fetch(client, other).status_code == 404


def test_the_address_is_shown_once(world, sign_in):
    client = sign_in("anneke")
    page = reverse("working_groups:calendar", args=[world.partnership.slug])
    shown = client.post(page, {}, follow=True).content.decode()
    assert "/calendar/" in shown and ".ics" in shown
    assert ".ics" not in client.get(page).content.decode()


def test_nobody_closes_the_address_of_another(world, inside, sign_in, token):
    feed = Feed.objects.get(digest=services.digest_of(token))
    address = reverse("working_groups:calendar_close", args=[inside.slug, feed.pk])
    assert sign_in("priya").post(address).status_code == 403
    assert sign_in("anneke").post(address).status_code == 302

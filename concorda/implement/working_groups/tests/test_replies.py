"""Answers to invitations: of members they count, of strangers and in others’ names they are refused."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from icalendar import Calendar, vCalAddress

from concorda.analysis.problems import Refused
from concorda.foundation.core import clock
from concorda.implement.working_groups import events, queries, replies, series, services
from concorda.implement.working_groups.models import AgendaItem, Guest, Meeting, RefusedReply, Reply, Series


@pytest.fixture
def meeting(world, inside):
    found = Meeting(partnership=inside, group=world.things["group.housing"], starts_at=clock.now() + timedelta(days=9))
    return services.plan_meeting(found, by=world.people["tom"], invite=False)


def answer_to(meeting, email, says="ACCEPTED", *, method="REPLY", sequence=None, at=None):
    """The answer a calendar program makes of an invitation."""
    found = Calendar.from_ical(events.calendar([meeting], method=method))
    event = found.walk("VEVENT")[0]
    event["attendee"] = vCalAddress(f"mailto:{email}")
    event["attendee"].params["PARTSTAT"] = says
    if sequence is not None:
        event["sequence"] = sequence
    if at is not None:
        del event["dtstamp"]
        event.add("dtstamp", at)
    return found.to_ical()


def address(world, key):
    return world.people[key].email


@pytest.mark.parametrize("says", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_a_member_answers_by_calendar(world, meeting, says):
    email = address(world, "bev")
    outcome = replies.take_reply(answer_to(meeting, email.upper(), says), f"Bev <{email}>")
    assert outcome.meetings == (meeting,) and outcome.refused is None
    assert Reply.objects.get(meeting=meeting).says == says.lower()


def test_the_latest_answer_stands_whichever_comes_last(world, meeting):
    email, now = address(world, "bev"), clock.now()
    replies.take_reply(answer_to(meeting, email, "DECLINED", at=now), email)
    replies.take_reply(answer_to(meeting, email, "ACCEPTED", at=now - timedelta(hours=1)), email)
    assert Reply.objects.get(meeting=meeting).says == "declined"
    replies.take_reply(answer_to(meeting, email, "ACCEPTED", at=now + timedelta(hours=1)), email)
    assert Reply.objects.get(meeting=meeting).says == "accepted"


@pytest.mark.parametrize(
    ("attendee", "sender", "why"),
    [
        ("thief@elsewhere.example", "thief@elsewhere.example", "stranger"),
        ("farida@concorda.example", "farida@concorda.example", "stranger"),
        ("bev@concorda.example", "thief@elsewhere.example", "forged"),
    ],
)
def test_strangers_and_those_who_answer_for_others_are_refused_and_shown(
    sign_in, world, meeting, attendee, sender, why
):
    outcome = replies.take_reply(answer_to(meeting, attendee), sender)
    assert outcome.refused.why == why and outcome.meetings == () and not meeting.replies.exists()
    page = meeting.get_absolute_url()
    assert sender in sign_in("tom").get(page).content.decode()
    assert sender not in sign_in("amina").get(page).content.decode()


def test_an_answer_to_an_earlier_time_and_to_a_cancelled_meeting_do_not_count(world, meeting):
    email = address(world, "bev")
    old = answer_to(meeting, email)
    services.move_meeting(meeting, by=world.people["tom"], invite=False)
    assert replies.take_reply(old, email).refused.why == "old"
    services.cancel_meeting(meeting, because="Snow", by=world.people["tom"])
    assert replies.take_reply(answer_to(meeting, email), email).refused.why == "over"


def test_moving_a_meeting_asks_anew(world, meeting):
    replies.answer(meeting, world.participant("bev"), "accepted", by=world.people["bev"])
    was, meeting.starts_at = meeting.starts_at, meeting.starts_at + timedelta(hours=2)
    meeting.save()
    services.move_meeting(meeting, was=was, by=world.people["tom"], invite=False)
    assert not meeting.replies.exists()


def test_a_guest_answers_too(world, inside, meeting):
    guest = Guest(partnership=inside, meeting=meeting, name="Ana Lima", email="ana@clinic.example")
    services.invite_guest(guest, by=world.people["tom"])
    replies.take_reply(answer_to(meeting, "ana@clinic.example", "DECLINED"), "ana@clinic.example")
    assert queries.replies_to(meeting, []).declined == ["Ana Lima"]


def test_one_answer_to_a_series_counts_for_all_and_one_for_its_own_day(world, inside):
    made = Series(partnership=inside, group=world.things["group.housing"], starts_at=clock.now() + timedelta(days=9))
    series.plan_series(made, "weekly", 3, agenda=[AgendaItem(title="x")], by=world.people["tom"], invite=False)
    email = address(world, "bev")
    tom = events.Invited.person(world.people["tom"])
    whole = events.series_calendar(made, list(made.meetings.all()), method="REPLY", by=world.people["tom"], to=tom)
    calendar = Calendar.from_ical(whole)
    calendar.subcomponents = [part for part in calendar.subcomponents if part.get("rrule") or part.name == "VTIMEZONE"]
    calendar.walk("VEVENT")[0]["attendee"] = vCalAddress(f"mailto:{email}", params={"PARTSTAT": "ACCEPTED"})
    assert len(replies.take_reply(calendar.to_ical(), email).meetings) == 3
    second = made.meetings.order_by("due_at")[1]
    replies.take_reply(answer_to(second, email, "DECLINED", at=clock.now() + timedelta(minutes=5)), email)
    said = made.meetings.order_by("due_at").values_list("replies__says", flat=True)
    assert list(said) == ["accepted", "declined", "accepted"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"hello", "no calendar file"),
        (b"", "no calendar file|not REPLY"),
        (b"BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", "has 0"),
        (b"x" * 300_000, "too large"),
        (b"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:what\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.c\nEND:VEVENT\nEND:VCALENDAR",
         "did not come from here"),
        (b"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:what\nEND:VEVENT\nEND:VCALENDAR", "names 0"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said(world, inside, content, problem):
    with pytest.raises(Refused, match=problem):
        replies.take_reply(content, "bev@concorda.example")


def test_an_invitation_is_no_answer(world, meeting):
    with pytest.raises(Refused, match="not REPLY"):
        replies.take_reply(answer_to(meeting, address(world, "bev"), method="REQUEST"), address(world, "bev"))


def test_a_file_is_taken_in_on_a_page_and_a_stranger_named(sign_in, world, inside, meeting):
    page = reverse("working_groups:reply_file", args=[inside.slug])

    def send(email, content):
        file = SimpleUploadedFile("reply.ics", content, content_type="text/calendar")
        return sign_in("priya").post(page, {"file": file, "sender": email}, follow=True).content.decode()

    assert "The answer counts." in send(address(world, "bev"), answer_to(meeting, address(world, "bev")))
    shown = send("thief@elsewhere.example", answer_to(meeting, "thief@elsewhere.example"))
    assert "It was not counted." in shown and "was not invited" in shown
    assert RefusedReply.objects.filter(meeting=meeting).count() == 1
    assert "no calendar file" in send("a@b.example", b"nonsense")


def test_who_is_invited_says_on_the_page_whether_they_come(sign_in, inside, meeting):
    page = reverse("working_groups:answer", args=[inside.slug, meeting.pk])
    bev = sign_in("bev")
    assert "Bev" in bev.post(page, {"says": "declined"}, follow=True).context["replies"].declined[0]
    assert "choose one of the three" in bev.post(page, {"says": "maybe"}, follow=True).content.decode()
    assert sign_in("luc").post(page, {"says": "accepted"}).status_code == 403

"""Finding a time together: search, turns, questions with answers by link, charters, papers, what is out of step."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.begin.governance import services as governance
from concorda.begin.governance.models import Decision, Rule
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final
from concorda.implement.working_groups import charters, events, finder, polls, queries, services, work
from concorda.implement.working_groups.models import (
    AgendaItem,
    Charter,
    Group,
    Meeting,
    Paper,
    Poll,
    PollAnswer,
    WorkHours,
)


@pytest.fixture
def address(world):
    def of(name, pk=None):
        return reverse(f"working_groups:{name}", args=[world.partnership.slug, *([pk] if pk else [])])

    return of


@pytest.fixture
def housing(world):
    return world.things["group.housing"]


def words(answer):
    return answer.content.decode().replace("\u00a0", " ")


# Search and turns


def test_times_that_suit_everybody_come_first_with_each_place(sign_in, address, world):
    group = world.things["group.prearrival"]
    shown = words(sign_in("priya").get(address("times", group.pk)))
    assert "suit everybody" in shown and "Halifax" in shown and "Winnipeg" in shown
    assert sign_in("luc").get(address("times", group.pk)).status_code == 403


def test_hours_and_meetings_of_other_groups_are_counted(world, inside):
    group = world.things["group.employment"]
    day = clock.today() + timedelta(days=13)
    slots, people = finder.search(group, day, day, 60)
    assert slots and not slots[0].total
    anneke = next(one for one in people if one.key == world.people["anneke"].name)
    assert (anneke.hours.starts.hour, anneke.hours.ends.hour) == (8, 16)
    services.set_hours(
        WorkHours(partnership=inside, participant=world.participant("harpreet"), days="7"), by=world.people["harpreet"]
    )
    assert finder.search(group, day, day, 60)[0][0].total > 0


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"first": "2026-04-02", "last": "2026-04-01", "minutes_long": "60"}, "before the first"),
        ({"first": "2026-04-01", "last": "2027-04-01", "minutes_long": "60"}, "no more than 60 days"),
        ({"first": "soon", "last": "2026-04-01", "minutes_long": "60"}, "valid date"),
        ({"first": "2026-04-01", "last": "2026-04-02", "minutes_long": "9999"}, "5 to 720"),
    ],
)
def test_days_that_cannot_be_searched_are_said(sign_in, address, housing, facts, problem):
    assert problem in words(sign_in("tom").get(address("times", housing.pk), facts))


def test_turns_are_planned_on_the_page(sign_in, address, world, inside):
    group = world.things["group.prearrival"]
    client, page, before = sign_in("priya"), address("turns", group.pk), group.meetings.count()
    facts = {"first": "2026-04-06", "count": "3", "minutes_long": "60"}
    assert "Plan these meetings" in words(client.get(page, facts))
    assert "Choose a day that is still to come" in words(client.get(page, facts | {"first": "2026-01-01"}))
    assert "2 to 26 meetings" in words(client.get(page, facts | {"count": "99"}))
    client.post(page, facts)
    assert group.meetings.count() == before + 3


def test_who_works_when_is_kept_and_checked(sign_in, address, world, inside):
    client, page = sign_in("bev"), address("hours")
    assert "Tick at least one day" in words(client.post(page, {"starts": "09:00", "ends": "17:00"}))
    wrong = client.post(page, {"days": ["1"], "starts": "17:00", "ends": "09:00"})
    assert "would end before it begins" in words(wrong)
    client.post(page, {"days": ["1", "3"], "starts": "10:00", "ends": "15:00"})
    assert WorkHours.objects.get(participant=world.participant("bev")).days == "13"


# Questions about times


@pytest.fixture
def asked(world, inside, housing, django_capture_on_commit_callbacks):
    """A question about two times, asked of Housing and a guest; the links by e-mail."""
    poll = Poll(
        partnership=inside, group=housing, title="Breakfast", closes_on=clock.today() + timedelta(days=5),
        made_by=world.participant("tom"),
    )  # fmt: skip
    times = [clock.now() + timedelta(days=8), clock.now() + timedelta(days=9)]
    with django_capture_on_commit_callbacks(execute=True):
        polls.ask(poll, times, guests=[("Ana Lima", "ana@clinic.example")], by=world.people["tom"])
    links = {letter.to[0]: link_in(letter.body) for letter in mail.outbox}
    return poll, links


def link_in(body):
    address = next(line for line in body.splitlines() if "/meeting-times/" in line)
    return address[address.index("/meeting-times/") :]


def test_somebody_without_an_account_answers_by_link_and_changes_it(client, asked):
    poll, links = asked
    page = links["ana@clinic.example"]
    first, second = poll.times.all()
    shown = words(client.get(page))
    assert "Ana Lima" in shown and "Does not suit" in shown
    assert "Say for each time" in words(client.post(page, {f"time{first.pk}": "yes"}))
    assert "Your answer is kept" in words(client.post(page, {f"time{first.pk}": "yes", f"time{second.pk}": "no"}))
    client.post(page, {f"time{first.pk}": "no", f"time{second.pk}": "maybe"})
    said = dict(PollAnswer.objects.filter(voice__email="ana@clinic.example").values_list("time", "says"))
    assert said == {first.pk: "no", second.pk: "maybe"}


def test_a_cut_link_and_a_closed_question_say_so(client, world, asked):
    poll, links = asked
    assert client.get("/meeting-times/nothing/").status_code == 404
    polls.drop(poll, by=world.people["tom"])
    assert client.get(links["ana@clinic.example"]).status_code == 410


def test_the_chair_chooses_and_everybody_asked_is_invited(
    world, sign_in, address, asked, django_capture_on_commit_callbacks
):
    poll, _links = asked
    time = poll.times.first()
    mail.outbox.clear()
    assert sign_in("amina").post(address("poll_choose", time.pk)).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        sign_in("tom").post(address("poll_choose", time.pk))
    poll.refresh_from_db()
    assert poll.meeting.starts_at == time.starts_at
    assert "ana@clinic.example" in {letter.to[0] for letter in mail.outbox} and len(mail.outbox) == 8
    with pytest.raises(Final):
        polls.settle_on(poll, time, by=world.people["tom"])


def test_a_member_answers_on_the_page_and_the_best_time_stands_out(sign_in, address, asked):
    poll, _links = asked
    first, second = poll.times.all()
    bev = sign_in("bev")
    shown = bev.post(address("poll", poll.pk), {f"time{first.pk}": "no", f"time{second.pk}": "yes"}, follow=True)
    assert shown.context["table"].best == second.pk and shown.context["table"].answered == 1
    assert sign_in("luc").post(address("poll", poll.pk), {}).status_code == 403


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"time2": ""}, "at least two different times"),
        ({"time2": "2027-03-14T02:30"}, "does not exist on 14 March 2027"),
        ({"time2": "2020-01-01T10:00"}, "This time has passed"),
        ({"guests": "Ana Lima"}, "Line 1, “Ana Lima”, has no e-mail address"),
        ({"closes_on": "2026-01-01"}, "That day has passed"),
    ],
)
def test_a_question_that_cannot_be_asked_is_said(sign_in, address, housing, facts, problem):
    sound = {
        "title": "When?", "minutes_long": "60", "time_zone": "America/Toronto", "closes_on": "2026-03-20",
        "time1": "2026-04-01T10:00", "time2": "2026-04-02T10:00",
    }  # fmt: skip
    client = sign_in("tom")
    assert problem in words(client.post(address("poll_new", housing.pk), sound | facts))
    assert (
        client.post(address("poll_new", housing.pk), sound | {"guests": "Ana Lima <ana@clinic.example>"}).status_code
        == 302
    )


# Charters


def test_every_change_of_a_charter_is_a_version_and_the_group_adopts_it(sign_in, address, world, inside, housing):
    client = sign_in("tom")
    page = address("group_edit", housing.pk)
    form = client.get(page).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    facts = {name: value for name, value in shown.items() if value is not None}
    facts |= {"budget": "$3,000", "why": "Rents rose."}
    answer = client.post(page, facts)
    assert answer.status_code == 302, answer.context["form"].errors
    latest = Group.objects.get(pk=housing.pk).charters.first()
    assert (latest.number, latest.budget, latest.why, latest.adopted) == (2, "$3,000", "Rents rose.", False)
    shown = words(client.get(latest.get_absolute_url()))
    assert "not adopted yet" in shown and "<ins>" in shown and "$3,000" in shown
    with pytest.raises(Final):
        latest.save()
    with pytest.raises(ValidationError, match="quorum"):
        charters.adopt_in(latest, world.things["meeting.housing"], by=world.people["tom"])
    meeting = Meeting(partnership=inside, group=housing, starts_at=clock.now() - timedelta(hours=1))
    services.plan_meeting(meeting, by=world.people["tom"], invite=False)
    here = [world.participant(key).pk for key in ("tom", "bev", "denise", "lena")]
    services.write_minutes(meeting, here=here, by=world.people["tom"])
    client.post(address("charter_adopt", latest.pk), {"meeting": meeting.pk})
    latest.refresh_from_db()
    assert latest.adopted_in == meeting


def test_an_unchanged_charter_makes_no_version(world, inside, housing):
    group = Group.objects.get(pk=housing.pk)
    count = group.charters.count()
    services.change_charter(group, goals=[row.goal for row in group.goals.all()], by=world.people["tom"])
    assert group.charters.count() == count


def test_a_group_is_opened_by_the_decision_on_its_charter(sign_in, address, world, inside):
    rule = Rule.objects.filter(in_force=True).first()
    facts = {
        "name": "Schools", "purpose": "No child waits for a desk.", "time_zone": "America/Toronto", "every_days": 28,
        "quorum": "1/2", "starts_on": "2026-03-13", "rule": rule.pk, "chair": world.participant("bev").pk,
    }  # fmt: skip
    client = sign_in("priya")
    assert "Choose the rule" in words(client.post(address("group_propose"), facts | {"rule": ""}))
    client.post(address("group_propose"), facts)
    charter = Charter.objects.get(name="Schools")
    assert charter.group is None and charter.decision.status == Decision.Status.OPEN
    assert not Group.objects.filter(name="Schools").exists()
    adopt(charter.decision)
    group = Group.objects.get(name="Schools")
    charter.refresh_from_db()
    assert group.created_by == charter.decision and charter.group == group and charter.adopted
    assert group.members.count() == 1 and group.charters.get() == charter


def adopt(decision):
    """What follows when a decision was adopted."""
    Decision._base_manager.filter(pk=decision.pk).update(
        status=Decision.Status.DECIDED, outcome="adopted", decided_at=clock.now()
    )
    charters.settle(Decision.objects.get(pk=decision.pk))


def test_a_rejected_charter_opens_nothing(world, inside):
    charter = Charter(partnership=inside, name="Ferries")
    decision = charters.propose_group(
        charter, [], rule=Rule.objects.filter(in_force=True).first(), by=world.people["priya"]
    )
    governance.withdraw(decision, reason="No.", by=world.people["priya"])
    charters.settle(Decision.objects.get(pk=decision.pk))
    assert not Group.objects.filter(name="Ferries").exists()


# Papers


def test_a_paper_is_added_read_as_a_download_and_taken_back(sign_in, address, world, inside):
    meeting = world.things["meeting.housing"]
    client = sign_in("amina")
    file = SimpleUploadedFile("../../evil.html", b"<script>alert(1)</script>", content_type="text/html")
    client.post(address("paper_new", meeting.pk), {"title": "Rents", "file": file})
    paper = Paper.objects.get(title="Rents")
    answer = client.get(address("paper_file", paper.pk))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream" and answer["Content-Disposition"].startswith(
        "attachment"
    )
    assert "/" not in paper.file_name and len(paper.digest) == 64
    assert sign_in("luc").post(address("paper_remove", paper.pk)).status_code == 403
    client.post(address("paper_remove", paper.pk))
    assert not Paper.objects.filter(pk=paper.pk).exists()
    assert sign_in("luc").get(address("paper_new", meeting.pk)).status_code == 403


def test_papers_of_approved_minutes_stay(world, inside):
    meeting = world.things["meetings.housing"][0]
    with pytest.raises(Final):
        services.add_paper(
            Paper(partnership=inside, meeting=meeting, title="Late"),
            ContentFile(b"x", name="x.txt"),
            by=world.people["tom"],
        )


# Out of step


def test_what_is_put_off_twice_and_minutes_not_written_are_told(world, inside):
    group = Group(partnership=inside, name="Coats", chair=world.participant("bev"), starts_on=clock.today())
    services.open_group(group, by=world.people["priya"])
    group.members.update(joined_on=clock.today() - timedelta(days=60))
    by = world.people["bev"]
    for days in (40, 30, 20, 10):
        meeting = Meeting(partnership=inside, group=group, starts_at=clock.now() - timedelta(days=days))
        first = [AgendaItem(title="Sizes", purpose="decide")] if days == 40 else []
        services.plan_meeting(meeting, agenda=first, by=by, invite=False)
        services.write_minutes(meeting, here=[world.participant("bev").pk], by=by)
        if days > 10:
            services.finish_minutes(meeting, by=by)
    found = {one.kind: one.text for one in queries.findings(queries.standings(inside, [group]), {})}
    assert found["decision"].startswith("Coats has put off deciding “Sizes” since")
    assert found["minutes"].startswith("The minutes of Coats of 3")


def test_work_that_is_late_and_hand_overs_that_did_not_come_are_told(world, inside):
    class Late(work.Nothing):
        def loads(self, partnership):
            return {world.things["group.housing"].pk: work.Load(5, 4)}

        def missed(self, partnership):
            return [work.Missed(world.things["group.health"].pk, "Health waits for the handbook.", "/there/")]

        def crossing(self, partnership):
            return 15

    known = work.known()
    work.register(Late())
    try:
        found = queries.standings(inside)
        told = {one.kind: one for one in queries.findings(found, {})}
        hint = queries.manager_hint(inside, found[:1])
    finally:
        work.register(known)
    assert told["overdue"].text == "4 of 5 open actions of Housing are overdue."
    assert told["handover"].url == "/there/"
    assert hint == "" or hint.startswith("15 actions")


def test_the_page_of_all_groups_stays_within_its_queries(sign_in, address, world, inside):
    client = sign_in("priya")
    client.get(address("home"))
    with CaptureQueriesContext(connection) as asked:
        client.get(address("home"))
    assert len(asked) <= 12, "\n".join(one["sql"].partition(" FROM ")[2][:100] for one in asked)


@pytest.mark.parametrize("name", ["hours", "reply_file", "group_propose"])
def test_new_pages_in_french(sign_in, address, name):
    client = sign_in("priya")
    client.post(reverse("accounts:language"), {"language": "fr-ca"})
    assert client.get(address(name)).status_code == 200


def test_a_meeting_over_the_night_clocks_change_is_as_long_as_it_says(world, inside):
    meeting = Meeting(
        partnership=inside, group=world.things["group.housing"], starts_at=datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        minutes_long=60, time_zone="America/Toronto",
    )  # fmt: skip
    meeting.save()
    event = events.event(meeting, None, None)
    assert event.decoded("dtstart").astimezone(UTC) == meeting.starts_at and event.decoded("duration") == timedelta(
        minutes=60
    )
    meeting.starts_at += timedelta(hours=1)  # 1:30 am for the second time
    event = events.event(meeting, None, None)
    assert event.decoded("dtstart").astimezone(UTC) == meeting.starts_at and event.decoded("duration") == timedelta(
        minutes=60
    )

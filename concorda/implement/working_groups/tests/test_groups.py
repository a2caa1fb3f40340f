"""Groups, meetings and minutes: what they may do, and what stands fast."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from concorda.foundation.core import clock
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final, RoleHeld
from concorda.implement.working_groups import queries, services
from concorda.implement.working_groups.models import AgendaItem, Attendance, Group, GroupMember, Meeting
from concorda.implement.working_groups.tool import progress, waiting


@pytest.fixture
def housing(world, inside):
    return Group.objects.select_related("chair", "partnership").get(pk=world.things["group.housing"].pk)


@pytest.fixture
def small(world, inside):
    """A new group of three with a quorum of two."""
    group = Group(
        partnership=inside,
        name="Winter coats",
        chair=world.participant("bev"),
        starts_on=clock.today() - timedelta(days=10),
    )
    services.open_group(group, by=world.people["priya"])
    services.add_members(group, [world.participant("oleh"), world.participant("joy")], by=world.people["priya"])
    GroupMember.objects.filter(group=group).update(joined_on=group.starts_on)
    return group


def planned(group, hours, **facts):
    meeting = Meeting(
        partnership=group.partnership,
        group=group,
        starts_at=clock.now() + timedelta(hours=hours),
        time_zone="America/Toronto",
    )
    return services.plan_meeting(meeting, by=group.chair.person, invite=False, **facts)


def held(group, hours, here, items=()):
    meeting = planned(group, hours, agenda=[AgendaItem(title=title) for title in items])
    services.write_minutes(meeting, here=[one.pk for one in here], by=group.chair.person)
    return meeting


# The story


def test_the_story_has_five_groups_that_meet_and_one_without_chair(inside):
    found = progress(inside)
    assert found.sentence == "5 groups meet. Pre-arrival has no chair."
    assert (found.done, found.total, found.state) == (4, 5, "half")
    assert found.step.label == "Name a chair for Pre-arrival"


def test_the_boundary_crossers_of_the_story_sit_in_several_groups(world, inside):
    several = {
        key: set(GroupMember.objects.filter(participant=world.participant(key)).values_list("group__name", flat=True))
        for key in ("amina", "yodit", "luc", "harpreet", "anneke")
    }
    assert several["amina"] == {"Housing", "Health & wellbeing", "Language & interpretation"}
    assert several["anneke"] == {"Employment & credentials", "Pre-arrival"}
    assert several["luc"] == several["harpreet"] == {"Language & interpretation", "Employment & credentials"}
    everybody = GroupMember.objects.values_list("participant", flat=True)
    assert len(set(everybody)) == 30


def test_anneke_was_last_at_pre_arrival_in_november(world, inside):
    there = Attendance.objects.filter(
        participant=world.participant("anneke"), present=True, meeting__group__name="Pre-arrival"
    )
    assert max(there.values_list("meeting__starts_at", flat=True)).strftime("%Y-%m") == "2025-11"


def test_next_meetings_stand_in_the_readers_time_first(world, inside):
    access = access_of(world.people["priya"], inside.slug)
    found = queries.standings(inside)
    table = queries.time_table(access, list(queries.upcoming(inside)[:3]), found)
    assert [place.name for place in table.places] == ["Port Alder", "Halifax", "Winnipeg"]
    rows = {row.meeting.group.name: [cell.says.replace("\u00a0", " ") for cell in row.cells] for row in table.rows}
    assert rows == {
        "Housing": ["1 pm", "–", "–"],
        "Employment & credentials": ["11 am", "–", "10 am"],
        "Pre-arrival": ["10 am", "11 am", "9 am"],
    }


def test_another_reader_sees_another_place_first(world, inside):
    access = access_of(world.people["anneke"], inside.slug)
    table = queries.time_table(access, list(queries.upcoming(inside)), queries.standings(inside))
    assert table.places[0].name == "Winnipeg"


# Members


def test_the_chair_is_a_member_from_the_start(small, world):
    assert small.members.filter(participant=world.participant("bev")).exists()


def test_a_chair_who_leaves_leaves_the_chair_empty(small, world):
    services.leave(small.members.get(participant=world.participant("bev")), by=world.people["bev"])
    small.refresh_from_db()
    assert small.chair is None
    assert "Winter coats" in progress(small.partnership).sentence


def test_who_comes_back_is_one_member_not_two(small, world):
    services.leave(small.members.get(participant=world.participant("joy")), by=world.people["joy"])
    assert small.members.filter(left_on=None).count() == 2
    services.join(small, world.participant("joy"), by=world.people["joy"])
    assert small.members.filter(left_on=None).count() == 3


def test_several_come_in_with_one_line_on_the_timeline(small, world):
    before = Entry.objects.count()
    services.add_members(small, [world.participant("grace"), world.participant("luc")], by=world.people["bev"])
    assert Entry.objects.count() == before + 1


def test_an_ended_group_takes_nobody_in_and_plans_nothing(small, world):
    coming = planned(small, 24)
    services.end_group(small, because="Spring is here.", by=world.people["bev"])
    coming.refresh_from_db()
    assert coming.cancelled
    with pytest.raises(Final):
        services.join(small, world.participant("luc"), by=world.people["luc"])
    with pytest.raises(Final):
        planned(small, 48)


# Quorum, carrying over, approval


@pytest.mark.parametrize(
    ("fraction", "members", "needed"), [("1/2", 7, 4), ("1/2", 4, 2), ("1/3", 7, 3), ("2/3", 9, 6), ("2/3", 0, 1)]
)
def test_the_quorum_is_exact(fraction, members, needed):
    assert Group(quorum=fraction).needed(members) == needed


def test_guests_do_not_make_a_quorum(small, world):
    meeting = held(small, -2, [world.participant("bev"), world.participant("luc"), world.participant("grace")])
    assert (meeting.present_then, meeting.members_then, meeting.needed_then) == (1, 3, 2)
    assert not meeting.quorum_met
    assert meeting.attendance.filter(present=True).count() == 3


def test_unfinished_items_stand_on_the_next_agenda(small, world):
    meeting = held(small, -30, [world.participant("bev"), world.participant("joy")], items=["Sizes", "Colours"])
    done = meeting.agenda.get(title="Sizes")
    done.done = True
    services.write_minutes(meeting, items=[done], by=world.people["bev"])
    services.finish_minutes(meeting, by=world.people["bev"])
    following = planned(small, 24, agenda=[AgendaItem(title="Budget")])
    assert list(following.agenda.values_list("title", flat=True)) == ["Colours", "Budget"]
    assert following.agenda.get(title="Colours").carried_from.meeting == meeting
    assert planned(small, 48).agenda.count() == 0


def test_finishing_gives_them_to_a_meeting_already_planned(small, world):
    meeting = held(small, -30, [world.participant("bev")], items=["Colours"])
    following = planned(small, 24)
    services.finish_minutes(meeting, by=world.people["bev"])
    services.finish_minutes(meeting, by=world.people["bev"])
    assert list(following.agenda.values_list("title", flat=True)) == ["Colours"]


def test_minutes_without_attendance_are_not_finished(small, world):
    meeting = planned(small, -2)
    with pytest.raises(ValidationError, match="who was there"):
        services.finish_minutes(meeting, by=world.people["bev"])
    with pytest.raises(ValidationError, match="not begun"):
        services.finish_minutes(planned(small, 5), by=world.people["bev"])


def test_minutes_are_approved_only_at_a_later_meeting_with_a_quorum(small, world):
    by = world.people["bev"]
    first = held(small, -60, [world.participant("bev"), world.participant("joy")])
    with pytest.raises(ValidationError, match="not finished"):
        services.approve_minutes(first, by=by)
    services.finish_minutes(first, by=by)
    with pytest.raises(ValidationError, match="next meeting"):
        services.approve_minutes(first, by=by)
    second = held(small, -3, [world.participant("bev")])
    with pytest.raises(ValidationError, match="quorum"):
        services.approve_minutes(first, by=by)
    services.write_minutes(second, here=[world.participant("bev").pk, world.participant("oleh").pk], by=by)
    services.approve_minutes(first, by=by)
    assert first.approved_in == second
    assert len(first.digest) == 64


def test_approved_minutes_never_change(world, inside):
    meeting = world.things["meetings.housing"][0]
    item, row = meeting.agenda.first(), meeting.attendance.first()
    item.notes = "Something else"
    for change in (
        item.save,
        item.delete,
        row.delete,
        meeting.delete,
        Meeting.objects.get(pk=meeting.pk).save,
        lambda: services.write_minutes(meeting, notes="Something else", by=world.people["tom"]),
        lambda: services.approve_minutes(Meeting.objects.get(pk=meeting.pk), by=world.people["tom"]),
        lambda: AgendaItem.objects.create(partnership=inside, meeting=meeting, title="Late"),
    ):
        with pytest.raises(Final):
            change()
    assert meeting.agenda.get(pk=item.pk).notes != "Something else"


def test_an_item_with_notes_stays_on_the_agenda(small, world):
    meeting = planned(small, -1, agenda=[AgendaItem(title="Sizes", notes="Mostly small."), AgendaItem(title="Colours")])
    with pytest.raises(ValidationError, match="Sizes"):
        services.remove_item(meeting.agenda.get(title="Sizes"), by=world.people["bev"])
    services.remove_item(meeting.agenda.get(title="Colours"), by=world.people["bev"])
    assert meeting.agenda.count() == 1


def test_an_item_moves_up_and_the_first_stays_first(small, world):
    meeting = planned(small, 5, agenda=[AgendaItem(title=title) for title in "abc"])
    services.raise_item(meeting.agenda.get(title="c"), by=world.people["bev"])
    services.raise_item(meeting.agenda.get(title="a"), by=world.people["bev"])
    assert "".join(meeting.agenda.values_list("title", flat=True)) == "acb"


# Health, findings, hints


def test_a_group_is_quiet_after_twice_its_rhythm(small):
    small.every_days = 5
    one = queries.Standing(small)
    quiet = [one.quiet]
    small.every_days = 4
    assert [*quiet, one.quiet] == [False, True]
    kinds = {finding.kind for finding in queries.findings([one], {})}
    assert kinds == {"quiet"}


def test_a_place_that_always_meets_early_is_told(world, inside):
    group = Group(partnership=inside, name="Early", time_zone="America/Toronto", chair=world.participant("bev"))
    services.open_group(group, by=world.people["priya"])
    services.add_members(group, [world.participant("anneke")], by=world.people["priya"])
    for days in (1, 8):
        planned_at(group, datetime(2026, 3, 13 + days, 13, 30, tzinfo=UTC))
    assert not queries.bad_hours(queries.standings(inside, [group]), {})
    planned_at(group, datetime(2026, 3, 24, 13, 30, tzinfo=UTC))
    found = queries.bad_hours(queries.standings(inside, [group]), {})
    assert [finding.text for finding in found] == ["Early always meets outside 9 to 5 in Winnipeg."]
    planned_at(group, datetime(2026, 3, 31, 16, tzinfo=UTC))
    assert not queries.bad_hours(queries.standings(inside, [group]), {})


def planned_at(group, moment):
    meeting = Meeting(partnership=group.partnership, group=group, starts_at=moment, time_zone=group.time_zone)
    return services.plan_meeting(meeting, by=group.chair.person, invite=False)


def test_the_hint_for_a_project_manager_comes_when_nobody_is_one(inside):
    found = queries.standings(inside)
    assert queries.manager_hint(inside, found) == ""
    RoleHeld.objects.filter(role="project_manager").delete()
    assert queries.manager_hint(inside, found) == "5 groups work in 3 time zones, and nobody looks across all of them."
    assert queries.manager_hint(inside, found[:2]) == ""


def test_a_chair_is_told_of_minutes_to_finish(world, inside):
    labels = [one.label for one in waiting(access_of(world.people["yodit"], inside.slug))]
    assert len(labels) == 1 and labels[0].startswith("Finish the minutes: Language")
    assert list(waiting(access_of(world.people["amina"], inside.slug))) == []


# Invitations


def test_each_member_is_invited_in_their_own_language_and_time(world, inside, django_capture_on_commit_callbacks):
    group = world.things["group.employment"]
    meeting = Meeting(
        partnership=inside, group=group, starts_at=datetime(2026, 4, 14, 15, tzinfo=UTC), time_zone="America/Winnipeg"
    )
    with django_capture_on_commit_callbacks(execute=True):
        services.plan_meeting(meeting, agenda=[AgendaItem(title="Maps")], by=world.people["harpreet"])
    letters = {letter.to[0].split("@")[0]: letter for letter in mail.outbox}
    assert len(letters) == 9
    assert "Tue 14 April, 10" in letters["anneke"].subject and "Tue 14 April, 11" in letters["harpreet"].subject
    assert "Maps" in letters["marisol"].body
    assert "member of the working group Employment" in letters["marisol"].body
    _name, content, kind = letters["anneke"].attachments[0]
    assert kind == "text/calendar; method=REQUEST" and "METHOD:REQUEST" in content


def test_a_cancelled_meeting_is_taken_out_of_calendars(small, world, django_capture_on_commit_callbacks):
    meeting = planned(small, 24)
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_meeting(meeting, because="Snow.", by=world.people["bev"])
    assert "Snow." in mail.outbox[0].body and "METHOD:CANCEL" in mail.outbox[0].attachments[0][1]
    with pytest.raises(ValidationError):
        services.cancel_meeting(meeting, because="Again", by=world.people["bev"])
    with pytest.raises(ValidationError):
        services.invite_again(meeting, by=world.people["bev"])


def test_query_counts_do_not_grow_with_groups_and_meetings(world, inside, small, django_assert_num_queries):
    def counted():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        access = access_of(world.people["priya"], inside.slug)
        with CaptureQueriesContext(
            connection,
        ) as found:
            standings = queries.standings(inside)
            queries.time_table(access, list(queries.upcoming(inside)), standings)
            queries.findings(standings, queries.place_names(inside, [one.group for one in standings]))
        return len(found)

    Group.objects.exclude(pk=small.pk).update(ended_on=clock.today())
    one = counted()
    Group.objects.update(ended_on=None)
    for hours in (24, 48, 72):
        planned(small, hours)
    assert counted() == one

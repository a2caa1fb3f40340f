"""Pages of groups and meetings: what each person sees and may do, and what the forms refuse."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.foundation.core import clock
from concorda.implement.working_groups import services
from concorda.implement.working_groups.models import AgendaItem, Group, GroupMember, Meeting


@pytest.fixture
def address(world):
    def of(name, pk=None):
        return reverse(f"working_groups:{name}", args=[world.partnership.slug, *([pk] if pk else [])])

    return of


@pytest.fixture
def housing(world):
    return world.things["group.housing"]


@pytest.fixture
def running(world, inside, housing):
    """A meeting of Housing that began an hour ago."""
    meeting = Meeting(partnership=inside, group=housing, starts_at=clock.now() - timedelta(hours=1))
    items = [AgendaItem(title="Windows"), AgendaItem(title="Doors")]
    return services.plan_meeting(meeting, agenda=items, by=world.people["tom"], invite=False)


def words(answer):
    return answer.content.decode().replace("\u00a0", " ")


# Who sees and does what


def test_everyone_reads_groups_and_minutes(sign_in, address, world, housing):
    for who in ("amina", "farida", "lena"):
        client = sign_in(who)
        assert "5 groups meet" in words(client.get(address("home")))
        assert client.get(address("group_detail", housing.pk)).status_code == 200
        assert client.get(address("meeting_detail", world.things["meetings.housing"][1].pk)).status_code == 200


def test_an_observer_reads_purposes_but_no_people_and_no_minutes(sign_in, address, housing):
    client = sign_in("jo")
    shown = words(client.get(address("home")))
    assert "Families who arrive find a lease" in shown
    for hidden in ("Tom Hendry", "Next meetings", "Landlord handbook"):
        assert hidden not in shown
    assert client.get(address("group_detail", housing.pk)).status_code == 403


def test_only_who_runs_a_group_sees_its_buttons_and_may_use_them(sign_in, address, housing):
    plan, edit, end = (address(name, housing.pk) for name in ("meeting_new", "group_edit", "end"))
    for who in ("tom", "priya"):
        shown = words(sign_in(who).get(address("group_detail", housing.pk)))
        assert plan in shown and edit in shown and end in shown
    client = sign_in("amina")
    shown = words(client.get(address("group_detail", housing.pk)))
    assert plan not in shown and edit not in shown and end not in shown
    for one in (plan, edit, end, address("members", housing.pk)):
        assert client.get(one).status_code == 403
        assert client.post(one, {}).status_code == 403


def test_only_coordinators_open_groups(sign_in, address, world):
    assert sign_in("grace").get(address("group_new")).status_code == 403
    facts = {
        "name": "Schools",
        "time_zone": "America/Toronto",
        "every_days": 14,
        "quorum": "1/2",
        "starts_on": "2026-03-13",
        "chair": world.participant("iris").pk,
    }
    answer = sign_in("priya").post(address("group_new"), facts, follow=True)
    assert "1 member from 1 organization" in words(answer)
    assert "“Schools”" in words(sign_in("priya").get(reverse("partnership:activity", args=[world.partnership.slug])))


def test_a_member_writes_minutes_and_an_outsider_does_not(sign_in, address, running):
    assert sign_in("amina").get(address("minutes", running.pk)).status_code == 200
    outsider = sign_in("luc")
    assert outsider.get(address("minutes", running.pk)).status_code == 403
    assert outsider.post(address("item_new", running.pk), {"title": "x"}).status_code == 403
    assert outsider.post(address("approve", running.pk)).status_code == 403


def test_people_join_and_leave_by_themselves(sign_in, address, housing, world, inside):
    client = sign_in("farida")
    assert "You are in Housing" in words(client.post(address("join", housing.pk), follow=True))
    row = GroupMember.objects.get(group=housing, participant=world.participant("farida"))
    assert sign_in("marc").post(address("leave", row.pk)).status_code == 403
    client.post(address("leave", row.pk))
    row.refresh_from_db()
    assert row.left_on == clock.today()


def test_another_partnerships_group_is_not_there(sign_in, world, housing):
    foreign = reverse("working_groups:group_detail", args=[world.stalled.slug, housing.pk])
    assert sign_in("walter").get(foreign).status_code == 404


# What forms refuse


def plan_facts(**facts):
    return {
        "date": "2026-03-20",
        "at": "13:00",
        "time_zone": "America/Toronto",
        "minutes_long": "60",
        "place": "",
    } | facts


def test_a_time_that_does_not_exist_is_refused_and_explained(sign_in, address, housing):
    answer = sign_in("tom").post(address("meeting_new", housing.pk), plan_facts(date="2027-03-14", at="02:30"))
    assert answer.status_code == 200
    shown = words(answer)
    assert "2:30 am does not exist on 14 March 2027 in America/Toronto" in shown
    assert "Choose 1:30 am or 3:30 am." in shown
    assert 'value="02:30"' in shown


def test_a_time_that_comes_twice_is_asked_about(sign_in, address, housing, inside):
    client, page = sign_in("tom"), address("meeting_new", housing.pk)
    facts = plan_facts(date="2026-11-01", at="01:30")
    shown = words(client.post(page, facts))
    assert "comes twice" in shown and "The first, EDT" in shown and "The second, EST" in shown
    assert client.post(page, facts | {"which": "1"}).status_code == 302
    assert Meeting.objects.get(group=housing, starts_at__date="2026-11-01").starts_at.hour == 6


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"minutes_long": "0"}, "5 to 720 minutes"),
        ({"minutes_long": "many"}, "whole number"),
        ({"date": "soon"}, "valid date"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
        ({"at": ""}, "required"),
    ],
)
def test_a_meeting_needs_sensible_facts(sign_in, address, housing, facts, problem):
    answer = sign_in("tom").post(address("meeting_new", housing.pk), plan_facts(place="Keep me") | facts)
    assert answer.status_code == 200
    assert problem in words(answer) and "Keep me" in words(answer)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"name": "housing"}, "already a working group called"),
        ({"ends_on": "2026-01-01"}, "end before it starts"),
        ({"every_days": "0"}, "1 to 366"),
        ({"name": ""}, "required"),
    ],
)
def test_a_charter_needs_sensible_facts(sign_in, address, facts, problem):
    sound = {
        "name": "Schools",
        "purpose": "Keep me",
        "time_zone": "America/Toronto",
        "every_days": 28,
        "quorum": "1/2",
        "starts_on": "2026-03-13",
    }
    answer = sign_in("priya").post(address("group_new"), sound | facts)
    assert answer.status_code == 200
    assert problem in words(answer) and "Keep me" in words(answer)


def test_nobody_ticked_is_said(sign_in, address, housing):
    assert "Tick at least one name" in words(sign_in("tom").post(address("members", housing.pk), {}))


# Minutes on one page


def fields(client, page):
    """What a browser would send back unchanged: every value of the rendered forms."""
    context = client.get(page).context
    found = {}
    for form in context["all_forms"]:
        for bound in form:
            value = bound.value()
            if value not in (None, "") and value is not False:
                found[bound.html_name] = value if not isinstance(value, list) else [str(one) for one in value]
    return found


def test_two_people_write_at_once_and_both_stay(sign_in, address, running, world):
    page = address("minutes", running.pk)
    tom, amina = sign_in("tom"), sign_in("amina")
    first, second = fields(tom, page), fields(amina, page)
    windows, doors = running.agenda.get(title="Windows"), running.agenda.get(title="Doors")
    tom.post(
        page,
        first
        | {f"item{windows.pk}-notes": "They leak.\r\nAll of them.", "here-members": [world.participant("tom").pk]},
    )
    amina.post(page, second | {f"item{doors.pk}-notes": "They stick.", f"item{doors.pk}-done": "on"})
    windows.refresh_from_db()
    doors.refresh_from_db()
    running.refresh_from_db()
    assert (windows.notes, doors.notes, doors.done) == ("They leak.\nAll of them.", "They stick.", True)
    assert running.present_then == 1


def test_two_people_in_one_place_of_an_item_are_told_and_both_texts_stay(sign_in, address, running):
    page = address("minutes", running.pk)
    tom, amina = sign_in("tom"), sign_in("amina")
    first, second = fields(tom, page), fields(amina, page)
    item = running.agenda.get(title="Windows")
    tom.post(page, first | {f"item{item.pk}-notes": "They leak."})
    answer = amina.post(page, second | {f"item{item.pk}-notes": "They are fine."}, follow=True)
    assert "Somebody wrote in the same place of “Windows”" in words(answer)
    item.refresh_from_db()
    assert item.notes == "They leak.\nThey are fine."


def test_two_people_at_different_lines_of_one_item_are_laid_together(sign_in, address, running):
    page = address("minutes", running.pk)
    item = running.agenda.get(title="Windows")
    AgendaItem.objects.filter(pk=item.pk).update(notes="One.\nTwo.\nThree.")
    tom, amina = sign_in("tom"), sign_in("amina")
    first, second = fields(tom, page), fields(amina, page)
    tom.post(page, first | {f"item{item.pk}-notes": "One, and more.\r\nTwo.\r\nThree."})
    answer = amina.post(page, second | {f"item{item.pk}-notes": "One.\r\nTwo.\r\nThree.\r\nFour."}, follow=True)
    assert "same place" not in words(answer)
    item.refresh_from_db()
    assert item.notes == "One, and more.\nTwo.\nThree.\nFour."


def test_a_vote_two_people_write_down_differently_is_told(sign_in, address, running):
    page = address("minutes", running.pk)
    item = running.agenda.get(title="Windows")
    tom, amina = sign_in("tom"), sign_in("amina")
    first, second = fields(tom, page), fields(amina, page)
    tom.post(page, first | {f"item{item.pk}-votes_for": "4"})
    answer = amina.post(page, second | {f"item{item.pk}-votes_for": "5"}, follow=True)
    assert "theirs was “4”" in words(answer)
    item.refresh_from_db()
    assert item.votes_for == 5


def test_names_ticked_by_two_people_add_up(sign_in, address, running, world):
    page = address("minutes", running.pk)
    tom, amina = sign_in("tom"), sign_in("amina")
    first, second = fields(tom, page), fields(amina, page)
    tom.post(page, first | {"here-members": [world.participant("tom").pk, world.participant("bev").pk]})
    amina.post(page, second | {"here-members": [world.participant("amina").pk]})
    here = set(running.attendance.filter(present=True).values_list("participant", flat=True))
    assert here == {world.participant(key).pk for key in ("tom", "bev", "amina")}


def test_the_page_asks_as_json_what_the_others_wrote(sign_in, address, running):
    page = address("minutes", running.pk)
    tom, amina = sign_in("tom"), sign_in("amina")
    item = running.agenda.get(title="Windows")
    facts = fields(tom, page) | {f"item{item.pk}-notes": "They leak."}
    told = tom.post(page, facts, headers={"accept": "application/json"}).json()
    assert told["parts"][f"item{item.pk}"]["values"]["notes"] == "They leak." and told["clashes"] == []
    seen = amina.get(page, headers={"accept": "application/json"}).json()
    assert seen["parts"][f"item{item.pk}"]["values"]["notes"] == "They leak."
    again = fields(amina, page) | {f"item{item.pk}-notes": "No.", f"item{item.pk}-loaded": '{"notes": ""}'}
    clash = amina.post(page, again, headers={"accept": "application/json"}).json()["clashes"][0]
    assert clash["part"] == f"item{item.pk}" and "Both texts are kept" in clash["says"]
    assert sign_in("luc").get(page, headers={"accept": "application/json"}).status_code == 403


def test_what_cannot_be_read_is_said_as_json_too(sign_in, address, running):
    page = address("minutes", running.pk)
    client = sign_in("tom")
    item = running.agenda.get(title="Windows")
    answer = client.post(
        page, fields(client, page) | {f"item{item.pk}-votes_for": "many"}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 422 and "votes_for" in answer.json()["wrong"][f"item{item.pk}"]


def test_an_action_is_taken_on_in_place(sign_in, address, running, world):
    page = address("minutes", running.pk)
    client = sign_in("amina")
    facts = fields(client, page) | {"action-title": "Ask the library for its hall", "action-due": "2026-03-20"}
    assert "Say who takes it on" in words(client.post(page, facts | {"action-who": ""}))
    shown = words(client.post(page, facts | {"action-who": world.participant("denise").pk}, follow=True))
    assert "Ask the library for its hall" in shown
    action = running.actions.get()
    assert (action.accountable, action.group, str(action.due)) == (
        world.participant("denise"), running.group, "2026-03-20"
    )  # fmt: skip


def test_nothing_changed_writes_no_line(sign_in, address, running, world):
    page = address("minutes", running.pk)
    client = sign_in("tom")
    client.post(page, fields(client, page) | {"here-members": [world.participant("tom").pk]})
    running.partnership.refresh_from_db()
    before = running.partnership.length
    answer = client.post(page, fields(client, page), follow=True)
    assert "Nothing had changed" in words(answer)
    running.partnership.refresh_from_db()
    assert running.partnership.length == before


def test_saving_and_finishing_in_one_step(sign_in, address, running, world):
    page = address("minutes", running.pk)
    client = sign_in("tom")
    here = [world.participant(key).pk for key in ("tom", "denise", "bev", "lena")]
    answer = client.post(page, fields(client, page) | {"here-members": here, "finish": "1"}, follow=True)
    shown = words(answer)
    assert "The minutes are written" in shown and "4 of 7 members were there" in shown and "Quorum met" in shown
    assert "wait for approval" in shown


def test_finishing_without_attendance_says_what_is_missing(sign_in, address, running):
    client = sign_in("tom")
    page = address("minutes", running.pk)
    answer = client.post(page, fields(client, page) | {"finish": "1"}, follow=True)
    assert "who was there first" in words(answer)


def test_approved_minutes_offer_no_pen(sign_in, address, world):
    meeting = world.things["meetings.housing"][0]
    client = sign_in("tom")
    shown = words(client.get(address("meeting_detail", meeting.pk)))
    assert "do not change any more" in shown and address("minutes", meeting.pk) not in shown
    assert client.get(address("minutes", meeting.pk)).status_code == 403
    assert client.post(address("minutes", meeting.pk), {}).status_code == 403


# Language, weight


@pytest.mark.parametrize(
    ("name", "said"), [("home", "5 groupes se réunissent."), ("calendar", "Les rencontres dans votre calendrier")]
)
def test_in_french(sign_in, address, name, said):
    answer = sign_in("luc").get(address(name))
    assert answer.status_code == 200
    assert 'lang="fr-ca"' in words(answer) and said in words(answer)


def test_pages_cost_the_same_with_one_row_and_three(sign_in, address, world, inside, housing):
    client = sign_in("priya")

    def cost(page):
        client.get(page)
        with CaptureQueriesContext(connection) as found:
            assert client.get(page).status_code == 200
        return len(found)

    detail = address("group_detail", housing.pk)
    Group.objects.exclude(pk=housing.pk).update(ended_on=clock.today())
    Meeting.objects.filter(group=housing, starts_at__gt=clock.now()).update(cancelled=True)
    before = cost(address("home")), cost(detail)
    for days in (1, 2, 3):
        meeting = Meeting(partnership=inside, group=housing, starts_at=clock.now() + timedelta(days=days))
        services.plan_meeting(meeting, by=world.people["tom"], invite=False)
    Group.objects.update(ended_on=None)
    after = cost(address("home")), cost(detail)
    assert after[0] <= before[0] + 1 and after[1] <= before[1] + 2

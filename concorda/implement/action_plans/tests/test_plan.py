"""The forecast, the rules of the plan, and its pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import CrossPartnershipLink, Entry
from concorda.implement.action_plans import queries, services
from concorda.implement.action_plans.days import Days
from concorda.implement.action_plans.forecast import forecast
from concorda.implement.action_plans.models import Action, ActionShare, Baseline, Dependency, OwnNote
from concorda.implement.action_plans.tool import decides, progress, waiting


def url(name: str, world: Any, *args: object) -> str:
    return reverse(f"action_plans:{name}", args=[world.partnership.slug, *args])


def fresh(world: Any, key: str) -> Action:
    return Action.objects.select_related("partnership").get(pk=world.things[f"action.{key}"].pk)


def line(partnership: Any, action: Action) -> Any:
    return next(one for one in queries.forecast_of(partnership).lines if one.action.pk == action.pk)


# The forecast


def test_the_finish_moves_by_what_slips_on_the_critical_path(world, inside):
    found = queries.forecast_of(inside)
    assert (found.planned_finish, found.finish) == (date(2026, 6, 30), date(2026, 7, 9))
    assert [(one.action.title, one.late, one.critical) for one in found.slipping] == [
        ("Landlord handbook, 4 languages", 6, True),
        ("Front-desk trauma training", 4, False),
    ]
    chain = [one.action.title for one in found.lines if one.critical]
    assert chain == [
        "Landlord handbook, 4 languages",
        "Landlord breakfast and sign-up",
        "First 20 family leases",
        "First results report",
    ]
    assert line(inside, world.things["action.trauma"]).slack == 50
    assert line(inside, world.things["action.rent_bank"]).slack == 34


def test_the_map_says_what_slips(world, inside):
    told = progress(inside)
    assert told.sentence == "Two of 14 deliverables slip. The finish moves to 9\u00a0July."
    assert (told.state, told.care, told.done, told.total) == ("care", "the action plan", 3, 14)


def test_working_days_leave_out_weekends_and_the_holidays_of_the_province(world):
    ontario = Days.of(world.partnership, date(2026, 3, 13))
    assert ontario.after(date(2026, 6, 30), date(2026, 7, 9)) == 6, "Canada Day does not count"
    assert Days("", 2024).after(date(2026, 6, 30), date(2026, 7, 9)) == 7
    assert ontario.add(date(2026, 4, 2), 1) == date(2026, 4, 6), "Good Friday"
    assert ontario.between(date(2026, 3, 14), date(2026, 3, 15)) == 0


def made(pk: int, **facts: Any) -> Action:
    return Action(pk=pk, title=f"a{pk}", **facts)


DAYS = Days("", 2024)
TODAY = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("kind", "lag", "start", "end"),
    [
        ("FS", 0, date(2026, 3, 23), date(2026, 3, 25)),
        ("FS", 2, date(2026, 3, 25), date(2026, 3, 27)),
        ("SS", 1, date(2026, 3, 17), date(2026, 3, 19)),
        ("FF", 1, date(2026, 3, 19), date(2026, 3, 23)),
        ("SF", 4, date(2026, 3, 17), date(2026, 3, 19)),
    ],
)
def test_every_kind_of_dependency(kind, lag, start, end):
    before = made(1, starts_on=date(2026, 3, 16), due=date(2026, 3, 20))
    after = made(2, starts_on=date(2026, 3, 16), due=date(2026, 3, 18))
    link = Dependency(before_id=1, after_id=2, kind=kind, lag=lag)
    found = {one.action.pk: one for one in forecast([before, after], [link], DAYS, TODAY).lines}
    assert (found[2].start, found[2].end, found[2].pushed) == (start, end, True)


def test_what_is_overdue_ends_today_at_the_earliest():
    late = made(1, starts_on=date(2026, 3, 2), due=date(2026, 3, 10))
    found = forecast([late], [], DAYS, TODAY).lines[0]
    assert (found.end, found.late) == (TODAY, 3)


def test_what_is_done_is_never_late_and_waits_for_nothing():
    before = made(1, starts_on=date(2026, 3, 16), due=date(2026, 5, 1))
    done = made(2, due=date(2026, 3, 2), status="done", done_on=date(2026, 3, 10))
    link = Dependency(before_id=1, after_id=2, kind="FS", lag=0)
    found = {one.action.pk: one for one in forecast([before, done], [link], DAYS, TODAY).lines}
    assert (found[2].end, found[2].late, found[2].critical) == (date(2026, 3, 10), 0, False)


def test_a_milestone_has_one_day_and_dropped_actions_none():
    stone = made(1, kind="milestone", due=date(2026, 3, 31))
    gone = made(2, due=date(2027, 1, 1), status="dropped")
    found = forecast([stone, gone], [], DAYS, TODAY)
    assert [(one.start, one.end) for one in found.lines] == [(date(2026, 3, 31), date(2026, 3, 31))]


def test_weekend_days_do_no_harm():
    weekend = made(1, starts_on=date(2026, 3, 14), due=date(2026, 3, 15))
    assert forecast([weekend], [], DAYS, TODAY).lines[0].end == date(2026, 3, 15)


# Rules


def test_a_circle_is_refused_and_named_by_titles(world, inside):
    with pytest.raises(ValidationError, match="circle") as error:
        services.wait_for(fresh(world, "handbook"), fresh(world, "report"), by=world.people["tom"])
    said = error.value.messages[0]
    for title in ("Landlord handbook, 4 languages", "Landlord breakfast and sign-up", "First results report"):
        assert title in said
    assert not Dependency.objects.filter(after=fresh(world, "handbook"), before=fresh(world, "report")).exists()


def test_nothing_waits_for_itself_or_twice(world, inside):
    handbook, breakfast = fresh(world, "handbook"), fresh(world, "breakfast")
    with pytest.raises(ValidationError, match="itself"):
        services.wait_for(handbook, handbook, by=world.people["tom"])
    with pytest.raises(ValidationError, match="already waits"):
        services.wait_for(breakfast, handbook, by=world.people["tom"])


def test_an_end_before_the_start_is_refused_by_service_and_database(world, inside):
    facts = {"partnership": inside, "title": "x", "accountable": world.participant("tom")}
    backwards = Action(**facts, starts_on=date(2026, 4, 2), due=date(2026, 4, 1))
    with pytest.raises(ValidationError, match="before it starts"):
        services.add(backwards, by=world.people["tom"])
    with pytest.raises(IntegrityError), transaction.atomic():
        backwards.save()


def test_being_stuck_needs_a_reason(world, inside):
    with pytest.raises(ValidationError, match="blocks"):
        services.set_status(fresh(world, "handbook"), "stuck", by=world.people["tom"])
    services.set_status(fresh(world, "handbook"), "stuck", because="No translator", by=world.people["tom"])
    assert fresh(world, "handbook").stuck_because == "No translator"
    services.set_status(fresh(world, "handbook"), "done", by=world.people["tom"])
    done = fresh(world, "handbook")
    assert (done.done_on, done.stuck_because) == (TODAY, "")


def test_a_date_moves_with_a_reason_and_the_finish_with_it(world, inside):
    handbook = fresh(world, "handbook")
    with pytest.raises(ValidationError, match="why"):
        services.move(handbook, due=date(2026, 3, 24), because=" ", by=world.people["tom"])
    services.move(handbook, due=date(2026, 3, 24), because="The printer is closed.", by=world.people["tom"])
    assert queries.forecast_of(inside).finish == date(2026, 7, 10)
    last = Entry.objects.filter(partnership=inside).first()
    assert last.sentence.startswith("moved “Landlord handbook, 4 languages” from 2026-03-23 to 2026-03-24")


def test_a_kept_date_asks_for_no_decision_any_more(world, inside):
    services.keep_date(fresh(world, "handbook"), by=world.people["tom"])
    found = queries.forecast_of(inside)
    assert [one.action.title for one in found.slipping] == ["Front-desk trauma training"]
    assert found.finish == date(2026, 7, 9), "the finish has moved all the same"
    with pytest.raises(ValidationError, match="not late"):
        services.keep_date(fresh(world, "handbook"), by=world.people["tom"])


def test_a_new_baseline_starts_the_count_again(world, inside):
    services.take_baseline(inside, by=world.people["priya"], because="after the spring")
    found = queries.forecast_of(inside)
    assert not found.slipping
    assert not found.moved
    assert Baseline.objects.first().finish == date(2026, 7, 9)
    Action.objects.update(due=None, starts_on=None)
    with pytest.raises(ValidationError, match="dates first"):
        services.take_baseline(inside, by=world.people["priya"])


def test_who_answers_does_not_share_as_well(world, inside):
    with pytest.raises(ValidationError, match="already answers"):
        services.share(fresh(world, "handbook"), world.participant("tom"), "consulted", by=world.people["tom"])


def test_an_action_carries_nothing_of_another_partnership(world, inside):
    stranger = world.participant("walter", world.stalled)
    with pytest.raises(CrossPartnershipLink):
        services.add(Action(partnership=inside, title="x", accountable=stranger), by=world.people["tom"])


# What waits for whom


def test_the_chair_decides_and_everybody_sees_what_is_due(world, inside):
    tom, grace, joy = (access_of(world.people[key], inside.slug) for key in ("tom", "grace", "joy"))
    labels = [one.label for one in waiting(tom)]
    assert "Decide what to do about “Landlord handbook, 4 languages”" in labels
    assert [one.label for one in waiting(grace)] == ["Decide what to do about “Front-desk trauma training”"]
    assert list(waiting(joy)) == []
    slip = queries.forecast_of(inside).slipping[0]
    assert not decides(access_of(world.people["priya"], inside.slug), slip), "a chair is named"
    own = Action(partnership=inside, title="Book the hall", accountable=world.participant("joy"))
    own.due = TODAY - timedelta(days=1)
    services.add(own, by=world.people["joy"])
    told = next(iter(waiting(joy)))
    assert (told.label, told.late) == ("Finish “Book the hall”", True)


# Pages


def test_the_home_page_shows_the_plan(world, sign_in):
    page = sign_in("tom").get(url("home", world)).content.decode()
    assert "The finish has moved from 30\u00a0June to 9\u00a0July." in page
    assert "3 of 14 deliverables are done, 2 are slipping" in page
    assert "The Dari translator is ill." in page
    assert page.count("Keep the new date") == 2
    assert "Landlord breakfast and sign-up" in page
    assert "bar is-crit" in page
    assert "EDT" in page


def test_who_may_not_decide_sees_no_buttons_and_gets_403(world, sign_in):
    client = sign_in("joy")  # in the Housing group, not in Health
    page = client.get(url("home", world)).content.decode()
    assert page.count("Keep the new date") == 1
    trauma = world.things["action.trauma"].pk
    assert client.post(url("keep", world, trauma)).status_code == 403
    assert client.get(url("action_edit", world, trauma)).status_code == 403
    assert client.post(url("status", world, trauma), {"status": "done"}).status_code == 403
    assert client.get(url("baseline", world)).status_code == 403
    assert "action_edit" not in client.get(url("action_detail", world, trauma)).content.decode()


def test_observers_read_how_far_it_is_and_nobody_s_name(world, sign_in):
    client = sign_in("jo")
    page = client.get(url("home", world)).content.decode()
    assert "The finish has moved" in page
    assert "Tom Hendry" not in page
    assert "Landlord handbook" not in page
    assert client.get(url("action_list", world)).status_code == 403


def test_a_stranger_finds_nothing(world, sign_in):
    assert sign_in("stranger").get(url("home", world)).status_code == 404
    assert sign_in("walter").get(url("home", world)).status_code == 404
    with within(world.stalled, EVERY):
        foreign = Action.objects.create(
            partnership=world.stalled, title="x", accountable=world.participant("walter", world.stalled)
        )
    assert sign_in("tom").get(url("action_detail", world, foreign.pk)).status_code == 404


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("?late=1", "Front-desk trauma training</a></th>", "Employer mentor pairs"),
        ("?critical=1", "First results report", "Employer mentor pairs"),
        ("?mine=1", "Landlord handbook", "Employer mentor pairs"),
        ("?view=board", "plan-column", 'class="gantt"'),
        ("?group=x&person=-1", "Employer mentor pairs", "Nothing matches"),
    ],
)
def test_views_and_filters(world, sign_in, query, there, gone):
    page = sign_in("tom").get(url("home", world) + query).content.decode()
    assert there in page
    assert gone not in page


def test_filter_by_group_and_person(world, sign_in):
    client = sign_in("priya")
    page = client.get(url("home", world) + f"?group={world.things['group.health'].pk}").content.decode()
    assert "Newcomer hours at the clinic" in page
    assert "Employer mentor pairs" not in page
    tom = world.participant("tom").pk
    page = client.get(url("action_list", world) + f"?person={tom}").content.decode()
    assert "Landlord handbook" in page
    assert "Employer mentor pairs" not in page


def test_an_action_is_written_from_a_goal_and_a_meeting(world, sign_in):
    client = sign_in("joy")
    meeting = world.things["meeting.housing"]
    address = url("action_new", world) + f"?meeting={meeting.pk}&need=999&goal=abc"
    page = client.get(address).content.decode()
    assert f'<option value="{meeting.group_id}" selected>' in page
    posted = {"title": "Ask the library", "kind": "action", "accountable": world.participant("joy").pk}
    answer = client.post(address, posted | {"group": meeting.group_id, "due": "2026-03-20"})
    with within(world.partnership, EVERY):
        made = Action.objects.get(title="Ask the library")
    assert answer.url == url("action_detail", world, made.pk)
    assert made.meeting_id == meeting.pk


def test_a_form_with_errors_keeps_what_was_typed(world, sign_in):
    client = sign_in("joy")
    posted = {"title": "Ask the library", "kind": "action", "accountable": world.participant("joy").pk}
    page = client.post(url("action_new", world), posted | {"starts_on": "2026-04-02", "due": "2026-04-01"})
    assert page.status_code == 200
    assert "This is before it starts on 2\u00a0April." in page.content.decode()
    assert "Ask the library" in page.content.decode()
    foreign = client.post(
        url("action_new", world), posted | {"accountable": world.participant("walter", world.stalled).pk}
    )
    assert foreign.status_code == 200
    with within(world.partnership, EVERY):
        assert not Action.objects.filter(title="Ask the library").exists()
    stone = client.post(url("action_new", world), posted | {"kind": "milestone"})
    assert "A milestone is a day." in stone.content.decode()


def test_moving_an_agreed_date_in_the_form_needs_a_reason(world, sign_in):
    client = sign_in("tom")
    with within(world.partnership, EVERY):
        action = fresh(world, "rent_bank")
    posted = {
        "title": action.title,
        "kind": action.kind,
        "accountable": action.accountable_id,
        "group": action.group_id,
        "starts_on": action.starts_on,
        "due": "2026-05-01",
        "base": action.revision,
    }
    address = url("action_edit", world, action.pk)
    assert "Say why the date moves" in client.post(address, posted).content.decode()
    assert client.post(address, posted | {"moved_because": "The lawyer asked for a week."}).status_code == 302
    with within(world.partnership, EVERY):
        assert fresh(world, "rent_bank").due == date(2026, 5, 1)


def test_dependencies_on_the_page(world, sign_in):
    client, handbook = sign_in("tom"), world.things["action.handbook"].pk
    answer = client.post(url("wait", world, handbook), {"before": world.things["action.report"].pk}, follow=True)
    assert "circle" in answer.content.decode()
    answer = client.post(url("wait", world, handbook), {"before": "x"}, follow=True)
    assert "Choose the action it waits for" in answer.content.decode()
    training = world.things["action.training"].pk
    client.post(url("wait", world, handbook), {"before": training, "kind": "SS", "lag": "3"})
    with within(world.partnership, EVERY):
        link = Dependency.objects.get(before=training, after=handbook)
    assert (link.kind, link.lag) == ("SS", 3)
    client.post(url("wait_remove", world, link.pk))
    with within(world.partnership, EVERY):
        assert not Dependency.objects.filter(pk=link.pk).exists()


def test_sharing_on_the_page(world, sign_in):
    client, handbook = sign_in("tom"), world.things["action.handbook"].pk
    client.post(url("share", world, handbook), {"participant": world.participant("karim").pk, "part": "consulted"})
    assert "Is asked" in client.get(url("action_detail", world, handbook)).content.decode()
    client.post(url("share", world, handbook), {"participant": world.participant("karim").pk, "part": "boss"})
    with within(world.partnership, EVERY):
        found = ActionShare.objects.get(action=handbook, participant=world.participant("karim"))
        assert found.part == "consulted"
    assert sign_in("ruth").post(url("share_remove", world, found.pk)).status_code == 403
    assert sign_in("karim").post(url("share_remove", world, found.pk)).status_code == 302


def test_a_note_of_the_own_organization_stays_there(world, sign_in):
    handbook = world.things["action.handbook"].pk
    sign_in("oleh").post(url("note", world, handbook), {"text": "The printer owes us money."})
    assert "owes us money" in sign_in("tom").get(url("action_detail", world, handbook)).content.decode()
    for key in ("priya", "bev", "lena"):
        assert "owes us money" not in sign_in(key).get(url("action_detail", world, handbook)).content.decode()
    with within(world.partnership, EVERY):
        assert Entry.objects.filter(partnership=world.partnership).first().private_to == world.organizations["housing"]
    sign_in("tom").post(url("note", world, handbook), {"text": ""})
    with within(world.partnership, EVERY):
        assert not OwnNote.objects.exists()


def test_several_are_done_at_once_and_others_not(world, sign_in):
    mine, theirs = world.things["action.rent_bank"].pk, world.things["action.pathways"].pk
    client = sign_in("denise")
    answer = client.post(
        url("action_list", world), {"action": "done", "pick": [mine, theirs, "x", "99999999"]}, follow=True
    )
    assert "1 action is done." in answer.content.decode()
    assert "Not yours to change: “Pathway maps for 12 jobs”." in answer.content.decode()
    with within(world.partnership, EVERY):
        assert fresh(world, "rent_bank").done
        assert not fresh(world, "pathways").done
    assert "Nothing open was picked" in client.post(url("action_list", world), follow=True).content.decode()
    assert sign_in("lena").post(url("action_list", world), {"pick": [mine]}).status_code == 403


def test_a_status_nobody_knows_is_refused(world, sign_in):
    handbook = world.things["action.handbook"].pk
    answer = sign_in("tom").post(url("status", world, handbook), {"status": "eaten"}, follow=True)
    assert "Choose one of the states" in answer.content.decode()


def test_the_table_is_safe_to_open(world, sign_in):
    with within(world.partnership, EVERY):
        Action.objects.filter(pk=world.things["action.handbook"].pk).update(title="=cmd()")
    text = sign_in("tom").get(url("export", world)).content.decode("utf-8-sig")
    assert "'=cmd()" in text
    assert len(text.splitlines()) == 15


@pytest.mark.parametrize("name", ["home", "action_list"])
def test_more_actions_cost_no_more_queries(world, sign_in, name):
    client = sign_in("tom")
    client.get(url(name, world))

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(url(name, world)).status_code == 200
        return len(found)

    with within(world.partnership, EVERY):
        Dependency.objects.all().delete()
        Action.objects.exclude(pk=world.things["action.handbook"].pk).delete()
    one = cost()
    with within(world.partnership, EVERY):
        for number, key in enumerate(("tom", "grace")):
            Action.objects.create(
                partnership=world.partnership,
                title=f"more {number}",
                accountable=world.participant(key),
                group=world.things["group.health"],
                due=date(2026, 4, 1),
                baseline_due=date(2026, 3, 20),
            )
    assert cost() == one


def test_an_empty_plan_says_what_belongs_there(world, sign_in):
    with within(world.stalled, EVERY):
        assert progress(world.stalled).state == "none"
    page = sign_in("walter").get(reverse("action_plans:home", args=[world.stalled.slug])).content.decode()
    assert "No actions yet" in page
    assert "Write the first action" in page


def test_the_french_page(world, sign_in):
    client = sign_in("luc")
    page = client.get(url("home", world), headers={"accept-language": "fr-ca"}).content.decode()
    assert "La fin est passée du 30\u00a0juin au 9\u00a0juillet." in page
    assert "Chemin critique" in page


@pytest.fixture
def long_plan(inside):
    """A plan with more lines than a screen holds: 150 in one group, of which 30 are late."""
    template = Action.objects.filter(partnership=inside, group__isnull=False, due__isnull=False).first()
    today = date(2026, 3, 13)
    return Action.objects.bulk_create(
        Action(
            partnership=inside,
            title=f"Step {number}",
            group=template.group,
            accountable=template.accountable,
            due=today + timedelta(number % 50 - 10),
        )
        for number in range(150)
    )


def test_a_long_timeline_shows_a_line_for_each_group_until_one_is_opened(world, sign_in, long_plan):
    priya = sign_in("priya")
    closed = priya.get(url("home", world)).content.decode()
    assert f'id="d-{long_plan[20].pk}"' not in closed
    assert "show them" in closed
    assert len(closed) < 150_000
    assert closed.count("<") - closed.count("</") < 3000
    opened = priya.get(url("home", world), {"open": long_plan[0].group_id}).content.decode()
    assert f'id="d-{long_plan[20].pk}"' in opened
    assert "more slip" in closed
    everything = priya.get(url("home", world), {"all": "1"}).content.decode()
    assert "show them" not in everything


def test_a_full_column_of_the_board_leads_to_the_list(world, sign_in, long_plan):
    page = sign_in("priya").get(url("home", world), {"view": "board"}).content.decode()
    assert page.count('class="plan-card"') < 170
    assert "more, in the list" in page


def test_the_list_has_pages_and_costs_the_same_however_long(world, sign_in, long_plan, django_assert_max_num_queries):
    priya = sign_in("priya")
    priya.get(url("action_list", world))
    with django_assert_max_num_queries(12):
        page = priya.get(url("action_list", world)).content.decode()
    assert "1 to 50 of" in page
    assert page.count('type="checkbox" name="pick"') == 50

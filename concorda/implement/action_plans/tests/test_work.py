"""Parts, hours, recurrence, trials, what moved, hand-overs, changes together and taken back."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry
from concorda.implement.action_plans import queries, services
from concorda.implement.action_plans.days import Days, again
from concorda.implement.action_plans.forecast import forecast, likely_finish
from concorda.implement.action_plans.models import Action, ActionShare, Change, Dependency, OfferedHours
from concorda.implement.action_plans.tool import waiting
from concorda.implement.action_plans.workload import workload_of

DAYS, TODAY = Days("", 2024), date(2026, 3, 13)


def url(name: str, world: Any, *args: object) -> str:
    return reverse(f"action_plans:{name}", args=[world.partnership.slug, *args])


def fresh(world: Any, key: str) -> Action:
    return Action.objects.select_related("partnership").get(pk=world.things[f"action.{key}"].pk)


def made(pk: int, **facts: Any) -> Action:
    return Action(pk=pk, title=f"a{pk}", **facts)


def lines_of(actions: list[Action], links: list[Dependency] | None = None) -> dict[int, Any]:
    return {line.action.pk: line for line in forecast(actions, links or [], DAYS, TODAY).lines}


# Parts


def test_a_whole_spans_its_parts_and_holds_what_waits_for_it():
    whole = made(1, starts_on=date(2026, 1, 5), due=date(2026, 1, 9))
    one = made(2, parent_id=1, starts_on=date(2026, 3, 16), due=date(2026, 3, 20))
    other = made(3, parent_id=1, starts_on=date(2026, 3, 18), due=date(2026, 3, 27))
    after = made(4, starts_on=date(2026, 3, 16), due=date(2026, 3, 17))
    found = lines_of([whole, one, other, after], [Dependency(before_id=1, after_id=4, kind="FS", lag=1)])
    assert (found[1].start, found[1].end, found[1].whole) == (date(2026, 3, 16), date(2026, 3, 27), True)
    assert (found[4].start, found[4].end) == (date(2026, 3, 31), date(2026, 4, 1))
    assert [found[pk].critical for pk in (1, 2, 3, 4)] == [True, False, True, True]


def test_a_part_stands_under_its_whole_on_the_timeline(world, sign_in):
    with within(world.partnership, EVERY):
        Action.objects.filter(pk=world.things["action.breakfast"].pk).update(parent=world.things["action.leases"])
    page = sign_in("tom").get(url("home", world)).content.decode()
    leases, breakfast = (
        page.index("First 20 family leases</a></th>"),
        page.index("Landlord breakfast and sign-up</a></th>"),
    )
    assert leases < breakfast
    assert page.count("g-depth-1") == 1


def test_no_action_is_a_part_of_its_own_part_nor_waits_for_it(world, sign_in, inside):
    handbook, breakfast = fresh(world, "handbook"), fresh(world, "breakfast")
    Action.objects.filter(pk=breakfast.pk).update(parent=handbook)
    sent = {"title": handbook.title, "kind": handbook.kind, "accountable": handbook.accountable_id, "due": handbook.due}
    sent |= {"starts_on": handbook.starts_on, "parent": breakfast.pk, "base": handbook.revision, "moved_because": "x"}
    answer = sign_in("tom").post(url("action_edit", world, handbook.pk), sent)
    assert "in a circle" in str(answer.context["form"].errors["parent"])
    Action.objects.filter(pk=breakfast.pk).update(parent=None)
    Action.objects.filter(pk=fresh(world, "intake").pk).update(parent=handbook)
    with pytest.raises(ValidationError, match="circle"):
        services.wait_for(fresh(world, "intake"), handbook, by=world.people["tom"])


def test_parts_are_counted_in_hours(world, sign_in, inside):
    for key, hours, status in (("pack", 60, "done"), ("rent_bank", 40, "doing")):
        report = world.things["action.report"]
        Action.objects.filter(pk=fresh(world, key).pk).update(parent=report, effort=hours, status=status)
    page = sign_in("tom").get(url("action_detail", world, fresh(world, "report").pk)).content.decode()
    assert "1 of 2 parts are done, 60 of 100 hours of work." in page


def test_a_circle_that_two_closed_at_once_is_named_and_the_plan_is_shown(world, sign_in, inside):
    Action.objects.filter(pk=fresh(world, "roster").pk).update(parent=world.things["action.report"])
    page = sign_in("tom").get(url("home", world))
    assert page.status_code == 200
    assert "These wait for each other in a circle:" in page.content.decode()
    assert "Shared interpreter roster" in " ".join(queries.forecast_of(inside).circle)


# Hours


def load_of(partnership: Any) -> dict[str, Any]:
    kept = queries.stored(partnership)
    shares = ActionShare.objects.filter(part=ActionShare.Part.RESPONSIBLE)
    found = workload_of(kept, kept.forecast(), shares)
    return {load.participant.person.name: load for load in found.loads}


def test_the_workload_is_that_of_the_story(world, inside):
    found = load_of(inside)
    said = {name: (load.hours, load.offered) for name, load in found.items() if load.offered is not None}
    assert said == {
        "Tom Hendry": (9, 6),
        "Amina Warsame": (8, 5),
        "Priya Raman": (11, 12),
        "Yodit Tesfay": (6, 6),
        "Harpreet Gill": (5, 6),
        "Grace Adeyemi": (3, 5),
    }
    assert list(found)[:6] == list(said), "too much first, then most hours first"


def test_hours_without_a_share_of_their_own_are_divided_equally(world, inside):
    handbook = fresh(world, "handbook")
    Action.objects.exclude(pk=handbook.pk).update(effort=None)
    Action.objects.filter(pk=handbook.pk).update(effort=100, starts_on=TODAY, due=TODAY)
    ActionShare.objects.filter(action=handbook, participant=world.participant("bev")).update(hours=Decimal(40))
    ActionShare.objects.filter(action=handbook, participant=world.participant("amina")).update(hours=None)
    found = load_of(inside)
    assert {name: load.hours for name, load in found.items() if load.hours} == {
        "Tom Hendry": 8,
        "Amina Warsame": 8,
        "Bev Oakes": 10,
    }


def test_the_panel_and_the_page_of_the_workload(world, sign_in):
    tom = sign_in("tom")
    panel = tom.get(url("home", world)).content.decode()
    assert "<b>9 h</b>, 3 too many" in panel
    assert "2 people carry more than they offered." in panel
    page = tom.get(url("workload", world)).content.decode()
    assert "2 people carry more than they offered." in page
    assert "Harbour Street Housing" in page
    answer = tom.post(url("offer", world), {"a_week": "9.5"}, follow=True)
    assert "1 person carries more than they offered." in answer.content.decode()
    with within(world.partnership, EVERY):
        assert OfferedHours.objects.get(participant=world.participant("tom")).a_week == Decimal("9.5")
    wrong = tom.post(url("offer", world), {"a_week": "400"}, follow=True)
    assert "between 0 and 168" in wrong.content.decode()
    assert sign_in("jo").get(url("workload", world)).status_code == 403


# Again and again


@pytest.mark.parametrize(
    ("day", "every", "next_one"),
    [
        (date(2026, 1, 31), "month", date(2026, 2, 28)),
        (date(2026, 11, 30), "quarter", date(2027, 2, 28)),
        (date(2028, 2, 29), "year", date(2029, 2, 28)),
        (date(2026, 3, 13), "fortnight", date(2026, 3, 27)),
    ],
)
def test_the_next_time(day, every, next_one):
    assert again(day, every) == next_one


def test_what_comes_again_is_on_the_plan_once_it_is_done(world, inside):
    call = Action(
        partnership=inside,
        title="Call the landlords",
        accountable=world.participant("joy"),
        starts_on=date(2026, 3, 2),
        due=date(2026, 3, 13),
        repeats="month",
        repeats_until=date(2026, 4, 30),
    )
    services.add(call, by=world.people["joy"], shares=[world.participant("bev")])
    change = services.set_status(call, "done", by=world.people["joy"])
    after = Action.objects.get(title="Call the landlords", status="to_do")
    assert (after.starts_on, after.due) == (date(2026, 4, 2), date(2026, 4, 13))
    assert [share.participant for share in after.shares.all()] == [world.participant("bev")]
    assert change is not None
    services.undo(change, by=world.people["joy"])
    assert [one.status for one in Action.objects.filter(title="Call the landlords")] == ["to_do"]
    services.set_status(after_again := Action.objects.get(title="Call the landlords"), "done", by=world.people["joy"])
    last = Action.objects.get(title="Call the landlords", status="to_do")
    services.set_status(last, "done", by=world.people["joy"])
    assert after_again.pk != last.pk
    assert not Action.objects.filter(title="Call the landlords", status="to_do").exists(), "30 April was the last time"


# What if


def test_a_trial_says_what_slips_and_stores_nothing(world, sign_in):
    tom = sign_in("tom")
    handbook, rent_bank = world.things["action.handbook"].pk, world.things["action.rent_bank"].pk
    with within(world.partnership, EVERY):
        before = [(one.pk, one.due, one.starts_on) for one in Action.objects.order_by("pk")]
    page = tom.get(url("what_if", world) + f"?try={handbook}:10&try={rent_bank}:2").content.decode()
    assert "The finish would move from 9\u00a0July to 23\u00a0July." in page
    assert "5 actions would end later." in page
    assert "Housing" in page
    with within(world.partnership, EVERY):
        assert [(one.pk, one.due, one.starts_on) for one in Action.objects.order_by("pk")] == before
    earlier = tom.get(url("what_if", world) + f"?try={handbook}:-6").content.decode()
    assert "The finish would move from 9\u00a0July to 30\u00a0June." in earlier
    nonsense = tom.get(url("what_if", world) + "?try=x:1&try=999999999999999999999:5&try=5:abc&action=1&days=99999")
    assert nonsense.status_code == 200


def test_a_trial_is_applied_with_a_reason_and_taken_back(world, sign_in):
    tom, handbook = sign_in("tom"), world.things["action.handbook"].pk
    with within(world.partnership, EVERY):
        due = fresh(world, "handbook").due
    silent = tom.post(url("what_if", world), {"changes": f"{handbook}:5", "because": ""})
    assert silent.context["apply_form"].errors["because"]
    answer = tom.post(url("what_if", world), {"changes": f"{handbook}:5", "because": "The printer moved."})
    with within(world.partnership, EVERY):
        assert fresh(world, "handbook").due == date(2026, 3, 30)
        assert queries.forecast_of(world.partnership).finish == date(2026, 7, 16)
        change = Change.objects.first()
    assert answer.url.endswith(f"?undo={change.pk}")
    assert "Undo" in tom.get(answer.url).content.decode()
    assert sign_in("priya").post(url("undo", world, change.pk)).status_code == 403, "only who did it"
    tom.post(url("undo", world, change.pk))
    with within(world.partnership, EVERY):
        assert fresh(world, "handbook").due == due
    twice = tom.post(url("undo", world, change.pk), follow=True)
    assert "taken back already" in twice.content.decode()


def test_who_may_not_change_all_of_it_may_try_but_not_apply(world, sign_in):
    joy, trauma = sign_in("joy"), world.things["action.trauma"].pk
    page = joy.get(url("what_if", world) + f"?try={trauma}:5").content.decode()
    assert "Apply the change" not in page
    assert joy.post(url("what_if", world), {"changes": f"{trauma}:5", "because": "x"}).status_code == 403
    assert sign_in("lena").post(url("what_if", world), {"changes": f"{trauma}:5", "because": "x"}).status_code == 403


def test_a_day_is_tried_before_it_is_moved(world, sign_in):
    handbook = world.things["action.handbook"].pk
    page = sign_in("tom").get(url("move", world, handbook) + "?due=2026-04-07").content.decode()
    assert "The finish would move from 9\u00a0July" in page
    assert 'value="2026-04-07"' in page
    assert sign_in("tom").get(url("move", world, handbook) + "?due=2026-99-99").status_code == 200


def test_what_moved_and_why(world, sign_in):
    page = sign_in("tom").get(url("what_moved", world)).content.decode()
    assert "The Dari translator is ill." in page
    assert "It waits for “Landlord handbook, 4 languages”." in page
    assert "In half of all runs it ends by" in page
    assert "Agreed at the steering table" in page


def test_the_forecast_is_later_the_worse_it_may_get_and_the_same_each_time():
    one = made(1, starts_on=date(2026, 3, 16), due=date(2026, 3, 27), best_days=8, worst_days=30)
    other = made(2, starts_on=date(2026, 3, 30), due=date(2026, 4, 10))
    found = forecast([one, other], [Dependency(before_id=1, after_id=2, kind="FS", lag=0)], DAYS, TODAY)
    likely = likely_finish(found, DAYS)
    assert likely == likely_finish(found, DAYS)
    assert likely is not None
    assert found.finish < likely.half < likely.most < date(2026, 5, 9)
    assert likely_finish(forecast([other], [], DAYS, TODAY), DAYS) is None


# Hand-overs


def test_a_hand_over_is_given_sent_back_given_again_and_taken(world, sign_in, inside):
    link = Dependency.objects.get(before=fresh(world, "trauma"), after=fresh(world, "report"))
    grace, priya = sign_in("grace"), sign_in("priya")
    assert sign_in("tom").get(url("hand_overs", world)).content.decode().count("Front-desk trauma training") >= 1
    assert "Say what you hand over" in grace.post(url("hand_over", world, link.pk), follow=True).content.decode()
    grace.post(url("hand_over", world, link.pk), {"handed": "Slides, in the shared folder"})
    access = access_of(world.people["priya"], inside.slug)
    assert "Say whether you can work with “Front-desk trauma training”" in [one.label for one in waiting(access)]
    priya.post(url("send_back", world, link.pk), {"because": "The attendance list is missing."})
    access = access_of(world.people["grace"], inside.slug)
    assert "Put right “Front-desk trauma training” and hand it over again" in [one.label for one in waiting(access)]
    grace.post(url("hand_over", world, link.pk), {"handed": "Slides and list"})
    priya.post(url("take_over", world, link.pk))
    link.refresh_from_db()
    assert (link.taken_on, link.sent_back_because) == (TODAY, "")
    again_ = priya.post(url("send_back", world, link.pk), {"because": "No"}, follow=True)
    assert "is not waiting for your answer" in again_.content.decode()
    assert sign_in("joy").post(url("hand_over", world, link.pk), {"handed": "x"}).status_code == 403


def test_both_groups_see_a_hand_over(world, sign_in):
    with within(world.partnership, EVERY):
        link = Dependency.objects.get(before=world.things["action.roster"], after=world.things["action.mentors"])
    for key in ("yodit", "harpreet"):
        page = sign_in(key).get(url("hand_overs", world)).content.decode()
        assert f'id="h-{link.pk}"' in page
        assert "Roster of 34 interpreters in 11 languages" in page
    assert sign_in("jo").get(url("hand_overs", world)).status_code == 403


def test_a_deliverable_done_with_nothing_to_show_waits_for_a_word(world, inside):
    services.set_status(fresh(world, "pathways"), "done", by=world.people["anneke"])
    anneke = access_of(world.people["anneke"], inside.slug)
    label = "Say what shows that “Pathway maps for 12 jobs” is done"
    assert label in [one.label for one in waiting(anneke)]
    services.set_status(fresh(world, "pathways"), "doing", by=world.people["anneke"])
    services.set_status(fresh(world, "pathways"), "done", by=world.people["anneke"], evidence="Maps on the shelf")
    assert label not in [one.label for one in waiting(anneke)]
    assert fresh(world, "pathways").evidence == "Maps on the shelf"


# Together, and back


def together(client: Any, world: Any, keys: tuple[str, ...], **sent: Any) -> str:
    picks = [world.things[f"action.{key}"].pk for key in keys]
    return client.post(url("together", world), {"pick": picks, **sent}, follow=True).content.decode()


def test_several_are_given_to_another_person_and_group(world, sign_in):
    priya = sign_in("priya")
    joy, health = world.participant("joy").pk, world.things["group.health"].pk
    page = together(priya, world, ("rent_bank", "intake"), accountable=joy, group=health, goal="none")
    assert "2 actions are changed." in page
    with within(world.partnership, EVERY):
        found = [fresh(world, key) for key in ("rent_bank", "intake")]
        assert {(one.accountable_id, one.group_id, one.goal_id) for one in found} == {(joy, health, None)}
        assert Entry.objects.filter(partnership=world.partnership).first().sentence == (
            "changed “Rent-bank referral path”, “Shared intake form and consent” together"
        )
        change = Change.objects.first()
    priya.post(url("undo", world, change.pk))
    with within(world.partnership, EVERY):
        assert fresh(world, "rent_bank").accountable == world.participant("denise")
        assert fresh(world, "rent_bank").goal is not None


def test_several_move_by_working_days_with_one_reason(world, sign_in):
    priya = sign_in("priya")
    assert "Say why the date moves" in together(priya, world, ("rent_bank",), days="3")
    assert "2 actions are changed." in together(priya, world, ("rent_bank", "pack"), days="3", because="Easter")
    with within(world.partnership, EVERY):
        assert fresh(world, "rent_bank").due == date(2026, 4, 29)
        assert fresh(world, "pack").moved_because == "Easter"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose what to change in those picked."),
        ({"days": "2", "status": "done", "because": "x"}, "Move the days in a step of their own"),
        ({"status": "stuck"}, "Say what blocks it"),
        ({"days": "9999"}, "250"),
        ({"group": "999999"}, "999999"),
    ],
)
def test_what_cannot_be_done_together_is_said(world, sign_in, sent, said):
    assert said in together(sign_in("priya"), world, ("rent_bank",), **sent)


def test_numbers_no_row_has_are_no_picks(world, sign_in):
    answer = sign_in("priya").post(url("action_list", world), {"pick": ["9" * 40, "-1", "x"]}, follow=True)
    assert "Nothing open was picked" in answer.content.decode()


def test_what_was_changed_again_since_is_not_taken_back(world, inside):
    first = services.set_status(fresh(world, "rent_bank"), "stuck", because="No lawyer", by=world.people["denise"])
    services.set_status(fresh(world, "rent_bank"), "doing", by=world.people["karim"])
    assert first is not None
    with pytest.raises(ValidationError, match=r"Changed again since.*Rent-bank referral path"):
        services.undo(first, by=world.people["denise"])
    late = services.set_status(fresh(world, "pack"), "done", by=world.people["callum"])
    assert late is not None
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(ValidationError, match="more than a day ago"):
        services.undo(late, by=world.people["callum"])


def test_an_edit_is_taken_back(world, sign_in):
    tom = sign_in("tom")
    with within(world.partnership, EVERY):
        action = fresh(world, "leases")
    sent = {"title": action.title, "kind": action.kind, "accountable": action.accountable_id, "due": action.due}
    sent |= {"starts_on": action.starts_on, "base": action.revision, "evidence": "List of leases"}
    assert tom.post(url("action_edit", world, action.pk), sent).status_code == 302
    with within(world.partnership, EVERY):
        assert fresh(world, "leases").group is None
        change = Change.objects.first()
    tom.post(url("undo", world, change.pk))
    with within(world.partnership, EVERY):
        assert (fresh(world, "leases").group, fresh(world, "leases").evidence) == (action.group, "")


# Views


def test_the_calendar_shows_what_ends_in_a_month(world, sign_in):
    tom = sign_in("tom")
    march = tom.get(url("home", world) + "?view=calendar").content.decode()
    assert "March 2026" in march
    assert "Landlord handbook, 4 languages" in march
    assert "First results report" not in march
    july = tom.get(url("home", world) + "?view=calendar&month=2026-07").content.decode()
    assert "First results report" in july
    assert "March 2026" in tom.get(url("home", world) + "?view=calendar&month=9999-99").content.decode()


@pytest.mark.parametrize("name", ["what_if", "what_moved", "workload", "hand_overs", "import"])
def test_every_page_in_french(world, sign_in, name):
    client = sign_in("priya")
    answer = client.get(url(name, world), headers={"accept-language": "fr-ca"})
    assert answer.status_code == 200
    luc = sign_in("luc").get(url(name, world))
    assert luc.status_code == (403 if name == "import" else 200)


@pytest.mark.parametrize(("name", "most"), [("action_list", 10), ("home", 12), ("workload", 12), ("hand_overs", 12)])
def test_the_plan_costs_few_queries_however_long_it_is(world, sign_in, name, most):
    client = sign_in("tom")

    def cost() -> int:
        client.get(url(name, world))
        with CaptureQueriesContext(connection) as found:
            assert client.get(url(name, world)).status_code == 200
        return len(found)

    few = cost()
    assert few <= most
    with within(world.partnership, EVERY):
        template = fresh(world, "pack")
        Action.objects.bulk_create(
            Action(
                partnership=world.partnership,
                title=f"Step {number}",
                group=template.group,
                accountable=template.accountable,
                starts_on=TODAY,
                due=TODAY + timedelta(number % 60),
            )
            for number in range(1000)
        )
    assert cost() == few


def test_a_timeline_of_a_thousand_actions_stays_small(world, sign_in):
    with within(world.partnership, EVERY):
        template = fresh(world, "pack")
        actions = Action.objects.bulk_create(
            Action(
                partnership=world.partnership,
                title=f"Step {number}",
                group=template.group,
                accountable=template.accountable,
                due=TODAY + timedelta(number % 200),
            )
            for number in range(1000)
        )
        Dependency.objects.bulk_create(
            Dependency(partnership=world.partnership, before=one, after=other)
            for one, other in zip(actions[:-1:2], actions[1::2], strict=True)
        )
    page = sign_in("tom").get(url("home", world)).content.decode()
    assert len(page) < 150_000
    assert page.count("<") - page.count("</") < 3000

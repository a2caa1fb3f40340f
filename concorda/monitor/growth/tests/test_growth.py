from datetime import timedelta

import pytest

from concorda.begin.governance.models import Body, Seat
from concorda.begin.strategic_plan.models import Goal, GoalNeed
from concorda.connect.capacity.models import Item
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.organizations.models import Term
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Final, Partner
from concorda.implement.action_plans.models import Action
from concorda.monitor.growth import services
from concorda.monitor.growth.lasting import QUESTIONS, ratings
from concorda.monitor.growth.models import LastingAnswer, Passage
from concorda.monitor.growth.passages import steps
from concorda.monitor.growth.queries import growth_over_time, open_needs, present


def leaving(world, partnership, key="work"):
    passage = Passage(partnership=partnership, partner=world.partner(key), kind=Passage.Kind.LEAVING)
    return services.begin_passage(passage, by=world.people["priya"])


def test_nobody_leaves_with_something_unsettled(world, inside):
    passage = leaving(world, inside)
    body = Body.objects.create(partnership=inside, name="A table of the test")
    seat = Seat.objects.create(
        partnership=inside, body=body, partner=world.partner("work"), holder=world.participant("harpreet")
    )
    action = Action.objects.create(partnership=inside, title="x", accountable=world.participant("anneke"))
    services.settle(passage, ["data", "assets", "told"], by=world.people["priya"])
    with pytest.raises(services.NotSettled) as refused:
        services.close_passage(passage, by=world.people["priya"])
    assert {"actions", "seats"} <= {step.key for step in refused.value.steps}
    Action.objects.filter(accountable__organization=world.organizations["work"]).update(status="done")
    Seat.objects.filter(partner=world.partner("work")).update(holder=None)
    assert {step.key for step in steps(passage) if not step.done} <= {"owed"}
    assert seat.pk
    assert action.pk


def test_who_left_is_out_and_what_they_did_stays(world, inside):
    passage = leaving(world, inside)
    Action.objects.filter(accountable__organization=world.organizations["work"]).update(status="done")
    Seat.objects.filter(partner=world.partner("work")).update(holder=None)
    world.partner("work").obligations.all().update(delivered_on=clock.today())
    services.settle(passage, ["data", "assets", "told"], by=world.people["priya"])
    services.close_passage(passage, by=world.people["priya"])
    assert world.partner("work").status == Partner.Status.LEFT
    assert access_of(world.people["harpreet"], inside.slug) is None
    passage.refresh_from_db()
    with pytest.raises(Final):
        services.settle(passage, [], by=world.people["priya"])


def test_what_the_records_tell_cannot_be_ticked(world, inside):
    passage = leaving(world, inside)
    services.settle(passage, ["owed", "actions", "data", "nonsense"], by=world.people["priya"])
    assert passage.settled == ["data"]


def test_ratings_show_from_three_organizations_on(world, inside):
    LastingAnswer.objects.all().delete()
    for key, value in (("newcomer", 1), ("county", 3)):
        services.rate(inside, world.organizations[key], {"funding": value}, by=world.people["priya"])
    assert all(one.hidden and one.counts == () for one in ratings(inside))
    services.rate(inside, world.organizations["health"], {"funding": 3, "value": None}, by=world.people["grace"])
    first = ratings(inside)[0]
    assert (first.question.key, first.middle, first.counts) == ("funding", 3.0, (0, 1, 0, 2, 0))
    assert len(ratings(inside)) == len(QUESTIONS)


def test_another_organizations_rating_stays_private(world):
    with within(world.partnership, EVERY):
        LastingAnswer.objects.all().delete()
        services.rate(world.partnership, world.organizations["county"], {"funding": 0}, by=world.people["denise"])
    with within(world.partnership, [world.organizations["housing"].pk]):
        assert not LastingAnswer.objects.exists()


def test_the_table_of_ratings_is_the_same_for_everyone(world, sign_in):
    """The page counts over all organizations although each reader sees only their own rows."""
    url = f"/p/{world.partnership.slug}/monitor/growth/"
    pages = [sign_in(key).get(url).content.decode() for key in ("priya", "denise", "lena")]
    assert all("hist" in page for page in pages)


def test_a_need_without_goal_or_offer_is_open(world, inside):
    term = Term.objects.create(code="test-rides", label_en="Rides")
    need = Need.objects.create(partnership=inside, statement="Rides", term=term)
    goal = Goal.objects.create(partnership=inside, title="Rides")
    GoalNeed.objects.create(partnership=inside, goal=goal, need=need)
    assert need in open_needs(inside)
    facts = {
        "partnership": inside,
        "organization": world.organizations["county"],
        "kind": "time",
        "what": "a van",
        "term": term,
    }
    private = Item.objects.create(shared=False, **facts)
    assert need in open_needs(inside)
    private.delete()
    Item.objects.create(shared=True, **facts)
    assert need not in open_needs(inside)


def test_a_need_without_topic_is_open_until_an_offer_names_it(world, inside):
    need = Need.objects.create(partnership=inside, statement="A warm supper")
    goal = Goal.objects.create(partnership=inside, title="Suppers")
    GoalNeed.objects.create(partnership=inside, goal=goal, need=need)
    assert need in open_needs(inside)
    county = world.organizations["county"]
    Item.objects.create(partnership=inside, organization=county, shared=True, kind="time", what="a cook", need=need)
    assert need not in open_needs(inside)


def test_a_need_set_aside_is_not_missing(inside):
    need = Need.objects.create(partnership=inside, statement="A ferry", set_aside_on=clock.today())
    assert need not in open_needs(inside)


def test_growth_counts_who_was_there_at_the_end_of_each_month(world, inside):
    months = growth_over_time(inside)
    assert len(months) == 12
    assert months[-1].partners == Partner.objects.exclude(joined_on=None).filter(left_on=None).count()
    day = clock.today()
    assert present([(day, None), (day, day + timedelta(days=5))], day + timedelta(days=5)) == 2
    assert present([(day, day + timedelta(days=4))], day + timedelta(days=5)) == 0


def test_only_coordinators_choose_and_only_speakers_rate(world, sign_in):
    base = f"/p/{world.partnership.slug}/monitor/growth/"
    assert sign_in("amina").get(base + "direction/").status_code == 403
    assert sign_in("amina").get(base + "lasting/").status_code == 403
    assert sign_in("denise").get(base + "lasting/").status_code == 200
    assert (
        sign_in("priya").post(base + "direction/", {"path": "scale", "reasons": "More towns ask."}).status_code == 302
    )
    assert "More towns ask." in sign_in("amina").get(base).content.decode()


def test_a_second_open_passage_is_refused_in_words(world, sign_in):
    client, url = sign_in("priya"), f"/p/{world.partnership.slug}/monitor/growth/passages/new/"
    facts = {
        "partner": world.partner("school").pk,
        "kind": "leaving",
        "notice_on": "2026-03-13",
        "ends_on": "2026-03-01",
    }
    assert "Choose a later day" in client.post(url, facts).content.decode()
    assert client.post(url, {**facts, "ends_on": ""}).status_code == 302
    assert "under way already" in client.post(url, {**facts, "ends_on": ""}).content.decode()

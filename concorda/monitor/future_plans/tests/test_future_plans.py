from datetime import timedelta

import pytest

from concorda.begin.agreements.models import Agreement, Obligation
from concorda.begin.strategic_plan.models import Goal, GoalNeed, Indicator
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final
from concorda.monitor.evaluation.models import Measurement
from concorda.monitor.future_plans import services
from concorda.monitor.future_plans.agenda import agenda, find
from concorda.monitor.future_plans.models import Lesson, Review


@pytest.fixture
def goal(inside):
    return Goal.objects.create(partnership=inside, title="A goal of the test")


def subjects(partnership):
    return {one.subject for one in agenda(partnership) if one.standing is None}


def test_a_red_indicator_needs_an_answer_and_a_green_one_does_not(world, inside, goal):
    year = timedelta(days=365)
    indicator = Indicator.objects.create(
        partnership=inside,
        goal=goal,
        name="x",
        baseline=0,
        target=100,
        baseline_on=clock.today() - year,
        target_on=clock.today() + year,
    )
    row = Measurement.objects.create(partnership=inside, indicator=indicator, value=10, by=world.participant("tom"))
    assert f"indicator:{indicator.pk}" in subjects(inside)
    Measurement.objects.filter(pk=row.pk).update(value=60)
    assert f"indicator:{indicator.pk}" not in subjects(inside)


def test_agreements_needs_and_obligations_ask_in_time(world, inside, goal):
    agreement = Agreement.objects.create(
        partnership=inside, title="A", status="in_force", expires_on=clock.today() + timedelta(days=100)
    )
    far = Agreement.objects.create(
        partnership=inside, title="B", status="in_force", expires_on=clock.today() + timedelta(days=181)
    )
    need = Need.objects.create(partnership=inside, statement="A need")
    late = Obligation.objects.create(
        partnership=inside,
        agreement=agreement,
        partner=world.partner("county"),
        what="rooms",
        due=clock.today() - timedelta(days=1),
    )
    found = subjects(inside)
    assert {f"agreement:{agreement.pk}", f"need:{need.pk}", f"obligation:{late.pk}", f"goal:{goal.pk}"} <= found
    assert f"agreement:{far.pk}" not in found
    GoalNeed.objects.create(partnership=inside, goal=goal, need=need)
    assert f"need:{need.pk}" not in subjects(inside)


def test_an_answer_holds_for_six_months_and_is_never_changed(world, inside, goal):
    question = find(inside, f"goal:{goal.pk}")
    assert question
    review = services.answer(
        inside, question, answer="continue", reasons="It works.", decision=None, by=world.people["priya"]
    )
    assert question.subject not in subjects(inside)
    review.reasons = "Changed my mind."
    with pytest.raises(Final):
        review.save()
    with clock.at(clock.now() + timedelta(days=181)):
        assert question.subject in subjects(inside)


def test_only_those_who_steer_answer(world, sign_in, inside, goal):
    url = f"/p/{inside.slug}/monitor/future-plans/answer/?subject=goal:{goal.pk}"
    assert sign_in("tom").get(url).status_code == 403
    assert sign_in("jo").get(f"/p/{inside.slug}/monitor/future-plans/").status_code == 403
    client = sign_in("priya")
    page = client.post(url, {"answer": "change", "reasons": ""})
    assert page.status_code == 200
    assert "aria-invalid" in page.content.decode()
    assert client.post(url, {"answer": "change", "reasons": "Smaller."}).status_code == 302
    assert Review.objects.get(subject=f"goal:{goal.pk}").answer == "change"
    assert client.get(f"/p/{inside.slug}/monitor/future-plans/answer/?subject=goal:999999").status_code == 404


def test_a_lesson_is_written_found_and_kept_from_being_overwritten(world, sign_in, inside):
    client, base = sign_in("amina"), f"/p/{inside.slug}/monitor/future-plans/lessons/"
    assert (
        client.post(base + "new/", {"what": "Rain keeps people home.", "learned_on": "2026-03-01"}).status_code == 302
    )
    lesson = Lesson.objects.get(what="Rain keeps people home.")
    assert "Rain keeps" in client.get(base + "?q=rain").content.decode()
    facts = {"what": "Mine.", "learned_on": "2026-03-01", "base": 0}
    assert client.post(f"{base}{lesson.pk}/edit/", facts).status_code == 302
    answer = sign_in("tom").post(f"{base}{lesson.pk}/edit/", {**facts, "what": "Theirs."})
    assert answer.status_code == 200
    assert "Someone else changed this" in answer.content.decode()
    assert Lesson.objects.get(pk=lesson.pk).what == "Mine."


def test_the_agenda_costs_the_same_for_one_goal_and_three(world, inside, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    Goal.objects.create(partnership=inside, title="1")
    with CaptureQueriesContext(connection) as one:
        agenda(inside)
    for title in "23":
        Goal.objects.create(partnership=inside, title=title)
    with CaptureQueriesContext(connection) as three:
        agenda(inside)
    assert len(one) == len(three)

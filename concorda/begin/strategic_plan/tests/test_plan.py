"""The plan: goals and needs, order, agreement, what is missing, who reads what."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from concorda.begin.agreements.models import Agreement
from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan import drawing, services
from concorda.begin.strategic_plan.models import Goal, GoalNeed, Indicator, Link, Outcome, Risk
from concorda.begin.strategic_plan.queries import Total, plan_of
from concorda.begin.strategic_plan.tool import progress, waiting
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships import services as partnerships
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final
from concorda.foundation.process.stages import State

HOME = "/p/{}/begin/strategic-plan/"


@pytest.fixture
def bare(world):
    """A partnership without a plan and without needs, with some of the same people; the world is about it from here."""
    priya, newcomer = world.people["priya"], world.organizations["newcomer"]
    here = partnerships.start(by=priya, organization=newcomer, name="Bare", started_on=world.date(-365))
    for key, roles in (
        ("tom", [Role.PROJECT_MANAGER]),
        ("bev", [Role.PARTICIPANT]),
        ("lena", [Role.EVALUATOR]),
        ("jo", [Role.OBSERVER]),
    ):
        partnerships.take_in(here, world.people[key], organization=None, roles=roles, by=priya, tell=False)
    world.partnership = here
    with within(here, EVERY):
        yield here


def need(here, statement="Rides to the clinic"):
    return Need.objects.create(partnership=here, statement=statement)


def goal(world, title="Rides for all", **facts):
    return services.add_goal(world.partnership, title=title, by=world.people["priya"], **facts)


def gap_texts(here):
    return [gap.text for gap in plan_of(here).gaps]


COMPLETE = {
    "baseline": Decimal(1),
    "baseline_on": date(2026, 1, 1),
    "target": Decimal(2),
    "target_on": date(2026, 12, 1),
    "source": "Counted",
}


def budget(world, what, **facts):
    given = {"kind": "cash", "amount": Decimal(100), "year": 2026} | facts
    return services.add_budget(world.partnership, what=what, by=world.people["priya"], **given)


def carried(world, goal):
    """Something is done for the goal, and a change follows that an indicator tells about."""
    strategy = services.add_strategy(goal, text="Do it", by=world.people["priya"])
    outcome = services.add_outcome(goal, text="People have it", level="immediate", by=world.people["priya"])
    services.lead_on(strategy, outcome, by=world.people["priya"])
    return outcome


def test_the_demo_plan(world, inside):
    plan = plan_of(inside)
    assert [line.goal.title for line in plan.lines][:2] == [
        "House 40 large families within 60 days of arrival by March 2027",
        "Fill 85% of interpretation requests within 48 hours",
    ]
    assert len(plan.lines) == 5
    assert {
        world.things[f"indicator.{key}"].pk
        for key in ("lease_days", "requests_48h", "own_field", "repeat_intake", "still_housed", "pack_read")
    } == {one.pk for one in plan.indicators}
    lease = world.things["indicator.lease_days"]
    lease.refresh_from_db()
    assert (lease.baseline, lease.target, lease.owner.person.name) == (Decimal(121), Decimal(60), "Tom Hendry")
    assert all(line.goal.agreed_on for line in plan.lines)
    assert any("Offer every first contact in French" in text for text in gap_texts(inside))


def test_every_break_is_named_with_the_page_that_mends_it(world, bare, sign_in):
    orphan = need(bare)
    lonely = goal(world, "A goal alone", due=bare.started_on - timedelta(days=1))
    tied = goal(world, "A goal with a need", needs=[need(bare, "Interpreters")])
    outcome = services.add_outcome(
        tied, text="They are understood", level=Outcome.Level.IMMEDIATE, by=world.people["priya"]
    )
    services.add_indicator(tied, name="Requests filled", by=world.people["priya"], baseline=Decimal(3))
    thing = services.add_outcome(
        tied, text="A handbook is printed", level=Outcome.Level.IMMEDIATE, by=world.people["priya"]
    )
    services.add_indicator(*(tied,), name="Copies", outcome=thing, by=world.people["priya"], **COMPLETE)
    idle = services.add_strategy(tied, text="Write a handbook", by=world.people["priya"])
    budget(world, "Buses", year=bare.started_on.year - 1)
    services.add_risk(bare, text="It rains", likelihood=5, impact=3, by=world.people["priya"])
    texts = gap_texts(bare)
    assert texts == [
        f"No goal answers the need “{orphan}”.",
        f"The goal “{lonely}” answers no need.",
        f"Nothing tells whether the goal “{lonely}” is reached.",
        f"No indicator tells whether this outcome came: “{outcome}”.",
        f"Nobody has said what you do to reach the goal “{lonely}”.",
        f"No change follows from “{idle}”.",
        f"Nothing you do brings about “{outcome}”.",
        f"Nothing you do brings about “{thing}”.",
        f"“{thing}” sounds like something delivered, not like a change (“handbook”).",
        "The indicator “Requests filled” has no date of its starting value, no target, no source.",
        f"The goal “A goal alone” is due on {lonely.due.day}\u00a0March 2025, outside the term of the partnership.",
        "Nobody is named who gives “Buses”.",
        f"“Buses” is budgeted for {bare.started_on.year - 1}, outside the term of the partnership.",
        "Nobody has said what to do about “It rains”.",
    ]
    client = sign_in("priya")
    for gap in plan_of(bare).gaps:
        assert client.get(gap.url).status_code == 200, gap
    assert client.get(HOME.format(bare.slug)).content.decode().count("14 things are missing") >= 1


def test_a_link_that_mends_fills_in_what_it_knows(world, bare, sign_in):
    orphan = need(bare)
    page = sign_in("priya").get(f"{HOME.format(bare.slug)}goals/new/?need={orphan.pk}").content.decode()
    assert "checked" in page
    mine = goal(world)
    page = (
        sign_in("priya")
        .get(f"{HOME.format(bare.slug)}indicators/new/?goal={mine.pk}&outcome=no'thing")
        .content.decode()
    )
    assert f'value="{mine.pk}" selected' in page


def test_the_term_ends_with_the_agreement(world, bare):
    late = goal(world, needs=[need(bare)], due=date(2031, 1, 1))
    facts = COMPLETE | {"target_on": date(2031, 1, 1), "outcome": carried(world, late)}
    services.add_indicator(late, name="n", by=world.people["priya"], **facts)
    assert gap_texts(bare) == []
    Agreement.objects.create(partnership=bare, title="MOU", expires_on=date(2028, 3, 31))
    assert [text.split(",")[-1] for text in gap_texts(bare)] == [" outside the term of the partnership."] * 2
    Agreement.objects.update(status=Agreement.Status.ENDED)
    assert gap_texts(bare) == []


def test_progress_says_what_is_answered_and_measured(world, bare):
    assert progress(bare).state == State.NONE
    first, _second = need(bare), need(bare, "Homes")
    mine = goal(world, needs=[first])
    assert progress(bare).sentence == "1 goal answers 1 of 2 needs; no indicator tells whether they are reached."
    for name in ("a", "b"):
        services.add_indicator(mine, name=name, by=world.people["priya"])
    found = progress(bare)
    assert found.sentence == "1 goal answers 1 of 2 needs; 2 indicators tell whether they are reached."
    assert (found.state, found.done, found.total) == (State.HALF, 1, 2)
    assert found.step.label == "Write a goal"
    assert type(found.sentence) is str


def test_whoever_measures_is_asked_for_what_an_indicator_lacks(world, inside):
    callum = access_of(world.people["callum"], inside.slug)
    assert [one.label for one in waiting(callum)] == [
        "Complete the indicator “Families who read the pack before landing”"
    ]
    assert list(waiting(access_of(world.people["tom"], inside.slug))) == []


def test_goals_are_moved_by_plain_buttons(world, inside, sign_in):
    before = list(Goal.objects.values_list("pk", flat=True))
    client = sign_in("tom")
    move = f"{HOME.format(inside.slug)}goals/{before[1]}/move/"
    assert client.post(move, {"to": "up"}).status_code == 302
    assert list(Goal.objects.values_list("pk", flat=True)) == [before[1], before[0], *before[2:]]
    assert list(Goal.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    length = Entry.objects.count()
    client.post(move, {"to": "up"})
    assert Goal.objects.values_list("pk", flat=True).first() == before[1]
    assert Entry.objects.count() == length
    assert sign_in("jo").post(move, {"to": "down"}).status_code == 403


def test_an_agreed_goal_keeps_its_wording_until_it_is_reopened(world, inside, sign_in):
    agreed = world.things["goal.homes"]
    edit = f"{HOME.format(inside.slug)}goals/{agreed.pk}/edit/"
    client = sign_in("priya")
    assert client.get(edit).status_code == 403
    assert client.post(edit, {"title": "Something else"}).status_code == 403
    agreed.refresh_from_db()
    with pytest.raises(Final):
        services.agree(agreed, on=clock.today(), by=world.people["priya"])
    assert sign_in("tom").post(f"{HOME.format(inside.slug)}goals/{agreed.pk}/reopen/").status_code == 403
    client.post(f"{HOME.format(inside.slug)}goals/{agreed.pk}/reopen/")
    answer = client.post(edit, {"title": "House 50 large families", "base": agreed.revision})
    assert answer.status_code == 302
    agreed.refresh_from_db()
    assert (agreed.title, agreed.agreed_on) == ("House 50 large families", None)


def test_a_goal_is_not_agreed_in_the_future(world, bare, sign_in):
    mine = goal(world)
    url = f"{HOME.format(bare.slug)}goals/{mine.pk}/agree/"
    answer = sign_in("priya").post(url, {"on": clock.today() + timedelta(days=1)})
    assert "This day has not come yet" in answer.content.decode()
    with pytest.raises(ValueError, match="future"):
        services.agree(mine, on=clock.today() + timedelta(days=1), by=world.people["priya"])
    assert sign_in("priya").post(url, {"on": clock.today()}).status_code == 302
    mine.refresh_from_db()
    assert mine.agreed_on == clock.today()


def test_only_an_adopted_decision_stands_behind_a_goal(world, bare, sign_in):
    page = sign_in("priya").get(f"{HOME.format(bare.slug)}goals/{goal(world).pk}/agree/").content.decode()
    for decision in Decision.objects.exclude(status=Decision.Status.DECIDED):
        assert decision.title not in page


def test_a_goal_tied_to_other_needs(world, bare):
    first, second = need(bare, "a"), need(bare, "b")
    mine = goal(world, needs=[first])
    services.tie(mine, [second, second])
    assert list(GoalNeed.objects.values_list("need", flat=True)) == [second.pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalNeed.objects.create(partnership=bare, goal=mine, need=second)


def test_the_same_goal_is_told_once_and_then_referred_to(world, bare, sign_in):
    goal(world, "One for both", needs=[need(bare, "a"), need(bare, "b")])
    page = sign_in("priya").get(HOME.format(bare.slug)).content.decode()
    assert "Also answered by “One for both”, above" in page
    assert page.count('id="goal-') == 1


def test_an_indicator_that_keeps_what_there_is(world, bare):
    one = services.add_indicator(
        goal(world), name="n", by=world.people["priya"], baseline=Decimal("85.50"), target=Decimal("85.5"), unit="%"
    )
    one.refresh_from_db()
    assert one.maintains
    assert one.target_says == "85.5%"
    with translation.override("fr-ca"):
        assert one.target_says == "85,5\u00a0%"
    assert Indicator(baseline=Decimal(1000), unit="people").baseline_says == "1000\u00a0people"
    assert not Indicator().maintains


@pytest.mark.parametrize(
    ("form", "typed", "words"),
    [
        ("goals", {"title": ""}, "Fill this in"),
        ("goals", {"title": "x" * 201}, "at most 200 characters"),
        ("goals", {"title": "x", "text": "y" * 100_000}, "4000 is the most"),
        ("goals", {"title": "x", "needs": ["999999"]}, "not one of the available choices"),
        ("goals", {"title": "x", "due": "31/31/2026"}, "Enter a valid date"),
        ("risks", {"kind": "risk", "text": "x", "likelihood": 6, "impact": 1}, "6 is not one of the available choices"),
        (
            "risks",
            {"kind": "risk", "text": "x", "likelihood": 1, "impact": 1, "response": "y" * 2001},
            "2000 is the most",
        ),
    ],
)
def test_bad_input_is_refused_with_a_reason(world, inside, sign_in, form, typed, words):
    answer = sign_in("priya").post(f"{HOME.format(inside.slug)}{form}/new/", typed)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_indicator_dates_and_outcomes_have_to_fit(world, inside, sign_in):
    typed = {
        "goal": world.things["goal.homes"].pk,
        "outcome": Outcome.objects.exclude(goal=world.things["goal.homes"]).first().pk,
        "name": "n",
        "frequency": "yearly",
        "baseline": "1",
        "baseline_on": "2026-02-01",
        "target": "2",
        "target_on": "2026-01-01",
    }
    page = sign_in("priya").post(f"{HOME.format(inside.slug)}indicators/new/", typed).content.decode()
    assert "belongs to another goal" in page
    assert "cannot be due before" in page


def test_html_in_a_goal_is_shown_as_typed(world, bare, sign_in):
    mine = goal(world, "<script>alert(1)</script>", needs=[need(bare)])
    for url in (HOME.format(bare.slug), mine.get_absolute_url()):
        assert "<script>alert(1)" not in sign_in("priya").get(url).content.decode()


def test_a_likelihood_outside_the_scale_is_refused_by_the_database(world, bare):
    with pytest.raises(IntegrityError), transaction.atomic():
        Risk.objects.create(partnership=bare, text="x", likelihood=0, impact=1)


def test_a_goal_cannot_answer_a_foreign_need(world, sign_in, inside):
    with within(world.stalled, EVERY):
        foreign = Need.objects.create(partnership=world.stalled, statement="Rides")
    answer = sign_in("priya").post(f"{HOME.format(inside.slug)}goals/new/", {"title": "x", "needs": [foreign.pk]})
    assert "not one of the available choices" in answer.content.decode()
    assert sign_in("walter").get(world.things["goal.homes"].get_absolute_url()).status_code == 404


def test_observers_read_agreed_goals_only(world, bare, sign_in):
    shown = goal(world, "Shown", needs=[need(bare, "Open need")])
    services.agree(shown, on=clock.today(), by=world.people["priya"])
    goal(world, "Still a draft", needs=[need(bare, "Hidden need")])
    services.add_risk(bare, text="A worry", by=world.people["priya"])
    page = sign_in("jo").get(HOME.format(bare.slug)).content.decode()
    assert "Shown" in page
    for hidden in ("Still a draft", "Hidden need", "A worry", "missing", "Write a goal"):
        assert hidden not in page
    assert sign_in("jo").get(shown.get_absolute_url()).status_code == 403
    assert sign_in("lena").get(HOME.format(bare.slug)).status_code == 200
    assert sign_in("lena").get(f"{HOME.format(bare.slug)}goals/new/").status_code == 403


def test_the_plan_costs_the_same_for_one_goal_and_for_three(world, bare, sign_in):
    client = sign_in("priya")

    def cost():
        client.get(HOME.format(bare.slug))
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(HOME.format(bare.slug))
        return len(found)

    def grow(number):
        mine = goal(world, f"Goal {number}", needs=[need(bare, f"Need {number}")], lead=world.participant("tom"))
        outcome = services.add_outcome(mine, text="o", level="ultimate", by=world.people["priya"])
        services.add_indicator(
            mine, name="i", outcome=outcome, owner=world.participant("bev"), by=world.people["priya"]
        )
        services.add_risk(bare, text="r", owner=world.participant("bev"), by=world.people["priya"])

    grow(1)
    once = cost()
    grow(2)
    grow(3)
    assert cost() == once


def test_the_picture_shows_what_brings_about_what(world, inside, sign_in):
    page = sign_in("priya").get(HOME.format(inside.slug) + "picture/").content.decode()
    for words in ("Logic model", "Theory of change", "What goes in", "Ultimate", "Landlords are willing to let"):
        assert words in page
    plan = plan_of(inside)
    drawn = drawing.theory_of_change(plan)
    place = {box.thing.key: box for box in drawn.boxes}
    for link in plan.links:
        start = place["strategy", link.strategy_id] if link.strategy_id else place["outcome", link.outcome_id]
        assert start.x < place["outcome", link.to_id].x
    for box in drawn.boxes:
        assert " ".join(box.lines) == box.thing.text  # nothing is cut off
        assert box.x >= 0
        assert box.y + box.height <= drawn.height
    boxes = sorted(drawn.boxes, key=lambda box: (box.x, box.y))
    assert all(a.y + a.height < b.y for a, b in pairwise(boxes) if a.x == b.x)
    thought = [curve.tie for curve in drawn.curves if not curve.tie.firm]
    assert len(thought) == sum(link.evidence == Link.Evidence.GUESS for link in plan.links)
    assert len(drawn.says) == len(plan.links)


def test_an_empty_plan_has_nothing_to_draw(bare, sign_in):
    page = sign_in("priya").get(HOME.format(bare.slug) + "picture/").content.decode()
    assert "Nothing to draw yet" in page
    assert "<svg viewBox" not in page.partition("<main")[2]


def test_changes_never_bring_about_themselves(world, bare, sign_in):
    mine = goal(world)
    one, two, three = (
        services.add_outcome(mine, text=f"People have {word}", level="immediate", by=world.people["priya"])
        for word in ("bread", "butter", "jam")
    )
    services.lead_on(one, two, by=world.people["priya"])
    link = services.lead_on(two, three, by=world.people["priya"])
    with pytest.raises(services.Circle, match=r"jam.*bread.*butter.*jam"):
        services.lead_on(three, one, by=world.people["priya"])
    client, new = sign_in("priya"), HOME.format(bare.slug) + "steps/new/"
    typed = {"outcome": three.pk, "to": one.pk, "evidence": 0}
    assert "would bring about themselves" in client.post(new, typed).content.decode()
    assert "would bring about themselves" in client.post(new, typed | {"to": three.pk}).content.decode()
    assert "there already" in client.post(new, {"outcome": one.pk, "to": two.pk, "evidence": 0}).content.decode()
    assert "Choose one" in client.post(new, {"to": two.pk, "evidence": 0}).content.decode()
    turned = {"outcome": three.pk, "to": two.pk, "evidence": 1, "base": link.revision}
    edit = HOME.format(bare.slug) + f"steps/{link.pk}/edit/"
    assert client.post(edit, turned).status_code == 302  # the old step no longer counts when it is turned round
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.create(partnership=bare, to=one)


def test_the_budget_adds_up_to_the_cent(world, bare, sign_in):
    for kind, amount, year in (("cash", "0.10", 2026), ("cash", "0.20", 2026), ("in_kind", "99999.99", 2027)):
        budget(world, "x", kind=kind, amount=Decimal(amount), year=year, funder="Province")
    found = plan_of(bare).budget
    assert found.total == Total(Decimal("0.30"), Decimal("99999.99"))
    assert {year: total.both for year, total in found.by_year.items()} == {
        2026: Decimal("0.30"),
        2027: Decimal("99999.99"),
    }
    page = sign_in("priya").get(HOME.format(bare.slug) + "budget/").content.decode()
    assert "$100\xa0000.29" in page
    typed = {"what": "x", "kind": "cash", "amount": "-1", "year": "26", "funder": ""}
    answer = sign_in("priya").post(HOME.format(bare.slug) + "budget/new/", typed).content.decode()
    assert "above zero" in answer
    assert "Give a year like 2026" in answer


def test_observers_see_neither_budget_nor_steps_of_goals_that_are_not_agreed(world, bare, sign_in):
    open_goal, done = goal(world, "Open"), goal(world, "Agreed goal")
    services.agree(done, on=clock.today(), by=world.people["priya"])
    secret = services.add_outcome(open_goal, text="People have SECRET", level="immediate", by=world.people["priya"])
    services.lead_on(secret, carried(world, done), by=world.people["priya"])
    budget(world, "Hidden")
    for rest in ("", "picture/"):
        page = sign_in("jo").get(HOME.format(bare.slug) + rest).content.decode()
        assert "SECRET" not in page
        assert "Hidden" not in page
    assert sign_in("jo").get(HOME.format(bare.slug) + "budget/").status_code == 403


def test_the_plan_speaks_french(world, inside, sign_in):
    page = sign_in("luc").get(HOME.format(inside.slug)).content.decode()
    assert "Plan stratégique" in page
    assert "6 indicateurs disent s’ils sont atteints." in page


def test_the_last_goals_can_be_removed_with_what_hangs_on_them(world, bare, sign_in):
    mine = goal(world, needs=[need(bare)])
    services.add_indicator(mine, name="i", by=world.people["priya"])
    url = f"{HOME.format(bare.slug)}goals/{mine.pk}/delete/"
    assert sign_in("tom").post(url).status_code == 403
    assert "Its outcomes and indicators go with it" in sign_in("priya").get(url).content.decode()
    sign_in("priya").post(url)
    assert not Goal.objects.exists()
    assert (
        "No goals yet" not in sign_in("priya").get(HOME.format(bare.slug)).content.decode()
    )  # the need is still there

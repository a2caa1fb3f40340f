"""Rules: exact shares, gaps, and changing one only by a decision."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from concorda.begin.governance import queries, services
from concorda.begin.governance.models import Body, Decision, Rule, Seat, exact_share
from concorda.foundation.partnerships.services import leave
from concorda.foundation.process.progress import waiting_for
from concorda.foundation.process.stages import State, tool

from .test_decisions import SPEAKERS, mine


@pytest.mark.parametrize(
    ("typed", "kept"), [("2/3", "2/3"), ("4/6", "2/3"), ("75 %", "3/4"), ("0,6", "3/5"), ("0.6667", "2/3"), ("1", "1")]
)
def test_a_share_is_kept_as_an_exact_fraction(typed, kept):
    assert exact_share(typed, needed=True) == kept


@pytest.mark.parametrize("typed", ["2/0", "3/2", "0", "-1/2", "most", "nan", "", "1e400"])
def test_a_share_that_is_none_says_how_to_write_one(typed):
    with pytest.raises(ValidationError) as said:
        exact_share(typed, needed=True)
    assert "2/3" in " ".join(said.value.messages)
    if typed == "2/0":
        assert "divides by zero" in said.value.messages[0]


def test_consensus_needs_a_way_out(world, inside):
    rule = Rule(partnership=inside, matter="strategic", body=world.things["body.steering"], method="consensus")
    with pytest.raises(ValidationError, match="way out"):
        rule.clean()
    rule.fallback, rule.fallback_threshold = "supermajority", "2/3"
    rule.clean()


def test_what_the_method_does_not_use_is_emptied(world, inside):
    rule = Rule(partnership=inside, matter="strategic", body=world.things["body.steering"], method="majority")
    rule.threshold, rule.fallback = "2/3", "majority"
    rule.clean()
    assert (rule.threshold, rule.fallback) == ("", "")


def test_each_class_without_a_rule_is_named(world, inside):
    assert queries.gaps(queries.rules(inside)) == []
    Rule.objects.filter(matter="financial").update(in_force=False)
    assert queries.gaps(queries.rules(inside)) == [Rule.Matter.FINANCIAL]
    assert tool("governance").progress(inside).state == State.HALF


def changed(world, inside):
    return Rule(
        partnership=inside,
        matter="strategic",
        body=world.things["body.steering"],
        method="supermajority",
        threshold="3/4",
    )


def test_a_rule_in_force_changes_only_by_a_decision_under_the_old_rule(world, inside):
    old, priya = world.things["rule.strategic"], world.people["priya"]
    decision = services.set_rule(changed(world, inside), by=priya)
    assert isinstance(decision, Decision) and decision.rule.matter == "amendment"
    assert queries.rule_for(inside, "strategic").pk == old.pk
    services.open_replies(decision, by=priya)
    for key, speaker in SPEAKERS.items():
        services.cast(decision, world.things[f"seat.{key}"], position="for", by=world.people[speaker])
    now = queries.rule_for(inside, "strategic")
    assert (now.threshold, now.replaces_id) == ("3/4", old.pk)
    with pytest.raises(ValidationError, match="no longer in force"):
        services.propose(inside, title="x", rule=Rule.objects.get(pk=old.pk), by=priya)


def test_a_change_that_is_not_unanimous_leaves_the_rule(world, inside):
    priya = world.people["priya"]
    decision = services.open_replies(services.set_rule(changed(world, inside), by=priya), by=priya)
    for key, speaker in SPEAKERS.items():
        position = "against" if key == "work" else "for"
        services.cast(decision, world.things[f"seat.{key}"], position=position, by=world.people[speaker])
    assert Decision.objects.get(pk=decision.pk).outcome == "rejected"
    assert queries.rule_for(inside, "strategic").method == "consent"


def test_before_the_first_decision_a_rule_is_replaced_at_once(world, inside):
    Decision.objects.update(status="open")
    made = services.set_rule(changed(world, inside), by=world.people["priya"])
    assert isinstance(made, Rule) and queries.rule_for(inside, "strategic") == made


def test_a_class_without_a_rule_can_always_be_given_one(world, inside):
    Rule.objects.filter(matter="amendment").update(in_force=False)
    with pytest.raises(ValidationError, match="changes only by a decision"):
        services.set_rule(changed(world, inside), by=world.people["priya"])
    rule = Rule(partnership=inside, matter="amendment", body=world.things["body.steering"], method="consent")
    assert services.set_rule(rule, by=world.people["priya"]).in_force


def test_the_form_of_a_rule_keeps_what_was_typed_and_says_what_is_wrong(world, sign_in):
    url = reverse("governance:rule_new", args=[world.partnership.slug])
    facts = {
        "matter": "strategic",
        "body": world.things["body.steering"].pk,
        "method": "supermajority",
        "threshold": "2/0",
        "basis": "votes_cast",
        "abstention": "excluded",
        "tie": "fails",
        "silence": "none",
        "attempts": 2,
        "quorum_count": 3,
        "quorum_fraction": "1/2",
        "days": 14,
    }
    answer = sign_in("priya").post(url, facts)
    said = answer.content.decode()
    assert answer.status_code == 200 and "divides by zero" in said and 'value="2/0"' in said
    answer = sign_in("priya").post(url, facts | {"threshold": "2/3"})
    assert answer.status_code == 302 and "/decisions/" in answer["Location"]


# Bodies and seats


def test_a_body_cannot_report_to_itself(world, inside):
    table, office = world.things["body.steering"], world.things["body.office"]
    table.parent = office
    with pytest.raises(ValidationError, match="report to itself"):
        table.clean()


def test_a_seat_is_filled_by_its_own_organization(world, inside):
    seat = Seat.objects.select_related("partner__organization", "body").get(pk=world.things["seat.county"].pk)
    priya, tom, denise = world.people["priya"], world.participant("tom"), world.participant("denise")
    with pytest.raises(ValidationError, match="own organization"):
        services.name_people(seat, holder=tom, alternate=None, by=priya)
    with pytest.raises(ValidationError, match="two people"):
        services.name_people(seat, holder=denise, alternate=denise, by=priya)
    with pytest.raises(ValidationError, match="already has a seat"):
        services.add_seat(seat.body, seat.partner, by=priya)


def test_a_seat_that_an_open_decision_counts_is_not_taken_away(world, inside):
    decision = world.things["decision.housing_group"]
    seat = Seat.objects.select_related("partner__organization", "body").get(pk=world.things["seat.county"].pk)
    with pytest.raises(ValidationError, match="is open and counts"):
        services.remove_seat(seat, by=world.people["priya"])
    assert decision.ballots.filter(seat=seat).exists()


def test_a_vacancy_and_an_ending_term_are_announced_to_the_organization(world, inside):
    seat = Seat.objects.get(pk=world.things["seat.school"].pk)
    for key in ("marisol", "ben"):
        leave(world.participant(key), by=world.people["priya"])
    assert Seat.objects.get(pk=seat.pk).vacant
    Seat.objects.filter(pk=world.things["seat.county"].pk).update(term_ends="2026-04-01")
    told = [one.label for _tool, one in waiting_for(mine(world, "denise"))]
    assert any("A term ends" in label for label in told)
    assert [one.pk for one in queries.ending(queries.seats())] == [world.things["seat.county"].pk]
    assert "School Board" in tool("governance").progress(inside).step.label


def test_the_progress_of_a_new_partnership(world):
    from concorda.foundation.core.scoping import EVERY, within

    with within(world.stalled, EVERY):
        found = tool("governance").progress(world.stalled)
        assert found.state == State.NONE and "who decides" in found.sentence
        Body.objects.create(partnership=world.stalled, name="Table")
        assert "how it decides is not written down" in tool("governance").progress(world.stalled).sentence


def test_the_home_costs_the_same_for_one_body_and_three(world, sign_in, inside, django_assert_max_num_queries):
    client, url = sign_in("amina"), reverse("governance:home", args=[world.partnership.slug])
    client.get(url)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as before:
        client.get(url)
    for name in ("Advice", "Youth"):
        Body.objects.create(partnership=inside, name=name, parent=world.things["body.steering"])
    with django_assert_max_num_queries(len(before.captured_queries)):
        client.get(url)

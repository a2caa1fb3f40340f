"""The pages of governance: who sees what, and who finds which button."""

import pytest
from django.urls import reverse

from concorda.begin.governance.models import Body, Decision, Seat

NAMED = ("home", "terms", "styles", "form", "decision_list", "decision_new", "style_answer", "form_answer")


def page(world, name, *pk):
    return reverse(f"governance:{name}", args=[world.partnership.slug, *pk])


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_open(world, sign_in, name, language):
    client = sign_in("luc")
    client.cookies["django_language"] = language
    world.people["luc"].language = f"{language}-ca"
    world.people["luc"].save()
    assert client.get(page(world, name)).status_code == 200


@pytest.mark.parametrize("name", ["body_new", "rule_new", "arrange"])
def test_only_a_coordinator_arranges(world, sign_in, name):
    assert sign_in("priya").get(page(world, name)).status_code == 200
    assert sign_in("denise").get(page(world, name)).status_code == 403


def test_the_home_names_the_steering_table(world, sign_in):
    said = sign_in("amina").get(page(world, "home")).content.decode()
    assert "A steering table of 7 meets monthly and decides by consent." in said
    assert "Propose a decision" in said and "Form a body" not in said


def test_detail_pages_open(world, sign_in):
    client = sign_in("priya")
    assert client.get(page(world, "body_detail", world.things["body.steering"].pk)).status_code == 200
    assert client.get(page(world, "rule_detail", world.things["rule.strategic"].pk)).status_code == 200
    said = client.get(page(world, "decision_detail", world.things["decision.housing_group"].pk)).content.decode()
    assert "Adopted on" in said


def test_observers_read_what_was_adopted_and_nothing_else(world, sign_in, inside):
    jo, adopted = sign_in("jo"), world.things["decision.housing_group"]
    assert jo.get(page(world, "home")).status_code == 200
    said = jo.get(page(world, "decision_detail", adopted.pk)).content.decode()
    assert "Form a housing group" in said and "no one to send" not in said
    assert jo.get(page(world, "decision_list")).status_code == 403
    draft = Decision.objects.create(
        partnership=inside, title="x", rule=world.things["rule.strategic"], proposed_by=world.participant("priya")
    )
    assert jo.get(page(world, "decision_detail", draft.pk)).status_code == 404
    assert sign_in("amina").get(page(world, "decision_detail", draft.pk)).status_code == 200


def test_only_the_organization_of_a_seat_names_who_sits_there(world, sign_in, inside):
    seat = Seat.objects.get(partner=world.partner("county"), body__kind=Body.Kind.COUNCIL)
    url = page(world, "seat_people", seat.pk)
    assert sign_in("priya").get(url).status_code == 403
    assert sign_in("karim").get(url).status_code == 403
    client = sign_in("denise")
    assert client.get(url).status_code == 200
    foreign = client.post(url, {"holder": world.participant("tom").pk, "base": seat.revision})
    assert foreign.status_code == 200
    answer = client.post(url, {"holder": world.participant("bev").pk, "alternate": "", "base": seat.revision})
    assert answer.status_code == 302
    seat.refresh_from_db()
    assert seat.holder == world.participant("bev") and seat.alternate is None

"""Ballots that must not count, sent by a person on the page and by a program through the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from concorda.begin.governance import queries, services
from concorda.begin.governance.models import Ballot, Body, Decision, EarlierReply, Rule, Seat
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import RoleHeld
from concorda.portal.api.tests.test_tokens import bearer, token_for

JSON = "application/json"
Send = Callable[..., Any]


@pytest.fixture
def decision(world: Any, inside: Any) -> Decision:
    draft = services.propose(inside, title="Buy a van", rule=world.things["rule.strategic"], by=world.people["priya"])
    return services.open_replies(draft, by=world.people["priya"])


@pytest.fixture(params=["page", "api"])
def send(request: Any, world: Any, sign_in: Any, decision: Decision) -> Send:
    """Reply as somebody, in one of the two ways; gives the answer."""

    def on_the_page(who: str, position: str = "for", reason: str = "") -> Any:
        url = reverse("governance:ballot", args=[world.partnership.slug, decision.pk])
        return sign_in(who).post(url, {"position": position, "reason": reason})

    def by_a_program(who: str, position: str = "for", reason: str = "") -> Any:
        url = f"/api/v1/partnerships/{world.partnership.slug}/governance/decisions/{decision.pk}/reply"
        return bearer(token_for(world, who)).post(url, {"position": position, "reason": reason}, JSON)

    return on_the_page if request.param == "page" else by_a_program


def ballots(decision: Decision) -> int:
    with within(decision.partnership, EVERY):
        return Ballot.objects.filter(decision=decision).count()


def test_after_the_closing_time(send: Send, decision: Decision) -> None:
    with clock.at(decision.closes_at + timedelta(seconds=1)):
        answer = send("denise", "object", "Too late.")
    assert answer.status_code in (200, 422)
    assert "Replies closed" in answer.content.decode()
    assert ballots(decision) == 0


def test_after_it_was_decided(send: Send, world: Any, decision: Decision) -> None:
    with clock.at(decision.closes_at):
        services.close(decision, by=None)
    answer = send("denise", "object", "Too late.")
    assert answer.status_code in (302, 422)
    assert ballots(decision) == 0


def test_by_a_recused_seat(send: Send, world: Any, decision: Decision) -> None:
    services.recuse(decision, world.things["seat.housing"], reason="We sell vans.", by=world.people["tom"])
    assert send("tom", "object", "Ours.").status_code == 403
    assert ballots(decision) == 0


def test_twice(send: Send, world: Any, decision: Decision) -> None:
    """The second reply of a seat takes the place of the first, which is kept: two never count."""
    assert send("denise", "object", "No money.").status_code in (200, 302)
    assert send("denise", "for").status_code in (200, 302)
    assert ballots(decision) == 1
    with within(decision.partnership, EVERY):
        assert Ballot.objects.get(decision=decision).position == "for"
        assert EarlierReply.objects.get(decision=decision).position == "object"


def test_by_somebody_who_lost_the_seat(send: Send, world: Any, decision: Decision) -> None:
    seat = Seat.objects.select_related("partner__organization", "body").get(pk=world.things["seat.school"].pk)
    RoleHeld.objects.filter(participant=world.participant("marisol"), role=Role.REPRESENTATIVE).delete()
    services.name_people(seat, holder=world.participant("ben"), alternate=None, by=world.people["ben"])
    assert send("marisol").status_code == 403
    assert ballots(decision) == 0
    assert send("ben").status_code in (200, 302)


def test_by_an_alternate_whose_holder_is_there(send: Send, decision: Decision) -> None:
    assert send("karim").status_code == 403
    assert ballots(decision) == 0


def test_a_rule_that_changes_meanwhile_does_not_touch_the_vote(send: Send, world: Any, decision: Decision) -> None:
    Decision.objects.exclude(pk=decision.pk).filter(status="decided").update(status="withdrawn")
    other = Rule(
        partnership=decision.partnership,
        matter="strategic",
        body=Body.objects.get(pk=world.things["body.steering"].pk),
        method="majority",
        quorum_fraction="1",
    )
    assert isinstance(services.set_rule(other, by=world.people["priya"]), Rule)
    refused = send("denise", "against")
    assert refused.status_code in (200, 422)
    assert ballots(decision) == 0
    assert send("denise", "object", "No money.").status_code in (200, 302)
    found = queries.standing(Decision.objects.get(pk=decision.pk))
    assert (found.quorum, len(found.objections)) == (5, 1)

"""Seats: who speaks when, how a seat passes on, and what may be decided without asking."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from concorda.begin.governance import delegating, handing_over, queries, services, tool
from concorda.begin.governance.deciding import explained
from concorda.begin.governance.models import Body, Decision, Delegation, HandOver, Interest, Notice, Rule, Seat
from concorda.begin.governance.tests.test_decisions import all_but, mine, opened, vote
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Entry, RoleHeld
from concorda.foundation.partnerships.services import leave

__all__ = ["vote"]


def page(world, name, *pk):
    return reverse(f"governance:{name}", args=[world.partnership.slug, *pk])


def seat_of(world, key):
    return queries.seats().get(pk=world.things[f"seat.{key}"].pk)


# Away and back


def test_the_alternate_replies_only_while_the_holder_is_away(vote, world):
    with pytest.raises(PermissionDenied, match="Marisol Quintero speaks for"):
        vote("school", by="ben")
    services.note_absence(seat_of(world, "school"), since=clock.today(), until=None, by=world.people["marisol"])
    assert vote("school", "concern", "Parking.", by="ben").cast_by == world.participant("ben")
    services.note_absence(seat_of(world, "school"), since=None, until=None, by=world.people["marisol"])
    with pytest.raises(PermissionDenied):
        vote("school", by="ben")
    assert vote("school", by="marisol")


def test_an_absence_begins_and_ends_on_its_days(world, inside):
    seat = seat_of(world, "school")
    first, last = clock.today() + timedelta(days=2), clock.today() + timedelta(days=4)
    seat = services.note_absence(seat, since=first, until=last, by=world.people["marisol"])
    for days, who in ((0, "marisol"), (2, "ben"), (4, "ben"), (5, "marisol")):
        with clock.at(clock.now() + timedelta(days=days)):
            assert seat.speaker == world.participant(who), days


def test_an_absence_needs_an_alternate_and_days_in_order(world, inside):
    seat, today = seat_of(world, "school"), clock.today()
    with pytest.raises(ValidationError, match="before the first"):
        services.note_absence(seat, since=today, until=today - timedelta(days=1), by=world.people["marisol"])
    services.name_people(seat, holder=seat.holder, alternate=None, by=world.people["marisol"])
    with pytest.raises(ValidationError, match="name an alternate"):
        services.note_absence(seat, since=today, until=None, by=world.people["marisol"])


def test_who_says_that_the_holder_is_away(world, sign_in):
    url = page(world, "seat_away", world.things["seat.school"].pk)
    assert sign_in("ben").get(url).status_code == 403
    assert sign_in("priya").get(url).status_code == 403
    client = sign_in("marisol")
    wrong = client.post(url, {"since": "2026-03-20", "until": "2026-03-01"})
    assert wrong.status_code == 200 and "before the first" in wrong.content.decode()
    assert client.post(url, {"since": "2026-03-13", "until": "2026-03-30"}).status_code == 302
    said = client.get(page(world, "body_detail", world.things["body.steering"].pk)).content.decode()
    assert "away until" in said


# Hand-over


def test_a_new_holder_gets_the_seat_with_a_note_and_what_waits(
    vote, world, sign_in, mailoutbox, django_capture_on_commit_callbacks
):
    url, iris = page(world, "seat_people", world.things["seat.school"].pk), world.participant("iris")
    sent = {"holder": iris.pk, "alternate": "", "note": "Ask Grace.", "base": seat_of(world, "school").revision}
    with django_capture_on_commit_callbacks(execute=True):
        assert sign_in("marisol").post(url, sent).status_code == 302
    with within(world.partnership, EVERY):
        found = HandOver.objects.get(after=iris)
    assert found.before == world.participant("marisol") and "Reply: Buy a van" in found.passed
    assert [mail.to[0] for mail in mailoutbox] == ["iris@concorda.example"]
    client = sign_in("iris")
    assert any("Take over your seat" in one.label for one in tool.waiting(mine(world, "iris")))
    said = client.get(found.get_absolute_url()).content.decode()
    for words in ("Ask Grace.", "I have taken over", "Form a housing group"):
        assert words in said, words
    assert client.post(page(world, "take_over", found.pk)).status_code == 302
    found.refresh_from_db()
    assert found.taken_at is not None
    assert sign_in("tom").get(found.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        vote("school", by="ben")


def test_only_the_next_holder_says_that_it_is_taken_over(world, inside):
    services.name_people(
        seat_of(world, "school"), holder=world.participant("iris"), alternate=None, by=world.people["marisol"]
    )
    found = HandOver.objects.get(after=world.participant("iris"))
    with pytest.raises(PermissionDenied):
        handing_over.take(found, by=world.people["marisol"])


def test_the_alternate_follows_a_holder_who_left(vote, world, inside):
    leave(world.participant("marisol"), by=world.people["priya"])
    tool.by_the_clock(inside)
    seat = Seat.objects.get(pk=world.things["seat.school"].pk)
    assert (seat.holder, seat.alternate) == (world.participant("ben"), None)
    found = HandOver.objects.get(seat=seat)
    assert "Reply: Buy a van" in found.passed and found.by is None
    tool.by_the_clock(inside)
    assert HandOver.objects.filter(seat=seat).count() == 1
    assert vote("school", by="ben")


def test_what_a_leaving_person_has_in_hand_goes_along(world, inside, monkeypatch):
    """Each tool passes on what it holds, but only when the person no longer takes part."""
    seen = []
    for one in handing_over.tools():
        monkeypatch.setitem(one.__dict__, "pass_on", lambda *who: seen.append(who))
    seat, iris = seat_of(world, "school"), world.participant("iris")
    services.name_people(seat, holder=iris, alternate=None, by=world.people["marisol"])
    assert not seen
    leave(iris, by=world.people["priya"])
    services.name_people(seat, holder=world.participant("ben"), alternate=None, by=world.people["marisol"])
    assert len(seen) == len(handing_over.tools())
    assert seen[0] == (iris, world.participant("ben"), world.people["marisol"])


# Delegations


@pytest.fixture
def small(world, inside):
    return world.things["delegation.small"]


def alone(world, small, amount, **facts):
    facts = {"title": "Chairs", "by": world.people["priya"], **facts}
    return delegating.decide_alone(small, amount=None if amount is None else Decimal(amount), **facts)


def test_one_person_decides_within_the_limit_and_it_stands_in_the_register(world, inside, small):
    found = alone(world, small, "500.00", reach=[world.partner("county")])
    assert found.adopted and found in queries.adopted(inside)
    assert "Priya Raman alone" in explained(found)
    assert Notice.objects.filter(decision=found, participant=world.participant("denise")).exists()
    with pytest.raises(ValidationError):
        services.withdraw(found, reason="x", by=world.people["priya"])


@pytest.mark.parametrize(("amount", "said"), [(None, "how much money"), ("500.01", r"up to \$500")])
def test_beyond_the_limit_is_refused(world, inside, small, amount, said):
    with pytest.raises(ValidationError, match=said):
        alone(world, small, amount)


def test_the_year_counts_together(world, inside, small):
    Delegation.objects.filter(pk=small.pk).update(a_year=Decimal(1000))
    left = Decimal(1000) - delegating.used(small)
    alone(world, small, 400)
    alone(world, small, min(left - 400, 500))
    remaining = 1000 - delegating.used(small)
    with pytest.raises(ValidationError, match="left for this year"):
        alone(world, small, remaining + 1)
    with clock.at(clock.now() + timedelta(days=365)):
        assert alone(world, small, 500)


def test_only_who_was_given_it_decides_and_only_while_it_holds(world, inside, small):
    with pytest.raises(PermissionDenied, match="Only Priya"):
        alone(world, small, 10, by=world.people["denise"])
    delegating.end(small, by=world.people["priya"])
    with pytest.raises(ValidationError, match="ended"):
        alone(world, small, 10)
    with pytest.raises(ValidationError, match="ended already"):
        delegating.end(small, by=world.people["priya"])


def offered(world, inside, **facts):
    facts = {
        "matter": "financial",
        "person": world.participant("priya"),
        "what": "Rooms",
        "up_to": Decimal(10),
        **facts,
    }
    return Delegation(partnership=inside, **facts)


def test_power_is_handed_on_only_by_a_decision_of_that_kind(world, inside):
    with pytest.raises(ValidationError, match="needs one too"):
        delegating.give(offered(world, inside), by=world.people["priya"])
    given = world.things["decision.housing_group"]
    with pytest.raises(ValidationError, match="of this kind"):
        delegating.give(offered(world, inside, given_by=given), by=world.people["priya"])
    given = world.things["decision.interpreter_fund"]
    assert delegating.give(offered(world, inside, given_by=given), by=world.people["priya"]).in_force


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"person": None}, "a body, or one person"),
        ({"matter": "amendment"}, "never delegated"),
        ({"up_to": None}, "up to which amount"),
        ({"up_to": Decimal(0)}, "above zero"),
        ({"a_year": Decimal(5)}, "The year allows less"),
    ],
)
def test_a_delegation_without_an_end_or_a_limit_is_refused(world, inside, facts, said):
    with pytest.raises(ValidationError, match=said):
        delegating.give(offered(world, inside, **facts), by=world.people["priya"])


def test_the_database_takes_one_holder_of_a_delegation(world, inside):
    both = offered(world, inside, body=world.things["body.steering"])
    with pytest.raises(IntegrityError), transaction.atomic():
        both.save()


@pytest.fixture
def executive(world, inside):
    """An executive of two that may decide on money up to 2,000."""
    body = services.add_body(Body(partnership=inside, name="Executive", kind="executive"), by=world.people["priya"])
    for key, holder in (("county", "denise"), ("health", "grace")):
        seat = services.add_seat(body, world.partner(key), by=world.people["priya"])
        services.name_people(seat, holder=world.participant(holder), alternate=None, by=world.people[holder])
    given = world.things["decision.interpreter_fund"]
    allowed = offered(world, inside, person=None, body=body, up_to=Decimal(2000), given_by=given)
    return delegating.give(allowed, by=world.people["priya"])


def test_a_smaller_body_decides_with_its_own_seats_within_its_limit(world, inside, executive):
    rule, by = world.things["rule.financial"], world.people["priya"]
    with pytest.raises(ValidationError, match="up to"):
        services.propose(inside, title="Van", rule=rule, amount=Decimal(2001), delegation=executive, by=by)
    decision = services.propose(inside, title="Van", rule=rule, amount=Decimal(2000), delegation=executive, by=by)
    decision = services.open_replies(decision, by=by)
    assert queries.standing(decision).of == 2 and decision.rule_then["body"] == "Executive"
    with pytest.raises(PermissionDenied):
        services.cast(decision, world.things["seat.housing"], position="for", by=world.people["tom"])
    for who in ("denise", "grace"):
        seat = Seat.objects.get(body=executive.body, holder=world.participant(who))
        services.cast(decision, seat, position="for", by=world.people[who])
    assert Decision.objects.get(pk=decision.pk).adopted


def test_a_limit_that_ended_meanwhile_or_of_another_kind_does_not_open(world, inside, executive):
    rule, other, by = world.things["rule.financial"], world.things["rule.operational"], world.people["priya"]
    with pytest.raises(ValidationError, match="this kind, not another"):
        services.propose(inside, title="Van", rule=other, amount=Decimal(1), delegation=executive, by=by)
    decision = services.propose(inside, title="Van", rule=rule, amount=Decimal(1), delegation=executive, by=by)
    delegating.end(executive, by=by)
    with pytest.raises(ValidationError, match="ended"):
        services.open_replies(decision, by=by)
    small = world.things["delegation.small"]
    with pytest.raises(ValidationError, match="alone, without a vote"):
        services.propose(inside, title="Van", rule=rule, amount=Decimal(1), delegation=small, by=by)


def test_pages_of_delegations(world, sign_in):
    small = world.things["delegation.small"]
    url = page(world, "decide_alone", small.pk)
    assert sign_in("denise").get(url).status_code == 403
    assert sign_in("denise").get(page(world, "delegation_new")).status_code == 403
    client = sign_in("priya")
    assert "up to $500 each time" in client.get(url).content.decode()
    wrong = client.post(url, {"title": "Chairs", "amount": "501"})
    assert wrong.status_code == 200 and "up to $500" in wrong.content.decode()
    assert client.post(url, {"title": "Chairs", "amount": "12.50"}).status_code == 302
    assert "Chairs" in client.get(page(world, "decision_list")).content.decode()
    sent = {"matter": "financial", "what": "Rooms", "person": world.participant("priya").pk, "up_to": "10"}
    assert "needs one too" in client.post(page(world, "delegation_new"), sent).content.decode()
    assert client.post(page(world, "delegation_end", small.pk)).status_code == 302
    assert sign_in("jo").get(page(world, "home")).content.decode().count("Priya") == 0


# Notice of a meeting


def test_a_meeting_is_called_as_far_ahead_as_the_rule_says(world, inside):
    Rule.objects.filter(pk=world.things["rule.strategic"].pk).update(notice_days=10)
    soon = {"way": "meeting", "closes_at": clock.now() + timedelta(days=9)}
    with pytest.raises(ValidationError, match="10 days between"):
        opened(world, inside, "strategic", **soon)
    assert opened(world, inside, "strategic", way="meeting", closes_at=clock.now() + timedelta(days=10)).is_open
    assert opened(world, inside, "strategic", closes_at=clock.now() + timedelta(days=1)).is_open


# Interests


def test_an_interest_is_on_record_and_shown_beside_open_decisions(vote, world, sign_in):
    client = sign_in("tom")
    assert client.post(page(world, "interests"), {"text": " "}).status_code == 200
    assert client.post(page(world, "interests"), {"text": "We sell vans."}).status_code == 302
    said = sign_in("amina").get(page(world, "decision_detail", vote.decision.pk)).content.decode()
    assert "We sell vans." in said
    with within(world.partnership, EVERY):
        found = Interest.objects.get(text="We sell vans.")
    denise = sign_in("denise")
    denise.post(page(world, "interest_end", found.pk))
    found.refresh_from_db()
    assert found.ended_on is None
    client.post(page(world, "interest_end", found.pk))
    found.refresh_from_db()
    assert found.ended_on == clock.today()
    assert sign_in("jo").get(page(world, "interests")).status_code == 403


def test_who_lost_the_seat_cannot_reply_through_the_page(vote, world, sign_in):
    RoleHeld.objects.filter(participant=world.participant("marisol"), role=Role.REPRESENTATIVE).delete()
    services.name_people(
        seat_of(world, "school"), holder=world.participant("ben"), alternate=None, by=world.people["ben"]
    )
    answer = sign_in("marisol").post(page(world, "ballot", vote.decision.pk), {"position": "for"})
    assert answer.status_code == 403
    all_but(vote, "school")
    assert Decision.objects.get(pk=vote.decision.pk).is_open
    assert Entry.objects.filter(message__startswith="named who sits").exists()

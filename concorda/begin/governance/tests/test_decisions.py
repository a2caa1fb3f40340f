"""Decisions: who may reply, what counts, when it is final."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from concorda.begin.governance import describing, queries, services, subjects
from concorda.begin.governance.deciding import SENTENCES, explained, tally
from concorda.begin.governance.models import Ballot, Decision, Rule, Seat
from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Final, RoleHeld
from concorda.foundation.partnerships.services import leave
from concorda.foundation.process.story import PARTNERS

SPEAKERS = {
    "newcomer": "farida",
    "county": "denise",
    "school": "marisol",
    "health": "grace",
    "housing": "tom",
    "franco": "luc",
    "work": "harpreet",
}


class Vote:
    def __init__(self, world, decision):
        self.world, self.decision = world, decision

    def __call__(self, key, position="for", reason="", *, by=None, **facts):
        seat = self.world.things[f"seat.{key}"]
        person = self.world.people[by or SPEAKERS[key]]
        return services.cast(self.decision, seat, position=position, reason=reason, by=person, **facts)


@pytest.fixture
def vote(world, inside):
    """`vote("county", "object", "because")` on the proposal in `vote.decision`."""

    return Vote(world, opened(world, inside, "strategic"))


def opened(world, here, matter, **facts):
    rule = world.things[f"rule.{matter}"]
    decision = services.propose(here, title="Buy a van", text="One van.", rule=rule, by=world.people["priya"], **facts)
    return services.open_replies(decision, by=world.people["priya"])


def all_but(vote, *keys, position="for"):
    for key in PARTNERS:
        if key not in keys:
            vote(key, position)


def test_when_everyone_consents_it_is_adopted_at_once(vote):
    all_but(vote, "work")
    vote.decision.refresh_from_db()
    assert vote.decision.is_open
    vote("work")
    vote.decision.refresh_from_db()
    assert (vote.decision.status, vote.decision.outcome) == ("decided", "adopted")
    assert vote.decision.result["quorum"] == {"present": 7, "needed": 5, "met": True}
    assert explained(vote.decision) == "Adopted by consent: no objection stands."
    with translation.override("fr-ca"):
        assert "consentement" in explained(vote.decision)


def test_an_objection_keeps_it_open_until_its_time_and_then_blocks_it(vote, world):
    all_but(vote, "county")
    vote("county", "object", "We would have to pay.")
    with pytest.raises(ValidationError, match="objection"):
        services.close(vote.decision, by=world.people["priya"])
    with clock.at(vote.decision.closes_at):
        decided = services.close(vote.decision, by=world.people["priya"])
    assert decided.outcome == "blocked"
    assert "County" in explained(decided)


def test_an_objection_can_be_taken_back(vote):
    all_but(vote, "county")
    vote("county", "object", "No.")
    vote("county", "for")
    assert Decision.objects.get(pk=vote.decision.pk).outcome == "adopted"
    assert Ballot.objects.filter(decision=vote.decision).count() == 7


def test_an_objection_without_reason_does_not_stop_consent(vote):
    all_but(vote, "county")
    vote("county", "object")
    decided = Decision.objects.get(pk=vote.decision.pk)
    assert decided.outcome == "adopted"
    assert "without a reason" in explained(decided)


def test_a_concern_is_agreement_with_a_note(vote):
    with pytest.raises(ValidationError, match="concern"):
        vote("work", "concern")
    vote("work", "concern", "Once a year, please.")
    found = tally(vote.decision, closed=False)
    assert found.for_ == 1 and queries.standing(vote.decision).replied == 1


def test_one_reply_a_seat_and_who_stands_in_may_change_it(vote, world):
    vote("newcomer", "for", by="farida")
    seat = world.things["seat.newcomer"]
    services.note_absence(seat, since=clock.today(), until=None, by=world.people["farida"])
    vote("newcomer", "concern", "Parking.", by="priya")
    ballot = Ballot.objects.get(decision=vote.decision)
    assert (ballot.position, ballot.cast_by) == ("concern", world.participant("priya"))


@pytest.mark.parametrize("who", ["amina", "tom", "lena"])
def test_nobody_else_replies_for_a_seat(vote, who):
    with pytest.raises(PermissionDenied):
        vote("newcomer", by=who)


def test_an_observer_cannot_reply(vote):
    with pytest.raises(PermissionDenied):
        vote("county", by="jo")


def test_the_representative_replies_for_the_seat_of_the_organization(vote, world):
    RoleHeld.objects.create(
        partnership=world.partnership, participant=world.participant("bev"), role=Role.REPRESENTATIVE
    )
    assert vote("county", by="bev").cast_by == world.participant("bev")


def test_who_lost_the_seat_no_longer_replies(vote, world):
    seat = Seat.objects.select_related("partner__organization", "body").get(pk=world.things["seat.school"].pk)
    RoleHeld.objects.filter(participant=world.participant("marisol"), role=Role.REPRESENTATIVE).delete()
    ben, iris = world.participant("ben"), world.participant("iris")
    services.name_people(seat, holder=ben, alternate=iris, by=world.people["ben"])
    with pytest.raises(PermissionDenied):
        vote("school", by="marisol")
    assert vote("school", by="ben")


def test_who_left_no_longer_replies_and_the_alternate_does(vote, world):
    leave(world.participant("marisol"), by=world.people["priya"])
    with pytest.raises(PermissionDenied):
        vote("school", by="marisol")
    assert vote("school", by="ben")
    assert not Seat.objects.get(pk=world.things["seat.school"].pk).vacant


def test_no_reply_after_the_closing_time(vote):
    with clock.at(vote.decision.closes_at), pytest.raises(ValidationError, match="closed"):
        vote("county")


def test_no_reply_to_a_draft(vote, world, inside):
    vote.decision = services.propose(inside, title="x", rule=world.things["rule.strategic"], by=world.people["priya"])
    with pytest.raises(ValidationError, match="draft"):
        vote("county")


def test_a_recused_seat_keeps_out_and_does_not_count(vote, world):
    vote("housing", "object", "Ours.")
    seat = world.things["seat.housing"]
    with pytest.raises(PermissionDenied):
        services.recuse(vote.decision, seat, reason="We sell vans.", by=world.people["denise"])
    with pytest.raises(ValidationError, match="conflict"):
        services.recuse(vote.decision, seat, reason=" ", by=world.people["tom"])
    services.recuse(vote.decision, seat, reason="We sell vans.", by=world.people["tom"])
    with pytest.raises(PermissionDenied, match="conflict"):
        vote("housing")
    found = queries.standing(vote.decision)
    assert (found.of, found.quorum, found.objections) == (6, 4, [])
    assert queries.seat_of(mine(world, "tom"), vote.decision) is None


def mine(world, key):
    return access_of(world.people[key], world.partnership.slug)


def test_a_position_the_rule_does_not_know_is_refused(vote):
    with pytest.raises(ValidationError, match="position"):
        vote("county", "against")


def test_what_is_decided_is_final(vote, world):
    all_but(vote)
    decided = Decision.objects.get(pk=vote.decision.pk)
    for change in (
        lambda: services.close(decided, by=None),
        lambda: services.withdraw(decided, reason="x", by=world.people["priya"]),
        lambda: vote("county", "object", "late"),
        lambda: services.open_replies(decided, by=world.people["priya"]),
        lambda: services.say(decided, "late", by=world.people["priya"]),
        lambda: services.recuse(decided, world.things["seat.county"], reason="x", by=world.people["denise"]),
    ):
        with pytest.raises(ValidationError):
            change()
    decided.title = "Buy two vans"
    with pytest.raises(Final):
        decided.save()
    with pytest.raises(Final):
        decided.delete()
    ballot = Ballot.objects.select_related("decision").filter(decision=decided).first()
    ballot.position = "object"
    with pytest.raises(Final):
        ballot.save()
    with pytest.raises(Final):
        ballot.delete()


def test_a_stale_page_cannot_reopen_what_was_closed_meanwhile(vote, world):
    stale = Decision.objects.get(pk=vote.decision.pk)
    all_but(vote)
    vote.decision = stale
    assert stale.is_open
    with pytest.raises(ValidationError, match="closed"):
        vote("county", "object", "No.")
    with pytest.raises(ValidationError, match="closed"):
        services.close(stale, by=world.people["priya"])


def test_changing_the_rule_does_not_touch_an_open_decision(vote, world):
    rule = world.things["rule.strategic"]
    Rule.objects.filter(pk=rule.pk).update(method="unanimity", quorum_fraction="1")
    assert queries.standing(vote.decision).quorum == 5
    assert vote.decision.method == "consent"
    services.add_seat(world.things["body.office"], world.partner("county"), by=world.people["priya"])
    assert queries.standing(vote.decision).of == 7


def test_early_only_when_nothing_can_change_it(world, inside, vote):
    vote.decision = opened(world, inside, "operational")
    for key in PARTNERS[:3]:
        vote(key)
    with pytest.raises(ValidationError, match="can change"):
        services.close(vote.decision, by=world.people["priya"])
    vote("housing")
    decided = services.close(vote.decision, by=world.people["priya"])
    assert decided.outcome == "adopted" and decided.result["early"]
    assert "3" in explained(decided)


def test_two_thirds_of_seven_are_five(world, inside, vote):
    vote.decision = opened(world, inside, "financial")
    for key, position in zip(PARTNERS, ["for"] * 4 + ["against"] * 3, strict=True):
        vote(key, position)
    decided = Decision.objects.get(pk=vote.decision.pk)
    assert (decided.outcome, decided.result["needed"]) == ("rejected", 5)
    assert "4 of 7" in explained(decided)


def test_without_quorum_it_is_void_not_rejected(vote, world):
    vote("county")
    with clock.at(vote.decision.closes_at):
        decided = services.close(vote.decision, by=None)
    assert decided.outcome == "void"
    assert explained(decided) == "Void: 1 of 7 seats replied, and the quorum is 5."


def test_a_second_meeting_where_whoever_comes_is_enough(world, inside, vote):
    Rule.objects.filter(pk=world.things["rule.strategic"].pk).update(adjourned_suffices=True)
    vote.decision = opened(world, inside, "strategic")
    vote("county")
    with clock.at(vote.decision.closes_at):
        later = services.close(vote.decision, by=world.people["priya"])
        assert later.is_open and later.adjourned and later.closes_at > clock.now()
    with clock.at(later.closes_at):
        assert services.close(later, by=world.people["priya"]).outcome == "adopted"


def test_putting_off_needs_a_missing_quorum_and_a_later_time(vote, world):
    priya = world.people["priya"]
    with pytest.raises(ValidationError, match="still to come"):
        services.adjourn(vote.decision, closes_at=clock.now(), by=priya)
    all_but(vote, "work", "county")
    with pytest.raises(ValidationError, match="quorum"):
        services.adjourn(vote.decision, closes_at=clock.now() + timedelta(days=9), by=priya)


def test_silence_counts_as_agreement_where_the_rule_says_so(world, inside, vote):
    vote.decision = opened(world, inside, "communications")
    vote("county")
    with clock.at(vote.decision.closes_at):
        decided = services.close(vote.decision, by=None)
    assert decided.outcome == "adopted"
    assert "6" in explained(decided)


def test_nothing_is_opened_that_nobody_could_decide(world, inside):
    rule = Rule.objects.get(pk=world.things["rule.operational"].pk)
    priya = world.people["priya"]
    Seat.objects.update(chairs=False)
    decision = services.propose(inside, title="x", rule=rule, by=priya)
    with pytest.raises(ValidationError, match="chair"):
        services.open_replies(decision, by=priya)
    Rule.objects.filter(pk=rule.pk).update(quorum_count=9, tie="fails")
    with pytest.raises(ValidationError, match="quorum is 9"):
        services.open_replies(decision, by=priya)
    Seat.objects.update(holder=None, alternate=None)
    with pytest.raises(ValidationError, match="Nobody sits"):
        services.open_replies(decision, by=priya)
    Seat.objects.filter(pk=world.things["seat.county"].pk).update(holder=world.participant("denise"))
    Rule.objects.filter(pk=rule.pk).update(quorum_count=1)
    with pytest.raises(ValidationError, match="before they open"):
        services.open_replies(decision, closes_at=clock.now(), by=priya)


def test_taking_back_needs_a_reason_and_keeps_the_record(vote, world):
    with pytest.raises(ValidationError, match="why"):
        services.withdraw(vote.decision, reason="  ", by=world.people["priya"])
    taken = services.withdraw(vote.decision, reason="No money.", by=world.people["priya"])
    assert taken.status == "withdrawn"
    with pytest.raises(ValidationError):
        vote("county")


def test_a_later_decision_replaces_an_earlier_one(world, inside, vote):
    earlier = world.things["decision.housing_group"]
    with pytest.raises(ValidationError, match="Only what was decided"):
        opened(world, inside, "operational", supersedes=vote.decision)
    vote.decision = opened(world, inside, "operational", supersedes=earlier)
    assert earlier in queries.adopted(inside)
    all_but(vote)
    assert earlier not in queries.adopted(inside)


def test_what_a_decision_is_about_follows_in_the_same_transaction(world, inside, vote, monkeypatch):
    seen = []
    monkeypatch.setitem(subjects._known, "governance.body", subjects.Subject(seen.append, subjects.plain, False))
    body = world.things["body.office"]
    vote.decision = opened(world, inside, "strategic", subject=body)
    assert queries.decision_about(body) == vote.decision
    all_but(vote)
    assert [one.outcome for one in seen] == ["adopted"]

    def fail(decision):
        raise ValidationError("not possible")

    monkeypatch.setitem(subjects._known, "governance.body", subjects.Subject(fail, subjects.plain, False))
    vote.decision = opened(world, inside, "strategic", subject=body)
    all_but(vote, "work")
    with pytest.raises(ValidationError, match="not possible"):
        vote("work")
    assert Decision.objects.get(pk=vote.decision.pk).is_open
    assert Ballot.objects.filter(decision=vote.decision).count() == 6


def test_every_reason_of_the_tally_has_our_words():
    from concorda.analysis.tally import SENTENCES as CODES

    assert set(SENTENCES) == set(CODES)
    numbers = dict.fromkeys(["present", "eligible", "needed", "for", "total", "waiting", "attempts", "seats"], 3)
    words = dict.fromkeys(["by", "sectors", "basis", "method"], "x")
    for language in ("en-ca", "fr-ca"):
        with translation.override(language):
            assert all(str(text) % (numbers | words) for text in SENTENCES.values())


def test_a_reminder_reaches_the_silent_only(vote, world, mailoutbox, django_capture_on_commit_callbacks):
    all_but(vote, "school")
    with django_capture_on_commit_callbacks(execute=True):
        assert services.remind(vote.decision, by=world.people["priya"]) == ["the School Board"]
    assert sorted(mail.to[0].split("@")[0] for mail in mailoutbox) == ["marisol"]


def test_standing_costs_the_same_for_one_reply_and_five(vote, django_assert_num_queries):
    vote("county")
    with django_assert_num_queries(5) as first:
        _ = [reply.person for reply in queries.standing(vote.decision).band]
    all_but(vote, "county", "work", "school")
    with django_assert_num_queries(len(first.captured_queries)):
        _ = [reply.person for reply in queries.standing(vote.decision).band]


@pytest.mark.parametrize(
    ("method", "quorum", "words"),
    [
        ("unanimity", 1, "Passes when everyone is for it"),
        ("consent", 1, "Passes when 1 has replied and no objection stands"),
        ("consensus", 5, "Passes when 5 have replied and nobody blocks it"),
        ("majority", 1, "Passes when 1 has replied and enough are for it"),
    ],
)
def test_what_it_takes_is_said_for_one_and_for_many(method, quorum, words):
    found = SimpleNamespace(quorum=quorum, outcome=SimpleNamespace(needed=1))
    assert describing.passes(SimpleNamespace(method=method), found) == words

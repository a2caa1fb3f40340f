"""Changed words, secret votes, meetings, who must know, looking again, and the register."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from concorda.begin.governance import amending, queries, services, telling, tool
from concorda.begin.governance.models import Ballot, Decision, EarlierReply, LookedAgain, Notice, Rule, Wording
from concorda.begin.governance.tests.test_decisions import Vote, all_but, mine, opened, vote
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final

__all__ = ["vote"]


def page(world, name, *pk):
    return reverse(f"governance:{name}", args=[world.partnership.slug, *pk])


def test_changed_words_void_the_replies_and_say_who_must_look_again(
    vote, world, mailoutbox, django_capture_on_commit_callbacks
):
    vote("county", "object", "Two would do.")
    vote("school")
    with django_capture_on_commit_callbacks(execute=True):
        wording = amending.amend(vote.decision, "Two vans.", note="The County asked.", by=world.people["priya"])
    assert (wording.number, Wording.objects.filter(decision=vote.decision).count()) == (2, 2)
    assert not Ballot.objects.filter(decision=vote.decision).exists()
    kept = EarlierReply.objects.filter(decision=vote.decision, why="amended")
    assert sorted(one.position for one in kept) == ["for", "object"]
    assert sorted(mail.to[0].split("@")[0] for mail in mailoutbox) == ["denise", "marisol"]
    assert any("Buy a van" in one.label for one in tool.waiting(mine(world, "denise")))
    fresh = Decision.objects.get(pk=vote.decision.pk)
    assert fresh.text == "Two vans." and fresh.is_open
    with pytest.raises(Final):
        wording.save()


def test_changed_words_leave_three_days_to_reply(vote, world):
    with clock.at(vote.decision.closes_at - timedelta(hours=1)):
        amending.amend(vote.decision, "Two vans.", by=world.people["priya"])
    assert Decision.objects.get(pk=vote.decision.pk).closes_at > vote.decision.closes_at + timedelta(days=2)


@pytest.mark.parametrize(("text", "said"), [("", "first"), (" One van. ", "stand there now")])
def test_words_that_are_no_change_are_refused(vote, world, text, said):
    with pytest.raises(ValidationError, match=said):
        amending.amend(vote.decision, text, by=world.people["priya"])


def test_words_of_another_record_and_closed_ones_are_not_changed_here(vote, world, inside):
    about = opened(world, inside, "strategic", subject=world.things["body.office"])
    with pytest.raises(ValidationError, match="record of their own"):
        amending.amend(about, "x", by=world.people["priya"])
    with clock.at(vote.decision.closes_at), pytest.raises(ValidationError, match="wait to be counted"):
        amending.amend(vote.decision, "x", by=world.people["priya"])
    all_but(vote)
    with pytest.raises(ValidationError, match="closed"):
        amending.amend(vote.decision, "x", by=world.people["priya"])


def test_a_running_vote_keeps_its_rule_through_a_change_of_words(vote, world):
    Rule.objects.filter(pk=world.things["rule.strategic"].pk).update(method="unanimity", in_force=False)
    amending.amend(vote.decision, "Two vans.", by=world.people["priya"])
    all_but(vote, "school")
    vote("school", "concern", "Parking.")
    assert Decision.objects.get(pk=vote.decision.pk).outcome == "adopted"


def test_the_page_compares_the_words(vote, world, sign_in):
    client = sign_in("priya")
    url = page(world, "amend", vote.decision.pk)
    assert "Two vans." in client.get(url + "?of=One van.&instead=Two vans.").content.decode()
    assert client.post(url, {"text": "Two vans.", "note": "More room."}).status_code == 302
    said = client.get(page(world, "decision_detail", vote.decision.pk)).content.decode()
    assert "<del>" in said and "<ins>" in said and "More room." in said
    assert sign_in("denise").get(url).status_code == 403


def test_a_changed_reply_is_kept_as_history(vote, world, sign_in):
    vote("county", "object", "We would have to pay.")
    vote("county", "for")
    kept = EarlierReply.objects.get(decision=vote.decision)
    assert (kept.position, kept.why) == ("object", "changed")
    said = sign_in("amina").get(page(world, "decision_detail", vote.decision.pk)).content.decode()
    assert "1 earlier reply" in said and "We would have to pay." in said


def test_the_database_takes_one_ballot_a_seat(vote, world):
    """What two processes at the same moment would meet, did they get past the lock of the decision."""
    first = vote("county")
    twin = Ballot(
        partnership=world.partnership,
        decision=first.decision,
        seat=first.seat,
        position="object",
        cast_by=first.cast_by,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    assert Ballot.objects.get(decision=vote.decision).position == "for"


def test_replies_lock_the_decision_first(vote, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as seen:
        vote("county")
    tables = [query["sql"] for query in seen.captured_queries if "governance_" in query["sql"]]
    assert 'FROM "governance_decision"' in tables[0]


# Secret votes


@pytest.fixture
def secret(world, inside):
    Rule.objects.filter(pk=world.things["rule.operational"].pk).update(secrecy="secret", tie="fails")
    return Vote(world, opened(world, inside, "operational"))


WORDS = "Their driver is my cousin."


def test_nobody_else_sees_an_open_secret_vote(secret, world, sign_in):
    secret("county", "against", WORDS)
    secret("county", "abstain", WORDS)
    url = page(world, "decision_detail", secret.decision.pk)
    for who in ("priya", "tom", "amina"):
        said = sign_in(who).get(url).content.decode()
        assert WORDS not in said and "Has voted" in said
        table = said[said.index("h-pos") :].split("</table>")[0]
        assert "Abstains" not in table and "Against" not in table
    assert WORDS in sign_in("denise").get(url).content.decode()
    assert not Ballot.objects.filter(queries.readable(mine(world, "tom"))).filter(decision=secret.decision).exists()
    assert Ballot.objects.filter(queries.readable(mine(world, "denise"))).filter(decision=secret.decision).exists()


def test_a_secret_vote_does_not_tell_early_how_it_goes(secret, world):
    for key in ("newcomer", "county", "school", "health", "housing"):
        secret(key)
    with pytest.raises(ValidationError, match="can change"):
        services.close(secret.decision, by=world.people["priya"])
    assert not queries.seen_by(mine(world, "priya"), queries.standing(secret.decision)).settled_early


def test_of_a_counted_secret_vote_only_the_count_stays(secret, world, sign_in):
    secret("county", "for", WORDS)
    secret("county", "against", WORDS)
    all_but(secret, "county")
    decided = Decision.objects.get(pk=secret.decision.pk)
    assert (decided.outcome, decided.result["for"]) == ("adopted", 6)
    assert set(decided.ballots.values_list("position", "reason")) == {("cast", "")}
    assert not decided.earlier_replies.exists()
    assert queries.standing(decided).replied == 7
    for who in ("priya", "denise"):
        answer = sign_in(who).get(page(world, "decision_detail", decided.pk))
        assert answer.status_code == 200 and WORDS not in answer.content.decode()


def test_a_vote_that_is_hidden_until_it_closes_is_shown_then(world, inside, sign_in):
    Rule.objects.filter(pk=world.things["rule.operational"].pk).update(secrecy="closing")
    cast = Vote(world, opened(world, inside, "operational"))
    cast("county", "against", WORDS)
    url = page(world, "decision_detail", cast.decision.pk)
    assert WORDS not in sign_in("tom").get(url).content.decode()
    all_but(cast, "county")
    assert WORDS in sign_in("tom").get(url).content.decode()


@pytest.mark.parametrize(
    ("method", "tie", "field"),
    [("consent", "fails", "secrecy"), ("majority", "chair", "tie"), ("majority", "fails", "")],
)
def test_only_a_vote_without_a_deciding_chair_is_secret(world, inside, method, tie, field):
    rule = Rule(partnership=inside, matter="operational", method=method, tie=tie, secrecy="secret")
    rule.body = world.things["body.steering"]
    if not field:
        rule.clean()
        return
    with pytest.raises(ValidationError) as refused:
        rule.clean()
    assert set(refused.value.message_dict) == {field}


def test_a_hidden_vote_does_not_leave_with_the_partnership(secret, vote):
    secret("county", "against", WORDS)
    secret("county", "abstain", WORDS)
    vote("county")
    assert not Ballot.told(Ballot.objects.filter(decision=secret.decision)).exists()
    assert not EarlierReply.told(EarlierReply.objects.filter(decision=secret.decision)).exists()
    assert Ballot.told(Ballot.objects.filter(decision=vote.decision)).exists()


# At a meeting


def test_at_a_meeting_silence_is_no_agreement_and_positions_are_written_down(world, inside, sign_in):
    rule = world.things["rule.communications"]
    decision = services.propose(inside, title="Logo", rule=rule, by=world.people["priya"], way="meeting")
    decision = services.open_replies(decision, by=world.people["priya"])
    assert decision.rule_then["rule"]["silence"] == "none"
    seats = [world.things[f"seat.{key}"] for key in ("newcomer", "county", "school", "health")]
    url = page(world, "take_down", decision.pk)
    assert sign_in("denise").get(url).status_code == 403
    posted = {f"seat-{seat.pk}": "for" for seat in seats}
    assert sign_in("priya").post(url, posted).status_code == 302
    with pytest.raises(ValidationError, match="concern"):
        services.take_down(decision, [(seats[0], "concern", "")], by=world.people["priya"])
    services.take_down(decision, [(seats[1], "concern", "Colours.")], by=world.people["priya"])
    assert EarlierReply.objects.filter(decision=decision).count() == 1
    with clock.at(decision.closes_at):
        assert services.close(decision, by=None).outcome == "adopted"


def test_what_is_decided_in_writing_or_in_secret_is_written_down_by_nobody_else(vote, secret, world):
    one = [(world.things["seat.county"], "for", "")]
    with pytest.raises(ValidationError, match="in writing"):
        services.take_down(vote.decision, one, by=world.people["priya"])
    Decision.objects.filter(pk=secret.decision.pk).update(way="meeting")
    with pytest.raises(ValidationError, match="secret"):
        services.take_down(secret.decision, one, by=world.people["priya"])


# Who must know, looking again


def test_who_must_know_is_told_and_says_so(world, inside, sign_in, mailoutbox, django_capture_on_commit_callbacks):
    reach = [world.partner("school"), world.things["body.steering"]]
    cast = Vote(world, opened(world, inside, "strategic", reach=reach))
    assert not Notice.objects.filter(decision=cast.decision).exists()
    with django_capture_on_commit_callbacks(execute=True):
        all_but(cast)
    told = Notice.objects.filter(decision=cast.decision)
    names = {one.participant.person for one in told}
    assert world.people["iris"] in names and world.people["denise"] in names and world.people["amina"] not in names
    subjects = [one.subject for one in mailoutbox]
    assert len(subjects) == told.count()
    assert {"Decided: Buy a van", "Décidé : Buy a van"} == {one.replace("\xa0", " ") for one in subjects}
    url = page(world, "decision_detail", cast.decision.pk)
    assert any("Read what was decided" in one.label for one in tool.waiting(mine(world, "iris")))
    assert "I have read this" in sign_in("iris").get(url).content.decode()
    for _twice in range(2):
        assert sign_in("iris").post(page(world, "confirm", cast.decision.pk)).status_code == 302
    assert not any("Read what was decided" in one.label for one in tool.waiting(mine(world, "iris")))
    assert f"1 of the {told.count()} told has read it." in sign_in("priya").get(url).content.decode()
    with pytest.raises(PermissionDenied):
        telling.confirm(cast.decision, by=world.people["amina"])


def test_a_review_comes_up_by_itself_until_it_was_looked_at(world, inside, sign_in):
    cast = Vote(world, opened(world, inside, "strategic", review_on=clock.today() + timedelta(days=90)))
    all_but(cast)
    decision = Decision.objects.get(pk=cast.decision.pk)

    def asked():
        return [one for one in tool.waiting(mine(world, "priya")) if "Look at a decision again" in one.label]

    assert not asked()
    with clock.at(clock.now() + timedelta(days=80)):
        assert [one.late for one in asked()] == [False]
    with clock.at(clock.now() + timedelta(days=100)):
        assert [one.late for one in asked()] == [True]
        url = page(world, "look_again", decision.pk)
        assert (
            "still to come"
            in sign_in("priya").post(url, {"found": "It works.", "next_on": clock.today()}).content.decode()
        )
        later = clock.today() + timedelta(days=200)
        assert sign_in("priya").post(url, {"found": "It works.", "next_on": later}).status_code == 302
        assert not asked()
    assert queries.next_look(decision) == later
    draft = services.propose(inside, title="x", rule=world.things["rule.strategic"], by=world.people["priya"])
    with pytest.raises(ValidationError, match="adopted"):
        telling.look_again(draft, LookedAgain(found="x"), by=world.people["priya"])


# The register


def test_the_register_is_narrowed_and_leaves_as_a_table(world, sign_in):
    client = sign_in("priya")
    said = client.get(page(world, "decision_list"), {"matter": "financial", "stood": "holds"}).content.decode()
    assert "interpreters" in said and "Form a housing group" not in said
    answer = client.get(page(world, "register_csv"), {"matter": "operational"})
    table = answer.content.decode("utf-8-sig")
    assert "Form a housing group" in table and "interpreters" not in table and "Majority" in table
    assert sign_in("jo").get(page(world, "register_csv")).status_code == 403


def test_a_decision_is_replaced_by_a_proposal_that_says_so(world, inside, sign_in):
    old = world.things["decision.housing_group"]
    client, url = sign_in("priya"), page(world, "decision_new")
    shown = client.get(f"{url}?replaces={old.pk}").content.decode()
    assert f'value="{old.pk}"' in shown and "Form a housing group" in shown
    facts = {"title": "Two groups", "text": "x", "rule": world.things["rule.operational"].pk, "replaces": old.pk}
    assert client.post(url, facts).status_code == 302
    new = Decision.objects.get(title="Two groups")
    assert new.supersedes == old
    cast = Vote(world, services.open_replies(new, by=world.people["priya"]))
    all_but(cast)
    listed = client.get(page(world, "decision_list"), {"stood": "replaced"}).content.decode()
    assert "Form a housing group" in listed
    with pytest.raises(ValidationError, match="replaced already"):
        opened(world, inside, "operational", supersedes=old)
    assert "not in this partnership" in client.post(url, facts | {"replaces": 987654}).content.decode()

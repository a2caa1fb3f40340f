"""Living consent: asked in time and when something changes, counted by the rule; who leaves is a party no longer."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from concorda.begin.agreements import consent, queries, services
from concorda.begin.agreements.models import Agreement, Confirmation, Obligation, Round
from concorda.begin.agreements.tool import progress, waiting
from concorda.begin.governance.models import Rule
from concorda.foundation.core import clock
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Partner
from concorda.foundation.process.stages import State

ALL = ("farida", "tom", "grace", "luc", "denise", "harpreet", "marisol")


@pytest.fixture
def memorandum(world, inside):
    """In force among all seven, since day 18; from here it is day 30."""
    found = Agreement.objects.get(pk=world.things["agreement.memorandum"].pk)
    version = queries.newest(found)
    for key in ("denise", "harpreet", "marisol"):
        person = world.participant(key)
        services.sign(version, by=person, typed_name=person.person.name, digest=version.digest)
    found.refresh_from_db()
    Obligation.objects.update(delivered_on=clock.today(), evidence="Seen")
    with clock.at(world.moment(30)):
        yield found


def ask(world, agreement, because="The County has a new council."):
    return consent.ask(agreement, cause=Round.Cause.ASKED, because=because, by=world.people["priya"])


def say(world, asked, *keys, stands=True, reason=""):
    for key in keys:
        consent.confirm(asked, by=world.participant(key), stands=stands, reason=reason)


def later(days):
    return clock.at(clock.now() + timedelta(days=days))


def outcome(asked):
    return Round.objects.get(pk=asked.pk).outcome


def labels(world, key):
    return [one.label for one in waiting(access_of(world.people[key], world.partnership.slug))]


def test_all_stand_by_it(world, memorandum):
    asked = ask(world, memorandum)
    say(world, asked, *ALL[:6])
    assert outcome(asked) == "open"
    assert "6 of 7 stand by it." in progress(memorandum.partnership).sentence
    assert "Say whether you stand by the memorandum" in labels(world, "marisol")
    assert "Say whether you stand by the memorandum" not in labels(world, "tom")
    say(world, asked, "marisol")
    assert outcome(asked) == "upheld"
    assert Entry.objects.filter(message__startswith="noted that the partners stand by").count() == 1
    with pytest.raises(consent.NotAsked, match="closed"):
        say(world, asked, "tom")


def test_a_reasoned_no_under_consent_leaves_it_in_doubt(world, memorandum):
    asked = ask(world, memorandum)
    with pytest.raises(consent.NotAsked, match="what would have to change"):
        say(world, asked, "denise", stands=False)
    say(world, asked, "denise", stands=False, reason="The rent bank ends in June.")
    say(world, asked, *(key for key in ALL if key != "denise"))
    assert outcome(asked) == "doubted"
    found = progress(memorandum.partnership)
    assert (found.state, found.step.label) == (State.CARE, "Talk about what would have to change")


@pytest.mark.parametrize(("method", "expected"), [("majority", "upheld"), ("unanimity", "doubted"), ("", "doubted")])
def test_how_many_must_stand_by_it_is_for_the_rule_to_say(world, memorandum, method, expected):
    rules = Rule.objects.filter(matter=Rule.Matter.STRATEGIC, in_force=True)
    rules.update(method=method) if method else rules.update(in_force=False)
    asked = ask(world, memorandum)
    say(world, asked, "denise", "harpreet", stands=False, reason="No.")
    say(world, asked, *(key for key in ALL if key not in ("denise", "harpreet")))
    assert outcome(asked) == expected


def test_silence_until_the_day_is_no_confirmation(world, memorandum):
    asked = ask(world, memorandum)
    say(world, asked, "tom")
    with later(consent.DAYS):
        services.by_the_clock(memorandum.partnership)
        assert outcome(asked) == "open"
    with later(consent.DAYS + 1):
        services.by_the_clock(memorandum.partnership)
        assert outcome(asked) == "doubted"


def test_an_answer_can_be_given_anew_while_it_is_open(world, memorandum):
    asked = ask(world, memorandum)
    say(world, asked, "tom", stands=False, reason="Wait.")
    say(world, asked, "tom")
    answer = Confirmation.objects.get(round=asked)
    assert (answer.stands, answer.reason) == (True, "")


def test_one_round_at_a_time(world, memorandum):
    ask(world, memorandum)
    with pytest.raises(consent.NotAsked, match="being asked already"):
        ask(world, memorandum)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(partnership=memorandum.partnership, agreement=memorandum, cause="time", due=clock.today())


def test_only_who_speaks_for_a_party_answers(world, memorandum):
    asked = ask(world, memorandum)
    with pytest.raises(consent.NotAsked, match="speaks or signs"):
        say(world, asked, "anneke")
    letter = Round.objects.get(agreement=world.things["agreement.letter"].pk)
    with pytest.raises(consent.NotAsked, match="not a party"):
        say(world, letter, "luc")


def reworded(here):
    here.purpose = "Something else"
    here.save()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda here: Partner.objects.filter(organization__name__startswith="Valley").update(status="left"),
            "has left",
        ),
        (reworded, "purpose"),
        (lambda here: Rule.objects.filter(matter="strategic").update(method="majority"), "rule for decisions"),
    ],
)
def test_the_partners_are_asked_by_themselves_when_something_material_changes(world, memorandum, change, words):
    services.by_the_clock(memorandum.partnership)
    assert not memorandum.rounds.exists()
    change(memorandum.partnership)
    for _again in range(2):
        services.by_the_clock(memorandum.partnership)
    asked = memorandum.rounds.get()
    assert asked.cause == Round.Cause.CHANGE
    assert words in asked.because


def test_the_calendar_asks_each_year(world, memorandum):
    consent.every(memorandum, 12, by=world.people["priya"])
    start = memorandum.in_force_since
    memorandum.refresh_from_db()
    assert consent.due_again(memorandum) == start.replace(year=start.year + 1)
    days = (start.replace(year=start.year + 1) - clock.today()).days
    with later(days - 1):
        services.by_the_clock(memorandum.partnership)
        assert not memorandum.rounds.exists()
    with later(days):
        services.by_the_clock(memorandum.partnership)
        assert memorandum.rounds.get().cause == Round.Cause.TIME


def test_months_end_where_the_shorter_month_does(world):
    day = world.date(0).replace(month=8, day=31)
    assert consent.months_after(day, 6).isoformat() == f"{day.year + 1}-02-28"
    assert consent.months_after(day, 1).isoformat() == f"{day.year}-09-30"
    assert consent.months_after(day, 12) == day.replace(year=day.year + 1)


def test_the_partners_are_written_to_and_asked_on_a_page(
    world, memorandum, sign_in, mailoutbox, django_capture_on_commit_callbacks
):
    url = f"{memorandum.get_absolute_url()}reconfirm/"
    assert sign_in("tom").get(url).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        typed = {"every": "12", "because": "The County has a new council."}
        assert sign_in("priya").post(url, typed).status_code == 302
    asked = memorandum.rounds.get()
    letter = next(one for one in mailoutbox if one.to == [world.people["luc"].email])
    assert "Vous y tenez-vous toujours" in letter.subject
    assert "being asked already" in sign_in("priya").post(url, typed).content.decode()
    page = f"/p/{memorandum.partnership.slug}/begin/agreements/rounds/{asked.pk}/"
    assert "new council" in sign_in("denise").get(page).content.decode()
    assert "what would have to change" in sign_in("denise").post(page, {"stands": "no"}).content.decode()
    assert sign_in("denise").post(page, {"stands": "yes"}).status_code == 302
    assert "1 of 7" in sign_in("tom").get(memorandum.get_absolute_url()).content.decode()
    assert [sign_in(key).get(page).status_code for key in ("amina", "jo", "walter")] == [403, 403, 404]


# Leaving


def leave(world, memorandum, key="tom"):
    return services.withdraw(memorandum, by=world.participant(key), reason="We close.")


def test_leaving_takes_effect_the_day_after_the_last(world, memorandum, mailoutbox, django_capture_on_commit_callbacks):
    made = leave(world, memorandum)
    left = world.partner("housing").pk
    with later(90):
        services.by_the_clock(memorandum.partnership)
        assert left in {one.pk for one in queries.bound_by(memorandum)}
    with later(91), django_capture_on_commit_callbacks(execute=True):
        assert left not in {one.pk for one in queries.bound_by(memorandum)}  # whether or not anybody looked
        for _again in range(2):
            services.by_the_clock(memorandum.partnership)
        made.refresh_from_db()
        assert made.noted_at
        assert Entry.objects.filter(message__startswith="noted that %(who)s is no longer a party").count() == 1
        assert memorandum.rounds.get().because == "Harbour Street Housing has left this agreement."
        parties = {one.name: one for one in queries.parties_of(memorandum.in_force_version)}
        assert parties["Harbour Street Housing"].gone
        assert not services.in_force_as_it_stands(memorandum)
        clause = memorandum.clauses.last()
        services.reword(clause, heading=clause.heading, text="Other.", by=world.people["priya"], knowing=True)
        new = services.send(memorandum, by=world.people["priya"])
        assert "Harbour Street Housing" not in [one["name"] for one in new.parties]
    assert any("Harbour Street Housing leaves" in one.subject for one in mailoutbox)


def test_who_leaves_takes_an_amendment_out_for_signature_along(world, memorandum):
    leave(world, memorandum)
    clause = memorandum.clauses.last()
    services.reword(clause, heading=clause.heading, text="Other.", by=world.people["priya"], knowing=True)
    pending = services.send(memorandum, by=world.people["priya"])
    with later(91):
        services.by_the_clock(memorandum.partnership)
    pending.refresh_from_db()
    assert pending.voided_because == "Harbour Street Housing has left"


def test_one_party_alone_has_no_agreement(world, memorandum):
    for key in ALL[1:]:
        leave(world, memorandum, key)
    with later(91):
        services.by_the_clock(memorandum.partnership)
        memorandum.refresh_from_db()
        assert (memorandum.status, memorandum.ended_because) == (Agreement.Status.ENDED, "Only one party was left.")


def test_the_page_says_who_left(world, memorandum, sign_in):
    leave(world, memorandum)
    with later(91):
        page = sign_in("priya").get(memorandum.get_absolute_url()).content.decode()
        assert "Left; its last day was" in page
    with later(10):
        assert "Leaves on" in sign_in("priya").get(memorandum.get_absolute_url()).content.decode()


def test_what_was_renewed_ends_without_having_lapsed(world, memorandum):
    end = memorandum.expires_on
    made = services.renew(
        memorandum,
        by=world.people["priya"],
        effective_on=end + timedelta(days=1),
        expires_on=end + timedelta(days=700),
    )
    version = services.send(made, by=world.people["priya"])
    for key in ALL:
        person = world.participant(key)
        services.sign(version, by=person, typed_name=person.person.name, digest=version.digest)
    with later((end - clock.today()).days + 1):
        services.by_the_clock(memorandum.partnership)
        memorandum.refresh_from_db()
        assert memorandum.status == Agreement.Status.ENDED
        assert memorandum.ended_because.startswith("It was renewed")

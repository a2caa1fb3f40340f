"""The course of an agreement: who signs after whom, the word before it ends, its lapse, renewal and end."""

from datetime import UTC, datetime, time, timedelta

import pytest

from concorda.begin.agreements import queries, services
from concorda.begin.agreements.models import Agreement, AgreementVersion, Clause
from concorda.begin.agreements.tool import waiting
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry
from concorda.foundation.partnerships.queries import committed

SIGNERS = ("farida", "tom", "grace", "luc", "denise", "harpreet", "marisol")


@pytest.fixture
def memorandum(world, inside):
    return Agreement.objects.get(pk=world.things["agreement.memorandum"].pk)


def put_name(world, version, key):
    person = world.participant(key)
    return services.sign(version, by=person, typed_name=person.person.name, digest=version.digest)


def sign_all(world, memorandum):
    version = queries.newest(memorandum)
    for key in ("denise", "harpreet", "marisol"):
        put_name(world, version, key)
    memorandum.refresh_from_db()


def sent_in_order(world, memorandum):
    """The County signs last, everybody else first."""
    county = world.partner("county").pk
    steps = {one.pk: 2 if one.pk == county else 1 for one in committed(memorandum.partnership)}
    return services.send(memorandum, by=world.people["priya"], knowing=True, steps=steps)


def labels(world, key):
    return [one.label for one in waiting(access_of(world.people[key], world.partnership.slug))]


def test_who_signs_later_waits_for_the_others(world, memorandum, sign_in):
    version = sent_in_order(world, memorandum)
    url = f"/p/{memorandum.partnership.slug}/begin/agreements/versions/{version.pk}/sign/"
    with pytest.raises(services.NotPossible, match=r"not your turn yet.*Maitland Newcomer Centre"):
        put_name(world, version, "denise")
    assert "not your turn yet" in sign_in("denise").get(url).content.decode()
    assert "Sign the memorandum" not in labels(world, "denise")
    assert "Sign the memorandum" in labels(world, "tom")
    reminded = services.remind(memorandum, by=world.people["priya"])
    assert "Denise Kowalchuk" not in [one.person.name for one in reminded]
    for key in SIGNERS:
        if key != "denise":
            put_name(world, version, key)
    assert "Sign the memorandum" in labels(world, "denise")
    put_name(world, version, "denise")
    memorandum.refresh_from_db()
    assert memorandum.in_force_version == version
    assert services.in_force_as_it_stands(memorandum)  # who signed after whom is not part of the text


def test_the_order_is_asked_for_when_it_is_sent(world, memorandum, sign_in):
    county = world.partner("county").pk
    url = f"{memorandum.get_absolute_url()}send/"
    assert "When County of Maitland signs" in sign_in("priya").get(url).content.decode()
    typed = {"note": "", "knowing": "on", f"step-{county}": "2"}
    assert "9" in sign_in("priya").post(url, typed | {f"step-{county}": "99"}).content.decode()
    assert sign_in("priya").post(url, typed).status_code == 302
    parties = {one["partner"]: one.get("step", 1) for one in queries.newest(memorandum).parties}
    assert parties.pop(county) == 2
    assert set(parties.values()) == {1}


def lines(start):
    return Entry.objects.filter(message__startswith=start).count()


def days_before_its_end(memorandum, days):
    return clock.at(datetime.combine(memorandum.expires_on - timedelta(days=days), time(15), UTC))


def test_the_partners_are_told_at_180_90_and_30_days(world, memorandum, mailoutbox, django_capture_on_commit_callbacks):
    sign_all(world, memorandum)
    told = []
    for days in (200, 180, 179, 91, 90, 60, 30, 29, 1):
        before = lines("told the partners")
        with days_before_its_end(memorandum, days), django_capture_on_commit_callbacks(execute=True):
            services.by_the_clock(memorandum.partnership)
            services.by_the_clock(memorandum.partnership)
        told += [days] if lines("told the partners") > before else []
    assert told == [180, 90, 30]
    assert lines("told the partners") == 3
    letter = next(one for one in mailoutbox if one.to == [world.people["luc"].email] and "Se termine" in one.subject)
    assert "prend fin le" in letter.body
    addresses = [one.to[0] for one in mailoutbox]
    assert world.people["jo"].email not in addresses
    assert world.people["walter"].email not in addresses


def test_a_later_last_day_begins_the_count_again(world, memorandum, django_capture_on_commit_callbacks):
    sign_all(world, memorandum)
    with days_before_its_end(memorandum, 20):
        services.watch(memorandum)
        Agreement.objects.filter(pk=memorandum.pk).update(expires_on=clock.today() + timedelta(days=150))
        services.watch(memorandum)
        memorandum.refresh_from_db()
        assert memorandum.alerted_at == 180
        assert lines("told the partners") == 1


def test_it_lapses_the_day_after_its_last(world, memorandum):
    sign_all(world, memorandum)
    with days_before_its_end(memorandum, 0):
        services.by_the_clock(memorandum.partnership)
        memorandum.refresh_from_db()
        assert memorandum.holds
    with days_before_its_end(memorandum, -1):
        services.by_the_clock(memorandum.partnership)
        services.by_the_clock(memorandum.partnership)
        memorandum.refresh_from_db()
        assert memorandum.status == Agreement.Status.LAPSED
        lapsed = Entry.objects.filter(message__startswith="noted that “%(what)s” lapsed", target_id=memorandum.pk)
        assert lapsed.count() == 1
        with pytest.raises(services.NotPossible, match="has ended"):
            services.add_own(memorandum, heading="x", text="y", by=world.people["priya"])


def test_it_is_renewed_as_a_draft_with_the_same_clauses(world, memorandum, sign_in):
    sign_all(world, memorandum)
    url = f"{memorandum.get_absolute_url()}renew/"
    page = sign_in("priya").get(url).content.decode()
    start = memorandum.expires_on + timedelta(days=1)
    assert start.isoformat() in page
    wrong = sign_in("priya").post(url, {"effective_on": start, "expires_on": start})
    assert "has to end after" in wrong.content.decode()
    typed = {"effective_on": start, "expires_on": start + timedelta(days=700)}
    assert sign_in("priya").post(url, typed).status_code == 302
    made = Agreement.objects.get(renews=memorandum)
    assert (made.status, made.effective_on) == (Agreement.Status.DRAFT, start)
    texts = [list(one.clauses.values_list("heading", "text")) for one in (memorandum, made)]
    assert texts[0] == texts[1]
    assert set(made.clauses.values_list("status", flat=True)) == {Clause.Status.DISCUSSED}
    memorandum.refresh_from_db()
    assert memorandum.status == Agreement.Status.IN_FORCE
    assert sign_in("tom").post(url, typed).status_code == 403


def test_it_is_ended_with_a_reason_and_nothing_is_signed_after(world, memorandum, sign_in):
    version = queries.newest(memorandum)
    url = f"{memorandum.get_absolute_url()}end/"
    assert "Tick this box" in sign_in("priya").post(url, {"reason": "Merged"}).content.decode()
    assert sign_in("priya").post(url, {"reason": "We merged.", "sure": "on"}).status_code == 302
    memorandum.refresh_from_db()
    assert (memorandum.status, memorandum.ended_because) == (Agreement.Status.ENDED, "We merged.")
    assert AgreementVersion.objects.get(pk=version.pk).voided_at
    with pytest.raises(services.NotPossible, match="not out for signature"):
        put_name(world, version, "harpreet")
    assert "ended already" in sign_in("priya").post(url, {"reason": "x", "sure": "on"}).content.decode()
    assert sign_in("tom").get(url).status_code == 403


def test_the_clock_looks_at_one_partnership_only(world, memorandum):
    sign_all(world, memorandum)
    with within(world.stalled, EVERY), clock.at(world.moment(5000)):
        services.by_the_clock(world.stalled)
    memorandum.refresh_from_db()
    assert memorandum.status == Agreement.Status.IN_FORCE

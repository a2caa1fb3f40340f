"""Signing: one version, one signature an organization, in force exactly once, and nothing signed unseen."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from concorda.begin.agreements import library, queries, services
from concorda.begin.agreements.models import Agreement, AgreementVersion, Clause, Reply, Signature, Withdrawal
from concorda.begin.agreements.tool import progress, waiting
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.core.text import fingerprint
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final, Partner, RoleHeld
from concorda.foundation.process.stages import State
from concorda.foundation.process.story import PASSWORD

SIGNERS = ("farida", "tom", "grace", "luc", "denise", "harpreet", "marisol")


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


@pytest.fixture
def memorandum(world, inside):
    return Agreement.objects.get(pk=world.things["agreement.memorandum"].pk)


@pytest.fixture
def out(memorandum):
    """The version that is out for signature."""
    return queries.newest(memorandum)


def put_name(world, version, key, **facts):
    person = world.participant(key)
    return services.sign(version, by=person, typed_name=person.person.name, digest=facts.get("digest", version.digest))


def sign_url(version, page="sign"):
    return f"/p/{version.partnership.slug}/begin/agreements/versions/{version.pk}/{page}/"


def form(version, **facts):
    return {"typed_name": "Harpreet Gill", "entitled": "on", "password": PASSWORD, "digest": version.digest, **facts}


def test_the_demo_memorandum(world, memorandum, out):
    assert memorandum.title == "Memorandum of understanding 2026–2028"
    parties = queries.parties_of(out)
    assert [one.state for one in parties] == ["signed"] * 4 + ["waiting"] * 2 + ["declined"]
    assert parties[-1].reply.clause.position == 6
    assert parties[-1].reply.at.date().isoformat() == "2026-03-09"
    found = progress(memorandum.partnership)
    assert (found.sentence, found.done, found.total) == ("4 of 7 organizations have signed the memorandum.", 4, 7)
    assert found.step.label == "Settle clause 6 with School Board"
    assert type(found.sentence) is str


def test_the_last_signature_puts_it_in_force_from_the_later_day(world, memorandum, out):
    for key in ("denise", "harpreet"):
        put_name(world, out, key)
        memorandum.refresh_from_db()
        assert memorandum.status == Agreement.Status.SIGNING
    put_name(world, out, "marisol")
    memorandum.refresh_from_db()
    assert memorandum.status == Agreement.Status.IN_FORCE
    assert memorandum.in_force_version == out
    assert memorandum.in_force_since == memorandum.effective_on > clock.today()
    assert not memorandum.holds
    assert progress(memorandum.partnership).state == State.CARE  # one promise of the demo is overdue
    with clock.at(world.moment(60)):
        assert memorandum.holds


def test_it_is_in_force_from_today_when_the_stated_day_has_passed(world, memorandum, out):
    for key in ("denise", "harpreet"):
        put_name(world, out, key)
    with clock.at(world.moment(40)):
        put_name(world, out, "marisol")
        memorandum.refresh_from_db()
        assert memorandum.in_force_since == clock.today()


def test_one_signature_an_organization(world, memorandum, out):
    put_name(world, out, "harpreet")
    with pytest.raises(services.NotPossible, match="already signed"):
        put_name(world, out, "harpreet")
    RoleHeld.objects.create(
        partnership=memorandum.partnership, participant=world.participant("anneke"), role="signatory"
    )
    with pytest.raises(services.NotPossible, match="already signed"):
        put_name(world, out, "anneke")
    assert out.signatures.count() == 5


def test_a_second_signature_slipping_past_the_check_is_refused_by_the_database(world, out):
    first = out.signatures.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            partnership=out.partnership,
            version=out,
            partner=first.partner,
            signatory=first.signatory,
            typed_name="x",
            digest=out.digest,
        )


def test_in_force_happens_once_even_if_asked_twice(world, memorandum, out):
    for key in ("denise", "harpreet", "marisol"):
        put_name(world, out, key)
    lines = Entry.objects.filter(message__startswith="gave the last signature").count()
    locked = services.lock(memorandum)
    with transaction.atomic():
        services.put_in_force(locked, out, world.people["marisol"])
    assert Entry.objects.filter(message__startswith="gave the last signature").count() == lines == 1


def test_signing_locks_the_agreement_first(world, out):
    with CaptureQueriesContext(connection) as found:
        put_name(world, out, "harpreet")
    reads = [one["sql"] for one in found if "agreements_" in one["sql"]]
    assert '"agreements_agreement"' in reads[0]
    assert connection.vendor == "sqlite" or "FOR UPDATE" in reads[0]


def test_a_withdrawn_version_is_not_signed(world, memorandum, out):
    clause = memorandum.clauses.last()
    with pytest.raises(services.WouldVoid):
        services.reword(clause, heading=clause.heading, text="Other words.", by=world.people["priya"])
    clause.refresh_from_db()
    services.reword(clause, heading=clause.heading, text="Other words.", by=world.people["priya"], knowing=True)
    memorandum.refresh_from_db()
    assert memorandum.status == Agreement.Status.DRAFT
    assert clause.status == Clause.Status.DISCUSSED
    with pytest.raises(services.NotPossible, match="not out for signature any more"):
        put_name(world, out, "harpreet")
    new = services.send(memorandum, by=world.people["priya"])
    assert (new.number, new.signatures.count()) == (3, 0)
    assert queries.version_state(AgreementVersion.objects.get(pk=out.pk)) == "withdrawn"
    assert out.signatures.count() == 4  # on record, though they count no longer
    with pytest.raises(services.NotPossible, match="not out for signature any more"):
        put_name(world, out, "harpreet")


def test_what_was_seen_is_what_is_signed(world, out):
    with pytest.raises(services.NotPossible, match="changed since you opened it"):
        put_name(world, out, "harpreet", digest="0" * 64)


def test_a_stored_text_that_was_altered_is_not_signed(world, out):
    contents = out.contents | {"title": "Something else"}
    AgreementVersion.objects.filter(pk=out.pk).update(contents=contents)
    with pytest.raises(services.NotPossible, match="does not match its fingerprint"):
        put_name(world, out, "harpreet")


def test_only_a_signatory_of_a_party_signs(world, memorandum, out):
    for key in ("anneke", "amina", "jo"):
        with pytest.raises(services.NotPossible, match="named as signatory"):
            put_name(world, out, key)
    version = AgreementVersion.objects.get(pk=out.pk)
    contents = version.contents | {"parties": version.contents["parties"][:2]}
    AgreementVersion.objects.filter(pk=out.pk).update(contents=contents)
    version.refresh_from_db()
    AgreementVersion.objects.filter(pk=out.pk).update(digest=fingerprint(version.content()))
    version.refresh_from_db()
    with pytest.raises(services.NotPossible, match="not a party"):
        put_name(world, version, "harpreet")


def test_a_signature_and_a_version_are_never_changed(out):
    signature = out.signatures.first()
    signature.typed_name = "Somebody else"
    with pytest.raises(Final):
        signature.save()
    with pytest.raises(Final):
        out.save()


def test_signing_in_the_browser_asks_for_the_password_again(world, out, sign_in):
    client = sign_in("harpreet")
    page = client.get(sign_url(out)).content.decode()
    assert out.groups in page
    assert all(clause["text"] in page for clause in out.contents["clauses"][:3])
    for wrong, words in (
        ({"password": "guessed-it-2026"}, "not your password"),
        ({"password": ""}, "Fill this in"),
        ({"typed_name": " "}, "Fill this in"),
        ({"entitled": ""}, "Tick this box if it is so"),
        ({"digest": "f" * 64}, "changed since you opened it"),
    ):
        answer = client.post(sign_url(out), form(out, **wrong))
        assert words in answer.content.decode(), wrong
        assert out.signatures.count() == 4
    assert client.post(sign_url(out), form(out)).status_code == 302
    signature = out.signatures.get(signatory__person=world.people["harpreet"])
    assert (signature.typed_name, signature.means, signature.digest) == ("Harpreet Gill", "password", out.digest)
    assert "Your organization has signed this version" in client.post(sign_url(out), form(out)).content.decode()
    assert out.signatures.count() == 5


def test_an_old_version_and_one_that_was_edited_are_not_signed_in_the_browser(world, memorandum, out, sign_in):
    client, old = sign_in("harpreet"), memorandum.versions.last()
    assert client.get(sign_url(out)).status_code == 200  # the page is open in the browser while somebody edits
    clause = memorandum.clauses.last()
    edit = f"/p/{memorandum.partnership.slug}/begin/agreements/clauses/{clause.pk}/edit/"
    typed = {"heading": clause.heading, "text": "Other words.", "base": clause.revision, "knowing": "on"}
    assert sign_in("tom").post(edit, typed).status_code == 302
    for version in (old, out):
        page = client.post(sign_url(version), form(version)).content.decode()
        assert "This version is not out for signature any more." in page
        assert "Sign this version" not in page
    assert [one.signatures.count() for one in (old, out)] == [0, 4]
    new = services.send(memorandum, by=world.people["priya"])
    assert "changed since you opened it" in client.post(sign_url(new), form(new, digest=out.digest)).content.decode()
    assert new.signatures.count() == 0
    assert client.post(sign_url(new), form(new)).status_code == 302


def test_guessing_the_password_is_limited(world, out, sign_in):
    client = sign_in("harpreet")
    for _attempt in range(12):
        answer = client.post(sign_url(out), form(out, password="guess"))
    assert "Too many attempts" in answer.content.decode()
    assert "Too many attempts" in client.post(sign_url(out), form(out)).content.decode()
    assert out.signatures.count() == 4


def test_without_a_password_one_has_to_have_signed_in_just_before(world, out, sign_in):
    person = world.people["harpreet"]
    person.set_unusable_password()
    person.save()
    client = sign_in("harpreet")
    typed = form(out)
    del typed["password"]
    assert "sign in again by a new link" in client.post(sign_url(out), typed).content.decode()
    type(person).objects.filter(pk=person.pk).update(last_login=clock.now() - timedelta(minutes=11))
    assert client.post(sign_url(out), typed).status_code == 200
    type(person).objects.filter(pk=person.pk).update(last_login=clock.now() - timedelta(minutes=9))
    assert client.post(sign_url(out), typed).status_code == 302
    assert out.signatures.get(signatory__person=person).means == "sign_in"


def test_who_may_not_sign_is_refused_in_the_browser(world, out, sign_in):
    for key, expected in (
        ("amina", 403),
        ("anneke", 403),
        ("lena", 403),
        ("jo", 403),
        ("walter", 404),
        ("stranger", 404),
    ):
        assert sign_in(key).get(sign_url(out)).status_code == expected, key
        assert sign_in(key).post(sign_url(out), form(out)).status_code == expected, key
    assert out.signatures.count() == 4


def test_declining_needs_a_reason_and_does_not_bar_from_signing_later(world, out, sign_in):
    client = sign_in("denise")
    assert "Fill this in" in client.post(sign_url(out, "answer"), {"kind": "declined", "reason": ""}).content.decode()
    yesterday = clock.today() - timedelta(days=1)
    answer = client.post(sign_url(out, "answer"), {"kind": "later", "reason": "Council", "expected_on": yesterday})
    assert "This day has passed" in answer.content.decode()
    assert client.post(sign_url(out, "answer"), {"kind": "declined", "reason": "Too soon"}).status_code == 302
    county = next(one for one in queries.parties_of(out) if one.name == "County of Maitland")
    assert county.state == "declined"
    put_name(world, out, "denise")
    assert next(one for one in queries.parties_of(out) if one.name == county.name).state == "signed"
    with pytest.raises(services.NotPossible, match="already signed"):
        services.answer(out, by=world.participant("denise"), kind=Reply.Kind.LATER, reason="x")


def test_what_waits_for_whom(world, inside):
    def labels(key):
        return [one.label for one in waiting(access_of(world.people[key], inside.slug))]

    assert "Sign the memorandum" in labels("harpreet")
    assert "Sign the memorandum" in labels("denise")
    for key in ("farida", "anneke", "lena", "jo", "marisol"):
        assert "Sign the memorandum" not in labels(key), key
    assert "Settle clause 6 with School Board" in labels("priya")
    late = [one for one in waiting(access_of(world.people["yodit"], inside.slug)) if one.late]
    assert [one.label for one in late] == ["Name two trained interpreters for Tigrinya"]


def test_reminding_writes_to_those_who_are_waiting_once_a_day(
    world, memorandum, sign_in, django_capture_on_commit_callbacks, mailoutbox
):
    with django_capture_on_commit_callbacks(execute=True):
        names = [one.person.name for one in services.remind(memorandum, by=world.people["priya"])]
    assert sorted(names) == ["Denise Kowalchuk", "Harpreet Gill"]
    with pytest.raises(services.NotPossible, match="today already"):
        services.remind(memorandum, by=world.people["priya"])
    assert sign_in("tom").post(f"{memorandum.get_absolute_url()}remind/").status_code == 403


def test_leaving_with_notice(world, memorandum, out):
    with pytest.raises(services.NotPossible, match="in force"):
        services.withdraw(memorandum, by=world.participant("tom"), reason="x")
    for key in ("denise", "harpreet", "marisol"):
        put_name(world, out, key)
    made = services.withdraw(memorandum, by=world.participant("tom"), reason="We close.")
    assert made.ends_on == clock.today() + timedelta(days=90)
    with pytest.raises(services.NotPossible, match="already given notice"):
        services.withdraw(memorandum, by=world.participant("tom"), reason="again")
    with pytest.raises(services.NotPossible, match="signatory"):
        services.withdraw(memorandum, by=world.participant("oleh"), reason="x")
    assert Withdrawal.objects.count() == 1


def test_an_amendment_leaves_the_signed_version_in_force_until_all_sign_again(world, memorandum, out):
    for key in ("denise", "harpreet", "marisol"):
        put_name(world, out, key)
    memorandum.refresh_from_db()
    with pytest.raises(services.NotPossible, match="already in force"):
        services.send(memorandum, by=world.people["priya"])
    clause = memorandum.clauses.last()
    services.reword(clause, heading=clause.heading, text="Twice a year.", by=world.people["priya"], knowing=True)
    new = services.send(memorandum, by=world.people["priya"])
    memorandum.refresh_from_db()
    assert (memorandum.status, memorandum.in_force_version) == (Agreement.Status.IN_FORCE, out)
    for key in SIGNERS:
        put_name(world, new, key)
    memorandum.refresh_from_db()
    assert memorandum.in_force_version == new
    assert queries.version_state(AgreementVersion.objects.select_related("agreement").get(pk=out.pk)) == "superseded"


def test_an_agreement_past_its_last_day_holds_no_longer(world, memorandum, out):
    for key in ("denise", "harpreet", "marisol"):
        put_name(world, out, key)
    memorandum.refresh_from_db()
    with clock.at(world.moment(18 + 2 * 365 + 10)):
        assert memorandum.lapsed
        assert not memorandum.holds
        assert progress(memorandum.partnership).state == State.CARE
        assert queries.version_state(AgreementVersion.objects.select_related("agreement").get(pk=out.pk)) == "lapsed"
    with clock.at(world.moment(18 + 2 * 365 - 100)):
        assert [one for one, days in queries.expiring(memorandum.partnership) if 90 < days < 110] == [memorandum]


def test_nothing_incomplete_is_sent(world, inside):
    empty = services.draft(inside, title="Empty", instrument="memorandum", by=world.people["priya"], keys=[])
    with pytest.raises(services.NotPossible, match="no clauses"):
        services.send(empty, by=world.people["priya"])
    open_end = services.draft(inside, title="Open", instrument="memorandum", by=world.people["priya"], keys=["term"])
    assert library.unfilled(open_end.clauses.get().text)
    with pytest.raises(services.NotPossible, match="place to be completed"):
        services.send(open_end, by=world.people["priya"])
    with within(world.stalled, EVERY):
        lone = services.draft(
            world.stalled, title="Lone", instrument="intent", by=world.people["walter"], keys=["staff"]
        )
        assert Partner.objects.filter(status="committed").count() == 1
        with pytest.raises(services.NotPossible, match="at least two partners"):
            services.send(lone, by=world.people["walter"])


def test_the_same_text_is_not_sent_twice(world, memorandum):
    with pytest.raises(services.NotPossible, match="already out"):
        services.send(memorandum, by=world.people["priya"], knowing=True)


def test_what_is_in_force_as_it_stands_is_not_offered_for_signature(world, memorandum, out, sign_in):
    address, offer = memorandum.get_absolute_url(), "Send it for signature"
    for key in ("denise", "harpreet", "marisol"):
        put_name(world, out, key)
    assert offer not in sign_in("priya").get(address).content.decode()
    clause = memorandum.clauses.first()
    Clause.objects.filter(pk=clause.pk).update(text=f"{clause.text} And more.")
    assert offer in sign_in("priya").get(address).content.decode()

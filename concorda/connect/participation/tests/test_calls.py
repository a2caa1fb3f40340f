"""Calls for partners: from the draft to the outcome; private marks, recusal, and everything that is refused."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse

from concorda.connect.participation import calls
from concorda.connect.participation.models import Application, Call, Check, Inquiry, Mark
from concorda.connect.participation.tool import waiting
from concorda.foundation.core import clock
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final, Participant, Partner

CRITERIA = [("Reach", 3), ("Cost", 1)]


def who(world, key: str) -> Participant:
    return Participant.objects.get(person=world.people[key])


@pytest.fixture(autouse=True)
def _nothing_sent_yet():
    cache.clear()


@pytest.fixture
def opened(world, inside):
    """The only call of the partnership; that of the story makes way."""
    Call.objects.all().delete()
    call = Call(partnership=inside, title="Homes for large families", purpose="Find us homes.", deadline=clock.today())
    people = [who(world, "tom"), who(world, "grace")]
    calls.draft(call, by=world.people["priya"], criteria=CRITERIA, reviewers=people)
    calls.publish(call, by=world.people["priya"])
    return call


def sent(call: Call, name: str = "Big Homes", email: str = "ana@homes.example") -> Application:
    application = Application(
        partnership=call.partnership,
        call=call,
        organization=name,
        name="Ana",
        email=email,
        text="We have SECRET homes.",
    )
    calls.apply(application)
    return application


def later(days: int = 1):
    return clock.at(clock.now() + timedelta(days=days))


def at(world, name: str, row) -> str:
    return reverse(f"participation:{name}", args=[world.partnership.slug, row.pk])


FORM = {"title": "Rides", "purpose": "Drive people.", "criteria": "Reach: 3\nCost: 0", "deadline": "2026-04-01"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deadline": "2026-03-12"}, "This day has passed"),
        ({"criteria": "Reach: 0\nCost: 0"}, "All weights are zero"),
        ({"criteria": "Reach"}, "Line 1: write a name"),
        ({"criteria": "Reach: 3\nCost: many"}, "Line 2: write a name"),
        ({"reviewers": []}, "Choose at least one person who reviews"),
    ],
)
def test_a_call_that_cannot_work_is_not_kept(sign_in, world, inside, change, words):
    data = FORM | {"reviewers": [who(world, "tom").pk]} | change
    path = reverse("participation:call_new", args=[world.partnership.slug])
    assert words in sign_in("priya").post(path, data).content.decode()
    assert not Call.objects.filter(title="Rides").exists()


def test_a_draft_is_written_opened_and_then_stands(sign_in, world, inside, client):
    path = reverse("participation:call_new", args=[world.partnership.slug])
    sign_in("priya").post(path, FORM | {"reviewers": [who(world, "tom").pk]})
    call = Call.objects.get(title="Rides")
    public = calls.address_of(call)
    assert client.get(public).status_code == 404, "a draft is not public"
    assert sign_in("amina").get(call.get_absolute_url()).status_code == 403
    assert sign_in("amina").post(at(world, "call_publish", call)).status_code == 403
    sign_in("priya").post(at(world, "call_publish", call))
    assert "Drive people." in client.get(public).content.decode()
    with pytest.raises(Final):
        calls.draft(Call.objects.get(pk=call.pk), by=world.people["priya"], criteria=CRITERIA)


def test_anybody_asks_and_applies_without_an_account(
    client, opened, world, mailoutbox, django_capture_on_commit_callbacks
):
    public = calls.address_of(opened)
    client.post(public, {"ask": "1", "ask-email": "ana@homes.example", "ask-question": "How many homes?"})
    asked = Inquiry.objects.get()
    assert "How many homes?" not in client.get(public).content.decode(), "unanswered questions are not public"
    with django_capture_on_commit_callbacks(execute=True):
        calls.reply(asked, by=world.people["priya"], answer="Twelve.")
    assert mailoutbox[-1].to == ["ana@homes.example"]
    text = client.get(public).content.decode()
    assert "Twelve." in text
    assert "ana@homes.example" not in text
    said = {"apply": "1", "organization": "Big Homes", "name": "Ana", "email": "ana@homes.example", "text": "We do."}
    assert client.post(public, said).status_code == 302
    assert "is here already" in client.post(public, said).content.decode()
    assert Application.objects.count() == 1
    assert client.get("/call/forged/").status_code == 404


def test_after_the_deadline_nothing_is_taken(client, opened):
    public = calls.address_of(opened)
    said = {"apply": "1", "organization": "Late", "name": "Ana", "email": "ana@homes.example", "text": "We do."}
    with later():
        answer = client.post(public, said)
        assert answer.status_code == 410
        assert "nothing can be sent any more" in answer.content.decode()
    assert not Application.objects.exists()


def test_marks_are_private_until_the_call_is_closed(sign_in, world, opened):
    application = sent(opened)
    reach, cost = opened.criteria.all()
    tom, grace = (calls.reviewer_of(opened, who(world, key)) for key in ("tom", "grace"))
    path = at(world, "application", application)
    given = {f"criterion-{reach.pk}": "4", f"criterion-{cost.pk}": "0"}
    assert sign_in("tom").post(path, given).status_code == 302
    assert Mark.objects.filter(reviewer=tom).count() == 2
    assert "checked" not in sign_in("grace").get(path).content.decode(), "the other reviewer sees no mark"
    compared = sign_in("grace").get(at(world, "call_compare", opened)).content.decode()
    assert "Marks are private until the call is closed" in compared
    assert "Big Homes" not in compared
    with pytest.raises(ValidationError, match="until the last day"):
        calls.close(opened, by=world.people["priya"])
    calls.mark(application, grace, {reach: 2, cost: 4})
    with later():
        calls.close(opened, by=world.people["priya"])
        (row,) = calls.weighed(opened)
        assert row.percent == round(100 * (12 / 16 + 10 / 16) / 2)
        assert "Big Homes" in sign_in("grace").get(at(world, "call_compare", opened)).content.decode()
        with pytest.raises(Final):
            calls.mark(Application.objects.get(), grace, {reach: 0})


def test_a_reviewer_from_the_applying_organization_is_recused(sign_in, world, opened):
    own = sent(opened, world.organizations["housing"].name.upper(), "new@elsewhere.example")
    path = at(world, "application", own)
    assert "so you do not review it" in sign_in("tom").get(path).content.decode()
    reach = opened.criteria.first()
    assert sign_in("tom").post(path, {f"criterion-{reach.pk}": "4"}).status_code == 403
    with pytest.raises(ValidationError, match="You work for"):
        calls.mark(own, calls.reviewer_of(opened, who(world, "tom")), {reach: 4})
    (row,) = calls.weighed(opened)
    assert [str(one) for one in row.recused] == [world.people["tom"].name]
    assert [str(one) for one in row.missing] == [world.people["grace"].name]
    assert row.percent is None, "nothing is made up where marks are missing"


def test_only_reviewers_and_who_steers_read_applications(sign_in, world, opened):
    application = sent(opened)
    for key, status in (("amina", 403), ("walter", 404), ("jo", 403), ("priya", 200), ("grace", 200)):
        assert sign_in(key).get(at(world, "application", application)).status_code == status
    assert "Big Homes" not in sign_in("amina").get(opened.get_absolute_url()).content.decode()
    told = " ".join(f"{one.message} {one.facts}" for one in Entry.objects.all())
    assert "Big Homes" not in told
    assert "SECRET" not in told


def test_every_applicant_is_told_and_who_is_accepted_becomes_a_candidate(
    world, opened, mailoutbox, django_capture_on_commit_callbacks
):
    yes, no = sent(opened), sent(opened, "Small Homes", "bo@homes.example")
    with pytest.raises(ValidationError, match="Close the call first"):
        calls.decide(yes, by=world.people["priya"], outcome="accepted", reason="Welcome.")
    with later(), django_capture_on_commit_callbacks(execute=True):
        calls.close(opened, by=world.people["priya"])
        yes, no = Application.objects.order_by("pk")
        calls.decide(yes, by=world.people["priya"], outcome="accepted", reason="Welcome.")
        calls.decide(no, by=world.people["priya"], outcome="declined", reason="Too far away.")
    assert {letter.to[0] for letter in mailoutbox} == {"ana@homes.example", "bo@homes.example"}
    assert "Too far away." in mailoutbox[-1].body
    assert Partner.objects.get(organization__name="Big Homes").status == "identified"
    assert not Partner.objects.filter(organization__name="Small Homes").exists()
    with pytest.raises(Final):
        calls.decide(no, by=world.people["priya"], outcome="accepted", reason="")


def test_proposals_nobody_asked_for_come_any_day(world, inside):
    door = Call(partnership=inside, title="Propose something", purpose="Surprise us.")
    calls.draft(door, by=world.people["priya"], criteria=CRITERIA, reviewers=[who(world, "tom")])
    calls.publish(door, by=world.people["priya"])
    with later(400):
        calls.decide(sent(door), by=world.people["priya"], outcome="declined", reason="Not now.")


def test_who_has_no_place_on_the_stakeholder_map_is_named(sign_in, world, inside):
    text = sign_in("priya").get(reverse("participation:home", args=[world.partnership.slug])).content.decode()
    assert "Not placed yet:" in text
    assert (
        "Not placed yet:"
        not in sign_in("amina").get(reverse("participation:home", args=[world.partnership.slug])).content.decode()
    )


def test_a_check_that_is_due_again_waits_for_those_who_steer_alone(world, inside):
    check = Check.objects.get(partner__organization=world.organizations["tenants"])
    check.look_again_on = clock.today()
    check.save()
    said = {
        key: [str(one.label) for one in waiting(access_of(world.people[key], inside.slug))] for key in ("priya", "tom")
    }
    assert any("Look again at the checks" in label for label in said["priya"])
    assert not any("Look again" in label for label in said["tom"])


APPLYING = {"organization": "Big Homes", "name": "Ana", "email": "ana@homes.example"}


def test_an_applicant_changes_and_takes_back_what_they_sent(
    client, world, opened, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        application = sent(opened)
    path = calls.own_address_of(application)
    assert path in mailoutbox[-1].body, "the letter leads to what was sent"
    assert mailoutbox[-1].to == ["ana@homes.example"]
    calls.mark(application, calls.reviewer_of(opened, who(world, "grace")), dict.fromkeys(opened.criteria.all(), 4))
    assert "SECRET homes" in client.get(path).content.decode()
    said = APPLYING | {"change": "1", "text": "We have twelve homes."}
    assert client.post(path, said).status_code == 302
    application.refresh_from_db()
    assert application.text == "We have twelve homes."
    assert not application.marks.exists(), "marks were given to other words"
    assert 'aria-invalid="true"' in client.post(path, said | {"text": ""}).content.decode()
    assert client.post(path, {"take_back": "1"}).status_code == 200
    assert not Application.objects.exists()
    assert client.get(path).status_code == 404
    sent(opened)
    assert Application.objects.count() == 1, "who took back may apply again"


def test_what_was_sent_stands_once_the_call_is_closed(client, world, opened):
    path = calls.own_address_of(sent(opened))
    with later():
        calls.close(opened, by=world.people["priya"])
        assert "being weighed as they stand" in client.get(path).content.decode()
        assert client.post(path, APPLYING | {"change": "1", "text": "New words"}).status_code == 410
        assert Application.objects.get().text == "We have SECRET homes."
        calls.decide(Application.objects.get(), by=world.people["priya"], outcome="declined", reason="Too far.")
        with pytest.raises(Final):
            calls.take_back(Application.objects.get())
        assert "Too far." in client.get(path).content.decode()


def test_nobody_reads_an_application_by_guessing(client, opened):
    token = calls.own_address_of(sent(opened)).rstrip("/").rpartition("/")[2]
    assert client.get(f"/call/application/{token[:-1]}x/").status_code == 404
    assert client.get(f"/call/{token}/").status_code == 404, "the token of an application opens no call"


def test_a_cancelled_call_says_why_and_everybody_is_told(
    sign_in, client, world, opened, mailoutbox, django_capture_on_commit_callbacks
):
    sent(opened)
    path = at(world, "call_cancel", opened)
    assert sign_in("tom").post(path, {"reason": "x"}).status_code == 403
    assert 'aria-invalid="true"' in sign_in("priya").post(path, {"reason": ""}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert sign_in("priya").post(path, {"reason": "The money went elsewhere."}).status_code == 302
    assert mailoutbox[-1].to == ["ana@homes.example"]
    assert "The money went elsewhere." in mailoutbox[-1].body
    public = client.get(calls.address_of(opened)).content.decode()
    assert "This call was cancelled: The money went elsewhere." in public
    assert "Send our application" not in public
    assert client.post(calls.address_of(opened), APPLYING | {"apply": "1", "text": "x"}).status_code == 410
    opened.refresh_from_db()
    for verb in (
        lambda: calls.cancel(opened, by=world.people["priya"], reason="x"),
        lambda: calls.publish(opened, by=world.people["priya"]),
        lambda: calls.close(opened, by=world.people["priya"]),
    ):
        with pytest.raises(Final):
            verb()


def test_people_are_given_more_time_never_less(sign_in, world, opened):
    path = at(world, "call_extend", opened)
    assert "Choose a later day" in sign_in("priya").post(path, {"deadline": "2026-03-12"}).content.decode()
    assert sign_in("priya").post(path, {"deadline": "2026-03-20"}).status_code == 302
    opened.refresh_from_db()
    assert str(opened.deadline) == "2026-03-20"


def test_what_waits_for_reviewers_and_those_who_steer(world, inside):
    def labels(key):
        return [str(one.label) for one in waiting(access_of(world.people[key], inside.slug))]

    weigh = "Weigh the application of Lakeshore Wheels Cooperative"
    assert weigh in labels("tom"), "of the two, he has marked one"
    assert "Weigh the application of Wexcombe Volunteer Drivers" not in labels("tom")
    assert weigh in labels("grace")
    assert not [one for one in labels("denise") if "application" in one]
    with later(15):
        assert any(one.startswith("Close the call “Drivers") for one in labels("priya"))
        calls.close(Call.objects.get(title__startswith="Drivers"), by=world.people["priya"])
        assert "Tell Lakeshore Wheels Cooperative what became of the application" in labels("priya")
        assert weigh not in labels("grace")


def test_public_forms_take_only_so_much_at_once(client, opened):
    public = calls.address_of(opened)
    ask = {"ask": "1", "ask-email": "a@homes.example", "ask-question": "How many?"}
    answers = [client.post(public, ask).status_code for _ in range(21)]
    assert answers[:20] == [302] * 20
    assert answers[20] == 429
    assert Inquiry.objects.count() == 20
    assert "Wait ten minutes" in client.post(public, ask).content.decode()


def test_a_question_is_answered_in_the_language_it_was_asked_in(
    client, world, opened, mailoutbox, django_capture_on_commit_callbacks
):
    client.cookies["django_language"] = "fr-ca"
    ask = {"ask": "1", "ask-email": "luc@logis.example", "ask-question": "Combien de logements?"}
    assert client.post(calls.address_of(opened), ask).status_code == 302
    inquiry = Inquiry.objects.get()
    assert inquiry.language == "fr-ca"
    with django_capture_on_commit_callbacks(execute=True):
        calls.reply(inquiry, by=world.people["priya"], answer="Douze.")
    assert mailoutbox[-1].subject.startswith("Votre question")
    assert 'lang="fr-ca"' in client.get(calls.address_of(opened)).content.decode()

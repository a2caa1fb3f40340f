"""Letters: sent, read and answered without an account; who may act for an organization afterwards."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from concorda.connect.motivation.models import Need
from concorda.connect.participation import queries, services
from concorda.connect.participation.models import Invitation, Link
from concorda.connect.participation.services import digest_of
from concorda.foundation.accounts.models import Person
from concorda.foundation.accounts.services import open_account
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Claim, Membership
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Entry, Participant, Partner

S = Partner.Status
PASSWORD = "a-lantern-on-the-pier"


@pytest.fixture
def tenants(inside, world):
    found = Partner.objects.select_related("organization", "partnership").get(
        organization=world.organizations["tenants"]
    )
    found.organization.email_domain = ""
    found.organization.save()
    return found


@pytest.fixture
def letter(tenants, world, inside, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return services.invite(
            tenants,
            by=world.participant("priya"),
            name="Rosa Pinto",
            email="Rosa@TenantAdvice.example",
            message="Rosa, let us talk about leases.",
            needs=[world.things["need.homes"]],
        )


def link_in(letter: mail.EmailMessage) -> str:
    return re.search(r"/invitation/\S+", letter.body).group()


def latest_link() -> str:
    return link_in(mail.outbox[-1])


def post(path: str, **said: str):
    return Client().post(path, {"answer": "exploring", "name": "Rosa Pinto", **said})


def test_the_link_is_in_the_letter_only(letter):
    token = latest_link().split("/")[2]
    assert len(token) >= 43
    stored = Link.objects.get(invitation=letter).token_digest
    assert stored == digest_of(token) != token
    assert mail.outbox[-1].to == ["rosa@tenantadvice.example"]
    assert "let us talk about leases" in mail.outbox[-1].body


def test_a_letter_makes_a_candidate_approached(letter, tenants):
    tenants.refresh_from_db()
    assert tenants.status == S.APPROACHED
    entry = Entry.objects.filter(target_id=tenants.pk, target="partnerships.partner").first()
    assert entry.sentence == "invited Rosa Pinto of Lakeside Tenant Advice"
    assert "@" not in str(entry.facts), "addresses do not go on the timeline"


def test_the_letter_in_french(tenants, world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.invite(
            tenants,
            by=world.participant("priya"),
            name="Rosa",
            email="r@t.example",
            message="Bonjour",
            language="fr-ca",
        )
    assert "Lisez la suite et répondez ici" in mail.outbox[-1].body
    assert "Votre réponse" in Client().get(latest_link()).content.decode()


def test_the_page_shows_who_invites_and_only_what_is_meant_for_candidates(letter, world):
    text = Client().get(latest_link()).content.decode()
    assert "Priya Raman" in text
    assert world.partnership.purpose[:20] in text
    need = world.things["need.homes"]
    assert need.statement in text
    for hidden in (need.evidence[:30], world.things["need.french"].statement, "Denise Kowalchuk", "two landlords"):
        assert hidden not in text


def test_opening_marks_it_opened(letter):
    Client().get(latest_link())
    letter.refresh_from_db()
    assert letter.status == Invitation.Status.OPENED


@pytest.mark.parametrize(
    ("said", "status", "partner_status"),
    [
        ("committed", "accepted", S.COMMITTED),
        ("exploring", "accepted", S.EXPLORING),
        ("declined", "declined", S.DECLINED),
        ("later", "later", S.APPROACHED),
    ],
)
def test_an_answer_counts_without_an_account(letter, tenants, said, status, partner_status):
    answer = post(latest_link(), answer=said, reply="We are glad you ask.")
    assert answer.status_code == 200
    assert "recorded" in answer.content.decode()
    letter.refresh_from_db()
    tenants.refresh_from_db()
    assert (letter.status, letter.replied_by, letter.reply) == (status, "Rosa Pinto", "We are glad you ask.")
    assert tenants.status == partner_status
    assert (tenants.joined_on == clock.today()) == (said == "committed")
    assert not Person.objects.filter(email=letter.email).exists()


def test_the_reply_is_for_those_who_steer(letter, tenants, sign_in, world):
    post(latest_link(), reply="Between us: our board is divided.")
    path = reverse("participation:partner", args=[world.partnership.slug, tenants.pk])
    assert "our board is divided" in sign_in("priya").get(path).content.decode()
    for other in ("denise", "amina", "tom", "lena"):
        text = sign_in(other).get(path).content.decode()
        assert "our board is divided" not in text
        assert "rosa@tenantadvice.example" not in text


def test_later_can_be_answered_again(letter, tenants):
    path = latest_link()
    post(path, answer="later")
    assert post(path, answer="committed").status_code == 200
    tenants.refresh_from_db()
    assert tenants.committed


def test_the_sender_is_told(letter, django_capture_on_commit_callbacks):
    path = latest_link()
    with django_capture_on_commit_callbacks(execute=True):
        post(path, answer="committed")
    told = mail.outbox[-1]
    assert told.to == ["priya@concorda.example"]
    assert "Lakeside Tenant Advice joins" in told.body


def test_a_yes_with_a_password_opens_an_account(letter, tenants, world):
    client = Client()
    answer = client.post(latest_link(), {"answer": "committed", "name": "Rosa Pinto", "password": PASSWORD})
    assert answer.status_code == 302
    rosa = Person.objects.get(email="rosa@tenantadvice.example")
    assert rosa.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=rosa).verified
    assert Membership.objects.get(person=rosa).organization == tenants.organization
    roles = {held.role for held in Participant.objects.get(person=rosa).roles.all()}
    assert {Role.REPRESENTATIVE, Role.SIGNATORY} <= roles
    assert client.get(world.partnership.get_absolute_url()).status_code == 200


def test_no_account_with_a_no(letter):
    answer = post(latest_link(), answer="declined", password=PASSWORD)
    assert "An account is for those who say yes" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.waits


@pytest.mark.parametrize("password", ["short", "password123", "rosa@tenantadvice.example"])
def test_a_weak_password_is_refused_and_nothing_is_lost(letter, password):
    answer = post(latest_link(), reply="Long and thoughtful.", password=password)
    assert answer.status_code == 200
    assert "Long and thoughtful." in answer.content.decode()
    letter.refresh_from_db()
    assert letter.waits


def test_nothing_chosen_says_so(letter):
    assert "Choose one of the four answers." in post(latest_link(), answer="").content.decode()


def test_an_existing_account_is_not_taken_over(letter, world):
    open_account(email="rosa@tenantadvice.example", name="Rosa", password="another-long-one")
    answer = post(latest_link(), password=PASSWORD)
    assert answer.status_code == 200
    rosa = Person.objects.get(email="rosa@tenantadvice.example")
    assert not rosa.check_password(PASSWORD)
    assert not Participant.objects.filter(person=rosa).exists()


def test_signed_in_with_the_address_of_the_letter(letter, world):
    rosa = open_account(email="rosa@tenantadvice.example", name="Rosa", password="another-long-one")
    client = Client()
    client.force_login(rosa, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(latest_link(), {"answer": "exploring", "name": "Rosa"}).status_code == 302
    assert Participant.objects.filter(person=rosa).exists()


def test_signed_in_with_another_address_answers_but_does_not_enter(letter, sign_in, world):
    answer = sign_in("stranger").post(latest_link(), {"answer": "exploring", "name": "Vera Stone"})
    assert answer.status_code == 200
    assert not Participant.objects.filter(person=world.people["stranger"]).exists()


def test_a_coordinator_cannot_write_themselves_into_an_organization_that_has_people(tenants, world):
    """Whoever writes to their own second address must not read what is private to an organization."""
    owner = world.people["joy"]
    Membership.objects.create(organization=tenants.organization, person=owner)
    letter = services.invite(
        tenants, by=world.participant("priya"), name="Me Again", email="priya@elsewhere.example", message="…"
    )
    person, inside = services.answer_with_account(letter, S.COMMITTED, name="Me Again", password=PASSWORD)
    assert not inside
    assert not Membership.objects.filter(person=person).exists()
    assert not Participant.objects.filter(person=person).exists()
    assert Claim.objects.get(person=person).organization == tenants.organization


@pytest.mark.parametrize(("domain", "welcome"), [("tenantadvice.example", True), ("elsewhere.example", False)])
def test_the_domain_of_an_organization_decides(tenants, world, domain, welcome):
    tenants.organization.email_domain = domain
    tenants.organization.save()
    letter = services.invite(
        tenants, by=world.participant("priya"), name="Rosa", email="rosa@tenantadvice.example", message="…"
    )
    _person, inside = services.answer_with_account(letter, S.EXPLORING, name="Rosa", password=PASSWORD)
    assert inside is welcome


def closed(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 410
    assert b'name="answer"' not in answer.content
    return answer.content.decode()


def test_an_unknown_link_says_what_to_do(db):
    answer = Client().get("/invitation/there-is-no-such-letter/")
    assert answer.status_code == 404
    assert "Open the link from the letter again" in answer.content.decode()
    assert Client().post("/invitation/there-is-no-such-letter/", {"answer": "committed"}).status_code == 404


def test_an_expired_link_says_what_to_do(letter, tenants):
    path = latest_link()
    with clock.at(clock.now() + timedelta(days=31)):
        assert "Ask Priya Raman for a new letter" in closed(path)
        assert post(path, answer="committed").status_code == 410
    tenants.refresh_from_db()
    assert tenants.status == S.APPROACHED


def test_a_withdrawn_link_says_so(letter, world):
    services.withdraw(letter, by=world.people["priya"])
    assert "taken back" in closed(latest_link())


def test_an_answered_link_says_so(letter):
    path = latest_link()
    post(path)
    assert "To change your answer, write to Priya Raman." in closed(path)
    assert post(path, answer="declined").status_code == 410


def test_a_link_says_so_when_somebody_else_has_answered(letter, tenants, world):
    services.note_commitment(tenants, by=world.people["priya"], said_by="Ana", said_on=clock.today(), how="call")
    assert "answered already" in closed(latest_link())


def test_a_new_letter_replaces_the_old_link(letter, world, django_capture_on_commit_callbacks):
    old = latest_link()
    with django_capture_on_commit_callbacks(execute=True):
        services.resend(letter, by=world.people["priya"])
    new = latest_link()
    assert old != new
    assert "latest letter" in closed(old)
    assert Client().get(new).status_code == 200


def test_a_reminder_comes_once_and_keeps_the_first_link(letter, world, django_capture_on_commit_callbacks):
    first = latest_link()
    with django_capture_on_commit_callbacks(execute=True):
        services.remind(letter, by=world.people["priya"])
    assert "only reminder" in mail.outbox[-1].body
    for path in (first, latest_link()):
        assert Client().get(path).status_code == 200
    with pytest.raises(ValidationError, match="reminded already"):
        services.remind(letter, by=world.people["priya"])


def test_an_expired_letter_is_sent_again_not_reminded(letter, world):
    with clock.at(clock.now() + timedelta(days=31)):
        with pytest.raises(ValidationError, match="Send it again"):
            services.remind(letter, by=world.people["priya"])
        services.resend(letter, by=world.people["priya"])
        assert letter.waits


def test_one_letter_at_a_time_to_one_address(letter, tenants, world):
    with pytest.raises(ValidationError, match="waits for an answer"):
        services.invite(tenants, by=world.participant("priya"), name="Rosa", email="ROSA@tenantadvice.example")


def test_letters_go_to_candidates(world, inside):
    county = world.partner("county")
    with pytest.raises(ValidationError, match="letters go to candidates"):
        services.invite(county, by=world.participant("priya"), name="Bev", email="b@c.example")


def test_a_need_of_another_partnership_cannot_be_shown(tenants, world, sign_in):
    foreign = world.things["need.lake_rides"]
    path = reverse("participation:invite", args=[world.partnership.slug, tenants.pk])
    answer = sign_in("priya").post(
        path, {"name": "R", "email": "r@t.example", "language": "en-ca", "message": "…", "needs": [foreign.pk]}
    )
    assert answer.status_code == 200
    assert not Invitation.objects.filter(partner=tenants).exists()


def test_writing_a_letter_in_the_browser(tenants, world, sign_in):
    path = reverse("participation:invite", args=[world.partnership.slug, tenants.pk])
    client = sign_in("priya")
    assert Need.objects.get(pk=world.things["need.homes"].pk).statement in client.get(path).content.decode()
    typed = {"name": "Rosa", "email": "no-ending", "language": "en-ca", "message": "Kept words"}
    refused = client.post(path, typed).content.decode()
    assert "It should look like" in refused
    assert "Kept words" in refused
    assert client.post(path, typed | {"email": "rosa@t.example"}).status_code == 302
    assert Invitation.objects.get(partner=tenants).needs.count() == 0


def test_unanswered_letters_wait_for_those_who_steer(letter, world):
    assert not queries.unanswered(world.partnership)
    with clock.at(clock.now() + timedelta(days=15)):
        assert letter in queries.unanswered(world.partnership)


def test_who_asked_for_time_is_left_in_peace_for_a_while(letter, world):
    services.answer(letter, "later", name="Rosa")
    with clock.at(clock.now() + timedelta(days=10)):
        assert letter not in queries.unanswered(world.partnership)

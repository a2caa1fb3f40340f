"""Tokens: shown once, kept as a hash, never more than their person."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.partnerships.models import Entry
from concorda.portal.api.models import ApiToken


def token_for(world: Any, key: str, scope: str = "write", **facts: Any) -> str:
    facts = {"expires_on": clock.today() + timedelta(days=9), **facts}
    token = ApiToken(person=world.people[key], name="a program", scope=scope, **facts)
    secret = token.seal()
    token.save()
    return secret


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)


def needs(world: Any) -> str:
    return f"/api/v1/partnerships/{world.partnership.slug}/motivation/needs"


NEED = {"statement": "A place to wash clothes", "urgency": 3, "importance": 4}


def test_a_token_is_shown_once_and_kept_as_a_hash(world, sign_in):
    priya = sign_in("priya")
    sent = {"name": "figures", "scope": "read", "expires_on": clock.today() + timedelta(days=30)}
    page = priya.post("/account/programs/", sent, follow=True)
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in priya.get("/account/programs/").content.decode()
    stored = ApiToken.objects.get(name="figures")
    assert secret not in str(vars(stored))
    assert bearer(secret).get("/api/v1/me").json()["name"] == "Priya Raman"


def test_a_token_lives_a_year_at_most(world, sign_in):
    sent = {"name": "for ever", "scope": "read", "expires_on": clock.today() + timedelta(days=400)}
    assert "a year from now" in sign_in("priya").post("/account/programs/", sent).content.decode()
    assert not ApiToken.objects.exists()


def test_one_ends_only_ones_own(world, sign_in):
    secret = token_for(world, "tom")
    pk = ApiToken.objects.get().pk
    assert sign_in("priya").post(f"/account/programs/{pk}/revoke/").status_code == 404
    assert bearer(secret).get("/api/v1/me").status_code == 200
    sign_in("tom").post(f"/account/programs/{pk}/revoke/")
    answer = bearer(secret).get("/api/v1/me")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("facts", [{"expires_on": clock.today().replace(year=2020)}, {"revoked_at": clock.now()}])
def test_what_ended_does_not_work(world, facts):
    assert bearer(token_for(world, "priya", **facts)).get("/api/v1/me").status_code == 401


def test_who_may_not_sign_in_any_more_has_no_token_either(world):
    secret = token_for(world, "priya")
    type(world.people["priya"]).objects.filter(email="priya@concorda.example").update(is_active=False)
    assert bearer(secret).get("/api/v1/me").status_code == 401


def test_a_wrong_token_is_not_the_session(world, sign_in):
    assert sign_in("priya").get("/api/v1/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_reading_is_not_writing(world):
    client = bearer(token_for(world, "priya", "read"))
    assert client.get(needs(world)).status_code == 200
    assert client.post(needs(world), NEED, "application/json").status_code == 403


def test_a_token_sees_no_more_than_its_person(world):
    assert bearer(token_for(world, "stranger")).get(needs(world)).status_code == 404
    assert bearer(token_for(world, "jo")).get(needs(world)).status_code in (200, 403)


def test_a_token_for_one_partnership_knows_no_other(world):
    client = bearer(token_for(world, "priya", partnership=world.stalled))
    assert client.get(needs(world)).status_code == 404
    assert client.get("/api/v1/partnerships").json()["items"] == []
    assert client.post("/api/v1/organizations", {"name": "New"}, "application/json").status_code == 403


def test_using_it_is_noted(world):
    bearer(token_for(world, "priya")).get("/api/v1/me")
    assert ApiToken.objects.get().used_at == clock.now()


def test_a_session_needs_the_csrf_token_of_a_page(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["priya"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(needs(world)).status_code == 200
    assert client.post(needs(world), NEED, "application/json").status_code == 403
    client.get("/account/programs/")
    header = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post(needs(world), NEED, "application/json", headers=header).status_code == 201


def test_a_program_writes_as_its_person(world):
    made = bearer(token_for(world, "tom")).post(needs(world), NEED, "application/json")
    assert made.status_code == 201, made.content
    with scopes_disabled():
        need = Need.objects.get(pk=made.json()["id"])
        entry = Entry.objects.get(target="motivation.need", target_id=need.pk)
    assert need.raised_by == world.organizations["housing"]
    assert entry.by == world.people["tom"]


@override_settings(API_REQUESTS_A_MINUTE=3)
def test_too_many_requests_are_told_when_to_come_back(world):
    cache.clear()
    client = bearer(token_for(world, "amina"))
    answers = [client.get("/api/v1/me") for _one in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit"].startswith('"requests";r=2;t=')
    assert answers[3].headers["RateLimit-Policy"] == '"requests";q=3;w=60'
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60

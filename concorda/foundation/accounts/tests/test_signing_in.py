"""Signing in by password and by link, opening an account, and the language of the pages."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concorda.foundation.accounts import links
from concorda.foundation.accounts.models import Letter, Person
from concorda.foundation.accounts.services import open_account

PASSWORD = "rivers-and-bridges-7"


@pytest.fixture
def visitor(db, settings):
    cache.clear()
    settings.EMAIL_BACKEND = "concorda.foundation.accounts.outbox.Backend"
    return Client()


@pytest.fixture
def nadia(db):
    return open_account(email="nadia@example.org", name="Nadia Roy", password=PASSWORD)


def signed_in(client):
    return "_auth_user_id" in client.session


def test_password_signs_in_and_a_wrong_one_says_so(visitor, nadia):
    page = visitor.post(reverse("account_login"), {"login": nadia.email, "password": "wrong-wrong-wrong"})
    assert page.status_code == 200 and not signed_in(visitor)
    assert b"error-summary" in page.content and nadia.email.encode() in page.content
    answer = visitor.post(reverse("account_login"), {"login": nadia.email, "password": PASSWORD})
    assert answer.status_code == 302 and signed_in(visitor)


def test_too_many_attempts_are_told_to_wait(visitor, nadia):
    for _ in range(12):
        page = visitor.post(reverse("account_login"), {"login": nadia.email, "password": "wrong-wrong-wrong"})
    assert not signed_in(visitor)
    assert page.status_code == 429 or b"Too many" in page.content


def test_a_link_signs_in_once(visitor, nadia, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page = visitor.post(reverse("accounts:ask_link"), {"email": "NADIA@example.org"})
    assert b"is on its way" in page.content
    letter = Letter.objects.get(to=nadia.email)
    path = re.search(r"http://[^/]+(/\S+)", letter.body).group(1)
    assert b"Sign in as Nadia Roy" in visitor.get(path).content
    assert not signed_in(visitor)  # looking is not enough: mail programs look too
    assert visitor.post(path).status_code == 302 and signed_in(visitor)
    assert Client().get(path).status_code == 410


def test_a_link_dies_after_fifteen_minutes(visitor, nadia):
    path = links.make(nadia)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        page = visitor.get(path)
    assert page.status_code == 410 and b"does not work any more" in page.content
    assert visitor.get("/account/link/made-up/").status_code == 410


def test_an_unknown_address_gets_the_same_answer_and_no_letter(visitor):
    page = visitor.post(reverse("accounts:ask_link"), {"email": "nobody@example.org"})
    assert b"is on its way" in page.content
    assert not Letter.objects.filter(to="nobody@example.org").exists()


def test_too_many_links_are_told_to_wait(visitor, nadia):
    pages = [visitor.post(reverse("accounts:ask_link"), {"email": nadia.email}) for _ in range(30)]
    assert pages[0].status_code == 200
    assert pages[-1].status_code == 429 and b"Try again in a few minutes" in pages[-1].content


def test_opening_an_account_ends_in_the_outbox(visitor):
    facts = {"name": "Ana Silva", "email": "ana@example.org", "password1": PASSWORD}
    answer = visitor.post(reverse("account_signup"), facts)
    assert answer.status_code == 302 and not signed_in(visitor)
    letter = Letter.objects.get(to="ana@example.org")
    assert letter.subject == "Confirm your address for Concorda" and "Hello Ana Silva" in letter.body
    page = visitor.get(reverse("accounts:outbox")).content.decode()
    path = re.search(r'href="http://[^/]+(/accounts/confirm-email/[^"]+)"', page).group(1)
    assert b"Is ana@example.org your address?" in visitor.get(path).content
    visitor.post(path)
    assert signed_in(visitor), "in the browser that opened the account the password is not asked again"
    assert Person.objects.get(email="ana@example.org").name == "Ana Silva"


def test_the_address_confirmed_elsewhere_asks_for_the_password(visitor):
    visitor.post(reverse("account_signup"), {"name": "Ana Silva", "email": "ana@example.org", "password1": PASSWORD})
    path = re.search(r"(/accounts/confirm-email/\S+)", Letter.objects.get(to="ana@example.org").body).group(1)
    elsewhere = Client()
    elsewhere.post(path)
    assert not signed_in(elsewhere)
    elsewhere.post(reverse("account_login"), {"login": "ana@example.org", "password": PASSWORD})
    assert signed_in(elsewhere)


def test_the_address_is_called_e_mail_and_no_field_repeats_its_label(visitor):
    for name in ("account_login", "account_signup", "account_reset_password"):
        page = visitor.get(reverse(name)).content.decode()
        assert "E-mail" in page and ">Email" not in page and "placeholder=" not in page, name


def test_a_form_with_errors_keeps_what_was_typed(visitor):
    page = visitor.post(reverse("account_signup"), {"name": "Ana Silva", "email": "ana@example", "password1": "short"})
    assert b'value="Ana Silva"' in page.content and b'value="ana@example"' in page.content
    assert not Person.objects.filter(name="Ana Silva").exists()


def test_the_language_is_switched_and_remembered(visitor, nadia):
    answer = visitor.post(reverse("accounts:language"), {"language": "fr-ca", "next": "/accounts/login/"})
    assert answer.url == "/accounts/login/"
    page = visitor.get(answer.url).content.decode()
    assert 'lang="fr-ca"' in page and "Ouvrir une session" in page and "Sign in" not in page
    visitor.force_login(nadia)
    visitor.post(reverse("accounts:language"), {"language": "fr-ca", "next": "//elsewhere.example/"})
    nadia.refresh_from_db()
    assert nadia.language == "fr-ca"


PAGES = [
    "account_login", "account_signup", "account_reset_password", "account_reset_password_done", "accounts:ask_link",
    "account_email_verification_sent", "account_inactive", "accounts:outbox",
]  # fmt: skip
OWN_PAGES = ["accounts:details", "account_email", "mfa_index", "account_logout", "account_change_password"]


@pytest.mark.parametrize("language", ["en-ca", "fr-ca"])
@pytest.mark.parametrize("name", PAGES + OWN_PAGES)
def test_every_page_has_our_frame(visitor, nadia, name, language):
    if name in OWN_PAGES:
        visitor.force_login(nadia)
    visitor.post(reverse("accounts:language"), {"language": language})
    page = visitor.get(reverse(name))
    assert page.status_code == 200
    assert b'class="topbar"' in page.content and page.content.count(b"<h1") == 1
    assert b"style=" not in page.content and b"<script>" not in page.content


def test_setting_up_the_authenticator_app(visitor, nadia):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
    from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters

    visitor.post(reverse("account_login"), {"login": nadia.email, "password": PASSWORD})
    ask = visitor.get(reverse("mfa_activate_totp"))
    page = visitor.post(ask.url, {"password": PASSWORD}, follow=True)
    secret = re.search(rb"<code>(\w+)</code>", page.content).group(1).decode()
    code = format_hotp_value(hotp_value(secret, next(counters())))
    assert visitor.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert b"codes are unused" in visitor.get(reverse("mfa_view_recovery_codes")).content
    other = Client()
    answer = other.post(reverse("account_login"), {"login": nadia.email, "password": PASSWORD}, follow=True)
    assert b"authenticator app shows" in answer.content and not signed_in(other)


def test_the_demo_people_are_one_click_away(world, settings):
    page = Client().get(reverse("account_login")).content.decode()
    assert "Be Priya" in page and "Partnership coordinator, Newcomer Centre" in page
    client = Client()
    assert client.post(reverse("accounts:demo"), {"email": "priya@concorda.example"}).status_code == 302 and signed_in(
        client
    )
    settings.DEMO = False
    assert "Be Priya" not in Client().get(reverse("account_login")).content.decode()
    assert Client().post(reverse("accounts:demo"), {"email": "priya@concorda.example"}).status_code == 404


def test_the_outbox_is_closed_where_mail_is_sent(visitor, settings):
    settings.OUTBOX = False
    assert visitor.get(reverse("accounts:outbox")).status_code == 404

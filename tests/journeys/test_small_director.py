"""The director of a small organization, from reflection to invitation; who is invited, without an account; EN and FR.

What is pressed and read is said in English here and looked up in the catalogues, as a reader of that language sees it.
"""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from playwright.sync_api import Page, expect

from tests.journeys.by_hand import follow, press, reads, say, tick
from tests.journeys.test_pages_are_accessible import speak

PASSWORD = "four patient herons"
NAMES = {"en-ca": ("Alder Grove Pantry", "Full Tables"), "fr-ca": ("La Table du quartier", "Assiettes pleines")}
COLLEAGUE = "We lend the hall on Mondays, and listen."
BRIDGE = "You have the hall, we have the families. Shall we talk?"


def words(english: str, **facts: object) -> str:
    """A message as the language in force says it, letter case of its first letter kept."""
    said = gettext(english)
    if said == english and translation.get_language() != "en-ca":
        lower = gettext(english[0].lower() + english[1:])
        said = lower[0].upper() + lower[1:]
    return said % facts if facts else said


def fill(page: Page, answers: dict[str, str]) -> None:
    say(page, {words(label): answer for label, answer in answers.items()})


def open_letter(page: Page, to: str) -> None:
    page.goto("/outbox/")
    follow(page.get_by_role("article").filter(has_text=to).first, "http")


def opens_an_account(page: Page, name: str, email: str) -> None:
    page.goto("/accounts/signup/")
    fill(page, {"Your name": name, "E-mail": email, "Password": PASSWORD})
    press(page, words("Open my account"))
    open_letter(page, email)
    press(page, words("Yes, it is mine"))


def adds_the_organization(page: Page, name: str) -> None:
    page.goto("/organizations/new/")
    fill(page, {"Name": name, "What it does": "Food, twice a week, for whoever comes."})
    press(page, words("Add our organization"))
    reads(page, words("Nobody has begun."))


def reflects(page: Page) -> str:
    """Answers two questions; returns the address of the reflection."""
    reflection = page.url
    page.goto(f"{reflection}questions/services/")
    fill(page, {"Your answer": "We cook and carry."})
    press(page, words("Save and stop here"))
    page.goto(f"{reflection}questions/weakness/")
    line = page.get_by_role("group", name=words("Topic %(n)s", n=1))
    line.locator("select").first.select_option(index=1)
    line.locator("select").nth(1).select_option("5")
    press(page, words("Save and stop here"))
    follow(page, words("Look at it and change it"))
    reads(page, words("we rate ourselves weak (%(level).1f of 5)", level=5))
    return reflection


def asks_a_colleague(page: Page, colleague: Page, reflection: str, email: str) -> None:
    page.goto(reflection.replace("reflection/", "people/"))
    fill(page, {"E-mail": email})
    press(page, words("Send the invitation"))
    open_letter(colleague, email)
    fill(colleague, {"Your name": "Sam Doyle", "Password": PASSWORD})
    press(colleague, words("Open my account and join"))
    colleague.goto(f"{reflection}questions/services/")
    expect(colleague.get_by_text("We cook and carry.")).to_be_hidden()
    fill(colleague, {"Your answer": COLLEAGUE})
    press(colleague, words("Save and stop here"))
    page.goto(f"{reflection}compare/")
    reads(page, "We cook and carry.")
    reads(page, COLLEAGUE)
    reads(page, words("you differ"))


def shows_a_little(page: Page, reflection: str, other: str) -> None:
    """Only how much there is, to one organization; and looks at it as they do."""
    page.goto(f"{reflection}disclosure/?to={other}")
    fill(page, {"Weaknesses": pgettext("what is shown", "Only how much there is")})
    press(page, words("Show this much"))
    reads(page, ngettext("%(n)d entry, not shown.", "%(n)d entries, not shown.", 1) % {"n": 1})
    page.goto(f"{reflection}view-as/")
    reads(page, words("Nothing of your reflection is shown to them."))


def starts(page: Page, name: str) -> str:
    """Starts a partnership; returns the address of its map."""
    page.goto("/partnerships/new/")
    fill(page, {"Name": name})
    press(page, words("Start the partnership"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url


def invites(page: Page, here: str, organization: str, person: str, email: str) -> None:
    page.goto(f"{here}connect/participation/add/?q={organization}")
    page.get_by_role("listitem").filter(has_text=organization).get_by_role("button").first.click()
    follow(page, words("Invite to talk"))
    fill(page, {"Their name": person, "Their e-mail": email, "Your message": BRIDGE})
    press(page, words("Send the letter"))
    reads(page, words("Approached; they have not said yes or no yet."))


def answers_without_an_account(guest: Page, email: str) -> None:
    open_letter(guest, email)
    reads(guest, BRIDGE)
    press(guest, words("Send my answer"))
    reads(guest, words("Choose one of the four answers."))
    tick(guest, words("Yes, let us talk first"))
    press(guest, words("Send my answer"))
    expect(guest.get_by_role("heading", level=1)).to_have_text(words("Thank you"))
    guest.goto("/")
    expect(guest.get_by_role("link", name=words("Sign in")).first).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en-ca", "fr-ca"])
def test_a_director_reflects_and_invites(new_page, language):
    slug, (organization, partnership) = language[:2], NAMES[language]
    director, colleague, guest = (new_page(locale=language) for _ in range(3))
    for page in (director, colleague, guest):
        speak(page, language)
    with translation.override(language):
        opens_an_account(director, f"Noor {slug}", f"noor-{slug}@alder.example")
        adds_the_organization(director, organization)
        reflection = reflects(director)
        asks_a_colleague(director, colleague, reflection, f"sam-{slug}@alder.example")
        shows_a_little(director, reflection, "demo-tenants")
        here = starts(director, partnership)
        invites(director, here, "Lakeside Tenant Advice", "Rosa Pinto", f"rosa-{slug}@tenants.example")
        answers_without_an_account(guest, f"rosa-{slug}@tenants.example")
        director.goto(f"{here}connect/participation/")
        follow(director, "Lakeside Tenant Advice")
        reads(director, words("They are exploring with us; nothing is promised."))
        expect(director.get_by_text(re.compile("Rosa Pinto")).first).to_be_visible()

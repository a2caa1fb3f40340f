"""Seven organizations decide, in two languages: one objects, its words are put to decision instead, and all agree."""

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from playwright.sync_api import Page, expect

from concorda.foundation.process.story import PARTNERS
from tests.journeys.by_hand import follow, press, reads, say, tick

pytestmark = pytest.mark.browser
GOVERNANCE = "/p/maitland-valley-local-immigration-partnership/begin/governance/"
SPEAKERS = dict(zip(PARTNERS, ("farida", "denise", "marisol", "grace", "tom", "luc", "harpreet"), strict=True))
BEFORE = "We buy a van for rides to appointments, and the County keeps it."
AFTER = "We buy a van for rides to appointments, and we take turns to keep it."
HARM = "Our garage is full until spring."
OTHER = {"fr": "Français", "en": "English"}


def speaks(page: Page, language: str) -> Page:
    page.goto(GOVERNANCE)
    switch = page.get_by_role("button", name=OTHER[language])
    if switch.count():
        switch.first.click()
    expect(page.locator("html")).to_have_attribute("lang", f"{language}-ca")
    return page


def proposes(priya: Page, title: str) -> None:
    follow(priya, _("Propose a decision"))
    rule = f"{_('Strategy')}: {pgettext('method', 'Consent')}"
    say(priya, {upper(_("what is proposed")): title, upper(_("wording")): BEFORE, upper(_("rule")): rule})
    press(priya, _("Keep as a draft"))
    press(priya, _("Open for replies"))
    reads(priya, _("Replies are open."))


def upper(label: str) -> str:
    return label[0].upper() + label[1:]


def objects(denise: Page) -> None:
    tick(denise, _("Object"))
    say(denise, {_("Reason"): HARM})
    denise.get_by_text(_("Say which words, and offer others")).click()
    words = {
        _("The words this is about"): "the County keeps it",
        _("Words you could live with"): "we take turns to keep it",
    }
    say(denise, words)
    press(denise, _("Save our reply"))
    reads(denise, HARM)


def amends(priya: Page, address: str) -> None:
    priya.goto(address)
    reads(priya, HARM)
    follow(priya, _("Try this wording"))
    expect(priya.get_by_label(_("The words")).first).to_have_value(AFTER)
    press(priya, _("Put these words to decision"))
    reads(priya, _("Changed. Who had replied is asked to look again."))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_objection_changes_the_words_and_all_agree(new_page, language):
    with translation.override(f"{language}-ca"):
        priya = speaks(new_page("priya"), language)
        proposes(priya, f"Buy a van ({language})")
        address = priya.url
        pages = {key: speaks(new_page(who), language) for key, who in SPEAKERS.items()}
        pages["county"].goto(address)
        objects(pages["county"])
        amends(priya, address)
        for page in pages.values():
            page.goto(address)
            tick(page, pgettext("position", "Consent"))
            press(page, _("Save our reply"))
        priya.goto(address)
        reads(priya, _("Adopted by consent: no objection stands."))
        reads(priya, "we take turns to keep it")
        assert not priya.get_by_role("button", name=_("Save our reply")).count()
        priya.goto(GOVERNANCE + "decisions/")
        expect(priya.get_by_role("row", name=f"Buy a van ({language})")).to_contain_text(_("Adopted"))

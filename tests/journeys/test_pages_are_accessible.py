"""Every tool's page, narrow and wide, light and dark, in English and French: whole, and nothing axe objects to."""

import re
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pages import Listed, listed

pytestmark = pytest.mark.browser
NARROW, WIDE = (390, "light"), (1280, "dark")
FRENCH_NARROW, FRENCH_WIDE = (390, "dark"), (1280, "light")
"""Every page is seen twice: narrow in one language and wide in the other, by turns; colours change with both."""


@pytest.mark.parametrize(
    ("language", "turns"),
    [("en-CA", (NARROW, WIDE)), ("fr-CA", (FRENCH_WIDE, FRENCH_NARROW))],
    ids=["English", "French"],
)
def test_every_page_is_whole(site, new_page, violations, language, turns):
    people: dict[str, Page] = {}
    wrong = []
    for one, (width, scheme) in zip(listed(site.folder), cycle(turns), strict=False):
        if one.person not in people:
            people[one.person] = new_page(one.person, locale=language, reduced_motion="reduce")
            speak(people[one.person], language)
        wrong += faults(people[one.person], one, language, width, scheme, violations)
    assert not wrong, "\n".join(wrong)


def speak(page: Page, language: str) -> None:
    """Choose the language where a person does: in the bar on top of every page."""
    page.goto("/accessibility/")
    if page.locator(f"html[lang='{language}' i]").count() != 1:
        page.get_by_role("button", name=re.compile("^(Français|English)$")).first.click()


def expected(one: Listed) -> set[int]:
    """What is gone or was never there has pages too; that of a dead confirmation is an ordinary one."""
    return {200, 404, 410} if one.name.endswith("-dead") or one.name.startswith("notfound") else {200}


def faults(
    page: Page, one: Listed, language: str, width: int, scheme: Any, violations: Callable[[Page], list[str]]
) -> list[str]:
    """What is wrong with one page."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    answer = page.goto(one.address)
    assert answer
    if answer.status not in expected(one):
        return [f"{one.name} answered {answer.status}"]
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    found = []
    if page.locator(f"html[lang='{language}' i]").count() != 1:
        found.append(f"{one.name} is not in {language}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        found.append(f"{one.name} runs to {wide} pixels on a screen of {width}")
    return found + [f"{one.name}, {width} pixels, {scheme}: {each}" for each in violations(page)]

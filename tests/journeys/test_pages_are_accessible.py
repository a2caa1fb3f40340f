"""Every tool's page, narrow and wide, light and dark, in English and French: whole, and nothing axe objects to."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from screenshots import Listed, listed

pytestmark = pytest.mark.browser
ENGLISH = ("en-CA", "priya", {390: "light", 1280: "dark"})
FRENCH = ("fr-CA", "luc", {390: "dark", 1280: "light"})
"""Language, who looks, and in which colours at which width: each language in both widths and both colours."""


@pytest.mark.parametrize(("language", "key", "looks"), [ENGLISH, FRENCH], ids=["English", "French"])
def test_every_page_is_whole(new_page, violations, language, key, looks):
    settled = {"locale": language, "reduced_motion": "reduce"}
    people = {True: new_page(key, **settled), False: new_page(**settled)}
    wrong = [found for one in listed() for found in faults(people[bool(one.person)], one, language, looks, violations)]
    assert not wrong, "\n".join(wrong)


def faults(
    page: Page, one: Listed, language: str, looks: dict[int, Any], violations: Callable[[Page], list[str]]
) -> list[str]:
    """What is wrong with one page, seen in each width."""
    answer = page.goto(one.address)
    assert answer
    assert answer.status == 200, one.address
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    found = []
    if page.locator(f"html[lang='{language}' i]").count() != 1:
        found.append(f"{one.name} is not in {language}")
    for width, scheme in looks.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{one.name} runs to {wide} pixels on a screen of {width}")
        found += [f"{one.name}, {width} pixels, {scheme}: {each}" for each in violations(page)]
    return found

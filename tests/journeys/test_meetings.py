"""A chair plans meetings that come back across time zones; two people write minutes at once; they are approved."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.by_hand import follow, press, reads, say, tick

pytestmark = pytest.mark.browser
GROUPS = "/p/maitland-valley-local-immigration-partnership/implement/working-groups/"
HERE = ("Harpreet", "Anneke", "Marisol", "Oleh", "Luc")
SLOWLY = 30_000


def opens_employment(page: Page) -> None:
    page.goto(GROUPS)
    follow(page, "Employment & credentials")


def notes(page: Page) -> Locator:
    return page.locator("textarea[name$='-notes']").first


def test_meetings_across_zones(new_page):
    harpreet = new_page("harpreet")
    plans_a_series(harpreet)
    minutes = plans_what_was_yesterday(harpreet)
    luc = new_page("luc", width=390)
    luc.goto(minutes)
    harpreet.goto(minutes)
    write_together(harpreet, luc)
    finishes_and_approves(harpreet)


def plans_a_series(page: Page) -> None:
    opens_employment(page)
    follow(page, "Find a time")
    reads(page, "suit everybody")
    reads(page, "Winnipeg")
    follow(page, "Plan this one")
    say(page, {"Comes back": "every two weeks", "How many meetings": "3"})
    press(page, "Plan the meeting")
    reads(page, "3 meetings are planned. The members were invited.")
    reads(page, "every two weeks")
    page.get_by_role("table").get_by_role("link").nth(1).click()
    follow(page, "Change")
    page.get_by_label("Time there").fill("15:30")
    press(page, "Save the change")
    reads(page, "The meeting is changed.")
    follow(page, "The series it belongs to")
    reads(page, "moved, was")


def plans_what_was_yesterday(page: Page) -> str:
    """A meeting that has been, with one item; the address of its minutes."""
    opens_employment(page)
    follow(page, "Plan a meeting")
    page.get_by_label("Day", exact=True).fill(str((datetime.now(UTC) - timedelta(days=1)).date()))
    page.get_by_label("Time there").fill("10:00")
    page.get_by_label("Write to all members now").uncheck()
    press(page, "Plan the meeting")
    reads(page, "Nobody was written to.")
    follow(page, "Add to the agenda")
    say(page, {"Item": "Mentors for welders"})
    press(page, "Save it")
    follow(page, "Write the minutes")
    return page.url


def write_together(harpreet: Page, luc: Page) -> None:
    """What one writes shows with the other; when both write in one place, both texts are there."""
    notes(harpreet).fill("Two shops would take somebody.")
    reads(harpreet, "Saved. Others see it.")
    expect(notes(luc)).to_have_value("Two shops would take somebody.", timeout=SLOWLY)
    notes(luc).fill("Two shops would take somebody.\nL’un des deux parle français.")
    reads(luc, "Enregistré. Les autres le voient.")
    expect(notes(harpreet)).to_have_value(re.compile("parle français"), timeout=SLOWLY)

    decided = "textarea[name$='-decided']"
    harpreet.locator(decided).first.fill("Oleh visits both shops.")
    luc.locator(decided).first.fill("On visite les deux ateliers.")
    both = re.compile("Oleh visits both shops.*On visite|On visite les deux.*Oleh visits", re.DOTALL)
    for page in (harpreet, luc):
        expect(page.locator(decided).first).to_have_value(both, timeout=SLOWLY)
    assert harpreet.get_by_role("alert").count() + luc.get_by_role("alert").count() == 1
    tick(harpreet, *HERE)


def finishes_and_approves(page: Page) -> None:
    say(page, {"What is to be done": "Visit the two welding shops"})
    oleh = page.locator("select[name='action-who'] option", has_text="Oleh").get_attribute("value")
    page.locator("select[name='action-who']").select_option(oleh)
    press(page, "Save and finish")
    reads(page, "The minutes are finished.")
    reads(page, "Quorum met")
    reads(page, "Visit the two welding shops")
    press(page, "Approve these minutes")
    reads(page, "These minutes are approved")

"""Two people change the same need at the same moment: the second is told, and loses nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.by_hand import follow, press, reads, say

pytestmark = pytest.mark.browser
NEEDS = "/p/maitland-valley-local-immigration-partnership/connect/motivation/"
OURS, THEIRS = "Forty families, counted in March", "Fifty families, counted in April"


def opens_the_need(page: Page) -> None:
    page.goto(NEEDS)
    follow(page, "Families of six or more")
    follow(page, "Change")


def test_two_people_change_one_need(new_page):
    priya, tom = new_page("priya"), new_page("tom")
    opens_the_need(priya)
    opens_the_need(tom)
    say(priya, {"Who is affected": OURS})
    press(priya, "Save this need")
    reads(priya, OURS)

    say(tom, {"Who is affected": THEIRS})
    press(tom, "Save this need")
    reads(tom, "Someone else changed this while you were writing.")
    reads(tom, OURS)
    expect(tom.get_by_label("Who is affected")).to_have_value(THEIRS)
    press(tom, "Save this need")
    reads(tom, THEIRS)

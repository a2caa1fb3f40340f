"""A new organization goes the whole way by hand: from reflection to a signed agreement, a meeting and a report.

Ada Okafor of the Lark Rise Food Circle begins alone; Ben Sharp, whose organization she finds in the register, joins her.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from playwright.sync_api import Page, expect
from tests.journeys.by_hand import follow, open_letter, press, reads, say, tick

ADA, BEN = "ada@larkrise.example", "ben@dunmere.example"
ADAS, BENS = "seven slow otters", "nine loud herons"
HERE = "/p/supper-share/"
REGISTER = Path(__file__).parent / "files" / "register.csv"
CANDIDATE = "Dunmere Community Transport"


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()


def opens_an_account(ada: Page) -> None:
    ada.goto("/")
    follow(ada, "Open an account")
    say(ada, {"Your name": "Ada Okafor", "Email": ADA, "Password": ADAS})
    press(ada, "Open my account")
    open_letter(ada, ADA)
    press(ada, "Yes, it is mine")
    say(ada, {"Email": ADA, "Password": ADAS})
    press(ada, "Sign in")
    reads(ada, "Welcome, Ada Okafor.")


def adds_her_organization(ada: Page) -> None:
    follow(ada, "All organizations")
    follow(ada, "Add an organization")
    say(ada, {"Name": "Lark Rise Food Circle", "What it does": "We cook with what the shops would throw away."})
    press(ada, "Add our organization")
    reads(ada, "Lark Rise Food Circle is in the directory, and you administer it.")


def reflects(ada: Page) -> None:
    follow(ada, "Next question: Services")
    say(ada, {"Your answer": "We cook three suppers a week for about sixty people."})
    press(ada, "Save and go on")
    say(ada, {"Your answer": "Our members: nobody here goes to bed hungry."})
    press(ada, "Save and stop here")
    rates(ada, "Strengths", "Food", "4")
    rates(ada, "Weaknesses", "Rides and transport", "5")
    reads(ada, "4 of 11 questions are answered, by Ada Okafor.")
    follow(ada, "Look at it and change it")
    expect(ada.get_by_role("row", name="Rides and transport")).to_contain_text("we rate ourselves weak")


def rates(ada: Page, question: str, topic: str, level: str) -> None:
    follow(ada, question)
    say(ada.get_by_role("group", name="Topic 1"), {"Topic": topic, "Level": level})
    press(ada, "Save and stop here")


def starts_a_partnership(ada: Page) -> None:
    ada.goto("/")
    follow(ada, "Start a partnership")
    say(ada, {"Name": "Supper Share", "Purpose": "Nobody in Lark Rise eats alone or goes to bed hungry."})
    press(ada, "Start the partnership")
    reads(ada, "Supper Share has begun.")


def says_what_is_needed(ada: Page) -> None:
    follow(ada, "Write down the first need")
    say(ada, {"What is needed": "People who cannot leave the house need a warm supper.", "Who is affected": "About 40"})
    tick(ada, "Essential")
    press(ada, "Save this need")
    ada.goto(HERE)
    follow(ada, "Say why Lark Rise Food Circle is here")
    say(ada, {"Something we cannot do alone": "A strong reason"})
    press(ada, "Save why we are here")


STAGES = [opens_an_account, adds_her_organization, reflects, starts_a_partnership, says_what_is_needed]

"""A new organization goes the whole way by hand: from reflection to a signed agreement, a meeting and a report.

Ada Okafor of the Lark Rise Food Circle begins alone; Ben Sharp, whose organization she finds in the register, joins.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conftest import real_data_folder
from tests.journeys.by_hand import follow, open_letter, press, reads, say, tick

ADA, BEN = "ada@larkrise.example", "ben@dunmere.example"
ADAS, BENS = "seven slow otters", "nine loud herons"
HERE = "/p/supper-share/"
REGISTER = Path(__file__).parent / "files" / "register.csv"


def in_days(days: int) -> str:
    return (datetime.now().astimezone().date() + timedelta(days=days)).isoformat()


def opens_an_account(ada: Page) -> None:
    ada.goto("/")
    follow(ada, "Open an account")
    say(ada, {"Your name": "Ada Okafor", "E-mail": ADA, "Password": ADAS})
    press(ada, "Open my account")
    open_letter(ada, ADA)
    press(ada, "Yes, it is mine")
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


def finds_a_partner(ada: Page) -> str:
    ada.goto(HERE)
    follow(ada, "Find partners")
    say(ada, {"Words": "transport"})
    press(ada, "Show")
    best = ada.get_by_role("article").first
    name = best.get_by_role("heading").inner_text()
    press(best, "Add as candidate")
    return name


def invites(ada: Page, organization: str) -> None:
    ada.goto(HERE + "connect/participation/")
    follow(ada, organization)
    follow(ada, "Invite to talk")
    say(
        ada,
        {
            "Their name": "Ben Sharp",
            "Their e-mail": BEN,
            "Your message": "You have the minibuses, we have the suppers. Shall we talk?",
        },
    )
    press(ada, "Send the letter")
    reads(ada, "Approached; they have not said yes or no yet.")


def joins(ben: Page) -> None:
    """Without an account until he wants one."""
    open_letter(ben, BEN)
    reads(ben, "You have the minibuses, we have the suppers.")
    tick(ben, "Yes, we join")
    say(ben, {"Password, if you want an account": BENS})
    press(ben, "Send my answer")
    expect(ben.get_by_role("heading", level=1)).to_have_text("Supper Share")


def offers(page: Page, what: str) -> None:
    page.goto(HERE + "connect/capacity/items/new/")
    tick(page, "We offer", "Shared with the partners")
    say(page, {"Kind": "Equipment", "What": what})
    press(page, "Save")
    reads(page, what)


def answers_what_type(page: Page) -> None:
    page.goto(HERE + "connect/partnership-type/ours/")
    for question in page.get_by_role("group").filter(has=page.get_by_role("radio")).all():
        question.get_by_role("radio").nth(1).check()
    press(page, "Save our answers")


def forms_a_body(ada: Page, partner: str) -> None:
    ada.goto(HERE + "begin/governance/bodies/new/")
    say(ada, {"Name": "Supper table"})
    press(ada, "Save")
    for organization in ("Lark Rise Food Circle", partner):
        follow(ada, "Give a seat")
        say(ada, {"Organization": organization})
        press(ada, "Save")
    reads(ada, "It has 2 seats.")


def sits_down(page: Page, name: str) -> None:
    page.goto(HERE + "begin/governance/")
    follow(page, "Supper table")
    follow(page, "Name who sits here")
    say(page, {"Who sits there": name})
    press(page, "Save")


def sets_a_rule(ada: Page) -> None:
    ada.goto(HERE + "begin/governance/rules/new/")
    say(ada, {"Kind of decision": "Strategy", "Decided by": "Supper table"})
    tick(ada, "Unanimity")
    press(ada, "Save")


VISION = "Everyone in Lark Rise sits down to a warm supper in company."


def drafts_a_vision(ada: Page) -> None:
    ada.goto(HERE + "begin/vision/new/")
    tick(ada, "Vision")
    say(ada, {"The words": VISION})
    press(ada, "Save")
    reads(ada, VISION)
    follow(ada, "Put it to decision")
    press(ada, "Open for replies")


def replies(page: Page) -> None:
    page.goto(HERE + "begin/governance/decisions/")
    follow(page, "Adopt version 1 of our vision")
    page.get_by_role("radio", name="For", exact=True).check()
    press(page, "Save our reply")


def see_it_adopted(page: Page) -> None:
    """Everyone has replied, so it is counted by itself."""
    reads(page, "Adopted on")
    page.goto(HERE)
    reads(page, "vision")


AGREEMENT = "Memorandum of the Supper Share"


def assembles_an_agreement(ada: Page) -> None:
    ada.goto(HERE + "begin/agreements/new/")
    tick(ada, "Memorandum")
    say(ada, {"Title": AGREEMENT, "Takes effect on": in_days(0), "Ends on": in_days(700)})
    press(ada, "Draft it")
    follow(ada, "Send it for signature")
    press(ada, "Freeze it and ask for signatures")


def signs(page: Page, name: str, password: str) -> None:
    page.goto(HERE + "begin/agreements/")
    follow(page, AGREEMENT)
    follow(page, "Read and sign")
    say(page, {"Your name, as you sign": name, "Your password": password})
    tick(page, "I have read this version")
    press(page, "Sign this version")


def downloads(page: Page, name: str) -> bytes:
    """What a link to a file gives."""
    with page.expect_download() as waiting:
        follow(page, name)
    return Path(waiting.value.path()).read_bytes()


GOAL = "Forty people who cannot leave the house eat a warm supper twice a week."


def writes_a_goal(ada: Page) -> None:
    ada.goto(HERE + "begin/strategic-plan/goals/new/")
    say(ada, {"Goal": GOAL, "By": in_days(300)})
    tick(ada, "People who cannot leave the house")
    press(ada, "Save the goal")


def chooses_an_indicator(ada: Page) -> None:
    ada.goto(HERE + "begin/strategic-plan/indicators/new/")
    say(
        ada,
        {
            "Goal": GOAL,
            "What is measured": "People served at home each week",
            "Unit": "people",
            "Starting value": "0",
            "Target": "40",
        },
    )
    press(ada, "Save the indicator")


def opens_groups(ada: Page) -> None:
    for name in ("Kitchen", "Rounds"):
        ada.goto(HERE + "implement/working-groups/new/")
        say(ada, {"Name": name, "Chair": "Ada Okafor"})
        press(ada, "Save the charter")
    follow(ada, "Bring people in")
    tick(ada, "Ben Sharp")
    press(ada, "Bring them in")


def meets(ada: Page) -> None:
    follow(ada, "Plan a meeting")
    say(ada, {"Day": in_days(1), "Time there": "17:00"})
    press(ada, "Plan the meeting")
    follow(ada, "Write the minutes")
    tick(ada, "Ada Okafor", "Ben Sharp")
    say(ada, {"Anything else": "Ben drives on Tuesdays."})
    press(ada, "Save the minutes")
    reads(ada, "Ben drives on Tuesdays.")


def asks_for_a_bridge(ada: Page) -> None:
    ada.goto(HERE + "implement/boundary-crossers/")
    follow(ada, "Ask somebody to be a bridge")
    say(ada, {"Who": "Ben Sharp", "Between": "Rounds", "And": "Kitchen"})
    press(ada, "Ask")


def agrees_to_be_one(ben: Page) -> None:
    ben.goto(HERE + "implement/boundary-crossers/")
    reads(ben, "You are asked to be a bridge between Kitchen and Rounds.")
    follow(ben, "Answer")
    press(ben, "I agree to be named")
    ben.goto(HERE + "implement/boundary-crossers/")
    reads(ben, "Ben Sharp")


def writes_an_action(ada: Page) -> None:
    ada.goto(HERE + "implement/action-plans/actions/new/")
    say(ada, {"What": "Plan the first round", "Accountable": "Ada Okafor", "Group": "Rounds", "Due": in_days(20)})
    press(ada, "Save the action")


def announces(ada: Page) -> None:
    ada.goto(HERE + "implement/communication/new/")
    say(ada, {"Title": "The first round", "Message": "It starts on Monday at five, from the kitchen."})
    press(ada, "Keep the draft")
    press(ada, "Publish to 2 people")


def hears(ben: Page) -> None:
    open_letter(ben, BEN, "The first round")
    reads(ben, "It starts on Monday at five, from the kitchen.")


def asks_how_it_is_going(ada: Page) -> None:
    ada.goto(HERE + "monitor/evaluation/check-ins/new/")
    say(ada, {"Title": "First check-in", "Closes on": in_days(7)})
    press(ada, "Send the letters")


def answers_the_check_in(ben: Page) -> None:
    open_letter(ben, BEN, "how is it going")
    for step in ben.get_by_role("radio", name="Mostly").all():
        step.check()
    press(ben, "Send my answer")
    expect(ben.get_by_role("heading", level=1)).to_contain_text("Thank you")


def measures(ben: Page, ada: Page) -> None:
    ben.goto(HERE + "monitor/evaluation/measurements/new/")
    say(ben, {"Indicator": "People served at home each week", "Value": "12"})
    press(ben, "Send for approval")
    ada.goto(HERE + "monitor/evaluation/")
    follow(ada, "Look at the value of")
    press(ada, "Approve this value")
    expect(ada.get_by_role("button", name="Approve this value")).to_have_count(0)


def learns(ada: Page) -> None:
    ada.goto(HERE + "monitor/future-plans/lessons/new/")
    say(ada, {"What happened": "The bus was late because nobody had the key to the yard."})
    press(ada, "Save the lesson")
    reads(ada, "nobody had the key")


def decides_to_continue(ada: Page) -> None:
    ada.goto(HERE + "monitor/future-plans/")
    follow(ada, GOAL)
    tick(ada, "Continue")
    say(ada, {"Reasons, and what follows": "Twelve people eat at home already."})
    press(ada, "Save our answer")
    reads(ada, "Every question is answered.")
    follow(ada, GOAL)
    reads(ada, "Twelve people eat at home already.")


def chooses_a_direction(ada: Page) -> None:
    ada.goto(HERE + "monitor/growth/direction/")
    tick(ada, "Renew")
    say(ada, {"Why?": "It works, and the need is still there."})
    press(ada, "Record the direction")
    reads(ada, "the need is still there")


def looks_for_the_next_partner(ada: Page) -> None:
    """A need that nobody covers leads back to where partners are found."""
    ada.goto(HERE + "connect/motivation/needs/new/")
    need = "People who eat with us need a ride home in the evening."
    say(ada, {"What is needed": need, "Topic": "Rides and transport"})
    tick(ada, "Important")
    press(ada, "Save this need")
    ada.goto(HERE + "monitor/growth/")
    follow(ada, need)
    expect(ada.get_by_role("heading", level=1)).to_have_text("Find partners")
    reads(ada, need)
    expect(ada.get_by_role("button", name="Add as candidate").first).to_be_visible()


def reports(ada: Page) -> bytes:
    ada.goto(HERE + "monitor/reports/")
    follow(ada, "Begin a report")
    say(ada, {"Title": "Our first weeks", "From": in_days(-30), "To": in_days(0)})
    press(ada, "Begin it")
    press(ada, "Freeze the numbers")
    press(ada, "Approve it for good")
    return downloads(ada, "PDF")


def wait_for_the_register(page: Page) -> None:
    """A large register is prepared for searching once, behind the page."""
    for _ in range(60):
        page.goto(HERE + "connect/participation/find/")
        if not page.get_by_text("is being prepared for searching").first.is_visible():
            return
        page.wait_for_timeout(2000)


@pytest.mark.browser
def test_from_reflection_to_a_report(site, new_page):
    ada = new_page()
    opens_an_account(ada)
    adds_her_organization(ada)
    reflects(ada)
    starts_a_partnership(ada)
    says_what_is_needed(ada)

    for register in registers():
        assert site.concorda("import", "organizations", str(register), "--source", "ccew")["created"] >= 40
    wait_for_the_register(ada)
    partner = finds_a_partner(ada)
    invites(ada, partner)
    ben = new_page()
    joins(ben)
    offers(ada, "Sixty suppers, three evenings a week")
    offers(ben, "A minibus with driver, two evenings a week")
    answers_what_type(ada)
    answers_what_type(ben)
    reads(ben, "2 of 2 partners have said what they need and what is feasible.")

    forms_a_body(ada, partner)
    sits_down(ada, "Ada Okafor")
    sits_down(ben, "Ben Sharp")
    sets_a_rule(ada)
    drafts_a_vision(ada)
    replies(ada)
    replies(ben)
    see_it_adopted(ben)
    assembles_an_agreement(ada)
    signs(ada, "Ada Okafor", ADAS)
    signs(ben, "Ben Sharp", BENS)
    reads(ben, "2 of 2 organizations have signed.")
    assert downloads(ben, "(PDF)").startswith(b"%PDF")
    writes_a_goal(ada)
    chooses_an_indicator(ada)

    opens_groups(ada)
    meets(ada)
    writes_an_action(ada)
    asks_for_a_bridge(ada)
    agrees_to_be_one(ben)
    announces(ada)
    hears(ben)

    asks_how_it_is_going(ada)
    answers_the_check_in(new_page())
    measures(ben, ada)
    assert reports(ada).startswith(b"%PDF")
    learns(ada)
    decides_to_continue(ada)
    chooses_a_direction(ada)
    looks_for_the_next_partner(ada)


def registers() -> list[Path]:
    """Our own small file; and the real register, where there is one."""
    folder = real_data_folder()
    return [REGISTER, *(sorted((folder / "orgs_uk_charities").glob("*.csv.gz")) if folder else [])]

"""Organizations negotiate an agreement: one objects, one amends, all sign, and one leaves; in English and French."""

import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from concorda.foundation.process.story import PASSWORD
from tests.journeys.by_hand import follow, press, reads, say, tick

pytestmark = pytest.mark.browser
AGREEMENTS = "/p/maitland-valley-local-immigration-partnership/begin/agreements/"
PARTIES = {
    "farida": "Farida Noorzai",
    "tom": "Tom Hendry",
    "grace": "Grace Adeyemi",
    "luc": "Luc Thériault",
    "denise": "Denise Kowalchuk",
    "harpreet": "Harpreet Gill",
    "marisol": "Marisol Quintero",
}
ASKED, MENDED = "Name the County’s council.", "The County’s council is asked first."
LATER = "Nobody is bound by silence."


def t(words: str, **facts: object) -> str:
    """A message of the interface in the language of the journey."""
    return gettext(words) % facts if facts else gettext(words)


def label(words: str) -> str:
    return capfirst(gettext(words))


def in_days(days: int) -> str:
    return (datetime.now().astimezone().date() + timedelta(days=days)).isoformat()


def opens(new_page: Callable[..., Page], key: str, language: str, address: str = AGREEMENTS) -> Page:
    page = new_page(key)
    page.goto(address)
    page.wait_for_load_state()
    other = page.get_by_role("button", name="Français" if language == "fr" else "English")
    if other.count():
        other.first.click()
        page.wait_for_load_state()
    return page


def drafts(priya: Page, language: str) -> str:
    """The coordinator drafts a letter of intent from the library, and adds a clause; its address."""
    follow(priya, t("Draft an agreement"))
    tick(priya, t("Letter of intent"))
    say(
        priya,
        {
            label("title"): f"Letter {language}",
            label("language of its text"): t("French") if language == "fr" else t("English"),
            label("takes effect on"): in_days(0),
            label("ends on"): in_days(700),
        },
    )
    press(priya, t("Draft it"))
    reads(priya, t("Nothing has been sent for signature."))
    address = priya.url
    follow(priya, t("Add a clause from the library"))
    say(priya, {label("heading"): "Silence", label("text"): "Silence is assent."})
    press(priya, t("Add our clause"))
    reads(priya, "Silence is assent.")
    return address


def asks(denise: Page, address: str) -> None:
    """The County asks for other words in the first clause."""
    denise.goto(address)
    first = denise.locator("#clause-1")
    if not first.get_by_role("link", name=t("Comment")).first.is_visible():
        first.get_by_text(t("Comment or change")).click()
    follow(first, t("Comment"))
    say(denise, {label("what you ask for, and why"): ASKED, label("the wording you suggest"): MENDED})
    press(denise, t("Say it to the partners"))
    reads(denise, ASKED)


def amends(grace: Page, address: str) -> None:
    """The health centre takes the County's wording over."""
    grace.goto(address)
    follow(grace, t("Take over this wording"))
    expect(grace.get_by_label(label("text")).first).to_have_value(MENDED)
    press(grace, t("Save the wording"))
    reads(grace, t("Taken up"))


def sends(priya: Page, address: str, *, again: bool = False) -> None:
    priya.goto(address)
    follow(priya, t("Send it for signature"))
    press(priya, t("Freeze it and ask for signatures"))
    reads(priya, t("Version %(number)s is out for signature.", number=2 if again else 1))


def signs(page: Page, address: str, name: str) -> None:
    page.goto(address)
    follow(page, t("Read and sign"))
    say(page, {t("Your name, as you sign"): name, t("Your password"): PASSWORD})
    page.get_by_role("checkbox").first.check()
    press(page, t("Sign this version"))
    reads(page, t("Signed. Thank you."))


def objects(marisol: Page, address: str) -> None:
    """The School Board will not sign before the last clause says something else."""
    marisol.goto(address)
    follow(marisol, t("Read and sign"))
    follow(marisol, t("Not now: decline or ask for time"))
    tick(marisol, t("We cannot sign this version"))
    say(marisol, {label("reason"): "Silence must not bind us."})
    press(marisol, t("Tell the partners"))
    reads(marisol, "Silence must not bind us.")


def mends(priya: Page, address: str) -> None:
    """The coordinator changes the clause, knowing that the signature given is lost."""
    priya.goto(address)
    last = priya.locator(".clause").last
    if not last.get_by_role("link", name=t("Change")).first.is_visible():
        last.get_by_text(t("Comment or change")).click()
    follow(last, t("Change"))
    say(priya, {label("text"): LATER})
    press(priya, t("Save the wording"))
    priya.get_by_role("checkbox").first.check()
    press(priya, t("Save the wording"))
    reads(priya, t("Nothing has been sent for signature."))


def holds_the_sealed_file(page: Page, address: str, folder: Path) -> None:
    """The PDF is found sealed by a standard tool and by the public page; a changed byte is found by both."""
    page.goto(address)
    with page.expect_download() as waiting:
        follow(page, t("Version %(number)s (PDF)", number=2))
    file = folder / "agreement.pdf"
    waiting.value.save_as(file)
    assert "Signature is Valid" in pdfsig(file)
    checked(page, file, t("This file is as it was sealed here. Not a byte was changed, and nothing was added."))
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    forged = folder / "forged.pdf"
    forged.write_bytes(data)
    assert "Signature is Valid" not in pdfsig(forged)
    checked(page, forged, t("This file was changed after it was sealed. Do not rely on it."))


def pdfsig(file: Path) -> str:
    return subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout


def checked(page: Page, file: Path, verdict: str) -> None:
    page.goto("/verify/")
    page.get_by_label(t("The PDF of the agreement")).set_input_files(file)
    press(page, t("Check this file"))
    reads(page, verdict)


def leaves(tom: Page, address: str) -> None:
    tom.goto(address)
    follow(tom, t("Leave this agreement"))
    say(tom, {t("Why your organization leaves"): "Our funding ends."})
    tom.get_by_role("checkbox").first.check()
    press(tom, t("Give notice"))
    reads(tom, t("Leaves on %(day)s", day="").strip())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_agreement_from_draft_to_leaving(new_page, language, tmp_path):
    with translation.override(f"{language}-ca"):
        priya = opens(new_page, "priya", language)
        address = drafts(priya, language)
        asks(opens(new_page, "denise", language), address)
        amends(opens(new_page, "grace", language), address)
        sends(priya, address)
        tom = opens(new_page, "tom", language)
        signs(tom, address, PARTIES["tom"])
        objects(opens(new_page, "marisol", language), address)
        mends(priya, address)
        sends(priya, address, again=True)
        for key, name in PARTIES.items():
            signs(tom if key == "tom" else opens(new_page, key, language), address, name)
        priya.goto(address)
        reads(priya, t("%(done)s of %(total)s", done=7, total=7))
        holds_the_sealed_file(priya, address, tmp_path)
        leaves(tom, address)

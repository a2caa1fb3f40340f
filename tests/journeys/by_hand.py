"""What a person does on a page: read, fill in, press, follow, open a letter."""

import re

from playwright.sync_api import Locator, Page, expect


def say(where: Page | Locator, answers: dict[str, str]) -> None:
    """Fill in fields by their labels: text is typed, a choice of a list is chosen."""
    for label, answer in answers.items():
        named = where.get_by_label(re.compile(rf"^\s*{words(label)}\s*(\([^)]*\)\s*)?$"))
        field = named.and_(where.locator("input, select, textarea")).first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=answer)
        else:
            field.fill(answer)


def words(label: str) -> str:
    """A label as a pattern a browser understands."""
    return re.escape(label).replace("\\ ", " ")


def tick(where: Page | Locator, *names: str) -> None:
    """Tick boxes and choose among choices, by the words beside them."""
    for name in names:
        where.get_by_role("radio", name=name).or_(where.get_by_role("checkbox", name=name)).first.check()


def press(where: Page | Locator, name: str) -> None:
    where.get_by_role("button", name=name).first.click()


def follow(where: Page | Locator, name: str) -> None:
    where.get_by_role("link", name=name).first.click()


def reads(page: Page, words: str) -> None:
    """The page says this somewhere."""
    expect(page.get_by_role("main")).to_contain_text(words)


def open_letter(page: Page, to: str, subject: str = "") -> None:
    """Open the outbox, and the link in the newest letter to this address."""
    page.goto("/outbox/")
    letters = page.get_by_role("article").filter(has_text=f"to {to} ").filter(has_text=subject)
    follow(letters.first, "http")

"""A stranger arrives, a person of the demo signs in, and both find pages that are whole."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280])
def test_a_stranger_is_welcomed(new_page, assert_accessible, width):
    page = new_page(width=width)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)
    page.get_by_role("link", name="Sign in").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_a_person_of_the_demo_comes_home(new_page, assert_accessible):
    page = new_page("priya")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_a_page_that_is_not_there_says_so(new_page, assert_accessible):
    page = new_page("priya")
    answer = page.goto("/p/no-such-partnership/")
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_pages_work_in_the_dark_too(new_page, assert_accessible):
    page = new_page(color_scheme="dark")
    page.goto("/")
    assert_accessible(page)

"""The frame of every page, its appearance, and what is promised of the files it loads."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.template.loader import render_to_string

CORE = Path(__file__).parents[1]
TEMPLATES = sorted(CORE.parents[1].rglob("templates/**/*.html"))
STYLES = sorted((CORE / "static/core").glob("*.css"))


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def components(client, db, demo):
    return client.get("/components/")


def test_the_components_page_shows_every_part(components):
    assert components.status_code == 200
    text = components.content.decode()
    for part in ("error-summary", "seg-on", "hist-high", "band-row", "bar is-crit", "net-bridge", "choice", "pager"):
        assert part in text


def test_the_components_page_is_hidden_elsewhere(client, db, settings):
    settings.DEMO = settings.DEBUG = False
    assert client.get("/components/").status_code == 404


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_an_inline_style_or_script(template):
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle=", text)
    # A report saved as one file is opened from a folder, under no policy of ours: its style travels with it.
    assert "<style" not in text or template.name == "standalone.html"
    assert not re.search(r"\son[a-z]+=[\"']", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


class Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"aria-describedby", "aria-labelledby", "for"}:
                self.references += (value or "").split()
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))


def test_ids_are_single_references_hold_and_headings_come_in_order(components):
    page = Ids()
    page.feed(components.content.decode())
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_the_whole_of_styles_scripts_and_icons_stays_small():
    files = [*STYLES, *(CORE / "static/core").glob("*.svg"), *(CORE / "static/core/js").glob("*.js")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 40_000


def test_colours_are_named_in_one_place():
    for style in STYLES:
        if style.name != "tokens.css":
            text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
            assert not re.findall(r"(?<![\w&-])#(?!0000\b|000\b)[0-9a-f]{3,8}\b", text), style.name


def test_every_style_sheet_is_closed_and_linked():
    linked = (CORE / "templates/core/styles.html").read_text(encoding="utf-8")
    for style in STYLES:
        text = style.read_text(encoding="utf-8")
        assert text.count("{") == text.count("}"), style.name
        assert style.name in linked or style.name == "guide.css"


# Light or dark


def test_the_choice_of_scheme_comes_back_with_the_next_page(client, db, demo):
    answer = client.post("/scheme/", {"scheme": "dark", "next": "/components/"})
    assert (answer.status_code, answer["Location"]) == (302, "/components/")
    assert 'data-scheme="dark"' in client.get("/components/").content.decode()
    client.post("/scheme/", {"scheme": ""})
    assert "data-scheme=" not in client.get("/components/").content.decode()


def test_the_choice_of_scheme_stays_with_the_person(sign_in, world):
    sign_in("priya").post("/scheme/", {"scheme": "dark"})
    person = world.people["priya"]
    person.refresh_from_db()
    assert person.scheme == "dark"


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_the_switch_never_leads_away(client, db, away):
    assert client.post("/scheme/", {"scheme": "dark", "next": away})["Location"] == "/"


def test_an_unknown_scheme_follows_the_device(client, db, demo):
    client.post("/scheme/", {"scheme": "pink"})
    assert "data-scheme=" not in client.get("/components/").content.decode()


def test_the_scheme_changes_by_post_alone(client, db):
    assert client.get("/scheme/").status_code == 405


def test_the_wall_has_a_way_back(client, db, demo):
    text = client.get("/components/?view=wall&page=2").content.decode()
    assert 'data-view="wall"' in text
    assert re.search(r'class="wall-exit"[^>]*><a href="\?page=2"', text)


# The frame


def test_the_policy_of_the_site_allows_what_a_page_loads(components):
    policy = components.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert not re.search(r'(?:src|href)="https?://', components.content.decode())


def test_a_page_says_its_language(client, db, demo):
    text = client.get("/components/", headers={"accept-language": "fr-CA"}).content.decode()
    assert '<html lang="fr-ca"' in text


def test_the_french_of_the_interface_is_whole():
    catalogue = polib.pofile(str(CORE / "locale/fr/LC_MESSAGES/django.po"))
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []


@pytest.mark.parametrize("code", ["400", "403", "404", "500"])
def test_an_error_page_stands_without_a_request(code):
    text = render_to_string(f"{code}.html")
    assert "<h1>" in text
    assert 'href="/"' in text


def test_a_list_shows_rows_order_search_and_pages(rf):
    from django.core.paginator import Paginator

    context = {
        "title": "Deliverables",
        "columns": [{"label": "Name", "sort": "name"}, {"label": "Days", "numeric": True}],
        "rows": [{"url": "/1/", "pk": 1, "cells": ["Handbook", 3]}],
        "page": Paginator(range(30), 25).page(1),
        "query": "hand",
        "bulk": [("done", "Mark as done")],
    }
    text = render_to_string("list.html", context, request=anonymous(rf.get("/?q=hand")))
    assert '<a href="/1/">Handbook</a>' in text
    assert '<td class="num">3</td>' in text
    assert 'value="hand"' in text
    assert 'name="pick" value="1" aria-label="Handbook"' in text
    assert "1 to 25 of 30" in text


def test_an_empty_list_says_what_belongs_there(rf):
    empty = {"title": "No actions yet", "text": "An action has a lead.", "url": "/new/", "action": "Write the first"}
    text = render_to_string(
        "list.html", {"title": "Actions", "rows": [], "empty": empty}, request=anonymous(rf.get("/"))
    )
    assert "No actions yet" in text
    assert 'href="/new/">Write the first' in text
    searched = {"title": "Actions", "rows": [], "query": "zebra", "empty": empty}
    assert "“zebra”" in render_to_string("list.html", searched, request=anonymous(rf.get("/")))


def test_before_removing_a_page_asks_and_offers_to_keep(rf):
    context = {"title": "Remove the handbook?", "keep_url": "/1/", "consequence": "Its two tasks go with it."}
    text = render_to_string("confirm_delete.html", context, request=anonymous(rf.get("/")))
    assert "Its two tasks go with it." in text
    assert 'href="/1/">Keep it' in text


def anonymous(request):
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    return request

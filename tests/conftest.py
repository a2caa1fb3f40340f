"""A real installation and a real browser for the journeys."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

import chromium

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
START_SECONDS = 90
PATIENCE = 30_000
"""Milliseconds a page may take to show what is waited for; long, since a busy machine is not a fault of the product."""
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Site:
    """A running installation with the demo in it."""

    address: str
    folder: Path

    def concorda(self, *words: str) -> Any:
        """What a command of this installation answers with --json. Raises CalledProcessError when it refuses."""
        command = [sys.executable, "-m", "concorda", words[0], "--json", *words[1:]]
        return json.loads(subprocess.run(command, env=environment(self.folder), check=True, capture_output=True).stdout)


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORDA_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    return {**kept, "CONCORDA_VAR": str(folder)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(folder: Path) -> Iterator[Site]:
    """The demo as `make run` serves it, with its files in `folder`."""
    port = free_port()
    command = [sys.executable, "-m", "concorda", "serve", "--demo", "--port", str(port), "--processes", "1"]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment(folder), stdout=output, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + START_SECONDS
        while "Concorda is at" not in log.read_text():
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield Site(f"http://localhost:{port}", folder)
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an installation to which the demo was told, at rest."""
    folder = tmp_path_factory.mktemp("told")
    for _ in serve(folder):
        pass
    return folder


@pytest.fixture(scope="module")
def site(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation for the journeys of one module: what one module does, no other sees."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(told, folder, dirs_exist_ok=True)
    yield from serve(folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = chromium.launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a page of its own session: `new_page("priya")` signed in, `new_page()` as a stranger.

    At the end nothing may have gone wrong behind the page: no script error, nothing the security policy refused,
    no file missing, no request to anywhere else.
    """
    wrong: list[str] = []
    contexts = []

    def open_page(key: str = "", width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(base_url=site.address, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if key:
            chromium.sign_in(context, site.address, f"{key}@concorda.example")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda message: wrong.extend(complaint(page, message)))
        page.on("request", lambda request: wrong.extend(stray(site, request.url)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def complaint(page: Page, message: ConsoleMessage) -> list[str]:
    """An error in the console, unless it says that the page itself was answered with 4xx, which a journey may want."""
    answered = message.location.get("url") == page.url and "status of 4" in message.text
    return [] if message.type != "error" or answered else [f"{page.url}: {message.text} {message.location.get('url')}"]


def stray(site: Site, url: str) -> list[str]:
    return [] if url.startswith((site.address, "data:", "blob:")) else [f"a request to {url}"]


@pytest.fixture(scope="session")
def violations() -> Callable[[Page], list[str]]:
    """What axe objects to on a page, one line for each rule."""
    axe = Axe()

    def find(page: Page) -> list[str]:
        found = axe.run(page, options={"runOnly": {"type": "tag", "values": AXE_RULES}}).response["violations"]
        return [
            f"{one['id']}: {one['help']} ({', '.join(str(n['target']) for n in one['nodes'][:3])})" for one in found
        ]

    return find


@pytest.fixture(scope="session")
def assert_accessible(violations: Callable[[Page], list[str]]) -> Callable[[Page], None]:
    """Fails with every violation axe finds on a page."""

    def check(page: Page) -> None:
        lines = violations(page)
        assert not lines, f"{page.url}\n" + "\n".join(lines)

    return check

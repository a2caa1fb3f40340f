"""Take pictures of demo pages: wide and narrow, light and dark, into `var/shots`.

`scripts/pages.py` finds the pages; words on the command line choose those whose name contains one of them.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

import chromium
import system
from pages import Listed, listed

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "var" / "shots"
WIDTHS = (1280, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PORT = 8790


def main(words: list[str]) -> None:
    system.require("browser")
    SHOTS.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="concorda-shots-") as folder,
        demo(folder) as site,
        sync_playwright() as playwright,
    ):
        pages = [page for page in listed(folder) if not words or any(word in page.name for word in words)]
        if not pages:
            sys.exit(f"No page has a name with {' or '.join(words)}")
        browser = chromium.launch(playwright)
        for person, theirs in groupby(sorted(pages, key=attrgetter("person")), key=attrgetter("person")):
            context = browser.new_context(base_url=site, reduced_motion="reduce")
            if person:
                chromium.sign_in(context, site, f"{person}@concorda.example")
            shown = context.new_page()
            for page in theirs:
                print(f"{page.name}: {photograph(shown, page)}", flush=True)
            context.close()
        browser.close()
    print(f"Pictures are in {SHOTS.relative_to(ROOT)}")


def photograph(shown: Page, page: Listed) -> str:
    """The four pictures of a page; how the server answered it."""
    for width in WIDTHS:
        shown.set_viewport_size({"width": width, "height": 900})
        answer = shown.goto(page.address)
        for scheme in SCHEMES:
            shown.emulate_media(color_scheme=scheme)
            shown.screenshot(path=SHOTS / f"{page.name}-{width}-{scheme}.png", full_page=True)
    return str(answer.status) if answer else "no answer"


@contextmanager
def demo(folder: str) -> Iterator[str]:
    """A fresh demo with its files in `folder`; its address."""
    command = [sys.executable, "-m", "concorda", "serve", "--demo", "--port", str(PORT), "--processes", "1"]
    environment = {**os.environ, "CONCORDA_VAR": folder}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        for line in server.stdout:
            if line.startswith("Concorda is at "):
                break
        else:
            sys.exit("The demo did not start (see above)")
        yield f"http://localhost:{PORT}"
    finally:
        server.terminate()
        server.communicate()


if __name__ == "__main__":
    main(sys.argv[1:])

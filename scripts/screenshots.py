"""Take pictures of demo pages: wide and narrow, light and dark, into `var/shots`.

The pages are listed in `scripts/pages.txt`; words on the command line choose those whose name contains one of them.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import sync_playwright

import chromium
import system

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "var" / "shots"
WIDTHS = (1280, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PORT = 8790


class Listed(NamedTuple):
    name: str
    address: str
    person: str


def main(words: list[str]) -> None:
    system.require("browser")
    SHOTS.mkdir(parents=True, exist_ok=True)
    pages = [page for page in listed() if not words or any(word in page.name for word in words)]
    if not pages:
        sys.exit(f"No page in scripts/pages.txt has a name with {' or '.join(words)}")
    with demo() as site, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for page in pages:
            for width in WIDTHS:
                for scheme in SCHEMES:
                    size = {"width": width, "height": 900}
                    context = browser.new_context(base_url=site, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
                    if page.person:
                        chromium.sign_in(context, site, f"{page.person}@concorda.example")
                    shown = context.new_page()
                    answer = shown.goto(page.address)
                    shown.screenshot(path=SHOTS / f"{page.name}-{width}-{scheme}.png", full_page=True)
                    context.close()
            print(f"{page.name}: {answer.status if answer else 'no answer'}", flush=True)
        browser.close()
    print(f"Pictures are in {SHOTS.relative_to(ROOT)}")


def listed() -> Iterator[Listed]:
    for line in (ROOT / "scripts" / "pages.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, address, *person = line.split()
            yield Listed(name, address, person[0] if person else "")


@contextmanager
def demo() -> Iterator[str]:
    """A fresh demo on this machine, gone afterwards; its address."""
    with tempfile.TemporaryDirectory(prefix="concorda-shots-") as folder:
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

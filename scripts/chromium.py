"""The machine's own Chromium, driven without a window."""

import sys

from playwright.sync_api import Browser, BrowserContext, Playwright

import system

FLAGS = [
    "--no-sandbox",  # in a container, as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    path = system.browser()
    if path is None:
        sys.exit("No Chromium found; set CONCORDA_BROWSER to its path")
    return playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)


def sign_in(context: BrowserContext, address: str, email: str) -> None:
    """Sign a person of the demo in, as the button on the sign-in page does."""
    context.request.get(f"{address}/accounts/login/")
    token = next(str(cookie["value"]) for cookie in context.cookies() if cookie["name"] == "csrftoken")
    answer = context.request.post(f"{address}/account/demo/", form={"email": email, "csrfmiddlewaretoken": token})
    if not answer.ok:
        sys.exit(f"{email} cannot be signed in: {answer.status}. Is this a demo installation?")

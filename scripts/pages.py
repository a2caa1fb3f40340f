"""Every page a demo installation shows: a name, an address, and somebody who may see it, one a line.

Built from the URL map, so a new page is here without anybody adding it: for each page the first row and the first
person that it opens for. What the URL map cannot tell (another view of a page, a dead link, a page of one
organization) stands in `pages.txt`. The installation is the one that `CONCORDA_VAR` names.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

ALSO = Path(__file__).with_suffix(".txt")
PEOPLE = ("priya", "farida", "tom", "denise", "harpreet", "lena", "jo", "maya")
"""Asked one after the other, the coordinator first: some pages are for who speaks for an organization, or observes."""
ROWS = 12
"""Rows tried for one page, the newest first: what is still open has the most to show."""


class Listed(NamedTuple):
    name: str
    address: str
    person: str


def listed(folder: Path | str) -> list[Listed]:
    """The pages of the demo installation in `folder`."""
    command = [sys.executable, __file__]
    told = subprocess.run(command, env={**os.environ, "CONCORDA_VAR": str(folder)}, check=True, stdout=subprocess.PIPE)
    lines = told.stdout.decode().splitlines() + ALSO.read_text().splitlines()
    return [read(line) for line in lines if line.strip() and not line.startswith("#")]


def read(line: str) -> Listed:
    name, address, *person = line.split()
    return Listed(name, address, person[0] if person else "")


def main() -> None:
    import django

    os.environ |= {"DJANGO_SETTINGS_MODULE": "concorda.config.settings", "CONCORDA_DEMO": "1"}
    django.setup()
    for page in every_page():
        print(*page)


def every_page() -> Iterator[Listed]:
    from django.test import Client

    from concorda.foundation.accounts.models import Person
    from concorda.foundation.partnerships.checks import routes

    clients = {}
    for key in PEOPLE:
        clients[key] = Client(headers={"host": "localhost"})
        person = Person.objects.get(email=f"{key}@concorda.example")
        clients[key].force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    world = told()
    for _route, view, name in routes():
        found = opened(clients, addresses(name, view, world))
        if found:
            yield Listed(name.translate(str.maketrans(":_", "--")), *found)


def opened(clients: dict[str, Any], choices: list[str]) -> tuple[str, str] | None:
    """The first address that answers somebody with a page, and who that is; None for what only takes or downloads."""
    for address, (key, client) in product(choices, clients.items()):
        answer = client.get(address)
        answer.getvalue()
        if answer.status_code == 405:
            return None
        if answer.status_code == 200:
            shown = answer["Content-Type"].startswith("text/html") and not answer.has_header("Content-Disposition")
            return (address, key) if shown else None
    return None


def told() -> SimpleNamespace:
    """What the samples of pages need of the story: its partnership, which it opens first, and its organizations."""
    from concorda.foundation.organizations.models import Organization
    from concorda.foundation.partnerships.models import Partnership

    organizations = Organization.objects.filter(slug__startswith="demo-")
    return SimpleNamespace(
        partnership=Partnership.objects.earliest("pk"),
        organizations={one.slug.removeprefix("demo-"): one for one in organizations},
    )


def addresses(name: str, view: Any, world: Any) -> list[str]:
    """Where a page may stand: outside, in the partnership of the story, on each of its newest rows."""
    from django.urls import NoReverseMatch, reverse

    from concorda.foundation.core.scoping import scopes_disabled
    from concorda.foundation.partnerships.models import PartnershipOwned

    inside = {"partnership": world.partnership.slug}
    sample, model = getattr(view, "sample", None), getattr(view, "model", None)
    choices: list[dict[str, Any]] = [{}, inside, inside | (sample(world) if sample else {})]
    if model is not None and issubclass(model, PartnershipOwned):
        with scopes_disabled():
            rows = model._base_manager.filter(partnership=world.partnership).order_by("-pk")[:ROWS]
            choices += [inside | {"pk": row.pk} for row in rows]
    found = []
    for named in choices:
        try:
            found.append(reverse(name, kwargs=named))
        except NoReverseMatch:
            continue
    return found


if __name__ == "__main__":
    main()

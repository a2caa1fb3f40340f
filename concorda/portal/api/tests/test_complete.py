"""Nothing a page does is missing from the API, and nothing it reads is shown to others."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.partnerships.checks import routes
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import PartnershipOwned
from concorda.foundation.process.resources import Verb, offers
from concorda.foundation.process.stages import tools
from concorda.portal.api import catalogue, whole
from concorda.portal.api.operations import Operation, Records
from tests.test_walk import CAST, COUNTY, FOREIGN, PRIVATE, client_of, undone, walked, writes

__all__ = ["walked"]

OUTWARD = "a person decides, on a page, where records are sent"
LEAVING = "all data leave as one file, which a person asks for and keeps"
PAGE_ALONE = {
    "partnership:archive": LEAVING,
    "partnership:share": LEAVING,
    "webhooks:list": OUTWARD,
    "webhooks:remove": OUTWARD,
    "webhooks:resume": OUTWARD,
    "webhooks:test": OUTWARD,
}
"""Verbs of pages that have no twin in the API, and why."""

NOT_SHOWN = {
    "api.Hook": "set up by a person on a page, with a secret",
    "api.HookDelivery": "the log of webhooks is on their page",
    "communication.Delivery": "announcements show how many were reached, opened and confirmed it",
    "communication.Follow": "whether one hears of a discussion is between oneself and one's mail",
    "communication.Notice": "who was told of a reply shows as letters and as what waits",
    "evaluation.CheckInAnswer": "no single answer of a check-in is ever shown",
    "evaluation.CheckInTicket": "who answered a check-in is nobody's business",
    "governance.Trust": "whom an organization relies on is answered, and then shown as one number for all",
    "motivation.Support": "shown with its need, as “supporters”",
    "participation.Link": "only the hash of an invitation's token is kept",
    "participation.Shown": "shown with its letter, as “needs”",
    "partnerships.RoleHeld": "shown with the participant, as “roles”",
    "strategic_plan.GoalNeed": "shown with the goal, as “needs”",
    "working_groups.CharterGoal": "shown with the charter, as “goals”",
    "working_groups.GroupGoal": "shown with the group, as “goals”",
}
"""Records of a partnership that are no resource of their own, and why."""


def test_every_tool_says_what_it_offers():
    assert list(offers()) == list(tools())


def verbs() -> Iterator[Verb]:
    yield from whole.TWINS
    for offer in [whole.HERE, *offers().values()]:
        yield from offer.acts.values()
        for one in offer.resources:
            yield from one.acts.values()
            yield from (verb for verb in (one.create, one.change, one.remove) if verb)


def posts(view: Any) -> bool:
    kind = getattr(view, "view_class", None)
    return view.role in ("new", "edit", "delete") if kind else "POST" in view.methods


def test_every_verb_of_a_page_has_a_twin():
    views = {id(verb.view) for verb in verbs()}
    registers = {one.register for one in catalogue.resources() if one.register}
    missing = {
        name
        for route, view, name in routes()
        if "<slug:partnership>" in route
        and posts(view)
        and id(view) not in views
        and getattr(view, "view_class", None) not in registers
    }
    assert missing == set(PAGE_ALONE), "a verb without a twin, or a reason that is no longer needed"


def test_every_kind_of_record_is_shown_or_there_is_a_reason():
    shown = {one.model for one in catalogue.resources()}
    owned = {model for model in apps.get_models() if issubclass(model, PartnershipOwned)}
    hidden = {model._meta.label for model in owned - shown}
    assert hidden - set(NOT_SHOWN) == set()
    assert {label for label in NOT_SHOWN if label in {model._meta.label for model in shown}} == set()


def test_names_of_operations_are_their_own():
    names = [one.name for one in catalogue.operations()]
    assert len(names) == len(set(names))


# The walk


def address(world: Any, one: Operation, pk: int | None = None) -> str:
    url = f"/api/v1{one.path}".replace("{here}", world.partnership.slug).replace("{tool}", "capacity")
    url = url.replace("{stage}", "connect").replace("{organization}", world.organizations["county"].slug)
    return url.replace("{id}", str(pk)) if pk else url


def model_of(one: Operation) -> Any:
    owner = getattr(one.act, "__self__", None)
    if isinstance(owner, Records):
        return owner.resource.model
    home = one.path.partition("/{id}")[0]
    return next(found.resource.model for found in catalogue.records() if found.path == home)


def number(world: Any, one: Operation, *, foreign: bool) -> int | None:
    owner = world.stalled if foreign else world.partnership
    with scopes_disabled():
        row = model_of(one)._base_manager.filter(partnership=owner).order_by("pk").first()
    return row.pk if row else None


def may(world: Any, key: str | None, one: Operation) -> bool:
    access = access_of(world.people[key], world.partnership.slug) if key else None
    if access is None:
        return False
    tool = one.tool
    return one.ability is None or bool(
        access.can(one.ability, stage=tool.stage if tool else "", tool=tool.key if tool else "")
    )


INSIDE = [one for one in catalogue.operations() if "{here}" in one.path]


def test_reading(walked):
    """Who may read gets it, everybody else 401, 403 or 404; nothing foreign and nothing private shows."""
    wrong = [line for key in CAST for line in read_as(walked, key)]
    assert not wrong, "\n".join(wrong)


def read_as(walked: Any, key: str | None) -> list[str]:
    client, wrong = client_of(walked, key), []
    outsider = 401 if key is None else 404 if key in ("stranger", "maya", "walter") else None
    for one in INSIDE:
        if one.writes:
            continue
        for foreign in (False, True) if "{id}" in one.path else (False,):
            pk = number(walked, one, foreign=foreign) if "{id}" in one.path else None
            if "{id}" in one.path and pk is None:
                continue
            with undone():
                answer = client.get(address(walked, one, pk), {"limit": 100} if "cursor" in one.query else {})
            code, body = answer.status_code, answer.getvalue()
            if outsider:
                fine = code == outsider
            elif may(walked, key, one):
                fine = (
                    code == 404 if foreign else code in (200, 403, 404) if one.answers == "file" or pk else code == 200
                )
                fine = fine or (one.answers == "file" and code == 403)
            else:
                fine = code == 403
            if not fine:
                wrong.append(f"{key} GET {one.path} {'foreign' if foreign else ''}: {code}")
            if FOREIGN.encode() in body:
                wrong.append(f"{key} GET {one.path} shows another partnership's words")
            if PRIVATE.encode() in body and key not in COUNTY:
                wrong.append(f"{key} GET {one.path} shows what is private to the County")
    return wrong


def test_writing(walked):
    """Nobody changes what they may not, and a foreign row is out of everybody's reach."""
    wrong = [line for key in (None, "walter", "jo", "lena", "denise", "priya") for line in write_as(walked, key)]
    assert not wrong, "\n".join(wrong)


def write_as(walked: Any, key: str | None) -> list[str]:
    client, wrong = client_of(walked, key), []
    takes_part = key not in (None, "stranger", "maya", "walter")
    for one in INSIDE:
        if not one.writes:
            continue
        for foreign in (False, True) if "{id}" in one.path else (False,):
            pk = number(walked, one, foreign=foreign) if "{id}" in one.path else None
            if "{id}" in one.path and pk is None:
                continue
            with undone(), writes() as seen:
                answer = client.generic(
                    one.method, address(walked, one, pk), "{}", "application/json", headers={"If-Match": "*"}
                )
            code = answer.status_code
            if code >= 500:
                wrong.append(f"{key} {one.method} {one.path}: {code}")
            if seen and (foreign or not takes_part or code >= 400):
                wrong.append(f"{key} {one.method} {one.path}: {code} wrote {seen[0][:100]}")
            if not takes_part and code != (401 if key is None else 404):
                wrong.append(f"{key} {one.method} {one.path}: {code}")
            if foreign and takes_part and code not in (403, 404, 405, 422):
                wrong.append(f"{key} {one.method} {one.path} foreign: {code}")
    return wrong


def test_a_list_asks_the_same_number_of_questions_however_long_it_is(world, sign_in):
    client = sign_in("priya")
    for records in catalogue.records():
        count_questions(client, world, records)


def count_questions(client: Client, world: Any, records: Records) -> None:
    url = f"/api/v1{records.path}".replace("{here}", world.partnership.slug)
    asked = []
    for limit in (1, 3):
        client.get(url, {"limit": limit})
        with CaptureQueriesContext(connection) as queries:
            found = client.get(url, {"limit": limit}).json()["items"]
        asked.append((len(queries), len(found)))
    assert asked[0][0] == asked[1][0] or asked[1][1] < 2, (url, asked)
    assert asked[1][0] <= 14, (url, asked)


def test_a_client_without_anything_is_asked_who_it_is():
    answer = Client().get("/api/v1/me")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="concorda"')

"""The walk: every URL, GET and POST, as every member of the cast, on own and foreign rows.

Built from the URL map and the demo: a new page is walked without anybody adding it here. Both partnerships hold rows of
every model; those that must not be seen carry words that must not appear.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from concorda.connect.participation.models import Application, Check, Inquiry, Invitation, Look
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.organizations.disclosure import PARTS, levels_for
from concorda.foundation.organizations.models import Answer, Disclosure, OrganizationOwned, Rating, Wording
from concorda.foundation.partnerships.checks import routes
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import OrganizationPrivate, OrganizationShared, Partner, PartnershipOwned
from concorda.foundation.process.stages import tool_of
from tests.rows import make_row

FOREIGN, PRIVATE = "SECRET-OF-THEIRS", "SECRET-OF-THE-COUNTY"
# Words of the main partnership that only some of its people read → model and fields that carry them, and those people.
KEPT = {
    "SECRET-OF-THOSE-WHO-STEER": (
        (Check, "evidence"),
        (Look, "evidence"),
        (Invitation, "message"),
        (Invitation, "reply"),
        (Inquiry, "email"),
    ),
    "SECRET-OF-AN-APPLICANT": ((Application, "text"), (Application, "organization")),
}
READERS = {"SECRET-OF-THOSE-WHO-STEER": {"priya"}, "SECRET-OF-AN-APPLICANT": {"priya", "tom", "grace"}}
CAST = [None, "stranger", "maya", "walter", "jo", "lena", "amina", "denise", "tom", "priya"]
COUNTY = {"denise", "bev", "karim", "ruth", "paul"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WRITES = ("INSERT", "UPDATE", "DELETE")
# Tables that may change whoever asks: what the frame keeps about the visit itself.
OF_THE_VISIT = ("django_session", "accounts_person", "account_emailaddress")

INSIDE = [(route, view, name) for route, view, name in routes() if "<slug:partnership>" in route]
ROUTES = {name: route for route, _view, name in INSIDE}
OWNED = [model for model in apps.get_models() if issubclass(model, PartnershipOwned)]


@pytest.fixture
def walked(world: Any) -> Any:
    """The demo, with rows of every model that must stay unseen: in the other partnership, and private to the County."""
    with scopes_disabled():
        for model in OWNED:
            if model._meta.label in (
                "partnerships.Partner",
                "partnerships.Participant",
                "partnerships.RoleHeld",
                "partnerships.Entry",
            ):
                continue
            with (
                suppress(IntegrityError),
                transaction.atomic(),
            ):  # the story's own row serves where only one may be
                make_row(model, world.stalled, FOREIGN, world.organizations["seniors"])
            if issubclass(model, OrganizationPrivate | OrganizationShared):
                clear_for(model, world)
                with transaction.atomic():
                    row = make_row(model, world.partnership, PRIVATE, world.organizations["county"])
                if issubclass(model, OrganizationShared):
                    model._base_manager.filter(pk=row.pk).update(shared=False)
        for words, places in KEPT.items():
            for model, field in places:
                kept = model._base_manager.filter(partnership=world.partnership)
                assert kept.update(**{field: words}), f"the story has no {model._meta.label} for the walk to keep"
    return world


def clear_for(model: Any, world: Any) -> None:
    """Make room for a row of the County where only one is allowed."""
    model._base_manager.filter(partnership=world.partnership, organization=world.organizations["county"]).delete()


def client_of(world: Any, key: str | None) -> Client:
    client = Client(raise_request_exception=True)
    if key:
        client.force_login(world.people[key], backend=BACKEND)
    return client


def address(name: str, view: Any, world: Any, *, foreign: bool) -> str | None:
    """The address of a page in the main partnership, on a row of it or of the other one; None when there is no row."""
    named: dict[str, Any] = {"partnership": world.partnership.slug}
    sample = getattr(view, "sample", None)
    if sample:
        if foreign:
            return None
        named |= sample(world)
    elif getattr(view, "model", None) is not None and "<int:pk>" in ROUTES[name]:
        owner = world.stalled if foreign else world.partnership
        with scopes_disabled():
            row = view.model._base_manager.filter(partnership=owner).order_by("pk").first()
        if row is None:
            return None
        named["pk"] = row.pk
    elif foreign:
        return None
    return reverse(name, kwargs=named)


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that change the partnership's records, while this is open."""
    seen: list[str] = []

    def spy(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES) and not any(table in sql for table in OF_THE_VISIT):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(spy):
        yield seen


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens in here is rolled back."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def allowed(world: Any, key: str | None, view: Any) -> bool:
    access = access_of(world.people[key], world.partnership.slug) if key else None
    if access is None:
        return False
    tool = tool_of(view.__module__)
    return bool(access.can(view.ability, stage=tool.stage if tool else "", tool=tool.key if tool else ""))


def expected_refusal(key: str | None) -> set[int]:
    if key is None:
        return {302}
    return {404} if key in ("stranger", "maya", "walter") else {403, 405}


@pytest.mark.parametrize("key", CAST)
def test_get(walked, key):
    """Who may see a page sees it, nobody sees a foreign row, and no page shows a word of what is private."""
    client = client_of(walked, key)
    wrong = []
    for _route, view, name in INSIDE:
        may = allowed(walked, key, view)
        for foreign in (False, True) if may else (False,):  # who is refused is refused before any row is read
            url = address(name, view, walked, foreign=foreign)
            if url is None:
                continue
            with undone():
                answer = client.get(url)
            body = answer.getvalue()
            fine = (
                answer.status_code < 500 and (not foreign or answer.status_code in (404, 405))
                if may
                else answer.status_code in expected_refusal(key)
            )
            if not fine:
                wrong.append(f"{key} GET {url}: {answer.status_code}")
            if FOREIGN.encode() in body:
                wrong.append(f"{key} GET {url} shows another partnership's words")
            if PRIVATE.encode() in body and key not in COUNTY:
                wrong.append(f"{key} GET {url} shows what is private to the County")
            for words, readers in READERS.items():
                if words.encode() in body and key not in readers:
                    wrong.append(f"{key} GET {url} shows {words}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("key", CAST)
def test_post(walked, key):
    """Nobody changes what they may not; a foreign row is out of everybody's reach."""
    client = client_of(walked, key)
    wrong = []
    for _route, view, name in INSIDE:
        for foreign in (False, True):
            url = address(name, view, walked, foreign=foreign)
            if url is None:
                continue
            with undone(), writes() as seen:
                answer = client.post(url, {"title": "changed", "text": "changed", "reason": "changed"})
                answer.getvalue()  # a download is read to its end, and so closes its file
            may = allowed(walked, key, view)
            if answer.status_code >= 500:
                wrong.append(f"{key} POST {url}: {answer.status_code}")
            if seen and (foreign or not may):
                wrong.append(f"{key} POST {url} wrote: {seen[0][:120]}")
            if not may and answer.status_code not in expected_refusal(key):
                wrong.append(f"{key} POST {url}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_every_url_is_inside_a_door_or_known_to_be_open():
    """A page outside any partnership asks for a sign-in unless it says it does not; these say so."""
    open_pages = {
        name
        for route, view, name in routes()
        if "<slug:partnership>" not in route and not getattr(view, "login_required", True)
    }
    assert "portal:home" in open_pages
    for name in open_pages:
        assert name.split(":")[0] in OPEN or name.startswith(("account_", "mfa_")), (
            f"{name} is open to everyone: say so in OPEN if it should be"
        )


# Namespaces and names whose open pages were looked at: what they show anyone is meant for anyone.
OPEN = {
    "portal",
    "core",
    "accounts",
    "organizations",
    "participation_public",
    "agreements_public",
    "working_groups_public",
    "communication_public",
    "evaluation_public",
    "reports_public",
    "api",  # asks by itself who it is, and answers 401; only the contract is for anyone
}


ROOMS = [(route, name) for route, _view, name in routes() if "<slug:mine>" in route]
FILLINGS = {"<int:pk>": "1", "<slug:question>": "mandate"}


def room(route: str, slug: str) -> str:
    """The address of a private room of an organization."""
    for part, value in {**FILLINGS, "<slug:mine>": slug}.items():
        route = route.replace(part, value)
    return f"/{route}"


@pytest.fixture
def furnished(walked: Any) -> Any:
    """The walked world, with private rows of the County outside any partnership too."""
    with scopes_disabled():
        for model in apps.get_models():
            if issubclass(model, OrganizationOwned):
                model._base_manager.filter(organization=walked.organizations["county"]).delete()
                with suppress(IntegrityError), transaction.atomic():
                    make_row(model, walked.partnership, PRIVATE, walked.organizations["county"])
        show_the_least(walked)
    return walked


def show_the_least(world: Any) -> None:
    """The County says of every part how much there is, to everybody: nobody reads what it wrote."""
    county, by = world.organizations["county"], world.people["denise"]
    for model, field in ((Answer, "question"), (Wording, "question"), (Rating, "side")):
        model._base_manager.filter(organization=county).update(**{field: "vision" if field == "question" else "need"})
    for part in PARTS:
        level = levels_for(part, everybody=True)[-1]
        Disclosure._base_manager.create(organization=county, part=part, level=level, by=by)


@pytest.mark.parametrize("key", CAST)
def test_private_rooms_of_an_organization(furnished, key):
    """Only its own people enter, and what lies there shows on no page outside."""
    client, wrong = client_of(furnished, key), []
    for route, _name in ROOMS:
        url = room(route, furnished.organizations["county"].slug)
        assert "<" not in url, f"{url}: say in FILLINGS what to fill in"
        with undone(), writes() as seen:
            answers = [client.get(url), client.post(url, {"text": "changed"})]
        codes = {answer.status_code for answer in answers}
        if key not in COUNTY and (seen or codes != ({302} if key is None else {404})):
            wrong.append(f"{key} {url}: {codes} {seen[:1]}")
        if max(codes) >= 500:
            wrong.append(f"{key} {url}: {codes}")
    county = Partner._base_manager.get(
        partnership=furnished.partnership, organization=furnished.organizations["county"]
    )
    outside = (
        "/organizations/",
        furnished.organizations["county"].get_absolute_url(),
        reverse("participation:partner", args=[furnished.partnership.slug, county.pk]),
    )
    wrong += [f"{key} {url} shows the County's own" for url in outside if PRIVATE.encode() in client.get(url).content]
    assert ROOMS
    assert not wrong, "\n".join(wrong)


def test_urls_name_only_what_the_walk_can_fill():
    for route, view, name in INSIDE:
        rest = route.replace("<slug:partnership>", "").replace("<int:pk>", "")
        assert "<" not in rest or getattr(view, "sample", None), f"{name} ({route}): give the view a `sample(world)`"

"""Whatever is sent to the API, sensible or not, it answers without a fault of its own, and as the contract says."""

import json
import logging
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from concorda.foundation.core.scoping import scopes_disabled
from concorda.portal.api.openapi import document
from concorda.portal.api.tests.test_complete import model_of
from tests.test_walk import undone

EXAMPLES = 2
"""Of each kind (what the contract allows, and what it does not), for each operation."""
BOUNDED = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def contract(world: Any) -> Any:
    return schemathesis.openapi.from_dict(document())


def places(world: Any) -> dict[str, Any]:
    """For each operation, what its address names: a row there is, where there is one."""
    from concorda.portal.api.catalogue import operations

    named: dict[str, Any] = {}
    for one in operations():
        facts: dict[str, Any] = {"here": world.partnership.slug, "tool": "capacity", "stage": "implement"}
        facts["organization"] = world.organizations["newcomer"].slug
        if "{id}" in one.path:
            with scopes_disabled():
                rows = model_of(one)._base_manager.filter(partnership=world.partnership)
                facts["id"] = rows.order_by("pk").values_list("pk", flat=True).first() or 1
        named[one.name] = facts
    return named


def send(client: Client, case: Any, facts: dict[str, Any]) -> Any:
    path = case.operation.path
    for name, value in facts.items():
        path = path.replace("{" + name + "}", str(value))
    kind = case.media_type or "application/json"
    body = b"" if case.body is schemathesis.core.NOT_SET else case.body
    if kind == "application/json" and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    elif not isinstance(body, bytes):
        body = str(body).encode("utf-8", "replace")
    wanted = {name: str(value) for name, value in (case.headers or {}).items() if str(value).isascii()}
    headers = {name: value for name, value in wanted.items() if value.isprintable() and name != "Authorization"}
    headers["If-Match"] = "*"
    asked = {name: value if isinstance(value, list) else str(value) for name, value in (case.query or {}).items()}
    return client.generic(case.method, path, body, kind, headers=headers, query_params=asked)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["sensible", "senseless"])
def test_no_fault_of_ours(world, sign_in, contract, mode):
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    client, named, wrong = sign_in("priya"), places(world), []
    for found in contract.get_all_operations():
        operation = found.ok()
        if mode == GenerationMode.POSITIVE or "requestBody" in operation.definition.raw:
            wrong += faults(client, operation, mode, named)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def faults(client: Client, operation: Any, mode: GenerationMode, named: dict[str, Any]) -> list[str]:
    """What one operation answers that it should not."""
    facts = named[operation.definition.raw["operationId"]]
    known, wrong = {*operation.definition.raw["responses"], "304"}, []

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_it(case: Any) -> None:
        with undone():
            answer = send(client, case, facts)
        code, what = answer.status_code, f"{case.method} {case.operation.path}"
        if code >= 500 or str(code) not in known:
            wrong.append(f"{what} {code}: {case.body} {case.query}"[:400])
        if code >= 400 and answer.headers["Content-Type"] != "application/problem+json":
            wrong.append(f"{what} {code} is no problem")

    try_it()
    return wrong

"""The contract, as a file and as a page."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concorda.portal.api import openapi
from concorda.portal.api.asking import JSON
from concorda.portal.api.entrance import Answer, Call, Entrance, etag_of
from concorda.portal.api.operations import Operation
from concorda.portal.api.problems import TITLES

OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def give_contract(call: Call) -> Answer:
    body = openapi.document()
    return Answer(body=body, headers={"ETag": etag_of(body), "Content-Type": OPENAPI})


def give_nothing(call: Call) -> Answer:
    raise Http404


contract = Entrance.as_view(
    operations={"GET": Operation("GET", "/openapi.json", "openapi", "OpenAPI", give_contract, open=True)}
)
nothing = Entrance.as_view(
    operations={one: Operation(one, "", "nothing", "", give_nothing, open=True) for one in METHODS}
)


@require_safe
@login_not_required
def docs(request: HttpRequest) -> HttpResponse:
    """The contract to read: what there is, what each takes, what it answers. Plain HTML, without any script."""
    document = openapi.document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in described(document):
        groups.setdefault(one["tag"], []).append(one)
    context = {
        "title": _("API"),
        "standing": _("Everything the pages can do, a program can do: with your rights, never more."),
        "groups": groups.items(),
        "problems": [(status, str(title)) for status, title in TITLES.items()],
        "server": document["servers"][0]["url"],
        "schemas": [
            (name, list(rows_of(schema))) for name, schema in sorted(document["components"]["schemas"].items())
        ],
    }
    return render(request, "api/docs.html", context)


def described(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            if method == "parameters":
                continue
            body = one.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
            yield {
                "name": one["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": one["summary"],
                "tag": one["tags"][0],
                "takes": list(rows_of(body)),
                "query": [(p["name"], words_of(p["schema"])) for p in one["parameters"] if p["in"] == "query"],
                "answers": answer_of(one),
            }


def answer_of(one: dict[str, Any]) -> str:
    """The name of the record an operation answers with, if it is one."""
    for status in ("200", "201"):
        schema = one["responses"].get(status, {}).get("content", {}).get(JSON, {}).get("schema", {})
        found = schema.get("properties", {}).get("items", {}).get("items", schema)
        if "$ref" in found:
            return str(found["$ref"]).rsplit("/", 1)[-1]
    return ""


def rows_of(schema: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Name, kind, explanation, and whether it is needed."""
    for name, one in schema.get("properties", {}).items():
        yield name, words_of(one), one.get("description", ""), name in schema.get("required", ())


def words_of(schema: dict[str, Any]) -> str:
    """A schema in a few words: "string or null", "open, closed"."""
    if "enum" in schema:
        return ", ".join("null" if one is None else f"“{one}”" if one == "" else str(one) for one in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(words_of(one) for one in schema["anyOf"])
    kinds = schema.get("type", "")
    words = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if kinds == "array":
        words = f"[{words_of(schema.get('items', {}))}]"
    return f"{words} ({schema['format']})" if "format" in schema else words

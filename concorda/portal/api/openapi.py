"""The contract: OpenAPI 3.1, written from the operations."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from concorda.portal.api.asking import JSON, MULTIPART
from concorda.portal.api.catalogue import by_path, components
from concorda.portal.api.operations import Operation
from concorda.portal.api.problems import MEDIA_TYPE, TITLES
from concorda.portal.api.showing import Schema

STRING: Schema = {"type": "string"}
PATH_PARTS: dict[str, Schema] = {"id": {"type": "integer", "minimum": 1, "maximum": 2**53}}
SLUG: Schema = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}


def document() -> dict[str, Any]:
    return written(get_language() or "en-ca")


@cache
def written(_language: str) -> dict[str, Any]:
    """The document in one language; the same until the installation changes."""
    paths = {
        f"/api/v1{path}": {method.lower(): operation(one) for method, one in found.items()}
        | {"parameters": [path_part(name) for name in names_in(path)]}
        for path, found in by_path().items()
    }
    return said(
        {
            "openapi": "3.1.0",
            "info": {"title": "Concorda", "version": "1", "description": _("Everything the pages can do.")},
            "servers": [{"url": settings.SITE_URL.rstrip("/")}],
            "security": [{"token": []}, {"session": []}],
            "paths": paths,
            "components": {
                "schemas": shared() | components(),
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
                },
                "responses": {str(status): problem(str(title)) for status, title in TITLES.items()},
            },
        }
    )


def names_in(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def path_part(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": PATH_PARTS.get(name, SLUG)}


def operation(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": parameters(one),
        "responses": answers(one),
    }
    body = one.body()
    if body is not None:
        kinds = (JSON, MULTIPART) if one.files else (JSON,)
        found["requestBody"] = {
            "required": bool(body.get("required")),
            "content": {kind: {"schema": body} for kind in kinds},
        }
    if one.open:
        found["security"] = []
    return found


def parameters(one: Operation) -> list[Schema]:
    found: list[Schema] = [{"name": name, "in": "query", "schema": schema} for name, schema in one.query.items()]
    if one.guarded:
        words = _("The ETag of what was read.")
        found.append({"name": "If-Match", "in": "header", "schema": STRING, "required": True, "description": words})
    if one.method == "POST":
        words = _("Any text of your own: the same request sent again is done once.")
        schema = {"type": "string", "maxLength": 255}
        found.append({"name": "Idempotency-Key", "in": "header", "schema": schema, "description": words})
    return found


def answers(one: Operation) -> dict[str, Any]:
    usual = (
        [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500] if one.writes else [401, 403, 404, 405, 422, 429, 500]
    )
    usual += [412, 428] if one.guarded else []
    found: dict[str, Any] = {str(one.status): answer(one)}
    if one.method == "POST" and one.status == 201:
        found["200"] = {"description": _("Done, without a record to show."), "content": content("Done")}
    return found | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(usual)}


def answer(one: Operation) -> dict[str, Any]:
    if one.answers == "nothing":
        return {"description": _("Gone.")}
    if one.answers == "file":
        return {"description": _("A file."), "content": {"*/*": {}}}
    return {"description": _("Done."), "content": content(one.answers)}


def content(what: str) -> dict[str, Any]:
    several = what.startswith("list of ")
    name = what.removeprefix("list of ")
    schema: Schema = {} if name in ("object", "figures") else {"$ref": f"#/components/schemas/{name}"}
    if several:
        schema = {
            "type": "object",
            "properties": {"items": {"type": "array", "items": schema}, "next": {"type": ["string", "null"]}},
            "required": ["items", "next"],
        }
    return {JSON: {"schema": schema}}


def problem(title: str) -> dict[str, Any]:
    return {"description": title, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def shared() -> dict[str, Schema]:
    number, text = {"type": "integer"}, STRING
    line = {"number": number, "sentence": text, "about": text, "id": {"type": ["integer", "null"]}}
    wrong = {"type": "object", "properties": {"field": text, "message": text}, "required": ["field", "message"]}
    return {
        "Reference": {"type": "object", "properties": {"id": number, "name": text}, "required": ["id", "name"]},
        "Done": {
            "type": "object",
            "properties": {
                "said": {"type": "array", "items": text},
                "timeline": {"type": "array", "items": {"type": "object", "properties": line}},
                "once": {"type": "object", "additionalProperties": text},
            },
            "required": ["said", "timeline", "once"],
        },
        "Me": {"type": "object", "properties": {"id": number, "name": text, "email": text}, "required": ["id"]},
        "Problem": {
            "type": "object",
            "properties": {
                "type": text, "title": text, "status": number, "detail": text, "instance": text,
                "errors": {"type": "array", "items": wrong},
            },
            "required": ["type", "title", "status", "instance"],
        },
    }  # fmt: skip


def said(value: Any) -> Any:
    """The document with every word in the language of the reader."""
    if isinstance(value, dict):
        return {str(key): said(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [said(one) for one in value]
    return str(value) if isinstance(value, Promise) else value

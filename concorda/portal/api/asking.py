"""What is sent: JSON becomes what a page's form would post; and what the schema says of a form."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.process.resources import Kind, Verb
from concorda.portal.api.problems import Problem, wrong
from concorda.portal.api.showing import Schema, of_type, union

JSON, MULTIPART = "application/json", "multipart/form-data"
MANY = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)


class Sent:
    """What a request carries: values by name, and files."""

    def __init__(self, request: HttpRequest) -> None:
        self.files: MultiValueDict[str, Any] = MultiValueDict()
        kind = (request.content_type or "").lower()
        if not request.body:
            self.values: dict[str, Any] = {}
        elif kind == JSON:
            self.values = read_json(request.body)
        elif kind == MULTIPART:
            self.values = {
                name: values if len(values) > 1 else values[0] for name, values in request.POST.lists() if values
            }
            self.files = request.FILES
        else:
            headers = {"Accept": f"{JSON}, {MULTIPART}"}
            raise Problem(415, _("Send %(kinds)s.") % {"kinds": f"{JSON}, {MULTIPART}"}, headers=headers)
        refuse_unwritable(self.values)


def read_json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Problem(400, _("The body is not JSON: %(why)s") % {"why": str(error)[:200]}) from error
    if not isinstance(found, dict):
        raise Problem(422, _("The body has to be a JSON object."))
    return found


def refuse_constant(name: str) -> Any:
    raise ValueError(name)


def refuse_unwritable(values: Any, at: str = "") -> None:
    """Text that no database keeps: null characters and halves of characters."""
    if isinstance(values, dict):
        for name, value in values.items():
            refuse_unwritable(name, at)
            refuse_unwritable(value, at or str(name))
    elif isinstance(values, list):
        for value in values:
            refuse_unwritable(value, at)
    elif isinstance(values, str) and ("\x00" in values or any("\ud800" <= sign <= "\udfff" for sign in values)):
        raise Problem(422, errors=[wrong(clean(at), _("This text holds signs that cannot be stored."))])


def clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


# JSON to what a form posts


def posted(values: Mapping[str, Any], fields: Mapping[str, forms.Field | None], offered: QueryDict | None) -> QueryDict:
    """The values as a form posts them, over what the page offers; raise Problem for a name no form has."""
    found = offered.copy() if offered is not None else QueryDict(mutable=True)
    problems = []
    for name, value in values.items():
        if name not in fields:
            problems.append(wrong(name, _("There is no such field here.")))
            continue
        several = isinstance(fields[name], MANY) or fields[name] is None
        if isinstance(value, list) and not several:
            problems.append(wrong(name, _("One value is expected, not a list.")))
            continue
        try:
            texts = [as_posted(one, fields[name]) for one in (value if isinstance(value, list) else [value])]
        except ValueError:
            problems.append(wrong(name, _("A plain value is expected, or an object with “id”.")))
            continue
        found.setlist(name, [text for text in texts if text is not None])
        if not found.getlist(name):
            found.pop(name, None)
    if problems:
        raise Problem(422, _("What was sent has mistakes."), errors=problems)
    return found


def as_posted(value: Any, field: forms.Field | None = None) -> str | None:
    """One value as a form posts it; None for what a form would not send at all."""
    if value is None or (value is False and (field is None or isinstance(field, forms.BooleanField))):
        return None
    if value is True and (field is None or isinstance(field, forms.BooleanField)):
        return "on"
    if isinstance(value, dict) and "id" in value:
        value = value["id"]
    if isinstance(value, Model):
        value = value.pk
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        raise ValueError(value)
    return str(value)


def offered_by(shown: Iterable[BaseForm]) -> tuple[QueryDict, dict[str, forms.Field | None]]:
    """What the forms of a page would post if nobody changed anything, and the fields they have."""
    data = QueryDict(mutable=True)
    fields: dict[str, forms.Field | None] = {}
    for form in shown:
        for name in form.fields:
            bound = form[name]
            fields[bound.html_name] = bound.field
            value = bound.value()
            many = isinstance(value, list | tuple | set | QuerySet)
            texts = [as_posted(one, bound.field) for one in (value if many else [value])]
            kept = [text for text in texts if text not in (None, "")]
            if kept:
                data.setlist(bound.html_name, kept)
    return data, fields


# The schema


def body_of(verb: Verb) -> Schema:
    """What a verb takes."""
    schema = union([form_schema(form) for form in verb.forms])
    schema["properties"] |= {name: kind_schema(kind) for name, kind in {**verb.takes, **verb.asked}.items()}
    return closed(schema, more=verb.more)


def closed(schema: Schema, *, more: bool) -> Schema:
    if not schema.get("required"):
        schema.pop("required", None)
    return schema if more else schema | {"additionalProperties": False}


def form_schema(form: type[BaseForm]) -> Schema:
    fields = {name: field for name, field in form.base_fields.items() if name != "base"}  # type: ignore[attr-defined]
    known = defaults_of(form)
    with scopes_disabled():
        shown = {name: input_schema(field) for name, field in fields.items()}
    required = [
        name for name, field in fields.items() if field.required and field.initial is None and name not in known
    ]
    return {"type": "object", "properties": shown, "required": required}


def defaults_of(form: Any) -> set[str]:
    """The fields a new record fills by itself."""
    model = getattr(getattr(form, "_meta", None), "model", None)
    return {one.name for one in model._meta.concrete_fields if one.has_default()} if model else set()


def input_schema(field: forms.Field) -> Schema:
    schema: Schema = {"type": "string"}
    for kind, found in INPUTS:
        if isinstance(field, kind):
            schema = dict(found)
            break
    choices = getattr(field, "choices", None)
    if isinstance(choices, list) and not choices:  # each form makes its own
        choices = None
    if isinstance(choices, list) and schema.get("type") != "array":
        schema = {"enum": [value for value, _label in flat(choices)] + ([] if field.required else [None])}
    elif isinstance(choices, list):
        schema = {"type": "array", "items": {"enum": [value for value, _label in flat(choices)]}}
    elif getattr(field, "max_length", None) and schema.get("type") == "string":
        schema["maxLength"] = field.max_length  # type: ignore[attr-defined]
    words = " ".join(str(text) for text in (field.label, field.help_text) if text)
    if words:
        schema["description"] = words
    if not field.required and isinstance(schema.get("type"), str) and schema["type"] not in ("array", "boolean"):
        schema["type"] = [schema["type"], "null"]
    return schema


def flat(choices: Iterable[Any]) -> Iterable[Any]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


INPUTS: tuple[tuple[Any, Schema], ...] = (
    (forms.ModelMultipleChoiceField, {"type": "array", "items": {"type": "integer"}}),
    (forms.MultipleChoiceField, {"type": "array", "items": {"type": "string"}}),
    (forms.ModelChoiceField, {"type": "integer"}),
    (forms.FileField, {"type": "string", "contentMediaType": "application/octet-stream"}),
    (forms.NullBooleanField, {"type": "boolean"}),
    (forms.BooleanField, {"type": "boolean"}),
    (forms.DecimalField, {"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$"}),
    (forms.FloatField, {"type": "number"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.DateTimeField, {"type": "string", "format": "date-time"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.TimeField, {"type": "string"}),
    (forms.EmailField, {"type": "string", "format": "email"}),
    (forms.URLField, {"type": "string", "format": "uri"}),
)


def kind_schema(kind: Kind) -> Schema:
    if isinstance(kind, tuple):
        return {"type": "string", "enum": list(kind)}
    return {"type": "array", "items": {"type": ["integer", "string"]}} if kind is list else of_type(kind)

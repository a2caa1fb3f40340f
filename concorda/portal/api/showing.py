"""How records are shown: fields of a model as JSON, and what the schema says of them.

Days and moments are ISO 8601 (moments in UTC), exact numbers are strings, a record is its number, and people and
organizations are an object with number and name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, cast, get_args, get_type_hints
from uuid import UUID

from django.db import models
from django.db.models import Manager, Model, QuerySet
from django.utils.functional import Promise

from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations.models import Organization, Term
from concorda.foundation.partnerships.models import Participant, Partner
from concorda.foundation.process.resources import Resource

Schema = dict[str, Any]

NAMED: Mapping[type[Model], Sequence[str]] = {
    Organization: (),
    Person: (),
    Term: (),
    Participant: ("person",),
    Partner: ("organization",),
}
"""Models shown with their name, and what has to be fetched to know it."""
REFERENCE: Schema = {"$ref": "#/components/schemas/Reference"}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    for kind, show in SHOWN.items():
        if isinstance(value, kind):
            return show(value)
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return str(value)


def reference(row: Model) -> Any:
    return {"id": row.pk, "name": str(row)} if isinstance(row, tuple(NAMED)) else row.pk


SHOWN: Mapping[Any, Callable[[Any], Any]] = {
    Enum: lambda value: value.value,
    Model: reference,
    datetime: lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    (date, time): lambda value: value.isoformat(),
    timedelta: lambda value: value.total_seconds(),
    (Decimal, Fraction, UUID, Promise): str,
    Mapping: lambda value: {str(plain(key)): plain(one) for key, one in value.items()},
    (list, tuple, set, frozenset, QuerySet): lambda value: [plain(one) for one in value],
}


@dataclass(frozen=True)
class Field:
    """One field of a resource: its name, and the attributes that lead to it."""

    name: str
    path: tuple[str, ...]

    def of(self, row: Any) -> Any:
        return plain(self.walk(row, self.path))

    def walk(self, row: Any, path: tuple[str, ...]) -> Any:
        if not path or row is None:
            return row
        if len(path) == 1:
            model: Any = type(row)
            number = number_of(model, path[0])
            if number:
                return getattr(row, number)
        value = getattr(row, path[0])
        if isinstance(value, Manager):
            return [self.walk(one, path[1:]) for one in value.all()]
        return self.walk(value, path[1:])


@cache
def number_of(model: Any, name: str) -> str:
    """Where the number of a record lies that is shown by its number alone, so that it need not be fetched."""
    known = model._meta._forward_fields_map.get(name)  # noqa: SLF001
    if isinstance(known, models.ForeignKey) and known.related_model not in NAMED and known.name == name:
        return known.attname
    return ""


@cache
def fields_of(resource: Resource) -> tuple[Field, ...]:
    found = []
    for text in resource.fields:
        name, _sign, path = text.partition("=")
        found.append(Field(name, tuple((path or name).split("."))))
    return tuple(found)


def show(resource: Resource, row: Any) -> dict[str, Any]:
    """One record as the API shows it."""
    shown = {"id": row.pk, **{field.name: field.of(row) for field in fields_of(resource)}}
    return shown | {name: plain(getattr(row, name)) for name in resource.computed}


def fetched(resource: Resource, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with everything their fields lead to, so that the number of queries does not grow with them."""
    joined: list[str] = []
    apart: list[str] = []
    for field in fields_of(resource):
        steps, many = list(steps_of(resource.model, field.path)), False
        names: list[str] = []
        for name, is_many in steps:
            names.append(name)
            many = many or is_many
        if names:
            (apart if many else joined).append("__".join(names))
    rows = rows.select_related(*joined) if joined else rows
    return rows.prefetch_related(*apart) if apart else rows


def steps_of(model: Any, path: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The relations on the way to a value that have to be fetched, and whether each leads to several."""
    for place, name in enumerate(path):
        known = relation(model, name)
        if known is None:
            return
        last = place == len(path) - 1
        many = known.one_to_many or known.many_to_many
        if last and not many and known.related_model not in NAMED:
            return
        yield name, bool(many)
        model = known.related_model
        if last:
            yield from ((further, False) for further in NAMED.get(model, ()))


def relation(model: type[Model], name: str) -> Any:
    for known in cast("list[Any]", model._meta.get_fields()):
        accessor = known.get_accessor_name() if known.auto_created and not known.concrete else known.name
        if accessor == name and known.is_relation:
            return known
    return None


# The schema


def schema_of(resource: Resource) -> Schema:
    """What the schema says of one record."""
    shown = {"id": {"type": "integer"}} | {
        field.name: field_schema(resource.model, field.path) for field in fields_of(resource)
    }
    shown |= {name: nullable(of_type(kind)) for name, kind in resource.computed.items()}
    return {"type": "object", "properties": shown, "required": list(shown)}


def field_schema(model: type[Model], path: Sequence[str]) -> Schema:
    known = relation(model, path[0])
    if known is not None:
        target = known.related_model
        leads = REFERENCE if target in NAMED else {"type": "integer"}
        inner = field_schema(target, path[1:]) if len(path) > 1 else leads
        if known.one_to_many or known.many_to_many:
            return {"type": "array", "items": inner}
        return nullable(inner)
    attribute = getattr(model, path[0], None)
    if isinstance(attribute, property):
        return of_type(get_type_hints(attribute.fget).get("return", str))
    return column_schema(model._meta.get_field(path[0]))


def column_schema(column: Any) -> Schema:
    schema = of_type(next((kind for known, kind in COLUMNS.items() if isinstance(column, known)), str))
    if isinstance(column, models.JSONField):
        schema = {}
    if column.choices:
        words = [value for value, _label in column.flatchoices]
        schema["enum"] = words + ([""] if column.blank and "" not in words and schema["type"] == "string" else [])
    if column.verbose_name and str(column.verbose_name) != column.name.replace("_", " "):
        schema["description"] = str(column.verbose_name)
    return nullable(schema) if column.null else schema


COLUMNS: Mapping[Any, type] = {
    models.BooleanField: bool,
    (models.IntegerField, models.AutoField): int,
    models.DateTimeField: datetime,
    models.DateField: date,
    models.FloatField: float,
    models.DecimalField: Decimal,
}
TYPES: Mapping[Any, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Decimal: {"type": "string", "format": "decimal"},
    list: {"type": "array", "items": {}},
    dict: {"type": "object"},
}


def of_type(kind: Any) -> Schema:
    alternatives = [one for one in get_args(kind) if one is not type(None)]
    if type(None) in get_args(kind):
        return nullable(of_type(alternatives[0]))
    if getattr(kind, "__origin__", None) is list:
        return {"type": "array", "items": {}}
    return dict(TYPES.get(kind, {"type": "string"}))


def nullable(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "type" in schema and isinstance(schema["type"], str):
        schema = schema | {"type": [schema["type"], "null"]}
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def union(schemas: Iterable[Schema]) -> Schema:
    """The properties of several schemas in one."""
    found: Schema = {"type": "object", "properties": {}, "required": []}
    for schema in schemas:
        found["properties"] |= schema["properties"]
        found["required"] += [name for name in schema.get("required", ()) if name not in found["required"]]
    return found

"""Rows of any model as JSON and back, the same on every database."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.sql import InsertQuery

BATCH = 500


def stored_models(models_: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Those with a table of their own, by name."""
    own = [model for model in models_ if model._meta.managed and not model._meta.proxy]
    return sorted(own, key=lambda model: model._meta.label_lower)


def as_json(value: Any) -> Any:
    """A value of a column as JSON; what `as_stored` reads back exactly."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value if value is None or isinstance(value, bool | int | float | str | dict | list) else str(value)


def as_stored(field: models.Field, value: Any) -> Any:
    """A value for a column from JSON. Raises ValidationError for what the column cannot hold."""
    if isinstance(field, models.ForeignKey):
        return as_stored(field.target_field, value)
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str):
        raise ValidationError("this has to be a text")
    if isinstance(field, models.BooleanField) and not isinstance(value, bool):
        raise ValidationError("this has to be true or false")
    if isinstance(value, dict | list):
        raise ValidationError("this has to be one value")
    return field.to_python(value)


def line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def stored_rows(rows: models.QuerySet) -> Iterator[dict[str, Any]]:
    """The rows by primary key, each column under its name as JSON."""
    names = [field.attname for field in rows.model._meta.local_concrete_fields]
    for values in rows.order_by("pk").values_list(*names).iterator(chunk_size=2000):
        yield {name: as_json(value) for name, value in zip(names, values, strict=True)}


def insert(model: type[models.Model], rows: list[models.Model]) -> None:
    """Store rows as they are: with their primary keys and moments, past what a model does when people save."""
    fields = model._meta.local_concrete_fields
    size = min(BATCH, connection.ops.bulk_batch_size(list(fields), rows))
    for start in range(0, len(rows), size):
        query = InsertQuery(model)
        query.insert_values(fields, rows[start : start + size], raw=True)
        query.get_compiler(connection=connection).execute_sql()

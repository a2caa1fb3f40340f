"""A row of any model of a partnership, filled with words that betray it should it ever show where it must not."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models

from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Participant, Partner, Partnership, PartnershipOwned


def make_row(
    model: type[models.Model], partnership: Partnership, secret: str, organization: Organization, depth: int = 0
) -> models.Model:
    """A stored row with every field filled; foreign keys lead to rows of the same partnership, made if need be."""
    existing = (
        model._base_manager.filter(partnership=partnership)
        if hasattr(model, "partnership_id")
        else model._base_manager.all()
    )
    found = existing.first() if depth else None
    if found is not None:
        return found
    facts = {
        field.name: value_for(field, partnership, secret, organization, depth)
        for field in model._meta.concrete_fields
        if not field.primary_key and wanted(field)
    }
    row = model(**facts)
    for name in ("token_digest", "hash", "tool", "number"):
        if name in facts and model._meta.get_field(name).get_internal_type() != "ForeignKey":
            setattr(row, name, unlike_others(model, name))
    models.Model.save(row)
    return row


def unlike_others(model: type[models.Model], name: str) -> Any:
    count = model._base_manager.count()
    return 900000 + count if isinstance(model._meta.get_field(name), models.IntegerField) else f"made-{count}"


def wanted(field: models.Field) -> bool:
    return not (
        field.null and field.name in ("left_on", "voided_at", "cancelled_at", "supersedes", "parent", "private_to")
    )


def value_for(
    field: models.Field, partnership: Partnership, secret: str, organization: Organization, depth: int
) -> Any:
    if isinstance(field, models.ForeignKey):
        return target_for(field, partnership, secret, organization, depth)
    if field.choices:
        return field.get_default() or next(value for value, _label in field.flatchoices if value)
    if isinstance(field, models.CharField | models.TextField):
        return words_for(field, secret)
    for kind, value in FILLINGS.items():
        if isinstance(field, kind):
            return value()
    return field.get_default() or (1 if isinstance(field, models.IntegerField) else field.get_default())


FILLINGS = {
    models.DateTimeField: clock.now,
    models.DateField: lambda: clock.today() + dt.timedelta(days=30),
    models.BooleanField: bool,
    models.DecimalField: lambda: Decimal(1),
}


def words_for(field: models.Field, secret: str) -> str:
    if isinstance(field, models.EmailField):
        return "someone@elsewhere.example"
    if isinstance(field, models.URLField):
        return "https://elsewhere.example/"
    if field.name == "time_zone":
        return "America/Toronto"
    room = field.max_length or 1000
    return f"{secret} {field.name}"[:room] if room >= len(secret) + 4 else field.get_default() or "en"[:room]


def target_for(
    field: models.ForeignKey, partnership: Partnership, secret: str, organization: Organization, depth: int
) -> Any:
    target = field.related_model
    if target is Partnership:
        return partnership
    if target is Organization:
        return organization
    if field.null and (target is field.model or depth > 3):
        return None
    if target in (Partner, Participant) or not issubclass(target, PartnershipOwned):
        rows = (
            target._base_manager.filter(partnership=partnership)
            if hasattr(target, "partnership_id")
            else target._base_manager.all()
        )
        return rows.first()
    return make_row(target, partnership, secret, organization, depth + 1)

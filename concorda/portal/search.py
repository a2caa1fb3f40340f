"""Search in one partnership: each tool's rows, by the fields that carry words. The scope says what may be found."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.apps import apps
from django.db.models import CharField, Q, TextField
from django.urls import NoReverseMatch, reverse

from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Tool, tools

PER_KIND = 8


@dataclass(frozen=True)
class Hit:
    tool: Tool
    kind: str
    label: str
    url: str


def found_in(partnership: Partnership, query: str) -> list[Hit]:
    """Rows with a page of their own in which every word occurs, stage by stage."""
    words = query.split()[:8]
    return [
        hit
        for tool in tools()
        for model in apps.get_app_config(tool.key).get_models()
        for hit in hits(partnership, tool, model, words)
    ]


def hits(partnership: Partnership, tool: Tool, model: Any, words: list[str]) -> Iterator[Hit]:
    name = f"{tool.key}:{model._meta.model_name}_detail"
    fields = [f.name for f in model._meta.fields if type(f) in (CharField, TextField) and not f.choices and f.editable]
    if not fields or not has_page(name, partnership):
        return
    matching = reduce(and_, (reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)) for word in words))
    for row in model.objects.filter(matching)[:PER_KIND]:
        yield Hit(tool, str(model._meta.verbose_name), str(row), reverse(name, args=[partnership.slug, row.pk]))


def has_page(name: str, partnership: Partnership) -> bool:
    try:
        reverse(name, args=[partnership.slug, 1])
    except NoReverseMatch:
        return False
    return True

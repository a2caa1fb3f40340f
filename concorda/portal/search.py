"""Search in one partnership: the rows each tool lets this person find, by the fields that carry words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import CharField, Q, QuerySet, TextField

from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.stages import Tool, tools

PER_KIND = 8


@dataclass(frozen=True)
class Hit:
    tool: Tool
    kind: str
    label: str
    url: str


def found_by(access: Access, query: str) -> list[Hit]:
    """Rows open to this person in which every word occurs, stage by stage."""
    words = query.split()[:8]
    if not words:
        return []
    return [hit for tool in tools() for open_to in tool.searchable for hit in hits(tool, open_to(access), words)]


def hits(tool: Tool, rows: QuerySet[Any], words: list[str]) -> Iterator[Hit]:
    meta = rows.model._meta
    fields = [f.name for f in meta.fields if type(f) in (CharField, TextField) and not f.choices and f.editable]
    matching = reduce(and_, (reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)) for word in words))
    for row in rows.filter(matching)[:PER_KIND]:
        yield Hit(tool, str(meta.verbose_name), str(row), row.get_absolute_url())

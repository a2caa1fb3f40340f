"""What a tool offers to programs: its records, and the verbs of its pages. Each tool declares it in its `api.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm

from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.process.pages import Register
from concorda.foundation.process.stages import Tool, tools

Kind = type | tuple[str, ...]
"""What a value is: str, int, bool, list (of primary keys), or the words it may be."""
View = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Verb:
    """Something a page does when a form is posted, or a button pressed.

    `form` (one or several) documents what it takes; the page's own form decides. `takes` are the buttons and boxes
    beside the form, `asked` what the page reads from its address. With `more`, further fields depend on the records.
    `once` names what the page would show a single time. `password`: it asks again who you are.
    """

    view: View
    form: type[BaseForm] | tuple[type[BaseForm], ...] = ()
    takes: Mapping[str, Kind] = field(default_factory=dict)
    asked: Mapping[str, Kind] = field(default_factory=dict)
    more: bool = False
    once: str = ""
    password: bool = False

    @property
    def forms(self) -> tuple[type[BaseForm], ...]:
        return self.form if isinstance(self.form, tuple) else (self.form,)

    @property
    def has_page(self) -> bool:
        """Whether the form can be looked at before it is posted."""
        return "GET" in self.view.methods  # type: ignore[attr-defined]


@dataclass(frozen=True, eq=False)
class Resource:
    """A kind of record in the API.

    `fields` are what it shows: attributes of the model, or `name=path` through relations (`"supporters=supports.
    organization"`); `computed` are those `rows` adds to each row. `rows(access)` are those this person may read, when
    they are fewer than the scope holds. Created, changed and removed through `register`, or by the verbs named.
    """

    name: str
    model: type[Model]
    fields: Sequence[str]
    read: Ability = Ability.SEE
    rows: Callable[[Access], QuerySet[Any]] | None = None
    computed: Mapping[str, type] = field(default_factory=dict)
    register: type[Register] | None = None
    asked: Mapping[str, Kind] = field(default_factory=dict)
    create: Verb | None = None
    change: Verb | None = None
    remove: Verb | None = None
    verbs: Mapping[str, Verb | View] = field(default_factory=dict)
    documents: Mapping[str, View] = field(default_factory=dict)

    @property
    def acts(self) -> dict[str, Verb]:
        return as_verbs(self.verbs)

    def has(self, role: str) -> bool:
        return self.register is not None and role in self.register.roles


@dataclass(frozen=True, eq=False)
class Figures:
    """Facts a page computes: read by one address, as plain values, lists and mappings."""

    find: Callable[[Access], Any]
    read: Ability = Ability.SEE


@dataclass(frozen=True, eq=False)
class Offer:
    """Everything one tool offers: records, verbs about no single record, figures, files."""

    resources: Sequence[Resource] = ()
    verbs: Mapping[str, Verb | View] = field(default_factory=dict)
    figures: Mapping[str, Figures] = field(default_factory=dict)
    documents: Mapping[str, View] = field(default_factory=dict)

    @property
    def acts(self) -> dict[str, Verb]:
        return as_verbs(self.verbs)


def as_verbs(named: Mapping[str, Verb | View]) -> dict[str, Verb]:
    """A view alone stands for a verb without anything to fill in."""
    return {name: one if isinstance(one, Verb) else Verb(one) for name, one in named.items()}


@cache
def offers() -> dict[Tool, Offer]:
    """What each tool offers, in the order of the process."""
    return {tool: import_module(f"concorda.{tool.stage}.{tool.key}.api").OFFER for tool in tools()}

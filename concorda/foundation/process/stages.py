"""What a stage and a tool are, and which there are: read from the stage folders, listed nowhere else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concorda.foundation.accounts.models import Person
    from concorda.foundation.partnerships.access import Access
    from concorda.foundation.partnerships.models import Participant, Partnership

Text = str | Promise
Searchable = Sequence[Callable[["Access"], "QuerySet[Any]"]]


class State(StrEnum):
    """Where an element stands; also the shape of its knot."""

    NONE = "none"
    HALF = "half"
    CARE = "care"
    DONE = "done"
    SKIPPED = "skipped"

    @property
    def label(self) -> Text:
        return STATE_LABELS[self]


STATE_LABELS = {
    State.NONE: _("not started"),
    State.HALF: _("under way"),
    State.CARE: _("needs care"),
    State.DONE: _("in place"),
    State.SKIPPED: _("not applicable"),
}


@dataclass(frozen=True)
class Step:
    """A named next step: the label says what to do, the address where."""

    label: str
    url: str


@dataclass(frozen=True)
class Progress:
    """Where an element stands: one sentence computed from the records, k of n if it can be counted, the next step."""

    state: State
    sentence: str
    done: int | None = None
    total: int | None = None
    step: Step | None = None
    care: str = ""
    """With State.CARE: what needs care, as a noun phrase for the map's summary, such as "the vision"."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits for one person: what to do, where, until when."""

    label: str
    url: str
    detail: str = ""
    due: date | None = None
    late: bool = False
    icon: str = "flag"


def nothing(access: "Access") -> Iterable[Waiting]:
    return ()


def never(partnership: "Partnership") -> None:
    """Nothing of this tool happens by the clock."""


def holds_nothing(participant: "Participant") -> Iterable[Step]:
    return ()


def passes_nothing_on(before: "Participant", after: "Participant", by: "Person | None") -> None:
    """Nothing of this tool lies in the hands of one person."""


@dataclass(frozen=True)
class Tool:
    """One of the sixteen elements. `progress` looks at the whole partnership, `waiting` at one person in it.

    Both must read only inside the scope they are called in, and name nothing that is private to an organization.
    `by_the_clock` does what is due because time passed; the worker calls it every minute in the partnership's scope.
    `searchable` says which rows one person may find by search: rows with a page of their own, in the scope and open to
    that person. What a tool does not name here is not found.
    `holds` names what one person has in hand; `pass_on` gives it to another when they leave, inside a transaction.
    """

    key: str
    title: Text
    question: Text
    progress: Callable[["Partnership"], Progress]
    waiting: Callable[["Access"], Iterable[Waiting]] = nothing
    by_the_clock: Callable[["Partnership"], None] = never
    searchable: Searchable = ()
    holds: Callable[["Participant"], Iterable[Step]] = holds_nothing
    pass_on: Callable[["Participant", "Participant", "Person | None"], None] = passes_nothing_on
    home: str = ""
    stage: str = field(default="", compare=False)

    @property
    def url_name(self) -> str:
        return self.home or f"{self.key}:home"

    def url(self, partnership: "Partnership") -> str:
        return reverse(self.url_name, args=[partnership.slug])

    def opens_for(self, access: "Access") -> bool:
        """Whether a person may open the tool's first page."""
        ability = resolve(self.url(access.partnership)).func.ability  # type: ignore[attr-defined]
        return bool(access.can(ability, stage=self.stage, tool=self.key))

    @property
    def folder(self) -> Path:
        return Path(settings.BASE_DIR) / "concorda" / self.stage / self.key


@dataclass(frozen=True)
class Stage:
    key: str
    title: Text
    question: Text
    tools: tuple[Tool, ...]


@cache
def stages() -> tuple[Stage, ...]:
    """The four stages with their tools, in order."""
    found = []
    for key in settings.STAGES:
        manifest = import_module(f"concorda.{key}")
        tools = []
        for name in manifest.TOOLS:
            tool = import_module(f"concorda.{key}.{name}.tool").TOOL
            object.__setattr__(tool, "stage", key)  # the folder says it; the tool need not repeat it
            tools.append(tool)
        found.append(Stage(key, manifest.TITLE, manifest.QUESTION, tuple(tools)))
    return tuple(found)


def tools() -> tuple[Tool, ...]:
    return tuple(tool for stage in stages() for tool in stage.tools)


@cache
def tool(key: str) -> Tool:
    return next(one for one in tools() if one.key == key)


def tool_of(module: str) -> Tool | None:
    """The tool whose folder a module lives in, or None (foundation, portal)."""
    parts = module.split(".")
    if len(parts) > 2 and parts[1] in settings.STAGES:
        return next((one for one in tools() if one.key == parts[2]), None)
    return None

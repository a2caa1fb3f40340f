"""Imports and foreign keys only look down, and between the tools of a stage only back in time.

The order is read from the manifests (`TOOLS` in each stage), so a new tool is covered by being named there.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

PACKAGE = Path(__file__).parents[1] / "concorda"
STAGES = ("connect", "begin", "implement", "monitor")
FLOORS = ("analysis", "foundation", *STAGES, "portal", "config", "cli")
FOUNDATION = ("core", "accounts", "organizations", "partnerships", "process")

Rank = tuple[int, int]


def tools(stage: str) -> tuple[str, ...]:
    """The tools of a stage in their order."""
    return tuple(import_module(f"concorda.{stage}").TOOLS)


def order(floor: str) -> tuple[str, ...]:
    return FOUNDATION if floor == "foundation" else tools(floor) if floor in STAGES else ()


def rank(module: str) -> Rank:
    """How high a module stands: its floor, then its place on the floor; the floor's own names come before its tools."""
    _, floor, *rest = module.split(".")
    places = order(floor)
    return FLOORS.index(floor), places.index(rest[0]) if rest and rest[0] in places else -1


def module_of(path: Path) -> str:
    return ".".join(("concorda", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


def sources() -> list[Path]:
    placed = [path for path in PACKAGE.rglob("*.py") if len(path.relative_to(PACKAGE).parts) > 1]
    return sorted(path for path in placed if "migrations" not in path.parts)


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything of ours that a file imports, also inside functions; names count as modules."""
    package = module_of(path).split(".") if path.name == "__init__.py" else module_of(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (
            (node.lineno, name) for name in names if name.startswith("concorda.") and name != "concorda.__version__"
        )


def test_there_is_something_to_look_at():
    assert len(sources()) > 1
    assert any(name.startswith("concorda.analysis") for path in sources() for _, name in imported(path))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_look_down(path):
    here = rank(module_of(path))
    upward = [f"line {line} imports {name}" for line, name in imported(path) if rank(name) > here]
    assert not upward, f"{path} looks up: {upward}"


@pytest.mark.parametrize("floor", ["foundation", *STAGES])
def test_the_order_names_every_folder_and_no_other(floor):
    folders = {path.parent.name for path in (PACKAGE / floor).glob("*/__init__.py")} - {"tests"}
    assert folders == set(order(floor))


def test_a_module_ahead_in_time_ranks_higher():
    assert rank("concorda.foundation.process.views") > rank("concorda.foundation.core.forms")
    assert rank("concorda.monitor") > rank("concorda.connect") > rank("concorda.foundation.process")
    for stage in STAGES:
        ranks = [rank(f"concorda.{stage}.{tool}.models") for tool in tools(stage)]
        assert ranks == sorted(set(ranks))


def ours() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("concorda.")]


def test_foreign_keys_look_back():
    upward = [
        f"{model._meta.label}.{field.name} points to {field.related_model._meta.label}"
        for model in ours()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model and field.related_model in ours()
        if rank(field.related_model.__module__) > rank(model.__module__)
    ]
    assert ours()
    assert not upward


def test_every_row_of_a_stage_belongs_to_a_partnership():
    loose = [
        model._meta.label
        for model in ours()
        if model.__module__.split(".")[1] in STAGES
        and "partnership" not in {field.name for field in model._meta.fields}
    ]
    assert not loose

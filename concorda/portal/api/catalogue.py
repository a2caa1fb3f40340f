"""Every operation there is: what tools offer in their `api.py`, and what lies outside the tools."""

from collections.abc import Iterator
from functools import cache

from concorda.foundation.process.resources import Resource, offers
from concorda.portal.api import whole
from concorda.portal.api.operations import Operation, Records, operations_of
from concorda.portal.api.showing import Schema, schema_of


@cache
def operations() -> tuple[Operation, ...]:
    found = [*whole.operations(), *operations_of(None, whole.HERE)]
    for tool, offer in offers().items():
        found += operations_of(tool, offer)
    return tuple(found)


def records() -> Iterator[Records]:
    """Every resource inside a partnership."""
    yield from (Records(None, one) for one in whole.HERE.resources)
    for tool, offer in offers().items():
        yield from (Records(tool, one) for one in offer.resources)


def resources() -> list[Resource]:
    return [one.resource for one in records()]


def by_path() -> dict[str, dict[str, Operation]]:
    found: dict[str, dict[str, Operation]] = {}
    for one in operations():
        found.setdefault(one.path, {})[one.method] = one
    return found


def components() -> dict[str, Schema]:
    """The schemas of all records."""
    found = {one.schema_name: schema_of(one.resource) for one in records()}
    return found | {name: make() for name, make in whole.COMPONENTS.items()}

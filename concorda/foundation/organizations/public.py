"""What floors above add to an organization's page in the directory: they register a question, and are asked it."""

from collections.abc import Callable
from dataclasses import dataclass

from concorda.foundation.organizations.models import Organization


@dataclass(frozen=True)
class Named:
    """A partnership an organization is named in, and the partners that are named with it."""

    name: str
    partners: list[Organization]


ask: list[Callable[[Organization], list[Named]]] = []


def register(question: Callable[[Organization], list[Named]]) -> None:
    if question not in ask:
        ask.append(question)


def partnerships_of(organization: Organization) -> list[Named]:
    """The partnerships everybody may know of, with those who agreed to be named."""
    return [one for question in ask for one in question(organization)]

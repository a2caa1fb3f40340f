"""The scope: what belongs to a partnership, or privately to one organization, answers no query outside it.

Dimensions: `partnership` (one Partnership) and `organization` (primary keys of the reader's own organizations, or
EVERY for computations about the whole partnership whose result names nobody).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError
from django_scopes.manager import DisabledQuerySet
from django_scopes.state import get_scope

__all__ = [
    "EVERY",
    "OwnManager",
    "OwnedManager",
    "PrivateManager",
    "ScopeError",
    "SharedManager",
    "here",
    "scopes_disabled",
    "within",
    "within_own",
]

EVERY = "every organization"


def here() -> Any:
    """The partnership in scope, None outside."""
    return get_scope().get("partnership")


class ClosedQuerySet(DisabledQuerySet):
    """A queryset outside its scope: any question raises ScopeError (the library forgets these)."""

    exists = exclude = contains = in_bulk = alias = distinct = defer = reverse = DisabledQuerySet.error
    select_related = prefetch_related = intersection = difference = bulk_update = explain = DisabledQuerySet.error

    def all(self) -> "ClosedQuerySet":
        """Stays closed: a form field may carry it until its form sets the rows in scope."""
        return self._clone()


class _ScopedManager(models.Manager):
    needs: tuple[str, ...] = ()

    def narrow(self, queryset: models.QuerySet, current: dict[str, Any]) -> models.QuerySet:
        raise NotImplementedError

    def get_queryset(self) -> models.QuerySet:
        current = get_scope()
        if not current.get("_enabled", True):
            return super().get_queryset()
        missing = {need for need in self.needs if current.get(need) is None}
        if missing:
            return ClosedQuerySet(self.model, using=self._db, missing_scopes=missing)
        return self.narrow(super().get_queryset(), current)


class OwnedManager(_ScopedManager):
    """Rows of the partnership in scope."""

    needs = ("partnership",)

    def narrow(self, queryset: models.QuerySet, current: dict[str, Any]) -> models.QuerySet:
        return queryset.filter(partnership=current["partnership"])


class PrivateManager(_ScopedManager):
    """Rows of the partnership in scope that belong to the reader's own organizations."""

    needs = ("partnership", "organization")

    def narrow(self, queryset: models.QuerySet, current: dict[str, Any]) -> models.QuerySet:
        queryset = queryset.filter(partnership=current["partnership"])
        own = current["organization"]
        return queryset if own is EVERY else queryset.filter(organization__in=own)


class SharedManager(PrivateManager):
    """Rows of the partnership in scope that are shared, or belong to the reader's own organizations."""

    def narrow(self, queryset: models.QuerySet, current: dict[str, Any]) -> models.QuerySet:
        queryset = queryset.filter(partnership=current["partnership"])
        own = current["organization"]
        return queryset if own is EVERY else queryset.filter(models.Q(shared=True) | models.Q(organization__in=own))


class OwnManager(_ScopedManager):
    """Rows that belong to one organization and to no partnership (its reflection)."""

    needs = ("organization",)

    def narrow(self, queryset: models.QuerySet, current: dict[str, Any]) -> models.QuerySet:
        own = current["organization"]
        return queryset if own is EVERY else queryset.filter(organization__in=own)


@contextmanager
def within(partnership: models.Model, organizations: Iterable[int] | str = ()) -> Iterator[None]:
    """Open the scope of a partnership, seen from `organizations` (primary keys, or EVERY)."""
    if partnership is None:
        raise ScopeError("A scope needs a partnership.")
    own = organizations if organizations is EVERY else list(organizations)
    with scope(partnership=partnership, organization=own):
        yield


@contextmanager
def within_own(organization: models.Model) -> Iterator[None]:
    """Open the private scope of one organization, outside any partnership."""
    if organization is None:
        raise ScopeError("A scope needs an organization.")
    with scope(organization=[organization.pk]):
        yield

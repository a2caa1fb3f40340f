"""What time it is, for every part of Concorda: the demo and the tests set it, everybody else reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_pinned: ContextVar[datetime | None] = ContextVar("pinned", default=None)


def now() -> datetime:
    """The moment, with its zone."""
    return _pinned.get() or timezone.now()


def today() -> date:
    """The date in the active time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Do something as if it were `moment`."""
    token = _pinned.set(moment)
    try:
        yield moment
    finally:
        _pinned.reset(token)

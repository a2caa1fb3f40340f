"""What time it is, for every part of Concorda: the demo and the tests set it, everybody else reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.utils import timezone

# One for the whole process, so that a test's server thread lives on the test's day; nothing that serves people sets it.
_pinned: list[datetime] = []


def now() -> datetime:
    """The moment, with its zone."""
    return _pinned[-1] if _pinned else timezone.now()


def today() -> date:
    """The date in the active time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Do something as if it were `moment`."""
    _pinned.append(moment)
    try:
        yield moment
    finally:
        _pinned.pop()

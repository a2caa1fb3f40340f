"""The matching index of the directory: files that every process maps, and what changed since they were written.

A small directory is indexed in memory; a register is written to files by `concorda match --rebuild`, or in the
background once more than `MANY_CHANGES` organizations have changed.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Subquery
from django_tasks import task

from concorda.analysis.matching import Index
from concorda.analysis.problems import Refused
from concorda.connect.participation.profiles import profiles
from concorda.foundation.organizations.models import Organization, OrganizationQuerySet

FOLDER = settings.VAR / "matching"
SMALL = 1000
"""Up to this many organizations, the index is built in memory: it takes less than a second."""
MANY_CHANGES = 500
COUNTED_EACH_TIME = 10_000
DAY = 86_400
TOO_FEW = 25
"""With fewer organizations than this beside the partners, a search says little; the page says so."""


@dataclass
class Held:
    """The index this process holds, and the state of the directory it shows."""

    index: Index
    state: str


_held: list[Held] = []


def shown() -> OrganizationQuerySet:
    return Organization.objects.filter(active=True)


def state_of_directory() -> tuple[int, datetime | None]:
    """How many organizations there are, and when the last of them changed.

    Those of a large directory are counted once for each change of it: counting a million takes longer than a page may.
    """
    if not cache.get("directory-large"):
        found = shown().aggregate(n=Count("pk"), last=Max("changed_at"))
        if found["n"] > COUNTED_EACH_TIME:
            cache.set("directory-large", True, DAY)
        return found["n"], found["last"]
    newest = Organization.objects.order_by("-pk").values("pk")[:1]
    latest = Organization.objects.order_by("-changed_at").annotate(newest=Subquery(newest))
    last, number = latest.values_list("changed_at", "newest").first() or (None, 0)
    return cache.get_or_set(f"directory-size:{number}:{last and last.timestamp()}", shown().count, DAY), last


def epoch(state: tuple[int, datetime | None]) -> str:
    """What is kept about the directory holds for this: any change of a small one, an hour of a large one."""
    count, last = state
    return f"{count}:{last}".replace(" ", "_") if count <= COUNTED_EACH_TIME else f"hour:{int(time.time() // 3600)}"


def rebuild() -> int:
    """Write the index of the whole directory; returns how many organizations are in it."""
    _count, last = state_of_directory()
    index = Index.build(profiles(shown()))
    index.write(FOLDER, version=last.isoformat() if last else "")
    _held.clear()
    return len(index)


@task()
def rebuild_later() -> None:
    rebuild()
    cache.delete("matching-rebuild")


def ask_for_rebuild() -> None:
    """Put one rebuild into the queue; a second request within an hour changes nothing."""
    if cache.add("matching-rebuild", True, 3600):
        rebuild_later.enqueue()


def index(known: tuple[int, datetime | None] | None = None) -> Index | None:
    """The index as the directory is now, in the state `known`; None while a large register is being prepared."""
    count, last = known or state_of_directory()
    state = f"{count} {last}"
    held = _held[0] if _held else None
    if held and held.state == state and held.index.is_current():
        return held.index
    found = Index.build(profiles(shown())) if count <= SMALL else opened(count)
    _held[:] = [Held(found, state)] if found else []
    return found


def opened(count: int) -> Index | None:
    """The files, with what changed since laid over them."""
    found = None
    with suppress(Refused):  # no files yet, or files of another release
        found = Index.open(FOLDER)
    if found is None:
        ask_for_rebuild()
        return None
    since = datetime.fromisoformat(found.version) if found.version else None
    changed = shown().filter(changed_at__gt=since) if since else shown()
    many = changed.count()
    if many > MANY_CHANGES or abs(len(found) - count) > MANY_CHANGES:
        ask_for_rebuild()
    found.update(profiles(changed[: 4 * MANY_CHANGES]))
    return found

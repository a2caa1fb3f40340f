"""A load that a steward has asked for on a page: at once when it is small, else in the queue with its progress."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django_tasks import task

from concorda.analysis.problems import Refused
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Load
from concorda.foundation.organizations.registers.loading import KEPT_PROBLEMS, load, open_source

SMALL = 1000
"""A file of so many rows is loaded while one waits."""
UNPACKED = 100_000_000
KEPT_SECONDS = 86_400


def folder() -> Path:
    """Where uploads wait to be loaded; older ones are swept out."""
    path = Path(settings.MEDIA_ROOT) / "registers"
    path.mkdir(parents=True, exist_ok=True)
    for old in path.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    return path


def start(
    *, kept: str, file: str, source: str, columns: dict[str, str], size: int, by: Person, publisher: str = ""
) -> Load:
    """Note the load in the history and do it, or put it into the queue."""
    facts = {"source": source, "file": file[:250], "kept": kept, "columns": columns, "publisher": publisher}
    asked = Load.objects.create(size=size, by=by, **facts)
    if size <= SMALL:
        run(asked.pk)
        asked.refresh_from_db()
    else:
        run_later.enqueue(asked.pk)
    return asked


@task()
def run_later(pk: int) -> None:
    run(pk)


def run(pk: int) -> None:
    """Load what a steward asked for; a file that breaks off says so in the history."""
    asked = Load.objects.get(pk=pk)
    path = folder() / asked.kept
    asked.state = Load.State.RUNNING
    asked.save(update_fields=["state"])
    try:
        options: dict[str, Any] = {"name": asked.file, "largest": UNPACKED, "publisher": asked.publisher}
        source = open_source(path, asked.source, asked.columns, **options)
        outcome = load(source, asked.source, progress=lambda done, of: note(pk, done, of))
    except Refused as refused:
        asked.problems = [problem.as_dict() for problem in refused.problems]
        asked.state = Load.State.REFUSED
    except Exception:
        Load.objects.filter(pk=pk).update(state=Load.State.REFUSED, ended_at=clock.now())
        raise
    else:
        asked.counts, asked.problems = outcome.counts(), outcome.told()[:KEPT_PROBLEMS]
        asked.state = Load.State.DONE
        asked.done = asked.size = source.size
        path.unlink(missing_ok=True)
    asked.ended_at = clock.now()
    asked.save()


def note(pk: int, done: int, size: int) -> None:
    Load.objects.filter(pk=pk).update(done=done, size=size)

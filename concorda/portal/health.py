"""Is the installation well? What `concorda check`, /readyz and /metrics answer, each with how to put it right."""

import os
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.checks import ERROR, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from concorda import __version__
from concorda.foundation.accounts.models import Letter, Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Entry, Partnership
from concorda.foundation.partnerships.timeline import first_break

HEARTBEAT = "worker.alive"
SILENT = timedelta(minutes=3)
OVERDUE = timedelta(minutes=10)
RECENT = timedelta(days=1)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Check:
    """One thing looked at; `detail` says what is wrong and how to put it right, or what was found."""

    name: str
    ok: bool
    detail: str


def checks() -> list[Check]:
    """Everything that can be looked at from inside, in the order in which to put it right."""
    found = [*settings_checks(), *folders(), time_zones(), mail()]
    database = database_check()
    found.append(database)
    asked: dict[str, Callable[[], Check]] = {
        "migrations": migrations,
        "queue": queue,
        "worker": worker,
        "timeline": timeline,
    }
    for name, ask in asked.items():
        found.append(answered(name, ask) if database.ok else Check(name, False, "Not looked at: no database."))
    return found


def answered(name: str, ask: Callable[[], Check]) -> Check:
    try:
        return ask()
    except DatabaseError as error:
        return Check(name, False, f"Not looked at: the database answered “{one_line(error)}”. See migrations.")


def one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def as_dicts(found: list[Check]) -> dict[str, Any]:
    return {"ok": all(check.ok for check in found), "checks": [asdict(check) for check in found]}


# Without the database


def is_local() -> bool:
    """Is this an installation only its own machine reaches?"""
    return urlsplit(settings.SITE_URL).hostname in LOOPBACK


def settings_checks() -> Iterator[Check]:
    wrong = [*framework(), *(said for said, holds in complaints().items() if holds)]
    yield Check("settings", not wrong, " ".join(wrong) or f"Concorda {__version__} at {settings.SITE_URL}.")


def framework() -> list[str]:
    return [f"{error.msg} {error.hint or ''}".strip() for error in run_checks() if error.level >= ERROR]


def complaints() -> Mapping[str, bool]:
    """What is wrong with the settings → whether it is."""
    address, remote = urlsplit(settings.SITE_URL), not is_local()
    hosts = settings.ALLOWED_HOSTS
    answered_here = any(host == "*" or matches(address.hostname or "", host) for host in hosts)
    return {
        f"CONCORDA_URL is “{settings.SITE_URL}”: write the whole address, such as https://concorda.example.org.": (
            address.scheme not in ("http", "https") or not address.hostname
        ),
        "CONCORDA_URL begins with http://: put TLS in front and write https://.": remote and address.scheme == "http",
        f"CONCORDA_HOSTS does not name {address.hostname}: add it, or no page will answer there.": not answered_here,
        "CONCORDA_DEBUG is on: take it off, it shows the inside to others.": remote and settings.DEBUG,
        "CONCORDA_DEMO is on: take it off, it lets anyone sign in as the people of the demo.": remote and settings.DEMO,
        "CONCORDA_OUTBOX is on: take it off, it shows all letters to others.": remote and settings.OUTBOX,
        f"The secret key is shorter than {SHORTEST_SECRET} characters: set CONCORDA_SECRET_KEY to a long one.": (
            len(settings.SECRET_KEY) < SHORTEST_SECRET
        ),
    }


def matches(host: str, pattern: str) -> bool:
    return host == pattern.strip("[]") or (pattern.startswith(".") and f".{host}".endswith(pattern))


def folders() -> Iterator[Check]:
    for name, path in {
        "data folder": settings.VAR,
        "files folder": Path(settings.MEDIA_ROOT),
        "static folder": Path(settings.STATIC_ROOT),
    }.items():
        nearest = next(one for one in (path, *path.absolute().parents) if one.exists())
        fine = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
        mend = f"{nearest} cannot be written: give it to the user that runs Concorda (chown), or set CONCORDA_VAR."
        yield Check(name, fine, f"{path} can be written." if fine else mend)


def time_zones() -> Check:
    try:
        summer = datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(zoneinfo.ZoneInfo("America/Toronto"))
    except zoneinfo.ZoneInfoNotFoundError:
        return Check("time zones", False, "There is no time zone data: install the package tzdata.")
    known = len(zoneinfo.available_timezones())
    fine = summer.utcoffset() == timedelta(hours=-4) and known > 300
    mend = "The time zone data are damaged or incomplete: install the package tzdata anew."
    return Check("time zones", fine, f"{known} time zones are known." if fine else mend)


def mail() -> Check:
    if settings.EMAIL_URL:
        return Check("mail", True, f"Letters go to {settings.EMAIL_HOST} as {settings.DEFAULT_FROM_EMAIL}.")
    if settings.OUTBOX or is_local():
        return Check("mail", True, "Letters are not sent but kept at /outbox/, as is right on one's own machine.")
    return Check(
        "mail", False, "No mail is sent: set EMAIL_URL, such as smtp+tls://user:password@mail.example.org:587."
    )


# With the database


def database_check() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check(
            "database", False, f"It cannot be reached ({one_line(error)}): is it running, is DATABASE_URL right?"
        )
    return Check("database", True, f"{connection.display_name} answers.")


def pending_migrations() -> int:
    """How many migrations this version needs that the database has not seen."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrations() -> Check:
    pending = pending_migrations()
    mend = (
        f"{pending} are missing: back up, then start Concorda (concorda serve), which brings the database up to date."
    )
    return Check("migrations", not pending, mend if pending else "The database is up to date.")


def queue() -> Check:
    """Is what waits done in time, and did anything fail lately?"""
    oldest = waiting_since()
    waited = clock.now() - oldest if oldest else timedelta()
    if waited > OVERDUE:
        minutes = int(waited.total_seconds() // 60)
        return Check("queue", False, f"Something has waited for {minutes} minutes: start the worker (concorda worker).")
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__gte=clock.now() - RECENT).count()
    if failed:
        mend = "the worker's log says why. If letters were not sent, put EMAIL_URL right."
        return Check("queue", False, f"{failed} tasks failed since yesterday: {mend}")
    return Check("queue", True, f"{waiting()} tasks wait.")


def waiting_since() -> datetime | None:
    ready = DBTaskResult.objects.ready()
    found: datetime | None = ready.aggregate(oldest=Min("enqueued_at"))["oldest"]
    return found


def waiting() -> int:
    return int(DBTaskResult.objects.ready().count())


def beat() -> None:
    """The worker says that it lives."""
    cache.set(HEARTBEAT, clock.now().timestamp(), timeout=None)


def rest() -> None:
    """The worker says that it was stopped on purpose."""
    cache.delete(HEARTBEAT)


def last_beat() -> datetime | None:
    seen = cache.get(HEARTBEAT)
    return datetime.fromtimestamp(seen, UTC) if seen else None


def worker() -> Check:
    """Lived the worker a moment ago? It may be stopped on purpose as long as nothing waits."""
    seen = last_beat()
    if seen and clock.now() - seen < SILENT:
        return Check("worker", True, "It lives.")
    if seen:
        said = f"It has been silent since {seen:%Y-%m-%d %H:%M} UTC: see its log, and start concorda worker."
        return Check("worker", False, said)
    if count := waiting():
        return Check("worker", False, f"It does not run, and {count} tasks wait: start concorda worker.")
    return Check("worker", True, "It does not run, and nothing waits for it. concorda serve starts it.")


def timeline() -> Check:
    """Do the hash chains of all partnerships hold?"""
    with scopes_disabled():
        found = {one: first_break(one) for one in Partnership.objects.order_by("pk")}
    broken = [f"{one.slug} from line {number}" for one, number in found.items() if number is not None]
    mend = (
        "Its records were altered outside Concorda. Find out by whom; compare with a backup, and restore it if need be."
    )
    return Check("timeline", not broken, f"{', '.join(broken)}: {mend}" if broken else f"{len(found)} chains hold.")


# For programs


def ready() -> dict[str, str]:
    """“ok” or what is wrong, for each part a web process needs."""
    database = database_check()
    if not database.ok:
        return {"database": database.detail, "migrations": "unknown", "queue": "unknown"}
    parts = {"migrations": migrations, "queue": queue_in_time}
    return {"database": "ok"} | {
        name: "ok" if (check := answered(name, ask)).ok else check.detail for name, ask in parts.items()
    }


def queue_in_time() -> Check:
    oldest = waiting_since()
    late = oldest is not None and clock.now() - oldest > OVERDUE
    return Check("queue", not late, "What waits is not done in time: does the worker run?")


def metrics() -> str:
    """What there is to measure, in the text format of Prometheus."""
    states = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    partnerships = dict(Partnership.objects.order_by().values_list("status").annotate(Count("pk")))
    oldest, seen = waiting_since(), last_beat()
    lines = [
        *metric("concorda_info", "version of Concorda", {f'{{version="{__version__}"}}': 1}),
        *metric("concorda_people", "people who may sign in", {"": Person.objects.filter(is_active=True).count()}),
        *metric("concorda_organizations", "organizations in the directory", {"": Organization.objects.count()}),
        *metric(
            "concorda_partnerships",
            "partnerships by status",
            {f'{{status="{status}"}}': partnerships.get(status, 0) for status in Partnership.Status.values},
        ),
        *metric("concorda_timeline_lines", "lines of all timelines", {"": Entry._base_manager.count()}),
        *metric(
            "concorda_tasks",
            "tasks in the queue by status",
            {f'{{status="{status.lower()}"}}': states.get(status, 0) for status in TaskResultStatus.values},
        ),
        *metric("concorda_task_oldest_seconds", "how long the oldest task has waited", {"": seconds_since(oldest)}),
        *metric("concorda_worker_silent_seconds", "how long ago the worker said it lives", {"": seconds_since(seen)}),
        *metric("concorda_letters_kept", "letters kept instead of sent", {"": Letter.objects.count()}),
        *metric("concorda_migrations_pending", "migrations the database lacks", {"": pending_migrations()}),
    ]
    return "\n".join(lines) + "\n"


def metric(name: str, words: str, values: Mapping[str, float]) -> list[str]:
    return [
        f"# HELP {name} {words}",
        f"# TYPE {name} gauge",
        *(f"{name}{labels} {value}" for labels, value in values.items()),
    ]


def seconds_since(moment: datetime | None) -> float:
    """0 for what never was, which the other numbers explain."""
    return round(max((clock.now() - moment).total_seconds(), 0), 1) if moment else 0

"""Whether the installation is well: each check sees what it is there for, and says how to put it right."""

import datetime as dt
import json
import uuid

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from concorda.cli import check as command
from concorda.cli import main
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Entry
from concorda.portal import health


@pytest.fixture(autouse=True)
def forgotten(db):
    cache.delete(health.HEARTBEAT)


def of(name):
    return next(check for check in health.checks() if check.name == name)


def task(status="READY", minutes=0, **facts):
    row = DBTaskResult.objects.create(
        id=uuid.uuid4(),
        status=status,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="concorda.nothing",
        run_after=clock.now() - dt.timedelta(minutes=minutes),
        backend_name="default",
        exception_class_path="",
        traceback="",
        **facts,
    )
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=clock.now() - dt.timedelta(minutes=minutes))


def test_a_well_installation_is_well(world, capsys):
    assert main(["check", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert {"settings", "database", "migrations", "worker", "queue", "timeline", "mail", "time zones"} <= {
        check["name"] for check in said["checks"]
    }
    assert all(set(check) == {"name", "ok", "detail"} for check in said["checks"])


def test_something_wrong_is_marked_and_gives_status_1(world, monkeypatch, capsys):
    monkeypatch.setattr(health, "pending_migrations", lambda: 2)
    assert main(["check"]) == 1
    assert any(
        line.startswith("WRONG  migrations") and "2 are missing" in line
        for line in capsys.readouterr().out.splitlines()
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SITE_URL": "concorda.example.org"}, "whole address"),
        ({"SITE_URL": "http://concorda.example.org"}, "https://"),
        ({"SITE_URL": "https://concorda.example.org"}, "CONCORDA_HOSTS"),
        ({"SITE_URL": "https://c.example", "ALLOWED_HOSTS": [".example"]}, "CONCORDA_DEMO"),
        ({"SITE_URL": "https://c.example", "ALLOWED_HOSTS": ["*"], "DEMO": False}, "CONCORDA_OUTBOX"),
        ({"SECRET_KEY": "short"}, "CONCORDA_SECRET_KEY"),
    ],
)
def test_settings_that_do_not_fit_are_named(settings, change, words):
    for name, value in change.items():
        setattr(settings, name, value)
    found = of("settings")
    assert not found.ok
    assert words in found.detail


def test_no_mail_on_an_installation_for_others_is_wrong(settings):
    settings.SITE_URL, settings.OUTBOX = "https://concorda.example.org", False
    assert "EMAIL_URL" in of("mail").detail
    assert not of("mail").ok
    settings.EMAIL_URL, settings.EMAIL_HOST = "smtp://mail.example.org", "mail.example.org"
    assert of("mail").ok


def test_a_folder_that_cannot_be_written_is_named(settings, tmp_path, monkeypatch):
    settings.VAR = tmp_path / "not-yet" / "there"
    assert of("data folder").ok
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path)
    assert str(tmp_path) in of("data folder").detail
    assert not of("data folder").ok


def test_missing_time_zones_are_named(monkeypatch):
    monkeypatch.setattr("zoneinfo.available_timezones", lambda: {"UTC"})
    assert "tzdata" in of("time zones").detail


def test_an_altered_timeline_is_found(world):
    assert of("timeline").ok
    Entry._base_manager.filter(partnership=world.partnership, number=5).update(by_name="Somebody else")
    found = of("timeline")
    assert not found.ok
    assert f"{world.partnership.slug} from line 5" in found.detail


def test_work_that_waits_too_long_is_wrong_and_so_is_what_failed():
    task(minutes=2)
    assert of("queue").ok
    task(minutes=25)
    assert "25 minutes" in of("queue").detail
    DBTaskResult.objects.all().delete()
    task("FAILED", finished_at=clock.now() - dt.timedelta(days=2))
    assert of("queue").ok
    task("FAILED", finished_at=clock.now())
    assert "1 tasks failed" in of("queue").detail


def test_the_worker_is_alive_silent_stopped_or_missed():
    assert of("worker").ok
    task()
    assert not of("worker").ok
    health.beat()
    assert of("worker").detail == "It lives."
    with clock.at(clock.now() + dt.timedelta(minutes=10)):
        assert not of("worker").ok
    health.rest()
    DBTaskResult.objects.all().delete()
    assert of("worker").ok


class Gone:
    """A database that does not answer."""

    display_name = "SQLite"

    def cursor(self):
        raise OperationalError("connection\nrefused")


def test_without_a_database_the_rest_is_still_looked_at(monkeypatch, client):
    monkeypatch.setattr(health, "connection", Gone())
    found = {check.name: check for check in health.checks()}
    assert "connection refused" in found["database"].detail
    assert not found["timeline"].ok
    assert found["settings"].ok
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "DATABASE_URL" in answer.json()["database"]
    assert client.get("/healthz").status_code == 200


def test_ready_says_each_part(client, monkeypatch):
    assert client.get("/readyz").json() == {"database": "ok", "migrations": "ok", "queue": "ok"}
    task(minutes=25)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "ok"
    assert "worker" in answer.json()["queue"]
    monkeypatch.setattr(health, "pending_migrations", lambda: 1)
    assert "1 are missing" in client.get("/readyz").json()["migrations"]


def test_metrics_are_off_unless_asked_for(world, client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS = True
    task("FAILED")
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert 'concorda_partnerships{status="active"} 2' in lines
    assert 'concorda_tasks{status="failed"} 1' in lines
    for line in lines:
        assert line.startswith("# ") or float(line.rsplit(" ", 1)[1]) >= 0


def test_settings_that_cannot_be_read_are_one_line_not_a_trace(monkeypatch, capsys):
    def unreadable():
        raise ValueError("DATABASE_URL has to look like postgres://…")

    monkeypatch.setattr("concorda.cli.set_up_django", unreadable)
    assert main(["check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert "DATABASE_URL" in said["checks"][0]["detail"]
    assert next(iter(command.show(said))).startswith("WRONG  settings")

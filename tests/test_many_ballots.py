"""Five hundred simultaneous ballots leave exactly one outcome, on the database the tests run on."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.many_ballots import AGAIN, COUNTING, SEATS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def database(tmp_path: Path, db: None) -> Iterator[str]:
    """The address of an empty database of the same engine."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'ballots.sqlite3'}"
        return
    import psycopg

    name = f"ballots_{os.getpid()}_{time.time_ns()}"
    facts = connection.settings_dict
    server = {
        "host": facts["HOST"],
        "user": facts["USER"],
        "password": facts["PASSWORD"],
        "port": facts["PORT"] or None,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as own:
        own.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
        finally:
            own.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def told(database: str) -> Any:
    environment = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    program = "import django; django.setup(); from tests.many_ballots import main; main()"
    command = [sys.executable, "-c", program]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout.splitlines()[-1])


def test_five_hundred_at_once_leave_one_outcome(told: Any) -> None:
    assert told["engine"] == connection.vendor
    found = told["all"]
    facts = {name: found.pop(name) for name in ("voted", "ballots", "closed", "counted")}
    assert found == {
        "status": "decided",
        "outcome": "adopted",
        "outcomes_told": 1,
        "settled": 1,
        "counted_again": True,
    }
    assert facts["counted"] == 1
    assert facts["ballots"] == facts["voted"] > SEATS / 2
    assert facts["closed"] == SEATS - facts["voted"] + COUNTING - 1
    assert told["one"] == {"ballots": 1, "earlier": AGAIN - 1}

"""Signatures at the same moment: one an organization, in force once, never under words that changed meanwhile."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.many_signatures import EACH, PARTIES, ROUNDS
from tests.test_many_ballots import database

__all__ = ["database"]
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def told(database: str) -> Any:
    environment = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    program = "import django; django.setup(); from tests.many_signatures import main; main()"
    command = [sys.executable, "-c", program]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout.splitlines()[-1])


def test_signatures_at_the_same_moment(told: Any) -> None:
    assert told["engine"] == connection.vendor
    found = told["all"]
    late = found.pop("already", 0) + found.pop("withdrawn", 0)
    assert found == {"signed": PARTIES, "signatures": PARTIES, "status": "in_force", "told": 1}
    assert late == PARTIES * (EACH - 1)


def test_a_signature_and_a_change_at_the_same_moment(told: Any) -> None:
    found = told["edit"]
    assert found.pop("wrong") == 0
    assert found.pop("edited") == ROUNDS
    assert found.pop("signed", 0) + found.pop("withdrawn", 0) == ROUNDS
    assert found == {}

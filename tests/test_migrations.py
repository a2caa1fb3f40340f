"""The migrations make the very tables that the models describe, and fill them with what every installation has.

Other tests make their tables from the models, which is faster; this one is why they may.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from concorda.foundation.organizations.models import Place, Term

ROOT = Path(__file__).parents[1]
# Names that the database makes up; nothing depends on them.
MADE_UP = re.compile(r"__unnamed_constraint_\d+__|fk_\d+|.*_not_null\d*")
DESCRIBE = """
import json, django
django.setup()
{making}
from tests.test_migrations import applied, contents, tables
print(json.dumps({{"tables": tables(), "contents": contents(), "applied": applied()}}, default=str))
"""
MIGRATING = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
STARTING = "from concorda.cli.tables import bring_up_to_date; bring_up_to_date()"


def tables() -> dict[str, Any]:
    """Every table with its columns and constraints, as the database tells them."""
    introspection = connection.introspection
    with connection.cursor() as cursor:
        return {
            table: {
                "columns": sorted(
                    [str(part) for part in (one.name, one.type_code, one.null_ok, one.display_size, one.precision)]
                    for one in introspection.get_table_description(cursor, table)
                ),
                "constraints": sorted(
                    [
                        MADE_UP.sub("", name),
                        sorted(map(str, one["columns"] or [])),  # "None" where it is computed
                        one["unique"],
                        one["check"],
                        str(one["foreign_key"]),
                    ]
                    for name, one in introspection.get_constraints(cursor, table).items()
                ),
            }
            for table in sorted(introspection.table_names(cursor))
            if table != MigrationRecorder.Migration._meta.db_table
        }


def ours() -> list[str]:
    """The tables of our own models; those of libraries differ in the width of a number that nothing points to."""
    models = apps.get_models(include_auto_created=True)
    return sorted(model._meta.db_table for model in models if model.__module__.startswith("concorda."))


def contents() -> dict[str, list[str]]:
    """What is in the tables before anyone writes: our vocabulary and places."""
    return {
        "terms": sorted(f"{one.scheme} {one.code} {one.label_en} {one.label_fr}" for one in Term.objects.all()),
        "places": sorted(f"{one.code} {one}" for one in Place.objects.all()),
    }


def applied() -> list[list[str]]:
    """The migrations on record as applied, ours and those of libraries."""
    return sorted(map(list, MigrationRecorder(connection).applied_migrations()))


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it, in the engine of this run."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
        return
    import psycopg

    settings = connection.settings_dict
    name = f"{settings['NAME']}_migrated"
    server = {"host": settings["HOST"], "user": settings["USER"], "dbname": "postgres", "autocommit": True}
    with psycopg.connect(**server) as session:
        session.execute(f'CREATE DATABASE "{name}"')
    yield f"postgres://{settings['USER']}@/{settings['HOST']}/{name}"
    with psycopg.connect(**server) as session:
        session.execute(f'DROP DATABASE "{name}"')


@pytest.mark.parametrize("making", [MIGRATING, STARTING], ids=["migrating", "starting"])
def test_migrations_make_what_the_models_say(world: Any, empty_database: str, making: str) -> None:
    """Both by migrating from the beginning and as the first start of an installation does it."""
    environment = {**os.environ, "DATABASE_URL": empty_database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE.format(making=making)],
        check=False,
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    migrated = json.loads(done.stdout)
    # Tests run without migrations, so the list comes from the files.
    named = {(path.parts[-3], path.stem) for path in ROOT.glob("concorda/**/migrations/0*.py")}
    assert named <= set(map(tuple, migrated["applied"]))
    here = json.loads(json.dumps(tables(), default=str))
    assert set(migrated["tables"]) == set(here)
    for table in ours():
        assert migrated["tables"][table] == here[table], table
    assert len(ours()) > 100
    said = contents()
    assert set(migrated["contents"]["terms"]) <= set(said["terms"])
    assert len(migrated["contents"]["terms"]) > 100
    assert set(migrated["contents"]["places"]) <= set(said["places"])

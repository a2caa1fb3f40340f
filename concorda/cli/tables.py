"""The tables of an installation: made at once where there are none, brought up to date where there are."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from concorda.foundation.organizations import search, vocabulary
from concorda.foundation.organizations.models import Place, Term


def bring_up_to_date() -> None:
    """Apply what migrations are missing; an empty SQLite file gets its tables from our models first.

    Walking through all our migrations takes most of a minute, since every step looks at every model anew; making the
    same tables at once takes seconds. tests/test_migrations.py proves that they are the same. PostgreSQL goes the long
    way: it refuses a table that points at one which a library's migration has still to make.
    """
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        make_all()
    call_command("migrate", interactive=False, verbosity=0)


def make_all() -> None:
    """Every table in one transaction, what migrations put into them, and the record that they were applied."""
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("concorda.")}
    connection.disable_constraint_checking()  # tables come in any order, and inside a transaction it is too late
    with transaction.atomic():
        with without_migrations(ours):
            call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
        vocabulary.load(Term, Place)
        search.create(connection)
        recorder = MigrationRecorder(connection)
        for label, name in MigrationLoader(connection).disk_migrations:
            if label in ours:
                recorder.record_applied(label, name)
    connection.enable_constraint_checking()


@contextmanager
def without_migrations(labels: set[str]) -> Iterator[None]:
    """Inside, these apps seem to have no migrations, so that their tables are made from their models."""
    usual = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {**usual, **dict.fromkeys(labels)}
    try:
        yield
    finally:
        settings.MIGRATION_MODULES = usual

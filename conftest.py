"""What every test can rely on, in `tests/` and in the apps."""

import os
import pickle
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent


def real_data_folder() -> Path | None:
    """The folder with the real files, if there is one on this machine."""
    named = os.environ.get("CONCORDA_REAL_DATA")
    folder = (ROOT / named) if named else None
    return folder if folder and folder.is_dir() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = None if real_data_folder() else pytest.mark.skip(reason="CONCORDA_REAL_DATA names no folder")
    for item in items:
        if missing and item.get_closest_marker("real_data"):
            item.add_marker(missing)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real files; for tests marked `real_data`."""
    folder = real_data_folder()
    assert folder, "mark the test with real_data"
    return folder


TODAY = date(2026, 3, 13)
"""The day every test lives on: the Friday of the demo story."""
told: list[bytes] = []
"""The story as it was told, packed: every test unpacks its own, which takes a fifth of the time of a deep copy."""

files: dict[str, bytes] = {}
"""The files of the story. A test that changes where files lie empties the storage; the next world puts them back."""


def stored(folder: str = "") -> dict[str, bytes]:
    """Every file in the storage, by its name."""
    from django.core.files.storage import default_storage

    folders, names = default_storage.listdir(folder)
    found = {}
    for name in (f"{folder}/{name}".lstrip("/") for name in names):
        with default_storage.open(name) as file:
            found[name] = file.read()
    for below in folders:
        found |= stored(f"{folder}/{below}".lstrip("/"))
    return found


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database of every test holds the whole demo story, told once.

    Its tables are made from the models, which takes a tenth of the time that the migrations take; that both make the
    same tables is what tests/test_migrations.py proves. What migrations put into tables is put there here.
    """
    from django.conf import settings
    from django.db import connection

    from concorda.foundation.core import clock
    from concorda.foundation.organizations import search, vocabulary
    from concorda.foundation.organizations.models import Place, Term
    from concorda.foundation.process.story import Story
    from concorda.portal import demo

    with django_db_blocker.unblock(), clock.at(Story(today=TODAY).moment(0)):
        assert settings.DEMO
        if not Term.objects.exists():
            vocabulary.load(Term, Place)
            search.create(connection)
        told.append(pickle.dumps(demo.tell(today=TODAY)))
        files.update(stored())


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """It is ten in the morning of TODAY, in Port Alder."""
    from concorda.foundation.core import clock
    from concorda.foundation.process.story import Story

    with clock.at(Story(today=TODAY).moment(0)):
        yield


@pytest.fixture
def world(db: None) -> Any:
    """The demo story as told: people, organizations, partnership, stalled, things."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    for name, content in files.items():
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))
    return pickle.loads(told[0])  # noqa: S301  packed by ourselves


@pytest.fixture
def sign_in(world: Any) -> Callable[[str], Any]:
    """A test client signed in as one of the cast: `sign_in("priya").get(…)`."""
    from django.test import Client

    def as_person(key: str) -> Any:
        client = Client()
        client.force_login(world.people[key], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_person


@pytest.fixture
def inside(world: Any) -> Iterator[Any]:
    """The main partnership with everything in scope, for tests of queries and services."""
    from concorda.foundation.core.scoping import EVERY, within

    with within(world.partnership, EVERY):
        yield world.partnership

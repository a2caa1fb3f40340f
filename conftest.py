"""What every test can rely on, in `tests/` and in the apps."""

import os
from pathlib import Path

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

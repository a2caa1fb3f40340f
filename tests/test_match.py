"""The command `match`: JSON as agreed, and what it refuses."""

import json

import pytest

from concorda.cli import main
from concorda.connect.participation import directory


@pytest.fixture(autouse=True)
def fresh_index():
    directory._held.clear()
    yield
    directory._held.clear()


@pytest.mark.parametrize("name", ["demo-newcomer", "Maitland Newcomer Centre"])
def test_the_command(capsys, world, name):
    assert main(["match", name, "--json", "--limit", "2"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["organization"] == "demo-newcomer"
    assert len(said["candidates"]) == 2
    assert {"id", "name", "score", "covers", "offers_back", "parts", "reasons", "unknown"} == set(said["candidates"][0])


def test_a_number_of_a_register(capsys, world):
    world.organizations["county"].identifiers.create(scheme="CA-CRA", value="123")
    assert main(["match", "CA-CRA-123", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["organization"] == "demo-county"


def test_the_command_refuses_whom_nobody_knows(capsys, world):
    assert main(["match", "Nobody At All"]) == 1
    assert capsys.readouterr().err


@pytest.mark.parametrize("words", [["match"], ["match", "demo-county", "--limit", "0"]])
def test_wrong_usage(capsys, world, words):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert capsys.readouterr().err

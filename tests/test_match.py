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


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--near", "Atlantis"], "no town is called so"),
        (["--km", "50"], "measured from"),
        (["--near", "Wexcombe", "--km", "far"], "number of kilometres"),
    ],
)
def test_what_cannot_be_meant_is_refused(capsys, world, words, reason):
    assert main(["match", "demo-newcomer", "--json", *words]) == 1
    assert reason in capsys.readouterr().err


def test_conditions_that_contradict_say_which_to_leave_out(capsys, world):
    assert main(["match", "demo-newcomer", "--json", "--near", "Elmsford", "--km", "5", "--kind", "indigenous"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["candidates"] == []
    assert "without --near Elmsford" in said.err
    assert "without --kind indigenous" in said.err
    main(["match", "demo-newcomer", "--json", "--language", "tlh", "--kind", "funder"])
    assert "--language tlh fits nobody, even alone" in capsys.readouterr().err


def test_a_distance_narrows(capsys, world):
    main(["match", "demo-newcomer", "--json", "--near", "Port Alder", "--km", "30"])
    near = {one["id"] for one in json.loads(capsys.readouterr().out)["candidates"]}
    assert "demo-bluewater-counselling" in near and "demo-northern-bridge" not in near


def test_a_coalition_that_cannot_exist_says_what_to_relax(capsys, tmp_path):
    path = tmp_path / "question.json"
    question = {
        "needs": [{"id": "n1"}],
        "candidates": [{"id": "a", "covers": {"n1": 1}, "cost": 9}, {"id": "b", "covers": {"n1": 1}, "cost": 9}],
        "require": ["a", "b"],
        "budget": 10,
    }
    path.write_text(json.dumps(question))
    assert main(["cover", str(path), "--json"]) in (0, 1)
    said = capsys.readouterr()
    assert json.loads(said.out)["status"] == "infeasible"
    assert "budget" in said.err and "18" in said.err

"""`concorda cover`: its JSON, and what it refuses."""

import json

import pytest

from concorda.cli import main

FILE = {
    "needs": [{"id": "n1", "weight": 5}, {"id": "n2", "weight": 3}, {"id": "n3", "weight": 2}],
    "candidates": [
        {"id": "a", "covers": {"n1": 1.0}, "cost": 2, "areas": ["sk"], "types": ["nonprofit"]},
        {"id": "b", "covers": {"n2": 0.5, "n1": 0.5}, "cost": 1},
        {"id": "c", "covers": {"n2": 1.0}, "cost": 4, "types": ["municipality"]},
    ],
    "max": 2,
    "budget": 10,
}


def cover(capsys, tmp_path, data, *words):
    path = tmp_path / "cover.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    status = main(["cover", str(path), "--json", *words])
    output = capsys.readouterr()
    return status, json.loads(output.out), output.err


def test_prints_the_answer(capsys, tmp_path):
    status, answer, _ = cover(capsys, tmp_path, FILE, "--alternatives", "1")
    assert status == 0
    assert answer == {
        "status": "optimal",
        "value": 8.0,
        "bound": 8.0,
        "chosen": ["a", "c"],
        "cost": 6.0,
        "covered": ["n1", "n2"],
        "open": ["n3"],
        "marginal": {"a": 5.0, "c": 3.0},
        "alternatives": [{"chosen": ["a", "b"], "value": 6.5, "cost": 3.0}],
    }


def test_max_on_the_command_line_goes_before_the_file(capsys, tmp_path):
    _, answer, _ = cover(capsys, tmp_path, FILE, "--max", "1")
    assert (answer["chosen"], answer["value"]) == (["a"], 5.0)


def test_says_what_stands_in_the_way(capsys, tmp_path):
    status, answer, messages = cover(capsys, tmp_path, {**FILE, "areas_required": ["qc"]})
    assert (status, answer["status"], answer["value"]) == (0, "infeasible", None)
    assert "without areas_required 'qc' there is a solution" in messages


def test_a_word_it_does_not_know_is_mentioned(capsys, tmp_path):
    status, _, messages = cover(capsys, tmp_path, {**FILE, "budgt": 3})
    assert status == 0
    assert "column budgt: 'budgt' is not known here" in messages


def test_a_person_can_read_it(capsys, tmp_path):
    path = tmp_path / "cover.json"
    path.write_text(json.dumps(FILE), encoding="utf-8")
    assert main(["cover", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 partners are worth 8 (proven best) and cost 6."
    assert "Open: n3" in lines


@pytest.mark.parametrize(
    ("data", "row", "column"),
    [
        ("{", 1, "2"),
        ("[]", 1, None),
        ({"candidates": []}, 1, "needs"),
        ({"needs": [], "candidates": []}, 1, "needs"),
        ({**FILE, "needs": [{"weight": 1}]}, 1, "needs[0].id"),
        ({**FILE, "needs": [{"id": "n1", "weight": "much"}]}, 1, "needs[0].weight"),
        ({**FILE, "candidates": [{"id": "a", "covers": {"n9": 1}}]}, 1, "candidates[0].covers"),
        ({**FILE, "max": 1.5}, 1, "max"),
        ({**FILE, "require": ["zz"]}, 1, "require[0]"),
    ],
)
def test_bad_files_are_refused_with_their_place(capsys, tmp_path, data, row, column):
    status, answer, messages = cover(capsys, tmp_path, data)
    assert status == 1
    problem = answer["problems"][0]
    assert (problem["row"], problem["column"]) == (row, column)
    assert problem["file"].endswith("cover.json")
    assert "cover.json" in messages


def test_a_missing_file_is_refused(capsys, tmp_path):
    assert main(["cover", str(tmp_path / "none.json"), "--json"]) == 1
    assert "cannot be opened" in capsys.readouterr().err

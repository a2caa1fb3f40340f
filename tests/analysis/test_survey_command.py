"""`concorda survey`: exit status, the JSON contract, and faults named with file, row and column."""

import json
from pathlib import Path
from typing import Any

import pytest

from concorda.cli import main

FILE = Path(__file__).parent / "files" / "health.csv"
SCALE = ("--items", "q1", "q2", "q3r", "--reverse", "q3r", "--min", "1", "--max", "5")
Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *words: object) -> tuple[int, Any, str]:
    status = main(["survey", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


def test_the_json_is_the_contract(capsys: Capture) -> None:
    status, result, _ = run(capsys, FILE, *SCALE, "--group", "group")
    assert status == 0
    assert list(result) == [
        "n", "alpha", "alpha_interval", "item_rest", "icc1", "icc2", "rwg", "rwgj", "suppressed",
    ]  # fmt: skip
    assert result["n"] == 11
    assert result["alpha_interval"][0] < result["alpha"] < result["alpha_interval"][1]
    assert all(value > 0.5 for value in result["item_rest"].values())
    # East has two people, so it is hidden, and with it the next smallest: subtraction would tell of the two.
    assert result["suppressed"] == ["east", "north"]
    assert list(result["rwg"]) == list(result["rwgj"]) == ["south"]
    # South's means after turning are 7/3, 4/3, 7/3, 7/3, 5/3.
    means = [7 / 3, 4 / 3, 7 / 3, 7 / 3, 5 / 3]
    variance = sum((mean - 2) ** 2 for mean in means) / 4
    assert result["rwg"]["south"] == pytest.approx(1 - variance / 2, abs=1e-6)


def test_organizations_are_counted_when_named(capsys: Capture) -> None:
    result = run(capsys, FILE, *SCALE, "--group", "organization", "--organization", "organization")[1]
    assert result["suppressed"] == ["Clinic", "Council", "Library", "Museum", "School"]
    assert result["rwg"] == {}


def test_without_groups(capsys: Capture) -> None:
    result = run(capsys, FILE, *SCALE)[1]
    assert (result["icc1"], result["rwg"], result["suppressed"]) == (None, {}, [])


def test_one_item_has_no_alpha(capsys: Capture) -> None:
    result = run(capsys, FILE, "--items", "q1")[1]
    assert (result["n"], result["alpha"], result["alpha_interval"], result["item_rest"]) == (
        11,
        None,
        None,
        {"q1": None},
    )


def test_a_scale_taken_from_the_answers_is_said(capsys: Capture) -> None:
    named = run(capsys, FILE, *SCALE, "--group", "group")
    taken = run(capsys, FILE, *SCALE[:6], "--group", "group")
    assert "taken from the answers: 1 to 5" in taken[2]
    assert taken[1] == named[1]


def test_for_people(capsys: Capture) -> None:
    assert main(["survey", str(FILE), *SCALE, "--group", "group"]) == 0
    out, err = capsys.readouterr()
    assert "11 people with complete answers" in out
    assert "suppressed: east, north" in out
    assert "fewer than 20 people" in err


@pytest.mark.parametrize(
    ("content", "words", "row", "column", "said"),
    [
        ("q1,q2\n1,2\n3,six\n", [], 3, "q2", "'six' is not a number"),
        ("q1,q2\n1,2\n\n3,inf\n", [], 4, "q2", "not a number"),
        ("q1,q2\n1,2\n3,6\n", ["--min", "1", "--max", "5"], 3, "q2", "outside the scale from 1 to 5"),
        ("q1,q2\n0,2\n3,5\n", ["--min", "1", "--max", "5", "--reverse", "q1"], 2, "q1", "outside the scale"),
        ("q1,q3\n1,2\n", [], 1, "q2", "no column 'q2'"),
        ("q1,q2\n1,2\n", ["--group", "team"], 1, "team", "no column 'team'"),
        ("q1,q2\n1,2\n", ["--reverse", "q9"], 1, "q9", "not one of the items"),
        ("q1,q2\n1,2\n", ["--items", "q1"], 1, "q1", "named twice"),
        ("q1,q2\n", [], None, None, "no answers"),
        ("q1,q2\nNA,\n", [], None, "q1, q2", "no answer in these columns"),
        ("", [], None, None, "empty"),
        ("q1,q1\n1,2\n", [], 1, "q1", "twice"),
        ("q1,q2\n1,2,3\n", [], 2, "3", "3 cells"),
    ],
)
def test_faults_are_named(
    content: str, words: list[str], row: int | None, column: str | None, said: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(content)
    status, result, err = run(capsys, path, "--items", "q1", "q2", *words)
    assert status == 1
    problem = result["problems"][0]
    assert said in problem["reason"]
    assert (problem["file"], problem["row"], problem["column"]) == (str(path), row, column)
    assert "answers.csv" in err


def test_wrong_usage(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["survey", str(FILE)])
    assert stop.value.code == 2

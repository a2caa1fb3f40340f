"""`concorda tally`: exit status, the JSON contract, and faults named with their place."""

import json
from pathlib import Path
from typing import Any

import pytest

from concorda.cli import main

PROPOSAL: dict[str, Any] = {
    "rule": {
        "method": "supermajority", "threshold": "2/3", "basis": "votes_cast",
        "quorum": {"count": 3, "fraction": "1/2"}, "abstention": "excluded", "tie": "fails", "silence": "none",
        "chair": "org1",
    },
    "electorate": [{"id": f"org{i}", "weight": 1, "recused": False, "vacant": False} for i in range(1, 5)],
    "ballots": [
        {"by": "org1", "position": "for", "reason": "it helps"},
        {"by": "org2", "position": "for"},
        {"by": "org3", "position": "against"},
    ],
    "closed": True,
}  # fmt: skip


def run(tmp_path: Path, content: str | bytes, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    path = tmp_path / "proposal.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    status = main(["tally", str(path), "--json"])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


def test_the_json_is_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, result, err = run(tmp_path, json.dumps(PROPOSAL), capsys)
    assert (status, err) == (0, "")
    assert result == {
        "outcome": "adopted",
        "quorum": {"present": 3, "needed": 3, "met": True},
        "for": 2,
        "against": 1,
        "abstain": 0,
        "needed": 2,
        "reason": "Adopted: 2 of 3 votes cast are for, and 2 are needed (2/3).",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_other_encodings_and_line_ends_are_read(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps(PROPOSAL, indent=1, ensure_ascii=False).replace("org1", "Société").replace("\n", "\r\n")
    status, result, _ = run(tmp_path, text.encode(encoding), capsys)
    assert (status, result["outcome"]) == (0, "adopted")


@pytest.mark.parametrize(
    ("part", "value", "column", "said"),
    [
        ("rule.threshold", "2/0", "rule.threshold", "divides by zero"),
        ("rule.threshold", "3/2", "rule.threshold", "at most 1"),
        ("rule.threshold", 1e30, "rule.threshold", "not a number that can be used"),
        ("rule.threshold", None, "rule.threshold", "needs its threshold"),
        ("rule.method", "vibes", "rule.method", "one of consent, consensus"),
        ("rule.method", None, "rule.method", "missing"),
        ("rule.basis", 3, "rule.basis", "votes_cast"),
        ("rule.quorum.fraction", "1/0", "rule.quorum.fraction", "divides by zero"),
        ("rule.quorum.count", -1, "rule.quorum.count", "whole number"),
        ("rule.quorum", [], "rule.quorum", "object"),
        ("rule.fallback", {"method": "coin"}, "rule.fallback.method", "coin"),
        ("electorate.1.weight", "heavy", "electorate[1].weight", "not a number"),
        ("electorate.1.weight", True, "electorate[1].weight", "a number is needed"),
        ("electorate.1.weight", -2, "electorate[1].weight", "negative"),
        ("electorate.1.recused", "no", "electorate[1].recused", "true or false"),
        ("electorate.1.id", "org1", "electorate[1].id", "twice"),
        ("electorate.1", "org2", "electorate[1]", "object"),
        ("electorate", [], "electorate", "empty"),
        ("electorate", None, "electorate", "list"),
        ("ballots.2.by", "org9", "ballots[2].by", "no seat"),
        ("ballots.2.by", "org2", "ballots[2].by", "two ballots"),
        ("ballots.2.by", None, "ballots[2].by", "needed"),
        ("ballots.2.position", "nay", "ballots[2].position", "nay"),
        ("ballots.2.position", ["for"], "ballots[2].position", "for"),
        ("closed", "yes", "closed", "true or false"),
    ],
)
def test_faults_are_named(
    part: str, value: object, column: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = json.loads(json.dumps(PROPOSAL))
    *path, last = [int(step) if step.isdigit() else step for step in part.split(".")]
    target = proposal
    for step in path:
        target = target[step]
    target[last] = value
    status, result, err = run(tmp_path, json.dumps(proposal, indent=1), capsys)
    assert status == 1
    problem = next(problem for problem in result["problems"] if problem["column"] == column)
    assert said in problem["reason"]
    assert problem["row"] and problem["file"].endswith("proposal.json")
    assert column in err


def test_the_row_is_the_line_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps(PROPOSAL, indent=1).replace('"against"', '"nay"')
    _, result, _ = run(tmp_path, text, capsys)
    line = next(at for at, line in enumerate(text.splitlines(), 1) if "nay" in line)
    assert [problem["row"] for problem in result["problems"]] == [line]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "[1,2]", '{"rule": NaN}', "\x00", b"\xff\xfe\x00", b'"\xc3\xa9 \xe9"', "[" * 100_000]
)
def test_files_that_are_no_proposal(content: str | bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, result, _ = run(tmp_path, content, capsys)
    assert status == 1
    assert result["problems"]


def test_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tally", "/nowhere/at/all.json"]) == 1
    assert "cannot be opened" in capsys.readouterr().err


def test_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps(PROPOSAL))
    assert main(["tally", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Adopted: 2 of 3 votes cast are for, and 2 are needed (2/3).",
        "for 2, against 1, abstain 0; needed 2",
        "quorum: 3 present, 3 needed",
    ]

"""What holds for every analysis command: bad files, one JSON object, exit statuses, and a reader that stops early."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from concorda.cli import commands, main

FILES = Path(__file__).parent / "files"
WORDS: dict[str, list[str]] = {
    "cover": [],
    "network": [],
    "schedule": [],
    "survey": ["--items", "a", "b"],
    "tally": [],
}
ENDINGS = {
    "cover": [".json"],
    "network": [".csv", ".graphml", ".gexf", ".dl"],
    "schedule": [".csv", ".json", ".xml", ".sm"],
    "survey": [".csv"],
    "tally": [".json"],
}
KINDS = [(command, ending) for command, endings in ENDINGS.items() for ending in endings]
BYTES = {
    "empty": b"",
    "blank": b" \n\n\t\n",
    "binary": bytes(range(256)) * 8,
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "damaged": "é".encode() + b"\xff\xe9,x\n",
    "null": b"null",
    "a number": b"7",
    "an empty object": b"{}",
    "nested without end": b"[" * 100_000,
    "half a document": b'{"tasks": [',
    "half an element": b"<graphml><graph>",
    "another page": b"<html><body>no</body></html>",
    "an entity": b'<!DOCTYPE g [<!ENTITY a "b">]><g>&a;</g>',
    "only a header": b"id,duration,depends_on,a,b\n",
}


def refused(capsys, *words):
    """What a refusal says; checks what every refusal must be."""
    status = main([str(word) for word in words] + ["--json"])
    output = capsys.readouterr()
    problems = json.loads(output.out)["problems"]
    assert status == 1
    assert problems
    assert all(problem["reason"] and problem["file"] for problem in problems)
    assert output.err.count("\n") >= len(problems)
    assert "Traceback" not in output.err
    return problems


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize(("command", "ending"), KINDS)
def test_a_file_that_is_something_else_is_refused(capsys, tmp_path, command, ending, name):
    file = tmp_path / f"file{ending}"
    file.write_bytes(BYTES[name])
    problems = refused(capsys, command, file, *WORDS[command])
    assert problems[0]["file"] == str(file)


@pytest.mark.parametrize(("command", "ending"), KINDS)
def test_a_missing_file_and_a_folder_are_refused(capsys, tmp_path, command, ending):
    folder = tmp_path / f"folder{ending}"
    folder.mkdir()
    for file in (tmp_path / f"nowhere{ending}", folder):
        assert "opened" in refused(capsys, command, file, *WORDS[command])[0]["reason"]


def plan(*tasks):
    return json.dumps({"tasks": list(tasks)}, indent=1)


def proposal(**changed):
    whole = {"rule": {"method": "majority"}, "electorate": [{"id": "a"}, {"id": "b"}], "ballots": [], "closed": True}
    return json.dumps(whole | changed, indent=1)


def question(**changed):
    whole = {"needs": [{"id": "n"}], "candidates": [{"id": "a", "covers": {"n": 1}}]}
    return json.dumps(whole | changed, indent=1)


@pytest.mark.parametrize(
    ("command", "ending", "text", "row", "column"),
    [
        ("schedule", ".csv", "id,duration,depends_on\na,1,b\nb,1,a\n", 2, "depends_on"),
        ("schedule", ".csv", "id,duration,depends_on\na,1,\nb,1,zz\n", 3, "depends_on"),
        ("schedule", ".csv", "id,duration\na,1\na,2\n", 3, "id"),
        ("schedule", ".csv", "id,duration\na,-1\n", 2, "duration"),
        ("schedule", ".csv", "id,duration\na,2/0\n", 2, "duration"),
        ("schedule", ".csv", "id,duration\na,nan\n", 2, "duration"),
        ("schedule", ".csv", "id,duration\na,1e999\n", 2, "duration"),
        ("schedule", ".json", plan({"id": "a", "duration": float("nan")}), 5, "tasks[0].duration"),
        ("schedule", ".json", plan({"id": "a", "duration": 1, "depends_on": ["a"]}), 6, "tasks[0].depends_on"),
        ("schedule", ".json", plan({"id": "a", "duration": "2/0"}), 5, "tasks[0].duration"),
        ("schedule", ".json", plan({"id": "a", "duration": True}), 5, "tasks[0].duration"),
        ("network", ".csv", "source,target,w\na,b,1\nb,c,many\n", 3, "w"),
        ("network", ".csv", "source,target,w\na,b,nan\n", 2, "w"),
        ("network", ".csv", "source,target,w\na,b,inf\n", 2, "w"),
        ("network", ".csv", "source,target,w\na,b,-1\n", 2, "w"),
        ("network", ".csv", "source,target,w\na,,1\n", 2, "target"),
        ("survey", ".csv", "a,b\n1,2\n3,x\n", 3, "b"),
        ("survey", ".csv", "a,b\n1,2\n3,9\n", 3, "b"),
        ("survey", ".csv", "a,b\n1,2\n3,inf\n", 3, "b"),
        ("survey", ".csv", "a,c\n1,2\n", 1, "b"),
        ("tally", ".json", proposal(ballots=[{"by": "z", "position": "for"}]), 15, "ballots[0].by"),
        ("tally", ".json", proposal(electorate=[]), 5, "electorate"),
        ("tally", ".json", proposal(electorate=[{"id": "a", "weight": "2/0"}]), 8, "electorate[0].weight"),
        ("tally", ".json", proposal(electorate=[{"id": "a", "weight": float("inf")}]), 8, "electorate[0].weight"),
        ("tally", ".json", proposal(electorate=[{"id": "a"}, {"id": "a"}]), 10, "electorate[1].id"),
        ("cover", ".json", question(needs=[{"id": "n", "weight": float("nan")}]), 5, "needs[0].weight"),
        ("cover", ".json", question(needs=[{"id": "n", "weight": "much"}]), 5, "needs[0].weight"),
        ("cover", ".json", question(needs=[{"id": "n"}, {"id": "n"}]), 7, "needs[1].id"),
        ("cover", ".json", question(candidates=[{"id": "a", "covers": {"x": 1}}]), 10, "candidates[0].covers"),
    ],
)
def test_a_fault_is_refused_at_its_place(capsys, tmp_path, command, ending, text, row, column):
    file = tmp_path / f"file{ending}"
    file.write_text(text, encoding="utf-8")
    words = {
        "network": ["--weight", "w"],
        "survey": ["--items", "a", "b", "--reverse", "b", "--min", "1", "--max", "5"],
    }
    problem = refused(capsys, command, file, *words.get(command, []))[0]
    assert (problem["file"], problem["row"], problem["column"]) == (str(file), row, column)


def test_every_faulty_row_of_many_is_told(capsys, tmp_path):
    file = tmp_path / "long.csv"
    file.write_text("a,b\n" + "x,1\n" * 10_000, encoding="utf-8")
    problems = refused(capsys, "survey", file, "--items", "a", "b")
    assert [problem["row"] for problem in problems] == list(range(2, 10_002))
    file.write_text("id,duration\n" + "".join(f"t{at},long\n" for at in range(10_000)), encoding="utf-8")
    assert len(refused(capsys, "schedule", file)) == 10_000


@pytest.mark.parametrize(
    "words",
    [
        ["tally"],
        ["nothing"],
        ["schedule", "plan.csv", "--start", "2026-13-01"],
        ["schedule", "plan.csv", "--calendar", "ZZ-QQ"],
        ["schedule", "plan.csv", "--calendar", "MON"],
        ["schedule", "plan.csv", "--simulate", "0"],
        ["survey", "plan.csv", "--items", "a", "--min", "nan"],
        ["survey", "plan.csv", "--items", "a", "--min", "5", "--max", "1"],
        ["cover", "question.json", "--max", "-1"],
        ["cover", "question.json", "--alternatives", "two"],
        ["network", "x.csv", "--seed", "-1"],
        ["network", "x.csv", "--ranks", "none"],
        ["network", "x.csv", "--directed", "--undirected"],
    ],
)
def test_wrong_usage_is_status_two_and_prints_no_json(capsys, words):
    status: object
    try:
        status = main([*words, "--json"])
    except SystemExit as ended:
        status = ended.code
    output = capsys.readouterr()
    assert (status, output.out) == (2, "")
    assert output.err


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["network", str(FILES / "bridge.csv")], "per_node"),
        (["schedule", str(FILES / "plan.csv")], "tasks"),
        (["survey", str(FILES / "health.csv"), "--items", "q1", "q2"], "alpha"),
    ],
)
def test_json_is_one_object_and_nothing_else(capsys, words, key):
    assert main([*words, "--json"]) == 0
    output = capsys.readouterr().out
    assert output.count("\n") == 1
    assert key in json.loads(output, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_letters_that_standard_output_does_not_know_are_escaped(tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(
        '{"tasks": [{"id": "Évaluation", "duration": 1}, {"id": "\\ud800", "duration": 1}]}', encoding="utf-8"
    )
    command = [sys.executable, "-m", "concorda", "schedule", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, check=True)
    assert [task["id"] for task in json.loads(done.stdout)["tasks"]] == ["Évaluation", "\ud800"]


def test_a_reader_that_stops_early_is_no_fault(tmp_path):
    file = tmp_path / "plan.csv"
    file.write_text("id,duration\n" + "".join(f"task{at},1\n" for at in range(20_000)), encoding="utf-8")
    command = [sys.executable, "-m", "concorda", "schedule", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        assert running.stdout.readline() == b"1 working days\n"
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, b"Traceback" in said, b"Broken pipe" in said) == (0, False, False)


def test_help_names_every_command_without_loading_any():
    code = "import sys; from concorda.cli import main; main(['--help']); print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(f"  {name}  " in done.stdout for name in commands())
    assert done.stdout.endswith("False\n")

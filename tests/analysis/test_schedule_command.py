"""`concorda schedule`: exit status, the JSON contract, and faults named with file, row and column."""

import json
from pathlib import Path
from typing import Any

import pytest

from concorda.analysis.problems import Refused
from concorda.analysis.schedule import parse_plan, read_plan, schedule
from concorda.cli import main

FILES = Path(__file__).parent / "files"
Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *words: object) -> tuple[int, Any, str]:
    status = main(["schedule", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


def test_the_json_is_the_contract(capsys: Capture) -> None:
    status, result, err = run(capsys, FILES / "plan.csv", "--start", "2026-06-29", "--calendar", "CA-SK")
    assert (status, err) == (0, "")
    assert list(result) == ["length", "finish", "tasks", "critical_paths", "forecast"]
    assert (result["length"], result["finish"], result["forecast"]) == (8, "2026-07-09", None)
    assert result["critical_paths"] == [["a", "c", "d"]]
    assert result["tasks"][0] == {"id": "a", "es": 0, "ef": 3, "ls": 0, "lf": 3, "slack": 0, "critical": True}


def test_forecast(capsys: Capture) -> None:
    words = (FILES / "plan.csv", "--simulate", 2000, "--seed", 4)
    first, again = run(capsys, *words)[1], run(capsys, *words)[1]
    assert first == again
    assert 8 < first["forecast"]["p50"] < first["forecast"]["p80"] < 16


def test_for_people(capsys: Capture) -> None:
    assert main(["schedule", str(FILES / "plan.csv"), "--simulate", "100", "--start", "2026-06-29"]) == 0
    out = capsys.readouterr().out
    assert "8 working days, finishing on 2026-07-08" in out
    assert "critical: a → c → d" in out


CSV = "id,name,duration,depends_on\na,A,3,\nb,B,2,a\n"


@pytest.mark.parametrize(
    ("name", "content", "row", "column", "said"),
    [
        ("p.csv", CSV + "c,C,x,a\n", 4, "duration", "not a number"),
        ("p.csv", CSV + "c,C,nan,a\n", 4, "duration", "not a number"),
        ("p.csv", CSV + "c,C,-1,a\n", 4, "duration", "negative"),
        ("p.csv", CSV + "c,C,,a\n", 4, "duration", "missing"),
        ("p.csv", CSV + "\n\nc,C,1,zz\n", 6, "depends_on", "'zz', which is not in the plan"),
        ("p.csv", CSV + "a,C,1,\n", 4, "id", "'a' is there twice"),
        ("p.csv", CSV + ",C,1,\n", 4, "id", "no id"),
        ("p.csv", CSV + "c,C,1,d\nd,D,1,c\n", None, "depends_on", "circle"),
        ("p.csv", CSV + "c,C,1,a,5,6\n", 4, "5", "6 cells"),
        ("p.csv", "id,id,duration\n", 1, "id", "twice"),
        ("p.csv", "id,name\na,A\n", 1, "duration", "column 'duration' is missing"),
        ("p.csv", "id,name,duration,depends_on\n", None, "id", "no tasks"),
        ("p.csv", "", None, None, "empty"),
        ("p.json", '{"tasks": [\n{"id": "a", "duration": "long"}]}', 2, "tasks[0].duration", "not a number"),
        ("p.json", '{"tasks": [\n{"id": "a"}]}', 2, "tasks[0].duration", "missing"),
        ("p.json", '{"tasks": [{"id": "a", "duration": 1,\n"depends_on": ["b"]}]}', 2, "tasks[0].depends_on", "'b'"),
        ("p.json", '{"tasks": [{"id": "a", "duration": 1, "depends_on": "b"}]}', 1, "tasks[0].depends_on", "list"),
        (
            "p.json",
            '{"tasks": [{"id": "a", "duration": 1, "depends_on": [{"id": "a", "type": "XX"}]}]}',
            1, "tasks[0].depends_on[0].type", "XX",
        ),
        ("p.json", '{"tasks": []}', 1, "tasks", "no tasks"),
        ("p.json", '{"tasks": 3}', 1, "tasks", "list of tasks"),
        ("p.json", "{", 1, "2", "not JSON"),
        ("p.xml", "<Project>", 1, "10", "not XML"),
        ("p.xml", "<plan/>", None, None, "not an MS Project file"),
        ("p.xml", '<!DOCTYPE x [<!ENTITY a "b">]><Project>&a;</Project>', None, None, "not read"),
        ("p.xml", "<Project><Tasks><Task><UID>1</UID><Duration>soon</Duration></Task></Tasks></Project>", 1, "Duration",
         "PT16H0M0S"),
        ("p.xml", "<Project><Tasks/></Project>", None, "id", "no tasks"),
        ("p.sm", "nothing", None, None, "not a PSPLIB file"),
        ("p.txt", CSV, None, None, "ends otherwise"),
    ],
)  # fmt: skip
def test_faults_are_named(
    name: str, content: str, row: int | None, column: str | None, said: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / name
    path.write_text(content)
    status, result, err = run(capsys, path)
    assert status == 1
    problem = result["problems"][0]
    assert said in problem["reason"]
    assert problem["file"] == str(path)
    assert problem["column"] == column
    assert row is None or problem["row"] == row
    assert name in err


@pytest.mark.parametrize(
    "words",
    [
        ["--start", "soon"],
        ["--calendar", "CA-XX"],
        ["--simulate", "0"],
        ["--simulate", "many"],
        ["--seed", "-1"],
        ["x"],
    ],
)
def test_wrong_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["schedule", str(FILES / "plan.csv"), *words])
    assert stop.value.code == 2


def test_a_table_may_name_its_links_otherwise_and_a_table_without_any_is_told(capsys, tmp_path):
    file = tmp_path / "plan.csv"
    file.write_text("ID,Task Name,Duration,Predecessors\n1,A,2,\n2,B,3,1\n", encoding="utf-8")
    assert read_plan(file).notes == ()
    assert schedule(read_plan(file).plan).length == 5
    file.write_text("id,duration\n1,2\n2,3\n", encoding="utf-8")
    assert main(["schedule", str(file), "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["length"] == 3
    assert "no task waits for another" in output.err


def test_a_plan_beyond_the_calendar_is_refused(capsys, tmp_path):
    file = tmp_path / "plan.csv"
    file.write_text("id,duration\n1,9000000\n", encoding="utf-8")
    assert main(["schedule", str(file), "--start", "2026-01-05", "--json"]) == 1
    problem = json.loads(capsys.readouterr().out)["problems"][0]
    assert (problem["file"], "9999" in problem["reason"]) == (str(file), True)


@pytest.mark.parametrize("kind", ["ss", "SS"])
def test_kinds_of_links_are_read_in_any_letters(kind):
    link = {"id": "a", "type": kind, "lag": "1"}
    tasks = [{"id": "a", "duration": 5}, {"id": "b", "duration": 1, "depends_on": [link]}]
    assert schedule(parse_plan({"tasks": tasks}).plan).es.tolist() == [0, 1]


TASKJUGGLER = """"Id";"Name";"Duration";"Precursors";"Followers"
"p";"Plan";9.0;"";""
"p.a";"  First, and (second)";2.0;"";"Next (p.b) ]->[ 2026-01-07"
"p.b";"  Next";3.0;"First, and (second) (p.a) ]->[ 2026-01-07";""
"p.c";"  Beside";1.0;"First, and (second) (p.a) [->[ 2026-01-05, Next (p.b) ]->] 2026-01-10";""
"""


def test_the_table_of_taskjuggler_is_a_plan(tmp_path):
    file = tmp_path / "tasks.csv"
    file.write_text(TASKJUGGLER)
    dates = {row["id"]: row for row in schedule(read_plan(file).plan).rows()}
    assert (dates["p"]["es"], dates["p"]["ef"]) == (0, 5)
    assert [dates[name]["es"] for name in ("p.a", "p.b", "p.c")] == [0, 2, 4]
    assert read_plan(file).notes == ()
    file.write_text(TASKJUGGLER.replace("(p.a) ]->[", "after ]->["))
    with pytest.raises(Refused) as refused:
        read_plan(file)
    assert (refused.value.problems[0].row, refused.value.problems[0].column) == (4, "precursors")

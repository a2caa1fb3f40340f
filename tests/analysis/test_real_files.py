"""Every command on every file of the folder of real files, and what is known about them."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from concorda.analysis.problems import Refused
from concorda.analysis.schedule import read_plan, schedule
from concorda.cli import main

pytestmark = pytest.mark.real_data


def command(capsys, *words):
    assert main([*map(str, words), "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_every_network_by_table_and_by_drawing(capsys, real_data: Path) -> None:
    folder = real_data / "networks"
    drawings = sorted(folder.glob("*.graphml"))
    assert drawings
    for drawing in drawings:
        nodes = folder / f"{drawing.stem}_nodes.csv"
        drawn = command(capsys, "network", drawing)
        direction = "--directed" if drawn["directed"] else "--undirected"
        listed = command(capsys, "network", folder / f"{drawing.stem}_edges.csv", "--nodes", nodes, direction)
        assert {key: listed[key] for key in ("nodes", "ties", "density")} == {
            key: drawn[key] for key in ("nodes", "ties", "density")
        }
        for one in drawn["per_node"]:
            other = next(each for each in listed["per_node"] if each["id"] == one["id"])
            assert one == pytest.approx(other)


def test_every_attribute_of_nodes_may_be_the_group(capsys, real_data: Path) -> None:
    folder = real_data / "networks"
    for nodes in sorted(folder.glob("*_nodes.csv")):
        with nodes.open(encoding="utf-8") as file:
            attributes = next(csv.reader(file))[1:]
        ties = folder / nodes.name.replace("_nodes", "_edges")
        for attribute in attributes:
            found = command(capsys, "network", ties, "--nodes", nodes, "--group", attribute, "--ranks", "3")
            assert -1 <= found["ei_index"] <= 1
            roles = found["brokerage_total"]
            assert roles["total"] == sum(count for role, count in roles.items() if role != "total")
            assert len(found["ranking"]) == found["nodes"]


def test_strengths_of_the_tailors_are_read(capsys, real_data: Path) -> None:
    found = command(capsys, "network", real_data / "networks/tailor_social_edges.csv", "--weight", "time")
    assert found["nodes"] > 30


def test_every_plan_that_is_one(capsys, real_data: Path) -> None:
    """MS Project and PSPLIB files are plans; of the tables of TaskJuggler those without id or duration are none."""
    folder = real_data / "schedules"
    plans = [*sorted(folder.rglob("*.xml")), *sorted(folder.rglob("*.sm"))[:5]]
    assert len(plans) == 7
    for path in plans:
        found = command(capsys, "schedule", path, "--start", "2026-01-05", "--calendar", "CA-SK", "--simulate", "50")
        assert found["length"] == max(task["ef"] for task in found["tasks"])
        assert found["forecast"]["p50"] <= found["forecast"]["p80"]
        assert found["critical_paths"]
        assert all(task["critical"] == (task["slack"] == 0) for task in found["tasks"])
    for path in [*folder.rglob("*.csv"), *folder.rglob("*.ics")]:
        if path.name in {"fedora20_tasks.csv", "tutorial_tasks.csv"}:
            assert schedule(read_plan(path).plan).slack.max() > 0
            assert not read_plan(path).notes
            continue
        if path.name == "f-20.csv":
            assert "no task waits for another" in read_plan(path).notes[0]
            continue
        with pytest.raises(Refused) as refused:
            read_plan(path)
        assert refused.value.problems[0].file == str(path)


def test_every_psplib_file_makes_a_plan(real_data: Path) -> None:
    for path in sorted((real_data / "schedules/psplib").rglob("*.sm")):
        dates = schedule(read_plan(path).plan)
        assert dates.slack.min() == 0
        assert dates.length == dates.ef.max() == dates.lf.max()


def test_the_survey_of_clerks(capsys, real_data: Path) -> None:
    items = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
    found = command(
        capsys, "survey", real_data / "surveys/attitude.csv", "--items", *items, "--min", "0", "--max", "100"
    )
    assert found["n"] == 30
    assert found["alpha"] == pytest.approx(0.8431, abs=5e-5)
    low, high = found["alpha_interval"]
    assert low < found["alpha"] < high
    assert set(found["item_rest"]) == set(items)


def test_the_command_itself_runs_on_them(real_data: Path) -> None:
    path = real_data / "networks/flo_marriage.graphml"
    words = [sys.executable, "-m", "concorda", "network", str(path), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    medici = next(node for node in json.loads(done.stdout)["per_node"] if node["id"] == "Medici")
    assert medici["betweenness"] == pytest.approx(47.5)
    assert done.stderr == ""

"""Calendars, forecasts, and plans from and to files."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import numpy as np
import pytest

from concorda.analysis.problems import Refused
from concorda.analysis.schedule import (
    Calendar,
    Link,
    LinkType,
    Plan,
    Task,
    parse_plan,
    read_plan,
    schedule,
    simulate,
    write_project,
)  # fmt: skip

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize(
    ("code", "begin", "days", "finish"),
    [
        ("", date(2026, 1, 5), 5, date(2026, 1, 9)),
        ("", date(2026, 1, 5), 6, date(2026, 1, 12)),
        ("", date(2026, 1, 3), 1, date(2026, 1, 5)),
        ("", date(2026, 1, 5), 0, date(2026, 1, 5)),
        ("", date(2026, 1, 5), 1.5, date(2026, 1, 6)),
        ("CA-SK", date(2026, 2, 13), 2, date(2026, 2, 17)),  # Family Day is 16 February
        ("CA-QC", date(2026, 2, 13), 2, date(2026, 2, 16)),  # which Quebec does not have
        ("CA-QC", date(2026, 6, 23), 2, date(2026, 6, 25)),  # Saint-Jean-Baptiste is 24 June
        ("CA-SK,CA-QC", date(2026, 6, 23), 2, date(2026, 6, 25)),
        ("CA-SK", date(2026, 7, 1), 1, date(2026, 7, 2)),
    ],
)
def test_working_days(code: str, begin: date, days: float, finish: date) -> None:
    assert Calendar.named(code).finish(begin, days) == finish


def test_years_of_working_days_are_those_counted_one_by_one() -> None:
    closed = holidays.country_holidays("CA", subdiv="SK")
    day, left = date(2026, 1, 5), 600
    while left := left - (day.weekday() < 5 and day not in closed):
        day += timedelta(days=1)
    assert Calendar.named("CA-SK").finish(date(2026, 1, 5), 600) == day


def test_a_calendar_nobody_knows() -> None:
    for code in ("CA-XX", "Atlantis"):
        with pytest.raises(Refused, match="no calendar"):
            Calendar.named(code)


def test_dates_of_tasks() -> None:
    found = schedule(Plan.of([Task("a", 3), Task("m", 0, (Link("a"),)), Task("b", 2, (Link("m"),)), Task("z", 0)]))
    calendar = Calendar()
    begin = date(2026, 1, 7)
    assert calendar.start_dates(begin, found.es, found.ef).astype(str).tolist() == [
        "2026-01-07", "2026-01-09", "2026-01-12", "2026-01-07",
    ]  # fmt: skip
    assert calendar.finish_dates(begin, found.ef).astype(str).tolist() == [
        "2026-01-09", "2026-01-09", "2026-01-13", "2026-01-07",
    ]  # fmt: skip


def three(name: str, low: float, likely: float, high: float, *waits: str) -> Task:
    return Task(name, likely, tuple(Link(wait) for wait in waits), "", low, high)


def test_the_same_seed_gives_the_same_forecast() -> None:
    plan = Plan.of([three("a", 1, 2, 9), three("b", 1, 2, 9, "a")])
    first, again, other = (simulate(plan, 500, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.lengths, again.lengths)
    assert not np.array_equal(first.lengths, other.lengths)


@pytest.mark.parametrize("shape", [(1, 2, 9), (0, 0, 4), (2, 8, 8), (3, 5, 7), (0, 1, 100)])
def test_one_task_has_the_mean_and_quantiles_of_its_beta(shape: tuple[float, float, float]) -> None:
    from scipy.stats import beta

    low, likely, high = shape
    found = simulate(Plan.of([three("a", *shape)]), 200_000, 3)
    alpha = 1 + 4 * (likely - low) / (high - low)
    exact = beta(alpha, 6 - alpha, low, high - low)
    assert found.lengths.mean() == pytest.approx((low + 4 * likely + high) / 6, abs=(high - low) * 0.002)
    for share in (0.1, 0.5, 0.8):
        assert found.percentile(share) == pytest.approx(exact.ppf(share), abs=(high - low) * 0.004)
    assert found.lengths.min() >= low
    assert found.lengths.max() <= high


def test_merging_paths_end_later_than_one_path() -> None:
    alone = simulate(Plan.of([three("a", 1, 2, 9)]), 20_000, 5)
    merged = simulate(Plan.of([three(name, 1, 2, 9) for name in "abcdef"]), 20_000, 5)
    assert merged.percentile(0.5) > alone.percentile(0.5) + 1
    assert merged.chance(9) == 1
    assert 0 < merged.chance(5) < alone.chance(5)


def test_every_run_is_a_schedule_of_its_own() -> None:
    links = [Link("a", LinkType.SS, 1), Link("a", LinkType.FF, 2), Link("b", LinkType.SF, 3)]
    plan = Plan.of([Task("a", 3), Task("b", 2, (links[0],)), Task("c", 1, (links[1], links[2]))])
    found = simulate(plan, 300, 0)
    assert found.lengths.tolist() == pytest.approx([schedule(plan).length] * 300)


def test_csv() -> None:
    plan = read_plan(FILES / "plan.csv").plan
    assert schedule(plan).rows()[4] == {"id": "e", "es": 4, "ef": 6, "ls": 6, "lf": 8, "slack": 2, "critical": False}


@pytest.mark.parametrize(
    "text",
    [
        "id;name;duration;depends_on\na;A;1,5;\nb;B;2;a\n",
        "\ufeffid,name,duration,depends_on\r\na,A,1.5,\r\n\r\nb,B,2,a FS\r\n",
        "ID\tDuration\tDepends on\ra\t1.5\t\rb\t2\ta:fs+0d",
    ],
)
def test_csv_as_other_programs_write_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(text.encode())
    assert schedule(read_plan(path).plan).length == 3.5


def test_json_links_with_kind_and_lag() -> None:
    plan = parse_plan(
        {
            "start": "2026-01-05",
            "tasks": [
                {"id": 1, "duration": 5, "optimistic": 4, "pessimistic": 9},
                {"id": "b", "duration": "2.5", "depends_on": [{"id": 1, "type": "SS", "lag": 1}]},
                {"id": "c", "duration": 1, "depends_on": [1, "b"]},
            ],
        }
    )
    assert plan.start == date(2026, 1, 5)
    assert schedule(plan.plan).es.tolist() == [0, 1, 5]


def test_sm() -> None:
    assert schedule(read_plan(FILES / "small.sm").plan).length == 5


def test_project_xml() -> None:
    file = read_plan(FILES / "project.xml")
    found = {row["id"]: row for row in schedule(file.plan).rows()}
    assert file.start == date(2026, 6, 29)
    assert (found["2"]["ef"], found["3"]["es"], found["3"]["ef"]) == (2, 3, 8)
    assert (found["1"]["es"], found["1"]["ef"]) == (0, 8)
    # 2 July is the third working day after 29 June, for 1 July is a holiday in the file's calendar.
    assert (found["4"]["es"], found["4"]["ef"]) == (2, 4)
    assert (found["5"]["es"], len(found)) == (8, 5)


def assert_comes_back(path: Path, tmp_path: Path, calendar: Calendar) -> None:
    file = read_plan(path)
    before = schedule(file.plan)
    written = tmp_path / "again.xml"
    written.write_bytes(write_project(before, file.start or date(2026, 1, 5), calendar))
    again = read_plan(written)
    after = schedule(again.plan)
    assert [one.name or one.id for one in file.plan.tasks] == [one.name for one in again.plan.tasks]
    for then, now in ((before.es, after.es), (before.ef, after.ef), (before.slack, after.slack)):
        assert now.tolist() == pytest.approx(then.tolist(), abs=1 / 480)
    assert len(before.plan.before) == len(after.plan.before)


@pytest.mark.parametrize("name", ["plan.csv", "project.xml", "small.sm"])
def test_project_xml_comes_back(name: str, tmp_path: Path) -> None:
    assert_comes_back(FILES / name, tmp_path, Calendar.named("CA-SK"))


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "finish"), [("fedora20", date(2013, 11, 29)), ("tutorial", date(2002, 4, 18))])
def test_real_plans_end_when_their_file_says_and_come_back(
    name: str, finish: date, real_data: Path, tmp_path: Path
) -> None:
    path = real_data / f"schedules/taskjuggler_generated/{name}_mspdi.xml"
    file = read_plan(path)
    assert len(file.plan.tasks) == {"fedora20": 414, "tutorial": 15}[name]
    assert file.start
    assert Calendar().finish(file.start, schedule(file.plan).length) == finish
    assert_comes_back(path, tmp_path, Calendar())

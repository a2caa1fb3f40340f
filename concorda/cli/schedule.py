"""Critical path, slack and forecast of a plan (.csv, .json, MS Project .xml, PSPLIB .sm)."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from concorda.analysis.problems import Refused
from concorda.analysis.schedule import Calendar, critical_paths, number, read_plan, schedule, simulate
from concorda.cli import SEED, whole

LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--start", metavar="DATE", type=day, help="first day of the project, such as 2026-09-01")
    parser.add_argument(
        "--calendar", metavar="CODE", type=calendar, default=Calendar(), help="holidays of CA-SK, or of CA-SK,CA-MB …"
    )
    runs = whole(1, 1_000_000, "a number of runs")
    parser.add_argument("--simulate", metavar="N", type=runs, help="forecast from N runs over three-point durations")
    parser.add_argument("--seed", metavar="S", type=SEED, default=0, help="the same seed gives the same forecast")


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date such as 2026-09-01") from error


def calendar(text: str) -> Calendar:
    try:
        return Calendar.named(text)
    except Refused as refused:
        raise argparse.ArgumentTypeError(str(refused)) from refused


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    file = read_plan(arguments.file)
    for note in file.notes:
        print(f"{arguments.file}: {note}", file=sys.stderr)
    dates = schedule(file.plan)
    start = arguments.start or file.start
    paths = critical_paths(dates, most=LISTED)
    if paths.cut:
        print(f"There are more critical paths; {len(paths.paths)} are listed.", file=sys.stderr)
    try:
        finish = arguments.calendar.finish(start, dates.length).isoformat() if start else None
    except Refused as refused:
        raise Refused(replace(problem, file=arguments.file) for problem in refused.problems) from refused
    forecast = None
    if arguments.simulate:
        runs = simulate(file.plan, arguments.simulate, arguments.seed)
        forecast = {"p50": number(runs.percentile(0.5)), "p80": number(runs.percentile(0.8))}
    return {
        "length": number(dates.length),
        "finish": finish,
        "tasks": dates.rows(),
        "critical_paths": paths.paths,
        "forecast": forecast,
    }


def show(result: dict[str, Any]) -> Iterator[str]:
    finish = f", finishing on {result['finish']}" if result["finish"] else ""
    yield f"{result['length']} working days{finish}"
    for path in result["critical_paths"]:
        yield f"critical: {' → '.join(path)}"
    if result["forecast"]:
        yield f"forecast: {result['forecast']['p50']} days in half of the runs, {result['forecast']['p80']} in 80 %"
    yield f"{'id':<16}{'es':>8}{'ef':>8}{'ls':>8}{'lf':>8}{'slack':>8}"
    for task in result["tasks"]:
        dates = "".join(f"{task[name]:>8}" for name in ("es", "ef", "ls", "lf", "slack"))
        yield f"{task['id']:<16}{dates}{'  critical' if task['critical'] else ''}"

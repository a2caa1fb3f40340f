"""Plans from files: CSV, JSON, MS Project XML and the PSPLIB benchmark's .sm; every fault named with its place."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from concorda.analysis.exact import exact
from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import Document, Step, Table, collection_paused, read_json, read_table, read_text
from concorda.analysis.schedule.plan import Fault, FaultyTasks, Link, LinkType, Plan, Task


@dataclass(frozen=True)
class PlanFile:
    """A plan and, where the file says so, the day it starts; `notes`: what people should know about the reading."""

    plan: Plan
    start: date | None = None
    notes: tuple[str, ...] = ()


def read_plan(path: str | Path) -> PlanFile:
    """The plan in a file, by its name's ending; Refused with every fault found."""
    readers: Mapping[str, Callable[[str | Path], PlanFile]] = {
        ".csv": _read_csv,
        ".json": _read_json,
        ".xml": _read_xml,
        ".sm": _read_sm,
    }
    reader = readers.get(Path(path).suffix.lower())
    if reader is None:
        reason = f"a plan is read from {', '.join(readers)}; this file's name ends otherwise"
        raise Refused(Problem(reason, file=str(path)))
    with collection_paused():
        return reader(path)


def _checked(tasks: list[Task], locate: Callable[[Fault], Problem]) -> Plan:
    try:
        return Plan.of(tasks)
    except FaultyTasks as faulty:
        raise Refused(locate(fault) for fault in faulty.faults) from None


# ---- CSV


_REFERENCE = re.compile(
    r"(?P<id>.+?)\s*:?\s*(?P<type>FS|SS|FF|SF)?\s*(?P<lag>[+-]\s*\d+(?:\.\d+)?)?\s*d?", re.IGNORECASE
)


# What other programs call the column of what a task waits for.
_WAITS = ("predecessors", "dependencies")


_PRECURSOR = re.compile(r"\((?P<id>[^()\s]+)\) (?P<ends>[\[\]]->[\[\]])")
_ENDS = {"]->[": LinkType.FS, "[->[": LinkType.SS, "]->]": LinkType.FF, "[->]": LinkType.SF}


def _read_csv(path: str | Path) -> PlanFile:
    table = read_table(path)
    named = [name.lower().replace(" ", "_") for name in table.header]
    table.header[:] = [name if name not in _WAITS or "depends_on" in named else "depends_on" for name in named]
    missing = [name for name in ("id", "duration") if name not in table.header]
    if missing:
        raise Refused(
            Problem(f"the column '{name}' is missing; a plan has id, name, duration, depends_on", str(path), 1, name)
            for name in missing
        )
    cells = zip(*table.rows, strict=True) if table.rows else ((),) * len(table.header)
    tasks = _CsvReader(table, dict(zip(table.header, cells, strict=True)), []).tasks()
    alone = len(tasks) > 1 and not {"depends_on", "precursors"} & {*table.header}
    notes = ("there is no column 'depends_on', so no task waits for another",) * alone
    return PlanFile(_checked(tasks, lambda fault: _in_table(table, fault)), notes=notes)


@dataclass
class _CsvReader:
    """Reads column by column: plans have up to 100,000 rows."""

    table: Table
    columns: Mapping[str, tuple[str, ...]]
    problems: list[Problem]

    def tasks(self) -> list[Task]:
        known = {name: name for name in self.columns["id"]}  # links share the text of the id: quicker to look up later
        for at, text in enumerate(self.columns["duration"]):
            if not text:
                reason = f"the duration of '{self.columns['id'][at]}' is missing; write 0 for a milestone"
                self.problems.append(self.table.problem(reason, at, "duration"))
        waits = [_links(text, known) for text in self.cells("depends_on")]
        parents = self.cells("parent")
        if "precursors" in self.columns and "depends_on" not in self.columns:
            waits = [self.precursors(at, text) for at, text in enumerate(self.columns["precursors"])]
            parents = tuple(known.get(name.rpartition(".")[0], "") for name in self.columns["id"])
        columns = zip(
            self.columns["id"],
            self.days("duration"),
            waits,
            self.cells("name"),
            self.days("optimistic"),
            self.days("pessimistic"),
            self.days("not_before"),
            parents,
            strict=True,
        )
        if self.problems:
            raise Refused(self.problems)
        return [
            Task(task, days or 0.0, links, name, low, high, held or 0.0, parent or None)
            for task, days, links, name, low, high, held, parent in columns
        ]

    def precursors(self, at: int, text: str) -> tuple[Link, ...]:
        """As TaskJuggler writes them: `Specification (AcSo.spec) ]->[ 2002-01-24, …`; ] is an end of a task, [ a start.

        Its ids hold their parents, `AcSo.software` those of `AcSo.software.gui`.
        """
        links = tuple([Link(match["id"], _ENDS[match["ends"]]) for match in _PRECURSOR.finditer(text)])
        if text and not links:
            reason = f"'{text}' names no task; it is written: Name (id) ]->[ 2026-09-01"
            self.problems.append(self.table.problem(reason, at, "precursors", text))
        return links

    def cells(self, name: str) -> tuple[str, ...]:
        return self.columns.get(name) or ("",) * len(self.table.rows)

    def days(self, name: str) -> list[float | None]:
        return [self.day(name, at, text) if text else None for at, text in enumerate(self.cells(name))]

    def day(self, name: str, at: int, text: str) -> float | None:
        try:
            return _float(text)
        except ValueError:
            self.problems.append(self.table.problem(f"'{text}' is not a number of days", at, name, text))
            return None


def _links(text: str, known: Mapping[str, str]) -> tuple[Link, ...]:
    """Links in one cell: ids, or ids with a kind and a lag such as `b:SS+2` or `3FS-1d`, separated by ; or ,."""
    if not text:
        return ()
    words = [word.strip() for word in text.replace(",", ";").split(";")]
    return tuple([Link(known[word]) if word in known else _link(word, known) for word in words if word])


def _link(word: str, known: Mapping[str, str]) -> Link:
    match = _REFERENCE.fullmatch(word)
    if match is None or match["id"] not in known:
        return Link(word)
    lag = float((match["lag"] or "0").replace(" ", ""))
    return Link(match["id"], LinkType((match["type"] or "FS").upper()), lag)


def _in_table(table: Table, fault: Fault) -> Problem:
    return table.problem(fault.reason, fault.place if table.rows else None, fault.field, fault.value)


def _float(value: object) -> float:
    """Days as a float; numbers written plainly take the short way, all others the exact one."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = float(exact(value))
    if not isfinite(number) or isinstance(value, bool):
        raise ValueError("a number of days is needed")
    return number


# ---- JSON


_KINDS = {str(kind): kind for kind in LinkType}


def _read_json(path: str | Path) -> PlanFile:
    return _parse(read_json(path))


def parse_plan(value: object) -> PlanFile:
    """The plan in a dictionary that is already loaded, in the form of the JSON file."""
    return _parse(Document(None, "", value))


def _parse(document: Document) -> PlanFile:
    top = document.value
    rows = top.get("tasks") if isinstance(top, dict) else top
    if not isinstance(rows, list):
        raise Refused(document.problem('a list of tasks is needed: {"tasks": […]}', "tasks"))
    reader = _JsonReader(document, [])
    tasks = [reader.task(row, at) for at, row in enumerate(rows)]
    start = reader.day(top)
    if reader.problems:
        raise Refused(reader.problems)
    return PlanFile(_checked(tasks, lambda fault: _in_document(document, fault, rows)), start)


def _in_document(document: Document, fault: Fault, rows: list[Any]) -> Problem:
    path: tuple[Step, ...] = ("tasks", fault.place, fault.field) if rows else ("tasks",)
    return document.problem(fault.reason, *path, value=fault.value)


@dataclass
class _JsonReader:
    """Reads task by task; the path to a value is only put together when something is wrong with it."""

    document: Document
    problems: list[Problem]

    def wrong(self, reason: str, *path: Step, value: object = None) -> None:
        self.problems.append(self.document.problem(reason, *path, value=value))

    def task(self, row: object, at: int) -> Task:
        if not isinstance(row, dict):
            self.wrong("an object with id and duration is needed", "tasks", at, value=row)
            return Task("", 0.0)
        links = row.get("depends_on") or ()
        if not isinstance(links, list | tuple):
            self.wrong("a list of ids is needed", "tasks", at, "depends_on", value=links)
            links = ()
        if row.get("duration") is None:
            self.wrong("the duration is missing; write 0 for a milestone", "tasks", at, "duration")
        return Task(
            self.id(row.get("id"), "tasks", at, "id"),
            self.days(row, "duration", "tasks", at) or 0.0,
            tuple([self.link(link, at, place) for place, link in enumerate(links)]) if links else (),
            str(row.get("name") or ""),
            self.days(row, "optimistic", "tasks", at),
            self.days(row, "pessimistic", "tasks", at),
            self.days(row, "not_before", "tasks", at) or 0.0,
            None if row.get("parent") is None else self.id(row["parent"], "tasks", at, "parent"),
        )

    def link(self, row: object, at: int, place: int) -> Link:
        if not isinstance(row, dict):
            return Link(self.id(row, "tasks", at, "depends_on", place))
        kind = row.get("type") or "FS"
        if not isinstance(kind, str) or kind.upper() not in _KINDS:
            reason = f"there is no link '{kind}'; it is one of {', '.join(LinkType)}"
            self.wrong(reason, "tasks", at, "depends_on", place, "type", value=kind)
            kind = "FS"
        return Link(
            self.id(row.get("id"), "tasks", at, "depends_on", place, "id"),
            _KINDS[kind.upper()],
            self.days(row, "lag", "tasks", at, "depends_on", place) or 0.0,
        )

    def id(self, value: object, *path: Step) -> str:
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.wrong("the id of a task is needed", *path, value=value)
        return ""

    def days(self, row: dict[str, Any], name: str, *path: Step) -> float | None:
        value = row.get(name)
        if value is None:
            return None
        try:
            return _float(value)
        except (ValueError, OverflowError):
            self.wrong(f"the {name} is not a number of days", *path, name, value=value)
            return None

    def day(self, top: object) -> date | None:
        text = top.get("start") if isinstance(top, dict) else None
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except (TypeError, ValueError):
            self.wrong("a date such as 2026-09-01 is needed", "start", value=text)
            return None


# ---- MS Project


def _read_xml(path: str | Path) -> PlanFile:
    from concorda.analysis.schedule.msproject import read_project

    project = read_project(path)
    plan = _checked(project.tasks, lambda fault: _in_project(str(path), fault, project.tasks))
    return PlanFile(plan, project.start)


def _in_project(file: str, fault: Fault, tasks: list[Task]) -> Problem:
    value = fault.value or (tasks[fault.place].id if tasks else None)
    return Problem(fault.reason, file, fault.place + 1 if tasks else None, fault.field, value)


# ---- PSPLIB (Kolisch & Sprecher 1996), single mode


def _read_sm(path: str | Path) -> PlanFile:
    lines = read_text(path).split("\n")
    jobs: dict[str, int] = {}
    leaders: dict[str, list[Link]] = {}
    durations: dict[str, float] = {}
    for at, words in _section(lines, "PRECEDENCE RELATIONS", path):
        job, followers = str(words[0]), words[3 : 3 + words[2]] if len(words) > 2 else []
        if len(words) < 3 or len(followers) != words[2]:
            raise Refused(Problem("a job, its modes, the number of its successors and these are needed", str(path), at))
        jobs[job] = at
        for follower in followers:
            leaders.setdefault(str(follower), []).append(Link(job))
    for at, words in _section(lines, "REQUESTS/DURATIONS", path):
        if len(words) < 3:
            raise Refused(Problem("a job, its mode and its duration are needed", str(path), at))
        durations.setdefault(str(words[0]), float(words[2]))
    if lost := [job for job in jobs if job not in durations] + [job for job in leaders if job not in jobs]:
        raise Refused(Problem(f"job {lost[0]} has no duration or no line of its own", str(path), jobs.get(lost[0])))
    tasks = [Task(job, durations[job], tuple(leaders.get(job, ())), f"job {job}") for job in jobs]
    rows = list(jobs.values())
    return PlanFile(
        _checked(
            tasks,
            lambda fault: Problem(
                fault.reason, str(path), rows[fault.place] if rows else None, fault.field, fault.value
            ),
        )
    )


def _section(lines: list[str], title: str, path: str | Path) -> Iterator[tuple[int, list[int]]]:
    """Numbered lines of numbers below a title, up to the next line of stars."""
    begin = next((at for at, line in enumerate(lines) if line.startswith(title)), None)
    if begin is None:
        raise Refused(Problem(f"this is not a PSPLIB file: the part '{title}' is missing", str(path)))
    for at, line in enumerate(lines[begin + 1 :], begin + 2):
        if line.startswith("***"):
            return
        words = line.split()
        if not words or not words[0].lstrip("-").isdigit():
            continue
        try:
            yield at, [int(word) for word in words]
        except ValueError as error:
            raise Refused(Problem("this line should hold whole numbers only", str(path), at, value=line)) from error

"""Plans from and to MS Project's XML (MSPDI, schema http://schemas.microsoft.com/project)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import read_xml
from concorda.analysis.schedule.calendars import Calendar
from concorda.analysis.schedule.path import Schedule
from concorda.analysis.schedule.plan import Link, LinkType, Task

SPACE = "http://schemas.microsoft.com/project"
_KINDS = {"0": LinkType.FF, "1": LinkType.FS, "2": LinkType.SF, "3": LinkType.SS}
# MS Project's moments name no zone. Only distances count, so a plan without any date may begin on any Monday.
_SOME_MONDAY = datetime.fromisoformat("2000-01-03T08:00:00")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
# Constraint types of the schema: 2 must start on, 4 start no earlier than, 3 must finish on, 6 finish no earlier than.
_STARTS, _FINISHES = ("2", "4"), ("3", "6")
_PERCENT_LAGS = ("19", "20", "51", "52")
# Elapsed formats count round the clock.
_ELAPSED_LAGS = ("4", "6", "8", "10", "12", "36", "38", "40", "42", "44")


@dataclass
class Project:
    """What a file holds: tasks with ids from UID, durations in working days, and the first working day."""

    tasks: list[Task]
    start: date


def read_project(path: str | Path) -> Project:
    """The project in an MSPDI file; Refused when it is no such file or a value in it cannot be read.

    A task without Duration lasts the working time between its Start and Finish. A task that is scheduled by hand, or
    must start on a date, does not start before it. Inactive and empty rows are left out.
    """
    root = read_xml(path)
    if root.tag.rpartition("}")[2] != "Project":
        raise Refused(Problem(f"this XML is not an MS Project file: it begins with {root.tag}", str(path)))
    return _Reader(str(path), root).project()


def _text(element: Element, name: str) -> str | None:
    found = element.find(f"{{*}}{name}")
    return None if found is None or found.text is None else found.text.strip()


@dataclass(slots=True)
class _Row:
    """One Task: the texts of its elements, and of those of each PredecessorLink, by name."""

    texts: dict[str, str]
    links: list[dict[str, str]]

    @classmethod
    def of(cls, element: Element) -> "_Row":
        return cls(_texts(element), [_texts(link) for link in element.iterfind("{*}PredecessorLink")])

    def text(self, name: str) -> str | None:
        return self.texts.get(name)


def _texts(element: Element) -> dict[str, str]:
    return {child.tag.rpartition("}")[2]: child.text.strip() for child in element if child.text}


@dataclass
class _Clock:
    """Working time of the project's calendar, in minutes since the project's start."""

    week: dict[int, list[tuple[int, int]]]
    closed: list[tuple[date, date]]
    begin: datetime
    until: dict[date, int] = field(default_factory=dict)

    def minutes(self, moment: datetime) -> int:
        """Working minutes from the project's start up to a moment; 0 before it."""
        if moment <= self.begin:
            return 0
        return self._before(moment.date()) + self._within(moment) - self._within(self.begin)

    def first_day(self) -> date:
        """The day of the first working minute."""
        day = self.begin.date()
        for _ in range(3660):
            left = self._within(datetime.combine(day, time.max)) + (1 if self._open(day) else 0)
            if left > (self._within(self.begin) + 1 if day == self.begin.date() else 0):
                return day
            day += timedelta(days=1)
        return self.begin.date()

    def _before(self, day: date) -> int:
        """Working minutes from midnight of the project's first day to midnight of `day`."""
        if not self.until:
            self.until[self.begin.date()] = 0
        last = max(self.until)
        while last < day:
            total = self.until[last] + sum(stop - start for start, stop in self._open(last))
            last += timedelta(days=1)
            self.until[last] = total
        return self.until[day]

    def _within(self, moment: datetime) -> int:
        now = moment.hour * 60 + moment.minute
        return sum(max(0, min(now, stop) - start) for start, stop in self._open(moment.date()))

    def _open(self, day: date) -> list[tuple[int, int]]:
        if any(first <= day <= last for first, last in self.closed):
            return []
        return self.week.get(day.weekday(), [])


@dataclass
class _Reader:
    file: str
    root: Element
    problems: list[Problem] = field(default_factory=list)

    def project(self) -> Project:
        per_day = self.number(_text(self.root, "MinutesPerDay") or "480", "MinutesPerDay", None) or 480.0
        every = map(_Row.of, self.root.iterfind("{*}Tasks/{*}Task"))
        rows = [row for row in every if row.text("IsNull") != "1" and row.text("Active") != "0"]
        moments = [_text(self.root, "StartDate"), *(row.text("Start") for row in rows)]
        begin = next((moment for text in moments if (moment := self.moment(text, "StartDate", None))), None)
        clock = self.clock(begin or _SOME_MONDAY)
        parents = _parents(rows)
        tasks = [
            self.task(row, at, clock, per_day, parent)
            for at, (row, parent) in enumerate(zip(rows, parents, strict=True))
        ]
        self.turn_percentages(rows, tasks)
        if self.problems:
            raise Refused(self.problems)
        return Project(tasks, clock.first_day())

    def wrong(self, reason: str, row: int | None, column: str, value: str | None) -> None:
        self.problems.append(Problem(reason, self.file, None if row is None else row + 1, column, value))

    def number(self, text: str, column: str, row: int | None) -> float | None:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not abs(value) < 1e15:
            self.wrong(f"{column} should be a number", row, column, text)
            return None
        return value

    def moment(self, text: str | None, column: str, row: int | None) -> datetime | None:
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            self.wrong(f"{column} should be a date and time such as 2026-09-01T09:00:00", row, column, text)
            return None

    def clock(self, begin: datetime) -> _Clock:
        calendars = self.root.findall("{*}Calendars/{*}Calendar")
        named = [calendar for calendar in calendars if _text(calendar, "UID") == _text(self.root, "CalendarUID")]
        base = [calendar for calendar in calendars if _text(calendar, "IsBaseCalendar") == "1"]
        week = {weekday: [(480, 720), (780, 1020)] for weekday in range(5)}
        closed: list[tuple[date, date]] = []
        for calendar in (named or base)[:1]:
            for day in calendar.iterfind("{*}WeekDays/{*}WeekDay"):
                kind = _text(day, "DayType")
                if kind and kind.isdigit() and 1 <= int(kind) <= 7:  # 1 is Sunday; 0 stands for a period
                    week[(int(kind) - 2) % 7] = self.hours(day) if _text(day, "DayWorking") == "1" else []
                elif _text(day, "DayWorking") != "1":
                    closed += self.period(day)
            for day in calendar.iterfind("{*}Exceptions/{*}Exception"):
                if _text(day, "DayWorking") != "1":
                    closed += self.period(day)
        if not any(week.values()):
            self.wrong("the project's calendar has no working day", None, "Calendars", None)
        return _Clock(week, closed, begin)

    def hours(self, day: Element) -> list[tuple[int, int]]:
        found = []
        for row in day.iterfind("{*}WorkingTimes/{*}WorkingTime"):
            try:
                start, stop = (time.fromisoformat(_text(row, name) or "") for name in ("FromTime", "ToTime"))
            except ValueError:
                self.wrong("a working time needs FromTime and ToTime such as 09:00:00", None, "WorkingTime", None)
                continue
            minutes = start.hour * 60 + start.minute, stop.hour * 60 + stop.minute or 1440
            if minutes[0] < minutes[1]:
                found.append(minutes)
        return found

    def period(self, day: Element) -> list[tuple[date, date]]:
        row = day.find("{*}TimePeriod")
        if row is None:
            return []
        first, last = (self.moment(_text(row, name), name, None) for name in ("FromDate", "ToDate"))
        return [(first.date(), last.date())] if first and last else []

    def task(self, row: _Row, at: int, clock: _Clock, per_day: float, parent: str | None) -> Task:
        start = self.moment(row.text("ManualStart") or row.text("Start"), "Start", at)
        finish = self.moment(row.text("ManualFinish") or row.text("Finish"), "Finish", at)
        text = row.text("Duration")
        days = 0.0
        if text is not None:
            days = self.duration(text, at) / per_day
        elif start and finish and row.text("Milestone") != "1":
            days = max(0, clock.minutes(finish) - clock.minutes(start)) / per_day
        return Task(
            row.text("UID") or "",
            days,
            tuple(self.links(row, at, per_day)),
            row.text("Name") or "",
            not_before=self.not_before(row, at, clock, days, start, per_day),
            parent=parent,
        )

    def duration(self, text: str, at: int) -> float:
        """Minutes of an ISO 8601 duration such as PT16H0M0S."""
        match = _DURATION.fullmatch(text)
        if match is None or text in ("P", "PT"):
            self.wrong("Duration should read like PT16H0M0S", at, "Duration", text)
            return 0.0
        sign, days, hours, minutes, seconds = (part or "0" for part in match.groups())
        total = int(days) * 1440 + int(hours) * 60 + int(minutes) + float(seconds) / 60
        return -total if sign == "-" else total

    def not_before(
        self, row: _Row, at: int, clock: _Clock, days: float, start: datetime | None, per_day: float
    ) -> float:
        if row.text("Summary") == "1":
            return 0.0  # its dates are those of the tasks under it
        kind = row.text("ConstraintType") or "0"
        held = self.moment(row.text("ConstraintDate"), "ConstraintDate", at)
        if row.text("Manual") == "1":
            held, kind = start, "4"
        if held is None or kind not in (*_STARTS, *_FINISHES):
            return 0.0
        return max(0.0, clock.minutes(held) / per_day - (days if kind in _FINISHES else 0.0))

    def links(self, row: _Row, at: int, per_day: float) -> Iterator[Link]:
        for link in row.links:
            kind = link.get("Type") or "1"
            if kind not in _KINDS:
                self.wrong("the Type of a PredecessorLink is 0 (FF), 1 (FS), 2 (SF) or 3 (SS)", at, "Type", kind)
                continue
            tenths = self.number(link.get("LinkLag") or "0", "LinkLag", at) or 0.0
            round_the_clock = link.get("LagFormat") in _ELAPSED_LAGS
            lag = 0.0 if link.get("LagFormat") in _PERCENT_LAGS else tenths / 10
            yield Link(link.get("PredecessorUID") or "", _KINDS[kind], lag / (1440 if round_the_clock else per_day))

    def turn_percentages(self, rows: Sequence[_Row], tasks: Sequence[Task]) -> None:
        """A lag may be a percentage of the earlier task's duration, which is only known once all are read."""
        days = {task.id: task.duration for task in tasks}
        for row, task in zip(rows, tasks, strict=True):
            for element, link in zip(row.links, task.depends_on, strict=False):
                if element.get("LagFormat") in _PERCENT_LAGS:
                    percent = self.number(element.get("LinkLag") or "0", "LinkLag", None) or 0.0
                    link.lag = days.get(link.id, 0.0) * percent / 100


def _parents(rows: Sequence[_Row]) -> list[str | None]:
    """UID of the summary above each row, from the outline's levels; the outline's root spans all and holds nothing."""
    found: list[str | None] = []
    above: list[tuple[int, str]] = []
    for row in rows:
        level = int(text) if (text := row.text("OutlineLevel") or "").isdigit() else 1
        while above and above[-1][0] >= level:
            above.pop()
        found.append(above[-1][1] if above else None)
        above.append((level, row.text("UID") or ""))
    return found


def write_project(
    dates: Schedule,
    begin: date,
    calendar: Calendar,
    name: str = "Plan",
    own: Mapping[str, Mapping[str, str]] | None = None,
) -> bytes:
    """An MSPDI file that MS Project opens: tasks, outline, links, dates, 8-hour days, holidays as exceptions.

    Ids that are whole numbers are kept as UID; otherwise tasks are numbered from 1. Tasks must come in outline order.
    `own`: by id of the task, elements it has beside these or instead of them; an empty text leaves one out.
    """
    plan = dates.plan
    first, last = calendar.start_dates(begin, dates.es, dates.ef), calendar.finish_dates(begin, dates.ef)
    root = Element("Project", xmlns=SPACE)
    start, finish = first[0 if len(first) == 0 else int(np.argmin(first))], last[int(np.argmax(last))]
    start = min(start, calendar.finish_dates(begin, np.zeros(1))[0])
    _add(root, Name=name, ScheduleFromStart="1", StartDate=f"{start}T08:00:00", FinishDate=f"{finish}T17:00:00")
    _add(root, DefaultStartTime="08:00:00", DefaultFinishTime="17:00:00", CalendarUID="1", MinutesPerDay="480")
    _write_calendar(SubElement(SubElement(root, "Calendars"), "Calendar"), calendar, start.astype(object), finish)
    rows = SubElement(root, "Tasks")
    uid = _uids(plan.tasks)
    levels = _levels(plan.tasks)
    held = calendar.start_dates(begin, plan.not_before, plan.not_before + 1)
    for place, task in enumerate(plan.tasks):
        row = SubElement(rows, "Task")
        milestone = dates.ef[place] <= dates.es[place]
        summary = place in plan.summary
        days = dates.ef[place] - dates.es[place]
        _add(row, UID=uid[task.id], ID=str(place + 1), Name=task.name or task.id, OutlineLevel=str(levels[task.id]))
        texts = {
            "Start": f"{first[place]}T{'17' if milestone and dates.es[place] else '08'}:00:00",
            "Finish": f"{last[place]}T{'08' if milestone and not dates.es[place] else '17'}:00:00",
            "Duration": _iso_duration(float(days)),
            "DurationFormat": "7",
            "Summary": str(int(summary)),
            "Milestone": str(int(bool(milestone))),
            "Critical": str(int(dates.critical[place])),
        }
        texts |= own.get(task.id, {}) if own else {}
        _add(row, **{element: text for element, text in texts.items() if text})
        if plan.not_before[place]:
            _add(row, ConstraintType="4", ConstraintDate=_moment(held[place], float(plan.not_before[place])))
        for link in task.depends_on:
            element = SubElement(row, "PredecessorLink")
            kind = next(number for number, known in _KINDS.items() if known is link.type)
            _add(element, PredecessorUID=uid[link.id], Type=kind, LinkLag=str(round(link.lag * 4800)), LagFormat="7")
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add(element: Element, **fields: str) -> None:
    for name, text in fields.items():
        SubElement(element, name).text = text


def _write_calendar(element: Element, calendar: Calendar, start: date, finish: np.datetime64) -> None:
    _add(element, UID="1", Name="Standard", IsBaseCalendar="1")
    days = SubElement(element, "WeekDays")
    for kind in range(1, 8):
        day = SubElement(days, "WeekDay")
        working = 2 <= kind <= 6
        _add(day, DayType=str(kind), DayWorking=str(int(working)))
        if working:
            times = SubElement(day, "WorkingTimes")
            for opening, closing in pairwise(("08:00:00", "12:00:00", "13:00:00", "17:00:00")):
                if opening != "12:00:00":
                    _add(SubElement(times, "WorkingTime"), FromTime=opening, ToTime=closing)
    closed = SubElement(element, "Exceptions")
    for holiday, name in calendar.holidays(start, finish.astype(object)).items():
        exception = SubElement(closed, "Exception")
        _add(SubElement(exception, "TimePeriod"), FromDate=f"{holiday}T00:00:00", ToDate=f"{holiday}T23:59:00")
        _add(exception, Name=name, DayWorking="0")


def _iso_duration(days: float) -> str:
    minutes = round(days * 480)
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _moment(day: np.datetime64, offset: float) -> str:
    """The time of day at which `offset` working days are over, in the hours written above."""
    minutes = round((offset % 1) * 480)
    clock = 480 + minutes + (60 if minutes >= 240 else 0)
    return f"{day}T{clock // 60:02d}:{clock % 60:02d}:00"


def _uids(tasks: Sequence[Task]) -> dict[str, str]:
    whole = all(task.id.isascii() and task.id.isdigit() and str(int(task.id)) == task.id for task in tasks)
    return {task.id: task.id if whole else str(at) for at, task in enumerate(tasks, 1)}


def _levels(tasks: Sequence[Task]) -> dict[str, int]:
    parent = {task.id: task.parent for task in tasks}
    levels: dict[str, int] = {}
    for task in tasks:
        depth, above = 1, task.parent
        while above is not None:
            depth, above = depth + 1, parent[above]
        levels[task.id] = depth
    return levels

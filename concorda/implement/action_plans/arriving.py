"""Plans that come in as a file or pasted: read, looked at, and only then written."""

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from concorda.analysis.problems import Problem, Refused
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.tables import FORMULA
from concorda.foundation.organizations.registers.reading import ZIP, Row, sheet_of, zipped
from concorda.implement.action_plans.columns import recognized
from concorda.implement.action_plans.days import Days
from concorda.implement.action_plans.forecast import circle
from concorda.implement.action_plans.models import Action, Dependency
from concorda.implement.action_plans.queries import Stored
from concorda.implement.action_plans.workbook import formulas

UNPACKED = 50_000_000
ROWS = 5000
ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T -].*)?")
WAIT = re.compile(r"(?P<key>.+?)\s*:?\s*(?P<kind>FS|SS|FF|SF)?\s*(?P<lag>[+-]\s*\d+)?\s*d?", re.IGNORECASE)
FURTHEST = 250
"""Working days a link may lie apart."""


@dataclass
class Wanted:
    """One action as a file asks for it; `row` is its line there, `waits` are key, kind and lag."""

    key: str
    title: str
    row: int
    kind: str = Action.Kind.ACTION
    status: str = Action.Status.TO_DO
    starts_on: date | None = None
    due: date | None = None
    done_on: date | None = None
    accountable: int | None = None
    shares: list[int] = field(default_factory=list)
    group: int | None = None
    goal: int | None = None
    parent: str | None = None
    waits: list[tuple[str, str, int]] = field(default_factory=list)
    effort: Decimal | None = None
    best_days: int | None = None
    worst_days: int | None = None
    cost: Decimal | None = None
    evidence: str = ""
    notes: str = ""


@dataclass
class Draft:
    """What a file would put on the plan, what is wrong with the rest, and what people should know about the reading."""

    rows: list[Wanted] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def wrong(self, reason: str, row: int | None, column: str = "", value: str = "") -> None:
        self.problems.append(Problem(reason, row=row, column=column or None, value=value[:80] or None))

    def note(self, text: str) -> None:
        self.notes[text] = None


@dataclass(frozen=True)
class Known:
    """Whom and what a file may name: by name in small letters, people by their e-mail as well."""

    people: Mapping[str, int]
    groups: Mapping[str, int]
    goals: Mapping[str, int]
    days: Days

    @classmethod
    def of(cls, kept: Stored, goals: Iterable[Goal]) -> "Known":
        here = [one for one in kept.people.values() if one.left_on is None]
        people = {one.person.email.casefold(): one.pk for one in here}
        people |= {one.person.name.casefold(): one.pk for one in here}
        groups = {str(one).casefold(): one.pk for one in kept.groups.values() if one.active}
        return cls(people, groups, {str(one).casefold(): one.pk for one in goals}, kept.days)


def read(data: bytes, name: str, known: Known) -> Draft:
    """The plan in these bytes: MS Project XML, a workbook or a table; Refused when it is none of these."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        draft = read_project_file(data, known)
    elif data.startswith(ZIP):
        draft = read_table(zipped(data, name, UNPACKED).sheet, formulas(data), known)
    else:
        draft = read_table(sheet_of(data, name, narrow=True), {}, known)
    return checked(draft)


def checked(draft: Draft) -> Draft:
    """Leave out what cannot be: rows with something wrong, links into the void, circles."""
    if len(draft.rows) > ROWS:
        most = _("The file holds %(n)s actions; at most %(most)s come in at once. Split it.")
        raise Refused(most % {"n": len(draft.rows), "most": ROWS})
    faulty = {problem.row for problem in draft.problems}
    draft.rows = [row for row in draft.rows if row.row not in faulty]
    there = {row.key for row in draft.rows}
    for row in draft.rows:
        for wait in [wait for wait in row.waits if wait[0] not in there]:
            draft.wrong(_("it waits for “%(key)s”, which is not among the actions") % {"key": wait[0]}, row.row)
        row.waits = list({wait[0]: wait for wait in row.waits if wait[0] in there}.values())
        if row.parent is not None and row.parent not in there:
            draft.wrong(_("it is part of “%(key)s”, which is not among the actions") % {"key": row.parent}, row.row)
            row.parent = None
    refuse_circles(draft)
    return draft


def refuse_circles(draft: Draft) -> None:
    number = {row.key: place for place, row in enumerate(draft.rows)}
    pairs = [(number[key], number[row.key]) for row in draft.rows for key, _kind, _lag in row.waits]
    parents = {number[row.key]: number[row.parent] if row.parent else None for row in draft.rows}
    found = circle({number[row.key]: row.title for row in draft.rows}, pairs, parents)
    if found:
        reason = _("these wait for each other in a circle: %(circle)s; take one of the links away")
        raise Refused(Problem(reason % {"circle": " → ".join(found)}, row=draft.rows[0].row))


# ---- Tables


def read_table(sheet: Any, hidden: Mapping[tuple[int, int], str], known: Known) -> Draft:
    """Rows of a CSV file, a workbook or what was pasted; `hidden` are the formulas behind cells, by line and column."""
    heads = recognized(sheet.columns)
    if "title" not in heads:
        reason = _("no column is called “What”, “Title” or “Task”; the first line names the columns")
        raise Refused(Problem(reason, row=1, value=", ".join(sheet.columns)[:80]))
    draft = Draft()
    for number, row in enumerate(sheet.rows(), 1):
        if isinstance(row, Problem):
            draft.problems.append(row)
            continue
        TableRow(draft, known, heads, cells_of(row, sheet.columns, hidden), row.line, number).take()
    return draft


def cells_of(row: Row, columns: list[str], hidden: Mapping[tuple[int, int], str]) -> dict[str, tuple[str, str]]:
    """Column → its value, and its formula if it has one."""
    return {name: (row.cells[name], hidden.get((row.line, at), "")) for at, name in enumerate(columns)}


@dataclass
class TableRow:
    """Reads the cells of one row; what is wrong with them goes to the draft."""

    draft: Draft
    known: Known
    heads: Mapping[str, str]
    cells: Mapping[str, tuple[str, str]]
    line: int
    number: int

    def take(self) -> None:
        title = self.text("title", 200)
        if not title:
            self.wrong(_("the action has no name"), "title")
            return
        wanted = Wanted(self.text("key", 40) or str(self.number), title, self.line)
        wanted.kind = self.word("kind", Action.Kind) or Action.Kind.ACTION
        wanted.status = self.word("status", Action.Status) or Action.Status.TO_DO
        wanted.starts_on, wanted.due = self.day("starts_on"), self.day("due")
        wanted.accountable = self.named("accountable", self.known.people)
        wanted.shares = list(self.several("shares", self.known.people))
        wanted.group, wanted.goal = self.named("group", self.known.groups), self.named("goal", self.known.goals)
        wanted.parent = self.text("parent", 40) or None
        wanted.waits = list(self.waits())
        wanted.effort, wanted.cost = self.amount("effort", 1), self.amount("cost", 2)
        wanted.best_days, wanted.worst_days = self.whole("best_days"), self.whole("worst_days")
        wanted.evidence, wanted.notes = self.text("evidence", 300), self.text("notes", 4000)
        self.refuse_contradictions(wanted)
        if wanted.key in self.draft.keys:
            self.wrong(_("the number “%(key)s” is there twice") % {"key": wanted.key}, "key")
        self.draft.keys.add(wanted.key)
        self.draft.rows.append(wanted)

    def refuse_contradictions(self, wanted: Wanted) -> None:
        if wanted.starts_on and wanted.due and wanted.due < wanted.starts_on:
            facts = {"due": say_day(wanted.due), "start": say_day(wanted.starts_on)}
            self.wrong(_("it would be due on %(due)s, before it starts on %(start)s") % facts, "due")
        if wanted.best_days is not None and wanted.worst_days is not None and wanted.worst_days < wanted.best_days:
            self.wrong(_("at worst it would take less than at best"), "worst_days")
        if wanted.kind == Action.Kind.MILESTONE and wanted.due is None:
            self.wrong(_("a milestone is a day; say which"), "due")

    def wrong(self, reason: str, column: str, value: str = "") -> None:
        self.draft.wrong(reason, self.line, self.heads.get(column, column), value)

    def cell(self, column: str) -> str:
        """The value; of a formula what it last came to."""
        return self.cells[self.heads[column]][0].strip() if column in self.heads else ""

    def text(self, column: str, most: int) -> str:
        """Words as they stand: a formula as it is written, never what it comes to."""
        if column not in self.heads:
            return ""
        value, formula = self.cells[self.heads[column]]
        text = (formula or value).strip()
        if formula:
            self.draft.note(_("Formulas in words are shown as they are written; nothing was computed."))
        if text.startswith("'") and text[1:].startswith(FORMULA):
            text = text[1:]
        if len(text) > most:
            self.wrong(_("this has more than %(most)s characters") % {"most": most}, column, text)
        return text[:most]

    def word(self, column: str, kinds: Any) -> str:
        """One of our words, in any of our languages or as programs write it."""
        said = self.cell(column).casefold()
        if not said:
            return ""
        found = next((value for value, words in spellings(kinds).items() if said in words), "")
        if not found:
            allowed = ", ".join(str(label) for label in kinds.labels)
            self.wrong(_("this is none of: %(words)s") % {"words": allowed}, column, said)
        return found

    def day(self, column: str) -> date | None:
        said = self.cell(column)
        if not said:
            return None
        if match := ISO.fullmatch(said):
            with suppress(ValueError):
                return date(*(int(part) for part in match.groups()))
        self.wrong(_("this is no day; write it like 2026-03-13"), column, said)
        return None

    def amount(self, column: str, places: int) -> Decimal | None:
        said = self.cell(column).replace("\u00a0", "").replace(" ", "").removeprefix("$")
        said = said.replace(",", ".") if said.count(",") == 1 and "." not in said else said.replace(",", "")
        if not said:
            return None
        try:
            found = Decimal(said).quantize(Decimal(1).scaleb(-places))
        except InvalidOperation:
            found = Decimal(-1)
        if not 0 <= found < 1_000_000:
            self.wrong(_("this is no amount of 0 or more"), column, said)
            return None
        return found

    def whole(self, column: str) -> int | None:
        said = self.cell(column)
        if said and not (said.isascii() and said.isdigit() and int(said[:6]) <= 30_000):
            self.wrong(_("this is no number of days"), column, said)
            return None
        return int(said) if said else None

    def named(self, column: str, there: Mapping[str, int]) -> int | None:
        said = self.cell(column)
        if said and said.casefold() not in there:
            self.draft.note(_("“%(name)s” is not known here, so it is left open.") % {"name": said[:80]})
        return there.get(said.casefold())

    def several(self, column: str, there: Mapping[str, int]) -> Iterable[int]:
        for name in re.split(r"[;,]", self.cell(column)):
            if name.strip() and (found := there.get(name.strip().casefold())):
                yield found
            elif name.strip():
                self.draft.note(_("“%(name)s” is not known here, so it is left open.") % {"name": name.strip()[:80]})

    def waits(self) -> Iterable[tuple[str, str, int]]:
        for word in re.split(r"[;,]", self.cell("waits")):
            match = WAIT.fullmatch(word.strip()) if word.strip() else None
            if match:
                lag = int((match["lag"] or "0").replace(" ", ""))
                if abs(lag) > FURTHEST:
                    self.wrong(_("more than %(n)s working days lie between") % {"n": FURTHEST}, "waits", word)
                yield match["key"], (match["kind"] or "FS").upper(), lag


def spellings(kinds: Any) -> dict[str, set[str]]:
    """Value → its label in each language, and itself, in small letters."""
    found: dict[str, set[str]] = {value: {value} for value in kinds.values}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for value, label in kinds.choices:
                found[value].add(said_small(label))
    return found


def said_small(label: str | Promise) -> str:
    return str(label).casefold()


# ---- MS Project


def read_project_file(data: bytes, known: Known) -> Draft:
    """The tasks of an MS Project file, on the calendar days they have there."""
    from concorda.analysis.reading import read_xml
    from concorda.analysis.schedule import read_project

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xml"
        path.write_bytes(data)
        project, root = read_project(path), read_xml(path)
    elements = [
        one for one in root.iterfind("{*}Tasks/{*}Task") if inner(one, "IsNull") != "1" and inner(one, "Active") != "0"
    ]
    reader = ProjectReader(Draft(), known, hours(root), assigned(root))
    parents = {task.parent for task in project.tasks}
    for number, (task, element) in enumerate(zip(project.tasks, elements, strict=True), 1):
        reader.take(task, element, number, whole=task.id in parents)
    reader.date_from_links(project)
    return reader.draft


def inner(element: Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return (found.text or "").strip() if found is not None else ""


def hours(root: Element) -> tuple[time, time]:
    """When a working day begins and ends in this file."""
    spans = [
        (inner(one, "FromTime"), inner(one, "ToTime"))
        for one in root.iterfind("{*}Calendars/{*}Calendar/{*}WeekDays/{*}WeekDay/{*}WorkingTimes/{*}WorkingTime")
    ]
    opening = min(
        (begin for begin, end in spans if begin and end > begin), default=inner(root, "DefaultStartTime") or "08:00:00"
    )
    closing = max(
        (end for begin, end in spans if begin and end > begin), default=inner(root, "DefaultFinishTime") or "17:00:00"
    )
    return time.fromisoformat(opening), time.fromisoformat(closing)


def assigned(root: Element) -> dict[str, list[str]]:
    """UID of a task → names of the people who do it."""
    people = {inner(one, "UID"): inner(one, "Name") for one in root.iterfind("{*}Resources/{*}Resource")}
    found: dict[str, list[str]] = {}
    for one in root.iterfind("{*}Assignments/{*}Assignment"):
        if name := people.get(inner(one, "ResourceUID")):
            found.setdefault(inner(one, "TaskUID"), []).append(name)
    return found


@dataclass
class ProjectReader:
    draft: Draft
    known: Known
    hours: tuple[time, time]
    people: Mapping[str, list[str]]

    def take(self, task: Any, element: Element, number: int, *, whole: bool) -> None:
        milestone = (
            inner(element, "Milestone") == "1" if inner(element, "Milestone") else not whole and not task.duration
        )
        wanted = Wanted(task.id, (task.name or task.id)[:200], number)
        wanted.kind = Action.Kind.MILESTONE if milestone and not whole else Action.Kind.ACTION
        wanted.starts_on, wanted.due = self.days(element, milestone=milestone)
        percent = inner(element, "PercentComplete")
        if percent == "100":
            wanted.status, wanted.done_on = Action.Status.DONE, wanted.due
        elif percent.isdigit() and int(percent):
            wanted.status = Action.Status.DOING
        wanted.parent = task.parent
        wanted.waits = [(link.id, str(link.type), self.lag(link.lag, number)) for link in task.depends_on]
        wanted.notes = inner(element, "Notes")[:4000]
        contacts = [name.strip() for name in inner(element, "Contact").split(",") if name.strip()]
        people = [self.person(name) for name in self.people.get(task.id, contacts)]
        found = [pk for pk in dict.fromkeys(people) if pk]
        wanted.accountable, wanted.shares = (found[0], found[1:]) if found else (None, [])
        self.draft.rows.append(wanted)

    def person(self, name: str) -> int | None:
        found = self.known.people.get(name.casefold())
        if not found:
            self.draft.note(_("“%(name)s” is not known here, so it is left open.") % {"name": name[:80]})
        return found

    def lag(self, days: float, number: int) -> int:
        if days != round(days):
            self.draft.note(_("Lags of part of a day are rounded to whole working days."))
        if abs(days) > FURTHEST:
            self.draft.wrong(
                _("more than %(n)s working days lie between") % {"n": FURTHEST}, number, "LinkLag", f"{days:g}"
            )
        return round(min(max(days, -FURTHEST), FURTHEST))

    def days(self, element: Element, *, milestone: bool) -> tuple[date | None, date | None]:
        """First and last day: work that begins when a day is over begins on the next, and the other way round."""
        start, finish = (
            moment(inner(element, f"Manual{name}") or inner(element, name)) for name in ("Start", "Finish")
        )
        if finish is None:
            return None, None
        if milestone or start is None:
            return None, finish.date()
        first, last = start.date(), finish.date()
        if start.time() >= self.hours[1] and first < last:
            first = self.known.days.add(first, 1)
        if finish.time() <= self.hours[0] and first < last:
            last = max(first, self.known.days.add(last - timedelta(days=1), 0))
        return min(first, last), last

    def date_from_links(self, project: Any) -> None:
        """A file without dates says how long things take and what waits for what: the days follow from that."""
        from concorda.analysis.schedule import Plan, schedule

        if any(row.due for row in self.draft.rows) or not project.tasks:
            return
        dates = schedule(Plan.of(project.tasks))
        calendar = self.known.days.calendar
        starts = calendar.start_dates(project.start, dates.es, dates.ef).astype(object)
        ends = calendar.finish_dates(project.start, dates.ef).astype(object)
        for row, start, end in zip(self.draft.rows, starts, ends, strict=True):
            row.starts_on, row.due = (None if row.kind == Action.Kind.MILESTONE else start), end


def moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None


# ---- Between looking and taking


def packed(draft: Draft) -> list[list[Any]]:
    """The rows as plain values, for a page to carry from the preview to the decision."""
    return [[plain(getattr(row, name)) for name in Wanted.__dataclass_fields__] for row in draft.rows]


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal) else value


BACK: Mapping[str, Callable[[Any], Any]] = {
    "starts_on": date.fromisoformat,
    "due": date.fromisoformat,
    "done_on": date.fromisoformat,
    "effort": Decimal,
    "cost": Decimal,
    "waits": lambda rows: [tuple(row) for row in rows],
}


def unpacked(rows: list[list[Any]]) -> list[Wanted]:
    """What `packed` made, as rows again."""
    names = list(Wanted.__dataclass_fields__)
    return [
        Wanted(
            **{
                name: BACK.get(name, same)(value) if value is not None else None
                for name, value in zip(names, row, strict=True)
            }
        )
        for row in rows
    ]


def same(value: Any) -> Any:
    return value


def links_of(rows: list[Wanted], made: Mapping[str, Action]) -> list[Dependency]:
    """The links between actions that were made from rows."""
    return [
        Dependency(partnership=made[row.key].partnership, before=made[key], after=made[row.key], kind=kind, lag=lag)
        for row in rows
        for key, kind, lag in row.waits
    ]

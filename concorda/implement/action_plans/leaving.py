"""The plan as a file: a table, a workbook, MS Project XML, or a calendar."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from concorda.foundation.accounts.mail import absolute
from concorda.foundation.core import clock
from concorda.implement.action_plans.columns import COLUMNS
from concorda.implement.action_plans.forecast import Forecast, Line
from concorda.implement.action_plans.models import Action, ActionShare, Dependency
from concorda.implement.action_plans.queries import Stored

PRODUCT = "-//Concorda//Action plans//EN"


def outline(actions: Iterable[Action]) -> list[Action]:
    """Wholes before their parts, otherwise in the order they came; dropped ones left out."""
    kept = {action.pk: action for action in sorted(actions, key=lambda one: one.pk)}
    under: dict[int | None, list[Action]] = defaultdict(list)
    for action in kept.values():
        under[action.parent_id if action.parent_id in kept else None].append(action)
    found: list[Action] = []
    waiting = list(reversed(under[None]))
    while waiting:
        action = waiting.pop()
        found.append(action)
        waiting += reversed(under[action.pk])
    return found


def table(
    actions: Sequence[Action], lines: Mapping[int, Line], links: Iterable[Dependency], shares: Iterable[ActionShare]
) -> list[list[Any]]:
    """The head and a row for each action: what comes in again first, then what was computed."""
    number = {action.pk: place for place, action in enumerate(actions, 1)}
    waits, people = defaultdict(list), defaultdict(list)
    for link in links:
        if link.before_id in number:
            waits[link.after_id].append(wait_words(number[link.before_id], link))
    for share in shares:
        people[share.action_id].append(share.participant.person.name)
    heads = [str(label) for label, _others in COLUMNS.values()]
    heads += [_("Organization"), _("Agreed for"), _("Ends"), _("Working days late"), _("Slack"), _("Critical")]
    heads += [_("What blocks it"), _("Why the date moved")]
    return [
        heads,
        *(
            row_of(one, number, lines.get(one.pk), "; ".join(waits[one.pk]), "; ".join(people[one.pk]))
            for one in actions
        ),
    ]


def wait_words(number: int, link: Dependency) -> str:
    """ "3", "3SS", "3FS+2": as other programs write it."""
    kind = "" if link.kind == Dependency.Kind.FS and not link.lag else link.kind
    return f"{number}{kind}{f'{link.lag:+d}' if link.lag else ''}"


def row_of(action: Action, number: Mapping[int, int], line: Line | None, waits: str, people: str) -> list[Any]:
    person = action.accountable
    found = [line.end, line.late, line.slack, _("yes") if line.critical else ""] if line else ["", "", "", ""]
    return [
        *(number[action.pk], action.title, action.get_kind_display(), number.get(action.parent_id or 0, "")),
        *(action.group or "", action.goal or "", person.person.name, people, action.get_status_display()),
        *(action.starts_on, action.due, waits, action.effort, action.best_days, action.worst_days, action.cost),
        *(action.evidence, action.notes, person.organization or "", action.baseline_due),
        *(*found, action.stuck_because, action.moved_because),
    ]


# ---- MS Project


def project_file(kept: Stored, found: Forecast, name: str) -> bytes:
    """MS Project XML of the plan on its own days: outline, links with their lags, milestones, how far each has come."""
    import numpy as np

    from concorda.analysis.schedule import Plan, Schedule, write_project

    actions = outline(action for action in kept.actions if action.status != Action.Status.DROPPED)
    lines = {line.action.pk: line for line in found.lines}
    begin = min((first_day(one) for one in actions if one.due), default=kept.today)
    wholes = {one.parent_id for one in actions}
    days = kept.days
    tasks = [task_of(one, kept.links, {other.pk for other in actions}) for one in actions]
    starts = np.array(
        [days.between(begin, first_day(one) - timedelta(days=1)) if one.due else 0 for one in actions], float
    )
    length = np.array([float(length_of(one, days)) for one in actions])
    slack = np.array([float(line.slack) if (line := lines.get(one.pk)) else 0.0 for one in actions])
    critical = np.array([bool((line := lines.get(one.pk)) and line.critical) for one in actions])
    ends = starts + length
    dates = Schedule(
        Plan.of(tasks), float(ends.max(initial=0)), starts, ends, starts + slack, ends + slack, slack, critical
    )
    return write_project(
        dates, begin, days.calendar, name, {str(one.pk): own_texts(one, one.pk in wholes) for one in actions}
    )


def first_day(action: Action) -> date:
    assert action.due
    return action.due if action.kind == Action.Kind.MILESTONE else action.starts_on or action.due


def length_of(action: Action, days: Any) -> int:
    if action.kind == Action.Kind.MILESTONE or not action.due:
        return 0
    return days.between(first_day(action), action.due)


def task_of(action: Action, links: Iterable[Dependency], there: set[int]) -> Any:
    from concorda.analysis.schedule import Link, LinkType, Task

    waits = tuple(
        Link(str(one.before_id), LinkType(one.kind), one.lag)
        for one in links
        if one.after_id == action.pk and one.before_id in there
    )
    parent = str(action.parent_id) if action.parent_id in there else None
    return Task(str(action.pk), float(1), waits, action.title, parent=parent)


def own_texts(action: Action, whole: bool) -> dict[str, str]:
    """What MS Project should say of an action instead of computing it: its own days, for it is held by hand."""
    percent = {Action.Status.DONE: "100", Action.Status.DOING: "50"}.get(Action.Status(action.status), "0")
    stone = action.kind == Action.Kind.MILESTONE
    texts = {"Manual": "1", "Milestone": str(int(stone)), "PercentComplete": percent, "Summary": str(int(whole))}
    texts |= {"Contact": action.accountable.person.name, "Notes": action.notes}
    if not action.due:
        return texts | {"Start": "", "Finish": "", "Duration": ""}
    texts["Start"] = f"{first_day(action)}T{'17' if stone else '08'}:00:00"
    texts["Finish"] = f"{action.due}T17:00:00"
    return texts | {"ManualStart": texts["Start"], "ManualFinish": texts["Finish"]}


# ---- Calendar


def calendar(lines: Iterable[Line], name: str) -> bytes:
    """Every action as a whole day: the day it ends, as things stand now."""
    from icalendar import Calendar, Event

    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    for line in lines:
        event, action = Event(), line.action
        event.add("uid", f"action-{action.pk}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("dtstamp", clock.now().astimezone(UTC))
        event.add("summary", action.title)
        event.add("dtstart", line.end)
        event.add("dtend", line.end + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("status", "CONFIRMED")
        event.add("description", f"{action.accountable}\n{absolute(action.get_absolute_url())}")
        event.add("url", absolute(action.get_absolute_url()))
        found.add_component(event)
    return found.to_ical()

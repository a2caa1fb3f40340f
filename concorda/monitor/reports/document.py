"""A report as a document: one structure from which page, PDF, spreadsheet and table are made, so all tell the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.analysis.indicator import Colour, Standing, Why
from concorda.analysis.survey.disclosure import Why as Hidden
from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.core.text import fingerprint
from concorda.monitor.evaluation.queries import hidden_says, standing_says
from concorda.monitor.evaluation.questions import TITLES
from concorda.monitor.reports.models import Report
from concorda.monitor.reports.snapshot import build

SECTIONS = {
    "summary": gettext_lazy("In short"),
    "partners": gettext_lazy("Who we are"),
    "needs": gettext_lazy("Why we work together"),
    "results": gettext_lazy("What changed for people"),
    "activities": gettext_lazy("What we did"),
    "decisions": gettext_lazy("What we decided"),
    "obligations": gettext_lazy("What we promised each other"),
    "partnership": gettext_lazy("How we work together"),
    "lessons": gettext_lazy("What we learned"),
}
A = Report.Audience
AUDIENCES: dict[str, tuple[str, ...]] = {
    A.PARTNERS: tuple(SECTIONS),
    A.BOARD: ("summary", "results", "activities", "decisions", "obligations", "lessons"),
    A.FUNDER: ("summary", "partners", "needs", "results", "activities", "obligations", "partnership", "lessons"),
    A.PUBLIC: ("summary", "partners", "needs", "results", "lessons"),
    A.EVALUATOR: ("summary", "results", "activities", "partnership", "lessons"),
}


@dataclass(frozen=True)
class Table:
    """`numbers` holds the exact values behind the words in `rows`, None where there are only words."""

    caption: str
    columns: list[str]
    rows: list[list[str]]
    numbers: list[list[str | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    sentence: str
    text: str
    table: Table | None = None
    bars: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    title: str
    lines: list[str]
    parts: list[Part]
    checks: list[str]
    digest: str


def snapshot_of(report: Report) -> dict[str, Any]:
    """The frozen numbers, or while there are none, what the records say now."""
    return report.snapshot or build(report)


def document(report: Report) -> Document:
    """The report in the active language, its people's words as they wrote them."""
    data = snapshot_of(report)
    texts = dict(report.sections.values_list("key", "text"))
    parts = [part(key, data, texts.get(key, "")) for key in AUDIENCES[report.audience]]
    return Document(report.title, list(head(report)), parts, checks(report, data), report.digest)


def content(report: Report) -> dict[str, Any]:
    """What the digest of an approved report covers."""
    return {
        "title": report.title,
        "audience": report.audience,
        "period": [report.period_from.isoformat(), report.period_to.isoformat(), report.cut_off.isoformat()],
        "snapshot": report.snapshot,
        "sections": dict(report.sections.order_by("key").values_list("key", "text")),
    }


def digest_of(report: Report) -> str:
    return fingerprint(content(report))


def day(value: date | str) -> str:
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return date_format(found, "j F Y")


def head(report: Report) -> Iterator[str]:
    yield report.partnership.name
    yield _("For: %(audience)s") % {"audience": report.get_audience_display()}
    yield _("%(start)s to %(end)s; data up to %(cut)s") % {
        "start": day(report.period_from),
        "end": day(report.period_to),
        "cut": day(report.cut_off),
    }
    if report.approved_at:
        yield _("Approved by %(name)s on %(day)s") % {"name": report.approved_by, "day": day(report.approved_at.date())}
    elif report.frozen_at:
        yield _("Draft; numbers frozen on %(day)s") % {"day": day(report.frozen_at.date())}
    else:
        yield _("Draft; numbers not frozen yet")


def part(key: str, data: dict[str, Any], text: str) -> Part:
    sentence, table = FILLS[key](data)
    bars = [bar(one) for one in data["indicators"] if one["achieved"] is not None] if key == "results" else []
    return Part(key, str(SECTIONS[key]), sentence, text, table, bars)


Filled = tuple[str, Table | None]


def summary(data: dict[str, Any]) -> Filled:
    facts = {"done": results_in(data), "total": len(data["indicators"]), "partners": len(data["partners"])}
    return _("%(partners)s partners. %(done)s of %(total)s results are in.") % facts, None


def partners(data: dict[str, Any]) -> Filled:
    rows = [[name] for name in data["partners"]]
    sentence = _("%(count)s organizations have committed to this partnership.") % {"count": len(rows)}
    return sentence, Table(_("Partners"), [_("Organization")], rows) if rows else None


def needs(data: dict[str, Any]) -> Filled:
    rows = [[statement] for statement in data["needs"]]
    sentence = _("%(count)s needs brought us together.") % {"count": len(rows)}
    return sentence, Table(_("Needs"), [_("Need")], rows) if rows else None


def results(data: dict[str, Any]) -> Filled:
    """The results framework: every number with its day, source and approver."""
    goals = {goal["pk"]: goal["title"] for goal in data["goals"]}
    columns = [
        _("Goal"),
        _("Indicator"),
        _("Start"),
        _("Now"),
        _("Target"),
        _("Standing"),
        _("Measured on"),
        _("Source"),
    ]
    rows, numbers = [], []
    for one in data["indicators"]:
        say = Indicator(unit=one["unit"]).say
        shown = [say(Decimal(one[name])) if one[name] is not None else "–" for name in ("baseline", "value", "target")]
        measured = [day(one["on"]) if one["on"] else "–", one["source"] or "–", one["approved_by"] or "–"]
        rows.append([goals.get(one["goal"], ""), one["name"], *shown, standing_says(stand(one)), *measured])
        numbers.append([None, None, one["baseline"], one["value"], one["target"], None, None, None, None])
    sentence = _("%(done)s of %(total)s results are in.") % {"done": results_in(data), "total": len(rows)}
    caption = _("Results: where each indicator stands")
    return sentence, Table(caption, [*columns, _("Approved by")], rows, numbers) if rows else None


def stand(one: dict[str, Any]) -> Standing:
    shares = [None if one[name] is None else Fraction(one[name]) for name in ("achieved", "expected")]
    return Standing(Colour(one["colour"]), Why(one["why"]), *shares)


def bar(one: dict[str, Any]) -> dict[str, Any]:
    achieved = float(Fraction(one["achieved"])) * 100
    expected = None if one["expected"] is None else float(Fraction(one["expected"])) * 100
    says = f"{one['name']}. {standing_says(stand(one))}."
    return {"name": one["name"], "done": min(max(achieved, 0), 100), "expected": expected, "says": says}


def results_in(data: dict[str, Any]) -> int:
    return sum(one["in_period"] for one in data["indicators"])


def activities(data: dict[str, Any]) -> Filled:
    keys = ("done", "doing", "stuck", "to_do")
    rows = [[one["group"] or _("No group"), *(str(one[key]) for key in keys)] for one in data["actions"]]
    numbers = [[None, *(str(one[key]) for key in keys)] for one in data["actions"]]
    facts = {
        "done": sum(one["done"] for one in data["actions"]),
        "total": sum(one[key] for one in data["actions"] for key in keys),
    }
    sentence = _("%(done)s of %(total)s actions are done.") % facts
    columns = [_("Group"), _("Done"), _("Under way"), _("Stuck"), _("To do")]
    return sentence, Table(_("Actions by group"), columns, rows, numbers) if rows else None


OUTCOMES: dict[str, Any] = dict(Decision.Outcome.choices)


def decisions(data: dict[str, Any]) -> Filled:
    rows = [
        [one["title"], day(one["on"]), str(OUTCOMES.get(one["outcome"], one["outcome"]))] for one in data["decisions"]
    ]
    sentence = _("%(count)s decisions were taken in this period.") % {"count": len(rows)}
    return sentence, Table(_("Decisions"), [_("Decision"), _("Taken on"), _("Outcome")], rows) if rows else None


def obligations(data: dict[str, Any]) -> Filled:
    rows = [
        [
            one["who"],
            one["what"],
            day(one["due"]) if one["due"] else "–",
            day(one["delivered_on"]) if one["delivered_on"] else _("Overdue") if one["late"] else _("Not yet due"),
        ]
        for one in data["obligations"]
    ]
    kept = sum(one["delivered_on"] is not None for one in data["obligations"])
    sentence = _("%(kept)s of %(total)s promises are kept.") % {"kept": kept, "total": len(rows)}
    columns = [_("Who"), _("Promise"), _("Due"), _("Delivered")]
    return sentence, Table(_("Promises of the agreements"), columns, rows) if rows else None


def partnership(data: dict[str, Any]) -> Filled:
    rows = []
    for one in data["check_ins"]:
        answered = _("%(answered)s of %(asked)s") % {"answered": one["answered"], "asked": one["asked"]}
        rows.append([one["title"], day(one["on"]), answered, *(side_says(side) for side in one["sides"])])
    sentence = _("%(count)s check-ins asked how we work together; each cell says how many said yes.") % {
        "count": len(rows)
    }
    columns = [_("Check-in"), _("Closed on"), _("Answered"), *(str(title) for title in TITLES.values())]
    return sentence, Table(_("Check-ins"), columns, rows) if rows else None


def side_says(side: dict[str, Any]) -> str:
    if side["hidden"]:
        return _("too few to show")
    return _("%(yes)s of %(total)s") % {"yes": side["yes"], "total": side["total"]}


def lessons(data: dict[str, Any]) -> Filled:
    return "", None


FILLS: dict[str, Callable[[dict[str, Any]], Filled]] = {
    "summary": summary,
    "partners": partners,
    "needs": needs,
    "results": results,
    "activities": activities,
    "decisions": decisions,
    "obligations": obligations,
    "partnership": partnership,
    "lessons": lessons,
}


def checks(report: Report, data: dict[str, Any]) -> list[str]:
    """What a reader should know before trusting the report: results that are missing or old, cells not shown."""
    found = []
    for one in data["indicators"]:
        if one["value"] is None:
            found.append(_("“%(name)s” has no approved result.") % {"name": one["name"]})
        elif not one["in_period"]:
            facts = {"name": one["name"], "day": day(one["on"])}
            found.append(_("The latest result of “%(name)s” is of %(day)s, before the period.") % facts)
    if "partnership" in AUDIENCES[report.audience]:
        for one in data["check_ins"]:
            for side in one["sides"]:
                if side["hidden"]:
                    facts = {
                        "title": one["title"],
                        "side": TITLES[side["key"]],
                        "why": hidden_says(Hidden(side["hidden"])),
                    }
                    found.append(_("“%(title)s”, %(side)s: %(why)s") % facts)
    return found

"""A report as a document: one structure from which every format is made, so that all tell the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.analysis.survey.disclosure import Why as Hidden
from concorda.foundation.accounts.mail import absolute
from concorda.foundation.core.text import fingerprint
from concorda.monitor.evaluation.queries import hidden_says
from concorda.monitor.evaluation.questions import TITLES
from concorda.monitor.reports.coding import coded
from concorda.monitor.reports.models import Report
from concorda.monitor.reports.parts import SECTIONS, Part, Row, day, kind_says, part
from concorda.monitor.reports.snapshot import build

A = Report.Audience
AUDIENCES: dict[str, tuple[str, ...]] = {
    A.PARTNERS: tuple(key for key in SECTIONS if key != "people"),
    A.BOARD: ("summary", "results", "activities", "decisions", "obligations", "money", "lessons"),
    A.FUNDER: (
        "summary",
        "partners",
        "needs",
        "results",
        "activities",
        "obligations",
        "money",
        "partnership",
        "lessons",
    ),
    A.PUBLIC: ("summary", "partners", "needs", "results", "lessons"),
    A.EVALUATOR: ("summary", "people", "results", "activities", "partnership", "lessons"),
}


@dataclass(frozen=True)
class Document:
    """`linked`: whether its readers can open the records its rows name."""

    title: str
    lines: list[str]
    parts: list[Part]
    checks: list[str]
    digest: str
    author: str
    slug: str
    linked: bool

    def address(self, row: Row) -> str:
        """Where the record behind a row is found, or nothing."""
        return self.path(row) and absolute(self.path(row))

    def path(self, row: Row) -> str:
        if not (self.linked and row.record):
            return ""
        name, pk = row.record
        return reverse(name, args=[self.slug, pk])


def shown(parts: list[Part], address: Callable[[Row], str]) -> list[dict[str, Any]]:
    """The sections as a page shows them, each row with the address its name leads to."""
    return [
        {"part": one, "rows": [(row.cells, address(row)) for row in one.table.rows] if one.table else []}
        for one in parts
    ]


def unlinked(_row: Row) -> str:
    return ""


def snapshot_of(report: Report) -> dict[str, Any]:
    """The frozen numbers, or while there are none, what the records say now; without names where nobody is named."""
    data = report.snapshot or build(report)
    return coded(data) if report.audience == A.EVALUATOR else data


def document(report: Report) -> Document:
    """The report in the active language, its people's words as they wrote them."""
    data = snapshot_of(report)
    texts = words_of(report)
    return Document(
        title=report.title,
        lines=list(head(report)),
        parts=[part(key, data, texts.get(key, "")) for key in AUDIENCES[report.audience]],
        checks=list(checks(report, data)),
        digest=report.digest,
        author=report.partnership.name,
        slug=report.partnership.slug,
        linked=report.audience != A.PUBLIC,
    )


def words_of(report: Report) -> dict[str, str]:
    """Section → what people wrote in it; a report that is only looked at, never stored, has none."""
    return dict(report.sections.order_by("key").values_list("key", "text")) if report.pk else {}


def content(report: Report) -> dict[str, Any]:
    """What the digest of an approved report covers."""
    return {
        "title": report.title,
        "audience": report.audience,
        "period": [report.period_from.isoformat(), report.period_to.isoformat(), report.cut_off.isoformat()],
        "snapshot": report.snapshot,
        "sections": words_of(report),
    }


def digest_of(report: Report) -> str:
    return fingerprint(content(report))


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


def checks(report: Report, data: dict[str, Any]) -> Iterator[str]:
    """What a reader should know before trusting the report: what is missing, old or not shown, and what came after."""
    later = report.superseded_by_approved
    if later:
        facts = {"title": later.title, "day": day(later.approved_at.date())}
        yield _("Superseded by “%(title)s”, approved on %(day)s.") % facts
    if is_empty(data):
        yield _("The records hold no result, decision or check-in of this period. Choose another period.")
    yield from missing_results(data)
    for key, cells in (("partnership", hidden_sides(data)), ("people", hidden_kinds(data))):
        if key in AUDIENCES[report.audience]:
            yield from cells


def is_empty(data: dict[str, Any]) -> bool:
    """Whether nothing dated falls into the period."""
    measured = any(one["in_period"] for one in data["indicators"])
    return not (measured or data["decisions"] or data["check_ins"])


def missing_results(data: dict[str, Any]) -> Iterator[str]:
    for one in data["indicators"]:
        if one["value"] is None:
            yield _("“%(name)s” has no approved result.") % {"name": one["name"]}
        elif not one["in_period"]:
            facts = {"name": one["name"], "day": day(one["on"])}
            yield _("The latest result of “%(name)s” is of %(day)s, before the period.") % facts


def hidden_sides(data: dict[str, Any]) -> Iterator[str]:
    for one in data["check_ins"]:
        for side in one["sides"]:
            if side["hidden"]:
                facts = {
                    "title": one["title"],
                    "side": TITLES[side["key"]],
                    "why": hidden_says(Hidden(side["hidden"])),
                }
                yield _("“%(title)s”, %(side)s: %(why)s") % facts


def hidden_kinds(data: dict[str, Any]) -> Iterator[str]:
    for one in data["people"]:
        if one["hidden"]:
            yield _("Who takes part, %(kind)s: %(why)s") % {
                "kind": kind_says(one["kind"]),
                "why": kind_hidden_says(Hidden(one["hidden"])),
            }


def kind_hidden_says(why: Hidden) -> str:
    return {
        Hidden.FEW_PEOPLE: _("fewer than five people, so not counted."),
        Hidden.FEW_ORGANIZATIONS: _("fewer than three organizations, so not counted."),
        Hidden.COMPLEMENT: _("together with what is shown, it would tell the size of a group that is too small."),
        Hidden.SUCCESSIVE: _("one person more or less than in the last report; the difference would tell who."),
    }[why]

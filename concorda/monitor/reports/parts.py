"""What one section of a report holds: a sentence, a table with its exact values, bars, and where it all comes from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.analysis.indicator import Colour, Standing, Why
from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.organizations.models import Organization
from concorda.monitor.evaluation.queries import standing_says
from concorda.monitor.evaluation.questions import TITLES
from concorda.monitor.reports.models import say_money

SECTIONS = {
    "summary": gettext_lazy("In short"),
    "partners": gettext_lazy("Who we are"),
    "people": gettext_lazy("Who takes part"),
    "needs": gettext_lazy("Why we work together"),
    "results": gettext_lazy("What changed for people"),
    "activities": gettext_lazy("What we did"),
    "decisions": gettext_lazy("What we decided"),
    "obligations": gettext_lazy("What we promised each other"),
    "money": gettext_lazy("What it was paid from"),
    "partnership": gettext_lazy("How we work together"),
    "lessons": gettext_lazy("What we learned"),
}
Exact = Decimal | date | None


@dataclass(frozen=True)
class Column:
    """`meaning` is what the codebook says of it."""

    label: str
    meaning: str = ""


@dataclass(frozen=True)
class Row:
    """`exact`: the number or day behind each cell, None where there are only words; `record`: a URL name and a key."""

    cells: list[str]
    exact: list[Exact]
    record: tuple[str, int] | None = None


@dataclass(frozen=True)
class Table:
    """`named`: the column that says what a row is about, and leads to its record."""

    caption: str
    columns: list[Column]
    rows: list[Row]
    named: int = 0


@dataclass(frozen=True)
class Bar:
    """The way to a target in percent, 0 to 100; `says` tells the same in words."""

    name: str
    done: float
    expected: float | None
    says: str


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    sentence: str
    text: str
    table: Table | None = None
    bars: list[Bar] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    origin: str = ""


@dataclass(frozen=True)
class Filled:
    """What the records say in a section. `origin`: where its numbers come from."""

    sentence: str
    table: Table | None = None
    bars: list[Bar] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    origin: str = ""


def part(key: str, data: dict[str, Any], text: str) -> Part:
    found = FILLS[key](data)
    table = found.table if found.table and found.table.rows else None
    origin = found.origin if table else ""
    return Part(key, str(SECTIONS[key]), found.sentence, text, table, found.bars, found.notes, origin)


def day(value: date | str) -> str:
    return date_format(as_date(value), "j F Y")


def as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def worded(*cells: str, record: tuple[str, int] | None = None) -> Row:
    """A row of words alone."""
    return Row(list(cells), [None] * len(cells), record)


def summary(data: dict[str, Any]) -> Filled:
    facts = {"done": results_in(data), "total": len(data["indicators"]), "partners": len(data["partners"])}
    return Filled(_("%(partners)s partners. %(done)s of %(total)s results are in.") % facts)


def partners(data: dict[str, Any]) -> Filled:
    rows = [worded(one["name"], kind_says(one["kind"])) for one in data["partners"]]
    columns = [
        Column(_("Organization"), _("An organization that has committed to the partnership")),
        Column(_("Kind"), _("The kind of organization, as it says itself")),
    ]
    return Filled(
        _("%(count)s organizations have committed to this partnership.") % {"count": len(rows)},
        Table(_("Partners"), columns, rows),
        origin=_("From the list of partners, as it stood when the numbers were taken."),
    )


def kind_says(kind: str) -> str:
    return str(dict(Organization.Kind.choices).get(kind, kind))


def people(data: dict[str, Any]) -> Filled:
    """How many take part by kind of organization; too small a group is named and not counted."""
    rows = []
    for one in data["people"]:
        shown = [_("too few to show")] * 2 if one["hidden"] else [str(one["organizations"]), str(one["people"])]
        exact = [None if one["hidden"] else Decimal(one[name]) for name in ("organizations", "people")]
        rows.append(Row([kind_says(one["kind"]), *shown], [None, *exact]))
    columns = [
        Column(_("Kind"), _("The kind of organization, as it says itself")),
        Column(_("Organizations"), _("Organizations of this kind with people who take part")),
        Column(_("People"), _("People of these organizations who take part")),
    ]
    return Filled(
        _("A kind is counted from five people of three organizations."),
        Table(_("People by kind of organization"), columns, rows),
        origin=_("From the list of people, as it stood when the numbers were taken."),
    )


def needs(data: dict[str, Any]) -> Filled:
    rows = [worded(one["statement"], record=("motivation:need_detail", one["pk"])) for one in data["needs"]]
    return Filled(
        _("%(count)s needs brought us together.") % {"count": len(rows)},
        Table(_("Needs"), [Column(_("Need"), _("A need, in the words of whoever named it"))], rows),
        origin=_("From the needs of the partnership, as they stood when the numbers were taken."),
    )


def results(data: dict[str, Any]) -> Filled:
    """The results framework: every number with its day, source, approver and record."""
    goals = {goal["pk"]: goal["title"] for goal in data["goals"]}
    rows = [result_row(one, goals.get(one["goal"], "")) for one in data["indicators"]]
    columns = [
        Column(_("Goal"), _("The goal the indicator belongs to")),
        Column(_("Indicator"), _("What is measured")),
        Column(_("Start"), _("Starting value, in the indicator’s unit")),
        Column(_("Now"), _("Latest approved value up to the last day of data, in the indicator’s unit")),
        Column(_("Target"), _("Value to be reached, in the indicator’s unit")),
        Column(_("Standing"), _("Share of the way from start to target, beside what was expected by now")),
        Column(_("Measured on"), _("The day the value is of")),
        Column(_("Source"), _("Where somebody else would find the same number")),
        Column(_("Approved by"), _("Who looked at the value and approved it")),
    ]
    return Filled(
        _("%(done)s of %(total)s results are in.") % {"done": results_in(data), "total": len(rows)},
        Table(_("Results: where each indicator stands"), columns, rows, named=1),
        [bar(one) for one in data["indicators"] if one["achieved"] is not None],
        [f"{one['name']}: {one['note']}" for one in data["indicators"] if one["note"]],
        _("From approved measurements; the day, source and approver of each stand beside it."),
    )


def result_row(one: dict[str, Any], goal: str) -> Row:
    say = Indicator(unit=one["unit"]).say
    values = [None if one[name] is None else Decimal(one[name]) for name in ("baseline", "value", "target")]
    measured = as_date(one["on"]) if one["on"] else None
    words = [standing_says(stand(one)), day(measured) if measured else "–", one["source"] or "–"]
    return Row(
        [goal, one["name"], *(say(value) or "–" for value in values), *words, one["approved_by"] or "–"],
        [None, None, *values, None, measured, None, None],
        record_of("evaluation:measurement_detail", one["measurement"]),
    )


def record_of(name: str, pk: int | None) -> tuple[str, int] | None:
    return (name, pk) if pk else None


def stand(one: dict[str, Any]) -> Standing:
    shares = [None if one[name] is None else Fraction(one[name]) for name in ("achieved", "expected")]
    return Standing(Colour(one["colour"]), Why(one["why"]), *shares)


def bar(one: dict[str, Any]) -> Bar:
    done = float(Fraction(one["achieved"])) * 100
    expected = None if one["expected"] is None else min(max(float(Fraction(one["expected"])) * 100, 0), 100)
    return Bar(one["name"], min(max(done, 0), 100), expected, f"{one['name']}. {standing_says(stand(one))}.")


def results_in(data: dict[str, Any]) -> int:
    return sum(one["in_period"] for one in data["indicators"])


def activities(data: dict[str, Any]) -> Filled:
    keys = ("done", "doing", "stuck", "to_do")
    rows = [
        Row(
            [one["group"] or _("No group"), *(str(one[key]) for key in keys)],
            [None, *(Decimal(one[key]) for key in keys)],
        )
        for one in data["actions"]
    ]
    facts = {
        "done": sum(one["done"] for one in data["actions"]),
        "total": sum(one[key] for one in data["actions"] for key in keys),
    }
    columns = [
        Column(_("Group"), _("The working group the actions belong to")),
        Column(_("Done"), _("Actions that are done")),
        Column(_("Under way"), _("Actions somebody works on")),
        Column(_("Stuck"), _("Actions that something blocks")),
        Column(_("To do"), _("Actions not begun")),
    ]
    return Filled(
        _("%(done)s of %(total)s actions are done.") % facts,
        Table(_("Actions by group"), columns, rows),
        origin=_("From the action plans, as they stood when the numbers were taken; dropped actions are left out."),
    )


OUTCOMES: dict[str, Any] = dict(Decision.Outcome.choices)


def decisions(data: dict[str, Any]) -> Filled:
    rows = [
        Row(
            [one["title"], day(one["on"]), str(OUTCOMES.get(one["outcome"], one["outcome"]))],
            [None, as_date(one["on"]), None],
            ("governance:decision_detail", one["pk"]),
        )
        for one in data["decisions"]
    ]
    columns = [
        Column(_("Decision"), _("What was proposed")),
        Column(_("Taken on"), _("The day the replies were counted")),
        Column(_("Outcome"), _("What the rule made of the replies")),
    ]
    return Filled(
        _("%(count)s decisions were taken in this period.") % {"count": len(rows)},
        Table(_("Decisions"), columns, rows),
        origin=_("From the record of decisions."),
    )


def obligations(data: dict[str, Any]) -> Filled:
    rows = []
    for one in data["obligations"]:
        state = day(one["delivered_on"]) if one["delivered_on"] else _("Overdue") if one["late"] else _("Not yet due")
        days = [as_date(one[name]) if one[name] else None for name in ("due", "delivered_on")]
        cells = [one["who"], one["what"], day(one["due"]) if one["due"] else "–", state]
        rows.append(Row(cells, [None, None, *days], ("agreements:agreement", one["agreement"])))
    kept = sum(one["delivered_on"] is not None for one in data["obligations"])
    columns = [
        Column(_("Who"), _("The partner that promised")),
        Column(_("Promise"), _("What it promised in an agreement")),
        Column(_("Due"), _("The day it is due")),
        Column(_("Delivered"), _("The day it was delivered, or that it was not")),
    ]
    return Filled(
        _("%(kept)s of %(total)s promises are kept.") % {"kept": kept, "total": len(rows)},
        Table(_("Promises of the agreements"), columns, rows),
        origin=_("From the agreements, as they stood when the numbers were taken."),
    )


def money(data: dict[str, Any]) -> Filled:
    """The grants, and what they come to in each currency."""
    totals: dict[str, Decimal] = {}
    rows = []
    for one in data["grants"]:
        amount = Decimal(one["amount"])
        totals[one["currency"]] = totals.get(one["currency"], Decimal()) + amount
        cells = [
            one["title"],
            one["funder"],
            one["recipient"],
            say_money(amount, one["currency"]),
            day(one["awarded_on"]),
        ]
        exact: list[Exact] = [None, None, None, amount, as_date(one["awarded_on"])]
        rows.append(Row(cells, exact, ("reports:grant_detail", one["pk"])))
    columns = [
        Column(_("For"), _("What the money is for")),
        Column(_("Given by"), _("Who gave it")),
        Column(_("Received by"), _("The partner that received it")),
        Column(_("Amount"), _("The amount granted, in the currency of the grant")),
        Column(_("Granted on"), _("The day it was granted")),
    ]
    said = ", ".join(say_money(total, currency) for currency, total in sorted(totals.items()))
    sentence = _("%(total)s were granted.") % {"total": said} if rows else _("No grant is entered.")
    return Filled(sentence, Table(_("Grants"), columns, rows), origin=_("From the list of grants."))


def partnership(data: dict[str, Any]) -> Filled:
    rows = []
    for one in data["check_ins"]:
        answered = _("%(answered)s of %(asked)s") % {"answered": one["answered"], "asked": one["asked"]}
        said = [None if side["hidden"] else Decimal(side["yes"]) for side in one["sides"]]
        cells = [one["title"], day(one["on"]), answered, *(side_says(side) for side in one["sides"])]
        exact: list[Exact] = [None, as_date(one["on"]), Decimal(one["answered"]), *said]
        rows.append(Row(cells, exact, ("evaluation:checkin_detail", one["pk"])))
    said_yes = _("People who said yes, of those who answered this question")
    columns = [
        Column(_("Check-in"), _("A short question round in one stage")),
        Column(_("Closed on"), _("The last day of answers")),
        Column(_("Answered"), _("People who answered, of those who were asked")),
        *(Column(str(title), said_yes) for title in TITLES.values()),
    ]
    return Filled(
        _("%(count)s check-ins asked how we work together; each cell says how many said yes.") % {"count": len(rows)},
        Table(_("Check-ins"), columns, rows),
        origin=_("From anonymous check-ins, shown from five people of three organizations."),
    )


def side_says(side: dict[str, Any]) -> str:
    if side["hidden"]:
        return _("too few to show")
    return _("%(yes)s of %(total)s") % {"yes": side["yes"], "total": side["total"]}


def lessons(_data: dict[str, Any]) -> Filled:
    return Filled("")


FILLS: dict[str, Callable[[dict[str, Any]], Filled]] = {
    "summary": summary,
    "partners": partners,
    "people": people,
    "needs": needs,
    "results": results,
    "activities": activities,
    "decisions": decisions,
    "obligations": obligations,
    "money": money,
    "partnership": partnership,
    "lessons": lessons,
}

"""What the records say for one report, as plain data: no word of the interface in it, every number with its origin."""

from collections import Counter
from typing import Any

from django.utils import timezone

from concorda.begin.agreements.models import Obligation
from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.partnerships.queries import committed
from concorda.implement.action_plans.models import Action
from concorda.monitor.evaluation.queries import latest_approved, rounds, standing_of
from concorda.monitor.reports.models import Report


def build(report: Report) -> dict[str, Any]:
    """The snapshot of a report, from the records in scope, in a fixed number of queries.

    Measurements, decisions and check-ins end with the cut-off; partners, needs, goals, actions and obligations are told
    as they stand when it is built, because they carry no history.
    """
    return {
        "partners": [one.organization.name for one in committed(report.partnership)],
        "needs": list(Need.objects.filter(set_aside_on=None).values_list("statement", flat=True)),
        "goals": list(Goal.objects.values("pk", "title")),
        "indicators": indicators(report),
        "actions": actions(),
        "decisions": decisions(report),
        "obligations": obligations(report),
        "check_ins": check_ins(report),
    }


def indicators(report: Report) -> list[dict[str, Any]]:
    """Each indicator with its latest approved value up to the cut-off; `on` before the period means an older result."""
    latest = latest_approved(report.cut_off)
    found = []
    for one in Indicator.objects.order_by("goal__position", "pk"):
        last = latest.get(one.pk)
        stand = standing_of(one, last, on=min(report.cut_off, clock.today()))
        found.append(
            {
                "goal": one.goal_id,
                "name": one.name,
                "unit": one.unit,
                "baseline": number(one.baseline),
                "target": number(one.target),
                "value": number(last.value) if last else None,
                "on": last.on.isoformat() if last else None,
                "in_period": bool(last and report.period_from <= last.on),
                "source": last.source if last else one.source,
                "note": last.note if last else "",
                "approved_by": last.settled_by.person.name if last and last.settled_by else None,
                "colour": str(stand.colour),
                "why": str(stand.why),
                "achieved": None if stand.achieved is None else str(stand.achieved),
                "expected": None if stand.expected is None else str(stand.expected),
            }
        )
    return found


def number(value: Any) -> str | None:
    """A decimal exactly, as text."""
    return None if value is None else format(value.normalize(), "f")


def actions() -> list[dict[str, Any]]:
    """How many actions of each group are done, under way, stuck; dropped ones are left out."""
    rows: dict[str, Counter[str]] = {}
    for group, status in Action.objects.order_by("group", "pk").values_list("group__name", "status"):
        if status != Action.Status.DROPPED:
            rows.setdefault(group or "", Counter())[status] += 1
    statuses = [status for status in Action.Status.values if status != Action.Status.DROPPED]
    return [{"group": group, **{status: count[status] for status in statuses}} for group, count in rows.items()]


def decisions(report: Report) -> list[dict[str, Any]]:
    last = min(report.period_to, report.cut_off)
    decided = Decision.objects.filter(
        status=Decision.Status.DECIDED, decided_at__date__gte=report.period_from, decided_at__date__lte=last
    )
    return [
        {"title": one.title, "on": timezone.localdate(one.decided_at).isoformat(), "outcome": one.outcome}
        for one in decided.order_by("decided_at", "pk")
    ]


def obligations(report: Report) -> list[dict[str, Any]]:
    """What was promised and fell due, or was delivered, by the cut-off."""
    rows = Obligation.objects.select_related("partner__organization").order_by("due", "pk")
    return [
        {
            "who": one.partner.organization.name,
            "what": one.what,
            "due": one.due.isoformat() if one.due else None,
            "delivered_on": one.delivered_on.isoformat()
            if one.delivered_on and one.delivered_on <= report.cut_off
            else None,
            "late": bool(one.due and one.due < min(report.cut_off, clock.today()) and not one.delivered_on),
        }
        for one in rows
    ]


def check_ins(report: Report) -> list[dict[str, Any]]:
    """The check-ins closed in the period, suppressed exactly as on their page."""
    last = min(report.period_to, report.cut_off)
    return [
        {
            "title": one.check_in.title,
            "on": one.check_in.ended_on.isoformat(),
            "asked": one.asked,
            "answered": one.answered,
            "sides": [
                {"key": side.key, "hidden": str(side.hidden)}
                if side.hidden
                else {"key": side.key, "hidden": None, "yes": side.yes, "total": side.total}
                for side in one.sides
            ],
        }
        for one in rounds()
        if report.period_from <= one.check_in.ended_on <= last
    ]

"""What the records say for one report, as plain data: no word of the interface in it, every number with its origin."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from concorda.analysis.survey.disclosure import Cell, suppress
from concorda.begin.agreements.models import Obligation
from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.queries import committed, present
from concorda.implement.action_plans.models import Action
from concorda.monitor.evaluation.queries import Side, latest_approved, rounds, standing_of
from concorda.monitor.reports.models import Grant, Report


def build(report: Report) -> dict[str, Any]:
    """The snapshot of a report, from the records in scope, in a fixed number of queries.

    Measurements, decisions and check-ins end with the cut-off; partners, needs, goals, actions and obligations are told
    as they stand when it is built, because they carry no history.
    """
    basis = basis_of(report)
    return {
        "partners": [
            {"name": one.organization.name, "kind": one.organization.kind} for one in committed(report.partnership)
        ],
        "people": people(basis, shown_before(report)),
        "basis": basis,
        "needs": list(Need.objects.filter(set_aside_on=None).values("pk", "statement")),
        "goals": list(Goal.objects.values("pk", "title")),
        "indicators": indicators(report),
        "actions": actions(),
        "decisions": decisions(report),
        "obligations": obligations(report),
        "check_ins": check_ins(report),
        "grants": grants(report),
    }


Basis = Mapping[str, Mapping[str, int]]


def basis_of(report: Report) -> dict[str, dict[str, int]]:
    """Kind of organization → organization → how many of its people take part. Kept to compare with, never shown."""
    found: dict[str, dict[str, int]] = {}
    for one in present(report.partnership):
        if one.organization:
            members = found.setdefault(one.organization.kind, {})
            members[str(one.organization_id)] = members.get(str(one.organization_id), 0) + 1
    return {kind: dict(sorted(members.items())) for kind, members in sorted(found.items())}


def people(basis: Basis, earlier: Basis) -> list[dict[str, Any]]:
    """How many take part by kind of organization, where that tells of no single person or organization."""
    hidden = suppress([Cell(kind, members) for kind, members in basis.items()], earlier=earlier)
    return [
        {"kind": kind, "hidden": str(hidden[kind])}
        if kind in hidden
        else {"kind": kind, "hidden": None, "organizations": len(members), "people": sum(members.values())}
        for kind, members in basis.items()
    ]


def shown_before(report: Report) -> dict[str, Mapping[str, int]]:
    """The groups that earlier approved reports of this audience have shown, each as it was when it was shown last."""
    approved = Report.objects.filter(audience=report.audience, status=Report.Status.APPROVED).exclude(pk=report.pk)
    found: dict[str, Mapping[str, int]] = {}
    for snapshot in approved.order_by("approved_at", "pk").values_list("snapshot", flat=True):
        shown = {one["kind"] for one in snapshot["people"] if not one["hidden"]}
        found |= {kind: members for kind, members in snapshot["basis"].items() if kind in shown}
    return found


def indicators(report: Report) -> list[dict[str, Any]]:
    """Each indicator with its latest approved value up to the cut-off; `on` before the period means an older result."""
    latest = latest_approved(report.cut_off)
    found = []
    for one in Indicator.objects.order_by("goal__position", "pk"):
        last = latest.get(one.pk)
        stand = standing_of(one, last, on=min(report.cut_off, clock.today()))
        found.append(
            {
                "pk": one.pk,
                "measurement": last.pk if last else None,
                "goal": one.goal_id,
                "name": one.name,
                "unit": one.unit,
                "baseline": number(one.baseline),
                "baseline_on": one.baseline_on.isoformat() if one.baseline_on else None,
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
        {"pk": one.pk, "title": one.title, "on": timezone.localdate(one.decided_at).isoformat(), "outcome": one.outcome}
        for one in decided.order_by("decided_at", "pk")
    ]


def obligations(report: Report) -> list[dict[str, Any]]:
    """What was promised and fell due, or was delivered, by the cut-off."""
    rows = Obligation.objects.select_related("partner__organization").order_by("due", "pk")
    return [
        {
            "agreement": one.agreement_id,
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
            "pk": one.check_in.pk,
            "title": one.check_in.title,
            "stage": one.check_in.stage,
            "on": one.check_in.ended_on.isoformat(),
            "asked": one.asked,
            "answered": one.answered,
            "sides": [side_of(side) for side in one.sides],
        }
        for one in rounds()
        if report.period_from <= one.check_in.ended_on <= last
    ]


def side_of(side: Side) -> dict[str, Any]:
    if side.hidden:
        return {"key": side.key, "hidden": str(side.hidden)}
    return {"key": side.key, "hidden": None, "yes": side.yes, "total": side.total}


def grants(report: Report) -> list[dict[str, Any]]:
    """Money granted up to the cut-off."""
    rows = Grant.objects.filter(awarded_on__lte=report.cut_off).select_related("recipient__organization")
    rows = rows.prefetch_related("recipient__organization__identifiers")
    return [
        {
            "pk": one.pk,
            "title": one.title,
            "description": one.description,
            "funder": one.funder,
            "funder_number": one.funder_number,
            "recipient": one.recipient.organization.name,
            "recipient_number": number_of(one.recipient.organization),
            "amount": format(one.amount, "f"),
            "currency": one.currency,
            "awarded_on": one.awarded_on.isoformat(),
            "starts_on": one.starts_on.isoformat() if one.starts_on else None,
            "ends_on": one.ends_on.isoformat() if one.ends_on else None,
            "number": one.number,
        }
        for one in rows
    ]


def number_of(organization: Organization) -> str:
    """The number a register knows an organization by, or nothing."""
    return next((str(one) for one in organization.identifiers.all()), "")

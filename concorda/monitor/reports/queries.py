from django.db.models import QuerySet

from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.partnerships.access import Ability, Access
from concorda.monitor.evaluation.queries import latest_approved
from concorda.monitor.reports.models import Report

FOR_OBSERVERS = (Report.Audience.FUNDER, Report.Audience.PUBLIC)


def visible_to(access: Access) -> QuerySet[Report]:
    """Participants read every report; observers the approved ones for funder and public."""
    found = Report.objects.select_related("partnership", "author__person", "approved_by__person")
    if access.can(Ability.SEE):
        return found
    return found.filter(status=Report.Status.APPROVED, audience__in=FOR_OBSERVERS)


def standing_report(audience: str) -> Report | None:
    """The report that holds for an audience: the latest approved one nothing superseded, or else the latest draft."""
    rows = Report.objects.filter(audience=audience).select_related("partnership", "approved_by__person")
    approved = rows.filter(status=Report.Status.APPROVED)
    superseded = approved.exclude(supersedes=None).values("supersedes")
    return approved.exclude(pk__in=superseded).first() or rows.first()


def next_draft() -> Report | None:
    """The draft that is due first; one without a date comes last."""
    drafts = Report.objects.filter(status=Report.Status.DRAFT).select_related("partnership")
    return min(drafts, key=lambda one: (one.due is None, one.due or one.period_to, one.pk), default=None)


def results_in(report: Report) -> tuple[int, int]:
    """How many indicators have an approved result of the period, of how many."""
    latest = latest_approved(report.cut_off)
    return sum(report.period_from <= one.on for one in latest.values()), Indicator.objects.count()

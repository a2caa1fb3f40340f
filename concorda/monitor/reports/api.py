"""Reports for programs: drafts, what was written, and the files of their readers."""

from concorda.foundation.partnerships.access import Ability
from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.monitor.reports import queries, views
from concorda.monitor.reports.forms import ReportForm
from concorda.monitor.reports.models import Grant, Report, Schedule, Section

OFFER = Offer(
    resources=(
        Resource(
            "reports",
            Report,
            ("title", "audience", "period_from", "period_to", "cut_off", "due", "status", "digest", "frozen_at",
             "approved_at", "supersedes", "created_at"),
            read=Ability.OBSERVE,
            rows=queries.visible_to,
            create=Verb(views.new, ReportForm),
            verbs={"write": Verb(views.write, more=True), "freeze": views.freeze, "approve": views.approve,
                   "supersede": views.supersede},
            documents={"pdf": views.pdf, "docx": views.docx,
                       "html": views.html, "xlsx": views.xlsx, "csv": views.csv,
                       "data": views.data, "iati": views.iati, "360giving": views.grants},
        ),
        Resource(
            "report-schedules",
            Schedule,
            ("title", "audience", "every", "next_on", "days", "owner"),
            register=views.Schedules,
        ),
        Resource(
            "grants",
            Grant,
            ("title", "description", "funder", "funder_number", "recipient", "amount", "currency", "awarded_on",
             "starts_on", "ends_on", "number"),
            register=views.Grants,
        ),
        Resource("sections", Section, ("report", "key", "text")),
    ),
)  # fmt: skip

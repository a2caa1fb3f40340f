from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from concorda.foundation.core.tables import csv_file
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, page
from concorda.monitor.reports import files, open_data, queries, services
from concorda.monitor.reports.document import document, shown, unlinked
from concorda.monitor.reports.forms import GrantForm, ReportForm, ScheduleForm, SectionsForm
from concorda.monitor.reports.models import Grant, Report, Schedule

HERE = {"stage": "monitor", "tool": "reports"}
RELATED = ("partnership", "author__person", "approved_by__person")


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """The reports this person may read."""
    context = {
        "reports": queries.visible_to(request.access),
        "may_write": request.access.can(Ability.CONTRIBUTE, **HERE),
        "may_see": request.access.can(Ability.SEE, **HERE),
    }
    return render(request, "reports/home.html", context)


@page(Ability.CONTRIBUTE)
def new(request: Visit) -> HttpResponse:
    """Begin a report for an audience and a period."""
    form = ReportForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        return redirect(services.begin(form.save(commit=False), by=request.user))
    context = {
        "frame": "tool.html",
        "form": form,
        "title": _("Begin a report"),
        "standing": _("Choose whom it is for and what time it tells of; the sections fill themselves."),
        "save_label": _("Begin it"),
        "cancel_url": reverse("reports:home", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


def seen(request: Visit, report: Report) -> Report:
    """The report, or 404 when it is not meant for this person's eyes."""
    if not queries.visible_to(request.access).filter(pk=report.pk).exists():
        raise Http404(_("There is no such report."))
    return report


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def report(request: Visit, report: Report) -> HttpResponse:
    """The report as its readers get it, with what can still be done to it."""
    made = document(seen(request, report))
    reads_records = request.access.can(Ability.SEE, **HERE)
    context = {
        "title": report.title,
        "report": report,
        "document": made,
        "parts": shown(made.parts, made.path if reads_records else unlinked),
        "standing": made.lines[-1] + ".",
        "standing_more": made.lines[1] + ". " + made.lines[2] + ".",
        "open_data": open_files(report),
        "may_write": not report.approved and request.access.can(Ability.CONTRIBUTE, **HERE),
        "may_approve": not report.approved and request.access.can(Ability.STEER, **HERE),
        "may_supersede": report.approved and request.access.can(Ability.CONTRIBUTE, **HERE),
    }
    return render(request, "reports/report.html", context)


def open_files(report: Report) -> dict[str, bool]:
    """Which files for programs this report has."""
    evaluator = report.audience == Report.Audience.EVALUATOR
    granted = report.snapshot["grants"] if report.snapshot else Grant.objects.exists()
    return {"data": evaluator, "iati": not evaluator, "grants": bool(granted) and not evaluator}


@page(Ability.CONTRIBUTE, Report, related=RELATED)
def write(request: Visit, report: Report) -> HttpResponse:
    """Add words to the sections of a draft."""
    if report.approved:
        return already(request, report)
    form = SectionsForm(request.POST or None, report=report)
    if request.method == "POST" and form.is_valid():
        services.write(report, form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect(report)
    context = {
        "frame": "tool.html",
        "form": form,
        "title": report.title,
        "standing": _("Numbers and tables come from the records; say here what they mean."),
        "save_label": _("Save the words"),
        "cancel_url": report.get_absolute_url(),
    }
    return render(request, "form.html", context)


@page(Ability.CONTRIBUTE, Report, methods=("POST",), related=RELATED)
def freeze(request: Visit, report: Report) -> HttpResponse:
    """Take the numbers as they stand now."""
    if report.approved:
        return already(request, report)
    services.freeze(report, by=request.user)
    messages.success(request, _("The numbers are frozen. You can freeze them anew until the report is approved."))
    return redirect(report)


@page(Ability.STEER, Report, methods=("POST",), related=RELATED)
def approve(request: Visit, report: Report) -> HttpResponse:
    """Make it final."""
    if report.approved:
        return already(request, report)
    try:
        services.approve(report, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Approved. It will not change any more."))
    return redirect(report)


def already(request: Visit, report: Report) -> HttpResponse:
    messages.info(request, _("This report is approved and does not change any more."))
    return redirect(report)


@page(Ability.CONTRIBUTE, Report, methods=("POST",), related=RELATED)
def supersede(request: Visit, report: Report) -> HttpResponse:
    """Begin a new report in the place of an approved one."""
    try:
        draft = services.supersede(report, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(report)
    messages.success(request, _("Begun. The approved report stays as it is until this one is approved."))
    return redirect(draft)


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def pdf(request: Visit, report: Report) -> HttpResponse:
    return attached(seen(request, report), "pdf")


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def docx(request: Visit, report: Report) -> HttpResponse:
    return attached(seen(request, report), "docx")


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def xlsx(request: Visit, report: Report) -> HttpResponse:
    return attached(seen(request, report), "xlsx")


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def html(request: Visit, report: Report) -> HttpResponse:
    return attached(seen(request, report), "html")


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def csv(request: Visit, report: Report) -> HttpResponse:
    """The indicators of the report, exact."""
    return csv_file(name_of(seen(request, report), "csv"), files.results_table(report))


@page(Ability.SEE, Report, methods=READ, related=RELATED)
def data(request: Visit, report: Report) -> HttpResponse:
    """Tables without names and their codebook, for whoever evaluates."""
    if report.audience != Report.Audience.EVALUATOR:
        raise Http404(_("Data without names belong to a report for evaluators."))
    return download(seen(request, report), open_data.data(report), "application/zip", "zip")


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def iati(request: Visit, report: Report) -> HttpResponse:
    """The partnership as an IATI activity."""
    return download(seen(request, report), open_data.iati(report), "application/xml", "iati.xml")


@page(Ability.OBSERVE, Report, methods=READ, related=RELATED)
def grants(request: Visit, report: Report) -> HttpResponse:
    """The grants as 360Giving tells them."""
    made = open_data.grants(seen(request, report))
    if made is None:
        raise Http404(_("No grant is entered, so there is nothing to tell."))
    return download(report, made, "application/json", "360giving.json")


class Schedules(Register):
    model = Schedule
    form = ScheduleForm
    title = gettext_lazy("Reports that draft themselves")
    new_label = gettext_lazy("Add a schedule")
    save_label = gettext_lazy("Save the schedule")
    empty = gettext_lazy("No report drafts itself yet")
    empty_text = gettext_lazy("At its time a report is drafted on the time just over, and whoever finishes it is told.")
    roles = ("list", "new", "edit", "delete")
    related = ("owner__person",)
    columns = (
        ("title", gettext_lazy("Report")),
        ("audience", gettext_lazy("For")),
        ("every", gettext_lazy("How often")),
        ("next_on", gettext_lazy("Next drafted on")),
        ("owner", gettext_lazy("Who finishes it")),
    )
    said = {
        "new": gettext_noop("let the report “%(what)s” draft itself"),
        "edit": gettext_noop("changed when the report “%(what)s” drafts itself"),
        "delete": gettext_noop("no longer lets the report “%(what)s” draft itself"),
    }


class Grants(Register):
    model = Grant
    form = GrantForm
    title = gettext_lazy("Grants")
    new_label = gettext_lazy("Enter a grant")
    save_label = gettext_lazy("Save the grant")
    empty = gettext_lazy("No grants yet")
    empty_text = gettext_lazy("Money somebody gave for what you do together, as reports account for it.")
    search = ("title", "funder")
    related = ("recipient__organization",)
    columns = (
        ("title", gettext_lazy("For")),
        ("funder", gettext_lazy("Given by")),
        ("recipient", gettext_lazy("Received by")),
        ("amount_says", gettext_lazy("Amount")),
        ("awarded_on", gettext_lazy("Granted on")),
    )
    said = {
        "new": gettext_noop("entered the grant “%(what)s”"),
        "edit": gettext_noop("changed the grant “%(what)s”"),
        "delete": gettext_noop("removed the grant “%(what)s”"),
    }


def name_of(report: Report, ending: str) -> str:
    return f"{report.partnership.slug}-{report.audience}-{report.period_to:%Y-%m-%d}.{ending}"


def attached(report: Report, ending: str) -> HttpResponse:
    form = files.FORMATS[ending]
    return download(report, form.make(report), form.kind, ending)


def download(report: Report, content: bytes, kind: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name_of(report, ending)}"'
    return answer

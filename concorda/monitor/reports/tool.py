from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.monitor.reports import queries, services
from concorda.monitor.reports.models import Report


def progress(partnership: Partnership) -> Progress:
    """The draft that is due first and how many results are in; else the last report approved."""
    draft = queries.next_draft()
    if draft is not None:
        return of_draft(draft)
    last = Report.objects.order_by("-approved_at").first()
    step = Step(_("Begin a report"), reverse("reports:report_new", args=[partnership.slug]))
    if last is None:
        return Progress(State.NONE, _("No report has been written yet."), step=step)
    return Progress(State.DONE, _("The latest report is approved: “%(title)s”.") % {"title": last.title}, step=step)


def of_draft(draft: Report) -> Progress:
    done, total = queries.results_in(draft)
    sentence = _("%(done)s of %(total)s results are in.") % {"done": done, "total": total}
    late = draft.due is not None and draft.due < clock.today()
    if draft.due:
        text = _("The report was due %(day)s.") if late else _("The report is due %(day)s.")
        sentence += " " + text % {"day": say_day(draft.due)}
    # The list, not the draft: observers read the map too, and drafts are not for them.
    step = Step(_("Go on with the report"), reverse("reports:home", args=[draft.partnership.slug]))
    care = _("the report") if late else ""
    return Progress(State.CARE if late else State.HALF, sentence, done, total or None, step, care)


def waiting(access: Access) -> Iterator[Waiting]:
    """My drafts that have a date."""
    mine = Report.objects.filter(author=access.participant, status=Report.Status.DRAFT).exclude(due=None)
    for draft in mine.select_related("partnership"):
        label = _("Finish the report “%(title)s”") % {"title": draft.title}
        yield Waiting(label, draft.get_absolute_url(), due=draft.due, late=draft.due < clock.today(), icon="doc")


TOOL = Tool(
    key="reports",
    title=gettext_lazy("Reports"),
    question=gettext_lazy("What do we tell whom?"),
    progress=progress,
    waiting=waiting,
    by_the_clock=services.draft_scheduled,
    searchable=(queries.visible_to,),
)

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.analysis.indicator import Colour
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.monitor.evaluation import queries
from concorda.monitor.evaluation.models import CheckIn


def progress(partnership: Partnership) -> Progress:
    """How many answered the latest check-in that is closed, or how many have a result where nobody was asked yet."""
    asked: list[Any] = list(queries.counted_check_ins())
    closed = next((one for one in asked if not one.is_open), None)
    opened = next((one for one in asked if one.is_open), None)
    measured = queries.lines()
    step = next_step(partnership, measured)
    if not asked and not any(line.latest for line in measured):
        return Progress(
            State.NONE, _("Nobody has been asked how it is going, and nothing has been measured."), step=step
        )
    if not asked:
        return Progress(State.HALF, queries.work_says(measured), step=step)
    missing = [line for line in measured if line.colour in (Colour.GREY, Colour.RED)]
    state = State.HALF if missing or not measured or closed is None else State.DONE
    about = closed or opened or asked[0]
    return Progress(state, sentence(closed, opened), about.answered, about.asked, step)


def sentence(closed: Any, opened: Any) -> str:
    parts = []
    if closed is not None:
        text = ngettext(
            "%(answered)s of %(asked)s person answered the %(month)s check-in.",
            "%(answered)s of %(asked)s people answered the %(month)s check-in.",
            closed.asked,
        )
        month = date_format(localtime(closed.opened_at), "F")
        parts.append(text % {"answered": closed.answered, "asked": closed.asked, "month": month})
    if opened is not None:
        text = _("“%(title)s” is open until %(day)s.")
        parts.append(text % {"title": opened.title, "day": say_day(opened.closes_on)})
    return " ".join(parts)


def next_step(partnership: Partnership, measured: list[queries.Line]) -> Step:
    unapproved = queries.to_approve().first()
    if unapproved is not None:
        return Step(
            _("Look at the value of “%(name)s”") % {"name": unapproved.indicator.name}, unapproved.get_absolute_url()
        )
    without = next((line.indicator for line in measured if line.latest is None), None)
    if without is not None:
        url = reverse("evaluation:measurement_new", args=[partnership.slug]) + f"?indicator={without.pk}"
        return Step(_("Measure “%(name)s”") % {"name": without.name}, url)
    return Step(_("Open a check-in"), reverse("evaluation:checkin_new", args=[partnership.slug]))


def waiting(access: Access) -> Iterator[Waiting]:
    """My open check-ins, what I have to measure or measure again, and what I have to approve."""
    slug, today = access.partnership.slug, clock.today()
    for ticket in queries.my_tickets(access):
        url = reverse("evaluation:answer", args=[slug, ticket.check_in_id])
        label = _("Answer the check-in “%(title)s”") % {"title": ticket.check_in.title}
        yield Waiting(label, url, detail=_("Two minutes, no name"), due=ticket.check_in.closes_on, icon="comment")
    if not access.can(Ability.CONTRIBUTE, stage="monitor", tool="evaluation"):
        return
    for line in queries.to_measure(access):
        url = reverse("evaluation:measurement_new", args=[slug]) + f"?indicator={line.indicator.pk}"
        label = _("Measure “%(name)s”") % {"name": line.indicator.name}
        yield Waiting(label, url, due=line.due, late=line.due is not None and line.due < today, icon="pen")
    for row in queries.returned_to(access):
        label = _("Measure “%(name)s” again") % {"name": row.indicator.name}
        yield Waiting(label, row.get_absolute_url(), detail=row.returned_because, icon="pen")
    if access.can(Ability.STEER, stage="monitor", tool="evaluation"):
        for row in queries.to_approve():
            label = _("Approve or return the value of “%(name)s”") % {"name": row.indicator.name}
            yield Waiting(label, row.get_absolute_url(), detail=row.by.person.name, icon="check")


TOOL = Tool(
    key="evaluation",
    title=gettext_lazy("Evaluation"),
    question=gettext_lazy("How does the work go, and how does the partnership?"),
    progress=progress,
    waiting=waiting,
    searchable=(lambda _access: CheckIn.objects.all(),),
)

"""Pages of calls for partners, for those who take part: the calls, one call, marks, side by side, outcomes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.connect.participation import calls
from concorda.connect.participation.call_forms import (
    CallForm,
    CancelForm,
    ExtendForm,
    MarksForm,
    OutcomeForm,
    ReplyForm,
)
from concorda.connect.participation.models import Application, Call, Inquiry, Mark
from concorda.connect.participation.views import VERB, answered
from concorda.foundation.accounts import mail
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page


def steers(request: Visit) -> bool:
    return bool(request.access.can(Ability.STEER, stage="connect", tool="participation"))


@page(Ability.SEE, methods=READ)
def call_list(request: Visit) -> HttpResponse:
    """The calls of the partnership; a draft only for those who steer."""
    rows = Call.objects.all() if steers(request) else Call.objects.exclude(opened_on=None)
    context = {
        "title": _("Calls for partners"),
        "standing": _("Say in public what you look for, and weigh all who answer by the same criteria."),
        "calls": rows,
        "steers": steers(request),
    }
    return render(request, "participation/calls.html", context)


@page(Ability.SEE, Call, methods=READ)
def call(request: Visit, call: Call) -> HttpResponse:
    """One call; for those who steer and its reviewers, the applications."""
    reviewer = calls.reviewer_of(call, request.access.participant)
    if not (call.opened_on or steers(request)):
        raise PermissionDenied(_("This call is still being written."))
    reads = bool(reviewer or steers(request))
    applications = list(call.applications.all()) if reads else []
    context = {
        "title": call.title,
        "voice": True,
        "standing": standing_of(call, len(applications) if reads else None),
        "call": call,
        "criteria": call.criteria.all(),
        "inquiries": call.inquiries.all() if reads else call.inquiries.exclude(answered_at=None),
        "applications": applications,
        "reads": reads,
        "steers": steers(request),
        "public": mail.absolute(calls.address_of(call)) if call.opened_on else "",
    }
    return render(request, "participation/call.html", context)


def standing_of(call: Call, count: int | None) -> str:
    if not call.opened_on:
        return _("A draft: the public does not see it.")
    if call.cancelled_on:
        return _("Cancelled on %(day)s: %(reason)s") % {
            "day": say_day(call.cancelled_on),
            "reason": call.cancelled_because,
        }
    said = _("Closed.") if call.closed_on else _("Open.") if call.takes else _("The last day to apply has passed.")
    if count is None:
        return said
    here = ngettext("%(count)s application is here.", "%(count)s applications are here.", count) % {"count": count}
    return f"{said} {here}"


@page(Ability.STEER)
def call_new(request: Visit) -> HttpResponse:
    return write(request, Call(partnership=request.partnership))


@page(Ability.STEER, Call)
def call_edit(request: Visit, call: Call) -> HttpResponse:
    return write(request, call)


def write(request: Visit, call: Call) -> HttpResponse:
    form = CallForm(request.POST or None, instance=call, access=request.access)
    return answered(
        request,
        form,
        lambda **said: calls.draft(
            form.save(commit=False), by=request.user, criteria=said["criteria"], reviewers=said["reviewers"]
        ),
        title=_("Write a call") if call.pk is None else call.title,
        standing=_("The public sees it once you open it; then its words and weights stand."),
        save_label=_("Save the draft"),
        back=call.get_absolute_url() if call.pk else reverse("participation:calls", args=[request.partnership.slug]),
    )


def verb(request: Visit, call: Call, do: Any, said: str) -> HttpResponse:
    try:
        do(call, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, said)
    return redirect(call)


@page(Ability.STEER, Call, methods=VERB)
def call_publish(request: Visit, call: Call) -> HttpResponse:
    return verb(request, call, calls.publish, _("Open. Send its public address to whom you like."))


@page(Ability.STEER, Call, methods=VERB)
def call_close(request: Visit, call: Call) -> HttpResponse:
    return verb(request, call, calls.close, _("Closed. The reviewers see each other’s marks now."))


@page(Ability.STEER, Call)
def call_extend(request: Visit, call: Call) -> HttpResponse:
    """Give people more time."""
    return answered(
        request,
        ExtendForm(request.POST or None),
        lambda **said: calls.extend(call, by=request.user, **said),
        title=_("Give people more time"),
        standing=_("Only the last day changes; words, criteria and weights stand."),
        save_label=_("Save the new day"),
        back=call.get_absolute_url(),
        said=_("Saved. The public page shows the new day."),
    )


@page(Ability.STEER, Call)
def call_cancel(request: Visit, call: Call) -> HttpResponse:
    """Call it off, with the reason."""
    return answered(
        request,
        CancelForm(request.POST or None),
        lambda **said: calls.cancel(call, by=request.user, **said),
        title=_("Cancel this call?"),
        standing=_("Everybody who applied is told. A cancelled call cannot be opened again."),
        save_label=_("Cancel the call"),
        back=call.get_absolute_url(),
        said=_("Cancelled. Everybody who applied has been told."),
    )


@page(Ability.STEER, Inquiry, related=("call",))
def inquiry(request: Visit, inquiry: Inquiry) -> HttpResponse:
    """Answer a question in public."""
    return answered(
        request,
        ReplyForm(request.POST or None, initial={"answer": inquiry.answer}),
        lambda answer: calls.reply(inquiry, by=request.user, answer=answer),
        title=_("Answer a question"),
        standing=inquiry.question,
        save_label=_("Answer in public"),
        back=inquiry.call.get_absolute_url(),
    )


@page(Ability.SEE, Application, related=("call",))
def application(request: Visit, application: Application) -> HttpResponse:
    """Read one application; a reviewer marks it, unseen by the others until the call is closed."""
    reviewer = calls.reviewer_of(application.call, request.access.participant)
    if not (reviewer or steers(request)):
        raise PermissionDenied(_("Only those who steer and the reviewers of this call read applications."))
    away = bool(reviewer and calls.recused(application, request.access.participant))
    if reviewer is None or away or application.call.ended:
        form = None
    else:
        own = {
            f"criterion-{one.criterion_id}": one.points
            for one in Mark.objects.filter(application=application, reviewer=reviewer)
        }
        form = MarksForm(request.POST or None, criteria=list(application.call.criteria.all()), initial=own)
    if request.method == "POST":
        if form is None or reviewer is None:
            raise PermissionDenied(_("You do not mark this application."))
        if form.is_valid():
            calls.mark(application, reviewer, form.points)
            messages.success(request, _("Your marks are kept. Nobody else sees them until the call is closed."))
            return redirect(application.call)
    context = {
        "title": application.organization,
        "standing": _("You work for the organization that applies, so you do not review it.")
        if away
        else _("What they wrote, in their own words."),
        "application": application,
        "form": form,
        "away": away,
        "steers": steers(request),
    }
    return render(request, "participation/application.html", context)


@page(Ability.SEE, Call, methods=READ)
def call_compare(request: Visit, call: Call) -> HttpResponse:
    """All applications side by side, once the call is closed."""
    if not (steers(request) or calls.reviewer_of(call, request.access.participant)):
        raise PermissionDenied(_("Only those who steer and the reviewers of this call read applications."))
    rows = calls.weighed(call) if call.closed_on else []
    context = {
        "title": _("Side by side"),
        "standing": _("Each application on each criterion, and what it is worth in all.")
        if call.closed_on
        else _("Marks are private until the call is closed."),
        "call": call,
        "rows": rows,
        "criteria": call.criteria.all(),
        "steers": steers(request),
    }
    return render(request, "participation/call_compare.html", context)


@page(Ability.STEER, Application, related=("call",))
def outcome(request: Visit, application: Application) -> HttpResponse:
    """Tell an applicant what became of the application."""
    return answered(
        request,
        OutcomeForm(request.POST or None),
        lambda **said: calls.decide(application, by=request.user, **said),
        title=_("Tell %(organization)s") % {"organization": application.organization},
        standing=_("They have a letter at once. Who is accepted becomes a candidate."),
        save_label=_("Send the outcome"),
        back=application.call.get_absolute_url(),
        said=_("They have been told."),
    )

"""Interests on record, the ladder for disagreements, and each disagreement on it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance import describing, disputing, queries, services
from concorda.begin.governance.forms import DisputeForm, InterestForm, LadderStepForm, NoteForm
from concorda.begin.governance.models import Dispute, Interest, LadderStep
from concorda.begin.governance.views.common import POST, attempt, submitted, to
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, page

# Interests


@page(Ability.SEE)
def interests(request: Visit) -> HttpResponse:
    """The interests on record; who takes part for an organization adds its own."""
    own = request.access.organization
    may = own is not None and bool(request.access.can(Ability.CONTRIBUTE))
    form = InterestForm(request.POST or None) if may else None
    if request.method == "POST" and form is None:
        raise PermissionDenied(_("You take part for no organization, so there is nobody to answer for."))

    def keep() -> None:
        assert form
        services.declare_interest(request.partnership, form.cleaned_data["text"], by=request.user)

    if form and submitted(request, form, keep, _("Saved. It is on record.")):
        return redirect(to(request, "interests"))
    found = list(queries.interests(request.partnership))
    context = {
        "title": _("Interests on record"),
        "found": found,
        "form": form,
        "own": own,
        **describing.interests(found),
    }
    return render(request, "governance/interests.html", context)


@page(Ability.CONTRIBUTE, Interest, methods=POST)
def interest_end(request: Visit, row: Interest) -> HttpResponse:
    """An interest of one's own organization has ended."""
    attempt(request, lambda: services.end_interest(row, by=request.user), _("Noted."))
    return redirect(to(request, "interests"))


# The ladder


class Ladder(Register):
    model, form = LadderStep, LadderStepForm
    abilities = {"new": Ability.STEER, "edit": Ability.STEER, "delete": Ability.STEER}
    roles = ("new", "edit", "delete")
    new_label = gettext_lazy("Add a step")

    def initial(self) -> dict[str, Any]:
        last = LadderStep.objects.last()
        return {"place": last.place + 1 if last else 1} if self.role == "new" else {}

    def back(self, row: Any | None = None) -> str:
        return to(self.request, "disputes")


@page(Ability.SEE, methods=READ)
def disputes(request: Visit) -> HttpResponse:
    """What the partners do when they disagree, and the disagreements this person may read."""
    found = list(disputing.visible(request.access).prefetch_related("parties__partner__organization", "moves"))
    context = {
        "title": _("When we disagree"),
        "ladder": disputing.ladder(request.partnership),
        "found": [(one, describing.parties(one), describing.dispute_stands(one)) for one in found],
        "may_bring_up": request.access.organization is not None and bool(request.access.can(Ability.CONTRIBUTE)),
        **describing.disputes(found),
    }
    return render(request, "governance/disputes.html", context)


@page(Ability.CONTRIBUTE)
def dispute_new(request: Visit) -> HttpResponse:
    """Bring up a disagreement: it begins on the first step."""
    form = DisputeForm(request.POST or None, access=request.access)
    made: list[Dispute] = []

    def keep() -> None:
        made.append(disputing.bring_up(form.save(commit=False), form.cleaned_data["others"], by=request.user))

    if submitted(request, form, keep, _("It is on the first step of the ladder. Those concerned were written to.")):
        return redirect(made[0].get_absolute_url())
    context = {
        "title": _("Bring up a disagreement"),
        "standing": _("Only your organization, those you name and the coordinators read it."),
        "form": form,
        "frame": "tool.html",
        "save_label": _("Begin the first step"),
        "cancel_url": to(request, "disputes"),
    }
    return render(request, "form.html", context)


def readable(request: Visit, row: Dispute) -> Dispute:
    """The row, if this person may read it; who may not does not learn that it exists."""
    if not disputing.visible(request.access).filter(pk=row.pk).exists():
        raise Http404
    return row


@page(Ability.SEE, Dispute, methods=READ, related=("by__organization", "by__person", "partnership"))
def dispute(request: Visit, row: Dispute) -> HttpResponse:
    """One disagreement on its way up the ladder."""
    readable(request, row)
    moves = list(row.moves.select_related("by__person", "by__organization"))
    reached = max((move.place or 0 for move in moves), default=0)
    context = {
        "title": row.title,
        "voice": True,
        "row": row,
        "moves": moves,
        "ahead": [step for step in disputing.ladder(request.partnership) if step.place > reached],
        "parties": describing.parties(row),
        "may_act": row.is_open and bool(request.access.can(Ability.CONTRIBUTE)),
        "may_take_back": request.access.organization == row.by.organization,
        **describing.dispute(row, moves),
    }
    return render(request, "governance/dispute.html", context)


def ending(request: Visit, row: Dispute, act: Any, title: str, said: str, label: str, done: str) -> HttpResponse:
    """A page that asks for a note and then does something with a disagreement."""
    readable(request, row)
    form = NoteForm(request.POST or None)
    if submitted(request, form, lambda: act(row, form.cleaned_data["note"], by=request.user), done):
        return redirect(row.get_absolute_url())
    context = {
        "title": title,
        "standing": row.title,
        "standing_more": said,
        "form": form,
        "frame": "tool.html",
        "save_label": label,
        "cancel_url": row.get_absolute_url(),
    }
    return render(request, "form.html", context)


@page(Ability.CONTRIBUTE, Dispute, related=("partnership",))
def dispute_go_on(request: Visit, row: Dispute) -> HttpResponse:
    """The step did not settle it: go to the next."""
    said = _("What came of this step stays on record; those concerned are written to.")
    return ending(
        request,
        row,
        disputing.go_on,
        _("Go to the next step"),
        said,
        _("Begin the next step"),
        _("The next step began."),
    )


@page(Ability.CONTRIBUTE, Dispute, related=("partnership",))
def dispute_settle(request: Visit, row: Dispute) -> HttpResponse:
    """It is settled."""
    said = _("Write down what you agreed, so that it holds.")
    return ending(request, row, disputing.settle, _("It is settled"), said, _("Settle it"), _("Settled. Thank you."))


@page(Ability.CONTRIBUTE, Dispute, related=("partnership",))
def dispute_take_back(request: Visit, row: Dispute) -> HttpResponse:
    """Who brought it up takes it back."""
    said = _("It stays on record with the reason.")
    label, done = _("Take it back"), _("Taken back. It stays on record with the reason.")
    return ending(request, row, disputing.take_back, _("Take this disagreement back?"), said, label, done)

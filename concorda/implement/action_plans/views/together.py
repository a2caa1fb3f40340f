"""All actions in one table, and what is done to several of them at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.core.forms import LONGEST
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import demand, page
from concorda.implement.action_plans import queries, rights, services
from concorda.implement.action_plans.filters import Filters
from concorda.implement.action_plans.forms import TogetherForm, said
from concorda.implement.action_plans.models import Action, Change

PER_PAGE = 50


@page(Ability.SEE)
def action_list(request: Visit) -> HttpResponse:
    """All actions in one table; those picked are marked as done together."""
    if request.method == "POST":
        demand(request, Ability.CONTRIBUTE, __name__)
        return on_picked(request, finish)
    kept = queries.stored(request.partnership)
    found = kept.forecast()
    filters = Filters(request, kept)
    lines = {line.action.pk: line for line in found.lines}
    chosen = [line.action for line in filters.lines(found)] + filters.actions(found.undated)
    shown = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    writes = rights.may_write(request.access)
    new_url = reverse("action_plans:action_new", args=[request.partnership.slug])
    context = {
        "page": shown,
        "title": _("All actions"),
        "standing": ngettext("%(count)s action.", "%(count)s actions.", len(chosen)) % {"count": len(chosen)},
        "rows": [(action, lines.get(action.pk)) for action in shown],
        "filters": filters,
        "form": TogetherForm(kept=kept, goals=Goal.objects.all()) if writes else None,
        "may_write": writes,
        "new_url": new_url if writes else "",
        "empty": {
            "title": _("No actions here"),
            "text": _("An action says who does what by when. Often it comes from a meeting."),
            "url": new_url if writes else "",
            "action": _("Write an action"),
        },
    }
    return render(request, "action_plans/action_list.html", context)


@page(Ability.CONTRIBUTE, methods=("POST",))
def together(request: Visit) -> HttpResponse:
    """Give those picked another state, person, group, goal or day."""
    kept = queries.stored(request.partnership)
    form = TogetherForm(request.POST, kept=kept, goals=Goal.objects.all())
    if not form.is_valid():
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, error)
        return redirect(back(request))
    return on_picked(request, form.act)


def on_picked(request: Visit, act: Callable[..., Change]) -> HttpResponse:
    """Do something to those of the picked actions that are this person's to change, and say what was done."""
    chosen = picked(request)
    carried = rights.Carried(request.access)
    mine = [action for action in chosen if action in carried]
    change = None
    if mine:
        try:
            change = act(mine, by=request.user)
        except ValidationError as error:
            messages.error(request, said(error))
        else:
            sentence = ngettext("%(n)s action is done.", "%(n)s actions are done.", len(mine))
            if act is not finish:
                sentence = ngettext("%(n)s action is changed.", "%(n)s actions are changed.", len(mine))
            messages.success(request, sentence % {"n": len(mine)})
    if len(mine) < len(chosen):
        names = ", ".join(f"“{action}”" for action in chosen if action not in carried)
        messages.error(request, _("Not yours to change: %(names)s.") % {"names": names})
    if not chosen:
        messages.error(request, _("Nothing open was picked. Tick the actions first."))
    return redirect(back(request, change))


def finish(actions: list[Action], *, by: Any) -> Change:
    return services.change_together(actions, services.Together(status=Action.Status.DONE), by=by)


def picked(request: Visit) -> list[Action]:
    """The open actions whose boxes were ticked."""
    numbers = [int(value) for value in request.POST.getlist("pick") if value.isdigit() and len(value) <= LONGEST]
    found = Action.objects.select_related("partnership").prefetch_related("shares").filter(pk__in=numbers)
    return [action for action in found if action.open]


def back(request: Visit, change: Change | None = None) -> str:
    """The list as it was filtered; with the change that can be taken back."""
    kept = request.GET.copy()
    kept.pop("undo", None)
    if change:
        kept["undo"] = str(change.pk)
    address = reverse("action_plans:action_list", args=[request.partnership.slug])
    return f"{address}?{kept.urlencode()}" if kept else address


@page(Ability.CONTRIBUTE, Change, methods=("POST",), related=("partnership",))
def undo(request: Visit, change: Change) -> HttpResponse:
    """Take back what one has just done."""
    if change.by_id != request.user.pk:
        raise PermissionDenied(_("Only who did this can take it back."))
    actions = [one.action for one in change.actions.select_related("action__partnership") if not one.made]
    try:
        count = services.undo(change, by=request.user)
    except ValidationError as error:
        messages.error(request, said(error))
    else:
        taken = ngettext("%(n)s action is as it was before.", "%(n)s actions are as they were before.", count)
        messages.success(request, taken % {"n": count})
    if len(actions) == 1:
        return redirect(actions[0])
    return redirect("action_plans:home", request.partnership.slug)

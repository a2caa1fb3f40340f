"""What if: changes tried without storing them; and what moved since the plan was agreed."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.foundation.core.forms import LONGEST
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, demand, page
from concorda.implement.action_plans import queries, rights, services
from concorda.implement.action_plans.forecast import likely_finish
from concorda.implement.action_plans.forms import ApplyForm, TrialForm, said
from concorda.implement.action_plans.models import Action, Baseline, Change
from concorda.implement.action_plans.tool import finish_sentence
from concorda.implement.action_plans.views.actions import with_undo

MOST = 20
"""So many changes are tried at once."""


@page(Ability.SEE)
def what_if(request: Visit) -> HttpResponse:
    """Try changes, see what slips, apply them or drop them; nothing is stored before they are applied."""
    if request.method == "POST":
        demand(request, Ability.CONTRIBUTE, __name__)
        return apply(request)
    return show(request, shifts_of(request.GET.getlist("try"), *added(request)))


def added(request: Visit) -> list[str]:
    """The change that was chosen in the form, as an address writes it."""
    action, days = request.GET.get("action", ""), request.GET.get("days", "")
    return [f"{action}:{days}"] if action and days else []


def shifts_of(words: list[str], *more: str) -> dict[int, int]:
    """ "12:5" → action 12 ends five working days later; what cannot be read is left out."""
    found: dict[int, int] = {}
    for word in (*words, *more)[: MOST + 1]:
        pk, _colon, days = word.partition(":")
        if (
            pk.isdigit()
            and len(pk) <= LONGEST
            and days.lstrip("+-").isdigit()
            and len(days) <= 4
            and abs(int(days)) <= 250
        ):
            found[int(pk)] = int(days)
    return {pk: days for pk, days in found.items() if days}


def show(request: Visit, shifts: dict[int, int], form: ApplyForm | None = None) -> HttpResponse:
    actions = {action.pk: action for action in TrialForm().fields["action"].queryset.filter(pk__in=shifts)}
    shifts = {pk: days for pk, days in shifts.items() if pk in actions}
    found = queries.trial(request.partnership, shifts)
    carried = rights.Carried(request.access)
    mine = bool(shifts) and all(action in carried for action in actions.values())
    context = {
        "title": _("What if?"),
        "trial": found,
        "changes": [(actions[pk], days, abs(days), address_without(shifts, pk)) for pk, days in shifts.items()],
        "tried": [f"{pk}:{days}" for pk, days in shifts.items()],
        "form": TrialForm(),
        "apply_form": (form or ApplyForm(initial={"changes": words_of(shifts)})) if mine else None,
        "standing": trial_sentence(found) if shifts else _("Try a change and see what it does; nothing is stored."),
        "standing_more": finish_sentence(found.before) if not shifts else slips_sentence(found),
    }
    return render(request, "action_plans/what_if.html", context)


def words_of(shifts: dict[int, int]) -> str:
    return " ".join(f"{pk}:{days}" for pk, days in shifts.items())


def address_without(shifts: dict[int, int], left_out: int) -> str:
    return urlencode([("try", f"{pk}:{days}") for pk, days in shifts.items() if pk != left_out])


def trial_sentence(found: queries.Trial) -> str:
    if not found.moved or not found.after.finish or not found.before.finish:
        return _("The finish would not move.")
    facts = {"before": say_day(found.before.finish), "after": say_day(found.after.finish)}
    return _("The finish would move from %(before)s to %(after)s.") % facts


def slips_sentence(found: queries.Trial) -> str:
    later = sum(slip.days > 0 for slip in found.slips)
    earlier = len(found.slips) - later
    words = []
    if later:
        words.append(ngettext("%(n)s action would end later", "%(n)s actions would end later", later) % {"n": later})
    if earlier:
        said_then = ngettext("%(n)s action would end earlier", "%(n)s actions would end earlier", earlier)
        words.append(said_then % {"n": earlier})
    return f"{', '.join(words)}." if words else _("Nothing else moves.")


def apply(request: Visit) -> HttpResponse:
    """Make what was tried so: every change is a moved date with one reason."""
    form = ApplyForm(request.POST)
    shifts = shifts_of(request.POST.get("changes", "").split()[:MOST])
    if not form.is_valid():
        return show(request, shifts, form)
    actions = list(TrialForm().fields["action"].queryset.select_related("partnership").filter(pk__in=shifts))
    if not actions:
        messages.error(request, _("There is nothing to apply. Choose an action and a number of days first."))
        return redirect("action_plans:what_if", request.partnership.slug)
    carried = rights.Carried(request.access)
    for action in actions:
        rights.demand(rights.YES if action in carried else rights.NOT_YOURS)
    change: Change | None = None
    try:
        moved = {action: shifts[action.pk] for action in actions}
        change = services.shift(moved, because=form.cleaned_data["because"], by=request.user)
    except ValidationError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("The change is made, with its reason on the timeline."))
    return redirect(with_undo(reverse("action_plans:home", args=[request.partnership.slug]), change))


@page(Ability.SEE, methods=READ)
def what_moved(request: Visit) -> HttpResponse:
    """Every action that ends on another day than was agreed, and why; how sure the finish is."""
    kept = queries.stored(request.partnership)
    found = kept.forecast()
    rows = queries.moved(kept, found)
    likely = likely_finish(found, kept.days, seed=request.partnership.pk)
    more = ngettext(
        "%(n)s action ends on another day than agreed.", "%(n)s actions end on another day than agreed.", len(rows)
    )
    context: dict[str, Any] = {
        "title": _("What moved, and why"),
        "standing": finish_sentence(found),
        "standing_more": more % {"n": len(rows)} if rows else "",
        "rows": rows,
        "found": found,
        "likely": likely,
        "baselines": Baseline.objects.all(),
        "undone": Action.objects.filter(baseline_due=None).exclude(due=None).count() if found.planned_finish else 0,
    }
    return render(request, "action_plans/what_moved.html", context)

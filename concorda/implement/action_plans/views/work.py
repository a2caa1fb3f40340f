"""Who carries how much, and what one group hands over to another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page
from concorda.implement.action_plans import queries, rights, services
from concorda.implement.action_plans.forms import HandOverForm, HoursForm, SendBackForm
from concorda.implement.action_plans.models import ActionShare, Dependency, OfferedHours
from concorda.implement.action_plans.views.actions import attempt
from concorda.implement.action_plans.workload import Workload, with_room, workload_of


@page(Ability.SEE, methods=READ)
def workload(request: Visit) -> HttpResponse:
    """Hours a week of each person and organization over the next four weeks, and what could move."""
    kept = queries.stored(request.partnership)
    found = kept.forecast()
    load = workload_of(kept, found, ActionShare.objects.filter(part=ActionShare.Part.RESPONSIBLE))
    room = with_room(load)
    own = OfferedHours.objects.filter(participant=request.access.participant).first()
    writes = rights.may_write(request.access)
    context = {
        "title": _("Workload, next four weeks"),
        "standing": load_sentence(load),
        "standing_more": unsaid_sentence(load),
        "load": load,
        "over": [
            (one, [(line, hours, room.get(line.action.group_id or 0, [])) for line, hours in one.movable])
            for one in load.over
        ],
        "form": HoursForm(initial={"a_week": own.a_week if own else None}) if writes else None,
    }
    return render(request, "action_plans/workload.html", context)


def load_sentence(load: Workload) -> str:
    """ "Two people carry more than they offered." """
    over = len(load.over)
    if not load.loads:
        return _("Nobody’s hours are known yet.")
    if not over:
        return _("Nobody carries more than they offered.")
    return ngettext(
        "%(n)s person carries more than they offered.", "%(n)s people carry more than they offered.", over
    ) % {"n": over}


def unsaid_sentence(load: Workload) -> str:
    if not load.unsaid:
        return ""
    said = ngettext(
        "%(n)s open action does not say how many hours it takes.",
        "%(n)s open actions do not say how many hours they take.",
        load.unsaid,
    )
    return said % {"n": load.unsaid}


@page(Ability.CONTRIBUTE, methods=("POST",))
def offer(request: Visit) -> HttpResponse:
    """Say how many hours a week one offers."""
    form = HoursForm(request.POST)
    if form.is_valid():
        facts = {"said_then": _("Noted. The others see what you offer.")}
        attempt(request, services.offer_hours, request.access.participant, form.cleaned_data["a_week"], **facts)
    else:
        messages.error(request, _("Write the hours a week as a number between 0 and 168."))
    return redirect("action_plans:workload", request.partnership.slug)


@page(Ability.SEE, methods=READ)
def hand_overs(request: Visit) -> HttpResponse:
    """What one group gives to another, and where each of these stands."""
    links = queries.hand_overs(request.partnership)
    kept = queries.stored(request.partnership)
    lines = {line.action.pk: line for line in kept.forecast().lines}
    carried = rights.Carried(request.access)
    open_ones = [link for link in links if not link.taken_on]
    late = sum(bool((line := lines.get(link.before_id)) and line.late and not link.handed_on) for link in open_ones)
    first = ngettext(
        "%(n)s hand-over between groups is open.", "%(n)s hand-overs between groups are open.", len(open_ones)
    )
    context = {
        "title": _("Hand-overs between groups"),
        "standing": first % {"n": len(open_ones)},
        "standing_more": ngettext("%(n)s is late.", "%(n)s are late.", late) % {"n": late} if late else "",
        "rows": [(link, lines.get(link.before_id), link.before in carried, link.after in carried) for link in links],
        "hand_form": HandOverForm(),
        "back_form": SendBackForm(),
    }
    return render(request, "action_plans/hand_overs.html", context)


ENDS = ("before__partnership", "after__partnership", "before__group", "after__group")


@page(Ability.CONTRIBUTE, Dependency, methods=("POST",), related=("partnership", *ENDS))
def hand_over(request: Visit, link: Dependency) -> HttpResponse:
    """Give what the other action waits for."""
    rights.demand(rights.may_change(request.access, link.before))
    form = HandOverForm(request.POST)
    if form.is_valid():
        facts = {"handed": form.cleaned_data["handed"], "said_then": _("Handed over. They are asked for their word.")}
        attempt(request, services.hand_over, link, **facts)
    else:
        messages.error(request, _("Say what you hand over: a link, or where to find it."))
    return redirect("action_plans:hand_overs", request.partnership.slug)


@page(Ability.CONTRIBUTE, Dependency, methods=("POST",), related=("partnership", *ENDS))
def take_over(request: Visit, link: Dependency) -> HttpResponse:
    """Say that it can be worked with."""
    rights.demand(rights.may_change(request.access, link.after))
    attempt(request, services.take_over, link, said_then=_("Taken over: %(what)s") % {"what": link.before})
    return redirect("action_plans:hand_overs", request.partnership.slug)


@page(Ability.CONTRIBUTE, Dependency, methods=("POST",), related=("partnership", *ENDS))
def send_back(request: Visit, link: Dependency) -> HttpResponse:
    """Say what is missing."""
    rights.demand(rights.may_change(request.access, link.after))
    form = SendBackForm(request.POST)
    if form.is_valid():
        facts = {"because": form.cleaned_data["because"], "said_then": _("They know what is missing.")}
        attempt(request, services.send_back, link, **facts)
    else:
        messages.error(request, _("Say what is missing, so that they can put it right."))
    return redirect("action_plans:hand_overs", request.partnership.slug)

"""Pages of one partnership that belong to no single tool: map, stage, activity, people, search, settings."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from concorda.foundation.core.tables import csv_file
from concorda.foundation.partnerships import queries, services, timeline
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.process.models import EarlyEntry, Element
from concorda.foundation.process.pages import READ, page
from concorda.foundation.process.progress import StageProgress, current_stage, overview, waiting_for
from concorda.foundation.process.stages import State, tools
from concorda.monitor.evaluation.queries import pulse
from concorda.portal import thread as threads
from concorda.portal.forms import AgreedForm, EarlyEntryForm, ElementForm, RolesForm, SettingsForm
from concorda.portal.map import stage_sentence, standing
from concorda.portal.search import found_by


@page(Ability.OBSERVE, methods=READ)
def map_page(request: Visit) -> HttpResponse:
    """The home of a partnership: four stages of four elements, each with its sentence and next step."""
    stages = overview(request.partnership)
    context = {
        "overview": [{"stage": one.stage, "tools": one.tools, "sentence": stage_sentence(one)} for one in stages],
        "current": current_stage(stages),
        "may_see": request.access.can(Ability.SEE),
        "closed": closed_to(request.access, stages),
        "standing": standing(stages),
        "waiting": waiting_for(request.access),
        "pulse": pulse(request.partnership) if request.access.can(Ability.SEE) else (),
        "lately": lately(request),
        "partners": queries.partners_with_people(request.partnership),
        "states": [state for state in State if state != State.SKIPPED],
    }
    return render(request, "portal/map.html", context)


def closed_to(access: Access, stages: Sequence[StageProgress]) -> set[str]:
    """The elements a person reads the sentence of but may not open: their titles are no links."""
    return {tool.key for one in stages for tool, _progress in one.tools if not tool.opens_for(access)}


def lately(request: Visit) -> Any:
    """The last lines of the timeline; observers do not read it."""
    if not request.access.can(Ability.SEE):
        return ()
    return timeline.visible(request.partnership, request.access.own_organizations)[:4]


@page(Ability.OBSERVE, sample=lambda world: {"stage": "connect"})
def stage(request: Visit, stage: str) -> HttpResponse:
    """One stage with its four elements; entering it early is possible, with the reason."""
    stages = overview(request.partnership)
    position = next((place for place, one in enumerate(stages) if one.stage.key == stage), None)
    if position is None:
        raise Http404
    here, before = stages[position], stages[position - 1] if position else None
    entry = EarlyEntry.objects.select_related("by").filter(stage=stage).first()
    early = before is not None and before.state != State.DONE and here.state == State.NONE and entry is None
    form = EarlyEntryForm(request.POST or None)
    if request.method == "POST" and request.access.steers and form.is_valid():
        enter_early(request, here, form.cleaned_data["reason"])
        return redirect("partnership:stage", request.partnership.slug, stage)
    context = {
        "here": here,
        "before": before,
        "early": early,
        "entry": entry,
        "form": form,
        "may_see": request.access.can(Ability.SEE),
        "closed": closed_to(request.access, [here]),
        "sentence": stage_sentence(here),
    }
    return render(request, "portal/stage.html", context | {"stage": here.stage})


@transaction.atomic
def enter_early(request: Visit, here, reason: str) -> None:
    EarlyEntry.objects.update_or_create(
        partnership=request.partnership, stage=here.stage.key, defaults={"reason": reason, "by": request.user}
    )
    message = gettext_noop("went on to %(stage)s early: “%(reason)s”")
    timeline.record(request.partnership, request.user, message, stage=here.stage.title, reason=reason[:150])


@page(Ability.STEER, sample=lambda world: {"tool": "capacity"})
def element(request: Visit, tool: str) -> HttpResponse:
    """Leave one element out with a reason, or take it up again."""
    chosen = next((one for one in tools() if one.key == tool), None)
    if chosen is None:
        raise Http404
    row = Element.objects.filter(tool=tool).first() or Element(partnership=request.partnership, tool=tool)
    if request.method == "POST" and "again" in request.POST:
        keep_element(request, row, chosen, "")
        return redirect(request.partnership)
    form = ElementForm(request.POST or None, initial={"reason": row.left_out_because})
    if request.method == "POST" and form.is_valid():
        keep_element(request, row, chosen, form.cleaned_data["reason"])
        return redirect(request.partnership)
    return render(request, "portal/element.html", {"chosen": chosen, "row": row, "form": form})


@transaction.atomic
def keep_element(request: Visit, row: Element, chosen, reason: str) -> None:
    row.left_out_because = reason
    row.save()
    message = (
        gettext_noop("left out %(element)s: “%(reason)s”") if reason else gettext_noop("took up %(element)s again")
    )
    timeline.record(request.partnership, request.user, message, about=row, element=chosen.title, reason=reason[:150])
    messages.success(request, _("The map shows it."))


@page(Ability.SEE, methods=READ)
def existing(request: Visit) -> HttpResponse:
    """What partners who already work together have: who is in, and what was agreed, with dates and documents."""
    said = {element.tool: element for element in Element.objects.all()}
    partners = list(queries.committed(request.partnership))
    stages = [
        (one.stage, [(tool, progress, said.get(tool.key)) for tool, progress in one.tools])
        for one in overview(request.partnership)
    ]
    recorded = sum(bool(element.agreed_on) for element in said.values())
    context = {
        "title": _("What exists already"),
        "standing": ngettext("%(n)d organization is in.", "%(n)d organizations are in.", len(partners))
        % {"n": len(partners)},
        "standing_more": ngettext(
            "%(n)d element is recorded as agreed before it came here.",
            "%(n)d elements are recorded as agreed before they came here.",
            recorded,
        )
        % {"n": recorded},
        "partners": partners,
        "found": stages,
        "steers": request.access.steers,
    }
    return render(request, "portal/existing.html", context)


@page(Ability.STEER, sample=lambda world: {"tool": "vision"})
def agreed_before(request: Visit, tool: str) -> HttpResponse:
    """Record that an element was agreed before it came here; or take that back."""
    chosen = next((one for one in tools() if one.key == tool), None)
    if chosen is None:
        raise Http404
    row = Element.objects.filter(tool=tool).first() or Element(partnership=request.partnership, tool=tool)
    form = AgreedForm(
        None if "undo" in request.POST else request.POST or None,
        initial={"agreed_on": row.agreed_on, "agreed_by": row.agreed_by, "agreed_in": row.agreed_in},
    )
    if request.method == "POST" and "undo" in request.POST:
        keep_agreed(request, row, chosen, {"agreed_on": None, "agreed_by": "", "agreed_in": ""})
        return redirect("partnership:existing", request.partnership.slug)
    if request.method == "POST" and form.is_valid():
        keep_agreed(request, row, chosen, form.cleaned_data)
        return redirect("partnership:existing", request.partnership.slug)
    return render(request, "portal/agreed_before.html", {"chosen": chosen, "row": row, "form": form})


@transaction.atomic
def keep_agreed(request: Visit, row: Element, chosen, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()
    words = {"element": chosen.title, "who": row.agreed_by[:100], "where": row.agreed_in[:150]}
    if row.agreed_on:
        message = gettext_noop("recorded %(element)s as agreed on %(day)s by %(who)s: “%(where)s”")
        timeline.record(request.partnership, request.user, message, about=row, day=row.agreed_on.isoformat(), **words)
    else:
        message = gettext_noop("took back that %(element)s was agreed before")
        timeline.record(request.partnership, request.user, message, about=row, element=chosen.title)
    messages.success(request, _("The map shows it."))


@page(Ability.SEE, methods=READ)
def activity(request: Visit) -> HttpResponse:
    """The timeline: everything that changed, newest first, and whether the chain of hashes holds."""
    entries = timeline.visible(request.partnership, request.access.own_organizations)
    asked = request.GET.get("tool", "")
    if asked:
        entries = entries.filter(tool=asked)
    who = request.GET.get("who", "").strip()[:120]
    if who:
        entries = entries.filter(by_name__icontains=who)
    context = {
        "page": Paginator(entries, 50).get_page(request.GET.get("page")),
        "tool_choices": tools(),
        "asked": asked,
        "who": who,
        "broken_at": timeline.first_break(request.partnership) if "check" in request.GET else None,
        "standing": _("%(count)s things were recorded, newest first.") % {"count": request.partnership.length},
        "checked": "check" in request.GET,
    }
    return render(request, "portal/activity.html", context)


@page(Ability.SEE, methods=READ)
def people(request: Visit) -> HttpResponse:
    """The people of the partnership by organization, with their roles."""
    by_organization: dict[str, list[Participant]] = {}
    for participant in queries.present(request.partnership).order_by("organization__name", "person__name"):
        name = participant.organization.name if participant.organization else _("Guests")
        by_organization.setdefault(name, []).append(participant)
    people = sum(map(len, by_organization.values()))
    words = ngettext("%(count)s person takes part.", "%(count)s people take part.", people) % {"count": people}
    context = {
        "by_organization": by_organization,
        "standing": words,
        "may_take": request.access.can(Ability.CONTRIBUTE),
    }
    return render(request, "portal/people.html", context)


@page(Ability.STEER, Participant, related=("person", "organization"))
def roles(request: Visit, participant: Participant) -> HttpResponse:
    """Change the roles of a participant, or note that they left."""
    form = RolesForm(request.POST or None, initial={"roles": [held.role for held in participant.roles.all()]})
    if request.method == "POST":
        try:
            if "leave" in request.POST:
                services.leave(participant, by=request.user)
                messages.success(
                    request, _("%(name)s no longer takes part. What they did stays on record.") % {"name": participant}
                )
                return redirect("partnership:people", request.partnership.slug)
            if form.is_valid():
                services.set_roles(participant, form.cleaned_data["roles"], by=request.user)
                messages.success(request, _("The roles of %(name)s are saved.") % {"name": participant})
                return redirect("partnership:people", request.partnership.slug)
        except services.LastCoordinator:
            form.add_error(None, _("A partnership needs a coordinator. Make somebody else coordinator first."))
    return render(request, "portal/roles.html", {"participant": participant, "form": form})


@page(Ability.SEE, methods=READ)
def thread_page(request: Visit) -> HttpResponse:
    """Need → goal → action → indicator → result, with every break named; as a page, on the wall, or as a table."""
    only = "broken" if request.GET.get("show") == "broken" else ""
    thread = threads.build(request.partnership, only=only)
    if request.GET.get("format") == "csv":
        return csv_file(f"{request.partnership.slug}-thread.csv", threads.table(thread))
    lead, rest = threads.sentence(thread)
    breaks = [
        {"count": len(nodes), "words": threads.break_words(kind, len(nodes)), "anchor": nodes[0].anchor}
        for kind, nodes in thread.breaks.items()
    ]
    return render(
        request, "portal/thread.html", {"thread": thread, "lead": lead, "rest": rest, "breaks": breaks, "only": only}
    )


@page(Ability.SEE, methods=READ)
def search(request: Visit) -> HttpResponse:
    """Everything one may see in this partnership that holds the words asked for."""
    query = request.GET.get("q", "").strip()[:200]
    return render(
        request, "portal/search.html", {"query": query, "found": found_by(request.access, query) if query else []}
    )


@page(Ability.STEER)
def settings(request: Visit) -> HttpResponse:
    """Name, purpose, place and time zone of the partnership."""
    partnership = get_object_or_404(type(request.partnership), pk=request.partnership.pk)
    form = SettingsForm(request.POST or None, instance=partnership)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            timeline.record(
                partnership, request.user, gettext_noop("changed the name card of the partnership"), about=partnership
            )
        messages.success(request, _("Saved."))
        return redirect(partnership)
    return render(request, "portal/settings.html", {"form": form})

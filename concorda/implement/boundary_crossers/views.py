from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.foundation.core.tables import csv_file
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.process.pages import READ, page
from concorda.implement.boundary_crossers import files, services
from concorda.implement.boundary_crossers.boundaries import BY, boundary, links, place_of, standings
from concorda.implement.boundary_crossers.drawing import drawn
from concorda.implement.boundary_crossers.files import Graph, edges, of_organizations, of_people
from concorda.implement.boundary_crossers.findings import Hanging, bridges, found_people, hanging, helps
from concorda.implement.boundary_crossers.forms import AnswerForm, AskForm, HoursForm, initial_of
from concorda.implement.boundary_crossers.models import AskedTie, Crosser
from concorda.implement.boundary_crossers.tool import HERE, TOOL
from concorda.implement.boundary_crossers.traces import Web, consented, web_of
from concorda.implement.boundary_crossers.words import call, standing, tell

CROSSER = ("participant__person", "participant__organization", "backup__person", "first", "second", "partnership")
WEAKEST = 6


def steers(request: Visit) -> bool:
    return bool(request.access.can(Ability.STEER, **HERE))


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """The map beside the ranked list; `?by=` regroups it (BY), `?without=` shows it after somebody left."""
    web = web_of(request.partnership)
    if not request.access.can(Ability.SEE):
        return observed(request, web)
    me = request.access.participant.pk
    by = boundary(request.GET.get("by", ""))
    gone = left(request, web, me)
    seen = web.without(gone) if gone else web
    cut, people = hanging(seen), found_people(seen, by)
    first, more = standing(len([group for group in web.members.values() if group]), cut, web.consented)
    crossers = list(Crosser.objects.select_related(*CROSSER))
    context = {
        "standing": first,
        "standing_more": more,
        "by": by,
        "boundaries": BY.items(),
        "answered": web.answered,
        "everybody": len(web.people),
        "gone": call(web.people[gone], web.consented, me) if gone else "",
        "lost": [one for one in hanging(web) if one.person.pk == gone] if gone else [],
        "empty": not seen.ties,
        "network": drawn(seen, by, people, cut, web.consented, me) if seen.ties and stands(seen, by) else None,
        "told": tell(people, web.consented, me),
        "named": web.consented,
        "fragile": fragile(seen, cut, me),
        "cut": [(one, known(web, one.person, me)) for one in cut],
        "helps": helps(seen) if seen.ties else [],
        "alone": [one for one in crossers if one.consented and not one.backup_id],
        "mine": [one for one in crossers if one.participant_id == me],
        "agreed": [one for one in crossers if one.consented],
        "asked": sum(not one.answered for one in crossers),
        "pks": {one.participant_id for one in crossers},
        "steers": steers(request),
        "may_write": bool(request.access.can(Ability.CONTRIBUTE, **HERE)),
    }
    return render(request, "boundary_crossers/home.html", context)


def stands(web: Web, by: str) -> bool:
    """Whether anybody stands inside a boundary of this kind."""
    return any(place_of(web, pk, by) for pk in web.people)


def observed(request: Visit, web: Web) -> HttpResponse:
    """Observers read that groups hang by one person, never by whom."""
    first, _more = standing(len([group for group in web.members.values() if group]), hanging(web), ())
    return render(request, "boundary_crossers/observed.html", {"standing": first, "title": TOOL.title})


def left(request: Visit, web: Web, me: int) -> int | None:
    """Whom to leave out: somebody who is named, or oneself."""
    asked = request.GET.get("without", "")
    allowed = {str(pk): pk for pk in web.people if pk in web.consented or pk == me}
    return allowed.get(asked)


def known(web: Web, person: Participant | None, me: int) -> str:
    """The name of somebody who may be named, or nothing."""
    shown = person is not None and (person.pk in web.consented or person.pk == me)
    return call(person, web.consented, me) if person and shown else ""


def fragile(web: Web, cut: Sequence[Hanging], me: int) -> list[dict[str, Any]]:
    """Pairs of groups that hold by one person or by nobody, beside those that hang by one person altogether."""
    rows: list[dict[str, Any]] = []
    told = {(one.group.pk, one.person.pk) for one in cut}
    for bridge in bridges(web):
        if len(bridge.people) > 1 or (not bridge.people and bridge.ties > 1):
            continue
        person = bridge.people[0] if bridge.people else None
        if person and told & {(bridge.first.pk, person.pk), (bridge.second.pk, person.pk)}:
            continue
        dates = [web.last_met.get((person.pk, one.pk)) for one in (bridge.first, bridge.second)] if person else []
        used = [day for day in dates if day]
        rows.append(
            {
                "bridge": bridge,
                "name": known(web, person, me),
                "last": min(used) if used and len(used) == len(dates) else None,
            }
        )
    return sorted(rows, key=lambda row: not row["bridge"].people)[:WEAKEST]


@page(Ability.SEE, methods=READ)
def table(request: Visit) -> HttpResponse:
    """The same facts as a table: every pair of groups, and who connects."""
    web, me = web_of(request.partnership), request.access.participant.pk
    by = boundary(request.GET.get("by", ""))
    context = {
        "title": _("The network as a table"),
        "standing": _("Who connects which groups."),
        "bridges": [(one, [call(person, web.consented, me) for person in one.people]) for one in bridges(web)],
        "told": tell(found_people(web, by), web.consented, me),
        "by": by,
        "boundaries": BY.items(),
    }
    return render(request, "boundary_crossers/table.html", context)


@page(Ability.SEE, methods=READ)
def organizations(request: Visit) -> HttpResponse:
    """The same network with organizations in place of people: who is linked with whom, and which links hang by one."""
    web, me = web_of(request.partnership), request.access.participant.pk
    found, rows = links(web), standings(web)
    thin = [link for link in found if link.fragile]
    words = ngettext(
        "%(n)s of %(all)s link between organizations hangs by one person.",
        "%(n)s of %(all)s links between organizations hang by one person.",
        len(thin),
    )
    context = {
        "title": _("Between organizations"),
        "standing": words % {"n": len(thin), "all": len(found)} if found else _("No organizations are linked yet."),
        "standing_more": _("Counted from what their people have to do with each other."),
        "rows": rows,
        "links": [(link, known(web, link.alone, me)) for link in found],
    }
    return render(request, "boundary_crossers/organizations.html", context)


def graph_of(request: Visit) -> Graph:
    """People, or with `?nodes=organizations` the organizations."""
    web = web_of(request.partnership)
    return of_organizations(web) if request.GET.get("nodes") == "organizations" else of_people(web)


def xml_file(name: str, kind: str, text: bytes) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page(Ability.SEE, methods=READ)
def export(request: Visit) -> HttpResponse:
    return csv_file("network.csv", list(edges(graph_of(request))))


@page(Ability.SEE, methods=READ)
def graphml(request: Visit) -> HttpResponse:
    """The network in GraphML, as `concorda network` and other programs read it."""
    return xml_file(
        "network.graphml", "application/graphml+xml", files.graphml(graph_of(request), request.partnership.slug)
    )


@page(Ability.SEE, methods=READ)
def gexf(request: Visit) -> HttpResponse:
    """The network in GEXF, as Gephi reads it."""
    return xml_file("network.gexf", "application/xml", files.gexf(graph_of(request)))


@page(Ability.SEE, methods=READ)
def kumu_elements(request: Visit) -> HttpResponse:
    return csv_file("kumu-elements.csv", list(files.kumu_elements(graph_of(request))))


@page(Ability.SEE, methods=READ)
def kumu_connections(request: Visit) -> HttpResponse:
    return csv_file("kumu-connections.csv", list(files.kumu_connections(graph_of(request))))


@page(Ability.STEER)
def ask(request: Visit) -> HttpResponse:
    form = AskForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            services.ask(
                *(told["participant"], told["first"], told["second"]),
                by=request.user, hours=told["hours"], backup=told["backup"], support=told["support"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The question is asked. Nobody is named before the answer."))
            return redirect("boundary_crossers:home", request.partnership.slug)
    context = {
        "form": form,
        "frame": "tool.html",
        "title": _("Ask somebody to be a bridge"),
        "standing": _("Whoever is asked decides."),
        "standing_more": _("Their name is shown only after they agree, and they can take that back at any time."),
        "save_label": _("Ask"),
        "cancel_url": reverse("boundary_crossers:home", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


@page(Ability.STEER, methods=("POST",))
def ask_found(request: Visit) -> HttpResponse:
    """Ask somebody from the list by their place in it, without learning the name."""
    people = found_people(web_of(request.partnership))
    rank = request.POST.get("rank", "")
    found = people[int(rank) - 1] if rank.isdigit() and 0 < int(rank) <= len(people) else None
    if found is None or len(found.groups) < 2:
        messages.error(request, _("The list has changed meanwhile. Look at it again."))
    else:
        try:
            services.ask(found.person, found.groups[0], found.groups[1], by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The question is asked. Nobody is named before the answer."))
    return redirect("boundary_crossers:home", request.partnership.slug)


@page(Ability.SEE, Crosser, related=CROSSER)
def crosser(request: Visit, one: Crosser) -> HttpResponse:
    """One bridge: the question and its answer, time and stand-in. Others see it once it is named."""
    mine = one.participant_id == request.access.participant.pk
    if not (mine or one.consented):
        raise Http404
    changes = mine or steers(request)
    if request.method == "POST" and not changes:
        raise PermissionDenied(_("Only the person and a coordinator can change this."))
    form = HoursForm(request.POST or None, access=request.access, initial=initial_of(one))
    if request.method == "POST" and form.is_valid():
        try:
            services.arrange(one, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error("backup", error)
        else:
            messages.success(request, _("Saved."))
            return redirect("boundary_crossers:crosser", request.partnership.slug, one.pk)
    between = {"first": one.first, "second": one.second}
    context = {
        "title": str(one.participant) if not mine else _("You as a bridge"),
        "standing": _("Between %(first)s and %(second)s.") % between,
        "standing_more": _("Agreed to be named.")
        if one.consented
        else _("Not answered yet.")
        if not one.answered
        else _("Not named."),
        "one": one,
        "mine": mine,
        "backup_named": changes or one.backup_id in consented(request.partnership),
        "form": form if changes else None,
    }
    return render(request, "boundary_crossers/crosser.html", context)


def answered(request: Visit, verb: Any, one: Crosser, said: str) -> HttpResponse:
    try:
        verb(one, by=request.user)
    except ValidationError as error:
        raise PermissionDenied(" ".join(error.messages)) from error
    messages.success(request, said)
    return redirect("boundary_crossers:crosser", request.partnership.slug, one.pk)


@page(Ability.CONTRIBUTE, Crosser, methods=("POST",), related=CROSSER)
def consent(request: Visit, one: Crosser) -> HttpResponse:
    return answered(
        request, services.consent, one, _("Thank you. You are named now; you can take it back at any time.")
    )


@page(Ability.CONTRIBUTE, Crosser, methods=("POST",), related=CROSSER)
def decline(request: Visit, one: Crosser) -> HttpResponse:
    return answered(request, services.decline, one, _("Your name is not shown. You stay on the map as an unnamed dot."))


@page(Ability.CONTRIBUTE)
def answers(request: Visit) -> HttpResponse:
    """Whom I go to: my own answers, one by one."""
    form = AnswerForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        services.answer(
            request.access.participant, form.cleaned_data["target"], form.cleaned_data["kind"], by=request.user
        )
        messages.success(request, _("Saved. It counts as a tie on the map."))
        return redirect("boundary_crossers:answers", request.partnership.slug)
    context = {
        "form": form,
        "title": _("Whom do you go to?"),
        "standing": _("You answer for yourself alone."),
        "standing_more": _("Others see a tie on the map, not your answer."),
        "answers": AskedTie.objects.filter(source=request.access.participant).select_related("target__person"),
    }
    return render(request, "boundary_crossers/answers.html", context)


@page(Ability.CONTRIBUTE, AskedTie, methods=("POST",), related=("source__person", "partnership"))
def answer_remove(request: Visit, tie: AskedTie) -> HttpResponse:
    if tie.source_id != request.access.participant.pk:
        raise Http404
    services.take_back(tie, by=request.user)
    return redirect("boundary_crossers:answers", request.partnership.slug)

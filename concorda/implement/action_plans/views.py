from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core.moments import say_day
from concorda.foundation.core.tables import csv_file
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, demand, page
from concorda.implement.action_plans import queries, rights, services
from concorda.implement.action_plans.filters import Filters
from concorda.implement.action_plans.forecast import Line
from concorda.implement.action_plans.forms import (
    ActionForm,
    BaselineForm,
    MoveForm,
    NoteForm,
    ShareForm,
    StatusForm,
    WaitForm,
    people,
    said,
)
from concorda.implement.action_plans.models import Action, ActionShare, Dependency, OwnNote
from concorda.implement.action_plans.tool import TOOL, finish_sentence, state_sentence
from concorda.implement.working_groups import queries as meetings
from concorda.implement.working_groups.models import Meeting

NEXT, SLIPS, CARDS, PER_PAGE = 4, 6, 40, 50
BOARD = (Action.Status.TO_DO, Action.Status.DOING, Action.Status.STUCK, Action.Status.DONE)
RELATED = ("accountable__person", "accountable__organization", "group", "goal", "indicator", "partnership")


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """The timeline by working group, or the board; observers read how far the plan has come."""
    found = queries.forecast_of(request.partnership)
    standing = {"standing": finish_sentence(found), "standing_more": state_sentence(found)}
    if not request.access.can(Ability.SEE):
        return render(request, "action_plans/observed.html", standing | {"found": found, "title": TOOL.title})
    filters = Filters(request)
    lines = filters.lines(found)
    undated = filters.actions(found.undated)
    coming = list(meetings.upcoming(request.partnership)[:NEXT])
    carried = rights.Carried(request.access)
    blocks = queries.blocks(lines, found.finish, opened(request))
    context = standing | {
        "found": found,
        "filters": filters,
        "slips": [(line, line.action in carried) for line in found.slipping[:SLIPS]],
        "more_slips": max(len(found.slipping) - SLIPS, 0),
        "lines": lines,
        "blocks": blocks,
        "closed": any(not block.opened for block in blocks),
        "axis": queries.axis_of(lines),
        "undated": undated,
        "table": meetings.time_table(request.access, coming, meetings.standings(request.partnership)),
        "may_write": carried.writes,
        "steers": carried.everything,
        "board": board(lines, undated, carried) if request.GET.get("view") == "board" else None,
    }
    return render(request, "action_plans/home.html", context)


def opened(request: Visit) -> set[str] | None:
    """The groups whose lines a long timeline shows; None for all of them, as on paper and on the wall."""
    everything = request.GET.get("all") or request.GET.get("view") == "wall"
    return None if everything else set(request.GET.getlist("open"))


def board(
    lines: list[Line], undated: list[Action], carried: rights.Carried
) -> list[tuple[Action.Status, list[tuple[Any, ...]], int]]:
    """Columns by status: its cards, as many as a screen can hold, and how many more there are.

    A card is the action, its forecast line if it has a day, and whether it may be changed.
    """
    cards: list[tuple[Any, ...]] = [(line.action, line, line.action in carried) for line in lines]
    cards += [(action, None, action in carried) for action in undated]
    columns = [(status, [card for card in cards if card[0].status == status]) for status in BOARD]
    return [(status, column[:CARDS], max(len(column) - CARDS, 0)) for status, column in columns]


@page(Ability.SEE)
def action_list(request: Visit) -> HttpResponse:
    """All actions in one table; those picked are marked as done together."""
    if request.method == "POST":
        demand(request, Ability.CONTRIBUTE, __name__)
        mark_done(request)
        return redirect(request.get_full_path())
    found = queries.forecast_of(request.partnership)
    filters = Filters(request)
    lines = {line.action.pk: line for line in found.lines}
    chosen = [line.action for line in filters.lines(found)] + filters.actions(found.undated)
    shown = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    writes = rights.may_write(request.access)
    new_url = reverse("action_plans:action_new", args=[request.partnership.slug])
    context = {
        "frame": "tool.html",
        "page": shown,
        "title": _("All actions"),
        "standing": ngettext("%(count)s action.", "%(count)s actions.", len(chosen)) % {"count": len(chosen)},
        "columns": [
            {"label": _("What")},
            {"label": _("Accountable")},
            {"label": _("Group")},
            {"label": _("Ends"), "numeric": True},
            {"label": _("Status")},
        ],
        "rows": [row_of(action, lines.get(action.pk)) for action in shown],
        "filters": filters,
        "bulk": [("done", _("Mark as done"))] if writes else [],
        "new_url": new_url if writes else "",
        "new_label": _("Add an action"),
        "empty": {
            "title": _("No actions here"),
            "text": _("An action says who does what by when. Often it comes from a meeting."),
            "url": new_url if writes else "",
            "action": _("Write an action"),
        },
    }
    return render(request, "action_plans/action_list.html", context)


def row_of(action: Action, line: Line | None) -> dict[str, Any]:
    late = ngettext("%(n)s day late", "%(n)s days late", line.late) % {"n": line.late} if line and line.late else ""
    status = " · ".join(str(part) for part in (action.get_status_display(), late) if part)
    cells = [action.title, str(action.accountable), str(action.group or _("All groups"))]
    return {
        "pk": action.pk,
        "url": action.get_absolute_url(),
        "cells": [*cells, say_day(line.end, short=True) if line else "–", status],
    }


def mark_done(request: Visit) -> None:
    picked = [int(value) for value in request.POST.getlist("pick") if value.isdigit()]
    carried = rights.Carried(request.access)
    chosen = [action for action in Action.objects.select_related("partnership").filter(pk__in=picked) if action.open]
    mine = [action for action in chosen if action in carried]
    for action in mine:
        services.set_status(action, Action.Status.DONE, by=request.user)
    if mine:
        said = ngettext("%(n)s action is done.", "%(n)s actions are done.", len(mine))
        messages.success(request, said % {"n": len(mine)})
    if len(mine) < len(chosen):
        names = ", ".join(f"“{action}”" for action in chosen if action not in carried)
        messages.error(request, _("Not yours to change: %(names)s.") % {"names": names})
    if not chosen:
        messages.error(request, _("Nothing open was picked. Tick the actions that are done."))


@page(Ability.SEE, methods=READ)
def export(request: Visit) -> HttpResponse:
    found = queries.forecast_of(request.partnership)
    lines = {line.action.pk: line for line in found.lines}
    filters = Filters(request)
    chosen = [line.action for line in filters.lines(found)] + filters.actions(found.undated)
    heads = [
        *(_("What"), _("Kind"), _("Group"), _("Goal"), _("Accountable"), _("Organization"), _("Status"), _("Starts")),
        *(_("Due"), _("Agreed for"), _("Ends"), _("Working days late"), _("Slack"), _("Critical")),
        *(_("What blocks it"), _("Why the date moved")),
    ]
    return csv_file("actions.csv", [heads, *(table_row(one, lines.get(one.pk)) for one in chosen)])


def table_row(action: Action, line: Line | None) -> list[object]:
    person = action.accountable
    found = (line.end, line.late, line.slack, _("yes") if line.critical else "") if line else ("", "", "", "")
    return [
        *(action.title, action.get_kind_display(), action.group or "", action.goal or "", person),
        *(person.organization or "", action.get_status_display(), action.starts_on, action.due, action.baseline_due),
        *found,
        *(action.stuck_because, action.moved_because),
    ]


class Actions(Register):
    model = Action
    form = ActionForm
    roles = ("new", "detail", "edit", "delete")
    abilities = {"delete": Ability.STEER}
    related = RELATED
    new_label = gettext_lazy("Add an action")
    save_label = gettext_lazy("Save the action")

    def may_change(self, row: Action) -> None:
        rights.demand(rights.may_change(self.request.access, row))

    def initial(self) -> dict[str, Any]:
        """What the address names: ?goal=, ?group=, ?meeting=, as far as they are in this partnership."""
        if self.row:
            return {}
        asked = {name: self.asked(name) for name in ("goal", "group")}
        meeting = self.asked_meeting()
        if meeting and not asked["group"]:
            asked["group"] = meeting.group_id
        return {"accountable": self.request.access.participant.pk} | asked

    def asked(self, name: str) -> int | None:
        value = self.request.GET.get(name, "")
        return int(value) if value.isdigit() and len(value) < 18 else None

    def asked_meeting(self) -> Meeting | None:
        pk = self.asked("meeting")
        return Meeting.objects.filter(pk=pk).first() if pk else None

    def save(self, form: ActionForm) -> Action:
        if self.role == "new":
            form.instance.meeting = self.asked_meeting()
            return services.add(form.save(commit=False), by=self.request.user)
        action = form.save()
        if form.moves:
            Action.objects.filter(pk=action.pk).update(kept_due=None)
            services.tell_move(action, form.due_before, by=self.request.user)
        else:
            self.tell(action)
        return action

    def back(self, row: Model | None = None) -> str:
        home_url = reverse("action_plans:home", args=[self.request.partnership.slug])
        return self.url("detail", row) if row is not None else home_url

    def extra(self) -> dict[str, Any]:
        if self.role == "delete":
            return {"consequence": _("What waits for it will not wait any more. This cannot be undone.")}
        if self.role != "detail":
            return {"standing": _("One person answers for it, and it has a day.")}
        return action_facts(self.request, self.row)


def action_facts(request: Visit, action: Action) -> dict[str, Any]:
    """What the page of one action shows."""
    access = request.access
    changes = bool(rights.may_change(access, action))
    found = queries.forecast_of(request.partnership)
    line = next((one for one in found.lines if one.action.pk == action.pk), None)
    before = action.waits_for.select_related("before__accountable__person", "before__partnership")
    own = OwnNote.objects.filter(action=action, organization__in=access.own_organizations).first()
    others = Action.objects.exclude(pk=action.pk).exclude(status=Action.Status.DROPPED)
    form = ActionForm(instance=action, access=access)
    return {
        "line": line,
        "changes": changes,
        "before": before,
        "after": action.followed_by.select_related("after__accountable__person", "after__partnership"),
        "shares": action.shares.select_related("participant__person", "participant__organization"),
        "statuses": [status for status in Action.Status if status not in (action.status, Action.Status.STUCK)],
        "wait_form": WaitForm(choices=others) if changes else None,
        "share_form": ShareForm(choices=people(form)) if changes else None,
        "note_form": NoteForm(initial={"text": own.text if own else ""}) if access.own_organizations else None,
        "edit_url": reverse("action_plans:action_edit", args=[request.partnership.slug, action.pk]) if changes else "",
        "standing": standing_of(action, line),
        "standing_more": str(action.accountable)
        + (f", {action.accountable.organization.short}" if action.accountable.organization else ""),
    }


def standing_of(action: Action, line: Line | None) -> str:
    if action.done and action.done_on:
        return _("Done on %(day)s.") % {"day": say_day(action.done_on)}
    if action.status == Action.Status.STUCK:
        return _("Stuck: %(why)s") % {"why": action.stuck_because}
    if line is None:
        return f"{action.get_status_display()}."
    if line.late:
        late = ngettext(
            "%(n)s working day late: it ends on %(day)s.", "%(n)s working days late: it ends on %(day)s.", line.late
        )
        return late % {"n": line.late, "day": say_day(line.end)}
    return _("It ends on %(day)s.") % {"day": say_day(line.end)}


def attempt(request: Visit, verb: Any, *what: Any, said_then: str, **facts: Any) -> bool:
    """Do it and say so, or show why not."""
    try:
        verb(*what, by=request.user, **facts)
    except ValidationError as error:
        messages.error(request, said(error))
        return False
    messages.success(request, said_then)
    return True


@page(Ability.CONTRIBUTE, Action, methods=("POST",), related=("partnership",))
def status(request: Visit, action: Action) -> HttpResponse:
    rights.demand(rights.may_change(request.access, action))
    form = StatusForm(request.POST)
    if form.is_valid():
        facts = {"because": form.cleaned_data["because"], "said_then": _("Saved: %(what)s") % {"what": action}}
        attempt(request, services.set_status, action, form.cleaned_data["status"], **facts)
    else:
        messages.error(request, _("Choose one of the states, and keep the reason under 250 characters."))
    return redirect(back_to(request, action))


def back_to(request: Visit, action: Action) -> str:
    """The board, if that is where the button was, else the action."""
    home_url = reverse("action_plans:home", args=[request.partnership.slug])
    return f"{home_url}?view=board" if request.POST.get("from") == "board" else action.get_absolute_url()


@page(Ability.CONTRIBUTE, Action, related=("partnership",))
def move(request: Visit, action: Action) -> HttpResponse:
    rights.demand(rights.may_change(request.access, action))
    form = MoveForm(request.POST or None, initial={"due": action.due})
    if request.method == "POST" and form.is_valid():
        try:
            services.move(action, due=form.cleaned_data["due"], because=form.cleaned_data["because"], by=request.user)
        except ValidationError as error:
            form.add_error("due", error)
        else:
            messages.success(request, _("The new date is on record, with its reason."))
            return redirect(action)
    context = {
        "form": form,
        "frame": "tool.html",
        "title": _("Move the date"),
        "standing": str(action),
        "standing_more": _("What waits for it follows by itself, and the forecast of the finish with it."),
        "save_label": _("Move the date"),
        "cancel_url": action.get_absolute_url(),
    }
    return render(request, "form.html", context)


@page(Ability.CONTRIBUTE, Action, methods=("POST",), related=("partnership",))
def keep(request: Visit, action: Action) -> HttpResponse:
    rights.demand(rights.may_change(request.access, action))
    attempt(request, services.keep_date, action, said_then=_("The new date stands."))
    return redirect("action_plans:home", request.partnership.slug)


@page(Ability.STEER)
def baseline(request: Visit) -> HttpResponse:
    form = BaselineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = {
            "because": form.cleaned_data["because"],
            "said_then": _("From now on lateness counts against this plan."),
        }
        attempt(request, services.take_baseline, request.partnership, **facts)
        return redirect("action_plans:home", request.partnership.slug)
    found = queries.forecast_of(request.partnership)
    context = {
        "form": form,
        "frame": "tool.html",
        "title": _("Take the plan as agreed"),
        "standing": finish_sentence(found),
        "standing_more": _(
            "Every action keeps the day it has now as the one it was agreed for. "
            "What was late before no longer counts as late."
        ),
        "save_label": _("Take it as agreed"),
        "cancel_url": reverse("action_plans:home", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


@page(Ability.CONTRIBUTE, Action, methods=("POST",), related=("partnership",))
def wait(request: Visit, action: Action) -> HttpResponse:
    rights.demand(rights.may_change(request.access, action))
    form = WaitForm(request.POST, choices=Action.objects.all())
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("kind", "lag")}
        attempt(request, services.wait_for, action, form.cleaned_data["before"], said_then=_("It waits now."), **facts)
    else:
        messages.error(request, _("Choose the action it waits for, and a number of days between −250 and 250."))
    return redirect(action)


@page(Ability.CONTRIBUTE, Dependency, methods=("POST",), related=("before", "after__partnership"))
def wait_remove(request: Visit, link: Dependency) -> HttpResponse:
    action = link.after
    rights.demand(rights.may_change(request.access, action))
    services.free(link, by=request.user)
    return redirect(action)


@page(Ability.CONTRIBUTE, Action, methods=("POST",), related=("partnership",))
def share(request: Visit, action: Action) -> HttpResponse:
    rights.demand(rights.may_change(request.access, action))
    form = ShareForm(request.POST, choices=people(ActionForm(instance=action, access=request.access)))
    if form.is_valid():
        person, part = form.cleaned_data["participant"], form.cleaned_data["part"]
        attempt(request, services.share, action, person, part, said_then=_("%(name)s is in.") % {"name": person})
    else:
        messages.error(request, _("Choose somebody who takes part, and what their part is."))
    return redirect(action)


@page(Ability.CONTRIBUTE, ActionShare, methods=("POST",), related=("action__partnership", "participant__person"))
def share_remove(request: Visit, found: ActionShare) -> HttpResponse:
    action = found.action
    if found.participant_id != request.access.participant.pk:
        rights.demand(rights.may_change(request.access, action))
    services.unshare(found, by=request.user)
    return redirect(action)


@page(Ability.CONTRIBUTE, Action, methods=("POST",), related=("partnership",))
def note(request: Visit, action: Action) -> HttpResponse:
    organization = request.access.organization
    if not organization or not request.access.own_organizations:
        raise PermissionDenied(_("Only people who belong to an organization here can do this."))
    form = NoteForm(request.POST)
    if form.is_valid():
        services.note(action, organization, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Saved for your organization alone."))
    else:
        messages.error(request, _("This note is too long; 4,000 characters is the most."))
    return redirect(action)

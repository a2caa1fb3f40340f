"""One action: its page, its form, and what can be done with it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core.forms import LONGEST
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Entry
from concorda.foundation.process.pages import Register, page
from concorda.implement.action_plans import queries, rights, services
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
from concorda.implement.action_plans.models import Action, ActionShare, Change, Dependency, OwnNote
from concorda.implement.action_plans.tool import finish_sentence
from concorda.implement.working_groups.models import Meeting

RELATED = ("accountable__person", "accountable__organization", "group", "goal", "indicator", "parent", "partnership")


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
        asked = {name: self.asked(name) for name in ("goal", "group", "parent")}
        meeting = self.asked_meeting()
        if meeting and not asked["group"]:
            asked["group"] = meeting.group_id
        return {"accountable": self.request.access.participant.pk} | asked

    def asked(self, name: str) -> int | None:
        value = self.request.GET.get(name, "")
        return int(value) if value.isdigit() and len(value) <= LONGEST else None

    def asked_meeting(self) -> Meeting | None:
        pk = self.asked("meeting")
        return Meeting.objects.filter(pk=pk).first() if pk else None

    def save(self, form: ActionForm) -> Action:
        if self.role == "new":
            form.instance.meeting = self.asked_meeting()
            return services.add(form.save(commit=False), by=self.request.user)
        services.remember([Action.objects.select_related("partnership").get(pk=form.instance.pk)], by=self.request.user)
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
    kept = queries.stored(request.partnership)
    found = kept.forecast()
    lines = {one.action.pk: one for one in found.lines}
    line = lines.get(action.pk)
    parts = [one for one in kept.actions if one.parent_id == action.pk and one.status != Action.Status.DROPPED]
    before = action.waits_for.select_related("before__accountable__person", "before__partnership", "after")
    own = OwnNote.objects.filter(action=action, organization__in=access.own_organizations).first()
    others = Action.objects.exclude(pk=action.pk).exclude(status=Action.Status.DROPPED)
    form = ActionForm(instance=action, access=access)
    return {
        "line": line,
        "changes": changes,
        "parts": [(part, lines.get(part.pk)) for part in parts],
        "parts_done": parts_done(parts),
        "moves": Entry.objects.filter(target="action_plans.action", target_id=action.pk, message=services.MOVED),
        "before": before,
        "after": action.followed_by.select_related("before", "after__accountable__person", "after__partnership"),
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


def parts_done(parts: list[Action]) -> str:
    """ "2 of 5 parts are done, 12 of 40 hours": counted in hours, never as a mean of shares; empty without parts."""
    if not parts:
        return ""
    done = [part for part in parts if part.done]
    facts = {"done": len(done), "total": len(parts)}
    sentence = (
        ngettext("%(done)s of %(total)s part is done", "%(done)s of %(total)s parts are done", len(parts)) % facts
    )
    hours = float(sum(part.effort or 0 for part in parts))
    if hours:
        worked = float(sum(part.effort or 0 for part in done))
        sentence += _(", %(done)s of %(total)s hours of work") % {"done": f"{worked:g}", "total": f"{hours:g}"}
    return f"{sentence}."


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


def attempt(request: Visit, verb: Any, *what: Any, said_then: str, **facts: Any) -> Any:
    """Do it and say so, or show why not; what the verb answers, or None."""
    try:
        answer = verb(*what, by=request.user, **facts)
    except ValidationError as error:
        messages.error(request, said(error))
        return None
    messages.success(request, said_then)
    return answer


def with_undo(address: str, change: Any) -> str:
    """The address of a page that offers to take the change back."""
    if not isinstance(change, Change):
        return address
    return f"{address}{'&' if '?' in address else '?'}undo={change.pk}"


@page(Ability.CONTRIBUTE, Action, methods=("POST",), related=("partnership",))
def status(request: Visit, action: Action) -> HttpResponse:
    rights.demand(rights.may_change(request.access, action))
    form, change = StatusForm(request.POST), None
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("because", "evidence")}
        facts["said_then"] = _("Saved: %(what)s") % {"what": action}
        change = attempt(request, services.set_status, action, form.cleaned_data["status"], **facts)
    else:
        messages.error(request, _("Choose one of the states, and keep the reason under 250 characters."))
    return redirect(with_undo(back_to(request, action), change))


def back_to(request: Visit, action: Action) -> str:
    """The board, if that is where the button was, else the action."""
    home_url = reverse("action_plans:home", args=[request.partnership.slug])
    return f"{home_url}?view=board" if request.POST.get("from") == "board" else action.get_absolute_url()


@page(Ability.CONTRIBUTE, Action, related=("partnership",))
def move(request: Visit, action: Action) -> HttpResponse:
    """Another due day, with the reason; `?due=` shows first what would move with it."""
    rights.demand(rights.may_change(request.access, action))
    asked = day_asked(request)
    form = MoveForm(request.POST or None, initial={"due": asked or action.due})
    if request.method == "POST" and form.is_valid():
        try:
            facts = {name: form.cleaned_data[name] for name in ("due", "because")}
            change = services.move(action, by=request.user, **facts)
        except ValidationError as error:
            form.add_error("due", error)
        else:
            messages.success(request, _("The new date is on record, with its reason."))
            return redirect(with_undo(action.get_absolute_url(), change))
    context = {
        "form": form,
        "frame": "tool.html",
        "row": action,
        "trial": queries.trial_of_day(request.partnership, action, asked) if asked else None,
        "asked": asked,
        "title": _("Move the date"),
        "standing": str(action),
        "standing_more": _("What waits for it follows by itself, and the forecast of the finish with it."),
        "save_label": _("Move the date"),
        "cancel_url": action.get_absolute_url(),
    }
    return render(request, "action_plans/move.html", context)


def day_asked(request: Visit) -> date | None:
    """The day an address asks to try, if it is one."""
    try:
        return parse_date(request.GET.get("due", ""))
    except ValueError:
        return None


@page(Ability.CONTRIBUTE, Action, methods=("POST",), related=("partnership",))
def keep(request: Visit, action: Action) -> HttpResponse:
    rights.demand(rights.may_change(request.access, action))
    change = attempt(request, services.keep_date, action, said_then=_("The new date stands."))
    return redirect(with_undo(reverse("action_plans:home", args=[request.partnership.slug]), change))


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
        person, part, hours = (form.cleaned_data[name] for name in ("participant", "part", "hours"))
        facts = {"hours": hours, "said_then": _("%(name)s is in.") % {"name": person}}
        attempt(request, services.share, action, person, part, **facts)
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

"""Plans that leave as files, and plans that come in: looked at first, then written."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.analysis.problems import Refused
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.core.tables import csv_file
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.process.pages import READ, page
from concorda.implement.action_plans import arriving, leaving, queries, services
from concorda.implement.action_plans.arriving import Draft, Wanted
from concorda.implement.action_plans.filters import Filters
from concorda.implement.action_plans.forms import ArrivalForm, said
from concorda.implement.action_plans.models import Action, ActionShare
from concorda.implement.action_plans.workbook import workbook
from concorda.implement.working_groups.models import Group

SALT = "action_plans.arrive"
LOOKED_AT_WITHIN = 24 * 60 * 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 500


def chosen_table(request: Visit) -> list[list[Any]]:
    """The rows of the chosen actions, with every column."""
    kept = queries.stored(request.partnership)
    found = kept.forecast()
    filters = Filters(request, kept)
    chosen = [line.action for line in filters.lines(found)] + filters.actions(found.undated)
    notes = dict(Action.objects.exclude(notes="").values_list("pk", "notes"))
    goals = {goal.pk: goal for goal in Goal.objects.all()}
    for action in chosen:
        action.notes, action.goal = notes.get(action.pk, ""), goals.get(action.goal_id) if action.goal_id else None
    shares = list(ActionShare.objects.filter(part=ActionShare.Part.RESPONSIBLE))
    for share in shares:
        share.participant = kept.people[share.participant_id]
    lines = {line.action.pk: line for line in found.lines}
    return leaving.table(leaving.outline(chosen), lines, kept.links, shares)


@page(Ability.SEE, methods=READ)
def leave_csv(request: Visit) -> HttpResponse:
    return csv_file("actions.csv", chosen_table(request))


@page(Ability.SEE, methods=READ)
def leave_xlsx(request: Visit) -> HttpResponse:
    made = workbook(_("Action plan"), chosen_table(request), author=request.partnership.name)
    return download(made, "actions.xlsx", XLSX)


@page(Ability.SEE, methods=READ)
def leave_project(request: Visit) -> HttpResponse:
    """The whole plan for MS Project."""
    kept = queries.stored(request.partnership)
    notes = dict(Action.objects.exclude(notes="").values_list("pk", "notes"))
    for action in kept.actions:
        action.notes = notes.get(action.pk, "")
    if not kept.actions:
        messages.error(request, _("There is no action yet that could be saved."))
        return redirect("action_plans:home", request.partnership.slug)
    made = leaving.project_file(kept, kept.forecast(), request.partnership.name)
    return download(made, "plan.xml", "application/xml")


@page(Ability.SEE, methods=READ)
def calendar_file(request: Visit) -> HttpResponse:
    """The days on which the chosen actions end, for any calendar."""
    kept = queries.stored(request.partnership)
    found = kept.forecast()
    chosen = Filters(request, kept).lines(found)
    name = f"{_('Action plan')} · {request.partnership.short}"
    return download(leaving.calendar(chosen, name), "plan.ics", "text/calendar; charset=utf-8")


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# Coming in


@page(Ability.STEER)
def arrive(request: Visit) -> HttpResponse:
    """A file or pasted rows: shown first, with what is wrong in which row; written when somebody says so."""
    if request.method == "POST" and "plan" in request.POST:
        return take_shown(request)
    posted = request.method == "POST"
    first = {"accountable": request.access.participant.pk}
    form = ArrivalForm(
        request.POST if posted else None, request.FILES if posted else None, access=request.access, initial=first
    )
    if posted and form.is_valid():
        data, name = form.given
        try:
            kept = queries.stored(request.partnership)
            draft = arriving.read(data, name, arriving.Known.of(kept, Goal.objects.all()))
        except Refused as refused:
            for problem in refused.problems:
                form.add_error("file" if form.cleaned_data["file"] else "text", where(problem))
        else:
            facts = form.cleaned_data
            if facts["sure"]:
                return take(request, draft.rows, services.Instead(facts["accountable"], facts["group"]), name)
            return preview(request, draft, facts, name, kept)
    context = {
        "form": form,
        "title": _("Bring in a plan"),
        "standing": _("Actions from a spreadsheet or from MS Project come onto the plan."),
        "standing_more": _("You see first what would be added; nothing is stored before you say so."),
        "columns": [label for label, _others in arriving_columns()],
    }
    return render(request, "action_plans/arrive.html", context)


def arriving_columns() -> list[tuple[Any, tuple[str, ...]]]:
    from concorda.implement.action_plans.columns import COLUMNS

    return list(COLUMNS.values())


def where(problem: Any) -> str:
    """ "Row 4, Due: this is no day … (next week)", without the name of the file: there is one."""
    place = ", ".join(
        part for part in (_("Row %(n)s") % {"n": problem.row} if problem.row else "", problem.column or "") if part
    )
    text = f"{place}: {problem.reason}" if place else problem.reason
    return f"{text} (“{problem.value}”)" if problem.value else text


def preview(request: Visit, draft: Draft, facts: dict[str, Any], name: str, kept: queries.Stored) -> HttpResponse:
    """What would come onto the plan, what is left out and why."""
    depth: dict[str, int] = {}
    for row in draft.rows:
        depth[row.key] = depth.get(row.parent or "", -1) + 1
    carried = {
        "here": request.partnership.pk,
        "file": name,
        "rows": arriving.packed(draft),
        "accountable": facts["accountable"].pk,
        "group": facts["group"].pk if facts["group"] else None,
    }
    stays = [where(problem) for problem in draft.problems]
    count = ngettext(
        "%(n)s action would come onto the plan.", "%(n)s actions would come onto the plan.", len(draft.rows)
    )
    left = ngettext("%(n)s row has something wrong.", "%(n)s rows have something wrong.", len(stays)) % {
        "n": len(stays)
    }
    context = {
        "title": _("Look at it first"),
        "standing": count % {"n": len(draft.rows)},
        "standing_more": left if stays else "",
        "rows": [(row, min(depth[row.key], 3), people_of(row, facts, kept)) for row in draft.rows[:SHOWN]],
        "more": max(len(draft.rows) - SHOWN, 0),
        "count": len(draft.rows),
        "links": sum(len(row.waits) for row in draft.rows),
        "problems": stays,
        "notes": list(draft.notes),
        "file": name,
        "kinds": dict(Action.Kind.choices),
        "plan": signing.dumps(carried, salt=SALT, compress=True),
    }
    return render(request, "action_plans/preview.html", context)


def people_of(row: Wanted, facts: dict[str, Any], kept: queries.Stored) -> str:
    return kept.people[row.accountable].person.name if row.accountable else facts["accountable"].person.name


def take_shown(request: Visit) -> HttpResponse:
    """What the preview showed, as it was shown."""
    try:
        carried = signing.loads(request.POST["plan"], salt=SALT, max_age=LOOKED_AT_WITHIN)
        rows = arriving.unpacked(carried["rows"])
        instead = services.Instead(
            Participant.objects.get(pk=carried["accountable"]),
            Group.objects.get(pk=carried["group"]) if carried["group"] else None,
        )
        if carried["here"] != request.partnership.pk:
            raise signing.BadSignature
    except (signing.BadSignature, Participant.DoesNotExist, Group.DoesNotExist):
        messages.error(request, _("What was shown is not there any more. Choose the file again."))
        return redirect("action_plans:import", request.partnership.slug)
    return take(request, rows, instead, carried["file"])


def take(request: Visit, rows: list[Wanted], instead: services.Instead, name: str) -> HttpResponse:
    try:
        change = services.take_in(request.partnership, rows, instead, file=name, by=request.user)
    except ValidationError as error:
        messages.error(request, said(error))
        return redirect("action_plans:import", request.partnership.slug)
    taken = ngettext("%(n)s action is on the plan.", "%(n)s actions are on the plan.", len(rows))
    messages.success(request, taken % {"n": len(rows)})
    return redirect(f"{reverse('action_plans:home', args=[request.partnership.slug])}?undo={change.pk}")

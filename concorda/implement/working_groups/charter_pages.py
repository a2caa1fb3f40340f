"""Pages of charters: their versions, what changed, how they are adopted; a group put to decision."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page
from concorda.implement.working_groups import charters, rights
from concorda.implement.working_groups.forms import AdoptForm, ProposalForm, RuleForm
from concorda.implement.working_groups.models import Charter, Group
from concorda.implement.working_groups.views import attempt, posted

OF_CHARTER = ("group__chair", "partnership", "decision", "adopted_in__group", "written_by__person")


@page(Ability.STEER)
def propose(request: Visit) -> HttpResponse:
    """A group that does not exist yet: its charter goes to decision, and the decision opens it."""
    charter = Charter(partnership=request.partnership, time_zone=request.partnership.time_zone)
    form = ProposalForm(posted(request), instance=charter, access=request.access)
    if form.is_valid():
        made, goals, rule = form.save(commit=False), form.cleaned_data["goals"], form.cleaned_data["rule"]
        try:
            decision = charters.propose_group(made, goals, rule=rule, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The group is put to decision. It is opened once the decision is adopted."))
            return redirect(decision)
    context = {
        "frame": "tool.html",
        "title": _("Put a new group to decision"),
        "standing": _("Write its charter. The group is opened by the decision, and the charter then is adopted."),
        "form": form,
        "save_label": _("Put it to decision"),
    }
    return render(request, "form.html", context)


@page(Ability.SEE, Group, methods=READ, related=("chair__person", "partnership"))
def versions(request: Visit, group: Group) -> HttpResponse:
    """Every version of a charter, newest first, with what changed and whether it was adopted."""
    found = list(group.charters.select_related("partnership", "decision", "adopted_in__group", "written_by__person"))
    adopted = next((one for one in found if one.adopted), None)
    context = {
        "group": group,
        "versions": found,
        "title": _("Charter of %(group)s") % {"group": group.name},
        "standing": adopted_sentence(adopted),
        "standing_more": _("Every version stays as it was written."),
        "back_url": group.get_absolute_url(),
    }
    return render(request, "working_groups/charters.html", context)


def adopted_sentence(adopted: Charter | None) -> str:
    if adopted is None or adopted.adopted_at is None:
        return _("No version is adopted yet.")
    facts = {"number": adopted.number, "day": say_day(adopted.adopted_at.date())}
    return _("Version %(number)s is adopted, since %(day)s.") % facts


@page(Ability.SEE, Charter, methods=READ, related=OF_CHARTER)
def charter(request: Visit, charter: Charter) -> HttpResponse:
    """One version in words, and what it changes in the one it takes the place of."""
    earlier = charters.before(charter)
    group = charter.group
    runs = bool(group and rights.may_run(request.access, group))
    deciding = charter.decision and charter.decision.is_open
    context = {
        "charter": charter,
        "group": group,
        "earlier": earlier,
        "changes": charters.differences(charter, earlier) if earlier else [],
        "passages": charters.passages(charter),
        "title": str(charter),
        "standing": state_of(charter),
        "standing_more": charter.why,
        "rule_form": RuleForm() if runs and not charter.adopted and not deciding else None,
        "adopt_form": AdoptForm(charter=charter) if runs and not charter.adopted else None,
    }
    return render(request, "working_groups/charter.html", context)


def state_of(charter: Charter) -> str:
    if charter.adopted_at:
        facts = {"day": say_day(charter.adopted_at.date()), "meeting": charter.adopted_in}
        if charter.adopted_in_id:
            return _("The group adopted this version: %(meeting)s.") % facts
        return _("This version was adopted by a decision on %(day)s.") % facts
    if charter.decision and charter.decision.is_open:
        return _("This version is being decided.")
    return _("This version is not adopted yet.")


@page(Ability.CONTRIBUTE, Charter, methods=("POST",), related=OF_CHARTER)
def decide(request: Visit, charter: Charter) -> HttpResponse:
    """Put a version to decision under one of the partnership's rules."""
    demand_running(request, charter)
    form = RuleForm(request.POST)
    if form.is_valid() and attempt(request, charters.put_to_decision, charter, rule=form.cleaned_data["rule"]):
        messages.success(request, _("It is put to decision; replies are open."))
        return redirect(charter.decision)
    if form.errors:
        messages.error(request, _("Choose the rule under which this is decided."))
    return redirect(charter)


@page(Ability.CONTRIBUTE, Charter, methods=("POST",), related=OF_CHARTER)
def adopt(request: Visit, charter: Charter) -> HttpResponse:
    """The group adopted it itself, in a meeting with a quorum."""
    demand_running(request, charter)
    form = AdoptForm(request.POST, charter=charter)
    if form.is_valid() and attempt(request, charters.adopt_in, charter, form.cleaned_data["meeting"]):
        messages.success(request, _("The charter is adopted."))
    elif form.errors:
        messages.error(request, _("Choose the meeting with a quorum in which the group adopted it."))
    return redirect(charter)


def demand_running(request: Visit, charter: Charter) -> None:
    rights.demand(rights.may_run(request.access, charter.group) if charter.group else rights.NOT_RUNNING)

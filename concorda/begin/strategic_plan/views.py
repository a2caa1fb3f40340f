from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from concorda.begin.strategic_plan import drawing, services
from concorda.begin.strategic_plan.forms import (
    AgreeForm,
    BudgetForm,
    GoalForm,
    IndicatorForm,
    LinkForm,
    OutcomeForm,
    RiskForm,
    StrategyForm,
)
from concorda.begin.strategic_plan.models import BudgetLine, Goal, Indicator, Link, Outcome, Risk, Strategy
from concorda.begin.strategic_plan.queries import Budget, budget_lines, line_of, plan_of
from concorda.begin.strategic_plan.tool import sentence
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.text import say_money
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.pages import READ, Register, page


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """The plan as strands and as a results framework; observers read what is agreed."""
    sees = bool(request.access.can(Ability.SEE))
    plan = plan_of(request.partnership, agreed_only=not sees)
    may_write = bool(request.access.can(Ability.CONTRIBUTE, stage="begin", tool="strategic_plan"))
    gaps = plan.gaps if sees else []
    more = (
        ngettext("One thing is missing.", "%(count)s things are missing.", len(gaps)) % {"count": len(gaps)}
        if gaps
        else ""
    )
    standing = (
        sentence(plan)
        if plan.lines
        else _("No goals have been written yet.")
        if sees
        else _("No goals have been agreed yet.")
    )
    context = {
        "plan": plan,
        "gaps": gaps,
        "may_write": may_write,
        "sees": sees,
        "standing": standing,
        "standing_more": more,
    }
    return render(request, "strategic_plan/home.html", context)


@page(Ability.OBSERVE, methods=READ)
def picture(request: Visit) -> HttpResponse:
    """How it is meant to work: the logic model and the theory of change, drawn and in words."""
    sees = bool(request.access.can(Ability.SEE))
    plan = plan_of(request.partnership, agreed_only=not sees)
    changes, does = len(plan.outcomes), len(plan.strategies)
    facts = {"does": does, "changes": changes}
    context = {
        "plan": plan,
        "logic_model": drawing.logic_model(plan),
        "theory": drawing.theory_of_change(plan),
        "may_write": bool(request.access.can(Ability.CONTRIBUTE, stage="begin", tool="strategic_plan")),
        "sees": sees,
        "title": _("How it is meant to work"),
        "standing": ngettext(
            "%(does)s strategy is meant to bring about %(changes)s changes.",
            "%(does)s strategies are meant to bring about %(changes)s changes.",
            does,
        )
        % facts
        if does
        else _("Nothing is drawn yet."),
        "standing_more": _("Read from left to right; a dashed line is a step you only think is so."),
    }
    return render(request, "strategic_plan/picture.html", context)


@page(Ability.CONTRIBUTE, Goal, methods=("POST",))
def move(request: Visit, goal: Goal) -> HttpResponse:
    services.move(goal, up=request.POST.get("to") == "up", by=request.user)
    return redirect("strategic_plan:home", request.partnership.slug)


@page(Ability.STEER, Goal)
def agree(request: Visit, goal: Goal) -> HttpResponse:
    if goal.agreed_on:
        messages.info(request, _("This goal is already agreed."))
        return redirect(goal)
    form = AgreeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.agree(goal, on=form.cleaned_data["on"], decision=form.cleaned_data["decision"], by=request.user)
        messages.success(request, _("The goal is agreed."))
        return redirect(goal)
    context = {
        "form": form,
        "frame": "tool.html",
        "title": _("When was this goal agreed?"),
        "standing": str(goal),
        "standing_more": _("From then on its wording stands; a change needs it to be reopened and agreed again."),
        "save_label": _("Note it as agreed"),
        "cancel_url": goal.get_absolute_url(),
    }
    return render(request, "form.html", context)


@page(Ability.STEER, Goal)
def reopen(request: Visit, goal: Goal) -> HttpResponse:
    if request.method == "POST":
        services.reopen(goal, by=request.user)
        messages.success(request, _("The goal is open for a new wording."))
        return redirect(goal)
    context = {
        "frame": "tool.html",
        "object": goal,
        "title": _("Reopen this goal?"),
        "standing": str(goal),
        "consequence": _("It will no longer count as agreed, and has to be agreed again after the change."),
        "confirm_label": _("Reopen it"),
        "keep_url": goal.get_absolute_url(),
    }
    return render(request, "confirm_delete.html", context)


class PlanRegister(Register):
    """Pages of a part of the plan; what a link knows already (`?goal=7`) is filled in."""

    roles: Sequence[str] = ("new", "detail", "edit", "delete")
    fills: Sequence[str] = ("goal",)
    standing: Any = ""
    consequence: Any = ""

    def initial(self) -> dict[str, Any]:
        asked = {name: self.request.GET.get(name, "") for name in self.fills}
        return {name: value for name, value in asked.items() if value.isdecimal()}

    def extra(self) -> dict[str, Any]:
        removing = (
            {"consequence": self.consequence, "keep_url": self.back(self.row), "object": self.row}
            if self.role == "delete"
            else {}
        )
        return {"standing": self.standing, **removing}

    def back(self, row: Any = None) -> str:
        goal = getattr(row, "goal", None)
        return goal.get_absolute_url() if goal else super().back(row)


class Goals(PlanRegister):
    model, form = Goal, GoalForm
    related = ("lead__person", "lead__organization", "decision")
    abilities = {"delete": Ability.STEER}
    fills = ("need",)
    new_label, save_label = gettext_lazy("Write a goal"), gettext_lazy("Save the goal")
    standing = gettext_lazy("A goal says what will be different, for whom, and by when.")
    consequence = gettext_lazy("Its outcomes and indicators go with it. This cannot be undone.")
    said = {
        "new": gettext_noop("wrote the goal “%(what)s”"),
        "edit": gettext_noop("reworded the goal “%(what)s”"),
        "delete": gettext_noop("removed the goal “%(what)s”"),
    }

    def initial(self) -> dict[str, Any]:
        need = super().initial().get("need")
        return {"needs": [need]} if need else {}

    def may_change(self, row: Goal) -> None:
        if row.agreed_on:
            raise PermissionDenied(
                _("This goal was agreed on %(day)s. A coordinator can reopen it; then it can be changed.")
                % {"day": say_day(row.agreed_on)}
            )

    def save(self, form: OwnedForm) -> Goal:
        if self.role == "new":
            form.instance.position = services.next_position(self.request.partnership)
        goal = super().save(form)
        services.tie(goal, form.cleaned_data["needs"])
        return goal

    def extra(self) -> dict[str, Any]:
        if self.role != "detail":
            return super().extra()
        goal = self.row
        edit = {} if not goal.agreed_on else {"edit_url": "", "remove_url": ""}
        agreed = _("Agreed on %(day)s.") % {"day": say_day(goal.agreed_on)} if goal.agreed_on else _("Not agreed yet.")
        return {
            "line": line_of(goal),
            "risks": goal.risks.select_related("owner__person"),
            "may_write": bool(self.request.access.can(Ability.CONTRIBUTE, stage="begin", tool="strategic_plan")),
            "standing": agreed,
            "voice": True,
            **edit,
        }


class Outcomes(PlanRegister):
    model, form = Outcome, OutcomeForm
    roles = ("new", "edit", "delete")
    related = ("goal",)
    new_label, save_label = gettext_lazy("Add an outcome"), gettext_lazy("Save the outcome")
    standing = gettext_lazy("An outcome is a change in people’s lives, not a thing that is delivered.")
    consequence = gettext_lazy("Its indicators stay with the goal. This cannot be undone.")


class Strategies(PlanRegister):
    model, form = Strategy, StrategyForm
    roles = ("new", "edit", "delete")
    related = ("goal", "partner__organization")
    new_label, save_label = gettext_lazy("Add a strategy"), gettext_lazy("Save the strategy")
    standing = gettext_lazy("A strategy says what you do to reach a goal, and what that delivers.")
    consequence = gettext_lazy("The steps that begin with it go too. This cannot be undone.")


class Links(PlanRegister):
    model, form = Link, LinkForm
    roles = ("new", "edit", "delete")
    related = ("strategy", "outcome", "to__goal")
    fills = ("strategy", "outcome", "to")
    new_label, save_label = gettext_lazy("Add a step"), gettext_lazy("Save the step")
    standing = gettext_lazy("A step says what follows from what, and what has to hold for it.")
    consequence = gettext_lazy("What is done and what changes stay; only the line between them goes.")

    def back(self, row: Any = None) -> str:
        return row.to.goal.get_absolute_url() if row else super().back(row)


class BudgetLines(PlanRegister):
    model, form = BudgetLine, BudgetForm
    roles = ("list", "new", "edit", "delete")
    related = ("goal", "partner__organization")
    search = ("what", "funder", "partner__organization__name")
    per_page = 100
    title = gettext_lazy("Budget")
    new_label, save_label = gettext_lazy("Add a budget line"), gettext_lazy("Save the line")
    empty = gettext_lazy("No budget yet")
    empty_text = gettext_lazy("What the plan costs each year, in money and in kind, and who gives it.")
    consequence = gettext_lazy("This cannot be undone.")
    columns = (
        ("what", gettext_lazy("What for")),
        ("year", gettext_lazy("Year")),
        ("goal", gettext_lazy("Goal")),
        ("giver", gettext_lazy("Who gives it")),
        ("kind", gettext_lazy("In money or in kind")),
        ("amount", gettext_lazy("Amount")),
    )

    def cell(self, row: BudgetLine, name: str) -> Any:
        return say_money(row.amount) if name == "amount" else super().cell(row, name) or ""

    def back(self, row: Any = None) -> str:
        return self.url("list")

    def extra(self) -> dict[str, Any]:
        if self.role != "list":
            return super().extra()
        budget = Budget(tuple(budget_lines(self.request.partnership)))
        total = budget.total
        facts = {"cash": say_money(total.cash), "in_kind": say_money(total.in_kind)}
        standing = _("%(cash)s in money and %(in_kind)s in kind.") % facts if budget.lines else _("No budget yet.")
        return {"budget": budget, "standing": standing}


class Indicators(PlanRegister):
    model, form = Indicator, IndicatorForm
    related = ("goal", "outcome", "owner__person", "owner__organization")
    fills = ("goal", "outcome")
    new_label, save_label = gettext_lazy("Add an indicator"), gettext_lazy("Save the indicator")
    standing = gettext_lazy("An indicator is one number that tells whether a goal is reached.")
    consequence = gettext_lazy("This cannot be undone.")

    def extra(self) -> dict[str, Any]:
        if self.role != "detail":
            return super().extra()
        one = self.row
        if one.maintains:
            standing = _("It is meant to stay at %(target)s.") % {"target": one.target_says}
        elif one.baseline is not None and one.target is not None:
            standing = _("From %(start)s to %(target)s.") % {"start": one.baseline_says, "target": one.target_says}
        else:
            standing = _("It is not complete yet.")
        return {"standing": standing}


class Risks(PlanRegister):
    model, form = Risk, RiskForm
    roles = ("list", "new", "edit", "delete")
    related = ("goal", "owner__person")
    search = ("text", "response")
    per_page = 50
    title = gettext_lazy("Assumptions and risks")
    new_label, save_label = gettext_lazy("Add an assumption or risk"), gettext_lazy("Save it")
    empty = gettext_lazy("No assumptions or risks yet")
    empty_text = gettext_lazy("What has to be true for the plan to work, and what may go wrong?")
    standing = gettext_lazy(
        "What the plan rests on, and what may go wrong: how likely, how bad, who watches, what is done."
    )
    columns = (
        ("text", gettext_lazy("What")),
        ("kind", gettext_lazy("Kind")),
        ("goal", gettext_lazy("Goal")),
        ("score", gettext_lazy("Likelihood × impact")),
        ("owner", gettext_lazy("Who watches it")),
        ("response", gettext_lazy("What we do about it")),
    )

    def rows(self) -> Any:
        return super().rows().order_by("-likelihood", "-impact", "pk")

    def back(self, row: Any = None) -> str:
        return self.url("list")

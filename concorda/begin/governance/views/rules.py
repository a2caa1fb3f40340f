"""The rules, and what may be decided without asking."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance import delegating, describing, queries, services
from concorda.begin.governance.forms import AloneForm, DelegationForm, RuleForm
from concorda.begin.governance.models import Body, Decision, Delegation, Rule
from concorda.begin.governance.views.common import POST, attempt, submitted, to
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import Register, page


class Rules(Register):
    """Rules are replaced, never edited: the form of a new one starts from the one in force."""

    model, form = Rule, RuleForm
    abilities = {"new": Ability.STEER}
    roles = ("new", "detail")
    related = ("body", "replaces")
    new_label = gettext_lazy("Set a rule")

    def initial(self) -> dict[str, Any]:
        matter = self.request.GET.get("matter", "")
        old = queries.rule_for(self.request.partnership, matter) if matter in Rule.Matter.values else None
        first = queries.main_body(list(Body.objects.all()))
        if old:
            return {name: getattr(old, name) for name in RuleForm.Meta.fields} | {"body": old.body_id}
        return {"matter": matter, "body": first.pk if first else None}

    def save(self, form: Any) -> Any:
        self.made = services.set_rule(form.save(commit=False), by=self.request.user)
        return self.made

    def form_page(self, row: Any) -> HttpResponse:
        try:
            return super().form_page(row)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect(to(self.request, "home"))

    def back(self, row: Any | None = None) -> str:
        if isinstance(row, Decision):
            return to(self.request, "decision_detail", row.pk)
        return to(self.request, "rule_detail", row.pk) if row is not None else to(self.request, "home")

    def extra(self) -> dict[str, Any]:
        if self.role == "new":
            fixed = queries.rules_are_fixed(self.request.partnership)
            said = _("A first decision was taken, so replacing a rule is itself decided, under the rule for that.")
            return {
                "standing": said if fixed else _("Once a first decision is taken, rules change only by a decision.")
            }
        return {"sentences": describing.rule(self.row), **describing.rule_standing(self.row)}


class Delegations(Register):
    """What a body or a person may decide without asking: given and ended, never edited."""

    model, form = Delegation, DelegationForm
    abilities = {"new": Ability.STEER}
    roles = ("new",)
    new_label = gettext_lazy("Let somebody decide without asking")

    def initial(self) -> dict[str, Any]:
        return {"matter": Rule.Matter.FINANCIAL}

    def form_page(self, row: Any) -> HttpResponse:
        form = self.form(self.request.POST or None, instance=row, initial=self.initial(), access=self.request.access)
        give = lambda: delegating.give(form.save(commit=False), by=self.request.user)  # noqa: E731
        if submitted(self.request, form, give, _("Saved.")):
            return redirect(to(self.request, "home"))
        context = {
            "form": form,
            "title": self.new_label,
            "standing": _("Small things need no meeting, as long as everybody knows where small ends."),
            "cancel_url": to(self.request, "home"),
        }
        return self.render("new", context)


@page(Ability.STEER, Delegation, methods=POST)
def delegation_end(request: Visit, row: Delegation) -> HttpResponse:
    """End it; what was decided under it stays."""
    attempt(request, lambda: delegating.end(row, by=request.user), _("Ended. What was decided under it stays."))
    return redirect(to(request, "home"))


@page(Ability.CONTRIBUTE, Delegation, related=("person__person", "partnership"))
def decide_alone(request: Visit, row: Delegation) -> HttpResponse:
    """One person decides within what was delegated to them."""
    if row.person_id != request.access.participant.pk:
        raise PermissionDenied(_("Only %(to)s decides under this.") % {"to": row.to})
    form = AloneForm(request.POST or None, access=request.access)
    made: list[Decision] = []

    def decide() -> None:
        made.append(delegating.decide_alone(row, **form.cleaned_data, by=request.user))

    if submitted(request, form, decide, _("Decided. It stands in the register.")):
        return redirect(to(request, "decision_detail", made[0].pk))
    context = {
        "title": _("Decide without asking"),
        "standing": row.what,
        "standing_more": describing.limits(row),
        "form": form,
        "frame": "tool.html",
        "save_label": _("Decide"),
        "cancel_url": to(request, "home"),
    }
    return render(request, "form.html", context)

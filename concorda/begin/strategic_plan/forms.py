from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import BudgetLine, Goal, Indicator, Link, Outcome, Risk, Strategy
from concorda.begin.strategic_plan.services import Circle, require_no_circle
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Cards, CheckCards, LongText, Several
from concorda.foundation.partnerships.models import Participant, Partner
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.forms import OwnedForm


class PlanForm(OwnedForm):
    """People who left are not offered any more, unless they are the ones on record."""

    def choices_of(self, model: type) -> Any:
        if model is Partner:
            return committed(self.access.partnership)
        rows = super().choices_of(model)
        return rows.filter(left_on=None).select_related("person", "organization") if model is Participant else rows


class GoalForm(PlanForm):
    needs = Several(
        label=_("Which needs does it answer?"),
        queryset=Need.objects.none(),
        required=False,
        widget=CheckCards(columns=1),
        help_text=_("A goal may answer several needs; a need may have several goals."),
    )

    class Meta:
        model = Goal
        fields = ["title", "needs", "text", "due", "lead"]
        widgets = {"text": LongText(attrs={"maxlength": 4000}, rows=4)}
        help_texts = {
            "title": _(
                "What will be different, for how many, by when. For example: House 40 large families within 60 days."
            ),
            "due": _("The day by which the goal is meant to be reached."),
            "lead": _("One person who keeps an eye on it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["needs"] = list(self.instance.answers.values_list("need", flat=True))

    def clean_text(self) -> str:
        return within_length(self.cleaned_data["text"], 4000)


def within_length(text: str, most: int) -> str:
    if len(text) > most:
        raise forms.ValidationError(
            _("This is %(length)s characters long; %(most)s is the most. Put the rest in a document and name it here."),
            params={"length": len(text), "most": most},
        )
    return text


class AgreeForm(forms.Form):
    """When, and by which decision, the partners agreed a goal."""

    on = forms.DateField(label=_("Agreed on"), initial=clock.today, widget=forms.DateInput)
    decision = forms.ModelChoiceField(
        label=_("By the decision"),
        queryset=Decision.objects.none(),
        required=False,
        empty_label=_("At a meeting, without one"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adopted = Decision.objects.filter(status=Decision.Status.DECIDED, outcome="adopted")
        self.fields["decision"].queryset = adopted

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("This day has not come yet. Give the day on which it was agreed."))
        return on


class OutcomeForm(PlanForm):
    class Meta:
        model = Outcome
        fields = ["goal", "level", "text"]
        widgets = {
            "level": Cards(
                hints={
                    "immediate": _("What people know, can or have soon after, such as a lease in their hands"),
                    "intermediate": _("What they do differently after some months"),
                    "ultimate": _("How their life or the community is better in the end"),
                },
                columns=1,
            )
        }
        help_texts = {
            "text": _(
                "Name who changes, not what is delivered. “40 families live in a home that fits them”, "
                "not “a handbook is printed”."
            )
        }


class StrategyForm(PlanForm):
    class Meta:
        model = Strategy
        fields = ["goal", "text", "delivers", "partner"]
        help_texts = {
            "text": _("For example: Train sixteen interpreters in Dari and Tigrinya."),
            "delivers": _("What can be counted or handed over. For example: 16 interpreters with a certificate."),
        }


class LinkForm(PlanForm):
    class Meta:
        model = Link
        fields = ["strategy", "outcome", "to", "assumption", "evidence"]
        help_texts = {
            "strategy": _("Choose what you do, or below a change that comes first."),
            "outcome": _("A change that brings about a further one."),
            "assumption": _("What has to be true for one to follow from the other."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        strategy, outcome, to = cleaned.get("strategy"), cleaned.get("outcome"), cleaned.get("to")
        if bool(strategy) == bool(outcome):
            self.add_error("outcome" if strategy else "strategy", _("Choose one: what you do, or a change."))
        elif to and self.twin(strategy, outcome, to):
            self.add_error("to", _("This step is there already. Change that one."))
        elif outcome and to:
            self.refuse_circles(outcome, to)
        return cleaned

    def twin(self, strategy: Strategy | None, outcome: Outcome | None, to: Outcome) -> bool:
        return Link.objects.filter(strategy=strategy, outcome=outcome, to=to).exclude(pk=self.instance.pk).exists()

    def refuse_circles(self, outcome: Outcome, to: Outcome) -> None:
        try:
            require_no_circle(outcome, to, besides=self.instance.pk)
        except Circle as circle:
            self.add_error("to", _("These changes would bring about themselves: %(way)s.") % {"way": circle})


class BudgetForm(PlanForm):
    class Meta:
        model = BudgetLine
        fields = ["what", "goal", "kind", "amount", "partner", "funder", "year"]
        widgets = {
            "kind": Cards(
                hints={
                    "cash": _("Paid out"),
                    "in_kind": _("Work, rooms, equipment, at what they would cost"),
                }
            )
        }
        help_texts = {
            "goal": _("Leave empty if it serves the whole plan."),
            "year": _("For a year from April to March, the year of April."),
            "amount": _("For one year, in dollars."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(_("Give an amount above zero, or remove this line."))
        return amount

    def clean_year(self) -> int:
        year = int(self.cleaned_data["year"])
        if not 1990 <= year <= 2100:
            raise forms.ValidationError(_("Give a year like %(year)s."), params={"year": clock.today().year})
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("partner") and cleaned.get("funder", "").strip():
            self.add_error("funder", _("Name a partner or somebody else, not both; make two lines of it."))
        return cleaned


class IndicatorForm(PlanForm):
    class Meta:
        model = Indicator
        fields = (
            *("goal", "outcome", "name", "unit", "baseline", "baseline_on", "target", "target_on"),
            *("source", "method", "broken_down_by", "frequency", "owner"),
        )
        help_texts = {
            "name": _("For example: Median days from arrival to lease."),
            "unit": _("For example: days, people, %."),
            "baseline": _("The value before you began. Leave it empty while nobody knows; it is not zero."),
            "target": _("The same as the starting value if it is meant to stay as it is."),
            "source": _("Which records, counted by whom, or asked of how many."),
            "method": _("For example: a question at intake, a count of leases, 30 interviews."),
            "broken_down_by": _("For example: gender, age, language, time since arrival."),
            "outcome": _("The change it tells about, if it tells about one in particular."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        outcome, goal = cleaned.get("outcome"), cleaned.get("goal")
        if outcome and goal and outcome.goal_id != goal.pk:
            self.add_error(
                "outcome", _("This outcome belongs to another goal. Choose one of “%(goal)s”.") % {"goal": goal}
            )
        start, end = cleaned.get("baseline_on"), cleaned.get("target_on")
        if start and end and end <= start:
            self.add_error("target_on", _("The target cannot be due before the starting value was measured."))
        return cleaned


class RiskForm(PlanForm):
    class Meta:
        model = Risk
        fields = ["kind", "text", "goal", "likelihood", "impact", "owner", "response"]
        widgets = {
            "kind": Cards(
                hints={
                    "assumption": _("Something that has to be true for the plan to work"),
                    "risk": _("Something that may go wrong"),
                }
            ),
            "response": LongText(rows=3),
        }
        help_texts = {"goal": _("Leave empty if it touches the whole plan.")}

    def clean_response(self) -> str:
        return within_length(self.cleaned_data["response"], 2000)

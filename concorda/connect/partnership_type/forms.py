from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.connect.partnership_type.models import TypeDecision
from concorda.connect.partnership_type.questions import DIMENSIONS, GATES, questions
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.worksheet import WorksheetForm

HINTS = {
    "inform": gettext_lazy("We tell each other what we do and know."),
    "align": gettext_lazy("We also fit what we do to each other, each with its own means."),
    "share": gettext_lazy("We also lend each other rooms, people, data or money."),
    "co-create": gettext_lazy("We also do work together that none could do alone, and strengthen one another."),
    "integrate": gettext_lazy("We act as one, with one budget and one lead."),
}


class AnswersForm(WorksheetForm):
    """The twenty-four questions, by dimension and gate."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, questions=tuple(questions()), **kwargs)
        self.fields["activity"] = forms.CharField(
            label=gettext_lazy("For which activity or relationship?"),
            required=False,
            max_length=160,
            help_text=gettext_lazy(
                "Leave it empty for the partnership as a whole. For an activity, answer only what differs there."
            ),
        )

    @property
    def dimensions(self) -> list[tuple]:
        return [(one.title, self[one.needed.key], self[one.feasible.key]) for one in DIMENSIONS]

    @property
    def gates(self) -> list:
        return [self[one.question.key] for one in GATES]


class DecisionForm(OwnedForm):
    level = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=TypeDecision.Level.choices, widget=Cards(hints=HINTS, columns=1)
    )

    class Meta:
        model = TypeDecision
        fields = ["level", "activity", "called", "in_short", "reasons", "dissent", "decided_on", "review_on"]
        widgets = {
            "reasons": LongText(voice=True, rows=3),
            "dissent": LongText(voice=True, rows=3),
        }
        help_texts = {
            "activity": gettext_lazy("Leave it open for the partnership as a whole."),
            "called": gettext_lazy(
                "Your own word, such as “collaboration”. The same word means different things elsewhere."
            ),
            "in_short": gettext_lazy("For example: shared goals, separate budgets."),
            "dissent": gettext_lazy("By name and in their words. It stays with the decision."),
        }

    def clean_decided_on(self) -> date:
        day = self.cleaned_data["decided_on"]
        if day > clock.today():
            raise forms.ValidationError(_("This day is still to come. A decision is recorded once it is made."))
        return day

    def clean(self) -> dict:
        cleaned = super().clean()
        decided, review = cleaned.get("decided_on"), cleaned.get("review_on")
        if decided and review and review <= decided:
            self.add_error("review_on", _("Look at it again on a day after the decision."))
        return cleaned

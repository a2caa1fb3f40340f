from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.process.forms import OwnedForm
from concorda.monitor.future_plans.models import Lesson, Review


class LessonForm(OwnedForm):
    class Meta:
        model = Lesson
        fields = ["what", "so_what", "now_what", "used_in", "learned_on"]
        widgets = {"so_what": LongText(rows=3), "now_what": LongText(rows=3)}
        help_texts = {
            "what": _("One event or habit, as you would tell a colleague."),
            "used_in": _("Fill this in later: a lesson counts once somebody used it."),
        }


class ReviewForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Our answer"),
        choices=Review.Answer.choices,
        widget=Cards(
            hints={
                "continue": _("It is right as it is."),
                "change": _("We go on, but differently. Say how."),
                "close": _("We stop, and say goodbye well."),
            }
        ),
    )
    reasons = forms.CharField(label=_("Reasons, and what follows"), widget=LongText(rows=4), max_length=4000)
    decision = forms.ModelChoiceField(
        Decision.objects.none(),
        label=_("Decision it rests on"),
        required=False,
        empty_label=_("No decision of a body was needed"),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField", self.fields["decision"])
        field.queryset = Decision.objects.filter(status=Decision.Status.DECIDED)

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.core import clock
from concorda.foundation.core.forms import LongText
from concorda.foundation.core.moments import say_day
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.stages import stages
from concorda.monitor.evaluation.models import CheckIn, Measurement
from concorda.monitor.evaluation.questions import ANCHORS, QUESTIONS

CANNOT_SAY = "cannot"


class CheckInForm(forms.ModelForm):
    """What to ask about, and until when."""

    class Meta:
        model = CheckIn
        fields = ("title", "stage", "closes_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].help_text = _("Such as “March check-in”. It is the subject people remember it by.")
        self.fields["stage"] = forms.ChoiceField(
            label=_("Which stage is it about?"), choices=[(one.key, one.title) for one in stages()]
        )

    def clean_closes_on(self) -> Any:
        day = self.cleaned_data["closes_on"]
        if day <= clock.today():
            raise forms.ValidationError(_("People need at least a day to answer. Choose a day after today."))
        return day


class AnswerForm(forms.Form):
    """Three questions on five steps, and one sentence; “cannot say” is an answer, and never a number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(str(value), anchor) for value, anchor in enumerate(ANCHORS)]
        for question in QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=str(question.text),
                help_text=str(question.help),
                choices=[*steps, (CANNOT_SAY, _("I cannot say"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose a step, or “I cannot say”.")},
            )
        self.fields["comment"] = forms.CharField(
            label=_("One sentence, if you like"),
            help_text=_(
                "What should the others know? It is read by a coordinator or evaluator first, then it may be shown "
                "without your name. Leave out what only you could know."
            ),
            max_length=500,
            required=False,
            widget=LongText(voice=True, rows=3, attrs={"data-draft": None}),
        )

    @property
    def values(self) -> dict[str, int | None]:
        found = {question.key: self.cleaned_data[question.key] for question in QUESTIONS}
        return {key: None if value == CANNOT_SAY else int(value) for key, value in found.items()}


class MeasurementForm(OwnedForm):
    class Meta:
        model = Measurement
        fields = ("indicator", "value", "on", "source", "note")
        error_messages = {
            "value": {"invalid": gettext_lazy("This is not a number. Write it with digits, such as 94 or 61.5.")}
        }

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError(_("This day has not come yet. A measurement is of today or before."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        indicator, value, day = (cleaned.get(name) for name in ("indicator", "value", "on"))
        if indicator and value is not None and indicator.unit == "%" and not 0 <= value <= Decimal(100):
            self.add_error("value", _("A share lies between 0 and 100 percent."))
        if indicator and day:
            self.check_day(indicator, day)
        return cleaned

    def check_day(self, indicator: Any, day: Any) -> None:
        if indicator.baseline_on and day < indicator.baseline_on:
            text = _("The starting value of this indicator is of %(day)s. A result is of that day or later.")
            self.add_error("on", text % {"day": say_day(indicator.baseline_on)})
        taken = Measurement.objects.filter(indicator=indicator, on=day, status=Measurement.Status.APPROVED)
        if not self.instance.corrects_id and taken.exists():
            self.add_error(
                "on", _("There is an approved value for this day already. Open it and enter a correction there.")
            )


class ReturnForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("What is to be put right?"),
        max_length=250,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": gettext_lazy("Say what to put right, so that the next number is better.")},
    )

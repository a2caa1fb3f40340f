from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from concorda.foundation.core import clock
from concorda.foundation.core.forms import LongText
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.forms import OwnedForm
from concorda.monitor.reports.document import AUDIENCES, SECTIONS
from concorda.monitor.reports.models import Grant, Report, Schedule


class ReportForm(OwnedForm):
    class Meta:
        model = Report
        fields = ("title", "audience", "period_from", "period_to", "cut_off", "due")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end, cut = (cleaned.get(name) for name in ("period_from", "period_to", "cut_off"))
        if start and end and end < start:
            self.add_error("period_to", _("The period ends before it begins. Choose a later day."))
        if start and cut and cut < start:
            self.add_error("cut_off", _("Before the period begins there are no data. Choose a later day."))
        return cleaned


class SectionsForm(forms.Form):
    """What people add to the sections of one report."""

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = dict(report.sections.values_list("key", "text"))
        for key in AUDIENCES[report.audience]:
            self.fields[key] = forms.CharField(
                label=SECTIONS[key],
                required=False,
                initial=texts.get(key, ""),
                max_length=20000,
                widget=LongText(voice=True, rows=4),
            )


class ScheduleForm(OwnedForm):
    class Meta:
        model = Schedule
        fields = ("title", "audience", "every", "next_on", "days", "owner")

    def choices_of(self, model: Any) -> Any:
        return Participant.objects.filter(left_on=None).select_related("person")

    def clean_next_on(self) -> date:
        day = self.cleaned_data["next_on"]
        if day < clock.today():
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        return day


class GrantForm(OwnedForm):
    class Meta:
        model = Grant
        fields = ("title", "description", "funder", "funder_number", "recipient", "amount", "currency", "awarded_on",
                  "starts_on", "ends_on", "number")  # fmt: skip

    def choices_of(self, model: Any) -> Any:
        return committed(self.access.partnership)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("It ends before it begins. Choose a later day."))
        return cleaned

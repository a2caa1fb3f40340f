from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Cards
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Partnership


class StartForm(forms.ModelForm):
    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Your organization"), empty_label=None)

    class Meta:
        model = Partnership
        fields = ["name", "purpose", "origin", "started_on", "place_name", "time_zone"]
        widgets = {
            "started_on": forms.DateInput,
            "origin": Cards(
                hints={
                    "reason": _("You start with your needs."),
                    "organic": _("You record what already exists, with its dates."),
                }
            ),
            "purpose": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "name": _("It can change later."),
            "started_on": _("Today, or the day since which you already work together."),
            "purpose": _("One or two sentences: what you hope to do together."),
            "time_zone": _("Where most of you meet. Example: America/Toronto."),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField", self.fields["organization"])
        field.queryset = Organization.objects.of(person)
        self.fields["time_zone"].initial = person.time_zone
        self.fields["started_on"].required = False

    def clean_started_on(self) -> date:
        return not_to_come(self.cleaned_data["started_on"] or clock.today())


def not_to_come(day: date) -> date:
    if day > clock.today():
        raise forms.ValidationError(_("This day is still to come. Since when is it so?"))
    return day


class AgreedForm(forms.Form):
    """An element that was agreed before it was recorded here: since when, by whom, where it can be read."""

    agreed_on = forms.DateField(label=_("Agreed on"), widget=forms.DateInput)
    agreed_by = forms.CharField(
        label=_("Agreed by"), max_length=250, help_text=_("For example: the directors of all four organizations.")
    )
    agreed_in = forms.CharField(
        label=_("Where it can be read"),
        max_length=250,
        help_text=_(
            "The document and its date, and who keeps it: “Letter of intent of 3 March 2024, with the County”."
        ),
    )

    def clean_agreed_on(self) -> date:
        return not_to_come(self.cleaned_data["agreed_on"])


class SettingsForm(forms.ModelForm):
    class Meta:
        model = Partnership
        fields = ["name", "short_name", "purpose", "place_name", "time_zone", "status", "started_on"]
        widgets = {"purpose": forms.Textarea(attrs={"rows": 3})}


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class ElementForm(forms.Form):
    """Leave an element out, with the reason; or take it up again."""

    reason = forms.CharField(label=_("Why is it left out?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)


class EarlyEntryForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you go on before the stage before is in place?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )

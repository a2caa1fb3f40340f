from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from concorda.foundation.accounts.models import Person


class NameForm(forms.Form):
    """What signing up asks beside e-mail and password."""

    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("As colleagues know you."))

    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, person: Person) -> None:
        """The adapter has taken the name."""


class LinkForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class DetailsForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["name", "language", "time_zone", "scheme"]
        widgets = {"time_zone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})}
        help_texts = {"time_zone": _("Meetings and deadlines are shown in this zone. Example: America/Toronto.")}

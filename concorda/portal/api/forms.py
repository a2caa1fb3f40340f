from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Switch
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.stages import tools
from concorda.portal.api.models import ApiToken, Hook
from concorda.portal.api.outside import Unreachable, destination

LONGEST = 366
"""Days a token may work at most."""


class TokenForm(forms.ModelForm):
    """A token for a program: what it may do, where, and until when."""

    class Meta:
        model = ApiToken
        fields = ["name", "scope", "partnership", "expires_on"]
        widgets = {"scope": Switch}
        help_texts = {
            "name": _("Such as “calendar of the office” or “monthly figures”."),
            "expires_on": _("A year at most. You can end it sooner at any time."),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["partnership"].queryset = Partnership.objects.visible_to(person)
        fields["partnership"].empty_label = _("All partnerships I take part in")
        fields["expires_on"].initial = clock.today() + timedelta(days=90)

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if not clock.today() <= day <= clock.today() + timedelta(days=LONGEST):
            raise ValidationError(_("Choose a day from today to a year from now."))
        return day


class HookForm(OwnedForm):
    """An address outside, and what it is told."""

    kinds = forms.MultipleChoiceField(
        label=_("What it is told"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice: everything you may read in the activity."),
    )
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("It has to begin with https:// and lie in the open internet."),
    )

    class Meta:
        model = Hook
        fields = ["url", "kinds"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = [(tool.key, tool.title) for tool in tools()]

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            destination(url)
        except Unreachable as reason:
            raise ValidationError(str(reason)) from reason
        return url

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Switch
from concorda.foundation.partnerships.models import Partnership
from concorda.portal.api.models import ApiToken

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

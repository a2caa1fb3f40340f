from typing import Any

from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

EMPTY: dict[Any, Any] = {
    forms.Field: _("Fill this in."),
    forms.ChoiceField: _("Choose one."),
    forms.BooleanField: _("Tick this to go on."),
}
"""What a field left empty says, in place of Django's own words."""


class CoreConfig(AppConfig):
    name = "concorda.foundation.core"
    label = "core"

    def ready(self) -> None:
        for field, words in EMPTY.items():
            field.default_error_messages = {**field.default_error_messages, "required": words}

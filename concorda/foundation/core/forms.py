"""Widgets and fields beyond Django's own."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import widgets
from django.utils.functional import Promise

Text = str | Promise


class Hinted(widgets.ChoiceWidget):
    """Choices that each carry a line of explanation: `hints` maps a choice's value to it."""

    option_template_name = "core/forms/card.html"
    template_name = "core/forms/cards.html"

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, hints: Mapping[Any, Text] | None = None, columns: int = 0
    ):
        super().__init__(attrs)
        self.hints = {str(value): hint for value, hint in (hints or {}).items()}
        self.columns = columns

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return option | {"hint": self.hints.get(str(value), "")}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["columns"] = self.columns
        return context


class Cards(Hinted, widgets.RadioSelect):
    """One choice among cards; `columns=1` sets them below one another."""

    option_template_name = "core/forms/card.html"
    template_name = "core/forms/cards.html"


class CheckCards(Hinted, widgets.CheckboxSelectMultiple):
    """Several choices among cards."""

    option_template_name = "core/forms/card.html"
    template_name = "core/forms/cards.html"


class Switch(widgets.RadioSelect):
    """Two to four short choices in one row."""

    template_name = "core/forms/switch.html"


class LongText(widgets.Textarea):
    """A text that takes time to write: a draft is kept in the reader's browser until it is saved."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, voice: bool = False, rows: int = 6):
        look = {"class": "voice"} if voice else {}
        super().__init__({"rows": rows, "data-draft": "", **look, **(attrs or {})})


LONGEST = 18
"""Digits every database keeps in a primary key."""


class Several(forms.ModelMultipleChoiceField):
    """Several rows to choose; a number too large for any row is no choice, where a database would fail on it."""

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else ():
            if len(str(one)) > LONGEST:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(one)[:LONGEST]}
                )
        return super().clean(value)

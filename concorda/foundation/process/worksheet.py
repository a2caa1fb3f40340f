"""A worksheet: questions every organization answers, then compares."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import OrganizationShared
from concorda.foundation.process.stages import Text


@dataclass(frozen=True)
class Question:
    """One question with a scale from 0 to len(anchors) - 1; each anchor says what its step means."""

    key: str
    text: Text
    anchors: tuple[Text, ...]
    help: Text = ""

    @property
    def choices(self) -> list[tuple[str, Text]]:
        return [(str(value), anchor) for value, anchor in enumerate(self.anchors)]


class WorksheetAnswer(OrganizationShared):
    """One organization's answer to one question. A subclass adds a uniqueness constraint."""

    question = models.CharField(max_length=60, editable=False)
    value = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(_("comment"), blank=True)
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.organization}: {self.question} {self.value}"


def letters(organizations: Iterable[Organization]) -> dict[Organization, str]:
    """A capital letter for each organization, for marks in a drawing: A to Z in the order given, then AA."""
    return {one: chr(65 + place % 26) * (place // 26 + 1) for place, one in enumerate(organizations)}


class WorksheetForm(forms.Form):
    """A form built from questions; unanswered questions stay unanswered, never zero."""

    optional_said = True  # the page says once that everything may stay open; the fields need not repeat it

    def __init__(self, *args: Any, questions: tuple[Question, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.key] = forms.TypedChoiceField(
                label=str(question.text),
                help_text=str(question.help),
                choices=question.choices,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )

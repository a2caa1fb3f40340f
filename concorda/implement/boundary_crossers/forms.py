from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.access import Access, Role
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import present
from concorda.implement.boundary_crossers.models import AskedTie, Crosser
from concorda.implement.working_groups.models import Group


def people(access: Access) -> Any:
    return present(access.partnership).exclude(roles__role=Role.OBSERVER).distinct()


class HoursForm(forms.Form):
    """Time, support and stand-in of a bridge."""

    hours = forms.IntegerField(label=gettext_lazy("Hours a month"), min_value=1, max_value=80, initial=4)
    backup = forms.ModelChoiceField(
        label=gettext_lazy("Who stands in"),
        queryset=Participant._base_manager.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )

    support = forms.CharField(
        label=gettext_lazy("What helps them"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("For example: travel paid; half a day a week agreed with their organization."),
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["backup"].queryset = people(access)


class AskForm(HoursForm):
    """Whom to ask, and which two groups they would connect."""

    participant = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=Participant._base_manager.none())
    first = forms.ModelChoiceField(label=gettext_lazy("Between"), queryset=Group._base_manager.none())
    second = forms.ModelChoiceField(label=gettext_lazy("and"), queryset=Group._base_manager.none())
    field_order = ("participant", "first", "second", "hours", "support", "backup")

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        self.fields["participant"].queryset = people(access)
        for name in ("first", "second"):
            self.fields[name].queryset = Group.objects.filter(ended_on=None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("first") and cleaned.get("first") == cleaned.get("second"):
            self.add_error("second", _("A bridge needs two different groups."))
        return cleaned


class AnswerForm(forms.Form):
    target = forms.ModelChoiceField(label=gettext_lazy("I go to"), queryset=Participant._base_manager.none())
    kind = forms.ChoiceField(label=gettext_lazy("For what"), choices=AskedTie.Kind.choices)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = people(access).exclude(pk=access.participant.pk)


def initial_of(crosser: Crosser) -> dict[str, Any]:
    return {"hours": crosser.hours_a_month, "support": crosser.support, "backup": crosser.backup_id}

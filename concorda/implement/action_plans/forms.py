"""Actions, moved dates, dependencies and shares as forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.forms import OwnedForm
from concorda.implement.action_plans.models import Action, ActionShare, Dependency
from concorda.implement.working_groups.models import Group


def people(form: OwnedForm) -> Any:
    """Who can carry an action: everybody who takes part and does more than observe."""
    return present(form.access.partnership).exclude(roles__role=Role.OBSERVER).distinct()


class ActionForm(OwnedForm):
    class Meta:
        model = Action
        fields = [
            *("title", "kind", "accountable", "group", "goal", "indicator", "starts_on", "due", "moved_because"),
            *("notes", "evidence"),
        ]
        widgets = {
            "kind": Cards(
                hints={
                    "action": gettext_lazy("Something to do, often from a meeting"),
                    "deliverable": gettext_lazy("Something others will hold in their hands"),
                    "milestone": gettext_lazy("A day on which something is reached"),
                }
            ),
            "notes": LongText(attrs={"maxlength": 4000}, rows=4),
        }
        help_texts = {
            "title": gettext_lazy("What will be there when it is done. For example: Landlord handbook, 4 languages."),
            "accountable": gettext_lazy("One person who answers for it. Others can share the work."),
            "goal": gettext_lazy("From the strategic plan. Without a goal nobody knows why it is done."),
            "indicator": gettext_lazy("The number that tells whether it helped."),
            "moved_because": gettext_lazy("Needed when you give it another day than the one that was agreed."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due_before = None if self.instance._state.adding else self.instance.due
        if self.instance._state.adding or not self.instance.baseline_due:
            del self.fields["moved_because"]
        if self.instance._state.adding:
            del self.fields["evidence"]
        self.fields["goal"].empty_label = _("No goal yet")
        self.fields["group"].empty_label = _("All groups")
        self.fields["indicator"].empty_label = _("None yet")

    def choices_of(self, model: type) -> Any:
        if model is Participant:
            held = self.instance.accountable_id
            return people(self) | Participant.objects.filter(pk=held).distinct() if held else people(self)
        if model is Group:
            return Group.objects.filter(ended_on=None) | Group.objects.filter(pk=self.instance.group_id)
        return super().choices_of(model)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, due = cleaned.get("starts_on"), cleaned.get("due")
        if start and due and due < start:
            message = _("This is before it starts on %(start)s. Choose a later day, or an earlier start.")
            self.add_error("due", message % {"start": say_day(start)})
        elif start and not due:
            self.add_error("due", _("Say by when as well, so that it shows on the timeline."))
        if "moved_because" in self.fields and self.moves and "moved_because" not in self.changed_data:
            self.add_error("moved_because", _("Say why the date moves; the others will ask."))
        if cleaned.get("kind") == Action.Kind.MILESTONE and not due:
            self.add_error("due", _("A milestone is a day. Say which."))
        return cleaned

    @property
    def moves(self) -> bool:
        return bool(self.instance.baseline_due) and self.cleaned_data.get("due") != self.due_before


class MoveForm(forms.Form):
    due = forms.DateField(label=gettext_lazy("New due day"), widget=forms.DateInput)
    because = forms.CharField(
        label=gettext_lazy("Why does it move?"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2, "class": "voice"}),
        help_text=gettext_lazy("One sentence. Everybody who waits for it reads this."),
    )


class BaselineForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why is it set now?"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("For example: agreed at the steering table on 14 January."),
    )


class Chosen(forms.Form):
    """A form whose one choice comes from the open scope."""

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = next(one for one in self.fields.values() if isinstance(one, forms.ModelChoiceField))
        field.queryset = choices


class WaitForm(Chosen):
    before = forms.ModelChoiceField(label=gettext_lazy("It waits for"), queryset=Action._base_manager.none())
    kind = forms.ChoiceField(
        label=gettext_lazy("How"), choices=Dependency.Kind.choices, initial=Dependency.Kind.FS, required=False
    )
    lag = forms.IntegerField(
        label=gettext_lazy("Working days between"), initial=0, min_value=-250, max_value=250, required=False
    )

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Dependency.Kind.FS

    def clean_lag(self) -> int:
        return self.cleaned_data["lag"] or 0


class ShareForm(Chosen):
    participant = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=Participant._base_manager.none())
    part = forms.ChoiceField(
        label=gettext_lazy("Part"), choices=ActionShare.Part.choices, initial=ActionShare.Part.RESPONSIBLE
    )


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=Action.Status.choices)
    because = forms.CharField(max_length=250, required=False)


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note of your organization"),
        required=False,
        max_length=4000,
        widget=LongText(rows=3),
        help_text=gettext_lazy("Only people of your organization read this."),
    )


def said(error: ValidationError) -> str:
    """What is wrong, as one sentence for a message above the page."""
    return " ".join(error.messages)

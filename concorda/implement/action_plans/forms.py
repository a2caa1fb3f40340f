"""Actions, moved dates, dependencies and shares as forms."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.forms import OwnedForm
from concorda.implement.action_plans import services
from concorda.implement.action_plans.forecast import circle
from concorda.implement.action_plans.models import Action, ActionShare, Change, Dependency
from concorda.implement.action_plans.queries import Stored, outline
from concorda.implement.working_groups.models import Group


def people(form: OwnedForm) -> Any:
    """Who can carry an action: everybody who takes part and does more than observe."""
    return present(form.access.partnership).exclude(roles__role=Role.OBSERVER).distinct()


class ActionForm(OwnedForm):
    FURTHER = ("parent", "effort", "best_days", "worst_days", "cost", "repeats", "repeats_until")
    """Fields most actions leave open: behind a disclosure."""

    class Meta:
        model = Action
        fields = [
            *("title", "kind", "accountable", "group", "goal", "indicator", "starts_on", "due", "moved_because"),
            *("notes", "evidence", "parent", "effort", "best_days", "worst_days", "cost"),
            *("repeats", "repeats_until"),
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
            "parent": gettext_lazy("A larger action spans its parts: it ends when the last of them ends."),
            "effort": gettext_lazy("All of it, over all people. From this comes how much everybody carries."),
            "best_days": gettext_lazy("With the next one, this tells how sure the finish is."),
            "repeats": gettext_lazy("When it is done, the next one is put on the plan."),
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
        self.fields["parent"].empty_label = _("Nothing larger")

    def choices_of(self, model: type) -> Any:
        if model is Participant:
            held = self.instance.accountable_id
            return people(self) | Participant.objects.filter(pk=held).distinct() if held else people(self)
        if model is Action:
            return Action.objects.exclude(pk=self.instance.pk).exclude(status=Action.Status.DROPPED)
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
        self.clean_length(cleaned)
        if cleaned.get("repeats") and not due:
            self.add_error("due", _("What comes again needs a day to count from."))
        if cleaned.get("parent") and not self.instance._state.adding:
            self.refuse_circle(cleaned["parent"])
        return cleaned

    def clean_length(self, cleaned: dict[str, Any]) -> None:
        best, worst = cleaned.get("best_days"), cleaned.get("worst_days")
        if best is not None and worst is not None and worst < best:
            self.add_error("worst_days", _("This is shorter than if all goes well. Say at least as many days."))

    def refuse_circle(self, parent: Action) -> None:
        pairs = Dependency.objects.values_list("before", "after")
        found = circle(*outline(self.access.partnership, pairs, {self.instance.pk: parent.pk}))
        if found:
            message = _("Then they would wait for each other in a circle: %(circle)s. Choose another one.")
            self.add_error("parent", message % {"circle": " → ".join(found)})

    @property
    def further_wrong(self) -> bool:
        return any(name in self.errors for name in self.FURTHER)

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
    hours = forms.DecimalField(
        label=gettext_lazy("Hours of it"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=1,
        help_text=gettext_lazy("Left open: an equal part of what is left."),
    )


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=Action.Status.choices)
    because = forms.CharField(max_length=250, required=False)
    evidence = forms.CharField(max_length=300, required=False)


AS_IT_IS = ("", gettext_lazy("as it is"))


class TogetherForm(forms.Form):
    """What is done to several actions at once; what stays open stays as it is."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=[AS_IT_IS, *Action.Status.choices], required=False)
    accountable = forms.ChoiceField(label=gettext_lazy("Accountable"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    goal = forms.ChoiceField(label=gettext_lazy("Goal"), required=False)
    days = forms.IntegerField(label=gettext_lazy("Working days later"), required=False, min_value=-250, max_value=250)
    because = forms.CharField(label=gettext_lazy("Why"), max_length=250, required=False)
    optional_said = True

    def __init__(self, *args: Any, kept: Stored, goals: Iterable[Goal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = sorted((one for one in kept.people.values() if one.left_on is None), key=lambda one: one.person.name)
        self.rows: dict[str, dict[str, Any]] = {
            "accountable": {str(one.pk): one for one in people},
            "group": {str(one.pk): one for one in sorted(kept.groups.values(), key=str) if one.active},
            "goal": {str(one.pk): one for one in goals},
        }
        nothing = {"accountable": [], "group": [("none", _("All groups"))], "goal": [("none", _("No goal yet"))]}
        for name, rows in self.rows.items():
            self.fields[name].choices = [AS_IT_IS, *nothing[name], *((pk, str(row)) for pk, row in rows.items())]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        others = any(cleaned.get(name) for name in ("status", "accountable", "group", "goal"))
        if cleaned.get("days") and others:
            raise ValidationError(_("Move the days in a step of their own, so that it can be taken back alone."))
        if not cleaned.get("days") and not others:
            raise ValidationError(_("Choose what to change in those picked."))
        return cleaned

    def act(self, actions: list[Action], *, by: Person) -> Change:
        """Do it to these actions."""
        cleaned = self.cleaned_data
        if cleaned["days"]:
            return services.shift(dict.fromkeys(actions, cleaned["days"]), because=cleaned["because"], by=by)
        facts = {name: self.rows[name].get(cleaned[name]) for name in ("group", "goal") if cleaned[name]}
        person = self.rows["accountable"].get(cleaned["accountable"])
        return services.change_together(
            actions, services.Together(cleaned["status"], cleaned["because"], person, facts), by=by
        )


class TrialForm(forms.Form):
    """One change to try: an action, and how many working days later it would end."""

    action = forms.ModelChoiceField(label=gettext_lazy("What if"), queryset=Action._base_manager.none())
    days = forms.IntegerField(
        label=gettext_lazy("ends so many working days later"),
        min_value=-250,
        max_value=250,
        initial=10,
        help_text=gettext_lazy("A number below 0 for earlier."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ended = [Action.Status.DONE, Action.Status.DROPPED]
        self.fields["action"].queryset = Action.objects.exclude(due=None).exclude(status__in=ended)


class ApplyForm(forms.Form):
    changes = forms.CharField(widget=forms.HiddenInput, max_length=2000)
    because = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=250,
        help_text=gettext_lazy("One sentence. Everybody whose work moves reads this."),
    )


class HandOverForm(forms.Form):
    handed = forms.CharField(
        label=gettext_lazy("What do you hand over?"),
        max_length=300,
        help_text=gettext_lazy("A link, or where to find it."),
    )


class SendBackForm(forms.Form):
    because = forms.CharField(label=gettext_lazy("What is missing?"), max_length=250)


class HoursForm(forms.Form):
    a_week = forms.DecimalField(
        label=gettext_lazy("Hours a week you offer"), min_value=0, max_value=168, max_digits=4, decimal_places=1
    )


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


LARGEST = 10 * 1024 * 1024
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xml")


class ArrivalForm(forms.Form):
    """A plan from elsewhere: a file, or what was copied out of a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("A spreadsheet (XLSX, CSV) or MS Project saved as XML; at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste rows copied from a spreadsheet, with the names of the columns on top"),
        required=False,
        widget=LongText(rows=5),
        strip=False,
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("For which group, where the file names none"),
        queryset=Group._base_manager.none(),
        required=False,
        empty_label=gettext_lazy("All groups"),
    )
    accountable = forms.ModelChoiceField(
        label=gettext_lazy("Who answers, where the file names nobody"), queryset=Participant._base_manager.none()
    )
    sure = forms.BooleanField(
        required=False, widget=forms.HiddenInput, label=gettext_lazy("Put it on the plan at once, without looking")
    )

    def __init__(self, *args: Any, access: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.filter(ended_on=None)
        self.fields["accountable"].queryset = present(access.partnership).exclude(roles__role=Role.OBSERVER).distinct()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise ValidationError(_("The file is larger than 10 MB. Save only the sheet with the plan, or split it."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("file") and not cleaned.get("text", "").strip():
            self.add_error("file", _("Choose a file, or paste the rows below."))
        return cleaned

    @property
    def given(self) -> tuple[bytes, str]:
        """What was given, and what to call it."""
        file = self.cleaned_data["file"]
        if file:
            return file.read(), file.name
        return self.cleaned_data["text"].strip("\r\n").encode(), _("pasted rows")

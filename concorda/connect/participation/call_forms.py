from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.connect.participation.models import Application, Call, Criterion, Inquiry
from concorda.foundation.core.forms import LongText
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.queries import present
from concorda.foundation.process.forms import OwnedForm

ADDRESS = {"invalid": gettext_lazy("This is not an e-mail address. It should look like name@harbourstreet.example.")}
MOST_CRITERIA = 20


class CallForm(OwnedForm):
    criteria = forms.CharField(
        label=gettext_lazy("Criteria with weights"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One on each line, with how much it weighs: “Reaches newcomer families: 3”."),
    )

    class Meta:
        model = Call
        fields = ["title", "purpose", "deadline", "reviewers"]
        widgets = {
            "purpose": LongText(voice=True, rows=6),
            "deadline": forms.DateInput,
            "reviewers": forms.CheckboxSelectMultiple,
        }
        help_texts = {"deadline": gettext_lazy("Without one, the call takes proposals that nobody asked for, any day.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].required = True
        self.fields["reviewers"].error_messages["required"] = _("Choose at least one person who reviews.")
        if self.instance.pk:
            self.fields["criteria"].initial = "\n".join(
                f"{one.name}: {one.weight}" for one in self.instance.criteria.all()
            )

    def choices_of(self, model: type) -> Any:
        people = present(self.access.partnership).select_related("person")
        return people if model is Participant else model.objects.all()

    def clean_criteria(self) -> list[tuple[str, int]]:
        """Name and weight of each line; what is wrong is said with its line."""
        found: list[tuple[str, int]] = []
        for number, line in enumerate(self.cleaned_data["criteria"].splitlines(), start=1):
            name, _colon, weight = (part.strip() for part in line.rpartition(":"))
            if not line.strip():
                continue
            if not name or not weight.isdecimal() or int(weight) > 100:
                raise ValidationError(
                    _("Line %(number)s: write a name, a colon and a whole weight from 0 to 100: “Reach: 3”.")
                    % {"number": number}
                )
            found.append((name[:160], int(weight)))
        if len(found) > MOST_CRITERIA:
            raise ValidationError(_("Twenty criteria at most; nobody weighs more than that with care."))
        return found


class InquiryForm(forms.ModelForm):
    class Meta:
        model = Inquiry
        fields = ["email", "question"]
        widgets = {"question": LongText(rows=3)}
        error_messages = {"email": ADDRESS}


class ReplyForm(forms.Form):
    answer = forms.CharField(label=gettext_lazy("Our answer"), max_length=2000, widget=LongText(rows=4))


class ApplicationForm(forms.ModelForm):
    class Meta:
        model = Application
        fields = ["organization", "name", "email", "text"]
        widgets = {"text": LongText(voice=True, rows=10)}
        error_messages = {"email": ADDRESS}


class MarksForm(forms.Form):
    """Points from 0 to 4 on each criterion."""

    def __init__(self, *args: Any, criteria: list[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = {f"criterion-{one.pk}": one for one in criteria}
        words = [_("not at all"), _("a little"), _("half"), _("well"), _("fully")]
        for name, one in self.criteria.items():
            self.fields[name] = forms.TypedChoiceField(
                label=_("%(name)s (weight %(weight)s)") % {"name": one.name, "weight": one.weight},
                choices=[(points, f"{points}: {word}") for points, word in enumerate(words)],
                coerce=int,
                widget=forms.RadioSelect,
            )

    @property
    def points(self) -> dict[Criterion, int]:
        return {one: self.cleaned_data[name] for name, one in self.criteria.items()}


class ExtendForm(forms.Form):
    deadline = forms.DateField(label=gettext_lazy("New last day to apply"), widget=forms.DateInput)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is cancelled"),
        max_length=1000,
        widget=LongText(voice=True, rows=4),
        help_text=gettext_lazy("It stands on the public page, and in a letter to everybody who applied."),
    )


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=Application.Outcome.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("What we tell them"),
        max_length=2000,
        widget=LongText(voice=True, rows=5),
        help_text=gettext_lazy("They read it in the letter. A no with a reason is worth more than a yes without."),
    )

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.connect.motivation.models import Expectation, Motive, Need, Standpoint
from concorda.foundation.core.forms import LongText, Switch
from concorda.foundation.organizations.forms import TermChoice
from concorda.foundation.organizations.models import Term
from concorda.foundation.process.forms import OwnedForm


class NeedForm(OwnedForm):
    class Meta:
        model = Need
        fields = ["statement", "affected", "area", "evidence", "importance", "urgency", "term"]
        field_classes = {"term": TermChoice}
        widgets = {
            "statement": LongText(voice=True, rows=2),
            "evidence": LongText(rows=3),
            "importance": forms.RadioSelect,
            "urgency": forms.RadioSelect,
        }
        help_texts = {
            "statement": gettext_lazy("One sentence, in your own words, about people, not about a service."),
            "affected": gettext_lazy("Which people, and about how many."),
            "evidence": gettext_lazy("A count, a waiting list, what people told you; and where it can be found."),
            "term": gettext_lazy("So that offers and partners can be matched to this need."),
        }

    def choices_of(self, model: type) -> object:
        return Term.objects.topics() if model is Term else super().choices_of(model)


class ReasonForm(forms.Form):
    """Why to set a need aside."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is set aside"),
        help_text=gettext_lazy("Everyone can read this. The need stays on record and can be taken up again."),
        max_length=1000,
        widget=LongText(rows=3),
    )


class ReasonsForm(OwnedForm):
    """Why one organization is here: a strength and a hope for each kind of motive, then the standpoint."""

    alone = forms.ChoiceField(
        label=gettext_lazy("Could we do it alone?"),
        choices=[("", gettext_lazy("Not said")), *Standpoint.Alone.choices],
        required=False,
        widget=Switch,
    )

    class Meta:
        model = Standpoint
        fields = ["alone", "because", "trigger", "shared"]
        widgets = {"because": LongText(voice=True, rows=2), "trigger": LongText(voice=True, rows=2)}
        help_texts = {
            "trigger": gettext_lazy(
                "An event, a report, a funder’s call; or how it grew out of work you already share."
            ),
            "shared": gettext_lazy("Until then only people of your organization can read it."),
        }

    def __init__(self, *args, motives: list[Motive], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        given = {motive.kind: motive for motive in motives}
        for kind, label in Motive.Kind.choices:
            motive = given.get(kind)
            self.fields[f"weight_{kind}"] = forms.TypedChoiceField(
                label=label,
                choices=[(0, _("Not a reason")), *Motive.Weight.choices],
                coerce=int,
                initial=motive.weight if motive else 0,
            )
            self.fields[f"hope_{kind}"] = forms.CharField(
                label=_("What we hope for"),
                required=False,
                max_length=500,
                initial=motive.hope if motive else "",
                widget=forms.TextInput(attrs={"class": "voice"}),
            )

    @property
    def rows(self) -> list[tuple]:
        """Each kind of motive with its two fields."""
        return [(self[f"weight_{kind}"], self[f"hope_{kind}"]) for kind in Motive.Kind.values]

    def clean(self) -> dict:
        cleaned = super().clean()
        for kind, label in Motive.Kind.choices:
            if cleaned.get(f"hope_{kind}") and not cleaned.get(f"weight_{kind}"):
                message = _("You wrote a hope for “%(motive)s”: say how strong a reason it is, or empty the hope.")
                self.add_error(f"weight_{kind}", message % {"motive": label})
        if not self.errors and not self.reasons():
            self.add_error(None, _("Give at least one reason for being here."))
        return cleaned

    def reasons(self) -> dict[str, tuple[int, str]]:
        """Kind → how strong, what is hoped for; only what was given."""
        return {
            kind: (self.cleaned_data[f"weight_{kind}"], self.cleaned_data.get(f"hope_{kind}", "").strip())
            for kind in Motive.Kind.values
            if self.cleaned_data.get(f"weight_{kind}")
        }


class ExpectationForm(OwnedForm):
    class Meta:
        model = Expectation
        fields = ["side", "what", "likelihood", "size", "shared"]
        widgets = {"side": Switch, "what": forms.TextInput(attrs={"class": "voice"})}
        help_texts = {"shared": gettext_lazy("Until then only people of your organization can read it.")}

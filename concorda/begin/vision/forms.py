from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Rule
from concorda.begin.vision.models import OwnVision, Statement, Support
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Cards, LongText
from concorda.foundation.process.forms import OwnedForm


class OwnVisionForm(OwnedForm):
    class Meta:
        model = OwnVision
        fields = ["text", "language", "shared"]
        widgets = {"text": LongText(voice=True, rows=5)}
        help_texts = {
            "text": _("Two or three sentences, as you would say them. What is different for whom, if this works?"),
            "shared": _("While it is not shared, only your own people see it."),
        }


class StatementForm(OwnedForm):
    """A statement and its first version."""

    text = forms.CharField(label=_("The words"), widget=LongText(voice=True, rows=6), max_length=5000)
    note = forms.CharField(label=_("Where these words come from"), required=False, max_length=250)

    class Meta:
        model = Statement
        fields = ["kind", "language", "translates", "equal"]
        widgets = {
            "kind": Cards(
                hints={
                    "vision": _("How the place looks when you have succeeded."),
                    "mission": _("What the partnership does towards it."),
                    "value": _("What you hold to on the way."),
                    "ground_rule": _("How you treat each other at the table."),
                },
                columns=2,
            )
        }
        help_texts = {
            "translates": _("Only for a translation. The original prevails, unless both are equally valid."),
        }

    def choices_of(self, model: type) -> Any:
        return Statement.objects.filter(translates=None)


class WriteForm(forms.Form):
    """The next version of a statement."""

    text = forms.CharField(label=_("The words"), widget=LongText(voice=True, rows=7), max_length=5000)
    note = forms.CharField(
        label=_("What changed, and why"),
        required=False,
        max_length=250,
        help_text=_("One sentence for those who were not there."),
    )
    since = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def put_together(self, version: Any, text: str, *, clash: bool) -> None:
        """Go on from a version that came meanwhile, with what was typed and what that says."""
        data = cast("QueryDict", self.data).copy()
        data["text"], data["since"] = text, str(version.number)
        self.data = data
        facts = {"who": version.author.name, "number": version.number}
        if clash:
            message = _(
                "%(who)s wrote version %(number)s while you were writing, and changed the same words. Yours are kept "
                "below; read theirs, then save what should stand."
            )
            self.add_error(None, [message % facts, version.text])
        else:
            message = _(
                "%(who)s wrote version %(number)s while you were writing. Their words and yours are put together "
                "below; read them, then save again."
            )
            self.add_error(None, message % facts)


class CommentForm(forms.Form):
    passage = forms.CharField(
        label=_("The words this is about"),
        required=False,
        max_length=250,
        help_text=_("Copy them from the text, or leave this empty."),
    )
    text = forms.CharField(label=_("What you want to say"), widget=LongText(rows=3), required=False, max_length=2000)


class SupportForm(forms.Form):
    step = forms.TypedChoiceField(
        label=_("How far do you support it?"),
        choices=Support.Step.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the eight steps.")},
    )
    comment = forms.CharField(label=_("Why"), widget=LongText(rows=2), required=False, max_length=1000)
    shared = forms.BooleanField(label=_("Show this to the partners"), required=False, initial=True)


class DecideForm(forms.Form):
    """Under which rule, and until when, a version is put to decision."""

    rule = forms.ModelChoiceField(Rule._base_manager.none(), label=_("Rule"), empty_label=None)
    closes_at = forms.DateTimeField(
        label=_("Replies close"),
        required=False,
        widget=forms.DateTimeInput,
        help_text=_("Left empty, the rule says how many days there are."),
    )
    talked_on = forms.DateField(
        label=_("If it does not pass, we talk it through on"), required=False, widget=forms.DateInput
    )
    must_know = forms.CharField(label=_("Who must know"), required=False, max_length=250)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = Rule.objects.filter(in_force=True).select_related("body")
        self.fields["rule"].queryset = rules
        self.fields["rule"].initial = next((rule.pk for rule in rules if rule.matter == Rule.Matter.STRATEGIC), None)

    def clean_closes_at(self) -> Any:
        closes = self.cleaned_data["closes_at"]
        if closes and closes <= clock.now():
            raise forms.ValidationError(_("Replies would close before they open. Choose a later time."))
        return closes

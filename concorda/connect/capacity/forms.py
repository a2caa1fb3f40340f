from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.connect.capacity.models import AuthorityLimit, Item
from concorda.connect.capacity.queries import speaks
from concorda.connect.motivation.models import Need
from concorda.foundation.core.forms import Switch
from concorda.foundation.organizations.forms import TermChoice
from concorda.foundation.organizations.models import Term
from concorda.foundation.process.forms import OwnedForm


class QuantifiedForm(OwnedForm):
    """An amount with its unit; only who speaks for the organization decides about sharing."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget.attrs["min"] = 0
        if not speaks(self.access):
            del self.fields["shared"]

    def choices_of(self, model: type) -> object:
        if model is Term:
            return Term.objects.topics()
        return Need.objects.filter(set_aside_on=None) if model is Need else super().choices_of(model)

    def clean_amount(self) -> Decimal | None:
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            raise forms.ValidationError(_("An amount cannot be below zero. Leave it empty if there is none."))
        return amount

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("amount") is not None and not cleaned.get("unit"):
            self.add_error("unit", _("Say what the amount counts: hours, rooms, CAD."))
        return cleaned


SHARING = gettext_lazy("Until then only people of your organization can read it.")


class ItemForm(QuantifiedForm):
    class Meta:
        model = Item
        fields = ["direction", "kind", "what", "need", "term", "amount", "unit", "period", "sure", "shared"]
        field_classes = {"term": TermChoice}
        widgets = {"direction": Switch, "what": forms.TextInput(attrs={"class": "voice"})}
        help_texts = {
            "what": gettext_lazy("In your own words: “A meeting room for 20 with a kitchen, evenings”."),
            "need": gettext_lazy("Leave it open if it serves several."),
            "unit": gettext_lazy("Hours, rooms, CAD. Use the same word each time: only like units are added up."),
            "shared": SHARING,
        }


class LimitForm(QuantifiedForm):
    class Meta:
        model = AuthorityLimit
        fields = ["what", "kind", "amount", "unit", "period", "beyond", "shared"]
        widgets = {"what": forms.TextInput(attrs={"class": "voice"})}
        help_texts = {
            "what": gettext_lazy("For example: “Rooms and up to two staff days a month”."),
            "beyond": gettext_lazy("For example: the board, at its monthly meeting."),
            "shared": SHARING,
        }


class ReviewForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Look at it again on"), widget=forms.DateInput)

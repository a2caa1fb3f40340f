"""Forms of rows that belong to a partnership."""

from typing import Any, cast

from django import forms
from django.db import transaction
from django.db.models import F
from django.forms.models import ModelFormMetaclass
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core.forms import Several
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.partnerships.models import ChangedMeanwhile, PartnershipOwned


class OwnedFormMetaclass(ModelFormMetaclass):
    """A form class is made outside any scope: its choices start empty and come from the scope of each form."""

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> type:
        with scopes_disabled():
            made: Any = super().__new__(cls, name, bases, attrs)
            for field in made.base_fields.values():
                if type(field) is forms.ModelMultipleChoiceField:
                    field.__class__ = Several  # as Django made it from the model, but refusing what no row can be
                if isinstance(field, forms.ModelChoiceField):
                    field.queryset = model_of(field).objects.none()
        return cast("type", made)


def model_of(field: forms.ModelChoiceField) -> Any:
    """The model a field chooses from."""
    return cast("Any", field.queryset).model


class OwnedForm(forms.ModelForm, metaclass=OwnedFormMetaclass):
    """A form of one row: choices come from the open scope; what someone else changed meanwhile is not overwritten."""

    base = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, access: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access = access
        if self.instance._state.adding:
            self.instance.partnership = access.partnership
            if hasattr(self.instance, "organization_id") and not self.instance.organization_id:
                self.instance.organization = access.organization
            del self.fields["base"]
        else:
            self.fields["base"].initial = self.instance.revision
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = self.choices_of(model_of(field))

    def choices_of(self, model: Any) -> Any:
        """The rows a foreign key may choose from: those in scope."""
        return model.objects.all()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "base" in self.fields and self.current_revision() != cleaned.get("base"):
            self.changed_meanwhile()
        return cleaned

    def current_revision(self) -> int:
        return type(self.instance)._base_manager.values_list("revision", flat=True).get(pk=self.instance.pk)

    def changed_meanwhile(self) -> None:
        """Keep what was typed, show what is stored now, and let the next save win knowingly."""
        stored = type(self.instance)._base_manager.get(pk=self.instance.pk)
        data = cast("QueryDict", self.data).copy()
        data[self.add_prefix("base")] = str(stored.revision)
        self.data = data
        changes = [
            f"{self.fields[name].label}: {self.stored_text(stored, name)}"
            for name in self.changed_data
            if name in (self._meta.fields or ()) and self.stored_text(stored, name)
        ]
        message = _(
            "Someone else changed this while you were writing. Yours is kept below; save again to replace theirs."
        )
        self.add_error(None, [message, *changes])

    @staticmethod
    def stored_text(stored: PartnershipOwned, name: str) -> str:
        display = getattr(stored, f"get_{name}_display", None)
        return str(display() if display else getattr(stored, name))

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        if commit and not self.instance._state.adding:
            self.instance.revision = self.cleaned_data["base"] + 1
            rows = type(self.instance)._base_manager.filter(pk=self.instance.pk, revision=self.cleaned_data["base"])
            if not rows.update(revision=F("revision") + 1):
                raise ChangedMeanwhile
        return super().save(commit)

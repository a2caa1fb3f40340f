"""Forms of the directory, of an organization and of its reflection."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concorda.foundation.accounts.models import Person
from concorda.foundation.core.forms import CheckCards, LongText, Several, Switch
from concorda.foundation.organizations.models import (
    Invite,
    KeptColumns,
    Membership,
    Organization,
    Place,
    Reach,
    Readiness,
    Sought,
    Term,
)
from concorda.foundation.organizations.questions import DIMENSIONS
from concorda.foundation.organizations.registers.sources import FIELDS, SOURCES

LANGUAGES = [
    ("en", _("English")), ("fr", _("French")), ("ar", _("Arabic")), ("prs", _("Dari")), ("ti", _("Tigrinya")),
    ("uk", _("Ukrainian")), ("es", _("Spanish")), ("pa", _("Punjabi")), ("zh", _("Chinese")), ("tl", _("Tagalog")),
    ("so", _("Somali")), ("ur", _("Urdu")), ("hi", _("Hindi")), ("fa", _("Persian")), ("pt", _("Portuguese")),
    ("cr", _("Cree")), ("oj", _("Ojibwe")), ("iu", _("Inuktitut")), ("mic", _("Mi’kmaw")), ("asl", _("ASL / LSQ")),
]  # fmt: skip
LARGEST_UPLOAD = 20_000_000


class TermChoices(forms.models.ModelChoiceIterator):
    """Terms under the heading of their group."""

    def __iter__(self) -> Any:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        groups: dict[str, list[Any]] = {}
        for term in self.queryset:
            groups.setdefault(str(term.parent), []).append(self.choice(term))
        yield from groups.items()


class TermChoice(forms.ModelChoiceField):
    """One topic, under the heading of its group."""

    iterator = TermChoices

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"queryset": Term.objects.topics(), "label": _("Topic"), **options})


class TermsChoice(Several):
    """Several terms, under the headings of their groups."""

    iterator = TermChoices


class SearchForm(forms.Form):
    """What the directory can be narrowed by; anything it cannot use is left out."""

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    topic = TermChoice(required=False, empty_label=_("Any topic"))
    area = forms.CharField(label=_("Area or postal code"), required=False, max_length=60)
    language = forms.ChoiceField(label=_("Works in"), required=False, choices=[("", _("Any language")), *LANGUAGES])
    sort = forms.CharField(required=False, max_length=20)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [("", _("Any kind")), *Organization.Kind.choices]

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}


class NewForm(forms.ModelForm):
    """Name an organization that is not in the directory yet."""

    website = forms.URLField(label=_("website"), required=False, assume_scheme="https")
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Organization
        fields = ["name", "kind", "activities", "website"]
        widgets = {"activities": LongText(voice=True, rows=3)}
        help_texts = {"activities": _("In one or two sentences, as you would tell a neighbour.")}


class ProfileForm(forms.ModelForm):
    """What everybody may read about an organization."""

    languages = forms.MultipleChoiceField(
        label=_("languages"), choices=LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    terms = TermsChoice(queryset=None, label=_("topics"), required=False, help_text=_("What you offer."))
    populations = TermsChoice(queryset=None, label=_("people it serves"), required=False)
    looking_for = TermsChoice(queryset=None, label=_("what it looks for in partners"), required=False)
    website = forms.URLField(label=_("website"), required=False, assume_scheme="https")
    town = forms.CharField(
        label=_("town"), required=False, max_length=120, help_text=_("So that partners near you find you.")
    )
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Organization
        fields = [
            "name", "short_name", "kind", "activities", "mandate", "vision", "values", "terms", "looking_for",
            "populations", "languages", "place", "area", "postcode", "website", "email_domain",
        ]  # fmt: skip
        widgets = {key: LongText(voice=True, rows=3) for key in ("activities", "mandate", "vision", "values")}
        help_texts = {
            "email_domain": _(
                "Colleagues whose address ends with it can join by themselves. Example: harbourstreet.example"
            ),
            "area": _("County, city or region."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key in ("terms", "looking_for"):
            self.fields[key].queryset = Term.objects.topics()
        self.fields["populations"].queryset = Term.objects.people_served()
        self.fields["place"].queryset = Place.objects.filter(kind=Place.Kind.PROVINCE)
        here = self.instance.place
        if here is not None and here.kind == Place.Kind.TOWN:
            self.initial.update(place=here.parent_id, town=here.label)
        self.order_fields(["name", "short_name", "kind", "activities", "mandate", "vision", "values", "terms",
                           "looking_for", "populations", "languages", "place", "town"])  # fmt: skip
        self.fields["base"].initial = self.instance.changed_at.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("town"):
            self.settle_town(cleaned)
        stored = Organization.objects.values_list("changed_at", flat=True).get(pk=self.instance.pk)
        if cleaned.get("base") != stored.isoformat():
            self.data = self.data.copy()
            self.data["base"] = stored.isoformat()
            message = _(
                "Someone else changed this while you were writing. Yours is kept below; save again to replace theirs."
            )
            self.add_error(None, message)
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What was changed, by field of the organization; a town changes its place."""
        changed = {"place" if key == "town" else key for key in self.changed_data} - {"base"}
        return {key: self.cleaned_data[key] for key in self._meta.fields if key in changed}

    def settle_town(self, cleaned: dict[str, Any]) -> None:
        """The town stands for the place; its province is known with it."""
        towns = Place.objects.named(cleaned["town"]).filter(kind=Place.Kind.TOWN)
        inside = cleaned.get("place")
        found = list(towns.filter(parent=inside) if inside else towns)
        if not found:
            message = _("We know no town called “%(name)s” there. Try the next larger one, or leave it out.")
            self.add_error("town", message % {"name": cleaned["town"]})
        elif len(found) > 1 and not inside:
            said = "; ".join(one.full for one in found)
            self.add_error("town", _("There are several. Choose the province: %(towns)s.") % {"towns": said})
        else:
            cleaned["place"] = found[0]


class ClaimForm(forms.Form):
    reason = forms.CharField(
        label=_("How do you work for it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A steward reads this. Say your position, and where it can be checked."),
    )


class InviteForm(forms.ModelForm):
    class Meta:
        model = Invite
        fields = ["email", "role"]
        widgets = {"role": Switch}
        help_texts = {"role": _("Administrators edit the profile, invite people and share the reflection.")}


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        choices=[*Membership.Role.choices, ("remove", pgettext_lazy("a person from a list", "Remove"))]
    )


class AccountForm(forms.Form):
    """Name and password of somebody who comes with an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("As colleagues know you."))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Ten characters or more. A few words in a row are easy to remember."),
    )

    def clean_password(self) -> str:
        from django.contrib.auth.password_validation import validate_password

        password: str = self.cleaned_data["password"]
        validate_password(
            password, Person(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", ""))
        )
        return password


class FirstForm(AccountForm):
    """The first person of an installation and their organization."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    organization = forms.CharField(label=_("Your organization"), max_length=250)

    field_order = ["name", "email", "password", "organization"]


# The reflection


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Your answer"), required=False, max_length=8000, widget=LongText(voice=True, rows=6))


class WordingForm(forms.Form):
    text = forms.CharField(label=_("What we say together"), max_length=8000, widget=LongText(voice=True, rows=5))
    base = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReachForm(forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label=_("languages we work in"), choices=LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    populations: Several = Several(
        queryset=None, label=_("people we serve"), required=False, widget=forms.CheckboxSelectMultiple
    )
    places: Several = Several(
        queryset=None, label=_("provinces and territories"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Reach
        fields = ["populations", "languages", "places", "area"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["populations"].queryset = Term.objects.people_served()
        self.fields["places"].queryset = Place.objects.filter(kind=Place.Kind.PROVINCE)


LEVELS = [(str(level), str(level)) for level in range(1, 6)]


class RatingForm(forms.Form):
    """One topic with a level; a line without a topic is left out."""

    term = TermChoice(required=False, empty_label=_("Choose a topic"))
    level = forms.ChoiceField(label=_("Level"), choices=LEVELS, initial="3")
    evidence = forms.CharField(label=_("How you know"), required=False, max_length=300)


RatingForms = forms.formset_factory(RatingForm, extra=3, max_num=30)


class ReadinessForm(forms.Form):
    """A level and a note for each dimension of readiness."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for value, label in Readiness.Dimension.choices:
            self.fields[value] = forms.ChoiceField(
                label=label, help_text=DIMENSIONS[value], choices=LEVELS, widget=Switch
            )
            self.fields[f"{value}_note"] = forms.CharField(label=_("What would help?"), required=False, max_length=300)

    def given(self) -> dict[str, tuple[int, str]]:
        data = self.cleaned_data
        return {value: (int(data[value]), data[f"{value}_note"]) for value in Readiness.Dimension.values}


class SoughtForm(forms.Form):
    term = TermChoice(empty_label=_("Choose a topic"))
    importance = forms.TypedChoiceField(
        label=_("Importance"), coerce=int, choices=Sought.Importance.choices, initial=Sought.Importance.IMPORTANT
    )


class ShareForm(forms.Form):
    parts = forms.MultipleChoiceField(
        label=_("What should everybody be able to read?"), required=False, widget=CheckCards(columns=1)
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], hints: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["parts"].choices = choices
        self.fields["parts"].widget.hints = hints


class DisclosureForm(forms.Form):
    """How much of each part is shown; `parts` are pairs of its title and the levels to choose from, by key."""

    def __init__(self, *args: Any, parts: dict[str, tuple[Any, list[tuple[int, Any]]]], **options: Any) -> None:
        super().__init__(*args, **options)
        for key, (title, levels) in parts.items():
            self.fields[key] = forms.TypedChoiceField(label=title, choices=levels, coerce=int, initial=0)


# Registers


FIELD_LABELS = {
    "id": _("the register’s number"),
    "name": _("name"),
    "short_name": _("short name"),
    "other_names": _("other names, | between them"),
    "kind": _("kind"),
    "activities": _("what it does"),
    "mandate": _("mandate"),
    "vision": _("vision"),
    "website": _("website"),
    "email_domain": _("e-mail domain"),
    "languages": _("languages as codes (en fr ti)"),
    "area": _("area"),
    "town": _("town"),
    "region": _("province or state"),
    "country": _("country"),
    "postcode": _("postal code"),
    "income": _("yearly income"),
    "registered_on": _("registered on"),
    "terms": _("codes of topics and people served"),
}


class UploadForm(forms.Form):
    source = forms.ChoiceField(label=_("What kind of file is it?"), required=False)
    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX or JSON, plain or packed (.gz, .zip), up to 20 MB."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["source"].choices = [("", _("See for yourself")), *kinds_of_files()]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(
                _("The file is larger than 20 MB. Load it with the command: concorda import organizations.")
            )
        return file


def kinds_of_files() -> list[tuple[str, Any]]:
    return [(key, source.label) for key, source in SOURCES.items()]


class KindForm(forms.Form):
    """What kind of file it is, once somebody has looked into it."""

    source = forms.ChoiceField(label=_("What kind of file is it?"))
    publisher = forms.CharField(
        label=_("Who publishes it?"),
        required=False,
        max_length=60,
        help_text=_(
            "Directories and lists number their organizations from 1. With a name, the numbers of one stay apart from "
            "those of another; write it the same way each time."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["source"].choices = kinds_of_files()


class MappingForm(forms.Form):
    """Which column of the file holds which field; `first` says what the names of the columns suggest."""

    def __init__(self, *args: Any, columns: list[str], source: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.columns = {column.lower(): column for column in columns if column}
        self.known = SOURCES[source]
        choices = [("", _("not in this file")), *((column, column) for column in columns if column)]
        for field in FIELDS:
            self.fields[field] = forms.ChoiceField(label=FIELD_LABELS[field], choices=choices, required=False)
        kept = [(str(one.pk), one.name) for one in KeptColumns.objects.all()]
        self.fields["use"] = forms.ChoiceField(
            label=_("Use columns kept as"), choices=[("", _("none")), *kept], required=False
        )
        self.fields["keep_as"] = forms.CharField(
            label=_("Keep these columns as"), required=False, max_length=80, help_text=_("A name, for the next time.")
        )

    def first(self) -> dict[str, str]:
        aliases = getattr(self.known, "aliases", {})
        names = {field: (field, *aliases.get(field, ())) for field in FIELDS}
        found = {field: next((self.columns[n] for n in some if n in self.columns), "") for field, some in names.items()}
        return {field: column for field, column in found.items() if column}

    def mapping(self) -> dict[str, str]:
        return {field: self.cleaned_data[field] for field in FIELDS if self.cleaned_data.get(field)}


# The vocabulary


class TermForm(forms.ModelForm):
    """A term of our own vocabulary, in both languages."""

    class Meta:
        model = Term
        fields = ["label_en", "label_fr", "retired"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["label_fr"].required = True


class NewTermForm(forms.ModelForm):
    class Meta:
        model = Term
        fields = ["parent", "label_en", "label_fr"]
        labels = {"parent": _("Group")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["parent"].queryset = Term.objects.filter(scheme=Term.CONCORDA, parent=None)
        self.fields["parent"].required = self.fields["label_fr"].required = True

    def clean_label_en(self) -> str:
        label: str = self.cleaned_data["label_en"].strip()
        if Term.objects.filter(scheme=Term.CONCORDA, label_en__iexact=label).exists():
            raise forms.ValidationError(_("The vocabulary has this term already."))
        return label


class CodeForm(forms.ModelForm):
    """A code of another scheme: its labels, and what it means in ours."""

    class Meta:
        model = Term
        fields = ["label_en", "label_fr", "means"]
        field_classes = {"means": Several}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ours = Term.objects.filter(scheme=Term.CONCORDA, parent__isnull=False).select_related("parent")
        self.fields["means"] = TermsChoice(queryset=ours, required=False, label=_("Means"))

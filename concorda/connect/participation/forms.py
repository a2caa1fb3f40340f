from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.connect.motivation.queries import live_needs
from concorda.connect.participation.models import Check, Invitation, Request, Stake, Voice
from concorda.connect.participation.services import STEPS
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Cards, LongText, Several, Switch
from concorda.foundation.organizations.models import Organization, Term
from concorda.foundation.partnerships.models import Partner
from concorda.foundation.process.forms import OwnedForm

S = Partner.Status
ADDRESS = {"invalid": gettext_lazy("This is not an e-mail address. It should look like name@harbourstreet.example.")}


class NameForm(forms.Form):
    """An organization the directory does not know yet."""

    name = forms.CharField(label=gettext_lazy("Name of the organization"), max_length=250)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Organization.Kind.choices)
    area = forms.CharField(
        label=gettext_lazy("Area"), max_length=120, required=False, help_text=gettext_lazy("Town or region.")
    )


class InvitationForm(OwnedForm):
    class Meta:
        model = Invitation
        fields = ["name", "email", "language", "message", "needs"]
        widgets = {
            "message": LongText(voice=True, rows=6),
            "language": Switch,
            "needs": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "message": gettext_lazy("In your own words: why them, and what you would like to talk about."),
            "needs": gettext_lazy(
                "Only the sentence is shown, and who is affected; not how we know it, nor who named it."
            ),
        }
        field_classes = {"needs": Several}
        error_messages = {"email": ADDRESS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].required = True

    def choices_of(self, model: type) -> Any:
        return live_needs(self.access.partnership)


class MoveForm(forms.Form):
    """The next step of a candidate, as those who steer see it."""

    status = forms.ChoiceField(label=gettext_lazy("Where this stands now"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("What happened"), max_length=120, required=False)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(step, S(step).label) for step in STEPS[partner.status]]


class CommitmentForm(forms.Form):
    """A yes that was given elsewhere."""

    said_by = forms.CharField(label=gettext_lazy("Who said yes"), max_length=120)
    said_on = forms.DateField(label=gettext_lazy("When"))
    how = forms.CharField(
        label=gettext_lazy("Where it can be seen"),
        max_length=80,
        help_text=gettext_lazy("For example: letter of 3 March, minutes of their board."),
    )

    def clean_said_on(self) -> date:
        said_on = self.cleaned_data["said_on"]
        if said_on > clock.today():
            raise ValidationError(_("This day is still to come. When did they say yes?"))
        return said_on


class AlreadyForm(CommitmentForm):
    """An organization that has long been a partner."""

    name = forms.CharField(
        label=gettext_lazy("Name of the organization"),
        max_length=250,
        help_text=gettext_lazy("Exactly as in the directory, if it is there; otherwise it gets an entry."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Organization.Kind.choices)
    level = forms.ChoiceField(
        label=gettext_lazy("How closely it takes part"), choices=Partner.Level.choices, widget=Switch
    )
    field_order = ["name", "kind", "level", "said_on", "said_by", "how"]


class SayForm(forms.Form):
    """What a candidate's own representative says."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Our answer"),
        choices=[
            (S.COMMITTED, gettext_lazy("Yes, we join")),
            (S.EXPLORING, gettext_lazy("We want to talk first")),
            (S.DECLINED, gettext_lazy("No")),
        ],
        widget=Cards(columns=1),
    )


class LeaveForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why they leave"), max_length=160)


class RequestForm(forms.ModelForm):
    class Meta:
        model = Request
        fields = ["name", "email", "words", "asked_on"]
        widgets = {"words": LongText(voice=True, rows=4), "asked_on": forms.DateInput}
        error_messages = {"email": ADDRESS}


class StakeForm(OwnedForm):
    class Meta:
        model = Stake
        fields = ["interest", "influence"]
        widgets = {"interest": Switch, "influence": Switch}


class LevelForm(forms.Form):
    level = forms.ChoiceField(
        label=gettext_lazy("How closely it takes part"),
        choices=Partner.Level.choices,
        widget=Cards(
            columns=1,
            hints={
                Partner.Level.CORE: gettext_lazy("Decides, and carries the work."),
                Partner.Level.CONTRIBUTING: gettext_lazy("Gives a part: people, rooms, knowledge."),
                Partner.Level.CONSULTED: gettext_lazy("Is asked before something is decided."),
                Partner.Level.INFORMED: gettext_lazy("Hears what was decided."),
            },
        ),
    )


class VoiceForm(OwnedForm):
    class Meta:
        model = Voice
        fields = ["kind", "name", "because", "sector", "population", "carried_by"]
        widgets = {"kind": Switch, "because": LongText(voice=True, rows=3)}

    def choices_of(self, model: type) -> Any:
        if model is Term:
            return Term.objects.people_served()
        return Partner.objects.filter(status=S.COMMITTED).select_related("organization")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if cleaned.get("sector") and kind != Voice.Kind.SECTOR:
            self.add_error(
                "sector", _("A kind of organization brings in a sector. Choose “A sector”, or leave this out.")
            )
        if cleaned.get("population") and kind != Voice.Kind.POPULATION:
            self.add_error(
                "population", _("Serving people brings in their needs. Choose “People served”, or leave this out.")
            )
        return cleaned


class CheckForm(OwnedForm):
    class Meta:
        model = Check
        fields = ["finding", "evidence", "risk", "look_again_on"]
        widgets = {"finding": Switch, "evidence": forms.Textarea(attrs={"rows": 2}), "look_again_on": forms.DateInput}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("finding") != Check.Finding.OPEN and not cleaned.get("evidence", "").strip():
            self.add_error("evidence", _("Say how you know: where you looked, or who told you."))
        if cleaned.get("risk") and cleaned.get("finding") == Check.Finding.OPEN:
            self.add_error("finding", _("A risk follows from a finding. Say what was found."))
        return cleaned


class AnswerForm(forms.Form):
    """What the invited person says, without an account."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[
            (S.COMMITTED, gettext_lazy("Yes, we join")),
            (S.EXPLORING, gettext_lazy("Yes, let us talk first")),
            ("later", gettext_lazy("Ask us again later")),
            (S.DECLINED, gettext_lazy("No, thank you")),
        ],
        error_messages={"required": gettext_lazy("Choose one of the four answers.")},
        widget=Cards(
            columns=1,
            hints={
                S.COMMITTED: gettext_lazy("You may speak for your organization, and it wants to take part."),
                S.EXPLORING: gettext_lazy("Nothing is promised yet."),
                "later": gettext_lazy("This link stays open until the date above."),
                S.DECLINED: gettext_lazy("Nobody will write to you about it again."),
            },
        ),
    )
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    reply = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("The coordinators of the partnership read it, nobody else."),
        widget=LongText(voice=True, rows=4),
    )
    password = forms.CharField(
        label=gettext_lazy("Password, if you want an account"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "At least ten characters. With an account you take part at once; without one your answer counts, too."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, offers_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["name"].initial = invitation.name
        if not offers_account:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("password") and cleaned.get("answer") not in (S.COMMITTED, S.EXPLORING):
            self.add_error(
                "password", _("An account is for those who say yes. Empty this field to answer without one.")
            )
        elif cleaned.get("password"):
            self.check_password(cleaned["password"])
        return cleaned

    def check_password(self, password: str) -> None:
        try:
            validate_password(password, Person(email=self.invitation.email, name=self.cleaned_data.get("name", "")))
        except ValidationError as problem:
            self.add_error("password", problem)

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concorda.begin.agreements import sealing
from concorda.begin.agreements.models import (
    Agreement,
    Clause,
    ClauseComment,
    Contribution,
    Delivery,
    Gain,
    Obligation,
    Reply,
)
from concorda.connect.capacity.models import Kind
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Cards, LongText, Several
from concorda.foundation.partnerships.models import Participant, Partner
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.forms import OwnedForm

LONGEST = 20_000
LARGEST = 10 * 1024 * 1024


def short_enough(text: str, most: int) -> str:
    if len(text) > most:
        raise forms.ValidationError(
            _("This text has %(length)s characters; %(most)s is the most. Divide it, or put details in an annex."),
            params={"length": len(text), "most": most},
        )
    return text


def knowing_box() -> forms.BooleanField:
    """A box to tick before signatures are lost."""
    return forms.BooleanField(
        error_messages={"required": _("Tick this box if you mean it, or go back and leave the text as it is.")}
    )


def ask(form: forms.BaseForm, losing: str) -> None:
    """Keep the box, with what would be lost beside it; drop it when nothing would be."""
    if losing:
        form.fields["knowing"].label = losing
    else:
        del form.fields["knowing"]


class Knowing(forms.Form):
    knowing = knowing_box()

    def __init__(self, *args: Any, losing: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self, losing)


class KnowingForm(OwnedForm):
    knowing = knowing_box()

    def __init__(self, *args: Any, losing: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self, losing)

    @property
    def is_knowing(self) -> bool:
        return bool(self.cleaned_data.get("knowing"))


class AgreementForm(KnowingForm):
    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ("title", "instrument", "language", "effective_on", "expires_on", "notice_days")
        widgets = {
            "instrument": Cards(
                hints={
                    "intent": _("A page: we mean to work together, and on what"),
                    "terms": _("How a table of partners meets, decides and reports"),
                    "memorandum": _("What each partner promises the others"),
                    "contribution": _("Money or work against results, with accounts"),
                    "data": _("Which data may be shared, for what, and how they are protected"),
                },
                columns=1,
            )
        }
        help_texts = {
            "title": _("For example: Memorandum of understanding 2026–2028."),
            "effective_on": _("It takes effect on this day, or with the last signature if that is later."),
            "expires_on": _("It is renewed on purpose, never by silence."),
            "language": _("The clauses are drafted in this language."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("effective_on"), cleaned.get("expires_on")
        if start and end and end <= start:
            self.add_error("expires_on", _("It has to end after the day it takes effect."))
        return cleaned


class FactsForm(AgreementForm):
    """Title, dates and notice of an agreement that exists; its kind and language stay."""

    class Meta(AgreementForm.Meta):
        fields = ("title", "effective_on", "expires_on", "notice_days")
        widgets: dict[str, Any] = {}
        help_texts: dict[str, Any] = {}


class ClauseForm(KnowingForm):
    class Meta:
        model = Clause
        fields = ("heading", "text")
        widgets = {"text": LongText(voice=True, rows=10)}

    def clean_text(self) -> str:
        return short_enough(self.cleaned_data["text"], LONGEST)


class CommentForm(OwnedForm):
    class Meta:
        model = ClauseComment
        fields = ("text", "suggestion")
        widgets = {"text": LongText(rows=3), "suggestion": LongText(voice=True, rows=4)}

    def clean_text(self) -> str:
        return short_enough(self.cleaned_data["text"], 4000)

    def clean_suggestion(self) -> str:
        return short_enough(self.cleaned_data["suggestion"], LONGEST)


class SettleForm(forms.Form):
    """What became of what somebody asked for."""

    outcome = forms.ChoiceField(
        label=_("What became of it?"),
        choices=ClauseComment.Outcome.choices,
        widget=Cards(
            hints={
                "open": _("It is still being talked about"),
                "taken": _("The clause says it now"),
                "aside": _("The others see why"),
            },
            columns=1,
        ),
    )
    answer = forms.CharField(label=_("Why"), max_length=250, required=False, help_text=_("One sentence."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == ClauseComment.Outcome.ASIDE and not cleaned.get("answer", "").strip():
            self.add_error("answer", _("Say in a sentence why it is not taken up."))
        return cleaned


class ConsentForm(forms.Form):
    """How often the partners are asked whether they stand by an agreement, and whether to ask now."""

    every = forms.TypedChoiceField(
        label=_("Ask the partners again"),
        choices=[
            (0, _("Only when something it rests on changes")),
            (6, _("Every six months")),
            (12, _("Every year")),
            (24, _("Every two years")),
        ],
        coerce=int,
        widget=Cards(columns=1),
    )
    because = forms.CharField(
        label=_("Ask now, because"),
        required=False,
        max_length=500,
        widget=LongText(rows=3),
        help_text=_("Leave empty to ask nobody now. For example: The County has a new council."),
    )


class ConfirmForm(forms.Form):
    stands = forms.TypedChoiceField(
        label=_("Does your organization stand by it?"),
        choices=[("yes", _("We stand by it as it is")), ("no", _("Not as it is"))],
        coerce=lambda said: said == "yes",
        widget=Cards(columns=1),
    )
    reason = forms.CharField(
        label=_("What would have to change"),
        required=False,
        max_length=250,
        help_text=_("One sentence, for all partners."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("stands") is False and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say what would have to change, so that the others can answer."))
        return cleaned


class ContributionForm(OwnedForm):
    class Meta:
        model = Contribution
        fields = ("partner", "kind", "what", "amount", "unit", "worth", "begins_on", "due", "agreement", "clause")
        help_texts = {
            "what": _("For example: Four hours a month in working groups."),
            "unit": _("For example: hours, days, evenings. Leave empty for money."),
            "worth": _("So that money, time and things can be weighed together. Leave empty if nobody can say."),
            "begins_on": _("With both days, it falls due evenly over the time between them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].label_from_instance = lambda one: f"{one.agreement}: {one.position}. {one}"

    def choices_of(self, model: type) -> Any:
        if model is Clause:
            return Clause.objects.select_related("agreement")
        return committed(self.access.partnership) if model is Partner else super().choices_of(model)

    def clean_amount(self) -> Any:
        return above_zero(self.cleaned_data["amount"])

    def clean_worth(self) -> Any:
        worth = self.cleaned_data["worth"]
        return worth if worth is None else above_zero(worth)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("begins_on"), cleaned.get("due")
        if start and end and end <= start:
            self.add_error("due", _("It has to end after the day it begins."))
        if cleaned.get("kind") == Kind.MONEY and cleaned.get("worth") is not None:
            self.add_error("worth", _("Money is worth itself. Leave this empty."))
        return cleaned | fits(self, cleaned)


def above_zero(amount: Any) -> Any:
    if amount <= 0:
        raise forms.ValidationError(_("Give a number above zero."))
    return amount


def fits(form: OwnedForm, cleaned: dict[str, Any]) -> dict[str, Any]:
    """A clause belongs to the agreement; alone, it names it."""
    clause, agreement = cleaned.get("clause"), cleaned.get("agreement")
    if clause and agreement and clause.agreement_id != agreement.pk:
        form.add_error("clause", _("This clause is in another agreement."))
    return {"agreement": clause.agreement} if clause and not agreement else {}


class DeliveryForm(OwnedForm):
    class Meta:
        model = Delivery
        fields = ("contribution", "on", "amount", "evidence")
        help_texts = {
            "amount": _("In the unit it was promised in."),
            "evidence": _("A document, a page, minutes, a list of hours."),
        }

    def choices_of(self, model: type) -> Any:
        return super().choices_of(model).select_related("partner__organization")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()
        self.fields["contribution"].label_from_instance = lambda one: f"{one.partner}: {one} ({one.promised_says})"

    def clean_amount(self) -> Any:
        return above_zero(self.cleaned_data["amount"])

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return on


class GainForm(OwnedForm):
    class Meta:
        model = Gain
        fields = ("benefit", "drawback", "text", "shared")
        widgets = {
            "benefit": Cards(columns=1),
            "drawback": Cards(columns=1),
            "text": LongText(rows=3),
        }
        help_texts = {"shared": _("While it is not shared, only your own people see it, and it counts in no warning.")}

    def clean_text(self) -> str:
        return short_enough(self.cleaned_data["text"], 1000)


class SendForm(Knowing):
    note = forms.CharField(
        label=_("What is new in this version"),
        max_length=250,
        required=False,
        help_text=_("One sentence for those who sign."),
    )
    field_order = ("note", "knowing")

    def __init__(self, *args: Any, partners: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {f"step-{one.pk}": one for one in partners}
        for place, (name, partner) in enumerate(self.asked.items()):
            self.fields[name] = forms.IntegerField(
                label=_("When %(who)s signs") % {"who": partner.organization.name},
                help_text="" if place else _("1 signs first; 2 can sign when every 1 has signed, and so on."),
                min_value=1,
                max_value=9,
                required=False,
                initial=1,
            )

    @property
    def steps(self) -> dict[int, int]:
        """When each partner signs, by key; all together unless somebody said otherwise."""
        return {one.pk: self.cleaned_data.get(name) or 1 for name, one in self.asked.items()}


class SignForm(forms.Form):
    """A signature: the name, the hash of what was read, and the proof that it is this person."""

    typed_name = forms.CharField(
        label=_("Your name, as you sign"),
        max_length=120,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    entitled = forms.BooleanField(
        label=_("I have read this version, and I am entitled to sign it for my organization."),
        error_messages={"required": _("Tick this box if it is so. If you are not sure, ask at home first.")},
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Once more, so that everyone can rely on it being you."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if not person.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise forms.ValidationError(_("This is not your password. Nothing was signed; try again."))
        return password


class ReplyForm(OwnedForm):
    class Meta:
        model = Reply
        fields = ("kind", "reason", "clause", "expected_on")
        widgets = {
            "kind": Cards(
                hints={
                    "declined": _("Say what has to change; the others see it"),
                    "later": _("For example while your board or council decides"),
                },
                columns=1,
            )
        }
        help_texts = {"reason": _("One sentence, for all partners. For example: Clause 6 must name our privacy law.")}

    def __init__(self, *args: Any, version: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].queryset = Clause.objects.filter(agreement=version.agreement_id)

    def clean_expected_on(self) -> date | None:
        expected = self.cleaned_data["expected_on"]
        if expected and expected < clock.today():
            raise forms.ValidationError(_("This day has passed. Give the day on which you expect to sign."))
        return expected


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why your organization leaves"), widget=LongText(rows=4), max_length=2000)
    sure = forms.BooleanField(
        label=_("I give this notice for my organization."),
        error_messages={"required": _("Tick this box if you mean it.")},
    )


def small_enough(file: UploadedFile) -> UploadedFile:
    if file.size > LARGEST:
        raise forms.ValidationError(
            _("The file has %(size)s MB; 10 MB is the most. Scan it in grey at 150 dots an inch."),
            params={"size": -(-file.size // (1024 * 1024))},
        )
    return file


class CheckForm(forms.Form):
    """A PDF that anyone wants judged."""

    file = forms.FileField(label=_("The PDF of the agreement"), help_text=_("At most 10 MB."))

    def clean_file(self) -> UploadedFile:
        return small_enough(self.cleaned_data["file"])


class CertificateForm(forms.Form):
    """A certificate to seal with: one of the installation's own making, or one that somebody issued."""

    which = forms.ChoiceField(
        label=_("Replace it by"),
        choices=[("new", _("A new one of our own")), ("file", _("One that was issued to us"))],
        initial="new",
        widget=Cards(
            hints={
                "new": _("Signed by itself: it shows that nothing was changed, and not who we are"),
                "file": _("A PKCS#12 file (.p12 or .pfx) with its private key"),
            },
            columns=1,
        ),
    )
    file = forms.FileField(label=_("The file"), required=False)
    password = forms.CharField(label=_("Password of the file"), required=False, strip=False, widget=forms.PasswordInput)
    sealer: sealing.Sealer | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("which") != "file":
            return cleaned
        file = cleaned.get("file")
        if not file:
            self.add_error("file", _("Choose the file of the certificate."))
        elif file.size > 1024 * 1024:
            self.add_error("file", _("This file is too large to be a certificate."))
        else:
            try:
                self.sealer = sealing.unpacked(file.read(), cleaned.get("password", ""), file.name)
                sealing.require_valid(self.sealer, clock.now())
            except sealing.CannotSeal as problem:
                self.add_error("file", str(problem))
        return cleaned


class RenewForm(forms.Form):
    effective_on = forms.DateField(label=_("takes effect on"), widget=forms.DateInput)
    expires_on = forms.DateField(label=_("ends on"), widget=forms.DateInput)

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if agreement.expires_on:
            start = agreement.expires_on + timedelta(days=1)
            length = agreement.expires_on - (agreement.in_force_since or agreement.effective_on or clock.today())
            self.initial = {"effective_on": start, "expires_on": start + length}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("effective_on"), cleaned.get("expires_on")
        if start and end and end <= start:
            self.add_error("expires_on", _("It has to end after the day it takes effect."))
        elif end and end <= clock.today():
            self.add_error("expires_on", _("This day has passed."))
        return cleaned


class EndForm(forms.Form):
    reason = forms.CharField(label=_("Why it ends"), max_length=250, help_text=_("One sentence; it stays on record."))
    sure = forms.BooleanField(
        label=_("The partners have agreed to end it."), error_messages={"required": _("Tick this box if it is so.")}
    )


class PaperForm(OwnedForm):
    signed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput)
    parties = Several(label=_("Who signed it"), queryset=Partner.objects.none(), widget=forms.CheckboxSelectMultiple)
    file = forms.FileField(
        label=_("A copy as PDF"), help_text=_("At most 10 MB. Only the people in this partnership can open it.")
    )

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ("title", "instrument", "signed_on", "effective_on", "expires_on", "parties", "file")

    def choices_of(self, model: type) -> Any:
        return committed(self.access.partnership) if model is Partner else super().choices_of(model)

    def clean_signed_on(self) -> date:
        signed = self.cleaned_data["signed_on"]
        if signed > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return signed

    def clean_file(self) -> UploadedFile:
        file = small_enough(self.cleaned_data["file"])
        if reason := not_a_pdf(file):
            raise forms.ValidationError(reason)
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "parties" in cleaned and len(cleaned["parties"]) < 2:
            self.add_error("parties", _("An agreement has at least two parties."))
        start, end = cleaned.get("effective_on") or cleaned.get("signed_on"), cleaned.get("expires_on")
        if start and end and end <= start:
            self.add_error("expires_on", _("It has to end after the day it takes effect."))
        return cleaned


def not_a_pdf(file: UploadedFile) -> str:
    """Why this is not a PDF, judged by what is in it and not by its name; empty when it is one."""
    file.seek(0)
    head = file.read(1024)
    file.seek(max((file.size or 0) - 2048, 0))
    tail = file.read(2048)
    file.seek(0)
    if not head.startswith(b"%PDF-"):
        return gettext(
            "This is not a PDF file, whatever its name says. Print or save the document as PDF and choose that."
        )
    if b"%%EOF" not in tail:
        return gettext("This PDF is cut off. Copy it again, and choose the whole file.")
    return ""


class ObligationForm(OwnedForm):
    class Meta:
        model = Obligation
        fields = ("agreement", "clause", "partner", "what", "due", "owner", "delivered_on", "evidence")
        help_texts = {
            "what": _(
                "One thing that can be seen to be done. For example: Send the quarterly figures of the rent bank."
            ),
            "evidence": _("What shows it: a document, a page, minutes."),
            "delivered_on": _("Leave empty until it is done."),
        }

    def choices_of(self, model: type) -> Any:
        if model is Clause:
            return Clause.objects.select_related("agreement")
        if model is Participant:
            return super().choices_of(model).filter(left_on=None).select_related("person", "organization")
        return committed(self.access.partnership) if model is Partner else super().choices_of(model)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        partner, owner, done = cleaned.get("partner"), cleaned.get("owner"), cleaned.get("delivered_on")
        if partner and owner and owner.organization_id != partner.organization_id:
            self.add_error("owner", _("This person does not work for %(who)s.") % {"who": partner.organization.name})
        if done and done > clock.today():
            self.add_error("delivered_on", _("This day has not come yet."))
        if done and not cleaned.get("evidence", "").strip():
            self.add_error("evidence", _("Say what shows that it was delivered."))
        return cleaned | fits(self, cleaned)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].label_from_instance = lambda one: f"{one.agreement}: {one.position}. {one}"

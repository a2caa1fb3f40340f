from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concorda.begin.governance import queries
from concorda.begin.governance.models import (
    Arrangement,
    Ballot,
    Body,
    Decision,
    Delegation,
    Dispute,
    LadderStep,
    LookedAgain,
    Rule,
    Seat,
    WorkingAgreement,
    exact_share,
)
from concorda.begin.governance.worksheet import NEEDS, RELIANCE, STYLES
from concorda.foundation.core import clock
from concorda.foundation.core.forms import Cards, LongText, Several
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.partnerships.queries import committed, present
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.worksheet import WorksheetForm


class ArrangementForm(OwnedForm):
    groups = (
        (_("The form"), ("form", "because")),
        (_("What holds for everybody"), ("scope", "membership", "confidentiality", "speaking")),
        (_("Looking again"), ("review_on",)),
    )

    class Meta:
        model = Arrangement
        fields = ["form", "because", "scope", "membership", "confidentiality", "speaking", "review_on"]
        widgets = {
            "form": Cards(
                hints={
                    "shared": _("Few partners who trust each other and want the same."),
                    "lead": _("Partners who know each other little, with one they all accept."),
                    "administrative": _("Many partners and much to run in common."),
                },
                columns=1,
            ),
            "because": LongText(voice=True, rows=3),
            "scope": LongText(voice=True, rows=3),
            "membership": LongText(voice=True, rows=3),
            "confidentiality": LongText(voice=True, rows=3),
            "speaking": LongText(voice=True, rows=2),
        }
        help_texts = {
            "membership": _("How long notice is, and what a leaving partner finishes first."),
            "speaking": _("To the press, to funders, and in an emergency."),
            "review_on": _("It then comes up by itself among what waits for the coordinator."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", _("Not chosen yet")), *Arrangement.Form.choices]


class BodyForm(OwnedForm):
    class Meta:
        model = Body
        fields = ["name", "kind", "purpose", "parent", "meets"]
        widgets = {"purpose": LongText(voice=True, rows=3)}

    def choices_of(self, model: type) -> Any:
        return Body.objects.exclude(pk=self.instance.pk)


class SeatForm(OwnedForm):
    """A seat: whose it is, not who sits there. That the organization says itself."""

    class Meta:
        model = Seat
        fields = ["partner", "role", "chairs", "weight", "term_ends"]
        help_texts = {
            "role": _("For example: co-chair, treasurer. May stay empty."),
            "weight": _("One, unless you agreed otherwise."),
        }

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        if not self.instance._state.adding:
            del self.fields["partner"]

    def choices_of(self, model: type) -> Any:
        return committed(self.access.partnership) if model is Partner else super().choices_of(model)

    def clean_weight(self) -> int:
        weight = self.cleaned_data["weight"]
        if not weight:
            raise forms.ValidationError(_("A seat has at least one vote. Remove it if it is to have none."))
        return weight


class SeatPeopleForm(OwnedForm):
    """Who sits there: chosen by the seat's own organization, among its own people."""

    note = forms.CharField(
        label=_("What the next person should know"),
        required=False,
        max_length=2000,
        widget=LongText(voice=True, rows=4),
        help_text=_("When one person follows another. Only your own people read it."),
    )

    class Meta:
        model = Seat
        fields = ["holder", "alternate"]
        help_texts = {"alternate": _("Replies while the holder is away, and takes over when the holder leaves.")}

    def choices_of(self, model: type) -> Any:
        if model is Participant:
            return present(self.access.partnership).filter(organization=self.instance.partner.organization)
        return super().choices_of(model)


class AbsenceForm(forms.Form):
    since = forms.DateField(label=_("Away from"), required=False, help_text=_("Empty: not away, or back again."))
    until = forms.DateField(label=_("Away until"), required=False, help_text=_("Empty: until further notice."))


class DelegationForm(OwnedForm):
    groups = (
        (_("Who, and what for"), ("matter", "what", "body", "person")),
        (_("Up to where"), ("up_to", "a_year", "ends_on")),
        (_("Who gave it"), ("given_by",)),
    )

    class Meta:
        model = Delegation
        fields = ["matter", "what", "body", "person", "up_to", "a_year", "ends_on", "given_by"]
        help_texts = {
            "what": _("For example: rooms, interpreters and travel between meetings."),
            "body": _("A body decides by the rule of this kind, with its own seats. Choose a body or a person."),
            "up_to": _("In dollars."),
            "given_by": _("Needed once a first decision was taken."),
        }

    def choices_of(self, model: Any) -> Any:
        if model is Participant:
            return present(self.access.partnership)
        return queries.adopted(self.access.partnership) if model is Decision else super().choices_of(model)


class RuleForm(OwnedForm):
    groups = (
        (_("What, and who decides it"), ("matter", "body")),
        (_("How it passes"), ("method", "threshold", "basis", "abstention", "tie")),
        (_("If no agreement is found"), ("fallback", "fallback_threshold", "attempts")),
        (_("Who has to be there"), ("quorum_count", "quorum_fraction", "adjourned_suffices")),
        (_("Replies"), ("silence", "secrecy", "days", "notice_days")),
    )

    class Meta:
        model = Rule
        fields = [
            "matter",
            "body",
            "method",
            "threshold",
            "basis",
            "abstention",
            "tie",
            "fallback",
            "fallback_threshold",
            "attempts",
            "quorum_count",
            "quorum_fraction",
            "adjourned_suffices",
            "silence",
            "secrecy",
            "days",
            "notice_days",
        ]
        widgets = {
            "method": Cards(
                hints={
                    "consent": _("Passes unless somebody has a reason why it would do harm."),
                    "consensus": _("Passes when nobody blocks it; those who do not agree may stand aside."),
                    "majority": _("More than half are for it."),
                    "supermajority": _("A larger share is for it, such as two thirds."),
                    "unanimity": _("Everyone who counts is for it."),
                    "delegated": _("The chair of the body decides alone."),
                },
                columns=1,
            )
        }
        help_texts = {
            "threshold": _("Only for a super-majority: an exact share, such as 2/3 or 75 %."),
            "quorum_fraction": _("Such as 1/2 or 2/3. With both, the larger of the two counts."),
            "quorum_count": _("0 when only the share counts."),
            "fallback": _("For consent and consensus: what happens when no agreement is found."),
            "silence": _("Whether a seat that does not reply in writing is taken to agree. Not at a meeting."),
            "secrecy": _("Only for votes. Who has replied is always shown, how is not."),
            "basis": _("Only for votes."),
            "abstention": _("Only for votes."),
            "tie": _("Only for a majority."),
            "notice_days": _("Only for decisions at a meeting. 0: none is asked for."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("secrecy", "notice_days"):
            self.fields[name].required = False

    def clean_secrecy(self) -> str:
        return self.cleaned_data["secrecy"] or Rule.Secrecy.OPEN

    def clean_notice_days(self) -> int:
        return self.cleaned_data["notice_days"] or 0

    def clean_quorum_fraction(self) -> str:
        return exact_share(self.cleaned_data["quorum_fraction"], needed=False)


class DecisionForm(OwnedForm):
    """A proposal; with `replaces` in it, one that would take the place of what was decided."""

    reach = forms.MultipleChoiceField(
        label=_("Who is told as soon as it is decided"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each person gets a letter, and you see who has read it."),
    )
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)

    groups = (
        (_("The proposal"), ("title", "text")),
        (_("Who decides it, and how"), ("rule", "amount", "delegation", "way")),
        (_("When"), ("closes_at", "talked_on", "review_on")),
        (_("Who must know"), ("reach", "must_know")),
    )

    class Meta:
        model = Decision
        fields = [
            "title",
            "text",
            "rule",
            "amount",
            "delegation",
            "way",
            "closes_at",
            "talked_on",
            "review_on",
            "must_know",
        ]
        widgets = {
            "text": LongText(voice=True, rows=6),
            "must_know": forms.TextInput,
            "title": forms.TextInput({"class": "wide"}),
            "way": Cards(
                hints={
                    "written": _("What no reply means stands in the rule."),
                    "meeting": _("Who does not come has not agreed."),
                },
                columns=2,
            ),
        }
        help_texts = {
            "title": _("As it would stand in the minutes: “Form a housing group”."),
            "text": _("The exact words that are decided."),
            "amount": _("In dollars, if it binds any."),
            "delegation": _("Only if a smaller body may decide this without asking, within its limit."),
            "closes_at": _("Left empty, the rule says how many days there are. For a meeting: when it ends."),
            "review_on": _("It then comes up by itself among what waits."),
            "must_know": _("Others this has to reach, for example: all staff, the funder."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].required = False
        self.fields["delegation"].empty_label = _("The body that the rule names")
        self.reachable, self.fields["reach"].choices = reachable(self.access.partnership)
        if not self.instance._state.adding:
            chosen = self.instance.reaches.all()
            self.fields["reach"].initial = [
                f"body-{one.body_id}" if one.body_id else f"partner-{one.partner_id}" for one in chosen
            ]
            del self.fields["replaces"]

    def clean_way(self) -> str:
        return self.cleaned_data["way"] or Decision.Way.WRITTEN

    def clean_reach(self) -> list[Partner | Body]:
        return [self.reachable[key] for key in self.cleaned_data["reach"]]

    def clean_replaces(self) -> Decision | None:
        asked = self.cleaned_data["replaces"]
        found = Decision.objects.filter(pk=asked).first() if asked else None
        if asked and found is None:
            raise forms.ValidationError(_("The decision to be replaced is not in this partnership."))
        return found

    def clean_review_on(self) -> Any:
        day = self.cleaned_data["review_on"]
        if day and day <= clock.today():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return day

    def choices_of(self, model: Any) -> Any:
        if model is Rule:
            return Rule.objects.filter(in_force=True).select_related("body")
        if model is Delegation:
            return Delegation.objects.filter(ended_at=None, body__isnull=False).select_related("body")
        return super().choices_of(model)

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            raise forms.ValidationError(_("Write an amount of zero or more."))
        return amount

    def clean_closes_at(self) -> Any:
        closes = self.cleaned_data["closes_at"]
        if closes and closes <= clock.now():
            raise forms.ValidationError(_("Replies would close before they open. Choose a later time."))
        return closes


class AloneForm(forms.Form):
    """What one person decides within a delegation."""

    title = forms.CharField(label=_("What you decide"), max_length=200)
    text = forms.CharField(label=_("Wording"), required=False, widget=LongText(voice=True, rows=4), max_length=20000)
    amount = forms.DecimalField(
        label=_("How much money it binds"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("In dollars, if it binds any."),
    )
    reach = forms.MultipleChoiceField(
        label=_("Who is told"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each person gets a letter."),
    )

    def __init__(self, *args: Any, access: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reachable, self.fields["reach"].choices = reachable(access.partnership)

    def clean_reach(self) -> list[Partner | Body]:
        return [self.reachable[key] for key in self.cleaned_data["reach"]]


def reachable(here: Partnership) -> tuple[dict[str, Partner | Body], list[tuple[str, Any]]]:
    """Who can be told of a decision: key → body or partner, and the choices of a field."""
    found: dict[str, Partner | Body] = {f"body-{one.pk}": one for one in Body.objects.all()}
    found |= {f"partner-{one.pk}": one for one in committed(here)}
    names = [
        (key, _("Everyone who sits in %(body)s") % {"body": one} if isinstance(one, Body) else one.organization.name)
        for key, one in found.items()
    ]
    return found, names


HINTS = {
    "consent": {
        "for": _("We can work with this"),
        "concern": _("Go ahead, but note this"),
        "object": _("This would do harm. Say why"),
        "stand_aside": _("Not ours to decide"),
    },
    "consensus": {
        "for": _("We agree"),
        "concern": _("Go ahead, but note this"),
        "block": _("This must not happen. Say why"),
        "stand_aside": _("We do not agree, but do not stop it"),
    },
}
NAMES = {
    "for": pgettext_lazy("position", "Consent"),
    "concern": _("Consent with a concern"),
    "object": _("Object"),
    "block": _("Block"),
    "stand_aside": _("Stand aside"),
    "against": _("Against"),
    "abstain": _("Abstain"),
}


class BallotForm(forms.Form):
    """The reply of one organization, in the positions its rule knows."""

    position = forms.ChoiceField(label=_("Position"), error_messages={"required": _("Choose a position.")})
    reason = forms.CharField(label=_("Reason"), required=False, widget=LongText(rows=3), max_length=2000)
    passage = forms.CharField(
        label=_("The words this is about"),
        required=False,
        max_length=250,
        help_text=_("Copy them from the wording, if it is about some of them."),
    )
    instead = forms.CharField(label=_("Words you could live with"), required=False, max_length=250)

    def __init__(self, *args: Any, decision: Decision, ballot: Ballot | None, **kwargs: Any) -> None:
        if ballot:
            kwargs["initial"] = {name: getattr(ballot, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.decision, method = decision, decision.method
        names = NAMES if method in HINTS else NAMES | {"for": _("For")}
        self.fields["position"].widget = Cards(hints=HINTS.get(method, {}), columns=1)
        self.fields["position"].choices = [(one, names[one]) for one in queries.POSITIONS[method]]
        if method in HINTS:
            self.fields["reason"].help_text = _("Needed for an objection and for a concern.")
        else:
            del self.fields["passage"], self.fields["instead"]

    def clean_passage(self) -> str:
        passage = self.cleaned_data["passage"].strip(" “”\"'")
        if passage and passage not in self.decision.text:
            raise forms.ValidationError(
                _("These words are not in the wording. Copy them from there, or leave this empty.")
            )
        return passage


class AmendForm(forms.Form):
    text = forms.CharField(label=_("The words"), widget=LongText(voice=True, rows=7), max_length=20000)
    note = forms.CharField(
        label=_("What changed, and why"),
        required=False,
        max_length=250,
        help_text=_("One sentence for those who have to look again."),
    )


class LookForm(OwnedForm):
    class Meta:
        model = LookedAgain
        fields = ["found", "next_on"]
        widgets = {"found": LongText(voice=True, rows=3)}
        help_texts = {"next_on": _("Left empty, it does not come up again.")}


class TableForm(forms.Form):
    """The positions taken at a meeting, one field a seat; empty for who was not there."""

    def __init__(self, *args: Any, standing: queries.Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = {f"seat-{one.seat.pk}": one.seat for one in standing.band}
        method = standing.decision.method
        choices = [(one, queries.position_words(method, one)) for one in queries.POSITIONS[method]]
        for reply in standing.band:
            name = f"seat-{reply.seat.pk}"
            self.fields[name] = forms.ChoiceField(
                label=reply.organization.name,
                choices=[("", _("Not there")), *choices],
                required=False,
                initial=reply.ballot.position if reply.ballot else "",
            )
            self.fields[f"{name}-reason"] = forms.CharField(
                label=_("Reason of %(organization)s") % {"organization": reply.organization.short},
                required=False,
                max_length=2000,
                initial=reply.reason,
            )

    def positions(self) -> list[tuple[Seat, str, str]]:
        found = self.cleaned_data
        return [(seat, found[name], found[f"{name}-reason"]) for name, seat in self.seats.items() if found[name]]


class ReasonForm(forms.Form):
    """Why something is taken back, or why a seat keeps out."""

    reason = forms.CharField(label=_("Reason"), widget=LongText(rows=3), max_length=1000)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("What came of it"), widget=LongText(voice=True, rows=4), max_length=4000)


class InterestForm(forms.Form):
    text = forms.CharField(
        label=_("An interest of your organization"),
        max_length=300,
        help_text=_("For example: we rent out flats that the plan would pay for."),
    )


class LadderStepForm(OwnedForm):
    class Meta:
        model = LadderStep
        fields = ["place", "text", "days"]
        help_texts = {"text": _("For example: the directors of both meet, with a co-chair.")}

    def clean_days(self) -> int:
        days = self.cleaned_data["days"]
        if not days:
            raise forms.ValidationError(_("Give the step at least one day."))
        return days

    def clean_place(self) -> int:
        place = self.cleaned_data["place"]
        if LadderStep.objects.filter(place=place).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a step with this number. Choose another, or change that one."))
        return place


class DisputeForm(OwnedForm):
    others = Several(
        label=_("With whom you disagree"), queryset=Partner._base_manager.none(), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Dispute
        fields = ["title", "text"]
        widgets = {"text": LongText(voice=True, rows=6)}

    def choices_of(self, model: Any) -> Any:
        if model is Partner:
            return committed(self.access.partnership).exclude(organization=self.access.organization)
        return super().choices_of(model)


class RemarkForm(forms.Form):
    text = forms.CharField(label=_("Your reply"), widget=LongText(rows=3), max_length=2000)


class AdjournForm(forms.Form):
    closes_at = forms.DateTimeField(label=_("Replies close"), widget=forms.DateTimeInput)

    def clean_closes_at(self) -> Any:
        closes = self.cleaned_data["closes_at"]
        return timezone.make_aware(closes) if timezone.is_naive(closes) else closes


class StyleForm(WorksheetForm):
    """How one organization works; comments are kept with each answer."""

    shared = forms.BooleanField(
        label=_("Share our answers with the partners"),
        required=False,
        initial=True,
        help_text=_("While they are not shared, only your own people see them, and they count nowhere."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, questions=STYLES, **kwargs)
        self.order_fields([question.key for question in STYLES])

    def answers(self) -> dict[str, tuple[int | None, str]]:
        return {question.key: (self.cleaned_data[question.key], "") for question in STYLES}


class FormNeedsForm(WorksheetForm):
    """What an organization thinks the governance needs, and how far it relies on each of the others."""

    def __init__(self, *args: Any, others: list[Partner], **kwargs: Any) -> None:
        super().__init__(*args, questions=NEEDS, **kwargs)
        self.others = others
        for partner in others:
            self.fields[f"partner-{partner.pk}"] = forms.TypedChoiceField(
                label=_("How far would you rely on %(organization)s?") % {"organization": partner.organization.name},
                choices=list(enumerate(RELIANCE)),
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )

    def judgements(self) -> dict[str, tuple[int | None, str]]:
        return {question.key: (self.cleaned_data[question.key], "") for question in NEEDS}

    def levels(self) -> dict[Partner, int | None]:
        return {partner: self.cleaned_data[f"partner-{partner.pk}"] for partner in self.others}


class WorkingAgreementForm(OwnedForm):
    class Meta:
        model = WorkingAgreement
        fields = ["question", "text", "agreed_on"]
        widgets = {
            "question": forms.Select(choices=[(question.key, question.text) for question in STYLES]),
            "text": LongText(voice=True, rows=4),
        }
        help_texts = {"text": _("What each will do, in one or two sentences.")}

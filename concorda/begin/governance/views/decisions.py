"""The register of decisions, and one decision from the draft to the outcome."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance import amending, describing, queries, services, subjects, telling
from concorda.begin.governance.forms import (
    AdjournForm,
    AmendForm,
    BallotForm,
    DecisionForm,
    LookForm,
    ReasonForm,
    RemarkForm,
    TableForm,
)
from concorda.begin.governance.models import Decision, LookedAgain, Rule
from concorda.begin.governance.views.common import POST, attempt, is_own, reason_form, submitted, to
from concorda.foundation.core.tables import csv_file
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, page


class Decisions(Register):
    """The register of decisions, and the form of a draft. What was opened is changed by nobody."""

    model, form = Decision, DecisionForm
    roles = ("list", "new", "edit")
    search = ("title", "text", "must_know")
    orders = ("decided_at", "title")
    related = ("rule",)
    title = gettext_lazy("Register of decisions")
    new_label = gettext_lazy("Propose a decision")
    save_label = gettext_lazy("Keep as a draft")
    empty = gettext_lazy("Nothing was decided yet")
    empty_text = gettext_lazy("Everything the partnership decides stands here, with the rule and the count, for good.")
    columns = (
        ("title", gettext_lazy("Decision")),
        ("outcome", gettext_lazy("Outcome")),
        ("decided_at", gettext_lazy("Decided")),
        ("must_know", gettext_lazy("Who must know")),
    )

    def cell(self, row: Any, name: str) -> Any:
        return describing.cell(row, name) or super().cell(row, name)

    def line(self, row: Any) -> dict[str, Any]:
        return super().line(row) | {"url": to(self.request, "decision_detail", row.pk)}

    def may_change(self, row: Any) -> None:
        if row.status != Decision.Status.DRAFT or not is_own(self.request, row):
            raise PermissionDenied(_("Only a draft can be changed, by who wrote it or a coordinator."))

    def save(self, form: Any) -> Any:
        reach = form.cleaned_data["reach"]
        if not form.instance._state.adding:
            row = super().save(form)
            telling.choose(row, reach)
            return row
        facts = {name: form.cleaned_data[name] for name in form.Meta.fields}
        facts |= {"supersedes": form.cleaned_data["replaces"], "reach": reach}
        return services.propose(self.request.partnership, **facts, by=self.request.user)

    def form_page(self, row: Any) -> HttpResponse:
        try:
            return super().form_page(row)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect(to(self.request, "decision_list"))

    def initial(self) -> dict[str, Any]:
        """A proposal that replaces a decision starts from its words."""
        asked = self.request.GET.get("replaces", "")
        old = Decision.objects.select_related("rule").filter(pk=asked).first() if asked.isdigit() else None
        if self.role != "new" or old is None:
            return {}
        rule = queries.rule_for(self.request.partnership, old.rule.matter)
        return {"replaces": old.pk, "title": old.title, "text": old.text, "rule": rule.pk if rule else None}

    def rows(self) -> Any:
        return narrowed(self.request, super().rows()) if self.role == "list" else super().rows()

    def back(self, row: Any | None = None) -> str:
        return to(self.request, "decision_detail", row.pk) if row is not None else to(self.request, "decision_list")

    def extra(self) -> dict[str, Any]:
        if self.role != "list":
            return {}
        asked = self.request.GET
        return {
            "stood": [(value, label, asked.get("stood") == value) for value, label in describing.STOOD],
            "matters": [(value, label, asked.get("matter") == value) for value, label in Rule.Matter.choices],
            "asked": asked.urlencode(),
            **describing.register(self.request.partnership),
        }


def narrowed(request: Visit, rows: Any) -> Any:
    """The decisions of one kind, or with one outcome, as the register asks for them."""
    stood, matter = request.GET.get("stood", ""), request.GET.get("matter", "")
    if matter in Rule.Matter.values:
        rows = rows.filter(rule__matter=matter)
    if stood == "holds":
        return rows.filter(pk__in=queries.adopted(request.partnership).values("pk"))
    if stood == "replaced":
        return rows.filter(superseded_by__outcome=Decision.Outcome.ADOPTED)
    if stood in Decision.Outcome.values:
        return rows.filter(outcome=stood)
    return rows.filter(status=stood) if stood in Decision.Status.values else rows


@page(Ability.SEE, methods=READ)
def register_csv(request: Visit) -> HttpResponse:
    """The register as a table, narrowed as on the page."""
    asked = Decisions(role="list", ability=Ability.SEE)
    asked.setup(request)
    rows = asked.ordered(asked.searched(asked.rows())).prefetch_related("reaches__partner__organization")
    return csv_file("decisions.csv", describing.register_table(rows))


@page(
    Ability.OBSERVE,
    Decision,
    methods=READ,
    related=("rule__body", "proposed_by__person", "partnership", "delegation__body"),
)
def decision(request: Visit, row: Decision) -> HttpResponse:
    """One decision: where everyone stands, the words, the objection, the rule, the reply."""
    inside = bool(request.access.can(Ability.SEE))
    if not inside and not row.adopted:
        raise Http404
    return show_decision(request, row, inside=inside)


def show_decision(request: Visit, row: Decision, *, inside: bool = True, **forms: Any) -> HttpResponse:
    opened = bool(row.rule_then)
    whole = queries.standing(row) if opened and inside else None
    found = queries.seen_by(request.access, whole) if whole else None
    seat = queries.seat_of(request.access, row) if inside else None
    mine = next((one.ballot for one in found.replies if seat and one.seat == seat), None) if found else None
    access = request.access
    context = {
        "title": row.title,
        "voice": True,
        "decision": row,
        "inside": inside,
        "found": found,
        "seat": seat,
        "mine": mine,
        "form": BallotForm(decision=row, ballot=mine) if seat and not row.is_closed_to_replies else None,
        "remark_form": RemarkForm(),
        "remarks": row.remarks.select_related("by__person", "by__organization") if inside else (),
        "can_say": bool(access.can(Ability.CONTRIBUTE)),
        "wording": subjects.wording(row) or amending.compared(row),
        "can_amend": row.is_open and not row.subject and not row.is_closed_to_replies and is_own(request, row),
        "earlier": queries.earlier_replies(access, row) if inside and opened else (),
        "notice": row.notices.filter(participant=access.participant, read_at=None).first() if inside else None,
        "again_on": queries.next_look(row) if row.adopted else None,
        "replaced": row.superseded_by.filter(outcome=Decision.Outcome.ADOPTED).exists(),
        **(describing.told(row) if inside else {}),
        "interests": queries.interests(row.partnership) if inside and row.is_open else (),
        "rule_facts": describing.rule_then(row, found),
        "can_change": row.status == Decision.Status.DRAFT and is_own(request, row),
        "can_look": is_own(request, row),
        "can_take_back": row.status in (Decision.Status.DRAFT, Decision.Status.OPEN) and is_own(request, row),
        **describing.decision(row, found),
    }
    return render(request, "governance/decision.html", context | forms)


@page(Ability.CONTRIBUTE, Decision, related=("rule__body", "partnership"))
def amend(request: Visit, row: Decision) -> HttpResponse:
    """Change the words of an open proposal; who replied is asked again."""
    if not is_own(request, row):
        raise PermissionDenied(_("Only who proposed it or a coordinator changes the wording."))
    old, new = request.GET.get("of", ""), request.GET.get("instead", "")
    offered = row.text.replace(old, new, 1) if old and new else row.text
    form = AmendForm(request.POST or None, initial={"text": offered})

    def keep() -> None:
        facts = form.cleaned_data
        amending.amend(row, facts["text"], note=facts["note"], by=request.user)

    if submitted(request, form, keep, _("Changed. Who had replied is asked to look again.")):
        return redirect(to(request, "decision_detail", row.pk))
    said = _("The replies given so far no longer count; they are kept, and everyone is asked again.")
    return reason_form(request, form, row, _("Change the wording"), said, _("Put these words to decision"))


@page(Ability.STEER, Decision, related=("rule__body", "partnership"))
def take_down(request: Visit, row: Decision) -> HttpResponse:
    """Write down who was at the meeting and what they said."""
    if not row.is_open or row.way != Decision.Way.MEETING or row.is_veiled:
        raise PermissionDenied(_("Only an open decision at a meeting, without a secret vote, is written down here."))
    form = TableForm(request.POST or None, standing=queries.standing(row))

    def keep() -> None:
        services.take_down(row, form.positions(), by=request.user)

    if submitted(request, form, keep, _("Saved. Count and close when the meeting is over.")):
        return redirect(to(request, "decision_detail", row.pk))
    said = _("Who is left empty was not there and does not count toward the quorum.")
    return reason_form(request, form, row, _("What each said at the meeting"), said, _("Save what was said"))


@page(Ability.SEE, Decision, methods=POST)
def confirm(request: Visit, row: Decision) -> HttpResponse:
    """Say that one has read what was decided."""
    attempt(request, lambda: telling.confirm(row, by=request.user), _("Noted. Thank you."))
    return redirect(to(request, "decision_detail", row.pk))


@page(Ability.CONTRIBUTE, Decision, related=("partnership",))
def look_again(request: Visit, row: Decision) -> HttpResponse:
    """Note that a decision was looked at again and stays."""
    if not is_own(request, row):
        raise PermissionDenied(_("Only who proposed it or a coordinator notes this."))
    form = LookForm(request.POST or None, instance=LookedAgain(decision=row), access=request.access)

    def keep() -> None:
        telling.look_again(row, form.save(commit=False), by=request.user)

    if submitted(request, form, keep, _("Noted. The decision stays as it is.")):
        return redirect(to(request, "decision_detail", row.pk))
    said = _("If it is to change, propose a decision that replaces it.")
    return reason_form(request, form, row, _("Looked at again"), said, _("It stays"))


@page(Ability.CONTRIBUTE, Decision, methods=POST)
def decision_open(request: Visit, row: Decision) -> HttpResponse:
    """Open a draft for replies."""
    if not is_own(request, row):
        raise PermissionDenied(_("Only who proposed it or a coordinator opens it."))
    attempt(request, lambda: services.open_replies(row, by=request.user), _("Replies are open."))
    return redirect(to(request, "decision_detail", row.pk))


@page(Ability.CONTRIBUTE, Decision, related=("rule__body", "proposed_by__person", "partnership"))
def ballot(request: Visit, row: Decision) -> HttpResponse:
    """Reply for one's organization."""
    seat = queries.seat_of(request.access, row)
    if seat is None:
        if row.is_open:
            raise PermissionDenied(_("You hold no seat in this decision."))
        messages.error(request, _("This is closed. Nothing can be changed any more."))
        return redirect(to(request, "decision_detail", row.pk))
    mine = row.ballots.filter(seat=seat).first()
    form = BallotForm(request.POST or None, decision=row, ballot=mine)

    def keep() -> None:
        services.cast(row, seat, **form.cleaned_data, by=request.user)

    if submitted(request, form, keep, _("Saved. Your reply is on record.")):
        warn_without_reason(request, form)
        return redirect(to(request, "decision_detail", row.pk))
    return show_decision(request, row, form=form)


def warn_without_reason(request: Visit, form: Any) -> None:
    if form.cleaned_data["position"] == "object" and not form.cleaned_data["reason"].strip():
        messages.warning(request, _("An objection without a reason does not stop a decision. Add why."))


@page(Ability.CONTRIBUTE, Decision, related=("rule__body",))
def recuse(request: Visit, row: Decision) -> HttpResponse:
    """Keep out of a decision because of a conflict of interest."""
    seat = queries.seat_of(request.access, row)
    if seat is None:
        raise PermissionDenied(_("You hold no seat in this decision."))
    form = ReasonForm(request.POST or None)

    def keep() -> None:
        services.recuse(row, seat, reason=form.cleaned_data["reason"], by=request.user)

    if submitted(request, form, keep, _("Noted. Your organization keeps out of this decision.")):
        return redirect(to(request, "decision_detail", row.pk))
    return reason_form(
        request,
        form,
        row,
        _("Keep out of this decision?"),
        _("Your organization no longer counts in it, and a reply it gave is taken back."),
        _("Declare the conflict of interest"),
    )


@page(Ability.CONTRIBUTE, Decision, related=("rule__body",))
def withdraw(request: Visit, row: Decision) -> HttpResponse:
    """Take a proposal back."""
    if not is_own(request, row):
        raise PermissionDenied(_("Only who proposed it or a coordinator takes it back."))
    form = ReasonForm(request.POST or None)

    def keep() -> None:
        services.withdraw(row, reason=form.cleaned_data["reason"], by=request.user)

    if submitted(request, form, keep, _("Taken back. It stays on record with the reason.")):
        return redirect(to(request, "decision_detail", row.pk))
    said = _("It stays on record with the reason. The replies given are kept, but count for nothing.")
    return reason_form(request, form, row, _("Take this proposal back?"), said, _("Take it back"))


@page(Ability.CONTRIBUTE, Decision, methods=POST, related=("rule__body", "proposed_by__person", "partnership"))
def say(request: Visit, row: Decision) -> HttpResponse:
    """Answer in the talk about a decision."""
    form = RemarkForm(request.POST)
    if submitted(request, form, lambda: services.say(row, form.cleaned_data["text"], by=request.user), _("Saved.")):
        return redirect(to(request, "decision_detail", row.pk) + "#talk")
    return show_decision(request, row, remark_form=form)


@page(Ability.STEER, Decision, methods=POST)
def remind(request: Visit, row: Decision) -> HttpResponse:
    """Write to those who have not replied."""
    try:
        names = services.remind(row, by=request.user)
        messages.success(request, _("Reminded: %(names)s.") % {"names": listed(names)})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(to(request, "decision_detail", row.pk))


@page(Ability.STEER, Decision, methods=POST)
def count(request: Visit, row: Decision) -> HttpResponse:
    """Count the replies and close."""
    attempt(request, lambda: services.close(row, by=request.user), _("Counted. The outcome is on record."))
    return redirect(to(request, "decision_detail", row.pk))


@page(Ability.STEER, Decision, related=("rule__body",))
def adjourn(request: Visit, row: Decision) -> HttpResponse:
    """Put a decision without quorum off to a second meeting."""
    form = AdjournForm(request.POST or None)

    def keep() -> None:
        services.adjourn(row, closes_at=form.cleaned_data["closes_at"], by=request.user)

    if submitted(request, form, keep, _("Put off. Replies stay open until then.")):
        return redirect(to(request, "decision_detail", row.pk))
    said = _("For want of a quorum. The replies given stay.")
    return reason_form(request, form, row, _("Put it off to a second meeting"), said, _("Put it off"))

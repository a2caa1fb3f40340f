from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance import amending, describing, drawing, queries, services, subjects, telling
from concorda.begin.governance.forms import (
    AdjournForm,
    AmendForm,
    ArrangementForm,
    BallotForm,
    BodyForm,
    DecisionForm,
    FormNeedsForm,
    LookForm,
    ReasonForm,
    RemarkForm,
    RuleForm,
    SeatForm,
    SeatPeopleForm,
    StyleForm,
    TableForm,
    WorkingAgreementForm,
)
from concorda.begin.governance.models import (
    Answer,
    Body,
    Decision,
    LookedAgain,
    Rule,
    Seat,
    Trust,
    WorkingAgreement,
)
from concorda.begin.governance.worksheet import STYLES
from concorda.foundation.core.tables import csv_file
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.pages import READ, Register, page

POST = ("POST",)


def attempt(request: Visit, act: Callable[[], object], done: str) -> bool:
    """Do something that the rules may refuse, and say what happened."""
    try:
        act()
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return False
    messages.success(request, done)
    return True


def submitted(request: Visit, form: Any, act: Callable[[], object], done: str) -> bool:
    """The same for a form: what the rules refuse stands beside the field it is about."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error) if not hasattr(error, "error_dict") else add_known(form, error)
        return False
    messages.success(request, done)
    return True


def add_known(form: Any, error: ValidationError) -> None:
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)


def to(request: Visit, name: str, *pk: int) -> str:
    return reverse(f"governance:{name}", args=[request.partnership.slug, *pk])


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """Who decides what: the bodies as a picture, the classes with their rules, the decisions."""
    here = request.partnership
    bodies = queries.bodies(here)
    rules = queries.rules(here)
    seats = [seat for body in bodies for seat in body.seats.all()]
    inside = bool(request.access.can(Ability.SEE))
    context = {
        "bodies": bodies,
        "picture": drawing.tree(bodies) if bodies else None,
        "rules": [(rule, describing.rule(rule)) for rule in rules],
        "gaps": queries.gaps(rules),
        "vacant": queries.vacancies(seats),
        "ending": queries.ending(seats),
        "arrangement": queries.arrangement(here),
        "inside": inside,
        "open_decisions": queries.open_decisions(here) if inside else (),
        "adopted": queries.adopted(here)[:5],
    }
    return render(request, "governance/home.html", context)


@page(Ability.OBSERVE, methods=READ)
def terms(request: Visit) -> HttpResponse:
    """The terms of reference, written from the records."""
    here = request.partnership
    bodies = queries.bodies(here)
    rules = queries.rules(here)
    facts = {
        "title": _("Terms of reference"),
        "standing": _("Written from what is recorded here, so it is never out of date."),
        "bodies": bodies,
        "picture": drawing.tree(bodies) if bodies else None,
        "rules": [(rule, describing.rule(rule)) for rule in rules],
        "gaps": queries.gaps(rules),
        "arrangement": queries.arrangement(here),
        "fixed": queries.rules_are_fixed(here),
        "inside": bool(request.access.can(Ability.SEE)),
    }
    return render(request, "governance/terms.html", facts)


# How the organizations work


@page(Ability.SEE, methods=READ)
def styles(request: Visit) -> HttpResponse:
    """The habits of the organizations side by side; each large difference asks for a working agreement."""
    found = queries.differences(request.partnership)
    organizations = sorted({one for difference in found for one in difference.values}, key=lambda one: one.name)
    letters = queries.letters(organizations)
    rows = [(one, [(letters[organization], value) for organization, value in one.values.items()]) for one in found]
    context = {
        "title": _("How we work"),
        "rows": rows,
        "letters": sorted(letters.items(), key=lambda one: one[1]),
        "missing": [p.organization.short for p in committed(request.partnership) if p.organization not in letters],
        "can_answer": may_answer(request),
        **describing.differences(found),
    }
    return render(request, "governance/styles.html", context)


def may_answer(request: Visit) -> bool:
    access = request.access
    return bool(access.organization and access.can(Ability.AGREE, stage="begin", tool="governance"))


def speaking(request: Visit) -> Any:
    """The organization of somebody who speaks for it."""
    if request.access.organization is None:
        raise PermissionDenied(_("You take part for no organization, so there is nobody to answer for."))
    return request.access.organization


@page(Ability.AGREE)
def style_answer(request: Visit) -> HttpResponse:
    """One organization says how it works."""
    own = speaking(request)
    stored = {one.question: one for one in Answer.objects.filter(organization=own)}
    initial: dict[str, Any] = {
        question.key: stored[question.key].value for question in STYLES if question.key in stored
    }
    if initial:
        initial["shared"] = all(stored[key].shared for key in initial)
    form = StyleForm(request.POST or None, initial=initial)

    def keep() -> None:
        shared = form.cleaned_data["shared"]
        services.answer(request.partnership, own, form.answers(), by=request.user, shared=shared)

    if submitted(request, form, keep, _("Saved. Thank you.")):
        return redirect(to(request, "styles"))
    context = {
        "title": _("How does %(organization)s work?") % {"organization": own.short},
        "standing": _("There is no right answer: it helps the others to know."),
        "form": form,
        "frame": "tool.html",
        "save_label": _("Save our answers"),
        "cancel_url": to(request, "styles"),
    }
    return render(request, "form.html", context)


class WorkingAgreements(Register):
    model, form = WorkingAgreement, WorkingAgreementForm
    roles = ("new", "edit", "delete")
    new_label = gettext_lazy("Write a working agreement")

    def initial(self) -> dict[str, Any]:
        return {"question": self.request.GET.get("about", "")}

    def save(self, form: Any) -> Any:
        if not form.instance._state.adding:
            return super().save(form)
        facts = form.cleaned_data
        row = services.agree_on_work(self.request.partnership, facts["question"], facts["text"], by=self.request.user)
        row.agreed_on = facts["agreed_on"]
        row.save(update_fields=["agreed_on"])
        return row

    def back(self, row: Any | None = None) -> str:
        return to(self.request, "styles")


# The form of governance


@page(Ability.SEE, methods=READ)
def form_of_governance(request: Visit) -> HttpResponse:
    """Which form would suit, with the reasons and what is not known yet."""
    found = queries.advice(request.partnership)
    context = {
        "title": _("Which form of governance?"),
        "advice": found,
        "fits": [describing.fit(fit) for fit in found.top],
        "missing": describing.missing(found),
        "arrangement": queries.arrangement(request.partnership),
        "can_answer": may_answer(request),
        **describing.advice(found),
    }
    return render(request, "governance/form_of_governance.html", context)


@page(Ability.AGREE)
def form_answer(request: Visit) -> HttpResponse:
    """One organization says what the governance needs, and, for its own eyes, whom it relies on."""
    own = speaking(request)
    others = [partner for partner in committed(request.partnership) if partner.organization_id != own.pk]
    initial = {one.question: one.value for one in Answer.objects.filter(organization=own)}
    initial |= {f"partner-{one.toward_id}": one.level for one in Trust.objects.filter(organization=own)}
    form = FormNeedsForm(request.POST or None, others=others, initial=initial)

    def keep() -> None:
        services.rely(request.partnership, own, form.levels(), judgements=form.judgements(), by=request.user)

    if submitted(request, form, keep, _("Saved. Thank you.")):
        return redirect(to(request, "form"))
    context = {
        "title": _("What does the governance need?"),
        "standing": _("Only your own people see whom you rely on; the others see one number for all of you."),
        "form": form,
        "frame": "tool.html",
        "save_label": _("Save our answers"),
        "cancel_url": to(request, "form"),
    }
    return render(request, "form.html", context)


@page(Ability.STEER)
def arrange(request: Visit) -> HttpResponse:
    """Keep the form chosen, the delegations and the way to settle disputes."""
    row = queries.arrangement(request.partnership)
    form = ArrangementForm(request.POST or None, instance=row, access=request.access)

    def keep() -> None:
        services.arrange(form.save(commit=False) if row._state.adding else form.save(), by=request.user)

    if submitted(request, form, keep, _("Saved.")):
        return redirect(to(request, "home"))
    context = {
        "title": _("How the partnership is governed"),
        "standing": _("What the partners agreed, in their words."),
        "form": form,
        "frame": "tool.html",
        "cancel_url": to(request, "home"),
    }
    return render(request, "form.html", context)


# Bodies and seats


class Bodies(Register):
    model, form = Body, BodyForm
    abilities = {"new": Ability.STEER, "edit": Ability.STEER, "delete": Ability.STEER}
    roles = ("new", "detail", "edit", "delete")
    related = ("parent",)
    new_label = gettext_lazy("Form a body")

    def save(self, form: Any) -> Any:
        if form.instance._state.adding:
            return services.add_body(form.save(commit=False), by=self.request.user)
        return super().save(form)

    def extra(self) -> dict[str, Any]:
        if self.role != "detail":
            return {}
        seats = list(queries.seats().filter(body=self.row))
        access = self.request.access
        return {
            "voice": True,
            "seats": [(seat, queries.may_name(access, seat)) for seat in seats],
            "rules": [(rule, describing.rule(rule)) for rule in self.row.rules.filter(in_force=True)],
            **describing.body(self.row, seats),
        }


@page(Ability.STEER, Body)
def seat_new(request: Visit, body: Body) -> HttpResponse:
    """Give an organization a seat."""
    form = SeatForm(request.POST or None, body=body, access=request.access)

    def keep() -> None:
        services.add_seat(body, by=request.user, **{name: form.cleaned_data[name] for name in form.Meta.fields})

    if submitted(request, form, keep, _("The seat is there. Its organization says who sits in it.")):
        return redirect(to(request, "body_detail", body.pk))
    return seat_form(request, form, body, _("A seat in %(body)s") % {"body": body.name})


@page(Ability.STEER, Seat, related=("body", "partner__organization"))
def seat_edit(request: Visit, seat: Seat) -> HttpResponse:
    """Role, votes and term of a seat; not who sits there."""
    form = SeatForm(request.POST or None, instance=seat, body=seat.body, access=request.access)
    if submitted(request, form, lambda: services.change_seat(form.save(), by=request.user), _("Saved.")):
        return redirect(to(request, "body_detail", seat.body_id))
    return seat_form(request, form, seat.body, str(seat))


@page(Ability.CONTRIBUTE, Seat, related=("body", "partner__organization"))
def seat_people(request: Visit, seat: Seat) -> HttpResponse:
    """The organization of a seat names who sits there."""
    if not queries.may_name(request.access, seat):
        raise PermissionDenied(_("Only the organization of a seat says who sits there."))
    form = SeatPeopleForm(request.POST or None, instance=seat, access=request.access)

    def keep() -> None:
        services.name_people(seat, **{name: form.cleaned_data[name] for name in form.Meta.fields}, by=request.user)

    if submitted(request, form, keep, _("Saved. The seat is yours to fill at any time.")):
        return redirect(to(request, "body_detail", seat.body_id))
    title = _("Who sits for %(organization)s?") % {"organization": seat.partner.organization.short}
    return seat_form(request, form, seat.body, title)


def seat_form(request: Visit, form: Any, body: Body, title: str) -> HttpResponse:
    context = {
        "title": title,
        "standing": _("A seat belongs to an organization, and only that organization says who sits in it."),
        "form": form,
        "frame": "tool.html",
        "cancel_url": to(request, "body_detail", body.pk),
    }
    return render(request, "form.html", context)


@page(Ability.STEER, Seat, related=("body", "partner__organization"))
def seat_remove(request: Visit, seat: Seat) -> HttpResponse:
    """Take a seat away."""
    back = to(request, "body_detail", seat.body_id)
    if request.method == "POST":
        attempt(request, lambda: services.remove_seat(seat, by=request.user), _("The seat is gone."))
        return redirect(back)
    context = {
        "title": str(seat),
        "object": seat,
        "consequence": _("The organization no longer replies to decisions of this body."),
        "confirm_label": _("Take the seat away"),
        "keep_url": back,
        "frame": "tool.html",
    }
    return render(request, "confirm_delete.html", context)


# Rules


class Rules(Register):
    """Rules are replaced, never edited: the form of a new one starts from the one in force."""

    model, form = Rule, RuleForm
    abilities = {"new": Ability.STEER}
    roles = ("new", "detail")
    related = ("body", "replaces")
    new_label = gettext_lazy("Set a rule")

    def initial(self) -> dict[str, Any]:
        matter = self.request.GET.get("matter", "")
        old = queries.rule_for(self.request.partnership, matter) if matter in Rule.Matter.values else None
        first = queries.main_body(list(Body.objects.all()))
        if old:
            return {name: getattr(old, name) for name in RuleForm.Meta.fields} | {"body": old.body_id}
        return {"matter": matter, "body": first.pk if first else None}

    def save(self, form: Any) -> Any:
        self.made = services.set_rule(form.save(commit=False), by=self.request.user)
        return self.made

    def form_page(self, row: Any) -> HttpResponse:
        try:
            return super().form_page(row)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect(to(self.request, "home"))

    def back(self, row: Any | None = None) -> str:
        if isinstance(row, Decision):
            return to(self.request, "decision_detail", row.pk)
        return to(self.request, "rule_detail", row.pk) if row is not None else to(self.request, "home")

    def extra(self) -> dict[str, Any]:
        if self.role == "new":
            fixed = queries.rules_are_fixed(self.request.partnership)
            said = _("A first decision was taken, so replacing a rule is itself decided, under the rule for that.")
            return {
                "standing": said if fixed else _("Once a first decision is taken, rules change only by a decision.")
            }
        return {"sentences": describing.rule(self.row), **describing.rule_standing(self.row)}


# Decisions


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


@page(Ability.OBSERVE, Decision, methods=READ, related=("rule__body", "proposed_by__person", "partnership"))
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
        "rule_facts": describing.rule_then(row, found),
        "can_change": row.status == Decision.Status.DRAFT and is_own(request, row),
        "can_look": is_own(request, row),
        "can_take_back": row.status in (Decision.Status.DRAFT, Decision.Status.OPEN) and is_own(request, row),
        **describing.decision(row, found),
    }
    return render(request, "governance/decision.html", context | forms)


def is_own(request: Visit, row: Decision) -> bool:
    """Did this person propose it, or coordinate the partnership?"""
    return request.access.steers or row.proposed_by_id == request.access.participant.pk


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


def reason_form(request: Visit, form: Any, row: Decision, title: str, said: str, label: str) -> HttpResponse:
    context = {
        "title": title,
        "standing": row.title,
        "standing_more": said,
        "form": form,
        "frame": "tool.html",
        "save_label": label,
        "cancel_url": to(request, "decision_detail", row.pk),
    }
    return render(request, "form.html", context)


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

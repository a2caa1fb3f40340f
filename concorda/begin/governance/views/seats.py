"""Bodies, their seats, who sits there, and the way a seat passes on."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.begin.governance import describing, handing_over, queries, services
from concorda.begin.governance.forms import AbsenceForm, BodyForm, SeatForm, SeatPeopleForm
from concorda.begin.governance.models import Body, HandOver, Seat
from concorda.begin.governance.views.common import POST, attempt, submitted, to
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, page


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
            "hand_overs": HandOver.objects.filter(seat__body=self.row).select_related(
                "before__person", "after__person", "partnership"
            ),
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
        named = {name: form.cleaned_data[name] for name in (*form.Meta.fields, "note")}
        services.name_people(seat, **named, by=request.user)

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


@page(Ability.CONTRIBUTE, Seat, related=("body", "partner__organization", "holder", "alternate"))
def seat_away(request: Visit, seat: Seat) -> HttpResponse:
    """Who sits there is away for a time, or back: meanwhile the alternate speaks for the seat."""
    if seat.holder_id != request.access.participant.pk and not queries.may_name(request.access, seat):
        raise PermissionDenied(_("Only who sits there, or the organization of the seat, says that."))
    form = AbsenceForm(request.POST or None, initial={"since": seat.away_from, "until": seat.away_until})

    def keep() -> None:
        facts = form.cleaned_data
        services.note_absence(seat, since=facts["since"], until=facts["until"], by=request.user)

    if submitted(request, form, keep, _("Saved.")):
        return redirect(to(request, "body_detail", seat.body_id))
    context = {
        "title": _("Is %(person)s away?") % {"person": seat.holder.person.name if seat.holder else seat},
        "standing": _("Only then does the alternate reply to decisions for this seat."),
        "form": form,
        "frame": "tool.html",
        "cancel_url": to(request, "body_detail", seat.body_id),
    }
    return render(request, "form.html", context)


@page(Ability.SEE, HandOver, methods=READ, related=("seat__body", "seat__partner__organization", "before", "after"))
def hand_over(request: Visit, row: HandOver) -> HttpResponse:
    """What passed from one holder of a seat to the next."""
    context = {
        "title": _("The seat of %(organization)s") % {"organization": row.seat.partner.organization.short},
        "standing": _("%(before)s handed it over to %(after)s.") % {"before": row.before, "after": row.after},
        "standing_more": _("Only your own people read this page."),
        "row": row,
        "waiting": handing_over.unanswered(row.seat),
        "replied": handing_over.history(row.seat),
        "may_take": row.taken_at is None and row.after_id == request.access.participant.pk,
    }
    return render(request, "governance/hand_over.html", context)


@page(Ability.SEE, HandOver, methods=POST)
def take_over(request: Visit, row: HandOver) -> HttpResponse:
    """The next holder says that they have taken over."""
    attempt(request, lambda: handing_over.take(row, by=request.user), _("Noted. The seat is yours."))
    return redirect(row.get_absolute_url())

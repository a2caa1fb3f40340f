"""Governance as a whole: its first page, the terms of reference, what holds for all of it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from concorda.begin.governance import describing, disputing, drawing, queries, reference, services
from concorda.begin.governance.forms import ArrangementForm
from concorda.begin.governance.models import Delegation
from concorda.begin.governance.views.common import submitted, to
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page


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
        "delegations": [(one, describing.limits(one), own(request, one)) for one in queries.delegations(here)],
        "ladder": disputing.ladder(here),
        "interests": queries.interests(here).count() if inside else 0,
        "inside": inside,
        "open_decisions": queries.open_decisions(here) if inside else (),
        "adopted": queries.adopted(here)[:5],
    }
    return render(request, "governance/home.html", context)


def own(request: Visit, one: Delegation) -> bool:
    """May this person decide alone under it?"""
    return one.person_id is not None and one.person_id == request.access.participant.pk


@page(Ability.OBSERVE, methods=READ)
def terms(request: Visit) -> HttpResponse:
    """The terms of reference, written from the records."""
    inside = bool(request.access.can(Ability.SEE))
    bodies = queries.bodies(request.partnership)
    facts = {
        "title": _("Terms of reference"),
        "standing": _("Written from what is recorded here, so it is never out of date."),
        "sections": reference.sections(request.partnership, bodies, inside=inside),
        "picture": drawing.tree(bodies) if bodies else None,
    }
    return render(request, "governance/terms.html", facts)


@page(Ability.OBSERVE, methods=READ)
def terms_pdf(request: Visit) -> HttpResponse:
    """The same to print and to pass on."""
    made = reference.pdf(request.partnership, inside=bool(request.access.can(Ability.SEE)))
    headers = {
        "Content-Disposition": 'attachment; filename="terms-of-reference.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@page(Ability.STEER)
def arrange(request: Visit) -> HttpResponse:
    """Keep the form chosen, and what else holds for the governance as a whole."""
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

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.analysis.partnership_type import LEVELS, Recommendation
from concorda.connect.partnership_type import queries, services, wording
from concorda.connect.partnership_type.forms import HINTS, AnswersForm, DecisionForm
from concorda.connect.partnership_type.models import TypeAnswer, TypeDecision
from concorda.connect.partnership_type.questions import DIMENSIONS, GATES
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page
from concorda.foundation.process.worksheet import letters


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """What was decided, what the answers recommend, where partners differ. Observers read the decision alone."""
    here = request.partnership
    decisions = queries.decisions_in_force(here)
    context: dict[str, Any] = {"decisions": [(one, compared(one)) for one in decisions]}
    context["next_step"] = next_step(request, decisions)
    if request.access.can(Ability.SEE):
        activities = queries.activities(here)
        activity = next((one for one in activities if one == request.GET.get("activity")), "")
        sheets = queries.sheets(here, activity)
        context |= advice(sheets, queries.recommendation(sheets, decisions, activity))
        context |= {
            "activity": activity,
            "activities": activities,
            "sheets": sheets,
            "superseded": TypeDecision.objects.filter(partnership=here, superseded_by__isnull=False),
            "speaks": queries.speaks(request.access),
            "mine": request.access.organization,
            "steers": request.access.steers,
            "may_see": True,
        }
    return render(request, "partnership_type/home.html", context)


def next_step(request: Visit, decisions: Sequence[TypeDecision]) -> dict[str, str]:
    """Where this person goes from here: to their answers, to the decision, or on to governance."""
    here, access = request.partnership, request.access
    whole = next((one for one in decisions if not one.activity), None)
    due = whole is not None and whole.review_on is not None and whole.review_on <= clock.today()
    if whole is None and queries.speaks(access) and not queries.has_answered(access):
        return {"url": reverse("partnership_type:answer", args=[here.slug]), "text": _("Answer for us")}
    if access.steers and (due or whole is None):
        text = _("Look at the type again") if due else _("Record what you decide")
        return {"url": reverse("partnership_type:decide", args=[here.slug]), "text": text}
    if whole is None:
        return {"url": reverse("participation:home", args=[here.slug]), "text": _("Who takes part?")}
    return {"url": reverse("governance:home", args=[here.slug]), "text": _("Go on: who decides what?")}


def compared(decision: TypeDecision) -> str:
    """How a decision stands beside what the answers recommended when it was made."""
    if not decision.recommended:
        return _("There was no recommendation then: too few had answered.")
    apart = LEVELS.index(decision.level) - LEVELS.index(decision.recommended)
    if not apart:
        return _("That is what the answers recommended.")
    facts = {"level": decision.get_recommended_display()}
    if apart > 0:
        return _("That is closer than the answers recommended then: “%(level)s”.") % facts
    return _("That is less close than the answers recommended then: “%(level)s”.") % facts


def advice(sheets: Sequence[queries.Sheet], found: Recommendation) -> dict[str, Any]:
    """The recommendation in words, and the answers drawn: each partner a letter on a line from 0 to 4."""
    marks = letters([sheet.organization for sheet in sheets])
    names = {str(organization.pk): organization.short for organization in marks}
    return {
        "found": found,
        "headline": wording.headline(found),
        "reasons": wording.reasons(found, names),
        "ladder": ladder(found),
        "positions": [
            (
                names[one.organization],
                wording.number(one.needed),
                wording.number(one.capped),
                wording.level_label(LEVELS[one.level]),
            )
            for one in found.positions
        ],
        "marks": marks.items(),
        "dimensions": [
            {
                "title": one.title,
                "needed": drawn(sheets, one.needed.key, marks),
                "feasible": drawn(sheets, one.feasible.key, marks),
            }
            for one in DIMENSIONS
        ],
        "gates": [{"title": one.title, "given": drawn(sheets, one.question.key, marks)} for one in GATES],
    }


def drawn(sheets: Sequence[queries.Sheet], question: str, marks: dict[Organization, str]) -> dict[str, Any]:
    """The answers to one question as marks and as words; `apart` when they lie two steps or more from each other."""
    given = [(sheet.organization, sheet.given[question]) for sheet in sheets if question in sheet.given]
    values = [value for _organization, value in given]
    return {
        "marks": [(marks[organization], value) for organization, value in given],
        "words": ", ".join(f"{organization.short} {value}" for organization, value in given),
        "apart": bool(values) and max(values) - min(values) >= 2,
    }


def ladder(found: Recommendation) -> list[dict[str, Any]]:
    """The five levels with what they mean, their other names, and how far the answers are from each."""
    away = {one.level: wording.number(one.distance) for one in found.distances}
    return [
        {
            "label": wording.level_label(key),
            "hint": HINTS[key],
            "elsewhere": [(source, names[place]) for source, names in wording.CONTINUA],
            "distance": away.get(key, ""),
            "recommended": key == found.level,
        }
        for place, key in enumerate(LEVELS)
    ]


@page(Ability.AGREE)
def answer(request: Visit) -> HttpResponse:
    """Say what one's organization needs and what is feasible for it."""
    organization = request.access.organization
    if organization is None or not queries.speaks(request.access):
        raise PermissionDenied(_("Only someone who speaks for a partner can answer for it."))
    asked = request.GET.get("activity", "")[:160]
    before = list(TypeAnswer.objects.filter(organization=organization, activity__iexact=asked.strip()))
    posted = request.POST if request.method == "POST" else None
    form = AnswersForm(posted, initial={one.question: one.value for one in before} | {"activity": asked})
    if posted is not None and form.is_valid():
        shared = "shared" in request.POST
        given = dict(form.cleaned_data)
        activity = given.pop("activity")
        services.answer(request.partnership, organization, given, shared=shared, by=request.user, activity=activity)
        said = _("Saved. The others can read it now.") if shared else _("Saved, for your organization only.")
        messages.success(request, said)
        return redirect("partnership_type:home", request.partnership.slug)
    context = {
        "title": _("What %(organization)s needs, and what is feasible") % {"organization": organization.short},
        "standing": _("Ten questions, each asked twice, and four about what may hold you back."),
        "standing_more": _("What you leave open stays open."),
        "form": form,
        "is_shared": all(one.shared for one in before),
    }
    return render(request, "partnership_type/answer.html", context)


@page(Ability.STEER)
def decide(request: Visit) -> HttpResponse:
    """Record the type that the partners decided; it supersedes the one in force for the same activity."""
    form = DecisionForm(
        request.POST if request.method == "POST" else None, instance=TypeDecision(), access=request.access
    )
    if form.is_valid():
        services.decide(form.save(commit=False), by=request.user)
        messages.success(request, _("Recorded. Later decisions supersede it; nobody can change it."))
        return redirect("partnership_type:home", request.partnership.slug)
    found = queries.recommendation(queries.sheets(request.partnership))
    context = {
        "frame": "tool.html",
        "title": _("Record the type you decided"),
        "standing": wording.headline(found),
        "standing_more": _("The decision is yours; both stay on record."),
        "form": form,
        "save_label": _("Record this decision"),
        "cancel_url": reverse("partnership_type:home", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Final
from concorda.foundation.process.pages import READ, page
from concorda.foundation.process.worksheet import WorksheetForm
from concorda.monitor.growth import services
from concorda.monitor.growth.forms import PassageForm, TrajectoryForm
from concorda.monitor.growth.lasting import QUESTIONS, ratings
from concorda.monitor.growth.models import LastingAnswer, Passage, Trajectory
from concorda.monitor.growth.passages import steps
from concorda.monitor.growth.queries import growth_over_time, open_needs


@page(Ability.SEE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """Direction, whether it would last, who comes and goes, what is still missing, growth so far."""
    access, months = request.access, growth_over_time(request.partnership)
    context = {
        "direction": Trajectory.objects.select_related("by__person").first(),
        "ratings": ratings(request.partnership),
        "mine": LastingAnswer.objects.filter(organization__in=access.own_organizations).exclude(value=None).count(),
        "passages": Passage.objects.select_related("partner__organization"),
        "needs": open_needs(request.partnership),
        "months": months,
        "partners": [month.partners for month in months],
        "people": [month.people for month in months],
        "may_steer": access.can(Ability.STEER, stage="monitor", tool="growth"),
        "may_agree": access.can(Ability.AGREE, stage="monitor", tool="growth") and access.own_organizations,
    }
    return render(request, "growth/home.html", context)


@page(Ability.STEER)
def direction(request: Visit) -> HttpResponse:
    """Choose where the partnership is heading."""
    form = TrajectoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.choose(request.partnership, by=request.user, **form.cleaned_data)
        messages.success(request, _("The direction is recorded. An earlier one stays readable."))
        return redirect("growth:home", request.partnership.slug)
    earlier = Trajectory.objects.select_related("by__person")
    return render(
        request, "growth/direction.html", {"form": form, "earlier": earlier, "title": _("Choose a direction")}
    )


@page(Ability.AGREE)
def rate(request: Visit) -> HttpResponse:
    """Say for one's organization what makes the partnership last."""
    own, organization = request.access.own_organizations, request.access.organization
    if not own or organization is None:
        raise PermissionDenied(_("Only someone who speaks for an organization can do this."))
    answers = LastingAnswer.objects.filter(organization__in=own).values_list("question", "value")
    initial = {question: value for question, value in answers if value is not None}
    form = WorksheetForm(request.POST or None, questions=QUESTIONS, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.rate(request.partnership, organization, form.cleaned_data, by=request.user)
        messages.success(request, _("Saved. You can change it at any time."))
        return redirect("growth:home", request.partnership.slug)
    return render(request, "growth/rate.html", {"form": form, "title": _("Would it last?")})


@page(Ability.STEER)
def begin(request: Visit) -> HttpResponse:
    """A partner joins or leaves: begin the list."""
    form = PassageForm(request.POST or None, instance=Passage(), access=request.access)
    if request.method == "POST" and form.is_valid():
        passage = services.begin_passage(form.save(commit=False), by=request.user)
        return redirect("growth:passage_detail", request.partnership.slug, passage.pk)
    return render(request, "growth/begin.html", {"form": form, "title": _("A partner joins or leaves")})


@page(Ability.SEE, Passage, related=("partner__organization",))
def passage(request: Visit, passage: Passage) -> HttpResponse:
    """One list; those who steer tick and close it."""
    may_steer = request.access.can(Ability.STEER, stage="monitor", tool="growth")
    if request.method == "POST":
        if not may_steer:
            raise PermissionDenied(str(may_steer.reason))
        return act_on(request, passage)
    context = {"passage": passage, "steps": steps(passage), "may_steer": may_steer, "title": str(passage)}
    return render(request, "growth/passage.html", context)


def act_on(request: Visit, passage: Passage) -> HttpResponse:
    here = redirect("growth:passage_detail", request.partnership.slug, passage.pk)
    try:
        services.settle(passage, request.POST.getlist("step"), by=request.user)
        if "close" in request.POST:
            services.close_passage(passage, by=request.user)
            messages.success(request, _("Closed: everything is settled."))
            return redirect("growth:home", request.partnership.slug)
        messages.success(request, _("Saved."))
    except services.NotSettled as error:
        messages.error(request, _("Not yet: %(what)s.") % {"what": "; ".join(str(step.label) for step in error.steps)})
    except Final as error:
        messages.error(request, error.messages[0])
    return here

"""Pages across partnerships: home, what needs me, start a partnership, is the installation well."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships import services
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.guides import guide
from concorda.foundation.process.stages import stages
from concorda.portal import health
from concorda.portal.forms import StartForm
from concorda.portal.queries import waiting_everywhere


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The welcome page for strangers; my partnerships, my organizations and what needs me for everyone else."""
    if request.user.is_anonymous:
        return render(request, "portal/welcome.html", {"first_run": not Person.objects.exists()})
    waiting = waiting_everywhere(request.user)
    context = {
        "waiting": waiting[:8],
        "waiting_count": len(waiting),
        "organizations": Organization.objects.of(request.user),
        "mine": Partnership.objects.visible_to(request.user),
    }
    return render(request, "portal/home.html", context)


@require_safe
def needs_you(request: Visit) -> HttpResponse:
    """Everything that waits for me, in all my partnerships."""
    waiting = waiting_everywhere(request.user)
    late = sum(one.late for _partnership, _tool, one in waiting)
    context = {
        "waiting": waiting,
        "standing": ngettext("%(n)s thing waits for you.", "%(n)s things wait for you.", len(waiting))
        % {"n": len(waiting)}
        if waiting
        else _("Nothing waits for you."),
        "standing_more": ngettext("%(n)s is late.", "%(n)s are late.", late) % {"n": late} if late else "",
    }
    return render(request, "portal/needs_you.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Visit) -> HttpResponse:
    """Start a partnership for an organization I work for."""
    if not Organization.objects.of(request.user).exists():
        messages.info(request, _("Say first which organization you work for."))
        return redirect("organizations:new")
    form = StartForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        partnership = services.start(by=request.user, **form.cleaned_data)
        if partnership.origin == partnership.Origin.ORGANIC:
            messages.success(request, _("%(name)s is here. Record what exists already.") % {"name": partnership.name})
            return redirect("partnership:existing", partnership.slug)
        messages.success(request, _("%(name)s has begun. The map shows what comes next.") % {"name": partnership.name})
        return redirect(partnership)
    return render(request, "portal/start.html", {"form": form})


@require_safe
def help_page(request: Visit) -> HttpResponse:
    """The guides of all elements, stage by stage."""
    guides = [(stage, [(tool, guide(tool)) for tool in stage.tools]) for stage in stages()]
    return render(request, "portal/help.html", {"guides": guides})


@require_safe
@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the pages promise to people with disabilities, and what was not tested."""
    return render(request, "portal/accessibility.html")


@require_safe
@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, is migrated, and what waits is done in time; 503 with what is wrong otherwise."""
    parts = health.ready()
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for a monitoring system; there is no such page unless the installation asks for it."""
    if not settings.METRICS:
        raise Http404
    return HttpResponse(health.metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")

"""What an organization shows of its reflection: to everybody, to one organization at a time, and how that looks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concorda.foundation.organizations import disclosure, search, services
from concorda.foundation.organizations.forms import DisclosureForm
from concorda.foundation.organizations.models import Disclosure, Organization
from concorda.foundation.organizations.queries import listed
from concorda.foundation.organizations.views import administers
from concorda.foundation.organizations.views.directory import profile
from concorda.foundation.organizations.visits import Visit

FOUND = 10


@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_page(request: Visit) -> HttpResponse:
    """Who sees how much of each part; administrators change it, for everybody or for one organization."""
    organization, asked = request.organization, request.GET.get("to", "")
    others = Organization.objects.exclude(pk=organization.pk)
    to = get_object_or_404(others, slug=asked) if asked else None
    if request.method == "POST" and not administers(request):
        raise PermissionDenied(_("Only an administrator of your organization can do this."))
    form = form_for(request, to) if administers(request) else None
    if request.method == "POST" and form is not None:
        if "nothing" in request.POST:
            return keep(request, dict.fromkeys(disclosure.PARTS, 0), to)
        if form.is_valid():
            return keep(request, form.cleaned_data, to)
    query = request.GET.get("q", "").strip()[:200]
    columns, rows = disclosure.overview()
    context = {
        "title": _("What you show, and to whom"),
        "standing": standing(columns),
        "standing_more": _("Everything else stays inside your organization."),
        "organization": organization,
        "columns": columns,
        "rows": rows,
        "form": form,
        "to": to,
        "query": query,
        "found": search.narrow(others.filter(active=True), query).organizations[:FOUND] if query else [],
        "admin": administers(request),
    }
    return render(request, "organizations/disclosure.html", context)


def standing(columns: list[Organization]) -> str:
    if not columns:
        return _("No organization sees more of your reflection than everybody does.")
    return _("You show more to %(names)s.") % {"names": listed([one.short for one in columns])}


def form_for(request: Visit, to: Organization | None) -> DisclosureForm:
    parts = {
        part: (
            disclosure.title_of(part),
            [(int(level), level.label) for level in disclosure.levels_for(part, everybody=to is None)],
        )
        for part in disclosure.PARTS
    }
    given = dict(Disclosure.objects.filter(to=to).values_list("part", "level"))
    return DisclosureForm(request.POST or None, parts=parts, initial=given)


def keep(request: Visit, levels: dict[str, int], to: Organization | None) -> HttpResponse:
    services.disclose(request.organization, levels, to=to, by=request.user)
    messages.success(request, _("Saved. This is what they see now."))
    seen = reverse("organizations:view_as", args=[request.organization.slug])
    return redirect(f"{seen}?as={to.slug}" if to else seen)


@require_safe
def view_as(request: Visit) -> HttpResponse:
    """The organization's page as somebody else sees it: asked by the same question, drawn by the same template."""
    organization, asked = request.organization, request.GET.get("as", "")
    viewer = get_object_or_404(Organization.objects.exclude(pk=organization.pk), slug=asked) if asked else None
    columns, _rows = disclosure.overview()
    context = profile(organization, [viewer] if viewer else []) | {
        "title": _("How others see %(name)s") % {"name": organization.short},
        "standing": _("Seen by somebody of %(name)s.") % {"name": viewer.name}
        if viewer
        else _("Seen by anybody who signs in here."),
        "standing_more": _("Computed now, as it is for them."),
        "viewer": viewer,
        "choices": sorted({*columns, *([viewer] if viewer else [])}, key=lambda one: one.name),
    }
    return render(request, "organizations/view_as.html", context)

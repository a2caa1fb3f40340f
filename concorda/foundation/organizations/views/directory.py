"""The directory, an organization's public page, naming a new one, and claiming one that is there."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concorda.foundation.organizations import disclosure, public, queries, services
from concorda.foundation.organizations.forms import LANGUAGES, ClaimForm, NewForm, ProfileForm, SearchForm
from concorda.foundation.organizations.models import Claim, Membership, Organization
from concorda.foundation.organizations.views import admins_only, is_steward, stewards_only
from concorda.foundation.organizations.visits import Visit

PER_PAGE = 25
SHOWN = 10
READ_WRITE = ["GET", "HEAD", "POST"]


@require_safe
def directory(request: Visit) -> HttpResponse:
    """Every organization there is, searched and narrowed."""
    form = SearchForm(request.GET or None)
    asked = form.asked() if form.is_bound else {}
    found = queries.directory(asked)
    page = Paginator(queries.shown(found.organizations), PER_PAGE).get_page(request.GET.get("page"))
    narrowed = bool(set(asked) - {"sort"})
    context = {
        "title": _("Organizations"),
        "form": form,
        "page": page,
        "narrowed": narrowed,
        "some_words": found.some_words,
        "standing": counted(page.paginator.count, narrowed=narrowed),
        "steward": is_steward(request),
        "open_claims": Claim.objects.filter(status=Claim.Status.OPEN).count() if is_steward(request) else 0,
        "mine": Organization.objects.of(request.user),
    }
    return render(request, "organizations/directory.html", context)


def counted(count: int, *, narrowed: bool) -> str:
    if narrowed:
        return ngettext("%(count)d organization fits.", "%(count)d organizations fit.", count) % {"count": count}
    return ngettext(
        "%(count)d organization is in the directory.", "%(count)d organizations are in the directory.", count
    ) % {"count": count}


@require_safe
def detail(request: Visit, slug: str) -> HttpResponse:
    """The public profile of an organization."""
    rows = Organization.objects.select_related("place__parent").prefetch_related(
        "terms", "populations", "looking_for", "identifiers"
    )
    organization = get_object_or_404(rows, slug=slug)
    people = list(organization.memberships.values_list("person", "role"))
    role = dict(people).get(request.user.pk)
    context = profile(organization, list(Organization.objects.of(request.user).exclude(pk=organization.pk))) | {
        "title": organization.name,
        "standing": organization.get_kind_display() + (f" · {organization.area}" if organization.area else ""),
        "mine": bool(role),
        "admin": role == Membership.Role.ADMIN,
        "claimed": bool(people),
    }
    return render(request, "organizations/detail.html", context)


def profile(organization: Organization, viewers: list[Organization]) -> dict[str, Any]:
    """What somebody who works for `viewers` (none: the public) sees of an organization; “view as” asks the same."""
    known = dict(LANGUAGES)
    return {
        "organization": organization,
        "services": organization.services.all()[:SHOWN],
        "ties": queries.ties_of(organization)[:SHOWN],
        "languages": [known.get(code, code) for code in organization.languages],
        "partnerships_named": public.partnerships_of(organization),
        "shown": disclosure.shown_to(organization, viewers),
    }


@require_http_methods(READ_WRITE)
def new(request: Visit) -> HttpResponse:
    """Name an organization and administer it; shows those in the directory that could be the same."""
    form = NewForm(request.POST or None)
    alike: list[Organization] = []
    if request.method == "POST" and form.is_valid():
        facts = {key: value for key, value in form.cleaned_data.items() if key != "sure"}
        alike = [] if form.cleaned_data["sure"] else queries.look_alikes(facts["name"])
        if not alike:
            organization = services.create(by=request.user, **facts)
            messages.success(
                request, _("%(name)s is in the directory, and you administer it.") % {"name": organization.name}
            )
            return redirect("organizations:reflection", organization.slug)
        data = request.POST.copy()
        data["sure"] = "on"
        form.data = data
    context = {
        "title": _("Which organization do you work for?"),
        "standing": _("Name it, and you can begin."),
        "standing_more": _("If it is in the directory already, take that entry instead."),
        "form": form,
        "alike": alike,
    }
    return render(request, "organizations/new.html", context)


@require_http_methods(READ_WRITE)
def claim(request: Visit, slug: str) -> HttpResponse:
    """Say that one works for an organization of the directory."""
    organization = get_object_or_404(Organization, slug=slug)
    proven = services.proves(request.user, organization)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if proven:
        del form.fields["reason"]
    if request.method == "POST" and form.is_valid():
        try:
            asked = services.claim(organization, by=request.user, reason=form.cleaned_data.get("reason", ""))
        except services.Refusal as refusal:
            messages.info(request, str(refusal))
            return redirect(organization)
        if services.proves(request.user, organization):
            messages.success(
                request, _("Your address proves it: you work for %(name)s here now.") % {"name": organization.name}
            )
            return redirect("organizations:reflection", organization.slug)
        messages.success(request, _("A steward will look at your request. You get a letter then."))
        return redirect(asked.organization)
    more = (
        _("Your confirmed address belongs to its domain, so nobody else has to be asked.")
        if proven
        else _("Your address does not show it, so a steward will look.")
    )
    context = {
        "title": _("Do you work for %(name)s?") % {"name": organization.name},
        "standing_more": more,
        "form": form,
        "proven": proven,
        "organization": organization,
    }
    return render(request, "organizations/claim.html", context)


@require_safe
@stewards_only
def claims(request: Visit) -> HttpResponse:
    """Requests that wait for a steward."""
    waiting = Claim.objects.filter(status=Claim.Status.OPEN).select_related("organization", "person")
    count = len(waiting)
    standing = (
        ngettext("%(count)d request waits.", "%(count)d requests wait.", count) % {"count": count}
        if count
        else _("No request waits.")
    )
    return render(
        request,
        "organizations/claims.html",
        {"title": _("Who works for whom"), "standing": standing, "claims": waiting},
    )


@require_POST
@stewards_only
def answer_claim(request: Visit, pk: int) -> HttpResponse:
    """Grant or decline a request."""
    asked = get_object_or_404(Claim.objects.select_related("person", "organization"), pk=pk)
    granted = request.POST.get("answer") == "grant"
    try:
        services.answer_claim(asked, granted=granted, by=request.user)
    except services.Refusal as refusal:
        messages.info(request, str(refusal))
    else:
        said = _("%(person)s works for %(name)s here now.") if granted else _("Declined. %(person)s gets a letter.")
        messages.success(request, said % {"person": asked.person.name, "name": asked.organization.name})
    return redirect("organizations:claims")


@require_http_methods(READ_WRITE)
@admins_only
def edit(request: Visit) -> HttpResponse:
    """Change what everybody may read."""
    organization = request.organization
    form = ProfileForm(request.POST or None, instance=organization)
    if request.method == "POST" and form.is_valid():
        services.edit(organization, form.facts(), by=request.user)
        messages.success(request, _("The public profile is saved."))
        return redirect(organization)
    if request.method == "POST":
        organization.refresh_from_db()
    context = {
        "title": _("Public profile of %(name)s") % {"name": organization.name},
        "standing": _("Everybody who signs in here can read this."),
        "standing_more": _("What you write, a register does not change any more."),
        "form": form,
        "save_label": _("Save the profile"),
        "cancel_url": organization.get_absolute_url(),
    }
    return render(request, "form.html", context)

"""The people of an organization: inviting, roles, leaving; and the page behind an invitation's link."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from concorda.foundation.accounts.models import Person
from concorda.foundation.accounts.views import BACKEND
from concorda.foundation.organizations import services
from concorda.foundation.organizations.forms import AccountForm, InviteForm, RoleForm
from concorda.foundation.organizations.models import Claim, Invite, Membership, Organization
from concorda.foundation.organizations.views import administers, admins_only
from concorda.foundation.organizations.visits import Visit

READ_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_WRITE)
def people(request: Visit) -> HttpResponse:
    """Who works for the organization here; administrators invite."""
    organization = request.organization
    form = InviteForm(request.POST or None) if administers(request) else None
    if request.method == "POST" and form is None:
        return HttpResponse(_("Only an administrator of your organization can do this."), status=403)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.invite(organization, by=request.user, **form.cleaned_data)
        except services.Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("A letter is on its way to %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("organizations:people", organization.slug)
    members = list(organization.memberships.select_related("person").order_by("person__name"))
    invited = list(organization.invites.filter(answered_at=None)) if form else []
    asking = open_claims(organization) if form else []
    standing = ngettext("%(count)d person works here.", "%(count)d people work here.", len(members)) % {
        "count": len(members)
    }
    if invited:
        standing += " " + ngettext("%(count)d is invited.", "%(count)d are invited.", len(invited)) % {
            "count": len(invited)
        }
    context = {
        "title": _("People of %(name)s") % {"name": organization.short},
        "standing": standing,
        "organization": organization,
        "members": members,
        "invited": invited,
        "asking": asking,
        "form": form,
        "roles": Membership.Role.choices,
    }
    return render(request, "organizations/people.html", context)


def open_claims(organization: Organization) -> list[Claim]:
    """People who say that they work here, and whose address does not show it."""
    return list(organization.claims.filter(status=Claim.Status.OPEN).select_related("person"))


@require_POST
@admins_only
def answer_claim(request: Visit, pk: int) -> HttpResponse:
    """Say whether somebody who claims it works here; a steward may answer too, whoever is first."""
    asked = get_object_or_404(Claim.objects.select_related("person"), pk=pk, organization=request.organization)
    granted = request.POST.get("answer") == "grant"
    try:
        services.answer_claim(asked, granted=granted, by=request.user)
    except services.Refusal as refusal:
        messages.info(request, str(refusal))
    else:
        said = _("%(person)s works for %(name)s here now.") if granted else _("Declined. %(person)s gets a letter.")
        messages.success(request, said % {"person": asked.person.name, "name": request.organization.name})
    return redirect("organizations:people", request.organization.slug)


@require_POST
@admins_only
def change_role(request: Visit, pk: int) -> HttpResponse:
    """Make somebody administrator or member, or note that they left."""
    membership = get_object_or_404(
        Membership.objects.select_related("person", "organization"), pk=pk, organization=request.organization
    )
    form = RoleForm(request.POST)
    if form.is_valid():
        role = form.cleaned_data["role"]
        try:
            if role == "remove":
                services.remove(membership, by=request.user)
            else:
                services.set_role(membership, role, by=request.user)
        except services.Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved for %(name)s.") % {"name": membership.person.name})
    if not Membership.objects.filter(organization=request.organization, person=request.user).exists():
        return redirect("/")
    return redirect("organizations:people", request.organization.slug)


@require_POST
@admins_only
def withdraw(request: Visit, pk: int) -> HttpResponse:
    """Take an invitation back: its link does not work any more."""
    get_object_or_404(Invite, pk=pk, organization=request.organization, answered_at=None).delete()
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("organizations:people", request.organization.slug)


@login_not_required
@require_http_methods(READ_WRITE)
def join(request: HttpRequest, signed: str) -> HttpResponse:
    """What the link of an invitation opens: join with the account one has, or open one here."""
    invite = services.read_invite(signed)
    if invite is None:
        return render(
            request, "organizations/join_dead.html", {"title": _("This invitation does not work any more")}, status=410
        )
    known = Person.objects.filter(email__iexact=invite.email).exists()
    form = None if request.user.is_authenticated or known else AccountForm(request.POST or None)
    if request.method == "POST" and request.user.is_authenticated:
        services.join(invite, by=request.user)
        return welcome(request, invite)
    if request.method == "POST" and form is not None and form.is_valid():
        person = services.join_anew(invite, **form.cleaned_data, language=request.LANGUAGE_CODE)
        login(request, person, backend=BACKEND)
        return welcome(request, invite)
    context = {
        "title": _("Join %(name)s") % {"name": invite.organization.name},
        "standing": _("%(name)s invites you.") % {"name": invite.by.name},
        "invite": invite,
        "form": form,
    }
    return render(request, "organizations/join.html", context)


def welcome(request: HttpRequest, invite: Invite) -> HttpResponse:
    messages.success(request, _("Welcome. You work for %(name)s here now.") % {"name": invite.organization.name})
    return redirect("organizations:reflection", invite.organization.slug)

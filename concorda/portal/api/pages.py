"""Pages: the tokens of a person, and the webhooks of a partnership."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from concorda.foundation.core import clock
from concorda.foundation.organizations import visits
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page
from concorda.portal.api import hooks as services
from concorda.portal.api.forms import HookForm, TokenForm
from concorda.portal.api.models import ApiToken, Hook

SHOWN_ONCE = "api_token"


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: visits.Visit) -> HttpResponse:
    """The tokens of my programs; a new one is shown in full once."""
    form = TokenForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.person, request.session[SHOWN_ONCE] = request.user, made.seal()
        made.save()
        messages.success(request, _("“%(name)s” can be used now.") % {"name": made.name})
        return redirect("programs:tokens")
    mine = list(ApiToken.objects.filter(person=request.user, revoked_at=None).select_related("partnership"))
    working = sum(one.works for one in mine)
    context = {
        "title": _("Programs that act for you"),
        "standing": ngettext("%(count)s token works.", "%(count)s tokens work.", working) % {"count": working},
        "standing_more": _("A program with a token sees and does what you may, never more."),
        "form": form,
        "tokens": mine,
        "secret": request.session.pop(SHOWN_ONCE, ""),
    }
    return render(request, "api/tokens.html", context)


@require_POST
def revoke(request: visits.Visit, pk: int) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken, pk=pk, person=request.user, revoked_at=None)
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
    return redirect("programs:tokens")


# Webhooks

VERB = ("POST",)
HOOK_SECRET = "hook_secret"  # noqa: S105  where in the session it lies


@page(Ability.STEER)
def hooks(request: Visit) -> HttpResponse:
    """The addresses outside that are told what happens here; a new one's secret is shown once."""
    form = HookForm(request.POST or None, instance=Hook(), access=request.access)
    if request.method == "POST" and form.is_valid():
        request.session[HOOK_SECRET] = services.add(form.save(commit=False), by=request.user)
        messages.success(request, _("Saved. It is told what happens from now on."))
        return redirect("webhooks:list", request.partnership.slug)
    found = list(Hook.objects.select_related("person", "partnership"))
    context = {
        "title": _("Webhooks"),
        "standing": ngettext("%(count)s address is told.", "%(count)s addresses are told.", len(found))
        % {"count": len(found)},
        "standing_more": _("Each gets what the person who set it up may read, signed with a secret."),
        "form": form,
        "hooks": found,
        "secret": request.session.pop(HOOK_SECRET, ""),
    }
    return render(request, "api/hooks.html", context)


@page(Ability.STEER, Hook, methods=READ, related=("person", "partnership"))
def hook(request: Visit, hook: Hook) -> HttpResponse:
    """What was sent to one address, and what came of it."""
    rows = hook.deliveries.select_related("entry")
    context = {
        "title": _("Webhook"),
        "standing": hook.stopped_because or _("It is told what happens."),
        "standing_more": hook.url,
        "hook": hook,
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
    }
    return render(request, "api/hook.html", context)


@page(Ability.STEER, Hook, methods=VERB, related=("partnership",))
def hook_test(request: Visit, hook: Hook) -> HttpResponse:
    services.ping(hook)
    messages.success(request, _("A test is on its way; the log shows whether it arrived."))
    return redirect("webhooks:log", request.partnership.slug, hook.pk)


@page(Ability.STEER, Hook, methods=VERB, related=("partnership",))
def hook_resume(request: Visit, hook: Hook) -> HttpResponse:
    services.resume(hook, by=request.user)
    messages.success(request, _("It is told again what happens, from now on."))
    return redirect("webhooks:log", request.partnership.slug, hook.pk)


@page(Ability.STEER, Hook, methods=VERB, related=("partnership",))
def hook_remove(request: Visit, hook: Hook) -> HttpResponse:
    services.remove(hook, by=request.user)
    messages.success(request, _("It is told nothing any more."))
    return redirect("webhooks:list", request.partnership.slug)

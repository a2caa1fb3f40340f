"""Pages: the tokens of a person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from concorda.foundation.core import clock
from concorda.foundation.organizations.visits import Visit
from concorda.portal.api.forms import TokenForm
from concorda.portal.api.models import ApiToken

SHOWN_ONCE = "api_token"


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: Visit) -> HttpResponse:
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
def revoke(request: Visit, pk: int) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken, pk=pk, person=request.user, revoked_at=None)
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
    return redirect("programs:tokens")

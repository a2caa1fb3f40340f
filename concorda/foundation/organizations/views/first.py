"""The first run: an installation without people gets its first one."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concorda.foundation.accounts.models import Person
from concorda.foundation.accounts.views import BACKEND
from concorda.foundation.organizations import services
from concorda.foundation.organizations.forms import FirstForm


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Name, e-mail, password, organization; 404 once anybody is there."""
    if Person.objects.exists():
        raise Http404
    form = FirstForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = services.open_installation(**form.cleaned_data, language=request.LANGUAGE_CODE)
        except services.Refusal as refusal:
            raise Http404(str(refusal)) from refusal
        login(request, person, backend=BACKEND)
        messages.success(request, _("Everything is ready. You administer this installation."))
        return redirect("/")
    context = {
        "title": _("Welcome to Concorda"),
        "standing": _("Nobody is here yet."),
        "standing_more": _("You will administer this installation, and your organization."),
        "form": form,
        "save_label": _("Begin"),
    }
    return render(request, "form.html", context)

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from concorda.foundation.core.context import SCHEME_COOKIE, SCHEMES
from concorda.foundation.core.examples import examples

YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of light, dark, or as the device says."""
    chosen = request.POST.get("scheme", "")
    chosen = chosen if chosen in SCHEMES else ""
    person = request.user
    if person.is_authenticated and hasattr(person, "scheme"):
        person.scheme = chosen
        person.save(update_fields=["scheme"])
    answer = HttpResponseRedirect(way_back(request))
    if chosen:
        answer.set_cookie(SCHEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie(SCHEME_COOKIE, samesite="Lax")
    return answer


def way_back(request: HttpRequest) -> str:
    """The page the form stood on, if it is ours."""
    page = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if safe else "/"


@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """The living style guide: every part, built from the same tags as the pages. Shown where DEBUG or DEMO is set."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    messages.success(request, _("Saved. Your reply is on record."))
    return render(request, "core/components.html", examples())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What came was cut short, or is too much for one page."""
    if isinstance(exception, RequestDataTooBig):
        most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024 // 1024
        return render(request, "413.html", {"most": most}, status=413)
    return render(request, "400.html", status=400)

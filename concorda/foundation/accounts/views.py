import zoneinfo

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concorda.foundation.accounts import links, mail, stopping
from concorda.foundation.accounts.forms import DetailsForm, LinkForm
from concorda.foundation.accounts.models import LANGUAGES, Letter, Person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Name, language, time zone, light or dark."""
    form = DetailsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your details are saved."))
        return redirect("accounts:details")
    context = {
        "title": _("Your details"),
        "standing": _("How others see your name, and how pages speak to you."),
        "form": form,
        "zones": sorted(zoneinfo.available_timezones()),
    }
    return render(request, "accounts/details.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    """Ask for a sign-in link; the answer is the same whether the address is known or not."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="request_login_code", key=form.cleaned_data["email"].lower()):
            form.add_error(None, _("Too many links were asked for. Try again in a few minutes."))
            return render(request, "accounts/ask_link.html", {"form": form}, status=429)
        person = Person.objects.filter(email__iexact=form.cleaned_data["email"], is_active=True).first()
        if person:
            links.send(person)
        return render(
            request, "accounts/link_sent.html", {"email": form.cleaned_data["email"], "minutes": links.MINUTES}
        )
    return render(request, "accounts/ask_link.html", {"form": form})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, signed: str) -> HttpResponse:
    """Sign in with a link. The button is needed: mail programs open links to check them, and it works once."""
    person = links.read(signed)
    if person is None:
        return render(request, "accounts/link_dead.html", status=410)
    if request.method == "POST":
        return perform_login(request, person, email_verification="none")
    return render(request, "accounts/link.html", {"person": person})


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language; remembered with the person, or in a cookie."""
    chosen = request.POST.get("language", "")
    to = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}):
        to = "/"
    response = redirect(to)
    if chosen in dict(LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS
        )
        if request.user.is_authenticated and request.user.language != chosen:
            Person.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


@require_POST
@login_not_required
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as a person of the demo; there only in a demo installation."""
    if not settings.DEMO:
        raise Http404
    person = get_object_or_404(
        Person.objects.filter(email__endswith=".example", is_active=True), email=request.POST.get("email", "")
    )
    login(request, person, backend=BACKEND)
    return redirect("/")


@never_cache
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the address is the permission
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop letters of one kind with one click, or have them again. Opening the page alone changes nothing."""
    stream = stopping.stream_of(token)
    if stream is None:
        dead = {"title": _("We do not know this link"), "standing": _("Perhaps the address was cut off.")}
        return render(request, "accounts/stop.html", dead, status=404)
    if request.method == "POST":
        stream.resume() if "again" in request.POST else stream.stop()
    what = {"kind": mail.KINDS.get(stream.kind, stream.kind), "address": stream.address}
    silent = stream.silent
    title = _("No more letters about %(kind)s") if silent else _("Letters about %(kind)s")
    standing = _("We write none to %(address)s any more.") if silent else _("We write them to %(address)s.")
    context = {"title": title % what, "standing": standing % what, "stream": stream, "silent": silent}
    return render(request, "accounts/stop.html", context)


@require_safe
@login_not_required
def outbox(request: HttpRequest) -> HttpResponse:
    """The letters this installation would have sent; there only when the installation says so."""
    if not settings.OUTBOX:
        raise Http404
    letters = Letter.objects.all()[:100]
    standing = _("Letters this installation would have sent, newest first.")
    return render(request, "accounts/outbox.html", {"title": _("Outbox"), "standing": standing, "letters": letters})

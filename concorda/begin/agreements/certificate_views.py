"""The certificate that seals agreements, for whoever runs the installation: see it, replace it."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from concorda.begin.agreements import sealing
from concorda.begin.agreements.forms import CertificateForm
from concorda.foundation.core.moments import say_day

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest) -> HttpResponse:
    """Which one it is, until when it is good, which ones sealed before; and another one in its place."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied(_("This page is for the administrators of this installation."))
    form = (
        CertificateForm(request.POST or None, request.FILES or None) if request.method == "POST" else CertificateForm()
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = sealing.replace(form.sealer)
            log.warning("The certificate that seals agreements was replaced by %s: %s", request.user, made.fingerprint)
            messages.success(request, _("From now on agreements are sealed with another certificate."))
            return redirect(request.path)
        except sealing.CannotSeal as problem:
            form.add_error(None, str(problem))
    return render(request, "agreements/certificate.html", {"form": form, **present()})


def present() -> dict[str, Any]:
    """The certificate in use, in words; or why there is none."""
    title = _("The certificate that seals agreements")
    facts: dict[str, Any] = {"title": title, "fixed": bool(settings.SEAL), "timestamps": settings.TIMESTAMP_URL}
    try:
        sealer = sealing.current()
        sealing.remember(sealer)
    except sealing.CannotSeal as problem:
        return {**facts, "standing": _("No agreement can be sealed now."), "standing_more": str(problem)}
    day = {"day": say_day(sealer.until.date())}
    if sealer.expired:
        standing, more = _("It expired on %(day)s.") % day, _("Nothing new can be sealed until it is replaced.")
    elif sealer.ends_soon:
        standing = ngettext("%(count)s day left.", "%(count)s days left.", sealer.days_left) % {
            "count": sealer.days_left
        }
        more = _("It is good until %(day)s. Replace it before.") % day
    else:
        standing, more = _("It is good until %(day)s.") % day, ""
    return {
        **facts,
        "sealer": sealer,
        "earlier": sealing.known_certificates(),
        "standing": standing,
        "standing_more": more,
    }

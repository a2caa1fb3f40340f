"""Is this the agreement that was signed? For anyone who holds its PDF or its fingerprint."""

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concorda.analysis.sealed import Reading, Unreadable, read
from concorda.begin.agreements import sealing
from concorda.begin.agreements.forms import LARGEST, CheckForm
from concorda.begin.agreements.queries import SHORTEST, look_up
from concorda.foundation.core import clock


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """A file (read, judged and forgotten), or a fingerprint."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    asked = request.GET.get("hash", "")[:90]
    found: dict[str, Any] = {}
    if (asked or form.is_bound) and not within_limits(request):
        found = {"problem": _("Too many questions from here. Wait a minute, then try again.")}
    elif form.is_bound and form.is_valid():
        found = judged(form.cleaned_data["file"].read())
    elif asked and not form.is_bound:
        found = typed("".join(asked.split()).lower()[:64])
    context = {
        "title": _("Check an agreement"),
        "standing": _("See whether an agreement is the one that was signed, whether it holds, and who signed it."),
        "asked": asked,
        "form": form,
        "megabytes": LARGEST // (1024 * 1024),
        **found,
    }
    return render(request, "agreements/verify.html", context)


def within_limits(request: HttpRequest) -> bool:
    """Anyone may ask; nobody may keep the machine busy or try fingerprints by the thousand."""
    return bool(
        ratelimit.consume(request, app="concorda", action="verify", config={"verify": "20/m/ip"}, limit_get=True)
    )


def typed(asked: str) -> dict[str, Any]:
    """What is known of a fingerprint that was typed."""
    if not set(asked) <= set("0123456789abcdef"):
        return {
            "problem": _(
                "A fingerprint has only the digits 0 to 9 and the letters A to F. "
                "Copy it from the last page of the PDF."
            )
        }
    if len(asked) < SHORTEST:
        return {"problem": _("Give at least %(count)s characters of the fingerprint.") % {"count": SHORTEST}}
    matches = look_up(asked)
    if len(matches) == 1:
        return {"found": matches[0]}
    if matches:
        return {"problem": _("More than one version begins so. Give more characters.")}
    return {
        "problem": _(
            "No agreement here has this fingerprint. Check each character; "
            "if they are right, this text was not signed here."
        )
    }


def judged(data: bytes) -> dict[str, Any]:
    """What a file shows by itself and, when its seal holds, what the record says of its version today."""
    try:
        reading = read(data, known=sealing.known())
    except Unreadable as problem:
        return {"verdict": unreadable(problem.why)}
    found = look_up(str(reading.evidence["hash"])) if reading.evidence else []
    return {
        "reading": reading,
        "expired_since": reading.intact and reading.valid_until is not None and reading.valid_until < clock.now(),
        "verdict": verdict(reading),
        "found": found[0] if found else None,
        "unknown": bool(reading.evidence) and not found,
    }


def unreadable(why: str) -> str:
    return {
        "not_pdf": _("This is not a PDF file, whatever its name says."),
        "cut_off": _("This PDF is cut off. Copy it again, and choose the whole file."),
        "encrypted": _("This PDF is locked with a password. An agreement sealed here never is."),
    }[why]


def verdict(reading: Reading) -> str:
    return {
        "": _("This file is as it was sealed here. Not a byte was changed, and nothing was added."),
        "none": _(
            "This file carries no seal. Nothing can be said about it; ask for the sealed PDF, or type the fingerprint."
        ),
        "foreign": _("This file was not sealed here. It carries someone else’s certificate."),
        "altered": _("This file was changed after it was sealed. Do not rely on it."),
        "too_late": _("The seal was put outside of the time its certificate is good for. Do not rely on it."),
        "not_ours": _("This file carries a seal of ours, but it is not an agreement."),
        "added": _("Something was added to this file after it was sealed. Do not rely on what it shows."),
    }[reading.doubt]

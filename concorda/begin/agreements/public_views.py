"""Is this the version that was signed? For anyone who holds its fingerprint."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concorda.begin.agreements.queries import SHORTEST, look_up


@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    asked = "".join(request.GET.get("hash", "").split()).lower()[:64]
    problem, found = "", None
    if asked and not set(asked) <= set("0123456789abcdef"):
        problem = _(
            "A fingerprint has only the digits 0 to 9 and the letters A to F. Copy it from the last page of the PDF."
        )
    elif asked and len(asked) < SHORTEST:
        problem = _("Give at least %(count)s characters of the fingerprint.") % {"count": SHORTEST}
    elif asked:
        matches = look_up(asked)
        if len(matches) == 1:
            found = matches[0]
        elif matches:
            problem = _("More than one version begins so. Give more characters.")
        else:
            problem = _(
                "No agreement here has this fingerprint. Check each character; "
                "if they are right, this text was not signed here."
            )
    context = {
        "title": _("Check an agreement"),
        "standing": _("Type the fingerprint printed on an agreement to see whether it holds, and who signed it."),
        "asked": request.GET.get("hash", "")[:90],
        "problem": problem,
        "found": found,
    }
    return render(request, "agreements/verify.html", context)

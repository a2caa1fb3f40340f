"""Entries of the directory that could be one organization, for the steward: side by side, merged, taken apart again."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from concorda.foundation.organizations import duplicates
from concorda.foundation.organizations.models import Merge, Organization, Suggestion
from concorda.foundation.organizations.services import Refusal
from concorda.foundation.organizations.views import stewards_only
from concorda.foundation.organizations.visits import Visit
from concorda.foundation.partnerships import merging

PER_PAGE = 25
RECENT = 10
READ_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_WRITE)
@stewards_only
def suggestions(request: Visit) -> HttpResponse:
    """Pairs to be looked at, best first, and what was merged lately; a POST compares everything again."""
    if request.method == "POST" and duplicates.is_large():
        duplicates.ask_to_look()
        return redirect("portal:duplicates")
    if request.method == "POST":
        waiting = duplicates.look()
        said = ngettext("%(n)d pair is to be looked at.", "%(n)d pairs are to be looked at.", waiting)
        messages.success(request, said % {"n": waiting})
        return redirect("portal:duplicates")
    rows = Suggestion.objects.filter(state=Suggestion.State.OPEN).select_related("one", "other")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    percent = duplicates.how_far()
    said = ngettext("%(n)d pair could be one organization.", "%(n)d pairs could be one organization.", count)
    context = {
        "title": _("Possible duplicates"),
        "standing": said % {"n": count} if count else _("No two entries look like one organization."),
        "standing_more": _("Branches of one body, and one name in different places, are not shown."),
        "page": page,
        "percent": percent,
        "pairs": [(one, reasons_of(one)) for one in page],
        "merges": Merge.objects.filter(undone_at=None).select_related("kept", "gone", "by")[:RECENT],
    }
    answer = render(request, "portal/duplicates.html", context)
    if percent is not None:
        answer["Refresh"] = "3"
    return answer


def reasons_of(suggestion: Suggestion) -> list[str]:
    return [str(duplicates.REASONS[reason]) for reason in suggestion.reasons]


@require_http_methods(READ_WRITE)
@stewards_only
def side_by_side(request: Visit, pk: int) -> HttpResponse:
    """Two entries beside each other; keep one of them, or say that they are two."""
    suggestion = get_object_or_404(Suggestion.objects.select_related("one__place", "other__place"), pk=pk)
    sides = {"one": suggestion.one, "other": suggestion.other}
    if request.method == "POST":
        return decide(request, suggestion, sides)
    context = {
        "title": _("One organization or two?"),
        "standing": _("%(score)d %% speak for one: %(reasons)s.")
        % {"score": suggestion.score, "reasons": ", ".join(reasons_of(suggestion))},
        "suggestion": suggestion,
        "sides": [
            {
                "key": key,
                "organization": one,
                "obstacles": merging.obstacles(one, sides["other" if key == "one" else "one"]),
                "numbers": [str(number) for number in one.identifiers.all()],
                "people": one.memberships.count(),
                "ties": one.ties_given.count() + one.ties_received.count(),
            }
            for key, one in sides.items()
        ],
    }
    return render(request, "portal/duplicate.html", context)


def decide(request: Visit, suggestion: Suggestion, sides: dict[str, Organization]) -> HttpResponse:
    chosen: Any = request.POST.get("keep")
    if chosen not in sides:
        duplicates.keep_apart(suggestion, by=request.user)
        messages.success(request, _("They stay two, and are not suggested again."))
        return redirect("portal:duplicates")
    kept, gone = sides[chosen], sides["other" if chosen == "one" else "one"]
    try:
        merging.merge(kept=kept, gone=gone, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:duplicate", suggestion.pk)
    messages.success(request, _("%(gone)s is %(kept)s now. You can take it back.") % {"gone": gone, "kept": kept})
    return redirect("portal:duplicates")


@require_POST
@stewards_only
def take_back(request: Visit, pk: int) -> HttpResponse:
    """Undo a merge."""
    done = get_object_or_404(Merge.objects.select_related("kept", "gone"), pk=pk)
    try:
        merging.undo(done, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(gone)s stands in the directory again.") % {"gone": done.gone})
    return redirect("portal:duplicates")

"""The vocabulary for the steward: our terms in both languages, terms of our own, and the codes of other schemes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from concorda.foundation.organizations import services
from concorda.foundation.organizations.forms import CodeForm, NewTermForm, TermForm
from concorda.foundation.organizations.models import Term
from concorda.foundation.organizations.views import stewards_only
from concorda.foundation.organizations.visits import Visit

PER_PAGE = 100
READ_WRITE = ["GET", "HEAD", "POST"]
SCHEMES = {
    "ukcat": gettext_lazy("UK Charity Activity Tags"),
    "icnptso": gettext_lazy("International Classification of Non-profit Organizations (ICNP/TSO)"),
    "ccew": gettext_lazy("Charity Commission for England and Wales"),
    "cra": gettext_lazy("Canada Revenue Agency, categories of charities"),
    "ntee": gettext_lazy("National Taxonomy of Exempt Entities (NTEE)"),
    "unsdg": gettext_lazy("Sustainable Development Goals"),
    "3w": gettext_lazy("Sectors of humanitarian response"),
    "words": gettext_lazy("Words of service directories"),
}


@require_safe
@stewards_only
def terms(request: Visit) -> HttpResponse:
    """Our vocabulary, group by group, with how many organizations each term describes."""
    ours = Term.objects.filter(scheme=Term.CONCORDA).annotate(
        used=Count("organizations", distinct=True) + Count("serving", distinct=True)
    )
    groups: dict[int, tuple[Term, list[Term]]] = {term.pk: (term, []) for term in ours if term.parent_id is None}
    for term in ours:
        if term.parent_id in groups:
            groups[term.parent_id][1].append(term)
    counted = dict(Term.objects.exclude(scheme=Term.CONCORDA).order_by().values_list("scheme").annotate(Count("pk")))
    context = {
        "title": _("Vocabulary"),
        "standing": _("These words describe what organizations do, need and offer, and whom they serve."),
        "standing_more": _("The codes of registers lead to them."),
        "groups": list(groups.values()),
        "schemes": [(key, label, counted[key]) for key, label in SCHEMES.items() if key in counted],
    }
    return render(request, "organizations/vocabulary.html", context)


@require_http_methods(READ_WRITE)
@stewards_only
def new(request: Visit) -> HttpResponse:
    """Add a term of our own."""
    form = NewTermForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        term = services.add_term(by=request.user, **form.cleaned_data)
        messages.success(request, _("“%(name)s” can be chosen now.") % {"name": term.label})
        return redirect("organizations:vocabulary")
    return show(request, form, _("Add a term"), _("Add it"))


@require_http_methods(READ_WRITE)
@stewards_only
def change(request: Visit, pk: int) -> HttpResponse:
    """Rename or retire a term, say what a code means, or delete a term of our own that nothing uses."""
    term = get_object_or_404(Term, pk=pk)
    ours = term.scheme == Term.CONCORDA
    if request.method == "POST" and "delete" in request.POST:
        return delete(request, term)
    form = (TermForm if ours else CodeForm)(request.POST or None, instance=term)
    if request.method == "POST" and form.is_valid():
        services.change_term(term, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. A new release of Concorda leaves it as you wrote it."))
        return redirect("organizations:vocabulary") if ours else redirect("organizations:codes", term.scheme)
    return show(request, form, f"{term.label} ({term.code})", _("Save it"), term if ours and term.local else None)


def delete(request: Visit, term: Term) -> HttpResponse:
    try:
        services.delete_term(term, by=request.user)
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("organizations:term", term.pk)
    messages.success(request, _("Deleted."))
    return redirect("organizations:vocabulary")


def show(request: Visit, form: Any, title: str, save_label: str, deletable: Term | None = None) -> HttpResponse:
    context = {
        "title": title,
        "standing": _("Write it as people say it, in both languages."),
        "standing_more": _("A retired term stays where it is used, and is offered no more."),
        "form": form,
        "save_label": save_label,
        "deletable": deletable,
    }
    return render(request, "organizations/term.html", context)


@require_safe
@stewards_only
def codes(request: Visit, scheme: str) -> HttpResponse:
    """The codes of one scheme and what they mean in ours; a longer code means what its known beginning means."""
    if scheme not in SCHEMES:
        raise Http404
    rows = Term.objects.filter(scheme=scheme).prefetch_related("means")
    context = {
        "title": SCHEMES[scheme],
        "standing": _("What each code means in our vocabulary."),
        "standing_more": _("A code that is not here means what its longest beginning means."),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "organizations/codes.html", context)

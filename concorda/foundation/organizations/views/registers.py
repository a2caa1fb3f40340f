"""Registers for the steward: the history of loads; upload, what kind it is, columns, what it would do, load."""

import os
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from concorda.analysis.duplicates import LISTS
from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations import services
from concorda.foundation.organizations.forms import KindForm, MappingForm, UploadForm
from concorda.foundation.organizations.models import KeptColumns, Load, Suggestion
from concorda.foundation.organizations.registers import jobs
from concorda.foundation.organizations.registers.loading import Outcome, as_source, load
from concorda.foundation.organizations.registers.reading import Given, open_given
from concorda.foundation.organizations.registers.reasons import in_words, with_place
from concorda.foundation.organizations.registers.sources import SOURCES, guess
from concorda.foundation.organizations.views import stewards_only
from concorda.foundation.organizations.visits import Visit

SALT = "concorda.register-upload"
SHOWN = 100
STARTS = 5
PER_PAGE = 25


@require_safe
@stewards_only
def history(request: Visit) -> HttpResponse:
    """What was loaded, when, by whom, and what came of it."""
    page = Paginator(Load.objects.select_related("by"), PER_PAGE).get_page(request.GET.get("page"))
    last = page.object_list[0] if page.object_list else None
    context = {
        "title": _("Registers"),
        "standing": loaded_last(last) if last else _("No register has been loaded yet."),
        "standing_more": _("A register brings organizations into the directory, and brings them up to date."),
        "page": page,
        "open": Suggestion.objects.filter(state=Suggestion.State.OPEN).count(),
    }
    return render(request, "organizations/registers.html", context)


def loaded_last(last: Load) -> str:
    if last.going:
        return _("%(file)s is being loaded.") % {"file": last.file}
    return _("The last one was %(file)s.") % {"file": last.file}


@require_safe
@stewards_only
def loaded(request: Visit, pk: int) -> HttpResponse:
    """One load: how far it is, or what came of it; asks again by itself until it is done."""
    one = get_object_or_404(Load.objects.select_related("by"), pk=pk)
    context = {
        "title": one.file,
        "standing": progress_of(one),
        "load": one,
        "problems": [problem | {"reason": in_words(problem["reason"])} for problem in one.problems[:SHOWN]],
        "more": max(one.counts.get("rejected", len(one.problems)) - SHOWN, 0),
    }
    answer = render(request, "organizations/load.html", context)
    if one.going:
        answer["Refresh"] = "3"
    return answer


def progress_of(one: Load) -> str:
    if one.state == Load.State.WAITING:
        return _("It waits for the worker.")
    if one.state == Load.State.RUNNING:
        return _("%(percent)d %% is loaded.") % {"percent": one.percent}
    if one.state == Load.State.REFUSED:
        return _("It was refused, and nothing more was written.")
    return _("%(created)d created, %(updated)d updated, %(unchanged)d unchanged, %(rejected)d refused.") % one.counts


@require_http_methods(["GET", "HEAD", "POST"])
@stewards_only
def upload(request: Visit) -> HttpResponse:
    """Take a register and show what it would do."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "kept" in request.POST:
        return preview(request)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["file"].name
        kept = keep(form.cleaned_data["file"])
        try:
            given = open_given(kept, name=name, largest=jobs.UNPACKED)
            source = form.cleaned_data["source"] or guess(given)
        except Refused as refused:
            kept.unlink()
            for problem in refused.problems:
                form.add_error("file", with_place(problem))
        else:
            signed = signing.dumps({"file": kept.name, "name": name}, salt=SALT)
            return show(request, signed, given, source or "csv", None)
    context = {
        "title": _("Load a register"),
        "standing": _(
            "Organizations of a register come into the directory; those already there are brought up to date."
        ),
        "standing_more": _("What people wrote about their own organization stays."),
        "form": form,
        "save_label": _("Look into the file"),
        "cancel_url": "../registers/",
    }
    return render(request, "form.html", context)


def keep(file: Any) -> Path:
    """Write an upload down under a name of our own."""
    path = jobs.folder() / uuid.uuid4().hex
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return path


def preview(request: Visit) -> HttpResponse:
    """Second step: another kind, other columns, columns kept under a name; or load."""
    try:
        facts = signing.loads(request.POST["kept"], salt=SALT, max_age=jobs.KEPT_SECONDS)
        given = open_given(jobs.folder() / facts["file"], name=facts["name"], largest=jobs.UNPACKED)
    except (signing.BadSignature, Refused):
        messages.error(request, _("The file is not here any more. Choose it again."))
        return redirect("organizations:import")
    kind = KindForm(request.POST)
    source = kind.cleaned_data["source"] if kind.is_valid() else "csv"
    publisher = kind.cleaned_data["publisher"] if kind.is_valid() else ""
    form = mapping_form(request.POST, given, source)
    if form is not None and form.is_valid() and form.cleaned_data["keep_as"]:
        services.keep_mapping(form.cleaned_data["keep_as"], form.mapping(), by=request.user)
        messages.success(request, _("The columns are kept as “%(name)s”.") % {"name": form.cleaned_data["keep_as"]})
    if request.POST.get("do") != "load":
        return show(request, request.POST["kept"], given, source, form, publisher)
    columns = form.mapping() if form is not None and form.is_valid() else {}
    try:
        size = as_source(given, source, columns, publisher).size
    except Refused:
        return show(request, request.POST["kept"], given, source, form, publisher)
    told = {"kept": facts["file"], "file": facts["name"], "source": source, "columns": columns}
    asked = jobs.start(size=size, by=request.user, publisher=publisher, **told)
    return redirect("organizations:load", asked.pk)


def mapping_form(data: Any, given: Given, source: str) -> MappingForm | None:
    """The question which column holds what, where the kind of file leaves that open."""
    if not SOURCES[source].mapped or given.kind != "table":
        return None
    try:
        columns = given.sheet.columns
    except Refused:
        return None
    chosen = (data or {}).get("use")
    kept = KeptColumns.objects.filter(pk=chosen).first() if chosen and chosen.isdecimal() else None
    if kept is None and data is not None and "id" in data:
        return MappingForm(data, columns=columns, source=source)
    start = kept.columns if kept else {}
    bound = MappingForm(columns=columns, source=source)
    return MappingForm({**bound.first(), **start, "use": ""}, columns=columns, source=source)


def show(
    request: Visit, signed: str, given: Given, source: str, form: MappingForm | None, publisher: str = ""
) -> HttpResponse:
    """What the file would do, its first rows, and the rows that would be refused."""
    form = form or mapping_form(None, given, source)
    mapping = form.mapping() if form is not None and form.is_valid() else {}
    outcome, problems = None, tuple[Problem, ...]()
    try:
        outcome = load(as_source(given, source, mapping, publisher), source, dry_run=True)
    except Refused as refused:
        problems = refused.problems
    context = {
        "title": _("What is in %(name)s") % {"name": given.file},
        "standing": standing(outcome),
        "kept": signed,
        "kind": KindForm({"source": source, "publisher": publisher}),
        "numbered": SOURCES[source].own_scheme in LISTS,
        "form": form,
        "first": first_rows(given),
        "outcome": outcome,
        "problems": [with_place(problem) for problem in problems],
        "refused": [replace(one, reason=in_words(one.reason)) for one in outcome.problems[:SHOWN]] if outcome else [],
        "more": max(outcome.rejected - SHOWN, 0) if outcome else 0,
    }
    return render(request, "organizations/register_preview.html", context)


def first_rows(given: Given) -> dict[str, Any] | None:
    try:
        sheet = given.sheet
    except Refused:
        return None
    return {"columns": sheet.columns, "rows": [[cell[:80] for cell in cells] for cells in sheet.starts(STARTS)]}


def standing(outcome: Outcome | None) -> str:
    if outcome is None:
        return _("It cannot be loaded like this.")
    said = _("%(read)d rows: %(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(rejected)d refused.")
    told = said % outcome.as_dict()
    if outcome.ties:
        more = ngettext(
            "%(n)d tie between organizations is new.", "%(n)d ties between organizations are new.", outcome.ties
        )
        told = f"{told} {more % {'n': outcome.ties}}"
    return told

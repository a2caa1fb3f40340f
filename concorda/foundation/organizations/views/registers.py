"""Loading a register on a page: upload, preview with the columns and the refused rows, then load."""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.forms import LARGEST_UPLOAD, MappingForm, UploadForm
from concorda.foundation.organizations.registers.loading import Outcome, load, open_source
from concorda.foundation.organizations.registers.reading import open_sheet
from concorda.foundation.organizations.views import stewards_only
from concorda.foundation.organizations.visits import Visit

UNPACKED = 100_000_000
SALT = "concorda.register-upload"
SHOWN = 100
KEPT_SECONDS = 86_400


@require_http_methods(["GET", "HEAD", "POST"])
@stewards_only
def upload(request: Visit) -> HttpResponse:
    """Take a register and show what it would do."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "kept" in request.POST:
        return preview(request)
    if request.method == "POST" and form.is_valid():
        kept = keep(form.cleaned_data["file"])
        try:
            open_sheet(kept, name=form.cleaned_data["file"].name, largest=UNPACKED)
        except Refused as refused:
            kept.unlink()
            for problem in refused.problems:
                form.add_error("file", str(problem))
        else:
            facts = {"file": kept.name, "name": form.cleaned_data["file"].name, "source": form.cleaned_data["source"]}
            return show(request, signing.dumps(facts, salt=SALT), facts, {}, None)
    context = {
        "title": _("Load a register"),
        "standing": _(
            "Organizations of a register come into the directory; those already there are brought up to date."
        ),
        "standing_more": _("What people wrote about their own organization stays."),
        "form": form,
        "save_label": _("Look into the file"),
        "cancel_url": "../",
    }
    return render(request, "form.html", context)


def folder() -> Path:
    """Where uploads wait to be loaded; older ones are swept out."""
    path = Path(settings.MEDIA_ROOT) / "registers"
    path.mkdir(parents=True, exist_ok=True)
    for old in path.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    return path


def keep(file: Any) -> Path:
    """Write an upload down under a name of our own."""
    path = folder() / uuid.uuid4().hex
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return path


def preview(request: Visit) -> HttpResponse:
    """Second step: try with these columns, or load."""
    signed = request.POST["kept"]
    try:
        facts = signing.loads(signed, salt=SALT, max_age=KEPT_SECONDS)
        path = folder() / facts["file"]
        columns = open_sheet(path, name=facts["name"], largest=UNPACKED).columns
    except (signing.BadSignature, Refused):
        messages.error(request, _("The file is not here any more. Choose it again."))
        return redirect("organizations:import")
    form = MappingForm(request.POST, columns=columns)
    form.is_valid()
    mapping = form.mapping() if facts["source"] == "csv" else {}
    if request.POST.get("do") != "load":
        return show(request, signed, facts, mapping, form)
    try:
        outcome = load(
            open_source(path, facts["source"], mapping, name=facts["name"], largest=LARGEST_UPLOAD * 5), facts["source"]
        )
    except Refused:
        return show(request, signed, facts, mapping, form)
    path.unlink(missing_ok=True)
    said = _("%(created)d created, %(updated)d updated, %(unchanged)d unchanged, %(rejected)d refused.")
    messages.success(request, said % outcome.as_dict())
    return redirect("organizations:list")


def show(
    request: Visit, signed: str, facts: dict[str, str], mapping: dict[str, str], form: MappingForm | None
) -> HttpResponse:
    """What the file would do, with the rows that would be refused."""
    path = folder() / facts["file"]
    if form is None:
        form = MappingForm(columns=open_sheet(path, name=facts["name"], largest=UNPACKED).columns)
        mapping = {field: one.initial for field, one in form.fields.items() if one.initial}
    outcome, problems = None, tuple[Problem, ...]()
    try:
        outcome = load(
            open_source(path, facts["source"], mapping if facts["source"] == "csv" else {}, name=facts["name"]),
            facts["source"],
            dry_run=True,
        )
    except Refused as refused:
        problems = refused.problems
    context = {
        "title": _("What is in %(name)s") % {"name": facts["name"]},
        "standing": standing(outcome),
        "kept": signed,
        "form": form if facts["source"] == "csv" else None,
        "outcome": outcome,
        "problems": problems,
        "refused": outcome.problems[:SHOWN] if outcome else [],
        "more": max(outcome.rejected - SHOWN, 0) if outcome else 0,
    }
    return render(request, "organizations/register_preview.html", context)


def standing(outcome: Outcome | None) -> str:
    if outcome is None:
        return _("It cannot be loaded like this.")
    said = _("%(read)d rows: %(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(rejected)d refused.")
    return said % outcome.as_dict()

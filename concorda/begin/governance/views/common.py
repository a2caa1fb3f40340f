"""What the pages of governance share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.begin.governance.models import Decision
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit

POST = ("POST",)


def attempt(request: Visit, act: Callable[[], object], done: str) -> bool:
    """Do something that the rules may refuse, and say what happened."""
    try:
        act()
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return False
    messages.success(request, done)
    return True


def submitted(request: Visit, form: Any, act: Callable[[], object], done: str) -> bool:
    """The same for a form: what the rules refuse stands beside the field it is about."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error) if not hasattr(error, "error_dict") else add_known(form, error)
        return False
    messages.success(request, done)
    return True


def add_known(form: Any, error: ValidationError) -> None:
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)


def to(request: Visit, name: str, *pk: int) -> str:
    return reverse(f"governance:{name}", args=[request.partnership.slug, *pk])


def is_own(request: Visit, row: Decision) -> bool:
    """Did this person propose it, or coordinate the partnership?"""
    return request.access.steers or row.proposed_by_id == request.access.participant.pk


def may_answer(request: Visit) -> bool:
    access = request.access
    return bool(access.organization and access.can(Ability.AGREE, stage="begin", tool="governance"))


def speaking(request: Visit) -> Any:
    """The organization of somebody who speaks for it."""
    if request.access.organization is None:
        raise PermissionDenied(_("You take part for no organization, so there is nobody to answer for."))
    return request.access.organization


def reason_form(request: Visit, form: Any, row: Decision, title: str, said: str, label: str) -> HttpResponse:
    context = {
        "title": title,
        "standing": row.title,
        "standing_more": said,
        "form": form,
        "frame": "tool.html",
        "save_label": label,
        "cancel_url": to(request, "decision_detail", row.pk),
    }
    return render(request, "form.html", context)

"""Pages of a tool: functions marked with @page, and the register of a kind of row (list, one, new, edit, delete)."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.generic import View

from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import OrganizationPrivate, OrganizationShared, PartnershipOwned
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.stages import Tool, tool_of

READ = ("GET", "HEAD")
WRITE = (*READ, "POST")


def demand(request: Visit, ability: Ability, module: str) -> None:
    """Refuse with 403 and the reason when the person may not do this here."""
    tool = tool_of(module)
    answer = request.access.can(ability, stage=tool.stage if tool else "", tool=tool.key if tool else "")
    if not answer:
        raise PermissionDenied(str(answer.reason))


def page(
    ability: Ability,
    model: type[PartnershipOwned] | None = None,
    *,
    methods: Sequence[str] = WRITE,
    related: Sequence[str] = (),
    sample: Callable[[Any], dict[str, Any]] | None = None,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page behind the door. With `model`, the URL's `pk` arrives as the row itself, from the scope, or it is 404.

    `methods=READ` for a page that only shows, `("POST",)` for a verb without a page. `sample(world)` fills the
    parts of the address that are not rows, for the walk.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: Visit, **named: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            demand(request, ability, view.__module__)
            if model is None:
                return view(request, **named)
            row = get_object_or_404(
                model.objects.select_related(*related) if related else model.objects.all(), pk=named.pop("pk")
            )
            return view(request, row, **named)

        for name, fact in (("ability", ability), ("model", model), ("sample", sample), ("methods", tuple(methods))):
            setattr(guarded, name, fact)  # read by the start-up check, the walk and the API
        return guarded

    return decorate


class Register(View):
    """The register of one kind of row: five pages from one class.

    A subclass names `model`, `form`, and what it wants different. Pages render `<app>/<model>_<role>.html` when the app
    has it (role: list, detail, form, confirm_delete), else the general ones. URL names are `<model>_list`, `_detail`,
    `_new`, `_edit`, `_delete`.
    """

    role = ""
    ability: Ability = Ability.STEER
    request: Visit
    model: type[Any]
    row: Any
    form: type[OwnedForm]
    roles: Sequence[str] = ("list", "new", "detail", "edit", "delete")
    abilities: dict[str, Ability] = {}
    search: Sequence[str] = ()
    orders: Sequence[str] = ()
    related: Sequence[str] = ()
    prefetch: Sequence[str] = ()
    columns: Sequence[tuple[str, str | Promise]] = ()
    per_page = 25
    title: str | Promise = ""
    new_label: str | Promise = gettext_lazy("Add")
    save_label: str | Promise = gettext_lazy("Save")
    empty: str | Promise = gettext_lazy("Nothing here yet")
    empty_text: str | Promise = ""
    said = {
        "new": gettext_noop("added “%(what)s”"),
        "edit": gettext_noop("changed “%(what)s”"),
        "delete": gettext_noop("removed “%(what)s”"),
    }

    DEFAULTS = {
        "list": Ability.SEE,
        "detail": Ability.SEE,
        "new": Ability.CONTRIBUTE,
        "edit": Ability.CONTRIBUTE,
        "delete": Ability.CONTRIBUTE,
    }
    ROUTES = {"list": "", "new": "new/", "detail": "<int:pk>/", "edit": "<int:pk>/edit/", "delete": "<int:pk>/delete/"}

    @classmethod
    def urls(cls, prefix: str = "") -> list[URLPattern]:
        name = cls.model._meta.model_name
        found = []
        for role in cls.roles:
            ability = cls.ability_for(role)
            view = cls.as_view(role=role, ability=ability)
            for fact, value in (("ability", ability), ("model", cls.model), ("role", role)):
                setattr(view, fact, value)
            found.append(path(f"{prefix}{cls.ROUTES[role]}", view, name=f"{name}_{role}"))
        return found

    @classmethod
    def ability_for(cls, role: str) -> Ability:
        return cls.abilities.get(role, cls.DEFAULTS[role])

    def dispatch(self, request: Any, *args: Any, **named: Any) -> HttpResponse:
        allowed = READ if self.role in ("list", "detail") else WRITE
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        demand(request, self.ability, type(self).__module__)
        self.row = get_object_or_404(self.rows(), pk=named["pk"]) if "pk" in named else None
        if self.role in ("edit", "delete"):
            self.may_change(self.row)
        return getattr(self, f"{self.role}_page")()

    # What a subclass may change

    def rows(self) -> models.QuerySet:
        """The rows this person may see: list and single pages ask the same question."""
        found = self.model.objects.all()
        if self.related:
            found = found.select_related(*self.related)
        return found.prefetch_related(*self.prefetch) if self.prefetch else found

    def may_change(self, row: Any) -> None:
        """Raise PermissionDenied when this row may not be changed by this person or any more."""

    def extra(self) -> dict[str, Any]:
        """More context for the templates."""
        return {}

    def initial(self) -> dict[str, Any]:
        return {}

    def save(self, form: Any) -> Any:
        """Store the row and say so on the timeline, in one transaction."""
        row = form.save()
        self.tell(row)
        return row

    def back(self, row: Any = None) -> str:
        """Where to go afterwards: the row's page, the list, or the tool's first page."""
        if row is not None and "detail" in self.roles:
            return self.url("detail", row)
        return self.url("list") if "list" in self.roles else self.tool.url(self.request.partnership)

    def cell(self, row: Any, name: str) -> Any:
        """What a column shows of a row: its chosen label, or its value."""
        display = getattr(row, f"get_{name}_display", None)
        return display() if display else getattr(row, name)

    def line(self, row: Any) -> dict[str, Any]:
        cells = [self.cell(row, name) for name, _label in self.columns]
        url = self.url("detail", row) if "detail" in self.roles else self.url("edit", row) if self.may("edit") else ""
        return {"pk": row.pk, "url": url, "cells": cells, "row": row}

    # The five pages

    def list_page(self) -> HttpResponse:
        found = Paginator(self.ordered(self.searched(self.rows())), self.per_page).get_page(
            self.request.GET.get("page")
        )
        return self.render(
            "list",
            {
                "page": found,
                "objects": found.object_list,
                "rows": [self.line(row) for row in found.object_list],
                "columns": [
                    {"label": label, "sort": name if name in self.orders else ""} for name, label in self.columns
                ],
                "query": self.query if self.search else None,
                "empty": {"title": self.empty, "text": self.empty_text, "url": self.new_url, "action": self.new_label},
                "new_url": self.new_url,
                "new_label": self.new_label,
            },
        )

    def detail_page(self) -> HttpResponse:
        context = {
            "row": self.row,
            self.model._meta.model_name: self.row,
            "title": str(self.row),
            "facts": [(label, self.cell(self.row, name)) for name, label in self.columns[1:]],
            "edit_url": self.url("edit", self.row) if self.may("edit") else "",
            "remove_url": self.url("delete", self.row) if self.may("delete") else "",
        }
        return self.render("detail", context)

    def new_page(self) -> HttpResponse:
        return self.form_page(self.model())

    def edit_page(self) -> HttpResponse:
        return self.form_page(self.row)

    def delete_page(self) -> HttpResponse:
        if self.request.method != "POST":
            return self.render(
                "delete", {"row": self.row, "object": self.row, "title": str(self.row), "keep_url": self.back(self.row)}
            )
        what, pk = str(self.row), self.row.pk
        try:
            with transaction.atomic():
                self.row.delete()
                self.row.pk = pk
                self.tell(self.row, what=what)
        except ProtectedError as error:
            held_by = ", ".join(sorted({str(row._meta.verbose_name) for row in error.protected_objects}))
            messages.error(
                self.request, _("This cannot be removed: other records rest on it (%(what)s).") % {"what": held_by}
            )
            return redirect(self.back(self.row))
        messages.success(self.request, _("Removed: %(what)s") % {"what": what})
        return redirect(self.back())

    # How they are made

    def form_page(self, row: Any) -> HttpResponse:
        posted = self.request.method == "POST"
        form = self.form(
            self.request.POST if posted else None,
            self.request.FILES if posted else None,
            instance=row,
            initial=self.initial(),
            access=self.request.access,
        )
        if posted and form.is_valid():
            with transaction.atomic():
                self.row = saved = self.save(form)
            messages.success(self.request, _("Saved: %(what)s") % {"what": saved})
            return redirect(self.back(saved))
        stored = None if row._state.adding else row
        context = {
            "form": form,
            "row": stored,
            "title": self.form_title(stored),
            "save_label": self.save_label,
            "cancel_url": self.back(stored),
        }
        return self.render(self.role, context)

    def form_title(self, row: Any) -> str | Promise:
        return str(row) if row is not None else self.new_label

    def tell(self, row: Any, *, what: str = "") -> None:
        record(
            self.request.partnership,
            self.request.user,
            self.said[self.role],
            about=row,
            what=what or str(row)[:120],
            private_to=None if self.is_shared(row) else row.organization,
        )

    @staticmethod
    def is_shared(row: models.Model) -> bool:
        """Whether the timeline may show this row to all: private rows never, shared rows while they are shared."""
        return row.shared if isinstance(row, OrganizationShared) else not isinstance(row, OrganizationPrivate)

    @property
    def tool(self) -> Tool:
        tool = tool_of(type(self).__module__)
        assert tool, "a register lives in the folder of a tool"
        return tool

    @property
    def query(self) -> str:
        return self.request.GET.get("q", "").strip()[:200]

    @property
    def order(self) -> str:
        asked = self.request.GET.get("sort", "")
        return asked if asked.lstrip("-") in self.orders else ""

    def searched(self, rows: models.QuerySet) -> models.QuerySet:
        for word in self.query.split() if self.search else ():
            anywhere = Q()
            for field in self.search:
                anywhere |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(anywhere)
        return rows

    def ordered(self, rows: models.QuerySet) -> models.QuerySet:
        return rows.order_by(self.order, "pk") if self.order else rows

    def url(self, role: str, row: Any = None) -> str:
        space = self.tool.key
        args = [self.request.partnership.slug, *([row.pk] if row is not None else [])]
        return reverse(f"{space}:{self.model._meta.model_name}_{role}", args=args)

    def may(self, role: str) -> bool:
        """Is there such a page here, and may this person use it? Buttons are shown by this."""
        answer = self.request.access.can(self.ability_for(role), stage=self.tool.stage, tool=self.tool.key)
        return role in self.roles and bool(answer)

    @property
    def new_url(self) -> str:
        return self.url("new") if self.may("new") else ""

    def render(self, role: str, context: dict[str, Any]) -> HttpResponse:
        meta = self.model._meta
        general = {"new": "form", "edit": "form", "delete": "confirm_delete"}.get(role, role)
        names = [f"{meta.app_label}/{meta.model_name}_{general}.html", f"{general}.html"]
        frame = {"frame": "tool.html", "title": self.title or meta.verbose_name_plural, "register": self}
        return render(self.request, names, frame | context | self.extra())

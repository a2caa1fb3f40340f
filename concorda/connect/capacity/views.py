from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.connect.capacity import queries, services
from concorda.connect.capacity.forms import ItemForm, LimitForm, ReviewForm
from concorda.connect.capacity.models import AuthorityLimit, Item, Readiness
from concorda.connect.capacity.questions import QUESTIONS
from concorda.foundation.core.text import listed
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.models import Element
from concorda.foundation.process.pages import READ, Register, page
from concorda.foundation.process.worksheet import Question, WorksheetForm, letters


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """Who can help with which need, what everyone offers, what is missing. Observers read the sentence alone."""
    if not request.access.can(Ability.SEE):
        return render(request, "process/tool_home.html")
    here = request.partnership
    items = queries.shared_items(here)
    rows = queries.matrix(here, items)
    sheets = queries.sheets(here)
    silent = queries.missing([sheet.organization for sheet in sheets], items)
    open_needs = queries.gaps(rows) if len(silent) < len(sheets) else []
    context = {
        "standing_more": gap_sentence(len(open_needs), len(rows), silent, len(sheets)),
        "silent": silent,
        "sheets": sheets,
        "matrix": [(row, [sheet.organization.pk in row.organizations for sheet in sheets]) for row in rows],
        "gaps": open_needs,
        "overlaps": [(row.need, row.overlaps) for row in rows if row.overlaps],
        "balances": queries.balances(items),
        "limits": AuthorityLimit.objects.filter(partnership=here).select_related("organization"),
        "find_url": find_url(here.slug),
        "mine": request.access.organization,
        "may_write": may_write(request.access),
        "review_on": Element.objects.filter(tool="capacity").values_list("review_on", flat=True).first(),
        "review_form": ReviewForm() if request.access.steers else None,
    }
    return render(request, "capacity/home.html", context)


def gap_sentence(gaps: int, needs: int, silent: list[Organization], partners: int) -> str:
    """What is missing, as far as partners have said what they offer; nothing is guessed for those who have not."""
    if not needs:
        return _("No need is written down yet, so nobody can tell what is missing.")
    if len(silent) == partners:
        return _("Not enough answers yet to tell what is missing: nobody has said what they offer.")
    if silent and gaps:
        return ngettext(
            "%(gaps)s need has nobody behind it so far; offers are still missing from %(silent)s.",
            "%(gaps)s needs have nobody behind them so far; offers are still missing from %(silent)s.",
            gaps,
        ) % {"gaps": gaps, "silent": listed([one.short for one in silent])}
    if not gaps:
        return _("Every need has somebody who can help with it.")
    return ngettext("%(gaps)s need has nobody behind it.", "%(gaps)s needs have nobody behind them.", gaps) % {
        "gaps": gaps
    }


def find_url(slug: str) -> str:
    """Where partners are looked for; empty while there is no such page."""
    try:
        return reverse("participation:find", args=[slug])
    except NoReverseMatch:
        return ""


def may_write(access: Access) -> bool:
    """Lists are written by people of an organization."""
    return access.organization is not None and bool(access.can(Ability.CONTRIBUTE, stage="connect", tool="capacity"))


@page(Ability.STEER, methods=("POST",))
def review(request: Visit) -> HttpResponse:
    """Set the day on which everyone looks at their offers again."""
    form = ReviewForm(request.POST)
    try:
        if form.is_valid():
            services.look_again(request.partnership, form.cleaned_data["on"], by=request.user)
            messages.success(request, _("Saved. The map shows it."))
        else:
            messages.error(request, _("Write the day like 2026-09-01."))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect("capacity:home", request.partnership.slug)


class Own(Register):
    """A register of rows that belong to organizations: written by their own people, shared by who speaks for them."""

    related: tuple[str, ...] = ("organization",)
    roles = ("list", "new", "edit", "delete")

    def line(self, row: Any) -> dict[str, Any]:
        line = super().line(row)
        return line if self.is_mine(row) else line | {"url": ""}

    def is_mine(self, row: Any) -> bool:
        return row.organization_id == self.request.access.participant.organization_id

    def may_change(self, row: Any) -> None:
        if not self.is_mine(row):
            raise PermissionDenied(_("Only people of %(who)s can change this.") % {"who": row.organization})
        if row.shared and not queries.speaks(self.request.access):
            raise PermissionDenied(
                _("This is shared. Only someone who speaks for your organization can change it now.")
            )

    def may(self, role: str) -> bool:
        return super().may(role) and (role != "new" or may_write(self.request.access))

    def new_page(self) -> HttpResponse:
        if not may_write(self.request.access):
            raise PermissionDenied(_("Only people of an organization can list what it offers."))
        return super().new_page()


class Items(Own):
    model = Item
    form = ItemForm
    related = ("organization", "need", "term")
    columns = (
        ("what", gettext_lazy("What")),
        ("direction", gettext_lazy("Offered or looked for")),
        ("kind", gettext_lazy("Kind")),
        ("quantity", gettext_lazy("How much")),
        ("organization", gettext_lazy("By")),
        ("sure", gettext_lazy("How sure")),
        ("shared", gettext_lazy("Who reads it")),
    )
    search = ("what", "organization__name")
    orders = ("what", "kind", "organization", "direction")
    title = gettext_lazy("Offers and wishes")
    new_label = gettext_lazy("List an offer or a wish")
    save_label = gettext_lazy("Save")
    empty = gettext_lazy("Nothing is listed yet")
    empty_text = gettext_lazy(
        "What could you bring without asking anybody: a room, two hours a week, a list of landlords?"
    )

    def cell(self, row: Any, name: str) -> Any:
        if name == "shared":
            return _("All partners") if row.shared else _("Your organization only")
        return super().cell(row, name)

    def initial(self) -> dict[str, Any]:
        """`?need=7` starts an offer for that need."""
        asked = self.request.GET.get("need", "")
        return {"need": asked} if asked.isdecimal() else {}

    def save(self, form: ItemForm) -> Item:
        return (
            services.list_item(form.save(commit=False), by=self.request.user)
            if self.role == "new"
            else super().save(form)
        )

    def extra(self) -> dict[str, Any]:
        return {"standing": _("What each partner can bring, and what it looks for.")} if self.role == "list" else {}


class Limits(Own):
    model = AuthorityLimit
    form = LimitForm
    columns = (
        ("what", gettext_lazy("May be committed without asking")),
        ("kind", gettext_lazy("Kind")),
        ("quantity", gettext_lazy("Up to")),
        ("organization", gettext_lazy("By the representative of")),
        ("beyond", gettext_lazy("Beyond that")),
    )
    title = gettext_lazy("What may be committed without asking")
    new_label = gettext_lazy("Add a limit")
    save_label = gettext_lazy("Save this limit")
    empty = gettext_lazy("No limits are written down yet")
    empty_text = gettext_lazy(
        "Others can only rely on a promise when they know what the person at the table may promise."
    )

    def save(self, form: LimitForm) -> AuthorityLimit:
        return (
            services.set_limit(form.save(commit=False), by=self.request.user)
            if self.role == "new"
            else super().save(form)
        )


@page(Ability.SEE, methods=READ)
def readiness(request: Visit) -> HttpResponse:
    """How ready the partners say they are, question by question, with where they differ."""
    given: dict[str, list[Readiness]] = {}
    for answer in Readiness.objects.filter(value__isnull=False).select_related("organization"):
        given.setdefault(answer.question, []).append(answer)
    organizations = sorted({one.organization for group in given.values() for one in group}, key=lambda one: one.name)
    marks = letters(organizations)
    context = {
        "title": _("How ready we are"),
        "standing": readiness_sentence(len(organizations)),
        "dimensions": [dimension(question, given.get(question.key, []), marks) for question in QUESTIONS],
        "marks": marks.items(),
        "may_write": may_write(request.access),
    }
    return render(request, "capacity/readiness.html", context)


def readiness_sentence(count: int) -> str:
    if not count:
        return _("Nobody has said yet how ready they are.")
    return ngettext(
        "%(count)s partner has said how ready it is.", "%(count)s partners have said how ready they are.", count
    ) % {"count": count}


def dimension(question: Question, answers: list[Readiness], marks: dict[Organization, str]) -> dict[str, Any]:
    """One question with a letter and a value for each organization, and the same in words."""
    return {
        "text": question.text,
        "help": question.help,
        "marks": [(marks[one.organization], one.value) for one in answers],
        "words": ", ".join(f"{one.organization.short} {one.value}" for one in answers),
        "low": any(one.value is not None and one.value <= 1 for one in answers),
    }


@page(Ability.CONTRIBUTE)
def rate(request: Visit) -> HttpResponse:
    """Say how ready one's own organization is."""
    organization, speaks = request.access.organization, queries.speaks(request.access)
    if organization is None:
        raise PermissionDenied(_("Only people of an organization can say how ready it is."))
    before = list(Readiness.objects.filter(organization=organization))
    is_shared = any(one.shared for one in before)
    if is_shared and not speaks:
        raise PermissionDenied(_("This is shared. Only someone who speaks for your organization can change it now."))
    posted = request.POST if request.method == "POST" else None
    form = WorksheetForm(posted, questions=QUESTIONS, initial={one.question: one.value for one in before})
    if posted is not None and form.is_valid():
        shared = speaks and "shared" in request.POST
        services.rate(request.partnership, organization, form.cleaned_data, shared=shared, by=request.user)
        messages.success(
            request, _("Saved. The others can read it now.") if shared else _("Saved, for your organization only.")
        )
        return redirect("capacity:readiness", request.partnership.slug)
    context = {
        "title": _("How ready is %(organization)s?") % {"organization": organization.short},
        "standing": _("Answer what you can. What you leave open stays open."),
        "form": form,
        "speaks": speaks,
        "is_shared": is_shared,
    }
    return render(request, "capacity/rate.html", context)

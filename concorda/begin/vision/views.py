from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.begin.governance.subjects import Wording
from concorda.begin.governance.views import submitted
from concorda.begin.vision import queries, services
from concorda.begin.vision.forms import (
    CommentForm,
    DecideForm,
    OwnVisionForm,
    StatementForm,
    SupportForm,
    WriteForm,
)
from concorda.begin.vision.models import OwnVision, Statement, StatementVersion, Support
from concorda.begin.vision.tool import speaks
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page

POST = ("POST",)


def to(request: Visit, name: str, *pk: int) -> str:
    return reverse(f"vision:{name}", args=[request.partnership.slug, *pk])


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """What is adopted; inside, also what is being written, and each partner's own vision."""
    here = request.partnership
    inside = bool(request.access.can(Ability.SEE))
    context: dict[str, Any] = {
        "adopted": queries.adopted(here),
        "inside": inside,
        "speaks": speaks(request.access),
        "can_draft": bool(request.access.can(Ability.CONTRIBUTE, stage="begin", tool="vision")),
    }
    if inside:
        found = [one for one in queries.statements(here) if queries.latest(one)]
        context["drafts"] = [(one, queries.latest(one)) for one in found if not one.adopted_id]
        context["newer"] = [
            (one, queries.latest(one)) for one in found if one.adopted_id and queries.latest(one) != one.adopted
        ]
        context["beside"] = queries.side_by_side(here)
    return render(request, "vision/home.html", context)


@page(Ability.AGREE)
def own(request: Visit) -> HttpResponse:
    """One organization writes down what it wants to reach."""
    organization = request.access.organization
    if organization is None:
        raise PermissionDenied(_("You take part for no organization, so there is nobody to write for."))
    row = OwnVision.objects.filter(organization=organization).first() or OwnVision(language=request.user.language[:2])
    form = OwnVisionForm(request.POST or None, instance=row, access=request.access)

    def keep() -> None:
        services.say_own(form.save(commit=False) if row._state.adding else form.save(), by=request.user)

    if submitted(request, form, keep, _("Saved.")):
        return redirect(to(request, "home") + "#own")
    context = {
        "title": _("What does %(organization)s want to reach?") % {"organization": organization.short},
        "standing": _("In your own words; the common vision starts from what each of you wants."),
        "form": form,
        "frame": "tool.html",
        "cancel_url": to(request, "home"),
    }
    return render(request, "form.html", context)


@page(Ability.CONTRIBUTE)
def new(request: Visit) -> HttpResponse:
    """Begin a statement with its first version."""
    row = Statement(language=request.user.language[:2])
    initial = {"kind": request.GET.get("kind", Statement.Kind.VISION)}
    form = StatementForm(request.POST or None, instance=row, initial=initial, access=request.access)
    made: list[StatementVersion] = []

    def keep() -> None:
        facts = form.cleaned_data
        made.append(services.start(form.save(commit=False), facts["text"], note=facts["note"], by=request.user))

    if submitted(request, form, keep, _("Saved as version 1.")):
        return redirect(to(request, "version", made[0].pk))
    context = {
        "title": _("A new statement"),
        "standing": _("It is a draft until you adopt it by a decision."),
        "form": form,
        "frame": "tool.html",
        "cancel_url": to(request, "home"),
    }
    return render(request, "form.html", context)


@page(Ability.OBSERVE, Statement, methods=READ, related=("adopted",))
def statement(request: Visit, row: Statement) -> HttpResponse:
    """Where a statement stands: its latest version; for observers the one adopted."""
    inside = bool(request.access.can(Ability.SEE))
    shown = StatementVersion.objects.filter(statement=row).first() if inside else row.adopted
    if shown is None:
        raise Http404
    return redirect(to(request, "version", shown.pk))


@page(Ability.CONTRIBUTE, Statement)
def write(request: Visit, row: Statement) -> HttpResponse:
    """The next version; in answer to an objection it takes the place of the one being decided."""
    last = StatementVersion.objects.filter(statement=row).first()
    asked = queries.open_decision(row)
    if asked and not (speaks(request.access) or request.access.steers):
        raise PermissionDenied(
            _("A version is being decided. Only who speaks for an organization or coordinates can offer another.")
        )
    initial = {"text": on_offer(request, last.text if last else ""), "since": last.number if last else 0}
    form = WriteForm(request.POST or None, initial=initial)
    made: list[StatementVersion] = []

    def keep() -> None:
        try:
            made.append(services.rework(row, **form.cleaned_data, by=request.user))
        except services.Meanwhile as other:
            form.put_together(other.version, other.text, clash=other.clash)
            raise ValidationError([]) from other

    if submitted(request, form, keep, _("The new version is written.")):
        return redirect(to(request, "version", made[0].pk))
    number = {"number": queries.next_number(row)}
    context = {
        "title": _("Version %(number)s") % number,
        "standing": _("You start from the words of the version before."),
        "standing_more": _("“%(title)s” is taken back, and everyone is asked once more.") % {"title": asked.title}
        if asked
        else "",
        "form": form,
        "frame": "tool.html",
        "save_label": _("Save as version %(number)s") % number,
        "cancel_url": to(request, "statement", row.pk),
    }
    return render(request, "form.html", context)


def on_offer(request: Visit, text: str) -> str:
    """The text with the words that an objection offers in the place of those it is about."""
    old, new = request.GET.get("of", ""), request.GET.get("instead", "")
    return text.replace(old, new, 1) if old and new else text


@page(
    Ability.OBSERVE,
    StatementVersion,
    methods=READ,
    related=("statement__adopted", "statement__translates", "decision", "author", "partnership"),
)
def version(request: Visit, row: StatementVersion) -> HttpResponse:
    """One version: what changed, what is said about it, how far each supports it."""
    inside = bool(request.access.can(Ability.SEE))
    if not inside and row.statement.adopted_id != row.pk:
        raise Http404
    return show_version(request, row, inside=inside)


def show_version(request: Visit, row: StatementVersion, *, inside: bool = True, **forms: Any) -> HttpResponse:
    earlier = queries.before(row) if inside else None
    given = queries.gradient(row) if inside else None
    versions = list(StatementVersion.objects.filter(statement=row.statement).select_related("author")) if inside else []
    mine = Support.objects.filter(version=row, organization=request.access.organization).first() if inside else None
    newest = bool(versions) and versions[0].pk == row.pk
    access = request.access
    context = {
        "title": title(row),
        "version": row,
        "inside": inside,
        "wording": Wording(
            before=earlier.text if earlier else "",
            after=row.text,
            before_label=str(earlier) if earlier else "",
            after_label=str(row),
            language=row.statement.language,
            notes=queries.notes(row) if inside else (),
        ),
        "comments": [one for one in queries.comments(row) if one.text] if inside else (),
        "gradient": given,
        "steps": [(step, given.at[step]) for step in Support.Step] if given else (),
        "versions": versions,
        "newest": newest,
        "mine": mine,
        "comment_form": CommentForm() if access.can(Ability.CONTRIBUTE) else None,
        "support_form": support_form(request, mine) if speaks(access) and newest else None,
        "can_decide": newest and not row.decision_id and (access.steers or speaks(access)),
        "can_write": newest and access.can(Ability.CONTRIBUTE) and not (row.decision and row.decision.is_open),
        **standing(row, given, newest=newest),
    }
    return render(request, "vision/version.html", context | forms)


def support_form(request: Visit, mine: Support | None) -> SupportForm:
    initial = {"step": mine.step, "comment": mine.comment, "shared": mine.shared} if mine else None
    return SupportForm(request.POST or None, initial=initial)


def title(row: StatementVersion) -> str:
    facts = {"kind": row.statement.get_kind_display(), "number": row.number}
    return _("%(kind)s, version %(number)s") % facts


def standing(row: StatementVersion, given: queries.Gradient | None, *, newest: bool) -> dict[str, str]:
    if row.statement.adopted_id == row.pk:
        return {"standing": _("These are the words you adopted.")}
    if not newest:
        return {"standing": _("This is an earlier version."), "standing_more": _("It is kept as it was.")}
    if row.decision and row.decision.is_open:
        return {"standing": _("It is being decided.")}
    if row.decision:
        return {"standing": _("It was put to decision."), "standing_more": str(row.decision.get_outcome_display())}
    if not given or not given.answered:
        return {"standing": _("This is a draft."), "standing_more": _("Nobody has said yet how far they support it.")}
    more = ngettext(
        "%(behind)s of %(answered)s organization that answered supports it.",
        "%(behind)s of %(answered)s organizations that answered support it.",
        given.answered,
    )
    return {
        "standing": _("This is a draft."),
        "standing_more": more % {"behind": given.behind, "answered": given.answered},
    }


VERSION = ("statement__adopted", "statement__translates", "decision", "author", "partnership")


@page(Ability.CONTRIBUTE, StatementVersion, methods=POST, related=VERSION)
def comment(request: Visit, row: StatementVersion) -> HttpResponse:
    """Say something about a version."""
    form = CommentForm(request.POST)

    def keep() -> None:
        services.comment(row, **form.cleaned_data, by=request.user)

    if submitted(request, form, keep, _("Saved.")):
        return redirect(to(request, "version", row.pk) + "#said")
    return show_version(request, row, comment_form=form)


@page(Ability.AGREE, StatementVersion, methods=POST, related=VERSION)
def support(request: Visit, row: StatementVersion) -> HttpResponse:
    """Say how far one's organization supports a version."""
    organization = request.access.organization
    if not organization or not speaks(request.access):
        raise PermissionDenied(_("You take part for no organization, so there is nobody to answer for."))
    form = SupportForm(request.POST)

    def keep() -> None:
        services.support(row, organization, **form.cleaned_data, by=request.user)

    if submitted(request, form, keep, _("Saved.")):
        return redirect(to(request, "version", row.pk) + "#support")
    return show_version(request, row, support_form=form)


@page(Ability.CONTRIBUTE, StatementVersion, related=VERSION)
def decide(request: Visit, row: StatementVersion) -> HttpResponse:
    """Put a version to decision."""
    if not (request.access.steers or speaks(request.access)):
        raise PermissionDenied(_("Only who speaks for an organization or coordinates puts a version to decision."))
    form = DecideForm(request.POST or None)
    made: list[int] = []

    def keep() -> None:
        made.append(services.put_to_decision(row, **form.cleaned_data, by=request.user).pk)

    if submitted(request, form, keep, _("Replies are open.")):
        return redirect(reverse("governance:decision_detail", args=[request.partnership.slug, made[0]]))
    context = {
        "title": _("Put version %(number)s to decision") % {"number": row.number},
        "standing": row.text,
        "form": form,
        "frame": "tool.html",
        "save_label": _("Open for replies"),
        "cancel_url": to(request, "version", row.pk),
    }
    return render(request, "form.html", context)

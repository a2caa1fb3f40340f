from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from concorda.connect.motivation import queries, services
from concorda.connect.motivation.forms import ExpectationForm, NeedForm, ReasonForm, ReasonsForm
from concorda.connect.motivation.models import Expectation, Motive, Need, Standpoint
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, Register, page


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """Needs, reasons side by side, what each hopes for. Observers read the sentence alone."""
    if not request.access.can(Ability.SEE):
        return render(request, "process/tool_home.html")
    here, mine = request.partnership, request.access.organization
    written = list(queries.all_needs(here).prefetch_related("supports__organization"))
    needs = [need for need in written if not need.set_aside_on]
    motives = queries.seen_motives(here)
    voices, said = queries.voices(here, motives), [motive for motive in motives if motive.shared]
    expected = list(Expectation.objects.filter(partnership=here).select_related("organization"))
    spoken = [voice.organization for voice in voices if voice.said]
    context = {
        "standing_more": needs_sentence(needs),
        "needs": needs,
        "aside_needs": [need for need in written if need.set_aside_on],
        "voices": voices,
        "silent": [voice.organization for voice in voices if not voice.said],
        "spoken": spoken,
        "side_by_side": compared(said, spoken),
        "not_enough": not_enough(len(spoken)),
        "signs": queries.contrived(needs, said),
        "alone": alone_counts(voices),
        "expected": [(side, [one for one in expected if one.side == side]) for side in Expectation.Side],
        "speaks": queries.has_a_word(request.access) and mine in [voice.organization for voice in voices],
        "mine": mine,
        "may_write": request.access.can(Ability.CONTRIBUTE, stage="connect"),
    }
    return render(request, "motivation/home.html", context)


def compared(said: list[Motive], spoken: list[Organization]) -> list[tuple[queries.Shared, list[int | None]]]:
    """Each kind of motive with its weight for each who spoke; nothing while there is nobody to compare with."""
    if len(spoken) < queries.COMPARABLE:
        return []
    return [(one, [one.weights.get(who.pk) for who in spoken]) for one in queries.side_by_side(said)]


def not_enough(spoken: int) -> str:
    """Why reasons are not compared yet; empty when they are."""
    if spoken >= queries.COMPARABLE:
        return ""
    if spoken:
        return _("Not enough answers yet: reasons are compared once two partners have said why they are here.")
    return _("Not enough answers yet to compare reasons, or to tell whether the partnership is made for its own sake.")


def needs_sentence(needs: list[Need]) -> str:
    """How many needs there are, and how many of them have evidence."""
    if not needs:
        return _("No need is written down yet.")
    evidenced = sum(bool(need.evidence.strip()) for need in needs)
    return ngettext(
        "%(count)s need is written down, %(evidenced)s with evidence.",
        "%(count)s needs are written down, %(evidenced)s with evidence.",
        len(needs),
    ) % {"count": len(needs), "evidenced": evidenced}


def alone_counts(voices: list[queries.Voice]) -> list[tuple[str, int]]:
    """ "Could we do it alone?", counted over those who answered it for the others to read."""
    counted = Counter(
        voice.standpoint.alone
        for voice in voices
        if voice.standpoint and voice.standpoint.shared and voice.standpoint.alone
    )
    return [(str(answer.label), counted[answer]) for answer in Standpoint.Alone if counted[answer]]


@page(Ability.AGREE)
def reasons(request: Visit) -> HttpResponse:
    """Say why one's organization is here."""
    organization = request.access.organization
    if organization is None or not queries.speaks(request.access):
        raise PermissionDenied(_("Only someone who speaks for a partner can say why it is here."))
    standpoint = Standpoint.objects.filter(organization=organization).first() or Standpoint()
    form = ReasonsForm(
        request.POST if request.method == "POST" else None,
        instance=standpoint,
        access=request.access,
        motives=list(Motive.objects.filter(organization=organization)),
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            services.say_why(form.save(), form.reasons(), by=request.user)
        said = (
            _("Saved. The others can read it now.") if form.instance.shared else _("Saved, for your organization only.")
        )
        messages.success(request, said)
        return redirect(reverse("motivation:home", args=[request.partnership.slug]) + "#reasons")
    context = {
        "title": _("Why %(organization)s is here") % {"organization": organization.short},
        "standing": _("Answer what applies, and leave the rest."),
        "form": form,
        "back": reverse("motivation:home", args=[request.partnership.slug]),
    }
    return render(request, "motivation/reasons.html", context)


def may_change_need(need: Need, access: Access) -> bool:
    """A need is in the words of who wrote it: their organization changes it, or a coordinator."""
    own = need.raised_by_id is not None and need.raised_by_id == access.participant.organization_id
    return access.steers or (own and bool(access.can(Ability.CONTRIBUTE, stage="connect")))


class Needs(Register):
    model = Need
    form = NeedForm
    roles = ("new", "detail", "edit")
    related = ("raised_by", "term")
    prefetch = ("supports__organization",)
    new_label = gettext_lazy("Write down a need")
    save_label = gettext_lazy("Save this need")
    said = Register.said | {"edit": gettext_noop("changed the need “%(what)s”")}

    def may(self, role: str) -> bool:
        return super().may(role) and (role != "edit" or may_change_need(self.row, self.request.access))

    def may_change(self, row: Any) -> None:
        if not may_change_need(row, self.request.access):
            raise PermissionDenied(
                _("This need is in the words of %(who)s; ask them to change it.") % {"who": row.raised_by}
            )

    def save(self, form: NeedForm) -> Need:
        if self.role == "edit":
            return super().save(form)
        need = form.save(commit=False)
        need.raised_by = self.request.access.organization
        return services.add_need(need, by=self.request.user)

    def extra(self) -> dict[str, Any]:
        if self.role != "detail":
            return {}
        supporters = [support.organization for support in self.row.supports.all()]
        return {
            "voice": True,
            "supporters": supporters,
            "speaks": queries.speaks(self.request.access),
            "mine": self.request.access.organization,
            "may_change": may_change_need(self.row, self.request.access),
        }


@page(Ability.AGREE, Need, methods=("POST",))
def support(request: Visit, need: Need) -> HttpResponse:
    """Name a need as one's own organization's, or no longer."""
    organization = request.access.organization
    if organization is None or not queries.speaks(request.access):
        raise PermissionDenied(_("Only someone who speaks for a partner can name its needs."))
    verb = services.withdraw_support if "withdraw" in request.POST else services.support
    try:
        verb(need, organization, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(need)


@page(Ability.CONTRIBUTE, Need)
def set_aside(request: Visit, need: Need) -> HttpResponse:
    """Set a need aside with a reason, or take it up again."""
    if not may_change_need(need, request.access):
        raise PermissionDenied(_("Only those who wrote this need, or a coordinator, can set it aside."))
    form = ReasonForm(request.POST or None)
    try:
        if request.method == "POST" and "again" in request.POST:
            services.take_up(need, by=request.user)
            return redirect(need)
        if request.method == "POST" and form.is_valid():
            services.set_aside(need, form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("Set aside. It stays on record with your reason."))
            return redirect("motivation:home", request.partnership.slug)
    except ValidationError as problem:
        form.add_error(None, problem) if form.is_bound else messages.error(request, " ".join(problem.messages))
    context = {
        "frame": "tool.html",
        "title": _("Set this need aside?"),
        "standing": need.statement,
        "form": form,
        "save_label": _("Set it aside"),
        "cancel_url": need.get_absolute_url(),
    }
    return render(request, "form.html", context)


class Expectations(Register):
    model = Expectation
    form = ExpectationForm
    related = ("organization",)
    roles = ("list", "new", "edit", "delete")
    columns = (
        ("what", gettext_lazy("What")),
        ("side", gettext_lazy("Side")),
        ("organization", gettext_lazy("Expected by")),
        ("likelihood", gettext_lazy("How likely")),
        ("size", gettext_lazy("How large")),
    )
    search = ("what",)
    title = gettext_lazy("Benefits, costs and drawbacks")
    new_label = gettext_lazy("Write down what to expect")
    save_label = gettext_lazy("Save")
    empty = gettext_lazy("Nobody has said yet what they expect to gain or to lose")
    empty_text = gettext_lazy(
        "What will it cost you, what may go wrong, and is the gain worth it? Say it before you agree."
    )

    def line(self, row: Any) -> dict[str, Any]:
        line = super().line(row)
        return line if self.is_own(row) else line | {"url": ""}

    def is_own(self, row: Any) -> bool:
        return row.organization_id == self.request.access.participant.organization_id

    def may_change(self, row: Any) -> None:
        if not self.is_own(row):
            raise PermissionDenied(_("Only %(who)s can change what it expects.") % {"who": row.organization})

    def new_page(self) -> HttpResponse:
        if self.request.access.organization is None:
            raise PermissionDenied(_("Only people of an organization can say what it expects."))
        return super().new_page()

    def save(self, form: ExpectationForm) -> Expectation:
        return (
            services.expect(form.save(commit=False), by=self.request.user) if self.role == "new" else super().save(form)
        )

    def may(self, role: str) -> bool:
        return super().may(role) and (role != "new" or self.request.access.organization is not None)

    def extra(self) -> dict[str, Any]:
        if self.role != "list":
            return {}
        return {"standing": _("What each partner expects to gain, to spend and to lose.")}

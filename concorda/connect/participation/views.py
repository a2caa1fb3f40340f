"""Pages of those who take part: who is here, one organization, letters, voices, due diligence."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.connect.motivation.models import Need
from concorda.connect.participation import queries, services
from concorda.connect.participation.forms import (
    AlreadyForm,
    CheckForm,
    CommitmentForm,
    InvitationForm,
    LeaveForm,
    LevelForm,
    MoveForm,
    NameForm,
    RequestForm,
    SayForm,
    StakeForm,
    VoiceForm,
)
from concorda.connect.participation.models import Invitation, Stake, Voice
from concorda.foundation.core import clock
from concorda.foundation.organizations import disclosure, search
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Partner
from concorda.foundation.process.pages import READ, Register, page

S = Partner.Status
VERB = ("POST",)


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """Who has joined, who is being asked, whose voice is missing. Observers read the sentence alone."""
    access = request.access
    if not access.can(Ability.SEE):
        return render(request, "process/tool_home.html")
    here = request.partnership
    found = list(queries.partners(here))
    steers = access.can(Ability.STEER, stage="connect", tool="participation")
    candidates = [
        (one, queries.latest_letter(one), queries.asked_to_join(one))
        for one in found
        if one.status in queries.CANDIDATES
    ]
    context = {
        "joined": [one for one in found if one.status == S.COMMITTED],
        "candidates": sorted(candidates, key=lambda row: list(S).index(S(row[0].status)), reverse=True),
        "gone": [one for one in found if one.status in (S.DECLINED, S.LEFT)],
        "voices": queries.voices(here),
        "steers": steers,
        "stakes": queries.stakeholder_map(here) if steers else [],
        "unplaced": queries.unplaced(found) if steers else [],
        "flags": queries.flags(here) if steers else {},
        "due": queries.checks_due(here) if steers else [],
        "mine": next(
            (one for one, _letter, _asked in candidates if queries.speaks_for(access, one)),
            None,
        ),
    }
    return render(request, "participation/home.html", context)


@page(Ability.SEE, Partner, methods=READ, related=("organization", "partnership"))
def partner(request: Visit, partner: Partner) -> HttpResponse:
    """One organization: where it stands, how it came to that; for those who steer, letters and what to do next."""
    access = request.access
    steers = bool(access.can(Ability.STEER, stage="connect", tool="participation"))
    entries = Paginator(queries.history(partner, access), 15).get_page(request.GET.get("page"))
    letters = list(partner.invitations.select_related("sent_by__person")) if steers else []
    context = {
        "title": partner.organization.name,
        "voice": True,
        "standing": standing_of(partner),
        "partner": partner,
        "letters": letters,
        "requests": partner.requests.all(),
        "entries": entries,
        "steers": steers,
        "may_say": partner.status in queries.CANDIDATES and queries.speaks_for(access, partner),
        "may_move": steers and bool(services.STEPS[partner.status]),
        "may_invite": steers and partner.status not in (S.COMMITTED, S.LEFT),
        "may_leave": steers and partner.status == S.COMMITTED and not partner.convenes,
        "stake": Stake.objects.filter(partner=partner).first() if steers else None,
        "may_be_named": partner.committed and queries.speaks_for(access, partner),
        "shown": disclosure.shown_to(partner.organization, ours(request, partner)),
        "may_show": bool(ours(request, partner)),
        "flag_count": queries.flags(request.partnership).get(partner.pk, 0) if steers else 0,
    }
    return render(request, "participation/partner.html", context)


def ours(request: Visit, partner: Partner) -> list[Organization]:
    """The organization for which the reader looks at another one; none for evaluators and observers."""
    own = request.access.organization
    return [own] if own and own.pk != partner.organization_id and request.access.own_organizations else []


def standing_of(partner: Partner) -> str:
    return {
        S.IDENTIFIED: _("A candidate: nobody has written to them yet."),
        S.APPROACHED: _("Approached; they have not said yes or no yet."),
        S.EXPLORING: _("They are exploring with us; nothing is promised."),
        S.COMMITTED: _("They have said yes, and take part."),
        S.DECLINED: _("They do not join."),
        S.LEFT: _("They took part, and have left."),
    }[S(partner.status)]


def answered(
    request: Visit,
    form: Any,
    verb: Any,
    *,
    title: str,
    standing: str,
    save_label: str,
    back: str,
    said: str = "",
    template: str = "form.html",
    **more: Any,
) -> HttpResponse:
    """Show a form; when it is sent and sound, do the verb with what was typed, and say what is wrong otherwise."""
    if request.method == "POST" and form.is_valid():
        try:
            verb(**form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, problem.messages if hasattr(problem, "error_dict") else problem)
        else:
            messages.success(request, said or _("Saved."))
            return redirect(back)
    context = {
        "frame": "tool.html",
        "title": title,
        "standing": standing,
        "form": form,
        "save_label": save_label,
        "cancel_url": back,
        **more,
    }
    return render(request, template, context)


def address_of(partner: Partner) -> str:
    return reverse("participation:partner", args=[partner.partnership.slug, partner.pk])


# Candidates


@page(Ability.STEER)
def add(request: Visit) -> HttpResponse:
    """Add an organization: search the directory, or write its name."""
    here = request.partnership
    asked = request.GET.get("q", "").strip()[:200]
    form = NameForm(request.POST if "name" in request.POST else None, initial={"name": asked})
    if request.method == "POST":
        try:
            if "pick" in request.POST:
                picked = get_object_or_404(Organization, slug=request.POST["pick"])
                added = services.add_candidate(here, picked, by=request.user)
            elif form.is_valid():
                added = services.add_by_name(here, by=request.user, **form.cleaned_data)
            else:
                added = None
        except ValidationError as problem:
            if form.is_bound:
                form.add_error(None, problem)
            else:
                messages.error(request, " ".join(problem.messages))
            added = None
        if added:
            messages.success(request, _("%(organization)s is among the candidates.") % {"organization": added})
            return redirect(address_of(added))
    found = list(search.narrow(Organization.objects.filter(active=True), asked).organizations[:20]) if asked else []
    known = dict(Partner.objects.filter(organization__in=found).values_list("organization", "status"))
    context = {
        "title": _("Add an organization"),
        "standing": _("Look for it in the directory first, so that it is there once."),
        "query": asked,
        "found": [(one, S(known[one.pk]) if one.pk in known else None) for one in found],
        "form": form,
    }
    return render(request, "participation/add.html", context)


@page(Ability.STEER)
def already(request: Visit) -> HttpResponse:
    """Record an organization that was a partner before it was recorded here."""
    here = request.partnership
    return answered(
        request,
        AlreadyForm(request.POST or None, initial={"level": Partner.Level.CORE}),
        lambda **said: services.record_partner(here, by=request.user, **said),
        title=_("Record a partner who is in already"),
        standing=_("Since when, who said yes, and the document that shows it: it stays on the timeline."),
        save_label=_("Record this partner"),
        back=reverse("partnership:existing", args=[here.slug]),
        said=_("Recorded. The map counts it."),
    )


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def move(request: Visit, partner: Partner) -> HttpResponse:
    return answered(
        request,
        MoveForm(request.POST or None, partner=partner),
        lambda **said: services.move(partner, by=request.user, **said),
        title=_("Where %(organization)s stands") % {"organization": partner.organization.short},
        standing=_("A yes is given by the organization itself: by its answer to a letter, or by its representative."),
        save_label=_("Save where it stands"),
        back=address_of(partner),
    )


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def level(request: Visit, partner: Partner) -> HttpResponse:
    return answered(
        request,
        LevelForm(request.POST or None, initial={"level": partner.level}),
        lambda **said: services.set_level(partner, by=request.user, **said),
        title=_("How closely %(organization)s takes part") % {"organization": partner.organization.short},
        standing=_("Not everybody has to be at every table."),
        save_label=_("Save"),
        back=address_of(partner),
    )


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def commitment(request: Visit, partner: Partner) -> HttpResponse:
    return answered(
        request,
        CommitmentForm(request.POST or None, initial={"said_on": clock.today()}),
        lambda **said: services.note_commitment(partner, by=request.user, **said),
        title=_("%(organization)s said yes elsewhere") % {"organization": partner.organization.short},
        standing=_("Who said it, when, and where that can be seen stays on the timeline."),
        save_label=_("Record their yes"),
        back=address_of(partner),
    )


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def left(request: Visit, partner: Partner) -> HttpResponse:
    return answered(
        request,
        LeaveForm(request.POST or None),
        lambda **said: services.note_left(partner, by=request.user, **said),
        title=_("%(organization)s leaves") % {"organization": partner.organization.short},
        standing=_("Its people take part no longer. What they did and agreed stays on record."),
        save_label=_("Note that it left"),
        back=address_of(partner),
    )


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def asked(request: Visit, partner: Partner) -> HttpResponse:
    """Note that an organization asked to join by itself."""
    return answered(
        request,
        RequestForm(request.POST or None, initial={"asked_on": clock.today()}),
        lambda **said: services.note_request(request.partnership, partner.organization, by=request.user, **said),
        title=_("%(organization)s asked to join") % {"organization": partner.organization.short},
        standing=_("Keep who asked and in which words; the answer is due within two weeks."),
        save_label=_("Save their request"),
        back=address_of(partner),
    )


@page(Ability.AGREE, Partner, related=("organization", "partnership"))
def say(request: Visit, partner: Partner) -> HttpResponse:
    """A candidate's own representative says whether it joins."""
    if not queries.speaks_for(request.access, partner):
        raise PermissionDenied(_("Only someone who speaks for %(who)s can say whether it joins.") % {"who": partner})
    return answered(
        request,
        SayForm(request.POST or None),
        lambda answer: services.say(partner, answer, by=request.user),
        title=_("Does %(organization)s join?") % {"organization": partner.organization.short},
        standing=_("Planning starts once two organizations have committed."),
        save_label=_("Give our answer"),
        back=address_of(partner),
    )


@page(Ability.AGREE, Partner, methods=VERB, related=("organization", "partnership"))
def named(request: Visit, partner: Partner) -> HttpResponse:
    """A partner's own representative lets public pages name it, or no longer."""
    if not queries.speaks_for(request.access, partner):
        raise PermissionDenied(_("Only someone who speaks for %(who)s can say this.") % {"who": partner})
    agreed = "withdraw" not in request.POST
    try:
        services.be_named(partner, by=request.user, agreed=agreed)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        said = _("Your page in the directory names this partnership.") if agreed else _("No public page names you now.")
        messages.success(request, said)
    return redirect(address_of(partner))


# Letters


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def invite(request: Visit, partner: Partner) -> HttpResponse:
    """Write to a person of a candidate."""
    shown = Need.objects.filter(set_aside_on=None, importance__gte=Need.Importance.IMPORTANT)
    form = InvitationForm(
        request.POST or None,
        access=request.access,
        initial={"needs": shown, "language": request.user.language},
    )
    return answered(
        request,
        form,
        lambda **said: services.invite(partner, by=request.access.participant, **said),
        title=_("Invite %(organization)s to talk") % {"organization": partner.organization.short},
        standing=invite_standing(partner),
        save_label=_("Send the letter"),
        back=address_of(partner),
        said=_("Your letter is on its way. It can be answered for thirty days."),
    )


def invite_standing(partner: Partner) -> str:
    """How they answer; before that, that a risk is still open."""
    risks = queries.flags(partner.partnership).get(partner.pk, 0)
    said = _("They answer from the link in your letter, without an account.")
    if not risks:
        return said
    warning = ngettext(
        "%(count)s risk is flagged and not resolved: look at it before you write.",
        "%(count)s risks are flagged and not resolved: look at them before you write.",
        risks,
    ) % {"count": risks}
    return f"{warning} {said}"


def verb_on_letter(request: Visit, invitation: Invitation, verb: Any, said: str) -> HttpResponse:
    try:
        verb(invitation, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, said)
    return redirect(address_of(invitation.partner))


LETTER = ("partner__organization", "partnership", "sent_by__person")


@page(Ability.STEER, Invitation, methods=VERB, related=LETTER)
def remind(request: Visit, invitation: Invitation) -> HttpResponse:
    return verb_on_letter(request, invitation, services.remind, _("A reminder is on its way."))


@page(Ability.STEER, Invitation, methods=VERB, related=LETTER)
def withdraw(request: Visit, invitation: Invitation) -> HttpResponse:
    return verb_on_letter(request, invitation, services.withdraw, _("Taken back. The link says so now."))


@page(Ability.STEER, Invitation, methods=VERB, related=LETTER)
def resend(request: Visit, invitation: Invitation) -> HttpResponse:
    return verb_on_letter(request, invitation, services.resend, _("Sent again, with a new link for thirty days."))


# What those who steer keep to themselves


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def stake(request: Visit, partner: Partner) -> HttpResponse:
    """Interest and influence of one organization."""
    known = Stake.objects.filter(partner=partner).first() or Stake(partner=partner)
    form = StakeForm(request.POST or None, instance=known, access=request.access)
    return answered(
        request,
        form,
        lambda **_said: services.rate(form.save(commit=False), by=request.user),
        title=_("Interest and influence of %(organization)s") % {"organization": partner.organization.short},
        standing=_("Only those who steer see this."),
        save_label=_("Save"),
        back=reverse("participation:home", args=[request.partnership.slug]) + "#stakes",
    )


@page(Ability.STEER, Partner, related=("organization", "partnership"))
def checks(request: Visit, partner: Partner) -> HttpResponse:
    """Due diligence: six questions, what was found, and what is risky."""
    forms = [
        CheckForm(request.POST or None, instance=check, access=request.access, prefix=check.question)
        for check in queries.checks_of(partner)
    ]
    sound = [form.is_valid() for form in forms]  # all of them, so that every mistake shows at once
    if request.method == "POST" and all(sound):
        services.look_into(partner, [form.save(commit=False) for form in forms], by=request.user)
        messages.success(request, _("Saved, for those who steer."))
        return redirect(address_of(partner))
    looks = queries.looks_of(partner)
    context = {
        "title": _("Before we partner with %(organization)s") % {"organization": partner.organization.short},
        "standing": _("Only those who steer see this page, its answers and its flags."),
        "partner": partner,
        "forms": forms,
        "looks": [looks.get(form.instance.question, []) for form in forms],
    }
    return render(request, "participation/checks.html", context)


class Voices(Register):
    """The voices the partnership cannot do without."""

    model = Voice
    form = VoiceForm
    roles = ("new", "edit", "delete")
    abilities = {"new": Ability.STEER, "edit": Ability.STEER, "delete": Ability.STEER}
    new_label = gettext_lazy("Name a voice we need")
    save_label = gettext_lazy("Save this voice")

    def extra(self) -> dict[str, Any]:
        return {"standing": _("Decisions about people are better when those people are at the table.")}

"""Pages for finding partners: the list, side by side, a coalition, saved searches; and where the search begins."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from concorda.connect.motivation.models import Need
from concorda.connect.participation import directory, finding, services
from concorda.connect.participation.finding import Asked, Match
from concorda.connect.participation.models import SavedSearch
from concorda.connect.participation.profiles import Seeker, of_organization, of_partnership
from concorda.foundation.organizations.models import Membership, Organization
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Partner, Partnership
from concorda.foundation.process.pages import READ, page

SHOWN, ALL = 10, 60
MOST_COMPARED = 3
VERB = ("POST",)


class FilterForm(forms.Form):
    """How the list is narrowed."""

    area = forms.CharField(label=gettext_lazy("Area"), required=False, max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Covers"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Works in"), required=False)
    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=120)

    def __init__(self, *args: Any, seeker: Seeker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", _("Any kind")), *Organization.Kind.choices]
        fields["topic"].choices = [("", _("Any need")), *((code, seeker.label(code)) for code in seeker.order)]
        fields["language"].choices = [("", _("Any language")), *finding.LANGUAGES.items()]


@page(Ability.SEE, methods=READ)
def find(request: Visit) -> HttpResponse:
    """The best matches in the directory for this partnership, or for one's own organization."""
    here = request.partnership
    own = request.access.organization if request.GET.get("for") == "organization" else None
    seeker = of_organization(own) if own else of_partnership(here)
    context = found_context(request, seeker, partnership=here) | {
        "title": _("Find partners"),
        "own": own,
        "need": need_of(request),
        "steers": request.access.can(Ability.STEER, stage="connect", tool="participation"),
        "contributes": request.access.can(Ability.CONTRIBUTE, stage="connect"),
        "saved": SavedSearch.objects.filter(owner=request.access.participant),
        "candidates": candidates_covering(seeker, here),
    }
    return render(request, "participation/find.html", context)


def found_context(request: Visit, seeker: Seeker, *, partnership: Partnership | None = None) -> dict[str, Any]:
    asked = asked_for(request)
    limit = ALL if "all" in request.GET else SHOWN + 1
    found = finding.matches(seeker, asked, limit=limit, partnership=partnership)
    size = directory.state_of_directory()[0]
    shown = found if found is None or "all" in request.GET else found[:SHOWN]
    return {
        "seeker": seeker,
        "groups": [(level.label, [seeker.label(code) for code in codes]) for level, codes in seeker.groups],
        "languages": [finding.LANGUAGES.get(code, code) for code in seeker.languages],
        "asked": asked,
        "filters": FilterForm(request.GET, seeker=seeker),
        "areas": common_areas(),
        "matches": shown,
        "more": found is not None and shown is not None and len(found) > len(shown),
        "preparing": found is None,
        "too_few": size < directory.TOO_FEW,
        "directory_size": size,
        "standing": found_sentence(found, size, "all" in request.GET),
    }


def asked_for(request: Visit) -> Asked:
    """What the address asks; `need=` asks for the topic of that need."""
    need = need_of(request)
    return Asked.of(request.GET.dict() | ({"topic": need.term.code} if need and need.term else {}))


def need_of(request: Visit) -> Need | None:
    """The need a partner is looked for, when a page that shows an open need leads here with `need=`."""
    asked = request.GET.get("need", "")
    if not asked.isdigit() or not hasattr(request, "access"):
        return None
    return Need.objects.filter(pk=asked).select_related("term").first()


def found_sentence(found: list[Match] | None, size: int, everything: bool) -> str:
    if found is None:
        return _("The register is being prepared for searching; come back in a minute.")
    several = sum(len(one.found.covers) > 1 for one in found)
    if several and len(found) <= SHOWN:
        return ngettext(
            "%(several)s of %(size)s organization in the directory covers at least two of your needs.",
            "%(several)s of %(size)s organizations in the directory cover at least two of your needs.",
            size,
        ) % {"several": several, "size": size}
    if not found:
        return _("Nobody in the directory fits what you ask for.")
    most = max(len(one.found.covers) for one in found)
    if not most:
        return _("Nobody is known to cover a need; these say something close to what you say.")
    return ngettext(
        "Among %(size)s organizations, the best covers %(most)s of your needs.",
        "Among %(size)s organizations, the best cover up to %(most)s of your needs.",
        most,
    ) % {"size": size, "most": most}


def common_areas() -> list[str]:
    """The regions most organizations name, to choose from."""
    rows = directory.shown().exclude(area="").order_by().values("area").annotate(n=Count("pk")).order_by("-n", "area")
    return [row["area"] for row in rows[:100]]


def candidates_covering(seeker: Seeker, here: Partnership) -> dict[str, Any]:
    """The candidates so far, and which need each covers: the coalition as it stands."""
    slugs = list(
        Partner.objects.filter(partnership=here, status__in=("identified", "approached", "exploring"))
        .order_by("pk")
        .values_list("organization__slug", flat=True)[:6]
    )
    rows = (finding.matches(seeker, Asked(), limit=6, partnership=here, only=slugs) or []) if slugs else []
    covered = {code for row in rows for code in row.found.covers}
    return {
        "rows": rows,
        "table": finding.cover_table(seeker, rows),
        "covered": len(covered),
        "total": len(seeker.needs),
        "open": [seeker.label(code) for code in seeker.order if code not in covered],
    }


@page(Ability.STEER, methods=VERB)
def take(request: Visit) -> HttpResponse:
    """Put a match among the candidates, and stay on the list."""
    organization = get_object_or_404(Organization, slug=request.POST.get("pick", ""))
    try:
        services.add_candidate(request.partnership, organization, by=request.user)
        messages.success(request, _("%(organization)s is among the candidates.") % {"organization": organization})
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect(back_to_list(request))


def back_to_list(request: Visit) -> str:
    """The list as it was asked for; only what a search can ask is carried along."""
    asked = QueryDict(mutable=True)
    asked.update(Asked.of(QueryDict(request.POST.get("asked", ""))).as_dict())
    path = reverse("participation:find", args=[request.partnership.slug])
    return f"{path}?{asked.urlencode()}" if asked else path


@page(Ability.SEE, methods=READ)
def compare(request: Visit) -> HttpResponse:
    """Up to three organizations side by side."""
    seeker = of_partnership(request.partnership)
    slugs = list(dict.fromkeys(request.GET.getlist("with")))[:MOST_COMPARED]
    rows = finding.matches(seeker, Asked(), limit=MOST_COMPARED, partnership=request.partnership, only=slugs)
    matched = {row.organization.slug for row in rows or []}
    missing = [one.name for one in directory.shown().filter(slug__in=slugs) if one.slug not in matched]
    context = {
        "title": _("Side by side"),
        "standing": _("What each covers, what you could give back, and what is not known."),
        "rows": rows or [],
        "table": finding.cover_table(seeker, rows or []),
        "missing": missing,
    }
    return render(request, "participation/compare.html", context)


class CoalitionForm(forms.Form):
    """What the choice must respect."""

    most = forms.IntegerField(
        label=gettext_lazy("At most this many"),
        min_value=1,
        max_value=12,
        error_messages={"min_value": gettext_lazy("At least one."), "max_value": gettext_lazy("Twelve at most.")},
    )
    area = forms.CharField(label=gettext_lazy("At least one from"), required=False, max_length=120)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("At least one of each"),
        required=False,
        choices=Organization.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    must = forms.MultipleChoiceField(label=gettext_lazy("With"), required=False, widget=forms.CheckboxSelectMultiple)
    mustnot = forms.MultipleChoiceField(
        label=gettext_lazy("Without"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pool: list[Match], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [row for row in pool if row.partner_pk] + [row for row in pool if not row.partner_pk]
        choices = [(row.organization.slug, row.organization.name) for row in known[:20]]
        fields: dict[str, Any] = self.fields
        fields["must"].choices = fields["mustnot"].choices = choices


@page(Ability.SEE, methods=READ)
def coalition(request: Visit) -> HttpResponse:
    """At most k organizations that together cover the most of what is needed, with proof."""
    here = request.partnership
    seeker = of_partnership(here)
    pool = finding.matches(seeker, Asked(), limit=finding.POOL, partnership=here) if seeker.needs else []
    covering = [row for row in pool or [] if row.found.covers or row.partner_pk]
    form = CoalitionForm(request.GET if "most" in request.GET else {"most": 4}, pool=covering)
    result, obstacles = None, []
    if covering and form.is_valid():
        asked = form.cleaned_data
        result = finding.together(
            seeker,
            covering,
            most=asked["most"],
            require=asked["must"],
            exclude=asked["mustnot"],
            area=asked["area"],
            kinds=asked["kinds"],
        )
        names = {row.organization.slug: row.organization.name for row in covering}
        names |= {key: str(label) for key, label in Organization.Kind.choices}
        names |= {finding.place_code(asked["area"]): asked["area"]} if asked["area"] else {}
        obstacles = finding.in_the_way(result.answer, names)
    context = {
        "title": _("Who together?"),
        "standing": coalition_sentence(seeker, result, bool(covering), pool is None),
        "seeker": seeker,
        "form": form,
        "result": result,
        "obstacles": obstacles,
        "pool_size": len(covering),
        "areas": common_areas(),
        "steers": request.access.can(Ability.STEER, stage="connect", tool="participation"),
    }
    return render(request, "participation/coalition.html", context)


def coalition_sentence(seeker: Seeker, result: finding.Together | None, any_covering: bool, preparing: bool) -> str:
    if preparing:
        return _("The register is being prepared for searching; come back in a minute.")
    if not seeker.needs:
        return _("None of your needs has a topic yet; give them one, so that they can be matched.")
    if not any_covering:
        return _("Nobody in the directory is known to cover any of your needs.")
    if result is None:
        return _("Say how many you want at most.")
    if result.answer.status == "infeasible":
        return _("No choice meets all of these conditions.")
    return ngettext(
        "%(count)s organization covers %(covered)s of %(total)s needs.",
        "%(count)s organizations together cover %(covered)s of %(total)s needs.",
        len(result.chosen),
    ) % {"count": len(result.chosen), "covered": len(result.answer.covered), "total": len(seeker.needs)}


@page(Ability.CONTRIBUTE, methods=VERB)
def save(request: Visit) -> HttpResponse:
    """Keep this search under a name."""
    name = " ".join(request.POST.get("called", "").split())[:100]
    if not name:
        messages.error(request, _("Give the search a name, so that you find it again."))
        return redirect(back_to_list(request))
    asked = Asked.of(QueryDict(request.POST.get("asked", ""))).as_dict()
    services.save_search(request.partnership, by=request.access.participant, name=name, asked=asked)
    messages.success(request, _("Saved. Run it again from here whenever you like."))
    return redirect(back_to_list(request))


def own_search(request: Visit, saved: SavedSearch) -> SavedSearch:
    return get_object_or_404(SavedSearch, pk=saved.pk, owner=request.access.participant)


@page(Ability.SEE, SavedSearch, methods=READ)
def run(request: Visit, saved: SavedSearch) -> HttpResponse:
    """Run a saved search again."""
    asked = QueryDict(mutable=True)
    asked.update(own_search(request, saved).asked)
    return redirect(f"{reverse('participation:find', args=[request.partnership.slug])}?{asked.urlencode()}")


@page(Ability.CONTRIBUTE, SavedSearch, methods=VERB)
def forget(request: Visit, saved: SavedSearch) -> HttpResponse:
    own_search(request, saved).delete()
    messages.success(request, _("The search is forgotten."))
    return redirect("participation:find", request.partnership.slug)


# Where the search begins, outside any partnership


@require_safe
def choose(request: Visit) -> HttpResponse:
    """For whom do you look? With one partnership and nothing else to choose, straight there."""
    mine = list(Partnership.objects.visible_to(request.user).order_by("name"))
    organizations = [
        one.organization for one in Membership.objects.filter(person=request.user).select_related("organization")
    ]
    context = {
        "title": _("Find partners"),
        "standing": _("For whom do you look?")
        if mine or organizations
        else _("Say first which organization you work for; then we can look for its partners."),
        "mine": mine,
        "organizations": organizations,
    }
    return render(request, "participation/choose.html", context)


@require_safe
def find_for(request: Visit) -> HttpResponse:
    """Partners for an organization of one's own, before there is a partnership."""
    seeker = of_organization(request.organization)
    context = found_context(request, seeker) | {"title": _("Find partners"), "own": request.organization}
    return render(request, "participation/find_for.html", context)


def sample_mine(world: Any) -> dict[str, str]:
    return {"mine": world.organizations["newcomer"].slug}


find_for.sample = sample_mine

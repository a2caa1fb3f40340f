"""Pages for finding partners: the list, side by side, a coalition, saved searches; and where the search begins."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, prefetch_related_objects
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concorda.connect.motivation.models import Need
from concorda.connect.participation import directory, finding, queries, services
from concorda.connect.participation.finding import Asked, Match, Search
from concorda.connect.participation.models import SavedSearch
from concorda.connect.participation.profiles import EXACT, Seeker, of_organization, of_partnership
from concorda.foundation.organizations.models import Membership, Organization, Place, Term
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.pages import READ, page
from concorda.foundation.process.progress import DAY, version_key

SHOWN, ALL = 10, 60
MOST_COMPARED = 3
VERB = ("POST",)


class FilterForm(forms.Form):
    """How the list is narrowed."""

    area = forms.CharField(label=gettext_lazy("Area"), required=False, max_length=120)
    near = forms.CharField(label=gettext_lazy("Near"), required=False, max_length=120)
    km = forms.CharField(label=gettext_lazy("Within km"), required=False, max_length=12)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Covers"), required=False)
    people = forms.ChoiceField(label=gettext_lazy("Serves"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Works in"), required=False)
    size = forms.ChoiceField(label=gettext_lazy("Size"), required=False)
    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=120)

    def __init__(self, asked: Asked, *, seeker: Seeker, people: Sequence[tuple[str, str]]) -> None:
        super().__init__(asked.as_dict())
        self.asked = asked
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", _("Any kind")), *Organization.Kind.choices]
        topics = {code: seeker.label(code) for code in seeker.order} | ({asked.topic: seeker.label(asked.topic)})
        fields["topic"].choices = [("", _("Any need")), *((code, label) for code, label in topics.items() if code)]
        fields["people"].choices = [("", _("Anybody")), *people]
        fields["language"].choices = [("", _("Any language")), *finding.LANGUAGES.items()]
        fields["size"].choices = [("", _("Any size")), *finding.SIZES.items()]

    def clean_near(self) -> str:
        if self.asked.near and self.asked.start is None:
            raise ValidationError(
                _("We know no town called “%(name)s” and where it lies. Try the next larger one.")
                % {"name": self.asked.near}
            )
        return self.asked.near

    def clean_km(self) -> str:
        if self.asked.km and self.asked.reach is None:
            raise ValidationError(_("Write the distance as a number of kilometres, such as 50."))
        if self.asked.km and not self.asked.near:
            raise ValidationError(_("From where? Write a town under “Near”, or leave the distance out."))
        return self.asked.km


@page(Ability.SEE, methods=READ)
def find(request: Visit) -> HttpResponse:
    """The best matches in the directory for this partnership, or for one's own organization."""
    here = request.partnership
    own = request.access.organization if request.GET.get("for") == "organization" else None
    state = directory.state_of_directory()
    seeker = of_organization(own) if own else known_seeker(here, state)
    contributes = request.access.can(Ability.CONTRIBUTE, stage="connect")
    context = found_context(request, seeker, state, partnership=here) | {
        "title": _("Find partners"),
        "own": own,
        "need": need_of(request),
        "steers": request.access.can(Ability.STEER, stage="connect", tool="participation"),
        "contributes": contributes and not own,
        "saved": SavedSearch.objects.filter(owner=request.access.participant),
    }
    return render(request, "participation/find.html", context)


def known_seeker(here: Partnership, state: tuple[int, Any]) -> Seeker:
    """What the partnership looks for, worked out once for each state of its records and of the directory."""
    key = f"seeker:{version_key(here, *state)}".replace(" ", "_")
    found = cache.get(key)
    if found is None:
        found = of_partnership(here)
        cache.set(key, found, DAY)
    return found


def found_context(
    request: Visit, seeker: Seeker, state: tuple[int, Any], *, partnership: Partnership | None = None
) -> dict[str, Any]:
    asked, everything, size = asked_for(request), "all" in request.GET, state[0]
    choices = common_choices(state)
    form = FilterForm(asked, seeker=seeker, people=choices["people"])
    index, sound = directory.index(state), form.is_valid()
    limit = ALL if everything else SHOWN + 1
    found: list[Match] | None = None
    candidates: list[Match] = []
    in_the_way: dict[str, Any] = {}
    if index is not None:
        search = Search(seeker, index, partnership)
        best = search.best(asked, limit) if sound else []
        so_far = [slug for slug, (status, _pk) in search.standing.items() if status in queries.CANDIDATES][:6]
        found, candidates = search.rows(best, search.among(so_far), start=asked.start if sound else None)
        if sound and not found:
            in_the_way = said_in_the_way(form, *search.in_the_way(asked))
    shown = found if found is None or everything else found[:SHOWN]
    return {
        "seeker": seeker,
        "groups": [(level.label, [seeker.label(code) for code in codes]) for level, codes in seeker.groups],
        "languages": [finding.LANGUAGES.get(code, code) for code in seeker.languages],
        "asked": asked,
        "filters": form,
        "areas": choices["areas"],
        "towns": choices["towns"],
        "matches": in_groups(seeker, shown or []),
        "any_found": bool(shown),
        "in_the_way": in_the_way,
        "unplaced": unplaced(state) if sound and asked.reach and asked.near else None,
        "more": found is not None and shown is not None and len(found) > len(shown),
        "preparing": index is None,
        "too_few": size < directory.TOO_FEW,
        "directory_size": size,
        "standing": found_sentence(found, size, everything) if sound else _("One thing first: put this right below."),
        "candidates": coalition_so_far(seeker, candidates),
    }


def in_groups(seeker: Seeker, rows: list[Match]) -> list[tuple[str, str, list[Match]]]:
    """Heading, what it means, rows: the list in its order, cut where the rows stop covering a need."""
    covering = [row for row in rows if row.found.covers or not seeker.needs]
    others = [row for row in rows if row.found.covers == () and seeker.needs]
    close = _("They say similar things, or work near you, with the same people or in the same language.")
    groups = [(_("Best matches first"), "", covering), (_("Known to cover none of your needs"), close, others)]
    return [group for group in groups if group[2]]


def said_in_the_way(form: FilterForm, helps: list[tuple[str, int]], nobody: list[str]) -> dict[str, Any]:
    """Which condition to leave out, in words, with a link; or those that find nobody even alone."""

    def words(name: str) -> str:
        value = getattr(form.asked, name)
        choices: dict[str, Any] = dict(getattr(form.fields[name], "choices", ()))
        return f"{form.fields[name].label}: {choices.get(value, value)}"

    return {
        "helps": [
            (words(name), "" if count >= finding.COUNTED else str(count), urlencode(form.asked.without(name).as_dict()))
            for name, count in helps
        ],
        "nobody": [words(name) for name in nobody],
        "several": len(form.asked.as_dict()) > 1,
    }


def unplaced(state: tuple[int, Any]) -> int:
    """Of how many organizations nobody knows the town, so that no distance can find them."""
    key = f"unplaced:{directory.epoch(state)}"
    found = cache.get(key)
    if found is None:
        town = Q(place__kind__in=EXACT, place__latitude__isnull=False, place__longitude__isnull=False)
        site = Q(sites__latitude__isnull=False, sites__longitude__isnull=False)
        found = state[0] - directory.shown().filter(town | site).distinct().count()
        cache.set(key, found, DAY)
    return found


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
            "Of %(size)s organizations in the directory, %(several)s covers at least two of your needs.",
            "Of %(size)s organizations in the directory, %(several)s cover at least two of your needs.",
            several,
        ) % {"several": several, "size": number_format(size, force_grouping=True)}
    if not found:
        return _("Nobody in the directory fits what you ask for.")
    most = max(len(one.found.covers) for one in found)
    if not most:
        return _("Nobody is known to cover a need; these say something close to what you say.")
    return ngettext(
        "Among %(size)s organizations, the best covers %(most)s of your needs.",
        "Among %(size)s organizations, the best cover up to %(most)s of your needs.",
        most,
    ) % {"size": number_format(size, force_grouping=True), "most": most}


def common_choices(state: tuple[int, Any]) -> dict[str, Any]:
    """The regions most organizations name, and the people that can be served: worked out once for each state."""
    key = f"choices:{get_language()}:{directory.epoch(state)}"
    found = cache.get(key)
    if found is None:
        people = [(term.code, term.label) for term in Term.objects.people_served()]
        found = {"areas": common_areas(), "towns": common_towns(), "people": people}
        cache.set(key, found, DAY)
    return found


def common_areas() -> list[str]:
    """The regions most organizations name, to choose from."""
    rows = directory.shown().exclude(area="").order_by().values("area").annotate(n=Count("pk")).order_by("-n", "area")
    return [row["area"] for row in rows[:100]]


def common_towns() -> list[str]:
    """The towns in which most organizations are, with their provinces, to measure a distance from."""
    counted = Place.objects.filter(kind__in=EXACT, organizations__active=True).annotate(n=Count("organizations"))
    return [place.full for place in counted.select_related("parent").order_by("-n", "code")[:100]]


def coalition_so_far(seeker: Seeker, rows: list[Match]) -> dict[str, Any]:
    """The candidates so far, and which need each covers: the coalition as it stands."""
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
    asked = Asked.of({"near": request.GET.get("near", "")})
    rows = finding.matches(seeker, asked, limit=MOST_COMPARED, partnership=request.partnership, only=slugs)
    prefetch_related_objects([row.organization for row in rows or []], "populations")
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
    budget = forms.DecimalField(
        label=gettext_lazy("For at most this much money"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Only organizations with an amount below are considered then."),
        error_messages={"min_value": gettext_lazy("An amount cannot be negative.")},
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
        self.priced = {}
        for row in known[:20]:
            name = f"cost-{row.organization.slug}"
            self.priced[row.organization.slug] = name
            fields[name] = forms.DecimalField(
                label=_("What %(organization)s would cost") % {"organization": row.organization.short},
                required=False,
                min_value=0,
                max_digits=12,
                decimal_places=2,
                error_messages={"min_value": _("An amount cannot be negative.")},
            )

    def costs(self) -> dict[str, Decimal]:
        """Slug → what it would cost, where an amount is given."""
        given = {slug: self.cleaned_data.get(name) for slug, name in self.priced.items()}
        return {slug: amount for slug, amount in given.items() if amount is not None}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("budget") is not None and not self.costs() and not self.errors:
            self.add_error("budget", _("Say what at least one organization would cost, or leave the money out."))
        unpriced = set(cleaned.get("must", ())) - set(self.costs())
        if cleaned.get("budget") is not None and unpriced and not self.errors:
            self.add_error("must", _("Say what each organization you insist on would cost."))
        return cleaned

    @property
    def conditions(self) -> list[forms.BoundField]:
        return [self[name] for name in ("most", "area", "kinds", "must", "mustnot")]

    @property
    def money(self) -> list[forms.BoundField]:
        return [self["budget"], *(self[name] for name in self.priced.values())]


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
            budget=asked["budget"],
            costs=form.costs(),
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
    messages.success(request, _("Saved. When somebody new fits, or a match changes, we write to you."))
    return redirect(back_to_list(request))


@page(Ability.CONTRIBUTE, SavedSearch, methods=VERB)
def letters(request: Visit, saved: SavedSearch) -> HttpResponse:
    """Have letters about this search, or no more of them."""
    wanted = services.write_about(own_search(request, saved), notify=not saved.notify)
    messages.success(
        request, _("We write to you when something changes.") if wanted else _("We no longer write to you about it.")
    )
    return redirect("participation:find", request.partnership.slug)


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
    context = found_context(request, seeker, directory.state_of_directory()) | {
        "title": _("Find partners"),
        "own": request.organization,
    }
    return render(request, "participation/find_for.html", context)


def sample_mine(world: Any) -> dict[str, str]:
    return {"mine": world.organizations["newcomer"].slug}


find_for.sample = sample_mine

"""Pages for finding a time: search, turns, questions about times, series, working hours."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page
from concorda.implement.working_groups import finder, polls, queries, recurrence, rights, services
from concorda.implement.working_groups import series as several
from concorda.implement.working_groups.forms import (
    FinderForm,
    HoursForm,
    PollForm,
    ReasonForm,
    SeriesForm,
    TurnsForm,
    VoiceForm,
)
from concorda.implement.working_groups.models import Group, Poll, PollTime, PollVoice, Series, WorkHours
from concorda.implement.working_groups.views import VERB, attempt, meeting_form, posted

OF_GROUP = ("chair__person", "partnership")
OF_POLL = ("group__chair", "partnership", "made_by__person", "meeting__group")
OF_SERIES = ("group__chair", "partnership")


@page(Ability.CONTRIBUTE, Group, methods=READ, related=OF_GROUP)
def times(request: Visit, group: Group) -> HttpResponse:
    """The fairest times of some days, for everybody's clock and hours; the members can be asked about those ticked."""
    rights.demand(rights.may_run(request.access, group))
    tomorrow = clock.today() + timedelta(days=1)
    usual = {"first": tomorrow, "last": tomorrow + timedelta(days=13), "minutes_long": 60}
    form = FinderForm(request.GET if "first" in request.GET else None, initial=usual)
    asked = form.cleaned_data if form.is_valid() else usual
    found: list[finder.Offer] = []
    people: list[Any] = []
    if not form.errors:
        slots, people = finder.search(group, asked["first"], asked["last"], asked["minutes_long"])
        places = finder.places_of(group, people, queries.place_names(request.partnership, [group]))
        found = finder.offers(slots, people, places)
    burdened = sorted((one for one in people if one.borne), key=lambda one: -one.borne)
    context = {
        "group": group,
        "form": form,
        "offers": found,
        "minutes": asked["minutes_long"],
        "borne": [(one.key, finder.length(one.borne)) for one in burdened],
        "title": _("Find a time for %(group)s") % {"group": group.name},
        "standing": times_sentence(found),
        "standing_more": _("Odd hours go first to those who have borne least of them in the last half year."),
    }
    return render(request, "working_groups/finder.html", context)


def times_sentence(found: list[finder.Offer]) -> str:
    good = sum(not one.odd and not one.busy for one in found)
    if not found:
        return _("Choose the days to look at.")
    if good:
        text = ngettext("%(count)s time suits everybody.", "%(count)s times suit everybody.", good)
        return text % {"count": good}
    return _("No time is inside everybody’s working hours; these are the fairest.")


@page(Ability.CONTRIBUTE, Group, related=OF_GROUP)
def turns(request: Visit, group: Group) -> HttpResponse:
    """Several meetings whose odd hours fall on everybody in turn; planned together."""
    rights.demand(rights.may_run(request.access, group))
    usual = {"first": clock.today() + timedelta(days=group.every_days), "count": 6, "minutes_long": 60}
    data = posted(request) or (request.GET if "first" in request.GET else None)
    form = TurnsForm(data, initial=usual)
    asked = form.cleaned_data if form.is_valid() else usual
    found = None
    if not form.errors:
        found, people = finder.turns(group, asked["first"], asked["count"], asked["minutes_long"])
        if request.method == "POST":
            moments = [one.start for one in found.slots]
            facts = {"minutes": asked["minutes_long"], "place": group.place}
            if attempt(request, services.plan_turns, group, moments, **facts):
                messages.success(request, _("The meetings are planned, and the members were invited."))
                return redirect(group)
    names = queries.place_names(request.partnership, [group])
    context = {
        "group": group,
        "form": form,
        "offers": finder.offers(found.slots, people, finder.places_of(group, people, names)) if found else [],
        "borne": [(one.key, finder.length(one.borne), finder.length(found.borne[one.key])) for one in people]
        if found
        else [],
        "asked": {name: str(value) for name, value in asked.items()},
        "title": _("Take turns with odd hours: %(group)s") % {"group": group.name},
        "standing": _("Nobody’s odd hours add up to more than they must."),
        "standing_more": _("Each day has its own hour, so that every place bears its part."),
    }
    return render(request, "working_groups/turns.html", context)


# Questions about times


def offered(request: Visit) -> list[datetime]:
    """The times ticked on the page before, as `at=20260316T1400` in UTC."""
    found = []
    for text in request.GET.getlist("at"):
        try:
            found.append(datetime.strptime(text, "%Y%m%dT%H%M").replace(tzinfo=timezone.get_fixed_timezone(0)))
        except ValueError:
            continue
    return sorted(found)


@page(Ability.CONTRIBUTE, Group, related=OF_GROUP)
def poll_new(request: Visit, group: Group) -> HttpResponse:
    """Ask members and guests which of several times suits them."""
    rights.demand(rights.may_run(request.access, group))
    minutes = request.GET.get("minutes", "60")
    poll = Poll(
        partnership=request.partnership,
        group=group,
        title=_("Next meeting of %(group)s") % {"group": group.name},
        time_zone=group.time_zone,
        place=group.place,
        minutes_long=int(minutes) if minutes.isdecimal() and len(minutes) < 4 else 60,
        closes_on=clock.today() + timedelta(days=7),
        made_by=request.access.participant,
    )
    form = PollForm(posted(request), instance=poll, access=request.access, offered=offered(request))
    if form.is_valid():
        try:
            made = polls.ask(
                form.save(commit=False), form.cleaned_data["times"], guests=form.cleaned_data["guests"], by=request.user
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Everybody asked has a letter with a link of their own."))
            return redirect(made)
    context = {
        "frame": "tool.html",
        "title": _("Which time suits?"),
        "standing": _("Every member is asked, and whom you name; nobody needs an account to answer."),
        "form": form,
        "save_label": _("Ask them"),
        "cancel_url": group.get_absolute_url(),
    }
    return render(request, "form.html", context)


@page(Ability.SEE, Poll, related=OF_POLL)
def poll(request: Visit, poll: Poll) -> HttpResponse:
    """What everybody answered; whoever is asked answers here too, who runs the group chooses."""
    voice = own_voice(request, poll)
    form = VoiceForm(posted(request), voice=voice) if voice and poll.open else None
    if form and form.is_valid():
        polls.answer(form.voice, form.answers, by=request.user)
        messages.success(request, _("Your answer is kept. You can change it until a time is chosen."))
        return redirect(poll)
    if request.method == "POST" and form is None:
        raise PermissionDenied(_("You are not asked here, or the question is closed."))
    table = queries.answers_to(poll, request.access.person.zone)
    context = {
        "poll": poll,
        "group": poll.group,
        "form": form,
        "table": table,
        "runs": bool(rights.may_run(request.access, poll.group)) and poll.closed_at is None,
        "title": poll.title,
        "standing": poll_sentence(poll, table),
        "standing_more": _("Answers until %(day)s.") % {"day": say_day(poll.closes_on)} if poll.open else "",
    }
    return render(request, "working_groups/poll.html", context)


def own_voice(request: Visit, poll: Poll) -> PollVoice | None:
    found = PollVoice.objects.filter(poll=poll, participant=request.access.participant)
    return found.select_related("poll", "participant__person").first()


def poll_sentence(poll: Poll, table: queries.Answers) -> str:
    if poll.meeting:
        return _("A time is chosen: %(meeting)s.") % {"meeting": poll.meeting}
    if poll.closed_at:
        return _("This question is closed; no time was chosen.")
    text = ngettext(
        "%(answered)s of %(count)s person has answered.", "%(answered)s of %(count)s people have answered.", table.asked
    )
    return text % {"answered": table.answered, "count": table.asked}


@page(Ability.CONTRIBUTE, PollTime, methods=VERB, related=("poll__group__chair", "partnership", "poll__partnership"))
def poll_choose(request: Visit, time: PollTime) -> HttpResponse:
    """This time it is: the meeting is planned and everybody invited."""
    rights.demand(rights.may_run(request.access, time.poll.group))
    if attempt(request, polls.settle_on, time.poll, time):
        messages.success(request, _("The meeting is planned, and everybody who was asked is invited."))
        return redirect(time.poll.meeting)
    return redirect(time.poll)


@page(Ability.CONTRIBUTE, Poll, methods=VERB, related=OF_POLL)
def poll_drop(request: Visit, poll: Poll) -> HttpResponse:
    rights.demand(rights.may_run(request.access, poll.group))
    if attempt(request, polls.drop, poll):
        messages.success(request, _("Nobody is asked any more."))
    return redirect(poll)


# Series


@page(Ability.SEE, Series, methods=READ, related=OF_SERIES)
def series(request: Visit, series: Series) -> HttpResponse:
    """All meetings of a series; the next ones can be moved together or cancelled."""
    meetings = queries.in_order(series.meetings.select_related("group", "series", "partnership"))
    coming = [one for one in meetings if not one.past and not one.cancelled]
    context = {
        "series": series,
        "group": series.group,
        "meetings": meetings,
        "repeat": recurrence.Repeat(several.repeat_of(series)).label,
        "runs": bool(rights.may_run(request.access, series.group)) and bool(coming),
        "title": str(series),
        "standing": ngettext(
            "%(count)s meeting is still to come.", "%(count)s meetings are still to come.", len(coming)
        )
        % {"count": len(coming)},
        "standing_more": _("Each can be moved or cancelled by itself on its page."),
    }
    return render(request, "working_groups/series.html", context)


@page(Ability.CONTRIBUTE, Series, related=OF_SERIES)
def series_edit(request: Visit, series: Series) -> HttpResponse:
    """Another time or place for all meetings that are still to come."""
    rights.demand(rights.may_run(request.access, series.group))
    following = queries.coming_of(series).first()
    new = Series(
        partnership=request.partnership,
        group=series.group,
        starts_at=following.starts_at if following else series.starts_at,
        minutes_long=series.minutes_long,
        time_zone=series.time_zone,
        place=series.place,
    )
    form = SeriesForm(posted(request), instance=new, access=request.access)
    if form.is_valid():
        try:
            made = several.change_following(
                series, form.save(commit=False), by=request.user, invite=form.cleaned_data["invite"]
            )
        except ValidationError as refusal:
            form.add_error("at", refusal)
        else:
            messages.success(request, _("The meetings still to come are moved."))
            return redirect(made)
    title = _("Move the meetings still to come")
    return meeting_form(request, form, title, _("Move them all"), series.get_absolute_url())


@page(Ability.CONTRIBUTE, Series, related=OF_SERIES)
def series_end(request: Visit, series: Series) -> HttpResponse:
    rights.demand(rights.may_run(request.access, series.group))
    form = ReasonForm(posted(request))
    if form.is_valid():
        if attempt(request, several.end_series, series, because=form.cleaned_data["because"]):
            messages.success(request, _("The meetings still to come are cancelled, and the members were told."))
        return redirect(series)
    context = {
        "frame": "tool.html",
        "title": _("Cancel the meetings still to come?"),
        "form": form,
        "keep_url": series.get_absolute_url(),
        "confirm_label": _("Cancel them all"),
        "standing": str(series),
        "consequence": _("Every member is told, and they disappear from their calendars."),
    }
    return render(request, "confirm_delete.html", context)


# Working hours


@page(Ability.CONTRIBUTE)
def hours(request: Visit) -> HttpResponse:
    """When I work: what the search for a time goes by."""
    mine = WorkHours.objects.filter(participant=request.access.participant).first()
    row = mine or WorkHours(partnership=request.partnership, participant=request.access.participant)
    form = HoursForm(posted(request), instance=row, access=request.access)
    if form.is_valid():
        services.set_hours(form.save(commit=False), by=request.user)
        messages.success(request, _("Kept. The search for a time goes by these hours."))
        return redirect("working_groups:home", partnership=request.partnership.slug)
    zone = request.access.person.time_zone.replace("_", " ")
    context = {
        "frame": "tool.html",
        "title": _("When you work"),
        "standing": _("By your own clock (%(zone)s).") % {"zone": zone},
        "standing_more": _("Nobody else sees these hours; they only count when a time is looked for."),
        "form": form,
        "save_label": _("Keep these hours"),
    }
    return render(request, "form.html", context)

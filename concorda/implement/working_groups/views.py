"""Pages of groups, meetings, minutes and calendar addresses."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.accounts.mail import absolute
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day, say_moment
from concorda.foundation.partnerships.access import YES, Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.pages import READ, Register, page
from concorda.implement.working_groups import events, queries, rights, services
from concorda.implement.working_groups.forms import (
    AttendanceForm,
    FeedForm,
    GroupForm,
    ItemForm,
    ItemMinutesForm,
    MeetingForm,
    MembersForm,
    NotesForm,
    ReasonForm,
)
from concorda.implement.working_groups.models import AgendaItem, Feed, Group, GroupMember, Meeting
from concorda.implement.working_groups.tool import standing_sentence

VERB = ("POST",)
NEXT = 8
"""How many coming meetings the first page shows."""
WITH_GROUP = ("group__chair", "partnership")


def posted(request: Visit) -> QueryDict | None:
    """What a form was sent with, also when nothing in it was filled in."""
    return request.POST if request.method == "POST" else None


def link(name: str, request: Visit, **query: object) -> str:
    """The address of a page of a later tool, or nothing while there is no such page."""
    try:
        address = reverse(name, args=[request.partnership.slug])
    except NoReverseMatch:
        return ""
    return address + "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else address


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """All groups; observers read the charters' purposes, participants also people, meetings and what is out of step."""
    access = request.access
    if not access.can(Ability.SEE):
        return render(request, "working_groups/observed.html", {"groups": queries.active(request.partnership)})
    found = queries.standings(request.partnership)
    coming = list(queries.upcoming(request.partnership)[:NEXT])
    table = queries.time_table(access, coming, found)
    names = queries.place_names(request.partnership, [one.group for one in found])
    sentence, more = standing_sentence(found)
    return render(
        request,
        "working_groups/home.html",
        {
            "standing": sentence,
            "standing_more": more,
            "found": found,
            "table": table,
            "clocks_change": queries.clock_change(table.places, coming),
            "findings": queries.findings(found, names),
            "manager_hint": queries.manager_hint(request.partnership, found),
            "steers": rights.steers(access),
            "mine": {one.group.pk for one in found if access.participant in one.people},
            "ended": Group.objects.exclude(ended_on=None),
        },
    )


# Groups


class Groups(Register):
    model = Group
    form = GroupForm
    roles = ("new", "detail", "edit")
    abilities = {"new": Ability.STEER}
    related = ("chair__person", "chair__organization", "created_by", "partnership")
    new_label = gettext_lazy("Open a working group")
    save_label = gettext_lazy("Save the charter")

    def may_change(self, row: Group) -> None:
        rights.demand(rights.may_run(self.request.access, row))

    def save(self, form: GroupForm) -> Group:
        facts = {"goals": form.cleaned_data["goals"], "by": self.request.user}
        if self.role == "new":
            return services.open_group(form.save(commit=False), **facts)
        return services.change_charter(form.save(), **facts)

    def initial(self) -> dict[str, Any]:
        return {} if self.row else {"time_zone": self.request.partnership.time_zone}

    def extra(self) -> dict[str, Any]:
        if self.role != "detail":
            return {
                "standing": _(
                    "The charter says what the group is for, who leads it, what it may decide, and when it ends."
                )
            }
        return group_facts(self.request, self.row)


def group_facts(request: Visit, group: Group) -> dict[str, Any]:
    """What the page of one group shows."""
    access = request.access
    one = queries.standings(request.partnership, [group])[0]
    coming = list(queries.upcoming(request.partnership, [group])[:NEXT])
    mine = next((row for row in queries.members(group) if row.participant_id == access.participant.pk), None)
    names = queries.place_names(request.partnership, [group])
    return {
        "one": one,
        "table": queries.time_table(access, coming, [one]),
        "agenda": list(coming[0].agenda.all()) if coming else [],
        "past": Meeting.objects.filter(group=group, starts_at__lte=clock.now()).order_by("-starts_at")[:12],
        "decided": queries.decided(group)[:6],
        "goals": [row.goal for row in group.goals.select_related("goal")],
        "findings": queries.findings([one], names) if group.active else [],
        "mine": mine,
        "runs": bool(rights.may_run(access, group)),
        "may_contribute": bool(access.can(Ability.CONTRIBUTE)) and group.active,
        "actions_url": link("action_plans:home", request, group=group.pk),
        "new_action_url": link("action_plans:action_new", request, group=group.pk),
        "discussions_url": link("communication:discussions", request, group=group.pk),
        "voice": True,
        **group_sentence(one, coming),
    }


def group_sentence(one: queries.Standing, coming: list[Meeting]) -> dict[str, str]:
    if not one.group.active:
        return {"standing": _("This group has ended."), "standing_more": one.group.ended_because}
    if coming:
        first = _("The next meeting is %(when)s.") % {
            "when": say_moment(coming[0].starts_at, inside=True, now=clock.now())
        }
    else:
        first = _("No meeting is planned.")
    more = f"{one.people_words}." if one.people else _("Nobody is in it yet.")
    if one.attendance:
        came = ngettext(
            "%(share)s came to the last meeting.",
            "%(share)s places were filled at the last %(count)s meetings.",
            one.meetings,
        )
        more += " " + came % {"share": one.attendance, "count": one.meetings}
    return {"standing": first, "standing_more": more}


@page(Ability.CONTRIBUTE, Group, related=("chair", "partnership"))
def end(request: Visit, group: Group) -> HttpResponse:
    rights.demand(rights.may_run(request.access, group))
    form = ReasonForm(posted(request))
    if form.is_valid():
        services.end_group(group, because=form.cleaned_data["because"], by=request.user)
        messages.success(request, _("The group has ended. Its records stay."))
        return redirect(group)
    consequence = _(
        "Its planned meetings are cancelled and its members are told. What it wrote down stays for everyone."
    )
    context = {
        "frame": "tool.html",
        "title": _("End the group %(group)s?") % {"group": group.name},
        "form": form,
        "keep_url": group.get_absolute_url(),
        "consequence": consequence,
        "confirm_label": _("End the group"),
    }
    return render(request, "confirm_delete.html", context)


# Members


@page(Ability.CONTRIBUTE, Group, related=("chair", "partnership"))
def members(request: Visit, group: Group) -> HttpResponse:
    """Bring several people in at once; see who is in, and take somebody out."""
    rights.demand(rights.may_run(request.access, group))
    form = MembersForm(posted(request), group=group)
    if form.is_valid():
        people = list(form.cleaned_data["people"])
        services.add_members(group, people, by=request.user)
        said = ngettext("%(count)s person is now in the group.", "%(count)s people are now in the group.", len(people))
        messages.success(request, said % {"count": len(people)})
        return redirect(group)
    context = {
        "group": group,
        "form": form,
        "rows": queries.members(group),
        "title": _("Members of %(group)s") % {"group": group.name},
        "standing": queries.standings(request.partnership, [group])[0].people_words + ".",
    }
    return render(request, "working_groups/members.html", context)


@page(Ability.CONTRIBUTE, Group, methods=VERB, related=("chair", "partnership"))
def join(request: Visit, group: Group) -> HttpResponse:
    if not group.active:
        rights.demand(rights.ENDED)
    services.join(group, request.access.participant, by=request.user)
    messages.success(request, _("You are in %(group)s. Its meetings will reach you.") % {"group": group.name})
    return redirect(group)


@page(
    Ability.CONTRIBUTE, GroupMember, methods=VERB, related=("group__chair", "group__partnership", "participant__person")
)
def leave(request: Visit, member: GroupMember) -> HttpResponse:
    """Leave oneself, or be taken out by those who run the group."""
    group = member.group
    rights.demand(
        rights.may_run(request.access, group) if member.participant_id != request.access.participant.pk else YES
    )
    if not group.active:
        rights.demand(rights.ENDED)
    services.leave(member, by=request.user)
    messages.success(
        request,
        _("%(person)s is no longer in %(group)s.") % {"person": member.participant.person.name, "group": group.name},
    )
    return redirect(group)


# Meetings


@page(Ability.CONTRIBUTE, Group, related=("chair", "partnership"))
def plan(request: Visit, group: Group) -> HttpResponse:
    rights.demand(rights.may_run(request.access, group))
    meeting = Meeting(partnership=request.partnership, group=group, time_zone=group.time_zone, place=group.place)
    form = MeetingForm(posted(request), instance=meeting, access=request.access)
    if form.is_valid():
        invite = form.cleaned_data["invite"]
        services.plan_meeting(form.save(commit=False), by=request.user, invite=invite)
        messages.success(
            request,
            _("The meeting is planned. The members were invited.")
            if invite
            else _("The meeting is planned. Nobody was written to."),
        )
        return redirect(meeting)
    return meeting_form(
        request,
        form,
        _("Plan a meeting of %(group)s") % {"group": group.name},
        _("Plan the meeting"),
        group.get_absolute_url(),
    )


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def move(request: Visit, meeting: Meeting) -> HttpResponse:
    rights.demand(rights.may_run(request.access, meeting.group))
    refuse_closed(meeting)
    form = MeetingForm(posted(request), instance=meeting, access=request.access)
    if form.is_valid():
        with transaction.atomic():
            services.move_meeting(form.save(), by=request.user, invite=form.cleaned_data["invite"])
        messages.success(request, _("The meeting is changed."))
        return redirect(meeting)
    return meeting_form(request, form, _("Change the meeting"), _("Save the change"), meeting.get_absolute_url())


def meeting_form(request: Visit, form: OwnedForm, title: str, save_label: str, cancel_url: str) -> HttpResponse:
    standing = _("Write the time as clocks at the meeting’s place show it; everyone sees it in their own.")
    context = {
        "frame": "tool.html",
        "title": title,
        "standing": standing,
        "form": form,
        "save_label": save_label,
        "cancel_url": cancel_url,
    }
    return render(request, "form.html", context)


def refuse_closed(meeting: Meeting) -> None:
    """What was approved or cancelled is not worked on."""
    if meeting.approved and meeting.approved_at:
        raise PermissionDenied(
            _("These minutes were approved and do not change any more. Note a correction in the next meeting.")
        )
    if meeting.cancelled:
        raise PermissionDenied(_("This meeting was cancelled. Plan a new one instead."))


@page(Ability.SEE, Meeting, methods=READ, related=("group__chair__person", "partnership", "approved_in__group"))
def meeting_detail(request: Visit, meeting: Meeting) -> HttpResponse:
    access = request.access
    group = meeting.group
    one = queries.standings(request.partnership, [group])[0]
    attendance = list(
        meeting.attendance.select_related("participant__person", "participant__organization").order_by(
            "participant__person__name"
        )
    )
    open_here = not meeting.approved and not meeting.cancelled
    context = {
        "meeting": meeting,
        "group": group,
        "title": str(meeting),
        "table": queries.time_table(access, [meeting], [one]),
        "agenda": list(meeting.agenda.select_related("carried_from__meeting__group")),
        "here": [row for row in attendance if row.present],
        "away": [row for row in attendance if not row.present],
        "to_approve": list(queries.to_approve(meeting).select_related("group", "partnership"))
        if meeting.past and meeting.quorum_met
        else [],
        "runs": open_here and bool(rights.may_run(access, group)),
        "approves": bool(rights.may_approve(access, group)),
        "approvable": meeting.finished_at
        and not meeting.approved
        and (not group.active or queries.approving(meeting) is not None),
        "writes": open_here and bool(rights.may_write(access, group)),
        "new_action_url": link("action_plans:action_new", request, meeting=meeting.pk, group=group.pk)
        if open_here
        else "",
        "new_decision_url": link("governance:decision_new", request),
        **meeting_sentence(meeting),
    }
    return render(request, "working_groups/meeting_detail.html", context)


def meeting_sentence(meeting: Meeting) -> dict[str, str]:
    """Where a meeting stands, and what comes next."""
    if meeting.cancelled:
        return {"standing": _("This meeting was cancelled."), "standing_more": meeting.cancelled_because}
    quorum = ""
    if meeting.needed_then is not None:
        words = _("%(present)s of %(members)s members were there; %(needed)s are a quorum.")
        quorum = words % {
            "present": meeting.present_then,
            "members": meeting.members_then,
            "needed": meeting.needed_then,
        }
    if meeting.approved and meeting.approved_at:
        return {
            "standing": _("These minutes are approved (%(day)s) and do not change any more.")
            % {"day": say_day(meeting.approved_at.date())},
            "standing_more": quorum,
        }
    if meeting.finished_at:
        return {"standing": _("The minutes are written. The next meeting approves them."), "standing_more": quorum}
    if meeting.past:
        return {"standing": _("The minutes are not finished yet."), "standing_more": quorum}
    return {
        "standing": _("It begins %(when)s.") % {"when": say_moment(meeting.starts_at, inside=True, now=clock.now())},
        "standing_more": meeting.place,
    }


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def cancel(request: Visit, meeting: Meeting) -> HttpResponse:
    rights.demand(rights.may_run(request.access, meeting.group))
    refuse_closed(meeting)
    form = ReasonForm(posted(request))
    if form.is_valid() and attempt(request, services.cancel_meeting, meeting, because=form.cleaned_data["because"]):
        messages.success(request, _("The meeting is cancelled and the members were told."))
    if request.method == "POST" and form.is_valid():
        return redirect(meeting)
    context = {
        "frame": "tool.html",
        "title": _("Cancel this meeting?"),
        "form": form,
        "keep_url": meeting.get_absolute_url(),
        "confirm_label": _("Cancel the meeting"),
        "standing": str(meeting),
        "consequence": _("Every member is told, and it disappears from their calendars."),
    }
    return render(request, "confirm_delete.html", context)


def attempt(request: Visit, verb: Any, *what: Any, **facts: Any) -> bool:
    """Do it; when a rule is in the way, say which."""
    try:
        verb(*what, **facts, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return False
    return True


@page(Ability.CONTRIBUTE, Meeting, methods=VERB, related=WITH_GROUP)
def invite(request: Visit, meeting: Meeting) -> HttpResponse:
    rights.demand(rights.may_run(request.access, meeting.group))
    if attempt(request, services.invite_again, meeting):
        messages.success(request, _("The members were invited again, with the agenda as it is now."))
    return redirect(meeting)


@page(Ability.SEE, Meeting, methods=READ, related=("group__chair__person", "partnership"))
def meeting_file(request: Visit, meeting: Meeting) -> HttpResponse:
    """One meeting as a calendar file."""
    found = events.calendar([meeting], method="PUBLISH")
    headers = {"Content-Disposition": f'attachment; filename="meeting-{meeting.pk}.ics"'}
    return HttpResponse(found, content_type="text/calendar; charset=utf-8", headers=headers)


# Agenda


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def item_new(request: Visit, meeting: Meeting) -> HttpResponse:
    rights.demand(rights.may_write(request.access, meeting.group))
    refuse_closed(meeting)
    form = ItemForm(
        posted(request),
        instance=AgendaItem(partnership=request.partnership, meeting=meeting),
        access=request.access,
    )
    if form.is_valid():
        services.add_item(form.save(commit=False), by=request.user)
        messages.success(request, _("It is on the agenda."))
        return redirect(meeting)
    return item_form(request, form, meeting, _("Add to the agenda"))


def item_form(request: Visit, form: OwnedForm, meeting: Meeting, title: str) -> HttpResponse:
    context = {
        "frame": "tool.html",
        "title": title,
        "standing": str(meeting),
        "form": form,
        "save_label": _("Save the item"),
        "cancel_url": meeting.get_absolute_url(),
    }
    return render(request, "form.html", context)


OF_ITEM = ("meeting__group__chair", "meeting__partnership", "partnership")


@page(Ability.CONTRIBUTE, AgendaItem, related=OF_ITEM)
def item_edit(request: Visit, item: AgendaItem) -> HttpResponse:
    rights.demand(rights.may_write(request.access, item.meeting.group))
    refuse_closed(item.meeting)
    form = ItemForm(posted(request), instance=item, access=request.access)
    if form.is_valid():
        services.change_item(form.save(), by=request.user)
        return redirect(item.meeting)
    return item_form(request, form, item.meeting, _("Change the item"))


@page(Ability.CONTRIBUTE, AgendaItem, methods=VERB, related=OF_ITEM)
def item_up(request: Visit, item: AgendaItem) -> HttpResponse:
    rights.demand(rights.may_write(request.access, item.meeting.group))
    refuse_closed(item.meeting)
    services.raise_item(item, by=request.user)
    return redirect(item.meeting)


@page(Ability.CONTRIBUTE, AgendaItem, methods=VERB, related=OF_ITEM)
def item_remove(request: Visit, item: AgendaItem) -> HttpResponse:
    rights.demand(rights.may_write(request.access, item.meeting.group))
    refuse_closed(item.meeting)
    if attempt(request, services.remove_item, item):
        messages.success(request, _("It is off the agenda."))
    return redirect(item.meeting)


# Minutes


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def minutes(request: Visit, meeting: Meeting) -> HttpResponse:
    """Attendance, notes and decisions of the whole meeting on one page, written by several people if they wish."""
    rights.demand(rights.may_write(request.access, meeting.group))
    refuse_closed(meeting)
    data = posted(request)
    items = [
        ItemMinutesForm(data, instance=item, prefix=f"item{item.pk}", access=request.access)
        for item in meeting.agenda.all()
    ]
    notes = NotesForm(data, instance=meeting, prefix="meeting", access=request.access)
    people = AttendanceForm(data, meeting=meeting, prefix="here")
    everything = [people, *items, notes]
    if data is not None and all_valid(everything):
        save_minutes(request, meeting, people, items, notes)
        if "finish" not in request.POST:
            return redirect("working_groups:minutes", partnership=request.partnership.slug, pk=meeting.pk)
        if attempt(request, services.finish_minutes, Meeting.objects.select_related(*WITH_GROUP).get(pk=meeting.pk)):
            messages.success(request, _("The minutes are finished. Unfinished items go to the next meeting."))
            return redirect(meeting)
        return redirect("working_groups:minutes", partnership=request.partnership.slug, pk=meeting.pk)
    context = {
        "meeting": meeting,
        "people": people,
        "items": items,
        "notes": notes,
        "title": _("Minutes: %(meeting)s") % {"meeting": meeting},
        "standing": _("Write while you meet; save as often as you like."),
        "standing_more": _("Several people can write: only what you changed is saved."),
        "all_forms": everything,
        "new_action_url": link("action_plans:action_new", request, meeting=meeting.pk, group=meeting.group_id),
    }
    return render(request, "working_groups/minutes.html", context)


def all_valid(everything: list[Any]) -> bool:
    """Every form says what is to be put right, not only the first."""
    return min([form.is_valid() for form in everything])


def save_minutes(
    request: Visit, meeting: Meeting, people: AttendanceForm, items: list[ItemMinutesForm], notes: NotesForm
) -> None:
    changed = [form for form in items if form.touched]
    if not (changed or notes.touched or people.touched):
        messages.success(request, _("Nothing had changed."))
        return
    with transaction.atomic():
        services.write_minutes(
            meeting,
            items=[form.save() for form in changed],
            notes=notes.save().notes if notes.touched else None,
            here=people.here if people.touched else None,
            by=request.user,
        )
    messages.success(request, _("Saved."))


@page(Ability.CONTRIBUTE, Meeting, methods=VERB, related=WITH_GROUP)
def approve(request: Visit, meeting: Meeting) -> HttpResponse:
    rights.demand(rights.may_approve(request.access, meeting.group))
    if attempt(request, services.approve_minutes, meeting):
        messages.success(request, _("The minutes are approved. From now on they cannot be changed."))
    return redirect(meeting)


# Calendar addresses


@page(Ability.SEE)
def calendar(request: Visit) -> HttpResponse:
    """A person's private calendar addresses; a new one is shown in full once."""
    form = FeedForm(posted(request))
    if request.method == "POST" and form.is_valid():
        token = services.open_feed(
            request.access.participant, every_group=form.cleaned_data["every_group"], by=request.user
        )
        request.session["calendar_token"] = token
        return redirect("working_groups:calendar", partnership=request.partnership.slug)
    token = request.session.pop("calendar_token", "")
    context = {
        "form": form,
        "feeds": queries.feeds_of(request.access),
        "title": _("Meetings in your own calendar"),
        "standing": _("Your calendar program can subscribe to your meetings; changes arrive by themselves."),
        "address": absolute(reverse("working_groups_public:calendar", args=[token])) if token else "",
    }
    return render(request, "working_groups/calendar.html", context)


@page(Ability.SEE, Feed, methods=VERB, related=("participant__organization", "partnership"))
def calendar_close(request: Visit, feed: Feed) -> HttpResponse:
    if feed.participant_id != request.access.participant.pk:
        raise PermissionDenied(_("This calendar address belongs to somebody else."))
    services.close_feed(feed, by=request.user)
    messages.success(request, _("This address no longer works."))
    return redirect("working_groups:calendar", partnership=request.partnership.slug)

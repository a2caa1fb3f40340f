"""Pages of groups, meetings, minutes and calendar addresses."""

import json
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.analysis.problems import Refused
from concorda.foundation.accounts.mail import absolute
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day, say_moment
from concorda.foundation.partnerships.access import YES, Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.pages import READ, Register, page
from concorda.implement.working_groups import events, queries, replies, rights, series, services, work
from concorda.implement.working_groups.forms import (
    AttendanceForm,
    ChangeCharterForm,
    FeedForm,
    GroupForm,
    GuestForm,
    ItemForm,
    ItemMinutesForm,
    MeetingForm,
    MembersForm,
    NotesForm,
    PaperForm,
    PlanForm,
    ReasonForm,
    ReplyFileForm,
    TakeOnForm,
)
from concorda.implement.working_groups.models import (
    AgendaItem,
    Feed,
    Group,
    GroupMember,
    Guest,
    Meeting,
    Paper,
    Reply,
    Series,
)
from concorda.implement.working_groups.tool import standing_sentence

VERB = ("POST",)
NEXT = 8
"""How many coming meetings the first page shows."""
WITH_GROUP = ("group__chair", "partnership", "series")


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
    groups = list(queries.groups_with_chairs(request.partnership))
    found = queries.standings(request.partnership, [group for group in groups if group.active])
    coming = queries.next_meetings(found)[:NEXT]
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
            "ended": [group for group in groups if not group.active],
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

    def edit_page(self) -> HttpResponse:
        self.form = ChangeCharterForm
        return super().edit_page()

    def save(self, form: Any) -> Group:
        facts = {"goals": form.cleaned_data["goals"], "by": self.request.user}
        if self.role == "new":
            return services.open_group(form.save(commit=False), **facts)
        return services.change_charter(form.save(), why=form.cleaned_data["why"], **facts)

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
    coming = one.coming[:NEXT]
    mine = next((row for row in queries.members(group) if row.participant_id == access.participant.pk), None)
    names = queries.place_names(request.partnership, [group])
    return {
        "one": one,
        "table": queries.time_table(access, coming, [one]),
        "agenda": list(coming[0].agenda.all()) if coming else [],
        "past": Meeting.objects.filter(group=group, starts_at__lte=clock.now()).order_by("-starts_at")[:12],
        "decided": queries.decided(group)[:6],
        "goals": [row.goal for row in group.goals.select_related("goal")],
        "charter": group.charters.select_related("adopted_in__group", "partnership").first(),
        "polls": list(group.polls.filter(closed_at=None).select_related("partnership")),
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
    """One meeting, or a series of them; `?at=20260316T1400` (UTC) brings a time along from the search."""
    rights.demand(rights.may_run(request.access, group))
    meeting = Meeting(partnership=request.partnership, group=group, time_zone=group.time_zone, place=group.place)
    form = PlanForm(posted(request), instance=meeting, initial=brought(request, group), access=request.access)
    if form.is_valid():
        made = form.save(commit=False)
        invite, repeat = form.cleaned_data["invite"], form.cleaned_data["repeat"]
        told = _("The members were invited.") if invite else _("Nobody was written to.")
        if repeat:
            count = form.cleaned_data["count"]
            planned: Any = series.plan_series(as_series(made), repeat, count, by=request.user, invite=invite)
            messages.success(request, _("%(count)s meetings are planned.") % {"count": count} + " " + told)
        else:
            planned = services.plan_meeting(made, by=request.user, invite=invite)
            messages.success(request, _("The meeting is planned.") + " " + told)
        return redirect(planned)
    title, label = _("Plan a meeting of %(group)s") % {"group": group.name}, _("Plan the meeting")
    return meeting_form(request, form, title, label, group.get_absolute_url())


def brought(request: Visit, group: Group) -> dict[str, Any]:
    """The time and length an address brings along, for the form to begin with."""
    try:
        moment = datetime.strptime(request.GET.get("at", ""), "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return {}
    local = moment.astimezone(group.zone)
    minutes = request.GET.get("minutes", "")
    return {"date": local.date(), "at": local.time()} | ({"minutes_long": minutes} if minutes.isdecimal() else {})


def as_series(meeting: Meeting) -> Series:
    facts = ("partnership", "group", "starts_at", "minutes_long", "time_zone", "place")
    return Series(**{name: getattr(meeting, name) for name in facts})


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def move(request: Visit, meeting: Meeting) -> HttpResponse:
    rights.demand(rights.may_run(request.access, meeting.group))
    refuse_closed(meeting)
    was = meeting.starts_at
    form = MeetingForm(posted(request), instance=meeting, access=request.access)
    if form.is_valid():
        with transaction.atomic():
            services.move_meeting(form.save(), was=was, by=request.user, invite=form.cleaned_data["invite"])
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


@page(
    Ability.SEE, Meeting, methods=READ, related=("group__chair__person", "partnership", "approved_in__group", "series")
)
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
        "agenda": list(meeting.agenda.select_related("carried_from__meeting__group", "leads__person")),
        "papers": list(meeting.papers.select_related("item", "added_by__person")),
        "tasks": work.known().taken_on(meeting),
        "replies": queries.replies_to(meeting, one.people),
        "guests": list(meeting.guests.all()),
        "refused": list(meeting.refused_replies.all()) if rights.may_run(access, group) else [],
        "my_reply": queries.reply_of(meeting, access.participant),
        "may_reply": open_here and not meeting.past and access.participant in one.people,
        "says": Reply.Says.choices,
        "here": [row for row in attendance if row.present],
        "away": [row for row in attendance if not row.present],
        "to_approve": list(queries.to_approve(meeting).select_related("group", "partnership"))
        if meeting.past and meeting.quorum_met
        else [],
        "next_one": next((later for later in one.coming if later.starts_at > meeting.starts_at), None),
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


@page(Ability.SEE, Meeting, methods=READ, related=("group__chair__person", "partnership", "series__group"))
def meeting_file(request: Visit, meeting: Meeting) -> HttpResponse:
    """One meeting as a calendar file."""
    found = events.calendar([meeting], method="PUBLISH", name=meeting.group.name)
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


def item_form(request: Visit, form: OwnedForm, meeting: Meeting, title: str, save_label: str = "") -> HttpResponse:
    context = {
        "frame": "tool.html",
        "title": title,
        "standing": str(meeting),
        "form": form,
        "save_label": save_label or _("Save it"),
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


# Papers, guests, answers


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def paper_new(request: Visit, meeting: Meeting) -> HttpResponse:
    """Attach a file to be read before the meeting."""
    rights.demand(rights.may_write(request.access, meeting.group))
    refuse_closed(meeting)
    form = PaperForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        instance=Paper(partnership=request.partnership, meeting=meeting),
        access=request.access,
    )
    if form.is_valid():
        services.add_paper(form.save(commit=False), form.cleaned_data["file"], by=request.user)
        messages.success(request, _("The paper is there for everybody who takes part."))
        return redirect(meeting)
    return item_form(request, form, meeting, _("Add a paper"))


@page(Ability.SEE, Paper, methods=READ)
def paper_file(request: Visit, paper: Paper) -> Any:
    """The paper as a download and nothing else: no browser shows or runs what somebody uploaded."""
    if not paper.file or not paper.file.storage.exists(paper.file.name):
        raise Http404(_("The file of this paper is missing."))
    kind = "application/octet-stream"
    answer = FileResponse(paper.file.open("rb"), as_attachment=True, filename=paper.file_name, content_type=kind)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


@page(Ability.CONTRIBUTE, Paper, methods=VERB, related=("meeting__group__chair", "partnership"))
def paper_remove(request: Visit, paper: Paper) -> HttpResponse:
    rights.demand(rights.may_write(request.access, paper.meeting.group))
    refuse_closed(paper.meeting)
    if attempt(request, services.remove_paper, paper):
        messages.success(request, _("The paper is taken back."))
    return redirect(paper.meeting)


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def guest_new(request: Visit, meeting: Meeting) -> HttpResponse:
    """Invite somebody without a part in the partnership to this meeting."""
    rights.demand(rights.may_run(request.access, meeting.group))
    refuse_closed(meeting)
    guest = Guest(partnership=request.partnership, meeting=meeting)
    form = GuestForm(posted(request), instance=guest, access=request.access)
    if form.is_valid():
        if attempt(request, services.invite_guest, form.save(commit=False)):
            messages.success(request, _("The guest has an invitation."))
        return redirect(meeting)
    return item_form(request, form, meeting, _("Invite a guest"), _("Invite them"))


@page(Ability.SEE, Meeting, methods=VERB, related=WITH_GROUP)
def answer(request: Visit, meeting: Meeting) -> HttpResponse:
    """Say whether one comes."""
    if not rights.is_member(request.access, meeting.group):
        rights.demand(rights.NOT_MEMBER)
    refuse_closed(meeting)
    if meeting.past:
        raise PermissionDenied(_("This meeting has begun; who was there stands in its minutes."))
    says = request.POST.get("says", "")
    if says not in Reply.Says.values:
        messages.error(request, _("Say whether you come: choose one of the three answers."))
        return redirect(meeting)
    replies.answer(meeting, request.access.participant, says, by=request.user)
    messages.success(request, _("Your answer is kept."))
    return redirect(meeting)


@page(Ability.CONTRIBUTE)
def reply_file(request: Visit) -> HttpResponse:
    """Take in an answer that reached somebody by e-mail: the file their calendar program made."""
    form = ReplyFileForm(posted(request), request.FILES if request.method == "POST" else None)
    if form.is_valid():
        try:
            found = replies.take_reply(
                form.cleaned_data["file"].read(replies.LARGEST + 1),
                form.cleaned_data["sender"],
                within_partnership=request.partnership,
            )
        except Refused as refusal:
            form.add_error("file", [problem.reason for problem in refusal.problems])
        else:
            return after_reply(request, found)
    context = {
        "frame": "tool.html",
        "title": _("Take in an answer"),
        "standing": _("If somebody’s answer came to you as a letter, its calendar file can be counted here."),
        "standing_more": _("An answer of somebody who was not invited is not counted, and shown with the meeting."),
        "form": form,
        "save_label": _("Take it in"),
        "cancel_url": reverse("working_groups:home", args=[request.partnership.slug]),
    }
    return render(request, "form.html", context)


def after_reply(request: Visit, found: replies.Outcome) -> HttpResponse:
    if found.refused:
        messages.warning(request, _("It was not counted.") + " " + found.refused.get_why_display())
        return redirect(found.refused.meeting)
    said = ngettext("The answer counts.", "The answer counts for %(count)s meetings.", len(found.meetings))
    messages.success(request, said % {"count": len(found.meetings)})
    return redirect(found.meetings[0])


# Minutes


@page(Ability.CONTRIBUTE, Meeting, related=WITH_GROUP)
def minutes(request: Visit, meeting: Meeting) -> HttpResponse:
    """Attendance, notes, decisions and actions of the whole meeting on one page, written by several people at once.

    Asked for as JSON, it answers with what is stored now, so that pages of several writers stay together.
    """
    rights.demand(rights.may_write(request.access, meeting.group))
    refuse_closed(meeting)
    data = posted(request)
    sheet = MinutesSheet(request, meeting, data)
    if request.headers.get("Accept") == "application/json":
        return sheet.as_json(save_minutes(request, meeting, sheet) if data is not None and sheet.valid else [])
    if data is not None and sheet.valid:
        clashes = save_minutes(request, meeting, sheet)
        for clash in clashes:
            messages.warning(request, clash_sentence(clash))
        here = redirect("working_groups:minutes", partnership=request.partnership.slug, pk=meeting.pk)
        if "finish" not in request.POST or clashes:
            return here
        if attempt(request, services.finish_minutes, Meeting.objects.select_related(*WITH_GROUP).get(pk=meeting.pk)):
            messages.success(request, _("The minutes are finished. Unfinished items go to the next meeting."))
            return redirect(meeting)
        return here
    context = {
        "meeting": meeting,
        "people": sheet.people,
        "items": sheet.items,
        "notes": sheet.notes,
        "take_on": sheet.take_on,
        "plans": sheet.plans,
        "tasks": work.known().taken_on(meeting),
        "title": _("Minutes: %(meeting)s") % {"meeting": meeting},
        "standing": _("Write while you meet; save as often as you like."),
        "standing_more": _("Several people can write at once: their changes are laid together, nothing is lost."),
        "all_forms": sheet.forms,
    }
    return render(request, "working_groups/minutes.html", context)


class MinutesSheet:
    """The forms of the minutes page of one meeting."""

    def __init__(self, request: Visit, meeting: Meeting, data: QueryDict | None) -> None:
        self.meeting = meeting
        self.items = [
            ItemMinutesForm(data, instance=item, prefix=f"item{item.pk}", access=request.access)
            for item in meeting.agenda.all()
        ]
        self.notes = NotesForm(data, instance=meeting, prefix="meeting", access=request.access)
        self.people = AttendanceForm(data, meeting=meeting, prefix="here")
        self.plans = not isinstance(work.known(), work.Nothing)
        self.take_on = TakeOnForm(data, meeting=meeting, prefix="action")
        self.request = request

    @property
    def forms(self) -> list[Any]:
        return [self.people, *self.items, self.notes, *([self.take_on] if self.plans else [])]

    @cached_property
    def valid(self) -> bool:
        """Every form says what is to be put right, not only the first."""
        return min([form.is_valid() for form in self.forms])

    @property
    def written(self) -> list[services.Written]:
        return [written for form in (*self.items, self.notes) if (written := form.written).changes]

    def as_json(self, clashes: list[services.Clash]) -> JsonResponse:
        """What is stored now, form by form, with the words for where two wrote in one place."""
        if not self.valid and self.request.method == "POST":
            wrong = {form.prefix: form.errors for form in self.forms if form.errors}
            return JsonResponse({"wrong": wrong}, status=422)
        meeting = Meeting.objects.select_related(*WITH_GROUP).get(pk=self.meeting.pk)
        now = MinutesSheet(self.request, meeting, None)
        parts = {
            form.prefix: {"values": form.showed, "loaded": form["loaded"].value()} for form in (*now.items, now.notes)
        }
        here = json.loads(now.people["loaded"].value())
        return JsonResponse(
            {
                "parts": parts,
                "here": here,
                "clashes": [{"part": prefix_of(one), "name": one.name, "says": clash_sentence(one)} for one in clashes],
            }
        )


def prefix_of(clash: services.Clash) -> str:
    return "meeting" if isinstance(clash.row, Meeting) else f"item{clash.row.pk}"


def clash_sentence(clash: services.Clash) -> str:
    """Where two wrote in one place, and what stands there now."""
    where = _("Anything else") if isinstance(clash.row, Meeting) else clash.row.title
    if clash.name in services.MERGED:
        text = _(
            "Somebody wrote in the same place of “%(where)s”. Both texts are kept, theirs first: look at them once."
        )
    else:
        text = _("Somebody changed the same answer of “%(where)s” as you. Yours stands; theirs was “%(theirs)s”.")
    return text % {"where": where, "theirs": clash.theirs}


def save_minutes(request: Visit, meeting: Meeting, sheet: MinutesSheet) -> list[services.Clash]:
    """Lay what was changed over what is stored; returns where two wrote in one place."""
    people, written = sheet.people, sheet.written
    first = not people.recorded and bool(people.here)
    task = sheet.take_on.cleaned_data if sheet.plans and sheet.take_on.cleaned_data.get("title") else None
    if not (written or people.came or people.went or first or task):
        messages.success(request, _("Nothing had changed."))
        return []
    clashes: list[services.Clash] = []
    with transaction.atomic():
        if written or people.came or people.went or first:
            came = people.here if first else people.came
            clashes = services.merge_minutes(meeting, written, came=came, went=people.went, by=request.user)
        if task:
            work.known().take_on(meeting, title=task["title"], who=task["who"], due=task["due"], by=request.user)
    messages.success(request, _("Saved."))
    return clashes


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
    form = FeedForm(posted(request), initial={"group": request.GET.get("group")})
    if request.method == "POST" and form.is_valid():
        token = services.open_feed(request.access.participant, **form.cleaned_data, by=request.user)
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


def demand_own(request: Visit, feed: Feed) -> None:
    if feed.participant_id != request.access.participant.pk:
        raise PermissionDenied(_("This calendar address belongs to somebody else."))


OF_FEED = ("participant__organization", "partnership", "group")


@page(Ability.SEE, Feed, methods=VERB, related=OF_FEED)
def calendar_renew(request: Visit, feed: Feed) -> HttpResponse:
    """The same calendar under a new secret address."""
    demand_own(request, feed)
    if feed.revoked_at:
        raise PermissionDenied(_("This address is closed. Make a new one."))
    request.session["calendar_token"] = services.renew_feed(feed, by=request.user)
    messages.success(request, _("The old address no longer works."))
    return redirect("working_groups:calendar", partnership=request.partnership.slug)


@page(Ability.SEE, Feed, methods=VERB, related=OF_FEED)
def calendar_close(request: Visit, feed: Feed) -> HttpResponse:
    demand_own(request, feed)
    services.close_feed(feed, by=request.user)
    messages.success(request, _("This address no longer works."))
    return redirect("working_groups:calendar", partnership=request.partnership.slug)

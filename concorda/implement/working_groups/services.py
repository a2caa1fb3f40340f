"""What can be done with groups, meetings, minutes and calendar addresses."""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.analysis.merging import merge
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_moment, say_time
from concorda.foundation.core.text import fingerprint
from concorda.foundation.partnerships.models import Final, Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.implement.working_groups import events, queries, recurrence
from concorda.implement.working_groups.events import Invited
from concorda.implement.working_groups.models import (
    CHARTER,
    AgendaItem,
    Attendance,
    Charter,
    CharterGoal,
    Feed,
    Group,
    GroupGoal,
    GroupMember,
    Guest,
    Meeting,
    Paper,
    Series,
    WorkHours,
    refuse_approved,
)

LARGEST_PAPER = 20 * 1024 * 1024

# Groups


@transaction.atomic
def open_group(group: Group, *, goals: Iterable[Goal] = (), by: Person) -> Group:
    """Store a new group with the first version of its charter; the chair is its first member."""
    goals = list(goals)
    store_group(group, goals, by=by)
    write_version(group, goals, why="", by=by)
    return group


def store_group(group: Group, goals: Iterable[Goal], *, by: Person) -> None:
    group.save()
    set_goals(group, goals)
    if group.chair:
        take_in(group, group.chair)
    record(group.partnership, by, gettext_noop("opened the working group “%(group)s”"), about=group, group=group.name)


@transaction.atomic
def change_charter(group: Group, *, goals: Iterable[Goal], why: str = "", by: Person) -> Group:
    """After the charter was saved: its next version, its goals, and a new chair joins."""
    goals = list(goals)
    set_goals(group, goals)
    write_version(group, goals, why=why, by=by)
    if group.chair:
        take_in(group, group.chair)
    record(group.partnership, by, gettext_noop("changed the charter of “%(group)s”"), about=group, group=group.name)
    return group


def set_goals(group: Group, goals: Iterable[Goal]) -> None:
    wanted = list(goals)
    GroupGoal.objects.filter(group=group).exclude(goal__in=wanted).delete()
    for goal in wanted:
        GroupGoal.objects.get_or_create(partnership=group.partnership, group=group, goal=goal)


def write_version(group: Group, goals: Iterable[Goal], *, why: str, by: Person) -> Charter | None:
    """The charter as the group has it now, as its next version; None when nothing in it changed."""
    latest = group.charters.first()
    goals = list(goals)
    facts = {name: getattr(group, name) for name in CHARTER}
    if latest and facts == {name: getattr(latest, name) for name in CHARTER} and set(goals) == goals_of(latest):
        return None
    charter = Charter(group=group, number=latest.number + 1 if latest else 1, why=why, **facts)
    return store_version(charter, group.partnership, goals, by)


def store_version(charter: Charter, partnership: Partnership, goals: Iterable[Goal], by: Person) -> Charter:
    charter.partnership = partnership
    charter.written_by = participant_of(partnership, by)
    charter.save()
    CharterGoal.objects.bulk_create(CharterGoal(partnership=partnership, charter=charter, goal=goal) for goal in goals)
    return charter


def goals_of(charter: Charter) -> set[Goal]:
    return {row.goal for row in charter.goals.select_related("goal")}


def refuse_ended(group: Group) -> None:
    if not group.active:
        raise Final(_("This group has ended; its records stay as they are."))


@transaction.atomic
def end_group(group: Group, *, because: str, by: Person) -> None:
    """The group's work is done, or given up: what it wrote down stays, what it had planned is cancelled."""
    refuse_ended(group)
    several: dict[int, Series] = {}
    for meeting in queries.upcoming(group.partnership, [group]):
        call_off(meeting, because=because, by=by, invite=meeting.series is None)
        if meeting.series:
            several[meeting.series.pk] = meeting.series
    for series in several.values():  # one letter for all meetings of a series
        series.sequence += 1
        series.save(update_fields=["sequence"])
        invite_to_series(series, by=by)
    group.ended_on, group.ended_because = clock.today(), because
    group.save(update_fields=["ended_on", "ended_because"])
    message = gettext_noop("ended the working group “%(group)s”: %(because)s")
    record(group.partnership, by, message, about=group, group=group.name, because=because[:150])


# Members


def take_in(group: Group, participant: Participant) -> None:
    row, new = GroupMember.objects.get_or_create(partnership=group.partnership, group=group, participant=participant)
    if not new and row.left_on:
        row.left_on = None
        row.save(update_fields=["left_on"])


@transaction.atomic
def add_members(group: Group, people: Sequence[Participant], *, by: Person) -> None:
    """Take several people into the group at once."""
    refuse_ended(group)
    for participant in people:
        take_in(group, participant)
    names = ", ".join(participant.person.name for participant in people)
    record(
        group.partnership,
        by,
        gettext_noop("brought %(people)s into “%(group)s”"),
        about=group,
        people=names[:200],
        group=group.name,
    )


@transaction.atomic
def join(group: Group, participant: Participant, *, by: Person) -> None:
    refuse_ended(group)
    take_in(group, participant)
    record(group.partnership, by, gettext_noop("joined “%(group)s”"), about=group, group=group.name)


@transaction.atomic
def leave(member: GroupMember, *, by: Person) -> None:
    """A member goes; a chair who goes leaves the chair empty."""
    group = member.group
    refuse_ended(group)
    member.left_on = clock.today()
    member.save(update_fields=["left_on"])
    if group.chair_id == member.participant_id:
        group.chair = None
        group.save(update_fields=["chair"])
    if member.participant.person_id == by.pk:
        record(group.partnership, by, gettext_noop("left “%(group)s”"), about=group, group=group.name)
    else:
        message = gettext_noop("noted that %(person)s left “%(group)s”")
        record(group.partnership, by, message, about=group, person=member.participant.person.name, group=group.name)


# Meetings


@transaction.atomic
def plan_meeting(meeting: Meeting, *, agenda: Sequence[AgendaItem] = (), by: Person, invite: bool = True) -> Meeting:
    """Store a new meeting with its agenda, after what earlier meetings left open; members are invited."""
    refuse_ended(meeting.group)
    meeting.save()
    fill_agenda(meeting, agenda)
    record(
        meeting.partnership,
        by,
        gettext_noop("planned a meeting of “%(group)s”"),
        about=meeting,
        group=meeting.group.name,
    )
    if invite and not meeting.past:
        invite_members(meeting, by=by)
    return meeting


def fill_agenda(meeting: Meeting, agenda: Sequence[AgendaItem]) -> None:
    """First what earlier meetings left open, then what is new."""
    open_items = AgendaItem.objects.filter(
        meeting__in=queries.before(meeting).exclude(finished_at=None), done=False, carried_to=None
    )
    for item in open_items.order_by("meeting__starts_at", "position"):
        carry(item, meeting)
    for position, item in enumerate(agenda, next_position(meeting)):
        item.partnership, item.meeting, item.position = meeting.partnership, meeting, position
        item.save()


@transaction.atomic
def move_meeting(meeting: Meeting, *, was: datetime | None = None, by: Person, invite: bool = True) -> Meeting:
    """After the meeting was saved with another time, length or place: calendars learn of it.

    Answers to the time it `was` at no longer say anything; of a series only this one meeting moves.
    """
    if was and was != meeting.starts_at:
        meeting.replies.all().delete()
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    record(
        meeting.partnership,
        by,
        gettext_noop("changed the meeting of “%(group)s”"),
        about=meeting,
        group=meeting.group.name,
    )
    if invite and not meeting.past:
        invite_members(meeting, by=by)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, because: str, by: Person) -> None:
    """A meeting does not take place; its agenda stays to be carried over by hand."""
    if meeting.cancelled or meeting.held:
        raise ValidationError(_("This meeting is cancelled already, or it took place."))
    call_off(meeting, because=because, by=by)
    message = gettext_noop("cancelled the meeting of “%(group)s”: %(because)s")
    record(meeting.partnership, by, message, about=meeting, group=meeting.group.name, because=because[:150])


def call_off(meeting: Meeting, *, because: str, by: Person, invite: bool = True) -> None:
    meeting.cancelled, meeting.cancelled_because = True, because[:200]
    meeting.sequence += 1
    meeting.save()
    if invite and not meeting.past:
        invite_members(meeting, by=by)


def invite_members(meeting: Meeting, *, by: Person) -> int:
    """Write to every member and guest, in their language and time; returns to how many."""
    guests = Guest.objects.filter(meeting=meeting).select_related("meeting")
    invited = [Invited.person(member.participant.person) for member in queries.members(meeting.group)]
    invited += [Invited.guest(guest, language=by.language) for guest in guests]
    method = "CANCEL" if meeting.cancelled else "REQUEST"
    for one in invited:
        with translation.override(one.language):
            part = events.calendar([meeting], method=method, by=by, to=one)
        send_invitation(meeting, one, (method, part), by=by)
    return len(invited)


def invite_to_series(series: Series, *, by: Person) -> int:
    """Write to every member once for all meetings of a series; returns to how many."""
    meetings = list(series.meetings.select_related("group", "series", "partnership").prefetch_related("agenda"))
    coming = [meeting for meeting in queries.in_order(meetings) if not meeting.cancelled and not meeting.past]
    method = "REQUEST" if any(not meeting.cancelled for meeting in meetings) else "CANCEL"
    invited = [Invited.person(member.participant.person) for member in queries.members(series.group)]
    for one in invited:
        with translation.override(one.language):
            part = events.series_calendar(series, meetings, method=method, by=by, to=one)
        first = coming[0] if coming else queries.in_order(meetings)[-1]
        send_invitation(first, one, (method, part), by=by, more=[meeting.starts_at for meeting in coming[1:]])
    return len(invited)


def send_invitation(
    meeting: Meeting, to: Invited, part: tuple[str, bytes], *, by: Person, more: Sequence[datetime] = ()
) -> None:
    """One letter: what, when by their own clock, the agenda, `more` times of a series, and the calendar part."""
    method, content = part
    mail.send(
        to.email,
        lambda: invitation_subject(meeting, to),
        "working_groups/mail/invitation.txt",
        {
            "meeting": meeting,
            "person": to,
            "by": by,
            "start": meeting.starts_at.astimezone(to.zone),
            "more": [moment.astimezone(to.zone) for moment in more],
            "elsewhere": say_time(meeting.starts_at.astimezone(meeting.zone))
            if meeting.time_zone != to.time_zone
            else "",
            "agenda": list(meeting.agenda.all()),
            "address": mail.absolute(meeting.get_absolute_url()),
            "group_address": mail.absolute(meeting.group.get_absolute_url()),
        },
        language=to.language,
        attachments=[("invitation.ics", content.decode(), f"text/calendar; method={method}")],
        kind="meetings",
        of=meeting.partnership,
    )


def invitation_subject(meeting: Meeting, person: Invited) -> str:
    with timezone.override(person.zone):
        facts = {"group": meeting.group.name, "when": say_moment(meeting.starts_at, now=clock.now())}
    if meeting.cancelled:
        return _("Cancelled: %(group)s, %(when)s") % facts
    if meeting.sequence:
        return _("Changed: %(group)s, %(when)s") % facts
    return _("Invitation: %(group)s, %(when)s") % facts


@transaction.atomic
def invite_again(meeting: Meeting, *, by: Person) -> int:
    """Send the invitation once more, with the agenda as it is now."""
    if meeting.cancelled or meeting.past:
        raise ValidationError(_("Invitations go out before a meeting; this one has begun or was cancelled."))
    sent = invite_members(meeting, by=by)
    record(
        meeting.partnership,
        by,
        gettext_noop("invited the members of “%(group)s” to their meeting"),
        about=meeting,
        group=meeting.group.name,
    )
    return sent


# Agenda


@transaction.atomic
def add_item(item: AgendaItem, *, by: Person) -> AgendaItem:
    """Put something last on the agenda."""
    item.position = next_position(item.meeting)
    item.save()
    record(
        item.partnership,
        by,
        gettext_noop("put “%(item)s” on the agenda of “%(group)s”"),
        about=item,
        item=item.title[:120],
        group=item.meeting.group.name,
    )
    return item


def next_position(meeting: Meeting) -> int:
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def change_item(item: AgendaItem, *, by: Person) -> None:
    """After the item was saved."""
    message = gettext_noop("changed “%(item)s” on the agenda of “%(group)s”")
    record(item.partnership, by, message, about=item, item=item.title[:120], group=item.meeting.group.name)


@transaction.atomic
def remove_item(item: AgendaItem, *, by: Person) -> None:
    """Take something off the agenda, as long as nothing was written down about it."""
    if item.notes or item.decided or item.done:
        raise ValidationError(
            _("Something was written down about “%(item)s”, so it stays in the minutes.") % {"item": item.title}
        )
    message = gettext_noop("took “%(item)s” off the agenda of “%(group)s”")
    record(item.partnership, by, message, about=item, item=item.title[:120], group=item.meeting.group.name)
    item.delete()


@transaction.atomic
def raise_item(item: AgendaItem, *, by: Person) -> None:
    """Take one item before the one above it."""
    items = list(AgendaItem.objects.filter(meeting=item.meeting_id))
    place = items.index(item)
    if not place:
        return
    items.insert(place - 1, items.pop(place))
    for position, one in enumerate(items):
        one.position = position
        one.save(update_fields=["position"])
    record(
        item.partnership,
        by,
        gettext_noop("changed the order of the agenda of “%(group)s”"),
        about=item,
        group=item.meeting.group.name,
    )


def carry(item: AgendaItem, meeting: Meeting) -> AgendaItem:
    return AgendaItem.objects.create(
        partnership=meeting.partnership,
        meeting=meeting,
        title=item.title,
        purpose=item.purpose,
        minutes_long=item.minutes_long,
        position=next_position(meeting),
        carried_from=item,
    )


# Minutes


WRITTEN = ("notes", "decided", "how", "votes_for", "votes_against", "abstained", "dissent", "conflicts", "done")
"""What is written down about an item."""
MERGED = frozenset({"notes", "decided", "dissent", "conflicts", "parked"})


@dataclass(frozen=True)
class Written:
    """What one writer changed in an item, or in the meeting itself: column → what it was when they began, and is."""

    row: AgendaItem | Meeting
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Clash:
    """Two wrote in one place."""

    row: AgendaItem | Meeting
    name: str
    mine: str
    theirs: str


@transaction.atomic
def write_minutes(
    meeting: Meeting,
    *,
    by: Person,
    items: Iterable[AgendaItem] = (),
    here: Collection[int] | None = None,
    notes: str | None = None,
) -> None:
    """Store what was written down: changed `items`, the participants (keys) who are `here`, and general `notes`.

    What is None was not touched, so that two people writing at once do not undo each other.
    """
    refuse_approved(meeting.pk)
    for item in items:
        item.save(update_fields=[*WRITTEN, "revision"])
    if notes is not None:
        meeting.notes = notes
        meeting.save(update_fields=["notes"])
    if here is not None:
        take_attendance(meeting, here)
    record(
        meeting.partnership, by, gettext_noop("wrote minutes of “%(group)s”"), about=meeting, group=meeting.group.name
    )


@transaction.atomic
def merge_minutes(
    meeting: Meeting,
    written: Sequence[Written] = (),
    *,
    came: Collection[int] = (),
    went: Collection[int] = (),
    by: Person,
) -> list[Clash]:
    """Store what one of several writers changed, beside what the others wrote meanwhile; nobody's text is lost.

    `came` and `went` are the participants (keys) who were ticked and unticked. Returns where two wrote in one place:
    texts then hold both, of a number or a tick the later one stands.
    """
    refuse_approved(meeting.pk)
    clashes = [clash for one in written for clash in write_down(one)]
    if came or went:
        take_attendance(meeting, (queries.attended(meeting) | set(came)) - set(went))
    record(
        meeting.partnership, by, gettext_noop("wrote minutes of “%(group)s”"), about=meeting, group=meeting.group.name
    )
    return clashes


def write_down(written: Written) -> Iterator[Clash]:
    """Lay one writer's changes over the row as it is stored now."""
    row: Any = type(written.row).objects.select_for_update().get(pk=written.row.pk)
    for name, (was, now) in written.changes.items():
        stored = getattr(row, name)
        if isinstance(now, str) and name in MERGED:
            merged = merge(str(was or ""), now, stored)
            setattr(row, name, merged.text)
            yield from (Clash(row, name, clash.mine, clash.theirs) for clash in merged.clashes)
        else:
            setattr(row, name, now)
            if stored not in (was, now):
                yield Clash(row, name, str(now), str(stored))
    row.revision += 1
    row.save(update_fields=[*written.changes, "revision"])


def take_attendance(meeting: Meeting, here: Collection[int]) -> None:
    """One row for each member then, and one for each guest who came; the quorum counts members only."""
    expected = set(queries.members_at(meeting).values_list("pk", flat=True))
    stored = {row.participant_id: row for row in Attendance.objects.filter(meeting=meeting)}
    for participant, row in stored.items():
        if participant not in expected | set(here):
            row.delete()
        elif row.present != (participant in here):
            row.present = participant in here
            row.save()
    Attendance.objects.bulk_create(
        Attendance(
            partnership=meeting.partnership, meeting=meeting, participant_id=participant, present=participant in here
        )
        for participant in sorted((expected | set(here)) - set(stored))
    )
    meeting.members_then = len(expected)
    meeting.present_then = len(expected & set(here))
    meeting.needed_then = meeting.group.needed(len(expected))
    meeting.save(update_fields=["members_then", "present_then", "needed_then"])


@transaction.atomic
def finish_minutes(meeting: Meeting, *, by: Person) -> None:
    """The minutes are complete: unfinished items go to the next meeting if one is planned, else they wait for it."""
    if meeting.cancelled or not meeting.past:
        raise ValidationError(_("Minutes are finished after a meeting; this one has not begun, or it was cancelled."))
    if meeting.present_then is None:
        raise ValidationError(_("Write down who was there first: tick the names under “Who is here” and save."))
    meeting.finished_at = clock.now()
    meeting.save()
    later = Meeting.objects.filter(
        group=meeting.group_id, cancelled=False, finished_at=None, starts_at__gt=meeting.starts_at
    )
    following = later.order_by("starts_at").first()
    if following:
        for item in AgendaItem.objects.filter(meeting=meeting, done=False, carried_to=None):
            carry(item, following)
    record(
        meeting.partnership,
        by,
        gettext_noop("finished the minutes of “%(group)s”"),
        about=meeting,
        group=meeting.group.name,
    )


@transaction.atomic
def approve_minutes(meeting: Meeting, *, by: Person) -> None:
    """The group approves earlier minutes in a later meeting that has a quorum; from then on they never change.

    The last minutes of a group that has ended need no later meeting.
    """
    if meeting.approved:
        raise Final(_("These minutes were approved already."))
    if not meeting.finished_at:
        raise ValidationError(
            _("These minutes are not finished yet. Finish them first, then the next meeting can approve them.")
        )
    approving = queries.approving(meeting)
    if approving is None and meeting.group.active:
        raise ValidationError(
            _("Minutes are approved at the next meeting, once its attendance shows a quorum. There was none yet.")
        )
    meeting.approved_in = approving
    meeting.digest = fingerprint(contents(meeting))
    meeting.approved_at = clock.now()
    meeting.save()
    record(
        meeting.partnership,
        by,
        gettext_noop("approved the minutes of “%(group)s” of %(day)s (%(digest)s)"),
        about=meeting,
        group=meeting.group.name,
        day=meeting.starts_at.astimezone(meeting.zone).date().isoformat(),
        digest=meeting.digest[:12],
    )


def contents(meeting: Meeting) -> dict[str, object]:
    """What the fingerprint of approved minutes covers."""
    items = meeting.agenda.values_list("position", "title", "purpose", *WRITTEN)
    people = meeting.attendance.order_by("participant").values_list("participant__person__name", "present")
    return {
        "starts": meeting.starts_at.isoformat(),
        "notes": meeting.notes,
        "parked": meeting.parked,
        "papers": list(meeting.papers.values_list("title", "digest")),
        "items": list(items),
        "people": list(people),
    }


# Papers, guests, working hours


@transaction.atomic
def add_paper(paper: Paper, content: File[bytes], *, by: Person) -> Paper:
    """Attach a file to a meeting, or to one item of its agenda."""
    body = content.read()
    paper.digest, paper.size = hashlib.sha256(body).hexdigest(), len(body)
    paper.file_name = Path(content.name or "paper").name[-160:]
    paper.added_by = participant_of(paper.partnership, by)
    kept = f"{paper.partnership_id}-{paper.meeting_id}-{paper.digest[:16]}{Path(paper.file_name).suffix[:10]}"
    paper.file.save(kept, ContentFile(body), save=False)
    paper.save()
    message = gettext_noop("added the paper “%(paper)s” for a meeting of “%(group)s”")
    record(paper.partnership, by, message, about=paper, paper=paper.title, group=paper.meeting.group.name)
    return paper


@transaction.atomic
def remove_paper(paper: Paper, *, by: Person) -> None:
    """Take a paper back; its file goes with it."""
    message = gettext_noop("took back the paper “%(paper)s” for a meeting of “%(group)s”")
    record(paper.partnership, by, message, about=paper, paper=paper.title, group=paper.meeting.group.name)
    stored = paper.file
    paper.delete()
    if stored:
        transaction.on_commit(lambda: stored.storage.delete(stored.name))


@transaction.atomic
def invite_guest(guest: Guest, *, by: Person) -> Guest:
    """Invite somebody without a part in the partnership to one meeting."""
    meeting = guest.meeting
    if meeting.cancelled or meeting.past:
        raise ValidationError(_("Invitations go out before a meeting; this one has begun or was cancelled."))
    guest.save()
    one = Invited.guest(guest, language=by.language)
    with translation.override(one.language):
        part = events.calendar([meeting], method="REQUEST", by=by, to=one)
    send_invitation(meeting, one, ("REQUEST", part), by=by)
    message = gettext_noop("invited %(guest)s to a meeting of “%(group)s”")
    record(guest.partnership, by, message, about=meeting, guest=guest.name, group=meeting.group.name)
    return guest


@transaction.atomic
def set_hours(hours: WorkHours, *, by: Person) -> WorkHours:
    """After somebody said when they work."""
    hours.save()
    record(hours.partnership, by, gettext_noop("said when they work"), about=hours)
    return hours


@transaction.atomic
def plan_turns(
    group: Group, moments: Sequence[datetime], *, minutes: int, place: str, by: Person, invite: bool = True
) -> list[Meeting]:
    """Plan one meeting at each of the moments, so that odd hours fall on everybody in turn."""
    refuse_ended(group)
    recurrence.refuse_endless(moments[0].date(), len(moments), moments[-1].date())
    return [
        plan_meeting(
            Meeting(
                partnership=group.partnership,
                group=group,
                starts_at=moment,
                minutes_long=minutes,
                time_zone=group.time_zone,
                place=place,
            ),
            by=by,
            invite=invite,
        )
        for moment in moments
    ]


def participant_of(partnership: Partnership, person: Person) -> Participant | None:
    return Participant.objects.filter(partnership=partnership, person=person).first()


# Calendar addresses


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_feed(participant: Participant, *, every_group: bool = False, group: Group | None = None, by: Person) -> str:
    """A new private calendar address, of one's groups, one group or all; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        partnership=participant.partnership,
        participant=participant,
        digest=digest_of(token),
        every_group=every_group,
        group=group,
    )
    record(
        participant.partnership,
        by,
        gettext_noop("made a calendar address"),
        about=feed,
        private_to=participant.organization,
    )
    return token


@transaction.atomic
def close_feed(feed: Feed, *, by: Person) -> None:
    """The address stops working at once."""
    feed.revoked_at = clock.now()
    feed.save(update_fields=["revoked_at"])
    record(
        feed.partnership,
        by,
        gettext_noop("closed a calendar address"),
        about=feed,
        private_to=feed.participant.organization,
    )


@transaction.atomic
def renew_feed(feed: Feed, *, by: Person) -> str:
    """The same calendar under a new address; the old one stops working at once. Returns the new token."""
    close_feed(feed, by=by)
    return open_feed(feed.participant, every_group=feed.every_group, group=feed.group, by=by)

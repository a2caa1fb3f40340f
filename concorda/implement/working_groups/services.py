"""What can be done with groups, meetings, minutes and calendar addresses."""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_moment, say_time
from concorda.foundation.core.text import fingerprint
from concorda.foundation.partnerships.models import Final, Participant
from concorda.foundation.partnerships.timeline import record
from concorda.implement.working_groups import events, queries
from concorda.implement.working_groups.models import (
    AgendaItem,
    Attendance,
    Feed,
    Group,
    GroupGoal,
    GroupMember,
    Meeting,
    refuse_approved,
)

# Groups


@transaction.atomic
def open_group(group: Group, *, goals: Iterable[Goal] = (), by: Person) -> Group:
    """Store a new group with its charter; the chair is its first member."""
    group.save()
    set_goals(group, goals)
    if group.chair:
        take_in(group, group.chair)
    record(group.partnership, by, gettext_noop("opened the working group “%(group)s”"), about=group, group=group.name)
    return group


@transaction.atomic
def change_charter(group: Group, *, goals: Iterable[Goal], by: Person) -> Group:
    """After the charter was saved: its goals, and a new chair joins."""
    set_goals(group, goals)
    if group.chair:
        take_in(group, group.chair)
    record(group.partnership, by, gettext_noop("changed the charter of “%(group)s”"), about=group, group=group.name)
    return group


def set_goals(group: Group, goals: Iterable[Goal]) -> None:
    wanted = list(goals)
    GroupGoal.objects.filter(group=group).exclude(goal__in=wanted).delete()
    for goal in wanted:
        GroupGoal.objects.get_or_create(partnership=group.partnership, group=group, goal=goal)


def refuse_ended(group: Group) -> None:
    if not group.active:
        raise Final(_("This group has ended; its records stay as they are."))


@transaction.atomic
def end_group(group: Group, *, because: str, by: Person) -> None:
    """The group's work is done, or given up: what it wrote down stays, what it had planned is cancelled."""
    refuse_ended(group)
    for meeting in queries.upcoming(group.partnership, [group]):
        call_off(meeting, because=because, by=by)
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
    open_items = AgendaItem.objects.filter(
        meeting__in=queries.before(meeting).exclude(finished_at=None), done=False, carried_to=None
    )
    for item in open_items.order_by("meeting__starts_at", "position"):
        carry(item, meeting)
    for position, item in enumerate(agenda, next_position(meeting)):
        item.partnership, item.meeting, item.position = meeting.partnership, meeting, position
        item.save()
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


@transaction.atomic
def move_meeting(meeting: Meeting, *, by: Person, invite: bool = True) -> Meeting:
    """After the meeting was saved with another time, length or place: calendars learn of it."""
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


def call_off(meeting: Meeting, *, because: str, by: Person) -> None:
    meeting.cancelled, meeting.cancelled_because = True, because[:200]
    meeting.sequence += 1
    meeting.save()
    if not meeting.past:
        invite_members(meeting, by=by)


def invite_members(meeting: Meeting, *, by: Person) -> int:
    """Write to every member, in their language and time; returns to how many."""
    invited = [member.participant.person for member in queries.members(meeting.group)]
    for person in invited:
        send_invitation(meeting, person, by=by)
    return len(invited)


def send_invitation(meeting: Meeting, person: Person, *, by: Person) -> None:
    method = "CANCEL" if meeting.cancelled else "REQUEST"
    with translation.override(person.language):
        part = events.calendar([meeting], method=method, organizer=by, invited=[person])
    mail.send(
        person.email,
        lambda: invitation_subject(meeting, person),
        "working_groups/mail/invitation.txt",
        {
            "meeting": meeting,
            "person": person,
            "by": by,
            "start": meeting.starts_at.astimezone(person.zone),
            "elsewhere": say_time(meeting.starts_at.astimezone(meeting.zone))
            if meeting.time_zone != person.time_zone
            else "",
            "agenda": list(meeting.agenda.all()),
            "address": mail.absolute(meeting.get_absolute_url()),
            "group_address": mail.absolute(meeting.group.get_absolute_url()),
        },
        language=person.language,
        attachments=[("invitation.ics", part.decode(), f"text/calendar; method={method}")],
    )


def invitation_subject(meeting: Meeting, person: Person) -> str:
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
        item.save(update_fields=["notes", "decided", "done"])
    if notes is not None:
        meeting.notes = notes
        meeting.save(update_fields=["notes"])
    if here is not None:
        take_attendance(meeting, here)
    record(
        meeting.partnership, by, gettext_noop("wrote minutes of “%(group)s”"), about=meeting, group=meeting.group.name
    )


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
    items = meeting.agenda.values_list("position", "title", "purpose", "notes", "decided", "done")
    people = meeting.attendance.order_by("participant").values_list("participant__person__name", "present")
    return {
        "starts": meeting.starts_at.isoformat(),
        "notes": meeting.notes,
        "items": list(items),
        "people": list(people),
    }


# Calendar addresses


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_feed(participant: Participant, *, every_group: bool, by: Person) -> str:
    """A new private calendar address; returns its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        partnership=participant.partnership, participant=participant, digest=digest_of(token), every_group=every_group
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

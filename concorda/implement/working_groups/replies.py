"""Answers to invitations: said on a page, or sent by a calendar program (iTIP REPLY, RFC 5546)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parseaddr
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from icalendar import Calendar, Event

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, scopes_disabled, within
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.implement.working_groups import queries
from concorda.implement.working_groups.models import Guest, Meeting, RefusedReply, Reply, Series

LARGEST = 200_000
SAYS = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}


@dataclass(frozen=True)
class Answered:
    """What one reply says: of which event, who, what, and about which version of it."""

    uid: UUID
    attendee: str
    says: str
    sequence: int
    at: datetime
    due_at: datetime | None
    comment: str


@dataclass(frozen=True)
class Outcome:
    """What came of a reply: the meetings it counts for, or why it does not count."""

    partnership: Partnership
    meetings: tuple[Meeting, ...] = ()
    refused: RefusedReply | None = None


def take_reply(ics: bytes, sender: str, *, within_partnership: Partnership | None = None) -> Outcome:
    """Take an answer as a calendar program sends it; `sender` is the address the letter came from.

    A stranger's answer, one sent for somebody else and one to an earlier time do not count; they are kept and shown to
    those who run the group. Raises Refused for what is no answer at all, or to no meeting of ours.
    """
    found = read(ics)
    with scopes_disabled():
        about = event_of(found.uid)
    if about is None or (within_partnership is not None and about.partnership_id != within_partnership.pk):
        raise refusal(_("It answers an invitation that did not come from here."), found.uid)
    with within(about.partnership, EVERY):
        return take(found, about, parseaddr(sender)[1].lower())


@transaction.atomic
def take(found: Answered, about: Meeting | Series, sender: str) -> Outcome:
    meetings = concerned(found, about)
    if not meetings:
        raise refusal(_("It answers for a day on which there is no such meeting."), found.due_at)
    who = invited_as(found.attendee, meetings[0])
    why = refused_because(found, about, sender, who, meetings)
    if why:
        refused = RefusedReply.objects.create(
            partnership=about.partnership,
            meeting=meetings[0],
            sender=sender[:320],
            attendee=found.attendee[:320],
            says=found.says,
            why=why,
            at=clock.now(),
        )
        message = gettext_noop("did not count an answer to the invitation of “%(group)s”")
        record(about.partnership, None, message, about=meetings[0], group=about.group.name)
        return Outcome(about.partnership, refused=refused)
    by = who.person if isinstance(who, Participant) else None
    counted = tuple(meeting for meeting in meetings if not meeting.past and not meeting.cancelled)
    for meeting in counted:
        keep(meeting, who, found.says, found.comment, at=found.at)
    tell(counted[0], by, found.says, who)
    return Outcome(about.partnership, counted)


def concerned(found: Answered, about: Meeting | Series) -> list[Meeting]:
    """The meetings an answer is about: one, or all of a series that are still to come."""
    if isinstance(about, Meeting):
        return [about]
    rows = about.meetings.select_related("group", "series", "partnership").order_by("starts_at")
    if found.due_at:
        return list(rows.filter(due_at=found.due_at))
    coming = [meeting for meeting in rows if not meeting.past and not meeting.cancelled]
    return coming or list(rows)[-1:]


def refused_because(
    found: Answered, about: Meeting | Series, sender: str, who: Participant | Guest | None, meetings: list[Meeting]
) -> str:
    """Why an answer does not count; empty when it does."""
    if who is None:
        return RefusedReply.Why.STRANGER
    if sender != found.attendee:
        return RefusedReply.Why.FORGED
    first = meetings[0]
    if all(meeting.past or meeting.cancelled for meeting in meetings):
        return RefusedReply.Why.OVER
    asked = about.sequence + first.sequence if isinstance(about, Series) and found.due_at else about.sequence
    return RefusedReply.Why.OLD if found.sequence < asked else ""


def invited_as(email: str, meeting: Meeting) -> Participant | Guest | None:
    """The member or guest with this address, or nobody."""
    for member in queries.members(meeting.group):
        if member.participant.person.email.lower() == email:
            return member.participant
    return Guest.objects.filter(meeting=meeting, email__iexact=email).first()


def keep(meeting: Meeting, who: Participant | Guest | None, says: str, comment: str, *, at: datetime) -> None:
    """The latest answer stands: one that was sent before it does not replace it."""
    key = {"guest": who} if isinstance(who, Guest) else {"participant": who}
    stored = Reply.objects.filter(meeting=meeting, **key).first()
    if stored and stored.at > at:
        return
    Reply.objects.update_or_create(
        meeting=meeting,
        **key,
        defaults={"partnership": meeting.partnership, "says": says, "comment": comment[:250], "at": at},
    )


SAID = {
    "accepted": gettext_noop("will come to the meeting of “%(group)s”"),
    "tentative": gettext_noop("will perhaps come to the meeting of “%(group)s”"),
    "declined": gettext_noop("cannot come to the meeting of “%(group)s”"),
}


def tell(meeting: Meeting, by: Person | None, says: str, who: Participant | Guest | None) -> None:
    if by is None:
        message = gettext_noop("noted the answer of %(guest)s to the invitation of “%(group)s”")
        record(meeting.partnership, None, message, about=meeting, group=meeting.group.name, guest=str(who))
        return
    record(meeting.partnership, by, SAID[says], about=meeting, group=meeting.group.name)


@transaction.atomic
def answer(meeting: Meeting, participant: Participant, says: str, *, comment: str = "", by: Person) -> None:
    """Say on the page whether one comes."""
    keep(meeting, participant, says, comment, at=clock.now())
    tell(meeting, by, says, participant)


# Reading


def refusal(what: str, value: object = "") -> Refused:
    return Refused([Problem(what, value=str(value or ""))])


def read(ics: bytes) -> Answered:
    """The answer in a calendar file; Refused says what is wrong with it."""
    if len(ics) > LARGEST:
        raise refusal(_("This is too large for an answer to an invitation."))
    try:
        found = Calendar.from_ical(ics)
        events = list(found.walk("VEVENT"))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise refusal(_("This is no calendar file. Send the file your calendar program made, unchanged.")) from error
    if str(found.get("method", "")).upper() != "REPLY":
        raise refusal(
            _("This is no answer to an invitation (its method is not REPLY)."), str(found.get("method", ""))[:40]
        )
    if len(events) != 1:
        raise refusal(_("An answer is about one event; this file has %(count)s.") % {"count": len(events)})
    return answered(events[0])


def answered(event: Event) -> Answered:
    attendees = event.get("attendee", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    if len(attendees) != 1:
        text = _("An answer names the one person who answers; this one names %(count)s.")
        raise refusal(text % {"count": len(attendees)})
    says = SAYS.get(str(attendees[0].params.get("partstat", "")).upper())
    if says is None:
        raise refusal(
            _("It says neither that somebody comes, nor perhaps, nor that they do not."),
            attendees[0].params.get("partstat", ""),
        )
    comment = event.get("comment", "")
    return Answered(
        uid=uid_in(str(event.get("uid", ""))),
        attendee=str(attendees[0]).lower().removeprefix("mailto:"),
        says=says,
        sequence=number(event.get("sequence", 0)),
        at=moment(event, "dtstamp") or clock.now(),
        due_at=moment(event, "recurrence-id"),
        comment=str(comment[0] if isinstance(comment, list) else comment),
    )


def uid_in(text: str) -> UUID:
    try:
        return UUID(text.partition("@")[0])
    except ValueError as error:
        raise refusal(_("It answers an invitation that did not come from here."), text[:80]) from error


def number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def moment(event: Event, name: str) -> datetime | None:
    """The moment a property names, in UTC; a day or a time without zone counts as UTC."""
    if name not in event:
        return None
    found = event.decoded(name)
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day, tzinfo=UTC)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def event_of(uid: UUID) -> Meeting | Series | None:
    meeting = Meeting.objects.select_related("group", "partnership").filter(uid=uid, series=None).first()
    return meeting or Series.objects.select_related("group", "partnership").filter(uid=uid).first()

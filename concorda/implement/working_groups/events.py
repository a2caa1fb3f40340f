"""Meetings as iCalendar: the part of an invitation, and private feeds (RFC 5545, RFC 5546).

A meeting of its own is one event. A series is one event with its rule; meetings of it that were moved, or have an
agenda, stand beside it under the same UID with the time they were due at (RECURRENCE-ID); cancelled ones are left out
by EXDATE. The organizer is the address of this installation, so that answers come back to it whoever invites.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from concorda.foundation.accounts.mail import absolute
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.implement.working_groups.models import Guest, Meeting, Series

PRODUCT = "-//Concorda//Working groups//EN"


@dataclass(frozen=True)
class Invited:
    """Who an invitation goes to: a person who takes part, or a guest."""

    name: str
    email: str
    language: str
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def person(cls, one: Person) -> "Invited":
        return cls(one.name, one.email, one.language, one.time_zone)

    @classmethod
    def guest(cls, one: Guest, *, language: str) -> "Invited":
        return cls(one.name, one.email, language, one.meeting.time_zone)


def calendar(
    meetings: Iterable[Meeting], *, method: str, name: str = "", by: Person | None = None, to: Invited | None = None
) -> bytes:
    """The meetings as one calendar with its time zones. `method`: PUBLISH, REQUEST or CANCEL."""
    return packed((event(meeting, by, to) for meeting in meetings), method, name)


def whole(meetings: Iterable[Meeting], series: Iterable[Series], *, name: str) -> bytes:
    """What a feed shows: meetings of their own, and series with all of theirs (prefetched, with their agendas)."""
    single = [event(meeting, None, None) for meeting in meetings]
    several = [part for one in series for part in of_series(one, list(one.meetings.all()), None, None)]
    return packed([*single, *several], "PUBLISH", name)


def series_calendar(series: Series, meetings: list[Meeting], *, method: str, by: Person, to: Invited) -> bytes:
    """A series as an invitation: what comes back by its rule, and each meeting that differs from it."""
    return packed(of_series(series, meetings, by, to), method, "")


def packed(parts: Iterable[Event], method: str, name: str) -> bytes:
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("method", method)
    if name:
        found.add("x-wr-calname", name)
    for part in parts:
        found.add_component(part)
    found.add_missing_timezones()
    return found.to_ical()


def uid(one: Meeting | Series) -> str:
    return f"{one.uid}@{urlsplit(settings.SITE_URL).hostname}"


def of_series(series: Series, meetings: list[Meeting], by: Person | None, to: Invited | None) -> Iterator[Event]:
    whole = Event()
    whole.add("uid", uid(series))
    whole.add("sequence", series.sequence)
    frame(whole, series, series.starts_at, series.minutes_long, by, to)
    whole.add("rrule", vRecur.from_ical(series.rule))
    left_out = [meeting.due_at.astimezone(series.zone) for meeting in meetings if meeting.cancelled and meeting.due_at]
    if left_out:
        whole.add("exdate", left_out)
    whole.add("status", "CONFIRMED" if len(left_out) < len(meetings) else "CANCELLED")
    whole.add("description", absolute(series.get_absolute_url()))
    whole.add("url", absolute(series.get_absolute_url()))
    yield whole
    yield from (event(meeting, by, to) for meeting in meetings if differs(meeting, series))


def differs(meeting: Meeting, series: Series) -> bool:
    """Whether a meeting is not just what the rule of its series says."""
    if meeting.cancelled:
        return False
    as_planned = (meeting.starts_at, meeting.minutes_long, meeting.place, meeting.time_zone)
    return as_planned != (meeting.due_at, series.minutes_long, series.place, series.time_zone) or bool(
        meeting.agenda.all()
    )


def event(meeting: Meeting, by: Person | None, to: Invited | None) -> Event:
    found = Event()
    if meeting.series and meeting.due_at:
        found.add("uid", uid(meeting.series))
        found.add("recurrence-id", meeting.due_at.astimezone(meeting.series.zone))
        found.add("sequence", meeting.series.sequence + meeting.sequence)
    else:
        found.add("uid", uid(meeting))
        found.add("sequence", meeting.sequence)
    frame(found, meeting, meeting.starts_at, meeting.minutes_long, by, to)
    found.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    found.add("description", description(meeting))
    found.add("url", absolute(meeting.get_absolute_url()))
    return found


def frame(
    found: Event, one: Meeting | Series, starts_at: datetime, minutes: int, by: Person | None, to: Invited | None
) -> None:
    start, length = starts_at.astimezone(one.zone), timedelta(minutes=minutes)
    end = (start.astimezone(UTC) + length).astimezone(one.zone)
    found.add("dtstamp", clock.now().astimezone(UTC))
    # A local time that clocks show twice names its first moment: the second is told in UTC, an end as a length.
    found.add("dtstart", start.astimezone(UTC) if start.fold else start)
    if start.fold or end.fold:
        found.add("duration", length)
    else:
        found.add("dtend", end)
    facts = {"group": one.group.name, "partnership": one.partnership.short}
    found.add("summary", _("%(group)s (%(partnership)s)") % facts)
    if one.place:
        found.add("location", one.place)
    if by:
        found.add("organizer", organizer(by))
    if to:
        facts_of = {"role": "REQ-PARTICIPANT", "partstat": "NEEDS-ACTION", "rsvp": "TRUE"}
        found.add("attendee", address(to.email, to.name, **facts_of))


def organizer(by: Person) -> vCalAddress:
    return address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], by.name)


def description(meeting: Meeting) -> str:
    lines = [f"{item.get_purpose_display()}: {item.title} ({item.minutes_long} min)" for item in meeting.agenda.all()]
    return "\n".join([*lines, absolute(meeting.get_absolute_url())])


def address(email: str, name: str, **parameters: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{email}")
    found.params["cn"] = vText(name)
    for key, value in parameters.items():
        found.params[key] = vText(value)
    return found

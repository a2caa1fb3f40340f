"""Meetings as iCalendar: the part of an invitation, and a person's private feed (RFC 5545, RFC 5546)."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from concorda.foundation.accounts.mail import absolute
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.implement.working_groups.models import Meeting

PRODUCT = "-//Concorda//Working groups//EN"


def calendar(
    meetings: Iterable[Meeting],
    *,
    method: str,
    name: str = "",
    organizer: Person | None = None,
    invited: Iterable[Person] = (),
) -> bytes:
    """The meetings as one calendar with its time zones. `method`: PUBLISH, REQUEST or CANCEL."""
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("method", method)
    if name:
        found.add("x-wr-calname", name)
    invited = list(invited)
    for meeting in meetings:
        found.add_component(event(meeting, organizer, invited))
    found.add_missing_timezones()
    return found.to_ical()


def event(meeting: Meeting, organizer: Person | None, invited: list[Person]) -> Event:
    start = meeting.starts_at.astimezone(meeting.zone)
    found = Event()
    found.add("uid", f"{meeting.uid}@{urlsplit(settings.SITE_URL).hostname}")
    found.add("dtstamp", clock.now().astimezone(UTC))
    found.add("sequence", meeting.sequence)
    found.add("dtstart", start)
    found.add("dtend", start + timedelta(minutes=meeting.minutes_long))
    found.add(
        "summary",
        _("%(group)s (%(partnership)s)") % {"group": meeting.group.name, "partnership": meeting.partnership.short},
    )
    found.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    found.add("url", absolute(meeting.get_absolute_url()))
    found.add("description", description(meeting))
    if meeting.place:
        found.add("location", meeting.place)
    if organizer:
        found.add("organizer", address(organizer))
    for person in invited:
        found.add("attendee", address(person, role="REQ-PARTICIPANT", partstat="NEEDS-ACTION", rsvp="TRUE"))
    return found


def description(meeting: Meeting) -> str:
    lines = [f"{item.get_purpose_display()}: {item.title} ({item.minutes_long} min)" for item in meeting.agenda.all()]
    return "\n".join([*lines, absolute(meeting.get_absolute_url())])


def address(person: Person, **parameters: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{person.email}")
    found.params["cn"] = vText(person.name)
    for name, value in parameters.items():
        found.params[name] = vText(value)
    return found

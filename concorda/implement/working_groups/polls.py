"""Asking which of several times suits: members and guests answer by a link of their own, without an account."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final
from concorda.foundation.partnerships.timeline import record
from concorda.implement.working_groups import queries, services
from concorda.implement.working_groups.models import Guest, Meeting, Poll, PollAnswer, PollTime, PollVoice

MOST_TIMES = 12


@transaction.atomic
def ask(poll: Poll, times: Sequence[datetime], *, guests: Sequence[tuple[str, str]] = (), by: Person) -> Poll:
    """Ask every member, and guests (name, e-mail), which of the times suits. Each gets a letter with their own link."""
    services.refuse_ended(poll.group)
    moments = sorted({moment for moment in times if moment > clock.now()})
    if not 1 < len(moments) <= MOST_TIMES:
        raise ValidationError(
            _("Offer from 2 to %(most)s different times that are still to come.") % {"most": MOST_TIMES}
        )
    poll.save()
    PollTime.objects.bulk_create(
        PollTime(partnership=poll.partnership, poll=poll, starts_at=moment) for moment in moments
    )
    message = gettext_noop("asked which time suits for “%(title)s”")
    record(poll.partnership, by, message, about=poll, title=poll.title)
    for member in queries.members(poll.group):
        person = member.participant.person
        voice = PollVoice(participant=member.participant, name=person.name, email=person.email)
        write_to(poll, voice, person.language, moments, by)
    known = set(poll.voices.values_list("email", flat=True))
    for name, email in guests:
        if email not in known:
            write_to(poll, PollVoice(name=name, email=email), by.language, moments, by)
    return poll


def write_to(poll: Poll, voice: PollVoice, language: str, moments: Sequence[datetime], by: Person) -> None:
    token = secrets.token_urlsafe(24)
    voice.partnership, voice.poll, voice.digest = poll.partnership, poll, services.digest_of(token)
    voice.save()
    zone = voice.participant.person.zone if voice.participant else poll.zone
    mail.send(
        voice.email,
        lambda: _("Which time suits: %(title)s") % {"title": poll.title},
        "working_groups/mail/poll.txt",
        {
            "poll": poll,
            "by": by,
            "times": [moment.astimezone(zone) for moment in moments],
            "zone": zone.key,
            "address": mail.absolute(address_of(token)),
        },
        language=language,
        kind="meetings",
        of=poll.partnership,
    )


def address_of(token: str) -> str:
    return reverse("working_groups_public:times", args=[token])


@transaction.atomic
def answer(voice: PollVoice, answers: Mapping[PollTime, str], *, by: Person | None = None) -> None:
    """Which times suit this person; said again, the latest counts."""
    if not voice.poll.open:
        raise Final(_("This question is closed: a time was chosen, or the day to answer by has passed."))
    for time, says in answers.items():
        PollAnswer.objects.update_or_create(
            voice=voice, time=time, defaults={"partnership": voice.partnership, "says": says}
        )
    voice.answered_at = clock.now()
    voice.save(update_fields=["answered_at"])
    if by is None and voice.participant:
        by = voice.participant.person
    if by is None:
        message = gettext_noop("noted which times suit %(guest)s for “%(title)s”")
        record(voice.partnership, None, message, about=voice.poll, guest=voice.name, title=voice.poll.title)
        return
    message = gettext_noop("said which times suit for “%(title)s”")
    record(voice.partnership, by, message, about=voice.poll, title=voice.poll.title)


@transaction.atomic
def settle_on(poll: Poll, time: PollTime, *, by: Person) -> Meeting:
    """Choose one of the times: the meeting is planned, guests who were asked are invited too."""
    if poll.closed_at:
        raise Final(_("A time was chosen already."))
    meeting = Meeting(
        partnership=poll.partnership,
        group=poll.group,
        starts_at=time.starts_at,
        minutes_long=poll.minutes_long,
        time_zone=poll.time_zone,
        place=poll.place,
    )
    services.plan_meeting(meeting, by=by, invite=False)
    Guest.objects.bulk_create(
        Guest(partnership=poll.partnership, meeting=meeting, name=voice.name, email=voice.email)
        for voice in poll.voices.filter(participant=None)
    )
    poll.meeting, poll.closed_at = meeting, clock.now()
    poll.save(update_fields=["meeting", "closed_at"])
    services.invite_members(meeting, by=by)
    return meeting


@transaction.atomic
def drop(poll: Poll, *, by: Person) -> None:
    """Stop asking without choosing a time."""
    if poll.closed_at:
        raise Final(_("A time was chosen already."))
    poll.closed_at = clock.now()
    poll.save(update_fields=["closed_at"])
    record(poll.partnership, by, gettext_noop("stopped asking about “%(title)s”"), about=poll, title=poll.title)

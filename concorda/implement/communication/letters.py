"""Letters to participants: in their language, at their pace, outside their quiet hours; daily and weekly letters."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from concorda.foundation.accounts import addresses, mail, stopping
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.implement.communication import queries
from concorda.implement.communication.models import Announcement, Delivery, MailSetting, Notice, PlanItem, Topic

Pace = MailSetting.Pace
MONDAY = 0
OWN_KINDS = (
    "announcements",
    "confirmations",
    "discussions",
    "plan",
    "meetings",
    "decisions",
    "agreements",
    "check-ins",
    "reports",
)
"""Kinds of letters a participant gets from a partnership, each with a switch of its own."""


def settings_address(partnership: Partnership) -> str:
    return mail.absolute(reverse("communication:settings", args=[partnership.slug]))


def setting_of(participant: Participant) -> MailSetting:
    """What this participant chose, or what holds without a choice."""
    found = MailSetting.objects.filter(participant=participant).first()
    return found or MailSetting(partnership=participant.partnership, participant=participant)


def settings_of(partnership: Partnership) -> dict[int, MailSetting]:
    """Participant → what they chose; who chose nothing is not in it."""
    return {one.participant_id: one for one in MailSetting.objects.filter(partnership=partnership)}


def due_at(participant: Participant, setting: MailSetting | None = None) -> datetime | None:
    """When a letter to this participant goes out: at once (None), or when their quiet hours end."""
    chosen = setting or setting_of(participant)
    return chosen.opens_at(clock.now().astimezone(participant.person.zone))


def write(
    participant: Participant,
    subject: Callable[[], str],
    template: str,
    facts: Mapping[str, object],
    *,
    kind: str,
    setting: MailSetting | None = None,
    **how: Any,
) -> bool:
    """One letter to one participant; False when they want none of this kind, or their address refuses letters."""
    person, here = participant.person, participant.partnership
    told = {"partnership": here, "settings_url": settings_address(here), "person": person, **facts}
    return mail.send(
        person.email, subject, f"communication/mail/{template}.txt", told,
        language=person.language, kind=kind, of=here, due_at=due_at(participant, setting), **how,
    )  # fmt: skip


# Announcements


def write_announcement(participant: Participant, announcement: Announcement, setting: MailSetting | None) -> bool:
    """The announcement as it was written; what has to be confirmed also reaches those who stopped the others."""
    kind = "confirmations" if announcement.must_acknowledge else "announcements"
    here = announcement.partnership
    facts = about(announcement)
    return write(
        participant, lambda: f"{here.short}: {announcement.title}", "announcement", facts, kind=kind, setting=setting
    )


def write_reminder(delivery: Delivery, setting: MailSetting | None = None) -> bool:
    announcement = delivery.announcement
    return write(
        delivery.participant,
        lambda: _("Please confirm: %(title)s") % {"title": announcement.title},
        "reminder",
        about(announcement),
        kind="confirmations",
        setting=setting,
    )


def about(announcement: Announcement) -> dict[str, object]:
    return {
        "announcement": announcement,
        "author": announcement.author.person,
        "address": mail.absolute(announcement.get_absolute_url()),
    }


# Discussions


def answer_token(topic: Topic, participant: Participant) -> str:
    """What tells an answer by mail apart: one for each discussion and reader."""
    return addresses.sealed("r", topic.pk, participant.pk)


def write_notice(notice: Notice, setting: MailSetting | None) -> bool:
    """What somebody said, to be answered by mail."""
    topic, said = notice.topic, notice.reply or notice.topic
    author = notice.reply.author if notice.reply else topic.started_by
    token = answer_token(topic, notice.participant)
    reply_to = addresses.answers(token)
    facts = {
        "topic": topic,
        "text": said.text,
        "author": author.person,
        "mentioned": notice.mentioned,
        "address": mail.absolute(topic.get_absolute_url()),
        "answers_here": bool(reply_to),
    }
    words = gettext_noop("%(author)s mentions you: %(title)s") if notice.mentioned else gettext_noop("Re: %(title)s")
    return write(
        notice.participant,
        lambda: _(words) % {"author": author.person.name, "title": topic.title},
        "notice",
        facts,
        kind="discussions",
        setting=setting,
        reply_to=reply_to,
        name=token,
    )


# One letter a day, or a week


def send_letters(partnership: Partnership) -> int:
    """The daily and weekly letters whose hour has come where their reader is; returns how many went out."""
    wanting = MailSetting.objects.filter(
        partnership=partnership, pace__in=[Pace.DIGEST, Pace.WEEKLY], participant__left_on=None
    )
    found: Iterable[MailSetting] = wanting.select_related("participant__person", "participant__partnership")
    return sum(send_letter(setting) > 0 for setting in found if has_come(setting))


def has_come(setting: MailSetting) -> bool:
    now = clock.now().astimezone(setting.participant.person.zone)
    if now.hour < setting.hour or setting.last_letter_on == now.date():
        return False
    return setting.pace == Pace.DIGEST or now.weekday() == MONDAY or overdue(setting, now.date())


def overdue(setting: MailSetting, today: date) -> bool:
    """A weekly letter that did not go out on its Monday, because nothing ran that day."""
    return setting.last_letter_on is not None and today - setting.last_letter_on > timedelta(days=7)


@transaction.atomic
def send_letter(setting: MailSetting) -> int:
    """One letter with everything new; returns how many things it held. With nothing new there is no letter."""
    participant = setting.participant
    today = clock.now().astimezone(participant.person.zone).date()
    MailSetting.objects.filter(pk=setting.pk).update(last_letter_on=today)
    deliveries, notices = list(queries.for_digest(participant)), list(queries.notices_for_digest(participant))
    count = len(deliveries) + len(notices)
    if not count:
        return 0
    facts = {
        "announcements": [(one.announcement, mail.absolute(one.announcement.get_absolute_url())) for one in deliveries],
        "notices": [(one, mail.absolute(one.topic.get_absolute_url())) for one in notices],
        "weekly": setting.pace == Pace.WEEKLY,
    }

    def subject() -> str:
        words = ngettext("%(partnership)s: one thing to read", "%(partnership)s: %(count)s things to read", count)
        return words % {"partnership": participant.partnership.short, "count": count}

    sent = write(participant, subject, "digest", facts, kind="announcements", setting=setting)
    now = clock.now()
    Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).update(mailed_at=now if sent else None)
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(mailed_at=now)
    return count if sent else 0


# Choosing


@transaction.atomic
def choose(setting: MailSetting, kinds: Iterable[str], *, by: Person) -> None:
    """Keep pace, hour and quiet hours, and which kinds of letters come."""
    participant = setting.participant
    setting.save()
    wanted = set(kinds)
    for kind in OWN_KINDS:
        stream = stopping.Stream(participant.person.email, kind, participant.partnership.slug)
        stream.resume() if kind in wanted else stream.stop()
    tell_choice(setting, by)


@transaction.atomic
def choose_pace(participant: Participant, pace: str, *, by: Person) -> None:
    setting, _new = MailSetting.objects.get_or_create(partnership=participant.partnership, participant=participant)
    setting.pace = pace
    setting.save()
    tell_choice(setting, by)


def tell_choice(setting: MailSetting, by: Person) -> None:
    message = gettext_noop("changed which letters they get")
    participant = setting.participant
    record(participant.partnership, by, message, about=setting, private_to=participant.organization)


# The plan


def write_owner(item: PlanItem) -> bool:
    """Remind whoever promised to see to a line of the plan."""
    assert item.owner
    address = reverse("communication:planitem_list", args=[item.partnership.slug])
    return write(
        item.owner,
        lambda: (_("Overdue: %(what)s") if item.late else _("Coming up: %(what)s")) % {"what": item.title},
        "plan",
        {"item": item, "address": mail.absolute(address)},
        kind="plan",
    )

"""Publishing, reminding, confirming, discussing, and following the plan."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.progress import forget
from concorda.implement.communication import queries
from concorda.implement.communication.models import Announcement, Delivery, MailSetting, PlanItem, Reply, Topic

Pace = MailSetting.Pace
REMIND_AFTER = timedelta(days=1)

# Announcements


@transaction.atomic
def draft(announcement: Announcement, *, by: Person) -> Announcement:
    """Keep a new draft; the timeline says no more than that there is one."""
    announcement.save()
    record(announcement.partnership, by, gettext_noop("drafted an announcement"), about=announcement)
    return announcement


@transaction.atomic
def redraft(announcement: Announcement, *, by: Person) -> None:
    """After the draft was saved."""
    record(announcement.partnership, by, gettext_noop("changed the draft of an announcement"), about=announcement)


@transaction.atomic
def publish(announcement: Announcement, *, by: Person) -> int:
    """Make it final and put it before everyone it is for, by letter too if they want; returns to how many it went."""
    people = list(queries.audience_of(announcement))
    if not people:
        raise ValidationError(_("Nobody would get this: the group has no members. Choose another audience."))
    if announcement.supersedes and not announcement.supersedes.published:
        raise ValidationError(_("The announcement this corrects was never published."))
    announcement.published_at = clock.now()
    announcement.save()
    paces = dict(MailSetting.objects.values_list("participant", "pace"))
    deliveries = [
        deliver(announcement, participant, paces.get(participant.pk, Pace.EVERY), by) for participant in people
    ]
    Delivery.objects.bulk_create(deliveries)
    tell_published(announcement, by)
    return len(deliveries)


def deliver(announcement: Announcement, participant: Participant, pace: str, by: Person) -> Delivery:
    """One person's copy; the author has read it already."""
    delivery = Delivery(partnership=announcement.partnership, announcement=announcement, participant=participant)
    if participant.person_id == by.pk:
        delivery.seen_at = delivery.acknowledged_at = clock.now()
    elif pace == Pace.EVERY or announcement.must_acknowledge:
        write_to(participant.person, announcement, "announcement")
        delivery.mailed_at = clock.now()
    return delivery


def tell_published(announcement: Announcement, by: Person) -> None:
    """The timeline names the title only where everybody may read it."""
    here = announcement.partnership
    if announcement.for_all:
        record(here, by, gettext_noop("published “%(title)s”"), about=announcement, title=announcement.title)
    elif announcement.group:
        message = gettext_noop("sent an announcement to the group “%(group)s”")
        record(here, by, message, about=announcement, group=announcement.group.name)
    else:
        record(here, by, gettext_noop("sent an announcement to the representatives"), about=announcement)


def write_to(person: Person, announcement: Announcement, template: str) -> None:
    """A letter in the person's language around the message as it was written."""
    subjects = {
        "announcement": lambda: f"{announcement.partnership.short}: {announcement.title}",
        "reminder": lambda: _("Please confirm: %(title)s") % {"title": announcement.title},
    }
    facts = {
        "announcement": announcement,
        "partnership": announcement.partnership,
        "author": announcement.author.person,
        "address": mail.absolute(announcement.get_absolute_url()),
        "settings_url": settings_address(announcement.partnership),
    }
    mail.send(person.email, subjects[template], f"communication/mail/{template}.txt", facts, language=person.language)


def settings_address(partnership: Partnership) -> str:
    return mail.absolute(reverse("communication:settings", args=[partnership.slug]))


def mark_seen(announcement: Announcement, participant: Participant) -> None:
    """Note that a person opened it; too small for the timeline, and it happens once."""
    unseen = Delivery.objects.filter(announcement=announcement, participant=participant, seen_at=None)
    if unseen.update(seen_at=clock.now()):
        forget(announcement.partnership)


@transaction.atomic
def acknowledge(delivery: Delivery, *, by: Person) -> None:
    """A person confirms that they read it."""
    if not delivery.announcement.must_acknowledge:
        raise ValidationError(_("This announcement asks nobody to confirm it."))
    if delivery.acknowledged_at:
        return
    delivery.acknowledged_at = clock.now()
    delivery.seen_at = delivery.seen_at or delivery.acknowledged_at
    delivery.save(update_fields=["acknowledged_at", "seen_at"])
    record(delivery.partnership, by, gettext_noop("confirmed an announcement"), about=delivery.announcement)


@transaction.atomic
def remind(announcement: Announcement, *, by: Person) -> int:
    """Write to those who have not confirmed, each at most once a day; returns to how many."""
    if not (announcement.published and announcement.must_acknowledge):
        raise ValidationError(_("Only a published announcement that asks for confirmation can be reminded of."))
    limit = clock.now() - REMIND_AFTER
    due = [one for one in queries.not_confirmed(announcement) if (one.reminded_at or one.sent_at) <= limit]
    for delivery in due:
        write_to(delivery.participant.person, announcement, "reminder")
    Delivery.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=clock.now())
    if due:
        message = gettext_noop("reminded %(count)s people to confirm an announcement")
        record(announcement.partnership, by, message, about=announcement, count=len(due))
    return len(due)


@transaction.atomic
def begin_correction(announcement: Announcement, author: Participant, *, by: Person) -> Announcement:
    """A draft that will supersede a published announcement; the same one is handed out while it is a draft."""
    if not announcement.published:
        raise ValidationError(_("This is still a draft; change it directly."))
    existing = Announcement.objects.filter(supersedes=announcement).first()
    if existing:
        return existing
    correction = Announcement.objects.create(
        partnership=announcement.partnership,
        title=announcement.title,
        text=announcement.text,
        audience=announcement.audience,
        group=announcement.group,
        must_acknowledge=announcement.must_acknowledge,
        author=author,
        supersedes=announcement,
    )
    record(announcement.partnership, by, gettext_noop("began to correct an announcement"), about=correction)
    return correction


@transaction.atomic
def discard(announcement: Announcement, *, by: Person) -> None:
    """Throw a draft away."""
    announcement.refuse_published()
    record(announcement.partnership, by, gettext_noop("threw the draft of an announcement away"), about=announcement)
    announcement.delete()


# Letters once a day


@transaction.atomic
def send_digest(participant: Participant) -> int:
    """One letter with everything new for a person who wants one a day; returns how many announcements it held."""
    waiting = list(queries.for_digest(participant))
    if not waiting:
        return 0
    count = len(waiting)
    person = participant.person
    facts = {
        "announcements": [one.announcement for one in waiting],
        "addresses": [mail.absolute(one.announcement.get_absolute_url()) for one in waiting],
        "partnership": participant.partnership,
        "settings_url": settings_address(participant.partnership),
    }

    def subject() -> str:
        words = ngettext("%(partnership)s: one thing to read", "%(partnership)s: %(count)s things to read", count)
        return words % {"partnership": participant.partnership.short, "count": count}

    mail.send(person.email, subject, "communication/mail/digest.txt", facts, language=person.language)
    Delivery.objects.filter(pk__in=[one.pk for one in waiting]).update(mailed_at=clock.now())
    return count


def send_digests(partnership: Partnership) -> int:
    """The daily letters of one partnership, in its open scope; returns how many letters went out."""
    wanting = MailSetting.objects.filter(partnership=partnership, pace=Pace.DIGEST, participant__left_on=None)
    people: Iterable[MailSetting] = wanting.select_related("participant__person", "participant__partnership")
    return sum(send_digest(setting.participant) > 0 for setting in people)


@transaction.atomic
def choose_pace(participant: Participant, pace: str, *, by: Person) -> None:
    setting, _new = MailSetting.objects.get_or_create(partnership=participant.partnership, participant=participant)
    setting.pace = pace
    setting.save()
    message = gettext_noop("changed which letters they get")
    record(participant.partnership, by, message, about=setting, private_to=participant.organization)


# Discussions


@transaction.atomic
def start_topic(topic: Topic, *, by: Person) -> Topic:
    """Begin a discussion; the timeline does not carry what a group talks about."""
    topic.save()
    if topic.group:
        message = gettext_noop("started a discussion in “%(group)s”")
        record(topic.partnership, by, message, about=topic, group=topic.group.name)
    else:
        record(
            topic.partnership, by, gettext_noop("started the discussion “%(title)s”"), about=topic, title=topic.title
        )
    return topic


@transaction.atomic
def reply(topic: Topic, text: str, author: Participant, *, by: Person) -> Reply:
    if topic.closed_at:
        raise Final(_("This discussion is closed."))
    answer = Reply.objects.create(partnership=topic.partnership, topic=topic, author=author, text=text)
    topic.last_at = answer.at
    topic.save(update_fields=["last_at"])
    if topic.group:
        message = gettext_noop("replied in a discussion of “%(group)s”")
        record(topic.partnership, by, message, about=topic, group=topic.group.name)
    else:
        record(topic.partnership, by, gettext_noop("replied in “%(title)s”"), about=topic, title=topic.title)
    return answer


@transaction.atomic
def withdraw(answer: Reply, *, by: Person) -> None:
    """Its author takes a reply back: the words go, that there was a reply stays."""
    if answer.withdrawn_at:
        return
    answer.withdrawn_at, answer.text = clock.now(), ""
    answer.save(update_fields=["withdrawn_at", "text"])
    record(answer.partnership, by, gettext_noop("took a reply back"), about=answer)


@transaction.atomic
def close_topic(topic: Topic, *, by: Person) -> None:
    topic.closed_at = clock.now()
    topic.save(update_fields=["closed_at"])
    record(topic.partnership, by, gettext_noop("closed a discussion"), about=topic)


# The plan


@transaction.atomic
def done(item: PlanItem, *, by: Person) -> None:
    """It went out today: the next date follows from how often it happens, and never lies in the past."""
    today = clock.today()
    item.last_on, following = today, item.after(item.next_on or today)
    while following and following <= today:
        following = item.after(following)
    item.next_on = following
    item.save(update_fields=["last_on", "next_on"])
    record(item.partnership, by, gettext_noop("saw to “%(what)s”"), about=item, what=item.title)


@transaction.atomic
def add_to_plan(item: PlanItem, *, by: Person) -> PlanItem:
    item.save()
    record(
        item.partnership, by, gettext_noop("added “%(what)s” to the communication plan"), about=item, what=item.title
    )
    return item

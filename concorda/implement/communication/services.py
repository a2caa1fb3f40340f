"""Publishing, reminding, confirming, and carrying the plan out."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.progress import forget
from concorda.implement.communication import letters, news, queries
from concorda.implement.communication.models import (
    Announcement,
    Delivery,
    Dispatch,
    MailSetting,
    PlanItem,
    PublicPage,
)

Pace = MailSetting.Pace
REMIND_AFTER = timedelta(days=1)
"""Nobody is reminded of the same thing twice within this time."""
FIRST_AFTER, AGAIN_AFTER = timedelta(days=3), timedelta(days=7)
REMINDERS = 4
"""After so many reminders by itself a person is left in peace; a coordinator still can remind them."""

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
    if announcement.confirm_by and announcement.confirm_by < clock.today():
        raise ValidationError(_("The day by which to confirm is over. Choose a later one."))
    announcement.published_at = clock.now()
    announcement.save()
    chosen = letters.settings_of(announcement.partnership)
    deliveries = [deliver(announcement, participant, chosen.get(participant.pk), by) for participant in people]
    Delivery.objects.bulk_create(deliveries)
    tell_published(announcement, by)
    return len(deliveries)


def deliver(announcement: Announcement, participant: Participant, setting: MailSetting | None, by: Person) -> Delivery:
    """One person's copy; the author has read it already."""
    delivery = Delivery(partnership=announcement.partnership, announcement=announcement, participant=participant)
    pace = setting.pace if setting else Pace.EVERY
    if participant.person_id == by.pk:
        delivery.seen_at = delivery.acknowledged_at = clock.now()
    elif pace == Pace.EVERY or announcement.must_acknowledge:
        sent = letters.write_announcement(participant, announcement, setting)
        delivery.mailed_at = clock.now() if sent else None
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
    remind_each(due)
    if due:
        message = gettext_noop("reminded %(count)s people to confirm an announcement")
        record(announcement.partnership, by, message, about=announcement, count=len(due))
    return len(due)


def remind_each(due: Sequence[Delivery]) -> None:
    for delivery in due:
        letters.write_reminder(delivery)
    found = Delivery.objects.filter(pk__in=[one.pk for one in due])
    found.update(reminded_at=clock.now(), reminders=F("reminders") + 1)


@transaction.atomic
def remind_by_itself(announcement: Announcement) -> int:
    """Remind those who have not confirmed after three days, then every week, the day before the last day and the day
    after it; each at most REMINDERS times and at most once a day. Returns to how many."""
    due = [one for one in queries.not_confirmed(announcement) if is_time(one, announcement)]
    remind_each(due)
    if due:
        message = gettext_noop("%(count)s people were reminded to confirm an announcement")
        record(announcement.partnership, None, message, about=announcement, count=len(due))
    return len(due)


def is_time(delivery: Delivery, announcement: Announcement) -> bool:
    if delivery.reminders >= REMINDERS:
        return False
    since = clock.now() - (delivery.reminded_at or delivery.sent_at)
    left = (announcement.confirm_by - clock.today()).days if announcement.confirm_by else None
    if left in {1, -1}:
        return since >= REMIND_AFTER
    return since >= (AGAIN_AFTER if delivery.reminders else FIRST_AFTER)


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
        confirm_by=announcement.confirm_by,
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


# The plan


@transaction.atomic
def done(item: PlanItem, *, by: Person) -> None:
    """It went out today: the next date follows from how often it happens, and never lies in the past."""
    moved_on(item)
    author = Participant.objects.filter(person=by).first()
    Dispatch.objects.create(partnership=item.partnership, item=item, by=author)
    record(item.partnership, by, gettext_noop("saw to “%(what)s”"), about=item, what=item.title)


def moved_on(item: PlanItem) -> None:
    today = clock.today()
    item.last_on, following = today, item.after(item.next_on or today)
    while following and following <= today:
        following = item.after(following)
    item.next_on, item.reminded_on = following, None
    item.save(update_fields=["last_on", "next_on", "reminded_on"])


@transaction.atomic
def approve(item: PlanItem, *, by: Person) -> None:
    """Whoever is to approve a line lets it go out by itself; changing its words asks them anew."""
    if item.approver is None or item.approver.person_id != by.pk:
        raise ValidationError(_("Only the person named to approve this line can do so."))
    item.approved_at = clock.now()
    item.save(update_fields=["approved_at"])
    message = gettext_noop("approved “%(what)s” of the communication plan")
    record(item.partnership, by, message, about=item, what=item.title)


@transaction.atomic
def send_out(item: PlanItem, *, by: Person | None = None) -> Dispatch:
    """Carry a line of the plan out: to participants as an announcement, to people outside as letters.

    `by` is None when the worker does it on its day. Raises ValidationError with what is missing.
    """
    refuse_unready(item)
    if item.reach == PlanItem.Reach.CONTACTS:
        dispatch = Dispatch(people=write_outside(item))
    else:
        announcement = announcement_for(item)
        count = publish(announcement, by=announcement.author.person)
        dispatch = Dispatch(announcement=announcement, people=count)
    dispatch.partnership, dispatch.item = item.partnership, item
    dispatch.by = Participant.objects.filter(person=by).first() if by else None
    dispatch.save()
    moved_on(item)
    message = gettext_noop("carried out “%(what)s” of the communication plan; it went to %(count)s people")
    record(item.partnership, by, message, about=item, what=item.title, count=dispatch.people or 0)
    return dispatch


def refuse_unready(item: PlanItem) -> None:
    """Say what a line still needs before it can go out."""
    if not item.by_itself:
        raise ValidationError(_("Say to whom it is sent, or see to it and note that it went out."))
    if not item.has_words:
        raise ValidationError(_("Write the main message first, or let it tell what happened since the last time."))
    if item.waits_for_approval:
        raise ValidationError(_("%(name)s has to approve it first.") % {"name": item.approver})
    if item.owner is None or item.owner.left_on:
        raise ValidationError(_("Name somebody who sees to it: it goes out under their name."))
    if item.reach == PlanItem.Reach.CONTACTS and not queries.reachable(item).exists():
        raise ValidationError(_("Nobody outside has agreed to hear of this. Add contacts who have."))


def announcement_for(item: PlanItem) -> Announcement:
    """The announcement a line becomes, in the language of the line, under the name of who sees to it."""
    return Announcement.objects.create(
        partnership=item.partnership,
        title=item.title,
        text=news.words_of(item),
        audience=item.reach,
        group=item.group if item.reach == PlanItem.Reach.GROUP else None,
        must_acknowledge=item.must_acknowledge,
        author=item.owner,
    )


def write_outside(item: PlanItem) -> int:
    """Letters to the people outside who agreed; returns how many go out."""
    assert item.owner
    here, sender, texts, sent = item.partnership, item.owner.person, {}, 0
    for contact in queries.reachable(item):
        if contact.language not in texts:
            with override(contact.language):
                texts[contact.language] = news.words_of(item, outside=True)
        facts = {"contact": contact, "text": texts[contact.language], "partnership": here, "author": sender}
        sent += mail.send(
            contact.email, lambda: f"{here.short}: {item.title}", "communication/mail/outside.txt", facts,
            language=contact.language, kind="news", of=here, reply_to=sender.email,
        )  # fmt: skip
    return sent


def carry_out(partnership: Partnership) -> int:
    """Send what the plan has due and lets go out by itself; returns how many lines went out."""
    now = clock.now().astimezone(queries.zone_of(partnership))
    found = PlanItem.objects.filter(partnership=partnership, next_on__lte=now.date()).exclude(reach="")
    due = [item for item in found.select_related(*queries.LINE) if item.next_on < now.date() or item.hour <= now.hour]
    sent = 0
    for item in due:
        try:
            send_out(item)
        except ValidationError:
            continue  # the plan shows what is missing, and its owner is reminded
        sent += 1
    return sent


def remind_owners(partnership: Partnership) -> int:
    """Write to who promised to see to a line: once before its day, once after, then once a week; returns how many."""
    today, sent = clock.today(), 0
    found = PlanItem.objects.filter(partnership=partnership, owner__left_on=None, next_on__lte=today + BEFORE)
    for item in found.exclude(owner=None).select_related(*queries.LINE):
        if (item.by_itself and not item.late) or not asks_again(item):
            continue
        PlanItem.objects.filter(pk=item.pk).update(reminded_on=today)
        sent += letters.write_owner(item)
    return sent


def asks_again(item: PlanItem) -> bool:
    assert item.next_on
    last = item.reminded_on
    if last is None:
        return True
    first_after = item.late and last <= item.next_on
    return first_after or (item.late and clock.today() - last >= AGAIN_AFTER)


BEFORE = timedelta(days=3)


@transaction.atomic
def plan_decisions(partnership: Partnership) -> int:
    """Each decision that names others it has to reach becomes a line of the plan, due the next day; how many did.

    The people of the partnership are told by the decision itself (governance.telling).
    """
    made = 0
    for decision in queries.untold_decisions(partnership):
        proposer = decision.proposed_by
        item = PlanItem(
            partnership=partnership,
            decision=decision,
            title=_("Decided: %(title)s") % {"title": decision.title[:140]},
            audience=decision.must_know[:160],
            purpose=_("They learn what was decided, and why."),
            message=news.of_decision(decision),
            channel=PlanItem.Channel.EMAIL,
            cadence=PlanItem.Cadence.ONCE,
            owner=proposer if proposer.left_on is None else None,
            next_on=clock.today() + timedelta(days=1),
        )
        item.save()
        message = gettext_noop("“%(what)s” is in the communication plan: %(audience)s must know")
        record(partnership, None, message, about=item, what=decision.title, audience=item.audience)
        made += 1
    return made


@transaction.atomic
def add_to_plan(item: PlanItem, *, by: Person) -> PlanItem:
    item.save()
    record(
        item.partnership, by, gettext_noop("added “%(what)s” to the communication plan"), about=item, what=item.title
    )
    return item


@transaction.atomic
def show_public(page: PublicPage, *, by: Person) -> None:
    """Keep the public page, and whether anybody may read it."""
    page.save()
    message = (
        gettext_noop("opened the public page") if page.open else gettext_noop("wrote the public page; it is closed")
    )
    record(page.partnership, by, message, about=page)

"""What becomes of the mail that comes in: answers go into their discussion, reports stop letters, the rest is left."""

import hashlib
import logging
from datetime import timedelta
from pathlib import PurePath
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from concorda.analysis.problems import Refused
from concorda.foundation.accounts import addresses, incoming, mail
from concorda.foundation.accounts.incoming import Enclosure, Mail
from concorda.foundation.accounts.models import DeadAddress, Letter, Received
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, scopes_disabled, within
from concorda.foundation.partnerships.access import Ability, Role
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.queries import with_role
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.progress import forget
from concorda.implement.communication import queries, shelf, talking
from concorda.implement.communication.forms import LONGEST
from concorda.implement.communication.models import Contact, Document, Reply, Topic
from concorda.implement.working_groups.replies import take_reply

log = logging.getLogger(__name__)

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20
"""More answers than this in an hour, by one person in one discussion, are taken for those of a program."""
LARGEST_ENCLOSURE = 20 * 1024 * 1024
MOST_ENCLOSURES = 10
Outcome = Received.Outcome


class Fate(NamedTuple):
    """What became of a mail: the outcome, more about it, and the partnership it was for."""

    outcome: str
    detail: str = ""
    place: str = ""


def collect() -> int:
    """Take in what lies unread in the mailbox; returns how many mails that were. Without a mailbox: none."""
    if not settings.IMAP_URL:
        return 0
    count = 0
    with incoming.mailbox() as box:
        for uid, arrived in incoming.unread(box):
            fate = take_in(arrived)
            incoming.mark_read(box, uid, look=fate.outcome == Outcome.TROUBLE)
            count += 1
    tell_refused()
    return count


def take_in(arrived: Mail) -> Fate:
    """Deal with one mail, once: the same mail again is left alone. No mail stops those behind it."""
    digest = hashlib.sha256(arrived.raw).hexdigest()
    known = Received.objects.filter(digest=digest).first()
    if known:
        return Fate(known.outcome, known.detail, known.place)
    try:
        with transaction.atomic():
            fate = sort(arrived)
            keep(arrived, digest, fate)
    except IntegrityError:  # another worker was quicker
        return Fate(Outcome.AUTOMATIC)
    except Exception as error:  # a mail may hold anything
        log.exception("a mail from %s could not be read", arrived.sender)
        fate = Fate(Outcome.TROUBLE, type(error).__name__)
        keep(arrived, digest, fate)
    return fate


def keep(arrived: Mail, digest: str, fate: Fate) -> None:
    Received.objects.create(
        digest=digest,
        sender=arrived.sender[:320],
        subject=arrived.subject[:300],
        outcome=fate.outcome,
        detail=fate.detail[:300],
        place=fate.place,
    )


def sort(arrived: Mail) -> Fate:
    """What kind of mail it is, and what is done with it."""
    if incoming.is_report(arrived):
        return bounced(arrived)
    reply = incoming.calendar_reply(arrived)  # calendars mark their replies as automatic, which they are not
    if reply:
        return calendar(arrived, reply)
    sign = incoming.automatic(arrived, settings.DEFAULT_FROM_EMAIL)
    if sign:
        return Fate(Outcome.AUTOMATIC, sign)
    numbers = addresses.opened("r", [*arrived.recipients, *arrived.answers])
    return answered(arrived, *numbers) if numbers and len(numbers) == 2 else Fate(Outcome.UNKNOWN)


def calendar(arrived: Mail, reply: str) -> Fate:
    """An answer to an invitation goes to the meeting; whose answers count, the working groups say."""
    try:
        outcome = take_reply(reply.encode(), arrived.sender)
    except Refused as refusal:
        return Fate(Outcome.UNKNOWN, str(refusal))
    return Fate(Outcome.CALENDAR, place=outcome.partnership.slug)


# Answers


def answered(arrived: Mail, topic_pk: int, participant_pk: int) -> Fate:
    """An answer goes into its discussion if it comes from the person it was written to, who may still answer there."""
    with scopes_disabled():
        topic = Topic.objects.select_related("partnership", "group").filter(pk=topic_pk).first()
        found = Participant.objects.select_related("person", "partnership").filter(pk=participant_pk, left_on=None)
        author = found.first()
    if topic is None or author is None or author.partnership_id != topic.partnership_id:
        return Fate(Outcome.UNKNOWN)
    place = topic.partnership.slug
    if arrived.sender != author.person.email.lower():
        return Fate(Outcome.STRANGER, place=place)
    access = access_of(author.person, place)
    if access is None or not author.person.is_active:
        return Fate(Outcome.STRANGER, place=place)
    with within(topic.partnership, access.own_organizations):
        if not access.can(Ability.CONTRIBUTE, **queries.HERE) or not queries.topics(access).filter(pk=topic.pk):
            return Fate(Outcome.STRANGER, place=place)
        if too_many(topic, author):
            return Fate(Outcome.AUTOMATIC, "20/h", place)
        return said(arrived, topic, author)


def too_many(topic: Topic, author: Participant) -> bool:
    lately = Reply.objects.filter(topic=topic, author=author, by_mail=True, at__gt=clock.now() - AN_HOUR)
    return lately.count() >= MOST_AN_HOUR


def said(arrived: Mail, topic: Topic, author: Participant) -> Fate:
    """Put the words into the discussion and what came with them on the shelf, or tell the sender why not."""
    place = topic.partnership.slug
    text = incoming.words(arrived) if arrived.whole else ""
    with override(author.person.language):
        reason = refusal(arrived, topic, text)
        if reason:
            tell_sender(arrived, topic, author, [reason], posted=False)
            return Fate(Outcome.REFUSED, reason, place)
        talking.reply(topic, text, author, by=author.person, by_mail=True)
        left_out = [why for one in incoming.enclosures(arrived) if (why := shelve(one, topic, author))]
        if left_out:
            tell_sender(arrived, topic, author, left_out, posted=True)
    return Fate(Outcome.POSTED, "; ".join(left_out), place)


def refusal(arrived: Mail, topic: Topic, text: str) -> str:
    if topic.closed_at:
        return _("This discussion is closed.")
    if not arrived.whole:
        facts = {"size": f"{arrived.size / 1024 / 1024:.0f}", "most": f"{incoming.LARGEST / 1024 / 1024:.0f}"}
        return _("Your mail is too large (%(size)s MB; at most %(most)s MB).") % facts
    if len(text) > LONGEST:
        facts = {"length": f"{len(text):,}", "most": f"{LONGEST:,}"}
        return _("Your mail is %(length)s characters long; at most %(most)s fit.") % facts
    if not text:
        return _("We found no words in your mail above the letter it answers.")
    return ""


def shelve(one: Enclosure, topic: Topic, author: Participant) -> str:
    """Put a file that came with an answer on the shelf, beside the discussion; otherwise why not."""
    name = shelf.tidy(one.name) if one.name else _("a file without a name")
    if len(one.data) > LARGEST_ENCLOSURE:
        facts = {"name": name, "size": f"{len(one.data) / 1024 / 1024:.0f}", "most": LARGEST_ENCLOSURE // 1024 // 1024}
        return _("“%(name)s” is too large (%(size)s MB; at most %(most)s MB by mail).") % facts
    if (
        Document.objects.filter(topic=topic, added_by=author, changed_at__gt=clock.now() - AN_HOUR).count()
        >= MOST_ENCLOSURES
    ):
        return _("“%(name)s” was left out: there are too many files.") % {"name": name}
    title = PurePath(name).stem[:200] or name[:200]
    document = Document(partnership=topic.partnership, title=title, topic=topic, added_by=author)
    file = ContentFile(one.data, name=name)
    try:
        with transaction.atomic():
            shelf.put(document, file, by=author.person)
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def tell_sender(arrived: Mail, topic: Topic, author: Participant, reasons: list[str], *, posted: bool) -> None:
    """Answer once, marked so that no program answers back."""
    number = arrived.header("Message-ID")
    thread = {"In-Reply-To": number, "References": number} if number else {}
    mail.send(
        author.person.email,
        lambda: _("Your answer: %(title)s") % {"title": topic.title},
        "communication/mail/refused.txt",
        {"topic": topic, "reasons": reasons, "posted": posted, "address": mail.absolute(topic.get_absolute_url())},
        language=author.person.language,
        headers={"Auto-Submitted": "auto-replied", **thread},
    )


# Letters that did not arrive


def bounced(arrived: Mail) -> Fate:
    """Stop letters to an address that refused one of ours. A report about no letter of ours changes nothing."""
    letters = ours(arrived)
    for failure in incoming.failures(arrived):
        if any(failure.address == to.lower() for letter in letters for to in letter.recipients):
            mail.bury(failure.address, failure.reason)
            return Fate(Outcome.BOUNCE, f"{failure.address}: {failure.reason}", letters[0].place)
    return Fate(Outcome.UNKNOWN, _("a report about no letter of ours, or only a delay"))


def ours(arrived: Mail) -> list[Letter]:
    """The letters a report is about: by the address it came to, or by the number of the message it sends back."""
    numbers = addresses.opened("b", arrived.recipients)
    found = Letter.objects.filter(pk=numbers[0]) if numbers else Letter.objects.none()
    return list(found) or list(Letter.objects.filter(message_id__in=incoming.reported(arrived)).exclude(message_id=""))


def tell_refused() -> int:
    """Tell the coordinators of addresses that began to refuse our letters; returns how many there were."""
    found = list(DeadAddress.objects.filter(told_at=None))
    for one in found:
        with transaction.atomic():
            if DeadAddress.objects.filter(pk=one.pk, told_at=None).update(told_at=clock.now()):
                tell_coordinators(one.address.lower(), one.reason)
    return len(found)


def tell_coordinators(address: str, reason: str) -> None:
    """In every partnership where somebody has this address: a letter to the coordinators, and it waits for them."""
    with scopes_disabled():
        found = list(
            Participant.objects.filter(person__email__iexact=address, left_on=None).select_related(
                "person", "partnership"
            )
        )
        outside = list(Contact.objects.filter(email__iexact=address).select_related("partnership"))
    for one in found:
        tell_in(one.partnership, one.person.name, address, reason)
    for contact in outside:
        tell_in(contact.partnership, contact.name, address, reason)


def tell_in(partnership: Partnership, name: str, address: str, reason: str) -> None:
    with within(partnership, EVERY):
        record(partnership, None, gettext_noop("Letters to somebody do not arrive."), tool="communication")
        forget(partnership)
        for coordinator in with_role(partnership, Role.COORDINATOR):
            if coordinator.person.email.lower() == address:
                continue
            mail.send(
                coordinator.person.email,
                lambda: _("Letters to %(name)s do not arrive") % {"name": name},
                "communication/mail/bounced.txt",
                {"name": name, "address": address, "reason": reason, "partnership": partnership},
                language=coordinator.person.language,
                kind="mail",
                of=partnership,
            )

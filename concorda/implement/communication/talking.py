"""Discussions: starting, replying, mentioning, following, and who is told of what was said."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Participant
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.progress import forget
from concorda.implement.communication import letters, queries
from concorda.implement.communication.models import Follow, MailSetting, Notice, Reply, Topic

Pace = MailSetting.Pace


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
    follow(topic, [topic.started_by])
    tell(topic, None, topic.started_by, topic.text)
    return topic


@transaction.atomic
def reply(topic: Topic, text: str, author: Participant, *, by: Person, by_mail: bool = False) -> Reply:
    """Say something in a discussion; its followers and whom it mentions hear of it."""
    if topic.closed_at:
        raise Final(_("This discussion is closed."))
    answer = Reply.objects.create(partnership=topic.partnership, topic=topic, author=author, text=text, by_mail=by_mail)
    topic.last_at = answer.at
    topic.save(update_fields=["last_at"])
    if topic.group:
        message = gettext_noop("replied in a discussion of “%(group)s”")
        record(topic.partnership, by, message, about=topic, group=topic.group.name)
    else:
        record(topic.partnership, by, gettext_noop("replied in “%(title)s”"), about=topic, title=topic.title)
    follow(topic, [author])
    tell(topic, answer, author, text)
    return answer


@transaction.atomic
def withdraw(answer: Reply, *, by: Person) -> None:
    """Its author takes a reply back: the words go, that there was a reply stays; who was not written to yet is not."""
    if answer.withdrawn_at:
        return
    answer.withdrawn_at, answer.text = clock.now(), ""
    answer.save(update_fields=["withdrawn_at", "text"])
    Notice.objects.filter(reply=answer, mailed_at=None).delete()
    record(answer.partnership, by, gettext_noop("took a reply back"), about=answer)


@transaction.atomic
def close_topic(topic: Topic, *, by: Person) -> None:
    topic.closed_at = clock.now()
    topic.save(update_fields=["closed_at"])
    record(topic.partnership, by, gettext_noop("closed a discussion"), about=topic)


# Who is told


def follow(topic: Topic, people: Iterable[Participant]) -> None:
    """Who speaks, or is spoken to, hears of what follows; who wanted to hear no more still does not."""
    for participant in people:
        Follow.objects.get_or_create(partnership=topic.partnership, topic=topic, participant=participant)


@transaction.atomic
def mute(topic: Topic, participant: Participant, *, muted: bool) -> None:
    """Hear no more of a discussion, or hear of it again; too small for the timeline."""
    Follow.objects.update_or_create(
        partnership=topic.partnership, topic=topic, participant=participant, defaults={"muted": muted}
    )


def tell(topic: Topic, answer: Reply | None, author: Participant, text: str) -> None:
    """A notice for each follower and for whom it mentions; a letter at once to those who want one at once."""
    readers = {one.pk: one for one in queries.readers(topic)}
    named = mentioned(text, readers.values())
    follow(topic, named)
    muted = set(Follow.objects.filter(topic=topic, muted=True).values_list("participant", flat=True))
    following = set(Follow.objects.filter(topic=topic, muted=False).values_list("participant", flat=True))
    called = {one.pk for one in named}
    told = ((following - muted) | called) & readers.keys() - {author.pk}
    chosen = letters.settings_of(topic.partnership)
    for pk in sorted(told):
        notice = Notice(
            partnership=topic.partnership, topic=topic, reply=answer, participant=readers[pk], mentioned=pk in called
        )
        setting = chosen.get(pk)
        if (setting.pace if setting else Pace.EVERY) == Pace.EVERY and letters.write_notice(notice, setting):
            notice.mailed_at = clock.now()
        notice.save()


def mentioned(text: str, people: Iterable[Participant]) -> list[Participant]:
    """Whom a text calls by “@name”: the whole name, or a first name only one of them has."""
    everybody, calls = list(people), text.casefold()
    firsts = [str(one).split()[0].casefold() for one in everybody]
    found = []
    for one, first in zip(everybody, firsts, strict=True):
        names = [str(one).casefold()] + ([first] if firsts.count(first) == 1 else [])
        if any(re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", calls) for name in names):
            found.append(one)
    return found


def mark_read(topic: Topic, participant: Participant) -> None:
    """Note that a person opened the discussion."""
    unseen = Notice.objects.filter(topic=topic, participant=participant, seen_at=None)
    if unseen.update(seen_at=clock.now()):
        forget(topic.partnership, participant.person)

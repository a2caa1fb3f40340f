"""What can be read: announcements and whom they reached, discussions, the plan, the people, and the documents."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from concorda.begin.governance.models import Decision
from concorda.foundation.accounts.models import DeadAddress, Received
from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import YES, Ability, Access, Answer, Role
from concorda.foundation.partnerships.models import Participant, Partnership, RoleHeld
from concorda.foundation.partnerships.queries import present
from concorda.implement.communication.models import (
    FOR_ALL,
    OBSERVED,
    Announcement,
    Card,
    Contact,
    Delivery,
    Dispatch,
    Document,
    Follow,
    MailSetting,
    Notice,
    PlanItem,
    PublicPage,
    Reply,
    Topic,
)
from concorda.implement.working_groups.models import Group, GroupMember
from concorda.implement.working_groups.rights import NOT_RUNNING

HERE = {"stage": "implement", "tool": "communication"}
SOON = 14
"""Days before its date a line of the plan waits for its owner."""
LINE = ("owner__person", "owner__partnership", "approver__person", "group", "partnership")
DECIDED_LATELY = timedelta(days=14)
REMINDED_FOR = timedelta(days=60)
A = Announcement.Audience


def steers(access: Access) -> bool:
    return bool(access.can(Ability.STEER, **HERE))


def my_groups(access: Access) -> QuerySet[GroupMember, dict[str, Any]]:
    return GroupMember.objects.filter(participant=access.participant, left_on=None).values("group")


# Announcements


def visible_to(access: Access) -> QuerySet[Announcement]:
    """What this person may read: what is for them or was delivered to them, own drafts; coordinators read all."""
    found = Announcement.objects.select_related("author__person", "group", "partnership", "supersedes")
    if not access.can(Ability.SEE):
        return found.filter(audience__in=OBSERVED).exclude(published_at=None)
    if steers(access):
        return found
    mine = Delivery.objects.filter(participant=access.participant).values("announcement")
    for_me = Q(audience__in=FOR_ALL) | Q(pk__in=mine) | Q(audience=A.GROUP, group__in=my_groups(access))
    published = Q(published_at__isnull=False) & for_me
    return found.filter(published | Q(author=access.participant))


def with_counts(found: QuerySet[Announcement], access: Access) -> QuerySet[Announcement]:
    """Adds how many it reached, opened and confirmed it, and when this person did."""
    own = Delivery.objects.filter(announcement=OuterRef("pk"), participant=access.participant)
    return found.annotate(
        reached=Count("deliveries"),
        seen=Count("deliveries", filter=Q(deliveries__seen_at__isnull=False)),
        confirmed=Count("deliveries", filter=Q(deliveries__acknowledged_at__isnull=False)),
        my_seen_at=Subquery(own.values("seen_at")[:1]),
        my_confirmed_at=Subquery(own.values("acknowledged_at")[:1]),
        delivered=Subquery(own.values("pk")[:1]),
    )


def audience_of(announcement: Announcement) -> QuerySet[Participant]:
    """The people it is for, now."""
    people = present(announcement.partnership)
    if announcement.audience in OBSERVED:
        return people
    if announcement.audience == A.GROUP:
        inside = GroupMember.objects.filter(group=announcement.group_id, left_on=None)
        return people.filter(pk__in=inside.values("participant"))
    held = RoleHeld.objects.filter(partnership=announcement.partnership)
    if announcement.audience == A.REPRESENTATIVES:
        return people.filter(pk__in=held.filter(role=Role.REPRESENTATIVE).values("participant"))
    return people.filter(pk__in=held.exclude(role=Role.OBSERVER).values("participant"))


def may_change(access: Access, announcement: Announcement) -> Answer:
    """Only while it is a draft."""
    return YES if announcement.author_id == access.participant.pk else access.can(Ability.STEER, **HERE)


def may_publish(access: Access, announcement: Announcement) -> Answer:
    """Coordinators and project managers publish; a chair to their own group."""
    group = announcement.group
    if announcement.audience == A.GROUP and group and group.chair_id == access.participant.pk:
        return YES
    return access.can(Ability.STEER, **HERE)


@dataclass(frozen=True)
class Reached:
    """Whom one announcement reached."""

    announcement: Announcement
    people: int
    seen: int


def last_to_all(partnership: Partnership) -> Reached | None:
    """The latest announcement to everyone, and how many opened it."""
    found = Announcement.objects.filter(partnership=partnership, audience__in=FOR_ALL)
    latest = (
        found.exclude(published_at=None)
        .annotate(people=Count("deliveries"), seen=Count("deliveries", filter=Q(deliveries__seen_at__isnull=False)))
        .order_by("-published_at")
        .first()
    )
    return Reached(latest, latest.people, latest.seen) if latest else None


def not_confirmed(announcement: Announcement) -> QuerySet[Delivery]:
    """Who has not confirmed it yet and still takes part."""
    found = Delivery.objects.filter(announcement=announcement, acknowledged_at=None, participant__left_on=None)
    return found.select_related("participant__person", "participant__organization").order_by(
        "participant__person__name"
    )


def to_confirm(access: Access) -> QuerySet[Announcement]:
    """What waits for this person to confirm it."""
    mine = Delivery.objects.filter(participant=access.participant, acknowledged_at=None).values("announcement")
    found = Announcement.objects.filter(must_acknowledge=True, pk__in=mine, superseded_by=None)
    return found.exclude(published_at=None).select_related("partnership")


def pace_of(participant: Participant) -> str:
    found = MailSetting.objects.filter(participant=participant).values_list("pace", flat=True).first()
    return found or MailSetting.Pace.EVERY


def for_digest(participant: Participant) -> QuerySet[Delivery]:
    """What was published in the last eight days and neither mailed to this person nor opened by them."""
    since = clock.now() - timedelta(days=8)
    found = Delivery.objects.filter(participant=participant, mailed_at=None, seen_at=None, sent_at__gt=since)
    return found.select_related("announcement__partnership").order_by("sent_at")


# Discussions


def topics(access: Access) -> QuerySet[Topic]:
    """Discussions of the partnership, and of the groups this person is in; coordinators read all."""
    found = (
        Topic.objects.select_related("group", "started_by__person", "partnership")
        .annotate(answers=Count("replies"))
        .order_by("-last_at", "-pk")
    )
    if steers(access):
        return found
    return found.filter(Q(group=None) | Q(group__in=my_groups(access)))


def readers(topic: Topic) -> QuerySet[Participant]:
    """Who reads a discussion: whoever takes part; of a group its members and those who steer."""
    people = present(topic.partnership).select_related("person", "organization", "partnership")
    takes_part = RoleHeld.objects.filter(partnership=topic.partnership).exclude(role=Role.OBSERVER)
    people = people.filter(pk__in=takes_part.values("participant"))
    if topic.group_id is None:
        return people
    inside = GroupMember.objects.filter(group=topic.group_id, left_on=None).values("participant")
    steering = takes_part.filter(role__in=[Role.COORDINATOR, Role.PROJECT_MANAGER]).values("participant")
    return people.filter(Q(pk__in=inside) | Q(pk__in=steering))


def mentions(topic: Topic) -> dict[int | None, list[str]]:
    """Reply (None: the first message) → the names it mentions."""
    found: dict[int | None, list[str]] = {}
    rows = Notice.objects.filter(topic=topic, mentioned=True).select_related("participant__person")
    for notice in rows.order_by("participant__person__name"):
        found.setdefault(notice.reply_id, []).append(str(notice.participant))
    return found


def follows(topic: Topic, participant: Participant) -> bool:
    return Follow.objects.filter(topic=topic, participant=participant, muted=False).exists()


def notices_for_digest(participant: Participant) -> QuerySet[Notice]:
    """What was said to this person in the last eight days that was neither mailed nor opened."""
    since = clock.now() - timedelta(days=8)
    found = Notice.objects.filter(participant=participant, mailed_at=None, seen_at=None, at__gt=since)
    return found.exclude(reply__withdrawn_at__isnull=False).select_related(
        "topic__partnership", "topic__started_by__person", "reply__author__person"
    )


def unread_mentions(access: Access) -> QuerySet[Notice]:
    found = Notice.objects.filter(participant=access.participant, mentioned=True, seen_at=None)
    return found.select_related("topic__partnership", "reply__author__person", "topic__started_by__person")


def replies(topic: Topic) -> QuerySet[Reply]:
    return Reply.objects.filter(topic=topic).select_related("author__person", "author__organization")


def groups_to_talk_in(access: Access) -> QuerySet[Group]:
    found = Group.objects.filter(ended_on=None)
    return found if steers(access) else found.filter(pk__in=my_groups(access))


def may_close(access: Access, topic: Topic) -> Answer:
    return YES if steers(access) or topic.started_by_id == access.participant.pk else NOT_RUNNING


# Plan and people


def next_planned(partnership: Partnership) -> PlanItem | None:
    return PlanItem.objects.filter(partnership=partnership).exclude(next_on=None).order_by("next_on", "pk").first()


def due_for(access: Access) -> QuerySet[PlanItem]:
    until = clock.today() + timedelta(days=SOON)
    return PlanItem.objects.filter(owner=access.participant, next_on__lte=until).order_by("next_on")


def to_approve(access: Access) -> QuerySet[PlanItem]:
    return PlanItem.objects.filter(approver=access.participant, approved_at=None).exclude(reach="")


def zone_of(partnership: Partnership) -> ZoneInfo:
    return ZoneInfo(partnership.time_zone)


def reachable(item: PlanItem) -> QuerySet[Contact]:
    """The people outside a line goes to: of its kind, who agreed and have an address."""
    found = Contact.objects.filter(partnership=item.partnership, consent_on__isnull=False).exclude(email="")
    return found.filter(kind=item.contact_kind) if item.contact_kind else found


def untold_decisions(partnership: Partnership) -> QuerySet[Decision]:
    """Decisions of the last days that say who must know and are not in the plan yet."""
    told = PlanItem.objects.filter(partnership=partnership, decision__isnull=False).values("decision")
    found = Decision.objects.filter(
        partnership=partnership, status=Decision.Status.DECIDED, decided_at__gt=clock.now() - DECIDED_LATELY
    )
    return found.exclude(must_know="").exclude(pk__in=told).select_related("proposed_by__person", "partnership")


def to_remind(partnership: Partnership) -> QuerySet[Announcement]:
    """Announcements somebody still has to confirm, while that matters."""
    open_ = Delivery.objects.filter(partnership=partnership, acknowledged_at=None, participant__left_on=None)
    found = Announcement.objects.filter(
        partnership=partnership, must_acknowledge=True, superseded_by=None,
        published_at__gt=clock.now() - REMINDED_FOR, pk__in=open_.values("announcement"),
    )  # fmt: skip
    return found.select_related("author__person", "partnership")


def went_out(partnership: Partnership) -> QuerySet[Dispatch]:
    """What the plan sent, newest first, with how many opened it."""
    opened = Count("announcement__deliveries", filter=Q(announcement__deliveries__seen_at__isnull=False))
    found = Dispatch.objects.filter(partnership=partnership).annotate(opened=opened).order_by("-at", "-pk")
    return found.select_related("item", "by__person", "announcement", "partnership")


# People


def directory(partnership: Partnership, query: str = "") -> QuerySet[Participant]:
    """The people who take part, for those who take part, with what each lets the others see."""
    found = present(partnership).select_related("person", "organization", "card").order_by("person__name")
    for word in query.split()[:5]:
        found = found.filter(
            Q(person__name__icontains=word)
            | Q(organization__name__icontains=word)
            | Q(organization__short_name__icontains=word)
            | Q(title__icontains=word)
        )
    return found


def card_of(participant: Participant) -> Card:
    found = Card.objects.filter(participant=participant).first()
    return found or Card(partnership=participant.partnership, participant=participant)


def shown_email(participant: Participant) -> str:
    """The address this person lets the others see, or nothing."""
    card = getattr(participant, "card", None)
    return participant.person.email if card and card.shows != Card.Shows.NAME else ""


def shown_phone(participant: Participant) -> str:
    card = getattr(participant, "card", None)
    return card.phone if card and card.shows == Card.Shows.PHONE else ""


def dead_addresses(partnership: Partnership) -> dict[str, DeadAddress]:
    """Addresses of participants and contacts that refuse our letters."""
    known = {address.lower() for address in present(partnership).values_list("person__email", flat=True)}
    known |= {
        address.lower() for address in Contact.objects.filter(partnership=partnership).values_list("email", flat=True)
    }
    return {one.address.lower(): one for one in DeadAddress.objects.all() if one.address.lower() in known}


def received(partnership: Partnership) -> QuerySet[Received]:
    """What became of the mail that came in for this partnership."""
    return Received.objects.filter(place=partnership.slug)


# Documents


def documents(access: Access) -> QuerySet[Document]:
    """The shelf as this person may read it: of a group or its discussions only for its members and those who steer."""
    found = Document.objects.filter(removed_at=None).select_related("group", "added_by__person", "partnership", "topic")
    found = found.annotate(latest=Max("versions__number")).order_by("-changed_at", "-pk")
    if not access.can(Ability.SEE):
        return found.filter(for_observers=True)
    if steers(access):
        return found
    mine = my_groups(access)
    return found.filter(Q(group=None) | Q(group__in=mine)).filter(
        Q(topic=None) | Q(topic__group=None) | Q(topic__group__in=mine)
    )


# The public page


def public_page(partnership: Partnership) -> PublicPage:
    found = PublicPage.objects.filter(partnership=partnership).first()
    return found or PublicPage(partnership=partnership, text=partnership.purpose)


def for_the_public(partnership: Partnership) -> QuerySet[Announcement]:
    """What was announced to everybody and still holds, newest first."""
    found = Announcement.objects.filter(partnership=partnership, audience=A.PUBLIC, superseded_by=None)
    return (
        found.exclude(published_at=None).select_related("partnership", "author__organization").order_by("-published_at")
    )

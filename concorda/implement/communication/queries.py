"""What can be read: announcements and whom they reached, discussions, the plan, and the people."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import YES, Ability, Access, Answer, Role
from concorda.foundation.partnerships.models import Participant, Partnership, RoleHeld
from concorda.foundation.partnerships.queries import present
from concorda.implement.communication.models import Announcement, Delivery, MailSetting, PlanItem, Reply, Topic
from concorda.implement.working_groups.models import Group, GroupMember
from concorda.implement.working_groups.rights import NOT_RUNNING

HERE = {"stage": "implement", "tool": "communication"}
SOON = 14
"""Days before its date a line of the plan waits for its owner."""
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
        return found.filter(audience=A.OBSERVERS).exclude(published_at=None)
    if steers(access):
        return found
    mine = Delivery.objects.filter(participant=access.participant).values("announcement")
    for_me = Q(audience__in=[A.ALL, A.OBSERVERS]) | Q(pk__in=mine) | Q(audience=A.GROUP, group__in=my_groups(access))
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
    if announcement.audience == A.OBSERVERS:
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
    found = Announcement.objects.filter(partnership=partnership, audience__in=[A.ALL, A.OBSERVERS])
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
    """What was published in the last week and neither mailed to this person nor opened by them."""
    since = clock.now() - timedelta(days=7)
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


def directory(partnership: Partnership, query: str = "") -> QuerySet[Participant]:
    """The people who take part, for those who take part."""
    found = present(partnership).order_by("person__name")
    for word in query.split()[:5]:
        found = found.filter(
            Q(person__name__icontains=word)
            | Q(organization__name__icontains=word)
            | Q(organization__short_name__icontains=word)
            | Q(title__icontains=word)
        )
    return found

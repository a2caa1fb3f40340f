"""Communication for programs: announcements, discussions, the plan, one's own letters."""

from typing import Any

from django.db.models import QuerySet

from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.implement.communication import queries, views
from concorda.implement.communication.forms import AnnouncementForm, ReplyForm, SettingForm, TopicForm
from concorda.implement.communication.models import Announcement, MailSetting, PlanItem, Reply, Topic


def announcements(access: Access) -> QuerySet[Announcement]:
    return queries.with_counts(queries.visible_to(access), access)


def replies(access: Access) -> QuerySet[Reply]:
    """What was not taken back, in discussions this person reads."""
    return Reply.objects.filter(topic__in=queries.topics(access).values("pk"), withdrawn_at=None)


def own_setting(access: Access) -> QuerySet[MailSetting]:
    return MailSetting.objects.filter(participant=access.participant)


COUNTED: dict[str, Any] = {"reached": int, "seen": int, "confirmed": int}

OFFER = Offer(
    resources=(
        Resource(
            "announcements",
            Announcement,
            ("title", "text", "audience", "group", "must_acknowledge", "author", "supersedes", "published_at",
             "created_at"),
            read=Ability.OBSERVE,
            rows=announcements,
            computed=COUNTED,
            create=Verb(views.announcement_new, AnnouncementForm),
            change=Verb(views.announcement_edit, AnnouncementForm),
            remove=Verb(views.announcement_discard),
            verbs={
                "publish": views.announcement_publish,
                "correct": views.announcement_correct,
                "confirm": views.acknowledge,
                "remind": views.remind,
            },
        ),
        Resource(
            "discussions",
            Topic,
            ("title", "text", "group", "started_by", "created_at", "last_at", "closed_at"),
            rows=queries.topics,
            computed={"answers": int},
            create=Verb(views.discussion_new, TopicForm),
            verbs={"reply": Verb(views.discussion, ReplyForm), "close": views.discussion_close},
        ),
        Resource(
            "replies", Reply, ("topic", "author", "text", "at"), rows=replies, remove=Verb(views.reply_withdraw)
        ),
        Resource(
            "plan",
            PlanItem,
            ("title", "audience", "purpose", "message", "channel", "cadence", "language", "owner", "next_on",
             "last_on"),
            register=views.Plan,
            verbs={"done": views.plan_done},
        ),
        Resource("own-letters", MailSetting, ("pace",), read=Ability.OBSERVE, rows=own_setting),
    ),
    verbs={"letters": Verb(views.settings, SettingForm)},
)  # fmt: skip

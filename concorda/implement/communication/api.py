"""Communication for programs: announcements, discussions, the plan, people, documents, the public page, own letters."""

from typing import Any

from django.db.models import QuerySet

from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.implement.communication import queries, views
from concorda.implement.communication.forms import (
    AnnouncementForm,
    CardForm,
    DocumentForm,
    FileForm,
    PublicForm,
    ReplyForm,
    SettingForm,
    TopicForm,
)
from concorda.implement.communication.models import (
    Announcement,
    Card,
    Contact,
    Dispatch,
    Document,
    DocumentVersion,
    MailSetting,
    PlanItem,
    PublicPage,
    Reply,
    Topic,
)


def announcements(access: Access) -> QuerySet[Announcement]:
    return queries.with_counts(queries.visible_to(access), access)


def replies(access: Access) -> QuerySet[Reply]:
    """What was not taken back, in discussions this person reads."""
    return Reply.objects.filter(topic__in=queries.topics(access).values("pk"), withdrawn_at=None)


def own_setting(access: Access) -> QuerySet[MailSetting]:
    return MailSetting.objects.filter(participant=access.participant)


def people(access: Access) -> QuerySet[Participant]:
    return queries.directory(access.partnership)


def own_card(access: Access) -> QuerySet[Card]:
    return Card.objects.filter(participant=access.participant)


def versions(access: Access) -> QuerySet[DocumentVersion]:
    return DocumentVersion.objects.filter(document__in=queries.documents(access).values("pk"))


def sent(access: Access) -> QuerySet[Dispatch]:
    return queries.went_out(access.partnership)


COUNTED: dict[str, Any] = {"reached": int, "seen": int, "confirmed": int}

OFFER = Offer(
    resources=(
        Resource(
            "announcements",
            Announcement,
            ("title", "text", "audience", "group", "must_acknowledge", "confirm_by", "author", "supersedes",
             "published_at", "created_at"),
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
            verbs={
                "reply": Verb(views.discussion, ReplyForm),
                "close": views.discussion_close,
                "follow": Verb(views.discussion_follow, takes={"follow": str}),
            },
        ),
        Resource(
            "replies",
            Reply,
            ("topic", "author", "text", "at", "by_mail"),
            rows=replies,
            remove=Verb(views.reply_withdraw),
        ),
        Resource(
            "plan",
            PlanItem,
            ("title", "audience", "purpose", "message", "channel", "cadence", "language", "owner", "approver",
             "approved_at", "next_on", "last_on", "reach", "group", "contact_kind", "hour", "news",
             "must_acknowledge", "decision"),
            register=views.Plan,
            verbs={"done": views.plan_done, "send": views.plan_send, "approve": views.plan_approve},
        ),
        Resource(
            "sent", Dispatch, ("item", "at", "by", "announcement", "people"), rows=sent, computed={"opened": int}
        ),
        Resource(
            "contacts",
            Contact,
            ("name", "organization", "title", "kind", "email", "phone", "language", "note", "consent_on",
             "consent_how"),
            read=Ability.CONTRIBUTE,
            register=views.Contacts,
            verbs={"stop": views.contact_stop},
        ),
        Resource(
            "documents",
            Document,
            ("title", "about", "group", "topic", "for_observers", "added_by", "changed_at"),
            read=Ability.OBSERVE,
            rows=queries.documents,
            computed={"latest": int},
            create=Verb(views.document_new, DocumentForm),
            remove=Verb(views.document_remove),
            verbs={"renew": Verb(views.document, FileForm)},
        ),
        Resource(
            "document-versions",
            DocumentVersion,
            ("document", "number", "name", "kind", "size", "digest", "note", "author", "at"),
            read=Ability.OBSERVE,
            rows=versions,
            documents={"file": views.document_file},
        ),
        Resource(
            "people",
            Participant,
            ("name=person.name", "organization", "title"),
            rows=people,
            verbs={"address-works": views.address_works},
        ),
        Resource("own-card", Card, ("shows", "phone", "note", "agreed_at"), rows=own_card),
        Resource(
            "public-page", PublicPage, ("open", "text", "contact", "names_partners"), read=Ability.STEER
        ),
        Resource(
            "own-letters",
            MailSetting,
            ("pace", "hour", "quiet_from", "quiet_until"),
            read=Ability.OBSERVE,
            rows=own_setting,
        ),
    ),
    verbs={
        "letters": Verb(views.settings, SettingForm),
        "card": Verb(views.card, CardForm),
        "public": Verb(views.public, PublicForm),
    },
    documents={"people.vcf": views.directory_vcf, "contacts.vcf": views.contacts_vcf},
)  # fmt: skip

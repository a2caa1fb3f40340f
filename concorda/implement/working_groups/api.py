"""Working groups for programs: groups and members, meetings with agenda, minutes and attendance."""

from django.db.models import QuerySet

from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.implement.working_groups import views
from concorda.implement.working_groups.forms import FeedForm, ItemForm, MeetingForm, MembersForm, ReasonForm
from concorda.implement.working_groups.models import AgendaItem, Attendance, Feed, Group, GroupMember, Meeting


def members(access: Access) -> QuerySet[GroupMember]:
    return GroupMember.objects.filter(left_on=None)


def own_feeds(access: Access) -> QuerySet[Feed]:
    return Feed.objects.filter(participant=access.participant)


OFFER = Offer(
    resources=(
        Resource(
            "groups",
            Group,
            ("name", "purpose", "authority", "deliverables", "chair", "place", "time_zone", "every_days", "quorum",
             "starts_on", "ends_on", "created_by", "goals=goals.goal", "ended_on", "ended_because"),
            register=views.Groups,
            verbs={
                "members": Verb(views.members, MembersForm, more=True),
                "join": views.join,
                "end": Verb(views.end, ReasonForm),
                "plan-meeting": Verb(views.plan, MeetingForm),
            },
        ),
        Resource("members", GroupMember, ("group", "participant", "joined_on"), rows=members, remove=Verb(views.leave)),
        Resource(
            "meetings",
            Meeting,
            ("group", "starts_at", "minutes_long", "time_zone", "place", "cancelled", "cancelled_because", "notes",
             "finished_at", "members_then", "present_then", "needed_then", "approved_at", "approved_in", "digest"),
            change=Verb(views.move, MeetingForm),
            verbs={
                "cancel": Verb(views.cancel, ReasonForm),
                "invite": views.invite,
                "add-item": Verb(views.item_new, ItemForm),
                "minutes": Verb(views.minutes, takes={"finish": bool}, more=True),
                "approve": views.approve,
            },
            documents={"file.ics": views.meeting_file},
        ),
        Resource(
            "agenda",
            AgendaItem,
            ("meeting", "title", "purpose", "minutes_long", "position", "notes", "decided", "done", "carried_from"),
            change=Verb(views.item_edit, ItemForm),
            remove=Verb(views.item_remove),
            verbs={"up": views.item_up},
        ),
        Resource("attendance", Attendance, ("meeting", "participant", "present")),
        Resource(
            "calendar-addresses",
            Feed,
            ("every_group", "created_at", "revoked_at"),
            rows=own_feeds,
            verbs={"close": views.calendar_close},
        ),
    ),
    verbs={"open-calendar": Verb(views.calendar, FeedForm, once="calendar_token")},
)  # fmt: skip

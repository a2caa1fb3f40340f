"""Working groups for programs: groups and members, meetings with agenda, minutes and attendance."""

from django.db.models import QuerySet

from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.implement.working_groups import charter_pages, planning_pages, rights, views
from concorda.implement.working_groups.forms import (
    AdoptForm,
    FeedForm,
    GuestForm,
    HoursForm,
    ItemForm,
    MeetingForm,
    MembersForm,
    PaperForm,
    PlanForm,
    PollForm,
    ProposalForm,
    ReasonForm,
    ReplyFileForm,
    RuleForm,
    SeriesForm,
    TurnsForm,
)
from concorda.implement.working_groups.models import (
    AgendaItem,
    Attendance,
    Charter,
    Feed,
    Group,
    GroupMember,
    Guest,
    Meeting,
    Paper,
    Poll,
    PollAnswer,
    PollTime,
    PollVoice,
    RefusedReply,
    Reply,
    Series,
    WorkHours,
)


def members(access: Access) -> QuerySet[GroupMember]:
    return GroupMember.objects.filter(left_on=None)


def own_feeds(access: Access) -> QuerySet[Feed]:
    return Feed.objects.filter(participant=access.participant)


def own_hours(access: Access) -> QuerySet[WorkHours]:
    return WorkHours.objects.filter(participant=access.participant)


def refused(access: Access) -> QuerySet[RefusedReply]:
    """Of the groups this person runs."""
    found = RefusedReply.objects.all()
    return found if rights.steers(access) else found.filter(meeting__group__chair=access.participant)


OFFER = Offer(
    resources=(
        Resource(
            "groups",
            Group,
            ("name", "purpose", "authority", "budget", "deliverables", "reports_to", "chair", "place", "time_zone",
             "every_days", "quorum", "starts_on", "ends_on", "created_by", "goals=goals.goal", "ended_on",
             "ended_because"),
            register=views.Groups,
            verbs={
                "members": Verb(views.members, MembersForm, more=True),
                "join": views.join,
                "end": Verb(views.end, ReasonForm),
                "plan-meeting": Verb(views.plan, PlanForm, asked={"at": str, "minutes": str}),
                "take-turns": Verb(planning_pages.turns, TurnsForm),
                "ask-times": Verb(planning_pages.poll_new, PollForm, asked={"at": str, "minutes": str}, more=True),
            },
        ),
        Resource(
            "charters",
            Charter,
            ("group", "number", "name", "purpose", "authority", "budget", "deliverables", "reports_to", "chair",
             "place", "time_zone", "every_days", "quorum", "starts_on", "ends_on", "goals=goals.goal", "why",
             "written_by", "written_at", "decision", "adopted_at", "adopted_in"),
            verbs={
                "decide": Verb(charter_pages.decide, RuleForm),
                "adopt": Verb(charter_pages.adopt, AdoptForm),
            },
        ),
        Resource("members", GroupMember, ("group", "participant", "joined_on"), rows=members, remove=Verb(views.leave)),
        Resource(
            "meetings",
            Meeting,
            ("group", "series", "due_at", "starts_at", "minutes_long", "time_zone", "place", "cancelled",
             "cancelled_because", "notes", "parked", "finished_at", "members_then", "present_then", "needed_then",
             "approved_at", "approved_in", "digest"),
            change=Verb(views.move, MeetingForm),
            verbs={
                "cancel": Verb(views.cancel, ReasonForm),
                "invite": views.invite,
                "answer": Verb(views.answer, takes={"says": tuple(Reply.Says.values)}),
                "invite-guest": Verb(views.guest_new, GuestForm),
                "add-paper": Verb(views.paper_new, PaperForm),
                "add-item": Verb(views.item_new, ItemForm),
                "minutes": Verb(views.minutes, takes={"finish": bool}, more=True),
                "approve": views.approve,
            },
            documents={"file.ics": views.meeting_file},
        ),
        Resource(
            "agenda",
            AgendaItem,
            ("meeting", "title", "purpose", "minutes_long", "leads", "position", "notes", "decided", "how", "votes_for",
             "votes_against", "abstained", "dissent", "conflicts", "done", "carried_from"),
            change=Verb(views.item_edit, ItemForm),
            remove=Verb(views.item_remove),
            verbs={"up": views.item_up},
        ),
        Resource("attendance", Attendance, ("meeting", "participant", "present")),
        Resource(
            "series",
            Series,
            ("group", "rule", "starts_at", "minutes_long", "time_zone", "place"),
            verbs={
                "move": Verb(planning_pages.series_edit, SeriesForm),
                "cancel-rest": Verb(planning_pages.series_end, ReasonForm),
            },
        ),
        Resource(
            "papers",
            Paper,
            ("meeting", "item", "title", "file_name", "size", "digest", "added_by", "added_at"),
            remove=Verb(views.paper_remove),
            documents={"file": views.paper_file},
        ),
        Resource("guests", Guest, ("meeting", "name")),
        Resource("replies", Reply, ("meeting", "participant", "guest", "says", "comment", "at")),
        Resource(
            "refused-replies", RefusedReply, ("meeting", "sender", "attendee", "says", "why", "at"), rows=refused
        ),
        Resource(
            "polls",
            Poll,
            ("group", "title", "minutes_long", "time_zone", "place", "closes_on", "made_by", "made_at", "closed_at",
             "meeting"),
            verbs={"answer": Verb(planning_pages.poll, more=True), "drop": planning_pages.poll_drop},
        ),
        Resource("poll-times", PollTime, ("poll", "starts_at"), verbs={"choose": planning_pages.poll_choose}),
        Resource("poll-voices", PollVoice, ("poll", "participant", "name", "answered_at")),
        Resource("poll-answers", PollAnswer, ("voice", "time", "says")),
        Resource("work-hours", WorkHours, ("participant", "days", "starts", "ends"), rows=own_hours),
        Resource(
            "calendar-addresses",
            Feed,
            ("group", "every_group", "created_at", "revoked_at"),
            rows=own_feeds,
            verbs={
                "close": views.calendar_close,
                "renew": Verb(views.calendar_renew, once="calendar_token"),
            },
        ),
    ),
    verbs={
        "open-calendar": Verb(views.calendar, FeedForm, asked={"group": str}, once="calendar_token"),
        "propose-group": Verb(charter_pages.propose, ProposalForm),
        "set-hours": Verb(planning_pages.hours, HoursForm),
        "take-reply": Verb(views.reply_file, ReplyFileForm),
    },
)  # fmt: skip

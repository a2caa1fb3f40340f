"""Participation for programs: partners and candidates, letters, voices, saved searches."""

from django.db.models import QuerySet

from concorda.connect.participation import call_views, find_views, views
from concorda.connect.participation.call_forms import CallForm, CancelForm, ExtendForm, OutcomeForm, ReplyForm
from concorda.connect.participation.forms import (
    AlreadyForm,
    CommitmentForm,
    InvitationForm,
    LeaveForm,
    LevelForm,
    MoveForm,
    NameForm,
    RequestForm,
    SayForm,
    StakeForm,
)
from concorda.connect.participation.models import (
    Application,
    Call,
    Check,
    Criterion,
    Inquiry,
    Invitation,
    Look,
    Mark,
    Request,
    Reviewer,
    SavedSearch,
    Stake,
    Voice,
)
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partner
from concorda.foundation.process.resources import Offer, Resource, Verb


def own_searches(access: Access) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(owner=access.participant)


def calls_read(access: Access) -> QuerySet[Call]:
    """A draft only for those who steer."""
    steers = access.can(Ability.STEER, stage="connect", tool="participation")
    return Call.objects.all() if steers else Call.objects.exclude(opened_on=None)


def marks_read(access: Access) -> QuerySet[Mark]:
    """Private to each reviewer until the call is closed."""
    return Mark.objects.exclude(application__call__closed_on=None)


OFFER = Offer(
    resources=(
        Resource(
            "partners",
            Partner,
            ("organization", "status", "level", "convenes", "joined_on", "left_on", "named_since"),
            create=Verb(views.add, NameForm, takes={"pick": str}),
            verbs={
                "status": Verb(views.move, MoveForm, more=True),
                "level": Verb(views.level, LevelForm),
                "commitment": Verb(views.commitment, CommitmentForm),
                "asked": Verb(views.asked, RequestForm),
                "answer": Verb(views.say, SayForm),
                "left": Verb(views.left, LeaveForm),
                "named": Verb(views.named, takes={"withdraw": bool}),
                "invite": Verb(views.invite, InvitationForm),
                "stake": Verb(views.stake, StakeForm),
                "checks": Verb(views.checks, more=True),
            },
        ),
        Resource(
            "letters",
            Invitation,
            ("partner", "name", "email", "language", "message", "needs", "status", "reply", "replied_by", "sent_by",
             "sent_at", "expires_at", "reminded_at", "answered_at"),
            read=Ability.STEER,
            verbs={"remind": views.remind, "withdraw": views.withdraw, "resend": views.resend},
        ),
        Resource("requests", Request, ("partner", "name", "words", "asked_on")),
        Resource("stakes", Stake, ("partner", "interest", "influence"), read=Ability.STEER),
        Resource(
            "checks",
            Check,
            ("partner", "question", "finding", "evidence", "risk", "look_again_on", "checked_on"),
            read=Ability.STEER,
        ),
        Resource(
            "looks",
            Look,
            ("check=subject", "finding", "evidence", "risk", "look_again_on", "by", "at"),
            read=Ability.STEER,
        ),
        Resource(
            "voices",
            Voice,
            ("kind", "name", "because", "sector", "population", "carried_by"),
            register=views.Voices,
        ),
        Resource(
            "searches",
            SavedSearch,
            ("name", "asked", "saved_at"),
            rows=own_searches,
            remove=Verb(find_views.forget),
            verbs={"letters": find_views.letters},
        ),
        Resource(
            "calls",
            Call,
            ("title", "purpose", "deadline", "opened_on", "closed_on", "cancelled_on", "cancelled_because"),
            rows=calls_read,
            create=Verb(call_views.call_new, CallForm),
            change=Verb(call_views.call_edit, CallForm),
            verbs={
                "open": call_views.call_publish,
                "close": call_views.call_close,
                "extend": Verb(call_views.call_extend, ExtendForm),
                "cancel": Verb(call_views.call_cancel, CancelForm),
            },
        ),
        Resource("criteria", Criterion, ("call", "name", "weight"), read=Ability.STEER),
        Resource("reviewers", Reviewer, ("call", "participant"), read=Ability.STEER),
        Resource(
            "questions",
            Inquiry,
            ("call", "question", "language", "answer", "asked_at", "answered_at"),
            read=Ability.STEER,
            verbs={"reply": Verb(call_views.inquiry, ReplyForm)},
        ),
        Resource(
            "applications",
            Application,
            ("call", "organization", "name", "email", "text", "received_at", "changed_at", "outcome", "reason",
             "told_at"),
            read=Ability.STEER,
            verbs={
                "marks": Verb(call_views.application, more=True),
                "outcome": Verb(call_views.outcome, OutcomeForm),
            },
        ),
        Resource(
            "marks", Mark, ("application", "criterion", "reviewer", "points"), read=Ability.STEER, rows=marks_read
        ),
    ),
    verbs={
        "record-partner": Verb(views.already, AlreadyForm),
        "take": Verb(find_views.take, takes={"pick": str}),
        "save-search": Verb(find_views.save, takes={"called": str, "asked": str}),
    },
)  # fmt: skip

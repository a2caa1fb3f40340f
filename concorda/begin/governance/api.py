"""Governance for programs: bodies, seats, rules, decisions and every reply to them."""

from django.db.models import Q, QuerySet

from concorda.begin.governance import disputing, views
from concorda.begin.governance.forms import (
    AbsenceForm,
    AdjournForm,
    AloneForm,
    AmendForm,
    ArrangementForm,
    BallotForm,
    DisputeForm,
    InterestForm,
    LookForm,
    NoteForm,
    ReasonForm,
    RemarkForm,
    SeatForm,
    SeatPeopleForm,
)
from concorda.begin.governance.models import (
    Answer,
    Arrangement,
    Ballot,
    Body,
    Decision,
    Delegation,
    Dispute,
    DisputeMove,
    DisputeParty,
    EarlierReply,
    HandOver,
    Interest,
    LadderStep,
    LookedAgain,
    Notice,
    Reach,
    Recusal,
    Remark,
    Rule,
    Seat,
    Wording,
    WorkingAgreement,
)
from concorda.begin.governance.queries import readable
from concorda.begin.governance.worksheet import STYLES
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.process.resources import Offer, Resource, Verb


def decisions(access: Access) -> QuerySet[Decision]:
    """All of them for who takes part; the adopted ones for observers."""
    found = Decision.objects.select_related("rule")
    return found if access.can(Ability.SEE) else found.filter(outcome=Decision.Outcome.ADOPTED)


def answers(access: Access) -> QuerySet[Answer]:
    """How the organizations work, as far as they share it; what the governance needs, only one's own."""
    styles = Q(question__in=[one.key for one in STYLES])
    return Answer.objects.filter(styles | Q(organization__in=access.own_organizations))


OFFER = Offer(
    resources=(
        Resource(
            "decisions",
            Decision,
            ("title", "text", "rule", "status", "way", "secrecy", "opened_at", "closes_at", "talked_on",
             "review_on", "must_know", "amount", "delegation", "adjourned",
             "attempt", "decided_at", "outcome", "result", "withdrawn_because", "supersedes"),
            read=Ability.OBSERVE,
            rows=decisions,
            register=views.Decisions,
            verbs={
                "open": views.decision_open,
                "reply": Verb(views.ballot, BallotForm),
                "recuse": Verb(views.recuse, ReasonForm),
                "say": Verb(views.say, RemarkForm),
                "remind": views.remind,
                "count": views.count,
                "amend": Verb(views.amend, AmendForm),
                "take-down": Verb(views.take_down, more=True),
                "have-read": views.confirm,
                "look-again": Verb(views.look_again, LookForm),
                "adjourn": Verb(views.adjourn, AdjournForm),
                "withdraw": Verb(views.withdraw, ReasonForm),
            },
        ),
        Resource(
            "ballots",
            Ballot,
            ("decision", "seat", "position", "reason", "passage", "instead", "cast_by", "at"),
            rows=lambda access: Ballot.objects.filter(readable(access)),
        ),
        Resource(
            "earlier-replies",
            EarlierReply,
            ("decision", "seat", "position", "reason", "cast_by", "at", "ended_at", "why"),
            rows=lambda access: EarlierReply.objects.filter(readable(access)),
        ),
        Resource("wordings", Wording, ("decision", "number", "text", "note", "by", "at")),
        Resource("reaches", Reach, ("decision", "partner", "body")),
        Resource("notices", Notice, ("decision", "participant", "told_at", "read_at")),
        Resource("reviews", LookedAgain, ("decision", "found", "next_on", "by", "at")),
        Resource("recusals", Recusal, ("decision", "seat", "reason", "by", "at")),
        Resource("remarks", Remark, ("decision", "text", "by", "at")),
        Resource(
            "rules",
            Rule,
            ("matter", "body", "method", "threshold", "basis", "quorum_count", "quorum_fraction", "adjourned_suffices",
             "abstention", "tie", "silence", "secrecy",
             "fallback", "fallback_threshold", "attempts", "days", "notice_days", "in_force",
             "replaces"),
            register=views.Rules,
            asked={"matter": tuple(Rule.Matter.values)},
        ),
        Resource(
            "bodies",
            Body,
            ("name", "kind", "parent", "purpose", "meets"),
            register=views.Bodies,
            verbs={"add-seat": Verb(views.seat_new, SeatForm)},
        ),
        Resource(
            "seats",
            Seat,
            ("body", "partner", "holder", "alternate", "role", "chairs", "weight", "term_ends", "away_from",
             "away_until", "vacant"),
            change=Verb(views.seat_edit, SeatForm),
            remove=Verb(views.seat_remove),
            verbs={"people": Verb(views.seat_people, SeatPeopleForm), "away": Verb(views.seat_away, AbsenceForm)},
        ),
        Resource(
            "hand-overs",
            HandOver,
            ("organization", "seat", "before", "after", "note", "passed", "by", "at", "taken_at"),
            verbs={"take": views.take_over},
        ),
        Resource(
            "delegations",
            Delegation,
            ("matter", "body", "person", "what", "up_to", "a_year", "ends_on", "given_by", "ended_at", "in_force"),
            register=views.Delegations,
            verbs={"end": views.delegation_end, "decide": Verb(views.decide_alone, AloneForm)},
        ),
        Resource(
            "interests",
            Interest,
            ("partner", "text", "by", "since", "ended_on"),
            verbs={"end": views.interest_end},
        ),
        Resource("ladder-steps", LadderStep, ("place", "text", "days"), register=views.Ladder),
        Resource(
            "disagreements",
            Dispute,
            ("title", "text", "status", "due", "by", "at"),
            rows=disputing.visible,
            create=Verb(views.dispute_new, DisputeForm),
            verbs={
                "go-on": Verb(views.dispute_go_on, NoteForm),
                "settle": Verb(views.dispute_settle, NoteForm),
                "take-back": Verb(views.dispute_take_back, NoteForm),
            },
        ),
        Resource(
            "disagreement-parties",
            DisputeParty,
            ("dispute", "partner"),
            rows=lambda access: DisputeParty.objects.filter(dispute__in=disputing.visible(access)),
        ),
        Resource(
            "disagreement-moves",
            DisputeMove,
            ("dispute", "kind", "place", "step", "due", "note", "by", "at"),
            rows=lambda access: DisputeMove.objects.filter(dispute__in=disputing.visible(access)),
        ),
        Resource(
            "arrangements",
            Arrangement,
            ("form", "because", "scope", "membership", "confidentiality", "speaking", "review_on"),
        ),
        Resource("working-agreements", WorkingAgreement, ("question", "text", "agreed_on"),
                 register=views.WorkingAgreements),
        Resource("answers", Answer, ("organization", "question", "value", "comment", "shared", "answered_at"),
                 rows=answers),
    ),
    documents={"terms-of-reference": views.terms_pdf},
    verbs={
        "arrange": Verb(views.arrange, ArrangementForm),
        "declare-interest": Verb(views.interests, InterestForm),
        "say-how-we-work": Verb(views.style_answer, more=True),
        "say-what-is-needed": Verb(views.form_answer, more=True),
    },
)  # fmt: skip

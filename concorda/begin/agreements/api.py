"""Agreements for programs: texts clause by clause, versions, signatures, promises."""

from typing import Any

from django.db.models import QuerySet

from concorda.begin.agreements import ledger as ledgers
from concorda.begin.agreements import views
from concorda.begin.agreements.forms import (
    AgreementForm,
    ClauseForm,
    CommentForm,
    ConfirmForm,
    ConsentForm,
    EndForm,
    FactsForm,
    GainForm,
    PaperForm,
    RenewForm,
    ReplyForm,
    SendForm,
    SettleForm,
    SignForm,
    WithdrawForm,
)
from concorda.begin.agreements.models import (
    Agreement,
    AgreementVersion,
    Clause,
    ClauseComment,
    Confirmation,
    Contribution,
    Delivery,
    Gain,
    Obligation,
    PaperCopy,
    Reply,
    Round,
    SealedCopy,
    Signature,
    Withdrawal,
)
from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.resources import Figures, Offer, Resource, Verb

KNOWING = {"knowing": bool}
"""The box to tick where signatures or a text in force are at stake."""


def versions(access: Access) -> QuerySet[AgreementVersion]:
    return AgreementVersion.objects.prefetch_related("signatures")


def contributions(access: Access) -> QuerySet[Contribution]:
    return Contribution.objects.prefetch_related("deliveries")


def balance(access: Access) -> list[dict[str, Any]]:
    """Promised, due and given in dollars, share, what was kept, and warnings, for each partner of the ledger."""
    found = ledgers.ledger(access.partnership)
    return [
        {
            "partner": entry.partner.pk,
            "promised": str(entry.account.promised),
            "due": str(entry.account.due),
            "given": str(entry.account.given),
            "share": str(line.share),
            "kept": None if line.kept is None else str(line.kept),
            "warnings": list(line.warnings),
        }
        for entry, line in zip(found.entries, found.balance.lines, strict=True)
    ]


OFFER = Offer(
    resources=(
        Resource(
            "agreements",
            Agreement,
            ("title", "instrument", "language", "status", "effective_on", "expires_on", "notice_days", "in_force_since",
             "in_force_version", "on_paper", "renews", "ended_because", "reconfirm_every", "created_at"),
            create=Verb(views.new, AgreementForm),
            change=Verb(views.facts, FactsForm, takes=KNOWING),
            verbs={
                "add-clause": Verb(views.add_clause, ClauseForm, takes=KNOWING | {"key": str}),
                "send": Verb(views.send, SendForm, takes=KNOWING),
                "remind": views.remind,
                "withdraw": Verb(views.withdraw, WithdrawForm),
                "renew": Verb(views.renew, RenewForm),
                "end": Verb(views.end, EndForm),
                "reconfirm": Verb(views.reconfirm, ConsentForm),
            },
        ),
        Resource(
            "clauses",
            Clause,
            ("agreement", "key", "position", "heading", "text", "status"),
            change=Verb(views.edit_clause, ClauseForm, takes=KNOWING, asked={"suggestion": int}),
            remove=Verb(views.remove_clause, takes=KNOWING),
            verbs={
                "move": Verb(views.move_clause, takes={"to": ("up", "down")}),
                "mark": Verb(views.mark_clause, takes={"status": tuple(Clause.Status.values)}),
                "comment": Verb(views.comment, CommentForm),
            },
        ),
        Resource(
            "comments",
            ClauseComment,
            ("clause", "author", "organization", "text", "suggestion", "at", "outcome", "answer", "settled_by",
             "settled_at"),
            verbs={"settle": Verb(views.settle, SettleForm)},
        ),
        Resource(
            "versions",
            AgreementVersion,
            ("agreement", "number", "text", "note", "at", "digest", "contents", "voided_at", "voided_because",
             "intact", "steps", "next_to_sign"),
            rows=versions,
            verbs={
                "sign": Verb(views.sign, SignForm, password=True),
                "answer": Verb(views.answer, ReplyForm),
            },
            documents={"pdf": views.download},
        ),
        Resource("sealed-copies", SealedCopy, ("version", "size", "digest", "at"),
                 documents={"pdf": views.sealed_file}),
        Resource("signatures", Signature, ("version", "partner", "signatory", "typed_name", "title", "digest", "at")),
        Resource("replies", Reply, ("version", "partner", "by", "kind", "reason", "clause", "expected_on", "at")),
        Resource("withdrawals", Withdrawal, ("agreement", "partner", "by", "reason", "given_on", "ends_on", "over")),
        Resource(
            "rounds",
            Round,
            ("agreement", "cause", "because", "opened_at", "due", "outcome", "closed_at"),
            verbs={"confirm": Verb(views.confirm, ConfirmForm)},
        ),
        Resource("confirmations", Confirmation, ("round", "partner", "by", "stands", "reason", "at")),
        Resource(
            "contributions",
            Contribution,
            ("partner", "kind", "what", "amount", "unit", "worth", "begins_on", "due", "agreement", "clause", "given"),
            rows=contributions,
            register=views.Contributions,
            asked={"offer": int},
        ),
        Resource("deliveries", Delivery, ("contribution", "on", "amount", "evidence"), register=views.Deliveries),
        Resource("gains", Gain, ("organization", "benefit", "drawback", "text", "shared", "at")),
        Resource("paper-copies", PaperCopy, ("agreement", "size", "digest", "signed_on"),
                 documents={"file": views.paper_file}),
        Resource(
            "obligations",
            Obligation,
            ("agreement", "clause", "partner", "what", "due", "owner", "delivered_on", "evidence", "overdue"),
            register=views.Obligations,
        ),
    ),
    verbs={
        "record-paper": Verb(views.record_paper, PaperForm, more=True),
        "weigh": Verb(views.gain, GainForm),
    },
    figures={"balance": Figures(balance)},
)  # fmt: skip

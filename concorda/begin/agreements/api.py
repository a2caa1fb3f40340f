"""Agreements for programs: texts clause by clause, versions, signatures, promises."""

from concorda.begin.agreements import views
from concorda.begin.agreements.forms import (
    AgreementForm,
    ClauseForm,
    CommentForm,
    EndForm,
    FactsForm,
    PaperForm,
    RenewForm,
    ReplyForm,
    SendForm,
    SignForm,
    WithdrawForm,
)
from concorda.begin.agreements.models import (
    Agreement,
    AgreementVersion,
    Clause,
    ClauseComment,
    Obligation,
    PaperCopy,
    Reply,
    SealedCopy,
    Signature,
    Withdrawal,
)
from concorda.foundation.process.resources import Offer, Resource, Verb

KNOWING = {"knowing": bool}
"""The box to tick where signatures or a text in force are at stake."""

OFFER = Offer(
    resources=(
        Resource(
            "agreements",
            Agreement,
            ("title", "instrument", "language", "status", "effective_on", "expires_on", "notice_days", "in_force_since",
             "in_force_version", "on_paper", "created_at"),
            create=Verb(views.new, AgreementForm),
            change=Verb(views.facts, FactsForm, takes=KNOWING),
            verbs={
                "add-clause": Verb(views.add_clause, ClauseForm, takes=KNOWING | {"key": str}),
                "send": Verb(views.send, SendForm, takes=KNOWING),
                "remind": views.remind,
                "withdraw": Verb(views.withdraw, WithdrawForm),
                "renew": Verb(views.renew, RenewForm),
                "end": Verb(views.end, EndForm),
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
        Resource("comments", ClauseComment, ("clause", "author", "organization", "text", "suggestion", "at")),
        Resource(
            "versions",
            AgreementVersion,
            ("agreement", "number", "text", "note", "at", "digest", "contents", "voided_at", "voided_because",
             "intact"),
            verbs={
                "sign": Verb(views.sign, SignForm, password=True),
                "answer": Verb(views.answer, ReplyForm),
            },
            documents={"pdf": views.download},
        ),
        Resource("sealed-copies", SealedCopy, ("version", "size", "digest", "at")),
        Resource("signatures", Signature, ("version", "partner", "signatory", "typed_name", "title", "digest", "at")),
        Resource("replies", Reply, ("version", "partner", "by", "kind", "reason", "clause", "expected_on", "at")),
        Resource("withdrawals", Withdrawal, ("agreement", "partner", "by", "reason", "given_on", "ends_on")),
        Resource("paper-copies", PaperCopy, ("agreement", "size", "digest", "signed_on"),
                 documents={"file": views.paper_file}),
        Resource(
            "obligations",
            Obligation,
            ("agreement", "partner", "what", "due", "owner", "delivered_on", "evidence", "overdue"),
            register=views.Obligations,
        ),
    ),
    verbs={"record-paper": Verb(views.record_paper, PaperForm, more=True)},
)  # fmt: skip

"""Evaluation for programs: check-ins (never single answers) and measurements."""

from django.db.models import QuerySet

from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.monitor.evaluation import queries, views
from concorda.monitor.evaluation.forms import CheckInForm, ReturnForm
from concorda.monitor.evaluation.models import CheckIn, Measurement


def check_ins(access: Access) -> QuerySet[CheckIn]:
    return queries.counted_check_ins()


OFFER = Offer(
    resources=(
        Resource(
            "check-ins",
            CheckIn,
            ("title", "stage", "opened_at", "closes_on", "closed_at", "is_open"),
            rows=check_ins,
            computed={"asked": int, "answered": int},
            create=Verb(views.new_check_in, CheckInForm),
            verbs={
                "answer": Verb(views.answer, more=True),
                "close": views.close,
                "comments": Verb(views.comments, takes={"pick": list}),
            },
        ),
        Resource(
            "measurements",
            Measurement,
            ("indicator", "value", "on", "source", "note", "corrects", "by", "submitted_at", "status", "settled_by",
             "settled_at", "returned_because"),
            register=views.Measurements,
            asked={"corrects": int},
            verbs={"approve": views.approve, "return": Verb(views.give_back, ReturnForm)},
        ),
    ),
)  # fmt: skip

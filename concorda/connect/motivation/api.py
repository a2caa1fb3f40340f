"""Motivation for programs: needs, expectations, and why each organization is here."""

from concorda.connect.motivation import views
from concorda.connect.motivation.forms import ReasonForm, ReasonsForm
from concorda.connect.motivation.models import Expectation, Motive, Need, Standpoint
from concorda.foundation.process.resources import Offer, Resource, Verb

OFFER = Offer(
    resources=(
        Resource(
            "needs",
            Need,
            ("statement", "affected", "area", "evidence", "urgency", "importance", "term", "raised_by",
             "supporters=supports.organization", "created_at", "set_aside_on", "set_aside_because"),
            register=views.Needs,
            verbs={
                "support": Verb(views.support, takes={"withdraw": bool}),
                "set-aside": Verb(views.set_aside, ReasonForm, takes={"again": bool}),
            },
        ),
        Resource(
            "expectations",
            Expectation,
            ("side", "what", "likelihood", "size", "organization", "shared", "created_at"),
            register=views.Expectations,
        ),
        Resource("motives", Motive, ("organization", "kind", "weight", "hope", "shared")),
        Resource("standpoints", Standpoint, ("organization", "alone", "because", "trigger", "shared", "said_at")),
    ),
    verbs={"say-why": Verb(views.reasons, ReasonsForm, more=True)},
)  # fmt: skip

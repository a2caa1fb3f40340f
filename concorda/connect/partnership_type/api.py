"""Partnership type for programs: what each answered, what was decided."""

from concorda.connect.partnership_type import views
from concorda.connect.partnership_type.forms import DecisionForm
from concorda.connect.partnership_type.models import TypeAnswer, TypeDecision
from concorda.foundation.process.resources import Offer, Resource, Verb

OFFER = Offer(
    resources=(
        Resource("answers", TypeAnswer, ("organization", "activity", "question", "value", "shared", "answered_at")),
        Resource(
            "decisions",
            TypeDecision,
            ("activity", "level", "called", "in_short", "reasons", "dissent", "recommended", "decided_on", "review_on",
             "supersedes"),
            create=Verb(views.decide, DecisionForm),
        ),
    ),
    verbs={"answer": Verb(views.answer, takes={"shared": bool}, more=True)},
)  # fmt: skip

"""Capacity for programs: offers and wishes, limits of authority, readiness."""

from concorda.connect.capacity import views
from concorda.connect.capacity.forms import ReviewForm
from concorda.connect.capacity.models import AuthorityLimit, Item, Readiness
from concorda.foundation.process.resources import Offer, Resource, Verb

OFFER = Offer(
    resources=(
        Resource(
            "items",
            Item,
            ("direction", "kind", "what", "need", "term", "amount", "unit", "period", "sure", "organization", "shared",
             "created_at"),
            register=views.Items,
        ),
        Resource(
            "limits",
            AuthorityLimit,
            ("what", "kind", "amount", "unit", "period", "beyond", "organization", "shared"),
            register=views.Limits,
        ),
        Resource("readiness", Readiness, ("organization", "question", "value", "shared", "answered_at")),
    ),
    verbs={
        "rate": Verb(views.rate, takes={"shared": bool}, more=True),
        "review": Verb(views.review, ReviewForm),
    },
)  # fmt: skip

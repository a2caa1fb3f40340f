"""Boundary crossers for programs: who agreed to be a bridge, one's own ties, the network."""

from django.db.models import Q, QuerySet

from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.implement.boundary_crossers import views
from concorda.implement.boundary_crossers.forms import AnswerForm, AskForm, HoursForm
from concorda.implement.boundary_crossers.models import AskedTie, Crosser


def named(access: Access) -> QuerySet[Crosser]:
    """Those who agreed to be named, and oneself."""
    return Crosser.objects.filter(Q(consented_at__isnull=False) | Q(participant=access.participant))


def own_ties(access: Access) -> QuerySet[AskedTie]:
    return AskedTie.objects.filter(source=access.participant)


OFFER = Offer(
    resources=(
        Resource(
            "crossers",
            Crosser,
            ("participant", "first", "second", "hours_a_month", "support", "consented_at", "asked_at"),
            rows=named,
            verbs={
                "arrange": Verb(views.crosser, HoursForm),
                "consent": views.consent,
                "decline": views.decline,
            },
        ),
        Resource(
            "own-ties", AskedTie, ("target", "kind", "answered_on"), rows=own_ties, remove=Verb(views.answer_remove)
        ),
    ),
    verbs={
        "ask": Verb(views.ask, AskForm),
        "ask-found": Verb(views.ask_found, takes={"rank": int}),
        "answer": Verb(views.answers, AnswerForm),
    },
    documents={
        "network.csv": views.export,
        "network.graphml": views.graphml,
        "network.gexf": views.gexf,
        "kumu-elements.csv": views.kumu_elements,
        "kumu-connections.csv": views.kumu_connections,
    },
)

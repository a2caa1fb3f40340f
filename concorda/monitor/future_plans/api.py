"""Future plans for programs: the review agenda, its answers, lessons."""

from typing import Any

from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.resources import Figures, Offer, Resource, Verb
from concorda.monitor.future_plans import views
from concorda.monitor.future_plans.agenda import agenda
from concorda.monitor.future_plans.forms import ReviewForm
from concorda.monitor.future_plans.models import Lesson, Review


def questions(access: Access) -> list[dict[str, Any]]:
    """What needs an answer: continue, change or close."""
    facts = ("subject", "text", "why", "due", "goal", "standing")
    return [{name: getattr(one, name) for name in facts} for one in agenda(access.partnership)]


OFFER = Offer(
    resources=(
        Resource(
            "reviews",
            Review,
            ("subject", "goal", "question", "answer", "reasons", "decision", "by", "answered_on"),
            create=Verb(views.answer, ReviewForm, asked={"subject": str}),
        ),
        Resource(
            "lessons",
            Lesson,
            ("what", "so_what", "now_what", "used_in", "by", "learned_on"),
            register=views.Lessons,
        ),
    ),
    figures={"agenda": Figures(questions)},
)

from django.db import transaction
from django.utils.translation import gettext_noop

from concorda.begin.governance.models import Decision
from concorda.foundation.accounts.models import Person
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.monitor.future_plans.agenda import Question
from concorda.monitor.future_plans.models import Review


@transaction.atomic
def answer(
    partnership: Partnership, question: Question, *, answer: str, reasons: str, decision: Decision | None, by: Person
) -> Review:
    """Answer one question of the agenda; an earlier answer stays on record."""
    review = Review.objects.create(
        partnership=partnership,
        subject=question.subject,
        goal=question.goal,
        question=question.text[:250],
        answer=answer,
        reasons=reasons,
        decision=decision,
        by=Participant.objects.get(person=by),
    )
    message = gettext_noop("answered “%(question)s” with: %(answer)s")
    record(partnership, by, message, about=review, question=question.text[:150], answer=review.get_answer_display())
    return review

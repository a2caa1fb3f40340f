from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.monitor.future_plans.agenda import Question, agenda
from concorda.monitor.future_plans.models import Lesson, Review


def address(partnership: Partnership, question: Question) -> str:
    return reverse("future_plans:answer", args=[partnership.slug]) + f"?subject={question.subject}"


def progress(partnership: Partnership) -> Progress:
    """Not started until a first question was answered; done when none is open."""
    questions = agenda(partnership)
    waiting = [one for one in questions if one.standing is None]
    lessons = Lesson.objects.count()
    home = reverse("future_plans:home", args=[partnership.slug])
    if not questions and not lessons:
        sentence = _("Not started. Most begin six months before an agreement ends.")
        return Progress(State.NONE, sentence, step=Step(_("See what will need an answer"), home))
    learned = ngettext("%(count)s lesson is written down.", "%(count)s lessons are written down.", lessons) % {
        "count": lessons
    }
    if not waiting:
        return Progress(State.DONE, _("Every question is answered.") + " " + learned, len(questions), len(questions))
    answered = len(questions) - len(waiting)
    sentence = ngettext("%(count)s question needs an answer.", "%(count)s questions need an answer.", len(waiting))
    state = State.HALF if lessons or Review.objects.exists() else State.NONE
    step = Step(_("Answer the first question"), address(partnership, waiting[0]))
    return Progress(
        state, sentence % {"count": len(waiting)} + (f" {learned}" if lessons else ""), answered, len(questions), step
    )


def waiting(access: Access) -> Iterator[Waiting]:
    """Coordinators see the questions that have a date behind or close before them."""
    if not access.can(Ability.STEER, stage="monitor", tool="future_plans"):
        return
    for question in agenda(access.partnership):
        if question.standing is None and question.due and question.due <= clock.today():
            yield Waiting(
                question.text, address(access.partnership, question), due=question.due, late=True, icon="comment"
            )


TOOL = Tool(
    key="future_plans",
    title=gettext_lazy("Future plans"),
    question=gettext_lazy("What did we learn, and what comes next?"),
    progress=progress,
    waiting=waiting,
    searchable=(lambda _access: Lesson.objects.all(), lambda _access: Review.objects.all()),
)

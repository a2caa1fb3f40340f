from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.process.pages import READ, Register, page
from concorda.monitor.future_plans import services
from concorda.monitor.future_plans.agenda import agenda, find
from concorda.monitor.future_plans.forms import LessonForm, ReviewForm
from concorda.monitor.future_plans.models import Lesson, Review


@page(Ability.SEE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """What needs an answer, what was answered, what was learned."""
    questions = agenda(request.partnership)
    context = {
        "open": [one for one in questions if one.standing is None],
        "answered": [one for one in questions if one.standing is not None],
        "lessons": Lesson.objects.select_related("by__person")[:5],
        "may_answer": request.access.can(Ability.STEER, stage="monitor", tool="future_plans"),
        "may_write": request.access.can(Ability.CONTRIBUTE, stage="monitor", tool="future_plans"),
    }
    return render(request, "future_plans/home.html", context)


@page(Ability.STEER)
def answer(request: Visit) -> HttpResponse:
    """Answer one question of the agenda."""
    question = find(request.partnership, request.GET.get("subject", ""))
    if question is None:
        raise Http404(_("This question is no longer on the agenda."))
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.answer(request.partnership, question, by=request.user, **form.cleaned_data)
        messages.success(request, _("Answered. The answer holds for six months, then the question returns."))
        return redirect("future_plans:home", request.partnership.slug)
    return render(request, "future_plans/answer.html", {"form": form, "question": question, "title": question.text})


@page(Ability.SEE, Review, methods=READ, related=("decision", "by__person", "goal"))
def review(request: Visit, review: Review) -> HttpResponse:
    """One answer, with the ones before it."""
    earlier = Review.objects.filter(subject=review.subject, pk__lt=review.pk)
    return render(request, "future_plans/review.html", {"review": review, "earlier": earlier, "title": review.question})


class Lessons(Register):
    model = Lesson
    form = LessonForm
    title = gettext_lazy("Lessons")
    new_label = gettext_lazy("Write down a lesson")
    save_label = gettext_lazy("Save the lesson")
    empty = gettext_lazy("No lessons yet")
    empty_text = gettext_lazy("A lesson says what happened, why it matters, and what you do differently because of it.")
    search = ("what", "so_what", "now_what", "used_in")
    orders = ("learned_on", "what")
    related = ("by__person",)
    columns = (
        ("what", gettext_lazy("What happened")),
        ("so_what", gettext_lazy("Why it matters")),
        ("now_what", gettext_lazy("What we do differently")),
        ("used_in", gettext_lazy("Where it was used")),
        ("learned_on", gettext_lazy("Learned on")),
    )
    said = {
        "new": gettext_noop("wrote down a lesson: “%(what)s”"),
        "edit": gettext_noop("changed the lesson “%(what)s”"),
        "delete": gettext_noop("removed the lesson “%(what)s”"),
    }

    def save(self, form: Any) -> Any:
        if form.instance._state.adding:
            form.instance.by = Participant.objects.get(person=self.request.user)
        return super().save(form)

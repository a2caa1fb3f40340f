"""What makes a partnership last: seven things each organization rates from 0 to 4."""

from dataclasses import dataclass
from statistics import median

from django.utils.translation import gettext_lazy as _

from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.worksheet import Question
from concorda.monitor.growth.models import LastingAnswer

ANCHORS = (_("Not at all"), _("Hardly"), _("Partly"), _("Largely"), _("Fully"))
QUESTIONS = (
    Question("funding", _("The money comes from several sources, and would survive losing one."), ANCHORS),
    Question("succession", _("If the people who lead left, others are ready."), ANCHORS),
    Question("ownership", _("The partner organizations carry it, not only the people who come."), ANCHORS),
    Question("relationships", _("We would pick up the telephone without a meeting being set."), ANCHORS),
    Question("value", _("We can show what it is good for."), ANCHORS),
    Question("capacity", _("We have the time and skills the work needs."), ANCHORS),
    Question("adapting", _("When something changes, we change with it."), ANCHORS),
)
MINIMUM = 3
"""Organizations that must have answered before anything is shown: with fewer, a middle answer gives one away."""


@dataclass(frozen=True)
class Rated:
    """One question over the organizations: the middle answer and how many gave each value; hidden when too few."""

    question: Question
    answered: int
    middle: float | None
    counts: tuple[int, ...]

    @property
    def hidden(self) -> bool:
        return self.answered < MINIMUM


def ratings(partnership: Partnership) -> list[Rated]:
    """Every question with its spread over all organizations, weakest first among those shown; one query."""
    values: dict[str, list[int]] = {question.key: [] for question in QUESTIONS}
    with within(partnership, EVERY):
        rows = LastingAnswer.objects.filter(question__in=values).exclude(value=None)
        for key, value in rows.values_list("question", "value"):
            values[key].append(value)
    found = [rate(question, values[question.key]) for question in QUESTIONS]
    return sorted(found, key=lambda one: (one.hidden, one.middle if one.middle is not None else 9))


def rate(question: Question, values: list[int]) -> Rated:
    if len(values) < MINIMUM:
        return Rated(question, len(values), None, ())
    counts = tuple(values.count(step) for step in range(len(question.anchors)))
    return Rated(question, len(values), float(median(values)), counts)

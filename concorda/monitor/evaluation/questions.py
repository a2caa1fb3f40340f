"""The three questions of a check-in; a number n stands for the step n of the anchors, 0 to 4."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concorda.foundation.process.worksheet import Question

ANCHORS: tuple[Promise, ...] = (_("Not at all"), _("Hardly"), _("Partly"), _("Mostly"), _("Completely"))
YES = 3
"""From this step on an answer is a yes; below 2 it is a no."""
NO = 1

QUESTIONS = (
    Question(
        "relationships",
        _("We work well together."),
        ANCHORS,
        _("People say what they think, and are heard."),
    ),
    Question(
        "tasks", _("We do what we said we would do."), ANCHORS, _("What is promised is done, about when it was due.")
    ),
    Question(
        "accomplishments",
        _("It adds up to something."),
        ANCHORS,
        _("What we do makes a difference for the people it is meant for."),
    ),
)
KEYS = tuple(question.key for question in QUESTIONS)
TITLES: dict[str, Promise] = {
    "relationships": _("Relationships"),
    "tasks": _("Tasks"),
    "accomplishments": _("Accomplishments"),
}

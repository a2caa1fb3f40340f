"""The questions of the reflection, in the order they are asked."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    TEXT = "text"
    REACH = "reach"
    RATING = "rating"
    READINESS = "readiness"


@dataclass(frozen=True)
class Question:
    """One question: what is asked, why, an example answer, and the public field its wording can be shared in."""

    key: str
    kind: Kind
    title: Promise
    ask: Promise
    hint: Promise
    example: Promise | str = ""
    public: str = ""


QUESTIONS = [
    Question(
        "services", Kind.TEXT, _("Services"), _("What do you do, day by day?"),
        _("In two or three sentences, as you would tell a neighbour."),
        _("We find homes with private landlords, keep a rent bank and mediate between tenants and owners."),
        "activities",
    ),
    Question(
        "mandate", Kind.TEXT, _("Mandate"), _("What are you there for, and who gave you that task?"),
        _("A law, a charter, a funder or your members. It says what you may do, and what you may not."),
        _("Our charter: homes for people of modest means in Maitland County."), "mandate",
    ),
    Question(
        "vision", Kind.TEXT, _("Vision"), _("What will be different when you have succeeded?"),
        _("Name people and what they can do then."),
        _("No one should lose a home because of a letter they could not read."), "vision",
    ),
    Question(
        "values", Kind.TEXT, _("Values"), _("What do you hold on to when it costs you something?"),
        _("Two or three. A partner will run into them sooner or later."),
        _("We never share what a family tells us without asking them."), "values",
    ),
    Question(
        "reach", Kind.REACH, _("People, languages, places"), _("Whom do you serve, in which languages, and where?"),
        _("Choose what is true today, not what you plan."),
    ),
    Question(
        "strength", Kind.RATING, _("Strengths"), _("What are you good at?"),
        _("Name topics and say how you know. 1 means we get by; 5 means others come to learn from us."),
    ),
    Question(
        "weakness", Kind.RATING, _("Weaknesses"), _("What can you not do well alone?"),
        _("1 means it slows us down a little; 5 means we cannot do it at all."),
    ),
    Question(
        "need", Kind.RATING, _("Needs"), _("What do the people you serve need that you do not offer?"),
        _("1 means a few ask for it; 5 means it decides whether our work succeeds."),
    ),
    Question(
        "history", Kind.TEXT, _("History"), _("Whom have you worked with before, and how did it go?"),
        _("What made it work, and what ended it."),
        _("Two years with the library: it worked because one person on each side had time for it."),
    ),
    Question(
        "red_lines", Kind.TEXT, _("Red lines"), _("What would you not do, even for a good partner?"),
        _("Better said now, to yourselves, than later, to them."),
        _("We do not report anyone’s status to anybody."),
    ),
    Question(
        "readiness", Kind.READINESS, _("Readiness"), _("Are you ready for a partnership?"),
        _("1 means not at all; 5 means we could start on Monday."),
    ),
]  # fmt: skip
BY_KEY = {question.key: question for question in QUESTIONS}
DIMENSIONS = {
    "time": _("Is there somebody with hours set aside for it?"),
    "authority": _("Can the person who comes to the table decide without asking back each time?"),
    "money": _("Is there money for what a partnership costs, before it brings any?"),
    "skills": _("Do you have people who can plan with others, and hold a difficult conversation?"),
    "culture": _("Is sharing credit, and control, something your board and staff can live with?"),
}
FIX = {
    "time": _("Agree on hours: half a day a week for one person is the least that works."),
    "authority": _("Write down what your representative may promise without asking, and up to which amount."),
    "money": _("Set aside a small budget for meetings, travel and interpretation."),
    "skills": _("Send one person to a course on facilitation, or ask a partner to lead the first meetings."),
    "culture": _("Talk with your board about one thing you would gladly let others lead."),
}
"""What to do first where readiness is low."""

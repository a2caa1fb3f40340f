"""The review agenda: what the records say needs an answer, each by continue, change or close."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.analysis.indicator import Colour
from concorda.begin.agreements.models import Agreement, Obligation
from concorda.begin.strategic_plan.models import Goal, GoalNeed, Indicator
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Partnership
from concorda.monitor.evaluation.queries import latest_measurements, standing_of
from concorda.monitor.future_plans.models import Review

EXPIRES_WITHIN = timedelta(days=180)
ANSWER_HOLDS = timedelta(days=180)


@dataclass(frozen=True)
class Question:
    """Something that needs an answer. `subject` names the record; `standing` is the last answer while it holds."""

    subject: str
    text: str
    why: str
    url: str = ""
    goal: Goal | None = None
    due: date | None = None
    standing: Review | None = None


def agenda(partnership: Partnership) -> list[Question]:
    """All questions, those without a standing answer first, in a fixed number of queries."""
    answered = {
        review.subject: review
        for review in Review.objects.filter(answered_on__gt=clock.today() - ANSWER_HOLDS).order_by("answered_on", "pk")
    }
    found = [
        Question(one.subject, one.text, one.why, one.url, one.goal, one.due, answered.get(one.subject))
        for one in [
            *red_indicators(partnership),
            *expiring(partnership),
            *unmet(partnership),
            *overdue(partnership),
            *goals(partnership),
        ]
    ]
    return sorted(found, key=lambda one: one.standing is not None)


def find(partnership: Partnership, subject: str) -> Question | None:
    return next((one for one in agenda(partnership) if one.subject == subject), None)


def link(partnership: Partnership, name: str, pk: int) -> str:
    return reverse(name, args=[partnership.slug, pk])


def red_indicators(partnership: Partnership) -> Iterator[Question]:
    latest = latest_measurements()
    for indicator in Indicator.objects.select_related("goal"):
        stand = standing_of(indicator, latest.get(indicator.pk))
        if stand.colour == Colour.RED:
            yield Question(
                f"indicator:{indicator.pk}",
                _("“%(name)s” is behind. What do we do?") % {"name": indicator.name},
                _("The last measurement is well below what was expected by now."),
                link(partnership, "strategic_plan:indicator_detail", indicator.pk),
                indicator.goal,
            )


def expiring(partnership: Partnership) -> Iterator[Question]:
    soon = clock.today() + EXPIRES_WITHIN
    for agreement in Agreement.objects.filter(status=Agreement.Status.IN_FORCE, expires_on__lte=soon):
        yield Question(
            f"agreement:{agreement.pk}",
            _("“%(title)s” ends %(day)s. Renew, change or close?")
            % {"title": agreement.title, "day": say_day(agreement.expires_on)},
            _("An agreement that ends unanswered lapses."),
            link(partnership, "agreements:agreement", agreement.pk),
            due=agreement.expires_on,
        )


def unmet(partnership: Partnership) -> Iterator[Question]:
    answered = GoalNeed.objects.values("need")
    for need in Need.objects.exclude(pk__in=answered):
        yield Question(
            f"need:{need.pk}",
            _("No goal answers “%(need)s”. Take it up, or set it aside?") % {"need": need.statement},
            _("A need without a goal is a promise nobody made."),
            link(partnership, "motivation:need_detail", need.pk),
        )


def overdue(partnership: Partnership) -> Iterator[Question]:
    late = Obligation.objects.filter(delivered_on=None, due__lt=clock.today()).select_related("partner__organization")
    for obligation in late:
        yield Question(
            f"obligation:{obligation.pk}",
            _("%(who)s promised “%(what)s” by %(day)s. What now?")
            % {"who": obligation.partner.organization.short, "what": obligation.what, "day": say_day(obligation.due)},
            _("It is overdue."),
            link(partnership, "agreements:agreement", obligation.agreement_id),
            due=obligation.due,
        )


def goals(partnership: Partnership) -> Iterator[Question]:
    for goal in Goal.objects.all():
        yield Question(
            f"goal:{goal.pk}",
            _("“%(goal)s”: continue, change or close?") % {"goal": goal.title},
            _("Each goal is looked at before the next cycle."),
            link(partnership, "strategic_plan:goal_detail", goal.pk),
            goal,
            goal.due,
        )

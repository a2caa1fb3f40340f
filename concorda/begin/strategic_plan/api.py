"""The strategic plan for programs: goals, strategies, changes and what leads to them, indicators, risks, budget."""

from django.db.models import QuerySet

from concorda.begin.strategic_plan import views
from concorda.begin.strategic_plan.forms import AgreeForm
from concorda.begin.strategic_plan.models import BudgetLine, Goal, Indicator, Link, Outcome, Risk, Strategy
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.process.resources import Offer, Resource, Verb


def goals(access: Access) -> QuerySet[Goal]:
    """Every goal for who takes part; the agreed ones for observers."""
    found = Goal.objects.all()
    return found if access.can(Ability.SEE) else found.exclude(agreed_on=None)


OFFER = Offer(
    resources=(
        Resource(
            "goals",
            Goal,
            ("title", "text", "due", "position", "agreed_on", "decision", "needs=answers.need", "created_at"),
            read=Ability.OBSERVE,
            rows=goals,
            register=views.Goals,
            verbs={
                "move": Verb(views.move, takes={"to": ("up", "down")}),
                "agree": Verb(views.agree, AgreeForm),
                "reopen": views.reopen,
            },
        ),
        Resource("outcomes", Outcome, ("goal", "level", "text"), register=views.Outcomes),
        Resource("strategies", Strategy, ("goal", "text", "delivers", "partner"), register=views.Strategies),
        Resource("steps", Link, ("strategy", "outcome", "to", "assumption", "evidence"), register=views.Links),
        Resource(
            "budget",
            BudgetLine,
            ("what", "goal", "kind", "amount", "partner", "funder", "year"),
            register=views.BudgetLines,
        ),
        Resource(
            "indicators",
            Indicator,
            ("goal", "outcome", "name", "unit", "baseline", "baseline_on", "target", "target_on", "source", "method",
             "broken_down_by", "frequency", "owner"),
            register=views.Indicators,
        ),
        Resource(
            "risks",
            Risk,
            ("kind", "text", "goal", "likelihood", "impact", "score", "owner", "response"),
            register=views.Risks,
        ),
    ),
)  # fmt: skip

"""The strategic plan for programs: goals, outcomes, indicators, risks."""

from django.db.models import QuerySet

from concorda.begin.strategic_plan import views
from concorda.begin.strategic_plan.forms import AgreeForm
from concorda.begin.strategic_plan.models import Goal, Indicator, Outcome, Risk
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
        Resource(
            "indicators",
            Indicator,
            ("goal", "outcome", "name", "unit", "baseline", "baseline_on", "target", "target_on", "source", "frequency",
             "owner"),
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

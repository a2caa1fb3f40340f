from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.begin.strategic_plan.queries import Plan, plan_of
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting


def progress(partnership: Partnership) -> Progress:
    plan = plan_of(partnership)
    if not plan.lines:
        url = reverse("strategic_plan:goal_new", args=[partnership.slug])
        return Progress(State.NONE, _("No goals have been written yet."), step=Step(_("Write the first goal"), url))
    gap = plan.gaps[0] if plan.gaps else None
    return Progress(
        State.HALF if gap else State.DONE,
        sentence(plan),
        len(plan.answered) if plan.needs else None,
        len(plan.needs) or None,
        Step(gap.action, gap.url) if gap else None,
    )


def sentence(plan: Plan) -> str:
    goals, indicators = len(plan.lines), len(plan.indicators)
    facts = {"goals": goals, "done": len(plan.answered), "needs": len(plan.needs), "indicators": indicators}
    if plan.needs:
        first = ngettext(
            "%(goals)s goal answers %(done)s of %(needs)s needs",
            "%(goals)s goals answer %(done)s of %(needs)s needs",
            goals,
        )
    else:
        first = ngettext(
            "%(goals)s goal is written, no needs are recorded",
            "%(goals)s goals are written, no needs are recorded",
            goals,
        )
    if indicators:
        second = ngettext(
            "%(indicators)s indicator tells whether they are reached.",
            "%(indicators)s indicators tell whether they are reached.",
            indicators,
        )
    else:
        second = _("no indicator tells whether they are reached.")
    return f"{first % facts}; {second % facts}"


def waiting(access: Access) -> Iterator[Waiting]:
    """Indicators of this person that lack a starting value, a target or a date."""
    incomplete = Q(baseline=None) | Q(baseline_on=None) | Q(target=None) | Q(target_on=None)
    for indicator in Indicator.objects.filter(incomplete, owner=access.participant):
        url = reverse("strategic_plan:indicator_edit", args=[access.partnership.slug, indicator.pk])
        label = _("Complete the indicator “%(name)s”") % {"name": indicator.name}
        yield Waiting(label, url, detail=_("Strategic plan"), icon="pen")


TOOL = Tool(
    key="strategic_plan",
    title=gettext_lazy("Strategic plan"),
    question=gettext_lazy("Which goals answer our needs, and how will we know?"),
    progress=progress,
    waiting=waiting,
    searchable=(lambda _access: Goal.objects.all(), lambda _access: Indicator.objects.all()),
)

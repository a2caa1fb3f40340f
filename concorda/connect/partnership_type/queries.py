"""The answers of the organizations put before the recommendation, and the decisions in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from concorda.analysis.partnership_type import Answers, Recommendation, recommend
from concorda.connect.partnership_type.models import TypeAnswer, TypeDecision
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partner, Partnership
from concorda.foundation.partnerships.queries import committed


def speaks(access: Access) -> bool:
    """May this person answer for their organization? It must be a partner that has said yes."""
    return bool(
        access.organization
        and access.can(Ability.AGREE, stage="connect", tool="partnership_type")
        and Partner.objects.filter(organization=access.organization, status=Partner.Status.COMMITTED).exists()
    )


def has_answered(access: Access) -> bool:
    """Has this person's organization shared any answer?"""
    return TypeAnswer.objects.filter(organization=access.organization, shared=True).exists()


def decisions_in_force(partnership: Partnership) -> list[TypeDecision]:
    """The decisions that no other supersedes: the one for the whole partnership first, then by activity."""
    found = TypeDecision.objects.filter(partnership=partnership, superseded_by=None)
    return sorted(found, key=lambda one: one.activity)


def as_answers(organization: Organization, given: dict[str, int]) -> Answers:
    """Stored answers in the shape the recommendation reads."""
    needed, feasible, gates = {}, {}, {}
    for question, value in given.items():
        first, _, second = question.partition(".")
        if first == "gate":
            gates[second] = value
        elif second == "needed":
            needed[first] = value
        else:
            feasible[first] = value
    return Answers(str(organization.pk), needed, feasible, gates)


@dataclass(frozen=True)
class Sheet:
    """One partner with its shared answers, by question."""

    organization: Organization
    given: dict[str, int]

    @property
    def answers(self) -> Answers:
        return as_answers(self.organization, self.given)

    @property
    def complete(self) -> bool:
        return self.answers.sufficient


def activities(partnership: Partnership) -> list[str]:
    """Activities and relationships for which something was shared or decided, beside the partnership as a whole."""
    asked = TypeAnswer.objects.filter(partnership=partnership, shared=True).exclude(activity="")
    named = [*asked.values_list("activity", flat=True).distinct().order_by("activity")]
    named += [one.activity for one in decisions_in_force(partnership) if one.activity]
    return list({one.casefold(): one for one in reversed(named)}.values())


def sheets(partnership: Partnership, activity: str = "") -> list[Sheet]:
    """Every committed partner with what it has shared; answers still private count for nobody.

    For an activity: what was said for it, and what it leaves open as for the whole.
    """
    given: dict[int, dict[str, int]] = {}
    shared = TypeAnswer.objects.filter(partnership=partnership, shared=True, value__isnull=False)
    asked = shared.filter(Q(activity="") | Q(activity__iexact=activity.strip())).order_by("activity")
    for organization, question, value in asked.values_list("organization", "question", "value"):
        given.setdefault(organization, {})[question] = value
    return [Sheet(partner.organization, given.get(partner.organization_id, {})) for partner in committed(partnership)]


def recommendation(
    everyone: Iterable[Sheet], decisions: Sequence[TypeDecision] = (), activity: str = ""
) -> Recommendation:
    """The advice that follows from the shared answers, beside the level in force for the activity or the whole."""
    levels = {one.activity.casefold(): one.level for one in decisions}
    current = levels.get(activity.casefold(), levels.get(""))
    return recommend([sheet.answers for sheet in everyone if sheet.given], current=current)

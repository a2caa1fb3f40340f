"""What has to be settled when a partner joins or leaves; what the records can tell is never ticked by hand."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concorda.begin.agreements.models import Obligation, Signature
from concorda.begin.governance.models import Seat
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import RoleHeld
from concorda.implement.action_plans.models import Action
from concorda.implement.working_groups.models import GroupMember
from concorda.monitor.growth.models import Passage


@dataclass(frozen=True)
class Step:
    """One thing to settle. `by_records` steps are done when the records say so; `open` counts what is left."""

    key: str
    label: str | Promise
    done: bool
    by_records: bool = False
    open: int = 0


BY_HAND = {
    Passage.Kind.JOINING: (
        ("welcome", _("A welcome talk was held: history, unwritten rules, who is who")),
        ("contacts", _("Their people are in the contact directory")),
        ("promise", _("What they bring and what they hope for is written down")),
    ),
    Passage.Kind.LEAVING: (
        ("data", _("Agreed what happens to shared data and papers")),
        ("assets", _("Agreed what happens to money, rooms and equipment")),
        ("told", _("Everyone who must know was told, and thanked")),
    ),
}


def steps(passage: Passage) -> list[Step]:
    """The list of one passage."""
    by_hand = [Step(key, label, key in passage.settled) for key, label in BY_HAND[Passage.Kind(passage.kind)]]
    records = joining(passage) if passage.kind == Passage.Kind.JOINING else leaving(passage)
    return [*records, *by_hand]


def joining(passage: Passage) -> list[Step]:
    partner = passage.partner
    people = RoleHeld.objects.filter(participant__organization=partner.organization_id, participant__left_on=None)
    signed = Signature.objects.filter(partner=partner).exists()
    in_group = GroupMember.objects.filter(participant__organization=partner.organization_id, left_on=None).exists()
    return [
        Step(
            "speaks",
            _("Somebody speaks for them (representative)"),
            people.filter(role=Role.REPRESENTATIVE).exists(),
            True,
        ),
        Step("signs", _("Somebody may sign for them (signatory)"), people.filter(role=Role.SIGNATORY).exists(), True),
        Step("signed", _("They have signed an agreement"), signed, True),
        Step("group", _("They take part in a working group"), in_group, True),
    ]


def leaving(passage: Passage) -> list[Step]:
    partner = passage.partner
    owed = Obligation.objects.filter(partner=partner, delivered_on=None).count()
    finished = [Action.Status.DONE, Action.Status.DROPPED]
    actions = (
        Action.objects.filter(accountable__organization=partner.organization_id).exclude(status__in=finished).count()
    )
    seats = Seat.objects.filter(partner=partner, holder__isnull=False).count()
    return [
        Step("owed", _("What they promised is delivered or released"), owed == 0, True, owed),
        Step("actions", _("Their open actions are handed over"), actions == 0, True, actions),
        Step("seats", _("Their seats are vacant or passed on"), seats == 0, True, seats),
    ]

"""What is said about needs and motives, put together. Everything reads what the open scope shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from concorda.connect.motivation.models import Motive, Need, Standpoint
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partner, Partnership
from concorda.foundation.partnerships.queries import committed

COMPARABLE = 2
"""How many partners must have said why they are here before their reasons are set side by side."""
RIVAL = {Motive.Kind.FUNDING, Motive.Kind.INFLUENCE}
"""Motives of which one organization's part leaves less for the others."""


def all_needs(partnership: Partnership) -> QuerySet[Need]:
    """Every need, the most important first, each with `named`: how many organizations name it."""
    found = Need.objects.filter(partnership=partnership).select_related("raised_by", "term")
    return found.annotate(named=Count("supports"))


def live_needs(partnership: Partnership) -> QuerySet[Need]:
    """The needs that are not set aside, the most important first, each with `named`."""
    return all_needs(partnership).filter(set_aside_on=None)


def has_a_word(access: Access) -> bool:
    """Does this person speak for an organization here?"""
    return bool(access.organization and access.can(Ability.AGREE, stage="connect", tool="motivation"))


def speaks(access: Access) -> bool:
    """May this person say why their organization is here? It must be a partner that has said yes."""
    return (
        has_a_word(access)
        and Partner.objects.filter(organization=access.organization, status=Partner.Status.COMMITTED).exists()
    )


def said_motives(partnership: Partnership) -> list[Motive]:
    """The motives shared with the partners, by organization; what is still private counts for nobody."""
    return list(Motive.objects.filter(partnership=partnership, shared=True).select_related("organization"))


def missing(partners: Iterable[Partner], motives: Iterable[Motive]) -> list[Organization]:
    """The partners that have not said why they are here."""
    said = {motive.organization_id for motive in motives}
    return [partner.organization for partner in partners if partner.organization_id not in said]


@dataclass(frozen=True)
class Sign:
    """One sign of a partnership made for its own sake, and what to do about it."""

    reason: str
    advice: str


def contrived(needs: Iterable[Need], motives: Iterable[Motive]) -> list[Sign]:
    """Signs that the partnership is contrived: only money as a motive, or no need with evidence.

    Rule: at least one evidenced need and at least one motive that is not funding, judged once somebody has said why
    they are here (after the Bassa study of settlement partnerships, AAISA 2021).
    """
    kinds = {motive.kind for motive in motives}
    found = []
    if kinds == {Motive.Kind.FUNDING}:
        found.append(
            Sign(
                _("Funding is the only reason anybody has given."),
                _(
                    "Ask each partner what would be better for people if this works. "
                    "If there is no answer, apply alone or not at all."
                ),
            )
        )
    if kinds and not any(need.evidence.strip() for need in needs):
        found.append(
            Sign(
                _("No need has evidence behind it."),
                _("Add to at least one need how you know: a count, a waiting list, what people told you."),
            )
        )
    return found


@dataclass(frozen=True)
class Shared:
    """One kind of motive across the organizations: who gives it how strongly, and what that means side by side."""

    kind: Motive.Kind
    weights: Mapping[int, int]
    relation: str

    @property
    def count(self) -> int:
        return len(self.weights)


def side_by_side(motives: Sequence[Motive]) -> list[Shared]:
    """Each kind of motive that was given, most widely given first.

    `relation` is "conflicting" when two or more are strongly after something that one can only have at the cost of the
    other, "shared" when two or more give it, "complementary" when one alone does and so takes nothing from the others.
    """
    found = []
    for kind, group in groupby(sorted(motives, key=lambda one: one.kind), key=lambda one: one.kind):
        weights: dict[int, int] = {}
        for motive in group:
            weights[motive.organization_id] = max(motive.weight, weights.get(motive.organization_id, 0))
        found.append(Shared(Motive.Kind(kind), weights, relation(kind, weights.values())))
    return sorted(found, key=lambda one: (-one.count, -sum(one.weights.values()), one.kind))


def relation(kind: str, weights: Iterable[int]) -> str:
    strengths = list(weights)
    if kind in RIVAL and sum(strength >= Motive.Weight.STRONG for strength in strengths) > 1:
        return "conflicting"
    return "shared" if len(strengths) > 1 else "complementary"


@dataclass
class Voice:
    """What one organization has said: its standpoint, its motives, strongest first, or nothing yet."""

    organization: Organization
    standpoint: Standpoint | None
    motives: list[Motive]

    @property
    def said(self) -> bool:
        """Has it said to the others why it is here?"""
        return any(motive.shared for motive in self.motives)


def seen_motives(partnership: Partnership) -> list[Motive]:
    """What the reader may see of the motives: those shared, and those of their own organization."""
    return list(Motive.objects.filter(partnership=partnership).select_related("organization"))


def voices(partnership: Partnership, motives: Iterable[Motive]) -> list[Voice]:
    """Every committed partner with what the reader may see of its reasons."""
    standpoints = {one.organization_id: one for one in Standpoint.objects.filter(partnership=partnership)}
    given: dict[int, list[Motive]] = {}
    for motive in motives:
        given.setdefault(motive.organization_id, []).append(motive)
    return [
        Voice(partner.organization, standpoints.get(partner.organization_id), given.get(partner.organization_id, []))
        for partner in committed(partnership)
    ]

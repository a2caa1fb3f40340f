"""Offers against needs: who covers what, where nobody does, and sums that never mix units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from concorda.connect.capacity.models import Item, Kind, say_amount
from concorda.connect.motivation.models import Need
from concorda.connect.motivation.queries import live_needs
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partner, Partnership
from concorda.foundation.partnerships.queries import committed

Unit = tuple[str, str]


def speaks(access: Access) -> bool:
    """May this person share what their organization offers? It must be a partner that has said yes."""
    return bool(
        access.organization
        and access.can(Ability.AGREE, stage="connect", tool="capacity")
        and Partner.objects.filter(organization=access.organization, status=Partner.Status.COMMITTED).exists()
    )


def shared_items(partnership: Partnership) -> list[Item]:
    """Offers and wishes shared with the partners, whoever asks: what the matrix and the sums are made of."""
    return list(
        Item.objects.filter(partnership=partnership, shared=True).select_related("organization", "term", "need")
    )


def missing(organizations: Iterable[Organization], items: Iterable[Item]) -> list[Organization]:
    """Those of the organizations that have not shared any offer."""
    listed = {item.organization_id for item in items if item.direction == Item.Direction.OFFER}
    return [organization for organization in organizations if organization.pk not in listed]


def answers(item: Item, need: Need) -> bool:
    """Does an offer or wish belong to a need: linked to it, on the same topic, or on a narrower one?"""
    if item.need_id is not None:
        return item.need_id == need.pk
    if item.term is None or need.term_id is None:
        return False
    return need.term_id in (item.term_id, item.term.parent_id)


def unit_of(item: Item) -> Unit:
    return item.unit.strip().casefold(), item.period


def totals(items: Iterable[Item]) -> list[str]:
    """Sums of amounts in words, one for each unit and period: “28 hours a month”."""
    sums: dict[Unit, Decimal] = {}
    names: dict[Unit, str] = {}
    for item in items:
        if item.amount is not None:
            sums[unit_of(item)] = sums.get(unit_of(item), Decimal(0)) + item.amount
            names.setdefault(unit_of(item), item.unit.strip())
    return [say_amount(amount, names[unit], unit[1]) for unit, amount in sorted(sums.items())]


@dataclass(frozen=True)
class Row:
    """One need with the offers that answer it."""

    need: Need
    offers: Sequence[Item]

    @property
    def organizations(self) -> set[int]:
        return {offer.organization_id for offer in self.offers}

    @property
    def is_gap(self) -> bool:
        return not self.offers

    @property
    def sums(self) -> list[str]:
        return totals(self.offers)

    @property
    def overlaps(self) -> list[tuple[str, list[str]]]:
        """Kinds that two or more organizations bring to this need, each with their names."""
        found = []
        for kind in Kind:
            names = sorted({offer.organization.short for offer in self.offers if offer.kind == kind})
            if len(names) > 1:
                found.append((str(kind.label), names))
        return found


def matrix(partnership: Partnership, items: Iterable[Item] | None = None) -> list[Row]:
    """Each need that is not set aside with the shared offers that answer it."""
    found = shared_items(partnership) if items is None else items
    offers = [item for item in found if item.direction == Item.Direction.OFFER]
    return [Row(need, [offer for offer in offers if answers(offer, need)]) for need in live_needs(partnership)]


def gaps(rows: Iterable[Row]) -> list[Need]:
    """The needs nobody covers."""
    return [row.need for row in rows if row.is_gap]


@dataclass(frozen=True)
class Balance:
    """What is offered and looked for of one kind, in one unit and period; exact."""

    kind: Kind
    offered: Decimal
    sought: Decimal
    unit: str
    period: str

    @property
    def missing(self) -> Decimal:
        return max(self.sought - self.offered, Decimal(0))

    def say(self, amount: Decimal) -> str:
        return say_amount(amount, self.unit, self.period)

    @property
    def offered_words(self) -> str:
        return self.say(self.offered)

    @property
    def sought_words(self) -> str:
        return self.say(self.sought)

    @property
    def missing_words(self) -> str:
        return self.say(self.missing) if self.missing else ""


def balances(items: Iterable[Item]) -> list[Balance]:
    """Offered against sought wherever something is sought in numbers, by kind, unit and period."""
    sums: dict[tuple[str, Unit], dict[str, Decimal]] = {}
    names: dict[tuple[str, Unit], str] = {}
    for item in items:
        if item.amount is not None:
            key = (item.kind, unit_of(item))
            by_direction = sums.setdefault(key, {direction: Decimal(0) for direction in Item.Direction.values})
            by_direction[item.direction] += item.amount
            names.setdefault(key, item.unit.strip())
    return [
        Balance(Kind(kind), found[Item.Direction.OFFER], found[Item.Direction.SEEK], names[kind, unit], unit[1])
        for (kind, unit), found in sorted(sums.items())
        if found[Item.Direction.SEEK]
    ]


@dataclass(frozen=True)
class Sheet:
    """What the reader may see of one partner: its offers and wishes, shared or their own."""

    organization: Organization
    items: list[Item]


def sheets(partnership: Partnership) -> list[Sheet]:
    """Every committed partner with its offers and wishes as the scope shows them."""
    by_organization: dict[int, list[Item]] = {}
    for item in Item.objects.filter(partnership=partnership).select_related("organization", "need"):
        by_organization.setdefault(item.organization_id, []).append(item)
    return [
        Sheet(partner.organization, by_organization.get(partner.organization_id, []))
        for partner in committed(partnership)
    ]

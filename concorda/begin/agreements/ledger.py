"""The contribution ledger: what each partner promised and gave, what it gains, and whether that is in balance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.analysis.fairness import Account, Balance, Line, balance
from concorda.begin.agreements.models import Contribution, Delivery, Gain
from concorda.connect.capacity.models import Item
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.text import say_money
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Partner, Partnership
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.partnerships.timeline import record


@dataclass
class Entry:
    """One partner in the ledger. `line` is None for one that neither promised, gave nor answered."""

    partner: Partner
    contributions: list[Contribution] = field(default_factory=list)
    gain: Gain | None = None
    line: Line | None = None

    @property
    def account(self) -> Account:
        rated = [(one, one.rate) for one in self.contributions]
        sums = [
            (Fraction(one.amount) * rate, Fraction(one.amount) * rate * one.part_due, Fraction(one.given) * rate)
            for one, rate in rated
            if rate is not None
        ]
        promised, due, given = (sum((row[at] for row in sums), Fraction(0)) for at in range(3))
        answers = {"benefit": self.gain.benefit, "drawback": self.gain.drawback} if self.gain else {}
        return Account(str(self.partner.pk), promised, due, given, **answers)

    @property
    def promised(self) -> str:
        return dollars(self.account.promised)

    @property
    def due(self) -> str:
        return dollars(self.account.due)

    @property
    def given(self) -> str:
        return dollars(self.account.given)

    @property
    def percent(self) -> int:
        """Its share of all that was given, to the nearest whole percent."""
        return round(self.line.share * 100) if self.line else 0

    @property
    def kept(self) -> int | None:
        return None if self.line is None or self.line.kept is None else int(self.line.kept * 100)

    @property
    def warnings(self) -> list[str]:
        return [said(name) for name in self.line.warnings] if self.line else []


def dollars(amount: Fraction) -> str:
    """To the cent."""
    return say_money(Decimal(round(amount * 100)) / 100) if amount else ""


def said(warning: str) -> str:
    return {
        "carries_most": _("Carries more than half of all that was given."),
        "carries_gains_little": _("Gives more than an even share, and says it gains less than most."),
        "behind": _("Has given less than seven tenths of what was due by now."),
        "loses": _("Says that being a partner costs it more than it brings."),
    }[warning]


@dataclass(frozen=True)
class Ledger:
    entries: Sequence[Entry]
    balance: Balance
    unrated: int

    @property
    def warned(self) -> list[Entry]:
        return [one for one in self.entries if one.warnings]

    @property
    def contributions(self) -> list[Contribution]:
        return [one for entry in self.entries for one in entry.contributions]

    @property
    def given(self) -> str:
        return dollars(self.balance.given) or say_money(Decimal(0))


def ledger(partnership: Partnership) -> Ledger:
    """The whole ledger in a fixed number of queries; partners who left are in it as long as they gave or promised."""
    entries = {one.pk: Entry(one) for one in committed(partnership)}
    for one in contributions(partnership):
        entries.setdefault(one.partner_id, Entry(one.partner)).contributions.append(one)
    by_organization = {entry.partner.organization_id: entry for entry in entries.values()}
    for gain in Gain.objects.filter(partnership=partnership, shared=True):
        if gain.organization_id in by_organization:
            by_organization[gain.organization_id].gain = gain
    found = balance([entry.account for entry in entries.values()])
    for entry, line in zip(entries.values(), found.lines, strict=True):
        entry.line = line
    unrated = sum(one.rate is None for entry in entries.values() for one in entry.contributions)
    return Ledger(list(entries.values()), found, unrated)


def contributions(partnership: Partnership) -> Iterable[Contribution]:
    deliveries = Prefetch("deliveries", queryset=Delivery.objects.order_by("on", "pk"))
    found = Contribution.objects.filter(partnership=partnership)
    return found.select_related("partner__organization", "agreement", "clause").prefetch_related(deliveries)


def offered(partnership: Partnership) -> list[Item]:
    """Offers shared in Capacity that stand in nobody's promises yet, by their words."""
    promised = set(Contribution.objects.filter(partnership=partnership).values_list("partner__organization", "what"))
    shared = Item.objects.filter(partnership=partnership, direction=Item.Direction.OFFER, shared=True)
    here = {one.organization_id for one in committed(partnership)}
    return [
        one
        for one in shared.select_related("organization").order_by("organization__name", "pk")
        if one.organization_id in here and (one.organization_id, one.what) not in promised
    ]


# Verbs


@transaction.atomic
def pledge(partnership: Partnership, *, partner: Partner, what: str, by: Person, **facts: object) -> Contribution:
    """Note what a partner promised to give."""
    made = Contribution.objects.create(partnership=partnership, partner=partner, what=what, **facts)
    message = gettext_noop("noted what %(who)s promised to give: %(what)s")
    record(partnership, by, message, about=made, who=partner.organization.name, what=what)
    return made


@transaction.atomic
def give(contribution: Contribution, *, amount: Decimal, evidence: str, by: Person, on: object = None) -> Delivery:
    """Note a part that was given, and what shows it."""
    made = Delivery.objects.create(
        partnership=contribution.partnership,
        contribution=contribution,
        on=on or clock.today(),
        amount=amount,
        evidence=evidence,
    )
    message = gettext_noop("noted that %(who)s gave %(amount)s: %(what)s")
    facts = {"who": contribution.partner.organization.name, "amount": contribution.says(amount)}
    record(contribution.partnership, by, message, about=made, what=contribution.what, **facts)
    return made


@transaction.atomic
def weigh(
    partnership: Partnership,
    organization: Organization,
    *,
    benefit: int,
    drawback: int,
    by: Person,
    text: str = "",
    shared: bool = True,
) -> Gain:
    """Say what being a partner brings one's organization, and what it costs it; saying it again replaces it."""
    facts = {"benefit": benefit, "drawback": drawback, "text": text, "shared": shared, "at": clock.now()}
    made, _created = Gain.objects.update_or_create(partnership=partnership, organization=organization, defaults=facts)
    message = gettext_noop("said what the partnership brings %(who)s, and what it costs it")
    private_to = None if shared else organization
    record(partnership, by, message, about=made, private_to=private_to, who=organization.name)
    return made

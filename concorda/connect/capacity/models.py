"""What each organization offers and seeks, what its representative may commit, and how ready it is."""

from decimal import Decimal

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Term
from concorda.foundation.partnerships.models import OrganizationShared
from concorda.foundation.process.worksheet import WorksheetAnswer


class Kind(models.TextChoices):
    MONEY = "money", _("Money")
    TIME = "time", _("Staff time")
    SPACE = "space", _("Space")
    EXPERTISE = "expertise", _("Expertise")
    DATA = "data", _("Data")
    REACH = "reach", _("Reach")
    EQUIPMENT = "equipment", _("Equipment")
    AUTHORITY = "authority", _("Authority")


class Period(models.TextChoices):
    ONCE = "once", _("once")
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")


def say_amount(amount: Decimal | None, unit: str, period: str) -> str:
    """“12.5 hours a week”, in the reader's language; empty when there is no amount."""
    if amount is None:
        return ""
    shortest = amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
    number = number_format(shortest, use_l10n=True, force_grouping=True)
    return " ".join(part for part in (number, unit, str(Period(period).label) if period in Period else period) if part)


class Quantified(OrganizationShared):
    """A row with an amount of something, private to its organization until it is shared."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    period = models.CharField(_("period"), max_length=40, choices=Period.choices, blank=True)
    shared = models.BooleanField(_("shared with the partners"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=0), name="%(class)s_not_negative")]

    @property
    def quantity(self) -> str:
        return say_amount(self.amount, self.unit, self.period)


class Item(Quantified):
    """Something an organization can bring (offer) or looks for (seek)."""

    Kind = Kind

    class Direction(models.TextChoices):
        OFFER = "offer", _("We offer")
        SEEK = "seek", _("We look for")

    class Sure(models.IntegerChoices):
        IDEA = 0, _("An idea")
        POSSIBLE = 1, _("Possible")
        LIKELY = 2, _("Likely")
        AGREED = 3, _("Agreed inside our organization")

    direction = models.CharField(_("direction"), max_length=6, choices=Direction.choices, default=Direction.OFFER)
    what = models.CharField(_("what"), max_length=200)
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"))
    need = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("for which need")
    )
    sure = models.PositiveSmallIntegerField(_("how sure"), choices=Sure.choices, default=Sure.LIKELY)

    class Meta(Quantified.Meta):
        abstract = False
        ordering = ["kind", "what", "pk"]
        verbose_name, verbose_name_plural = _("offer or wish"), _("offers and wishes")

    def __str__(self) -> str:
        return self.what


class AuthorityLimit(Quantified):
    """What the representative of an organization may commit without asking at home."""

    what = models.CharField(_("what may be committed without asking"), max_length=200)
    beyond = models.CharField(_("who decides beyond that"), max_length=160, blank=True)

    class Meta(Quantified.Meta):
        abstract = False
        ordering = ["organization__name", "kind", "pk"]
        verbose_name, verbose_name_plural = _("limit of authority"), _("limits of authority")

    def __str__(self) -> str:
        return self.what


class Readiness(WorksheetAnswer):
    """One organization's answer to one question about how ready it is to partner."""

    shared = models.BooleanField(_("shared with the partners"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("answer on readiness"), _("answers on readiness")
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organization", "question"], name="capacity_readiness_once")
        ]

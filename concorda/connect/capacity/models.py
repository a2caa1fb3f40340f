"""What each organization offers and seeks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Term
from concorda.foundation.partnerships.models import OrganizationShared


class Item(OrganizationShared):
    """Something an organization can bring (offer) or looks for (seek)."""

    class Direction(models.TextChoices):
        OFFER = "offer", _("We offer")
        SEEK = "seek", _("We look for")

    class Kind(models.TextChoices):
        MONEY = "money", _("Money")
        TIME = "time", _("Staff time")
        SPACE = "space", _("Space")
        EXPERTISE = "expertise", _("Expertise")
        DATA = "data", _("Data")
        REACH = "reach", _("Reach")
        EQUIPMENT = "equipment", _("Equipment")
        AUTHORITY = "authority", _("Authority")

    direction = models.CharField(_("direction"), max_length=6, choices=Direction.choices, default=Direction.OFFER)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    what = models.CharField(_("what"), max_length=200)
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    period = models.CharField(_("period"), max_length=40, blank=True)
    sure = models.PositiveSmallIntegerField(_("how sure"), default=2)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["kind", "what"]
        verbose_name, verbose_name_plural = _("offer or wish"), _("offers and wishes")

    def __str__(self) -> str:
        return self.what

"""Needs of the partnership and what moves each organization."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization, Term
from concorda.foundation.partnerships.models import OrganizationShared, PartnershipOwned


class Need(PartnershipOwned):
    statement = models.CharField(_("what is needed"), max_length=250)
    affected = models.CharField(_("who is affected"), max_length=250, blank=True)
    area = models.CharField(_("where"), max_length=120, blank=True)
    evidence = models.TextField(_("how we know"), blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=2)
    importance = models.PositiveSmallIntegerField(_("importance"), default=2)
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"))
    raised_by = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-importance", "-urgency", "pk"]
        verbose_name, verbose_name_plural = _("need"), _("needs")

    def __str__(self) -> str:
        return self.statement


class Motive(OrganizationShared):
    """Why one organization wants this partnership."""

    class Kind(models.TextChoices):
        MISSION = "mission", _("Our mission")
        CLIENTS = "clients", _("What the people we serve need")
        FUNDING = "funding", _("Funding")
        POLICY = "policy", _("A mandate or policy")
        CAPACITY = "capacity", _("Something we cannot do alone")
        INFLUENCE = "influence", _("Legitimacy and influence")
        LEARNING = "learning", _("Learning")
        CRISIS = "crisis", _("A crisis")
        RELATIONSHIP = "relationship", _("We already work together")

    kind = models.CharField(_("motive"), max_length=14, choices=Kind.choices)
    weight = models.PositiveSmallIntegerField(_("how strong"), default=3)
    hope = models.TextField(_("what we hope for"), blank=True)

    class Meta:
        ordering = ["-weight", "pk"]
        verbose_name, verbose_name_plural = _("motive"), _("motives")

    def __str__(self) -> str:
        return self.get_kind_display()

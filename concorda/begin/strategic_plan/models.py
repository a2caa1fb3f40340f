"""Goals that answer needs, the outcomes they lead to, and the indicators that tell."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, PartnershipOwned


class Goal(PartnershipOwned):
    title = models.CharField(_("goal"), max_length=200)
    text = models.TextField(_("what it means"), blank=True)
    lead = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead")
    )
    due = models.DateField(_("by"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name, verbose_name_plural = _("goal"), _("goals")

    def __str__(self) -> str:
        return self.title


class GoalNeed(PartnershipOwned):
    """This goal answers this need."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="answers")
    need = models.ForeignKey(Need, models.PROTECT, related_name="answered_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["goal", "need"], name="goal_answers_need_once")]

    def __str__(self) -> str:
        return f"{self.goal}: {self.need}"


class Outcome(PartnershipOwned):
    class Level(models.TextChoices):
        IMMEDIATE = "immediate", _("Immediate")
        INTERMEDIATE = "intermediate", _("Intermediate")
        ULTIMATE = "ultimate", _("Ultimate")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="outcomes")
    level = models.CharField(_("level"), max_length=14, choices=Level.choices, default=Level.IMMEDIATE)
    text = models.CharField(_("what changes, for whom"), max_length=250)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("outcome"), _("outcomes")

    def __str__(self) -> str:
        return self.text


class Indicator(PartnershipOwned):
    class Frequency(models.TextChoices):
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every quarter")
        YEARLY = "yearly", _("Every year")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="indicators")
    outcome = models.ForeignKey(Outcome, models.SET_NULL, null=True, blank=True, related_name="indicators")
    name = models.CharField(_("what is measured"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("starting value"), max_digits=14, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(_("measured on"), null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(_("to be reached by"), null=True, blank=True)
    source = models.CharField(_("where the number comes from"), max_length=200, blank=True)
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency.choices, default=Frequency.QUARTERLY)
    owner = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who measures")
    )

    class Meta:
        ordering = ["goal", "pk"]
        verbose_name, verbose_name_plural = _("indicator"), _("indicators")

    def __str__(self) -> str:
        return self.name

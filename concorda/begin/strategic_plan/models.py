"""Goals that answer needs, the outcomes they lead to, the indicators that tell, and what the plan rests on."""

from decimal import Decimal

from django.db import models
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partner, PartnershipOwned


class Goal(PartnershipOwned):
    title = models.CharField(_("goal"), max_length=200)
    text = models.TextField(_("what it means"), blank=True)
    lead = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead")
    )
    due = models.DateField(_("by"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name, verbose_name_plural = _("goal"), _("goals")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("strategic_plan:goal_detail", args=[self.partnership.slug, self.pk])


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

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="outcomes", verbose_name=_("goal"))
    level = models.CharField(_("level"), max_length=14, choices=Level.choices, default=Level.IMMEDIATE)
    text = models.CharField(_("what changes, for whom"), max_length=250)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("outcome"), _("outcomes")

    def __str__(self) -> str:
        return self.text


class Strategy(PartnershipOwned):
    """What the partners do to reach a goal, and what it delivers."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="strategies", verbose_name=_("goal"))
    text = models.CharField(_("what we do"), max_length=250)
    delivers = models.CharField(_("what it delivers"), max_length=250, blank=True)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who carries it")
    )

    class Meta:
        ordering = ["goal__position", "pk"]
        verbose_name, verbose_name_plural = _("strategy"), _("strategies")

    def __str__(self) -> str:
        return self.text


class Link(PartnershipOwned):
    """One step of the theory of change: what is done, or a change, brings about a change, if something holds."""

    class Evidence(models.IntegerChoices):
        GUESS = 0, _("We think so")
        EXPERIENCE = 1, _("We have seen it ourselves")
        DATA = 2, _("Our numbers show it")
        STUDY = 3, _("Studies elsewhere show it")

    strategy = models.ForeignKey(
        Strategy, models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("what we do")
    )
    outcome = models.ForeignKey(
        Outcome, models.CASCADE, null=True, blank=True, related_name="leads_to", verbose_name=_("or a change")
    )
    to = models.ForeignKey(Outcome, models.CASCADE, related_name="comes_from", verbose_name=_("brings about"))
    assumption = models.CharField(_("if this holds"), max_length=250, blank=True)
    evidence = models.PositiveSmallIntegerField(_("how sure we are"), choices=Evidence.choices, default=Evidence.GUESS)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("step of the theory of change"), _("steps of the theory of change")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(strategy=None, outcome__isnull=False)
                | models.Q(strategy__isnull=False, outcome=None),
                name="link_from_one_thing",
            ),
            models.UniqueConstraint(fields=["strategy", "to"], name="link_strategy_once"),
            models.UniqueConstraint(fields=["outcome", "to"], name="link_outcome_once"),
        ]

    def __str__(self) -> str:
        return f"{self.strategy or self.outcome} → {self.to}"


class BudgetLine(PartnershipOwned):
    """What a part of the plan costs in one year, in money or in kind, and who gives it."""

    class Kind(models.TextChoices):
        CASH = "cash", _("Money")
        IN_KIND = "in_kind", _("In kind")

    goal = models.ForeignKey(Goal, models.CASCADE, null=True, blank=True, related_name="budget", verbose_name=_("goal"))
    what = models.CharField(_("what for"), max_length=200)
    kind = models.CharField(_("money or in kind"), max_length=7, choices=Kind.choices, default=Kind.CASH)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("which partner gives it")
    )
    funder = models.CharField(_("or who else gives it"), max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(_("year in which it begins"))
    amount = models.DecimalField(_("amount in dollars"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["year", "pk"]
        verbose_name, verbose_name_plural = _("budget line"), _("budget")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="budget_above_zero")]

    def __str__(self) -> str:
        return self.what

    @property
    def giver(self) -> str:
        return self.partner.organization.name if self.partner else self.funder


class Indicator(PartnershipOwned):
    class Frequency(models.TextChoices):
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every quarter")
        YEARLY = "yearly", _("Every year")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="indicators", verbose_name=_("goal"))
    outcome = models.ForeignKey(
        Outcome, models.SET_NULL, null=True, blank=True, related_name="indicators", verbose_name=_("outcome")
    )
    name = models.CharField(_("what is measured"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.DecimalField(_("starting value"), max_digits=14, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(_("measured on"), null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(_("to be reached by"), null=True, blank=True)
    source = models.CharField(_("where the number comes from"), max_length=200, blank=True)
    method = models.CharField(_("how it is found out"), max_length=200, blank=True)
    broken_down_by = models.CharField(_("broken down by"), max_length=120, blank=True)
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency.choices, default=Frequency.QUARTERLY)
    owner = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who measures")
    )

    class Meta:
        ordering = ["goal", "pk"]
        verbose_name, verbose_name_plural = _("indicator"), _("indicators")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("strategic_plan:indicator_detail", args=[self.partnership.slug, self.pk])

    @property
    def maintains(self) -> bool:
        """Whether the target is to keep what there is."""
        return self.target is not None and self.target == self.baseline

    def say(self, value: Decimal | None) -> str:
        """A value of this indicator with its unit, in the reader's language: "38%", "121 days", "38 %" in French."""
        if value is None:
            return ""
        number = number_format(format(value.normalize(), "f"))
        if self.unit == "%":
            return gettext("%(number)s%%") % {"number": number}
        return f"{number}\u00a0{self.unit}" if self.unit else str(number)

    @property
    def baseline_says(self) -> str:
        return self.say(self.baseline)

    @property
    def target_says(self) -> str:
        return self.say(self.target)


class Risk(PartnershipOwned):
    """Something the plan takes to be true (assumption) or that may go wrong (risk), and what is done about it."""

    HIGH = 15

    class Kind(models.TextChoices):
        ASSUMPTION = "assumption", _("Assumption")
        RISK = "risk", _("Risk")

    class Likelihood(models.IntegerChoices):
        RARE = 1, _("1: hardly ever")
        UNLIKELY = 2, _("2: not likely")
        POSSIBLE = 3, _("3: possible")
        LIKELY = 4, _("4: likely")
        CERTAIN = 5, _("5: almost certain")

    class Impact(models.IntegerChoices):
        SLIGHT = 1, _("1: hardly felt")
        MINOR = 2, _("2: small")
        MODERATE = 3, _("3: noticeable")
        MAJOR = 4, _("4: serious")
        SEVERE = 5, _("5: the goal is lost")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.RISK)
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, blank=True, related_name="risks", verbose_name=_("goal"))
    text = models.CharField(_("what we assume, or what may go wrong"), max_length=250)
    likelihood = models.PositiveSmallIntegerField(_("how likely to go wrong"), choices=Likelihood.choices, default=3)
    impact = models.PositiveSmallIntegerField(_("how bad that would be"), choices=Impact.choices, default=3)
    owner = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who watches it")
    )
    response = models.TextField(_("what we do about it"), blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("assumption or risk"), _("assumptions and risks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(likelihood__range=(1, 5)) & models.Q(impact__range=(1, 5)), name="risk_one_to_five"
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def score(self) -> int:
        """Likelihood × impact, 1 to 25."""
        return self.likelihood * self.impact

    @property
    def high(self) -> bool:
        return self.score >= self.HIGH

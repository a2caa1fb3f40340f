"""Needs of the partnership, who names them as theirs, and what moves each organization."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization, Term
from concorda.foundation.partnerships.models import Final, OrganizationShared, PartnershipOwned


class Need(PartnershipOwned):
    """Something that is needed, in the words of the partner who wrote it; set aside with a reason, never removed."""

    class Urgency(models.IntegerChoices):
        SOMEDAY = 0, _("It can wait for years")
        YEARS = 1, _("Within a few years")
        YEAR = 2, _("Within a year")
        MONTHS = 3, _("Within months")
        NOW = 4, _("Now: people are harmed while we wait")

    class Importance(models.IntegerChoices):
        NONE = 0, _("Not important")
        MINOR = 1, _("Minor")
        HELPFUL = 2, _("Helpful")
        IMPORTANT = 3, _("Important")
        ESSENTIAL = 4, _("Essential")

    statement = models.CharField(_("what is needed"), max_length=250)
    affected = models.CharField(_("who is affected"), max_length=250, blank=True)
    area = models.CharField(_("where"), max_length=120, blank=True)
    evidence = models.TextField(_("how we know"), blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency.choices, default=Urgency.YEAR)
    importance = models.PositiveSmallIntegerField(
        _("importance"), choices=Importance.choices, default=Importance.HELPFUL
    )
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"))
    raised_by = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    set_aside_because = models.TextField(_("why it is set aside"), blank=True, editable=False)
    set_aside_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-importance", "-urgency", "pk"]
        verbose_name, verbose_name_plural = _("need"), _("needs")
        constraints = [
            models.CheckConstraint(condition=models.Q(urgency__lte=4, importance__lte=4), name="need_scale"),
        ]

    def __str__(self) -> str:
        return self.statement

    def get_absolute_url(self) -> str:
        return reverse("motivation:need_detail", args=[self.partnership.slug, self.pk])

    @property
    def who_and_where(self) -> list[str]:
        return [self.affected, self.area, self.term.label if self.term else ""]

    def delete(self, *args, **kwargs):
        raise Final(_("A need is never removed; set it aside with the reason."))


class Support(PartnershipOwned):
    """An organization names a need as its own."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="supports")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["organization__name"]
        constraints = [models.UniqueConstraint(fields=["need", "organization"], name="need_support_once")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.need}"


class Standpoint(OrganizationShared):
    """What one organization says about partnering at all: what set it off, and whether it could do it alone."""

    class Alone(models.TextChoices):
        NO = "no", _("No")
        PARTLY = "partly", _("Partly")
        YES = "yes", _("Yes")

    alone = models.CharField(_("could we do it alone?"), max_length=6, choices=Alone.choices, blank=True)
    because = models.TextField(_("why, or why not"), blank=True)
    trigger = models.TextField(_("what set it off"), blank=True)
    said_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["organization__name"]
        constraints = [models.UniqueConstraint(fields=["partnership", "organization"], name="standpoint_once")]

    def __str__(self) -> str:
        return str(self.organization)


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

    class Weight(models.IntegerChoices):
        SMALL = 1, _("A small part")
        PART = 2, _("It plays a part")
        STRONG = 3, _("A strong reason")
        MAIN = 4, _("The main reason")

    kind = models.CharField(_("motive"), max_length=14, choices=Kind.choices)
    weight = models.PositiveSmallIntegerField(_("how strong"), choices=Weight.choices, default=Weight.STRONG)
    hope = models.TextField(_("what we hope for"), blank=True)

    class Meta:
        ordering = ["-weight", "pk"]
        verbose_name, verbose_name_plural = _("motive"), _("motives")

    def __str__(self) -> str:
        return self.get_kind_display()


class Expectation(OrganizationShared):
    """What one organization expects to gain, to spend or to lose by partnering."""

    class Side(models.TextChoices):
        BENEFIT = "benefit", _("A benefit")
        COST = "cost", _("A cost")
        DRAWBACK = "drawback", _("A drawback or risk")

    class Likelihood(models.IntegerChoices):
        UNLIKELY = 1, _("Unlikely")
        POSSIBLE = 2, _("Possible")
        LIKELY = 3, _("Likely")
        CERTAIN = 4, _("As good as certain")

    class Size(models.IntegerChoices):
        SMALL = 1, _("Small")
        MODERATE = 2, _("Moderate")
        LARGE = 3, _("Large")
        DECISIVE = 4, _("Decisive")

    side = models.CharField(_("side"), max_length=8, choices=Side.choices, default=Side.BENEFIT)
    what = models.CharField(_("what"), max_length=250)
    likelihood = models.PositiveSmallIntegerField(
        _("how likely"), choices=Likelihood.choices, default=Likelihood.LIKELY
    )
    size = models.PositiveSmallIntegerField(_("how large"), choices=Size.choices, default=Size.MODERATE)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["side", "-size", "-likelihood", "pk"]
        verbose_name, verbose_name_plural = _("benefit, cost or drawback"), _("benefits, costs and drawbacks")

    def __str__(self) -> str:
        return self.what

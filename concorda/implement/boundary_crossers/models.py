"""People who connect groups and organizations, with their consent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, PartnershipOwned
from concorda.implement.working_groups.models import Group


class Crosser(PartnershipOwned):
    """A person asked to be a bridge; named to others only after consenting."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="crossings", verbose_name=_("who"))
    backup = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("back-up")
    )
    first = models.ForeignKey(Group, models.CASCADE, related_name="+", verbose_name=_("between"))
    second = models.ForeignKey(Group, models.CASCADE, related_name="+", verbose_name=_("and"))
    hours_a_month = models.PositiveSmallIntegerField(_("hours a month"), default=4)
    support = models.CharField(_("what helps them"), max_length=250, blank=True)
    consented_at = models.DateTimeField(null=True, editable=False)
    declined_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["participant", "first", "second"], name="crosser_once")]
        verbose_name, verbose_name_plural = _("boundary crosser"), _("boundary crossers")

    @property
    def consented(self) -> bool:
        return self.consented_at is not None

    @property
    def answered(self) -> bool:
        return bool(self.consented_at or self.declined_at)

    def __str__(self) -> str:
        return str(self.participant)


class AskedTie(PartnershipOwned):
    """Somebody's own answer to "whom do you go to?"; everybody answers only for themselves."""

    class Kind(models.TextChoices):
        INFORMATION = "information", _("For information")
        RESOURCES = "resources", _("For resources")
        WORK = "work", _("To work together")
        TRUST = "trust", _("When something is confidential")

    source = models.ForeignKey(Participant, models.CASCADE, related_name="goes_to")
    target = models.ForeignKey(Participant, models.CASCADE, related_name="asked_by", verbose_name=_("who"))
    kind = models.CharField(_("for what"), max_length=12, choices=Kind.choices, default=Kind.INFORMATION)
    answered_on = models.DateField(default=clock.today, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("tie"), _("ties")
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="asked_tie_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="asked_tie_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

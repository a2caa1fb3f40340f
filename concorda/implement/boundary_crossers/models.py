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
    consented_at = models.DateTimeField(null=True, editable=False)
    declined_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["participant", "first", "second"], name="crosser_once")]
        verbose_name, verbose_name_plural = _("boundary crosser"), _("boundary crossers")

    def __str__(self) -> str:
        return str(self.participant)

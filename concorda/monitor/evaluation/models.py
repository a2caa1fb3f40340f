"""Check-ins on how it goes, and measurements of what was reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, PartnershipOwned


class CheckIn(PartnershipOwned):
    """A short question round in one stage: relationships, tasks, accomplishments."""

    title = models.CharField(_("title"), max_length=120)
    stage = models.CharField(_("stage"), max_length=20)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closes_on = models.DateField(_("closes on"))
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-opened_at"]
        verbose_name, verbose_name_plural = _("check-in"), _("check-ins")

    def __str__(self) -> str:
        return self.title


class CheckInAnswer(PartnershipOwned):
    """One anonymous answer: which organization's, not whose; from 0 (no) to 4 (yes), None is "cannot say"."""

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="answers")
    organization_key = models.CharField(max_length=64, blank=True)
    relationships = models.PositiveSmallIntegerField(null=True)
    tasks = models.PositiveSmallIntegerField(null=True)
    accomplishments = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.check_in)


class CheckInTicket(PartnershipOwned):
    """The link of one person to one check-in; says only whether it was used, never which answer is theirs."""

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="tickets")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="check_in_tickets")
    token_digest = models.CharField(max_length=64, unique=True)
    used = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_in", "participant"], name="ticket_once")]

    def __str__(self) -> str:
        return f"{self.check_in}: {self.participant}"


class Measurement(PartnershipOwned):
    """A value of an indicator on a day."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements", verbose_name=_("indicator"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=4)
    on = models.DateField(_("measured on"), default=clock.today)
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=250, blank=True)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED, editable=False)

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name, verbose_name_plural = _("measurement"), _("measurements")

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value.normalize():f}"

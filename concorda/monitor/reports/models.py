"""Reports: frozen snapshots for an audience."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, PartnershipOwned


class Report(PartnershipOwned):
    class Audience(models.TextChoices):
        PARTNERS = "partners", _("Partners")
        BOARD = "board", _("Boards and council")
        FUNDER = "funder", _("Funder")
        PUBLIC = "public", _("Public")
        EVALUATOR = "evaluator", _("Evaluator")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")

    title = models.CharField(_("title"), max_length=200)
    audience = models.CharField(_("for"), max_length=10, choices=Audience.choices, default=Audience.FUNDER)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    due = models.DateField(_("due"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    snapshot = models.JSONField(default=dict, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    approved_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-period_to", "-pk"]
        verbose_name, verbose_name_plural = _("report"), _("reports")

    def __str__(self) -> str:
        return self.title


class Section(PartnershipOwned):
    """Words people add to a section of a report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=40, editable=False)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="section_once")]

    def __str__(self) -> str:
        return self.key

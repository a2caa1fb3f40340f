"""Reports: frozen snapshots for an audience."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Participant, PartnershipOwned


class Report(PartnershipOwned):
    """What is told to an audience about a period. A draft may be frozen anew; once approved it is final."""

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
    cut_off = models.DateField(
        _("data up to"), default=clock.today, help_text=_("Later measurements and decisions are left out.")
    )
    due = models.DateField(_("due"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    snapshot = models.JSONField(default=dict, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="superseded_by", editable=False, verbose_name=_("supersedes")
    )
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    approved_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-period_to", "-pk"]
        verbose_name, verbose_name_plural = _("report"), _("reports")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:report_detail", args=[self.partnership.slug, self.pk])

    @property
    def approved(self) -> bool:
        return self.status == self.Status.APPROVED

    @property
    def superseded_by_approved(self) -> "Report | None":
        """The approved report that took the place of this one, the latest if there are several."""
        later = self.superseded_by.filter(status=self.Status.APPROVED) if self.pk else None
        return later.order_by("-approved_at", "-pk").first() if later is not None else None

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_if_approved(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        refuse_if_approved(self.pk)
        return super().delete(*args, **kwargs)


def refuse_if_approved(report: int | None) -> None:
    if report and Report._base_manager.filter(pk=report, status=Report.Status.APPROVED).exists():
        raise Final(_("An approved report is never changed. Begin one in its place."))


class Section(PartnershipOwned):
    """Words people add to a section of a report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=40, editable=False)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="section_once")]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_if_approved(self.report_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        refuse_if_approved(self.report_id)
        return super().delete(*args, **kwargs)

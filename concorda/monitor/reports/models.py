"""Reports: frozen snapshots for an audience; when they are drafted by themselves; the money they account for."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Participant, Partner, PartnershipOwned


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


class Schedule(PartnershipOwned):
    """A report that drafts itself at its time, on the time just over, and is then somebody's to finish."""

    class Every(models.TextChoices):
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every three months")
        YEAR = "year", _("Every year")

    title = models.CharField(_("title"), max_length=120)
    audience = models.CharField(
        _("for"), max_length=10, choices=Report.Audience.choices, default=Report.Audience.FUNDER
    )
    every = models.CharField(_("how often"), max_length=8, choices=Every.choices, default=Every.QUARTER)
    next_on = models.DateField(
        _("next drafted on"), help_text=_("The report tells of the time up to the day before, such as 1 April.")
    )
    days = models.PositiveSmallIntegerField(_("days until it is due"), default=30)
    owner = models.ForeignKey(Participant, models.PROTECT, related_name="+", verbose_name=_("who finishes it"))

    class Meta:
        ordering = ["next_on", "pk"]
        verbose_name, verbose_name_plural = _("schedule"), _("schedules")

    def __str__(self) -> str:
        return self.title

    def moved(self, start: date, steps: int) -> date:
        """The day `steps` turns after `start`, in a shorter month its last day."""
        months = {self.Every.MONTH: 1, self.Every.QUARTER: 3, self.Every.YEAR: 12}[self.Every(self.every)]
        year, month = divmod(start.year * 12 + start.month - 1 + steps * months, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


class Grant(PartnershipOwned):
    """Money somebody gave for what the partnership does."""

    title = models.CharField(_("what it is for"), max_length=200)
    description = models.TextField(_("in more words"), blank=True)
    funder = models.CharField(_("who gave it"), max_length=200)
    funder_number = models.CharField(
        _("the funder’s number"), max_length=80, blank=True, help_text=_("As on org-id.guide, such as GB-CHC-1164883.")
    )
    recipient = models.ForeignKey(Partner, models.PROTECT, related_name="grants", verbose_name=_("who received it"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="CAD",
        validators=[RegexValidator("^[A-Z]{3}$", _("Three capital letters, such as CAD."))],
    )
    awarded_on = models.DateField(_("granted on"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    number = models.CharField(
        _("number of the grant"), max_length=80, blank=True, help_text=_("The funder’s own, such as 360G-prefix-123.")
    )

    class Meta:
        ordering = ["awarded_on", "pk"]
        verbose_name, verbose_name_plural = _("grant"), _("grants")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=0), name="grant_not_negative")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:grant_detail", args=[self.partnership.slug, self.pk])

    @property
    def amount_says(self) -> str:
        return say_money(self.amount, self.currency)


def say_money(amount: Decimal, currency: str) -> str:
    """“12 500,00 CAD”, in the reader's language."""
    return f"{number_format(amount, 2, force_grouping=True)}\u00a0{currency}"

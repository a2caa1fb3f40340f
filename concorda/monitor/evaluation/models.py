"""Check-ins on how it goes, and measurements of what was reached."""

from datetime import date
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Final, Participant, PartnershipOwned


class CheckIn(PartnershipOwned):
    """A short question round in one stage: relationships, tasks, accomplishments."""

    title = models.CharField(_("title"), max_length=120)
    stage = models.CharField(_("stage"), max_length=20)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closes_on = models.DateField(_("closes on"), help_text=_("The last day on which people can answer."))
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name, verbose_name_plural = _("check-in"), _("check-ins")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("evaluation:checkin_detail", args=[self.partnership.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and clock.today() <= self.closes_on

    @property
    def ended_on(self) -> date:
        """The last day of answers: the one announced, or the earlier one on which it was closed."""
        return min(self.closes_on, timezone.localdate(self.closed_at)) if self.closed_at else self.closes_on


class CheckInAnswer(PartnershipOwned):
    """One anonymous answer: which organization's, not whose; from 0 (no) to 4 (yes), None is "cannot say".

    `organization_key` is a keyed hash: it says which answers belong together, and nothing else. There is no moment.
    """

    class Review(models.TextChoices):
        WAITING = "waiting", _("Not read yet")
        SHOWN = "shown", _("Shown")
        WITHHELD = "withheld", _("Not shown")

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="answers")
    organization_key = models.CharField(max_length=64, blank=True)
    relationships = models.PositiveSmallIntegerField(null=True)
    tasks = models.PositiveSmallIntegerField(null=True)
    accomplishments = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    review = models.CharField(max_length=8, choices=Review.choices, default=Review.WAITING, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(**{f"{name}__lte": 4}) | models.Q(**{name: None}), name=f"{name}_0_to_4"
            )
            for name in ("relationships", "tasks", "accomplishments")
        ]

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
    """A value of an indicator on a day: submitted, then approved or returned; from then on never changed."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("Waiting for approval")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements", verbose_name=_("indicator"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=4)
    on = models.DateField(_("measured on"), default=clock.today)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Where somebody else would find the same number.")
    )
    note = models.CharField(
        _("note"), max_length=250, blank=True, help_text=_("What a reader must know, such as “two months missing”.")
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", editable=False
    )
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    submitted_at = models.DateTimeField(default=clock.now, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED, editable=False)
    settled_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    returned_because = models.CharField(_("what to put right"), max_length=250, blank=True, editable=False)

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name, verbose_name_plural = _("measurement"), _("measurements")

    def __str__(self) -> str:
        return gettext("%(indicator)s: %(value)s on %(day)s") % {
            "indicator": self.indicator,
            "value": self.value_says,
            "day": say_day(self.on),
        }

    def get_absolute_url(self) -> str:
        return reverse("evaluation:measurement_detail", args=[self.partnership.slug, self.pk])

    @property
    def value_says(self) -> str:
        return self.indicator.say(self.value)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_if_settled()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self.refuse_if_settled()
        return super().delete(*args, **kwargs)

    def refuse_if_settled(self) -> None:
        if self._state.adding:
            return
        stored = type(self)._base_manager.values_list("status", flat=True).get(pk=self.pk)
        if stored != self.Status.SUBMITTED:
            raise Final(_("An approved or returned measurement is never changed. Enter a correction beside it."))

"""Where the partnership is heading, whether it would last, and how partners come and go well."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Participant, Partner, PartnershipOwned
from concorda.foundation.process.worksheet import WorksheetAnswer


class Trajectory(PartnershipOwned):
    """The direction the partners chose; a new choice follows it, the old one stays."""

    class Path(models.TextChoices):
        RENEW = "renew", _("Renew")
        SCALE = "scale", _("Grow larger")
        REPLICATE = "replicate", _("Repeat elsewhere")
        INSTITUTIONALISE = "institutionalise", _("Become part of the institutions")
        SPIN_OFF = "spin_off", _("Spin off or merge")
        SHRINK = "shrink", _("Become smaller")
        CLOSE = "close", _("Close")

    path = models.CharField(_("direction"), max_length=16, choices=Path.choices)
    reasons = models.TextField(_("reasons"))
    chosen_on = models.DateField(default=clock.today, editable=False)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["-chosen_on", "-pk"]
        verbose_name, verbose_name_plural = _("direction"), _("directions")

    def __str__(self) -> str:
        return self.get_path_display()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(_("A direction is never changed. Choose again: the new one follows it."))
        super().save(*args, **kwargs)


class LastingAnswer(WorksheetAnswer):
    """One organization's rating of one thing that makes a partnership last."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organization", "question"], name="lasting_answer_once")
        ]


class Passage(PartnershipOwned):
    """A partner coming in or leaving: a list settled step by step, partly by the records themselves."""

    class Kind(models.TextChoices):
        JOINING = "joining", _("Joining")
        LEAVING = "leaving", _("Leaving")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="passages", verbose_name=_("partner"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    notice_on = models.DateField(_("notice given on"), default=clock.today)
    ends_on = models.DateField(_("to be settled by"), null=True, blank=True)
    settled = models.JSONField(default=list, editable=False)
    closed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["closed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind"], condition=models.Q(closed_on=None), name="one_open_passage_a_partner"
            )
        ]
        verbose_name, verbose_name_plural = _("passage"), _("passages")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.partner}"

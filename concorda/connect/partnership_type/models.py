"""What each organization says is needed and feasible, and the type that was decided."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import PartnershipOwned
from concorda.foundation.process.worksheet import WorksheetAnswer


class TypeAnswer(WorksheetAnswer):
    """Answer to one dimension: question is "<dimension>.needed", "<dimension>.feasible" or "gate.<name>"."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organization", "question"], name="type_answer_once")
        ]


class TypeDecision(PartnershipOwned):
    """The type the partners chose, with reasons and dissent; a new decision supersedes it."""

    class Level(models.TextChoices):
        INFORM = "inform", _("Keep each other informed")
        ALIGN = "align", _("Align what we do")
        SHARE = "share", _("Share resources")
        CO_CREATE = "co-create", _("Create together")
        INTEGRATE = "integrate", _("Integrate")

    activity = models.CharField(_("for which activity"), max_length=160, blank=True)
    level = models.CharField(_("type"), max_length=10, choices=Level.choices)
    reasons = models.TextField(_("reasons"))
    dissent = models.TextField(_("who saw it differently, and why"), blank=True)
    recommended = models.CharField(max_length=10, blank=True, editable=False)
    decided_on = models.DateField(default=clock.today)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)

    class Meta:
        ordering = ["-decided_on", "-pk"]

    def __str__(self) -> str:
        return self.get_level_display()

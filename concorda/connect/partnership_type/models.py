"""What each organization says is needed and feasible, and the type that was decided."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, PartnershipOwned
from concorda.foundation.process.worksheet import WorksheetAnswer


class TypeAnswer(WorksheetAnswer):
    """Answer to one dimension: question is "<dimension>.needed", "<dimension>.feasible" or "gate.<name>".

    With an `activity` it says where that activity, or relationship, differs from the partnership as a whole.
    """

    activity = models.CharField(_("for which activity"), max_length=160, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organization", "activity", "question"], name="type_answer_once"
            ),
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
    called = models.CharField(_("what you call it"), max_length=60, blank=True)
    in_short = models.CharField(_("what it means for you, in a few words"), max_length=160, blank=True)
    reasons = models.TextField(_("reasons"))
    dissent = models.TextField(_("who saw it differently, and why"), blank=True)
    recommended = models.CharField(max_length=10, choices=Level.choices, blank=True, editable=False)
    decided_on = models.DateField(_("decided on"), default=clock.today)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", editable=False
    )

    class Meta:
        ordering = ["-decided_on", "-pk"]
        verbose_name, verbose_name_plural = _("decision on the type"), _("decisions on the type")

    def __str__(self) -> str:
        return self.get_level_display()

    @property
    def name(self) -> str:
        """The partners' own word for it, else the level's."""
        return self.called or self.get_level_display()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(_("A decision on the type is never changed; record a new one."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise Final(_("A decision on the type is never removed; record a new one."))

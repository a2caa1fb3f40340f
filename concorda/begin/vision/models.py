"""Vision, mission and values, in versions, adopted by a decision."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import OrganizationShared, PartnershipOwned
from concorda.foundation.process.models import Version


class Statement(PartnershipOwned):
    class Kind(models.TextChoices):
        VISION = "vision", _("Vision")
        MISSION = "mission", _("Mission")
        VALUE = "value", _("Value")
        GROUND_RULE = "ground_rule", _("Ground rule")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=2, default="en")
    adopted = models.ForeignKey("StatementVersion", models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("statement"), _("statements")

    def __str__(self) -> str:
        return self.get_kind_display()


class StatementVersion(Version):
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="versions", editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="statement_version_once")]


class Support(OrganizationShared):
    """How far one organization supports a version, from 1 (whole-hearted) to 8 (block)."""

    version = models.ForeignKey(StatementVersion, models.CASCADE, related_name="support", editable=False)
    step = models.PositiveSmallIntegerField(_("support"))
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "organization"], name="support_once")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.step}"

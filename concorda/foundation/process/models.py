"""What people say about an element as a whole, and texts in versions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.core.text import fingerprint
from concorda.foundation.partnerships.models import Final, PartnershipOwned


class Element(PartnershipOwned):
    """What was decided about one element: left out with a reason, agreed on a day, due for review."""

    tool = models.CharField(max_length=40)
    left_out_because = models.TextField(_("reason"), blank=True)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    agreed_by = models.CharField(_("agreed by"), max_length=250, blank=True)
    agreed_in = models.CharField(_("where it can be read"), max_length=250, blank=True)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "tool"], name="element_once")]

    def __str__(self) -> str:
        return self.tool


class EarlyEntry(PartnershipOwned):
    """A stage entered before the one before it was in place, with the reason (soft gates)."""

    stage = models.CharField(max_length=20)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "stage"], name="early_entry_once")]

    def __str__(self) -> str:
        return self.stage


class Version(PartnershipOwned):
    """One version of a text; written once. A subclass adds `document` (what it is a version of)."""

    number = models.PositiveIntegerField(editable=False)
    text = models.TextField(_("text"))
    note = models.CharField(_("what changed and why"), max_length=250, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        abstract = True
        ordering = ["-number"]

    def __str__(self) -> str:
        return _("Version %(number)s") % {"number": self.number}

    def content(self) -> Any:
        """What the digest covers; a subclass with more than a text adds it."""
        return {"text": self.text}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(_("A version is never changed; write a new one."))
        self.digest = fingerprint(self.content())
        super().save(*args, **kwargs)

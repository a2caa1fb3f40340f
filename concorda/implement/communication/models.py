"""Who hears what: audiences, announcements, and who was reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, PartnershipOwned
from concorda.implement.working_groups.models import Group


class Announcement(PartnershipOwned):
    class Audience(models.TextChoices):
        ALL = "all", _("Everyone in the partnership")
        REPRESENTATIVES = "representatives", _("Representatives")
        GROUP = "group", _("One working group")
        OBSERVERS = "observers", _("Everyone, observers too")

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("message"))
    audience = models.CharField(_("for"), max_length=16, choices=Audience.choices, default=Audience.ALL)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="announcements", verbose_name=_("group")
    )
    must_acknowledge = models.BooleanField(_("everyone has to confirm they read it"), default=False)
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name, verbose_name_plural = _("announcement"), _("announcements")

    def __str__(self) -> str:
        return self.title


class Delivery(PartnershipOwned):
    """One announcement for one person."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="deliveries")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="deliveries")
    sent_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "participant"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.announcement}: {self.participant}"

"""Who hears what: announcements and whom they reached, discussions, the communication plan, mail settings."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Participant, PartnershipOwned
from concorda.implement.working_groups.models import Group


class Announcement(PartnershipOwned):
    """A message to many. Once published it never changes; a correction is a new one that supersedes it."""

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
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by", editable=False, verbose_name=_("corrects")
    )
    published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name, verbose_name_plural = _("announcement"), _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience="group", group__isnull=False) | ~models.Q(audience="group"),
                name="announcement_for_group_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def published(self) -> bool:
        return self.published_at is not None

    @property
    def for_all(self) -> bool:
        """Whether everyone who takes part may read it, so that its title may stand anywhere."""
        return self.audience in {self.Audience.ALL, self.Audience.OBSERVERS}

    def refuse_published(self) -> None:
        stored = Announcement._base_manager.filter(pk=self.pk).exclude(published_at=None) if self.pk else None
        if stored and stored.exists():
            raise Final(_("What was published is not changed any more. Write a correction instead."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self.refuse_published()
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("communication:announcement", args=[self.partnership.slug, self.pk])


class Delivery(PartnershipOwned):
    """One announcement for one person: when it was there for them, mailed, opened, confirmed."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="deliveries")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="deliveries")
    sent_at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "participant"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.announcement}: {self.participant}"


class MailSetting(PartnershipOwned):
    """How much mail one participant wants from this partnership."""

    class Pace(models.TextChoices):
        EVERY = "every", _("Every announcement, at once")
        DIGEST = "digest", _("One letter a day, if there is anything")
        NONE = "none", _("None, except what I have to confirm")

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="mail_setting", editable=False)
    pace = models.CharField(_("letters to you"), max_length=8, choices=Pace.choices, default=Pace.EVERY)

    def __str__(self) -> str:
        return self.get_pace_display()


class Topic(PartnershipOwned):
    """A discussion of the whole partnership, or of one group and then only for its members."""

    title = models.CharField(_("what it is about"), max_length=200)
    text = models.TextField(_("your first message"))
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="discussions", verbose_name=_("group")
    )
    started_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-last_at"]
        verbose_name, verbose_name_plural = _("discussion"), _("discussions")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("communication:discussion", args=[self.partnership.slug, self.pk])


class Reply(PartnershipOwned):
    """One reply. It is not edited; its author can take it back, and that shows."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="replies")
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    text = models.TextField(_("your reply"))
    at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name, verbose_name_plural = _("reply"), _("replies")

    def __str__(self) -> str:
        return f"{self.author}, {self.at:%Y-%m-%d}"


class PlanItem(PartnershipOwned):
    """A line of the communication plan: who hears what, why, how and how often."""

    class Channel(models.TextChoices):
        ANNOUNCEMENT = "announcement", _("Announcement here")
        MEETING = "meeting", _("Meeting or visit")
        EMAIL = "email", _("E-mail or newsletter")
        WEB = "web", _("Web page or social media")
        PRINT = "print", _("Print")
        MEDIA = "media", _("Press, radio, television")
        OTHER = "other", pgettext_lazy("channel", "Another way")

    class Cadence(models.TextChoices):
        ONCE = "once", pgettext_lazy("how often", "Once")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every quarter")
        YEARLY = "yearly", _("Every year")

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")
        BOTH = "both", _("English and French")
        OTHER = "other", pgettext_lazy("language", "Others too")

    title = models.CharField(_("what"), max_length=160)
    audience = models.CharField(_("for whom"), max_length=160)
    purpose = models.CharField(_("why"), max_length=250, blank=True)
    message = models.TextField(_("main message"), blank=True)
    channel = models.CharField(_("how"), max_length=14, choices=Channel.choices, default=Channel.ANNOUNCEMENT)
    cadence = models.CharField(_("how often"), max_length=10, choices=Cadence.choices, default=Cadence.MONTHLY)
    language = models.CharField(_("language"), max_length=6, choices=Language.choices, default=Language.BOTH)
    owner = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who sees to it")
    )
    next_on = models.DateField(_("next on"), null=True, blank=True)
    last_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["next_on", "pk"]
        verbose_name, verbose_name_plural = _("line of the communication plan"), _("communication plan")

    def __str__(self) -> str:
        return self.title

    @property
    def late(self) -> bool:
        return self.next_on is not None and self.next_on < clock.today()

    def after(self, day: date) -> date | None:
        """The next date after one on `day`; None for what happens once."""
        if self.cadence == self.Cadence.WEEKLY:
            return day + timedelta(days=7)
        months = {self.Cadence.MONTHLY: 1, self.Cadence.QUARTERLY: 3, self.Cadence.YEARLY: 12}.get(self.cadence)
        return months_later(day, months) if months else None


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

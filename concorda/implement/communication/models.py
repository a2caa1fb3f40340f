"""Who hears what: announcements and whom they reached, discussions, the plan, people outside, documents, letters."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concorda.begin.governance.models import Decision
from concorda.foundation.accounts.models import LANGUAGES
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
        PUBLIC = "public", _("Everyone, and the public page")

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("message"))
    audience = models.CharField(_("for"), max_length=16, choices=Audience.choices, default=Audience.ALL)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="announcements", verbose_name=_("group")
    )
    must_acknowledge = models.BooleanField(_("everyone has to confirm they read it"), default=False)
    confirm_by = models.DateField(_("confirm by"), null=True, blank=True)
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
        return self.audience in FOR_ALL

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


FOR_ALL = frozenset({Announcement.Audience.ALL, Announcement.Audience.OBSERVERS, Announcement.Audience.PUBLIC})
OBSERVED = frozenset({Announcement.Audience.OBSERVERS, Announcement.Audience.PUBLIC})
"""Audiences that observers belong to."""


class Delivery(PartnershipOwned):
    """One announcement for one person: when it was there for them, mailed, opened, confirmed."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="deliveries")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="deliveries")
    sent_at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "participant"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.announcement}: {self.participant}"


class MailSetting(PartnershipOwned):
    """How much mail one participant wants from this partnership, and when."""

    class Pace(models.TextChoices):
        EVERY = "every", _("Each thing at once")
        DIGEST = "digest", _("One letter a day, if there is anything")
        WEEKLY = "weekly", _("One letter a week, on Monday")
        NONE = "none", _("None, except what I have to confirm")

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="mail_setting", editable=False)
    pace = models.CharField(_("letters to you"), max_length=8, choices=Pace.choices, default=Pace.EVERY)
    hour = models.PositiveSmallIntegerField(_("hour of the daily or weekly letter"), default=7)
    quiet_from = models.TimeField(_("no letters from"), null=True, blank=True, default=time(21))
    quiet_until = models.TimeField(_("until"), null=True, blank=True, default=time(7))
    last_letter_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hour__lt=24), name="mail_setting_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return self.get_pace_display()

    def is_quiet(self, now: datetime) -> bool:
        """Whether letters wait at this moment, in the person's own time."""
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None or start == end:
            return False
        local = now.time()
        return start <= local < end if start < end else local >= start or local < end

    def opens_at(self, now: datetime) -> datetime | None:
        """When the quiet hours end, or None outside them; `now` in the person's own time."""
        if not self.is_quiet(now) or self.quiet_until is None:
            return None
        day = now.date() if now.time() < self.quiet_until else now.date() + timedelta(days=1)
        return datetime.combine(day, self.quiet_until, tzinfo=now.tzinfo)


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


class Follow(PartnershipOwned):
    """Somebody who hears of new replies in a discussion, or wants to hear no more of them."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="followers")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="follows")
    muted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "participant"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.participant}"


class Reply(PartnershipOwned):
    """One reply. It is not edited; its author can take it back, and that shows."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="replies")
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    text = models.TextField(_("your reply"))
    at = models.DateTimeField(default=clock.now, editable=False)
    by_mail = models.BooleanField(default=False, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name, verbose_name_plural = _("reply"), _("replies")

    def __str__(self) -> str:
        return f"{self.author}, {self.at:%Y-%m-%d}"


class Notice(PartnershipOwned):
    """Something said in a discussion that one person is told of: the reply, or the first message without one."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="notices")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, related_name="notices")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="notices")
    mentioned = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "reply", "participant"], name="discussion_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.participant}"


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

    class Reach(models.TextChoices):
        NOBODY = "", _("Nobody by letter: somebody sees to it")
        ALL = "all", _("Everyone in the partnership")
        REPRESENTATIVES = "representatives", _("Representatives")
        GROUP = "group", _("One working group")
        OBSERVERS = "observers", _("Everyone, observers too")
        PUBLIC = "public", _("Everyone, and the public page")
        CONTACTS = "contacts", _("People outside, from the contacts")

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
    approver = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who approves it")
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    next_on = models.DateField(_("next on"), null=True, blank=True)
    last_on = models.DateField(null=True, editable=False)
    # Carried out by itself: to whom the worker sends the main message, and from which hour of the day on.
    reach = models.CharField(_("send it by itself to"), max_length=16, choices=Reach.choices, blank=True)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="planned_messages", verbose_name=_("group")
    )
    contact_kind = models.CharField(_("which people outside"), max_length=10, blank=True)
    hour = models.PositiveSmallIntegerField(_("from which hour"), default=9)
    news = models.BooleanField(_("add what happened since the last time"), default=False)
    must_acknowledge = models.BooleanField(_("everyone has to confirm they read it"), default=False)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+", editable=False)
    reminded_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["next_on", "pk"]
        verbose_name, verbose_name_plural = _("line of the communication plan"), _("communication plan")
        constraints = [
            models.UniqueConstraint(fields=["partnership", "decision"], name="plan_tells_a_decision_once"),
            models.CheckConstraint(condition=models.Q(hour__lt=24), name="plan_hour_of_a_day"),
            models.CheckConstraint(
                condition=~models.Q(reach="group") | models.Q(group__isnull=False), name="plan_for_group_names_it"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def late(self) -> bool:
        return self.next_on is not None and self.next_on < clock.today()

    @property
    def by_itself(self) -> bool:
        return bool(self.reach)

    @property
    def waits_for_approval(self) -> bool:
        return self.by_itself and self.approver_id is not None and self.approved_at is None

    @property
    def has_words(self) -> bool:
        return bool(self.message.strip()) or self.news

    def after(self, day: date) -> date | None:
        """The next date after one on `day`; None for what happens once."""
        if self.cadence == self.Cadence.WEEKLY:
            return day + timedelta(days=7)
        months = {self.Cadence.MONTHLY: 1, self.Cadence.QUARTERLY: 3, self.Cadence.YEARLY: 12}.get(self.cadence)
        return months_later(day, months) if months else None


class Dispatch(PartnershipOwned):
    """One time a line of the plan was carried out: when, by whom, and how many it went to."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="dispatches")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+")
    announcement = models.OneToOneField(Announcement, models.PROTECT, null=True, related_name="dispatch")
    people = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name, verbose_name_plural = _("message that went out"), _("messages that went out")

    def __str__(self) -> str:
        return f"{self.item}, {self.at:%Y-%m-%d}"


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# People


class Card(PartnershipOwned):
    """What one participant lets the others see of how to reach them. Without a card: the name alone."""

    class Shows(models.TextChoices):
        NAME = "name", _("My name and organization only")
        EMAIL = "email", _("My e-mail too")
        PHONE = "phone", _("My e-mail and telephone too")

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="card", editable=False)
    shows = models.CharField(_("what others see"), max_length=6, choices=Shows.choices, default=Shows.NAME)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    note = models.CharField(_("how to reach you best"), max_length=200, blank=True)
    agreed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("card"), _("cards")

    def __str__(self) -> str:
        return str(self.participant)


class Contact(PartnershipOwned):
    """Somebody outside the partnership who agreed to hear from it."""

    class Kind(models.TextChoices):
        BOARD = "board", _("Councils and boards")
        FUNDER = "funder", _("Funders")
        SERVICE = "service", _("Services and schools")
        EMPLOYER = "employer", _("Employers and landlords")
        PRESS = "press", _("Press")
        PUBLIC = "public", _("Residents")
        OTHER = "other", pgettext_lazy("people outside", "Others")

    name = models.CharField(_("name"), max_length=120)
    organization = models.CharField(_("organization"), max_length=160, blank=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    kind = models.CharField(_("who they are to us"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES, default="en-ca")
    note = models.CharField(_("note"), max_length=250, blank=True)
    consent_on = models.DateField(_("agreed to hear from us on"), null=True, blank=True)
    consent_how = models.CharField(_("how they agreed"), max_length=160, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name, verbose_name_plural = _("contact"), _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "email"], condition=~models.Q(email=""), name="contact_address_once"
            ),
            models.CheckConstraint(
                condition=models.Q(consent_on=None) | ~models.Q(consent_how=""), name="contact_consent_says_how"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def agreed(self) -> bool:
        return self.consent_on is not None


# Documents


class Document(PartnershipOwned):
    """One document on the shelf, in versions; of the whole partnership, or of one group and then for its members."""

    title = models.CharField(_("title"), max_length=200)
    about = models.CharField(_("what it is"), max_length=250, blank=True)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("group")
    )
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, editable=False, related_name="documents")
    for_observers = models.BooleanField(_("observers may read it too"), default=False)
    added_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name, verbose_name_plural = _("document"), _("documents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(group=None) | models.Q(for_observers=False),
                name="document_of_group_not_for_observers",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("communication:document", args=[self.partnership.slug, self.pk])


class DocumentVersion(PartnershipOwned):
    """One version of a document; it never changes."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.FileField(upload_to="documents/%Y/%m")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    note = models.CharField(_("what changed"), max_length=250, blank=True)
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-number"]
        verbose_name, verbose_name_plural = _("version of a document"), _("versions of documents")
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(_("A version of a document is never changed. Add a new one."))
        super().save(*args, **kwargs)


# The public page


class PublicPage(PartnershipOwned):
    """What the partnership shows everybody, if it wants to: a page, and a feed of what it announces to the public."""

    open = models.BooleanField(_("anybody may read this page"), default=False)
    text = models.TextField(_("who we are"), blank=True)
    contact = models.EmailField(_("address people may write to"), blank=True)
    names_partners = models.BooleanField(_("name the partner organizations"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("public page"), _("public pages")
        constraints = [models.UniqueConstraint(fields=["partnership"], name="public_page_once")]

    def __str__(self) -> str:
        return str(self.partnership)

"""Who should be here, who is asked, by which letter, and what they answered."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concorda.connect.motivation.models import Need
from concorda.foundation.accounts.models import LANGUAGES
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization, Term
from concorda.foundation.partnerships.models import Final, Participant, Partner, PartnershipOwned


class Invitation(PartnershipOwned):
    """A letter to one person of a candidate organization; its link answers without an account."""

    class Status(models.TextChoices):
        SENT = "sent", _("Sent")
        OPENED = "opened", _("Opened")
        LATER = "later", _("Asked for time")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    WAITING = (Status.SENT, Status.OPENED, Status.LATER)
    ANSWERED = (Status.ACCEPTED, Status.DECLINED)

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="invitations", editable=False)
    name = models.CharField(_("their name"), max_length=120)
    email = models.EmailField(_("their e-mail"))
    language = models.CharField(_("language of the letter"), max_length=8, choices=LANGUAGES, default="en-ca")
    message = models.TextField(_("your message"), blank=True)
    needs = models.ManyToManyField(
        Need, through="Shown", blank=True, related_name="+", verbose_name=_("needs they may read before answering")
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SENT, editable=False)
    reply = models.TextField(_("reply"), blank=True, editable=False)
    replied_by = models.CharField(_("who answered"), max_length=120, blank=True, editable=False)
    sent_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    sent_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")

    def __str__(self) -> str:
        return f"{self.name}, {self.partner}"

    def get_absolute_url(self) -> str:
        return reverse("participation:partner", args=[self.partnership.slug, self.partner_id])

    @property
    def expired(self) -> bool:
        return self.expires_at <= clock.now()

    @property
    def waits(self) -> bool:
        """Can it still be answered?"""
        return self.status in self.WAITING and not self.expired


class Shown(PartnershipOwned):
    """A need that the reader of a letter may read before answering."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="+")
    need = models.ForeignKey(Need, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitation", "need"], name="shown_once")]

    def __str__(self) -> str:
        return str(self.need)


class Link(PartnershipOwned):
    """The secret address of one letter of an invitation. The address itself is only in the letter."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True)
    replaced = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.invitation)


class Request(PartnershipOwned):
    """An organization asked by itself to join; noted by somebody who takes part."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="requests")
    name = models.CharField(_("who asked"), max_length=120)
    email = models.EmailField(_("their e-mail"), blank=True)
    words = models.TextField(_("in their words"), blank=True)
    asked_on = models.DateField(_("when"), default=clock.today)

    class Meta:
        ordering = ["-asked_on", "-pk"]
        verbose_name, verbose_name_plural = _("request to join"), _("requests to join")

    def __str__(self) -> str:
        return f"{self.partner}, {self.name}"


class Stake(PartnershipOwned):
    """How much an organization is interested and how much it can influence, as those who steer see it."""

    class Much(models.IntegerChoices):
        LITTLE = 1, pgettext_lazy("interest or influence", "Little")
        SOME = 2, pgettext_lazy("interest or influence", "Some")
        MUCH = 3, pgettext_lazy("interest or influence", "Much")

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="stake", editable=False)
    interest = models.PositiveSmallIntegerField(_("interest"), choices=Much.choices, default=Much.SOME)
    influence = models.PositiveSmallIntegerField(_("influence"), choices=Much.choices, default=Much.SOME)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(interest__range=(1, 3)), name="stake_interest_1_to_3"),
            models.CheckConstraint(condition=models.Q(influence__range=(1, 3)), name="stake_influence_1_to_3"),
        ]

    def __str__(self) -> str:
        return str(self.partner)


class Voice(PartnershipOwned):
    """A voice the partnership cannot do without: a sector, a population, or people with lived experience."""

    class Kind(models.TextChoices):
        SECTOR = "sector", _("A sector")
        POPULATION = "population", _("People served")
        LIVED = "lived", _("Lived experience")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SECTOR)
    name = models.CharField(_("whose voice"), max_length=160)
    because = models.TextField(_("why it is needed"), blank=True)
    sector = models.CharField(
        _("heard through any organization of this kind"), max_length=20, choices=Organization.Kind.choices, blank=True
    )
    population = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("heard through any organization that serves"),
    )
    carried_by = models.ForeignKey(
        Partner,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("or heard through this partner"),
    )

    class Meta:
        ordering = ["kind", "name"]
        verbose_name, verbose_name_plural = _("voice"), _("voices")

    def __str__(self) -> str:
        return self.name


class Check(PartnershipOwned):
    """One question of due diligence about a candidate or partner; only those who steer ever see it."""

    class Question(models.TextChoices):
        EXISTS = "exists", _("Is it registered, and are its filings up to date?")
        MANDATE = "mandate", _("Does its mandate allow this work?")
        CONFLICT = "conflict", _("Is anybody’s interest in conflict with the partnership’s?")
        STANDING = "standing", _("What do people who worked with it say?")
        SAFETY = "safety", _("Does it keep the people it serves, and their data, safe?")
        MONEY = "money", _("Can it carry what it would take on, in money and people?")

    class Finding(models.TextChoices):
        OPEN = "open", _("Not looked at yet")
        FINE = "fine", _("Nothing speaks against it")
        CONCERN = "concern", _("There is a concern")

    class Risk(models.TextChoices):
        NONE = "", _("No flag")
        OPEN = "open", pgettext_lazy("risk", "Open")
        ESCALATED = "escalated", pgettext_lazy("risk", "Escalated")
        RESOLVED = "resolved", pgettext_lazy("risk", "Resolved")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="checks", editable=False)
    question = models.CharField(max_length=10, choices=Question.choices, editable=False)
    finding = models.CharField(_("finding"), max_length=8, choices=Finding.choices, default=Finding.OPEN)
    evidence = models.TextField(_("how we know"), blank=True)
    risk = models.CharField(_("risk"), max_length=10, choices=Risk.choices, default=Risk.NONE, blank=True)
    look_again_on = models.DateField(_("look again on"), null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["partner", "pk"]
        constraints = [models.UniqueConstraint(fields=["partner", "question"], name="check_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_question_display()}"

    @property
    def flagged(self) -> bool:
        return self.risk in (self.Risk.OPEN, self.Risk.ESCALATED)


class Look(PartnershipOwned):
    """What was found when somebody looked into one question; written once, so that a flag keeps its history."""

    subject = models.ForeignKey(Check, models.CASCADE, related_name="looks", editable=False)
    finding = models.CharField(_("finding"), max_length=8, choices=Check.Finding.choices)
    evidence = models.TextField(_("how we know"), blank=True)
    risk = models.CharField(_("risk"), max_length=10, choices=Check.Risk.choices, blank=True)
    look_again_on = models.DateField(_("look again on"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject}, {self.at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(_("What was found is never changed; look again instead."))
        super().save(*args, **kwargs)


class SavedSearch(PartnershipOwned):
    """A search for partners that somebody wants to run again."""

    owner = models.ForeignKey(Participant, models.CASCADE, related_name="+", editable=False)
    name = models.CharField(_("name of the search"), max_length=100)
    asked: Any = models.JSONField(default=dict, editable=False)
    saved_at = models.DateTimeField(default=clock.now, editable=False)
    notify = models.BooleanField(_("write to me when something changes"), default=True, editable=False)
    # Slug of each organization found so far → how it matched then; None before the first look.
    seen: Any = models.JSONField(null=True, editable=False)
    looked_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name, verbose_name_plural = _("saved search"), _("saved searches")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_search_once")]

    def __str__(self) -> str:
        return self.name


class Call(PartnershipOwned):
    """A public call for partners; without a deadline it stays open to proposals that nobody asked for."""

    title = models.CharField(_("what we look for, in a line"), max_length=160)
    purpose = models.TextField(_("what for, and what a partner would do and get"))
    deadline = models.DateField(_("last day to apply"), null=True, blank=True)
    opened_on = models.DateField(null=True, editable=False)
    closed_on = models.DateField(null=True, editable=False)
    cancelled_on = models.DateField(null=True, editable=False)
    cancelled_because = models.TextField(_("why it is cancelled"), blank=True, editable=False)
    reviewers = models.ManyToManyField(
        Participant, through="Reviewer", blank=True, related_name="+", verbose_name=_("who reviews the applications")
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("call for partners"), _("calls for partners")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("participation:call", args=[self.partnership.slug, self.pk])

    @property
    def takes(self) -> bool:
        """Does it take questions and applications today?"""
        in_time = self.deadline is None or clock.today() <= self.deadline
        return bool(self.opened_on and not self.closed_on and not self.cancelled_on and in_time)

    @property
    def ended(self) -> bool:
        """Is it over, by closing or by being cancelled?"""
        return bool(self.closed_on or self.cancelled_on)


class Reviewer(PartnershipOwned):
    """Somebody who reviews the applications to a call."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "participant"], name="reviewer_once")]

    def __str__(self) -> str:
        return str(self.participant)


class Criterion(PartnershipOwned):
    """What applications are weighed by."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    name = models.CharField(max_length=160)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Inquiry(PartnershipOwned):
    """A question about a call; with its answer it stands on the public page, without the name of who asked."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="inquiries", editable=False)
    email = models.EmailField(_("your e-mail, for the answer"))
    question = models.TextField(_("your question"), max_length=1000)
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en-ca", editable=False)
    answer = models.TextField(_("our answer"), blank=True)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.question[:60]


class Application(PartnershipOwned):
    """What an organization offers in answer to a call; those who steer and its reviewers read it, nobody else."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("application", "Accepted")
        DECLINED = "declined", pgettext_lazy("application", "Declined")

    call = models.ForeignKey(Call, models.CASCADE, related_name="applications", editable=False)
    organization = models.CharField(_("your organization"), max_length=250)
    name = models.CharField(_("your name"), max_length=120)
    email = models.EmailField(_("your e-mail"))
    text = models.TextField(_("what you would bring, and why you"), max_length=8000)
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en-ca", editable=False)
    received_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    reason = models.TextField(_("what we tell them"), blank=True)
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["received_at", "pk"]

    def __str__(self) -> str:
        return self.organization


class Mark(PartnershipOwned):
    """What one reviewer gives one application on one criterion, 0 to 4; the others read it once the call is closed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="+")
    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="marks")
    points = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion", "reviewer"], name="mark_once"),
            models.CheckConstraint(condition=models.Q(points__lte=4), name="mark_0_to_4"),
        ]

    def __str__(self) -> str:
        return str(self.points)

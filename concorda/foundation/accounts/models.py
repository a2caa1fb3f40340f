"""A person who signs in; letters on their way out, who wants none, and what became of mail that came in."""

import zoneinfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock

LANGUAGES = [("en-ca", "English"), ("fr-ca", "Français")]


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone we know. Example: America/Toronto."), params={"name": name}
        )


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **facts: object) -> "Person":
        person = self.model(email=email.strip().lower(), **facts)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **facts: object) -> "Person":
        return self.create_user(email, password, is_superuser=True, **facts)

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email__iexact=email)


class Person(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGES, default="en-ca")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    scheme = models.CharField(
        _("light or dark"),
        max_length=8,
        blank=True,
        choices=[("", _("As my device")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_steward = models.BooleanField(_("network steward"), default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_any_case")]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.replace("-", " ").split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Letter(models.Model):
    """A mail on its way out: stored with the change that caused it, posted by the worker.

    Without a mail server it stays here and is shown on the outbox page.
    """

    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    attachments = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=20, blank=True)
    place = models.CharField(max_length=80, blank=True)
    message_id = models.CharField(max_length=200, blank=True, db_index=True)
    # The whole message as it is posted, and whom to; emptied once it is posted, like the body.
    parcel = models.BinaryField(null=True)
    recipients = models.JSONField(default=list)
    due_at = models.DateTimeField(default=clock.now)
    posted_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="letter_waiting",
                condition=models.Q(parcel__isnull=False, posted_at=None, given_up_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


class Silence(models.Model):
    """Letters of one kind that an address wants no more, from one partnership or from everywhere (no `place`)."""

    address = models.EmailField()
    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("address"), "kind", "place", name="silence_once")]

    def __str__(self) -> str:
        return f"{self.address}: {self.kind}"


class DeadAddress(models.Model):
    """An address whose mail server refuses our letters; nothing but what its owner asks for is sent there."""

    address = models.EmailField()
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("address"), name="dead_address_once")]

    def __str__(self) -> str:
        return self.address


class Received(models.Model):
    """What became of one mail that came in. Its words are kept nowhere but where they went."""

    class Outcome(models.TextChoices):
        POSTED = "posted", _("Put into the discussion")
        CALENDAR = "calendar", _("Answer to a meeting invitation")
        BOUNCE = "bounce", _("Report of a letter that did not arrive")
        AUTOMATIC = "automatic", _("Automatic answer, left alone")
        STRANGER = "stranger", _("From an address we did not write to")
        REFUSED = "refused", _("Refused; the sender was told why")
        UNKNOWN = "unknown", _("No answer to any of our letters")
        TROUBLE = "trouble", _("Could not be read")

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=clock.now)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    detail = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.sender}: {self.get_outcome_display()}"

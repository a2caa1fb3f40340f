"""Tokens of programs, answers kept for repeated requests, and the addresses that are told what happens."""

import secrets
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Entry, Partnership, PartnershipOwned

PREFIX = "concorda_"
"""Every token begins with this, so that programs that look for leaked secrets recognize one."""


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


class ApiToken(models.Model):
    """What a program signs in with: acts for one person, within what that person may do. Only its hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", editable=False)
    name = models.CharField(_("what it is for"), max_length=80)
    scope = models.CharField(_("what it may do"), max_length=8, choices=Scope.choices, default=Scope.READ)
    partnership = models.ForeignKey(
        Partnership,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in which partnership"),
    )
    expires_on = models.DateField(_("works until"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=8, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def works(self) -> bool:
        return self.revoked_at is None and self.expires_on >= clock.today()

    @property
    def writes(self) -> bool:
        return self.scope == self.Scope.WRITE

    def seal(self) -> str:
        """Give it a secret, keep the hash, and return the secret, which is shown once."""
        secret = PREFIX + secrets.token_urlsafe(32)
        self.digest, self.hint = digest_of(secret), secret[-4:]
        return secret


class KeptAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered, for when the same request arrives again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token = models.ForeignKey(ApiToken, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers: Any = models.JSONField(default=dict)
    body: Any = models.JSONField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="kept_answer_of_token_once"),
            models.UniqueConstraint(
                fields=["person", "key"], condition=models.Q(token=None), name="kept_answer_of_person_once"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Hook(PartnershipOwned):
    """An address outside that is told what happens here, as far as the person who set it up may read it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False)
    url = models.URLField(_("address"), max_length=500)
    kinds: Any = models.JSONField(_("what it is told"), default=list, blank=True)
    secret = models.CharField(max_length=64, editable=False)
    seen = models.PositiveIntegerField(default=0, editable=False)
    """The number of the last line of the timeline that was looked at for it."""
    stopped_because = models.CharField(max_length=250, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("webhook"), _("webhooks")

    def __str__(self) -> str:
        return self.url


class HookDelivery(PartnershipOwned):
    """One line of the timeline on its way to one address: tried again, later and later, until it arrives."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries")
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    tried_at = models.DateTimeField(null=True)
    answered = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["status", "next_at"])]
        constraints = [models.UniqueConstraint(fields=["hook", "entry"], name="hook_delivery_once")]

    def __str__(self) -> str:
        return f"{self.hook_id}/{self.pk}"

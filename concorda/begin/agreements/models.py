"""Agreements: clauses, versions, signatures, and the obligations that follow."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partner, PartnershipOwned
from concorda.foundation.process.models import Version


class Agreement(PartnershipOwned):
    class Instrument(models.TextChoices):
        INTENT = "intent", _("Letter of intent")
        TERMS = "terms", _("Terms of reference")
        MEMORANDUM = "memorandum", _("Memorandum of understanding")
        CONTRIBUTION = "contribution", _("Contribution agreement")
        DATA = "data", _("Data-sharing agreement")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNING = "signing", _("Out for signature")
        IN_FORCE = "in_force", _("In force")
        LAPSED = "lapsed", _("Lapsed")
        ENDED = "ended", _("Ended")

    title = models.CharField(_("title"), max_length=200)
    instrument = models.CharField(
        _("instrument"), max_length=14, choices=Instrument.choices, default=Instrument.MEMORANDUM
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    expires_on = models.DateField(_("ends on"), null=True, blank=True)
    in_force_since = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("agreement"), _("agreements")

    def __str__(self) -> str:
        return self.title


class Clause(PartnershipOwned):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        DISCUSSED = "discussed", _("Under discussion")
        AGREED = "agreed", _("Agreed")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="clauses", editable=False)
    key = models.CharField(max_length=40, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    heading = models.CharField(_("heading"), max_length=160)
    text = models.TextField(_("text"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name, verbose_name_plural = _("clause"), _("clauses")

    def __str__(self) -> str:
        return self.heading


class AgreementVersion(Version):
    """What is signed: the clauses as they stood, frozen."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="versions", editable=False)
    contents = models.JSONField(default=list, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once")]


class Signature(PartnershipOwned):
    """One organization's signature on one version."""

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="signatures", editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="signatures", editable=False)
    signatory = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    typed_name = models.CharField(_("your name, as you sign"), max_length=120)
    digest = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["version", "partner"], name="signature_once_a_partner")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.typed_name}"


class Obligation(PartnershipOwned):
    """What a partner promised in an agreement."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="obligations")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="obligations", verbose_name=_("who"))
    what = models.CharField(_("what"), max_length=250)
    due = models.DateField(_("due"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=250, blank=True)

    class Meta:
        ordering = ["due", "pk"]
        verbose_name, verbose_name_plural = _("obligation"), _("obligations")

    def __str__(self) -> str:
        return self.what

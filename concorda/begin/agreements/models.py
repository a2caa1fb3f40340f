"""Agreements: clauses and what is said about them, versions, signatures, and the obligations that follow."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concorda.connect.capacity.models import Kind, say_amount
from concorda.foundation.core import clock
from concorda.foundation.core.text import fingerprint
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import (
    Final,
    OrganizationShared,
    Participant,
    Partner,
    PartnershipOwned,
)
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

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")

    title = models.CharField(_("title"), max_length=200)
    instrument = models.CharField(
        _("instrument"), max_length=14, choices=Instrument.choices, default=Instrument.MEMORANDUM
    )
    language = models.CharField(_("language of its text"), max_length=2, choices=Language.choices, default="en")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    expires_on = models.DateField(_("ends on"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice to leave"), default=90)
    in_force_since = models.DateField(null=True, editable=False)
    in_force_version = models.ForeignKey(
        "AgreementVersion", models.PROTECT, null=True, editable=False, related_name="+"
    )
    on_paper = models.BooleanField(default=False, editable=False)
    renews = models.ForeignKey("self", models.SET_NULL, null=True, editable=False, related_name="renewals")
    alerted_at = models.PositiveSmallIntegerField(null=True, editable=False)
    reconfirm_every = models.PositiveSmallIntegerField(_("months between confirmations"), default=0, editable=False)
    # What the partners knew when they last stood by it: partners, purpose and rule, in words.
    basis = models.JSONField(default=dict, editable=False)
    ended_because = models.CharField(max_length=250, blank=True, editable=False)
    reminded_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("agreement"), _("agreements")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("agreements:agreement", args=[self.partnership.slug, self.pk])

    @property
    def lapsed(self) -> bool:
        """An agreement past its last day holds no longer, whether or not anybody said so."""
        over = self.expires_on is not None and self.expires_on < clock.today()
        return self.status == self.Status.LAPSED or (self.status == self.Status.IN_FORCE and over)

    @property
    def holds(self) -> bool:
        """In force today."""
        begun = self.in_force_since is not None and self.in_force_since <= clock.today()
        return self.status == self.Status.IN_FORCE and begun and not self.lapsed

    @property
    def state_label(self) -> str:
        return str(self.Status.LAPSED.label if self.lapsed else self.get_status_display())


class Clause(PartnershipOwned):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        DISCUSSED = "discussed", _("Under discussion")
        AGREED = "agreed", _("Agreed")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="clauses", editable=False)
    key = models.CharField(max_length=40, editable=False, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    heading = models.CharField(_("heading"), max_length=160)
    text = models.TextField(_("text"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name, verbose_name_plural = _("clause"), _("clauses")

    def __str__(self) -> str:
        return self.heading


class ClauseComment(PartnershipOwned):
    """What one organization asks for in a clause, with the wording it suggests, and what became of it."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        TAKEN = "taken", _("Taken up")
        ASIDE = "aside", _("Not taken up")

    clause = models.ForeignKey(Clause, models.CASCADE, related_name="comments", editable=False)
    author = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", editable=False)
    text = models.TextField(_("what you ask for, and why"))
    suggestion = models.TextField(_("the wording you suggest"), blank=True)
    at = models.DateTimeField(default=clock.now, editable=False)
    outcome = models.CharField(_("what became of it"), max_length=6, choices=Outcome.choices, default=Outcome.OPEN)
    answer = models.CharField(_("why"), max_length=250, blank=True)
    settled_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("comment"), _("comments")

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:80]}"


class AgreementVersion(Version):
    """What is signed: title, parties, dates and clauses as they stood, frozen under one hash."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="versions", editable=False)
    contents = models.JSONField(default=dict, editable=False)
    # Partners and clauses that `contents` names by the numbers of another installation, as they are called here.
    numbers = models.JSONField(default=dict, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    voided_because = models.CharField(max_length=250, blank=True, editable=False)

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once")]
        indexes = [models.Index(fields=["digest"])]

    def content(self) -> Any:
        return {"number": self.number, "text": self.text, "contents": self.contents}

    @property
    def intact(self) -> bool:
        """Whether what is stored is, letter for letter, what the hash was made of."""
        return self.digest == fingerprint(self.content())

    @property
    def parties(self) -> list[dict[str, Any]]:
        """The organizations that have to sign, each with `partner` (key), `name` and, if not the first, its `step`."""
        return self.named("parties", "partner")

    @property
    def clauses(self) -> list[dict[str, Any]]:
        """Its clauses in order, each with `clause` (key), `number`, `heading` and `text`."""
        return self.named("clauses", "clause")

    @property
    def as_here(self) -> dict[str, Any]:
        """What was frozen, with the keys its rows have here, to compare with what would be frozen now."""
        return self.contents | {"parties": self.parties, "clauses": self.clauses} if self.numbers else self.contents

    def named(self, part: str, kind: str) -> list[dict[str, Any]]:
        """A part of what was frozen, with the keys its rows have here; the frozen words themselves never change."""
        here, rows = self.numbers.get(kind, {}), self.contents.get(part, [])
        return [one | {kind: here.get(str(one[kind]), one[kind])} for one in rows] if here else rows

    def whose_turn(self, signed: Collection[int]) -> set[int]:
        """The partners (keys) who may sign now: of those who have not signed, the ones on the lowest step."""
        missing = {one["partner"]: one.get("step", 1) for one in self.parties if one["partner"] not in signed}
        return {partner for partner, step in missing.items() if step == min(missing.values())}

    @property
    def steps(self) -> list[dict[str, int]]:
        """Who signs when: partner (key) and step, 1 first."""
        return [{"partner": one["partner"], "step": one.get("step", 1)} for one in self.parties]

    @property
    def next_to_sign(self) -> list[int]:
        """The partners (keys) whose turn it is; nobody once all have signed, or it was withdrawn."""
        signed = [] if self.voided_at else [one.partner_id for one in self.signatures.all()]
        waits = self.voided_at is None and "paper" not in self.contents
        return sorted(self.whose_turn(signed)) if waits and len(signed) < len(self.parties) else []

    @property
    def starts(self) -> date | None:
        return day_of(self.contents.get("effective_on"))

    @property
    def ends(self) -> date | None:
        return day_of(self.contents.get("expires_on"))

    @property
    def groups(self) -> str:
        """The hash in groups of four, as it is read aloud."""
        return in_groups(self.digest)


def day_of(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def in_groups(digest: str) -> str:
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4)).upper()


class Signature(PartnershipOwned):
    """One organization's signature on one version; written once."""

    class Means(models.TextChoices):
        PASSWORD = "password", _("entered the password again")
        SIGN_IN = "sign_in", _("had signed in less than ten minutes before")

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="signatures", editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="signatures", editable=False)
    signatory = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    typed_name = models.CharField(_("your name, as you sign"), max_length=120)
    title = models.CharField(max_length=120, blank=True, editable=False)
    means = models.CharField(max_length=10, choices=Means.choices, default=Means.PASSWORD, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["version", "partner"], name="signature_once_a_partner")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.typed_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(gettext("A signature is never changed."))
        super().save(*args, **kwargs)


class Reply(PartnershipOwned):
    """What an organization says instead of signing, for now: no, with the reason, or later, with a day."""

    class Kind(models.TextChoices):
        DECLINED = "declined", _("We cannot sign this version")
        LATER = "later", _("We need more time")

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="replies", editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", editable=False)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(_("answer"), max_length=10, choices=Kind.choices, default=Kind.DECLINED)
    reason = models.CharField(_("reason"), max_length=250)
    clause = models.ForeignKey(
        Clause, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("clause it is about")
    )
    expected_on = models.DateField(_("we expect to sign on"), null=True, blank=True)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("answer"), _("answers")

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_kind_display()}"


class Withdrawal(PartnershipOwned):
    """An organization leaves an agreement in force, with the notice it promised."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="withdrawals", editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", editable=False)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    reason = models.TextField(_("reason"))
    given_on = models.DateField(default=clock.today, editable=False)
    ends_on = models.DateField(editable=False)
    noted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "partner"], name="withdrawal_once")]

    @property
    def over(self) -> bool:
        """Whether the last day of notice has passed; from then on the organization is no party any more."""
        return self.ends_on < clock.today()

    def __str__(self) -> str:
        return f"{self.partner}: {self.ends_on}"


class PaperCopy(PartnershipOwned):
    """The file of an agreement that was signed elsewhere, on paper."""

    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="paper", editable=False)
    file = models.FileField(upload_to="agreements")
    size = models.PositiveIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    signed_on = models.DateField(_("signed on"))

    def __str__(self) -> str:
        return str(self.agreement)


class SealedCopy(PartnershipOwned):
    """The PDF of a version that everyone signed, under the seal of the installation; made once, kept as it is."""

    version = models.OneToOneField(AgreementVersion, models.PROTECT, related_name="sealed", editable=False)
    file = models.FileField(upload_to="agreements/sealed")
    size = models.PositiveIntegerField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return str(self.version)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(gettext("A sealed copy is never changed."))
        super().save(*args, **kwargs)


class Obligation(PartnershipOwned):
    """What a partner promised in an agreement."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="obligations", verbose_name=_("promised in"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="obligations", verbose_name=_("who"))
    owner = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person who sees to it")
    )
    what = models.CharField(_("what"), max_length=250)
    clause = models.ForeignKey(
        Clause,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="obligations",
        verbose_name=_("clause it follows from"),
    )
    due = models.DateField(_("due"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=250, blank=True)

    class Meta:
        ordering = ["due", "pk"]
        verbose_name, verbose_name_plural = _("obligation"), _("obligations")

    def __str__(self) -> str:
        return self.what

    @property
    def overdue(self) -> bool:
        return self.delivered_on is None and self.due is not None and self.due < clock.today()


# What is given


class Contribution(PartnershipOwned):
    """What a partner promised to give: money, time, or things; by when, and what a unit of it is worth."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="contributions", verbose_name=_("who gives"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TIME)
    what = models.CharField(_("what"), max_length=200)
    amount = models.DecimalField(_("amount promised"), max_digits=12, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    worth = models.DecimalField(_("dollars a unit is worth"), max_digits=10, decimal_places=2, null=True, blank=True)
    begins_on = models.DateField(_("given from"), null=True, blank=True)
    due = models.DateField(_("given by"), null=True, blank=True)
    agreement = models.ForeignKey(
        Agreement, models.SET_NULL, null=True, blank=True, related_name="contributions", verbose_name=_("promised in")
    )
    clause = models.ForeignKey(
        Clause, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("clause it follows from")
    )

    class Meta:
        ordering = ["partner__organization__name", "pk"]
        verbose_name, verbose_name_plural = _("contribution"), _("contributions")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="contribution_above_zero"),
            models.CheckConstraint(
                condition=models.Q(worth=None) | models.Q(worth__gt=0), name="contribution_worth_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def rate(self) -> Fraction | None:
        """Dollars a unit is worth; money is worth itself."""
        if self.kind == Kind.MONEY:
            return Fraction(1)
        return Fraction(self.worth) if self.worth is not None else None

    @property
    def part_due(self) -> Fraction:
        """The part that should have been given by today: all on its day, or evenly from first day to last."""
        today = clock.today()
        if self.due is None:
            return Fraction(0)
        if self.begins_on is None or self.begins_on >= self.due or today >= self.due:
            return Fraction(int(today >= self.due))
        return max(Fraction((today - self.begins_on).days, (self.due - self.begins_on).days), Fraction(0))

    @property
    def given(self) -> Decimal:
        return sum((one.amount for one in self.deliveries.all()), Decimal(0))

    def says(self, amount: Decimal) -> str:
        return say_amount(amount, str(_("dollars")) if self.kind == Kind.MONEY and not self.unit else self.unit, "")

    @property
    def promised_says(self) -> str:
        return self.says(self.amount)

    @property
    def given_says(self) -> str:
        return self.says(self.given)


class Delivery(PartnershipOwned):
    """A part of a contribution that was given, and what shows it."""

    contribution = models.ForeignKey(
        Contribution, models.CASCADE, related_name="deliveries", verbose_name=_("contribution")
    )
    on = models.DateField(_("given on"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    evidence = models.CharField(_("what shows it"), max_length=250)

    class Meta:
        ordering = ["on", "pk"]
        verbose_name, verbose_name_plural = _("part given"), _("parts given")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="delivery_above_zero")]

    def __str__(self) -> str:
        return f"{self.contribution}: {self.contribution.says(self.amount)}"


class Gain(OrganizationShared):
    """What being a partner brings one organization, and what it costs it, by its own judgement."""

    class Size(models.IntegerChoices):
        NONE = 0, _("0: nothing")
        LITTLE = 1, _("1: a little")
        SOME = 2, _("2: some")
        MUCH = 3, _("3: much")
        VERY = 4, _("4: very much")

    benefit = models.PositiveSmallIntegerField(_("what it brings us"), choices=Size.choices)
    drawback = models.PositiveSmallIntegerField(_("what it costs us"), choices=Size.choices)
    text = models.TextField(_("in words"), blank=True)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("gain"), _("gains")
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organization"], name="gain_once"),
            models.CheckConstraint(
                condition=models.Q(benefit__lte=4) & models.Q(drawback__lte=4), name="gain_zero_to_four"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.benefit} − {self.drawback}"


# Standing by it


class Round(PartnershipOwned):
    """The partners are asked whether they still stand by an agreement: it is time, or something changed."""

    class Cause(models.TextChoices):
        TIME = "time", _("It is time to look at it again")
        CHANGE = "change", _("Something it rests on has changed")
        ASKED = "asked", _("A coordinator asks")

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        UPHELD = "upheld", _("The partners stand by it")
        DOUBTED = "doubted", _("Not all stand by it")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="rounds", editable=False)
    cause = models.CharField(max_length=6, choices=Cause.choices, editable=False)
    because = models.TextField(blank=True, editable=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    due = models.DateField(editable=False)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("round of confirmation"), _("rounds of confirmation")
        constraints = [
            models.UniqueConstraint(fields=["agreement"], condition=models.Q(outcome="open"), name="round_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.get_cause_display()}"


class Confirmation(PartnershipOwned):
    """One organization's answer in a round; while the round is open it may be given anew."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="confirmations", editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", editable=False)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    stands = models.BooleanField(_("do you stand by it?"))
    reason = models.CharField(_("what would have to change"), max_length=250, blank=True)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "partner"], name="confirmation_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.round}"

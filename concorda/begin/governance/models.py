"""Bodies, seats, rules, and decisions taken under a rule."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partner, PartnershipOwned


class Body(PartnershipOwned):
    """A group of seats that decides or advises."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("Council or steering table")
        EXECUTIVE = "executive", _("Executive")
        WORKING = "working", _("Working group")
        ADVISORY = "advisory", _("Advisory group")
        SECRETARIAT = "secretariat", _("Secretariat")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.COUNCIL)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("reports to")
    )
    purpose = models.TextField(_("purpose"), blank=True)
    meets = models.CharField(_("how often it meets"), max_length=80, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("body"), _("bodies")

    def __str__(self) -> str:
        return self.name


class Seat(PartnershipOwned):
    """A seat belongs to an organization, which names holder and alternate."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="seats")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="seats")
    holder = models.ForeignKey(Participant, models.PROTECT, null=True, blank=True, related_name="seats")
    alternate = models.ForeignKey(Participant, models.PROTECT, null=True, blank=True, related_name="alternate_seats")
    role = models.CharField(_("role"), max_length=80, blank=True)
    weight = models.PositiveSmallIntegerField(_("votes"), default=1)
    term_ends = models.DateField(_("term ends"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["body", "partner"], name="seat_once_a_body")]
        verbose_name, verbose_name_plural = _("seat"), _("seats")

    def __str__(self) -> str:
        return f"{self.body}: {self.partner}"


class Rule(PartnershipOwned):
    """How one class of decisions is taken (interfaces: the rule of `tally`)."""

    class Matter(models.TextChoices):
        STRATEGIC = "strategic", _("Strategy")
        FINANCIAL = "financial", _("Money")
        MEMBERSHIP = "membership", _("Membership")
        OPERATIONAL = "operational", _("Daily work")
        COMMUNICATIONS = "communications", _("Communication")
        AMENDMENT = "amendment", _("Changing these rules")

    class Method(models.TextChoices):
        CONSENT = "consent", _("Consent")
        CONSENSUS = "consensus", _("Consensus")
        MAJORITY = "majority", _("Majority")
        SUPERMAJORITY = "supermajority", _("Super-majority")
        UNANIMITY = "unanimity", _("Unanimity")
        DELEGATED = "delegated", _("Delegated to one person")

    matter = models.CharField(_("kind of decision"), max_length=16, choices=Matter.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="rules", verbose_name=_("decided by"))
    method = models.CharField(_("method"), max_length=14, choices=Method.choices, default=Method.CONSENT)
    threshold = models.CharField(_("share needed"), max_length=12, blank=True)
    basis = models.CharField(max_length=12, default="votes_cast")
    quorum_count = models.PositiveSmallIntegerField(_("quorum, at least"), default=0)
    quorum_fraction = models.CharField(_("quorum, share of the seats"), max_length=12, blank=True, default="1/2")
    abstention = models.CharField(max_length=16, default="excluded")
    tie = models.CharField(max_length=8, default="fails")
    silence = models.CharField(max_length=8, default="none")
    days = models.PositiveSmallIntegerField(_("days to reply"), default=14)
    in_force = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("rule"), _("rules")

    def __str__(self) -> str:
        return f"{self.get_matter_display()}: {self.get_method_display()}"


class Decision(PartnershipOwned):
    """A proposal put to a body, and its outcome. Once decided it is final; a later decision may supersede it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    title = models.CharField(_("what is proposed"), max_length=200)
    text = models.TextField(_("wording"), blank=True)
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="decisions", verbose_name=_("rule"))
    rule_then = models.JSONField(default=dict, editable=False)
    proposed_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closes_at = models.DateTimeField(_("replies close"), null=True, blank=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=10, blank=True, editable=False)
    result = models.JSONField(default=dict, editable=False)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", editable=False
    )
    # What is decided about, when it is a record of a later tool: "vision.statementversion" and its key.
    subject = models.CharField(max_length=80, blank=True, editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("decision"), _("decisions")

    def __str__(self) -> str:
        return self.title


class Ballot(PartnershipOwned):
    """The position of one seat on one decision."""

    class Position(models.TextChoices):
        FOR = "for", _("Consents")
        CONCERN = "concern", _("Consents, with a concern")
        AGAINST = "against", _("Against")
        ABSTAIN = "abstain", _("Abstains")
        STAND_ASIDE = "stand_aside", _("Stands aside")
        OBJECT = "object", _("Objects")
        BLOCK = "block", _("Blocks")

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="ballots")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="ballots")
    position = models.CharField(_("position"), max_length=12, choices=Position.choices)
    reason = models.TextField(_("reason"), blank=True)
    cast_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["decision", "seat"], name="ballot_once_a_seat")]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_position_display()}"

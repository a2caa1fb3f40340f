"""Bodies, seats, rules, and decisions taken under a rule; how the partners are used to working."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concorda.analysis.exact import share
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import (
    Final,
    OrganizationPrivate,
    Participant,
    Partner,
    PartnershipOwned,
)
from concorda.foundation.process.worksheet import WorksheetAnswer


class Arrangement(PartnershipOwned):
    """What holds for the governance as a whole; one row a partnership."""

    class Form(models.TextChoices):
        SHARED = "shared", _("Shared: the partners govern together")
        LEAD = "lead", _("Lead organization: one partner runs it for all")
        ADMINISTRATIVE = "administrative", _("Own office: a body made for it runs it for all")

    form = models.CharField(_("form of governance"), max_length=16, choices=Form.choices, blank=True)
    because = models.TextField(_("why this form"), blank=True)
    scope = models.TextField(_("what the partnership does, and what it does not"), blank=True)
    membership = models.TextField(_("who can join, and how a partner leaves"), blank=True)
    confidentiality = models.TextField(_("what stays among us"), blank=True)
    speaking = models.TextField(_("who speaks for the partnership"), blank=True)
    review_on = models.DateField(_("we look at our governance again on"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership"], name="arrangement_once")]
        verbose_name, verbose_name_plural = _("arrangement"), _("arrangements")

    def __str__(self) -> str:
        return str(self.get_form_display() or _("Form of governance"))


class Body(PartnershipOwned):
    """A group of seats that decides or advises."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("Council or steering table")
        EXECUTIVE = "executive", _("Executive")
        WORKING = "working", _("Working group")
        ADVISORY = "advisory", _("Advisory group")
        SECRETARIAT = "secretariat", _("Secretariat")

    class Meets(models.TextChoices):
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")
        BIMONTHLY = "bimonthly", _("every two months")
        QUARTERLY = "quarterly", _("every quarter")
        YEARLY = "yearly", _("once a year")
        NEEDED = "needed", _("when it is needed")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.COUNCIL)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("reports to")
    )
    purpose = models.TextField(_("purpose"), blank=True)
    meets = models.CharField(_("how often it meets"), max_length=80, choices=Meets.choices, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("body"), _("bodies")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above, seen = self.parent, {self.pk}
        while above is not None and self.pk:
            if above.pk in seen:
                raise ValidationError({"parent": _("A body cannot report to itself, or to one that reports to it.")})
            seen.add(above.pk)
            above = above.parent


class Seat(PartnershipOwned):
    """A seat belongs to an organization, which names holder and alternate."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="seats", editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="seats", verbose_name=_("organization"))
    holder = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("who sits there")
    )
    alternate = models.ForeignKey(
        Participant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="alternate_seats",
        verbose_name=_("alternate"),
    )
    role = models.CharField(_("role"), max_length=80, blank=True)
    chairs = models.BooleanField(_("chairs the body"), default=False)
    weight = models.PositiveSmallIntegerField(_("votes"), default=1)
    term_ends = models.DateField(_("term ends"), null=True, blank=True)
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["body", "partner"], name="seat_once_a_body")]
        verbose_name, verbose_name_plural = _("seat"), _("seats")

    def __str__(self) -> str:
        return f"{self.body}: {self.partner}"

    @property
    def people(self) -> list[Participant]:
        """Its holder, then its alternate, if they still take part."""
        named = (self.holder, self.alternate)
        return [person for person in named if person is not None and person.left_on is None]

    @property
    def is_away(self) -> bool:
        """Is its holder noted as away today?"""
        today = clock.today()
        return self.away_from is not None and self.away_from <= today <= (self.away_until or today)

    @property
    def speaker(self) -> Participant | None:
        """Who speaks for the seat today: the alternate only while the holder is away, or gone."""
        people = self.people
        stands_in = self.is_away and len(people) > 1
        return people[1] if stands_in else people[0] if people else None

    @property
    def vacant(self) -> bool:
        return not self.people or not self.partner.committed


class Rule(PartnershipOwned):
    """How one class of decisions is taken (docs/analysis/tally.md). At most one for each class is in force."""

    class Matter(models.TextChoices):
        STRATEGIC = "strategic", _("Strategy")
        FINANCIAL = "financial", _("Money")
        MEMBERSHIP = "membership", _("Membership")
        OPERATIONAL = "operational", _("Daily work")
        COMMUNICATIONS = "communications", _("Communication")
        AMENDMENT = "amendment", _("Changing these rules")

    class Method(models.TextChoices):
        CONSENT = "consent", pgettext_lazy("method", "Consent")
        CONSENSUS = "consensus", _("Consensus")
        MAJORITY = "majority", _("Majority")
        SUPERMAJORITY = "supermajority", _("Super-majority")
        UNANIMITY = "unanimity", _("Unanimity")
        DELEGATED = "delegated", _("Delegated to one person")

    class Basis(models.TextChoices):
        VOTES_CAST = "votes_cast", _("the votes cast")
        PRESENT = "present", _("the votes of those who replied")
        ALL_MEMBERS = "all_members", _("the votes of all seats")

    class Abstention(models.TextChoices):
        EXCLUDED = "excluded", _("Is left out of the count")
        COUNTS_AGAINST = "counts_against", _("Counts against")

    class Tie(models.TextChoices):
        FAILS = "fails", _("The proposal fails")
        CHAIR = "chair", _("The chair decides")

    class Silence(models.TextChoices):
        NONE = "none", _("Is not counted")
        ASSENT = "assent", _("Counts as agreement once replies are closed")

    class Fallback(models.TextChoices):
        MAJORITY = "majority", _("A majority decides")
        SUPERMAJORITY = "supermajority", _("A super-majority decides")

    class Secrecy(models.TextChoices):
        OPEN = "open", _("Everyone sees who stands where")
        CLOSING = "closing", _("The others see it once replies are closed")
        SECRET = "secret", _("Only the count is kept, never by whom")

    matter = models.CharField(_("kind of decision"), max_length=16, choices=Matter.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="rules", verbose_name=_("decided by"))
    method = models.CharField(_("method"), max_length=14, choices=Method.choices, default=Method.CONSENT)
    threshold = models.CharField(_("share needed"), max_length=12, blank=True)
    basis = models.CharField(_("share of what"), max_length=12, choices=Basis.choices, default=Basis.VOTES_CAST)
    quorum_count = models.PositiveSmallIntegerField(_("quorum, at least"), default=0)
    quorum_fraction = models.CharField(_("quorum, share of the seats"), max_length=12, blank=True, default="1/2")
    adjourned_suffices = models.BooleanField(_("at a second meeting, whoever comes is enough"), default=False)
    abstention = models.CharField(_("who abstains"), max_length=16, choices=Abstention.choices, default="excluded")
    tie = models.CharField(_("if votes are equal"), max_length=8, choices=Tie.choices, default="fails")
    silence = models.CharField(_("no reply"), max_length=8, choices=Silence.choices, default="none")
    fallback = models.CharField(
        _("if no agreement is found"), max_length=14, choices=Fallback.choices, blank=True, default=""
    )
    fallback_threshold = models.CharField(_("share needed then"), max_length=12, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts at agreement before that"), default=2)
    secrecy = models.CharField(_("who sees the replies"), max_length=8, choices=Secrecy.choices, default="open")
    days = models.PositiveSmallIntegerField(_("days to reply"), default=14)
    notice_days = models.PositiveSmallIntegerField(_("days between invitation and meeting"), default=0)
    in_force = models.BooleanField(default=True, editable=False)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="replaced_by")

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("rule"), _("rules")
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "matter"], condition=models.Q(in_force=True), name="rule_once_a_matter"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_matter_display()}: {self.get_method_display()}"

    def clean(self) -> None:
        """Shares are exact fractions, kept as "2/3"; what the method does not use is emptied."""
        wrong: dict[str, Any] = {}
        if self.method != self.Method.SUPERMAJORITY:
            self.threshold = ""
        if self.method not in AGREEING:
            self.fallback = ""
        if self.fallback != self.Fallback.SUPERMAJORITY:
            self.fallback_threshold = ""
        for name, needed in (
            ("threshold", self.method == self.Method.SUPERMAJORITY),
            ("quorum_fraction", False),
            ("fallback_threshold", self.fallback == self.Fallback.SUPERMAJORITY),
        ):
            try:
                setattr(self, name, exact_share(getattr(self, name), needed=needed))
            except ValidationError as error:
                wrong[name] = error
        if self.method == self.Method.CONSENSUS and not self.fallback:
            wrong["fallback"] = _("Say what happens when one organization blocks: consensus needs a way out.")
        wrong |= self.secrecy_faults()
        if not self.attempts:
            wrong["attempts"] = _("At least one attempt comes first.")
        if wrong:
            raise ValidationError(wrong)

    def secrecy_faults(self) -> dict[str, Any]:
        """What cannot be secret: looking for objections, and the chair's vote where it decides."""
        if self.secrecy != self.Secrecy.OPEN and self.method not in VOTING:
            return {"secrecy": _("An objection has to be answered, so only a vote can be secret.")}
        if self.secrecy == self.Secrecy.SECRET and self.tie == self.Tie.CHAIR:
            return {"tie": _("In a secret vote the chair’s would show. Let the proposal fail if votes are equal.")}
        return {}


AGREEING = (Rule.Method.CONSENT, Rule.Method.CONSENSUS)
"""Methods that look for objections; the others count votes."""
VOTING = (Rule.Method.MAJORITY, Rule.Method.SUPERMAJORITY, Rule.Method.UNANIMITY)


def exact_share(text: str, *, needed: bool) -> str:
    """The share as a fraction such as "2/3"; ValidationError says in the reader's language what is wrong with it."""
    text = text.strip()
    if not text:
        if needed:
            raise ValidationError(_("Write the share that is needed, such as 2/3 or 75 %."))
        return ""
    try:
        return str(share(text))
    except ValueError as error:
        divided = text.replace(" ", "").endswith("/0")
        message = (
            _("“%(text)s” divides by zero. Write a share such as 2/3 or 75 %%.")
            if divided
            else _("“%(text)s” is not a share between 0 and 1. Write it as 2/3, 75 %% or 0.75.")
        )
        raise ValidationError(message, params={"text": text}) from error


class Delegation(PartnershipOwned):
    """What a body or one person may decide without asking, and up to where. It ends; it is never changed."""

    matter = models.CharField(_("kind of decision"), max_length=16, choices=Rule.Matter.choices)
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="delegations", verbose_name=_("to a body")
    )
    person = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to one person")
    )
    what = models.CharField(_("what for"), max_length=200)
    up_to = models.DecimalField(_("at most, each time"), max_digits=12, decimal_places=2, null=True, blank=True)
    a_year = models.DecimalField(
        _("at most, in a calendar year"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    ends_on = models.DateField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(
        "Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("the decision that gives it"),
    )
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(body__isnull=True, person__isnull=False)
                | models.Q(body__isnull=False, person__isnull=True),
                name="delegation_to_one",
            )
        ]
        verbose_name, verbose_name_plural = _("delegation"), _("delegations")

    def __str__(self) -> str:
        return f"{self.to}: {self.what}"

    @property
    def to(self) -> str:
        return str(self.body.name if self.body else self.person)

    @property
    def in_force(self) -> bool:
        return self.ended_at is None and (self.ends_on is None or self.ends_on >= clock.today())

    def clean(self) -> None:
        if bool(self.body_id) == bool(self.person_id):
            raise ValidationError(_("Say who decides: a body, or one person."))
        if self.matter == Rule.Matter.AMENDMENT:
            raise ValidationError({"matter": _("Changing the rules is never delegated.")})
        if self.matter == Rule.Matter.FINANCIAL and self.up_to is None:
            raise ValidationError({"up_to": _("Say up to which amount; money without a limit is not delegated.")})
        if self.up_to is not None and self.up_to <= 0:
            raise ValidationError({"up_to": _("Write an amount above zero.")})
        if self.a_year is not None and self.a_year < (self.up_to or 0):
            raise ValidationError({"a_year": _("The year allows less than a single decision. Raise it.")})


class Decided(models.Model):
    """A row that can no longer change once it `is_final`."""

    class Meta:
        abstract = True

    @property
    def is_final(self) -> bool:
        raise NotImplementedError

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_if_final()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self.refuse_if_final()
        return super().delete(*args, **kwargs)

    def refuse_if_final(self) -> None:
        if self.is_final:
            raise Final(_("This is decided. It is never changed; a later decision can replace it."))


class Decision(Decided, PartnershipOwned):
    """A proposal put to a body, and its outcome. Once decided it is final; a later decision may supersede it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("Adopted")
        REJECTED = "rejected", _("Rejected")
        VOID = "void", _("Void: no quorum")
        BLOCKED = "blocked", _("Blocked by an objection")

    class Way(models.TextChoices):
        WRITTEN = "written", _("In writing, each in their own time")
        MEETING = "meeting", _("At a meeting")

    title = models.CharField(_("what is proposed"), max_length=200)
    text = models.TextField(_("wording"), blank=True)
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="decisions", verbose_name=_("rule"))
    # The rule, the seats and the names as they were when the decision opened: what the tally reads.
    rule_then = models.JSONField(default=dict, editable=False)
    proposed_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closes_at = models.DateTimeField(_("replies close"), null=True, blank=True)
    way = models.CharField(_("how it is decided"), max_length=8, choices=Way.choices, default=Way.WRITTEN)
    secrecy = models.CharField(max_length=8, choices=Rule.Secrecy.choices, default="open", editable=False)
    review_on = models.DateField(_("we look at it again on"), null=True, blank=True)
    talked_on = models.DateField(_("if it does not pass, we talk it through on"), null=True, blank=True)
    must_know = models.TextField(_("who must know"), blank=True)
    amount = models.DecimalField(_("how much money it binds"), max_digits=12, decimal_places=2, null=True, blank=True)
    delegation = models.ForeignKey(
        "Delegation", models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("decided by")
    )
    adjourned = models.BooleanField(default=False, editable=False)
    attempt = models.PositiveSmallIntegerField(default=1, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True, editable=False)
    result = models.JSONField(default=dict, editable=False)
    withdrawn_because = models.TextField(blank=True, editable=False)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", editable=False
    )
    # What is decided about, when it is a record of a later tool: "vision.statementversion" and its key.
    subject = models.CharField(max_length=80, blank=True, editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        indexes = [models.Index(fields=["partnership", "subject", "subject_id"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("governance:decision_detail", args=[self.partnership.slug, self.pk])

    @classmethod
    def from_db(cls, *row_of: Any, **how: Any) -> Any:
        row = super().from_db(*row_of, **how)
        row.stored_status = row.__dict__.get("status", "")
        return row

    @property
    def is_final(self) -> bool:
        """Is it decided or withdrawn in the database? (The save that decides it goes through.)"""
        return getattr(self, "stored_status", "") in (self.Status.DECIDED, self.Status.WITHDRAWN)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.stored_status = self.status

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_closed_to_replies(self) -> bool:
        """Has the closing time come? (It stays open until it is counted.)"""
        return self.closes_at is not None and clock.now() >= self.closes_at

    @property
    def adopted(self) -> bool:
        return self.outcome == self.Outcome.ADOPTED

    @property
    def is_veiled(self) -> bool:
        """Are the replies hidden from the other partners now?"""
        return self.secrecy != Rule.Secrecy.OPEN and self.status != self.Status.DECIDED

    @property
    def method(self) -> str:
        return self.rule_then["rule"]["method"] if self.rule_then else self.rule.method


class Veiled(models.Model):
    """A row about how a seat voted: while the vote is hidden, it is not among what everybody may read."""

    class Meta:
        abstract = True

    @classmethod
    def told(cls, rows: models.QuerySet) -> models.QuerySet:
        """Those of the rows that are hidden from nobody."""
        told = models.Q(decision__secrecy=Rule.Secrecy.OPEN) | models.Q(decision__status=Decision.Status.DECIDED)
        return rows.filter(told)


class Ballot(Veiled, Decided, PartnershipOwned):
    """The position of one seat on one decision."""

    class Position(models.TextChoices):
        FOR = "for", _("Consents")
        CONCERN = "concern", _("Consents, with a concern")
        AGAINST = "against", _("Against")
        ABSTAIN = "abstain", _("Abstains")
        STAND_ASIDE = "stand_aside", _("Stands aside")
        OBJECT = "object", _("Objects")
        BLOCK = "block", _("Blocks")
        CAST = "cast", _("Has voted")  # all that a secret vote leaves behind once it is counted

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="ballots", editable=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="ballots", editable=False)
    position = models.CharField(_("position"), max_length=12, choices=Position.choices)
    reason = models.TextField(_("reason"), blank=True)
    passage = models.CharField(_("the words this is about"), max_length=250, blank=True)
    instead = models.CharField(_("words you could live with"), max_length=250, blank=True)
    cast_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "seat"], name="ballot_once_a_seat")]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_position_display()}"

    @property
    def is_final(self) -> bool:
        return self.decision.is_final

    @property
    def objects_to_it(self) -> bool:
        return self.position in (self.Position.OBJECT, self.Position.BLOCK)


class Unchanging(PartnershipOwned):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Final(_("This is kept as it was written."))
        super().save(*args, **kwargs)


class EarlierReply(Veiled, Unchanging):
    """A reply that no longer counts: its seat changed it, the words it was about did, or the seat keeps out."""

    class Why(models.TextChoices):
        CHANGED = "changed", _("changed by its organization")
        AMENDED = "amended", _("void, because the wording changed")
        RECUSED = "recused", _("taken back, because of a conflict of interest")

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="earlier_replies", editable=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+", editable=False)
    position = models.CharField(max_length=12, choices=Ballot.Position.choices, editable=False)
    reason = models.TextField(blank=True, editable=False)
    cast_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(default=clock.now, editable=False)
    why = models.CharField(max_length=8, choices=Why.choices, editable=False)

    class Meta:
        ordering = ["ended_at", "pk"]
        verbose_name, verbose_name_plural = _("earlier reply"), _("earlier replies")

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_position_display()} ({self.get_why_display()})"


class Wording(Unchanging):
    """The words of a proposal, from the opening of replies on; the one with the highest number is decided."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="wordings", editable=False)
    number = models.PositiveSmallIntegerField(editable=False)
    text = models.TextField(blank=True, editable=False)
    note = models.CharField(max_length=250, blank=True, editable=False)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["decision", "number"], name="wording_number_once")]
        verbose_name, verbose_name_plural = _("wording"), _("wordings")

    def __str__(self) -> str:
        return str(_("Wording %(number)s") % {"number": self.number})


class Reach(PartnershipOwned):
    """Who must know of a decision: everyone of an organization, or everyone who sits in a body."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="reaches", editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Body, models.CASCADE, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "partner"], name="reach_partner_once"),
            models.UniqueConstraint(fields=["decision", "body"], name="reach_body_once"),
        ]

    def __str__(self) -> str:
        return str(self.body.name if self.body else self.partner.organization if self.partner else "")


class Notice(PartnershipOwned):
    """A decision told to one person who must know of it, and when they said they had read it."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="notices", editable=False)
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="+", editable=False)
    told_at = models.DateTimeField(default=clock.now, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "participant"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.participant}: {self.decision}"


class LookedAgain(Unchanging):
    """The partners looked at a decision again and left it as it is, until the next time."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="looks", editable=False)
    found = models.TextField(_("what you found"))
    next_on = models.DateField(_("we look at it again on"), null=True, blank=True)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name, verbose_name_plural = _("review"), _("reviews")

    def __str__(self) -> str:
        return self.found


class Recusal(PartnershipOwned):
    """A seat that keeps out of one decision because of a conflict of interest."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="recusals", editable=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="recusals", editable=False)
    reason = models.TextField(_("the conflict of interest"))
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["decision", "seat"], name="recusal_once_a_seat")]

    def __str__(self) -> str:
        return f"{self.seat}: {self.reason}"


class Remark(PartnershipOwned):
    """What somebody says in the talk about a decision."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="remarks", editable=False)
    text = models.TextField(_("your reply"))
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


class Interest(PartnershipOwned):
    """An interest of an organization that could meet a decision, on record before any does."""

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="interests", verbose_name=_("organization"), editable=False
    )
    text = models.CharField(_("the interest"), max_length=300)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    since = models.DateField(default=clock.today, editable=False)
    ended_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("declared interest"), _("declared interests")

    def __str__(self) -> str:
        return self.text


class HandOver(OrganizationPrivate):
    """A seat passed from one person to another, with what went along: for the organization it belongs to."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="hand_overs", editable=False)
    before = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    after = models.ForeignKey(Participant, models.PROTECT, related_name="+", verbose_name=_("who takes over"))
    note = models.TextField(_("what they should know"), blank=True)
    # What was passed on, in words, as it stood.
    passed = models.JSONField(default=list, editable=False)
    by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    taken_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("hand-over"), _("hand-overs")

    def __str__(self) -> str:
        return f"{self.seat}: {self.before} → {self.after}"

    def get_absolute_url(self) -> str:
        return reverse("governance:handover_detail", args=[self.partnership.slug, self.pk])


class LadderStep(PartnershipOwned):
    """One step of what the partners do when they disagree."""

    place = models.PositiveSmallIntegerField(_("step number"))
    text = models.CharField(_("who speaks with whom"), max_length=300)
    days = models.PositiveSmallIntegerField(_("days for this step"), default=14)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "place"], name="ladder_place_once")]
        verbose_name, verbose_name_plural = _("step of the ladder"), _("steps of the ladder")

    def __str__(self) -> str:
        return self.text


class Dispute(PartnershipOwned):
    """A disagreement that walks the ladder. Only those concerned and the coordinators read it."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")
        WITHDRAWN = "withdrawn", _("Taken back")

    title = models.CharField(_("what it is about"), max_length=200)
    text = models.TextField(_("what happened, in your words"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN, editable=False)
    due = models.DateField(null=True, editable=False)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name, verbose_name_plural = _("disagreement"), _("disagreements")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("governance:dispute_detail", args=[self.partnership.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class DisputeParty(PartnershipOwned):
    """One of the organizations that disagree."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="parties", editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["dispute", "partner"], name="dispute_party_once")]

    def __str__(self) -> str:
        return str(self.partner)


class DisputeMove(Unchanging):
    """What happened on the way of a disagreement, in order: a step begun, an end, with what was said."""

    class Kind(models.TextChoices):
        STEP = "step", _("Step")
        SETTLED = "settled", _("Settled")
        WITHDRAWN = "withdrawn", _("Taken back")

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="moves", editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, editable=False)
    # The step as it stood when it began: the ladder may change later.
    place = models.PositiveSmallIntegerField(null=True, editable=False)
    step = models.CharField(max_length=300, blank=True, editable=False)
    due = models.DateField(null=True, editable=False)
    note = models.TextField(_("what came of it"), blank=True)
    by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("move of a disagreement"), _("moves of disagreements")

    def __str__(self) -> str:
        return str(self.step or self.get_kind_display())


class Answer(WorksheetAnswer):
    """One organization's answer to one question about how it works, or about what the partnership needs."""

    class Meta(WorksheetAnswer.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organization", "question"], name="governance_answer_once")
        ]


class Trust(OrganizationPrivate):
    """How far one organization relies on another, 0 (not at all) to 4 (without checking): only the density is shown."""

    toward = models.ForeignKey(Partner, models.CASCADE, related_name="+", editable=False)
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "toward"], name="trust_once")]

    def __str__(self) -> str:
        return f"{self.toward}: {self.level}"


class WorkingAgreement(PartnershipOwned):
    """What the partners agreed about one difference in how they work."""

    question = models.CharField(_("about"), max_length=60)
    text = models.TextField(_("what we agree"))
    agreed_on = models.DateField(_("agreed on"), default=clock.today)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("working agreement"), _("working agreements")

    def __str__(self) -> str:
        return self.text

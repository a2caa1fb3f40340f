"""Actions, what they wait for, and what they deliver."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concorda.begin.strategic_plan.models import Goal, Indicator
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import OrganizationPrivate, Participant, PartnershipOwned
from concorda.implement.working_groups.models import Group, Meeting


class Action(PartnershipOwned):
    class Status(models.TextChoices):
        TO_DO = "to_do", _("To do")
        DOING = "doing", _("Under way")
        STUCK = "stuck", _("Stuck")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    class Kind(models.TextChoices):
        ACTION = "action", _("Action")
        DELIVERABLE = "deliverable", _("Deliverable")
        MILESTONE = "milestone", _("Milestone")

    class Every(models.TextChoices):
        WEEK = "week", _("every week")
        FORTNIGHT = "fortnight", _("every two weeks")
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every three months")
        YEAR = "year", _("every year")

    title = models.CharField(_("what"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.ACTION)
    notes = models.TextField(_("notes for everyone"), blank=True)
    goal = models.ForeignKey(
        Goal, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("goal")
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("group")
    )
    indicator = models.ForeignKey(
        Indicator,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("which indicator tells whether it worked"),
    )
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="actions", editable=False)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    accountable = models.ForeignKey(
        Participant, models.PROTECT, related_name="accountable_for", verbose_name=_("accountable")
    )
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    baseline_due = models.DateField(null=True, editable=False)
    moved_because = models.CharField(_("why the date moved"), max_length=250, blank=True)
    kept_due = models.DateField(null=True, editable=False)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.TO_DO)
    stuck_because = models.CharField(_("what blocks it"), max_length=250, blank=True)
    evidence = models.CharField(
        _("what shows that it is done"), max_length=300, blank=True, help_text=_("A link, or where to find it.")
    )
    done_on = models.DateField(null=True, editable=False)
    effort = models.DecimalField(
        _("hours of work"), max_digits=7, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    best_days = models.PositiveSmallIntegerField(_("working days, if all goes well"), null=True, blank=True)
    worst_days = models.PositiveSmallIntegerField(_("working days, if much goes wrong"), null=True, blank=True)
    cost = models.DecimalField(
        _("cost in dollars"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    repeats = models.CharField(_("comes again"), max_length=10, choices=Every.choices, blank=True)
    repeats_until = models.DateField(_("for the last time by"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["partnership", "status", "due"])]
        verbose_name, verbose_name_plural = _("action"), _("actions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None) | models.Q(due=None) | models.Q(due__gte=models.F("starts_on")),
                name="action_due_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(effort=None) | models.Q(effort__gte=0), name="action_effort_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(cost=None) | models.Q(cost__gte=0), name="action_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(best_days=None)
                | models.Q(worst_days=None)
                | models.Q(worst_days__gte=models.F("best_days")),
                name="action_worst_after_best",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("action_plans:action_detail", args=[self.partnership.slug, self.pk])

    @property
    def done(self) -> bool:
        return self.status == self.Status.DONE

    @property
    def open(self) -> bool:
        return self.status not in (self.Status.DONE, self.Status.DROPPED)

    @property
    def planned_due(self) -> date | None:
        """The day it was promised for: that of the baseline, or its due day while there is none."""
        return self.baseline_due or self.due


class ActionShare(PartnershipOwned):
    """Someone who shares the work of an action."""

    class Part(models.TextChoices):
        RESPONSIBLE = "responsible", _("Does the work")
        CONSULTED = "consulted", _("Is asked")
        INFORMED = "informed", _("Is told")

    action = models.ForeignKey(Action, models.CASCADE, related_name="shares")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="shares")
    part = models.CharField(_("part"), max_length=12, choices=Part.choices, default=Part.RESPONSIBLE)
    hours = models.DecimalField(
        _("hours of it"), max_digits=6, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "participant"], name="action_share_once")]

    def __str__(self) -> str:
        return f"{self.action}: {self.participant}"


class Dependency(PartnershipOwned):
    """`after` waits for `before`."""

    class Kind(models.TextChoices):
        FS = "FS", _("starts when the other is finished")
        SS = "SS", _("starts when the other has started")
        FF = "FF", _("finishes when the other is finished")
        SF = "SF", _("finishes when the other has started")

    before = models.ForeignKey(Action, models.CASCADE, related_name="followed_by")
    after = models.ForeignKey(Action, models.CASCADE, related_name="waits_for")
    kind = models.CharField(_("how"), max_length=2, choices=Kind.choices, default=Kind.FS)
    lag = models.SmallIntegerField(_("days between"), default=0)
    # A hand-over: what the one who finishes gives, and what the one who waits says to it.
    handed_on = models.DateField(null=True, editable=False)
    handed = models.CharField(_("what is handed over"), max_length=300, blank=True)
    taken_on = models.DateField(null=True, editable=False)
    sent_back_because = models.CharField(_("what is missing"), max_length=250, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("dependency"), _("dependencies")
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="dependency_once"),
            models.CheckConstraint(condition=~models.Q(before=models.F("after")), name="dependency_on_another"),
        ]

    def __str__(self) -> str:
        return f"{self.after} ← {self.before}"

    @property
    def crosses(self) -> bool:
        """Between two groups, or between a group and none."""
        return self.before.group_id != self.after.group_id

    @property
    def waits_for_answer(self) -> bool:
        """Handed over, and nobody has said yet whether it can be worked with."""
        return self.handed_on is not None and self.taken_on is None and not self.sent_back_because


class Baseline(PartnershipOwned):
    """The plan as it was agreed on a day: every action keeps its due day of then, and this the finish."""

    taken_on = models.DateField(default=clock.today)
    finish = models.DateField()
    because = models.CharField(_("why it is set"), max_length=250, blank=True)

    class Meta:
        ordering = ["-taken_on", "-pk"]

    def __str__(self) -> str:
        return str(self.taken_on)


class OwnNote(OrganizationPrivate):
    """What one organization notes for itself about an action."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="own_notes")
    text = models.TextField(_("note of your organization"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "organization"], name="own_note_once")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.action}"


class OfferedHours(PartnershipOwned):
    """How many hours a week somebody offers for the work of this partnership."""

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="offered_hours")
    a_week = models.DecimalField(
        _("hours a week"), max_digits=4, decimal_places=1, default=Decimal(0), validators=[MinValueValidator(0)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(a_week__gte=0, a_week__lte=168), name="offered_hours_in_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.a_week}"


class Change(PartnershipOwned):
    """Something somebody did to the plan in one step, kept so that the same person can take it back."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%Y-%m-%d %H:%M}"


class Before(PartnershipOwned):
    """One action as it was before a change; `made`: the change put it on the plan."""

    FIELDS = (
        *("status", "stuck_because", "starts_on", "due", "moved_because", "kept_due", "done_on", "evidence"),
        *("accountable", "group", "goal"),
    )

    change = models.ForeignKey(Change, models.CASCADE, related_name="actions")
    action = models.ForeignKey(Action, models.CASCADE, related_name="changes")
    made = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Action.Status.choices)
    stuck_because = models.CharField(max_length=250, blank=True)
    starts_on = models.DateField(null=True)
    due = models.DateField(null=True)
    moved_because = models.CharField(max_length=250, blank=True)
    kept_due = models.DateField(null=True)
    done_on = models.DateField(null=True)
    evidence = models.CharField(max_length=300, blank=True)
    accountable = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "action"], name="before_once")]

    def __str__(self) -> str:
        return f"{self.action}: {self.change}"

    @classmethod
    def of(cls, change: Change, action: Action, *, made: bool = False) -> "Before":
        """A picture of an action as it is now."""
        columns = [cls._meta.get_field(name).attname for name in cls.FIELDS]
        facts = {column: getattr(action, column) for column in columns}
        return cls(partnership=change.partnership, change=change, action=action, made=made, **facts)

    def restore(self) -> None:
        """Give the action back what it had, without storing it."""
        for name in self.FIELDS:
            column = self._meta.get_field(name).attname
            setattr(self.action, column, getattr(self, column))

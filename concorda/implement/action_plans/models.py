"""Actions, what they wait for, and what they deliver."""

from datetime import date

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
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["partnership", "status", "due"])]
        verbose_name, verbose_name_plural = _("action"), _("actions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None) | models.Q(due=None) | models.Q(due__gte=models.F("starts_on")),
                name="action_due_after_start",
            )
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

    class Meta:
        verbose_name, verbose_name_plural = _("dependency"), _("dependencies")
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="dependency_once"),
            models.CheckConstraint(condition=~models.Q(before=models.F("after")), name="dependency_on_another"),
        ]

    def __str__(self) -> str:
        return f"{self.after} ← {self.before}"


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

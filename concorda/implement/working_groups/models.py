"""Working groups, their members, meetings and minutes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, PartnershipOwned


class Group(PartnershipOwned):
    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    chair = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="chairs", verbose_name=_("chair")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/Toronto")
    every_days = models.PositiveSmallIntegerField(_("meets every … days"), default=28)
    starts_on = models.DateField(_("starts on"), default=clock.today)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    created_by = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("created by decision")
    )

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("working group"), _("working groups")

    def __str__(self) -> str:
        return self.name


class GroupGoal(PartnershipOwned):
    group = models.ForeignKey(Group, models.CASCADE, related_name="goals")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="groups")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "goal"], name="group_goal_once")]

    def __str__(self) -> str:
        return f"{self.group}: {self.goal}"


class GroupMember(PartnershipOwned):
    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="groups")
    joined_on = models.DateField(default=clock.today, editable=False)
    left_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "participant"], name="group_member_once")]

    def __str__(self) -> str:
        return f"{self.group}: {self.participant}"


class Meeting(PartnershipOwned):
    group = models.ForeignKey(Group, models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField(_("starts"))
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=60)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/Toronto")
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    cancelled = models.BooleanField(default=False, editable=False)
    notes = models.TextField(_("minutes"), blank=True)
    approved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-starts_at"]
        verbose_name, verbose_name_plural = _("meeting"), _("meetings")

    def __str__(self) -> str:
        return f"{self.group}, {self.starts_at:%Y-%m-%d}"


class AgendaItem(PartnershipOwned):
    class Purpose(models.TextChoices):
        INFORM = "inform", _("To inform")
        DISCUSS = "discuss", _("To discuss")
        DECIDE = "decide", _("To decide")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    title = models.CharField(_("item"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices, default=Purpose.DISCUSS)
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=10)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    notes = models.TextField(_("notes"), blank=True)
    done = models.BooleanField(_("finished"), default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class Attendance(PartnershipOwned):
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="attendance")
    present = models.BooleanField(_("present"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "participant"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.participant}"

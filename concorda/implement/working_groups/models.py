"""Working groups, their members, meetings and minutes."""

import uuid
from fractions import Fraction
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.accounts.models import validate_time_zone
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Final, Participant, PartnershipOwned


class Group(PartnershipOwned):
    """A working group and its charter."""

    class Quorum(models.TextChoices):
        THIRD = "1/3", _("A third of the members")
        HALF = "1/2", _("Half of the members")
        TWO_THIRDS = "2/3", _("Two thirds of the members")

    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    authority = models.TextField(_("what it may decide by itself"), blank=True)
    deliverables = models.TextField(_("what it will deliver"), blank=True)
    chair = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="chairs", verbose_name=_("chair")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    every_days = models.PositiveSmallIntegerField(_("meets every … days"), default=28)
    quorum = models.CharField(_("quorum"), max_length=4, choices=Quorum.choices, default=Quorum.HALF)
    starts_on = models.DateField(_("starts on"), default=clock.today)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    created_by = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("created by decision")
    )
    ended_on = models.DateField(null=True, editable=False)
    ended_because = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("working group"), _("working groups")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="group_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(every_days__gte=1), name="group_meets_every_day_or_more"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def active(self) -> bool:
        return self.ended_on is None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def needed(self, members: int) -> int:
        """How many of `members` must be there for a quorum; at least one."""
        return max(1, ceil(Fraction(self.quorum) * members))

    def get_absolute_url(self) -> str:
        return reverse("working_groups:group_detail", args=[self.partnership.slug, self.pk])


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
    """One meeting: planned, written down, finished, approved at the next one. Once approved it never changes."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField(_("starts"))
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=60)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    cancelled = models.BooleanField(default=False, editable=False)
    cancelled_because = models.CharField(max_length=200, blank=True, editable=False)
    notes = models.TextField(_("minutes"), blank=True)
    finished_at = models.DateTimeField(null=True, editable=False)
    # As they were when the minutes were written: members come and go.
    members_then = models.PositiveSmallIntegerField(null=True, editable=False)
    present_then = models.PositiveSmallIntegerField(null=True, editable=False)
    needed_then = models.PositiveSmallIntegerField(null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_in = models.ForeignKey("self", models.PROTECT, null=True, related_name="approves", editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    # What calendars know this meeting by, and how often it was changed since.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-starts_at"]
        verbose_name, verbose_name_plural = _("meeting"), _("meetings")
        indexes = [models.Index(fields=["partnership", "starts_at"])]

    def __str__(self) -> str:
        day = say_day(self.starts_at.astimezone(self.zone).date(), weekday=True, today=clock.today())
        return gettext("%(group)s, %(day)s") % {"group": self.group.name, "day": day}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def approved(self) -> bool:
        return self.approved_at is not None

    @property
    def past(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def held(self) -> bool:
        """It took place: it is over and somebody wrote down who came."""
        return self.past and not self.cancelled and bool(self.present_then)

    @property
    def quorum_met(self) -> bool:
        return self.needed_then is not None and (self.present_then or 0) >= self.needed_then

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_approved(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        refuse_approved(self.pk)
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("working_groups:meeting_detail", args=[self.partnership.slug, self.pk])


def refuse_approved(meeting: int | None) -> None:
    """Raise Final when the stored minutes of this meeting are approved."""
    if meeting and Meeting._base_manager.filter(pk=meeting).exclude(approved_at=None).exists():
        raise Final(_("These minutes were approved and do not change any more. Note a correction in the next meeting."))


class OfMeeting(PartnershipOwned):
    """A part of a meeting's minutes: fixed once they are approved. A subclass adds `meeting`."""

    meeting_id: int

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_approved(self.meeting_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        refuse_approved(self.meeting_id)
        return super().delete(*args, **kwargs)


class AgendaItem(OfMeeting):
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
    decided = models.TextField(_("what was decided"), blank=True)
    done = models.BooleanField(_("finished"), default=False)
    carried_from = models.OneToOneField("self", models.SET_NULL, null=True, related_name="carried_to", editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name, verbose_name_plural = _("agenda item"), _("agenda items")

    def __str__(self) -> str:
        return self.title


class Attendance(OfMeeting):
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="attendance")
    present = models.BooleanField(_("present"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "participant"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.participant}"


class Feed(PartnershipOwned):
    """A private calendar address of one participant. Only the digest of its token is kept."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="feeds")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    every_group = models.BooleanField(_("meetings of every group, not only mine"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("calendar address"), _("calendar addresses")

    def __str__(self) -> str:
        return f"{self.participant}: {self.created_at:%Y-%m-%d}"

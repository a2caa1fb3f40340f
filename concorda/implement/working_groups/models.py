"""Working groups, their members, meetings and minutes."""

import uuid
from datetime import datetime, time, timedelta
from fractions import Fraction
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concorda.begin.governance.models import Body, Decision
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.accounts.models import validate_time_zone
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Final, Participant, PartnershipOwned


class Chartered(models.Model):
    """What a charter says, in the group as it is now and in each version that was written down."""

    class Quorum(models.TextChoices):
        THIRD = "1/3", _("A third of the members")
        HALF = "1/2", _("Half of the members")
        TWO_THIRDS = "2/3", _("Two thirds of the members")

    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    authority = models.TextField(_("what it may decide by itself"), blank=True)
    budget = models.CharField(_("what it may spend"), max_length=200, blank=True)
    deliverables = models.TextField(_("what it will deliver"), blank=True)
    reports_to = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reports to")
    )
    chair = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="%(class)ss_led", verbose_name=_("chair")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    every_days = models.PositiveSmallIntegerField(_("meets every … days"), default=28)
    quorum = models.CharField(_("quorum"), max_length=4, choices=Quorum.choices, default=Quorum.HALF)
    starts_on = models.DateField(_("starts on"), default=clock.today)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        abstract = True


CHARTER = tuple(field.name for field in Chartered._meta.local_fields)
"""The columns a version of the charter and the group share."""


class Group(Chartered, PartnershipOwned):
    """A working group, with the charter as it is now."""

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


class Charter(Chartered, PartnershipOwned):
    """One version of a group's charter, written down for good; without `group`, a group that is proposed."""

    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="charters", editable=False)
    number = models.PositiveSmallIntegerField(default=1, editable=False)
    why = models.CharField(_("what changed, and why"), max_length=250, blank=True)
    written_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    written_at = models.DateTimeField(default=clock.now, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+", editable=False)
    adopted_at = models.DateTimeField(null=True, editable=False)
    adopted_in = models.ForeignKey("Meeting", models.PROTECT, null=True, related_name="+", editable=False)

    SETTLED = frozenset({"group", "decision", "adopted_at", "adopted_in", "revision"})

    class Meta:
        ordering = ["-number", "-pk"]
        verbose_name, verbose_name_plural = _("charter"), _("charters")
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="charter_number_once")]

    def __str__(self) -> str:
        return gettext("%(group)s, charter %(number)s") % {"group": self.name, "number": self.number}

    @property
    def adopted(self) -> bool:
        return self.adopted_at is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not self.SETTLED.issuperset(kwargs.get("update_fields") or ["name"]):
            raise Final(_("A version of a charter stays as it was written. Change the charter to write the next one."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise Final(_("A version of a charter stays as it was written. Change the charter to write the next one."))

    def get_absolute_url(self) -> str:
        return reverse("working_groups:charter", args=[self.partnership.slug, self.pk])


class CharterGoal(PartnershipOwned):
    charter = models.ForeignKey(Charter, models.CASCADE, related_name="goals")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charter", "goal"], name="charter_goal_once")]

    def __str__(self) -> str:
        return f"{self.charter}: {self.goal}"


class WorkHours(PartnershipOwned):
    """When one person works, by the clock where they are: what the search for a time goes by."""

    DAYS = (
        ("1", _("Monday")),
        ("2", _("Tuesday")),
        ("3", _("Wednesday")),
        ("4", _("Thursday")),
        ("5", _("Friday")),
        ("6", _("Saturday")),
        ("7", _("Sunday")),
    )

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="work_hours", editable=False)
    days = models.CharField(_("days"), max_length=7, default="12345")
    starts = models.TimeField(_("from"), default=time(9))
    ends = models.TimeField(_("to"), default=time(17))

    class Meta:
        verbose_name, verbose_name_plural = _("working hours"), _("working hours")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="work_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.starts:%H:%M}–{self.ends:%H:%M}"


class Series(PartnershipOwned):
    """Meetings that come back by a rule (RFC 5545); each is a meeting of its own, and knows when it was due."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="series", editable=False)
    rule = models.CharField(max_length=120, editable=False)
    starts_at = models.DateTimeField(_("starts"))
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=60)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-starts_at"]
        verbose_name, verbose_name_plural = _("series of meetings"), _("series of meetings")

    def __str__(self) -> str:
        day = say_day(self.starts_at.astimezone(self.zone).date(), weekday=True, today=clock.today())
        return gettext("%(group)s, from %(day)s on") % {"group": self.group.name, "day": day}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def get_absolute_url(self) -> str:
        return reverse("working_groups:series", args=[self.partnership.slug, self.pk])


class Meeting(PartnershipOwned):
    """One meeting: planned, written down, finished, approved at the next one. Once approved it never changes."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="meetings")
    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="meetings", editable=False)
    # When the rule of its series has it: what calendars know this one of the series by, also after it was moved.
    due_at = models.DateTimeField(null=True, editable=False)
    starts_at = models.DateTimeField(_("starts"))
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=60)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    cancelled = models.BooleanField(default=False, editable=False)
    cancelled_because = models.CharField(max_length=200, blank=True, editable=False)
    notes = models.TextField(_("minutes"), blank=True)
    parked = models.TextField(_("for another time"), blank=True)
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
        constraints = [models.UniqueConstraint(fields=["series", "due_at"], name="meeting_of_series_once")]

    def __str__(self) -> str:
        day = say_day(self.starts_at.astimezone(self.zone).date(), weekday=True, today=clock.today())
        return gettext("%(group)s, %(day)s") % {"group": self.group.name, "day": day}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes_long)

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

    class How(models.TextChoices):
        CONSENT = "consent", _("Nobody objected")
        VOTE = "vote", _("By a show of hands")
        CHAIR = "chair", _("The chair, within the charter")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    title = models.CharField(_("item"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices, default=Purpose.DISCUSS)
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=10)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    leads = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who leads it")
    )
    notes = models.TextField(_("notes"), blank=True)
    decided = models.TextField(_("what was decided"), blank=True)
    how = models.CharField(_("how"), max_length=8, choices=How.choices, blank=True)
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    abstained = models.PositiveSmallIntegerField(_("abstained"), null=True, blank=True)
    dissent = models.TextField(_("who saw it otherwise, and why"), blank=True)
    conflicts = models.TextField(_("who declared a conflict of interest and kept out"), blank=True)
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


class Paper(OfMeeting):
    """A file to be read before a meeting, on the whole or on one item."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="papers", editable=False)
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="papers", verbose_name=_("for which item")
    )
    title = models.CharField(_("title"), max_length=160)
    file = models.FileField(_("file"), upload_to="papers")
    file_name = models.CharField(max_length=160, editable=False)
    size = models.PositiveIntegerField(default=0, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    added_by = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("paper"), _("papers")

    def __str__(self) -> str:
        return self.title


class Guest(PartnershipOwned):
    """Somebody without a part in the partnership who is invited to one meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="guests", editable=False)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("guest"), _("guests")
        constraints = [models.UniqueConstraint(fields=["meeting", "email"], name="guest_once")]

    def __str__(self) -> str:
        return self.name


class Reply(PartnershipOwned):
    """Whether somebody who was invited will come: said on the page, or by their calendar."""

    class Says(models.TextChoices):
        ACCEPTED = "accepted", _("Comes")
        TENTATIVE = "tentative", _("Perhaps")
        DECLINED = "declined", _("Cannot come")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="replies", editable=False)
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+", editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE, null=True, related_name="+", editable=False)
    says = models.CharField(_("answer"), max_length=10, choices=Says.choices)
    comment = models.CharField(_("comment"), max_length=250, blank=True)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name, verbose_name_plural = _("reply"), _("replies")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "participant"], name="reply_once"),
            models.UniqueConstraint(fields=["meeting", "guest"], name="reply_of_guest_once"),
            models.CheckConstraint(
                condition=models.Q(participant=None, guest__isnull=False)
                | models.Q(participant__isnull=False, guest=None),
                name="reply_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant or self.guest}: {self.get_says_display()}"


class RefusedReply(PartnershipOwned):
    """An answer to an invitation that was not counted, and why; those who run the group see it."""

    class Why(models.TextChoices):
        STRANGER = "stranger", _("This person was not invited.")
        FORGED = "forged", _("It was sent from another address than that of the person it answers for.")
        OLD = "old", _("It answers an earlier time of this meeting.")
        OVER = "over", _("The meeting was over or cancelled.")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="refused_replies", editable=False)
    sender = models.CharField(max_length=320)
    attendee = models.CharField(max_length=320)
    says = models.CharField(max_length=10, choices=Reply.Says.choices)
    why = models.CharField(max_length=8, choices=Why.choices)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-at"]
        verbose_name, verbose_name_plural = _("refused reply"), _("refused replies")

    def __str__(self) -> str:
        return f"{self.sender}: {self.get_why_display()}"


class Poll(PartnershipOwned):
    """Which of several times suits: asked of members and guests, who answer by a link of their own."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="polls", editable=False)
    title = models.CharField(_("what it is about"), max_length=160)
    minutes_long = models.PositiveSmallIntegerField(_("minutes"), default=60)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Toronto", validators=[validate_time_zone]
    )
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    closes_on = models.DateField(_("answers until"))
    made_by = models.ForeignKey(Participant, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["-made_at"]
        verbose_name, verbose_name_plural = _("question about times"), _("questions about times")

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def open(self) -> bool:
        return self.closed_at is None and clock.today() <= self.closes_on

    def get_absolute_url(self) -> str:
        return reverse("working_groups:poll", args=[self.partnership.slug, self.pk])


class PollTime(PartnershipOwned):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="times")
    starts_at = models.DateTimeField(_("starts"))

    class Meta:
        ordering = ["starts_at"]
        constraints = [models.UniqueConstraint(fields=["poll", "starts_at"], name="poll_time_once")]

    def __str__(self) -> str:
        return f"{self.poll}: {self.starts_at:%Y-%m-%d %H:%M}"


class PollVoice(PartnershipOwned):
    """Somebody who is asked. Only the digest of the token in their link is kept."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="voices")
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["poll", "email"], name="poll_voice_once")]

    def __str__(self) -> str:
        return f"{self.poll}: {self.name}"


class PollAnswer(PartnershipOwned):
    class Says(models.TextChoices):
        YES = "yes", _("Suits")
        MAYBE = "maybe", _("If need be")
        NO = "no", _("Does not suit")

    voice = models.ForeignKey(PollVoice, models.CASCADE, related_name="answers")
    time = models.ForeignKey(PollTime, models.CASCADE, related_name="answers")
    says = models.CharField(max_length=5, choices=Says.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["voice", "time"], name="poll_answer_once")]

    def __str__(self) -> str:
        return f"{self.voice}: {self.get_says_display()}"


class Feed(PartnershipOwned):
    """A private calendar address of one participant, of all their groups or one. Only its token's digest is kept."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="feeds")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="feeds", editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    every_group = models.BooleanField(_("meetings of every group, not only mine"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name, verbose_name_plural = _("calendar address"), _("calendar addresses")

    def __str__(self) -> str:
        return f"{self.participant}: {self.created_at:%Y-%m-%d}"

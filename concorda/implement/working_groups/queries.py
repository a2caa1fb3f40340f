"""What can be read about groups: who is in them, how they are doing, when they meet and where that falls badly."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day, say_time
from concorda.foundation.partnerships.access import Access, Role
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.queries import present, with_role
from concorda.implement.working_groups import zones
from concorda.implement.working_groups.models import AgendaItem, Attendance, Feed, Group, GroupMember, Meeting

LAST = 6
"""How many meetings attendance is counted over."""
QUIET_AFTER = 2
"""A group has gone quiet when more than this many of its intervals passed without a meeting."""
ALWAYS = 3
"""So many meetings in a row outside working hours in one place are a pattern."""
HELD = Q(cancelled=False, present_then__gt=0)


def active(partnership: Partnership) -> QuerySet[Group]:
    return Group.objects.filter(partnership=partnership, ended_on=None).select_related(
        "chair__person", "chair__organization"
    )


def members(group: Group) -> QuerySet[GroupMember]:
    """The members now, with person and organization."""
    found = GroupMember.objects.filter(group=group, left_on=None, participant__left_on=None)
    return found.select_related("participant__person", "participant__organization").order_by(
        "participant__person__name"
    )


def members_at(meeting: Meeting) -> QuerySet[Participant]:
    """Who belonged to the group on the day of a meeting."""
    day = meeting.starts_at.astimezone(meeting.zone).date()
    then = GroupMember.objects.filter(Q(left_on=None) | Q(left_on__gt=day), group=meeting.group_id, joined_on__lte=day)
    stays = Q(left_on=None) | Q(left_on__gt=day)
    return Participant.objects.filter(stays, pk__in=then.values("participant")).select_related("person", "organization")


def may_join(group: Group) -> QuerySet[Participant]:
    """People who take part and are not in the group."""
    inside = GroupMember.objects.filter(group=group, left_on=None).values("participant")
    return present(group.partnership).exclude(pk__in=inside)


def groups_of(access: Access) -> QuerySet[Group]:
    """The active groups this person is in."""
    mine = GroupMember.objects.filter(participant=access.participant, left_on=None).values("group")
    return active(access.partnership).filter(pk__in=mine)


# How the groups are doing


@dataclass
class Standing:
    """One group at a glance: its people, its last and next meeting, and whether it keeps its rhythm."""

    group: Group
    people: list[Participant] = field(default_factory=list)
    last: Meeting | None = None
    next: Meeting | None = None
    came: int = 0
    expected: int = 0
    meetings: int = 0

    def count(self, meeting: Meeting) -> None:
        """Take in one meeting; they come newest first."""
        if not meeting.past:
            self.next = meeting
        elif meeting.held:
            self.last = self.last or meeting
            if self.meetings < LAST:
                self.meetings += 1
                self.came += meeting.present_then or 0
                self.expected += meeting.members_then or 0

    @property
    def organizations(self) -> int:
        return len({one.organization_id for one in self.people if one.organization_id})

    @property
    def days_since(self) -> int:
        """Days since the last meeting, or since the group started."""
        since = self.last.starts_at.astimezone(self.group.zone).date() if self.last else self.group.starts_on
        return (clock.today() - since).days

    @property
    def quiet(self) -> bool:
        return self.days_since > QUIET_AFTER * self.group.every_days

    @property
    def healthy(self) -> bool:
        return self.group.chair_id is not None and not self.quiet

    @property
    def attendance(self) -> str:
        if not self.expected:
            return ""
        return _("%(came)s of %(expected)s") % {"came": self.came, "expected": self.expected}

    @property
    def people_words(self) -> str:
        people = ngettext("%(count)s member", "%(count)s members", len(self.people)) % {"count": len(self.people)}
        places = ngettext("from %(count)s organization", "from %(count)s organizations", self.organizations)
        return f"{people} {places % {'count': self.organizations}}" if self.organizations else people


def standings(partnership: Partnership, groups: Iterable[Group] | None = None) -> list[Standing]:
    """How every active group is doing, in a fixed number of queries."""
    found = {group.pk: Standing(group) for group in (active(partnership) if groups is None else groups)}
    rows = GroupMember.objects.filter(group__in=found, left_on=None, participant__left_on=None)
    for row in rows.select_related("participant__person", "participant__organization").order_by(
        "participant__person__name"
    ):
        found[row.group_id].people.append(row.participant)
    for meeting in Meeting.objects.filter(group__in=found, cancelled=False).defer("notes").order_by("-starts_at"):
        found[meeting.group_id].count(meeting)
    return sorted(found.values(), key=lambda one: one.group.name)


def upcoming(partnership: Partnership, groups: Iterable[Group] | None = None) -> QuerySet[Meeting]:
    """Meetings that have not begun, soonest first."""
    found = Meeting.objects.filter(
        partnership=partnership, cancelled=False, starts_at__gt=clock.now(), group__ended_on=None
    )
    if groups is not None:
        found = found.filter(group__in=groups)
    return found.select_related("group", "partnership").order_by("starts_at")


def before(meeting: Meeting) -> QuerySet[Meeting]:
    """Earlier meetings of the same group that took place, latest first."""
    return Meeting.objects.filter(HELD, group=meeting.group_id, starts_at__lt=meeting.starts_at).order_by("-starts_at")


def to_approve(meeting: Meeting) -> QuerySet[Meeting]:
    """Earlier minutes that this meeting can approve."""
    return before(meeting).filter(approved_at=None).exclude(finished_at=None)


def approving(meeting: Meeting) -> Meeting | None:
    """The later meeting, with a quorum, that can approve these minutes; the first one if there are several."""
    later = Meeting.objects.filter(group=meeting.group_id, cancelled=False, starts_at__gt=meeting.starts_at)
    begun = later.filter(starts_at__lte=clock.now()).order_by("starts_at")
    return next((one for one in begun if one.quorum_met), None)


def decided(group: Group) -> QuerySet[AgendaItem]:
    """What the group decided, from finished minutes, newest first."""
    found = AgendaItem.objects.filter(meeting__group=group).exclude(decided="").exclude(meeting__finished_at=None)
    return found.select_related("meeting").order_by("-meeting__starts_at", "position")


# Times in everyone's places


def place_names(partnership: Partnership, groups: Iterable[Group]) -> dict[str, str]:
    """What the partnership calls the place of a time zone."""
    names = {group.time_zone: group.place for group in groups if group.place and "," not in group.place}
    if partnership.place_name:
        names[partnership.time_zone] = partnership.place_name
    return names


@dataclass(frozen=True)
class Cell:
    place: zones.Place
    local: datetime | None
    other_day: bool = False

    @property
    def says(self) -> str:
        return say_time(self.local) if self.local else "–"


@dataclass(frozen=True)
class Row:
    meeting: Meeting
    day: str
    cells: list[Cell]


@dataclass(frozen=True)
class TimeTable:
    """Meetings down, places across; the reader's own place first."""

    places: list[zones.Place]
    rows: list[Row]


def time_table(access: Access, meetings: Sequence[Meeting], found: Sequence[Standing]) -> TimeTable:
    """The next meetings in everyone's time; a place nobody of the group is in stays empty."""
    concerned = {
        one.group.pk: {person.person.time_zone for person in one.people} | {one.group.time_zone} for one in found
    }
    mine = access.person.time_zone
    shown = (
        set().union(*(concerned.get(meeting.group_id, set()) | {meeting.time_zone} for meeting in meetings))
        if meetings
        else set()
    )
    places = list(zones.places(mine, shown, place_names(access.partnership, [one.group for one in found])))
    rows = []
    for meeting in meetings:
        here = concerned.get(meeting.group_id, set()) | {mine, meeting.time_zone}
        own = meeting.starts_at.astimezone(access.person.zone)
        cells = [cell(meeting, place, own) if place.zone in here else Cell(place, None) for place in places]
        rows.append(Row(meeting, say_day(own.date(), weekday=True, today=clock.today()), cells))
    return TimeTable(places, rows)


def cell(meeting: Meeting, place: zones.Place, own: datetime) -> Cell:
    local = place.at(meeting.starts_at)
    return Cell(place, local, local.date() != own.date())


def clock_change(places: Sequence[zones.Place], meetings: Sequence[Meeting]) -> bool:
    """Whether clocks in one of the places change between now and the last of the meetings."""
    if not meetings:
        return False
    return any(place.at(clock.now()).utcoffset() != place.at(meetings[-1].starts_at).utcoffset() for place in places)


# Out of step


@dataclass(frozen=True)
class Finding:
    """Something out of step, for those who can act: what is so, and the group it is about."""

    kind: str
    text: str
    group: Group


def findings(found: Sequence[Standing], names: dict[str, str]) -> list[Finding]:
    """Groups without a chair, gone quiet, or meeting at hours that always fall badly for one place."""
    out = []
    for one in found:
        facts = {"group": one.group.name, "days": one.days_since}
        if one.group.chair_id is None:
            out.append(Finding("chair", _("%(group)s has no chair.") % facts, one.group))
        if one.quiet and one.last:
            out.append(
                Finding(
                    "quiet", _("%(group)s has gone quiet: its last meeting was %(days)s days ago.") % facts, one.group
                )
            )
        elif one.quiet:
            out.append(
                Finding("quiet", _("%(group)s has not met since it began %(days)s days ago.") % facts, one.group)
            )
    return out + bad_hours(found, names)


def bad_hours(found: Sequence[Standing], names: dict[str, str]) -> list[Finding]:
    """Places where every one of a group's recent and planned meetings falls outside 9 to 17 o'clock."""
    by_group: dict[int, list[Meeting]] = defaultdict(list)
    window = clock.now() - timedelta(days=180)
    rows = Meeting.objects.filter(group__in=[one.group.pk for one in found], cancelled=False, starts_at__gt=window)
    for meeting in rows.order_by("starts_at"):
        by_group[meeting.group_id].append(meeting)
    out = []
    for one in found:
        times = [
            (meeting.starts_at, meeting.starts_at + timedelta(minutes=meeting.minutes_long))
            for meeting in by_group[one.group.pk]
        ]
        for place in sorted(
            (zones.named(zone, names) for zone in {person.person.time_zone for person in one.people}),
            key=lambda place: place.name,
        ):
            if len(times) >= ALWAYS and all(
                zones.outside_workday(start, end, ZoneInfo(place.zone)) for start, end in times
            ):
                text = _("%(group)s always meets outside 9 to 5 in %(place)s.")
                out.append(Finding("hours", text % {"group": one.group.name, "place": place.name}, one.group))
    return out


def manager_hint(partnership: Partnership, found: Sequence[Standing]) -> str:
    """That a project manager may be needed: three or more active groups in several places, and nobody in that role."""
    places = {one.group.time_zone for one in found}
    if len(found) < 3 or len(places) < 2 or with_role(partnership, Role.PROJECT_MANAGER).exists():
        return ""
    return _("%(groups)s groups work in %(places)s time zones, and nobody looks across all of them.") % {
        "groups": len(found),
        "places": len(places),
    }


# Calendars


def feeds_of(access: Access) -> QuerySet[Feed]:
    return Feed.objects.filter(participant=access.participant, revoked_at=None)


def meetings_for(participant: Participant, *, every_group: bool) -> QuerySet[Meeting]:
    """What stands in a person's calendar: meetings of the last quarter and all to come, cancelled ones as such."""
    since = clock.now() - timedelta(days=92)
    found = Meeting.objects.filter(partnership=participant.partnership_id, starts_at__gt=since)
    if not every_group:
        mine = GroupMember.objects.filter(participant=participant, left_on=None).values("group")
        found = found.filter(group__in=mine)
    return found.select_related("group__chair__person", "partnership").prefetch_related("agenda").order_by("starts_at")


def attended(meeting: Meeting) -> set[int]:
    return set(Attendance.objects.filter(meeting=meeting, present=True).values_list("participant", flat=True))


def meeting_counts(partnership: Partnership) -> dict[int, int]:
    """Group → how many meetings took place."""
    rows = Meeting.objects.filter(HELD, partnership=partnership).values("group").annotate(n=Count("pk"))
    return {row["group"]: row["n"] for row in rows.order_by()}

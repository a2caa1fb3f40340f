"""What can be read about groups: who is in them, how they are doing, when they meet and where that falls badly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day, say_time
from concorda.foundation.partnerships.access import Access, Role
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.queries import present, with_role
from concorda.implement.working_groups import work, zones
from concorda.implement.working_groups.models import (
    AgendaItem,
    Attendance,
    Charter,
    Feed,
    Group,
    GroupMember,
    Meeting,
    Poll,
    PollTime,
    PollVoice,
    Reply,
    Series,
)

HALF_A_YEAR = timedelta(days=180)
WRITTEN_WITHIN = timedelta(days=7)
"""Minutes that are not finished after so long are late."""
LAST = 6
"""How many meetings attendance is counted over."""
QUIET_AFTER = 2
"""A group has gone quiet when more than this many of its intervals passed without a meeting."""
ALWAYS = 3
"""So many meetings in a row outside working hours in one place are a pattern."""
HELD = Q(cancelled=False, present_then__gt=0)


def groups_with_chairs(partnership: Partnership) -> QuerySet[Group]:
    """All groups, also those that have ended."""
    return Group.objects.filter(partnership=partnership).select_related("chair__person", "chair__organization")


def active(partnership: Partnership) -> QuerySet[Group]:
    return groups_with_chairs(partnership).filter(ended_on=None)


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
    coming: list[Meeting] = field(default_factory=list)
    lately: list[Meeting] = field(default_factory=list)
    unwritten: Meeting | None = None
    load: work.Load = field(default_factory=work.Load)

    def count(self, meeting: Meeting) -> None:
        """Take in one meeting; they come newest first."""
        meeting.group, meeting.partnership = self.group, self.group.partnership
        if meeting.starts_at > clock.now() - HALF_A_YEAR:
            self.lately.append(meeting)
        if not meeting.past:
            self.next = meeting
            self.coming.insert(0, meeting)
            return
        if meeting.finished_at is None and meeting.starts_at < clock.now() - WRITTEN_WITHIN:
            self.unwritten = meeting
        if meeting.held:
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


def standings(partnership: Partnership, groups: Iterable[Group] | None = None, *, loads: bool = True) -> list[Standing]:
    """How every active group is doing, in a fixed number of queries; without `loads`, not how much work is open."""
    found = {group.pk: Standing(group) for group in (active(partnership) if groups is None else groups)}
    for one in found.values():
        one.group.partnership = partnership
    rows = GroupMember.objects.filter(group__in=found, left_on=None, participant__left_on=None)
    for row in rows.select_related("participant__person", "participant__organization").order_by(
        "participant__person__name"
    ):
        found[row.group_id].people.append(row.participant)
    for meeting in Meeting.objects.filter(group__in=found, cancelled=False).defer("notes").order_by("-starts_at"):
        found[meeting.group_id].count(meeting)
    for group, load in (work.known().loads(partnership) if loads else {}).items():
        if group in found:
            found[group].load = load
    return sorted(found.values(), key=lambda one: one.group.name)


def next_meetings(found: Iterable[Standing]) -> list[Meeting]:
    """What the groups have before them, soonest first."""
    return in_order(meeting for one in found for meeting in one.coming)


def in_order(meetings: Iterable[Meeting]) -> list[Meeting]:
    return sorted(meetings, key=lambda meeting: meeting.starts_at)


def coming_of(series: Series) -> QuerySet[Meeting]:
    """The meetings of a series that are not due yet, in the order of its rule."""
    found = Meeting.objects.filter(series=series, due_at__gt=clock.now(), starts_at__gt=clock.now())
    return found.select_related("group", "series", "partnership").order_by("due_at")


def upcoming(partnership: Partnership, groups: Iterable[Group] | None = None) -> QuerySet[Meeting]:
    """Meetings that have not begun, soonest first."""
    found = Meeting.objects.filter(
        partnership=partnership, cancelled=False, starts_at__gt=clock.now(), group__ended_on=None
    )
    if groups is not None:
        found = found.filter(group__in=groups)
    return found.select_related("group", "partnership", "series").order_by("starts_at")


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


def could_adopt(charter: Charter) -> QuerySet[Meeting]:
    """The meetings with a quorum since a version of the charter was written."""
    since = charter.written_at.replace(hour=0, minute=0, second=0)
    found = Meeting.objects.filter(HELD, group=charter.group_id, starts_at__gte=since, starts_at__lte=clock.now())
    return found.filter(present_then__gte=F("needed_then")).select_related("group")


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


MANY = 3
"""So many overdue actions are told, once they are a third of what is open."""
SEVERAL, MUCH = 3, 15
"""So many groups, or dependencies between organizations, call for somebody who looks across."""


@dataclass(frozen=True)
class Finding:
    """Something out of step, for those who can act: what is so, the group it is about, and where to go."""

    kind: str
    text: str
    group: Group
    address: str = ""

    @property
    def url(self) -> str:
        return self.address or self.group.get_absolute_url()


def findings(found: Sequence[Standing], names: dict[str, str]) -> list[Finding]:
    """What will slip, for those who can act: groups without a chair or gone quiet, decisions put off, minutes that are
    not written, hand-overs that did not come, overdue work, hours that always fall badly for one place.
    """
    out = [finding for one in found for finding in of_group(one)]
    return out + put_off(found) + not_handed_over(found) + bad_hours(found, names)


def of_group(one: Standing) -> Iterator[Finding]:
    """What the meetings and actions of one group show."""
    facts = {"group": one.group.name, "days": one.days_since}
    if one.group.chair_id is None:
        yield Finding("chair", _("%(group)s has no chair.") % facts, one.group)
    if one.quiet and one.last:
        text = _("%(group)s has gone quiet: its last meeting was %(days)s days ago.") % facts
        yield Finding("quiet", text, one.group)
    elif one.quiet:
        yield Finding("quiet", _("%(group)s has not met since it began %(days)s days ago.") % facts, one.group)
    if one.unwritten:
        day = say_day(one.unwritten.starts_at.astimezone(one.unwritten.zone).date())
        text = _("The minutes of %(group)s of %(day)s are not finished.") % (facts | {"day": day})
        yield Finding("minutes", text, one.group, one.unwritten.get_absolute_url())
    if one.load.overdue >= MANY and 3 * one.load.overdue >= one.load.open:
        text = _("%(overdue)s of %(open)s open actions of %(group)s are overdue.")
        yield Finding("overdue", text % (facts | {"overdue": one.load.overdue, "open": one.load.open}), one.group)


def put_off(found: Sequence[Standing]) -> list[Finding]:
    """What a group was to decide and has carried over twice or more."""
    groups = {one.group.pk: one.group for one in found}
    rows = AgendaItem.objects.filter(
        purpose=AgendaItem.Purpose.DECIDE,
        done=False,
        carried_to=None,
        carried_from__carried_from__isnull=False,
        meeting__group__in=groups,
    )
    out = []
    for item in rows.select_related("meeting", "carried_from__carried_from__meeting"):
        first = item.carried_from.carried_from.meeting
        facts = {
            "group": groups[item.meeting.group_id].name,
            "item": item.title,
            "day": say_day(first.starts_at.astimezone(first.zone).date()),
        }
        text = _("%(group)s has put off deciding “%(item)s” since %(day)s.") % facts
        out.append(Finding("decision", text, groups[item.meeting.group_id]))
    return out


def not_handed_over(found: Sequence[Standing]) -> list[Finding]:
    """Hand-overs between groups that are overdue, told to the group that waits."""
    groups = {one.group.pk: one.group for one in found}
    missed = work.known().missed(found[0].group.partnership) if found else ()
    return [Finding("handover", one.text, groups[one.group], one.url) for one in missed if one.group in groups]


def bad_hours(found: Sequence[Standing], names: dict[str, str]) -> list[Finding]:
    """Places where every one of a group's recent and planned meetings falls outside 9 to 17 o'clock."""
    out = []
    for one in found:
        times = [(meeting.starts_at, meeting.ends_at) for meeting in one.lately]
        if len(times) < ALWAYS:
            continue
        where = {zones.named(person.person.time_zone, names) for person in one.people}
        for place in sorted(where, key=lambda place: place.name):
            if all(zones.outside_workday(start, end, ZoneInfo(place.zone)) for start, end in times):
                text = _("%(group)s always meets outside 9 to 5 in %(place)s.")
                out.append(Finding("hours", text % {"group": one.group.name, "place": place.name}, one.group))
    return out


def manager_hint(partnership: Partnership, found: Sequence[Standing]) -> str:
    """That a project manager may be needed when nobody is one: several groups, or much work across organizations.

    Source: the process itself asks for a project manager once groups are several and dispersed.
    """
    crossing = work.known().crossing(partnership) if len(found) < SEVERAL else 0
    if (len(found) < SEVERAL and crossing < MUCH) or with_role(partnership, Role.PROJECT_MANAGER).exists():
        return ""
    facts = {"groups": len(found), "places": len({one.group.time_zone for one in found}), "crossing": crossing}
    if crossing >= MUCH:
        text = _("%(crossing)s actions of one organization wait for those of another, and nobody looks across them.")
        return text % facts
    if facts["places"] > 1:
        return _("%(groups)s groups work in %(places)s time zones, and nobody looks across all of them.") % facts
    return _("%(groups)s groups are at work, and nobody looks across all of them.") % facts


# Calendars


def feeds_of(access: Access) -> QuerySet[Feed]:
    return Feed.objects.filter(participant=access.participant, revoked_at=None)


def in_calendar(feed: Feed) -> tuple[QuerySet[Meeting], QuerySet[Series]]:
    """What a calendar address shows: meetings of the last quarter and to come, cancelled ones as such; series whole."""
    since = clock.now() - timedelta(days=92)
    found = Meeting.objects.filter(partnership=feed.partnership_id, starts_at__gt=since)
    if feed.group_id:
        found = found.filter(group=feed.group_id)
    elif not feed.every_group:
        mine = GroupMember.objects.filter(participant=feed.participant_id, left_on=None).values("group")
        found = found.filter(group__in=mine)
    single = found.filter(series=None).select_related("group", "partnership", "series").prefetch_related("agenda")
    inside = Meeting.objects.select_related("group", "partnership", "series").prefetch_related("agenda")
    several = Series.objects.filter(pk__in=found.exclude(series=None).values("series"))
    several = several.select_related("group", "partnership")
    return single.order_by("starts_at"), several.prefetch_related(Prefetch("meetings", inside.order_by("due_at")))


def attended(meeting: Meeting) -> set[int]:
    return set(Attendance.objects.filter(meeting=meeting, present=True).values_list("participant", flat=True))


def meeting_counts(partnership: Partnership) -> dict[int, int]:
    """Group → how many meetings took place."""
    rows = Meeting.objects.filter(HELD, partnership=partnership).values("group").annotate(n=Count("pk"))
    return {row["group"]: row["n"] for row in rows.order_by()}


# Questions about times


@dataclass(frozen=True)
class Asked:
    """One time on offer, as the reader's clock shows it, with what everybody said about it."""

    time: PollTime
    says: str
    yes: int
    maybe: int
    no: int
    answers: list[str]


@dataclass(frozen=True)
class Answers:
    """Times across, people down; who has answered is counted."""

    times: list[Asked]
    rows: list[tuple[PollVoice, list[str]]]
    best: int
    """The primary key of the time that suits most; 0 while nobody has answered."""

    @property
    def asked(self) -> int:
        return len(self.rows)

    @property
    def answered(self) -> int:
        return sum(voice.answered_at is not None for voice, _says in self.rows)


def answers_to(poll: Poll, zone: ZoneInfo) -> Answers:
    """What everybody answered, in a fixed number of queries."""
    times = list(poll.times.all())
    voices = list(poll.voices.select_related("participant__organization").prefetch_related("answers"))
    said = {(one.voice_id, one.time_id): one.says for voice in voices for one in voice.answers.all()}
    asked = []
    for time in times:
        local = time.starts_at.astimezone(zone)
        here = [said.get((voice.pk, time.pk), "") for voice in voices]
        label = f"{say_day(local.date(), weekday=True)}, {say_time(local)}"
        asked.append(Asked(time, label, here.count("yes"), here.count("maybe"), here.count("no"), here))
    rows = [(voice, [one.answers[place] for one in asked]) for place, voice in enumerate(voices)]
    best = max(asked, key=lambda one: (-one.no, one.yes, one.maybe), default=None) if said else None
    return Answers(asked, rows, best.time.pk if best else 0)


# Answers to invitations


@dataclass(frozen=True)
class Replies:
    """Who comes, perhaps comes, cannot come, has not said: names."""

    accepted: list[str]
    tentative: list[str]
    declined: list[str]
    silent: list[str]


def replies_to(meeting: Meeting, people: Iterable[Participant]) -> Replies:
    """What those invited have said, guests included."""
    found: dict[str, list[str]] = {"accepted": [], "tentative": [], "declined": []}
    heard = set()
    for reply in Reply.objects.filter(meeting=meeting).select_related("participant__person", "guest"):
        heard.add(reply.participant_id)
        found[reply.says].append(str(reply.participant or reply.guest))
    silent = [one.person.name for one in people if one.pk not in heard]
    return Replies(**{says: sorted(names) for says, names in found.items()}, silent=silent)


def reply_of(meeting: Meeting, participant: Participant) -> str:
    return Reply.objects.filter(meeting=meeting, participant=participant).values_list("says", flat=True).first() or ""

"""Five groups and their year of meetings: Housing hangs by Amina, Pre-arrival by Anneke and has no chair."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from icalendar import Calendar

from concorda.foundation.accounts.models import Person
from concorda.foundation.process.story import Story
from concorda.implement.working_groups import charters, events, polls, replies, series, services
from concorda.implement.working_groups.models import (
    AgendaItem,
    Group,
    Guest,
    Meeting,
    Paper,
    Poll,
    Series,
    WorkHours,
)

OPENED = -300
"""The day the groups were set up."""
MONTH = 28
AWAY_SINCE = -62
"""For two months seven people have taken no part."""
AWAY = frozenset({"rahim", "nour", "karim", "ruth", "diego", "sunita", "joy"})
ANNEKE_LAST = -105
"""Anneke was last at Pre-arrival in November, and nobody else links it to the others."""


@dataclass(frozen=True)
class Cast:
    """One group of the story: charter, members (chair first, if any), next meeting (days from today, hour there)."""

    key: str
    name: str
    purpose: str
    deliverables: str
    authority: str
    goals: tuple[str, ...]
    chair: str
    members: tuple[str, ...]
    place: str
    zone: str
    next_in: int
    hour: str
    minutes: int


TORONTO, WINNIPEG, HALIFAX = "America/Toronto", "America/Winnipeg", "America/Halifax"
GROUPS = (
    Cast(
        "housing", "Housing",
        "Families who arrive find a lease they understand and can pay within sixty days.",
        "Landlord handbook in four languages\nLandlord breakfast\nTwenty family leases",
        "Spends up to $2,000 on an event. Everything above goes to the steering table.",
        ("goal.homes",), "tom", ("tom", "denise", "bev", "karim", "lena", "joy", "amina"),
        "Port Alder", TORONTO, 3, "13:00", 90,
    ),
    Cast(
        "health", "Health & wellbeing",
        "Nobody tells their story of flight twice, and nobody waits alone for a doctor.",
        "Newcomer hours at the clinic\nFront-desk trauma training",
        "Chooses trainers and dates. Opening hours are the health centre’s own.",
        ("goal.intake",), "grace", ("grace", "helen", "paul", "samira", "ruth", "amina", "yodit"),
        "Port Alder", TORONTO, 12, "10:00", 60,
    ),
    Cast(
        "language", "Language & interpretation",
        "Whoever needs an interpreter has one within two days, in the language they dream in.",
        "Shared interpreter roster\nSixteen trained interpreters",
        "Sets the roster’s rules. Fees are decided by the steering table.",
        ("goal.interpreters", "goal.french"), "yodit",
        ("yodit", "rahim", "farida", "mebrat", "claire", "nour", "amina", "luc", "harpreet"),
        "Port Alder", TORONTO, 19, "14:00", 60,
    ),
    Cast(
        "employment", "Employment & credentials",
        "People work in the field they were trained for.",
        "Pathway maps for twelve jobs\nThirty employer mentor pairs",
        "Approaches employers in the name of the partnership.",
        ("goal.credentials",), "harpreet",
        ("harpreet", "anneke", "marisol", "marc", "ben", "sunita", "oleh", "diego", "luc"),
        "Winnipeg", WINNIPEG, 4, "10:00", 60,
    ),
    Cast(
        "prearrival", "Pre-arrival",
        "Families know before the plane lands who will meet them and what the first week brings.",
        "Pre-arrival information pack",
        "Writes and tests the pack. Printing is decided by the steering table.",
        (), "", ("callum", "tess", "iris", "anneke"),
        "Halifax", HALIFAX, 5, "11:00", 60,
    ),
)  # fmt: skip

# What the groups talked about, oldest first: item, purpose, what was noted, what was decided.
TALKED: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "housing": (
        (
            "Who rents to newcomers today",
            "discuss",
            "Tom knows eleven landlords, Bev four buildings of the County.",
            "",
        ),
        (
            "Interviews with landlords",
            "decide",
            "Six fears came up, most of them about damage and language.",
            "We interview fifteen landlords before we write anything.",
        ),
        ("What the rent bank covers", "inform", "Two months for a deposit, paid back over a year.", ""),
        ("Landlord handbook: outline", "discuss", "Eight pages, pictures, the lease clause by clause.", ""),
        (
            "Landlord handbook: languages",
            "decide",
            "English, French, Dari and Tigrinya cover nine of ten families.",
            "The handbook appears in four languages.",
        ),
        ("Families waiting for a lease", "inform", "Twenty-three families, the longest for 121 days.", ""),
        ("Referral path to the rent bank", "discuss", "Denise drafts it with the County’s lawyer.", ""),
        (
            "Landlord breakfast",
            "decide",
            "The library offers its hall.",
            "The breakfast is held at the library, for up to $2,000.",
        ),
        (
            "Handbook: where the translations are",
            "discuss",
            "The Dari translator is ill. The other three are at the printer.",
            "",
        ),
    ),
    "health": (
        ("Who turns up at the clinic", "inform", "Forty newcomers a month, half without a health card yet.", ""),
        (
            "Newcomer hours",
            "decide",
            "Tuesday evening suits families with work.",
            "Newcomer hours start on Tuesdays from 5 to 8 pm.",
        ),
        ("Telling the story twice", "discuss", "Intake asks at the centre, then again at the clinic.", ""),
        (
            "Trauma training for front desks",
            "decide",
            "Two trainers offered six days.",
            "Every front desk sends two people to the training.",
        ),
        ("Training days", "discuss", "One trainer moved away. The last training day is 1 April.", ""),
    ),
    "language": (
        ("Who interprets now", "inform", "Twelve volunteers in nine languages; Rahim alone in Dari.", ""),
        (
            "A shared roster",
            "decide",
            "One list, one telephone number, one page of rules.",
            "The roster is shared by all seven partners from February.",
        ),
        ("Requests that waited too long", "discuss", "38 of 100 were met within 48 hours in the autumn.", ""),
        (
            "Training for interpreters",
            "decide",
            "The School Board gives two classrooms.",
            "Sixteen people are trained by the middle of May.",
        ),
        ("French at the welcome desk", "discuss", "Luc: no family should have to ask for it.", ""),
    ),
    "employment": (
        (
            "Which jobs first",
            "decide",
            "Nurse, electrician and teacher lead the list.",
            "We draw pathway maps for twelve jobs.",
        ),
        ("Employers who would mentor", "discuss", "Oleh knows three builders, Harpreet the hospital.", ""),
        (
            "Anneke leads from Winnipeg",
            "inform",
            "Her office moved there in the summer; meetings follow her clock.",
            "",
        ),
        ("Credential pathways", "discuss", "Seven maps are done, five wait for the regulators.", ""),
        ("Mentor pairs", "discuss", "Eight pairs have met, four more are asked.", ""),
    ),
    "prearrival": (
        ("What families ask before they fly", "inform", "Weather, school, where to sleep the first night.", ""),
        (
            "The information pack",
            "decide",
            "Twelve questions, one page each.",
            "The pack answers twelve questions, in plain words.",
        ),
        ("Who tests it", "discuss", "Two families in Halifax would read it.", ""),
        ("Who leads this group", "discuss", "Nobody here has the hours. Halifax asks around.", ""),
    ),
}
NEXT_TALKS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "housing": (
        ("Handbook: start with three languages?", "decide", 20),
        ("Invitations to the breakfast", "discuss", 15),
    ),
    "health": (("Last training day", "inform", 10), ("Referrals from Housing", "discuss", 20)),
    "language": (("First month of the roster", "inform", 15), ("Interpreters for the breakfast", "decide", 10)),
    "employment": (("Five open pathway maps", "discuss", 30), ("Mentor pairs for spring", "decide", 15)),
    "prearrival": (("A chair for this group", "decide", 20), ("First draft of the pack", "discuss", 30)),
}


def tell(story: Story) -> None:
    for cast in GROUPS:
        story.things[f"group.{cast.key}"] = open_group(story, cast)
    for cast in GROUPS:
        story.things[f"meetings.{cast.key}"] = list(hold_meetings(story, cast))
    for cast in GROUPS:
        story.things[f"meeting.{cast.key}"] = plan_next(story, cast)
    prepare(story)
    ask_for_times(story)
    come_back(story)


HOURS = {"anneke": ("12345", time(8), time(16)), "callum": ("12345", time(8), time(16))}
PAPER = b"Landlord handbook, third draft\n\n1. What a lease is\n2. What may be asked of a tenant, and what may not\n"


def prepare(story: Story) -> None:
    """Before the next meetings: who comes, a paper to read, a guest, and when two people work."""
    with story.day(-4, "15:00") as here:
        for key, (days, starts, ends) in HOURS.items():
            row = WorkHours(partnership=here, participant=story.participant(key), days=days, starts=starts, ends=ends)
            services.set_hours(row, by=story.people[key])
        meeting: Any = story.things["meeting.housing"]
        paper = Paper(partnership=here, meeting=meeting, title="Landlord handbook, third draft")
        services.add_paper(paper, ContentFile(PAPER, name="handbook-draft-3.txt"), by=story.people["tom"])
        services.invite_guest(
            Guest(partnership=here, meeting=meeting, name="Gilles Roy", email="gilles@rentals.example"),
            by=story.people["tom"],
        )
        for key, says in (("tom", "accepted"), ("denise", "accepted"), ("amina", "accepted"), ("bev", "tentative")):
            replies.answer(meeting, story.participant(key), says, by=story.people[key])
        replies.answer(meeting, story.participant("lena"), "declined", by=story.people["lena"])
        forwarded(story)


def forwarded(story: Story) -> None:
    """Somebody answered an invitation that was only forwarded to them."""
    meeting: Any = story.things["meeting.health"]
    invited = Calendar.from_ical(events.calendar([meeting], method="REPLY"))
    guest = events.address("walk.in@elsewhere.example", "Walk-in", partstat="ACCEPTED")
    invited.walk("VEVENT")[0].add("attendee", guest)
    replies.take_reply(invited.to_ical(), "walk.in@elsewhere.example")


def ask_for_times(story: Story) -> None:
    """Health & wellbeing asks when its April meeting suits, a doctor outside the partnership too."""
    with story.day(-3, "10:00") as here:
        group: Any = story.things["group.health"]
        poll = Poll(
            partnership=here, group=group, title="Referrals in April", place="Port Alder",
            closes_on=story.date(7), made_by=story.participant("grace"),
        )  # fmt: skip
        zone = ZoneInfo(TORONTO)
        times = [datetime.combine(story.date(day), time(hour), zone) for day, hour in ((27, 9), (28, 13), (31, 10))]
        polls.ask(poll, times, guests=[("Ana Lima", "ana.lima@clinic.example")], by=story.people["grace"])
        said = {"grace": ("yes", "yes", "maybe"), "helen": ("no", "yes", "yes"), "amina": ("maybe", "yes", "no")}
        for key, answers in said.items():
            voice = poll.voices.select_related("poll", "participant__person").get(participant=story.participant(key))
            polls.answer(voice, dict(zip(poll.times.all(), answers, strict=True)))
        story.things["poll.health"] = poll


def come_back(story: Story) -> None:
    """Employment has planned its meetings until the summer; the second is moved for a holiday."""
    cast = next(one for one in GROUPS if one.key == "employment")
    group: Any = story.things["group.employment"]
    with story.day(-2, "16:00") as here:
        first = datetime.combine(story.date(cast.next_in + MONTH), time(10), ZoneInfo(WINNIPEG))
        made = series.plan_series(
            Series(partnership=here, group=group, starts_at=first, time_zone=WINNIPEG, place=cast.place),
            "four_weeks", 3, by=story.people["harpreet"], invite=False,
        )  # fmt: skip
        moved = made.meetings.order_by("due_at")[1]
        was, moved.starts_at = moved.starts_at, moved.starts_at + timedelta(days=1)
        moved.save()
        services.move_meeting(moved, was=was, by=story.people["harpreet"], invite=False)
        story.things["series.employment"] = made


def open_group(story: Story, cast: Cast) -> Group:
    with story.day(OPENED, "14:00") as here:
        group = services.open_group(
            Group(
                partnership=here,
                name=cast.name,
                purpose=cast.purpose,
                deliverables=cast.deliverables,
                authority=cast.authority,
                chair=story.participant(cast.chair) if cast.chair else None,
                place=cast.place,
                time_zone=cast.zone,
                every_days=MONTH,
                starts_on=story.date(OPENED),
                ends_on=story.date(400),
                created_by=story.things.get("decision.groups"),
            ),
            goals=[story.things[key] for key in cast.goals if key in story.things],
            by=story.people["priya"],
        )
        services.add_members(group, [story.participant(key) for key in cast.members], by=story.people["priya"])
    return group


def writer(cast: Cast) -> str:
    return cast.chair or cast.members[0]


def hold_meetings(story: Story, cast: Cast) -> Iterator[Meeting]:
    """A meeting every four weeks up to the last one before today, each approving the minutes of the one before."""
    by = story.people[writer(cast)]
    offsets = range(cast.next_in - 10 * MONTH, cast.next_in, MONTH)
    before: Meeting | None = None
    for number, offset in enumerate(offsets):
        talks = TALKED[cast.key][number :: len(offsets)]
        with story.day(offset - 14, "09:00"):
            agenda = [
                AgendaItem(title=title, purpose=purpose, minutes_long=20) for title, purpose, _notes, _decided in talks
            ]
            meeting = plan(story, cast, offset, agenda, invite=False)
        with story.day(offset, "17:30"):
            write_down(story, cast, meeting, number, offset)
            if before:
                services.approve_minutes(before, by=by)
            adopt_charters(cast, meeting, by=by)
            if offset != offsets[-1] or cast.key != "language":
                services.finish_minutes(meeting, by=by)
        before = meeting
        yield meeting


def adopt_charters(cast: Cast, meeting: Meeting, *, by: Person) -> None:
    """Each group adopts its charter at its first meeting with a quorum, Pre-arrival has not come to it."""
    for charter in meeting.group.charters.filter(adopted_at=None):
        if cast.chair and meeting.quorum_met:
            charters.adopt_in(charter, meeting, by=by)


def plan(story: Story, cast: Cast, offset: int, agenda: list[AgendaItem], *, invite: bool) -> Meeting:
    group = story.things[f"group.{cast.key}"]
    assert isinstance(group, Group)
    day = story.date(offset)
    starts_at = datetime.combine(day, time.fromisoformat(cast.hour), ZoneInfo(cast.zone)).astimezone(UTC)
    meeting = Meeting(
        partnership=group.partnership,
        group=group,
        starts_at=starts_at,
        time_zone=cast.zone,
        place=cast.place,
        minutes_long=cast.minutes,
    )
    return services.plan_meeting(meeting, agenda=agenda, by=story.people[writer(cast)], invite=invite)


def write_down(story: Story, cast: Cast, meeting: Meeting, number: int, offset: int) -> None:
    """Who was there, and what was said; the last thing a group talked about stays open."""
    said = {title: (notes, decided) for title, _purpose, notes, decided in TALKED[cast.key]}
    items = list(meeting.agenda.all())
    for item in items:
        item.notes, item.decided = said[item.title]
        item.done = item.title != TALKED[cast.key][-1][0]
    here = {story.participant(key).pk for key in came(cast, number, offset)}
    services.write_minutes(meeting, items=items, here=here, by=story.people[writer(cast)])


def came(cast: Cast, number: int, offset: int) -> Iterator[str]:
    """Everybody misses a meeting in turn; seven people have missed the last two months."""
    for place, key in enumerate(cast.members):
        missed = place == number % len(cast.members)
        if cast.key == "prearrival" and key == "anneke":
            missed = offset > ANNEKE_LAST
        if key in AWAY and offset > AWAY_SINCE:
            missed = True
        if not missed:
            yield key


def plan_next(story: Story, cast: Cast) -> Meeting:
    talks = [
        AgendaItem(title=title, purpose=purpose, minutes_long=minutes)
        for title, purpose, minutes in NEXT_TALKS[cast.key]
    ]
    with story.day(-5, "11:00"):
        return plan(story, cast, cast.next_in, talks, invite=True)

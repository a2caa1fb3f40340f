"""The action plan of Maitland Valley: fourteen deliverables, three done, two slipping, one of them critical."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from concorda.foundation.process.story import Story
from concorda.implement.action_plans import services
from concorda.implement.action_plans.days import Days
from concorda.implement.action_plans.models import Action, ActionShare


class Told(NamedTuple):
    """One deliverable; start and due in working days from today."""

    title: str
    group: str
    lead: str
    start: int
    due: int
    goal: str
    indicator: str
    hours: int
    """What the lead works on it, over all of it."""
    shares: tuple[tuple[str, int], ...] = ()
    """Who works on it as well, and how many hours."""
    span: tuple[int, int] | None = None
    """Working days it takes at best and at worst."""

    @property
    def effort(self) -> int:
        return self.hours + sum(hours for _who, hours in self.shares)


PLAN = {
    "interviews": Told("Landlord interviews", "housing", "tom", -45, -20, "homes", "lease_days", 40, (("bev", 20),)),
    "handbook": Told(
        "Landlord handbook, 4 languages",
        "housing",
        "tom",
        -19,
        0,
        "homes",
        "lease_days",
        44,
        (
            ("bev", 20),
            ("amina", 120),
        ),
    ),
    "breakfast": Told(
        "Landlord breakfast and sign-up", "housing", "tom", 1, 18, "homes", "lease_days", 36, (("denise", 8),), (12, 22)
    ),
    "leases": Told(
        "First 20 family leases", "housing", "amina", 19, 57, "homes", "lease_days", 80, (("tom", 40),), (32, 56)
    ),
    "rent_bank": Told(
        "Rent-bank referral path", "housing", "denise", -1, 29, "homes", "still_housed", 6, (("karim", 6),)
    ),
    "roster": Told(
        "Shared interpreter roster",
        "language",
        "yodit",
        -45,
        -10,
        "interpreters",
        "requests_48h",
        60,
        (
            ("rahim", 24),
            ("luc", 16),
        ),
    ),
    "training": Told(
        "Train 16 interpreters",
        "language",
        "yodit",
        4,
        44,
        "interpreters",
        "requests_48h",
        40,
        (("mebrat", 16),),
        (35, 52),
    ),
    "pathways": Told(
        "Pathway maps for 12 jobs", "employment", "anneke", -30, 10, "credentials", "", 30, (("marc", 12),)
    ),
    "mentors": Told(
        "Employer mentor pairs",
        "employment",
        "harpreet",
        11,
        53,
        "credentials",
        "own_field",
        108,
        (
            ("oleh", 20),
            ("luc", 20),
        ),
        (36, 60),
    ),
    "hours": Told(
        "Newcomer hours at the clinic", "health", "grace", -45, -15, "intake", "repeat_intake", 30, (("helen", 40),)
    ),
    "trauma": Told(
        "Front-desk trauma training", "health", "grace", -16, 9, "intake", "repeat_intake", 26, (("samira", 14),)
    ),
    "pack": Told(
        "Pre-arrival information pack",
        "prearrival",
        "callum",
        -11,
        24,
        "",
        "pack_read",
        18,
        (
            ("tess", 10),
            ("iris", 6),
        ),
    ),
    "intake": Told(
        "Shared intake form and consent", "", "priya", -11, 29, "intake", "repeat_intake", 95, (("yodit", 20),)
    ),
    "report": Told("First results report", "", "priya", 58, 75, "homes", "lease_days", 40, (("lena", 20),), (14, 24)),
}
DONE = ("interviews", "roster", "hours")
SHOWN_BY = {
    "interviews": "Notes of 26 talks, in the Housing folder",
    "roster": "Roster of 34 interpreters in 11 languages, in the shared folder",
    "hours": "Clinic calendar: Tuesdays and Thursdays, 4 to 7 pm",
}
# before, after, who hands over, who takes over
HANDED = (("roster", "mentors", "yodit", "harpreet"), ("hours", "intake", "grace", "priya"))
OFFERED = {"tom": 6, "amina": 5, "priya": 12, "yodit": 6, "harpreet": 6, "grace": 5}
UNDER_WAY = ("handbook", "rent_bank", "pathways", "trauma", "pack", "intake")
CHAINS = (("interviews", "handbook", "breakfast", "leases", "report"), ("pathways", "mentors", "report"))
FEED_THE_REPORT = ("rent_bank", "training", "trauma", "pack", "intake")
AGREED = -44
"""The day the plan was taken as agreed."""
# key: working days later, days from today when it was said, who, why
MOVED = {
    "handbook": (6, -3, "tom", "The Dari translator is ill. The other three are at the printer."),
    "trauma": (4, -8, "grace", "One trainer moved away. The last training day is {day}."),
}


def tell(story: Story) -> None:
    days = Days.of(story.partnership, story.today)
    today = story.date(0)
    with story.day(AGREED - 3):
        for key, told in PLAN.items():
            story.things[f"action.{key}"] = write(story, told, days, today)
        for chain in (*CHAINS, *((one, "report") for one in FEED_THE_REPORT)):
            for before, after in pairwise(chain):
                services.wait_for(thing(story, after), thing(story, before), by=story.people["tom"])
    with story.day(AGREED):
        services.take_baseline(story.partnership, by=story.people["priya"], because="Agreed at the steering table")
    with story.day(AGREED + 1):
        for key, hours in OFFERED.items():
            services.offer_hours(story.participant(key), Decimal(hours), by=story.people[key])
    follow(story, days, today)
    hand_over(story)


def hand_over(story: Story) -> None:
    """What one group gave to another, and what those said to it."""
    for before, after, gives, takes in HANDED:
        with story.day(-9):
            link = services.wait_for(thing(story, after), thing(story, before), by=story.people[takes])
            services.hand_over(link, handed=SHOWN_BY[before], by=story.people[gives])
        with story.day(-8):
            services.take_over(link, by=story.people[takes])


def thing(story: Story, key: str) -> Action:
    found = story.things[f"action.{key}"]
    assert isinstance(found, Action)
    return found


def write(story: Story, told: Told, days: Days, today: date) -> Action:
    action = Action(
        partnership=story.partnership,
        title=told.title,
        kind=Action.Kind.DELIVERABLE,
        accountable=story.participant(told.lead),
        group=story.things.get(f"group.{told.group}"),
        goal=story.things.get(f"goal.{told.goal}"),
        indicator=story.things.get(f"indicator.{told.indicator}"),
        starts_on=days.add(today, told.start),
        due=days.add(today, told.due),
        effort=told.effort,
        best_days=told.span[0] if told.span else None,
        worst_days=told.span[1] if told.span else None,
    )
    services.add(action, by=story.people[told.lead])
    for key, hours in told.shares:
        who, part = story.participant(key), ActionShare.Part.RESPONSIBLE
        services.share(action, who, part, by=story.people[told.lead], hours=Decimal(hours))
    return action


def follow(story: Story, days: Days, today: date) -> None:
    """What was begun, finished and moved since."""
    for key in (*UNDER_WAY, *DONE):
        told = PLAN[key]
        for offset, status in ((told.start, Action.Status.DOING), (told.due, Action.Status.DONE)):
            day = days.add(today, offset)
            if status == Action.Status.DONE and key not in DONE:
                continue
            with story.day((day - story.today).days, "16:00"):
                action = Action.objects.get(pk=thing(story, key).pk)
                shown = SHOWN_BY.get(key, "") if status == Action.Status.DONE else ""
                services.set_status(action, status, by=story.people[told.lead], evidence=shown)
    for key, (later, said, who, why) in MOVED.items():
        with story.day(said, "15:00"):
            action = Action.objects.get(pk=thing(story, key).pk)
            assert action.due
            due = days.add(action.due, later)
            services.move(action, due=due, because=why.format(day=f"{due.day} {due:%B}"), by=story.people[who])

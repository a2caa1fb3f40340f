"""The action plan of Maitland Valley: fourteen deliverables, three done, two slipping, one of them critical."""

from datetime import date
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
    shares: tuple[str, ...] = ()


PLAN = {
    "interviews": Told("Landlord interviews", "housing", "tom", -45, -20, "homes", "lease_days", ("bev",)),
    "handbook": Told(
        "Landlord handbook, 4 languages", "housing", "tom", -19, 0, "homes", "lease_days", ("bev", "amina")
    ),
    "breakfast": Told("Landlord breakfast and sign-up", "housing", "tom", 1, 18, "homes", "lease_days", ("denise",)),
    "leases": Told("First 20 family leases", "housing", "amina", 19, 57, "homes", "lease_days", ("tom",)),
    "rent_bank": Told("Rent-bank referral path", "housing", "denise", -1, 29, "homes", "still_housed", ("karim",)),
    "roster": Told(
        "Shared interpreter roster", "language", "yodit", -45, -10, "interpreters", "requests_48h", ("rahim", "luc")
    ),
    "training": Told("Train 16 interpreters", "language", "yodit", 4, 44, "interpreters", "requests_48h", ("mebrat",)),
    "pathways": Told("Pathway maps for 12 jobs", "employment", "anneke", -30, 10, "credentials", "", ("marc",)),
    "mentors": Told(
        "Employer mentor pairs", "employment", "harpreet", 11, 53, "credentials", "own_field", ("oleh", "luc")
    ),
    "hours": Told("Newcomer hours at the clinic", "health", "grace", -45, -15, "intake", "repeat_intake", ("helen",)),
    "trauma": Told("Front-desk trauma training", "health", "grace", -16, 9, "intake", "repeat_intake", ("samira",)),
    "pack": Told("Pre-arrival information pack", "prearrival", "callum", -11, 24, "", "pack_read", ("tess", "iris")),
    "intake": Told("Shared intake form and consent", "", "priya", -11, 29, "intake", "repeat_intake", ("yodit",)),
    "report": Told("First results report", "", "priya", 58, 75, "homes", "lease_days", ("lena",)),
}
DONE = ("interviews", "roster", "hours")
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
    follow(story, days, today)


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
    )
    services.add(action, by=story.people[told.lead])
    for key in told.shares:
        services.share(action, story.participant(key), ActionShare.Part.RESPONSIBLE, by=story.people[told.lead])
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
                services.set_status(action, status, by=story.people[told.lead])
    for key, (later, said, who, why) in MOVED.items():
        with story.day(said, "15:00"):
            action = Action.objects.get(pk=thing(story, key).pk)
            assert action.due
            due = days.add(action.due, later)
            services.move(action, due=due, because=why.format(day=f"{due.day} {due:%B}"), by=story.people[who])

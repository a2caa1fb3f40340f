"""The plan of Maitland Valley: five goals, six indicators. Rides stay without a goal; French without an indicator."""

from typing import Any

from concorda.begin.strategic_plan import services
from concorda.begin.strategic_plan.models import Goal, Indicator, Outcome, Risk
from concorda.foundation.core import clock
from concorda.foundation.process.story import Story

LEVEL, OFTEN = Outcome.Level, Indicator.Frequency
# key: title (with the day it is due), need, days until due, lead, days since it was agreed
GOALS = {
    "homes": ("House 40 large families within 60 days of arrival by {:%B %Y}", "homes", 380, "tom", -58),
    "interpreters": ("Fill 85% of interpretation requests within 48 hours", "interpreters", 290, "grace", -58),
    "intake": ("One intake, shared with consent, by {:%B %Y}", "intake", 185, "priya", -30),
    "credentials": ("60 newcomers working in their own field by {:%Y}", "credentials", 300, "harpreet", -58),
    "french": ("Offer every first contact in French", "french", 290, "luc", -30),
}
OUTCOMES = {
    "lease": ("homes", LEVEL.IMMEDIATE, "Families of six or more have a lease they can afford."),
    "stay": ("homes", LEVEL.INTERMEDIATE, "Families whose rent was at risk stay in their home."),
    "understood": (
        "interpreters",
        LEVEL.IMMEDIATE,
        "Patients who speak Dari or Tigrinya are understood at their appointment.",
    ),
    "once": ("intake", LEVEL.IMMEDIATE, "People tell their story once, to someone they trust."),
    "own_field": ("credentials", LEVEL.INTERMEDIATE, "Newcomers work at what they were trained for."),
}
# key: goal, outcome, name, unit, start, target, source, how often, owner
INDICATORS: dict[str, tuple[str, str, str, str, int | None, int, str, str, str]] = {
    "lease_days": (
        *("homes", "lease", "Median days from arrival to lease", "days", 121, 60),
        *("Counted by Harbour Street Housing from its leases", OFTEN.MONTHLY, "tom"),
    ),
    "still_housed": (
        *("homes", "stay", "Families still housed six months after a referral", "%", 71, 90),
        *("Counted by the County from the rent bank’s files", OFTEN.QUARTERLY, "bev"),
    ),
    "requests_48h": (
        *("interpreters", "understood", "Requests filled within 48 hours", "%", 38, 85),
        *("Counted by Lakeshore Health from the booking sheet", OFTEN.MONTHLY, "yodit"),
    ),
    "repeat_intake": (
        *("intake", "once", "Times a client repeats the intake", "per client", 4, 1),
        *("Asked of 30 clients each quarter", OFTEN.QUARTERLY, "priya"),
    ),
    "own_field": (
        *("credentials", "own_field", "People in their own field after 12 months", "people", 7, 60),
        *("Counted by the Workforce Board from its follow-up calls", OFTEN.QUARTERLY, "harpreet"),
    ),
    "pack_read": (
        *("intake", "", "Families who read the pack before landing", "%", None, 70),
        *("Asked at first contact", OFTEN.QUARTERLY, "callum"),
    ),
}
RISKS: tuple[dict[str, Any], ...] = (
    {
        "kind": Risk.Kind.ASSUMPTION,
        "goal": "homes",
        "text": "Private landlords are willing to let to families of six or more.",
        "likelihood": 3,
        "impact": 5,
        "owner": "tom",
        "response": "The handbook in four languages, and one telephone number that answers.",
    },
    {
        "kind": Risk.Kind.RISK,
        "goal": "interpreters",
        "text": "Trained interpreters leave for paid work elsewhere.",
        "likelihood": 4,
        "impact": 3,
        "owner": "yodit",
        "response": "Train sixteen where twelve are needed; pay within two weeks.",
    },
    {
        "kind": Risk.Kind.RISK,
        "goal": "intake",
        "text": "Privacy laws of the partners do not allow one shared form.",
        "likelihood": 2,
        "impact": 5,
        "owner": "priya",
        "response": "Written consent on the form; each law named in clause 6 of the memorandum.",
    },
)


def tell(story: Story) -> None:
    with story.day(-70):
        for key, (title, need, due, lead, _agreed) in GOALS.items():
            story.things[f"goal.{key}"] = write(story, title, need, due, lead)
    with story.day(-60):
        fill(story)
    for key, (*_rest, agreed) in GOALS.items():
        with story.day(agreed):
            services.agree(thing(story, key), on=clock.today(), by=story.people["priya"])


def thing(story: Story, key: str) -> Goal:
    found = story.things[f"goal.{key}"]
    assert isinstance(found, Goal)
    return found


def write(story: Story, title: str, need: str, due: int, lead: str) -> Goal:
    needs = [story.things[f"need.{need}"]] if f"need.{need}" in story.things else []
    day = story.date(due)
    facts: dict[str, Any] = {"title": title.format(day), "due": day, "lead": story.participant(lead), "needs": needs}
    return services.add_goal(story.partnership, by=story.people["priya"], **facts)


def fill(story: Story) -> None:
    priya = story.people["priya"]
    outcomes = {
        key: services.add_outcome(thing(story, goal), level=level, text=text, by=priya)
        for key, (goal, level, text) in OUTCOMES.items()
    }
    for key, (goal, outcome, name, unit, start, target, source, often, owner) in INDICATORS.items():
        story.things[f"indicator.{key}"] = services.add_indicator(
            thing(story, goal),
            name=name,
            by=priya,
            outcome=outcomes.get(outcome),
            unit=unit,
            baseline=start,
            baseline_on=None if start is None else story.date(-90),
            target=target,
            target_on=thing(story, goal).due,
            source=source,
            frequency=often,
            owner=story.participant(owner),
        )
    for risk in RISKS:
        facts = risk | {"goal": thing(story, risk["goal"]), "owner": story.participant(risk["owner"])}
        services.add_risk(story.partnership, by=priya, **facts)

"""The plan of Maitland Valley: five goals, six indicators. Rides stay without a goal; French without an indicator."""

from decimal import Decimal
from typing import Any

from concorda.begin.strategic_plan import services
from concorda.begin.strategic_plan.models import BudgetLine, Goal, Indicator, Link, Outcome, Risk, Strategy
from concorda.foundation.core import clock
from concorda.foundation.process.story import Story

LEVEL, OFTEN, SURE, PAID = Outcome.Level, Indicator.Frequency, Link.Evidence, BudgetLine.Kind
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
# key: goal, what is done, what it delivers, who carries it
STRATEGIES = {
    "landlords": ("homes", "Win landlords of large homes and share one list of them", "A list of 40 homes", "housing"),
    "rent": ("homes", "Lend for first and last month’s rent", "60 loans a year from the rent bank", "county"),
    "train": (
        "interpreters",
        "Train interpreters in Dari and Tigrinya",
        "16 interpreters with a certificate",
        "health",
    ),
    "form": (
        "intake",
        "Agree one intake form and the consent that goes with it",
        "One form in five languages",
        "newcomer",
    ),
    "bridge": (
        "credentials",
        "Place people with employers in their own trade",
        "60 placements of twelve weeks",
        "work",
    ),
}
# from, to, what has to hold, how sure
STEPS = (
    ("landlords", "lease", "Landlords are willing to let to families of six or more.", SURE.EXPERIENCE),
    ("rent", "lease", "A deposit is what stands in the way.", SURE.DATA),
    ("lease", "stay", "The rent stays within what the family earns.", SURE.GUESS),
    ("train", "understood", "Clinics book the interpreters who were trained.", SURE.EXPERIENCE),
    ("form", "once", "Staff trust what a partner wrote down.", SURE.GUESS),
    ("understood", "once", "", SURE.GUESS),
    ("bridge", "own_field", "Employers accept experience from abroad.", SURE.STUDY),
    ("stay", "own_field", "A settled home leaves strength to look for work.", SURE.GUESS),
)
# what for, goal, money or in kind, dollars, which partner, or who else
BUDGET = (
    ("Coordinator, part of the federal contribution", None, PAID.CASH, "62000", None, "Federal contribution agreement"),
    ("Loans for first rent", "homes", PAID.CASH, "36000", "county", ""),
    ("Training of interpreters", "interpreters", PAID.CASH, "18500", "health", ""),
    ("Rooms for training", "interpreters", PAID.IN_KIND, "4200", "school", ""),
    ("Staff time for the intake form", "intake", PAID.IN_KIND, "9600", "newcomer", ""),
    ("Visits to landlords", "homes", PAID.IN_KIND, "5400", "housing", ""),
    ("Wage subsidy for placements", "credentials", PAID.CASH, "48000", "work", ""),
)
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
    hang_together(story, outcomes)
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


def hang_together(story: Story, outcomes: dict[str, Outcome]) -> None:
    """What is done, what follows from it, and what it costs this year and the next."""
    priya = story.people["priya"]
    strategies: dict[str, Strategy] = {
        key: services.add_strategy(
            thing(story, goal), text=text, delivers=delivers, partner=story.partner(partner), by=priya
        )
        for key, (goal, text, delivers, partner) in STRATEGIES.items()
    }
    for start, end, assumption, evidence in STEPS:
        source = strategies.get(start) or outcomes[start]
        services.lead_on(source, outcomes[end], assumption=assumption, evidence=evidence, by=priya)
    for year in (story.date(0).year, story.date(0).year + 1):
        for what, goal, kind, amount, partner, funder in BUDGET:
            services.add_budget(
                story.partnership,
                what=what,
                goal=thing(story, goal) if goal else None,
                kind=kind,
                amount=Decimal(amount),
                partner=story.partner(partner) if partner else None,
                funder=funder,
                year=year,
                by=priya,
            )

"""All seven partners have listed what they can offer; one need has nobody behind it."""

from datetime import date
from decimal import Decimal

from concorda.connect.capacity import services
from concorda.connect.capacity.models import AuthorityLimit, Item, Kind, Period
from concorda.connect.capacity.questions import QUESTIONS
from concorda.foundation.process.story import Story

K, P = Kind, Period
OFFER, SEEK = Item.Direction.OFFER, Item.Direction.SEEK

# organization, person, offer or seek, kind, what, need, amount, unit, period, how sure, shared
ITEMS = (
    ("newcomer", "amina", OFFER, K.TIME, "A settlement worker who walks families from desk to desk", "intake",
     "30", "hours", P.WEEK, 3, True),
    ("newcomer", "farida", OFFER, K.REACH, "Volunteers who speak eleven languages", "interpreters", "24",
     "people", "", 2, True),
    ("newcomer", "farida", SEEK, K.TIME, "Interpreters in Dari and Tigrinya we can call", "interpreters",
     "60", "hours", P.MONTH, 2, True),
    ("county", "denise", OFFER, K.SPACE, "Family units of four bedrooms in the Wexcombe building", "homes",
     "6", "units", P.YEAR, 2, True),
    ("county", "denise", OFFER, K.AUTHORITY, "A by-law officer who knows large households", "homes", None, "",
     "", 1, True),
    ("county", "denise", OFFER, K.MONEY, "Bridge money we have not told anyone about", "homes", "40000",
     "CAD", P.YEAR, 0, False),
    ("school", "marisol", OFFER, K.SPACE, "Classrooms in Port Alder, evenings", None, "4", "rooms",
     P.WEEK, 3, True),
    ("school", "marisol", OFFER, K.TIME, "Reception staff who use the shared intake form", "intake", "10",
     "hours", P.WEEK, 2, True),
    ("health", "grace", OFFER, K.TIME, "Trained interpreters, shared by roster", "interpreters", "45",
     "hours", P.MONTH, 3, True),
    ("health", "grace", OFFER, K.EXPERTISE, "Consent and privacy for the shared intake", "intake", None, "",
     "", 2, True),
    ("housing", "tom", OFFER, K.MONEY, "Rent bank for first and last month", "homes", "18500.50", "CAD",
     P.YEAR, 2, True),
    ("housing", "tom", OFFER, K.REACH, "Landlords who answer when we call", "homes", "55", "landlords", "",
     3, True),
    ("franco", "luc", OFFER, K.EXPERTISE, "Un premier accueil en français, par téléphone ou sur place",
     "french", "12", "hours", P.WEEK, 3, True),
    ("franco", "luc", SEEK, K.SPACE, "Un bureau à Port Alder deux jours par semaine", None, "1", "rooms",
     P.WEEK, 2, True),
    ("work", "harpreet", OFFER, K.EXPERTISE, "Pathways for regulated professions", "credentials", None, "",
     "", 3, True),
    ("work", "harpreet", OFFER, K.REACH, "Employers who take a mentor pair", "credentials", "20", "employers",
     P.YEAR, 2, True),
)  # fmt: skip

# organization, person, what, kind, amount, unit, period, who decides beyond that
LIMITS = (
    ("county", "denise", "Staff time and rooms; no land and no money", K.TIME, "5", "days",
     P.MONTH, "Council, on the second Tuesday"),
    ("health", "grace", "Interpreter hours within the roster", K.TIME, "45", "hours", P.MONTH, "The board"),
    ("housing", "tom", "Rent-bank loans, one family at a time", K.MONEY, "2500", "CAD",
     P.ONCE, "The board’s finance committee"),
)  # fmt: skip

# organization, person, answers from mandate to culture
READY = (
    ("newcomer", "farida", (4, 4, 2, 2, 4, 3, 3, 3)),
    ("county", "denise", (3, 3, 2, 3, 3, 2, 1, 2)),
    ("health", "grace", (4, 3, 1, 3, 3, 1, 3, 3)),
    ("housing", "tom", (4, 4, 2, 1, 3, 3, 4, 4)),
    ("franco", "luc", (4, 3, 2, 2, 3, 3, 4, 3)),
)


def tell(story: Story) -> None:
    for place, facts in enumerate(ITEMS):
        offer(story, -320 + place // 2, *facts)
    for key, person, what, kind, amount, unit, period, beyond in LIMITS:
        with story.day(-311, "11:00") as here:
            owner = story.organizations[key]
            limit = AuthorityLimit(
                partnership=here, organization=owner, what=what, kind=kind, amount=Decimal(amount), unit=unit,
                period=period, beyond=beyond, shared=True,
            )  # fmt: skip
            services.set_limit(limit, by=story.people[person])
    for key, person, values in READY:
        with story.day(-310, "11:00") as here:
            answers = {question.key: value for question, value in zip(QUESTIONS, values, strict=True)}
            services.rate(here, story.organizations[key], answers, shared=True, by=story.people[person])
    with story.day(-20) as here:
        services.look_again(here, september_after(story.today), by=story.people["priya"])


def offer(story, day, key, person, direction, kind, what, need, amount, unit, period, sure, shared) -> None:
    with story.day(day, "13:00") as here:
        item = Item(
            partnership=here,
            organization=story.organizations[key],
            direction=direction,
            kind=kind,
            what=what,
            need=story.things[f"need.{need}"] if need else None,
            amount=Decimal(amount) if amount else None,
            unit=unit,
            period=period,
            sure=sure,
            shared=shared,
        )
        services.list_item(item, by=story.people[person])


def september_after(day: date) -> date:
    """The first of September that is still to come."""
    return date(day.year + (day >= date(day.year, 9, 1)), 9, 1)

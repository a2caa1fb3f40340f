"""All seven said what they need and what is feasible; they chose collaboration, with separate budgets."""

from datetime import date

from concorda.connect.partnership_type import services
from concorda.connect.partnership_type.models import TypeDecision
from concorda.connect.partnership_type.questions import DIMENSIONS, GATES
from concorda.foundation.process.story import Story

# organization, person, needed and feasible on the ten dimensions, the four gates (trust, time, permission, history)
ANSWERS = (
    ("newcomer", "farida", "3333323434", "3322323333", "3233"),
    ("county", "denise", "3211213332", "3211213332", "2323"),
    ("school", "marisol", "3221223333", "3221223333", "2233"),
    ("health", "grace", "3333323433", "3332323333", "3333"),
    ("housing", "tom", "2333423434", "2333323334", "3234"),
    ("franco", "luc", "4433423333", "3333323323", "2333"),
    ("work", "harpreet", "3322323333", "3322323333", "3233"),
)


def tell(story: Story) -> None:
    for place, (key, person, needed, feasible, gates) in enumerate(ANSWERS):
        given = {f"{one.key}.needed": int(value) for one, value in zip(DIMENSIONS, needed, strict=True)}
        given |= {f"{one.key}.feasible": int(value) for one, value in zip(DIMENSIONS, feasible, strict=True)}
        given |= {f"gate.{one.key}": int(value) for one, value in zip(GATES, gates, strict=True)}
        with story.day(-292 + place, "09:00") as here:
            services.answer(here, story.organizations[key], given, shared=True, by=story.people[person])
    with story.day(-280) as here:
        decision = TypeDecision(
            partnership=here,
            level=TypeDecision.Level.CO_CREATE,
            called="collaboration",
            in_short="shared goals, separate budgets",
            reasons="No one of us can house, treat and welcome a family alone. We plan and work together, "
            "and each keeps its own money and board.",
            dissent="Denise Kowalchuk, County: “Council can share plans and rooms, but it cannot answer for what "
            "others do.” The County takes part as far as council allows.",
            review_on=february_after(story.today),
        )
        story.things["type.collaboration"] = services.decide(decision, by=story.people["priya"])
    with story.day(-274) as here:
        data = TypeDecision(
            partnership=here,
            level=TypeDecision.Level.ALIGN,
            activity="Health records",
            reasons="The law lets us tell one another that a family is expected, and no more.",
        )
        services.decide(data, by=story.people["priya"])


def february_after(day: date) -> date:
    """The first of February of next year."""
    return date(day.year + 1, 2, 1)

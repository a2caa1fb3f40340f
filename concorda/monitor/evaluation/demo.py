"""Check-ins in all four stages over half a year, one of them open; what was measured of three indicators."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format

from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.process.story import CAST, Story
from concorda.monitor.evaluation import services
from concorda.monitor.evaluation.models import CheckIn, CheckInAnswer
from concorda.monitor.evaluation.questions import KEYS

Said = tuple[int, int]
"""How many said yes, of how many who could say."""


@dataclass(frozen=True)
class Round:
    stage: str
    title: str
    day: int
    open_for: int
    answered: int
    said: tuple[Said, Said, Said]
    comments: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


MONTHLY = "{month} check-in"
MEANT_TO_DO = "I leave the steering table knowing what was said, but not what I am meant to do."
ROUNDS = (
    Round("connect", "After the first round of talks", -185, 14, 27, ((21, 27), (17, 27), (15, 26))),
    Round("connect", MONTHLY, -158, 14, 29, ((25, 29), (20, 28), (19, 29))),
    Round("connect", MONTHLY, -126, 14, 28, ((26, 28), (21, 28), (20, 28))),
    Round("begin", "When we wrote the rules", -112, 14, 29, ((25, 29), (19, 29), (18, 28))),
    Round("implement", "First month of the groups", -98, 10, 21, ((16, 21), (11, 20), (12, 21))),
    Round("begin", "Before the memorandum", -78, 14, 22, ((19, 22), (14, 22), (15, 22))),
    Round("monitor", "What do we look at?", -68, 10, 21, ((18, 21), (13, 19), (11, 20))),
    Round("implement", MONTHLY, -56, 10, 23, ((18, 22), (11, 21), (14, 23))),
    Round("monitor", "Are the numbers useful?", -44, 10, 17, ((15, 17), (12, 17), (10, 17))),
    Round(
        "implement",
        MONTHLY,
        -28,
        14,
        24,
        ((20, 24), (11, 24), (16, 24)),
        comments=(
            MEANT_TO_DO,
            "The clinic evening works because one person keeps calling everybody.",
            "I am the only one from my office who comes, so you know who writes this.",
        ),
        shown=(MEANT_TO_DO, "The clinic evening works because one person keeps calling everybody."),
    ),
    Round("monitor", MONTHLY, -3, 12, 9, ((7, 9), (6, 9), (5, 9))),
)
# indicator: days ago, value, note
MEASURED: dict[str, tuple[tuple[int, int, str], ...]] = {
    "lease_days": ((-45, 108, ""), (-11, 94, "18 families in February")),
    "requests_48h": ((-41, 52, ""), (-9, 61, "")),
    "own_field": ((-20, 18, "11 of them in health care"),),
}


def tell(story: Story) -> None:
    for number, one in enumerate(ROUNDS):
        hold(story, number, one)
    for key, values in MEASURED.items():
        indicator = story.things.get(f"indicator.{key}")
        if isinstance(indicator, Indicator):
            measure(story, key, indicator, values)


def hold(story: Story, number: int, told: Round) -> None:
    with story.day(told.day) as here:
        check_in = services.open_check_in(
            here,
            title=told.title.format(month=date_format(story.date(told.day), "F")),
            stage=told.stage,
            closes_on=story.date(told.day + told.open_for),
            by=story.people["priya"],
        )
    with story.day(told.day + 2):
        reply(check_in, number, told)
    if told.comments:
        with story.day(told.day + told.open_for + 4):
            chosen = CheckInAnswer.objects.filter(check_in=check_in, comment__in=told.shown)
            services.review_comments(check_in, shown=[row.pk for row in chosen], by=story.people["lena"])
    story.things[f"check_in.{number}"] = check_in


def reply(check_in: CheckIn, number: int, told: Round) -> None:
    """Other people answer each time: the cast, turned a little further every round."""
    tickets = {
        ticket.participant.person.email.split("@")[0]: ticket
        for ticket in check_in.tickets.select_related("participant__person", "check_in", "partnership")
    }
    names = list(CAST)
    start = number * 7 % len(names)
    people = [name for name in [*names[start:], *names[:start]] if name in tickets][: told.answered]
    by_key = [(key, list(steps(yes, total, len(people)))) for key, (yes, total) in zip(KEYS, told.said, strict=True)]
    for place, name in enumerate(people):
        values = {key: side[(place + shift * 5) % len(people)] for shift, (key, side) in enumerate(by_key)}
        comment = told.comments[place] if place < len(told.comments) else ""
        services.answer(tickets[name], values=values, comment=comment)


def steps(yes: int, total: int, people: int) -> Iterator[int | None]:
    """`yes` answers of 3 and 4, the rest of `total` from 2 down, then those who cannot say."""
    yield from ((4, 3, 3)[place % 3] for place in range(yes))
    yield from ((2, 2, 1, 2, 0)[place % 5] for place in range(total - yes))
    yield from (None for _place in range(people - total))


def measure(story: Story, key: str, indicator: Indicator, values: tuple[tuple[int, int, str], ...]) -> None:
    for day, value, note in values:
        with story.day(day):
            owner = indicator.owner.person if indicator.owner else story.people["priya"]
            measurement = services.submit(
                indicator, value=value, on=story.date(day), source=indicator.source, note=note, by=owner
            )
        with story.day(day + 2):
            services.approve(measurement, by=story.people["lena"])
        story.things[f"measurement.{key}"] = measurement

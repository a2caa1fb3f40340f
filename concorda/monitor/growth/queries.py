from dataclasses import dataclass
from datetime import date

from concorda.begin.strategic_plan.models import GoalNeed
from concorda.connect.capacity.queries import matrix
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partner, Partnership


@dataclass(frozen=True)
class Month:
    first: date
    partners: int
    people: int


def months_back(count: int) -> list[date]:
    """The first days of this month and the `count - 1` months before it, oldest first."""
    year, month = clock.today().year, clock.today().month
    found = []
    for _ in range(count):
        found.append(date(year, month, 1))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found[::-1]


def growth_over_time(partnership: Partnership, count: int = 12) -> list[Month]:
    """Partners and people at the end of each month (today, for this month); two queries."""
    partners = list(Partner.objects.exclude(joined_on=None).values_list("joined_on", "left_on"))
    people = list(Participant.objects.values_list("joined_on", "left_on"))
    firsts = months_back(count)
    ends = [*firsts[1:], date.max]
    return [Month(first, present(partners, end), present(people, end)) for first, end in zip(firsts, ends, strict=True)]


def present(spans: list[tuple[date, date | None]], end: date) -> int:
    return sum(joined < end and (left is None or left >= end) for joined, left in spans)


def open_needs(partnership: Partnership) -> list[Need]:
    """Live needs that no goal or no shared offer answers: what the next partner should bring."""
    answered = set(GoalNeed.objects.values_list("need", flat=True))
    return [row.need for row in matrix(partnership) if row.is_gap or row.need.pk not in answered]

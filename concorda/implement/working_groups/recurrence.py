"""Meetings that come back: a rule in the words of RFC 5545, the moments it stands for, and what is too much."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.core.moments import say_day, say_time
from concorda.implement.working_groups import zones

MOST = 60
YEARS = 3
"""A series has an end: at most so many meetings, within so many years."""


class Repeat(models.TextChoices):
    WEEKLY = "weekly", gettext_lazy("every week")
    FORTNIGHTLY = "fortnightly", gettext_lazy("every two weeks")
    FOUR_WEEKS = "four_weeks", gettext_lazy("every four weeks")
    MONTHLY = "monthly", gettext_lazy("every month, on the same weekday of it")
    QUARTERLY = "quarterly", gettext_lazy("every three months, on the same weekday of the month")


WEEKS = {Repeat.WEEKLY: 1, Repeat.FORTNIGHTLY: 2, Repeat.FOUR_WEEKS: 4}
MONTHS = {Repeat.MONTHLY: 1, Repeat.QUARTERLY: 3}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def rule_of(repeat: str, first: date, count: int) -> str:
    """The rule of so many meetings; the second Tuesday stays the second, a fifth becomes the last of its month."""
    kind = Repeat(repeat)
    if kind in WEEKS:
        return f"FREQ=WEEKLY;INTERVAL={WEEKS[kind]};COUNT={count}"
    place = (first.day - 1) // 7 + 1
    weekday = f"{-1 if place == 5 else place}{DAYS[first.weekday()]}"
    return f"FREQ=MONTHLY;INTERVAL={MONTHS[kind]};BYDAY={weekday};COUNT={count}"


def shortened(rule: str, count: int) -> str:
    """The same rule with so many meetings."""
    return ";".join(f"COUNT={count}" if part.startswith("COUNT=") else part for part in rule.split(";"))


def shown(rule: str, first: datetime) -> Iterator[datetime]:
    """What clocks at the place show at each meeting (without a zone)."""
    yield from rrulestr(rule, dtstart=first.replace(tzinfo=None))


def moments(rule: str, first: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments (UTC) of a rule that begins at `first`, at the same time by the clocks of `zone`.

    Of a time that clocks show twice the first counts. Raises ValidationError naming the day on which there is no such
    time.
    """
    found = []
    for local in shown(rule, first.astimezone(zone)):
        here = zones.moments(local.date(), local.time(), zone)
        if not here:
            before, after = zones.around_jump(local.date(), local.time(), zone)
            facts = {
                "time": say_time(local.time()),
                "day": say_day(local.date()),
                "earlier": say_time(before),
                "later": say_time(after),
            }
            raise ValidationError(
                _(
                    "One of these meetings would be on %(day)s at %(time)s, and clocks jump over that time that night. "
                    "Choose %(earlier)s or %(later)s for all of them."
                )
                % facts
            )
        found.append(here[0])
    return found


def count_until(repeat: str, first: date, last: date) -> int:
    """How many meetings there are from the first day to the last; one more than allowed when there are too many."""
    rule = rule_of(repeat, first, MOST + 1)
    return sum(local.date() <= last for local in shown(rule, datetime.combine(first, time(12), UTC)))


def refuse_endless(first: date, count: int, last: date | None) -> None:
    """A series must end, within what people can look ahead to."""
    if count > MOST:
        raise ValidationError(
            _("That would be more than %(most)s meetings. Plan fewer, and go on from there when they are over.")
            % {"most": MOST}
        )
    if last is not None and last > first.replace(year=first.year + YEARS, day=min(first.day, 28)):
        raise ValidationError(
            _("The last one would be more than %(years)s years away, on %(day)s. Let the series end earlier.")
            % {"years": YEARS, "day": say_day(last)}
        )

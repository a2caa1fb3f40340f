"""What the records say: where indicators stand, what check-ins found and may show, and what is worth talking about."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from concorda.analysis.indicator import Colour, Standing, standing
from concorda.analysis.indicator import Why as WhyGrey
from concorda.analysis.survey.disclosure import Cell, Why, suppress
from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.monitor.evaluation.models import CheckIn, CheckInAnswer, CheckInTicket, Measurement
from concorda.monitor.evaluation.questions import ANCHORS, KEYS, NO, TITLES, YES

PERIODS = {
    Indicator.Frequency.MONTHLY: timedelta(days=31),
    Indicator.Frequency.QUARTERLY: timedelta(days=92),
    Indicator.Frequency.YEARLY: timedelta(days=366),
}
SOON = timedelta(days=14)
"""How long before a measurement is due it waits for whoever measures."""
FALL = 10
"""From this many points down, a side of working together is worth talking about."""

# Measurements


def latest_measurements() -> dict[int, Measurement]:
    """Indicator key → its latest measurement that was not returned or corrected, in one query."""
    return latest_of(Measurement.objects.exclude(status=Measurement.Status.RETURNED))


def latest_approved(until: date | None = None) -> dict[int, Measurement]:
    """Indicator key → its latest approved measurement, of those made by `until`."""
    rows = Measurement.objects.filter(status=Measurement.Status.APPROVED)
    return latest_of(rows.filter(on__lte=until) if until else rows)


def latest_of(rows: QuerySet[Measurement]) -> dict[int, Measurement]:
    corrected = rows.exclude(corrects=None).values("corrects")
    found = (
        rows.exclude(pk__in=corrected)
        .select_related("indicator", "by__person", "settled_by__person")
        .order_by("on", "pk")
    )
    return {row.indicator_id: row for row in found}


def standing_of(indicator: Indicator, latest: Measurement | None, *, on: date | None = None) -> Standing:
    """Where an indicator stands by its latest measurement, exactly; as of today, or as of `on`."""
    return standing(
        baseline=exact(indicator.baseline),
        target=exact(indicator.target),
        actual=exact(latest.value) if latest else None,
        baseline_on=indicator.baseline_on,
        target_on=indicator.target_on,
        measured_on=latest.on if latest else None,
        today=on or clock.today(),
        period=PERIODS[Indicator.Frequency(indicator.frequency)],
    )


def exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def due_on(indicator: Indicator, latest: Measurement | None) -> date | None:
    """When the next value is due: one period after the last one, or after the starting value; None if neither is."""
    last = latest.on if latest else indicator.baseline_on
    return last + PERIODS[Indicator.Frequency(indicator.frequency)] if last else None


@dataclass(frozen=True)
class Line:
    """One indicator with its latest value and where it stands."""

    indicator: Indicator
    latest: Measurement | None
    stand: Standing
    due: date | None

    @property
    def colour(self) -> Colour:
        return self.stand.colour

    @property
    def achieved(self) -> int | None:
        """Percent of the way, rounded; below 0 when it moved away."""
        return None if self.stand.achieved is None else round(self.stand.achieved * 100)

    @property
    def expected(self) -> int | None:
        return None if self.stand.expected is None else round(self.stand.expected * 100)

    @property
    def icon(self) -> str:
        return {Colour.GREEN: "check", Colour.AMBER: "half", Colour.RED: "alert", Colour.GREY: "ring"}[self.colour]

    @property
    def says(self) -> str:
        return standing_says(self.stand)

    @property
    def late(self) -> bool:
        return self.due is not None and self.due < clock.today()


def standing_says(stand: Standing) -> str:
    """The colour as a word, with the share of the way, or why there is no colour."""
    word = {
        Colour.GREEN: _("On track"),
        Colour.AMBER: _("A little behind"),
        Colour.RED: _("Behind"),
        Colour.GREY: grey_says(stand.why),
    }[stand.colour]
    if stand.achieved is None:
        return str(word)
    facts = {"word": word, "achieved": round(stand.achieved * 100)}
    if stand.expected is None:
        return _("%(word)s: %(achieved)s%% of the way") % facts
    facts["expected"] = round(stand.expected * 100)
    return _("%(word)s: %(achieved)s%% of the way, %(expected)s%% expected") % facts


def grey_says(why: WhyGrey) -> str:
    return {
        WhyGrey.NO_DATA: _("No result yet"),
        WhyGrey.STALE: _("Too old to judge"),
        WhyGrey.NOT_DUE: _("Too early to judge"),
        WhyGrey.INCOMPLETE: _("The target or its dates are missing"),
        WhyGrey.JUDGED: "",
    }[why]


def lines() -> list[Line]:
    """All indicators of the partnership, those with a result first, in two queries."""
    latest = latest_measurements()
    indicators = Indicator.objects.select_related("goal", "owner__person", "owner__organization").order_by(
        "goal__position", "pk"
    )
    found = []
    for one in indicators:
        last = latest.get(one.pk)
        found.append(Line(one, last, standing_of(one, last), due_on(one, last)))
    return sorted(found, key=lambda line: line.latest is None)


def to_measure(access: Access) -> list[Line]:
    """This person's indicators that are due, or will be soon."""
    mine = [line for line in lines() if line.indicator.owner_id == access.participant.pk]
    return [line for line in mine if line.due and line.due - SOON <= clock.today()]


def to_approve() -> QuerySet[Measurement]:
    return Measurement.objects.filter(status=Measurement.Status.SUBMITTED).select_related(
        "indicator", "by__person", "partnership"
    )


def returned_to(access: Access) -> QuerySet[Measurement]:
    """What this person measured, was given back, and has not been entered again since."""
    mine = Measurement.objects.filter(by=access.participant)
    again = {row.indicator_id: row.pk for row in mine.order_by("pk")}
    return mine.filter(status=Measurement.Status.RETURNED, pk__in=again.values()).select_related("indicator")


# Check-ins


@dataclass(frozen=True)
class Side:
    """What one question found in one round: people on each step 0 to 4, or why that is not shown.

    `organizations` is the mean over organization means, on the steps 1 to 5 people see.
    """

    key: str
    counts: tuple[int, ...] = (0, 0, 0, 0, 0)
    cannot_say: int = 0
    organizations: float | None = None
    hidden: Why | None = None

    @property
    def title(self) -> str:
        return str(TITLES[self.key])

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def yes(self) -> int:
        return sum(self.counts[YES:])

    @property
    def no(self) -> int:
        return sum(self.counts[: NO + 1])

    @property
    def share(self) -> float:
        return self.yes / self.total

    @property
    def middle(self) -> float:
        """The middle answer, on the steps 1 to 5."""
        return float(median([step + 1 for step, count in enumerate(self.counts) for _one in range(count)]))

    @property
    def low(self) -> bool:
        return not self.hidden and self.no > self.yes


@dataclass
class Round:
    """One check-in that is over, with what may be shown of it."""

    check_in: CheckIn
    answered: int
    asked: int
    sides: tuple[Side, ...]
    comments: list[str] = field(default_factory=list)

    @property
    def shown(self) -> bool:
        return any(side.hidden is None for side in self.sides)


Respondents = Mapping[str, Mapping[str, int]]


def rounds(stage: str | None = None) -> list[Round]:
    """Every closed check-in, oldest first, in two queries. Nothing is computed of one that is still open:
    two looks at it, one answer apart, would tell that answer."""
    over = [one for one in reversed(list(counted_check_ins())) if not one.is_open]
    if stage:
        over = [one for one in over if one.stage == stage]
    answers: dict[int, list[CheckInAnswer]] = {one.pk: [] for one in over}
    for row in CheckInAnswer.objects.filter(check_in__in=answers).order_by("pk"):
        answers[row.check_in_id].append(row)
    earlier: dict[str, dict[str, Mapping[str, int]]] = {}
    return [round_of(one, answers[one.pk], earlier.setdefault(one.stage, {})) for one in over]


def round_of(check_in: Any, answers: list[CheckInAnswer], earlier: dict[str, Mapping[str, int]]) -> Round:
    """`earlier`: whose answers were shown before in this stage, question by question; what is shown here is added."""
    sides = []
    for key in KEYS:
        given = [(row.organization_key, getattr(row, key)) for row in answers if getattr(row, key) is not None]
        people = Counter(organization for organization, _value in given)
        hidden = suppress([Cell(key, people)], earlier=earlier).get(key)
        # A question nobody answered is no cell at all; it is not shown either.
        hidden = hidden or (None if given else Why.FEW_PEOPLE)
        if hidden:
            sides.append(Side(key, hidden=hidden))
            continue
        earlier[key] = people
        sides.append(side_of(key, given, cannot_say=len(answers) - len(given)))
    found = Round(check_in, check_in.answered, check_in.asked, tuple(sides))
    if found.shown:
        found.comments = comments_of(answers)
    return found


def side_of(key: str, given: list[tuple[str, int]], *, cannot_say: int) -> Side:
    # Imported where answers are counted: numpy takes a while, and most pages never need it.
    import numpy as np

    from concorda.analysis.survey.organizations import distribution, summarize

    values = np.array([value for _organization, value in given], dtype=float)
    summary = summarize(values, [organization for organization, _value in given])
    counts = tuple(distribution(values, 0, len(ANCHORS) - 1).values())
    return Side(key, counts, cannot_say, summary.mean + 1 if summary else None)


def comments_of(answers: Iterable[CheckInAnswer]) -> list[str]:
    """The sentences released for reading, in the order of their letters: not in that of their arrival."""
    return sorted(row.comment for row in answers if row.comment and row.review == CheckInAnswer.Review.SHOWN)


def waiting_comments(check_in: CheckIn) -> list[CheckInAnswer]:
    """The comments to be read before anyone else sees them, in the order of their letters."""
    rows = check_in.answers.filter(review=CheckInAnswer.Review.WAITING).exclude(comment="")
    return sorted(rows.only("comment", "review"), key=lambda row: row.comment)


def trend_of(key: str, found: Iterable[Round]) -> list[Side]:
    """One question over the rounds in which it is shown, oldest first."""
    return [side for one in found for side in one.sides if side.key == key and not side.hidden]


def change(sides: list[Side]) -> int | None:
    """Points (percent of those who answered) by which yes moved since the round before; None for a first round."""
    return round(100 * sides[-1].share) - round(100 * sides[-2].share) if len(sides) > 1 else None


def pulse(partnership: Partnership) -> list[dict[str, Any]]:
    """The pulse of every stage for the map: how many said yes in its latest check-in, and how that moved."""
    everything = rounds()
    if not everything:
        return []
    by_stage = {key: [one for one in everything if one.check_in.stage == key] for key in settings.STAGES}
    return [{"stage": key, "cells": [cell(name, found) for name in KEYS]} for key, found in by_stage.items()]


def cell(key: str, found: list[Round]) -> dict[str, Any]:
    label = str(TITLES[key])
    nothing = {"label": label, "yes": 0, "total": 0, "shares": [], "change": None, "hidden": False}
    if not found:
        return nothing
    latest = next(side for side in found[-1].sides if side.key == key)
    if latest.hidden:
        return nothing | {"hidden": True}
    shown = trend_of(key, found)
    return {
        "label": label,
        "yes": latest.yes,
        "total": latest.total,
        "shares": [side.share for side in shown],
        "change": change(shown),
        "hidden": False,
    }


def counted_check_ins() -> QuerySet[Any]:
    """Check-ins with `asked` and `answered`, newest first."""
    found = CheckIn.objects.select_related("partnership").annotate(
        asked=Count("tickets"), answered=Count("tickets", filter=Q(tickets__used=True))
    )
    return found.order_by("-opened_at", "-pk")  # grouping forgets the order of the model


def my_tickets(access: Access) -> list[CheckInTicket]:
    """This person's unanswered check-ins that are open."""
    found = CheckInTicket.objects.filter(participant=access.participant, used=False, check_in__closed_at=None)
    return list(found.filter(check_in__closes_on__gte=clock.today()).select_related("check_in", "partnership"))


def hidden_says(why: Why) -> str:
    return {
        Why.FEW_PEOPLE: _("Fewer than five people answered, so nothing is shown."),
        Why.FEW_ORGANIZATIONS: _("The answers come from fewer than three organizations, so nothing is shown."),
        Why.COMPLEMENT: _("Together with what is shown, this would tell what a few people said."),
        Why.SUCCESSIVE: _(
            "Only one person more or less answered than last time; the difference would tell what they said."
        ),
    }[why]


# What to make of it


@dataclass(frozen=True)
class Finding:
    """Something worth talking about: a question, and the facts behind it."""

    question: str
    facts: str
    indicator: Indicator | None = None


def findings(found: list[Round], measured: list[Line]) -> list[Finding]:
    """What fell, what more deny than affirm, and which indicators are behind."""
    return [*side_findings(found), *indicator_findings(measured)]


def side_findings(found: list[Round]) -> list[Finding]:
    if not found:
        return []
    latest = found[-1]
    same_stage = [one for one in found if one.check_in.stage == latest.check_in.stage]
    said = []
    for side in latest.sides:
        if side.hidden:
            continue
        moved = change(trend_of(side.key, same_stage))
        facts = {"yes": side.yes, "no": side.no, "total": side.total, "points": abs(moved or 0)}
        if side.low:
            text = _("%(no)s of %(total)s say no to it, %(yes)s say yes.") % facts
            said.append(Finding(ASKS[side.key](), text))
        elif moved is not None and moved <= -FALL:
            text = _("%(yes)s of %(total)s say yes, %(points)s points fewer than last time.") % facts
            said.append(Finding(ASKS[side.key](), text))
    return said


ASKS = {
    "relationships": lambda: _("What keeps us from working well together?"),
    "tasks": lambda: _("Why do we not do what we said?"),
    "accomplishments": lambda: _("Why does it not add up?"),
}


def indicator_findings(measured: list[Line]) -> list[Finding]:
    return [
        Finding(
            _("What holds “%(name)s” back?") % {"name": line.indicator.name},
            _("%(value)s on %(day)s. %(says)s.")
            % {
                "value": line.latest.value_says,
                "day": say_day(line.latest.on),
                "says": line.says,
            },
            line.indicator,
        )
        for line in measured
        if line.colour == Colour.RED and line.latest
    ]


def work_says(measured: list[Line]) -> str:
    """The result of the work in one sentence."""
    if not measured:
        return _("There are no indicators yet.")
    count = Counter(line.colour for line in measured)
    facts = {
        "done": sum(line.latest is not None for line in measured),
        "total": len(measured),
        "green": count[Colour.GREEN],
        "behind": count[Colour.RED] + count[Colour.AMBER],
    }
    return _("%(done)s of %(total)s indicators have a result: %(green)s on track, %(behind)s behind.") % facts


def partnership_says(found: list[Round]) -> str:
    """The state of the partnership in one sentence, by the latest check-in."""
    latest = next((one for one in reversed(found) if one.shown), None)
    if latest is None:
        return _("No check-in can be shown yet.")
    parts = [
        pgettext("check-in", "%(side)s: %(yes)s of %(total)s say yes")
        % {"side": side.title, "yes": side.yes, "total": side.total}
        for side in latest.sides
        if not side.hidden
    ]
    return "; ".join(parts) + "."

"""Writing the plan: goals tied to needs, what is agreed; strategies, changes, indicators, risks, budget."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.governance.models import Decision
from concorda.begin.strategic_plan.models import BudgetLine, Goal, GoalNeed, Indicator, Link, Outcome, Risk, Strategy
from concorda.connect.motivation.models import Need
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final, Partnership
from concorda.foundation.partnerships.timeline import record


@transaction.atomic
def add_goal(partnership: Partnership, *, title: str, by: Person, needs: Iterable[Need] = (), **facts: Any) -> Goal:
    """Put a goal at the end of the plan and tie it to the needs it answers."""
    goal = Goal.objects.create(partnership=partnership, title=title, position=next_position(partnership), **facts)
    tie(goal, needs)
    record(partnership, by, gettext_noop("wrote the goal “%(what)s”"), about=goal, what=title)
    return goal


def next_position(partnership: Partnership) -> int:
    last = Goal.objects.filter(partnership=partnership).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def tie(goal: Goal, needs: Iterable[Need]) -> None:
    """Make these the needs the goal answers, in the caller's transaction."""
    wanted = {need.pk: need for need in needs}
    goal.answers.exclude(need__in=wanted).delete()
    held = set(goal.answers.values_list("need", flat=True))
    for pk, need in wanted.items():
        if pk not in held:
            GoalNeed.objects.create(partnership=goal.partnership, goal=goal, need=need)


@transaction.atomic
def move(goal: Goal, *, up: bool, by: Person) -> None:
    """Move a goal one place up or down; at the end it stays where it is."""
    order = list(Goal.objects.select_for_update().filter(partnership=goal.partnership))
    at = order.index(goal)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(order):
        return
    order.insert(to, order.pop(at))
    for position, one in enumerate(order, start=1):
        one.position = position
    Goal.objects.bulk_update(order, ["position"])
    record(
        goal.partnership,
        by,
        gettext_noop("moved the goal “%(what)s” to place %(place)s"),
        about=goal,
        what=goal.title,
        place=to + 1,
    )


@transaction.atomic
def agree(goal: Goal, *, on: date, by: Person, decision: Decision | None = None) -> None:
    """Note that the partners agreed a goal on a day; from then on its wording stands."""
    if goal.agreed_on:
        raise Final(_("This goal is already agreed."))
    if on > clock.today():
        raise ValueError("a goal cannot be agreed in the future")
    goal.agreed_on, goal.decision = on, decision
    goal.save(update_fields=["agreed_on", "decision"])
    record(
        goal.partnership,
        by,
        gettext_noop("noted that the goal “%(what)s” was agreed on %(day)s"),
        about=goal,
        what=goal.title,
        day=on,
    )


@transaction.atomic
def reopen(goal: Goal, *, by: Person) -> None:
    """Open an agreed goal for a new wording; it has to be agreed again."""
    if not goal.agreed_on:
        return
    goal.agreed_on, goal.decision = None, None
    goal.save(update_fields=["agreed_on", "decision"])
    record(goal.partnership, by, gettext_noop("reopened the agreed goal “%(what)s”"), about=goal, what=goal.title)


@transaction.atomic
def add_outcome(goal: Goal, *, text: str, level: str, by: Person) -> Outcome:
    outcome = Outcome.objects.create(partnership=goal.partnership, goal=goal, text=text, level=level)
    record(goal.partnership, by, gettext_noop("added the outcome “%(what)s”"), about=outcome, what=text)
    return outcome


@transaction.atomic
def add_strategy(goal: Goal, *, text: str, by: Person, **facts: Any) -> Strategy:
    strategy = Strategy.objects.create(partnership=goal.partnership, goal=goal, text=text, **facts)
    record(goal.partnership, by, gettext_noop("added the strategy “%(what)s”"), about=strategy, what=text)
    return strategy


@transaction.atomic
def lead_on(source: Strategy | Outcome, to: Outcome, *, by: Person, **facts: Any) -> Link:
    """Say that what is done, or a change, brings about a further change. Raises `Circle`."""
    ends = {"strategy": source} if isinstance(source, Strategy) else {"outcome": source}
    require_no_circle(ends.get("outcome"), to)
    link = Link.objects.create(partnership=to.partnership, to=to, **ends, **facts)
    message = gettext_noop("noted that “%(source)s” brings about “%(what)s”")
    record(to.partnership, by, message, about=link, source=str(source), what=to.text)
    return link


class Circle(Exception):
    """Changes that would bring about themselves; the message names them in order."""


def require_no_circle(outcome: Outcome | None, to: Outcome, *, besides: int | None = None) -> None:
    """Refuse a step that closes a circle; `besides` is the link being changed, whose old ends do not count."""
    if outcome is None:
        return
    onward: dict[int, list[int]] = {}
    links = Link.objects.filter(partnership=to.partnership_id).exclude(outcome=None).exclude(pk=besides)
    for start, end in links.values_list("outcome", "to"):
        onward.setdefault(start, []).append(end)
    way = way_between(to.pk, outcome.pk, onward)
    if way:
        texts = dict(Outcome.objects.filter(pk__in=way).values_list("pk", "text"))
        raise Circle(" → ".join(f"“{texts[pk]}”" for pk in [outcome.pk, *way]))


def way_between(start: int, end: int, onward: Mapping[int, Sequence[int]]) -> list[int]:
    """The outcomes passed from `start` to `end`, both included; empty when no way leads there."""
    came: dict[int, int | None] = {start: None}
    waiting = [start]
    while waiting:
        at = waiting.pop(0)
        if at == end:
            return trail(at, came)
        for further in onward.get(at, ()):
            if further not in came:
                came[further] = at
                waiting.append(further)
    return []


def trail(end: int, came: Mapping[int, int | None]) -> list[int]:
    found: list[int] = []
    at: int | None = end
    while at is not None:
        found.insert(0, at)
        at = came[at]
    return found


@transaction.atomic
def add_budget(partnership: Partnership, *, what: str, by: Person, **facts: Any) -> BudgetLine:
    line = BudgetLine.objects.create(partnership=partnership, what=what, **facts)
    record(partnership, by, gettext_noop("added “%(what)s” to the budget"), about=line, what=what)
    return line


@transaction.atomic
def add_indicator(goal: Goal, *, name: str, by: Person, **facts: Any) -> Indicator:
    indicator = Indicator.objects.create(partnership=goal.partnership, goal=goal, name=name, **facts)
    record(goal.partnership, by, gettext_noop("added the indicator “%(what)s”"), about=indicator, what=name)
    return indicator


@transaction.atomic
def add_risk(partnership: Partnership, *, text: str, by: Person, **facts: Any) -> Risk:
    risk = Risk.objects.create(partnership=partnership, text=text, **facts)
    record(partnership, by, gettext_noop("noted the risk or assumption “%(what)s”"), about=risk, what=text)
    return risk

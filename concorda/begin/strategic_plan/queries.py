"""The plan read as a whole: which goal answers which need, which indicator tells, and what is missing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.analysis.wording import delivers
from concorda.begin.agreements.models import Agreement
from concorda.begin.strategic_plan.models import (
    BudgetLine,
    Goal,
    GoalNeed,
    Indicator,
    Link,
    Outcome,
    Risk,
    Strategy,
)
from concorda.connect.motivation.models import Need
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.text import say_money
from concorda.foundation.partnerships.models import Partnership


@dataclass(frozen=True)
class Gap:
    """Something missing in the plan: what, where it is mended, what to do there, and where it shows on the page."""

    text: str
    url: str
    action: str
    anchor: str = ""


@dataclass
class Line:
    """One goal with everything tied to it."""

    goal: Goal
    needs: list[Need] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    strategies: list[Strategy] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)

    @property
    def loose_indicators(self) -> list[Indicator]:
        return [one for one in self.indicators if one.outcome_id is None]

    @property
    def by_outcome(self) -> list[tuple[Outcome, list[Indicator]]]:
        """Outcomes from the immediate to the ultimate, each with its indicators."""
        order = Outcome.Level.values
        ranked = sorted(self.outcomes, key=lambda one: order.index(one.level))
        return [(outcome, [one for one in self.indicators if one.outcome_id == outcome.pk]) for outcome in ranked]

    @property
    def rows(self) -> list[tuple[Outcome | None, Indicator | None]]:
        """The lines of the results framework: every outcome and every indicator at least once."""
        found: list[tuple[Outcome | None, Indicator | None]] = []
        for outcome, indicators in self.by_outcome:
            found += [(outcome, one) for one in indicators] or [(outcome, None)]
        return found + [(None, one) for one in self.loose_indicators]


@dataclass(frozen=True)
class Term:
    """The days between which the partnership's promises hold; an open end is None."""

    start: date
    end: date | None

    def holds(self, day: date | None) -> bool:
        return day is None or (self.start <= day and (self.end is None or day <= self.end))


@dataclass(frozen=True)
class Total:
    """Money, and what is given in kind at its worth in money; exact."""

    cash: Decimal = Decimal(0)
    in_kind: Decimal = Decimal(0)

    @property
    def both(self) -> Decimal:
        return self.cash + self.in_kind

    @property
    def says(self) -> tuple[str, str, str]:
        """Money, in kind, and both, as they are written; nothing for nothing."""
        cash, in_kind, both = (say_money(one) if one else "" for one in (self.cash, self.in_kind, self.both))
        return cash, in_kind, both

    def plus(self, line: BudgetLine) -> "Total":
        if line.kind == BudgetLine.Kind.CASH:
            return Total(self.cash + line.amount, self.in_kind)
        return Total(self.cash, self.in_kind + line.amount)


@dataclass(frozen=True)
class Budget:
    """What the plan costs, added up in several ways."""

    lines: Sequence[BudgetLine] = ()

    @property
    def total(self) -> Total:
        return added(self.lines)

    @property
    def by_giver(self) -> dict[str, Total]:
        """Who gives it → how much; those who give most first."""
        found: dict[str, Total] = {}
        for line in self.lines:
            found[line.giver] = found.get(line.giver, Total()).plus(line)
        return dict(sorted(found.items(), key=lambda one: (-one[1].both, one[0])))

    @property
    def by_year(self) -> dict[int, Total]:
        return {year: added(one for one in self.lines if one.year == year) for year in sorted(self.years)}

    @property
    def years(self) -> set[int]:
        return {line.year for line in self.lines}


def added(lines: Iterable[BudgetLine]) -> Total:
    total = Total()
    for line in lines:
        total = total.plus(line)
    return total


@dataclass(frozen=True)
class Plan:
    partnership: Partnership
    needs: list[Need]
    lines: list[Line]
    risks: list[Risk]
    term: Term
    links: list[Link] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)

    @property
    def outcomes(self) -> list[Outcome]:
        return [one for line in self.lines for one in line.outcomes]

    @property
    def strategies(self) -> list[Strategy]:
        return [one for line in self.lines for one in line.strategies]

    @property
    def assumed(self) -> list[Link]:
        """The steps of the theory of change that rest on an assumption, in the order of their numbers."""
        return [link for link in self.links if link.assumption]

    @property
    def indicators(self) -> list[Indicator]:
        return [one for line in self.lines for one in line.indicators]

    @cached_property
    def answered(self) -> set[int]:
        return {need.pk for line in self.lines for need in line.needs}

    @property
    def strands(self) -> list[tuple[Need, list[tuple[Line, bool]]]]:
        """Every need with the goals that answer it; a goal is told in full once (True), then only referred to."""
        told: set[int] = set()
        found = []
        for need in self.needs:
            branches = []
            for line in self.lines:
                if need in line.needs:
                    branches.append((line, line.goal.pk not in told))
                    told.add(line.goal.pk)
            found.append((need, branches))
        return found

    @property
    def loose(self) -> list[Line]:
        return [line for line in self.lines if not line.needs]

    @cached_property
    def gaps(self) -> list[Gap]:
        return [
            *self.need_gaps(),
            *self.goal_gaps(),
            *self.change_gaps(),
            *self.indicator_gaps(),
            *self.date_gaps(),
            *self.budget_gaps(),
            *self.risk_gaps(),
        ]

    def url(self, name: str, pk: int | None = None, **query: int) -> str:
        slug = self.partnership.slug
        path = reverse(f"strategic_plan:{name}", args=[slug] if pk is None else [slug, pk])
        return path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")

    def need_gaps(self) -> Iterator[Gap]:
        for need in self.needs:
            if need.pk not in self.answered:
                text = _("No goal answers the need “%(need)s”.") % {"need": need.statement}
                yield Gap(text, self.url("goal_new", need=need.pk), _("Write a goal"), f"need-{need.pk}")

    def goal_gaps(self) -> Iterator[Gap]:
        for line in self.lines:
            goal = line.goal
            if not line.needs:
                text = _("The goal “%(goal)s” answers no need.") % {"goal": goal}
                # An agreed goal has to be reopened first, on its own page.
                url = self.url("goal_detail" if goal.agreed_on else "goal_edit", goal.pk)
                yield Gap(text, url, _("Tie it to a need"), f"goal-{goal.pk}")
            if not line.indicators:
                text = _("Nothing tells whether the goal “%(goal)s” is reached.") % {"goal": goal}
                yield Gap(text, self.url("indicator_new", goal=goal.pk), _("Add an indicator"), f"goal-{goal.pk}")
            for outcome, indicators in line.by_outcome:
                if not indicators:
                    text = _("No indicator tells whether this outcome came: “%(outcome)s”.") % {"outcome": outcome}
                    url = self.url("indicator_new", goal=goal.pk, outcome=outcome.pk)
                    yield Gap(text, url, _("Add an indicator"), f"outcome-{outcome.pk}")

    def change_gaps(self) -> Iterator[Gap]:
        """Where doing and change do not hang together: nothing is done, or nothing comes of it, or it is no change."""
        led_on, reached = {link.strategy_id for link in self.links}, {link.to_id for link in self.links}
        for line in self.lines:
            goal = line.goal
            if not line.strategies:
                text = _("Nobody has said what you do to reach the goal “%(goal)s”.") % {"goal": goal}
                yield Gap(text, self.url("strategy_new", goal=goal.pk), _("Add a strategy"), f"goal-{goal.pk}")
            for strategy in line.strategies:
                if strategy.pk not in led_on:
                    text = _("No change follows from “%(strategy)s”.") % {"strategy": strategy}
                    url = self.url("link_new", strategy=strategy.pk)
                    yield Gap(text, url, _("Say what it brings about"), f"goal-{goal.pk}")
            for outcome in line.outcomes:
                if outcome.pk not in reached:
                    text = _("Nothing you do brings about “%(outcome)s”.") % {"outcome": outcome}
                    url = self.url("link_new", to=outcome.pk)
                    yield Gap(text, url, _("Say what brings it about"), f"outcome-{outcome.pk}")
                if words := delivers(outcome.text):
                    text = _("“%(outcome)s” sounds like something delivered, not like a change (“%(words)s”).")
                    url = self.url("outcome_edit", outcome.pk)
                    facts = {"outcome": outcome, "words": words}
                    yield Gap(text % facts, url, _("Say who changes, and how"), f"outcome-{outcome.pk}")

    def budget_gaps(self) -> Iterator[Gap]:
        for line in self.budget.lines:
            if not line.giver:
                text = _("Nobody is named who gives “%(what)s”.") % {"what": line}
                yield Gap(text, self.url("budgetline_edit", line.pk), _("Say who gives it"), f"budget-{line.pk}")
            years = range(self.term.start.year, self.term.end.year + 1) if self.term.end else None
            if line.year < self.term.start.year or (years is not None and line.year not in years):
                text = _("“%(what)s” is budgeted for %(year)s, outside the term of the partnership.")
                url = self.url("budgetline_edit", line.pk)
                yield Gap(text % {"what": line, "year": line.year}, url, _("Set another year"), f"budget-{line.pk}")

    def indicator_gaps(self) -> Iterator[Gap]:
        for one in self.indicators:
            absent = missing(one)
            if absent:
                text = _("The indicator “%(indicator)s” has no %(missing)s.") % {
                    "indicator": one,
                    "missing": _(", no ").join(absent),
                }
                yield Gap(text, self.url("indicator_edit", one.pk), _("Complete it"), f"indicator-{one.pk}")

    def date_gaps(self) -> Iterator[Gap]:
        for line in self.lines:
            goal = line.goal
            if goal.due and not self.term.holds(goal.due):
                text = _("The goal “%(thing)s” is due on %(day)s, outside the term of the partnership.")
                url = self.url("goal_detail" if goal.agreed_on else "goal_edit", goal.pk)
                yield self.date_gap(text, goal, goal.due, url, f"goal-{goal.pk}")
            for one in line.indicators:
                if one.target_on and not self.term.holds(one.target_on):
                    text = _("The target of “%(thing)s” is set for %(day)s, outside the term of the partnership.")
                    yield self.date_gap(
                        text, one, one.target_on, self.url("indicator_edit", one.pk), f"indicator-{one.pk}"
                    )

    @staticmethod
    def date_gap(text: str, thing: object, day: date, url: str, anchor: str) -> Gap:
        return Gap(text % {"thing": thing, "day": say_day(day)}, url, _("Set another date"), anchor)

    def risk_gaps(self) -> Iterator[Gap]:
        for risk in self.risks:
            if risk.high and not risk.response.strip():
                text = _("Nobody has said what to do about “%(risk)s”.") % {"risk": risk}
                yield Gap(text, self.url("risk_edit", risk.pk), _("Say what we do"), f"risk-{risk.pk}")


def missing(indicator: Indicator) -> list[str]:
    """What an indicator lacks before anyone can say whether it is reached."""
    wanted = [
        (indicator.baseline is None, _("starting value")),
        (indicator.baseline is not None and indicator.baseline_on is None, _("date of its starting value")),
        (indicator.target is None, _("target")),
        (indicator.target is not None and indicator.target_on is None, _("date for its target")),
        (not indicator.source, _("source")),
    ]
    return [name for absent, name in wanted if absent]


def term_of(partnership: Partnership) -> Term:
    """From the day the partnership started to the last day an agreement holds that is drafted, signed or in force."""
    alive = (Agreement.Status.DRAFT, Agreement.Status.SIGNING, Agreement.Status.IN_FORCE)
    ends = Agreement.objects.filter(partnership=partnership, status__in=alive).aggregate(last=Max("expires_on"))
    return Term(partnership.started_on, ends["last"])


def plan_of(partnership: Partnership, *, agreed_only: bool = False) -> Plan:
    """The plan in a fixed number of queries; with `agreed_only`, the agreed goals and the needs they answer."""
    goals = Goal.objects.filter(partnership=partnership).select_related("lead__person", "lead__organization")
    if agreed_only:
        goals = goals.exclude(agreed_on=None)
    lines = {goal.pk: Line(goal) for goal in goals}
    for link in GoalNeed.objects.filter(goal__in=lines).select_related("need"):
        lines[link.goal_id].needs.append(link.need)
    for outcome in Outcome.objects.filter(goal__in=lines):
        lines[outcome.goal_id].outcomes.append(outcome)
    for strategy in Strategy.objects.filter(goal__in=lines).select_related("partner__organization"):
        lines[strategy.goal_id].strategies.append(strategy)
    for indicator in Indicator.objects.filter(goal__in=lines).select_related("owner__person", "owner__organization"):
        lines[indicator.goal_id].indicators.append(indicator)
    risks = Risk.objects.filter(partnership=partnership).select_related("owner__person", "goal")
    plan = Plan(
        partnership,
        list(Need.objects.filter(partnership=partnership)),
        list(lines.values()),
        [] if agreed_only else sorted(risks, key=lambda one: (-one.score, one.pk)),
        term_of(partnership),
        list(links_among(list(lines))),
        Budget(() if agreed_only else tuple(budget_lines(partnership))),
    )
    if agreed_only:
        plan.needs[:] = [need for need in plan.needs if need.pk in plan.answered]
    return plan


def links_among(goals: Sequence[int]) -> Iterable[Link]:
    """The steps of the theory of change that begin and end with one of these goals."""
    within = Q(strategy__goal__in=goals) | Q(outcome__goal__in=goals)
    return Link.objects.filter(within, to__goal__in=goals).select_related("strategy", "outcome", "to")


def budget_lines(partnership: Partnership) -> Iterable[BudgetLine]:
    return BudgetLine.objects.filter(partnership=partnership).select_related("partner__organization", "goal")


def line_of(goal: Goal) -> Line:
    """One goal with everything tied to it."""
    links = GoalNeed.objects.filter(goal=goal).select_related("need")
    indicators = Indicator.objects.filter(goal=goal).select_related("owner__person", "owner__organization")
    strategies = goal.strategies.select_related("partner__organization").prefetch_related("links__to")
    outcomes = goal.outcomes.prefetch_related("comes_from__strategy", "comes_from__outcome")
    return Line(goal, [link.need for link in links], list(outcomes), list(strategies), list(indicators))

"""The golden thread: need → goal → action → indicator → result, as it is recorded, with every break named."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.analysis.indicator import Colour, Standing
from concorda.begin.strategic_plan.models import Goal, GoalNeed, Indicator
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Partnership
from concorda.implement.action_plans.models import Action
from concorda.monitor.evaluation.models import Measurement
from concorda.monitor.evaluation.queries import latest_measurements, standing_of


@dataclass
class Node:
    """One knot of the thread, and what hangs on it. `gap` names a break; `waits` something still to come."""

    kind: str
    stage: str = ""
    title: str = ""
    url: str = ""
    meta: str = ""
    tag: str = ""
    late: bool = False
    icon: str = "half"
    figure: str = ""
    way: int | None = None
    ends: tuple[str, str] | None = None
    gap: str = ""
    waits: str = ""
    refers: str = ""
    fix: tuple[str, str] | None = None
    anchor: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.all()


@dataclass
class Thread:
    """Strands that begin with a need, and loose ones: actions no need stands behind."""

    strands: list[Node]
    loose: list[Node]
    counts: dict[str, int]
    results: int
    followed: int

    @property
    def breaks(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = defaultdict(list)
        for strand in [*self.strands, *self.loose]:
            for node in strand.all():
                if node.gap:
                    found[node.kind].append(node)
        return dict(found)

    @property
    def waiting(self) -> int:
        return sum(bool(node.waits) for strand in [*self.strands, *self.loose] for node in strand.all())


def build(partnership: Partnership, *, only: str = "") -> Thread:
    """The thread of a partnership, in a fixed number of queries. `only="broken"` leaves out what holds."""
    return Weaver(partnership).thread(only=only)


def short(indicator: Indicator, value: Decimal) -> str:
    """A value under the line to the target: with a percent sign, without any other unit."""
    return indicator.say(value) if indicator.unit == "%" else str(formats.number_format(format(value.normalize(), "f")))


class Weaver:
    """Reads all rows once and ties them; names no person to somebody who may not see them, as pages are behind SEE."""

    def __init__(self, partnership: Partnership) -> None:
        self.partnership = partnership
        self.needs = list(Need.objects.all())
        self.goals = {goal.pk: goal for goal in Goal.objects.all()}
        self.goals_of: dict[int, list[Goal]] = defaultdict(list)
        answered = set()
        for link in GoalNeed.objects.order_by("goal__position", "goal"):
            self.goals_of[link.need_id].append(self.goals[link.goal_id])
            answered.add(link.goal_id)
        self.goals_without_need = [goal for pk, goal in self.goals.items() if pk not in answered]
        self.actions = list(
            Action.objects.exclude(status=Action.Status.DROPPED)
            .select_related("group", "accountable__person")
            .order_by("pk")
        )
        self.indicators = {indicator.pk: indicator for indicator in Indicator.objects.all()}
        self.latest = latest_measurements()
        self.shown: set[int] = set()

    def thread(self, *, only: str) -> Thread:
        strands = [self.need(need) for need in self.needs]
        strands += [self.goal(goal) for goal in self.goals_without_need]
        loose = [self.loose(action) for action in self.actions if action.goal_id is None and self.matters(action)]
        followed = sum(self.is_followed(strand) for strand in strands if strand.kind == "need")
        if only == "broken":
            strands = [strand for strand in strands if any(node.gap for node in strand.all())]
        counts = {
            "need": len(self.needs),
            "goal": len(self.goals),
            "action": len(self.actions),
            "indicator": len(self.indicators),
        }
        return Thread(strands, loose, counts, len(self.latest), followed)

    @staticmethod
    def matters(action: Action) -> bool:
        """Loose ends are deliverables and actions; a milestone without a goal is a date, not work."""
        return action.kind != Action.Kind.MILESTONE

    @staticmethod
    def is_followed(strand: Node) -> bool:
        return any(node.kind == "result" and node.figure for node in strand.all())

    def link(self, name: str, *args: int, query: str = "") -> str:
        try:
            return reverse(name, args=[self.partnership.slug, *args]) + query
        except NoReverseMatch:
            return ""

    def fix(self, label: str, url: str) -> tuple[str, str] | None:
        return (label, url) if url else None

    def need(self, need: Need) -> Node:
        node = Node("need", "connect", need.statement, self.link("motivation:need_detail", need.pk), meta=need.area)
        node.children = [self.goal(goal) for goal in self.goals_of[need.pk]] or [
            Node(
                "goal",
                gap=_("No goal answers this need."),
                fix=self.fix(_("Write a goal"), self.link("strategic_plan:goal_new", query=f"?need={need.pk}")),
                anchor=f"need-{need.pk}",
            )
        ]
        return node

    def goal(self, goal: Goal) -> Node:
        due = _("by %(day)s") % {"day": say_day(goal.due)} if goal.due else ""
        node = Node("goal", "begin", goal.title, self.link("strategic_plan:goal_detail", goal.pk), meta=due)
        node.children = [self.action(action) for action in self.actions if action.goal_id == goal.pk]
        if not node.children:
            fix = self.fix(_("Add an action"), self.link("action_plans:action_new", query=f"?goal={goal.pk}"))
            node.children = [Node("action", gap=_("No action carries this goal."), fix=fix, anchor=f"goal-{goal.pk}")]
        return node

    def action(self, action: Action) -> Node:
        who = [str(action.group) if action.group else "", str(action.accountable)]
        node = Node(
            "action",
            "implement",
            action.title,
            self.link("action_plans:action_detail", action.pk),
            meta=" · ".join(part for part in who if part),
        )
        node.tag, node.late = self.state_of(action)
        node.icon = "done" if action.status == Action.Status.DONE else "half"
        indicator = self.indicators.get(action.indicator_id)
        if indicator is None:
            fix = self.fix(_("Choose an indicator"), self.link("action_plans:action_edit", action.pk))
            node.children = [
                Node("indicator", gap=_("No indicator measures this action."), fix=fix, anchor=f"action-{action.pk}")
            ]
        elif indicator.pk in self.shown:
            node.children = [
                Node("indicator", refers=_("Also measured by “%(name)s”, above.") % {"name": indicator.name})
            ]
        else:
            self.shown.add(indicator.pk)
            node.children = [self.indicator(indicator)]
        return node

    @staticmethod
    def state_of(action: Action) -> tuple[str, bool]:
        if action.status == Action.Status.DONE:
            return _("Done %(day)s") % {"day": say_day(action.done_on)} if action.done_on else _("Done"), False
        if action.due and action.due < clock.today():
            days = (clock.today() - action.due).days
            return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}, True
        if action.status == Action.Status.TO_DO:
            return "", False
        return str(action.get_status_display()), action.status == Action.Status.STUCK

    def indicator(self, indicator: Indicator) -> Node:
        meta = indicator.source or str(indicator.get_frequency_display())
        node = Node(
            "indicator",
            "monitor",
            indicator.name,
            self.link("strategic_plan:indicator_detail", indicator.pk),
            meta=meta,
        )
        node.children = [self.result(indicator)]
        return node

    def result(self, indicator: Indicator) -> Node:
        latest = self.latest.get(indicator.pk)
        if latest is None:
            fix = self.fix(
                _("Enter the count"), self.link("evaluation:measurement_new", query=f"?indicator={indicator.pk}")
            )
            return Node("result", waits=_("No result yet."), fix=fix)
        stand = standing_of(indicator, latest)
        node = Node(
            "result",
            "monitor",
            figure=latest.value_says,
            meta=self.verdict(indicator, stand, latest),
        )
        node.late = stand.colour == Colour.RED
        if indicator.baseline is not None and indicator.target is not None and stand.achieved is not None:
            node.way = round(100 * min(max(stand.achieved, Fraction(0)), Fraction(1)))
            node.ends = (
                _("was %(value)s") % {"value": short(indicator, indicator.baseline)},
                _("target %(value)s") % {"value": short(indicator, indicator.target)},
            )
        return node

    @staticmethod
    def verdict(indicator: Indicator, stand: Standing, latest: Measurement) -> str:
        if stand.colour == Colour.RED and stand.expected_value is not None:
            expected = indicator.say(Decimal(round(float(stand.expected_value), 1)).quantize(Decimal("0.1")))
            return _("Behind: %(value)s expected by now") % {"value": expected}
        if stand.right_way is None:
            return say_day(latest.on)
        return _("Moving the right way") if stand.right_way else _("Moving the wrong way")

    def loose(self, action: Action) -> Node:
        fix = self.fix(_("Tie it to a goal, or let it go"), self.link("action_plans:action_edit", action.pk))
        gap = Node("loose", gap=_("No need or goal stands behind this action."), fix=fix, anchor=f"loose-{action.pk}")
        gap.children = [self.action(action)]
        return gap


def sentence(thread: Thread) -> tuple[str, str]:
    """Where the thread stands: the bold sentence, and the rest."""
    total = thread.counts["need"]
    lead = ngettext(
        "%(followed)s of %(total)s need can be followed all the way to a result.",
        "%(followed)s of %(total)s needs can be followed all the way to a result.",
        total,
    ) % {"followed": thread.followed, "total": total}
    count = sum(map(len, thread.breaks.values()))
    broken = ngettext("The thread breaks in %(count)s place.", "The thread breaks in %(count)s places.", count) % {
        "count": count
    }
    waiting = thread.waiting
    to_come = ngettext("%(count)s result is still to come.", "%(count)s results are still to come.", waiting) % {
        "count": waiting
    }
    return lead, " ".join(([broken] if count else []) + ([to_come] if waiting else []))


def break_words(kind: str, count: int) -> str:
    words = {
        "goal": ngettext("need has no goal", "needs have no goal", count),
        "action": ngettext("goal has no action", "goals have no action", count),
        "indicator": ngettext("action has no indicator", "actions have no indicator", count),
        "loose": ngettext("action answers no need", "actions answer no need", count),
    }
    return words[kind]


def table(thread: Thread) -> Iterator[list[str]]:
    """The thread as rows of need, goal, action, indicator, result; breaks in words. First row: the heads."""
    yield [_("Need"), _("Goal"), _("Action"), _("Indicator"), _("Result")]
    for strand in [*thread.strands, *thread.loose]:
        yield from rows_below(strand, {})


COLUMNS = ("need", "goal", "action", "indicator", "result")


def rows_below(node: Node, before: dict[str, str]) -> Iterator[list[str]]:
    words = node.title or node.figure or node.gap or node.waits or node.refers
    found = before | {("need" if node.kind == "loose" else node.kind): words}
    if not node.children:
        yield [found.get(column, "") for column in COLUMNS]
    for child in node.children:
        yield from rows_below(child, found)

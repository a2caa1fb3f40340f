"""The plan drawn: the logic model in columns, and the theory of change as what brings about what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.analysis.layers import ordered
from concorda.begin.strategic_plan.models import Link, Outcome, Strategy
from concorda.begin.strategic_plan.queries import Plan
from concorda.foundation.core.text import say_money
from concorda.foundation.partnerships.models import Partnership

WIDTH, ACROSS, DOWN, HEAD = 168, 36, 14, 44
LETTERS, LINE, PAD = 21, 17, 10
"""Letters in a line of a box, height of a line, and room around the words, in the units of the drawing."""

Key = tuple[str, int]
"""Kind of a thing, and its number."""


@dataclass(frozen=True)
class Thing:
    """What stands in a box: its words, and the page it leads to."""

    key: Key
    text: str
    url: str = ""


@dataclass(frozen=True)
class Tie:
    """A line between two boxes. It is dashed while it is only thought; `number` is that of its assumption."""

    start: Key
    end: Key
    firm: bool = True
    number: int | None = None


@dataclass(frozen=True)
class Box:
    thing: Thing
    x: int
    y: int
    lines: Sequence[str]

    @property
    def height(self) -> int:
        return len(self.lines) * LINE + 2 * PAD

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def spans(self) -> list[tuple[int, str]]:
        """Baseline and words of each line."""
        return [(self.y + PAD + LINE * number + 12, words) for number, words in enumerate(self.lines)]

    @property
    def text_x(self) -> int:
        return self.x + PAD


@dataclass(frozen=True)
class Curve:
    """A line as drawn, with the middle of it, where its number stands."""

    tie: Tie
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Columns with their heads, boxes, and curves between them; `says` tells the same in sentences."""

    heads: Sequence[tuple[int, str]]
    boxes: Sequence[Box]
    curves: Sequence[Curve]
    width: int
    height: int
    says: Sequence[str] = field(default_factory=tuple)
    box_width: int = WIDTH


def draw(columns: Sequence[tuple[str, Sequence[Thing]]], ties: Sequence[Tie], says: Sequence[str] = ()) -> Drawing:
    """Lay out named columns of things, in the order in which the ties cross little, each column centred."""
    things = {thing.key: thing for _name, column in columns for thing in column}
    order = ordered(
        [[thing.key for thing in column] for _name, column in columns], [(one.start, one.end) for one in ties]
    )
    stacks = [[things[key] for key in column] for column in order]
    heights = [sum(height_of(one) + DOWN for one in column) for column in stacks]
    tallest = max(heights, default=0)
    boxes: dict[Key, Box] = {}
    for number, column in enumerate(stacks):
        y = HEAD + (tallest - heights[number]) // 2
        for thing in column:
            boxes[thing.key] = Box(thing, number * (WIDTH + ACROSS), y, lines_of(thing))
            y += boxes[thing.key].height + DOWN
    curves = [curve(one, boxes[one.start], boxes[one.end]) for one in ties if one.start in boxes and one.end in boxes]
    heads = [(number * (WIDTH + ACROSS), name) for number, (name, _column) in enumerate(columns)]
    width = len(columns) * (WIDTH + ACROSS) - ACROSS
    return Drawing(heads, list(boxes.values()), curves, width, HEAD + tallest, tuple(says))


def lines_of(thing: Thing) -> list[str]:
    return wrap(thing.text, LETTERS) or [""]


def height_of(thing: Thing) -> int:
    return len(lines_of(thing)) * LINE + 2 * PAD


def curve(tie: Tie, start: Box, end: Box) -> Curve:
    """From the right edge of one box to the left edge of another; within a column, round its right side."""
    x, to = start.x + WIDTH, end.x
    if to <= start.x:
        out = x + ACROSS - 8
        path = f"M{x} {start.middle}C{out} {start.middle} {out} {end.middle} {end.x + WIDTH} {end.middle}"
        return Curve(tie, path, x + (ACROSS - 8) * 0.75, (start.middle + end.middle) / 2)
    bend = (to - x) / 2
    path = f"M{x} {start.middle}C{x + bend:g} {start.middle} {to - bend:g} {end.middle} {to} {end.middle}"
    part = min(ACROSS / 2 / (1.5 * (to - x)), 0.5) if to - x > ACROSS else 0.5  # its number stands between two columns
    down = (end.middle - start.middle) * (3 * part**2 - 2 * part**3)
    return Curve(tie, path, x + ACROSS / 2, round(start.middle + down, 1))


# The two pictures


def url(here: Partnership, name: str, pk: int) -> str:
    return reverse(f"strategic_plan:{name}", args=[here.slug, pk])


def activity(here: Partnership, one: Strategy) -> Thing:
    return Thing(("strategy", one.pk), one.text, url(here, "goal_detail", one.goal_id))


def change(here: Partnership, one: Outcome) -> Thing:
    return Thing(("outcome", one.pk), one.text, url(here, "goal_detail", one.goal_id))


def logic_model(plan: Plan) -> Drawing:
    """What goes in, what is done, what it delivers, and what changes: at once, after a while, in the end."""
    here = plan.partnership
    strategies, outcomes = plan.strategies, plan.outcomes
    inputs = [
        Thing(("input", number), _("%(who)s: %(what)s") % {"who": who, "what": what})
        for number, (who, what) in enumerate(givers(plan))
    ]
    delivered = [
        Thing(("output", one.pk), one.delivers, url(here, "goal_detail", one.goal_id))
        for one in strategies
        if one.delivers
    ]
    level = {value: [change(here, one) for one in outcomes if one.level == value] for value in Outcome.Level.values}
    columns = [
        (_("What goes in"), inputs),
        (_("What we do"), [activity(here, one) for one in strategies]),
        (_("What it delivers"), delivered),
        *((str(Outcome.Level(value).label), level[value]) for value in Outcome.Level.values),
    ]
    ties = [Tie(("strategy", one.pk), ("output", one.pk)) for one in strategies if one.delivers]
    made = {one.pk for one in strategies if one.delivers}
    for link in plan.links:
        start: Key = ("outcome", link.outcome_id or 0)
        if link.strategy_id:
            start = ("output" if link.strategy_id in made else "strategy", link.strategy_id)
        ties.append(Tie(start, ("outcome", link.to_id), link.evidence > Link.Evidence.GUESS))
    return draw(columns, ties, sentences(plan.links))


def givers(plan: Plan) -> list[tuple[str, str]]:
    """Who gives what to the plan, over all years: “$40,000, $5,000 in kind”."""
    found = []
    for who, total in plan.budget.by_giver.items():
        words = [say_money(total.cash)] if total.cash else []
        if total.in_kind:
            words.append(_("%(amount)s in kind") % {"amount": say_money(total.in_kind)})
        found.append((who or _("not said yet"), ", ".join(words)))
    return found


def theory_of_change(plan: Plan) -> Drawing:
    """What is done, the changes it brings about one after the other, and the goals they add up to."""
    here = plan.partnership
    numbers = {link.pk: number for number, link in enumerate(plan.assumed, start=1)}
    depth = depths([one.pk for one in plan.outcomes], plan.links)
    deepest = max(depth.values(), default=0)
    steps = [
        (
            _("Change %(number)s") % {"number": step},
            [change(here, one) for one in plan.outcomes if depth[one.pk] == step],
        )
        for step in range(1, deepest + 1)
    ]
    goals = [Thing(("goal", line.goal.pk), line.goal.title, line.goal.get_absolute_url()) for line in plan.lines]
    ties = [
        Tie(
            ("strategy", link.strategy_id) if link.strategy_id else ("outcome", link.outcome_id or 0),
            ("outcome", link.to_id),
            link.evidence > Link.Evidence.GUESS,
            numbers.get(link.pk),
        )
        for link in plan.links
    ]
    onward = {link.outcome_id for link in plan.links}
    ties += [Tie(("outcome", one.pk), ("goal", one.goal_id)) for one in plan.outcomes if one.pk not in onward]
    columns = [(_("What we do"), [activity(here, one) for one in plan.strategies]), *steps, (_("Goals"), goals)]
    return draw(columns, ties, sentences(plan.links))


def depths(outcomes: Iterable[int], links: Iterable[Link]) -> Mapping[int, int]:
    """The longest way to each outcome, in changes; 1 for one that no other change brings about."""
    before: dict[int, list[int]] = {}
    for link in links:
        if link.outcome_id:
            before.setdefault(link.to_id, []).append(link.outcome_id)
    found: dict[int, int] = {}

    def depth(pk: int) -> int:
        if pk not in found:
            found[pk] = 1  # what records from elsewhere may say in a circle ends here
            found[pk] += max((depth(one) for one in before.get(pk, ())), default=0)
        return found[pk]

    return {pk: depth(pk) for pk in outcomes}


def sentences(links: Sequence[Link]) -> list[str]:
    """The lines of a picture in words, each with what has to hold."""
    found = []
    for link in links:
        facts = {"source": link.strategy or link.outcome, "to": link.to, "if": link.assumption.rstrip(".")}
        text = (
            _("“%(source)s” brings about “%(to)s”, if: %(if)s.")
            if link.assumption
            else _("“%(source)s” brings about “%(to)s”.")
        )
        found.append(f"{text % facts} ({link.get_evidence_display()})")
    return found

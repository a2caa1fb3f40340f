"""Where to draw people or organizations so that groups stand apart and labels do not collide.

Groups are placed first, as circles that repel each other and are drawn together by the ties between them; members
are placed inside their circle, near those they are tied to; labels last, each at the first free place around its
point. The same input and seed give the same picture.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from concorda.analysis.problems import Problem, Refused

Floats = npt.NDArray[np.float64]
Anchor = Literal["start", "middle", "end"]

ROUNDS = 300
GAP = 2.0


@dataclass(frozen=True, slots=True)
class Point:
    """A node: its centre, in the units of the drawing; y grows downwards."""

    id: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Circle:
    """The ground a group stands on."""

    group: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text: `x`, `y` of its baseline with SVG's `text-anchor`; `clear`: False where no free place was left."""

    id: str
    x: float
    y: float
    anchor: Anchor
    clear: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing of `width` × `height`."""

    width: float
    height: float
    points: tuple[Point, ...]
    circles: tuple[Circle, ...]
    labels: tuple[Label, ...]


def arrange(
    ids: Sequence[str],
    ties: Iterable[tuple[str, str]],
    groups: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    width: float = 824.0,
    height: float = 520.0,
    radius: float = 8.0,
    font: float = 12.0,
    seed: int = 1,
) -> Layout:
    """Positions for `ids` (n), circles for `groups` (id → group), places for `labels` (id → text).

    `radius`: of a node; `font`: size of the text; all lengths in the units of the drawing. Labels are placed in the
    order of `labels`: put the most important first. Refuses repeated ids, ties or groups of unknown ids, and a drawing
    too small for a node and a line of text on each side.
    """
    place = {name: number for number, name in enumerate(ids)}
    edges = _checked(ids, place, list(ties), groups or {}, labels or {})
    margin = radius + 2 * font
    if not (width > 2 * margin and height > 2 * margin):
        raise Refused(f"a drawing of {width:g} × {height:g} is too small; it needs more than {2 * margin:g} each way")
    if not ids:
        return Layout(width, height, (), (), ())
    names = [(groups or {}).get(name, "") for name in ids]
    distinct = list(dict.fromkeys(names))
    member = np.array([distinct.index(name) for name in names])
    draws = np.random.default_rng(seed)
    circles = _circles(member, len(distinct), edges, draws, (width - 2 * margin) / (height - 2 * margin))
    spots = _members(member, circles, edges, draws)
    frame = np.array([width, height])
    spots, circles = _fitted(spots, circles, frame, margin)
    points = tuple(Point(name, *map(_rounded, spot)) for name, spot in zip(ids, spots.tolist(), strict=True))
    grounds = tuple(
        Circle(name, *map(_rounded, circle)) for name, circle in zip(distinct, circles.tolist(), strict=True) if groups
    )
    return Layout(width, height, points, grounds, _labels(labels or {}, place, spots, frame, radius, font))


def _checked(
    ids: Sequence[str],
    place: Mapping[str, int],
    ties: list[tuple[str, str]],
    groups: Mapping[str, str],
    labels: Mapping[str, str],
) -> npt.NDArray[np.int64]:
    if len(place) < len(ids):
        twin = next(name for number, name in enumerate(ids) if place[name] != number)
        raise Refused(Problem(f"the node {twin!r} is there twice", column="id", value=twin))
    named = (("tie", {end for tie in ties for end in tie}), ("group", set(groups)), ("label", set(labels)))
    for column, those in named:
        unknown = sorted(those - place.keys())
        if unknown:
            raise Refused(Problem(f"{unknown[0]!r} is not among the nodes", column=column, value=unknown[0]))
    pairs = [(place[one], place[other]) for one, other in ties if one != other]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _rounded(number: float) -> float:
    return round(number, 1)


def _circles(
    member: npt.NDArray[np.int64], count: int, edges: npt.NDArray[np.int64], draws: np.random.Generator, aspect: float
) -> Floats:
    """Centre and radius of every group (count × 3): apart from each other, tied groups near."""
    radii = 1.2 * np.sqrt(np.bincount(member, minlength=count)) + 1
    ties = np.zeros((count, count))
    np.add.at(ties, (member[edges[:, 0]], member[edges[:, 1]]), 1)
    pull = np.log1p(ties + ties.T)
    np.fill_diagonal(pull, 0)
    around = 2 * math.pi * np.arange(count) / count
    spots = np.column_stack([np.cos(around), np.sin(around)]) * radii.sum() / 2 + draws.normal(0, 0.1, (count, 2))
    apart = 1.15 * (radii[:, None] + radii[None, :])
    for step in range(ROUNDS):
        ways, lengths = _ways(spots)
        push = np.maximum(apart - lengths, 0) / 2
        draw = 0.02 * pull * np.maximum(lengths - apart, 0) * (1 - step / ROUNDS)
        spots = spots + (ways * (push - draw)[..., None]).sum(axis=1)
        spots -= 0.01 * (1 - step / ROUNDS) * spots * np.array([1 / aspect, 1.0])
    return np.column_stack([_apart(spots, apart), radii])


def _ways(spots: Floats) -> tuple[Floats, Floats]:
    """Unit vectors from every spot to every other, reversed (n × n × 2), and their lengths (n × n)."""
    ways = spots[:, None, :] - spots[None, :, :]
    lengths = np.sqrt((ways**2).sum(axis=2))
    np.fill_diagonal(lengths, 1e9)  # far from itself
    return ways / np.maximum(lengths, 1e-9)[..., None], lengths


def _apart(spots: Floats, least: Floats) -> Floats:
    """`spots` spread from their middle until no two are closer than `least` (n × n)."""
    _, lengths = _ways(spots)
    short = float((least / np.maximum(lengths, 1e-9)).max(initial=0.0))
    return np.asarray(spots * max(short, 1.0))


def _members(
    member: npt.NDArray[np.int64], circles: Floats, edges: npt.NDArray[np.int64], draws: np.random.Generator
) -> Floats:
    """A spot for every node (n × 2) inside the circle of its group: springs along ties, repulsion inside the group."""
    count = len(member)
    turn = 2.399963 * np.arange(count)  # the golden angle spreads members evenly
    rank = np.array([int((member[:number] == member[number]).sum()) for number in range(count)])
    size = np.bincount(member)[member]
    reach = (circles[member, 2] - 1) * np.sqrt(rank / size)
    spots: Floats = circles[member, :2] + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
    spots += draws.normal(0, 0.01, spots.shape)
    together = [np.flatnonzero(member == group) for group in range(len(circles))]
    inside = np.where(member[edges[:, 0]] == member[edges[:, 1]], 0.15, 0.01)[:, None]
    for step in range(ROUNDS):
        heat = 0.3 * (1 - step / ROUNDS)
        force = np.zeros_like(spots)
        for mates in together:
            ways, lengths = _ways(spots[mates])
            force[mates] = (ways * np.minimum(2.5 / lengths**2, 4.0)[..., None]).sum(axis=1)
        along = spots[edges[:, 1]] - spots[edges[:, 0]]
        np.add.at(force, edges[:, 0], along * inside)
        np.add.at(force, edges[:, 1], -along * inside)
        spots = _inside(spots + heat * force, circles[member])
    return spots


def _inside(spots: Floats, circles: Floats) -> Floats:
    """Spots drawn back to the edge of their circles."""
    out = spots - circles[:, :2]
    lengths = np.sqrt((out**2).sum(axis=1))
    room = circles[:, 2] - 0.8
    factor = np.minimum(1, room / np.maximum(lengths, 1e-9))
    return np.asarray(circles[:, :2] + out * factor[:, None])


def _fitted(spots: Floats, circles: Floats, frame: Floats, margin: float) -> tuple[Floats, Floats]:
    """Everything scaled (alike in both directions) and centred so that the circles lie in the frame."""
    low = (circles[:, :2] - circles[:, 2:]).min(axis=0)
    high = (circles[:, :2] + circles[:, 2:]).max(axis=0)
    scale = float(((frame - 2 * margin) / (high - low)).min())
    shift = frame / 2 - scale * (low + high) / 2
    return spots * scale + shift, np.column_stack([circles[:, :2] * scale + shift, circles[:, 2] * scale])


def _labels(
    labels: Mapping[str, str], place: Mapping[str, int], spots: Floats, frame: Floats, radius: float, font: float
) -> tuple[Label, ...]:
    """Each label right, left, below or above its point, then farther away: the first place that collides with nothing.

    Widths are estimated at 0.58 of the font size per letter (wide for the fonts of the pages, so that boxes are safe),
    at all of it for the full-width letters of East Asia.
    """
    boxes = np.column_stack([spots - radius, spots + radius])
    placed = []
    for name, text in labels.items():
        x, y = spots[place[name]]
        found: tuple[Label, Floats] | None = None
        for anchor, at, baseline in _places(float(x), float(y), radius, font):
            box = _box(at, baseline, anchor, font * _ems(text), font)
            free = bool((box[:2] >= 0).all() and (box[2:] <= frame).all() and not _collides(box, boxes))
            if found is None or free:
                found = Label(name, _rounded(at), _rounded(baseline), anchor, free), box
            if free:
                break
        if found is not None:
            placed.append(found[0])
            boxes = np.vstack([boxes, found[1]])
    return tuple(placed)


def _ems(text: str) -> float:
    """The width of a text in units of its font size."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.58 for letter in text)


def _places(x: float, y: float, radius: float, font: float) -> Iterable[tuple[Anchor, float, float]]:
    """Anchor, x and baseline of the places to try, the best first."""
    middle = y + 0.35 * font
    for away in (radius + GAP, radius + font, radius + 2 * font):
        yield "start", x + away, middle
        yield "end", x - away, middle
        yield "middle", x, y + away + 0.8 * font
        yield "middle", x, y - away - 0.2 * font
        yield "start", x + 0.7 * away, middle + away
        yield "start", x + 0.7 * away, middle - away
        yield "end", x - 0.7 * away, middle + away
        yield "end", x - 0.7 * away, middle - away


def _box(x: float, baseline: float, anchor: Anchor, width: float, font: float) -> Floats:
    """Left, top, right, bottom of a text."""
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return np.array([left, baseline - 0.8 * font, left + width, baseline + 0.2 * font])


def _collides(box: Floats, boxes: Floats) -> bool:
    return bool(
        ((boxes[:, 0] < box[2]) & (boxes[:, 2] > box[0]) & (boxes[:, 1] < box[3]) & (boxes[:, 3] > box[1])).any()
    )

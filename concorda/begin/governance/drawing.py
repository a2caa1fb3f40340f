"""The bodies as a picture: who reports to whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.begin.governance.models import Body

WIDTH, HEIGHT, ACROSS, DOWN = 280, 84, 24, 44
SIGNS = 34
"""Characters that fit into a box beside the name."""


@dataclass(frozen=True)
class Box:
    """One body, with the place of its box and the middle of the one above."""

    body: Body
    x: int
    y: int
    above: tuple[int, int] | None

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def text_x(self) -> int:
        return self.x + 14

    @property
    def name_y(self) -> int:
        return self.y + 27

    @property
    def note_y(self) -> int:
        return self.y + 48

    @property
    def line(self) -> str:
        if self.above is None:
            return ""
        x, y = self.above
        half = y + DOWN // 2
        return f"M{x} {y}V{half}H{self.middle}V{self.y}"

    @property
    def decides_y(self) -> int:
        return self.y + 68

    @property
    def note(self) -> str:
        """How many seats it has, and how often it meets."""
        count = len(self.body.seats.all())
        seats = ngettext("%(n)s seat", "%(n)s seats", count) % {"n": count} if count else ""
        return " · ".join(part for part in (seats, str(self.body.get_meets_display())) if part)

    @property
    def decides(self) -> str:
        """The kinds of decisions it takes."""
        kinds = [str(rule.get_matter_display()) for rule in self.body.rules.all() if rule.in_force]
        every = _("Decides: %(kinds)s") % {"kinds": ", ".join(kinds)} if kinds else ""
        return Truncator(every).chars(SIGNS)


@dataclass(frozen=True)
class Picture:
    """A tree of bodies: `width` and `height` of the drawing, its boxes from the top down."""

    boxes: Sequence[Box]
    width: int
    height: int
    box_width: int = WIDTH
    box_height: int = HEIGHT


def printed(picture: Picture) -> dict[str, Any]:
    """The picture as plain data for a typst template: boxes with their words and the lines that lead to them."""
    boxes = [
        {
            "x": box.x,
            "y": box.y,
            "name": Truncator(box.body.name).chars(SIGNS - 8),
            "note": box.note,
            "decides": box.decides,
            "lines": strokes(box),
        }
        for box in picture.boxes
    ]
    sizes = {name: getattr(picture, name) for name in ("width", "height", "box_width", "box_height")}
    return {"boxes": boxes, **sizes}


def strokes(box: Box) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    if box.above is None:
        return []
    x, y = box.above
    half = y + DOWN // 2
    corners = [(x, y), (x, half), (box.middle, half), (box.middle, box.y)]
    return list(pairwise(corners))


def tree(bodies: Sequence[Body]) -> Picture:
    """Lay the bodies out: every body under the one it reports to, each leaf in a column of its own."""
    below: dict[int | None, list[Body]] = {}
    known = {body.pk for body in bodies}
    for body in bodies:
        below.setdefault(body.parent_id if body.parent_id in known else None, []).append(body)
    boxes: list[Box] = []
    column = 0
    for root in below.get(None, []):
        found = list(branch(root, below, column, 0, None))
        boxes += found
        column = max(box.x for box in found) // (WIDTH + ACROSS) + 1
    return Picture(boxes, max(box.x for box in boxes) + WIDTH, max(box.y for box in boxes) + HEIGHT)


def branch(
    body: Body, below: dict[int | None, list[Body]], column: int, depth: int, above: tuple[int, int] | None
) -> Iterator[Box]:
    """The box of a body at the left of its branch, then the branches of those that report to it."""
    box = Box(body, column * (WIDTH + ACROSS), depth * (HEIGHT + DOWN), above)
    yield box
    for child in below.get(body.pk, []):
        found = list(branch(child, below, column, depth + 1, (box.middle, box.y + HEIGHT)))
        yield from found
        column = max(one.x for one in found) // (WIDTH + ACROSS) + 1

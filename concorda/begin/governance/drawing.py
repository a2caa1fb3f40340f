"""The bodies as a picture: who reports to whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from concorda.begin.governance.models import Body

WIDTH, HEIGHT, ACROSS, DOWN = 216, 64, 24, 44


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
    def seats(self) -> int:
        return len(self.body.seats.all())


@dataclass(frozen=True)
class Picture:
    """A tree of bodies: `width` and `height` of the drawing, its boxes from the top down."""

    boxes: Sequence[Box]
    width: int
    height: int
    box_width: int = WIDTH
    box_height: int = HEIGHT


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

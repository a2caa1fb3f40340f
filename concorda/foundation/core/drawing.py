"""Geometry of the small charts. Numbers in, positions for inline SVG out; no HTML here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

COUNTABLE = 14  # more segments than this can no longer be counted at a glance
GAP = 1.7  # between segments, in percent of the whole width


def percent(part: float, whole: float) -> float:
    """Share of `part` in `whole`, 0 to 100, rounded to 2 decimals; 0 when `whole` is not positive."""
    return round(min(max(part / whole, 0), 1) * 100, 2) if whole > 0 else 0.0


def segments(done: int, of: int) -> tuple[str, str]:
    """SVG paths of the filled and the empty segments, in a box 100 wide and 1 high."""
    done = min(max(done, 0), max(of, 0))
    if of > COUNTABLE or of < 1:
        edge = percent(done, of)
        return f"M0 0H{edge:g}V1H0z", f"M{edge:g} 0H100V1H{edge:g}z"
    step = (100 + GAP) / of
    boxes = [f"M{i * step:.2f} 0h{step - GAP:.2f}v1h-{step - GAP:.2f}z" for i in range(of)]
    return "".join(boxes[:done]), "".join(boxes[done:])


def polyline(values: Sequence[float], low: float, high: float, *, width: float, height: float, pad: float = 3) -> str:
    """Points of a line through `values` (at least one), evenly spaced, `high` at the top."""
    step = (width - 2 * pad) / max(len(values) - 1, 1)
    span = (high - low) or 1
    return " ".join(
        f"{pad + i * step:.1f},{pad + (high - value) / span * (height - 2 * pad):.1f}" for i, value in enumerate(values)
    )


@dataclass(frozen=True)
class Axis:
    """A stretch of calendar days, first and last included, laid out from 0 to 100 percent."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return max((self.end - self.start).days + 1, 1)

    def at(self, day: date) -> float:
        """Position of the morning of `day`, in percent, kept within the axis."""
        return percent((day - self.start).days, self.days)

    def after(self, day: date) -> float:
        """Position of the evening of `day`, in percent, kept within the axis."""
        return self.at(day + timedelta(days=1))

    def months(self) -> Iterator[tuple[date, float, float]]:
        """First day, position and width in percent of each month on the axis."""
        first = self.start
        while first <= self.end:
            following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
            left = self.at(first)
            yield first, left, round(self.at(following) - left, 2)
            first = following

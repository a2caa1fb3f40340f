"""The order of things in the columns of a drawing, so that the lines between them cross little."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

ROUNDS = 8
Key = TypeVar("Key", bound=Any)


def ordered(columns: Sequence[Sequence[Key]], ties: Iterable[tuple[Key, Key]]) -> list[list[Key]]:
    """The columns, each in an order in which the lines between neighbouring columns cross little.

    `ties`: pairs of keys. Each column is sorted by the mean place of what its members are tied to, forth and back, and
    the order with the fewest crossings is kept (the barycentre method: Sugiyama, Tagawa & Toda 1981). Members that are
    tied to nothing keep their place.
    """
    found = [list(column) for column in columns]
    tied: dict[Key, list[Key]] = {}
    pairs = list(ties)
    for one, other in pairs:
        tied.setdefault(one, []).append(other)
        tied.setdefault(other, []).append(one)
    best, least = [list(column) for column in found], crossings(found, pairs)
    for turn in range(ROUNDS):
        sweep = range(1, len(found)) if turn % 2 == 0 else range(len(found) - 2, -1, -1)
        for at in sweep:
            sort_by_neighbours(found, at, -1 if turn % 2 == 0 else 1, tied)
        count = crossings(found, pairs)
        if count < least:
            best, least = [list(column) for column in found], count
    return best


def sort_by_neighbours(columns: list[list[Key]], at: int, toward: int, tied: Mapping[Key, Sequence[Key]]) -> None:
    """Sort one column by the mean relative place of what its members are tied to on the side looked at."""
    side = columns[:at] if toward < 0 else columns[at + 1 :]
    place = {key: (row + 0.5) / len(column) for column in side for row, key in enumerate(column)}
    own = {key: (row + 0.5) / len(columns[at]) for row, key in enumerate(columns[at])}

    def mean(key: Key) -> float:
        seen = [place[other] for other in tied.get(key, ()) if other in place]
        return sum(seen) / len(seen) if seen else own[key]

    columns[at].sort(key=mean)


def crossings(columns: Sequence[Sequence[Key]], ties: Iterable[tuple[Key, Key]]) -> int:
    """How many pairs of lines cross, each line taken as straight between its columns."""
    where = {key: (number, row) for number, column in enumerate(columns) for row, key in enumerate(column)}
    lines = [sorted((where[one], where[other])) for one, other in ties if one in where and other in where]
    found = 0
    for at, (start, end) in enumerate(lines):
        for other_start, other_end in lines[at + 1 :]:
            if start[0] == other_start[0] and end[0] == other_end[0]:
                found += (start[1] - other_start[1]) * (end[1] - other_end[1]) < 0
    return found

"""Answers of people to items on one scale, with reverse-keyed items turned."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from concorda.analysis.problems import Problem, Refused
from concorda.analysis.reading import Table, read_table

# No scale goes so far, and squares of sums must stay numbers.
_GREATEST = 1e9

Numbers = NDArray[np.float64]

# What stands for "no answer", in any case of letters. "Don't know" is missing, not the middle of the scale.
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", ".", "don't know", "dk", "ne sais pas", "nsp"})


@dataclass(frozen=True, eq=False)
class Answers:
    """Values (n people × k items) in the direction of the construct, NaN where there is no answer.

    `low`, `high`: ends of the scale; `assumed` when they are only the least and greatest answer. `group` and
    `organization`: one text per person, empty where unknown, or None.
    """

    values: Numbers
    items: tuple[str, ...]
    low: float
    high: float
    assumed: bool = False
    group: tuple[str, ...] | None = None
    organization: tuple[str, ...] | None = None

    @property
    def complete(self) -> Numbers:
        """Rows without a missing answer."""
        rows: Numbers = self.values[~np.isnan(self.values).any(axis=1)]
        return rows

    def scores(self) -> Numbers:
        """Each person's mean over items (n,), where at least two thirds are answered; NaN otherwise."""
        return scores(self.values)


def scores(values: Numbers) -> Numbers:
    """Mean per row of (n × k) values, NaN where fewer than ⅔ of the items are answered."""
    answered = (~np.isnan(values)).sum(axis=1)
    enough = 3 * answered >= 2 * values.shape[1]
    totals = np.nansum(values, axis=1)
    found: Numbers = np.divide(totals, answered, out=np.full(len(values), np.nan), where=enough & (answered > 0))
    return found


def turned(values: Numbers, low: float, high: float) -> Numbers:
    """Reverse-keyed values on the scale low..high: low + high − x."""
    return low + high - values


def read_answers(
    path: str | Path,
    items: Sequence[str],
    *,
    reverse: Sequence[str] = (),
    group: str | None = None,
    organization: str | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Answers:
    """Answers from a CSV file with a row per person; Refused for missing columns and cells that are no answers.

    Where `low` or `high` is not given, the least or greatest answer in the file stands for it.
    """
    table = read_table(path)
    _check_columns(table, items, reverse, [name for name in (group, organization) if name])
    if not table.rows:
        raise Refused(Problem("there are no answers below the header", str(path)))
    values = _values(table, items)
    seen = values[~np.isnan(values)]
    if not len(seen):
        raise Refused(Problem("there is no answer in these columns", str(path), column=", ".join(items)))
    scale = float(seen.min()) if low is None else low, float(seen.max()) if high is None else high
    if scale[0] > scale[1]:
        raise Refused(Problem(f"the scale from {scale[0]:g} to {scale[1]:g} runs backwards", str(path)))
    _check_range(table, items, values, *scale)
    for name in reverse:
        column = list(items).index(name)
        values[:, column] = turned(values[:, column], *scale)
    groups, organizations = (
        tuple(row[table.column(name)] for row in table.rows) if name else None for name in (group, organization)
    )
    return Answers(values, tuple(items), *scale, low is None or high is None, groups, organizations)


def _check_columns(table: Table, items: Sequence[str], reverse: Sequence[str], others: Sequence[str]) -> None:
    problems = [
        Problem(f"there is no column '{name}'; the file has {', '.join(table.header)}", table.file, 1, name)
        for name in dict.fromkeys([*items, *others])
        if name not in table.header
    ]
    problems += [
        Problem(f"the reverse-keyed column '{name}' is not one of the items", table.file, 1, name)
        for name in reverse
        if name not in items
    ]
    problems += [
        Problem(f"the item '{name}' is named twice", table.file, 1, name)
        for name in dict.fromkeys(items)
        if list(items).count(name) > 1
    ]
    if problems:
        raise Refused(problems)


def _values(table: Table, items: Sequence[str]) -> Numbers:
    problems: list[Problem] = []
    columns = [_column(table, name, problems) for name in items]
    if problems:
        raise Refused(problems)
    return np.array(columns, dtype=np.float64).T


def _column(table: Table, name: str, problems: list[Problem]) -> list[float]:
    column, found = table.column(name), []
    for at, row in enumerate(table.rows):
        text = row[column]
        value = float("nan")
        if text.lower() not in MISSING:
            try:
                value = float(text.replace(",", "."))
            except ValueError:
                value = float("inf")
            if not abs(value) < _GREATEST:
                problems.append(table.problem(f"'{text}' is not a number and not a missing answer", at, name, text))
        found.append(value)
    return found


def _check_range(table: Table, items: Sequence[str], values: Numbers, low: float, high: float) -> None:
    problems = [
        table.problem(
            f"the answer {values[row, column]:g} lies outside the scale from {low:g} to {high:g}",
            int(row),
            items[column],
            table.rows[row][table.column(items[column])],
        )
        for row, column in np.argwhere((values < low) | (values > high))
    ]
    if problems:
        raise Refused(problems)

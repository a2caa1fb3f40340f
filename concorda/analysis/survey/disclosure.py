"""What may be shown without telling what single people or organizations said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """Why a cell is suppressed."""

    FEW_PEOPLE = "few_people"
    FEW_ORGANIZATIONS = "few_organizations"
    COMPLEMENT = "complement"
    SUCCESSIVE = "successive"


@dataclass(frozen=True)
class Limits:
    """Least people and organizations behind a shown result; may be raised, never set below 3 and 3.

    `successive`: a cell whose respondents differ from those of an earlier shown round by this many or fewer is
    suppressed, because the difference of the two results would tell what those few said.
    """

    people: int = 5
    organizations: int = 3
    successive: int = 1

    def __post_init__(self) -> None:
        if self.people < 3 or self.organizations < 3:
            raise ValueError("results are shown from 3 people of 3 organizations at the least")


@dataclass(frozen=True)
class Cell:
    """Respondents behind one result: organization → how many of its people answered; "" where it is unknown."""

    name: str
    people: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many people answered."""
        return sum(self.people.values())


def suppress(
    cells: Iterable[Cell], *, limits: Limits | None = None, earlier: Mapping[str, Mapping[str, int]] | None = None
) -> dict[str, Why]:
    """Names of the cells of one partition that must not be shown, with why.

    `cells` divide all respondents, whose total is taken to be shown as well. Too small ones are suppressed; then
    further ones, the smallest first, until what is hidden altogether (total minus everything shown) is itself large
    enough and more than one cell. `earlier`: respondents of the same cells in rounds shown before. Whether the total
    may be shown after an earlier total is asked with one cell that holds everybody.
    """
    limits = limits or Limits()
    filled = sorted((cell for cell in cells if cell.size), key=lambda cell: (cell.size, cell.name))
    hidden: dict[str, Why] = {}
    for cell in filled:
        why = _too_small(cell.people, limits) or _too_similar(cell, limits, earlier or {})
        if why:
            hidden[cell.name] = why
    for cell in filled:
        if not hidden or _safe_together([one for one in filled if one.name in hidden], limits):
            break
        hidden.setdefault(cell.name, Why.COMPLEMENT)
    return hidden


def may_show(part: Mapping[str, int], whole: Mapping[str, int], *, limits: Limits | None = None) -> Why | None:
    """Why a subgroup must not be shown beside the whole it belongs to: it, or what remains, is too small.

    None when both are large enough, or nothing remains.
    """
    limits = limits or Limits()
    rest = {name: count - part.get(name, 0) for name, count in whole.items() if count > part.get(name, 0)}
    return _too_small(part, limits) or (Why.COMPLEMENT if rest and _too_small(rest, limits) else None)


def _too_small(people: Mapping[str, int], limits: Limits) -> Why | None:
    if sum(people.values()) < limits.people:
        return Why.FEW_PEOPLE
    present = sum(1 for name, count in people.items() if name and count)
    return Why.FEW_ORGANIZATIONS if present < limits.organizations else None


def _too_similar(cell: Cell, limits: Limits, earlier: Mapping[str, Mapping[str, int]]) -> Why | None:
    then = earlier.get(cell.name)
    if then is None:
        return None
    names = cell.people.keys() | then.keys()
    different = sum(abs(cell.people.get(name, 0) - then.get(name, 0)) for name in names)
    return Why.SUCCESSIVE if 0 < different <= limits.successive else None


def _safe_together(cells: list[Cell], limits: Limits) -> bool:
    together: dict[str, int] = {}
    for cell in cells:
        for name, count in cell.people.items():
            together[name] = together.get(name, 0) + count
    return len(cells) > 1 and _too_small(together, limits) is None

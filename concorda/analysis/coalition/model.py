"""A question in whole numbers: levels of needs, prices of partners, and one number that orders choices."""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from concorda.analysis.coalition.question import Question

Floats = npt.NDArray[np.float64]

LARGEST = 2**50  # sums of whole numbers up to here are exact in double precision, with room to spare


class Model:
    """Partners by id, and what each reaches.

    A need is split into the levels at which it can be covered: with covers 0 < a₁ < a₂ < … level l adds
    weight × (a_l − a_{l−1}) when a partner reaches it. An area or type that must be there is a level too, worth more
    than all needs together. Values and costs are whole numbers of `unit` and `cost_unit`.

    - `reach` (partners × levels) 0 or 1; `gain` (levels), `price` (partners): a choice is worth the gains it reaches
      less its prices. When the numbers are small enough (`exact_order`), that *is* the order of choices: value, then
      fewer partners, then lower cost. Otherwise prices are 0 and gains rounded up, so that it is an upper bound.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.partners = sorted(question.candidates, key=lambda partner: partner.id)
        self.place = {partner.id: number for number, partner in enumerate(self.partners)}
        self.required = sorted({self.place[each] for each in question.require})
        self.excluded = sorted({self.place[each] for each in question.exclude})
        self.most = len(self.partners) if question.most is None else min(question.most, len(self.partners))
        self._set_costs()
        self._set_levels()
        self._set_scale()

    def _set_costs(self) -> None:
        costs = [exact(partner.cost) for partner in self.partners]
        budget = self.question.budget
        numbers, self.cost_unit = whole([*costs, *([] if budget is None else [exact(budget)])])
        self.costs = numbers[: len(costs)]
        self.budget = None if budget is None else numbers[-1]

    def _set_levels(self) -> None:
        weights = {need.id: exact(need.weight) for need in self.question.needs}
        reached: dict[str, list[tuple[Fraction, int]]] = {}
        for number, partner in enumerate(self.partners):
            for need, cover in partner.covers.items():
                if cover and weights[need]:
                    reached.setdefault(need, []).append((exact(cover), number))
        gains: list[Fraction] = []
        members: list[list[int]] = []
        for need, pairs in reached.items():
            below = Fraction(0)
            for level in sorted({cover for cover, _ in pairs}):
                gains.append(weights[need] * (level - below))
                members.append([number for cover, number in pairs if cover >= level])
                below = level
        self.gains, self.unit = whole(gains)
        members += self.present()
        self.reach = np.zeros((len(self.partners), len(members)))
        for column, numbers in enumerate(members):
            self.reach[numbers, column] = 1
        self.presences = len(members) - len(gains)

    def present(self) -> list[list[int]]:
        """For each area and each type that must be there, the partners that have it."""
        asked = self.question
        groups = [
            *([area in partner.areas for partner in self.partners] for area in dict.fromkeys(asked.areas_required)),
            *([kind in partner.types for partner in self.partners] for kind in dict.fromkeys(asked.types_required)),
        ]
        return [[number for number, there in enumerate(group) if there] for group in groups]

    def _set_scale(self) -> None:
        dearest = sum(sorted(self.costs)[-self.most :]) if self.most else 0
        each = dearest + 1
        factor = each * (self.most + 1)
        whole_value = sum(self.gains)
        self.exact_order = factor * (whole_value + 1) * (self.presences + 2) < LARGEST
        if self.exact_order:
            self._factor = Fraction(factor)
            prices = [each + cost for cost in self.costs]
        else:
            self._factor = Fraction(LARGEST, (whole_value + 1) * (self.presences + 2) * 4)
            prices = [0] * len(self.costs)
        self.presence = math.ceil(self._factor * (whole_value + 1)) + len(self.gains)
        gains = [math.ceil(self._factor * gain) for gain in self.gains]
        self.gain = np.array(gains + [self.presence] * self.presences, np.float64)
        self.price = np.array(prices, np.float64)
        self._each = each

    def parted(self, gain: Floats) -> tuple[Floats, Floats]:
        """Of gains as in `gain`: 1 for those that hold an area or type that must be there, and the units in them."""
        must = np.floor(gain / self.presence)
        return np.minimum(must, 1), (gain - must * self.presence) / float(self._factor)

    def reached(self, chosen: Iterable[int]) -> npt.NDArray[np.bool_]:
        """Which levels the choice reaches."""
        return np.asarray(self.reach[sorted(chosen)].any(axis=0))

    def value(self, chosen: Iterable[int]) -> int:
        """The exact covered weight, in units."""
        return sum(gain for gain, there in zip(self.gains, self.reached(chosen).tolist(), strict=False) if there)

    def cost(self, chosen: Iterable[int]) -> int:
        """The exact cost, in units."""
        return sum(self.costs[number] for number in chosen)

    def order(self, chosen: Iterable[int]) -> tuple[int, int, int, list[int]]:
        """Sorts choices, the best first: value, fewer partners, lower cost, ids."""
        numbers = sorted(chosen)
        return -self.value(numbers), len(numbers), self.cost(numbers), numbers

    def floor(self, chosen: Iterable[int]) -> float:
        """What `gain` and `price` make of a choice that keeps every condition, rounded down; exact in `exact_order`."""
        value, count, cost, _ = self.order(chosen)
        paid = self._each * count + cost if self.exact_order else 0
        return float(self.presences * self.presence + math.floor(self._factor * -value) - paid)

    @property
    def least(self) -> float:
        """Every choice that has all areas and types is worth at least this, every other one less."""
        return float(self.presences * self.presence) - (float(self._factor) if self.exact_order else 0)

    def value_below(self, bound: float) -> int:
        """The most units that a choice can cover whose worth does not exceed `bound`."""
        above = Fraction(bound) - self.presences * self.presence
        paid = self._each * (self.most + 1) - 1 if self.exact_order else 0
        return min(max(math.floor((above + paid) / self._factor), 0), sum(self.gains))

    def names(self, chosen: Iterable[int]) -> tuple[str, ...]:
        """The ids of a choice, in the order of ids."""
        return tuple(self.partners[number].id for number in sorted(chosen))


def exact(number: Any) -> Fraction:
    """The decimal a person wrote: 0.1 is a tenth."""
    return Fraction(str(number))


def whole(numbers: list[Fraction]) -> tuple[list[int], Fraction]:
    """The numbers as multiples of the largest unit that divides them all, and that unit."""
    shared = math.lcm(*(number.denominator for number in numbers))
    tops = [int(number * shared) for number in numbers]
    divisor = math.gcd(*tops) or 1
    return [top // divisor for top in tops], Fraction(divisor, shared)

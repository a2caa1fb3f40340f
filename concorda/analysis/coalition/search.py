"""The best choice by branch and bound over many partial choices at once, exact to the last tie.

1. Partners whom another one replaces at no loss are left out, and levels reached by the same partners become one.
2. Exchanging partners finds a good choice.
3. Lagrangian bounds: with a price u on each level (0 ≤ u ≤ gain), a choice is worth at most Σ (gain − u) + Σ over its
   partners of (Σ u of the levels they reach − price). Prices from the linear program make this bound sharp at the
   start; u = gain makes it sharp near the end. The smaller of both prunes.
4. The search branches on one level that is not reached yet: who of those left reaches it, or nobody.
5. What the search does not end in its part of the time is given to HiGHS as an integer program.
"""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from concorda.analysis.coalition.model import Floats, Model

Truths = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

NEVER = -1e300
AT_ONCE = 400_000  # partial choices × partners that are looked at together
FEW = 300  # partners among whom exchanging takes no time
PATIENCE = 240  # moves without success, or one for each partner, after which the search begins
DISTURBED = 300  # moves without success after which some leave, whatever it costs
STAY_OUT = (8, 40)  # moves before somebody who left may join again
SHARE_OF_EXCHANGES = 0.25  # of the time, at most
SHARE_OF_THE_TREE = 0.25  # of the time that is left then; most questions are settled long before
TOLERANCE = 0.01  # units by which a solver's bound may be wrong


class Clock:
    """What is left of a time limit."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, 0 when the time is over."""
        return max(self._end - time.monotonic(), 0.0)


@dataclass(frozen=True, slots=True)
class Found:
    """The best choice (numbers of partners), the most units any choice can cover, and whether the search ended."""

    chosen: frozenset[int]
    bound: int
    finished: bool


class Incumbent:
    """The best choice so far that keeps every condition; `floor` is what others have to reach."""

    def __init__(self, model: Model, forbidden: Sequence[frozenset[int]]) -> None:
        self._model = model
        self._forbidden = forbidden
        self._order: tuple[int, int, int, list[int]] | None = None
        self.floor = model.least

    @property
    def chosen(self) -> frozenset[int] | None:
        """Numbers of the partners of the best choice; None before any was found."""
        return None if self._order is None else frozenset(self._order[3])

    def offer(self, chosen: Iterable[int]) -> None:
        """Take a choice that is better than the best so far and does not hold all of a forbidden one."""
        numbers = frozenset(chosen)
        if any(each <= numbers for each in self._forbidden):
            return
        order = self._model.order(numbers)
        if (self._order is None or order < self._order) and self._model.reached(numbers)[
            len(self._model.gains) :
        ].all():
            self._order = order
            self.floor = self._model.floor(numbers)


def search(model: Model, forbidden: Sequence[frozenset[int]], seconds: float) -> Found | None:
    """The best choice that leaves out somebody of each `forbidden` one; None when there is none.

    TimeoutError when the time ends before any was found.
    """
    clock = Clock(seconds)
    core = _Core.of(model, forbidden)
    if core is None:
        return None
    best = Incumbent(model, forbidden)
    best.offer(core.fixed)
    most = model.value(core.fixed)
    finished = True
    if core.size and core.most:
        prices = _Prices.of(core)
        core, prices = core.ordered(prices)
        _exchange(core, best, Clock(seconds * SHARE_OF_EXCHANGES))
        # Large questions are left to the solver, whose bounds are sharper there; the tree settles ties as well.
        bound, finished = _Tree(core, prices, best).run(Clock(clock.left() * SHARE_OF_THE_TREE))
        if not finished:
            most = min(model.value_below(bound), _solved(core, model, best, clock.left()))
    if best.chosen is None:
        if not finished:
            raise TimeoutError
        return None
    value = model.value(best.chosen)
    return Found(best.chosen, value if finished else max(most, value), finished)


def _exchange(core: "_Core", best: Incumbent, clock: Clock) -> None:
    """Exchange among the most promising partners, in several rounds when there are many: few are quick to search, and
    the best choices are nearly always among them."""
    if core.size <= FEW:
        _Exchange(core, best, seed=0).run(clock, max(PATIENCE, core.size))
        return
    for number, size in enumerate((FEW, FEW, 2 * FEW, FEW)):
        _Exchange(core.first(size), best, seed=number).run(clock, 4 * FEW)


def _solved(core: "_Core", model: Model, best: Incumbent, seconds: float) -> int:
    """The most units any choice covers, as far as HiGHS (Huangfu and Hall 2018) proves it; offers what it finds."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    n, m = core.reach.shape
    must, units = model.parted(core.gain)
    rows = [
        (hstack([csr_array(-core.reach.T), eye_array(m)]), np.zeros(m)),
        (csr_array([[1.0] * n + [0.0] * m]), np.array([core.most])),
        (
            csr_array(np.concatenate([core.cost, np.zeros(m)])[None]) / (unit := max(core.cost.max(), 1.0)),
            core.budget / unit,
        ),
        (csr_array(np.hstack([core.barred, np.zeros((len(core.barred), m))])), core.missing - 1),
    ]
    solved = milp(
        np.concatenate([np.zeros(n), -units]),
        integrality=np.repeat([1, 0], [n, m]),
        bounds=Bounds(np.concatenate([np.zeros(n), must]), 1),
        constraints=[LinearConstraint(row.tocsc(), -np.inf, high) for row, high in rows if row.shape[0]],
        options={"time_limit": max(seconds, 0.1)},
    )
    if solved.x is not None:
        best.offer([*core.fixed, *core.ids[np.flatnonzero(solved.x[:n] > 0.5)].tolist()])
    known = sum(model.gains) if solved.mip_dual_bound is None else -solved.mip_dual_bound + TOLERANCE
    return model.value(core.fixed) + math.floor(min(known, float(sum(model.gains))))


@dataclass(frozen=True, slots=True)
class _Core:
    """What remains to be decided: n partners × m levels, none of them superfluous.

    `ids` (n) the partners' numbers in the model · `fixed` those already chosen, and what they are `worth` · `most`
    more partners at a `cost` of at most `budget` · `barred` (forbidden choices × n) who belongs
    to each, and how many of each are `missing`.
    """

    ids: Numbers
    fixed: frozenset[int]
    worth: float
    most: int
    budget: float
    reach: Floats
    gain: Floats
    price: Floats
    cost: Floats
    barred: Truths
    missing: Numbers

    @property
    def size(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, model: Model, forbidden: Sequence[frozenset[int]]) -> Self | None:
        """None when those who are required already break a limit or hold all of a forbidden choice."""
        fixed = frozenset(model.required)
        budget = float((sum(model.costs) if model.budget is None else model.budget) - model.cost(fixed))
        if len(fixed) > model.most or budget < 0 or fixed & set(model.excluded):
            return None
        if any(each <= fixed for each in forbidden):
            return None
        reached = model.reached(fixed)
        cost = np.array(model.costs, np.float64)
        left = (cost <= budget) & (model.reach[:, ~reached].any(axis=1))
        left[[*fixed, *model.excluded]] = False
        ids = np.flatnonzero(left)
        ids = ids[~_replaceable(model.reach[np.ix_(ids, ~reached)], cost[ids], np.isin(ids, [*_all(forbidden)]))]
        reach = model.reach[np.ix_(ids, ~reached)]
        reach, first, group = np.unique(reach, axis=1, return_index=True, return_inverse=True)
        gain = np.zeros(len(first))
        np.add.at(gain, group.ravel(), model.gain[~reached])
        useful = reach.any(axis=0)
        return cls(
            ids=ids,
            fixed=fixed,
            worth=float(model.gain[reached].sum() - model.price[sorted(fixed)].sum()),
            most=model.most - len(fixed),
            budget=budget,
            reach=np.ascontiguousarray(reach[:, useful]),
            gain=gain[useful],
            price=model.price[ids],
            cost=cost[ids],
            barred=np.array([np.isin(ids, [*each]) for each in forbidden], np.bool_).reshape(len(forbidden), len(ids)),
            missing=np.array([len(each - fixed) for each in forbidden], np.int64),
        )

    def first(self, count: int) -> Self:
        """The same with the first partners only."""
        cut = {name: getattr(self, name)[:count] for name in ("ids", "reach", "price", "cost")}
        return replace(self, **cut, barred=self.barred[:, :count])

    def ordered(self, prices: "_Prices") -> tuple[Self, "_Prices"]:
        """The same with the most promising partners first."""
        order = np.argsort(-(self.reach @ prices.level - prices.partner), kind="stable")
        sorted_ = {name: getattr(self, name)[order] for name in ("ids", "reach", "price", "cost")}
        core = replace(self, **sorted_, barred=self.barred[:, order])
        return core, _Prices(prices.level, prices.partner[order], prices.money)


def _all(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset[int]().union(*sets)


def _replaceable(reach: Floats, cost: Floats, barred: Truths) -> Truths:
    """Partners (by id) for whom somebody else can stand in everywhere: who reaches as much and costs less, or costs as
    much and comes first. Members of forbidden choices stand in for nobody: the new choice might be forbidden."""
    levels = reach.astype(np.float32)
    replaced = np.zeros(len(reach), np.bool_)
    place = np.arange(len(reach))
    for first in range(0, len(reach), 500):
        some = slice(first, first + 500)
        as_much = levels[some] @ (1 - levels).T == 0
        cheaper = cost < cost[some, None]
        earlier = (cost == cost[some, None]) & (place < place[some, None])
        replaced[some] = (as_much & (cheaper | earlier) & ~barred).any(axis=1)
    return replaced


@dataclass(frozen=True, slots=True)
class _Prices:
    """Whole numbers for Lagrangian bounds: u of each `level`; price of each `partner`, its cost at the rate `money`
    included."""

    level: Floats
    partner: Floats
    money: float

    @classmethod
    def of(cls, core: _Core) -> Self:
        """From the linear program; any prices give a true bound, so its tolerances do no harm."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, eye_array, hstack, vstack

        n, m = core.reach.shape
        rows = [hstack([csr_array(-core.reach.T), eye_array(m)]), csr_array([[1.0] * n + [0.0] * m])]
        high = [np.zeros(m), np.array([core.most])]
        unit = max(core.cost.max(), 1.0)
        rows.append(csr_array(np.concatenate([core.cost / unit, np.zeros(m)])[None]))
        high.append(np.array([core.budget / unit]))
        scale = 1e4 / core.gain.max()
        objective = np.concatenate([core.price, -core.gain]) * scale
        solved = linprog(objective, A_ub=vstack(rows).tocsc(), b_ub=np.concatenate(high), bounds=(0, 1))
        if solved.ineqlin is None or solved.status:
            return cls(core.gain, core.price, 0.0)
        duals = -solved.ineqlin.marginals / scale
        money = max(float(np.round(duals[-1] / unit)), 0.0)
        return cls(np.clip(np.round(duals[:m]), 0, core.gain), core.price + money * core.cost, money)


class _Exchange:
    """Good choices by exchanging one partner at a time: always the best exchange, even at a loss, while those who left
    stay out for a number of moves (tabu search, Glover 1989)."""

    def __init__(self, core: _Core, best: Incumbent, seed: int) -> None:
        self._core = core
        self._best = best
        self._draws = np.random.default_rng(seed)
        # One column more stands for nobody: to exchange somebody for nobody is to leave.
        self._levels = np.vstack([core.reach, np.zeros(core.reach.shape[1])]).T.copy()
        self._price, self._cost = np.append(core.price, 0.0), np.append(core.cost, 0.0)
        self._back = np.zeros(core.size + 1, np.int64)  # the move from which each may join again

    def run(self, clock: Clock, patience: int) -> None:
        """Until nothing better was found for `patience` moves, or the time is over."""
        chosen: list[int] = []
        top, better, moves = -math.inf, 0, 0
        while moves - better < patience and clock.left():
            moves += 1
            if (moves - better) % DISTURBED == 0:
                self._disturb(chosen, moves)
            worth, gains = self._exchanges(chosen)
            gains[(self._back > moves) & (worth + gains <= top)] = NEVER
            who, joining = divmod(int(gains.argmax()), len(self._price))
            worth += float(gains[who, joining])
            if worth < NEVER / 2:
                return
            if who:
                self._leave(chosen, who - 1, moves)
            if joining < self._core.size:
                chosen.append(joining)
            if worth > top:
                top, better = worth, moves
            if self._core.worth + worth >= self._best.floor:
                self._best.offer([*self._core.fixed, *self._core.ids[chosen].tolist()])

    def _leave(self, chosen: list[int], place: int, moves: int) -> None:
        self._back[chosen.pop(place)] = moves + int(self._draws.integers(*STAY_OUT))

    def _disturb(self, chosen: list[int], moves: int) -> None:
        for _ in range(min(len(chosen), int(self._draws.integers(2, 5)))):
            self._leave(chosen, int(self._draws.integers(len(chosen))), moves)

    def _exchanges(self, chosen: list[int]) -> tuple[float, Floats]:
        """What the choice is worth, and what each exchange adds: in row 0 somebody joins, in the others in place of
        each of the chosen; NEVER where a condition forbids it."""
        core = self._core
        reach = core.reach[chosen]
        times = reach.sum(axis=0)
        rests = np.vstack([times, times - reach]) == 0  # levels open if nobody, or this one, leaves
        leaving = np.append(0.0, core.price[chosen] - (rests[1:] & (times > 0)) @ core.gain)
        gains = (rests * core.gain) @ self._levels - self._price + leaving[:, None]
        gains[:, chosen] = NEVER
        gains[0, -1] = NEVER
        money = core.budget - core.cost[chosen].sum() + np.append(0.0, core.cost[chosen])
        gains[self._cost > money[:, None]] = NEVER
        if len(chosen) >= core.most:
            gains[0] = NEVER
        return float(core.gain @ (times > 0) - core.price[chosen].sum()), gains


@dataclass(slots=True)
class _Nodes:
    """Partial choices that can still take as many partners as each other.

    `worth` so far · `bound` on everything below · `open` levels not reached · `allowed` partners · `money` left ·
    `chosen` (one column per partner) · `held` how many of each forbidden choice.
    """

    worth: Floats
    bound: Floats
    open: Floats
    allowed: Truths
    money: Floats
    chosen: Numbers
    held: Numbers

    def __len__(self) -> int:
        return len(self.worth)

    def take(self, which: npt.NDArray[np.int64] | Truths) -> "_Nodes":
        return _Nodes(*(getattr(self, each.name)[which] for each in fields(self)))


class _Tree:
    """Branch and bound, depth first, many nodes in one step."""

    def __init__(self, core: _Core, prices: _Prices, best: Incumbent) -> None:
        self._core = core
        self._prices = prices
        self._best = best
        self._reach = core.reach.astype(np.float32)
        self._gains = np.ascontiguousarray((core.reach * core.gain).T)
        self._priced = np.ascontiguousarray((core.reach * prices.level).T)
        self._spare = core.gain - prices.level
        self._stack: list[_Nodes] = []

    def run(self, clock: Clock) -> tuple[float, bool]:
        """A bound on what any choice is worth, and whether the search ended."""
        core = self._core
        root = _Nodes(
            worth=np.array([core.worth]),
            bound=np.array([np.inf]),
            open=np.ones((1, len(core.gain))),
            allowed=np.ones((1, core.size), np.bool_),
            money=np.array([core.budget]),
            chosen=np.zeros((1, 0), np.int64),
            held=np.zeros((1, len(core.barred)), np.int64),
        )
        gains = self._restrict(root)
        bound = float(self._bounds(root, gains, core.most)[0][0])
        self._stack = [root]
        at_once = max(AT_ONCE // core.size, 8)
        while self._stack:
            if not clock.left():
                open_bounds = max(float(nodes.bound.max()) for nodes in self._stack)
                return max(min(bound, open_bounds), self._best.floor), False
            nodes = self._stack.pop()
            hopeful = np.flatnonzero(nodes.bound >= self._best.floor)
            hopeful = hopeful[np.argsort(-nodes.bound[hopeful], kind="stable")]
            if len(hopeful) > at_once:
                self._stack.append(nodes.take(hopeful[at_once:]))
            if len(hopeful):
                self._expand(nodes.take(hopeful[:at_once]))
        return self._best.floor, True

    def _expand(self, nodes: _Nodes) -> None:
        """Offer every choice with one partner more, and put on the stack what may lead to a better one."""
        more = self._core.most - nodes.chosen.shape[1]
        gains = self._restrict(nodes)
        self._offer(nodes, gains)
        if more == 1:
            return
        nodes.bound, each, priced = self._bounds(nodes, gains, more)
        nodes.allowed &= each >= self._best.floor
        kept = np.flatnonzero((nodes.bound >= self._best.floor) & nodes.allowed.any(axis=1))
        if len(kept):
            self._branch(nodes.take(kept), gains[kept], each[kept], priced[kept] - self._best.floor)

    def _restrict(self, nodes: _Nodes) -> Floats:
        """Disallow who is too dear, adds nothing, or would complete a forbidden choice; what the others add."""
        core = self._core
        gains = nodes.open @ self._gains - core.price
        nodes.allowed &= (gains > 0) & (core.cost <= nodes.money[:, None])
        for number, missing in enumerate(core.missing.tolist()):
            nodes.allowed[nodes.held[:, number] == missing - 1] &= ~core.barred[number]
        gains[~nodes.allowed] = NEVER
        return gains

    def _offer(self, nodes: _Nodes, gains: Floats) -> None:
        """Offer the choices that may be better than the best so far, the most promising first."""
        core = self._core
        worth = nodes.worth[:, None] + gains
        rows, columns = np.nonzero(worth >= self._best.floor)
        for place in np.argsort(-worth[rows, columns], kind="stable").tolist():
            row, column = rows[place], columns[place]
            if worth[row, column] < self._best.floor:
                break
            self._best.offer([*core.fixed, *core.ids[nodes.chosen[row]].tolist(), int(core.ids[column])])

    def _bounds(self, nodes: _Nodes, gains: Floats, more: int) -> tuple[Floats, Floats, Floats]:
        """Bounds on what lies below each node, below it with each partner, and below it by the priced levels alone."""
        prices = self._prices
        nodes.open *= nodes.allowed.astype(np.float32) @ self._reach > 0  # nobody left reaches the others
        start = nodes.worth + nodes.open @ self._spare + prices.money * nodes.money
        scores = nodes.open @ self._priced - prices.partner
        scores[~nodes.allowed] = NEVER
        priced, priced_each = _best_sums(scores, more)
        plain, plain_each = _best_sums(gains, more)
        return (
            np.minimum(start + priced, nodes.worth + plain),
            np.minimum(start[:, None] + priced_each, nodes.worth[:, None] + plain_each),
            start + priced,
        )

    def _branch(self, nodes: _Nodes, gains: Floats, bounds: Floats, slack: Floats) -> None:
        """Split each node at one level: one branch for each partner who reaches it and for nobody.

        Best are levels that few reach and that no better choice can leave out: without them the bound falls by more
        than `slack`.
        """
        reachable = nodes.allowed.astype(np.float32) @ self._reach
        needed = self._spare > slack[:, None]
        effort = np.where(needed, reachable, 1e9 * (1 + reachable) / self._core.gain)
        level = np.where((reachable > 0) & (nodes.open > 0), effort, np.inf).argmin(axis=1)
        reaching = nodes.allowed & (self._core.reach[:, level].T > 0)
        optional = np.flatnonzero(~needed[np.arange(len(nodes)), level])
        if len(optional):
            nobody = nodes.take(optional)
            nobody.allowed &= ~reaching[optional]
            self._stack.append(nobody)
        parent, partner = np.nonzero(reaching)
        self._stack.append(self._children(nodes, gains, bounds, reaching, parent, partner))

    def _children(
        self, nodes: _Nodes, gains: Floats, bounds: Floats, reaching: Truths, parent: Numbers, partner: Numbers
    ) -> _Nodes:
        """Nodes with one partner more; of those who reach the level, the ones before it are left out from here on."""
        core = self._core
        earlier = reaching[parent] & (np.arange(core.size) <= partner[:, None])
        return _Nodes(
            worth=nodes.worth[parent] + gains[parent, partner],
            bound=bounds[parent, partner],
            open=nodes.open[parent] * (1 - core.reach[partner]),
            allowed=nodes.allowed[parent] & ~earlier,
            money=nodes.money[parent] - core.cost[partner],
            chosen=np.column_stack([nodes.chosen[parent], partner]),
            held=nodes.held[parent] + core.barred[:, partner].T,
        )


def _best_sums(scores: Floats, count: int) -> tuple[Floats, Floats]:
    """In each row, the largest sum of at most `count` scores, and the largest that has each score in it."""
    width = scores.shape[1]
    best = np.partition(scores, width - count, axis=1)[:, width - count :] if count < width else scores
    best = np.sort(np.maximum(best, 0), axis=1)[:, ::-1]
    whole = best.sum(axis=1)
    if count > width:
        return whole, whole[:, None] + np.minimum(scores, 0)
    edge = best[:, count - 1]
    others = whole - edge
    return whole, np.where(scores >= edge[:, None], whole[:, None], others[:, None] + scores)

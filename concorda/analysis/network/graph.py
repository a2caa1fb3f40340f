"""A network as a sparse matrix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import Any, Literal, NamedTuple, Self

import igraph
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from concorda.analysis.problems import Problem, Refused

Floats = npt.NDArray[np.float64]


class Tie(NamedTuple):
    """One tie; `weight` is its strength, greater than 0 (0 is no tie)."""

    source: str
    target: str
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Network:
    """n nodes and their ties.

    - `ids` (n); `matrix` (n × n, sparse): strength of i → j, without loops; symmetric when not `directed`.
    - `groups` (n) or None; `silent`: places of nodes that did not answer: their rows are missing, not zero.
    - `notes`: what reading had to settle (loops left out, repeated ties), for people to know.
    """

    ids: tuple[str, ...]
    matrix: csr_array
    directed: bool
    groups: tuple[str, ...] | None = None
    silent: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        ids: Iterable[str],
        ties: Iterable[Tie | tuple[str, str]],
        *,
        directed: bool,
        groups: Mapping[str, str] | None = None,
        silent: Iterable[str] = (),
    ) -> Self:
        """A network from lists; refuses repeated and unknown ids and strengths that are not numbers.

        A loop is left out; of a tie given twice the greater strength counts. In an undirected network a tie given
        either way is a tie.
        """
        names = tuple(ids)
        place = {name: number for number, name in enumerate(names)}
        if len(place) < len(names):
            twin = next(name for number, name in enumerate(names) if place[name] != number)
            raise Refused(Problem(f"the node {twin!r} is there twice", column="id", value=twin))
        given = [tie if isinstance(tie, Tie) else Tie(*tie) for tie in ties]
        source, target, weight = _columns(given, place)
        loops = source == target
        kept = ~loops & (weight > 0)
        if not directed:
            source, target = np.minimum(source, target), np.maximum(source, target)
        pairs, which = np.unique(source[kept] * len(names) + target[kept], return_inverse=True)
        strengths = np.zeros(len(pairs))
        np.maximum.at(strengths, which, weight[kept])
        matrix = csr_array((strengths, np.divmod(pairs, max(len(names), 1))), shape=(len(names), len(names)))
        repeated = int(kept.sum()) - len(pairs)
        notes = [f"ties of a node with itself were left out: {loops.sum()}"] * bool(loops.any())
        notes += [f"ties were given more than once, and the stronger one counts: {repeated}"] * (repeated > 0)
        network = cls(names, matrix if directed else (matrix + matrix.T).tocsr(), directed, notes=tuple(notes))
        if groups is not None:
            network = network.grouped(groups)
        return network.without_answers(silent)

    def __len__(self) -> int:
        return len(self.ids)

    def grouped(self, groups: Mapping[str, str], column: str = "group") -> Self:
        """With a group for every node; refuses a node without one."""
        lost = [name for name in self.ids if not groups.get(name)]
        if lost:
            raise Refused(Problem(f"the node {name!r} has no group", column=column, value=name) for name in lost)
        return replace(self, groups=tuple(groups[name] for name in self.ids))

    def grouped_by(self, attribute: str) -> Self:
        """Grouped by an attribute of the nodes; refuses an attribute nobody has."""
        if not any(attribute in has for has in self.attributes.values()):
            known = sorted({name for has in self.attributes.values() for name in has})
            offered = f"; there are: {', '.join(known)}" if known else ""
            raise Refused(Problem(f"no node has the attribute {attribute!r}{offered}", column=attribute))
        return self.grouped({name: has.get(attribute, "") for name, has in self.attributes.items()}, attribute)

    def without_answers(self, silent: Iterable[str]) -> Self:
        """With nodes marked as not having answered; refuses unknown ids and, if directed, answers of theirs."""
        place = {name: number for number, name in enumerate(self.ids)}
        problems = []
        for name in silent:
            if name not in place:
                problems.append(Problem(f"{name!r} is not in the network", column="silent", value=name))
            elif self.directed and self.matrix[[place[name]]].nnz:
                reason = f"{name!r} is said not to have answered, but ties from {name!r} are given"
                problems.append(Problem(reason, column="silent", value=name))
        if problems:
            raise Refused(problems)
        return replace(self, silent=frozenset(place[name] for name in silent))

    def as_undirected(self, rule: Literal["either", "both"] = "either") -> Self:
        """Ties where either (or both) say so; the greater (or smaller) strength."""
        if not self.directed:
            return self
        matrix = self.matrix.maximum(self.matrix.T) if rule == "either" else self.matrix.minimum(self.matrix.T)
        return replace(self, matrix=_clean(matrix), directed=False)

    def as_directed(self) -> Self:
        """Every tie both ways."""
        return replace(self, directed=True)

    @cached_property
    def binary(self) -> csr_array:
        """1 where there is a tie."""
        return csr_array((np.ones_like(self.matrix.data), self.matrix.indices, self.matrix.indptr), self.matrix.shape)

    @cached_property
    def mutual(self) -> csr_array:
        """Strength i → j plus j → i: Burt's symmetric part."""
        return (self.matrix + self.matrix.T).tocsr()

    @cached_property
    def skeleton(self) -> csr_array:
        """1 where there is a tie in any direction."""
        return csr_array((np.ones_like(self.mutual.data), self.mutual.indices, self.mutual.indptr), self.mutual.shape)

    @property
    def ties(self) -> int:
        """Number of ties; both directions of a directed network count."""
        return int(self.matrix.nnz if self.directed else self.matrix.nnz // 2)

    @cached_property
    def igraph(self) -> Any:
        """The same network for igraph, without strengths."""
        pairs = self.binary.tocoo()
        kept = slice(None) if self.directed else pairs.row < pairs.col
        edges = np.column_stack([pairs.row[kept], pairs.col[kept]])
        return igraph.Graph(n=len(self), edges=edges, directed=self.directed)


def _columns(
    ties: Sequence[Tie], place: Mapping[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Ends and strengths of the ties (m); refuses the first tie with an unknown end or a strength that is none."""
    source, target = (
        np.fromiter(map(place.get, map(itemgetter(end), ties), repeat(-1)), np.int64, len(ties)) for end in (0, 1)
    )
    weight = np.fromiter(map(itemgetter(2), ties), np.float64, len(ties))
    faulty = np.flatnonzero((source < 0) | (target < 0) | ~np.isfinite(weight) | (weight < 0))
    if len(faulty):
        raise Refused(_fault(ties[faulty[0]], place, int(faulty[0]) + 1))
    return source, target, weight


def _fault(tie: Tie, place: Mapping[str, int], row: int) -> Problem:
    for column, name in (("source", tie.source), ("target", tie.target)):
        if name not in place:
            return Problem(f"{name!r} is not among the nodes", row=row, column=column, value=name)
    reason = "the strength of a tie must be a number, 0 or more"
    return Problem(reason, row=row, column="weight", value=str(tie.weight))


def _clean(matrix: Any) -> csr_array:
    matrix = csr_array(matrix)
    matrix.eliminate_zeros()
    return matrix


def places_of(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Each name as a number, equal names alike."""
    return np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)[1].astype(np.int64)

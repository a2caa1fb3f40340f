"""Decision rules, seats and ballots as data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Method(StrEnum):
    """How a proposal is decided: docs/analysis/tally.md says when each adopts."""

    CONSENT = "consent"
    CONSENSUS = "consensus"
    MAJORITY = "majority"
    SUPERMAJORITY = "supermajority"
    UNANIMITY = "unanimity"
    DELEGATED = "delegated"


class Basis(StrEnum):
    """What the share of votes for is taken of."""

    VOTES_CAST = "votes_cast"
    PRESENT = "present"
    ALL_MEMBERS = "all_members"


class Abstention(StrEnum):
    """Whether abstentions belong to the votes cast."""

    EXCLUDED = "excluded"
    COUNTS_AGAINST = "counts_against"


class Tie(StrEnum):
    """What becomes of a vote with exactly half of its basis for."""

    FAILS = "fails"
    CHAIR = "chair"


class Silence(StrEnum):
    """What a seat without a ballot says once the ballot is closed."""

    NONE = "none"
    ASSENT = "assent"


class Position(StrEnum):
    """What a ballot says; an objection or block is against, standing aside abstains."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    STAND_ASIDE = "stand_aside"
    OBJECT = "object"
    BLOCK = "block"

    # An enum's own hash is a call into Python for each of thousands of ballots.
    __hash__ = str.__hash__


@dataclass(frozen=True)
class Quorum:
    """Seats that must be present: the greater of `count` and ⌈`fraction` × eligible seats⌉, and every sector named.

    `attending_suffices`: at an adjourned meeting whoever attends is the quorum.
    """

    count: int = 0
    fraction: Fraction = Fraction(0)
    sectors: frozenset[str] = frozenset()
    attending_suffices: bool = False


@dataclass(frozen=True)
class Rule:
    """How one proposal is decided.

    `threshold` is the share of a super-majority; `minus` the votes unanimity may lack; `chair` the seat whose ballot
    breaks a tie and who decides when the decision is delegated. `fallback` replaces consent or consensus that is
    blocked once `attempts` attempts are used up; it is voted in the same meeting, so the quorum is this rule's.
    """

    method: Method
    threshold: Fraction | None = None
    basis: Basis = Basis.VOTES_CAST
    quorum: Quorum = field(default_factory=Quorum)
    abstention: Abstention = Abstention.EXCLUDED
    tie: Tie = Tie.FAILS
    silence: Silence = Silence.NONE
    chair: str | None = None
    minus: int = 0
    fallback: "Rule | None" = None
    attempts: int = 1


@dataclass(frozen=True)
class Seat:
    """One seat of an electorate; weight in votes. Recused and vacant seats are not eligible."""

    id: str
    weight: Fraction = Fraction(1)
    recused: bool = False
    vacant: bool = False
    sector: str | None = None

    @property
    def eligible(self) -> bool:
        """Whether the seat may vote and counts for the quorum."""
        return not (self.recused or self.vacant)


@dataclass(frozen=True)
class Ballot:
    """What one seat says; an objection counts under consent only with a reason."""

    by: str
    position: Position
    reason: str = ""


def rule_faults(rule: Rule, seats: Iterable[Seat]) -> list[tuple[str, str]]:
    """Why a rule cannot decide: pairs of (field, sentence); empty when it can."""
    seats = list(seats)
    known = {seat.id for seat in seats}
    faults = []
    if rule.method is Method.SUPERMAJORITY and rule.threshold is None:
        faults.append(("threshold", "a super-majority needs its threshold, such as 2/3"))
    if rule.tie is Tie.CHAIR and rule.method is Method.MAJORITY and rule.chair is None:
        faults.append(("chair", "a tie is for the chair to break, but the rule names no chair"))
    if rule.tie is Tie.CHAIR and rule.method is Method.MAJORITY and rule.chair and rule.chair not in known:
        faults.append(("chair", f"the chair '{rule.chair}' is not in the electorate"))
    if rule.method is Method.DELEGATED and delegate(rule, seats) is None:
        faults.append(("chair", "a delegated decision needs the one seat that decides, named as the chair"))
    if rule.fallback and rule.fallback.fallback:
        faults.append(("fallback", "a fallback vote must itself be final"))
    return faults


def delegate(rule: Rule, seats: Iterable[Seat]) -> str | None:
    """The seat that decides alone: the chair, or the only seat there is."""
    ids = [seat.id for seat in seats]
    if rule.chair is not None:
        return rule.chair if rule.chair in ids else None
    return ids[0] if len(ids) == 1 else None

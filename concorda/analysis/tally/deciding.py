"""The decision itself: count once, in exact integers, and ask what the remaining ballots could still change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor, lcm

from concorda.analysis.exact import plain
from concorda.analysis.problems import Problem, Refused
from concorda.analysis.tally.reasons import Parameter, Reason
from concorda.analysis.tally.rule import (
    Abstention,
    Ballot,
    Basis,
    Method,
    Position,
    Rule,
    Seat,
    Silence,
    Tie,
    delegate,
    rule_faults,
)

_DISSENT = frozenset({Position.OBJECT, Position.BLOCK})
_ASIDE = Position.STAND_ASIDE

ADOPTED, REJECTED, VOID, BLOCKED, OPEN = "adopted", "rejected", "void", "blocked", "open"


@dataclass(frozen=True)
class Outcome:
    """What was decided and why. Votes are sums of weights; `present` and `quorum_needed` are seats.

    `needed` is the votes for that the rule asks for (0 where the rule asks for none); while ballots can still come it
    is what would be needed if everybody voted. `early`: decided before the ballot was closed.
    """

    outcome: str
    present: int
    quorum_needed: int
    quorum_met: bool
    for_: Fraction
    against: Fraction
    abstain: Fraction
    needed: Fraction
    reasons: tuple[Reason, ...]
    early: bool = False

    @property
    def reason(self) -> str:
        """The explanation in plain English."""
        return " ".join(str(reason) for reason in self.reasons)

    def as_dict(self) -> dict[str, object]:
        """The JSON of `concorda tally`."""
        return {
            "outcome": self.outcome,
            "quorum": {"present": self.present, "needed": self.quorum_needed, "met": self.quorum_met},
            "for": plain(self.for_),
            "against": plain(self.against),
            "abstain": plain(self.abstain),
            "needed": plain(self.needed),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class _Electorate:
    """What does not change with the ballots; votes are whole multiples of 1/unit."""

    unit: int
    eligible: int
    votes: dict[str, int]
    chair: str | None
    quorum_needed: int
    sectors: frozenset[str]


@dataclass(frozen=True)
class _Count:
    """Ballots of eligible seats: votes in units, `present` in seats, the rest ids."""

    for_: int = 0
    against: int = 0
    abstain: int = 0
    present: int = 0
    sectors: frozenset[str] = frozenset()
    objecting: tuple[str, ...] = ()
    blocking: tuple[str, ...] = ()
    unreasoned: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    chair: Position | None = None


@dataclass(frozen=True)
class _Rest:
    """Eligible seats without a ballot."""

    seats: tuple[Seat, ...]
    votes: int
    sectors: frozenset[str]
    has_chair: bool


@dataclass(frozen=True)
class _Verdict:
    outcome: str
    needed: int
    reasons: tuple[Reason, ...]


def decide(
    rule: Rule,
    electorate: Sequence[Seat],
    ballots: Iterable[Ballot],
    *,
    closed: bool,
    adjourned: bool = False,
    attempt: int = 1,
) -> Outcome:
    """Decide one proposal under one rule.

    `adjourned`: this is the meeting after one without quorum. `attempt` counts the attempts at agreement from 1.
    While the ballot is open the outcome is `open` unless every way the remaining seats may vote, or stay silent, ends
    the same. Refused: an empty electorate, a seat twice, two ballots of one seat, a ballot of an unknown seat, a rule
    that cannot decide. The order of seats and ballots never matters.
    """
    ballots = list(ballots)
    problems = [Problem(reason, column=f"rule.{name}") for name, reason in rule_faults(rule, electorate)]
    problems += [Problem(reason) for _, _, reason in roll_faults(electorate, ballots)]
    if problems:
        raise Refused(problems)
    frame = _frame(rule, electorate, adjourned)
    cast, rest = _count(frame, electorate, ballots)
    if closed:
        final = _everybody(cast, rest, Position.FOR) if rule.silence is Silence.ASSENT else cast
        verdict = _judge(rule, frame, final, attempt)
        reasons = verdict.reasons
        if final.present > cast.present:
            reasons += (Reason("assent", {"seats": final.present - cast.present}),)
        return _outcome(frame, final, verdict.outcome, verdict.needed, reasons)
    return _while_open(rule, frame, cast, rest, attempt)


def roll_faults(electorate: Sequence[Seat], ballots: Sequence[Ballot]) -> list[tuple[str, int, str]]:
    """Seats and ballots that contradict each other: triples of ("electorate" or "ballots", position, sentence)."""
    faults = [] if electorate else [("electorate", 0, "the electorate is empty; name at least one seat")]
    known: set[str] = set()
    for place, seat in enumerate(electorate):
        if seat.id in known:
            faults.append(("electorate", place, f"the seat '{seat.id}' is there twice"))
        if seat.weight.numerator < 0:  # comparing whole fractions would cost more than the count
            faults.append(("electorate", place, f"the weight of '{seat.id}' is negative"))
        known.add(seat.id)
    seen: set[str] = set()
    for place, ballot in enumerate(ballots):
        if ballot.by not in known:
            faults.append(("ballots", place, f"'{ballot.by}' has no seat in the electorate"))
        if ballot.by in seen:
            faults.append(("ballots", place, f"'{ballot.by}' has two ballots; keep the one that counts"))
        seen.add(ballot.by)
    return faults


def _frame(rule: Rule, electorate: Sequence[Seat], adjourned: bool) -> _Electorate:
    eligible = [seat for seat in electorate if seat.eligible]
    unit = lcm(*{seat.weight.denominator for seat in eligible})
    needed = max(rule.quorum.count, ceil(rule.quorum.fraction * len(eligible)))
    sectors = rule.quorum.sectors
    if adjourned and rule.quorum.attending_suffices:
        needed, sectors = 1, frozenset()
    chair = delegate(rule, electorate) if rule.method is Method.DELEGATED else rule.chair
    votes = {seat.id: seat.weight.numerator * (unit // seat.weight.denominator) for seat in eligible}
    return _Electorate(unit, len(eligible), votes, chair, needed, sectors)


def _count(frame: _Electorate, electorate: Sequence[Seat], ballots: Iterable[Ballot]) -> tuple[_Count, _Rest]:
    by = {ballot.by: ballot for ballot in ballots}
    votes = dict.fromkeys(Position, 0)
    heard: list[Ballot] = []
    silent: list[Seat] = []
    sectors: set[str | None] = set()
    for seat in electorate:
        if seat.id not in frame.votes:
            continue
        ballot = by.get(seat.id)
        if ballot is None:
            silent.append(seat)
            continue
        heard.append(ballot)
        sectors.add(seat.sector)
        votes[ballot.position] += frame.votes[seat.id]
    dissent = [ballot for ballot in heard if ballot.position in _DISSENT]
    chair = by.get(frame.chair or "")
    cast = _Count(
        for_=votes[Position.FOR],
        against=votes[Position.AGAINST] + votes[Position.OBJECT] + votes[Position.BLOCK],
        abstain=votes[Position.ABSTAIN] + votes[Position.STAND_ASIDE],
        present=len(heard),
        sectors=frozenset(sector for sector in sectors if sector),
        objecting=_ids(dissent, lambda ballot: bool(ballot.reason.strip())),
        unreasoned=_ids(dissent, lambda ballot: not ballot.reason.strip()),
        blocking=_ids(dissent, lambda ballot: ballot.position is Position.BLOCK),
        aside=_ids(heard, lambda ballot: ballot.position is _ASIDE),
        chair=chair.position if chair and chair.by in frame.votes else None,
    )
    rest = _Rest(
        tuple(silent),
        sum(frame.votes[seat.id] for seat in silent),
        frozenset(seat.sector for seat in silent if seat.sector),
        chair is None and frame.chair in frame.votes,
    )
    return cast, rest


def _ids(ballots: Iterable[Ballot], chosen: Callable[[Ballot], bool]) -> tuple[str, ...]:
    return tuple(sorted(ballot.by for ballot in ballots if chosen(ballot)))


def _everybody(cast: _Count, rest: _Rest, position: Position) -> _Count:
    """The count if every remaining seat were for, or blocked with a reason."""
    blocks = position is Position.BLOCK
    ids = tuple(seat.id for seat in rest.seats) if blocks else ()
    return replace(
        cast,
        for_=cast.for_ + (0 if blocks else rest.votes),
        against=cast.against + (rest.votes if blocks else 0),
        present=cast.present + len(rest.seats),
        sectors=cast.sectors | rest.sectors,
        objecting=cast.objecting + ids,
        blocking=cast.blocking + ids,
        chair=position if rest.has_chair else cast.chair,
    )


def _while_open(rule: Rule, frame: _Electorate, cast: _Count, rest: _Rest, attempt: int) -> Outcome:
    """Compare the three ends that bound all others: everybody else for, everybody else blocks, everybody else silent.

    More support never makes an outcome worse and more presence never loses the quorum, so if these agree, all do.
    """
    most, least = (_everybody(cast, rest, position) for position in (Position.FOR, Position.BLOCK))
    silent = most if rule.silence is Silence.ASSENT else cast
    ends = [_judge(rule, frame, end, attempt) for end in (silent, most, least)]
    needed = ends[2].needed
    if len({end.outcome for end in ends}) > 1:
        waiting = Reason("open", {"waiting": len(rest.seats), "eligible": frame.eligible})
        return _outcome(frame, cast, OPEN, needed, (waiting,))
    told = ends[0].reasons
    if rest.seats:
        told = (Reason("early", {}), *told)
    if rest.seats and ends[0].outcome in (ADOPTED, REJECTED) and rule.method is not Method.DELEGATED:
        shown: dict[str, Parameter] = {"for": Fraction(cast.for_, frame.unit), "waiting": len(rest.seats)}
        told = (Reason(f"early_{ends[0].outcome}", shown),)
    return _outcome(frame, cast, ends[0].outcome, needed, told, early=True)


def _outcome(
    frame: _Electorate, count: _Count, outcome: str, needed: int, reasons: tuple[Reason, ...], early: bool = False
) -> Outcome:
    def votes(units: int) -> Fraction:
        return Fraction(units, frame.unit)

    return Outcome(
        outcome,
        count.present,
        frame.quorum_needed,
        count.present >= frame.quorum_needed and count.sectors >= frame.sectors,
        votes(count.for_),
        votes(count.against),
        votes(count.abstain),
        votes(needed),
        reasons,
        early,
    )


def _judge(rule: Rule, frame: _Electorate, count: _Count, attempt: int) -> _Verdict:
    """The outcome of a count as if the ballot were closed."""
    verdict = _by_method(rule, frame, count, attempt)
    if count.present < frame.quorum_needed:
        shown: dict[str, Parameter] = {
            "present": count.present,
            "eligible": frame.eligible,
            "needed": frame.quorum_needed,
        }
        return _Verdict(VOID, verdict.needed, (Reason("no_quorum", shown),))
    if missing := frame.sectors - count.sectors:
        return _Verdict(VOID, verdict.needed, (Reason("sectors_missing", {"sectors": tuple(sorted(missing))}),))
    if count.present == 0:
        return _Verdict(VOID, verdict.needed, (Reason("nobody_took_part", {}),))
    return verdict


def _by_method(rule: Rule, frame: _Electorate, count: _Count, attempt: int) -> _Verdict:
    if rule.method is Method.DELEGATED:
        return _delegated(frame, count)
    if rule.method in (Method.CONSENT, Method.CONSENSUS):
        return _agreement(rule, frame, count, attempt)
    return _vote(rule, frame, count)


def _delegated(frame: _Electorate, count: _Count) -> _Verdict:
    ends = {
        Position.FOR: (ADOPTED, "delegate_for"),
        Position.ABSTAIN: (REJECTED, "delegate_abstains"),
        Position.STAND_ASIDE: (REJECTED, "delegate_abstains"),
        None: (VOID, "delegate_silent"),
    }
    outcome, code = ends.get(count.chair, (REJECTED, "delegate_against"))
    return _Verdict(outcome, 0, (Reason(code, {"by": frame.chair or ""}),))


def _agreement(rule: Rule, frame: _Electorate, count: _Count, attempt: int) -> _Verdict:
    consent = rule.method is Method.CONSENT
    stopped_by = count.objecting if consent else count.blocking
    reasons: list[Reason] = []
    if not stopped_by:
        reasons.append(Reason("no_objection" if consent else "no_block", {}))
    elif rule.fallback and attempt >= rule.attempts:
        vote = _by_method(rule.fallback, frame, count, attempt)
        return replace(vote, reasons=(Reason("fallback", {"attempts": attempt}), *vote.reasons))
    else:
        reasons.append(Reason("objection" if consent else "block", {"by": stopped_by}))
    if consent and count.unreasoned:
        reasons.append(Reason("unreasoned", {"by": count.unreasoned}))
    if count.aside:
        reasons.append(Reason("stood_aside", {"by": count.aside}))
    return _Verdict(BLOCKED if stopped_by else ADOPTED, 0, tuple(reasons))


def _vote(rule: Rule, frame: _Electorate, count: _Count) -> _Verdict:
    total = _basis(rule, frame, count)
    needed = _needed(rule, frame, total)
    shown: dict[str, Parameter] = {
        "for": Fraction(count.for_, frame.unit),
        "total": Fraction(total, frame.unit),
        "basis": str(rule.basis),
        "needed": Fraction(needed, frame.unit),
        "method": str(rule.threshold) if rule.method is Method.SUPERMAJORITY else str(rule.method),
    }
    if rule.method is Method.MAJORITY and total > 0 and 2 * count.for_ == total:
        adopted = rule.tie is Tie.CHAIR and count.chair is Position.FOR
        code = "tie_fails" if rule.tie is Tie.FAILS else "tie_chair_for" if adopted else "tie_chair_not_for"
    else:
        adopted = count.for_ >= needed
        code = "adopted" if adopted else "rejected"
    return _Verdict(ADOPTED if adopted else REJECTED, needed, (Reason(code, shown),))


def _basis(rule: Rule, frame: _Electorate, count: _Count) -> int:
    """Votes the share is taken of. Abstentions are votes present, so their own setting only matters for votes cast."""
    if rule.basis is Basis.ALL_MEMBERS:
        return sum(frame.votes.values())
    abstain = count.abstain if rule.basis is Basis.PRESENT or rule.abstention is Abstention.COUNTS_AGAINST else 0
    return count.for_ + count.against + abstain


def _needed(rule: Rule, frame: _Electorate, total: int) -> int:
    """The fewest units of votes for that adopt; at least one, so that nothing is adopted by nobody."""
    if rule.method is Method.MAJORITY:
        return floor(Fraction(total, 2)) + 1
    if rule.method is Method.UNANIMITY:
        return max(1, total - rule.minus * frame.unit)
    return max(1, ceil((rule.threshold or Fraction(1)) * total))

"""10,000 ballots, decided: beside the budget and beside one bare pass over the same ballots in the same run."""

import time
from collections import Counter

from concorda.analysis.tally import Ballot, Method, Position, Rule, Seat, decide

BUDGET = 0.050


def best(work, times: int = 7) -> float:  # type: ignore[no-untyped-def]
    """Seconds of processor time of the fastest of several runs."""
    spent = []
    for _ in range(times):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent)


def main() -> None:
    seats = [Seat(f"org{i}") for i in range(10_000)]
    ballots = [Ballot(seat.id, list(Position)[i % 6], "why") for i, seat in enumerate(seats)]
    floor = best(lambda: Counter(ballot.position for ballot in ballots))
    for closed in (True, False):
        spent = best(lambda: decide(Rule(Method.MAJORITY), seats, ballots, closed=closed))  # noqa: B023
        print(
            f"tally 10,000 ballots, {'closed' if closed else 'open'}: {spent * 1000:.1f} ms = "
            f"{spent / BUDGET:.2f} × budget ({BUDGET * 1000:.0f} ms), {spent / floor:.1f} × a bare count"
        )


if __name__ == "__main__":
    main()

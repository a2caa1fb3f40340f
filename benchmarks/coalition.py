"""Choosing coalitions, two alternatives and marginal values included: ours beside the limits and a greedy choice.

Times are of the processor, in one thread, so that a busy machine does not count. The search itself looks at the clock.

python benchmarks/coalition.py
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: threads that wait for each other would count double

import random
import time

from concorda.analysis.coalition import Need, Partner, Question, choose

# Found and proven with SCIP, in 4,400 to 8,800 nodes and 240,000 to 470,000 simplex iterations: minutes, not seconds.
OPTIMA = {(2000, 7): 305, (2000, 8): 314, (2000, 9): 278}
CASES = [(300, 25, 5, None, 0.3), (2000, 60, 8, 60, 5.0)]


def question(candidates: int, needs: int, most: int, budget: float | None, seed: int) -> Question:
    """Partners that cover two to eight needs at costs 3 to 15, in eight regions."""
    rng = random.Random(seed)
    names = [f"n{number}" for number in range(needs)]
    return Question(
        needs=[Need(name, rng.randint(1, 10)) for name in names],
        candidates=[
            Partner(
                f"p{number:04}",
                {need: rng.choice([0.5, 1.0, 1.0]) for need in rng.sample(names, rng.randint(2, 8))},
                cost=rng.randint(3, 15),
                areas=[f"r{rng.randrange(8)}"],
            )
            for number in range(candidates)
        ],
        most=most,
        budget=budget,
        areas_required=["r1", "r2"],
    )


def greedy(asked: Question) -> float:
    """The value of always adding the partner with most new weight per cost; ignores areas."""
    weights = {need.id: need.weight for need in asked.needs}
    best = dict.fromkeys(weights, 0.0)
    spent, chosen = 0.0, 0
    while asked.most is None or chosen < asked.most:
        gains = [
            (sum(weights[need] * max(cover - best[need], 0) for need, cover in each.covers.items()), each)
            for each in asked.candidates
            if asked.budget is None or spent + each.cost <= asked.budget
        ]
        gain, partner = max(gains, key=lambda pair: pair[0] / (pair[1].cost or 1), default=(0, None))
        if not gain or partner is None:
            break
        for need, cover in partner.covers.items():
            best[need] = max(best[need], cover)
        spent, chosen = spent + partner.cost, chosen + 1
    return sum(weights[need] * cover for need, cover in best.items())


def main() -> None:
    for candidates, needs, most, budget, limit in CASES:
        for seed in (7, 8, 9):
            asked = question(candidates, needs, most, budget, seed)
            start, clock = time.process_time(), time.perf_counter()
            answer = choose(asked)
            seconds = time.process_time() - start
            with_others = time.perf_counter()
            choose(asked, alternatives=2)
            whole = time.perf_counter() - with_others
            print(
                f"{candidates:>5} × {needs}, seed {seed}: {answer.status} {answer.value:g} (bound {answer.bound:g}, "
                f"ties settled: {answer.settled}) in {seconds:.2f} s, limit {limit} s: ratio {seconds / limit:.2f}"
            )
            if optimum := OPTIMA.get((candidates, seed)):
                print(f"      the optimum is {optimum}: ours is {100 - 100 * answer.value / optimum:.2f} % below it")
            print(
                f"      on the clock {with_others - clock:.2f} s, with two alternatives {whole:.2f} s; "
                f"greedy {greedy(asked):g}: ours ÷ greedy {answer.value / greedy(asked):.2f}"
            )


if __name__ == "__main__":
    main()

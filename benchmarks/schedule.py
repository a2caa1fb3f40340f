"""100,000 tasks and 10,000 simulations: beside the budgets, and beside networkx's longest path in the same run."""

import csv
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import networkx as nx

from concorda.analysis.schedule import Calendar, Link, Plan, Task, critical_paths, read_plan, schedule, simulate


def made_up(n: int, width: int, seed: int = 1) -> list[Task]:
    """n tasks of 0 to 20 days; each waits for up to three of the `width` tasks before it."""
    chance = random.Random(seed)
    tasks = []
    for at in range(n):
        waits = {chance.randrange(max(0, at - width), at) for _ in range(chance.randint(0, 3))} if at else set()
        days = chance.randint(0, 20)
        tasks.append(Task(f"t{at}", days, tuple(Link(f"t{one}") for one in waits), "", days * 0.7, days * 1.8 + 1))
    return tasks


def as_read(tasks: Sequence[Task]) -> list[Task]:
    """The tasks as the command gets them, from a table: made one after the other, not spread over the memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["id", "duration", "depends_on", "optimistic", "pessimistic"])
            for task in tasks:
                waits = ";".join(link.id for link in task.depends_on)
                table.writerow([task.id, task.duration, waits, task.optimistic, task.pessimistic])
        return list(read_plan(path).plan.tasks)


def spent(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of processor time of the fastest of several runs."""
    found = []
    for _ in range(times):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def main() -> None:
    calendar, begin = Calendar.named("CA-SK"), date(2026, 1, 5)
    for order in ("in the order of work", "in any order"):
        tasks = made_up(100_000, 1000)
        if order == "in any order":
            random.Random(1).shuffle(tasks)
        tasks = as_read(tasks)
        plan = Plan.of(tasks)
        dates = schedule(plan)
        checking = spent(lambda: Plan.of(tasks))  # noqa: B023
        passes = spent(lambda: critical_paths(schedule(plan)))  # noqa: B023
        days = spent(
            lambda: (calendar.start_dates(begin, dates.es, dates.ef), calendar.finish_dates(begin, dates.ef))  # noqa: B023
        )
        total = checking + passes + days
        print(
            f"schedule 100,000 tasks {order}, {len(plan.before):,} links: check and order {checking:.2f} s + both "
            f"passes and critical paths {passes:.2f} s + calendar {days:.2f} s = {total / 0.5:.2f} × budget (0.5 s)"
        )
    few = made_up(2_000, 1000)
    graph = nx.DiGraph()
    graph.add_nodes_from(["end", *(task.id for task in few)])
    graph.add_weighted_edges_from((task.id, "end", task.duration) for task in few)
    length = {task.id: task.duration for task in few}
    graph.add_weighted_edges_from((link.id, task.id, length[link.id]) for task in few for link in task.depends_on)
    peer = spent(lambda: nx.dag_longest_path_length(graph))
    ours = spent(lambda: schedule(Plan.of(few)))
    assert nx.dag_longest_path_length(graph) == schedule(Plan.of(few)).length
    print(f"schedule 2,000 tasks, with slack: {ours * 1000:.0f} ms = {ours / peer:.2f} × networkx (length only)")
    thousand = Plan.of(made_up(1_000, 100))
    runs = spent(lambda: simulate(thousand, 10_000, 7))
    print(f"simulate 10,000 × 1,000 tasks: {runs:.2f} s = {runs / 2:.2f} × budget (2 s)")


if __name__ == "__main__":
    main()

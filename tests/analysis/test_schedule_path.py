"""Dates, slack and critical paths: against networkx, against their definition, and against published lengths."""

import re
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from concorda.analysis.problems import Refused
from concorda.analysis.schedule import (
    FaultyTasks,
    Link,
    LinkType,
    Plan,
    Schedule,
    Task,
    compare,
    critical_paths,
    faults,
    read_plan,
    schedule,
    slipped,
)  # fmt: skip


def task(name: str, days: float, *waits: str | Link, **more) -> Task:
    return Task(name, days, tuple(Link(wait) if isinstance(wait, str) else wait for wait in waits), **more)


def dates(*tasks: Task) -> Schedule:
    return schedule(Plan.of(tasks))


def row(found: Schedule, name: str) -> tuple[float, float, float, float, float]:
    place = [one.id for one in found.plan.tasks].index(name)
    values = (found.es, found.ef, found.ls, found.lf, found.slack)
    return tuple(float(value[place]) for value in values)  # type: ignore[return-value]


@st.composite
def plans(draw: st.DrawFn, kinds: tuple[LinkType, ...] = tuple(LinkType)) -> list[Task]:
    """Up to nine tasks in any order, each waiting for some of those before it in a hidden order."""
    count = draw(st.integers(1, 9))
    lags = st.integers(-3, 4) if len(kinds) > 1 else st.just(0)
    tasks = [
        task(
            f"t{at}",
            draw(st.integers(0, 9)),
            *(
                Link(f"t{one}", draw(st.sampled_from(kinds)), draw(lags))
                for one in draw(st.lists(st.integers(0, at - 1), max_size=3)) if at
            ) if at else (),
        )
        for at in range(count)
    ]  # fmt: skip
    return draw(st.permutations(tasks))


@given(plans((LinkType.FS,)))
def test_the_length_is_networkx_longest_path(tasks: list[Task]) -> None:
    graph = nx.DiGraph()
    days = {one.id: one.duration for one in tasks}
    graph.add_weighted_edges_from((link.id, one.id, days[link.id]) for one in tasks for link in one.depends_on)
    graph.add_weighted_edges_from((one.id, "end", one.duration) for one in tasks)
    assert schedule(Plan.of(tasks)).length == nx.dag_longest_path_length(graph)


def bound(found: Schedule, one: Task, link: Link) -> float:
    """The earliest start a link allows, from its definition."""
    place = {each.id: at for at, each in enumerate(found.plan.tasks)}[link.id]
    begin = found.ef[place] if link.type in (LinkType.FS, LinkType.FF) else found.es[place]
    return float(begin) + link.lag - (one.duration if link.type in (LinkType.FF, LinkType.SF) else 0)


@given(plans())
def test_every_task_starts_as_soon_as_its_links_allow(tasks: list[Task]) -> None:
    found = schedule(Plan.of(tasks))
    for place, one in enumerate(tasks):
        assert found.es[place] == max([0.0, *(bound(found, one, link) for link in one.depends_on)])
        assert found.ef[place] == found.es[place] + one.duration


@given(plans(), st.data())
def test_slack_is_the_delay_that_costs_nothing(tasks: list[Task], data) -> None:
    found = schedule(Plan.of(tasks))
    place = data.draw(st.integers(0, len(tasks) - 1))
    for delay, late in ((0.0, False), (1.0, True)):
        tasks[place].not_before = float(found.ls[place]) + delay
        assert (schedule(Plan.of(tasks)).length > found.length) is late
    tasks[place].not_before = 0.0


@given(plans())
def test_critical_paths_are_chains_of_critical_tasks_to_the_end(tasks: list[Task]) -> None:
    found = schedule(Plan.of(tasks))
    critical = {one.id for one, is_so in zip(tasks, found.critical, strict=True) if is_so}
    listed = critical_paths(found, most=1000)
    assert {name for path in listed.paths for name in path} == critical
    assert len({tuple(path) for path in listed.paths}) == len(listed.paths)
    for path in listed.paths:
        assert row(found, path[0])[0] == 0
        assert row(found, path[-1])[1] == found.length


@given(plans())
def test_the_order_of_tasks_never_matters(tasks: list[Task]) -> None:
    one, other = schedule(Plan.of(tasks)), schedule(Plan.of(tasks[::-1]))
    assert one.rows() == other.rows()[::-1]


def test_the_textbook_case() -> None:
    found = dates(task("a", 3), task("b", 2, "a"), task("c", 4, "a"), task("d", 1, "b", "c"))
    assert found.length == 8
    assert row(found, "b") == (3, 5, 5, 7, 2)
    assert row(found, "c") == (3, 7, 3, 7, 0)
    assert critical_paths(found).paths == [["a", "c", "d"]]


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [("FS", 0, 5), ("FS", 2, 7), ("FS", -2, 3), ("SS", 0, 0), ("SS", 4, 4), ("FF", 0, 2), ("FF", 3, 5), ("SF", 6, 3)],
)
def test_each_kind_of_link(kind: str, lag: float, start: float) -> None:
    found = dates(task("a", 5), task("b", 3, Link("a", LinkType(kind), lag)))
    assert row(found, "b")[0] == start


def test_decimal_days_meet() -> None:
    found = dates(*(task(f"{at}", 0.1, *([f"{at - 1}"] if at else [])) for at in range(10)), task("one", 1))
    assert found.critical.all()
    assert len(critical_paths(found).paths) == 2


def test_the_listing_of_critical_paths_is_cut_and_says_so() -> None:
    tasks = [task("s0", 1)]
    for at in range(30):
        tasks += [task(f"{side}{at}", 1, f"s{at}") for side in "ab"] + [task(f"s{at + 1}", 1, f"a{at}", f"b{at}")]
    listed = critical_paths(dates(*tasks), most=20)
    assert (len(listed.paths), listed.cut) == (20, True)
    assert not critical_paths(dates(*tasks[:4]), most=20).cut


def test_a_chain_of_tasks_longer_than_the_stack() -> None:
    found = dates(*(task(f"{at}", 1, *([f"{at - 1}"] if at else [])) for at in range(20_000)))
    assert found.length == 20_000
    assert len(critical_paths(found).paths[0]) == 20_000


def test_a_summary_spans_its_tasks_and_hands_its_links_down() -> None:
    found = dates(
        task("before", 2),
        task("group", 0, "before"),
        task("x", 3, parent="group"),
        task("y", 1, parent="group"),
        task("after", 1, "group"),
    )
    assert row(found, "group") == (2, 5, 2, 5, 0)
    assert row(found, "after")[0] == 5
    assert critical_paths(found).paths == [["before", "x", "after"]]


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ([], "no tasks"),
        ([task("", 1)], "no id"),
        ([task("a", 1), task("a", 2)], "'a' is there twice"),
        ([task("a", -1)], "negative"),
        ([task("a", float("nan"))], "not a usable number"),
        ([task("a", 1, "b")], "'b', which is not in the plan"),
        ([task("a", 1, "a")], "in a circle: a → a"),
        ([task("a", 1, "c"), task("b", 1, "a"), task("c", 1, "b"), task("d", 1, "c")], "a → b → c → a"),
        ([task("a", 3, optimistic=4)], "optimistic"),
        ([task("a", 3, pessimistic=2)], "pessimistic"),
        ([task("a", 1, Link("b", lag=float("inf"))), task("b", 1)], "lag"),
        ([task("a", 1, parent="z")], "parent 'z'"),
        ([task("a", 1, parent="b"), task("b", 1, parent="a")], "a → b → a"),
        ([task("g", 0, "x"), task("x", 1, parent="g")], "x → x"),
    ],
)
def test_what_is_refused(tasks: list[Task], said: str) -> None:
    with pytest.raises(Refused) as refused:
        Plan.of(tasks)
    message = str(refused.value)
    # A circle may be named from any of its tasks.
    turns = [said]
    if said.count(" → ") == 3:
        turns = ["a → b → c → a", "b → c → a → b", "c → a → b → c"]
    assert any(turn in message for turn in turns), message


def test_what_moved_and_why() -> None:
    then = dates(task("a", 3), task("b", 2, "a"), task("c", 1), task("gone", 1))
    now = dates(task("a", 5), task("b", 2, "a"), task("c", 1, not_before=2.0), task("new", 1))
    moves = {move.id: move for move in compare(then, now)}
    assert (moves["a"].why, moves["a"].start, moves["a"].finish, moves["a"].duration) == ("duration", 0, 2, 2)
    assert (moves["b"].why, moves["b"].because, moves["b"].start) == ("dependency", "a", 2)
    assert (moves["c"].why, moves["c"].start) == ("start", 2)
    assert (moves["new"].why, moves["gone"].why) == ("added", "removed")


def test_what_if_this_slips() -> None:
    tasks = [task("a", 3), task("b", 2, "a", optimistic=1, pessimistic=4)]
    assert schedule(slipped(tasks, "b", 10)).length == 15
    assert schedule(slipped(tasks, "a", -5)).length == 2
    with pytest.raises(Refused, match="no task 'z'"):
        slipped(tasks, "z", 1)


@pytest.mark.real_data
def test_every_published_length_of_psplib_j30(real_data: Path) -> None:
    files = sorted((real_data / "schedules/psplib/j30").glob("*.sm"))
    assert len(files) == 480
    for file in files:
        header = re.search(r"MPM-Time\n\s*(?:\d+\s+){5}(\d+)", file.read_text())
        assert header
        found = schedule(read_plan(file).plan)
        assert found.length == int(header[1]), file.name
        assert np.all(found.slack >= 0)


@pytest.mark.parametrize(
    "task",
    [
        Task("", 1),
        Task("a", 1),
        Task("b", -1),
        Task("b", float("nan")),
        Task("b", 1e8),
        Task("b", 1, (Link("z"),)),
        Task("b", 1, (Link("a", lag=float("inf")),)),
        Task("b", 2, optimistic=3),
        Task("b", 2, pessimistic=1),
        Task("b", 2, not_before=-1),
        Task("b", 2, parent="z"),
        Task("b", 2, parent="b"),
    ],
)
def test_the_quick_look_at_all_tasks_misses_no_fault(task):
    tasks = [Task("a", 1), task]
    found = faults(tasks)
    assert found
    with pytest.raises(FaultyTasks) as refused:
        Plan.of(tasks)
    assert refused.value.faults == found


@given(st.randoms(use_true_random=False))
def test_tasks_in_any_order_have_the_same_dates(random):
    def link(one):
        return Link(f"t{one}", random.choice(list(LinkType)), random.randint(-3, 3))

    waits = [tuple(link(one) for one in range(at) if random.random() < 0.3) for at in range(8)]
    tasks = [Task(f"t{at}", random.randint(0, 5), links) for at, links in enumerate(waits)]
    dates = schedule(Plan.of(tasks))
    shuffled = tasks.copy()
    random.shuffle(shuffled)
    again = schedule(Plan.of(shuffled))
    expected = {task.id: (es, slack) for task, es, slack in zip(tasks, dates.es, dates.slack, strict=True)}
    found = {task.id: (es, slack) for task, es, slack in zip(shuffled, again.es, again.slack, strict=True)}
    assert found == expected

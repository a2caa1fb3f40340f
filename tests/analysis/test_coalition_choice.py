"""Coalitions: what a comparison of every subset says, tie rules, limits, and what stands in the way."""

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from concorda.analysis.coalition import Need, Partner, Question, choose
from concorda.analysis.problems import Refused


def exact(number):
    return Fraction(str(number))


def value_of(question, chosen):
    return sum(
        exact(need.weight) * max((exact(each.covers.get(need.id, 0)) for each in chosen), default=0)
        for need in question.needs
    )


def keeps(question, chosen):
    ids = {each.id for each in chosen}
    return (
        (question.most is None or len(chosen) <= question.most)
        and (question.budget is None or sum(exact(each.cost) for each in chosen) <= exact(question.budget))
        and ids >= set(question.require)
        and not ids & set(question.exclude)
        and {area for each in chosen for area in each.areas} >= set(question.areas_required)
        and {kind for each in chosen for kind in each.types} >= set(question.types_required)
    )


def every_choice(question):
    """All choices that keep the conditions, the best by the stated rules first."""
    choices = itertools.chain.from_iterable(
        itertools.combinations(sorted(question.candidates, key=lambda each: each.id), size)
        for size in range(len(question.candidates) + 1)
    )
    kept = [choice for choice in choices if keeps(question, choice)]
    return sorted(
        kept,
        key=lambda choice: (
            -value_of(question, choice),
            len(choice),
            sum(exact(each.cost) for each in choice),
            [each.id for each in choice],
        ),
    )


@st.composite
def questions(draw):
    needs = [Need(f"n{number}", draw(st.sampled_from([0, 1, 2, 0.1, 5]))) for number in range(draw(st.integers(1, 5)))]
    names = draw(st.lists(st.sampled_from("abcdefg"), unique=True, max_size=7))
    candidates = [
        Partner(
            name,
            {need.id: draw(st.sampled_from([0.0, 0.3, 0.5, 1.0])) for need in needs if draw(st.booleans())},
            cost=draw(st.sampled_from([0, 1, 0.1, 2.5])),
            areas=draw(st.lists(st.sampled_from(["sk", "on"]), unique=True)),
            types=draw(st.lists(st.sampled_from(["nonprofit", "municipality"]), unique=True, max_size=1)),
        )
        for name in names
    ]
    some = st.lists(st.sampled_from(names), unique=True, max_size=2) if names else st.just([])
    return Question(
        needs,
        candidates,
        most=draw(st.none() | st.integers(0, 5)),
        budget=draw(st.none() | st.sampled_from([0, 0.2, 1, 3.5])),
        require=draw(st.just([]) | some),
        exclude=draw(st.just([]) | some),
        areas_required=draw(st.just([]) | st.lists(st.sampled_from(["sk", "on"]), unique=True)),
        types_required=draw(st.just([]) | st.lists(st.sampled_from(["municipality"]), unique=True)),
    )


# The second alternative costs exactly the budget and ties with another in all but the ids.
TIED_AT_THE_BUDGET = Question(
    [Need("n1", 2), Need("n2", 2), Need("n4", 1)],
    [
        Partner("a", {"n2": 0.5, "n4": 0.5}, 2.5),
        Partner("b"),
        Partner("c", {"n1": 1.0}, 1),
        Partner("d", {"n1": 0.5, "n2": 1.0, "n4": 0.3}, 1),
        Partner("e", {"n1": 1.0}, 1),
    ],
    budget=3.5,
)


# Units too fine for one number per choice, so that the bounds are rounded.
FINE_NUMBERS = Question(
    [Need("n0", 0.1234567890123), Need("n1", 1234567.7654321)],
    [
        Partner("a", {"n0": 0.333333333333, "n1": 0.1}, 100.01),
        Partner("b", {"n1": 0.1}, 100.01),
        Partner("c", {"n0": 0.333333333333, "n1": 0.1}, 100.01),
        Partner("d", {"n0": 0.333333333334}, 99.99),
    ],
    budget=200,
)


@settings(max_examples=120, deadline=None)
@example(TIED_AT_THE_BUDGET)
@example(FINE_NUMBERS)
@given(questions())
def test_the_choice_is_the_first_of_all_choices(question):
    choices = every_choice(question)
    answer = choose(question, alternatives=2)
    if not choices:
        assert answer.status == "infeasible"
        assert answer.relax
        assert (answer.value, answer.bound, answer.chosen) == (None, None, ())
        return
    best = choices[0]
    assert answer.status == "optimal"
    assert answer.chosen == tuple(each.id for each in best)
    assert answer.value == answer.bound == float(value_of(question, best))
    assert answer.cost == float(sum(exact(each.cost) for each in best))
    assert answer.settled
    for each in best:
        without = [other for other in best if other is not each]
        assert answer.marginal[each.id] == float(value_of(question, best) - value_of(question, without))
    assert set(answer.covered) | set(answer.open) == {need.id for need in question.needs}
    earlier = [set(answer.chosen)]
    for alternative in answer.alternatives:
        left = [choice for choice in choices if all(before - {each.id for each in choice} for before in earlier)]
        assert alternative.chosen == tuple(each.id for each in left[0])
        earlier.append(set(alternative.chosen))


@pytest.mark.parametrize("seed", range(6))
def test_many_partners_are_settled_to_the_last_tie(seed):
    rng = random.Random(seed)
    names = [f"n{number}" for number in range(10)]
    question = Question(
        [Need(name, rng.choice([1, 2, 0.5])) for name in names],
        [
            Partner(
                f"p{number:02}",
                {name: rng.choice([0.5, 1.0, 1.0]) for name in rng.sample(names, rng.randint(1, 5))},
                cost=rng.choice([1, 2, 2.5]),
                areas=[f"r{rng.randrange(4)}"],
            )
            for number in range(24)
        ],
        most=3,
        budget=[None, 6][seed % 2],
        areas_required=["r1"],
    )
    small = itertools.chain.from_iterable(itertools.combinations(question.candidates, size) for size in range(4))
    best = min(
        (choice for choice in small if keeps(question, choice)),
        key=lambda choice: (
            -value_of(question, choice),
            len(choice),
            sum(exact(each.cost) for each in choice),
            [each.id for each in choice],
        ),
    )
    answer = choose(question)
    assert (answer.chosen, answer.status, answer.settled) == (tuple(each.id for each in best), "optimal", True)


@settings(max_examples=40, deadline=None)
@given(questions())
def test_what_to_relax_is_enough(question):
    answer = choose(question)
    for relaxation in answer.relax:
        if relaxation.enough is not None and relaxation.column == "max":
            assert every_choice(Question(**{**fields_of(question), "most": round(relaxation.enough)}))
        if relaxation.enough is not None and relaxation.column == "budget":
            assert every_choice(Question(**{**fields_of(question), "budget": round(relaxation.enough, 6)}))


def fields_of(question):
    return {name: getattr(question, name) for name in question.__dataclass_fields__}


def test_the_condition_in_the_way_is_named_with_what_would_do():
    candidates = [Partner("a", {"n": 1.0}, cost=14, areas=["sk"]), Partner("b", {"n": 1.0}, cost=2)]
    answer = choose(Question([Need("n")], candidates, budget=10, areas_required=["sk"]))
    assert [str(each) for each in answer.relax] == [
        "budget 10 is too little: 14 would do",
        "without areas_required 'sk' there is a solution",
    ]


def test_conditions_that_must_go_together_are_all_named():
    answer = choose(Question([Need("n")], [Partner("a")], areas_required=["sk"], types_required=["municipality"]))
    assert [(each.column, each.asked) for each in answer.relax] == [
        ("areas_required", "sk"),
        ("types_required", "municipality"),
    ]


@pytest.mark.parametrize(
    ("question", "column"),
    [
        (Question([], []), "needs"),
        (Question([Need("n"), Need("n")], []), "needs.id"),
        (Question([Need("n", -1)], []), "needs.weight"),
        (Question([Need("n", float("nan"))], []), "needs.weight"),
        (Question([Need("n")], [Partner("a"), Partner("a")]), "candidates.id"),
        (Question([Need("n")], [Partner("a", cost=-1)]), "candidates.cost"),
        (Question([Need("n")], [Partner("a", {"m": 1})]), "candidates.covers"),
        (Question([Need("n")], [Partner("a", {"n": 1.1})]), "candidates.covers"),
        (Question([Need("n")], [Partner("a")], require=["b"]), "require"),
        (Question([Need("n")], [Partner("a")], exclude=["b"]), "exclude"),
        (Question([Need("n")], [Partner("a")], most=-1), "max"),
        (Question([Need("n")], [Partner("a")], budget=-1), "budget"),
    ],
)
def test_what_cannot_be_used_is_refused(question, column):
    with pytest.raises(Refused) as refused:
        choose(question)
    assert refused.value.problems[0].column == column


def test_out_of_time_gives_a_choice_and_a_bound():
    rng = random.Random(3)
    names = [f"n{number}" for number in range(40)]
    candidates = [
        Partner(f"p{number}", dict.fromkeys(rng.sample(names, rng.randint(2, 8)), 1.0), cost=rng.randint(3, 15))
        for number in range(600)
    ]
    question = Question([Need(name, rng.randint(1, 10)) for name in names], candidates, most=6, budget=45)
    answer = choose(question, seconds=0.5)
    chosen = [each for each in candidates if each.id in answer.chosen]
    assert keeps(question, chosen)
    assert answer.value == value_of(question, chosen) <= answer.bound
    assert answer.status in {"optimal", "feasible"}
    for leaving in [None, *chosen]:
        for joining in candidates:
            other = [*(each for each in chosen if each is not leaving), joining]
            assert not keeps(question, other) or value_of(question, other) <= answer.value

"""From a question to an answer: the best choice, the others, and what to relax."""

from collections.abc import Sequence
from fractions import Fraction

from concorda.analysis.coalition.answer import Alternative, Coalition
from concorda.analysis.coalition.model import Model
from concorda.analysis.coalition.question import Question
from concorda.analysis.coalition.relaxing import relaxations
from concorda.analysis.coalition.search import Clock, Found, search
from concorda.analysis.problems import Refused

SHARE_OF_THE_BEST = 0.6  # of the time, when alternatives are wanted too


def choose(question: Question, alternatives: int = 0, seconds: float = 4.8) -> Coalition:
    """The best coalition; of equal value the one with fewer partners, then lower cost, then smaller ids.

    Ids are compared as sorted lists. `seconds` bounds all of the search, alternatives included. Every alternative
    leaves out at least one partner of each choice before it.
    """
    question.check()
    import scipy.optimize  # noqa: F401  loading takes long on a busy machine, and must not take the search its time

    model = Model(question)
    clock = Clock(seconds)
    try:
        found = search(model, (), seconds * (SHARE_OF_THE_BEST if alternatives else 1))
    except TimeoutError as error:
        message = f"no choice that keeps every condition was found in {seconds:g} s: allow more time"
        raise Refused(message) from error
    if found is None:
        return _infeasible(question, model)
    others = _others(model, found.chosen, alternatives, clock)
    return _answer(model, found, others)


def _others(model: Model, chosen: frozenset[int], count: int, clock: Clock) -> list[frozenset[int]]:
    """At most `count` further choices, each with its part of the time that is left."""
    others: list[frozenset[int]] = []
    while len(others) < count:
        try:
            other = search(model, (chosen, *others), clock.left() / (count - len(others)))
        except TimeoutError:
            break
        if other is None:
            break
        others.append(other.chosen)
    return others


def _answer(model: Model, found: Found, others: Sequence[frozenset[int]]) -> Coalition:
    question, chosen = model.question, found.chosen
    value = model.value(chosen)
    touched = {need for each in chosen for need, cover in model.partners[each].covers.items() if cover}
    return Coalition(
        status="optimal" if found.bound == value else "feasible",
        value=_number(value, model.unit),
        bound=_number(found.bound, model.unit),
        chosen=model.names(chosen),
        cost=_number(model.cost(chosen), model.cost_unit),
        covered=tuple(need.id for need in question.needs if need.id in touched),
        open=tuple(need.id for need in question.needs if need.id not in touched),
        marginal={
            model.partners[each].id: _number(value - model.value(chosen - {each}), model.unit)
            for each in sorted(chosen)
        },
        alternatives=tuple(
            Alternative(
                model.names(other),
                _number(model.value(other), model.unit),
                _number(model.cost(other), model.cost_unit),
            )
            for other in others
        ),
        settled=found.finished,
    )


def _number(count: int, unit: Fraction) -> float:
    return float(count * unit)


def _infeasible(question: Question, model: Model) -> Coalition:
    return Coalition(
        status="infeasible",
        value=None,
        bound=None,
        chosen=(),
        cost=0.0,
        covered=(),
        open=tuple(need.id for need in question.needs),
        marginal={},
        alternatives=(),
        settled=True,
        relax=relaxations(model),
    )

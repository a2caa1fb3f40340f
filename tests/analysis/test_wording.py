"""What is delivered is told from what changes, in both languages, and lines in a drawing cross little."""

import random
from itertools import permutations, product

import pytest

from concorda.analysis.layers import crossings, ordered
from concorda.analysis.wording import delivers


@pytest.mark.parametrize(
    "text",
    [
        "Families of six or more have a lease they can afford.",
        "Patients who speak Dari are understood at their appointment.",
        "Newcomers work at what they were trained for.",
        "Parents read the school’s letters without help",
        "Les familles ont un bail qu’elles peuvent payer.",
        "Les nouveaux arrivants sont accueillis dans leur langue.",
        "Le personnel fait confiance à ce qu’un partenaire a noté.",
        "",
    ],
)
def test_a_change_is_left_alone(text):
    assert delivers(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A handbook is printed in four languages", "handbook"),
        ("Hold four workshops for landlords", "Hold"),
        ("12 information sessions", "12 information sessions"),
        ("Services are offered in both languages", "are offered"),
        ("Le guide est publié", "guide"),
        ("Former seize interprètes", "Former"),
        ("Deux ateliers sont tenus chaque mois", "ateliers"),
        ("Des services sont mis en place", "sont mis en place"),
    ],
)
def test_a_thing_delivered_is_named(text, words):
    assert delivers(text) == words


def fewest(columns, ties):
    orders = product(*(permutations(column) for column in columns))
    return min(crossings([list(column) for column in order], ties) for order in orders)


def test_lines_cross_as_little_as_can_be_in_small_drawings():
    rng = random.Random(5)
    for _case in range(40):
        columns = [[(at, row) for row in range(rng.randint(1, 4))] for at in range(3)]
        pairs = [(one, other) for a, b in ((0, 1), (1, 2)) for one in columns[a] for other in columns[b]]
        ties = rng.sample(pairs, min(len(pairs), 4))
        found = ordered(columns, ties)
        assert [sorted(column) for column in found] == columns
        assert crossings(found, ties) <= crossings(columns, ties)
        assert crossings(found, ties) <= fewest(columns, ties) + 1

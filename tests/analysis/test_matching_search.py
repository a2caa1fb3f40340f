"""Matching: the same as by hand, whatever is known and unknown, in files, in an overlay, and under filters."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concorda.analysis.matching import Builder, Filters, Index, Organization, Weights
from concorda.analysis.matching.words import words
from concorda.analysis.problems import Refused
from tests.analysis import matching_by_hand as by_hand

CONCEPTS = ["housing", "childcare", "interpretation", "training", "health"]
AREAS = ["ca", "ca/sk", "ca/sk/saskatoon", "ca/sk/regina", "ca/on", "ca/on/ottawa", "fr"]
ENGLISH = words("homes families newcomers language work skills children youth health rural art trust settle")
FRENCH = words("logement familles nouveaux langue travail enfants jeunesse santé rural métiers confiance")
IDS = [f"o{number:02}" for number in range(14)]


def some(values, most=3):
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


def sentences(vocabulary):
    return st.lists(st.sampled_from(vocabulary), max_size=6).map(" ".join)


@st.composite
def organizations(draw, name):
    language = draw(st.sampled_from(["en", "en", "fr", "es"]))
    other = {"en": "fr", "fr": "en", "es": "fr"}[language]
    vocabulary = {"en": ENGLISH, "fr": FRENCH, "es": ENGLISH}
    return Organization(
        id=name,
        name=f"Name of {name}",
        needs={concept: draw(st.sampled_from([1.0, 2.0, 5.0])) for concept in draw(some(CONCEPTS))},
        capacities={concept: draw(st.sampled_from([0.25, 0.5, 1.0])) for concept in draw(some(CONCEPTS))},
        text=draw(sentences(vocabulary[language])),
        language=language,
        translations={other: draw(sentences(vocabulary[other]))} if draw(st.booleans()) else {},
        areas=draw(some(AREAS)),
        populations=draw(some(["youth", "seniors", "newcomers"])),
        languages=draw(some(["en", "fr", "fa"])),
        ties=draw(some([*IDS, "person"])),
        labels=draw(some(["type:nonprofit", "type:public", "size:small"])),
        invitations=draw(st.sampled_from([0, 0, 3, 30])),
    )


@st.composite
def registers(draw):
    return [draw(organizations(name)) for name in draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1))]


def assert_same(candidates, expected, limit):
    assert [each.score for each in candidates] == pytest.approx([score for score, _, _ in expected[:limit]], abs=2e-6)
    by_id = {name: (score, values) for score, name, values in expected}
    for candidate in candidates:
        score, values = by_id[candidate.id]
        assert candidate.score == pytest.approx(score, abs=2e-6)
        assert candidate.parts == pytest.approx(values, abs=2e-6)
        assert candidate.unknown == tuple(part for part, value in values.items() if value is None)


@settings(max_examples=60, deadline=None)
@given(registers(), st.data())
def test_search_finds_what_a_comparison_of_everybody_finds(everyone, data):
    seeker = data.draw(organizations("o00"))
    limit = data.draw(st.integers(1, 15))
    weights = data.draw(
        st.builds(
            Weights,
            need=st.sampled_from([0.4, 1.0, 0.0]),
            vision=st.sampled_from([0.2, 0.9]),
            ties=st.sampled_from([0.05, 0.5]),
            least_evidence=st.sampled_from([0.1, 0.5, 1.0]),
            most_invitations=st.sampled_from([None, 2, 10]),
        )
    )
    expected = by_hand.search(seeker, everyone, weights)
    found = Index.build(everyone).search(seeker, limit, weights=weights)
    assert len(found) == min(limit, len(expected))
    assert_same(found, expected, limit)


def crowd(count, seed=1):
    """A register large enough for the fast paths, with many equal scores."""
    rng = random.Random(seed)

    def pick(values, most):
        return rng.sample(values, rng.randint(0, most))

    return [
        Organization(
            id=f"org{number:05}",
            needs={concept: float(rng.randint(1, 5)) for concept in pick(CONCEPTS, 3)},
            capacities={concept: rng.choice([0.5, 1.0]) for concept in pick(CONCEPTS, 4)},
            text=" ".join(rng.choices(ENGLISH, k=rng.randint(0, 8))),
            areas=pick(AREAS, 2),
            populations=pick(["youth", "seniors", "newcomers"], 2),
            ties=[f"org{rng.randrange(count):05}" for _ in range(rng.randint(0, 3))],
            invitations=rng.choice([0, 0, 0, 25]),
        )
        for number in range(count)
    ]


SEEKER = Organization(
    id="seeker",
    needs={"housing": 5, "interpretation": 3, "health": 1},
    capacities={"training": 1.0, "childcare": 0.5},
    text="Newcomers and their families find homes, work and language in a rural place.",
    areas=["ca/sk/saskatoon"],
    populations=["newcomers", "youth"],
    ties=["org00003", "org00100", "org01111"],
)


@pytest.fixture(scope="module")
def register():
    return crowd(4500)


@pytest.fixture(scope="module")
def index(register):
    return Index.build(register)


@pytest.mark.parametrize("limit", [1, 20, 300])
def test_pruning_loses_nobody(register, index, limit):
    texts = [by_hand.judged_texts(each).get("en") for each in register]
    documents = sum(text is not None for text in texts)
    frequency = {}
    for text in texts:
        for word in text or ():
            frequency[word] = frequency.get(word, 0) + 1
    assert max(frequency.values()) > 1000, "some words must be too common to be posted"
    everybody = index.search(SEEKER, len(register))
    assert_same_order(index.search(SEEKER, limit), everybody[:limit])
    assert documents > 3500


def assert_same_order(found, expected):
    assert [(each.id, each.score) for each in found] == [(each.id, each.score) for each in expected]


def test_equal_scores_come_out_by_id():
    twins = [Organization(id=name, capacities={"housing": 1.0}) for name in ("c", "a", "d", "b")]
    found = Index.build(twins).search(by_hand.organization(needs={"housing": 1}), 3)
    assert [each.id for each in found] == ["a", "b", "c"]


def test_files_give_the_same_answers(register, index, tmp_path):
    index.write(tmp_path, version="7")
    opened = Index.open(tmp_path)
    assert (opened.version, len(opened), opened.is_current()) == ("7", len(register), True)
    assert_same_order(opened.search(SEEKER), index.search(SEEKER))
    index.write(tmp_path, version="8")
    assert not opened.is_current()
    assert_same_order(opened.search(SEEKER), index.search(SEEKER))
    assert len(list(tmp_path.glob("build-*"))) == 1


def test_an_overlay_changes_adds_and_removes(register):
    index = Index.build(register)
    best = index.search(SEEKER, 5)
    index.remove([best[0].id])
    index.update(
        [
            Organization(id=best[1].id, name="Changed"),
            replace(SEEKER, id="new", capacities=dict.fromkeys(SEEKER.needs, 1.0), needs={"training": 1}),
        ]
    )
    found = index.search(SEEKER, 5)
    assert found[0].id == "new"
    assert not {best[0].id, best[1].id} & {each.id for each in found}
    assert len(index) == len(register)
    assert index.overlay_size == 3


def test_an_index_of_only_an_overlay_answers():
    index = Index.build([])
    assert index.search(SEEKER) == []
    index.update(crowd(50))
    assert_same(index.search(SEEKER, 10), by_hand.search(SEEKER, crowd(50)), 10)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_filters_leave_what_satisfies_every_condition(data):
    everyone = crowd(300, seed=data.draw(st.integers(0, 3)))
    filters = Filters(
        areas=data.draw(some(AREAS, 2)),
        populations=data.draw(some(["youth", "seniors"], 2)),
        covers=data.draw(some(CONCEPTS, 2)),
        exclude=data.draw(some(["org00001", "org00005"], 2)),
        only=data.draw(st.none() | st.just([f"org{number:05}" for number in range(150)])),
        tied=data.draw(st.booleans()),
    )

    def passes(each):
        inside = by_hand.inside
        return (
            (not filters.areas or any(inside(a, b) or inside(b, a) for a in filters.areas for b in each.areas))
            and (not filters.populations or set(filters.populations) & set(each.populations))
            and (not filters.covers or set(filters.covers) & set(each.capacities))
            and each.id not in filters.exclude
            and (filters.only is None or each.id in filters.only)
            and (not filters.tied or (by_hand.ties(SEEKER, each) or 0) > 0)
        )

    by_id = {each.id: each for each in everyone}
    index = Index.build(everyone)
    expected = [each for each in index.search(SEEKER, 300) if passes(by_id[each.id])]
    assert_same_order(index.search(SEEKER, 20, filters), expected[:20])


def test_labels_narrow_group_by_group():
    everyone = [
        Organization(id="a", capacities={"housing": 1}, labels=["type:nonprofit", "size:small"]),
        Organization(id="b", capacities={"housing": 1}, labels=["type:public", "size:small"]),
        Organization(id="c", capacities={"housing": 1}, labels=["type:public", "size:large"]),
    ]
    filters = Filters(labels=[["type:public", "type:private"], ["size:small"]])
    assert [each.id for each in Index.build(everyone).search(SEEKER, filters=filters)] == ["b"]


def test_within_is_a_great_circle():
    saskatoon, regina = (52.13, -106.67), (50.45, -104.61)  # 236 km apart
    everyone = [
        Organization(id="regina", capacities={"housing": 1}, position=regina),
        Organization(id="nowhere", capacities={"housing": 1}),
    ]
    index = Index.build(everyone)
    assert [each.id for each in index.search(SEEKER, filters=Filters(within=(*saskatoon, 240)))] == ["regina"]
    assert index.search(SEEKER, filters=Filters(within=(*saskatoon, 230))) == []


def test_reasons_say_what_is_shared():
    other = Organization(
        id="x",
        name="Lakeside Tenant Advice",
        needs={"training": 2, "art": 1},
        capacities={"housing": 1, "art": 1},
        text="A home and a family for newcomers",
        areas=["ca/sk"],
        populations=["newcomers"],
        ties=["org00003", "seeker"],
        invitations=20,
    )
    crowded = [Organization(id=str(number), text="Something else entirely") for number in range(20)]
    (found, *_) = Index.build([other, *crowded]).search(SEEKER)
    assert found.name == "Lakeside Tenant Advice"
    assert (found.covers, found.offers_back, found.unknown) == (("housing",), ("training",), ())
    reasons = {reason.code: reason.parameters for reason in found.reasons}
    assert reasons == {
        "covers": {"concepts": ["housing"], "of": 3},
        "offers_back": {"concepts": ["training"], "of": 2},
        "shared_words": {"words": ["families", "homes", "newcomers"]},
        "areas": {"shared": ["ca/sk/saskatoon"], "of": 1},
        "populations": {"shared": ["newcomers"], "of": 2},
        "tie": {},
        "shared_contacts": {"contacts": ["org00003"]},
        "many_invitations": {"invitations": 20, "factor": 0.5},
    }


def test_what_is_unknown_is_not_held_against_anybody():
    known = Organization(id="known", capacities={"housing": 1}, needs={"art": 1})
    silent = Organization(id="silent", capacities={"housing": 1})
    seeker = by_hand.organization(needs={"housing": 1}, capacities={"training": 1})
    found = {each.id: each for each in Index.build([known, silent]).search(seeker)}
    assert found["silent"].score == 1.0 > found["known"].score
    assert found["silent"].unknown == ("reciprocity", "vision", "place", "ties")
    assert found["silent"].parts["reciprocity"] is None
    assert found["known"].parts["reciprocity"] == 0


def test_little_evidence_cannot_reach_the_top():
    seeker = by_hand.organization(needs={"housing": 1}, text="Trust and art", areas=["ca"])
    talker = Organization(id="talker", text="Trust and art", areas=["ca"])
    builder = Organization(id="builder", capacities={"housing": 1}, areas=["ca"])
    found = Index.build([talker, builder]).search(seeker)
    assert [each.id for each in found] == ["builder", "talker"]
    assert found[1].score == pytest.approx((0.2 + 0.15) / (0.5 * 0.75), abs=1e-6)


def test_texts_in_different_languages_are_not_judged():
    seeker = by_hand.organization(needs={"housing": 1}, text="Des logements pour les familles", language="fr")
    english = Organization(id="x", capacities={"housing": 1}, text="Homes for families")
    both = Organization(
        id="y", capacities={"housing": 1}, text="Homes", translations={"fr": "Un logement pour chaque famille"}
    )
    found = {each.id: each for each in Index.build([english, both]).search(seeker)}
    assert found["x"].parts["vision"] is None
    assert found["y"].parts["vision"] == pytest.approx(1.0)


def test_accents_and_forms_of_a_word_meet():
    seeker = by_hand.organization(text="Les communautés", language="fr")
    other = Organization(id="x", text="COMMUNAUTÉ", language="fr")
    assert Index.build([other]).search(seeker)[0].parts["vision"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"needs": {"housing": 0}},
        {"needs": {"housing": math.nan}},
        {"capacities": {"housing": 1.5}},
        {"invitations": -1},
        {"position": (95.0, 0.0)},
    ],
)
def test_numbers_that_cannot_be_weights_are_refused(wrong):
    with pytest.raises(Refused, match="organization 'bad'"):
        Builder().add(Organization(id="bad", **wrong))


def test_an_id_that_comes_twice_is_refused():
    with pytest.raises(Refused, match="'a' belongs to more than one"):
        Index.build([Organization(id="a"), Organization(id="b"), Organization(id="a")])


def test_a_folder_without_an_index_is_refused(tmp_path):
    with pytest.raises(Refused, match="build it first"):
        Index.open(tmp_path)


def test_weights_are_checked():
    with pytest.raises(Refused, match="'need'"):
        Weights(need=-1)
    with pytest.raises(Refused, match="at least one"):
        Weights(need=0, reciprocity=0, vision=0, place=0, ties=0)


def test_a_limit_below_one_is_refused(index):
    with pytest.raises(Refused, match="at least 1"):
        index.search(SEEKER, 0)

"""Layouts: reproducible, inside the frame, groups apart, labels clear of each other and of the points."""

import math
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concorda.analysis.layout import arrange
from concorda.analysis.problems import Refused


def made_up(count, groups, seed=1):
    rng = random.Random(seed)
    ids = [f"p{number}" for number in range(count)]
    group_of = {name: f"g{rng.randrange(groups)}" for name in ids}
    ties = [tuple(rng.sample(ids, 2)) for _ in range(2 * count)] if count > 1 else []
    return ids, ties, group_of, {name: f"Person {name}" for name in ids}


def box(label, text, font=12.0):
    width = 0.58 * font * len(text)
    left = {"start": label.x, "middle": label.x - width / 2, "end": label.x - width}[label.anchor]
    return left, label.y - 0.8 * font, left + width, label.y + 0.2 * font


def overlap(one, other):
    """By how much two boxes overlap; coordinates are rounded to a tenth."""
    return min(one[2] - other[0], other[2] - one[0], one[3] - other[1], other[3] - one[1])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 5))
def test_everything_lies_in_the_frame_and_groups_stand_apart(count, groups, seed):
    ids, ties, group_of, labels = made_up(count, groups, seed)
    drawn = arrange(ids, ties, group_of, labels)
    assert drawn == arrange(ids, ties, group_of, labels), "the same picture every time"
    assert all(math.isfinite(number) for point in drawn.points for number in (point.x, point.y))
    circles = {circle.group: circle for circle in drawn.circles}
    assert set(circles) == set(group_of.values())
    for point in drawn.points:
        circle = circles[group_of[point.id]]
        assert math.dist((point.x, point.y), (circle.x, circle.y)) <= circle.radius + 0.2
    for circle in drawn.circles:
        assert circle.radius - 0.2 <= circle.x <= drawn.width - circle.radius + 0.2
        assert circle.radius - 0.2 <= circle.y <= drawn.height - circle.radius + 0.2
        for other in drawn.circles:
            if other is not circle:
                distance = math.dist((circle.x, circle.y), (other.x, other.y))
                assert distance >= circle.radius + other.radius - 0.3
    boxes = [box(label, labels[label.id]) for label in drawn.labels if label.clear]
    points = [(point.x - 8, point.y - 8, point.x + 8, point.y + 8) for point in drawn.points]
    for number, one in enumerate(boxes):
        assert all(overlap(one, other) <= 0.2 for other in boxes[number + 1 :] + points)
        assert one[0] >= -0.2 and one[1] >= -0.2
        assert one[2] <= drawn.width + 0.2 and one[3] <= drawn.height + 0.2


def test_the_same_seed_gives_the_same_picture():
    case = made_up(30, 5)
    assert arrange(*case, seed=4) == arrange(*case, seed=4)
    assert arrange(*case, seed=4).points != arrange(*case, seed=5).points


def test_thirty_people_all_get_a_clear_label():
    drawn = arrange(*made_up(30, 5))
    assert [label.id for label in drawn.labels if not label.clear] == []


def test_points_of_a_group_do_not_sit_on_each_other():
    drawn = arrange(*made_up(30, 5))
    for number, one in enumerate(drawn.points):
        for other in drawn.points[number + 1 :]:
            assert math.dist((one.x, one.y), (other.x, other.y)) > 12


def test_three_hundred_people_are_quick():
    case = made_up(300, 8)
    arrange(*made_up(10, 2))
    start = time.process_time()
    arrange(*case, width=1600, height=1000, radius=5)
    assert time.process_time() - start < 4


def test_nobody_and_one():
    assert arrange([], []).points == ()
    (point,) = arrange(["a"], []).points
    assert (point.x, point.y) == pytest.approx((412, 260), abs=30)


def test_wide_letters_take_more_room():
    ids = [f"p{number}" for number in range(12)]
    drawn = arrange(ids, [], labels=dict.fromkeys(ids, "移民服务中心"), width=400, height=300)
    boxes = [box(label, "x" * 10) for label in drawn.labels if label.clear]  # narrower than six full-width letters
    assert len(boxes) > 6
    assert all(overlap(one, other) <= 0.2 for at, one in enumerate(boxes) for other in boxes[at + 1 :])


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": ["a", "a"], "ties": []},
        {"ids": ["a"], "ties": [("a", "b")]},
        {"ids": ["a"], "ties": [], "groups": {"b": "g"}},
        {"ids": ["a"], "ties": [], "labels": {"b": "B"}},
        {"ids": ["a"], "ties": [], "width": 60},
        {"ids": ["a"], "ties": [], "height": float("nan")},
    ],
)
def test_ids_that_do_not_fit_are_refused(wrong):
    with pytest.raises(Refused):
        arrange(**wrong)

"""Where things go."""

import random

import pytest

from artbot_server.sd.demo.layout import Spot, box_of, crowd, fitted, freest, overlap, row_plan


@pytest.mark.parametrize(
    ("count", "wide", "rows"), [(1, 100, (1,)), (3, 400, (3,)), (4, 900, (4,)), (4, 200, (2, 2)), (10, 200, (4, 3, 3))]
)
def test_rows_make_the_most_of_the_room(count, wide, rows):
    assert row_plan(count, 1.0, 200, wide) == rows


@pytest.mark.parametrize("count", range(1, 11))
def test_a_crowd_has_everyone_and_stays_in_its_room(count):
    spots = crowd(count, 1.0, 300, 480, middle=(256, 470), step=50, loose=False, rng=random.Random(1))
    assert len(spots) == count
    assert all(0 < spot.x < 512 and spot.foot <= 480 and spot.tall <= 330 for spot in spots)


def test_nobody_in_a_crowd_is_hidden():
    for count in range(2, 11):
        spots = crowd(count, 1.0, 300, 480, middle=(256, 470), step=50, loose=False, rng=random.Random(count))
        boxes = [box_of(spot, 1.0) for spot in spots]
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert overlap(a, b) < 0.75 * (a[2] - a[0]) * (a[3] - a[1])


def test_fitted_keeps_within_height_and_width():
    assert fitted(2.0, 100, 100) == 50
    assert fitted(0.5, 100, 100) == 100


def test_overlap_is_the_common_area():
    assert overlap((0, 0, 10, 10), (5, 5, 20, 20)) == 25
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0


def test_freest_avoids_what_is_taken_and_the_edge():
    taken = [(0.0, 0.0, 50.0, 100.0)]
    crowded, outside, free = Spot(25, 90, 40), Spot(100, 90, 40), Spot(72, 90, 40)
    assert freest([crowded, outside, free], 1.0, taken, (100, 100)) == free

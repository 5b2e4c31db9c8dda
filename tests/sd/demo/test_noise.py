"""Seeded noise."""

import itertools
import random

from artbot_server.sd.demo.noise import clouds, colour_noise, grain


def test_the_same_seed_gives_the_same_noise():
    for make in (
        lambda rng: grain((40, 30), rng),
        lambda rng: clouds((40, 30), 8, rng),
        lambda rng: colour_noise((40, 30), 8, rng),
    ):
        assert make(random.Random(1)).tobytes() == make(random.Random(1)).tobytes() != make(random.Random(2)).tobytes()


def test_sizes_and_modes():
    assert (grain((7, 5), random.Random(1)).size, grain((7, 5), random.Random(1)).mode) == ((7, 5), "L")
    assert colour_noise((7, 5), 3, random.Random(1)).mode == "RGB"


def test_clouds_are_smoother_than_grain():
    def roughness(image):
        data = image.tobytes()
        return sum(abs(a - b) for a, b in itertools.pairwise(data))

    assert roughness(clouds((64, 64), 16, random.Random(1))) < roughness(grain((64, 64), random.Random(1))) / 4

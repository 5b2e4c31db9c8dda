"""Variations move numbers a little and choices seldom."""

import random

import pytest

from artbot_server.sd.demo.chance import Variation, chance


def numbers(rng, count=400):
    return [rng.uniform(0, 100) for _ in range(count)]


def test_a_step_has_its_own_generator():
    assert numbers(chance(5, "plants")) == numbers(random.Random("5/plants"))
    assert numbers(chance(5, "plants")) != numbers(chance(5, "weather"))


def test_the_same_variation_is_the_same():
    one, two = (numbers(chance(5, "plants", Variation(7, 0.3))) for _ in range(2))
    assert one == two
    assert one != numbers(chance(5, "plants", Variation(8, 0.3)))


@pytest.mark.parametrize("strength", [0.05, 0.15, 0.5])
def test_numbers_move_as_far_as_the_strength_allows(strength):
    plain, moved = numbers(chance(5, "plants")), numbers(chance(5, "plants", Variation(7, strength)))
    assert plain != moved
    assert max(abs(one - other) for one, other in zip(plain, moved, strict=True)) <= 100 * strength


def test_the_ends_are_one_seed_and_the_other():
    assert numbers(chance(5, "plants", Variation(7, 0.0))) == numbers(chance(5, "plants"))
    assert numbers(chance(5, "plants", Variation(7, 1.0))) == numbers(chance(7, "plants"))


def test_few_choices_change():
    def choices(rng):
        return [rng.choice("abcdefgh") for _ in range(400)]

    plain, moved = choices(chance(5, "x")), choices(chance(5, "x", Variation(7, 0.1)))
    changed = [one != other for one, other in zip(plain, moved, strict=True)]
    assert 5 < sum(changed) < 80

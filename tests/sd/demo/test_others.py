"""All that is not the subject."""

from artbot_server.sd.demo.others import place_others, scatter_plants
from artbot_server.sd.demo.subject import choose_subject, place_subject
from tests.sd.demo.test_stage import stage


def staged(prompt: str):
    set_up = stage(prompt)
    subject = choose_subject(set_up.idea)
    if subject:
        place_subject(set_up, subject)
    before = len(set_up.queue)
    place_others(set_up, subject)
    scatter_plants(set_up, subject)
    return set_up, set_up.queue[before:]


def test_each_other_thing_is_placed_once_for_its_count():
    _, placed = staged("a cat, three balls")
    assert len(placed) == 3


def test_what_is_bound_comes_with_its_owner():
    _, placed = staged("a cat wearing a hat, holding a balloon")
    assert placed == []


def test_small_things_keep_clear_of_the_subject():
    set_up, placed = staged("a lion, a cake")
    subject, (_, spot, _) = set_up.taken[0], placed[0]
    assert not (subject[0] < spot.x - spot.tall / 2 and spot.x + spot.tall / 2 < subject[2])


def test_buildings_stand_behind_and_trees_at_the_sides():
    _, placed = staged("a cat, castle, oak")
    manners = {manner for _, _, manner in placed}
    assert manners == {"far", "stand"}
    trees = [spot for _, spot, manner in placed if manner == "stand"]
    assert len(trees) == 2
    assert all(spot.x < 25 or spot.x > 75 for spot in trees)


def test_flowers_are_scattered_and_some_stand_in_front():
    _, placed = staged("a cat, tulips")
    assert len(placed) >= 3
    assert "front" in {manner for _, _, manner in placed}


def test_portraits_have_no_flowers_before_the_face():
    _, placed = staged("portrait of a cat, tulips")
    assert placed == []

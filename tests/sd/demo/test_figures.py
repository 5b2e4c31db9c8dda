"""Figures and where their hats go."""

from PIL import Image

from artbot_server.sd.demo.actors import plain
from artbot_server.sd.demo.clay import Clay
from artbot_server.sd.demo.figures import SIDE, figure_of, profile
from artbot_server.sd.demo.words import read_prompt


def test_a_profile_wears_its_hat_where_the_head_is():
    cat = plain(read_prompt("a cat").things[0])
    assert profile(cat, front=False).crown[0] < 0.4
    assert profile(cat, front=True).crown[0] == 0.5


def test_the_crown_is_found_on_what_stands_highest_in_front():
    image = Image.new("RGBA", (100, 100))
    image.paste((0, 0, 0, 255), (10, 20, 30, 60))
    image.paste((0, 0, 0, 255), (70, 0, 90, 100))
    assert profile(image, front=False).crown[:2] == (0.2, 0.25)


def test_what_is_modelled_is_cropped_and_its_points_move_with_it():
    clay = Clay(SIDE)
    clay.blob(0.5, 0.75, 0.1, 0.1, (200, 100, 50))
    figure = figure_of(clay, (0.5, 0.65, 0.2), (0.5, 0.75), 0.7, 0.8)
    assert abs(figure.image.width - 0.2 * SIDE) <= 2
    x, y = figure.hands
    assert abs(x - 0.5) < 0.02
    assert abs(y - 0.5) < 0.02
    assert abs(figure.crown[2] - 1.0) < 0.05

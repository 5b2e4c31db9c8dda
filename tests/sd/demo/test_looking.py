"""A picture in words: its own prompt, or colours."""

import io

import pytest
from PIL import Image

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Payload
from artbot_server.sd.demo.backend import DemoBackend
from artbot_server.sd.demo.looking import main_colours, prompt_of, words_for


def file(image: Image.Image, kind="PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def test_its_own_pictures_are_told_by_their_prompt():
    fields = {"prompt": "a red boat,\non a lake", "negative_prompt": "cars", "width": 64, "height": 64, "steps": 1}
    [*_, result] = DemoBackend(seconds=0).paint(Payload("txt2img", fields), "t-1")
    assert words_for(result.pictures[0].data) == "a red boat, on a lake"


def test_foreign_pictures_by_their_colours():
    flag = Image.new("RGB", (90, 60), "white")
    flag.paste((206, 17, 38), (0, 0, 50, 60))
    assert words_for(file(flag, "JPEG")) == "a picture in red and white"
    assert words_for(file(Image.new("RGB", (10, 10), (0, 0, 90)))) == "a picture in dark blue"


def test_details_are_left_out_and_clear_parts_are_white():
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((0, 150, 60, 255), (0, 0, 100, 30))
    image.paste((255, 0, 0, 255), (0, 99, 3, 100))
    assert main_colours(image) == ["white", "green"]


def test_many_colours_are_three():
    image = Image.new("P", (80, 10))
    image.putpalette([value for colour in ((255, 0, 0), (0, 0, 255), (255, 255, 0), (0, 0, 0)) for value in colour])
    for index in range(4):
        image.paste(index, (index * 20, 0, index * 20 + 20 + index, 10))
    assert len(main_colours(image)) == 3


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("a cat\nNegative prompt: dog\nSteps: 4, Seed: 7", "a cat"),
        ("a cat\nsitting\nSteps: 4, Seed: 7", "a cat sitting"),
        ("Steps: 4, Seed: 7", ""),
        ("", ""),
    ],
)
def test_the_prompt_of_a_parameter_text(text, prompt):
    assert prompt_of(text) == prompt


def test_what_cannot_be_opened_is_refused():
    with pytest.raises(BackendFailed) as caught:
        words_for(file(Image.new("RGB", (64, 64)))[:60])
    assert (caught.value.error_code, caught.value.detail["field"]) == ("backend_refused", "image")

"""The parameter text and the PNG that carries it."""

import io

from PIL import Image

from artbot_server import __version__
from artbot_server.sd.demo.infotext import infotext, own_seed, to_png
from artbot_server.sd.demo.order import read_order


def test_the_text_is_a1111s():
    fields = {
        "prompt": "a cat,\ngarden",
        "negative_prompt": "blurry",
        "width": 600,
        "height": 400,
        "sampler_name": "Euler",
    }
    text = infotext(read_order(fields | {"seed": 7}, img2img=False), 0)
    assert text == (
        "a cat,\ngarden\nNegative prompt: blurry\nSteps: 20, Sampler: Euler, Schedule type: Automatic, CFG scale: 7.0, "
        f"Seed: 7, Size: 600x400, Model: demo painter, Version: artbot {__version__}"
    )


def test_img2img_says_its_strength_and_no_negative_line_stands_empty():
    text = infotext(read_order({"denoising_strength": 0.4}, img2img=True), 0)
    assert "Denoising strength: 0.4" in text
    assert "Negative" not in text


def test_a_png_gives_its_text_back():
    for text in ("plain, Seed: 1", "一只橙色小猫, Seed: 1", "café ½"):
        read = Image.open(io.BytesIO(to_png(Image.new("RGB", (8, 8)), text)))
        read.load()
        assert read.info["parameters"] == text


def test_only_its_own_pictures_have_a_known_seed():
    own = infotext(read_order({"prompt": "a cat", "seed": 123}, img2img=False), 0)
    assert own_seed(own) == 123
    assert own_seed(own.replace("demo painter", "sd_xl_base")) is None
    assert own_seed("") is None
    variation = read_order({"prompt": "a cat", "seed": 123, "subseed_strength": 0.2}, img2img=False)
    assert own_seed(infotext(variation, 0)) is None


def test_a_painted_over_picture_knows_its_scene_only_when_it_was_its_own():
    order = read_order({"prompt": "a cat, Seed: 9, Scene seed: 8,", "seed": 4}, img2img=True)
    assert own_seed(infotext(order, 0, 123)) == 123
    assert own_seed(infotext(order, 0)) is None

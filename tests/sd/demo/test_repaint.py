"""img2img and inpainting."""

import base64
import io
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from artbot_server.errors import BackendFailed
from artbot_server.sd.demo.infotext import infotext, to_png
from artbot_server.sd.demo.order import read_order
from artbot_server.sd.demo.repaint import Original, read_original, repaint, scene_seed
from artbot_server.sd.demo.scene import compose
from artbot_server.sd.demo.words import read_prompt

SIZE = (192, 160)


def encoded(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def foreign() -> Image.Image:
    return Image.linear_gradient("L").rotate(90).resize(SIZE).convert("RGB")


def painted(fields: dict[str, Any], prompt: str, strength: float) -> Image.Image:
    fields = {
        "prompt": prompt,
        "width": SIZE[0],
        "height": SIZE[1],
        "denoising_strength": strength,
        "seed": 9,
        **fields,
    }
    order = read_order(fields, img2img=True)
    return repaint(read_original(fields, SIZE), read_prompt(prompt), order, 9)


def difference(a: Image.Image, b: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(a, b)).mean)


def test_more_strength_changes_more():
    init = {"init_images": [encoded(foreign())]}
    changes = [difference(painted(init, "a blue cat", strength), foreign()) for strength in (0.0, 0.2, 0.5, 1.0)]
    assert changes == sorted(changes)
    assert changes[0] == 0
    assert changes[1] < changes[3] / 2


def test_a_colour_word_shows():
    init = {"init_images": [encoded(foreign())]}
    red, _, blue = ImageStat.Stat(painted(init, "a blue cat", 0.35)).mean
    assert blue > red + 10


def test_only_the_masked_part_changes():
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).rectangle((SIZE[0] // 2, 0, SIZE[0], SIZE[1]), fill=255)
    fields = {"init_images": [encoded(foreign())], "mask": encoded(mask), "mask_blur": 0}
    result = painted(fields, "a cat", 1.0)
    left, right = (0, 0, SIZE[0] // 2, SIZE[1]), (SIZE[0] // 2, 0, *SIZE)
    assert result.crop(left).tobytes() == foreign().crop(left).tobytes()
    assert difference(result.crop(right), foreign().crop(right)) > 10
    inverted = painted({**fields, "inpainting_mask_invert": 1}, "a cat", 1.0)
    assert inverted.crop(right).tobytes() == foreign().crop(right).tobytes()


@pytest.mark.parametrize("box", [(5, 5, 5, 5), (0, 40, 191, 41), (90, 10, 97, 150)])
def test_masks_may_be_tiny_or_thin(box):
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).rectangle(box, fill=255)
    fields = {"init_images": [encoded(foreign())], "mask": encoded(mask), "mask_blur": 0}
    for prompt in ("a red cat", "watercolor, oil painting", "pixel art, cat", "low poly, ink wash"):
        assert painted(fields, prompt, 0.9).size == SIZE


def test_an_empty_mask_changes_nothing():
    fields = {"init_images": [encoded(foreign())], "mask": encoded(Image.new("L", SIZE)), "mask_blur": 0}
    assert painted(fields, "a cat", 1.0).tobytes() == foreign().tobytes()


def test_the_picture_is_cut_to_the_order():
    original = read_original({"init_images": [encoded(foreign().resize((400, 100)))]}, SIZE)
    assert (original.image.size, original.seed, original.mask) == (SIZE, None, None)


def test_a_data_url_is_read_too():
    fields = {"init_images": ["data:image/png;base64," + encoded(foreign())]}
    assert read_original(fields, SIZE).image.size == SIZE


def test_its_own_picture_comes_back_as_the_same_scene():
    order = read_order(
        {"prompt": "an orange cat, garden", "width": SIZE[0], "height": SIZE[1], "seed": 77}, img2img=False
    )
    before = compose(read_prompt(order.prompt), SIZE, 77)
    init = {"init_images": [base64.b64encode(to_png(before, infotext(order, 0))).decode()]}
    after = painted(init, "a blue cat, garden", 0.75)
    assert difference(after, compose(read_prompt("a blue cat, garden"), SIZE, 77)) == 0
    corner = (0, 0, SIZE[0], SIZE[1] // 8)
    assert difference(after.crop(corner), before.crop(corner)) < 3


def test_a_batch_over_its_own_picture_shows_neighbouring_scenes():
    order = read_order({"seed": 500, "batch_size": 2}, img2img=True)
    own = Original(foreign(), None, 77)
    assert [scene_seed(own, order, seed) for seed in order.seeds] == [77, 78]
    assert scene_seed(Original(foreign(), None, None), order, 500) is None
    assert scene_seed(Original(foreign(), Image.new("L", SIZE), 77), order, 500) is None


@pytest.mark.parametrize("field", ["init_images", "mask"])
def test_unreadable_pictures_are_refused_by_name(field):
    fields: dict[str, Any] = {"init_images": [encoded(foreign())]}
    broken = base64.b64encode(b"\x89PNG\r\n\x1a\nbroken").decode()
    fields[field] = [broken] if field == "init_images" else broken
    with pytest.raises(BackendFailed) as caught:
        read_original(fields, SIZE)
    assert caught.value.detail["field"] == field

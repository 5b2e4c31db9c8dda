"""The demo painter as a backend."""

import base64
import io
import time
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Backend, Payload, Progress, Result
from artbot_server.sd.demo.backend import DemoBackend

pytestmark = pytest.mark.alone

SMALL = {"prompt": "an orange cat, garden", "seed": 5, "width": 160, "height": 128, "steps": 6}


def run(fields: Mapping[str, Any], mode: Any = "txt2img") -> tuple[list[Progress], Result]:
    *steps, result = DemoBackend(seconds=0).paint(Payload(mode, fields), "task")
    assert isinstance(result, Result)
    return [step for step in steps if isinstance(step, Progress)], result


def test_it_is_a_backend_and_says_that_it_is_a_demo():
    backend: Backend = DemoBackend("demo-2")
    assert (backend.name, backend.kind, backend.demo) == ("demo-2", "demo", True)


def test_abilities_name_limits_samplers_and_fields():
    abilities = DemoBackend().abilities()
    assert {"Euler a", "DPM++ 2M", "DDIM", "UniPC"} <= set(abilities.samplers)
    assert {"Automatic", "Karras"} <= set(abilities.schedulers)
    assert {"prompt", "width", "seed", "mask", "denoising_strength"} <= set(abilities.fields)
    assert (abilities.max_side, abilities.max_batch) == (2048, 16)


def test_progress_never_falls_and_leaves_the_end_to_the_result():
    steps, _ = run(SMALL)
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 0.99)
    assert [step.step for step in steps] == list(range(7))
    assert all(step.steps == 6 for step in steps)


def test_a_preview_is_a_small_picture():
    steps, _ = run(SMALL)
    previews = [step.preview for step in steps if step.preview]
    assert previews
    assert max(Image.open(io.BytesIO(previews[0])).size) <= 300


def test_pictures_are_pngs_of_the_size_with_their_infotext():
    _, result = run(SMALL)
    (picture,) = result.pictures
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    assert (image.format, image.size) == ("PNG", (160, 128))
    assert image.info["parameters"] == picture.infotext
    assert "Seed: 5," in picture.infotext
    assert (picture.kind, picture.seed) == ("picture", 5)


def test_the_same_order_gives_the_same_bytes():
    first, second, other = run(SMALL)[1], run(SMALL)[1], run({**SMALL, "seed": 6})[1]
    assert first.pictures[0].data == second.pictures[0].data
    assert first.pictures[0].data != other.pictures[0].data


def test_a_batch_is_the_pictures_of_its_seeds():
    _, batch = run({**SMALL, "batch_size": 2, "n_iter": 2})
    assert [picture.seed for picture in batch.pictures] == [5, 6, 7, 8]
    _, single = run({**SMALL, "seed": 7})
    assert (
        Image.open(io.BytesIO(batch.pictures[2].data)).tobytes()
        == Image.open(io.BytesIO(single.pictures[0].data)).tobytes()
    )


def test_progress_of_a_batch_never_falls_either():
    fractions = [step.fraction for step in run({**SMALL, "batch_size": 4, "steps": 3})[0]]
    assert fractions == sorted(fractions)
    assert len(fractions) > 4  # one after each picture too, so that a large batch is never long silent


def test_a_random_seed_is_reported_and_can_be_repeated():
    _, drawn = run({**SMALL, "seed": -1})
    _, again = run({**SMALL, "seed": drawn.pictures[0].seed})
    assert drawn.pictures[0].data == again.pictures[0].data


def test_closing_between_steps_ends_it():
    painting = DemoBackend(seconds=600).paint(Payload("txt2img", SMALL), "task")
    next(painting)
    next(painting)
    began = time.monotonic()
    painting.close()
    assert time.monotonic() - began < 5
    with pytest.raises(StopIteration):
        next(painting)


def test_long_steps_report_in_between():
    painting = DemoBackend(seconds=1.2).paint(Payload("txt2img", {**SMALL, "steps": 1}), "task")
    events = list(painting)
    assert [event.fraction for event in events[:-1]] == [0.0, 0.0, 0.0, 0.99]


@pytest.mark.parametrize("size", [(64, 64), (64, 2048), (2048, 64), (333, 777)])
def test_any_size(size):
    _, result = run({**SMALL, "width": size[0], "height": size[1], "steps": 1})
    assert Image.open(io.BytesIO(result.pictures[0].data)).size == size


def test_img2img_after_img2img_stays_in_the_same_scene():
    data = run(SMALL)[1].pictures[0].data
    for prompt in ("a blue cat, garden", "a green cat, garden"):
        init = [base64.b64encode(data).decode()]
        data = run({**SMALL, "prompt": prompt, "seed": -1, "init_images": init}, "img2img")[1].pictures[0].data
    wanted = run({**SMALL, "prompt": "a green cat, garden"})[1].pictures[0].data
    assert Image.open(io.BytesIO(data)).tobytes() == Image.open(io.BytesIO(wanted)).tobytes()


def test_img2img_reports_a_picture_it_cannot_read():
    for images in (None, [], ["not base64!"], [base64.b64encode(b"no picture").decode()]):
        with pytest.raises(BackendFailed) as caught:
            run({**SMALL, "init_images": images}, "img2img")
        assert caught.value.detail["field"] == "init_images"
        assert caught.value.detail["retry"] is False


def test_variations_share_a_seed_and_look_alike():
    _, plain = run(SMALL)
    _, result = run(SMALL | {"subseed": 11, "subseed_strength": 0.15, "n_iter": 2})
    assert [picture.seed for picture in result.pictures] == [5, 5]
    assert "Seed: 5, Size: 160x128, Model: demo painter, Variation seed: 12, Variation seed strength: 0.15" in (
        result.pictures[1].infotext
    )
    images = [Image.open(io.BytesIO(each.data)).convert("RGB") for each in (*plain.pictures, *result.pictures)]
    assert len({image.tobytes() for image in images}) == 3
    assert distance(images[0], images[1]) < distance(images[0], other_scene())


def other_scene() -> Image.Image:
    return Image.open(io.BytesIO(run(SMALL | {"seed": 999})[1].pictures[0].data)).convert("RGB")


def distance(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)

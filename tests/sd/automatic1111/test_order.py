"""Payloads are refused by field, mended where nothing is guessed, and completed."""

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.order import prepare
from artbot_server.sd.base import Payload, Substitution
from tests.sd.automatic1111.samples import IMAGE, offers, order


def refusal(mode: str = "txt2img", **fields) -> BackendFailed:
    with pytest.raises(BackendFailed) as caught:
        order(mode, **fields)
    assert caught.value.error_code == "backend_refused"
    assert caught.value.detail["retry"] is False
    return caught.value


def test_sends_what_was_given_and_what_is_ours():
    body = order(steps=7, cfg_scale=6.5, eta=31337, save_images=True, send_images=False).body
    assert (body["steps"], body["cfg_scale"], body["eta"]) == (7, 6.5, 31337)
    assert body["send_images"] is True
    assert body["save_images"] is False
    assert body["force_task_id"] == "job-1"


def test_overrides_are_always_put_back():
    assert order(override_settings_restore_afterwards=False).body["override_settings_restore_afterwards"] is True


def test_the_payload_stays_as_it_was():
    fields = {"prompt": "a cat", "width": 100, "nonsense": 1}
    prepare(Payload("txt2img", fields), offers(), "t-1")
    assert fields == {"prompt": "a cat", "width": 100, "nonsense": 1}


def test_nulls_are_left_out():
    body = order(styles=None, seed=None, steps=None, alwayson_scripts=None).body
    assert not {"styles", "seed", "steps", "alwayson_scripts"} & set(body)


def test_a_field_the_server_does_not_know_is_told_and_not_sent():
    made = order(clip_skip=2, infotext="Steps: 1")
    assert made.substituted == (Substitution("clip_skip", 2, None), Substitution("infotext", "Steps: 1", None))
    assert not {"clip_skip", "infotext"} & set(made.body)


def test_a_long_unknown_value_is_told_by_its_type():
    assert order(picture="A" * 5000).substituted == (Substitution("picture", "str", None),)


@pytest.mark.parametrize(
    ("asked", "size", "told"),
    [
        ({"width": 600, "height": 600}, (600, 600), ()),
        ({"width": 100, "height": 71}, (96, 64), (Substitution("width", 100, 96), Substitution("height", 71, 64))),
        ({"width": 64.0, "height": 64}, (64, 64), ()),
        ({"width": None, "height": None}, (512, 512), ()),
    ],
)
def test_sizes_are_rounded_down_and_told(asked, size, told):
    made = order(**asked)
    assert made.size == size
    assert (made.body["width"], made.body["height"]) == size
    assert made.substituted == told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", 0),
        ("steps", -3),
        ("steps", "20"),
        ("steps", 2.5),
        ("steps", True),
        ("steps", float("nan")),
        ("steps", float("inf")),
        ("batch_size", 0),
        ("n_iter", -1),
        ("seed", -2),
        ("seed", 2**63),
        ("seed", "abc"),
        ("width", 0),
        ("width", 63),
        ("width", 4096),
        ("height", -64),
        ("height", "tall"),
        ("cfg_scale", float("nan")),
        ("cfg_scale", float("inf")),
        ("cfg_scale", "7"),
        ("cfg_scale", 10**400),
        ("cfg_scale", False),
        ("denoising_strength", 1.01),
        ("denoising_strength", -0.1),
        ("hr_scale", 0),
        ("resize_mode", 4),
        ("hr_resize_x", 100_000),
        ("prompt", ["a cat"]),
        ("negative_prompt", 5),
        ("sampler_name", 3),
    ],
)
def test_a_wrong_value_is_refused_by_field(field, value):
    error = refusal(**{field: value})
    assert error.detail["field"] == field
    assert field in error.message


@pytest.mark.parametrize("seed", [-1, 0, 4294967296123, 2**63 - 1])
def test_seeds_the_server_takes(seed):
    assert order(seed=seed).seed == seed


@pytest.mark.parametrize("cfg", [0, -5, 1e6, 7.5])
def test_any_finite_cfg_scale_is_taken(cfg):
    assert order(cfg_scale=cfg).body["cfg_scale"] == cfg


def test_counts_pictures_over_batches():
    assert order(batch_size=2, n_iter=3).count == 6
    assert order().count == 1


def test_more_pictures_or_pixels_than_allowed_are_refused():
    assert refusal(batch_size=4, n_iter=5).detail["field"] == "batch_size"
    hires = {"enable_hr": True, "denoising_strength": 0.5, "hr_scale": 4.0}
    assert refusal(width=1024, height=1024, **hires).detail["field"] == "width"


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"enable_hr": True, "denoising_strength": 0.5}, (128, 128)),
        ({"enable_hr": True, "denoising_strength": 0.5, "hr_scale": 1.3}, (80, 80)),
        ({"enable_hr": True, "denoising_strength": 0.5, "hr_resize_x": 200}, None),
        ({"enable_hr": False, "hr_scale": 3.0}, (64, 64)),
        ({"script_name": "x/y/z plot"}, None),
    ],
)
def test_the_size_to_expect(fields, size):
    assert order(**fields).size == size


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({}, (64, 64)),
        ({"mask": IMAGE, "inpaint_full_res": False}, (64, 64)),
        ({"mask": IMAGE}, None),
        ({"enable_hr": True}, (64, 64)),
    ],
)
def test_the_size_to_expect_of_img2img(fields, size):
    made = order("img2img", init_images=[IMAGE], **({"denoising_strength": 0.5} | fields))
    assert made.size == size


def test_a_script_decides_how_many_pictures_come():
    assert order(script_name="x/y/z plot", batch_size=2).count is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"init_images": []},
        {"init_images": IMAGE},
        {"init_images": [""]},
        {"init_images": [5]},
        {"init_images": [IMAGE, IMAGE]},
        {"init_images": ["http://127.0.0.1/x.png"]},
    ],
)
def test_img2img_needs_its_pictures_as_base64(fields):
    assert refusal("img2img", **fields).detail["field"] == "init_images"


def test_an_empty_mask_is_none():
    assert order("img2img", init_images=[IMAGE], mask="").size == (64, 64)


def test_a_mask_has_to_be_base64_too():
    assert refusal("img2img", init_images=[IMAGE], mask="https://example.org/m.png").detail["field"] == "mask"


@pytest.mark.parametrize("image", [IMAGE, f"data:image/png;base64,{IMAGE}"])
def test_init_images_go_as_they_came(image):
    assert order("img2img", init_images=[image]).body["init_images"] == [image]


def test_two_init_images_need_a_batch_of_two():
    assert order("img2img", init_images=[IMAGE, IMAGE], batch_size=2).count == 2

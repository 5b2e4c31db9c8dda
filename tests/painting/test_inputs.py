"""Pictures of an order: to start from, masks, ControlNet's."""

from __future__ import annotations

from typing import Any

import pytest

from artbot_server import errors
from artbot_server.painting.inputs import picture_ids, put_pictures, put_units
from artbot_server.painting.templates import InputPictures

UNIT = {"module": "canny", "image_id": "i1"}


def units_of(fields: dict[str, Any]) -> Any:
    return fields["alwayson_scripts"]["controlnet"]["args"]


def test_units_take_the_place_of_the_templates() -> None:
    fields = {"alwayson_scripts": {"ControlNet": {"args": [{"module": "openpose"}]}, "refiner": {"args": [1]}}}
    put_units(fields, [UNIT | {"weight": 0.5, "mask_id": "m1"}, {"enabled": False}], "txt2img")
    assert units_of(fields) == [
        {
            "enabled": True,
            "module": "canny",
            "weight": 0.5,
            "image": {"artbot_image": "i1"},
            "mask": {"artbot_image": "m1"},
        },
        {"enabled": False},
    ]
    assert fields["alwayson_scripts"]["refiner"] == {"args": [1]}
    put_units(fields, [], "txt2img")
    assert set(fields["alwayson_scripts"]) == {"refiner"}


def test_a_unit_needs_a_picture_of_its_own_only_in_txt2img() -> None:
    with pytest.raises(errors.BadRequest) as caught:
        put_units({}, [UNIT, {"module": "canny"}], "txt2img")
    assert caught.value.detail["field"] == "overrides.controlnet.1.image_id"
    fields: dict[str, Any] = {}
    put_units(fields, [{"module": "canny"}], "img2img")
    assert units_of(fields) == [{"enabled": True, "module": "canny"}]


@pytest.mark.parametrize(
    "unit", [{"guidance_start": 0.6, "guidance_end": 0.4}, {"guidance_start": 0.1, "guidance_end": 0}]
)
def test_a_unit_cannot_end_before_it_begins(unit: dict[str, Any]) -> None:
    with pytest.raises(errors.BadRequest) as caught:
        put_units({}, [UNIT | unit], "txt2img")
    assert caught.value.detail["field"] == "overrides.controlnet.0.guidance_end"


def test_the_ids_of_an_orders_units() -> None:
    overrides = {"controlnet": [{}, {"image_id": "a", "mask_id": "b"}, {"mask_id": "c"}], "steps": 3}
    assert list(picture_ids(overrides)) == [
        ("overrides.controlnet.1.image_id", "a"),
        ("overrides.controlnet.1.mask_id", "b"),
        ("overrides.controlnet.2.mask_id", "c"),
    ]


def test_an_orders_picture_leaves_its_own_units_alone() -> None:
    fields: dict[str, Any] = {}
    put_units(fields, [UNIT], "img2img")
    put_pictures(fields, "img2img", InputPictures(), image_id="start", mask_id=None, own_units=True)
    assert fields["init_images"] == [{"artbot_image": "start"}]
    assert units_of(fields)[0]["image"] == {"artbot_image": "i1"}


def test_a_mask_alone_says_what_is_missing() -> None:
    with pytest.raises(errors.BadRequest) as caught:
        put_pictures({}, "txt2img", InputPictures(), image_id=None, mask_id="m", own_units=False)
    assert caught.value.detail["field"] == "mask_id"

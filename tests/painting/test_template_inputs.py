"""The places where pictures stand in a payload."""

from __future__ import annotations

from typing import Any

import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.template_inputs import drop_empty, is_path, own_folder, put_input, slots


def payload() -> dict[str, Any]:
    first = {"module": "canny", "image": "pose.png", "mask": "", "input_image": "old.png"}
    second = {"module": "depth", "input_image": "QUJD"}
    return {
        "prompt": "a cat",
        "init_images": ["a.png", "data:image/png;base64,QUJD"],
        "mask": "m.png",
        "alwayson_scripts": {"controlnet": {"args": [first, second]}, "Other": {"args": [{"image": "no input"}]}},
    }


def test_every_place_by_name() -> None:
    assert {slot.name: slot.value for slot in slots(payload())} == {
        "init_image": "a.png",
        "init_image_2": "data:image/png;base64,QUJD",
        "mask": "m.png",
        "control_image": "pose.png",
        "control_image_2": "QUJD",
    }


def test_one_unit_in_the_place_of_a_list_and_nothing_at_all() -> None:
    unit = {"image": "pose.png"}
    (slot,) = slots({"alwayson_scripts": {"ControlNet": {"args": unit}}})
    slot.put("other.png")
    assert unit == {"image": "other.png"}
    for empty in ({}, {"init_images": None, "mask": None, "alwayson_scripts": None}, {"init_images": [""]}):
        assert slots(dict(empty)) == []


def test_emptied_places_go_and_the_rest_stays() -> None:
    fields = payload()
    for slot in slots(fields):
        slot.clear()
    drop_empty(fields)
    units = fields["alwayson_scripts"]["controlnet"]["args"]
    assert "init_images" not in fields
    assert "mask" not in fields
    assert units == [{"module": "canny", "input_image": "old.png"}, {"module": "depth"}]
    assert fields["alwayson_scripts"]["Other"] == {"args": [{"image": "no input"}]}


@pytest.mark.parametrize("name", ["init_image", "mask", "control_image", "control_mask"])
def test_setting_and_taking_away_one(name: str) -> None:
    fields: dict[str, Any] = {"alwayson_scripts": {"ControlNet": {"args": {"module": "canny"}}}}
    put_input(fields, name, "in.png")
    assert {slot.name: slot.value for slot in slots(fields)} == {name: "in.png"}
    put_input(fields, name, None)
    assert fields == {"alwayson_scripts": {"ControlNet": {"args": {"module": "canny"}}}}


def test_further_init_images_stay() -> None:
    fields = {"init_images": ["a.png", "b.png"]}
    put_input(fields, "init_image", "new.png")
    assert fields == {"init_images": ["new.png", "b.png"]}


@pytest.mark.parametrize("name", ["control_image", "control_mask", "nothing", "init_image_2"])
def test_an_input_without_a_place_is_refused(name: str) -> None:
    with pytest.raises(BadRequest) as caught:
        put_input({}, name, "in.png")
    assert caught.value.detail["field"] == "which"


def test_paths_and_base64_are_told_apart() -> None:
    assert [is_path(text) for text in ("a.png", "in\\a.png", "QUJD", "data:image/png;base64,QU.JD")] == [
        True,
        True,
        False,
        False,
    ]
    assert own_folder("night/city") == "input_images/night/city"

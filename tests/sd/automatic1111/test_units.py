"""ControlNet units and scripts: what would fail without a sign is refused in words."""

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.order import prepare
from artbot_server.sd.base import Payload
from tests.sd.automatic1111.samples import IMAGE, offers, order, unit


def units(*args, mode="txt2img", **fields):
    made = order(mode, alwayson_scripts={"ControlNet": {"args": list(args)}}, **fields)
    return made, made.body["alwayson_scripts"].get("ControlNet", {}).get("args")


def refused_field(*args, **fields) -> str:
    with pytest.raises(BackendFailed) as caught:
        units(*args, **fields)
    assert caught.value.whose_fault == "client"
    return caught.value.detail["field"]


def test_a_unit_that_is_filled_in_is_switched_on():
    given = unit()
    del given["enabled"]
    made, [sent] = units(given)
    assert sent == unit()
    assert made.maps == 1
    assert "enabled" not in given


def test_units_that_are_off_or_empty_are_left_out():
    made, sent = units(unit(enabled=False), None, {}, unit())
    assert sent == [unit()]
    assert made.maps == 1
    assert units(unit(enabled=False))[1] is None


@pytest.mark.parametrize("args", [unit(), [unit()]])
@pytest.mark.parametrize("name", ["ControlNet", "controlnet"])
def test_one_unit_without_a_list_is_read_too(args, name):
    made = order(alwayson_scripts={name: {"args": args}})
    assert made.body["alwayson_scripts"] == {name: {"args": [unit()]}}
    assert order(alwayson_scripts={name: args}).body == made.body


@pytest.mark.parametrize("model", ["control_canny", "control_canny [a5ab0164]"])
def test_a_model_goes_with_or_without_its_hash(model):
    assert units(unit(model=model))[1][0]["model"] == model


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"module": "Canny"}, "module"),
        ({"model": "nope"}, "model"),
        ({"model": "None"}, "model"),
        ({"model": None}, "model"),
        ({"model": ["control_canny"]}, "model"),
        ({"module": ["canny"]}, "module"),
        ({"image": None}, "image"),
        ({"image": ""}, "image"),
        ({"image": "http://127.0.0.1/x.png"}, "image"),
        ({"image": {"image": "http://127.0.0.1/x.png"}}, "image"),
        ({"mask": 5}, "mask"),
        ({"resize_mode": 3}, "resize_mode"),
        ({"resize_mode": "Inner Fit"}, "resize_mode"),
        ({"control_mode": "Nope"}, "control_mode"),
        ({"control_mode": True}, "control_mode"),
    ],
)
def test_what_the_extension_would_swallow_is_refused(wrong, field):
    assert refused_field(unit(enabled=False), unit(**wrong)) == f"alwayson_scripts.controlnet.args[1].{field}"


def test_a_module_that_needs_no_model():
    assert units(unit(module="reference_only", model="None"))[0].maps == 1


def test_the_old_numbers_of_modes_become_texts():
    _, [sent] = units(unit(resize_mode=1, control_mode=2))
    assert (sent["resize_mode"], sent["control_mode"]) == ("Crop and Resize", "ControlNet is more important")


def test_both_spellings_of_low_vram_become_one():
    _, [sent] = units(unit(lowvram=True, low_vram=False))
    assert sent["low_vram"] is True
    assert "lowvram" not in sent


@pytest.mark.parametrize("image", [{"image": None, "input_image": IMAGE}, {"image": {"image": IMAGE, "mask": IMAGE}}])
def test_the_other_places_of_a_picture(image):
    assert units(unit(**image))[0].maps == 1


def test_img2img_lends_its_own_picture():
    made, _ = units(unit(image=None), mode="img2img", init_images=[IMAGE])
    assert made.maps == 1


def test_a_map_nobody_wants_is_not_expected():
    assert units(unit(save_detected_map=False), unit())[0].maps == 1


def test_more_units_than_the_server_takes():
    assert refused_field(*[unit()] * 4) == "alwayson_scripts.controlnet.args"


def test_no_controlnet_at_all():
    payload = Payload("txt2img", {"alwayson_scripts": {"controlnet": {"args": [unit()]}}})
    with pytest.raises(BackendFailed, match="no ControlNet"):
        prepare(payload, offers(controlnet_models=None), "t-1")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"script_name": "nope"}, "script_name"),
        ({"script_name": 3}, "script_name"),
        ({"alwayson_scripts": {"nope": {"args": []}}}, "alwayson_scripts.nope"),
        ({"alwayson_scripts": []}, "alwayson_scripts"),
        ({"alwayson_scripts": {"refiner": {"args": "x"}}}, "alwayson_scripts.refiner.args"),
        ({"alwayson_scripts": {"controlnet": {"args": ["x"]}}}, "alwayson_scripts.controlnet.args[0]"),
        ({"script_name": "loopback"}, "script_name"),
    ],
)
def test_scripts_have_to_be_there(fields, field):
    with pytest.raises(BackendFailed) as caught:
        order(**fields)
    assert caught.value.detail["field"] == field


def test_scripts_are_compared_without_case():
    made = order(script_name="X/Y/Z plot", script_args=[1], alwayson_scripts={"Refiner": {"args": [True]}})
    assert made.body["script_args"] == [1]
    assert made.body["alwayson_scripts"] == {"Refiner": {"args": [True]}}


def test_scripts_of_img2img_are_its_own():
    assert order("img2img", init_images=[IMAGE], script_name="loopback").count is None

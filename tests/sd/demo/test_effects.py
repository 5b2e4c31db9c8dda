"""What the demo painter says of fields that it does not heed."""

import pytest

from artbot_server.sd.base import Payload, Result, Substitution
from artbot_server.sd.demo.backend import DemoBackend
from artbot_server.sd.demo.effects import FIELDS, unheeded


def test_what_does_nothing_is_told_by_name():
    fields = {"tiling": True, "restore_faces": True, "script_name": "X/Y/Z plot", "styles": ["Studio"], "nope": 1}
    assert unheeded(fields) == (
        Substitution("nope", 1, None),
        Substitution("restore_faces", True, None),
        Substitution("script_name", "X/Y/Z plot", None),
        Substitution("styles", ["Studio"], None),
        Substitution("tiling", True, None),
    )


@pytest.mark.parametrize("nothing", [None, False, 0, "", [], {}])
def test_what_is_empty_or_off_asks_for_nothing(nothing):
    assert unheeded({"tiling": nothing, "alwayson_scripts": nothing}) == ()


def test_pictures_in_fields_are_not_repeated():
    picture = "iVBORw0KGgo" * 1000
    units = {"ControlNet": {"args": [{"image": picture}]}}
    assert unheeded({"alwayson_scripts": units, "firstpass_image": picture}) == (
        Substitution("alwayson_scripts", ["ControlNet"], None),
        Substitution("firstpass_image", True, None),
    )


def test_what_is_heeded_and_what_is_of_the_answer_is_not_told():
    assert unheeded(dict.fromkeys(FIELDS, 1)) == ()
    assert unheeded({"send_images": True, "override_settings_restore_afterwards": True, "eta": 1.0}) == ()


@pytest.mark.parametrize(("mode", "told"), [(0, ()), (1, ()), (2, (Substitution("resize_mode", 2, None),))])
def test_pictures_are_cropped_and_resized_and_nothing_else(mode, told):
    assert unheeded({"resize_mode": mode}) == told


def test_hires_is_told_where_it_is_wanted():
    assert unheeded({"enable_hr": False, "hr_scale": 2}) == ()
    told = unheeded({"enable_hr": True, "hr_scale": 2})
    assert [change.field for change in told] == ["enable_hr", "hr_scale"]


def test_a_painting_tells_it():
    order = {"prompt": "a cat", "width": 64, "height": 64, "steps": 1, "alwayson_scripts": {"ControlNet": {"args": []}}}
    *_, result = DemoBackend(seconds=0).paint(Payload("txt2img", order), "task")
    assert isinstance(result, Result)
    assert result.substituted == (Substitution("alwayson_scripts", ["ControlNet"], None),)

"""The shapes a template may have."""

from __future__ import annotations

from typing import Any

import pytest

from artbot_server.painting.template_format import (
    FormatError,
    check_folder,
    check_template,
    controlnet_units,
    units_as_list,
)


def test_a_template_needs_only_its_payload() -> None:
    found = check_template({"api_model": {}})
    assert (found.template_type, found.options, found.api_model.steps) == ("txt2img", "default", 20)


def test_a_long_value_is_cut_in_the_reason() -> None:
    with pytest.raises(FormatError) as caught:
        check_template({"api_model": {"steps": "x" * 1000}})
    assert len(str(caught.value)) < 200


def test_a_folder_needs_nothing_and_takes_no_unknown_key() -> None:
    assert check_folder({}).for_children is False
    with pytest.raises(FormatError, match="for_kids"):
        check_folder({"for_kids": True})


@pytest.mark.parametrize(
    ("scripts", "units"),
    [
        (None, []),
        ({"other": {"args": [1]}}, []),
        ({"CONTROLNET": {"args": {"module": "canny"}}}, [{"module": "canny"}]),
        ({"ControlNet": {"args": [{"module": "a"}, {"module": "b"}]}}, [{"module": "a"}, {"module": "b"}]),
        ({"ControlNet": {}}, []),
        ({"ControlNet": {"args": [{"input_image": "x", "image": "y"}]}}, [{"image": "y"}]),
    ],
)
def test_units_in_every_shape_become_a_list(scripts: dict[str, Any] | None, units: list[dict[str, Any]]) -> None:
    fields: dict[str, Any] = {"alwayson_scripts": scripts}
    units_as_list(fields)
    assert controlnet_units(fields) == units

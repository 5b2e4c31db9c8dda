"""Templates that are tried before they are saved."""

import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.drafted import drafted

PAYLOAD = {"prompt": "a cat", "steps": 4, "unknown": [1]}
UNIT = {"module": "canny", "model": "control_canny", "weight": 0.5}
KNOWN = {"photos/input_images/a/init_image.png", "photos/mask.png", "photos/pose.png"}


def file_of(mode="txt2img", **fields):
    return {"template_name": "", "template_type": mode, "options": "default", "api_model": PAYLOAD | fields}


def test_a_draft_becomes_a_template():
    template = drafted(file_of("img2img"), "photos", "mine", KNOWN)
    assert (template.name, template.folder, template.mode) == ("mine", "photos", "img2img")
    assert template.fields == PAYLOAD
    assert template.inputs.init_images == ()


def test_its_pictures_are_those_of_the_folder():
    fields = {"init_images": ["input_images/a/init_image.png", ""], "mask": "mask.png"}
    inputs = drafted(file_of("img2img", **fields), "photos", "", KNOWN).inputs
    assert inputs.init_images == ("photos/input_images/a/init_image.png",)
    assert inputs.mask == "photos/mask.png"


@pytest.mark.parametrize("args", [UNIT | {"image": "pose.png"}, [UNIT | {"image": "pose.png", "mask": None}]])
def test_units_are_a_list_with_their_pictures_taken_out(args):
    template = drafted(file_of(alwayson_scripts={"ControlNet": {"args": args}}), "photos", "", KNOWN)
    assert template.fields["alwayson_scripts"]["ControlNet"]["args"] == [UNIT]
    assert (template.inputs.unit_images, template.inputs.unit_masks) == (("photos/pose.png",), (None,))


def test_what_was_given_stays_as_it_is():
    data = file_of(mask="mask.png")
    drafted(data, "photos", "", KNOWN)
    assert data == file_of(mask="mask.png")


@pytest.mark.parametrize(
    "text", ["data:image/png;base64,AAAA", "AAAA", "other.png", "../photos/mask.png", "/etc/passwd"]
)
def test_a_picture_that_is_not_saved_is_refused_by_its_place(text):
    with pytest.raises(BadRequest) as caught:
        drafted(file_of(mask=text), "photos", "", KNOWN)
    assert caught.value.detail["field"] == "api_model.mask"
    with pytest.raises(BadRequest) as caught:
        drafted(file_of(alwayson_scripts={"controlnet": {"args": [UNIT, {"image": text}]}}), "photos", "", KNOWN)
    assert caught.value.detail["field"] == "api_model.alwayson_scripts.ControlNet.args.1.image"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (file_of(steps=0), "api_model.steps"),
        (file_of(width="wide"), "api_model.width"),
        ({"template_type": "txt2img"}, "api_model"),
        (
            file_of(alwayson_scripts={"ControlNet": {"args": [{"weight": "much"}]}}),
            "alwayson_scripts.ControlNet.args.0.weight",
        ),
    ],
)
def test_a_draft_that_could_not_be_saved_is_refused(data, field):
    with pytest.raises(BadRequest) as caught:
        drafted(data, "photos", "", KNOWN)
    assert caught.value.detail["field"] == field

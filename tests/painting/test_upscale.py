"""The order for a larger picture: its payload, where it is shown, and what is refused."""

from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.jobs import Job
from artbot_server.painting.merge import expected
from artbot_server.painting.pictures import StoredPicture
from artbot_server.painting.upscale import Upscaling, asked_before, picture_upscalers, upscale_order
from artbot_server.sd.base import Abilities

CAN = Abilities(
    upscalers=("Latent", "Latent (nearest)", "None", "Lanczos", "R-ESRGAN 4x+"),
    modes=("txt2img", "upscale"),
    max_side=2048,
)
PICTURE = StoredPicture(
    id="p1", session_id="anna", kind="picture", mime="image/png", width=600, height=402, bytes=9, job_id="j1", seed=7
)
SOURCE = Job(
    id="j1",
    session_id="anna",
    folder="animals",
    template="crayon",
    mode="txt2img",
    prompt="a cat",
    negative_prompt="dog",
    fields={},
    width=600,
    height=402,
    count=1,
    conversation_id="c1",
    reply_id="r1",
    client_sid="panel",
    callback_url="https://example.org/",
)


def order(picture=PICTURE, source=SOURCE, can=CAN, **asked):
    return upscale_order(picture, source, Upscaling(**asked), can)


def test_the_payload_is_that_of_the_extras_with_its_size():
    made = order(scale=2.5, upscaler="lanczos", gfpgan_visibility=0.5)
    assert made.payload.mode == "upscale"
    assert made.payload.fields == {
        "image": {"artbot_image": "p1"},
        "upscaling_resize": 2.5,
        "upscaler_1": "Lanczos",
        "gfpgan_visibility": 0.5,
        "width": 1496,
        "height": 1000,
        "batch_size": 1,
        "n_iter": 1,
    }
    assert expected(made.payload.fields) == (1496, 1000, 1)


def test_it_is_shown_where_its_picture_is():
    made = order()
    assert (made.prompt, made.negative_prompt, made.folder, made.template) == ("a cat", "dog", "animals", "crayon")
    assert (made.conversation_id, made.reply_id, made.image_id) == ("c1", "r1", "p1")
    assert (made.callback_url, made.client_sid) == (None, None)


def test_an_upload_has_no_words():
    made = order(source=None)
    assert (made.prompt, made.folder, made.template, made.conversation_id) == ("", "", "", None)


def test_what_was_asked_is_kept_for_the_next_time():
    asked = Upscaling(scale=3, upscaler="Lanczos")
    made = order(scale=3, upscaler="Lanczos")
    assert made.overrides == {"scale": 3, "upscaler": "Lanczos"}
    job = Job(**{name: getattr(SOURCE, name) for name in Job.__slots__} | {"overrides": made.overrides})
    assert asked_before(job) == asked


@pytest.mark.parametrize(
    ("asked", "field", "allowed"),
    [
        ({"scale": 4}, "scale", {"min": 1, "max": 3.41}),
        ({"scale": 0.5}, "scale", {"min": 1, "max": 4.0}),
        ({"scale": 5}, "scale", {"min": 1, "max": 4.0}),
        ({"scale": "2"}, "scale", {"min": 1, "max": 4.0}),
        ({"upscaler": "R-ESRGAN"}, "upscaler", ["Lanczos", "R-ESRGAN 4x+"]),
        ({"upscaler": "Latent"}, "upscaler", ["Lanczos", "R-ESRGAN 4x+"]),
        ({"codeformer_visibility": 2}, "codeformer_visibility", {"min": 0, "max": 1}),
    ],
)
def test_what_is_wrong_is_named(asked, field, allowed):
    with pytest.raises(BadRequest) as caught:
        order(**asked)
    assert (caught.value.detail["field"], caught.value.detail["allowed"]) == (field, allowed)


def test_a_speck_cannot_be_made_larger():
    with pytest.raises(BadRequest) as caught:
        order(replace(PICTURE, width=400, height=3))
    assert caught.value.detail["field"] == "image_id"


def test_painters_that_cannot_do_it_say_so():
    with pytest.raises(BadRequest) as caught:
        order(can=Abilities(modes=("txt2img",)))
    assert caught.value.detail["allowed"] == ["txt2img"]
    assert order(can=Abilities()).payload.mode == "upscale"  # nothing is known yet


def test_upscalers_of_finished_pictures():
    assert picture_upscalers(CAN) == ("Lanczos", "R-ESRGAN 4x+")

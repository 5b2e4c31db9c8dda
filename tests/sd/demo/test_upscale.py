"""The demo painter makes a picture larger."""

import base64
import io

import pytest
from PIL import Image, PngImagePlugin

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Payload, Substitution
from artbot_server.sd.demo.backend import DemoBackend
from artbot_server.sd.demo.upscale import read_upscale, upscaled


def picture(size=(100, 60), text=""):
    chunks, out = PngImagePlugin.PngInfo(), io.BytesIO()
    if text:
        chunks.add_text("parameters", text)
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, "PNG", pnginfo=chunks)
    return base64.b64encode(out.getvalue()).decode()


def painted(**fields):
    return list(DemoBackend(seconds=0.02).paint(Payload("upscale", fields), "job-1"))


def test_it_is_larger_and_says_so():
    *told, result = painted(image=picture(text="a cat\nSteps: 4, Seed: 9, Model: x"), upscaling_resize=2)
    [made] = result.pictures
    assert Image.open(io.BytesIO(made.data)).size == (200, 120)
    assert made.seed == 9
    assert made.infotext.endswith("Model: x, Postprocess upscale by: 2.0, Postprocess upscaler: Lanczos")
    assert Image.open(io.BytesIO(made.data)).info["parameters"] == made.infotext
    assert [each.fraction for each in told] == sorted(each.fraction for each in told)


def test_sides_are_cut_to_the_step_of_eight():
    image, scale = read_upscale({"image": picture((50, 33)), "upscaling_resize": 1.5})
    assert Image.open(io.BytesIO(upscaled(image, scale).data)).size == (72, 48)


def test_a_picture_without_a_text_has_none_but_that():
    *_, result = painted(image=picture())
    assert result.pictures[0].infotext == "Postprocess upscale by: 2.0, Postprocess upscaler: Lanczos"
    assert result.pictures[0].seed is None


def test_faces_are_not_restored_and_that_is_told():
    *_, result = painted(image=picture(), gfpgan_visibility=0.5, codeformer_visibility=0)
    assert result.substituted == (Substitution("gfpgan_visibility", 0.5, None),)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "image"),
        ({"image": "zzz"}, "image"),
        ({"image": picture(), "upscaling_resize": 0.5}, "upscaling_resize"),
        ({"image": picture(), "upscaling_resize": "2"}, "upscaling_resize"),
        ({"image": picture((600, 60)), "upscaling_resize": 4}, "upscaling_resize"),
        ({"image": picture(), "upscaler_1": "R-ESRGAN 4x+"}, "upscaler_1"),
    ],
)
def test_what_it_cannot_do_is_refused(fields, field):
    with pytest.raises(BackendFailed) as caught:
        painted(**fields)
    assert (caught.value.error_code, caught.value.detail["field"]) == ("backend_refused", field)

"""A finished picture made larger: what is sent, what comes back, and what is said about it."""

import base64

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.upscale import prepare_upscale, read_upscaled
from artbot_server.sd.base import Payload, Substitution
from tests.sd.automatic1111.painting import INTERRUPT, paint, payload, wait_until
from tests.sd.automatic1111.samples import IMAGE, infotext, offers
from tests.sd.fake_automatic1111.drawing import base64_png, encode

EXTRAS = "/sdapi/v1/extra-single-image"
SOURCE = base64_png((64, 48), 3, infotext(5))
DONE = "<p>Postprocess upscale by: 2.0, Postprocess upscaler: 4x-Tiny</p>"


def order(**fields):
    return prepare_upscale(Payload("upscale", {"image": SOURCE, "upscaling_resize": 2} | fields), offers())


def upscaled(backend, task="job-1", **fields):
    fields = {"image": SOURCE, "upscaling_resize": 2} | fields
    return list(backend.paint(Payload("upscale", fields), task))[-1]


def test_what_is_sent():
    made = order(upscaler_1="Lanczos", codeformer_visibility=0.5)
    assert made.path == EXTRAS
    assert made.body == {
        "image": SOURCE,
        "resize_mode": 0,
        "upscaling_resize": 2,
        "upscaler_1": "Lanczos",
        "codeformer_visibility": 0.5,
    }
    assert made.size == (128, 96)


def test_without_an_upscaler_the_first_that_is_there_is_taken():
    assert order().body["upscaler_1"] == "4x-Tiny"
    none = [{"name": "None", "model_path": None}, {"name": "Lanczos", "model_path": None}]
    made = prepare_upscale(Payload("upscale", {"image": SOURCE}), offers(upscalers=none))
    assert made.body["upscaler_1"] == "Lanczos"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"image": None}, "image"),
        ({"image": "zzz"}, "image"),
        ({"image": "http://127.0.0.1/x.png"}, "image"),
        ({"upscaling_resize": 0}, "upscaling_resize"),
        ({"upscaling_resize": "2"}, "upscaling_resize"),
        ({"upscaling_resize": True}, "upscaling_resize"),
        ({"upscaling_resize": 8, "image": base64_png((512, 8), 1, "")}, "upscaling_resize"),
        ({"upscaler_1": "None"}, "upscaler_1"),
        ({"upscaler_1": "Latent"}, "upscaler_1"),
        ({"upscaler_1": "lanczos"}, "upscaler_1"),
        ({"gfpgan_visibility": 2}, "gfpgan_visibility"),
    ],
)
def test_what_the_server_would_swallow_or_fail_on_is_refused(fields, field):
    with pytest.raises(BackendFailed) as caught:
        order(**fields)
    assert (caught.value.detail["field"], caught.value.detail["retry"]) == (field, False)


def test_the_text_is_the_small_pictures_with_what_was_done():
    larger = base64_png((128, 96), 3, infotext(5))
    result = read_upscaled({"html_info": DONE, "image": larger}, order())
    [picture] = result.pictures
    assert picture.infotext == f"{infotext(5)}, Postprocess upscale by: 2.0, Postprocess upscaler: 4x-Tiny"
    assert (picture.seed, picture.kind, result.substituted) == (5, "picture", ())


def test_a_foreign_pictures_text_is_only_that():
    result = read_upscaled({"html_info": DONE, "image": encode((128, 96), 3, "", "jpg")}, order())
    assert result.pictures[0].infotext == "Postprocess upscale by: 2.0, Postprocess upscaler: 4x-Tiny"
    assert result.pictures[0].seed is None


def test_what_differs_is_told():
    answer = {"html_info": "<p></p>", "image": base64_png((64, 48), 3, "")}
    assert read_upscaled(answer, order(gfpgan_visibility=0.5)).substituted == (
        Substitution("width", 128, 64),
        Substitution("height", 96, 48),
        Substitution("upscaler_1", "4x-Tiny", None),
        Substitution("gfpgan_visibility", 0.5, None),
    )


@pytest.mark.parametrize("answer", [None, {}, {"image": IMAGE}, {"image": "zzz", "html_info": ""}, {"image": None}])
def test_no_picture_is_a_failure(answer):
    with pytest.raises(BackendFailed) as caught:
        read_upscaled(answer, order())
    assert caught.value.detail["retry"] is True


def test_over_http(fake, backend):
    result = upscaled(backend, upscaling_resize=2.5)
    [picture] = result.pictures
    assert result.substituted == ()
    assert "Postprocess upscale by: 2.5" in picture.infotext
    [sent] = fake.bodies(EXTRAS)
    assert sent["upscaler_1"] == "4x-Tiny"


def test_closing_interrupts_it_by_turn(fake, backend):
    fake.painter.step_s = 0.4
    painting = backend.paint(Payload("upscale", {"image": SOURCE}), "job-1")
    next(painting)
    wait_until(lambda: "extras" in fake.painter.begun)
    painting.close()
    assert fake.paths("POST").count(INTERRUPT) == 1


def test_somebody_elses_interrupt_is_seen(fake, backend):
    def stopped(answer):
        fake.painter.state.interrupted = True
        return answer

    fake.change = stopped
    with pytest.raises(BackendFailed, match="interrupted"):
        upscaled(backend)


def test_an_old_interrupt_is_not_taken_for_ours(fake, backend):
    paint(backend)
    fake.painter.state.interrupted = True
    assert upscaled(backend, "job-2").pictures


def test_a_picture_of_ours_can_be_made_larger(backend):
    small = list(backend.paint(payload(), "job-1"))[-1].pictures[0]
    large = upscaled(backend, "job-2", image=base64.b64encode(small.data).decode()).pictures[0]
    assert large.seed == small.seed
    assert large.infotext.startswith(small.infotext)

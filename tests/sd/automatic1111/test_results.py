"""A 200 is held against its order."""

import base64

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.results import read_info, read_result, stopped_by_others
from artbot_server.sd.base import Result, Substitution
from tests.sd.automatic1111.samples import IMAGE, answer, infotext, order, unit


def result(made, got) -> Result:
    return read_result(got, read_info(got), made)


def told(made, got) -> dict:
    return {change.field: (change.asked, change.got) for change in result(made, got).substituted}


def failure(made, got) -> BackendFailed:
    with pytest.raises(BackendFailed) as caught:
        result(made, got)
    assert caught.value.error_code == "backend_failed"
    assert caught.value.detail["retry"] is True
    return caught.value


def test_what_came_as_asked():
    made = order(
        sampler_name="Euler", scheduler="Automatic", seed=5, override_settings={"sd_model_checkpoint": "tiny-a"}
    )
    got = result(made, answer())
    assert got.substituted == ()
    assert got.model == "tiny-a"
    assert [(p.kind, p.seed, p.infotext) for p in got.pictures] == [("picture", 5, infotext(5))]


@pytest.mark.parametrize(
    ("fields", "info", "expected"),
    [
        ({"sampler_name": "Euler a"}, {"sampler_name": "DPM++ 2M"}, {"sampler_name": ("Euler a", "DPM++ 2M")}),
        ({"sampler_index": "Euler Karras"}, {}, {"scheduler": ("Karras", "Automatic")}),
        (
            {"scheduler": "karras"},
            {"extra_generation_params": {"Schedule type": "Exponential"}},
            {"scheduler": ("Karras", "Exponential")},
        ),
        ({"scheduler": "karras"}, {"extra_generation_params": {"Schedule type": "Karras"}}, {}),
        ({"scheduler": "karras"}, {"extra_generation_params": None}, {"scheduler": ("Karras", "Automatic")}),
        ({"scheduler": "Automatic"}, {"extra_generation_params": {"Schedule type": "Karras"}}, {}),
        (
            {"override_settings": {"sd_model_checkpoint": "tiny-b"}},
            {},
            {"sd_model_checkpoint": ("tiny-b", "tiny-a")},
        ),
        ({"override_settings": {"sd_model_checkpoint": "tiny-a"}}, {"sd_model_name": "renamed"}, {}),
        ({"override_settings": {"sd_vae": "tiny.vae.pt"}}, {}, {"sd_vae": ("tiny.vae.pt", None)}),
        ({"override_settings": {"sd_vae": "tiny.vae.pt"}}, {"sd_vae_name": "tiny.vae.pt"}, {}),
        ({"seed": 6}, {}, {"seed": (6, 5)}),
        ({"seed": -1}, {}, {}),
        ({"width": 128}, {}, {"width": (128, 64)}),
        ({"width": 70}, {}, {"width": (70, 64)}),
        (
            {"enable_hr": True, "denoising_strength": 0.5},
            {},
            {"width": (128, 64), "height": (128, 64), "enable_hr": (True, None)},
        ),
        ({"alwayson_scripts": {"controlnet": unit()}}, {}, {"alwayson_scripts.controlnet": (1, 0)}),
    ],
)
def test_what_differs_is_told(fields, info, expected):
    assert told(order(**fields), answer(**info)) == expected


def test_what_was_changed_before_sending_comes_first():
    made = order(width=100, seed=6)
    assert result(made, answer(size=(96, 64))).substituted == (
        Substitution("width", 100, 96),
        Substitution("seed", 6, 5),
    )


def test_a_schedule_nobody_tells_is_no_substitution():
    assert (
        told(order(scheduler="karras"), answer(infotexts=[""], extra_generation_params={}) | {"images": [IMAGE]}) == {}
    )


def test_maps_and_grids_come_along():
    made = order(alwayson_scripts={"controlnet": unit()}, batch_size=2)
    got = result(made, answer((5, 6), front=[IMAGE], behind=[IMAGE]))
    assert [picture.kind for picture in got.pictures] == ["picture", "picture", "grid", "map"]
    assert got.pictures[3].data == base64.b64decode(IMAGE)
    assert got.substituted == ()


def test_more_pictures_than_asked_are_kept_and_told():
    made = order()
    assert told(made, answer((5, 6))) == {"count": (1, 2)}
    assert len(result(made, answer((5, 6))).pictures) == 2


def test_a_script_may_give_a_grid_alone():
    made = order(script_name="x/y/z plot")
    got = result(made, answer((1, 2), index_of_first_image=1, infotexts=["", "", ""]) | {"images": [IMAGE]})
    assert [picture.kind for picture in got.pictures] == ["grid"]
    assert got.substituted == ()


@pytest.mark.parametrize(
    "images", [[], ["zzz"], [base64.b64encode(b"hello").decode()], [None], None, "text", [{"url": "x"}]]
)
def test_no_pictures_or_broken_ones_are_a_failure(images):
    failure(order(), answer() | {"images": images})


@pytest.mark.parametrize("info", [{"index_of_first_image": "x"}, {"infotexts": 5}, {"all_seeds": 7, "infotexts": None}])
def test_lists_that_are_none_are_a_failure(info):
    failure(order(), answer(**info))


@pytest.mark.parametrize("got", [None, [], {}, {"info": None}, {"info": "{"}, {"info": "[]"}, {"info": {}}])
def test_an_answer_without_info_is_a_failure(got):
    with pytest.raises(BackendFailed) as caught:
        read_info(got)
    assert caught.value.detail["retry"] is True


def test_fewer_texts_than_asked_mean_that_somebody_interrupted():
    made = order(n_iter=3)
    assert "interrupted" in failure(made, answer((5,), all_seeds=[5, 6, 7])).message


def test_texts_without_their_pictures_are_a_broken_answer():
    got = answer((5, 6))
    failure_ = failure(order(batch_size=2), got | {"images": got["images"][:1]})
    assert "interrupted" not in failure_.message


STAMP = {"job_timestamp": "20260101000000"}


@pytest.mark.parametrize(
    ("progress", "stopped"),
    [
        ({"state": STAMP | {"interrupted": True}}, True),
        ({"state": STAMP | {"interrupted": False, "skipped": True}}, True),
        ({"state": STAMP | {"interrupted": False, "skipped": False}}, False),
        ({"state": {"job_timestamp": "20260101000001", "interrupted": True}}, False),
        ({"state": None}, False),
        (None, False),
        ([], False),
    ],
)
def test_flags_of_our_own_job_tell_that_somebody_stopped_it(progress, stopped):
    assert stopped_by_others(progress, STAMP) is stopped

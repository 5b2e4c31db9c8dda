"""What the web UI says beside painting, read and judged."""

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.answers import check_options, read_caption, read_fields, read_maps, read_rows
from artbot_server.sd.automatic1111.pictures import decode
from tests.sd.automatic1111.samples import IMAGE, offers

CURRENT = {
    "samples_format": "png", "CLIP_stop_at_last_layers": 1, "eta_ancestral": 1.0, "tiling": False, "sd_vae": None,
    "sd_model_checkpoint": "tiny-a.safetensors",
}  # fmt: skip


def test_embeddings_become_rows_and_say_which_do_not_fit():
    answer = {"loaded": {"good": {"shape": 64}}, "skipped": {"wide": {"shape": 768}}}
    assert read_rows("embeddings", answer) == [
        {"name": "good", "skipped": False, "shape": 64},
        {"name": "wide", "skipped": True, "shape": 768},
    ]


@pytest.mark.parametrize(
    ("name", "answer"),
    [("models", {"detail": "x"}), ("loras", [1]), ("embeddings", []), ("embeddings", {}), ("vaes", 5)],
)
def test_lists_of_another_shape_are_a_failure(name, answer):
    with pytest.raises(BackendFailed, match=f"list of {name} cannot be understood"):
        read_rows(name, answer)


def test_what_is_no_object_is_a_failure():
    assert read_fields("progress", {"progress": 0}) == {"progress": 0}
    with pytest.raises(BackendFailed, match="progress cannot be understood"):
        read_fields("progress", None)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"samples_format": "jpg"},
        {"CLIP_stop_at_last_layers": 2},
        {"eta_ancestral": 1},
        {"sd_vae": "any"},
        {"tiling": True},
    ],
)
def test_options_of_the_right_type_go_through(values):
    assert check_options(values, CURRENT, offers()) == values


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"samples_format": "jpg", "nope": 1}, "nope"),
        ({"CLIP_stop_at_last_layers": "two"}, "CLIP_stop_at_last_layers"),
        ({"CLIP_stop_at_last_layers": True}, "CLIP_stop_at_last_layers"),
        ({"samples_format": None}, "samples_format"),
        ({"tiling": 1}, "tiling"),
        ({"sd_model_checkpoint": "nope.safetensors"}, "sd_model_checkpoint"),
    ],
)
def test_options_that_would_harm_are_refused_by_name(values, field):
    with pytest.raises(BackendFailed) as caught:
        check_options(values, CURRENT, offers())
    assert (caught.value.error_code, caught.value.detail["field"]) == ("backend_refused", field)


@pytest.mark.parametrize("asked", ["tiny-b", "tiny-b.safetensors", "tiny-b.safetensors [0d37aea87c]"])
def test_a_checkpoint_is_set_by_its_name(asked):
    assert check_options({"sd_model_checkpoint": asked}, CURRENT, offers()) == {"sd_model_checkpoint": "tiny-b"}


def test_maps_are_files():
    [found] = read_maps({"images": [IMAGE], "info": "Success"}, 1)
    assert found == decode(IMAGE).data


@pytest.mark.parametrize(
    "answer", [None, {}, {"images": ["zzz"]}, {"images": [5]}, {"images": [IMAGE, IMAGE]}, {"images": []}]
)
def test_broken_missing_and_surplus_maps_are_a_failure(answer):
    with pytest.raises(BackendFailed):
        read_maps(answer, 1)


def test_a_caption_is_words():
    assert read_caption({"caption": " a cat \n"}) == "a cat"


@pytest.mark.parametrize("answer", [{"caption": "<error>"}, {"caption": "  "}, {"caption": None}, {}, None])
def test_a_200_without_words_is_a_failure_not_worth_a_retry(answer):
    with pytest.raises(BackendFailed) as caught:
        read_caption(answer)
    assert (caught.value.whose_fault, caught.value.detail["retry"]) == ("backend", False)

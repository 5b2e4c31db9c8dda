"""Variations: the same order with the picture's own seed and a little of others."""

from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.jobs import Job
from artbot_server.painting.vary import variations
from artbot_server.sd.base import Abilities

JOB = Job(
    id="j1",
    session_id="anna",
    folder="animals",
    template="crayon",
    mode="txt2img",
    prompt="a cat",
    fields={},
    width=64,
    height=64,
    count=4,
    overrides={"steps": 9, "batch_size": 4, "seed": 3},
    image_id="i1",
    conversation_id="c1",
    callback_url="https://example.org/",
)


def test_the_order_is_the_same_but_for_its_seeds():
    made = variations(JOB, 42, Abilities(), strength=0.3, count=3, job_id="new")
    assert made.overrides == {
        "steps": 9,
        "seed": 42,
        "subseed": -1,
        "subseed_strength": 0.3,
        "batch_size": 1,
        "n_iter": 3,
    }
    assert (made.prompt, made.folder, made.template, made.image_id) == ("a cat", "animals", "crayon", "i1")
    assert (made.conversation_id, made.job_id, made.callback_url) == ("c1", "new", None)


def test_a_little_is_enough():
    assert variations(JOB, 42, Abilities()).overrides["subseed_strength"] == 0.15


@pytest.mark.parametrize(("job", "seed"), [(replace(JOB, mode="upscale"), 42), (JOB, None)])
def test_only_what_was_painted_from_a_seed_can_vary(job, seed):
    with pytest.raises(BadRequest) as caught:
        variations(job, seed, Abilities())
    assert caught.value.detail["field"] == "image_id"

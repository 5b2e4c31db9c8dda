"""Orders made of jobs that were painted before."""

import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.again import same_again
from artbot_server.painting.jobs import Job
from artbot_server.sd.base import Abilities

ANY = Abilities()


def job(**more):
    given = {
        "id": "j", "session_id": "s", "folder": "f", "template": "t", "mode": "txt2img", "prompt": "a cat",
        "negative_prompt": "dog", "overrides": {"seed": 3, "steps": 9}, "fields": {"prompt": "a cat, fine"},
        "width": 64, "height": 64, "count": 1, "image_id": "i", "mask_id": "m", "conversation_id": "c",
        "reply_id": "r", "client_sid": "p", "callback_url": "u",
    }  # fmt: skip
    return Job(**given | more)


def test_the_order_is_the_same_but_for_its_seed():
    order = same_again(job(), {}, ANY)
    for name in ("prompt", "negative_prompt", "folder", "template", "image_id", "mask_id", "conversation_id"):
        assert getattr(order, name) == getattr(job(), name)
    assert (order.reply_id, order.client_sid, order.callback_url) == ("r", "p", "u")
    assert (order.overrides, order.payload, order.job_id) == ({"seed": -1, "steps": 9}, None, None)


def test_changes_go_before_what_was():
    order = same_again(job(), {"seed": 0, "width": 128}, ANY, "k")
    assert (order.overrides, order.job_id) == ({"seed": 0, "steps": 9, "width": 128}, "k")


def test_an_item_of_a_batch_is_made_again_alone():
    order = same_again(job(batch_id="b", place=2, label="x"), {}, ANY)
    assert (order.batch_id, order.place, order.label) == (None, None, None)


def test_a_job_without_a_template_keeps_its_payload():
    old = job(folder="", template="", fields={"prompt": "a cat", "steps": 9, "s_churn": 0.5, "seed": 3})
    payload = same_again(old, {"width": 128}, ANY).payload
    assert payload is not None
    assert (payload.fields["steps"], payload.fields["s_churn"], payload.fields["width"]) == (9, 0.5, 128)
    assert payload.fields["seed"] == -1
    with pytest.raises(BadRequest):
        same_again(old, {"width": "broad"}, ANY)

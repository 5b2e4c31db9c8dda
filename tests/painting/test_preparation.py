"""How an order becomes a job: whose picture, which template, what is asked first."""

from dataclasses import replace

import pytest

from artbot_server.errors import BadRequest, NotFound
from artbot_server.painting.orders import LAST_IMAGE, PaintOrder
from artbot_server.painting.preparation import Preparation
from artbot_server.storage.paintings import Paintings
from tests.painting.house import House


@pytest.fixture
def house(tmp_path):
    with House(tmp_path) as built:
        yield built


def preparation(house, **more):
    return Preparation(
        pictures=house.pictures,
        backends=house.backends,
        templates=house.templates,
        paintings=Paintings(house.database),
        **more,
    )


def an_order(house, **fields):
    folder, template = next(
        (folder.name, name)
        for folder in house.templates.current().folders.values()
        for name, one in folder.templates.items()
        if one.mode == "txt2img"
    )
    return PaintOrder(**{"prompt": "a fox", "folder": folder, "template": template, **fields})


def test_an_order_becomes_a_job_that_is_not_queued_yet(house):
    job = preparation(house).job("anna", an_order(house, job_id="j1", label="fox", place=3, callback_url="http://x/"))
    assert (job.id, job.session_id, job.prompt, job.label, job.place) == ("j1", "anna", "a fox", "fox", 3)
    assert job.fields["prompt"].startswith("a fox")
    with pytest.raises(NotFound):
        house.jobs.get("j1")


def test_who_admits_orders_may_change_and_refuse_them(house):
    changed = preparation(
        house, admit=lambda session_id, order: replace(order, prompt=f"{order.prompt} of {session_id}")
    )
    assert changed.job("anna", an_order(house)).prompt == "a fox of anna"

    def refuse(_session_id, _order):
        raise BadRequest("Not today.", field="prompt")

    with pytest.raises(BadRequest, match="Not today"):
        preparation(house, admit=refuse).job("anna", an_order(house))


def test_the_last_picture_of_a_conversation_without_any(house):
    for more in ({}, {"conversation_id": "c1"}):
        with pytest.raises(NotFound) as caught:
            preparation(house).job("anna", an_order(house, image_id=LAST_IMAGE, **more))
        assert caught.value.detail["field"] == "image_id"


@pytest.mark.parametrize("field", ["image_id", "mask_id"])
def test_a_picture_that_is_not_there_is_named(house, field):
    with pytest.raises(NotFound) as caught:
        preparation(house).job("anna", an_order(house, **{"image_id": None, field: "nobody"}))
    assert caught.value.detail["field"] == field


def test_an_unknown_template_is_named(house):
    with pytest.raises(NotFound) as caught:
        preparation(house).job("anna", an_order(house, template="nothing"))
    assert caught.value.detail["field"] == "template"

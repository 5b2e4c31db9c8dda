import threading
import uuid

import pytest

from artbot_server.errors import BadRequest, NotFound, TooMany, Unavailable
from artbot_server.events import PaintProgress
from artbot_server.painting.jobs import JobState
from artbot_server.painting.orders import PaintOrder
from artbot_server.sd.base import Abilities
from artbot_server.storage.claims import Claims
from tests.painting.house import House
from tests.painting.scripted_backend import ScriptedBackend
from tests.storage.stored import checked


@pytest.fixture
def claims(house):
    """A worker without threads: what it claims and ends is up to the test."""
    house.backends.seen(ScriptedBackend(), Abilities(samplers=("Euler",), models=("red-v1",), max_batch=4))
    return Claims(house.database, "w1", 60)


def keep(house, job, kind="picture", position=0):
    return house.pictures.write_files(checked(), session_id="anna", kind=kind, job_id=job.id, position=position)


def told(house):
    return [(session_id, event.name) for session_id, event in house.events]


def test_an_order_is_kept_and_told(house):
    order = PaintOrder(
        prompt="a cat",
        negative_prompt="dogs",
        folder="plain",
        template="cat",
        overrides={"width": 130, "batch_size": 3},
        conversation_id="c1",
        reply_id="r1",
        client_sid="panel",
    )
    job, position = house.queue.submit("anna", order)
    assert position == 0
    assert house.jobs.get(job.id, "anna") == job
    assert uuid.UUID(job.id)
    assert (job.prompt, job.negative_prompt, job.overrides) == ("a cat", "dogs", {"width": 130, "batch_size": 3})
    assert (job.conversation_id, job.reply_id, job.client_sid) == ("c1", "r1", "panel")
    assert (job.width, job.height, job.count, job.mode) == (128, 64, 3, "txt2img")
    assert job.fields["prompt"] == "a cat, best quality"
    assert job.substituted == [{"field": "width", "asked": 130, "got": 128}]
    session_id, event = house.events[0]
    assert session_id == "anna"
    assert event.job == house.queue.record(job)
    assert (event.job["state"], event.job["position"]) == ("queued", 0)


def test_the_same_order_again_is_not_a_second_one(house):
    job_id = str(uuid.uuid4())
    first = house.submit(job_id=job_id)
    told_before = len(house.events)
    assert house.submit(job_id=job_id, prompt="a dog", template="gone") == first
    assert house.queue.submit("anna", PaintOrder(prompt="", folder="", template="", job_id=job_id))[1] == 0
    assert len(house.events) == told_before


def test_somebody_elses_id(house):
    job = house.submit()
    with pytest.raises(BadRequest) as caught:
        house.submit("ben", job_id=job.id)
    assert caught.value.detail["field"] == "job_id"


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"folder": "nowhere"}, NotFound, "folder"),
        ({"template": "../cat"}, NotFound, "template"),
        ({"template": "photo"}, BadRequest, "image_id"),
        ({"template": "photo", "image_id": "0" * 32}, NotFound, "image_id"),
        ({"mask_id": "0" * 32}, NotFound, "mask_id"),
        ({"overrides": {"sampler_name": "Magic"}}, BadRequest, "overrides.sampler_name"),
        ({"overrides": {"batch_size": 9}}, BadRequest, "overrides.batch_size"),
    ],
)
def test_what_cannot_be_painted_is_refused_by_name(house, claims, more, error, field):
    with pytest.raises(error) as caught:
        house.submit(**more)
    assert caught.value.detail["field"] == field
    assert house.jobs.of_session("anna") == []
    assert house.events == []


def test_an_img2img_template_goes_on_from_the_conversations_last_picture(house, claims):
    first = house.submit(conversation_id="c1")
    with pytest.raises(BadRequest) as caught:
        house.submit(conversation_id="c1", template="photo")
    assert caught.value.detail["field"] == "image_id"
    picture = keep(house, first)
    claims.done(claims.claim("studio"), [picture])
    for more in ({"template": "photo"}, {"template": "photo", "image_id": "last"}, {"image_id": "last"}):
        job = house.submit(conversation_id="c1", **more)
        assert (job.mode, job.image_id) == ("img2img", picture.id)
        assert job.fields["init_images"] == [{"artbot_image": picture.id}]
    assert (
        house.submit(conversation_id="c1").image_id is None
    )  # a txt2img template paints over a picture only if told to
    for where in ({"conversation_id": "c2"}, {}):
        with pytest.raises(NotFound) as caught:
            house.submit(image_id="last", **where)
        assert caught.value.detail["field"] == "image_id"


def test_foreign_pictures_cannot_be_painted_on(house):
    foreign = house.pictures.add(house.pictures.write_files(checked(), session_id="ben", kind="upload"))
    with pytest.raises(NotFound):
        house.submit(template="photo", image_id=foreign.id)
    assert house.submit("ben", template="photo", image_id=foreign.id).mode == "img2img"


def test_a_folder_for_children_does_not_draw_everything(house):
    with pytest.raises(BadRequest) as caught:
        house.submit(folder="children", prompt="a bloody axe murder")
    assert caught.value.error_code == "unsuitable"
    assert caught.value.detail["words"]
    assert house.submit(folder="children", prompt="a happy rabbit").fields["negative_prompt"] == "blood"
    assert house.submit(folder="plain", prompt="a bloody axe murder")


def test_no_more_than_the_limit_waits(tmp_path):
    with House(tmp_path, limit=2) as house:
        house.submit()
        house.submit()
        with pytest.raises(TooMany):
            house.submit()
        assert house.submit("ben")


def test_a_job_asks_for_its_model_where_somebody_has_it(house, claims):
    assert house.submit(template="model").model == "red-v1"
    assert house.submit(template="cat").model is None
    house.backends.seen(ScriptedBackend(), Abilities(models=("blue-v1",)))
    assert house.submit(template="model").model is None


def test_a_waiting_job_is_cancelled_and_told(house):
    job = house.submit()
    assert house.queue.cancel("anna", job.id).state is JobState.CANCELLED
    assert house.states(job.id) == ["queued", "cancelled"]
    with pytest.raises(NotFound):
        house.queue.cancel("ben", job.id)


def test_cancelling_what_has_ended_says_how_it_ended(house, claims):
    job = house.submit()
    claims.done(claims.claim("studio"), [])
    assert house.queue.cancel("anna", job.id).state is JobState.DONE


def test_pictures_are_told_before_the_end(house, claims):
    job = house.submit()
    claimed = claims.claim("studio")
    kept = [keep(house, job, "grid"), keep(house, job, position=1), keep(house, job, position=2)]
    claims.done(claimed, kept)
    del house.events[:]
    house.queue.job_changed("anna", job.id)
    assert told(house)[:2] == [("anna", "images"), ("anna", "job")]
    [ready, changed] = [event for _, event in house.events[:2]]
    assert [image["id"] for image in ready.images] == [picture.id for picture in kept[1:]]
    assert ready.grid["id"] == kept[0].id
    assert changed.job["images"] == list(ready.images)
    assert changed.job["grid"] == ready.grid
    assert ready.images[0]["url"] == f"/images/{kept[1].id}/original"


def test_one_change_is_told_once(house, claims):
    job = house.submit()
    claimed = claims.claim("studio")
    claims.done(claimed, [])
    for _ in range(3):
        house.queue.job_changed("anna", job.id)
    assert house.states(job.id) == ["queued", "done"]


def test_a_deleted_job_is_not_told(house):
    with pytest.raises(NotFound):
        house.queue.job_changed("anna", "gone")
    assert house.events == []


def test_progress_is_passed_on(house):
    progress = PaintProgress("j1", 0.5, 2, 4, 1.5, b"preview")
    house.queue.progress("anna", progress)
    assert house.events == [("anna", progress)]


def test_records_for_a_snapshot(house, claims):
    first, second = house.submit(), house.submit(reply_id="r1")
    foreign = house.submit("ben")
    claimed = claims.claim("studio")
    picture = keep(house, first)
    claims.done(claimed, [picture])
    done, waiting = house.queue.records("anna")
    assert (done["job_id"], waiting["job_id"]) == (first.id, second.id)
    assert [image["id"] for image in done["images"]] == [picture.id]
    assert (done["position"], waiting["position"]) == (None, 1)
    assert waiting["eta_s"] is not None
    assert [one["job_id"] for one in house.queue.records_of_replies("anna", ["r1"])] == [second.id]
    assert house.queue.records_of_replies("ben", ["r1"]) == []
    assert [one["job_id"] for one in house.queue.records_of_ids("anna", [second.id, foreign.id])] == [second.id]
    assert [one["position"] for one in house.queue.records("ben")] == [0]
    assert foreign.id != second.id


def test_waiting_for_the_end(house, claims):
    job = house.submit()

    def work():
        claims.done(claims.claim("studio"), [])
        house.queue.job_changed("anna", job.id)

    threading.Timer(0.1, work).start()
    assert house.queue.wait("anna", job.id).state is JobState.DONE


def test_waiting_has_an_end(house):
    job = house.submit()
    with pytest.raises(Unavailable):
        house.queue.wait("anna", job.id, timeout_s=0)
    with pytest.raises(NotFound):
        house.queue.wait("ben", job.id)

import uuid

import pytest

from artbot_server.errors import BadRequest, NotFound, TooMany
from artbot_server.painting.batch_plans import BatchOrder, FolderChoice, TemplateChoice
from artbot_server.painting.jobs import JobState
from artbot_server.sd.base import Abilities
from artbot_server.storage.claims import Claims
from tests.painting.house import House
from tests.painting.scripted_backend import ScriptedBackend
from tests.storage.stored import checked


def order(*folders, templates=(), **more):
    choices = [FolderChoice(name) for name in folders]
    return BatchOrder(prompt="a cat", folders=choices, templates=[TemplateChoice(*one) for one in templates], **more)


@pytest.fixture
def claims(house):
    """A worker without threads: what it claims and ends is up to the test."""
    house.backends.seen(ScriptedBackend(), Abilities(models=("red-v1",), max_batch=4))
    return Claims(house.database, "w1", 60)


def told(house):
    return [event.batch for _, event in house.events if event.name == "batch"]


def test_a_batch_is_one_job_an_item_in_order(house):
    """R15: the calls, how many and in which order."""
    record = house.batches.submit("anna", order("plain", repeats=2, rounds=2, overrides={"steps": 3}, client_sid="p"))
    items = [(one["template"], one["round"], one["repeat"], one["state"]) for one in record["items"]]
    assert items == [
        (template, round, repeat, "queued") for round in (1, 2) for template in ("cat", "model") for repeat in (1, 2)
    ]
    assert (record["total"], record["progress"], record["state"]) == (8, 0.0, "running")
    assert record["left_out"] == [{"folder": "plain", "template": "photo"}]
    jobs = [house.jobs.get(one["job_id"], "anna") for one in record["items"]]
    assert [job.place for job in jobs] == list(range(8))
    assert {job.batch_id for job in jobs} == {record["batch_id"]}
    assert jobs[0].fields["prompt"] == "a cat, best quality"
    assert (jobs[0].fields["steps"], jobs[0].client_sid, jobs[0].label) == (3, "p", "cat")
    assert [one["batch_id"] for one in told(house)] == [record["batch_id"]]
    assert house.batches.record("anna", record["batch_id"]) == {k: v for k, v in record.items() if k != "left_out"}


def test_the_same_batch_again_is_not_a_second_one(house):
    batch_id = str(uuid.uuid4())
    first = house.batches.submit("anna", order("plain", batch_id=batch_id))
    again = house.batches.submit("anna", order("children", batch_id=batch_id))
    assert [one["job_id"] for one in again["items"]] == [one["job_id"] for one in first["items"]]
    assert len(house.jobs.of_session("anna")) == 2
    assert len(told(house)) == 1


def test_img2img_templates_alone_look_at_the_picture(house):
    picture = house.pictures.add(house.pictures.write_files(checked(), session_id="anna", kind="upload"))
    record = house.batches.submit("anna", order("plain", image_id=picture.id))
    jobs = {one["template"]: house.jobs.get(one["job_id"]) for one in record["items"]}
    assert {name: (job.mode, job.image_id) for name, job in jobs.items()} == {
        "cat": ("txt2img", None),
        "model": ("txt2img", None),
        "photo": ("img2img", picture.id),
    }


@pytest.mark.parametrize(
    ("asked", "error", "field"),
    [
        (order("plain", "nowhere"), NotFound, "folder"),
        (order("plain", templates=[("plain", "photo")]), BadRequest, "image_id"),
        (order("plain", overrides={"batch_size": 9}), BadRequest, "overrides.batch_size"),
        (order("plain", image_id="0" * 32), NotFound, "image_id"),
    ],
)
def test_what_cannot_be_painted_refuses_the_whole(house, claims, asked, error, field):
    with pytest.raises(error) as caught:
        house.batches.submit("anna", asked)
    assert caught.value.detail["field"] == field
    assert house.jobs.of_session("anna") == []
    assert house.batches.records("anna") == []
    assert house.events == []


def test_the_template_at_fault_is_named(house, claims):
    with pytest.raises(BadRequest) as caught:
        house.batches.submit("anna", order(templates=[("plain", "cat"), ("plain", "photo")]))
    assert (caught.value.detail["folder"], caught.value.detail["template"]) == ("plain", "photo")


def test_a_folder_for_children_guards_batches_too(house):
    with pytest.raises(BadRequest) as caught:
        house.batches.submit("anna", BatchOrder(prompt="a bloody axe murder", folders=[FolderChoice("children")]))
    assert caught.value.error_code == "unsuitable"


def test_a_batch_over_the_sessions_limit_is_refused_whole(tmp_path):
    with House(tmp_path, limit=5) as house:
        house.submit()
        with pytest.raises(TooMany) as caught:
            house.batches.submit("anna", order("plain", repeats=3))
        assert (caught.value.detail["limit"], caught.value.detail["room"]) == (5, 4)
        assert len(house.jobs.of_session("anna")) == 1
        assert house.batches.submit("anna", order("plain", repeats=2))["total"] == 4


def test_each_change_of_a_job_is_told_with_the_next_tick(house, claims):
    record = house.batches.submit("anna", order("plain"))
    assert house.batches.submit("ben", order("children"))
    del house.events[:]
    claimed = claims.claim("studio")
    house.queue.job_changed("anna", claimed.id)
    claims.failed(claimed, {"code": "backend_failed", "message": "No.", "detail": {}})
    house.queue.job_changed("anna", claimed.id)
    house.batches.tick()
    house.batches.tick()
    [batch] = told(house)
    assert batch["batch_id"] == record["batch_id"]
    assert [one["state"] for one in batch["items"]] == ["failed", "queued"]
    assert (batch["failed"], batch["progress"], batch["state"]) == (1, 0.5, "running")


def test_other_jobs_are_none_of_its_affair(house):
    job = house.submit()
    house.queue.cancel("anna", job.id)
    house.batches.tick()
    assert told(house) == []


def test_cancelling(house, claims):
    record = house.batches.submit("anna", order("plain", repeats=2))
    running = claims.claim("studio")
    del house.events[:]
    cancelled = house.batches.cancel("anna", record["batch_id"])
    assert cancelled["state"] == "cancelled"
    assert [one["state"] for one in cancelled["items"]] == ["running", "cancelled", "cancelled", "cancelled"]
    assert claims.renew(running).cancel_requested
    names = [event.name for _, event in house.events if event.name != "queue"]
    assert names == ["job", "job", "job", "batch"]
    assert {event.job["state"] for _, event in house.events if event.name == "job"} == {"cancelled"}
    with pytest.raises(NotFound):
        house.batches.cancel("ben", record["batch_id"])


def test_one_item_can_be_cancelled_alone(house):
    record = house.batches.submit("anna", order("plain"))
    assert house.queue.cancel("anna", record["items"][0]["job_id"]).state is JobState.CANCELLED
    house.batches.tick()
    assert [one["state"] for one in told(house)[-1]["items"]] == ["cancelled", "queued"]


def test_a_batch_that_is_gone_is_not_told(house):
    house.batches.ended("anna", "gone")
    assert house.events == []


def test_batches_of_a_session(house):
    ids = [f"123e4567-e89b-12d3-a456-42661417400{number}" for number in range(2)]
    for batch_id in ids:
        house.batches.submit("anna", order("children", batch_id=batch_id))
    house.batches.submit("ben", order("children"))
    assert [one["batch_id"] for one in house.batches.records("anna")] == ids[::-1]
    assert house.batches.records("anna", unfinished=True) == house.batches.records("anna")
    with pytest.raises(NotFound):
        house.batches.record("ben", ids[0])

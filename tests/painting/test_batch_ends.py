"""Batches from the order to their grids, with a worker in this process and workers that are killed."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from artbot_server.errors import BackendFailed
from artbot_server.painting.batch_plans import BatchOrder, FolderChoice, TemplateChoice
from artbot_server.sd.base import Picture
from tests.painting.house import until
from tests.painting.scripted_backend import ScriptedBackend, png
from tests.storage.stored import file_of

SHORT = {"lease_s": 1.5, "renew_s": 0.4, "poll_s": 0.1, "health_s": 0.5, "grace_s": 0.2}


def ordered(house, *folders, templates=(), session_id="anna", **more):
    choices = {
        "folders": [FolderChoice(one) for one in folders],
        "templates": [TemplateChoice(*one) for one in templates],
    }
    return house.batches.submit(session_id, BatchOrder(prompt="a cat", **choices, **more))


def ended(house, record, session_id="anna"):
    """The record once its end was told."""

    def look():
        return [
            event.batch
            for _, event in house.events
            if event.name == "batch" and event.batch["batch_id"] == record["batch_id"] and event.batch["ended_at"]
        ]

    return until(look)[-1]


def times_ended(house):
    return sum(event.name == "batch" and event.batch["ended_at"] is not None for _, event in house.events)


def sizes(house, record):
    found = house.pictures.of_batches([record["batch_id"]])[record["batch_id"]]
    return [Image.open(io.BytesIO(house.pictures.read(picture))).size for picture in found]


def files(root: Path):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_batch_ends_with_its_grids(house):
    house.work(ScriptedBackend())
    record = ended(house, ordered(house, "plain", repeats=2))
    assert (record["state"], record["done"], record["progress"]) == ("done", 4, 1.0)
    assert [grid["label"] for grid in record["grids"]] == ["cat", "model", "plain"]
    assert sizes(house, record) == [(128, 64), (128, 64), (20 + 2 * 148, 204)]
    assert record["grids"][0]["mime"] == "image/jpeg"
    assert record["grids"][0]["url"].startswith("/images/")
    assert house.batches.record("anna", record["batch_id"]) == record
    assert house.batches.records("anna", unfinished=True) == []
    assert times_ended(house) == 1


def test_jobs_are_painted_in_the_batchs_order(house):
    backend = ScriptedBackend(seconds=0.0)
    house.work(backend)
    record = ended(house, ordered(house, "plain", rounds=2, repeats=2))
    begun = [line.split()[1][:36] for line in backend.said if line.startswith("begun")]
    assert begun == [one["job_id"] for one in record["items"]]


def test_one_failed_item_does_not_lose_the_others(house):
    house.work(ScriptedBackend(failures=[BackendFailed("Out of memory.", retry=False)]))
    record = ended(house, ordered(house, "plain", repeats=2))
    assert [one["state"] for one in record["items"]] == ["failed", "done", "done", "done"]
    assert (record["state"], record["failed"], record["done"]) == ("done", 1, 3)
    assert [grid["label"] for grid in record["grids"]] == ["model", "plain"]


def test_a_batch_of_which_nothing_came_ends_too(house):
    house.work(ScriptedBackend(failures=[BackendFailed("No.", retry=False)] * 2))
    record = ended(house, ordered(house, "plain"))
    assert (record["state"], record["failed"], record["grids"]) == ("done", 2, [])


def test_a_cancelled_batch_has_the_grids_of_what_was_painted(house):
    class ThirdNeverEnds(ScriptedBackend):
        def paint(self, payload, task_id):
            self.endless = len(self.payloads) == 2
            return super().paint(payload, task_id)

    backend = ThirdNeverEnds()
    house.work(backend)
    record = ordered(house, templates=[("plain", "cat", 4)])
    until(lambda: len(backend.payloads) == 3)
    house.batches.cancel("anna", record["batch_id"])
    record = ended(house, record)
    assert record["state"] == "cancelled"
    assert (record["done"], record["cancelled"]) == (2, 2)
    assert sizes(house, record) == [(128, 64)]


def test_all_pictures_of_a_job_count_and_a_backends_own_grid_does_not(house):
    backend = ScriptedBackend()
    backend.pictures = [Picture(png(), kind="grid"), *[Picture(png(colour), seed=1) for colour in ("red", "lime")]]
    house.work(backend)
    record = ended(house, ordered(house, templates=[("plain", "cat")]))
    assert sizes(house, record) == [(128, 64)]


def test_single_pictures_need_no_grid(house):
    house.work(ScriptedBackend())
    record = ended(house, ordered(house, templates=[("plain", "cat")]))
    assert record["grids"] == []


def test_a_picture_whose_file_is_gone_does_not_stop_the_grid(house):
    backend = ScriptedBackend(seconds=0.3)
    house.work(backend)
    record = ordered(house, templates=[("plain", "cat", 2)])
    first = record["items"][0]["job_id"]
    [picture] = until(lambda: house.pictures.of_jobs([first])[first])
    file_of(house.data_dir, picture).unlink()
    assert sizes(house, ended(house, record)) == [(128, 64)]


# The saved tree (R17)


def test_a_saved_batch_is_a_tree_on_disk(house, tmp_path):
    saved = tmp_path / "saved"
    backend = ScriptedBackend()
    backend.pictures = [Picture(png("red")), Picture(png("lime"))]
    house.work(backend, save_dir=saved)
    record = ended(house, ordered(house, "plain", rounds=2, save=True))
    name = record["saved_to"]
    assert files(saved) == sorted(
        f"plain/output/{name}/{one}"
        for round in (1, 2)
        for one in (
            *(f"images/{template}_txt_{round}_1_{n}.png" for template in ("cat", "model") for n in (1, 2)),
            *(f"grids/{template}_sub_grid_{round}.jpg" for template in ("cat", "model")),
            f"grids/plain_grid_{round}.jpg",
        )
    )
    job_id = record["items"][0]["job_id"]
    first = house.pictures.of_jobs([job_id])[job_id][0]
    assert (saved / f"plain/output/{name}/images/cat_txt_1_1_1.png").read_bytes() == house.pictures.read(first)


def test_nothing_is_saved_unless_asked(house, tmp_path):
    house.work(ScriptedBackend(), save_dir=tmp_path / "saved")
    record = ended(house, ordered(house, "plain"))
    assert record["saved_to"] is None
    assert not (tmp_path / "saved").exists()


def test_a_worker_without_a_folder_saves_nothing(house):
    house.work(ScriptedBackend())
    record = ended(house, ordered(house, "plain", save=True))
    assert (record["saved_to"], len(record["grids"])) == (None, 1)


def test_a_folder_that_cannot_be_written_costs_the_saving_alone(house, tmp_path):
    (tmp_path / "saved").write_text("a file, not a folder")
    house.work(ScriptedBackend(), save_dir=tmp_path / "saved")
    record = ended(house, ordered(house, "plain", save=True))
    assert (record["saved_to"], record["state"], len(record["grids"])) == (None, "done", 1)


# Workers that come and go


def test_two_workers_end_each_batch_once(house):
    for name in ("one", "two"):
        house.work(ScriptedBackend(name, seconds=0.0))
    records = [ordered(house, "plain", repeats=2) for _ in range(5)]
    for record in records:
        assert len(ended(house, record)["grids"]) == 3
    assert times_ended(house) == 5
    kept = house.pictures.of_batches([record["batch_id"] for record in records])
    assert [len(grids) for grids in kept.values()] == [3] * 5


def test_a_batch_that_ended_without_a_worker_is_ended_by_the_next(house):
    record = ordered(house, "plain")
    house.batches.cancel("anna", record["batch_id"])
    house.work(ScriptedBackend())
    assert ended(house, record)["state"] == "cancelled"


@pytest.mark.long
def test_a_killed_workers_grids_are_made_by_the_next(house, tmp_path):
    """The first worker stands still in the middle of a grid: one of its pictures is a pipe that nobody writes to."""
    process = house.spawn(timing=SHORT, seconds=0.3)
    record = ordered(house, templates=[("plain", "cat", 2)])
    first = record["items"][0]["job_id"]
    [picture] = until(lambda: house.pictures.of_jobs([first])[first])
    path = file_of(house.data_dir, picture)
    data = path.read_bytes()
    path.unlink()
    os.mkfifo(path)
    until(lambda: house.batches.record("anna", record["batch_id"])["done"] == 2)
    until(lambda: house.batches._batches.get(record["batch_id"], "anna").worker)
    process.kill()
    process.wait()
    path.unlink()
    path.write_bytes(data)
    house.spawn(timing=SHORT)
    assert sizes(house, ended(house, record)) == [(128, 64)]
    assert times_ended(house) == 1
    grids = [one for one in (tmp_path / "pictures").rglob("*.jpg") if one.is_file()]
    assert len(grids) == 1


@pytest.mark.long
def test_a_batch_survives_killed_workers(house):
    record = ordered(house, "plain", repeats=3)
    for _ in range(2):
        process = house.spawn(timing=SHORT, seconds=0.5)
        until(lambda: "running" in [one["state"] for one in house.batches.record("anna", record["batch_id"])["items"]])
        process.kill()
        process.wait()
    house.spawn(timing=SHORT)
    record = ended(house, record)
    assert (record["done"], len(record["grids"])) == (6, 3)
    assert times_ended(house) == 1

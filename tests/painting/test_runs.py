import base64

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.painting.jobs import JobState
from artbot_server.sd.base import Picture
from tests.painting.house import until
from tests.painting.scripted_backend import ScriptedBackend, png


def passing(message="Busy.") -> BackendFailed:
    return BackendFailed(message, retry=True)


def test_an_order_becomes_pictures(house):
    backend = ScriptedBackend()
    house.work(backend)
    job = house.submit()
    done = house.ended(job)
    assert (done.state, done.attempt, done.backend, done.error) == (JobState.DONE, 1, "studio", None)
    said = until(lambda: house.said(job.id)[-1:] == ["done"] and house.said(job.id))
    assert said[:2] == ["queued", "running"]
    assert said[-2:] == ["images", "done"]
    assert "progress" in said
    [picture] = house.pictures.of_jobs([job.id])[job.id]
    assert house.pictures.read(picture) == backend.pictures[0].data
    assert (picture.seed, picture.infotext) == (7, "a cat\nSteps: 4, Seed: 7")
    assert done.substituted == [{"field": "sampler_name", "asked": "Euler", "got": "Euler a"}]


def test_progress_never_falls_and_brings_previews(house):
    house.work(ScriptedBackend(seconds=0.3))
    job = house.submit()
    house.ended(job)
    until(lambda: house.said(job.id)[-1:] == ["done"])
    told = [event for _, event in house.events if event.name == "progress"]
    assert [event.progress for event in told] == sorted(event.progress for event in told)
    assert told[0].preview == png("blue", (8, 8))
    assert told[-1].steps == 15


def test_the_payload_is_the_merged_template(house):
    backend = ScriptedBackend()
    house.work(backend)
    house.ended(house.submit(prompt="a cat", overrides={"steps": 9}))
    [payload] = backend.payloads
    assert payload.mode == "txt2img"
    assert (payload.fields["prompt"], payload.fields["steps"]) == ("a cat, best quality", 9)


def test_grid_and_maps_are_kept_apart(house):
    backend = ScriptedBackend()
    backend.pictures = [Picture(png("white"), "grid"), *backend.pictures * 2, Picture(png("black"), "map")]
    house.work(backend)
    job = house.submit()
    house.ended(job)
    [ready] = until(lambda: [event for _, event in house.events if event.name == "images"])
    assert len(ready.images) == 2
    assert ready.grid["id"] not in [image["id"] for image in ready.images]
    assert len(house.pictures.of_jobs([job.id])[job.id]) == 4


def test_a_failure_that_may_pass_is_tried_again(house):
    backend = ScriptedBackend(failures=[passing(), passing()])
    house.work(backend)
    job = house.submit()
    done = house.ended(job)
    assert (done.state, done.attempt) == (JobState.DONE, 3)
    tasks = [line.split()[1] for line in backend.said if line.startswith("begun")]
    assert len(set(tasks)) == 3
    until(lambda: house.states(job.id)[-1:] == ["done"])
    attempts = [event.job["attempt"] for _, event in house.events if event.name == "job"]
    assert attempts == sorted(attempts)
    assert (attempts[0], attempts[-1]) == (0, 3)


def test_three_attempts_are_enough(house):
    backend = ScriptedBackend(failures=[passing("One."), passing("Two."), passing("Three.")])
    house.work(backend)
    failed = house.ended(house.submit())
    assert (failed.state, failed.attempt) == (JobState.FAILED, 3)
    assert (failed.error["code"], failed.error["message"]) == ("backend_failed", "Three.")
    assert house.ended(house.submit()).state is JobState.DONE


def test_a_failure_that_will_not_pass_ends_the_job(house):
    backend = ScriptedBackend(failures=[BackendFailed("No such sampler.", code="backend_refused", retry=False)])
    house.work(backend)
    failed = house.ended(house.submit())
    assert (failed.state, failed.attempt, failed.error["code"]) == (JobState.FAILED, 1, "backend_refused")


@pytest.mark.parametrize("pictures", [[], [Picture(png(), "grid")], [Picture(b"<html>Bad Gateway</html>")]])
def test_a_result_without_pictures_is_no_result(house, pictures):
    backend = ScriptedBackend()
    backend.pictures = pictures
    house.work(backend)
    failed = house.ended(house.submit())
    assert (failed.state, failed.attempt, failed.error["code"]) == (JobState.FAILED, 3, "backend_failed")
    assert not [path for path in (house.data_dir / "pictures").rglob("*") if path.is_file()]


def test_a_picture_to_start_from_goes_along(house):
    backend = ScriptedBackend()
    house.work(backend)
    until(lambda: house.hub.workers)
    sent = house.upload(png("green"))
    done = house.ended(house.submit(template="photo", image_id=sent.id))
    assert done.state is JobState.DONE
    [payload] = backend.payloads
    assert payload.mode == "img2img"
    [text] = payload.fields["init_images"]
    assert base64.b64decode(text) == png("green")


def test_a_picture_to_start_from_that_is_gone(house):
    worker = house.work(ScriptedBackend())
    until(lambda: house.hub.workers)
    sent = house.upload(png())
    worker.stop()
    until(lambda: not house.hub.workers)
    job = house.submit(template="photo", image_id=sent.id)
    house.pictures.remove_files([sent.id])
    house.work(ScriptedBackend("attic"))
    failed = house.ended(job)
    assert (failed.state, failed.attempt, failed.error["code"]) == (JobState.FAILED, 1, "not_found")

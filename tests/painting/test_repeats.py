"""Again, varied, larger: with the queue, a worker and real pictures."""

import base64

import pytest

from artbot_server.errors import BadRequest, NotFound
from artbot_server.painting.jobs import JobState
from artbot_server.painting.repeats import Repeats
from artbot_server.painting.upscale import Upscaling
from artbot_server.sd.base import Abilities
from tests.painting.house import House, until
from tests.painting.scripted_backend import ScriptedBackend, png

ID = "123e4567-e89b-12d3-a456-426614174000"


@pytest.fixture
def house(tmp_path):
    with House(tmp_path) as house:
        yield house


@pytest.fixture
def repeats(house):
    return Repeats(house.queue, house.jobs, house.pictures)


@pytest.fixture
def backend(house):
    backend = ScriptedBackend()
    house.work(backend)
    until(lambda: house.hub.workers)
    return backend


def painted(house, **order):
    job = house.ended(house.submit(**order))
    return job, house.pictures.of_jobs([job.id])[job.id][0]


def test_the_same_again_with_another_seed(house, repeats, backend):
    job, _ = painted(house, overrides={"seed": 5, "steps": 3})
    again, _ = repeats.again("anna", job.id, {"steps": 4})
    assert again.overrides == {"seed": -1, "steps": 4}
    assert house.ended(again).state is JobState.DONE
    assert backend.payloads[1].fields["steps"] == 4
    assert repeats.again("anna", job.id, {"seed": 0})[0].overrides["seed"] == 0


def test_variations_of_a_picture_or_of_a_jobs_first(house, repeats, backend):
    job, picture = painted(house)
    for which in ({"image_id": picture.id}, {"job_id": job.id}):
        varied, _ = repeats.vary("anna", count=2, **which)
        assert (varied.overrides["seed"], varied.overrides["subseed_strength"], varied.count) == (7, 0.15, 2)
    assert house.ended(varied).state is JobState.DONE
    assert backend.payloads[-1].fields["subseed"] == -1


def test_a_picture_made_larger(house, repeats, backend):
    job, picture = painted(house, conversation_id="c1", reply_id="r1")
    larger, _ = repeats.upscale("anna", picture.id, Upscaling(scale=2), job_id=ID)
    assert repeats.upscale("anna", picture.id, Upscaling(scale=2), job_id=ID)[0].id == larger.id
    done = house.ended(larger)
    assert (done.state, done.mode, done.width, done.height, done.count) == (JobState.DONE, "upscale", 128, 128, 1)
    assert (done.conversation_id, done.reply_id, done.prompt) == ("c1", "r1", job.prompt)
    payload = backend.payloads[-1]
    assert payload.mode == "upscale"
    assert base64.b64decode(payload.fields["image"]) == house.pictures.read(picture)


def test_an_upload_made_larger_and_that_again(house, repeats, backend):
    sent = house.upload(png("green"))
    larger, _ = repeats.upscale("anna", sent.id, Upscaling(scale=2), client_sid="panel")
    assert (larger.folder, larger.client_sid) == ("", "panel")
    again, _ = repeats.again("anna", larger.id, {"scale": 3, "seed": -1})
    assert (again.mode, again.width, again.image_id) == ("upscale", 192, sent.id)
    with pytest.raises(BadRequest):
        repeats.again("anna", larger.id, {"scale": "much"})


def test_only_painted_pictures_vary(house, repeats, backend):
    sent = house.upload(png("green"))
    with pytest.raises(BadRequest):
        repeats.vary("anna", image_id=sent.id)
    backend.pictures = []
    with pytest.raises(NotFound):
        repeats.vary("anna", job_id=house.ended(house.submit()).id)


def test_nothing_of_another_session(house, repeats, backend):
    job, picture = painted(house)
    for act in (
        lambda: repeats.again("eve", job.id, {}),
        lambda: repeats.vary("eve", image_id=picture.id),
        lambda: repeats.vary("eve", job_id=job.id),
        lambda: repeats.upscale("eve", picture.id, Upscaling()),
        lambda: house.submit("eve", overrides={"controlnet": [{"module": "canny", "image_id": picture.id}]}),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_units_picture_is_an_earlier_one_or_an_upload(house, backend):
    _, picture = painted(house)
    sent = house.upload(png("green"))
    mask = house.upload(png("white"), kind="mask")
    units = [{"module": "canny", "image_id": picture.id}, {"module": "none", "image_id": sent.id, "mask_id": mask.id}]
    job = house.ended(house.submit(overrides={"controlnet": units}))
    assert (job.state, job.mode) == (JobState.DONE, "txt2img")
    first, second = backend.payloads[-1].fields["alwayson_scripts"]["controlnet"]["args"]
    assert base64.b64decode(first["image"]) == house.pictures.read(picture)
    assert base64.b64decode(second["image"]) == png("green")
    assert base64.b64decode(second["mask"]) == house.pictures.read(mask)


def test_words_of_the_second_pass_are_for_children_too(house):
    with pytest.raises(BadRequest) as caught:
        house.submit(folder="children", overrides={"enable_hr": True, "hr_prompt": "a gun"})
    assert (caught.value.error_code, caught.value.detail["field"]) == ("unsuitable", "overrides.hr_prompt")


def test_what_no_painter_can_do_is_said_at_once(house, repeats, backend):
    _, picture = painted(house)
    backend.can = Abilities(modes=("txt2img",))
    until(lambda: house.backends.abilities().modes)
    with pytest.raises(BadRequest):
        repeats.upscale("anna", picture.id, Upscaling())

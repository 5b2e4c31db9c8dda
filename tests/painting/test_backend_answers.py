import pytest

from artbot_server.painting.backend_answers import BackendAnswers, offers
from artbot_server.painting.backend_lists import NAMED_BY
from artbot_server.painting.picture_checks import check_picture
from artbot_server.sd.automatic1111 import Automatic1111
from artbot_server.sd.demo.backend import DemoBackend
from tests.contracts.answering_contract import picture
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.lists import lora_row


@pytest.fixture
def fake():
    with FakeAutomatic1111() as fake:
        yield fake


@pytest.fixture
def told():
    return []


@pytest.fixture
def answers(house, fake, told):
    backends = [Automatic1111(url=fake.url, name="studio"), DemoBackend()]
    return BackendAnswers(backends, house.pictures, house.backends, lambda *message: told.append(message))


@pytest.fixture
def image_id(house):
    kept = house.pictures.write_files(check_picture(picture(), 10_000), session_id="anna", kind="upload")
    return house.pictures.add(kept).id


def ask(answers, question, backend="studio", **asked):
    return answers.answer({"question": question, "backend": backend, "asked": asked})


def fault(said):
    return said["error"]["code"], said["error"]["detail"]["fault"], said["error"]["detail"].get("field")


def test_the_first_backend_answers_where_none_is_named(answers):
    for backend in (None, "studio"):
        assert ask(answers, "rows", backend, name="models")["answer"][0]["model_name"] == "tiny-a"
    assert ask(answers, "rows", "demo", name="models")["answer"][0]["model_name"] == "demo painter"
    assert fault(ask(answers, "options", "cellar")) == ("not_found", "client", "backend")


def test_no_path_of_its_disk_is_told(answers, fake):
    fake.painter.options["outdir_samples"] = "/srv/webui/outputs"
    for question, asked in [("rows", {"name": "models"}), ("rows", {"name": "loras"}), ("options", {}), ("offers", {})]:
        said = ask(answers, question, **asked)
        assert said["answer"]
        assert "/srv" not in str(said)


def test_a_refresh_is_known_to_whoever_checks_orders(answers, house, fake, told):
    fake.desk.added["/sdapi/v1/loras"] = [lora_row("new", "new")]
    said = ask(answers, "refresh", name="loras")
    assert [row["name"] for row in said["answer"]] == ["tiny-lora", "new"]
    assert "new" in house.backends.abilities().loras
    assert told == [("backends_changed", {}, b"")]


def test_settings_are_set_or_refused_by_name(answers, house, fake):
    assert ask(answers, "set_options", values={"sd_model_checkpoint": "tiny-b"}) == {"answer": None}
    assert house.backends.abilities().loaded_model == "tiny-b"
    assert fault(ask(answers, "set_options", values={"nope": 1})) == ("backend_refused", "client", "nope")


def test_progress_and_controlnet(answers):
    assert ask(answers, "progress", picture=False)["answer"]["progress"] == 0.0
    assert ask(answers, "controlnet", part="version") == {"answer": {"version": 3}}


def test_maps_are_kept_as_pictures_of_the_session(answers, house, image_id):
    order = {"module": "canny", "processor_res": 64, "threshold_a": -1, "threshold_b": -1}
    for backend in ("studio", "demo"):
        said = ask(answers, "detect", backend, session_id="anna", image_ids=[image_id, image_id], **order)
        kept = [house.pictures.get(each, "anna") for each in said["answer"]]
        assert [each.kind for each in kept] == ["map", "map"]
        assert kept[0].height == 64
        assert house.pictures.read(kept[0])
    said = ask(answers, "detect", session_id="anna", image_ids=[image_id], **order | {"module": "openpose"})
    assert fault(said)[:2] == ("backend_failed", "backend")


def test_pictures_of_other_sessions_are_not_looked_at(answers, image_id):
    said = ask(answers, "interrogate", session_id="ben", image_id=image_id, model="clip")
    assert fault(said) == ("not_found", "client", "image_id")


def test_a_picture_in_words(answers, fake, image_id):
    asked = {"session_id": "anna", "image_id": image_id, "model": "clip"}
    assert ask(answers, "interrogate", "demo", **asked) == {"answer": "a picture in dark blue and white"}
    assert fault(ask(answers, "interrogate", **asked)) == ("backend_failed", "backend", None)
    fake.desk.captions["clip"] = "a square"
    assert ask(answers, "interrogate", **asked) == {"answer": "a square"}


def test_something_else_than_a_picture_from_the_backend_is_its_fault(answers, fake, image_id):
    fake.fault("/controlnet/detect", (200, b'{"images": ["aGVsbG8="], "info": "Success"}'))
    order = {"module": "canny", "processor_res": 64, "threshold_a": -1, "threshold_b": -1}
    assert fault(ask(answers, "detect", session_id="anna", image_ids=[image_id], **order))[1] == "backend"


def test_offers_without_controlnet():
    with FakeAutomatic1111(controlnet=False) as fake:
        said = offers(Automatic1111(url=fake.url))
        assert said["controlnet"] is None
        assert set(said) == {*NAMED_BY, "controlnet"}
    assert offers(DemoBackend())["controlnet"]["units"] == 0


def test_a_backend_that_is_away(house, told):
    answers = BackendAnswers([Automatic1111(url="http://127.0.0.1:9")], house.pictures, house.backends, told.append)
    for question, asked in [("offers", {}), ("options", {}), ("refresh", {"name": "loras"})]:
        assert fault(ask(answers, question, None, **asked))[:2] == ("backend_unreachable", "backend")

from contextlib import closing
from pathlib import Path

import pytest

from artbot_server.config import Settings
from artbot_server.errors import BackendFailed, BadRequest, NotFound
from artbot_server.painting.merge import Order
from artbot_server.sd.base import Progress, Result
from artbot_server.studio import Studio
from tests.sd.fake_automatic1111 import FakeAutomatic1111

TEMPLATES = Path(__file__).parent.parent / "sd_templates"
SMALL = {"width": 64, "height": 64, "steps": 4, "batch_size": 1}


@pytest.fixture
def studio(tmp_path):
    return Studio(Settings(data_dir=tmp_path, templates_dir=TEMPLATES, demo_pace=0.0))


def test_a_prompt_is_written_piece_by_piece(studio):
    pieces = []
    found = studio.write("两只小狗在雪地里", "children-animals", pieces.append)
    assert len(pieces) > 3
    assert "two" in found.prompt and "snow" in found.prompt


def test_small_talk_holds_no_prompt(studio):
    with pytest.raises(BadRequest, match="no prompt"):
        studio.write("hello!", "landscape", lambda _: None)


def test_without_names_the_first_are_taken(studio):
    folder, template = studio.folder_and_template(None, None)
    library = studio.templates.current()
    assert folder == next(iter(library.folders))
    assert template == next(iter(library.folder(folder).templates))
    assert studio.folder_and_template("landscape", None)[0] == "landscape"
    with pytest.raises(NotFound):
        studio.folder_and_template("landscape", "storybook")


def test_an_empty_templates_folder_is_told(tmp_path):
    with pytest.raises(BadRequest, match="ARTBOT_TEMPLATES_DIR"):
        Studio(Settings(data_dir=tmp_path, templates_dir=tmp_path)).folder_and_template(None, None)


def test_it_paints_with_progress(studio):
    merged = studio.merged("landscape", "golden-hour", Order("a lake", overrides=SMALL | {"seed": 5}))
    said = list(studio.paint(merged, "t1", {}))
    assert isinstance(said[-1], Result)
    assert [picture.seed for picture in said[-1].pictures] == [5]
    assert all(isinstance(one, Progress) for one in said[:-1])


def test_closing_ends_it_early(studio):
    merged = studio.merged("landscape", "golden-hour", Order("a lake", overrides=SMALL | {"steps": 50}))
    with closing(studio.paint(merged, "t1", {})) as painting:
        first = next(painting)
    assert isinstance(first, Progress)
    assert first.fraction < 1
    with pytest.raises(StopIteration):
        next(painting)


def test_an_order_is_checked_against_the_backend(studio):
    with pytest.raises(BadRequest) as caught:
        studio.merged("landscape", "golden-hour", Order("a lake", overrides={"sampler_name": "Eulerian"}))
    assert caught.value.detail["field"] == "overrides.sampler_name"


def test_the_first_backend_that_answers_is_used(tmp_path):
    with FakeAutomatic1111() as fake:
        urls = ("http://127.0.0.1:9", fake.url)
        studio = Studio(Settings(data_dir=tmp_path, templates_dir=TEMPLATES, sd_urls=urls))
        assert studio.backend.kind == "automatic1111"
        assert studio.abilities.models


def test_when_none_answers_the_first_one_is_blamed(tmp_path):
    urls = ("http://127.0.0.1:9", "http://127.0.0.1:10")
    with pytest.raises(BackendFailed, match=r"127\.0\.0\.1:9"):
        _ = Studio(Settings(data_dir=tmp_path, templates_dir=TEMPLATES, sd_urls=urls)).backend


def test_a_picture_that_is_not_at_hand_is_told(studio):
    order = Order("a lake", overrides=SMALL, image_id="theirs")
    merged = studio.merged("landscape", "photo-to-painting", order)
    with pytest.raises(NotFound, match="no picture 'theirs'"):
        next(studio.paint(merged, "t1", {"image": b""}))

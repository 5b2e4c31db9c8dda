from urllib.parse import parse_qs, urlsplit

import pytest

from artbot_server.painting.template_files import load_library
from artbot_server.sd.base import Abilities
from artbot_server.web.template_records import picture_of, templates_json
from tests.painting.files import put, template

CAN = Abilities(
    samplers=("Euler",), schedulers=("Karras",), models=("m",), fields=("steps",), max_side=1024, max_batch=4
)


@pytest.fixture
def library(tmp_path):
    put(
        tmp_path,
        "animals/folder.toml",
        'title_en = "Animals"\ntitle_zh = "动物"\nabout_en = "Friends"\nfor_children = true\n'
        '[titles]\nphoto = { en = "From a photo", zh = "照片" }\n',
    )
    put(tmp_path, "animals/folder.webp", b"RIFF")
    put(tmp_path, "animals/crayon.json", template(width=600, height=400, batch_size=2, n_iter=2, steps=12))
    put(tmp_path, "animals/crayon.webp", b"RIFF")
    put(tmp_path, "animals/photo.json", template("img2img", init_images=["iVBORw0KGgo="]))
    put(tmp_path, "animals/bad.json", '{"api_model": {"steps": "many"}}')
    put(tmp_path, "夜 & night/城.json", template())
    put(tmp_path, "夜 & night/城.webp", b"RIFF")
    return load_library(tmp_path)


def folders(library):
    return {folder["name"]: folder for folder in templates_json(library, CAN)["folders"]}


def templates(library, folder):
    return {one["name"]: one for one in folders(library)[folder]["templates"]}


def test_the_answer_has_version_folders_and_abilities(library):
    answer = templates_json(library, CAN)
    assert answer["version"] == library.version
    assert answer["abilities"] == {
        "samplers": ["Euler"], "schedulers": ["Karras"], "models": ["m"], "fields": ["steps"],
        "max_side": 1024, "max_pixels": 2048 * 2048, "max_batch": 4,
    }  # fmt: skip


def test_a_folder_has_both_languages_and_what_it_is(library):
    folder = folders(library)["animals"]
    assert folder["title"] == {"en": "Animals", "zh": "动物"}
    assert folder["about"] == {"en": "Friends", "zh": "Friends"}
    assert folder["for_children"] is True
    bare = folders(library)["夜 & night"]
    assert bare["title"] == {"en": "夜 & night", "zh": "夜 & night"}
    assert (bare["about"], bare["for_children"], bare["picture_url"]) == ({"en": "", "zh": ""}, False, None)


def test_a_template_says_what_comes_out_of_it(library):
    record = templates(library, "animals")["crayon"]
    sizes = {name: record[name] for name in ("mode", "width", "height", "count", "steps", "broken")}
    assert sizes == {"mode": "txt2img", "width": 600, "height": 400, "count": 4, "steps": 12, "broken": None}
    assert record["title"] == {"en": "crayon", "zh": "crayon"}
    assert record["parameters"]["batch_size"] == 2


def test_parameters_hold_no_pictures(library):
    record = templates(library, "animals")["photo"]
    assert record["mode"] == "img2img"
    assert record["title"] == {"en": "From a photo", "zh": "照片"}
    assert "iVBOR" not in str(record)


def test_a_template_says_whether_it_needs_a_picture(library, tmp_path):
    assert templates(library, "animals")["photo"]["needs_image"] is False
    assert templates(library, "animals")["crayon"]["needs_image"] is False
    put(tmp_path, "animals/bare.json", template("img2img"))
    assert templates(load_library(tmp_path), "animals")["bare"]["needs_image"] is True


def test_a_broken_template_says_why_and_nothing_else(library):
    record = templates(library, "animals")["bad"]
    assert set(record) == {"name", "title", "broken"}
    assert "steps" in record["broken"]


def test_addresses_lead_to_the_pictures_whatever_their_names(library):
    for folder in templates_json(library, CAN)["folders"]:
        for record in (folder, *folder["templates"]):
            url = record.get("picture_url")
            if url is not None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
                assert query.pop("v") == library.version
                path = picture_of(library, query.pop("folder"), query.pop("template", None))
                assert path.read_bytes() == b"RIFF"
                assert query == {}
    assert templates(library, "夜 & night")["城"]["picture_url"].isascii()


@pytest.mark.parametrize(
    ("folder", "name"),
    [("nowhere", None), ("animals", "nothing"), ("animals", "photo"), ("animals", "../夜 & night/城"), ("..", None)],
)
def test_what_is_not_loaded_has_no_picture(library, folder, name):
    assert picture_of(library, folder, name) is None

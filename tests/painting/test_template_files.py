"""Real folders on disk: what loads, what is reported as broken and why, and what is shipped."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from artbot_server import errors
from artbot_server.painting.template_files import load_library, read_input, tree_stamp
from artbot_server.painting.templates import Bilingual, Folder
from tests.painting.files import ARTICLE, put, template

SHIPPED = Path(__file__).parents[2] / "sd_templates"
PICTURE = b"\x89PNG not really"
AS_TEXT = base64.b64encode(PICTURE).decode()


def only_folder(root: Path) -> Folder:
    (folder,) = load_library(root).folders.values()
    return folder


def test_the_articles_template_loads_unchanged(tmp_path: Path) -> None:
    put(tmp_path, "animals/1.json", ARTICLE)
    found = only_folder(tmp_path).templates["1"]
    assert found.fields == json.loads(ARTICLE)["api_model"]
    assert (found.name, found.folder, found.mode, found.title) == ("1", "animals", "txt2img", Bilingual("1", "1"))


def test_templates_below_a_folder_go_by_their_path(tmp_path: Path) -> None:
    put(tmp_path, "city/night/rain.json", template(prompt="rain"))
    put(tmp_path, "city/day.json", json.dumps({"template_name": "other", "api_model": {"prompt": "sun"}}))
    put(tmp_path, "city/.draft.json", "{")
    put(tmp_path, ".git/config.json", "{")
    put(tmp_path, "readme.md", "no folder")
    folder = only_folder(tmp_path)
    assert list(folder.templates) == ["day", "night/rain"]
    assert folder.broken == {}


def test_settings_system_prompt_and_pictures(tmp_path: Path) -> None:
    put(
        tmp_path,
        "animals/folder.toml",
        'title_en = "Animals"\ntitle_zh = "动物"\nabout_en = "Friendly."\nfor_children = true\nnegative_prompt = " gore "\n'
        '[titles]\nb = { en = "Bee", zh = "蜂" }\ngone = { en = "Gone", zh = "无" }\n',
    )
    put(tmp_path, "animals/system_prompt.md", "\ufeffWrite a prompt.\n")
    put(tmp_path, "animals/folder.webp", b"folder")
    picture = put(tmp_path, "animals/b.webp", b"bee")
    put(tmp_path, "animals/a.json", template())
    put(tmp_path, "animals/b.json", template())
    folder = only_folder(tmp_path)
    assert folder.title == Bilingual("Animals", "动物")
    assert folder.about == Bilingual("Friendly.", "Friendly.")
    assert (folder.for_children, folder.negative_prompt) == (True, "gore")
    assert folder.system_prompt == "Write a prompt."
    assert folder.picture == tmp_path / "animals/folder.webp"
    assert list(folder.templates) == ["b", "a"], "those with a title first"
    assert folder.templates["b"].title == Bilingual("Bee", "蜂")
    assert (folder.templates["b"].picture, folder.templates["a"].picture) == (picture, None)


def test_folders_stand_in_their_order_and_then_by_name(tmp_path: Path) -> None:
    for name, settings in {"a": "", "b": "order = 1", "c": ""}.items():
        put(tmp_path, f"{name}/folder.toml", settings)
    assert list(load_library(tmp_path).folders) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "The file is no JSON"),
        (b"\xff\xfe", "not in UTF-8"),
        ("[]", "The file: Input should be a valid dictionary"),
        ("{}", "api_model: Field required"),
        (template("video"), "template_type: Input should be 'txt2img' or 'img2img' (found 'video')"),
        (template(steps="20"), "api_model.steps: Input should be a valid integer (found '20')"),
        (template(steps=20.5), "api_model.steps"),
        (template(steps=True), "api_model.steps"),
        (template(steps=0), "api_model.steps"),
        (template(width=8), "api_model.width"),
        (template(prompt=None), "api_model.prompt"),
        (template(denoising_strength=2), "api_model.denoising_strength"),
        ('{"api_model": {"cfg_scale": NaN}}', "The file is no JSON"),
        (template(alwayson_scripts=[]), "api_model.alwayson_scripts"),
        (template(alwayson_scripts={"ControlNet": {"args": 1}}), "api_model.alwayson_scripts.ControlNet.args"),
        (
            template(alwayson_scripts={"ControlNet": {"args": {"weight": "1"}}}),
            "alwayson_scripts.ControlNet.args.0.weight",
        ),
        (
            template("img2img", init_images=["../secret.png"]),
            "init_images.0: the path '../secret.png' leaves the folder.",
        ),
        (template("img2img", init_images=["/etc/passwd.png"]), "leaves the folder"),
        (template("img2img", init_images=["gone.png"]), "there is no file 'gone.png'"),
        (template("img2img", mask="!!!"), "mask: neither a file of the folder nor base64."),
    ],
)
def test_a_broken_file_is_named_with_its_field_and_the_rest_work(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    put(tmp_path, "secret.png", PICTURE)
    put(tmp_path, "mixed/bad.json", content)
    put(tmp_path, "mixed/good.json", template())
    folder = only_folder(tmp_path)
    assert list(folder.templates) == ["good"]
    assert reason in folder.broken["bad.json"]
    assert list(folder.broken) == ["bad.json"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [("title_en =", "no TOML"), ("for_childern = true", "for_childern"), ('order = "1"', "order"), (b"\xff", "UTF-8")],
)
def test_a_folder_with_broken_settings_serves_nothing(tmp_path: Path, settings: str | bytes, reason: str) -> None:
    put(tmp_path, "animals/folder.toml", settings)
    put(tmp_path, "animals/a.json", template())
    folder = only_folder(tmp_path)
    assert folder.templates == {}
    assert reason in folder.broken["folder.toml"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "secret.png", PICTURE)
    put(tmp_path, "t/a.json", template("img2img", init_images=["link.png"]))
    os.symlink(tmp_path / "secret.png", tmp_path / "t/link.png")
    assert "leaves the folder" in only_folder(tmp_path / ".").broken["a.json"]


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    put(tmp_path, "t/a.json", template())
    os.symlink("loop.json", tmp_path / "t/loop.json")
    folder = only_folder(tmp_path)
    assert (list(folder.templates), list(folder.broken)) == (["a"], ["loop.json"])
    assert len(tree_stamp(tmp_path)) == 1


def test_fractions_and_unknown_fields_are_kept(tmp_path: Path) -> None:
    fields = {"cfg_scale": 7.5, "eta": 31337, "firstphase_width": 0, "s_churn": 0.1, "override_settings": {"a": None}}
    put(tmp_path, "t/a.json", template(**fields))
    assert only_folder(tmp_path).templates["a"].fields == fields


@pytest.mark.parametrize("text", [AS_TEXT, f"data:image/png;base64,{AS_TEXT}", "in/a.png", "in\\a.png"])
def test_input_pictures_are_paths_or_base64(tmp_path: Path, text: str) -> None:
    put(tmp_path, "t/in/a.png", PICTURE)
    put(tmp_path, "t/a.json", template("img2img", init_images=[text], mask=text))
    library = load_library(tmp_path)
    _, found = library.find("t", "a")
    assert found.fields == {}
    assert len(found.inputs.init_images) == 1
    assert read_input(library, found.inputs.init_images[0]) == AS_TEXT
    assert found.inputs.mask is not None
    assert read_input(library, found.inputs.mask) == AS_TEXT


@pytest.mark.parametrize("nothing", ["", None])
def test_an_empty_picture_is_none(tmp_path: Path, nothing: str | None) -> None:
    unit = {"image": nothing, "mask": nothing, "module": "canny"}
    put(tmp_path, "t/a.json", template("img2img", mask=nothing, alwayson_scripts={"ControlNet": {"args": unit}}))
    inputs = only_folder(tmp_path).templates["a"].inputs
    assert (inputs.init_images, inputs.mask, inputs.unit_images, inputs.unit_masks) == ((), None, (None,), (None,))


@pytest.mark.parametrize("key", ["ControlNet", "controlnet"])
@pytest.mark.parametrize("shape", [lambda unit: unit, lambda unit: [unit]])
@pytest.mark.parametrize("image", ["image", "input_image"])
def test_controlnet_units_become_a_list_without_pictures(tmp_path: Path, key: str, shape: Any, image: str) -> None:
    put(tmp_path, "t/pose.png", PICTURE)
    unit = {"module": "openpose", "weight": 1.0, image: "pose.png", "mask": AS_TEXT}
    put(tmp_path, "t/a.json", template(alwayson_scripts={key: {"args": shape(unit)}}))
    found = only_folder(tmp_path).templates["a"]
    assert found.fields["alwayson_scripts"] == {key: {"args": [{"module": "openpose", "weight": 1.0}]}}
    assert found.inputs.unit_images == ("t/pose.png",)
    assert found.inputs.unit_masks == ("t/a.json#0.mask",)


def test_an_input_picture_that_is_unknown_or_gone(tmp_path: Path) -> None:
    path = put(tmp_path, "t/a.png", PICTURE)
    put(tmp_path, "t/a.json", template("img2img", init_images=["a.png"]))
    library = load_library(tmp_path)
    with pytest.raises(errors.NotFound):
        read_input(library, "t/../secret.png")
    path.unlink()
    with pytest.raises(errors.NotFound):
        read_input(library, "t/a.png")


def test_the_version_tells_every_change_of_content_and_nothing_else(tmp_path: Path) -> None:
    path = put(tmp_path, "t/a.json", template())
    first = load_library(tmp_path).version
    path.touch()
    assert load_library(tmp_path).version == first
    put(tmp_path, "t/a.webp", b"picture")
    second = load_library(tmp_path).version
    put(tmp_path, "t/a.json", template(steps=21))
    assert len({first, second, load_library(tmp_path).version}) == 3


def test_the_stamp_tells_touched_new_and_deleted_files(tmp_path: Path) -> None:
    path = put(tmp_path, "t/a.json", template())
    stamps = [tree_stamp(tmp_path)]
    os.utime(path, ns=(1, 1))
    stamps.append(tree_stamp(tmp_path))
    put(tmp_path, "t/b.json", template())
    stamps.append(tree_stamp(tmp_path))
    path.unlink()
    os.symlink(tmp_path / "nowhere", tmp_path / "t/dangling.json")
    stamps.append(tree_stamp(tmp_path))
    assert len(set(stamps)) == 4


@pytest.mark.parametrize("read", [load_library, tree_stamp])
@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_root_that_is_no_folder_names_the_setting(tmp_path: Path, read: Any, name: str) -> None:
    put(tmp_path, "file", "")
    with pytest.raises(errors.ConfigError, match="ARTBOT_TEMPLATES_DIR"):
        read(tmp_path / name)


def test_all_that_is_shipped_loads_and_has_both_languages() -> None:
    library = load_library(SHIPPED)
    assert len(library.folders) >= 6
    for folder in library.folders.values():
        assert folder.broken == {}
        assert len(folder.templates) >= 3
        assert folder.system_prompt
        assert folder.for_children == bool(folder.negative_prompt)
        for titled in (folder, *folder.templates.values()):
            assert titled.title.en != titled.name
            assert titled.title.zh != titled.title.en
    found = [template for folder in library.folders.values() for template in folder.templates.values()]
    assert any(template.mode == "img2img" for template in found)
    assert any("{prompt}" in template.fields["prompt"] for template in found)
    for each in found:
        assert each.fields["width"] % 8 == each.fields["height"] % 8 == 0
        assert 20 <= each.fields["steps"] <= 30
    assert (SHIPPED / "children-animals/1.json").read_text(encoding="utf-8") == ARTICLE

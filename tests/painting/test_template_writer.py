"""Templates saved, copied, renamed and deleted on a real disk, and read back by the one reader there is."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from artbot_server.errors import ArtbotError, BadRequest, Conflict, NotFound, TooLarge, Unavailable
from artbot_server.painting.template_files import load_library, read_input
from artbot_server.painting.template_sources import read_source
from artbot_server.painting.template_writer import MUST_BE_NEW
from tests.painting.files import ARTICLE, put
from tests.painting.writing import article, as_text, colour_of, picture, tree, writer

RED, BLUE = (255, 0, 0), (0, 0, 255)
UNIT = {"ControlNet": {"args": {"module": "canny", "weight": 0.5}}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "animals").mkdir()
    (tmp_path / "city").mkdir()
    return tmp_path


def refused(kind: type[ArtbotError], act: Any, *arguments: Any, **named: Any) -> ArtbotError:
    with pytest.raises(kind) as caught:
        act(*arguments, **named)
    assert type(caught.value) is kind
    return caught.value


def test_r08_the_articles_example_is_saved_and_read_back_field_by_field(root: Path) -> None:
    saved = writer(root).save("animals", "1", json.loads(ARTICLE))
    assert json.loads(saved.path.read_bytes()) == json.loads(ARTICLE)
    assert load_library(root).find("animals", "1")[1].fields == json.loads(ARTICLE)["api_model"]
    again = writer(root).save("animals", "1", read_source(root, "animals", "1").data)
    assert again.version == saved.version


@pytest.mark.parametrize("kind", ["txt2img", "img2img"])
def test_r08_both_types_and_unknown_fields_are_kept(root: Path, kind: str) -> None:
    fields = {"cfg_scale": 7.5, "s_churn": 0.1, "new_field": {"a": [1, None]}, "override_settings": {"x": None}}
    template = article(**fields) | {"template_type": kind, "author": "me", "note": "一只猫"}
    writer(root).save("animals", "a", template)
    assert read_source(root, "animals", "a").data == template
    assert "一只猫" in (root / "animals/a.json").read_text("utf-8")


def test_r09_empty_names_are_the_first_free_ones(root: Path) -> None:
    put(root, "animals/template2.json", json.dumps(article()))
    names = [writer(root).save("animals", name, article()).name for name in ("", " ", "")]
    assert names == ["template1", "template3", "template4"]
    assert writer(root).copy("animals", "template1", "city", "").name == "template1"


def test_names_below_others_and_in_any_script(root: Path) -> None:
    for name in ("night/city/rain", "蜡笔画", "Wax crayon (soft)"):
        assert writer(root).save("animals", name, article()).name == name
        assert load_library(root).find("animals", name)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/x", "a/../../b", ".hidden", "a\0b", "input_images/x", "x" * 300, "con"]
)
def test_a_name_that_could_leave_the_folder_writes_nothing(root: Path, name: str) -> None:
    put(root, "animals/a.json", json.dumps(article()))
    before = tree(root.parent)
    assert refused(BadRequest, writer(root).save, "animals", name, article()).detail["field"] == "name"
    refused(BadRequest, writer(root).rename, "animals", "a", "animals", name)
    refused(BadRequest, writer(root).copy, "animals", "a", "city", name)
    assert tree(root.parent) == before


@pytest.mark.parametrize("folder", ["..", ".", "", "nothing", "animals/../city", "../" + "x"])
def test_a_folder_is_looked_up(root: Path, folder: str) -> None:
    put(root, "animals/a.json", json.dumps(article()))
    assert refused(NotFound, writer(root).save, folder, "a", article()).detail["field"] == "folder"
    refused(NotFound, writer(root).copy, "animals", "a", folder, "b")
    refused(NotFound, writer(root).delete, folder, "a")


def test_a_template_that_is_not_there(root: Path) -> None:
    for act in (writer(root).delete, lambda *names: writer(root).rename(*names, "animals", "b")):
        assert refused(NotFound, act, "animals", "../city/a").detail["field"] == "template"


def test_a_version_that_is_not_the_last_one_is_a_conflict(root: Path) -> None:
    first = writer(root).save("animals", "a", article(steps=20), MUST_BE_NEW)
    second = writer(root).save("animals", "a", article(steps=21), first.version)
    for version in (first.version, MUST_BE_NEW):
        assert (
            refused(Conflict, writer(root).save, "animals", "a", article(), version).detail["version"] == second.version
        )
    writer(root).delete("animals", "a")
    refused(Conflict, writer(root).save, "animals", "a", article(), second.version)
    writer(root).save("animals", "a", article())


def test_of_many_writers_with_one_version_one_wins(root: Path) -> None:
    first = writer(root).save("animals", "a", article(steps=1))
    outcomes = []

    def save(steps: int) -> None:
        try:
            outcomes.append(writer(root).save("animals", "a", article(steps=steps), first.version).data)
        except Conflict:
            outcomes.append(None)

    threads = [threading.Thread(target=save, args=(steps,)) for steps in range(2, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [data for data in outcomes if data]
    assert read_source(root, "animals", "a").data == won


@pytest.mark.parametrize(
    "template",
    [
        {},
        {"api_model": []},
        article(steps="20"),
        article(init_images=["gone.png"]),
        article(mask="../../secret.png"),
        article(init_images=["no base64!"]),
        article(init_images=[as_text(b"no picture")]),
        article(alwayson_scripts={"ControlNet": {"args": [{"weight": "x"}]}}),
        article(alwayson_scripts={"ControlNet": {"args": [{"image": 5}]}}),
        article(extra=float("nan")),
        article(extra="\ud800"),
    ],
    ids=lambda template: str(template)[:60],
)
def test_what_would_not_load_is_refused_and_the_old_one_stays(root: Path, template: dict[str, Any]) -> None:
    put(root.parent, "secret.png", picture())
    writer(root).save("animals", "a", article(steps=5))
    before = tree(root)
    refused(BadRequest, writer(root).save, "animals", "a", template)
    assert tree(root) == before
    assert read_source(root, "animals", "a").data["api_model"] == {"steps": 5}


def test_a_disk_that_cannot_be_written(root: Path) -> None:
    (root / "animals/a").write_text("a file where a folder should be")
    refused(Unavailable, writer(root).save, "animals", "a/b", article())
    refused(Unavailable, writer(root / "gone").save, "animals", "a", article())


# Pictures


@pytest.mark.parametrize("text", [as_text(picture()), "data:image/png;base64," + as_text(picture())])
def test_r14_base64_in_a_template_becomes_files_beside_it(root: Path, text: str) -> None:
    units = {"ControlNet": {"args": [{"module": "canny", "image": text}, {"module": "depth", "input_image": text}]}}
    fields = {"init_images": [text], "mask": text, "alwayson_scripts": units}
    writer(root).save("animals", "night/a", article(**fields) | {"template_type": "img2img"})
    own = "animals/input_images/night/a"
    names = ["control_image.png", "control_image_2.png", "init_image.png", "mask.png"]
    assert tree(root) == [*(f"{own}/{name}" for name in names), "animals/night/a.json"]
    assert read_source(root, "animals", "night/a").data["api_model"]["mask"] == "input_images/night/a/mask.png"
    library = load_library(root)
    inputs = library.find("animals", "night/a")[1].inputs
    for name in (inputs.init_images[0], inputs.mask, *inputs.unit_images):
        assert name is not None
        assert read_input(library, name) == as_text(picture())


def test_r14_paths_stay_paths(root: Path) -> None:
    put(root, "animals/pose.png", picture())
    writer(root).save("animals", "a", article(init_images=["pose.png"]))
    assert read_source(root, "animals", "a").data["api_model"]["init_images"] == ["pose.png"]


@pytest.mark.parametrize("which", ["init_image", "mask", "control_image", "control_mask"])
def test_an_input_is_set_as_png_replaced_and_taken_away(root: Path, which: str) -> None:
    put(root, "animals/a.json", json.dumps(article(alwayson_scripts=UNIT)))
    writer(root).put_picture("animals", "a", which, picture("red", "JPEG"))
    path = root / f"animals/input_images/a/{which}.png"
    assert path.read_bytes().startswith(b"\x89PNG")
    source = writer(root).put_picture("animals", "a", which, picture("blue"))
    assert source.inputs() == {which: path}
    assert colour_of(path) == BLUE
    assert writer(root).put_picture("animals", "a", which, None).inputs() == {}
    assert not path.exists()


def test_what_it_looks_like_is_kept_small_beside_it(root: Path) -> None:
    put(root, "animals/a.json", json.dumps(article()))
    source = writer(root).put_picture("animals", "a", "picture", picture())
    assert source.picture == root / "animals/a.webp"
    assert source.picture.read_bytes()[8:12] == b"WEBP"
    assert load_library(root).find("animals", "a")[1].picture == source.picture
    assert writer(root).put_picture("animals", "a", "picture", None).picture is None


def test_a_picture_that_is_none_or_has_no_place(root: Path) -> None:
    put(root, "animals/a.json", json.dumps(article()))
    before = tree(root)
    assert refused(BadRequest, writer(root).put_picture, "animals", "a", "mask", b"x").detail["field"] == "image"
    refused(TooLarge, writer(root).put_picture, "animals", "a", "mask", b"x" * 11_000_000)
    for which in ("control_image", "../../mask", "nothing"):
        error = refused(BadRequest, writer(root).put_picture, "animals", "a", which, picture())
        assert error.detail["field"] == "which"
    assert tree(root) == before


# Under another name


def with_pictures(root: Path) -> None:
    put(root, "animals/pose.png", picture("blue"))
    put(root, "animals/folder.toml", '# mine\n[titles]\na = { en = "Bee", zh = "蜂" }\n')
    text = as_text(picture("red"))
    writer(root).save("animals", "a", article(init_images=["pose.png"], mask=text) | {"author": "me"})
    writer(root).put_picture("animals", "a", "picture", picture("green"))


def test_a_copy_has_pictures_of_its_own(root: Path) -> None:
    with_pictures(root)
    copied = writer(root).copy("animals", "a", "animals", "b")
    assert copied.data["template_name"] == "b"
    assert copied.data["author"] == "me"
    assert copied.data["api_model"]["init_images"] == ["pose.png"], "it belongs to the folder"
    assert copied.data["api_model"]["mask"] == "input_images/b/mask.png"
    writer(root).delete("animals", "a")
    assert load_library(root).find("animals", "b")
    assert tree(root) == [
        f"animals/{n}" for n in ("b.json", "b.webp", "folder.toml", "input_images/b/mask.png", "pose.png")
    ]


def test_a_copy_into_another_folder_brings_every_picture(root: Path) -> None:
    with_pictures(root)
    writer(root).copy("animals", "a", "city", "night/b")
    own = "city/input_images/night/b"
    assert tree(root / "city") == [
        "input_images/night/b/init_image.png",
        "input_images/night/b/mask.png",
        "night/b.json",
        "night/b.webp",
    ]
    assert colour_of(root / own / "init_image.png") == BLUE
    assert colour_of(root / own / "mask.png") == RED
    assert load_library(root).folders["city"].broken == {}


def test_a_name_that_is_taken_is_a_conflict(root: Path) -> None:
    with_pictures(root)
    writer(root).save("city", "a", article())
    before = tree(root)
    for act in (writer(root).copy, writer(root).rename):
        for folder in ("animals", "city"):
            assert refused(Conflict, act, "animals", "a", folder, "a").detail["field"] == "name"
    assert tree(root) == before


def test_renamed_with_pictures_and_title(root: Path) -> None:
    with_pictures(root)
    writer(root).rename("animals", "a", "animals", "c")
    names = ("c.json", "c.webp", "folder.toml", "input_images/c/mask.png", "pose.png")
    assert tree(root) == [f"animals/{name}" for name in names]
    assert load_library(root).find("animals", "c")[1].title.zh == "蜂"
    assert (root / "animals/folder.toml").read_text().startswith("# mine\n")
    writer(root).rename("animals", "c", "city", "d")
    assert load_library(root).find("city", "d")[1].title.en == "Bee"
    assert load_library(root).folders["animals"].broken == {}


def test_deleted_with_its_own_pictures_and_nobody_elses(root: Path) -> None:
    with_pictures(root)
    writer(root).save("animals", "a/below", article(mask=as_text(picture())))
    writer(root).delete("animals", "a")
    assert tree(root) == [
        f"animals/{name}" for name in ("a/below.json", "folder.toml", "input_images/a/below/mask.png", "pose.png")
    ]
    writer(root).delete("animals", "a/below")
    assert sorted(path.name for path in (root / "animals").iterdir()) == ["folder.toml", "pose.png"]


def test_a_broken_template_can_be_replaced_and_deleted_but_not_copied(root: Path) -> None:
    for name in ("a", "b"):
        put(root, f"animals/{name}.json", '{"api_model": {"steps": "x"}}')
    assert "steps" in read_source(root, "animals", "a").broken
    refused(BadRequest, writer(root).copy, "animals", "a", "animals", "c")
    refused(BadRequest, writer(root).put_picture, "animals", "a", "mask", picture())
    writer(root).save("animals", "a", article(), read_source(root, "animals", "a").version)
    writer(root).delete("animals", "b")
    assert list(load_library(root).folders["animals"].templates) == ["a"]
    assert load_library(root).folders["animals"].broken == {}

"""Folders made, edited and deleted on a real disk."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from artbot_server.errors import ArtbotError, BadRequest, Conflict, NotFound, Unavailable
from artbot_server.painting.template_files import load_library
from artbot_server.painting.template_folders import FolderWriter
from tests.painting.files import put, template
from tests.painting.writing import tree

SETTINGS = {
    "title_en": "Animals",
    "title_zh": "动物",
    "for_children": True,
    "order": 3,
    "negative_prompt": 'gore, "blood"\nand \\ more',
    "titles": {"night/city": {"en": "City", "zh": "城"}, "a b": {"en": "A"}},
}


def test_a_folder_with_everything(tmp_path: Path) -> None:
    name = FolderWriter(tmp_path).create(" 动物 ", SETTINGS, "Write one prompt.\n")
    assert name == "动物"
    put(tmp_path, "动物/night/city.json", template())
    folder = load_library(tmp_path).folders["动物"]
    assert (folder.title.en, folder.title.zh, folder.for_children) == ("Animals", "动物", True)
    assert folder.negative_prompt == SETTINGS["negative_prompt"]
    assert folder.system_prompt == "Write one prompt."
    assert folder.templates["night/city"].title.zh == "城"
    assert tomllib.loads((tmp_path / "动物/folder.toml").read_text("utf-8")) == SETTINGS


def test_r09_a_folder_without_a_name_is_the_first_free_one(tmp_path: Path) -> None:
    put(tmp_path, "template_folder2/a.json", template())
    names = [FolderWriter(tmp_path).create() for _ in range(2)]
    assert names == ["template_folder1", "template_folder3"]
    assert list(load_library(tmp_path).folders) == ["template_folder1", "template_folder2", "template_folder3"]


def test_editing_keeps_comments_order_and_what_is_not_named(tmp_path: Path) -> None:
    put(
        tmp_path,
        "animals/folder.toml",
        '# by hand\norder = 5\ntitle_en = "Old" # so\n\n[titles]\na = { en = "A", zh = "甲" }\n',
    )
    put(tmp_path, "animals/system_prompt.md", "Old.")
    FolderWriter(tmp_path).edit("animals", {"title_en": "New", "order": None, "about_en": "Fine."})
    text = (tmp_path / "animals/folder.toml").read_text()
    assert text.startswith('# by hand\ntitle_en = "New" # so\n')
    folder = load_library(tmp_path).folders["animals"]
    assert (folder.title.en, folder.about.en, folder.broken, folder.system_prompt) == ("New", "Fine.", {}, "Old.")
    assert "甲" in text


def test_the_system_prompt_is_written_and_taken_away(tmp_path: Path) -> None:
    (tmp_path / "animals").mkdir()
    FolderWriter(tmp_path).edit("animals", {}, " 写一个提示词。 ")
    assert load_library(tmp_path).folders["animals"].system_prompt == "写一个提示词。"
    FolderWriter(tmp_path).edit("animals", {}, "")
    assert tree(tmp_path) == []


def refused(kind: type[ArtbotError], act: Any, *arguments: Any) -> ArtbotError:
    with pytest.raises(kind) as caught:
        act(*arguments)
    return caught.value


@pytest.mark.parametrize(
    "settings",
    [{"for_childern": True}, {"order": "1"}, {"titles": {"a": {"fr": "x"}}}, {"titles": ["a"]}, {"title_en": ["x"]}],
)
def test_settings_that_would_break_the_folder_change_nothing(tmp_path: Path, settings: dict[str, Any]) -> None:
    put(tmp_path, "animals/folder.toml", "for_children = true\n")
    assert refused(BadRequest, FolderWriter(tmp_path).edit, "animals", settings).detail["field"] == "folder"
    assert refused(BadRequest, FolderWriter(tmp_path).create, "new", settings)
    assert tree(tmp_path) == ["animals/folder.toml"]
    assert not (tmp_path / "new").exists()
    assert load_library(tmp_path).folders["animals"].for_children


def test_a_file_that_is_broken_is_left_to_whoever_wrote_it(tmp_path: Path) -> None:
    path = put(tmp_path, "animals/folder.toml", "title_en =")
    refused(BadRequest, FolderWriter(tmp_path).edit, "animals", {"order": 1})
    assert path.read_text() == "title_en ="


@pytest.mark.parametrize("name", ["..", ".git", "a/b", "con", "a\0b"])
def test_names_go_through_the_rule(tmp_path: Path, name: str) -> None:
    assert refused(BadRequest, FolderWriter(tmp_path).create, name).detail["field"] == "folder"
    assert refused(NotFound, FolderWriter(tmp_path).edit, name, {}).detail["field"] == "folder"
    refused(NotFound, FolderWriter(tmp_path).delete, name)


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    put(tmp_path, "animals", "a file")
    assert refused(Conflict, FolderWriter(tmp_path).create, "animals").detail["field"] == "name"


def test_only_an_empty_folder_goes_without_a_word(tmp_path: Path) -> None:
    put(tmp_path, "animals/a.json", template())
    put(tmp_path, "animals/input_images/a/mask.png", b"x")
    put(tmp_path, "empty/folder.toml", "")
    FolderWriter(tmp_path).delete("empty")
    assert refused(Conflict, FolderWriter(tmp_path).delete, "animals").detail["templates"] == 1
    FolderWriter(tmp_path).delete("animals", with_templates=True)
    assert list(tmp_path.iterdir()) == []


def test_a_root_that_is_gone(tmp_path: Path) -> None:
    refused(Unavailable, FolderWriter(tmp_path / "gone").create, "a")

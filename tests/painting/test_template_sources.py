"""Templates as their files are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from artbot_server.errors import NotFound, Unavailable
from artbot_server.painting.template_sources import folder_path, read_source
from tests.painting.files import put, template


def test_a_file_with_all_that_lies_beside_it(tmp_path: Path) -> None:
    picture = put(tmp_path, "t/in/a.png", b"1")
    look = put(tmp_path, "t/night/a.webp", b"2")
    put(
        tmp_path, "t/night/a.JSON", "\ufeff" + template("img2img", init_images=["in\\a.png"], mask="QUJD", new={"x": 1})
    )
    source = read_source(tmp_path, "t", "night/a")
    assert (source.name, source.folder, source.picture, source.broken) == ("night/a", "t", look, "")
    assert source.inputs() == {"init_image": picture, "mask": "QUJD"}
    assert source.data["api_model"]["new"] == {"x": 1}


def test_the_version_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = put(tmp_path, "t/a.json", template())
    first = read_source(tmp_path, "t", "a").version
    path.touch()
    assert read_source(tmp_path, "t", "a").version == first
    put(tmp_path, "t/a.json", template(steps=2))
    assert read_source(tmp_path, "t", "a").version != first


@pytest.mark.parametrize("text", ["{", "[1]", '{"api_model": {"steps": 0}}', template(init_images=["gone.png"])])
def test_a_broken_one_says_why_and_keeps_what_can_be_read(tmp_path: Path, text: str) -> None:
    put(tmp_path, "t/a.json", text)
    source = read_source(tmp_path, "t", "a")
    assert source.broken.endswith(".")
    assert source.inputs() == {}
    assert isinstance(source.data, dict)


@pytest.mark.parametrize("name", ["b", "../t/a", "a.json", "./a", ""])
def test_names_are_looked_up_and_not_joined(tmp_path: Path, name: str) -> None:
    put(tmp_path, "t/a.json", template())
    put(tmp_path, ".git/a.json", template())
    with pytest.raises(NotFound) as caught:
        read_source(tmp_path, "t", name)
    assert caught.value.detail == {"field": "template", "allowed": ["a"]}
    for folder in (".git", "../" + tmp_path.name, "", "t/"):
        with pytest.raises(NotFound):
            folder_path(tmp_path, folder)


def test_what_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    put(tmp_path, "t/a.json", template())
    os.symlink("loop.json", tmp_path / "t/loop.json")
    with pytest.raises(Unavailable):
        read_source(tmp_path, "t", "loop")
    with pytest.raises(Unavailable):
        read_source(tmp_path / "gone", "t", "a")

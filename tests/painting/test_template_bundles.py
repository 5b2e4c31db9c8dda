"""Templates as one file: out of one folder, into another, and what strangers may send."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.template_bundles import MOST_BYTES, pack, unpack
from artbot_server.painting.template_files import load_library
from artbot_server.painting.template_sources import read_source
from tests.painting.files import ARTICLE, put, template
from tests.painting.writing import article, as_text, colour_of, picture, tree, writer


def zipped(**files: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def test_a_plain_template_is_its_own_file(tmp_path: Path) -> None:
    put(tmp_path, "animals/1.json", ARTICLE)
    name, data = pack(read_source(tmp_path, "animals", "1"))
    assert (name, data) == ("1.json", ARTICLE.encode())
    bundle = unpack(data, "C:\\Downloads\\mine.json")
    assert (bundle.name, bundle.template, bundle.pictures) == ("mine", json.loads(ARTICLE), {})


def test_with_pictures_it_travels_as_a_zip_that_can_be_unpacked_by_hand(tmp_path: Path) -> None:
    here, there, by_hand = (tmp_path / name for name in ("here", "there", "by_hand"))
    for root in (here, there, by_hand):
        (root / "animals").mkdir(parents=True)
    put(here, "animals/pose.png", picture("blue"))
    unit = {"ControlNet": {"args": [{"module": "canny", "image": "pose.png"}, {"module": "x", "image": "pose.png"}]}}
    fields = {"init_images": [as_text(picture("red"))] * 2, "alwayson_scripts": unit}
    writer(here).save("animals", "night/a", article(**fields))
    writer(here).put_picture("animals", "night/a", "picture", picture("green"))
    name, data = pack(read_source(here, "animals", "night/a"))
    assert name == "a.zip"

    bundle = unpack(data, name)
    assert bundle.name == "night/a"
    writer(there).save("animals", "b", bundle.template, pictures=bundle.pictures)
    own = "animals/input_images/b"
    pictures = ["control_image.png", "control_image_2.png", "init_image.png", "init_image_2.png"]
    assert tree(there) == ["animals/b.json", "animals/b.webp", *(f"{own}/{name}" for name in pictures)]
    assert colour_of(there / own / "control_image_2.png") == (0, 0, 255)

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(by_hand / "animals")
    assert load_library(by_hand).find("animals", "night/a")[1].inputs.unit_images == ("animals/pose.png",) * 2


def test_r14_pictures_written_into_a_template_are_taken_out(tmp_path: Path) -> None:
    (tmp_path / "animals").mkdir()
    bundle = unpack(json.dumps(article(init_images=[as_text(picture("red"))], mask=as_text(picture("blue")))).encode())
    assert bundle.pictures == {"init_image": picture("red"), "mask": picture("blue")}
    assert len(json.dumps(bundle.template)) < 300
    saved = writer(tmp_path).save("animals", "a", bundle.template, pictures=bundle.pictures)
    assert sorted(saved.inputs()) == ["init_image", "mask"]


def test_a_zip_of_a_folder_as_a_file_manager_makes_it(tmp_path: Path) -> None:
    files = {
        "mine/a.json": template("img2img", init_images=["in/x.png"]),
        "mine/in/x.png": picture(),
        "mine/.DS_Store": "x",
        "__MACOSX/mine/._a.json": "x",
    }
    bundle = unpack(zipped(**files))
    assert (bundle.name, bundle.pictures) == ("mine/a", {"init_image": picture()})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "neither a zip file nor JSON"),
        (b"PK\x03\x04 cut", "broken"),
        (zipped(**{"a.json": ARTICLE})[:-30], "broken"),
        (b"[]", "no template"),
        (b'{"api_model": {"steps": 0}}', "steps"),
        (template(init_images=["x.png"]).encode(), "send a zip"),
        (zipped(**{"readme.txt": "x"}), "has 0"),
        (zipped(**{"a.json": ARTICLE, "b.json": ARTICLE}), "has 2"),
        (zipped(**{"a.json": template(init_images=["x.png"])}), "lacks the picture 'x.png'"),
        (zipped(**{"a.json": template(mask="../../secret.png")}), "lacks the picture"),
        (zipped(**{"a.json": template(alwayson_scripts={"ControlNet": {"args": [{"image": 5}]}})}), "image"),
    ],
)
def test_what_is_no_template_says_why(data: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        unpack(data)
    assert caught.value.detail["field"] == "file"


def test_a_zip_with_a_password_and_one_that_lies_about_its_sizes() -> None:
    data = bytearray(zipped(**{"a.json": ARTICLE}))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1  # encrypted
    with pytest.raises(BadRequest):
        unpack(bytes(data))
    data[central + 8] &= ~1
    data[central + 24 : central + 28] = (50).to_bytes(4, "little")  # unpacked size
    with pytest.raises(BadRequest):
        unpack(bytes(data))


def test_too_much_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge):
        unpack(zipped(**{"a.json": ARTICLE, "big.png": b"\0" * (MOST_BYTES + 1)}))
    with pytest.raises(TooLarge):
        unpack(zipped(**{"a.json": ARTICLE, **{f"{number}.png": "" for number in range(300)}}))


def test_a_broken_template_is_not_shared(tmp_path: Path) -> None:
    put(tmp_path, "animals/a.json", "{")
    with pytest.raises(BadRequest):
        pack(read_source(tmp_path, "animals", "a"))

import argparse
import io
import json
import os
import pty
import signal
import subprocess
import termios
import time

import pytest
from PIL import Image

from artbot_server.commands.paint import overrides_of, picture_file
from artbot_server.errors import BadRequest
from tests.commands.run_artbot import ROOT, RUN, artbot, environ
from tests.sd.fake_automatic1111 import FakeAutomatic1111

SMALL = ("--set", "width=64", "--set", "height=64", "--set", "steps=4")


def png(path, size=(64, 64), colour=(200, 120, 40)):
    Image.new("RGB", size, colour).save(path)
    return path


def test_words_become_pictures_in_files(tmp_path):
    code, out, err = artbot(
        "paint", "一只在花园里的橙色小猫", "--count", "2", "--seed", 7, *SMALL, "--out", tmp_path / "a", folder=tmp_path
    )
    assert (code, err) == (0, "")
    paths = out.splitlines()
    assert [os.path.basename(path) for path in paths] == ["storybook_7.png", "storybook_8.png"]
    for path in paths:
        with Image.open(path) as image:
            assert image.size == (64, 64)
            assert "orange kitten" in image.info["parameters"] or "orange cat" in image.info["parameters"]
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"storybook_7.png", "storybook_8.png"}


def test_a_second_run_keeps_what_is_there(tmp_path):
    names = []
    for _ in range(2):
        _, out, _ = artbot("paint", "a fox", "--seed", 7, "--count", 1, *SMALL, "--out", tmp_path, folder=tmp_path)
        names.append(os.path.basename(out.strip()))
    assert names == ["storybook_7.png", "storybook_7_2.png"]
    assert (tmp_path / names[0]).read_bytes() == (tmp_path / names[1]).read_bytes()


def test_for_scripts_it_prints_one_document(tmp_path):
    code, out, _ = artbot(
        *(
            "paint",
            "red boots, studio light",
            "--as-is",
            "--folder",
            "landscape",
            "--template",
            "golden-hour",
            "--json",
        ),
        *("--negative", "people", "--set", "width=65", "--set", "height=64", "--set", "batch_size=1"),
        *("--out", tmp_path),
        folder=tmp_path,
    )
    told = json.loads(out)
    assert code == 0
    assert (told["ok"], told["prompt"], told["negative_prompt"]) == (True, "red boots, studio light", "people")
    assert (told["folder"], told["template"], told["backend"]) == ("landscape", "golden-hour", "demo")
    assert told["substituted"] == [{"field": "width", "asked": 65, "got": 64}]
    (picture,) = told["pictures"]
    assert (picture["width"], picture["height"]) == (64, 64)
    assert os.path.isfile(picture["path"])
    assert picture["infotext"].startswith("red boots, studio light, landscape photography")


def test_a_picture_is_worked_on_where_the_mask_is_white(tmp_path):
    source, mask = png(tmp_path / "source.png"), tmp_path / "mask.png"
    half = Image.new("L", (64, 64), 0)
    half.paste(255, (32, 0, 64, 64))
    half.save(mask)
    code, out, _ = artbot(
        *("paint", "blue water", "--as-is", "--image", source, "--mask", mask, "--count", 1, *SMALL),
        *("--set", "denoising_strength=1", "--set", "mask_blur=0", "--out", tmp_path / "out"),
        folder=tmp_path,
    )
    assert code == 0
    with Image.open(out.strip()) as image:
        left, right = image.convert("RGB").getpixel((8, 32)), image.convert("RGB").getpixel((56, 32))
    assert max(abs(a - b) for a, b in zip(left, (200, 120, 40), strict=True)) < 12
    assert max(abs(a - b) for a, b in zip(right, (200, 120, 40), strict=True)) > 12


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--folder", "nowhere"), "There is no folder 'nowhere'."),
        (("--template", "nothing"), "There is no template 'nothing'."),
        (("--set", "steps"), "--set takes NAME=VALUE, not 'steps'."),
        (("--set", "stepz=3"), "Stepz cannot be changed here; did you mean steps?"),
        (("--image", "/nowhere/a.png"), "/nowhere/a.png cannot be read: No such file or directory."),
        (("--model", "sdxl"), "Model cannot be changed here."),
    ],
)
def test_what_cannot_be_is_one_sentence_and_code_1(tmp_path, arguments, sentence):
    code, out, err = artbot("paint", "a cat", "--as-is", *arguments, "--out", tmp_path / "out", folder=tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith("artbot: ")
    assert sentence in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_scripts_get_errors_as_json_too(tmp_path):
    code, out, _ = artbot("paint", "a cat", "--folder", "nowhere", "--json", folder=tmp_path)
    error = json.loads(out)["error"]
    assert (code, error["code"], error["detail"]["field"]) == (1, "not_found", "folder")


def test_a_server_that_is_away_is_named(tmp_path):
    code, _, err = artbot("paint", "a cat", "--as-is", folder=tmp_path, ARTBOT_SD_URL="http://127.0.0.1:9")
    assert code == 1
    assert "127.0.0.1:9" in err


def test_the_first_server_that_answers_paints(tmp_path):
    with FakeAutomatic1111() as fake:
        code, out, err = artbot(
            *("paint", "a cat", "--as-is", "--count", 1, *SMALL, "--out", tmp_path),
            folder=tmp_path,
            ARTBOT_SD_URL=f"http://127.0.0.1:9,{fake.url}",
        )
    assert (code, err) == (0, "")
    with Image.open(out.strip()) as image:
        assert image.info["parameters"].startswith("a cat, ")


def test_words_that_do_not_suit_children_are_not_painted(tmp_path):
    for how in ((), ("--as-is",)):
        code, _, err = artbot("paint", "a bloody knife", *how, "--folder", "children-animals", folder=tmp_path)
        assert code == 1
        assert err.startswith("artbot: ")


def test_at_a_terminal_the_prompt_and_a_bar_are_shown_while_files_go_to_stdout(tmp_path):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = subprocess.Popen(
        [*RUN, "paint", "a cat", "--count", "1", *SMALL, "--out", str(tmp_path)],
        cwd=ROOT,
        env=environ(tmp_path, ARTBOT_DEMO_PACE="0.2", TERM="xterm"),
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # how a closed terminal ends on Linux
            break
        if not piece:
            break
        shown += piece
    out, _ = process.communicate(timeout=30)
    os.close(ours)
    assert process.returncode == 0
    assert out.decode().strip().endswith(".png")
    assert b"cat" in shown
    assert b"%" in shown and b"children-animals/storybook" in shown


def test_an_interrupt_ends_it_with_130_and_leaves_no_file(tmp_path):
    process = subprocess.Popen(
        [*RUN, "paint", "a cat", "--as-is", "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env=environ(tmp_path, ARTBOT_DEMO_PACE="10"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=40)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("pairs", "overrides"),
    [
        (["steps=30", "cfg_scale=7.5"], {"steps": 30, "cfg_scale": 7.5}),
        (["sampler_name=Euler a"], {"sampler_name": "Euler a"}),
        (["tiling=true", 'styles=["a","b"]'], {"tiling": True, "styles": ["a", "b"]}),
        (["hr_upscaler=x=y"], {"hr_upscaler": "x=y"}),
    ],
)
def test_values_are_read_as_json_where_they_are_and_as_text_otherwise(pairs, overrides):
    arguments = argparse.Namespace(set=pairs, seed=None, count=None, model=None)
    assert overrides_of(arguments) == overrides


def test_arguments_of_their_own_win(tmp_path):
    arguments = argparse.Namespace(set=["seed=1"], seed=2, count=3, model="m")
    assert overrides_of(arguments) == {"seed": 2, "batch_size": 3, "model": "m"}


def test_what_is_no_picture_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("hello")
    with pytest.raises(BadRequest, match="picture"):
        picture_file(path, "image")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    assert picture_file(path, "image") == buffer.getvalue()

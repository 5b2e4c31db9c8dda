import json
import os
import signal
import subprocess
import time

import pytest
from PIL import Image

from artbot_server.commands import paint
from artbot_server.errors import ArtbotError, BadRequest, EngineFailed
from tests.commands.run_artbot import ROOT, RUN, artbot, at_a_terminal, environ, run_here
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
        (("--set", "stepz=3"), "Stepz cannot be changed here; did you mean steps?"),
        (("--image", "/nowhere/a.png"), "/nowhere/a.png cannot be read: No such file or directory."),
        (("--model", "sdxl"), "There is no model 'sdxl'."),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, arguments, sentence):
    with pytest.raises(ArtbotError) as caught:
        run_here(paint, "a cat", "--as-is", *arguments, "--out", tmp_path / "out")
    assert sentence in caught.value.message
    assert not (tmp_path / "out").exists()


def test_what_it_cannot_do_ends_it_with_code_1(tmp_path):
    code, out, err = artbot("paint", "a cat", "--as-is", "--folder", "nowhere", folder=tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith("artbot: There is no folder 'nowhere'. There is: children-animals, landscape, ")


@pytest.mark.parametrize("wrong", [("--count", 99), ("--set", "sampler_name=Nope"), ("--out", __file__)])
def test_what_cannot_be_is_told_before_the_writer_is_asked(tmp_path, wrong):
    model = {"openai_api_key": "sk-none", "openai_base_url": "http://127.0.0.1:9/v1"}
    with pytest.raises(BadRequest):
        run_here(paint, "a cat", *wrong, **model)
    with pytest.raises(EngineFailed):
        run_here(paint, "a cat", "--out", tmp_path, **model)


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
        with pytest.raises(BadRequest, match="children"):
            run_here(paint, "a bloody knife", *how, "--folder", "children-animals", "--out", tmp_path)


def test_at_a_terminal_the_prompt_and_a_bar_are_shown_while_files_go_to_stdout(tmp_path):
    code, out, shown = at_a_terminal(
        *("paint", "a cat", "--count", 1, *SMALL, "--out", tmp_path), folder=tmp_path, ARTBOT_DEMO_PACE="0.2"
    )
    assert code == 0
    assert out.strip().endswith(".png")
    assert "cat" in shown
    assert "%" in shown and "children-animals/storybook" in shown


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


def test_words_come_from_stdin_too(tmp_path):
    code, out, _ = artbot(
        *("paint", "-", "--as-is", "--count", 1, "--json", *SMALL, "--out", tmp_path / "out"),
        folder=tmp_path,
        typed="两只猫\n",
    )
    told = json.loads(out)
    assert (code, told["prompt"], len(told["pictures"])) == (0, "两只猫", 1)


def test_words_on_stdin_have_to_be_text(tmp_path):
    code, out, err = artbot("paint", "-", folder=tmp_path, typed="\udcff")
    assert (code, out, err) == (1, "", "artbot: The words on stdin have to be UTF-8.\n")


@pytest.mark.parametrize("asked", ["tiny-b", "tiny-b.safetensors [0d37aea87c]", "0d37aea87c"])
def test_a_model_goes_by_its_name_its_title_and_its_hash(tmp_path, capsys, asked):
    with FakeAutomatic1111() as fake:
        fake.generator.loaded.add("tiny-b")
        arguments = ("a cat", "--as-is", "--model", asked, "--count", 1, "--json", *SMALL, "--out", tmp_path)
        assert run_here(paint, *arguments, sd_urls=(fake.url,)) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "tiny-b"


def test_what_is_wrong_with_templates_is_on_stderr_and_results_stay_json(tmp_path):
    folder = tmp_path / "templates" / "mine"
    folder.mkdir(parents=True)
    (folder / "good.json").write_text((ROOT / "sd_templates/landscape/gouache.json").read_text())
    (folder / "bad.json").write_text("{")
    code, out, err = artbot(
        *("paint", "a cat", "--as-is", "--count", 1, "--json", *SMALL, "--out", tmp_path / "out"),
        folder=tmp_path,
        ARTBOT_TEMPLATES_DIR=str(tmp_path / "templates"),
    )
    assert (code, json.loads(out)["template"]) == (0, "good")
    assert "bad.json" in err

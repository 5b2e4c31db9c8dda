import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from PIL import Image

from artbot_server.commands import batch
from artbot_server.errors import ArtbotError
from tests.commands.run_artbot import ROOT, RUN, artbot, at_a_terminal, environ, run_here
from tests.sd.fake_automatic1111 import FakeAutomatic1111

SMALL = ("--set", "width=64", "--set", "height=64", "--set", "steps=2", "--count", 1)
TWO = ("--templates", "landscape/gouache,landscape/golden-hour")
TXT2IMG = "/sdapi/v1/txt2img"


def below(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_words_become_the_articles_tree_with_its_grids(tmp_path):
    root = tmp_path / "out"
    code, out, err = artbot(
        *("batch", "湖边的日落", *TWO, "--repeats", 2, *SMALL, "--seed", 7, "--language", "zh", "--out", root),
        folder=tmp_path,
    )
    assert (code, err) == (0, "")
    paths = [Path(line).relative_to(root) for line in out.splitlines()]
    name = paths[0].parts[2]
    at = f"landscape/output/{name}"
    assert [str(path) for path in paths] == [
        *(f"{at}/images/{one}.png" for one in ("gouache_txt_1_1_1", "gouache_txt_1_2_1")),
        *(f"{at}/images/{one}.png" for one in ("golden-hour_txt_1_1_1", "golden-hour_txt_1_2_1")),
        *(f"{at}/grids/{one}.jpg" for one in ("gouache_sub_grid_1", "golden-hour_sub_grid_1", "landscape_grid_1")),
    ]
    assert below(root) == sorted(map(str, paths))
    for path in paths[:4]:
        with Image.open(root / path) as image:
            assert "a beautiful lake" in image.info["parameters"]
            assert f"Seed: {7 if '_1_1_1' in path.name else 8}," in image.info["parameters"]


def test_one_that_fails_is_code_1_and_the_rest_is_there(tmp_path):
    with FakeAutomatic1111() as fake:
        fake.fault(TXT2IMG, "pass", (500, b'{"error": "X", "errors": "boom"}'), "pass")
        code, out, err = artbot(
            *("batch", "a lake", "--as-is", "--templates", "landscape/gouache", "--repeats", 3, *SMALL),
            *("--out", tmp_path / "out", "--json"),
            folder=tmp_path,
            ARTBOT_SD_URL=fake.url,
        )
    told = json.loads(out)
    assert (code, told["ok"], told["prompt"]) == (1, False, "a lake")
    assert [told[name] for name in ("total", "done", "failed", "cancelled")] == [3, 2, 1, 0]
    assert [(item["repeat"], item["state"], len(item["pictures"])) for item in told["items"]] == [
        *((1, "done", 1), (2, "failed", 0), (3, "done", 1)),
    ]
    assert "boom" in told["items"][1]["error"]["message"]
    assert [grid["label"] for grid in told["grids"]] == ["gouache"]
    kept = [picture["path"] for item in told["items"] for picture in item["pictures"]] + [told["grids"][0]["path"]]
    assert sorted(kept) == [str(tmp_path / "out" / path) for path in below(tmp_path / "out")]
    lines = err.splitlines()
    assert lines[0].startswith("artbot: landscape/gouache, round 1, repeat 2: ") and "boom" in lines[0]
    assert lines[1:] == ["artbot: 1 of 3 failed."]


def test_an_interrupt_keeps_what_was_painted_and_ends_with_130(tmp_path):
    root = tmp_path / "out"
    with FakeAutomatic1111() as fake:
        fake.fault(TXT2IMG, "pass", "pass", "hang")
        command = ["batch", "a lake", "--as-is", "--templates", "landscape/gouache", "--repeats", "5", "--json"]
        process = subprocess.Popen(
            [*RUN, *command, *map(str, SMALL), "--out", str(root)],
            cwd=ROOT,
            env=environ(tmp_path, ARTBOT_SD_URL=fake.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        while fake.paths("POST").count(TXT2IMG) < 3 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        fake.painter.stopping.set()  # the backend is free again
        out, err = process.communicate(timeout=60)
    told = json.loads(out)
    assert (process.returncode, told["ok"]) == (130, False)
    assert [item["state"] for item in told["items"]] == ["done", "done", "cancelled", "cancelled", "cancelled"]
    assert [os.path.basename(path) for path in below(root)] == [
        *("gouache_sub_grid_1.jpg", "gouache_txt_1_1_1.png", "gouache_txt_1_2_1.png"),
    ]
    assert err.decode() == "artbot: Interrupted: 3 of 5 were not painted.\n"


def test_at_a_terminal_one_bar_goes_over_the_whole(tmp_path):
    with FakeAutomatic1111() as fake:
        fake.fault(TXT2IMG, (500, b'{"error": "X", "errors": "boom"}'), "pass")
        code, out, shown = at_a_terminal(
            *("batch", "a lake", "--as-is", *TWO, *SMALL, "--language", "zh", "--out", tmp_path / "out"),
            folder=tmp_path,
            ARTBOT_SD_URL=fake.url,
        )
    assert (code, len(out.splitlines())) == (1, 1)
    places = [shown.find(words) for words in ("1/2 水粉旅行海报", "boom", "2/2 金色时刻", "1 of 2 failed")]
    assert places == sorted(places) and places[0] >= 0


def test_a_plan_paints_and_writes_nothing(tmp_path, capsys):
    with FakeAutomatic1111() as fake:
        arguments = ("a lake", "--folders", "landscape", "--rounds", 2, "--plan", "--out", tmp_path / "out")
        assert run_here(batch, *arguments, sd_urls=(fake.url,)) == 0
        assert TXT2IMG not in fake.paths("POST")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "landscape/golden-hour  round 1, repeat 1: 4 x 768x512"
    assert lines[-2:] == [
        "landscape/photo-to-painting  left out: it works on a picture (--image)",
        f"8 jobs, {2 * (4 + 4 + 4 + 2)} pictures",
    ]
    assert len(lines) == 10
    assert not (tmp_path / "out").exists()


def test_a_plan_for_scripts_with_titles_and_a_picture(tmp_path, capsys):
    Image.new("RGB", (64, 64)).save(tmp_path / "photo.png")
    more = ("--image", tmp_path / "photo.png", "--language", "en", "--plan", "--json", *SMALL)
    assert run_here(batch, "a lake", "--folders", "landscape", "--templates", "anime/night-city", *more) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["total"], told["pictures"], told["left_out"]) == (True, 6, 6, [])
    by_name = {f"{item['folder']}/{item['template']}": item for item in told["items"]}
    assert by_name["landscape/photo-to-painting"]["mode"] == "img2img"
    night = by_name["anime/night-city"]
    assert (night["label"], night["width"], night["height"], night["seed"]) == ("Night city", 64, 64, -1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "A batch needs a template to paint."),
        (("--folders", "nowhere"), "There is no folder 'nowhere'."),
        (("--templates", "landscape/x"), "There is no template 'x'."),
        (("--folders", "anime,anime"), "A folder stands in the batch twice."),
        ((*TWO, "--set", "stepz=3"), "landscape/gouache: Stepz cannot be changed here; did you mean steps?"),
        ((*TWO, "--model", "sdxl"), "There is no model 'sdxl'."),
        (("--folders", "anime", "--rounds", 30, "--repeats", 30), "This batch is 2700 jobs; one may have 200."),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_painted(tmp_path, arguments, sentence):
    with pytest.raises(ArtbotError) as caught:
        run_here(batch, "a cat", *arguments, "--out", tmp_path / "out")
    assert sentence in caught.value.message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--repeats", "0"), "argument --repeats: has to be a whole number from 1 to 30, not '0'"),
        (("--rounds", "two"), "argument --rounds: has to be a whole number from 1 to 30, not 'two'"),
        (("--templates", "landscape"), "argument --templates: 'landscape' is no FOLDER/NAME"),
        (("--language", "fr"), "argument --language: invalid choice: 'fr'"),
    ],
)
def test_a_wrong_command_line_is_code_2(capsys, arguments, sentence):
    with pytest.raises(SystemExit) as caught:
        run_here(batch, "a cat", *arguments)
    assert caught.value.code == 2
    assert sentence in capsys.readouterr().err

import json
import re

import pytest

from artbot_server.commands import models
from artbot_server.commands.models import tables
from artbot_server.errors import BackendFailed
from artbot_server.painting.backend_lists import NAMED_BY
from tests.commands.run_artbot import artbot, run_here
from tests.sd.fake_automatic1111 import FakeAutomatic1111
from tests.sd.fake_automatic1111.lists import checkpoint_row


def test_the_demo_painters_lists(tmp_path):
    code, out, err = artbot("models", folder=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith("demo (demo)\n")
    assert "\nmodels:\n  demo painter  (loaded)\n" in out
    assert "\nsamplers:\n  Euler a\n" in out
    assert "\nloras:" not in out


def test_a_web_uis_lists_stand_beside_all_their_names(capsys):
    with FakeAutomatic1111() as fake:
        assert run_here(models, sd_urls=(fake.url,)) == 0
    out = re.sub(" {2,}", "  ", capsys.readouterr().out)  # however wide the names are
    for line in (
        *("tiny-a  tiny-a.safetensors [3558b431d3]  (loaded)", "tiny-b  tiny-b.safetensors"),
        *("DPM++ 2M  k_dpmpp_2m", "SGM Uniform  sgm_uniform", "tiny-lora  cat-lora", "tiny-emb"),
        *("wrong-size-emb  does not fit the loaded model", "Studio  {prompt}, studio photo", "Lanczos  x4"),
        *("Latent  second pass only", "tiny.vae.pt", "control_canny [a5ab0164]", "reference_only  needs no model"),
    ):
        assert f"\n  {line}\n" in out


def test_rows_for_scripts_name_no_folder_of_its_disk(tmp_path):
    with FakeAutomatic1111() as fake:
        code, out, _ = artbot("models", "--json", folder=tmp_path, ARTBOT_SD_URL=fake.url)
    told = json.loads(out)
    assert code == 0
    assert (told["ok"], told["kind"], told["loaded_model"]) == (True, "automatic1111", "tiny-a")
    assert set(told) >= set(NAMED_BY)
    assert told["models"][0]["title"] == "tiny-a.safetensors [3558b431d3]"
    assert told["samplers"][0]["aliases"] == ["k_dpmpp_2m"]
    assert {"Latent", "Lanczos"} <= set(told["hr_upscalers"])
    assert told["controlnet"]["models"] == ["control_canny [a5ab0164]"]
    assert "/srv/" not in out


def told_by(capsys, fake, *arguments):
    assert run_here(models, "--json", *arguments, sd_urls=(fake.url,)) == 0
    return json.loads(capsys.readouterr().out)


def test_without_controlnet_there_is_none(capsys):
    with FakeAutomatic1111(controlnet=False) as fake:
        assert told_by(capsys, fake)["controlnet"] is None


def test_what_was_added_is_there_after_a_refresh(capsys):
    with FakeAutomatic1111() as fake:
        fake.desk.added["/sdapi/v1/sd-models"] = [checkpoint_row("tiny-a", set()) | {"model_name": "tiny-new"}]
        before, after = (told_by(capsys, fake, *more)["models"] for more in ((), ("--refresh",)))
        refreshed = [path for path in fake.paths("POST") if "refresh" in path]
    assert [row["model_name"] for row in before] == ["tiny-a", "tiny-b"]
    assert [row["model_name"] for row in after] == ["tiny-a", "tiny-b", "tiny-new"]
    assert refreshed == [f"/sdapi/v1/refresh-{name}" for name in ("checkpoints", "loras", "vae", "embeddings")]


def test_what_cannot_be_refreshed_is_told_and_what_failed_ends_it(capsys):
    with FakeAutomatic1111() as fake:
        fake.fault("/sdapi/v1/refresh-vae", (404, b'{"detail": "Not Found"}'), (500, b"{}"))
        assert run_here(models, "--refresh", sd_urls=(fake.url,)) == 0
        out, err = capsys.readouterr()
        assert "tiny-b" in out
        assert err.startswith("artbot: The list of vaes is not new: ")
        with pytest.raises(BackendFailed):
            run_here(models, "--refresh", sd_urls=(fake.url,))


def test_a_server_that_is_away_is_named(tmp_path):
    code, out, err = artbot("models", folder=tmp_path, ARTBOT_SD_URL="http://127.0.0.1:9")
    assert (code, out) == (1, "")
    assert "127.0.0.1:9" in err


def test_empty_lists_are_left_out_and_a_model_named_as_its_title_says_it_once():
    model = {"title": "m", "model_name": "m"}
    found = {name: [] for name in NAMED_BY} | {"models": [model], "hr_upscalers": [], "controlnet": None}
    assert list(tables(found, None)) == [("models", [("m", "")])]

import argparse
import io

import pytest
from PIL import Image

from artbot_server.commands.ordering import add_settings, add_words, model_named, overrides_of, picture_file, words_of
from artbot_server.errors import BadRequest
from artbot_server.sd.base import Abilities, Checkpoint


def parsed(*arguments):
    parser = argparse.ArgumentParser()
    add_words(parser)
    add_settings(parser)
    return parser.parse_args(["a cat", *arguments])


def test_the_arguments_of_every_command_that_paints():
    arguments = parsed("--as-is", "--seed", "7", "--set", "steps=3", "--set", "tiling=true")
    assert (arguments.words, arguments.as_is, arguments.negative, arguments.json) == ("a cat", True, "", False)
    assert overrides_of(arguments) == {"steps": 3, "tiling": True, "seed": 7}


def test_words_are_those_of_the_command_line_without_what_stands_around_them():
    assert words_of(argparse.Namespace(words="  a cat\n")) == "a cat"
    with pytest.raises(BadRequest, match="no words"):
        words_of(argparse.Namespace(words=" "))


def test_a_model_is_written_as_the_backend_names_it():
    can = Abilities(
        checkpoints=(Checkpoint("dream", "dream.safetensors [0d37aea87c]", "dream.safetensors", "0d37aea87c"),)
    )
    assert model_named({"steps": 3}, can) == {"steps": 3}
    for asked in ("dream", "dream.safetensors [0d37aea87c]", "0d37aea87c"):
        assert model_named({"model": asked}, can) == {"model": "dream"}
    with pytest.raises(BadRequest) as caught:
        model_named({"model": 7}, can)
    assert caught.value.detail["field"] == "overrides.model"


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
    assert overrides_of(parsed(*(argument for pair in pairs for argument in ("--set", pair)))) == overrides


def test_arguments_of_their_own_win():
    arguments = parsed("--set", "seed=1", "--seed", "2", "--count", "3", "--model", "m")
    assert overrides_of(arguments) == {"seed": 2, "batch_size": 3, "model": "m"}


@pytest.mark.parametrize("pair", ["steps", "=3", ""])
def test_a_pair_that_is_none_is_a_wrong_command_line(capsys, pair):
    with pytest.raises(SystemExit) as caught:
        parsed("--set", pair)
    assert caught.value.code == 2
    assert f"--set: takes NAME=VALUE, not {pair!r}" in capsys.readouterr().err


def test_what_is_no_picture_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("hello")
    with pytest.raises(BadRequest, match="picture"):
        picture_file(path, "image")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    assert picture_file(path, "image") == buffer.getvalue()

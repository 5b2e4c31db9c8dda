import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.models import find_model
from artbot_server.sd.base import Abilities, Checkpoint

DREAM = Checkpoint("dream", "dream.safetensors [3558b431d3]", "dream.safetensors", "3558b431d3", "3558b431d3" * 6)
CARTOON = Checkpoint("sub_cartoon", "sub/cartoon.safetensors", "cartoon.safetensors")
TWIN = Checkpoint("old_cartoon", "old/cartoon.safetensors", "cartoon.safetensors")


def can(*checkpoints: Checkpoint) -> Abilities:
    return Abilities(models=tuple(each.name for each in checkpoints), checkpoints=checkpoints)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("dream", "dream"),
        ("Dream ", "dream"),
        ("dream.safetensors", "dream"),
        ("dream.safetensors [3558b431d3]", "dream"),
        ("3558b431d3", "dream"),
        ("3558B431", "dream"),
        ("3558b431d3" * 6, "dream"),
        ("cartoon", "sub_cartoon"),
        ("sub/cartoon.safetensors", "sub_cartoon"),
        ("sub/cartoon.safetensors [0123456789]", "sub_cartoon"),  # named after it was hashed elsewhere
    ],
)
def test_a_model_is_found_by_all_its_names(asked, name):
    assert find_model(asked, can(DREAM, CARTOON)) == name


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(BadRequest) as caught:
        find_model("draem", can(DREAM, CARTOON))
    assert caught.value.detail == {
        "field": "overrides.model", "allowed": ["dream", "sub_cartoon"], "did_you_mean": "dream",
    }  # fmt: skip
    assert "did you mean dream?" in caught.value.message


def test_an_unknown_hash_says_that_some_are_not_known_yet():
    with pytest.raises(BadRequest) as caught:
        find_model("ffffffffff", can(DREAM, CARTOON), field="sd_model_hash")
    assert caught.value.detail == {"field": "sd_model_hash", "allowed": ["dream", "sub_cartoon"]}
    assert "models that were never loaded are not known (1 here)" in caught.value.message
    with pytest.raises(BadRequest, match=r"no model 'ffffffffff'\.$"):
        find_model("ffffffffff", can(DREAM))


def test_a_file_name_that_two_models_have_is_refused_with_both():
    with pytest.raises(BadRequest) as caught:
        find_model("cartoon.safetensors", can(DREAM, CARTOON, TWIN))
    assert caught.value.detail["allowed"] == ["old_cartoon", "sub_cartoon"]
    assert "more than one" in caught.value.message


def test_a_name_counts_before_anything_else():
    short = Checkpoint("cartoon", "cartoon.safetensors", "cartoon.safetensors")
    assert find_model("cartoon", can(CARTOON, short, TWIN)) == "cartoon"


def test_the_same_model_on_two_backends_is_one():
    there = Checkpoint("dream", "models/dream.safetensors", "dream.safetensors")
    assert find_model("dream.safetensors", can(DREAM, there)) == "dream"


def test_where_no_model_is_known_any_name_will_do():
    assert find_model("whatever", Abilities()) == "whatever"


def test_backends_without_hashes_are_asked_by_name():
    assert find_model("Dream", Abilities(models=("dream",))) == "dream"
    with pytest.raises(BadRequest):
        find_model("3558b431d3", Abilities(models=("dream",)))


def test_long_lists_are_cut():
    many = tuple(f"model-{number}" for number in range(500))
    with pytest.raises(BadRequest) as caught:
        find_model("nope", Abilities(models=many))
    assert len(caught.value.detail["allowed"]) == 50

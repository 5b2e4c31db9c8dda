"""A checkpoint and its many names."""

import pytest

from artbot_server.sd.base import Checkpoint

LOADED = Checkpoint(
    "sub_dream", "sub/dream.safetensors [0d37aea87c]", "dream.safetensors", "0d37aea87c", "0d37aea87c" * 6
)
FRESH = Checkpoint("dream", "dream.safetensors", "dream.safetensors")


@pytest.mark.parametrize(
    ("asked", "loaded", "fresh"),
    [
        ("dream.safetensors", True, True),
        ("dream", True, True),
        ("sub_dream", True, False),
        ("0d37aea87c", True, False),
        ("0d37aea87c" * 6, True, False),
        ("sub/dream.safetensors [0d37aea87c]", True, False),
        ("dream.safetensors [0d37aea87c]", True, True),  # a title from before this server hashed it
        ("dream.safetensors [ffffffffff]", False, True),
        ("dream [v2]", False, False),
        ("0d37aea8", True, False),
        ("0D37AEA87C0D37", True, False),
        ("0d37aea", False, False),
        ("0d37aea80000", False, False),
        ("Dream", False, False),
        ("", False, False),
        ("None", False, False),
    ],
)
def test_a_checkpoint_goes_by_many_names_but_not_by_all(asked, loaded, fresh):
    assert (LOADED.goes_by(asked), FRESH.goes_by(asked)) == (loaded, fresh)

"""Which names may be written to disk."""

from __future__ import annotations

import pytest

from artbot_server.errors import BadRequest
from artbot_server.painting.template_names import folder_name, free_name, template_name

BAD_PARTS = [
    *(
        "",
        " ",
        ".",
        "..",
        ".hidden",
        "dot.",
        "a\\b",
        "a\0b",
        "a\nb",
        "a:b",
        "a*b",
        "a?b",
        'a"b',
        "a<b",
        "a|b",
        "\u202ea",
    ),
    *("CON", "nul.txt", "Lpt1", "x" * 81, "猫" * 27, "\ud800", "input_images", "folder", "Export", "inputs"),
]


@pytest.mark.parametrize("name", BAD_PARTS)
def test_what_is_refused_as_a_folder_and_in_every_part_of_a_template(name: str) -> None:
    with pytest.raises(BadRequest) as caught:
        folder_name(name)
    assert caught.value.detail["field"] == "folder"
    for whole in (name, f"night/{name}", f"{name}/city"):
        with pytest.raises(BadRequest) as caught:
            template_name(whole)
        assert caught.value.detail["field"] == "name"


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../b", "a//b", "a/", "/a", "a/b/c/d/e"])
def test_no_template_leaves_its_folder(name: str) -> None:
    with pytest.raises(BadRequest):
        template_name(name)


@pytest.mark.parametrize("name", ["crayon", "1", "Wax crayon (soft) v1.2", "蜡笔画", "a+b", "night-city_2"])
def test_what_is_fine(name: str) -> None:
    assert folder_name(name) == template_name(name) == name
    assert template_name(f"night/{name}") == f"night/{name}"


def test_a_folder_has_no_parts() -> None:
    with pytest.raises(BadRequest):
        folder_name("night/city")


def test_spaces_around_and_unicode_forms_are_evened_out() -> None:
    assert template_name(" cafe\u0301 ") == "caf\u00e9"


def test_the_first_free_number() -> None:
    assert free_name("template", set()) == "template1"
    assert free_name("template", {"template1", "template2", "template4"}) == "template3"

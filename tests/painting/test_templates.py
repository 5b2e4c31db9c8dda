"""Looking up names."""

from __future__ import annotations

import pytest

from artbot_server import errors
from artbot_server.painting.templates import Bilingual, Folder, Library, Template

CRAYON = Template(name="crayon", folder="animals", mode="txt2img", fields={}, title=Bilingual("Crayon", "蜡笔"))
ANIMALS = Folder("animals", Bilingual("Animals", "动物"), templates={"crayon": CRAYON}, broken={"bad.json": "no JSON."})
LIBRARY = Library({"animals": ANIMALS}, "v1")


def test_a_template_is_found_by_its_names() -> None:
    assert LIBRARY.find("animals", "crayon") == (ANIMALS, CRAYON)
    assert LIBRARY.folder("animals") is ANIMALS


@pytest.mark.parametrize(
    ("folder", "template", "field", "allowed"),
    [
        ("animal", "crayon", "folder", ["animals"]),
        ("../animals", "crayon", "folder", ["animals"]),
        ("animals", "Crayon", "template", ["crayon"]),
        ("animals", "../animals/crayon", "template", ["crayon"]),
        ("animals", "", "template", ["crayon"]),
    ],
)
def test_an_unknown_name_is_told_with_those_there_are(
    folder: str, template: str, field: str, allowed: list[str]
) -> None:
    with pytest.raises(errors.NotFound) as caught:
        LIBRARY.find(folder, template)
    assert caught.value.detail == {"field": field, "allowed": allowed}


def test_a_broken_template_says_why() -> None:
    with pytest.raises(errors.NotFound, match=r"animals/bad cannot be used: no JSON\.") as caught:
        LIBRARY.find("animals", "bad")
    assert caught.value.detail["reason"] == "no JSON."

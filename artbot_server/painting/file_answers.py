"""The worker's half of the template tool's files: recode pictures, read their texts, open shared files.

The other half is `file_questions`. What comes out as bytes takes the place of
the file that was asked about, or becomes its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from artbot_server.errors import ArtbotError
from artbot_server.painting.handed_files import HandedFile
from artbot_server.painting.picture_checks import recoded
from artbot_server.painting.picture_text import read_text
from artbot_server.painting.template_bundles import unpack
from artbot_server.storage.picture_files import PictureFiles


def answer_file(kind: str, body: Mapping[str, Any], files: PictureFiles) -> dict[str, Any]:
    """The answer to one of `FILE_QUESTIONS`, or the `error`'s JSON."""
    try:
        return FILE_QUESTIONS[kind](HandedFile(files, body["id"]), body)
    except ArtbotError as error:
        return {"error": error.as_json()}


def _recode(file: HandedFile, body: Mapping[str, Any]) -> dict[str, Any]:
    file.write(recoded(file.read(), body["max_bytes"], body["form"]))
    return {}


def _text(file: HandedFile, _body: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": read_text(file.read())}


def _open(file: HandedFile, body: Mapping[str, Any]) -> dict[str, Any]:
    bundle = unpack(file.read(), body["filename"])
    for number, picture in enumerate(bundle.pictures.values()):
        file.write(picture, number)
    return {"name": bundle.name, "template": bundle.template, "pictures": list(bundle.pictures)}


FILE_QUESTIONS: Mapping[str, Callable[[HandedFile, Mapping[str, Any]], dict[str, Any]]] = {
    "recode_picture": _recode,
    "read_picture_text": _text,
    "open_bundle": _open,
}
"""What a worker is asked about a file, by the question's kind."""

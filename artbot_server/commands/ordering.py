"""What the commands that paint have in common: their arguments, and how these become an order."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from artbot_server.errors import BadRequest

if TYPE_CHECKING:
    from artbot_server.sd.base import Abilities
    from artbot_server.studio import Studio


def add_words(parser: argparse.ArgumentParser) -> None:
    """What is to be seen."""
    parser.add_argument("words", help="what is to be seen; - reads it from stdin")
    parser.add_argument("--as-is", action="store_true", help="the words are the prompt: do not ask the writer")
    parser.add_argument("--negative", default="", metavar="WORDS", help="what is not to be seen")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """What is changed about a template, and how results are told."""
    parser.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same picture")
    parser.add_argument("--count", type=int, metavar="N", help="how many pictures of a template at once")
    parser.add_argument("--model", help="a checkpoint by name, title or hash; `artbot models` lists them")
    parser.add_argument(
        "--set",
        action="append",
        type=_pair,
        default=[],
        metavar="NAME=VALUE",
        help="change a parameter of the template by A1111's name, such as steps=30; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")


def words_of(arguments: argparse.Namespace) -> str:
    """The words, from stdin where `-` stands for them.

    Raises:
        BadRequest: there are none, or stdin is no UTF-8.
    """
    words: str = arguments.words
    try:
        words = (sys.stdin.buffer.read().decode() if words == "-" else words).strip()
    except UnicodeDecodeError as error:
        raise BadRequest("The words on stdin have to be UTF-8.", field="words") from error
    if not words:
        raise BadRequest("Say what is to be seen: there are no words.", field="words")
    return words


def prompt_of(studio: Studio, arguments: argparse.Namespace, words: str, folder: str) -> tuple[str, str]:
    """Prompt and negative prompt: written for the folder, shown as it comes, or the words as they are.

    Raises:
        EngineFailed, BadRequest: see `Studio.write`.
    """
    from artbot_server.commands.output import note

    if arguments.as_is:
        return words, arguments.negative
    found = studio.write(words, folder, lambda piece: note(piece, end=""))
    note("")
    return found.prompt, ", ".join(part for part in (arguments.negative, found.negative_prompt) if part)


def overrides_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """`--set` and the arguments of their own, in A1111's names."""
    own = {"seed": arguments.seed, "batch_size": arguments.count, "model": arguments.model}
    return dict(arguments.set) | {name: value for name, value in own.items() if value is not None}


def model_named(overrides: dict[str, Any], abilities: Abilities) -> dict[str, Any]:
    """The overrides with the model by its name, whichever of its names was given.

    Raises:
        BadRequest: no model goes by it, or more than one.
    """
    from artbot_server.painting.models import find_model

    if "model" not in overrides:
        return overrides
    return overrides | {"model": find_model(str(overrides["model"]), abilities)}


def picture_file(path: Path, name: str) -> bytes:
    """The picture in a file, checked.

    Raises:
        BadRequest: it cannot be read, or is no picture.
    """
    from artbot_server.painting.picture_checks import check_picture
    from artbot_server.web.services import UPLOAD_BYTES

    try:
        return check_picture(path.read_bytes(), UPLOAD_BYTES).data
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}.", field=name) from error


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"takes NAME=VALUE, not {text!r}")
    return name.strip(), _value(value.strip())


def _value(text: str) -> Any:
    """A number, true, false, a list; any other text is a text."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text

"""`artbot paint`: a few plain words become pictures in files, with a live progress bar. No server is needed."""

from __future__ import annotations

import argparse
import uuid
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from artbot_server.config import Settings
from artbot_server.errors import BadRequest

if TYPE_CHECKING:
    from artbot_server.commands.saved import Saved
    from artbot_server.painting.merge import Merged
    from artbot_server.sd.base import Result
    from artbot_server.studio import Studio

EXAMPLES = """examples:
  artbot paint "一只在花园里的橙色小猫"
  artbot paint "a lighthouse at dusk" --folder landscape --out pictures
  artbot paint "red boots, studio light" --as-is --set steps=30 --set width=768 --count 4
  artbot paint "the same in winter" --image photo.png --json
"""


def add_to(commands: Any) -> None:
    """Enter the command's arguments."""
    parser = commands.add_parser(
        "paint",
        help="write a prompt from a few words and paint it into files",
        description="Write a prompt from a few plain words, Chinese or English, paint it, and save the pictures.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", help="what is to be seen")
    parser.add_argument("--folder", help="the direction; default: the first")
    parser.add_argument("--template", help="the template in it; default: the first")
    parser.add_argument("--out", type=Path, default=Path("."), help="where pictures are saved; default: here")
    parser.add_argument("--as-is", action="store_true", help="the words are the prompt: do not ask the writer")
    parser.add_argument("--negative", default="", metavar="WORDS", help="what is not to be seen")
    parser.add_argument("--image", type=Path, help="a picture to work on")
    parser.add_argument("--mask", type=Path, help="with --image: white is painted anew")
    parser.add_argument("--seed", type=int, help="the same seed gives the same picture")
    parser.add_argument("--count", type=int, help="how many pictures")
    parser.add_argument("--model", help="a checkpoint's name; `artbot models` lists them")
    add_settings_of_one_picture(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    parser.set_defaults(run=run)


def add_settings_of_one_picture(parser: argparse.ArgumentParser) -> None:
    """The argument `--set`, which other commands that paint have too."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a parameter of the template by A1111's name, such as steps=30; may be repeated",
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write, paint, save; the exit code."""
    from artbot_server.commands.output import note, say, say_json
    from artbot_server.painting.merge import Order
    from artbot_server.studio import Studio

    studio = Studio(settings)
    folder, template = studio.folder_and_template(arguments.folder, arguments.template)
    pictures = {name: picture_file(path, name) for name in ("image", "mask") if (path := getattr(arguments, name))}
    prompt, negative = arguments.words, ""
    if not arguments.as_is:
        found = studio.write(arguments.words, folder, lambda piece: note(piece, end=""))
        note("")
        prompt, negative = found.prompt, found.negative_prompt
    order = Order(
        prompt=prompt,
        negative_prompt=", ".join(words for words in (arguments.negative, negative) if words),
        overrides=overrides_of(arguments),
        image_id="image" if "image" in pictures else None,
        mask_id="mask" if "mask" in pictures else None,
    )
    merged = studio.merged(folder, template, order)
    result = painted(studio, merged, pictures, f"{folder}/{template}")
    saved = _saved(result, arguments.out, template)
    if arguments.json:
        substituted = [asdict(one) for one in (*merged.substituted, *result.substituted)]
        say_json(
            {
                **{"ok": True, "folder": folder, "template": template, "prompt": order.prompt},
                **{"negative_prompt": order.negative_prompt, "backend": studio.backend.name, "model": result.model},
                **{"substituted": substituted, "pictures": [one.as_json() for one in saved]},
            }
        )
    else:
        say(str(one.path) for one in saved)
    return 0


def painted(studio: Studio, merged: Merged, pictures: dict[str, bytes], title: str) -> Result:
    """Paint with a bar; an interrupt from the keyboard ends it on the backend too.

    Raises:
        BackendFailed: in words.
    """
    from artbot_server.commands.output import Bar
    from artbot_server.sd.base import Result

    with Bar(title) as bar, closing(studio.paint(merged, str(uuid.uuid4()), pictures)) as painting:
        for said in painting:
            if isinstance(said, Result):
                return said
            bar.show(said)
    raise RuntimeError("a backend ended without a result")


def overrides_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """`--set` and the arguments of their own, in A1111's names.

    Raises:
        BadRequest: a `--set` without `=`.
    """
    overrides: dict[str, Any] = {}
    for pair in arguments.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadRequest(f"--set takes NAME=VALUE, not {pair!r}.", field="set", allowed="NAME=VALUE")
        overrides[name.strip()] = _value(value.strip())
    own = {"seed": arguments.seed, "batch_size": arguments.count, "model": arguments.model}
    return overrides | {name: value for name, value in own.items() if value is not None}


def _value(text: str) -> Any:
    """A number, true, false, a list; any other text is a text."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


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


def _saved(result: Result, folder: Path, template: str) -> list[Saved]:
    from artbot_server.commands.saved import save

    stem = template.replace("/", "-")
    return [save(picture, folder, f"{stem}_{picture.seed}") for picture in result.pictures if picture.kind == "picture"]

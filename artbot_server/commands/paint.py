"""`artbot paint`: a few plain words become pictures in files, with a live progress bar. No server is needed."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artbot_server.commands import ordering
from artbot_server.config import Settings
from artbot_server.errors import BackendFailed

if TYPE_CHECKING:
    from artbot_server.commands.saved import Saved
    from artbot_server.painting.merge import Merged
    from artbot_server.sd.base import Progress, Result
    from artbot_server.studio import Studio

EXAMPLES = """examples:
  artbot paint "一只在花园里的橙色小猫"
  artbot paint "a lighthouse at dusk" --folder landscape --out pictures
  artbot paint "red boots" --as-is --set steps=30 --set width=768 --count 4
  artbot paint "the same in winter" --image photo.png --json
  cat words.txt | artbot paint -

Folders and templates: artbot template list. Several at once: artbot batch.
"""


def add_to(commands: Any) -> None:
    """Enter the command's arguments."""
    parser = commands.add_parser(
        "paint",
        help="write a prompt from a few words and paint it into files",
        description="Write a prompt from a few plain words, Chinese or English, paint it, and\nsave the pictures.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ordering.add_words(parser)
    parser.add_argument("--folder", help="the direction; default: the first")
    parser.add_argument("--template", help="the template in it; default: the first")
    parser.add_argument("--image", type=Path, metavar="FILE", help="a picture to work on")
    parser.add_argument("--mask", type=Path, metavar="FILE", help="with --image: white is painted anew")
    parser.add_argument("--out", type=Path, metavar="DIR", default=Path("."), help="where to save; default: here")
    ordering.add_settings(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write, paint, save; the exit code."""
    from artbot_server.commands.output import Bar, say, say_json
    from artbot_server.commands.saved import require_room
    from artbot_server.painting.merge import Order
    from artbot_server.studio import Studio

    words = ordering.words_of(arguments)
    studio = Studio(settings)
    folder, template = studio.folder_and_template(arguments.folder, arguments.template)
    paths = {name: getattr(arguments, name) for name in ("image", "mask")}
    pictures = {name: ordering.picture_file(path, name) for name, path in paths.items() if path}
    overrides = ordering.model_named(ordering.overrides_of(arguments), studio.abilities)
    order = Order(
        prompt=words,
        overrides=overrides,
        image_id="image" if "image" in pictures else None,
        mask_id="mask" if "mask" in pictures else None,
    )
    studio.merged(folder, template, order)  # what cannot be is told before anybody writes or waits
    require_room(arguments.out)
    prompt, negative = ordering.prompt_of(studio, arguments, words, folder)
    order = replace(order, prompt=prompt, negative_prompt=negative)
    merged = studio.merged(folder, template, order)
    with Bar(f"{folder}/{template}") as bar:
        result = painted(studio, merged, pictures, bar.show)
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


def painted(studio: Studio, merged: Merged, pictures: Mapping[str, bytes], show: Callable[[Progress], None]) -> Result:
    """Paint and show how far it is; an interrupt from the keyboard ends it on the backend too.

    Raises:
        BackendFailed: in words.
    """
    from artbot_server.sd.base import Result

    with closing(studio.paint(merged, str(uuid.uuid4()), pictures)) as painting:
        for said in painting:
            if isinstance(said, Result):
                return said
            show(said)
    raise BackendFailed("The backend ended without a picture.", retry=True)


def _saved(result: Result, folder: Path, template: str) -> list[Saved]:
    from artbot_server.commands.saved import checked_pictures, save

    stem = template.replace("/", "-")
    return [save(one, checked, folder, f"{stem}_{one.seed}") for one, checked in checked_pictures(result)]

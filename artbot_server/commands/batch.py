"""`artbot batch`: one prompt painted with many templates, saved as the article's tree with its grids. No server is needed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artbot_server.commands import FAILED, INTERRUPTED, ordering
from artbot_server.config import Settings

if TYPE_CHECKING:
    from artbot_server.commands.batch_items import ItemEnd
    from artbot_server.commands.batch_tree import BatchTree
    from artbot_server.painting.batch_plans import BatchOrder, Plan
    from artbot_server.painting.merge import Merged
    from artbot_server.studio import Studio

EXAMPLES = """examples:
  artbot batch "a lighthouse at dusk" --folders landscape,anime --out pictures
  artbot batch "一只橙色小猫" --folders children-animals --language zh
  artbot batch "boots" --templates product/flat-lay,anime/night-city --count 1
  artbot batch "a fox" --folders anime --repeats 3 --rounds 2 --plan

A folder means all its templates, unless --templates names some of it. Pictures
go to DIR/<folder>/output/<time>/images, grids to grids beside it. Ctrl-C ends
it with what there is. Folders and templates: artbot template list.
"""


def add_to(commands: Any) -> None:
    """Enter the command's arguments."""
    parser = commands.add_parser(
        "batch",
        help="paint one prompt with many templates, and grids of them",
        description="Write one prompt from a few words, paint it with many templates, and save the\n"
        "pictures with grids to compare them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ordering.add_words(parser)
    parser.add_argument("--folders", type=_names, default=(), metavar="A,B", help="folders, by commas")
    parser.add_argument(
        "--templates", type=_templates, default=(), metavar="A/X,B/Y", help="templates as FOLDER/NAME, by commas"
    )
    parser.add_argument(
        "--repeats", type=_times, default=1, metavar="N", help="of each template in a round; default: 1"
    )
    parser.add_argument("--rounds", type=_times, default=1, metavar="N", help="of each folder; default: 1")
    parser.add_argument("--image", type=Path, metavar="FILE", help="what templates that work on a picture work on")
    parser.add_argument("--out", type=Path, metavar="DIR", default=Path("."), help="where to save; default: here")
    parser.add_argument("--language", choices=("en", "zh"), help="labels by titles; default: by names")
    parser.add_argument("--plan", action="store_true", help="only say what would be painted")
    ordering.add_settings(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Plan, write, paint, save; the exit code."""
    from artbot_server.commands.batch_items import merged_items, paint_items
    from artbot_server.commands.batch_tree import BatchTree
    from artbot_server.commands.saved import require_room
    from artbot_server.painting.batch_plans import plan
    from artbot_server.studio import Studio

    order = _order(arguments)
    pictures = {"image": ordering.picture_file(arguments.image, "image")} if arguments.image else {}
    studio = Studio(settings)
    planned = plan(studio.templates.current(), order)
    order = replace(order, overrides=ordering.model_named(dict(order.overrides), studio.abilities))
    payloads = merged_items(studio, planned.items, order)  # what cannot be is told before anybody writes or waits
    if arguments.plan:
        _tell_plan(planned, payloads, arguments.json)
        return 0
    require_room(arguments.out)
    prompt, negative = ordering.prompt_of(studio, arguments, order.prompt, planned.items[0].folder)
    order = replace(order, prompt=prompt, negative_prompt=negative)
    payloads = merged_items(studio, planned.items, order)
    tree = BatchTree(arguments.out, planned.items)
    ends = paint_items(studio, planned.items, payloads, pictures, tree)
    interrupted = len(ends) < len(planned.items)
    try:
        tree.save_grids()
    except KeyboardInterrupt:
        interrupted = True
    _tell(studio, order, planned, ends, tree, arguments.json)
    if interrupted:
        return INTERRUPTED
    return FAILED if any(end.state == "failed" for end in ends) else 0


def _order(arguments: argparse.Namespace) -> BatchOrder:
    from artbot_server.painting.batch_plans import BatchOrder, FolderChoice, TemplateChoice

    return BatchOrder(
        prompt=ordering.words_of(arguments),
        negative_prompt=arguments.negative,
        folders=[FolderChoice(name) for name in arguments.folders],
        templates=[TemplateChoice(folder, name) for folder, name in arguments.templates],
        rounds=arguments.rounds,
        repeats=arguments.repeats,
        overrides=ordering.overrides_of(arguments),
        image_id="image" if arguments.image else None,
        language=arguments.language,
    )


def _tell_plan(planned: Plan, payloads: Sequence[Merged], as_json: bool) -> None:
    from artbot_server.commands.output import say, say_json
    from artbot_server.painting.merge import expected

    told = []
    for item, payload in zip(planned.items, payloads, strict=True):
        width, height, count = expected(payload.fields)
        size = {"width": width, "height": height, "count": count}
        told.append(_item(item) | {"mode": payload.mode, **size, "seed": payload.fields["seed"]})
    pictures = sum(each["count"] for each in told)
    if as_json:
        say_json({"ok": True, "total": len(told), "pictures": pictures, "items": told, "left_out": _left_out(planned)})
        return
    say(
        f"{each['folder']}/{each['template']}  round {each['round']}, repeat {each['repeat']}: "
        f"{each['count']} x {each['width']}x{each['height']}"
        for each in told
    )
    say(
        f"{each['folder']}/{each['template']}  left out: it works on a picture (--image)" for each in _left_out(planned)
    )
    say([f"{len(told)} jobs, {pictures} pictures"])


def _tell(
    studio: Studio, order: BatchOrder, planned: Plan, ends: Sequence[ItemEnd], tree: BatchTree, as_json: bool
) -> None:
    """What was saved; and, where not all of it was, how much on stderr."""
    from artbot_server.commands.output import say, say_json, warn

    total = len(planned.items)
    failed = sum(end.state == "failed" for end in ends)
    if as_json:
        untold: dict[str, Any] = {"state": "cancelled", "substituted": [], "model": None, "error": None}
        become = [*map(asdict, ends), *[untold] * (total - len(ends))]
        items = [
            _item(item) | end | {"pictures": [one.as_json() for one in tree.pictures[place]]}
            for place, (item, end) in enumerate(zip(planned.items, become, strict=True))
        ]
        say_json(
            {
                **{"ok": failed == 0 and len(ends) == total, "prompt": order.prompt},
                **{"negative_prompt": order.negative_prompt, "backend": studio.backend.name, "saved_to": tree.name},
                **{"total": total, "done": len(ends) - failed, "failed": failed, "cancelled": total - len(ends)},
                **{"items": items, "grids": [grid.as_json() for grid in tree.grids], "left_out": _left_out(planned)},
            }
        )
    else:
        say(str(one.path) for saved in tree.pictures.values() for one in saved)
        say(str(grid.path) for grid in tree.grids)
    if failed:
        warn(f"{failed} of {total} failed.")
    if len(ends) < total:
        warn(f"Interrupted: {total - len(ends)} of {total} were not painted.")


def _item(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ("folder", "template", "round", "repeat", "label")}


def _left_out(planned: Plan) -> list[dict[str, str]]:
    return [{"folder": one.folder, "template": one.name} for one in planned.left_out]


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _templates(text: str) -> tuple[tuple[str, str], ...]:
    """FOLDER/NAME, of which the name may hold more slashes."""
    found = []
    for each in _names(text):
        folder, slash, name = each.partition("/")
        if not (slash and folder and name):
            raise argparse.ArgumentTypeError(f"{each!r} is no FOLDER/NAME")
        found.append((folder, name))
    return tuple(found)


def _times(text: str) -> int:
    from artbot_server.painting.batch_plans import MOST_TIMES

    if not text.isdecimal() or not 1 <= int(text) <= MOST_TIMES:
        raise argparse.ArgumentTypeError(f"has to be a whole number from 1 to {MOST_TIMES}, not {text!r}")
    return int(text)

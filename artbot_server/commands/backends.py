"""`artbot backends`: the painters that workers named, and taking one out of the line or back into it.

It speaks to the database alone, so it works beside a running server and without one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from artbot_server.config import Settings

if TYPE_CHECKING:
    from artbot_server.storage.backends import KnownBackend

WORDS: Final = ("list", "drain", "resume", "check")
DONE: Final = {
    "drain": "{name} takes no more jobs; what it paints goes on.",
    "resume": "{name} takes jobs again.",
    "check": "{name} is looked at now.",
}
HEADS: Final = ("name", "state", "weight", "model", "paints")


def add_to(commands: Any) -> None:
    """Enter the command's arguments."""
    parser = commands.add_parser(
        "backends",
        help="list the painters, take one out of the line and put it back",
        description="The painters that workers named within a week, from the server's database\n"
        "(ARTBOT_DATABASE_URL, or the data folder's). A drained one takes no more jobs\n"
        "until it is resumed, over restarts too; what it paints goes on.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=WORDS, default="list", help="what to do; list by default")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the painter, for all but list")
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    parser.set_defaults(run=run)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do it and print; the exit code. Raises NotFound, BadRequest, Unavailable."""
    from artbot_server.errors import BadRequest
    from artbot_server.storage.backends import BackendStore
    from artbot_server.storage.database import Database
    from artbot_server.storage.migrate import migrate

    if (arguments.what == "list") != (arguments.name is None):
        raise BadRequest("Write artbot backends list, or drain, resume or check and a painter's name.", field="name")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        migrate(database)
        store = BackendStore(database)
        if arguments.what == "list":
            return _print_all(store.all(), arguments.json)
        change = {"drain": store.drain, "resume": store.resume, "check": store.ask}[arguments.what]
        return _print_one(change(arguments.name), arguments.what, arguments.json)
    finally:
        database.close()


def table(known: Sequence[KnownBackend]) -> list[str]:
    """The list for people, its heads first. Pure."""
    rows = [
        HEADS,
        *((one.name, state(one), f"{one.weight:g}", one.loaded_model or "-", one.job_id or "-") for one in known),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def state(known: KnownBackend) -> str:
    """`up`, `away`, and `drained` where it is. Pure."""
    up = "up" if known.up else "away"
    return f"{up}, drained" if known.drained else up


def _print_all(known: Sequence[KnownBackend], as_json: bool) -> int:
    from artbot_server.commands.output import say, say_json, warn

    if as_json:
        say_json({"ok": True, "backends": [one.as_operators_json() for one in known]})
    elif known:
        say(table(known))
    else:
        warn("No worker has named a painter yet.")
    return 0


def _print_one(known: KnownBackend, what: str, as_json: bool) -> int:
    from artbot_server.commands.output import say, say_json

    if as_json:
        say_json({"ok": True, "backend": known.as_operators_json()})
    else:
        say([DONE[what].format(name=known.name)])
    return 0

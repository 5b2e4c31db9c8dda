"""The command line: `artbot serve`, `artbot worker`, and the commands of `commands/`.

Imports next to nothing at the top: `serve` has to patch the standard library before anything else is imported.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from artbot_server import __version__
from artbot_server.commands import models, paint, template
from artbot_server.config import Settings, load_settings
from artbot_server.errors import ArtbotError

INTERRUPTED = 130
"""What a shell gives for a command that Ctrl-C ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code.

    0 it did; 1 it could not, one sentence on stderr says why; 2 the command line is wrong; 130 interrupted.
    """
    parser = argparse.ArgumentParser(
        prog="artbot",
        description="Art Bot: a few plain words, Chinese or English, become pictures.",
        epilog="Settings come from the environment and .env; docs/configuration.md lists them.",
    )
    parser.add_argument("--version", action="version", version=f"artbot {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("serve", help="start the web server, and a worker with it").set_defaults(run=_serve)
    commands.add_parser("worker", help="start a worker alone, beside a server's data folder").set_defaults(run=_worker)
    for command in (paint, models, template):
        command.add_to(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(load_settings(), arguments))
    except ArtbotError as error:
        from artbot_server.commands.output import fail

        return fail(error, as_json=getattr(arguments, "json", False))
    except KeyboardInterrupt:
        return INTERRUPTED


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from artbot_server.patching import patch

    patch(settings.async_mode)
    from artbot_server.lifetime import serve

    return serve(settings)


def _worker(settings: Settings, _: argparse.Namespace) -> int:
    from artbot_server.worker_app import work

    return work(settings)


if __name__ == "__main__":
    sys.exit(main())

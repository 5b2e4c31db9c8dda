"""The command line: `artbot serve` and `artbot worker`.

Imports next to nothing at the top: `serve` has to patch the standard library before anything else is imported.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from artbot_server import __version__
from artbot_server.config import Settings, load_settings
from artbot_server.errors import ConfigError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, or 1 with one sentence on stderr when a setting is wrong."""
    parser = argparse.ArgumentParser(
        prog="artbot",
        description="Art Bot: a few plain words, Chinese or English, become pictures.",
        epilog="Settings come from the environment and .env; docs/configuration.md lists them.",
    )
    parser.add_argument("--version", action="version", version=f"artbot {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("serve", help="start the web server, and a worker with it").set_defaults(run=_serve)
    commands.add_parser("worker", help="start a worker alone, beside a server's data folder").set_defaults(run=_worker)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(load_settings()))
    except ConfigError as error:
        print(f"artbot: {error.message}", file=sys.stderr)  # noqa: T201
        return 1


def _serve(settings: Settings) -> int:
    from artbot_server.patching import patch

    patch(settings.async_mode)
    from artbot_server.lifetime import serve

    return serve(settings)


def _worker(settings: Settings) -> int:
    from artbot_server.worker_app import work

    return work(settings)


if __name__ == "__main__":
    sys.exit(main())

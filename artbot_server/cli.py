"""The command line: `artbot serve`, `artbot worker`, and the commands of `commands/`.

Imports next to nothing at the top: `serve` has to patch the standard library before anything else is imported.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from artbot_server import __version__
from artbot_server.commands import INTERRUPTED, backends, batch, models, paint, template
from artbot_server.config import Settings, load_settings
from artbot_server.errors import ArtbotError, ConfigError
from artbot_server.painting.backend_addresses import read_addresses
from artbot_server.startup import Share

CUT_OFF = 141
"""What a shell gives for a command whose reader, such as `head`, has gone."""
MOST_PROCESSES = 64

SETTINGS = "Settings come from the environment and .env; docs/configuration.md lists them."
EPILOG = f"""examples:
  artbot serve
  artbot paint "a lighthouse at dusk" --out pictures
  artbot batch "a lighthouse at dusk" --folders landscape,anime --out pictures

artbot COMMAND --help says more about one.
{SETTINGS}
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code.

    0 it did; 1 it could not, or not all of it, and stderr says why; 2 the command line is wrong; 130 interrupted;
    141 whoever read its results has gone.
    """
    arguments = _read(argv)
    try:
        settings = load_settings()
        if arguments.run not in (_serve, _worker):  # these patch first
            from artbot_server.logs import set_up_logs

            set_up_logs(settings.log_level)  # onto stderr: stdout is for results
        code = int(arguments.run(settings, arguments))
        sys.stdout.flush()
        return code
    except ArtbotError as error:
        from artbot_server.commands.output import fail

        return fail(error, as_json=getattr(arguments, "json", False))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at its end
        return CUT_OFF


def _read(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line; one that is wrong is told with the usage of its command, and ends with code 2."""
    parser = argparse.ArgumentParser(
        prog="artbot",
        description="Art Bot: a few plain words, Chinese or English, become pictures.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"artbot {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, title="commands", metavar="COMMAND")
    for name, about, run in (
        ("serve", "start the web server, and a worker with it", _serve),
        ("worker", "start a worker alone, beside a server's data folder", _worker),
    ):
        one = commands.add_parser(name, help=about, description=f"{about[:1].upper()}{about[1:]}.", epilog=SETTINGS)
        one.set_defaults(run=run)
    serve = commands.choices["serve"]
    serve.add_argument("--processes", type=_count, default=1, metavar="N", help="web processes (more than 1: on Redis)")
    serve.add_argument("--share", help=argparse.SUPPRESS)  # said by the front to its processes
    _add_backends(commands.choices["worker"])
    for command in (paint, batch, models, template, backends):
        command.add_to(commands)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        commands.choices[arguments.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    return arguments


def _add_backends(worker: argparse.ArgumentParser) -> None:
    """`--backend URL`, in the place of ARTBOT_SD_URL."""
    worker.add_argument(
        "--backend",
        action="append",
        default=[],
        metavar="URL",
        help="paint on this one, as in http://127.0.0.1:7860#name=big&weight=2, instead of those of ARTBOT_SD_URL; "
        "may be given several times",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"has to be a whole number from 1 to {MOST_PROCESSES}, not {text!r}")
    return int(text)


def _serve(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.processes > 1:
        from artbot_server.front.serving import serve_many

        return serve_many(settings, arguments.processes)
    from artbot_server.patching import patch

    patch(settings.async_mode)
    from artbot_server.lifetime import serve

    return serve(settings, Share.read(arguments.share) if arguments.share else None)


def _worker(settings: Settings, arguments: argparse.Namespace) -> int:
    from artbot_server.worker_app import work

    if not arguments.backend:
        return work(settings)
    try:
        read_addresses(arguments.backend)
    except ValueError as error:
        raise ConfigError(f"--backend must be {error}.") from None
    return work(replace(settings, sd_urls=tuple(arguments.backend)))


if __name__ == "__main__":
    sys.exit(main())

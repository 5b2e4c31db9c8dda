"""Runs the command line away from any `.env`: as a process of its own, as a shell would, or one command in this one."""

import argparse
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

from artbot_server.config import Settings

ROOT = Path(__file__).parent.parent.parent
RUN = [sys.executable, "-W", "ignore", "-m", "artbot_server.cli"]


def environ(folder, **settings):
    return {"PATH": os.environ["PATH"], "ARTBOT_DATA_DIR": str(folder / "data"), "ARTBOT_DEMO_PACE": "0", **settings}


def artbot(*arguments, folder, typed=None, **settings):
    """Code, stdout and stderr; `typed` is what stands on stdin."""
    done = subprocess.run(
        [*RUN, *map(str, arguments)],
        cwd=ROOT,
        env=environ(folder, **settings),
        capture_output=True,
        text=True,
        errors="surrogateescape",
        input=typed,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def at_a_terminal(*arguments, folder, **settings):
    """Code, stdout, and what a terminal of 80 x 24 shows of stderr."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = subprocess.Popen(
        [*RUN, *map(str, arguments)],
        cwd=ROOT,
        env=environ(folder, TERM="xterm", **settings),
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # how a closed terminal ends on Linux
            break
        if not piece:
            break
        shown += piece
    out, _ = process.communicate(timeout=30)
    os.close(ours)
    return process.returncode, out.decode(), shown.decode()


def run_here(command, *arguments, **settings):
    """The exit code of a command's `run`; what it cannot do it raises."""
    parser = argparse.ArgumentParser()
    command.add_to(parser.add_subparsers())
    read = parser.parse_args([command.__name__.rpartition(".")[2], *map(str, arguments)])
    return command.run(Settings(templates_dir=ROOT / "sd_templates", demo_pace=0.0, **settings), read)

"""Runs the command line as a process of its own, as a shell would, away from any `.env`."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
RUN = [sys.executable, "-W", "ignore", "-m", "artbot_server.cli"]


def environ(folder, **settings):
    return {"PATH": os.environ["PATH"], "ARTBOT_DATA_DIR": str(folder / "data"), "ARTBOT_DEMO_PACE": "0", **settings}


def artbot(*arguments, folder, **settings):
    """Code, stdout and stderr."""
    done = subprocess.run(
        [*RUN, *map(str, arguments)],
        cwd=ROOT,
        env=environ(folder, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr

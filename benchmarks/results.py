"""The file of a run: its rows as they were measured, and what they were measured on."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson
import psutil

from benchmarks.figures import Row
from benchmarks.programs import ROOT

PACKAGES = ("flask-socketio", "eventlet", "openai", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark's run.

    Attributes:
        rows: of all rounds.
        left_out: sentences about what could not be measured.
        others_cores: what programs that have nothing to do with it took of the machine meanwhile.
    """

    benchmark: str
    date: str
    revision: str
    machine: str
    rounds: int
    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()
    others_cores: float | None = None


def save(out: Path, result: Result) -> None:
    """Write it in the place of the run before."""
    path = _path(out, result.benchmark)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(asdict(result), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def load(out: Path, name: str) -> Result:
    """The last run of a benchmark. Raises FileNotFoundError."""
    read = orjson.loads(_path(out, name).read_bytes())
    return Result(**read | {"rows": tuple(read["rows"]), "left_out": tuple(read["left_out"])})


def _path(out: Path, name: str) -> Path:
    return out / "benchmarks" / "results" / f"{name}.json"


def today() -> str:
    """The date of a run."""
    return datetime.now(UTC).date().isoformat()


def revision() -> str:
    """The commit that was measured, with a mark when files differ from it; nothing outside a checkout."""
    asked = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def machine() -> str:
    """What it ran on, in a line."""
    memory = round(psutil.virtual_memory().total / 2**30)
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{psutil.cpu_count()} cores ({_processor()}), {memory} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()} ({packages}), Node {node}"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())

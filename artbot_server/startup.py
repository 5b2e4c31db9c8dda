"""What every way of starting a server begins with: signals, the page, the data folder. Imports next to nothing."""

from __future__ import annotations

import fcntl
import signal
from dataclasses import dataclass
from types import FrameType
from typing import IO

from artbot_server.config import Settings
from artbot_server.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Share:
    """What a web process behind a front is given.

    Attributes:
        number: what its sids end in.
        fileno: of the socket over which it is passed connections.
        announces: it says where the server is.
    """

    number: int
    fileno: int
    announces: bool

    def __str__(self) -> str:
        return f"{self.number}:{self.fileno}:{int(self.announces)}"

    @classmethod
    def read(cls, text: str) -> Share:
        """The one that was written. Raises ValueError."""
        number, fileno, announces = map(int, text.split(":"))
        return cls(number, fileno, bool(announces))


class StopSignal:
    """SIGINT and SIGTERM set a flag and nothing else: a handler runs in the middle of anything."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True


def require_page(settings: Settings) -> None:
    """Raises ConfigError when there is no page to be served."""
    if not (settings.static_dir / "index.html").is_file():
        raise ConfigError(f"ARTBOT_STATIC_DIR: there is no page (index.html) in {settings.static_dir}.")


def lock_folder(settings: Settings) -> IO[str]:
    """Hold the data folder for this server alone; where servers meet elsewhere, on Redis and PostgreSQL, only against one
    that wants it alone.

    Raises:
        ConfigError: another has it, or it cannot be written.
    """
    folder = settings.data_dir
    how = fcntl.LOCK_SH if settings.redis_url and not settings.database.startswith("sqlite") else fcntl.LOCK_EX
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / "lock", "w")  # noqa: SIM115 - held open as long as the process lives
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConfigError(f"Another server uses the data folder {folder}: set ARTBOT_DATA_DIR.") from None
    except OSError as error:
        raise ConfigError(f"The data folder {folder} cannot be used ({error.strerror}): set ARTBOT_DATA_DIR.") from None
    return lock

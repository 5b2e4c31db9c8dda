"""What a server does while it lives, whoever listens for it: holds its data folder, works, keeps a worker, ends in order."""

from __future__ import annotations

import fcntl
import sys
import threading
from typing import IO

import structlog

from artbot_server.app import ArtBot
from artbot_server.config import Settings, environment_of
from artbot_server.errors import ConfigError
from artbot_server.painting.supervisor import Supervisor
from artbot_server.storage.server_values import ADDRESS, note

log = structlog.get_logger()

GRACE_S = 10.0
"""What running replies get at the end."""


class Running:
    """A server's background work and its worker."""

    def __init__(self, settings: Settings, bot: ArtBot) -> None:
        self._settings = settings
        self._bot = bot
        self._supervisor: Supervisor | None = None

    def start(self, address: str) -> None:
        """Begin. `address`: where clients reach this server, for pictures' addresses in callbacks.

        Raises:
            ConfigError: another server uses the data folder.
            Unavailable: the database is away.
        """
        note(self._bot.database, ADDRESS, address)
        self._bot.start()
        if self._settings.worker == "child":
            argv = [sys.executable, "-m", "artbot_server.cli", "worker"]
            self._supervisor = Supervisor(argv, self._worker_began, environment_of(self._settings))
            self._supervisor.start()

    def drain(self) -> None:
        """Let replies and the worker end, side by side; clients still hear of it."""
        supervisor = self._supervisor
        worker_ends = threading.Thread(target=supervisor.stop if supervisor is not None else lambda: None)
        worker_ends.start()
        self._bot.services.chat.live.drain(GRACE_S)
        worker_ends.join()

    def _worker_began(self, times: int) -> None:
        self._bot.services.metrics.worker_starts.inc()
        if times > 1:
            log.warning("the worker was gone and has been started again", times=times)


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

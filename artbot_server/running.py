"""What a server does while it lives, whoever listens for it: works, keeps a worker, ends in order."""

from __future__ import annotations

import sys
import threading

import structlog

from artbot_server.app import ArtBot
from artbot_server.config import Settings, environment_of
from artbot_server.painting.supervisor import Supervisor
from artbot_server.storage.server_values import ADDRESS, note

log = structlog.get_logger()

GRACE_S = 10.0
"""What running replies get at the end."""


class Running:
    """A server's background work and its worker.

    Args:
        with_worker: keep a worker, where the settings want one; somebody else does otherwise.
    """

    def __init__(self, settings: Settings, bot: ArtBot, *, with_worker: bool = True) -> None:
        self._settings = settings
        self._bot = bot
        self._with_worker = with_worker and settings.worker == "child"
        self._supervisor: Supervisor | None = None

    def start(self, address: str) -> None:
        """Begin. `address`: where clients reach this server, for pictures' addresses in callbacks.

        Raises:
            ConfigError: another server uses the data folder.
            Unavailable: the database is away.
        """
        note(self._bot.database, ADDRESS, address)
        self._bot.start()
        if self._with_worker:
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

"""The life of a web process: lock the data folder, listen, serve, and on a signal stop in good order."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO

import structlog

from artbot_server.app import ArtBot, create_app
from artbot_server.config import Settings
from artbot_server.errors import ConfigError, Unavailable
from artbot_server.logs import set_up_logs
from artbot_server.painting.supervisor import Supervisor
from artbot_server.web.access import is_loopback
from artbot_server.web.serving import Server, listen, raise_file_limit, start

log = structlog.get_logger()

GRACE_S = 10.0
"""What running replies get at the end."""
FLUSH_S = 0.25
"""What was told last still lies in the sockets' queues; they are empty long before this."""
LOOK_S = 0.05
"""How often the main thread looks for a signal; it also measures how late the loop wakes."""


def serve(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; the exit code is 0.

    Raises:
        ConfigError: the port or the data folder is taken, or a setting cannot be used.
    """
    set_up_logs(settings.log_level)
    if not (settings.static_dir / "index.html").is_file():
        raise ConfigError(f"ARTBOT_STATIC_DIR: there is no page (index.html) in {settings.static_dir}.")
    lock = lock_folder(settings.data_dir)
    listener = listen(settings.host, settings.port)
    try:
        bot = create_app(settings)
    except Unavailable as error:
        raise ConfigError(f"ARTBOT_DATABASE_URL: {error.message}") from error
    stop = StopSignal()
    bot.start()
    server = start(settings.async_mode, listener, bot.flask, raise_file_limit())
    supervisor = _watch_worker(settings, bot)
    _announce(settings, bot, listener.getsockname()[1])
    _wait(stop, bot)
    log.info("stopping")
    _end(bot, server, supervisor)
    lock.close()
    log.info("stopped")
    sys.stderr.flush()
    os._exit(0)  # idle sockets' green threads would be waited for otherwise


class StopSignal:
    """SIGINT and SIGTERM set a flag and nothing else: a handler runs in the middle of anything."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True


def lock_folder(folder: Path) -> IO[str]:
    """Hold a data folder for this process alone. Raises ConfigError when another has it or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / "lock", "w")  # noqa: SIM115 - held open as long as the process lives
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConfigError(f"Another server uses the data folder {folder}: set ARTBOT_DATA_DIR.") from None
    except OSError as error:
        raise ConfigError(f"The data folder {folder} cannot be used ({error.strerror}): set ARTBOT_DATA_DIR.") from None
    return lock


def _watch_worker(settings: Settings, bot: ArtBot) -> Supervisor | None:
    if settings.worker == "none":
        return None

    def on_start(times: int) -> None:
        bot.services.metrics.worker_starts.inc()
        if times > 1:
            log.warning("the worker was gone and has been started again", times=times)

    supervisor = Supervisor([sys.executable, "-m", "artbot_server.cli", "worker"], on_start)
    supervisor.start()
    return supervisor


def _end(bot: ArtBot, server: Server, supervisor: Supervisor | None) -> None:
    """Let replies and the worker end, side by side; the sockets go last, as they carry the replies' ends."""
    worker_ends = threading.Thread(target=supervisor.stop if supervisor is not None else lambda: None)
    worker_ends.start()
    bot.services.chat.live.drain(GRACE_S)
    worker_ends.join()
    time.sleep(FLUSH_S)
    server.stop()
    bot.stop()


def _announce(settings: Settings, bot: ArtBot, port: int) -> None:
    """Say where it is, on stdout: whoever started it reads this."""
    everywhere = settings.host in ("0.0.0.0", "::")
    address = f"http://{_in_url('127.0.0.1' if everywhere else settings.host)}:{port}/"
    server = bot.services.server_json()
    lines = [f"Art Bot is at {address}"]
    if not is_loopback(settings.host) and not settings.access_key:
        others = _in_url(own_address() if everywhere else settings.host)
        lines.append(
            f"Anybody else needs the access key: http://{others}:{port}/?access={bot.services.door.access_key}"
        )
    if server["demo"]["engine"]:
        lines.append("Prompts come from the built-in demo writer (rules, no model): set OPENAI_API_KEY for a real one.")
    if not settings.sd_urls:
        lines.append("Pictures come from the built-in demo painter: set ARTBOT_SD_URL to a Stable Diffusion web UI.")
    print("\n".join(lines), flush=True)  # noqa: T201


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def own_address() -> str:
    """The address by which this machine's network knows it; loopback when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only the route is looked up
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _wait(stop: StopSignal, bot: ArtBot) -> None:
    while not stop.came:
        before = time.monotonic()
        time.sleep(LOOK_S)
        bot.services.metrics.lagged(max(0.0, time.monotonic() - before - LOOK_S))

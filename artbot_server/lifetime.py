"""The life of a web process of our own: lock the data folder, listen, serve, and on a signal stop in good order."""

from __future__ import annotations

import gc
import os
import socket
import sys
import time

import structlog

from artbot_server.app import ArtBot, create_app
from artbot_server.config import Settings
from artbot_server.errors import ConfigError, Unavailable
from artbot_server.logs import set_up_logs
from artbot_server.running import Running
from artbot_server.startup import Share, StopSignal, lock_folder, require_page
from artbot_server.web.access import is_loopback
from artbot_server.web.passed import PassedSockets
from artbot_server.web.serving import listen, raise_file_limit, start
from artbot_server.web.wsgi import number_sockets

log = structlog.get_logger()

EVERYWHERE = ("0.0.0.0", "::")
FLUSH_S = 0.25
"""What was told last still lies in the sockets' queues; they are empty long before this."""
LOOK_S = 0.05
"""How often the main thread looks for a signal; it also measures how late the loop wakes."""


def serve(settings: Settings, share: Share | None = None) -> int:
    """Run until SIGINT or SIGTERM; the exit code is 0.

    Args:
        share: this is one of several web processes behind a front, which has the port, the data folder and the worker.

    Raises:
        ConfigError: the port or the data folder is taken, or a setting cannot be used.
    """
    set_up_logs(settings.log_level)
    require_page(settings)
    lock = lock_folder(settings) if share is None else None
    try:
        bot = create_app(settings)
    except Unavailable as error:
        raise ConfigError(f"ARTBOT_DATABASE_URL: {error.message}") from error
    # Not before there is somebody to answer: a proxy sends a client elsewhere when refused, and lets it wait otherwise.
    listener = listen(settings.host, settings.port) if share is None else _passed(settings, share)
    stop = StopSignal()
    running, port = Running(settings, bot, with_worker=share is None), listener.getsockname()[1]
    running.start(_address(settings, port))
    if share is not None:
        number_sockets(bot.socketio, share.number)
    server = start(settings.async_mode, listener, bot.flask, raise_file_limit())
    if isinstance(listener, PassedSockets):
        listener.report(lambda: len(bot.services.audience))
    if share is None or share.announces:
        _announce(settings, bot, port)
    _settle()
    _wait(stop, bot, listener)
    log.info("stopping")
    running.drain()
    time.sleep(FLUSH_S)
    server.stop()  # last, as the sockets carry the replies' ends
    bot.stop()
    if lock is not None:
        lock.close()
    log.info("stopped")
    sys.stderr.flush()
    os._exit(0)  # idle sockets' green threads would be waited for otherwise


def _settle() -> None:
    """What is here now stays: looking through it at every full collection would hold the loop for 130 ms each time."""
    gc.collect()
    gc.freeze()


def _announce(settings: Settings, bot: ArtBot, port: int) -> None:
    """Say where it is, on stdout: whoever started it reads this."""
    everywhere = settings.host in EVERYWHERE
    server = bot.services.server_json()
    lines = [f"Art Bot is at {_address(settings, port)}/"]
    if not is_loopback(settings.host) and not settings.access_key:
        others = _in_url(own_address() if everywhere else settings.host)
        lines.append(
            f"Anybody else needs the access key: http://{others}:{port}{settings.prefix}/?access={bot.services.door.access_key}"
        )
    if server["demo"]["engine"]:
        lines.append("Prompts come from the built-in demo writer (rules, no model): set OPENAI_API_KEY for a real one.")
    if not settings.sd_urls:
        lines.append("Pictures come from the built-in demo painter: set ARTBOT_SD_URL to a Stable Diffusion web UI.")
    print("\n".join(lines), flush=True)  # noqa: T201


def _address(settings: Settings, port: int) -> str:
    """Where this machine reaches it."""
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return f"http://{_in_url(host)}:{port}{settings.prefix}"


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


def _passed(settings: Settings, share: Share) -> PassedSockets:
    if settings.async_mode != "eventlet":
        raise ConfigError("Several processes want ARTBOT_ASYNC_MODE=eventlet.")
    return PassedSockets(share.fileno, (settings.host, settings.port))


def _wait(stop: StopSignal, bot: ArtBot, listener: socket.socket | PassedSockets) -> None:
    """Until a signal comes, or the front is gone."""
    while not stop.came and not (isinstance(listener, PassedSockets) and listener.ended.is_set()):
        before = time.monotonic()
        time.sleep(LOOK_S)
        bot.services.metrics.lagged(max(0.0, time.monotonic() - before - LOOK_S))

"""`artbot serve --processes N`: several web processes on one machine, one address, one worker.

This process only starts and watches them and passes connections on; it holds the data folder for all of them.
"""

from __future__ import annotations

import itertools
import signal
import sys
import threading
import time
from dataclasses import replace
from functools import partial

import structlog

from artbot_server.config import Settings, environment_of
from artbot_server.errors import ConfigError
from artbot_server.front.children import Child
from artbot_server.front.front import Front
from artbot_server.logs import set_up_logs
from artbot_server.painting.supervisor import Supervisor
from artbot_server.startup import Share, StopSignal, lock_folder, require_page
from artbot_server.web.serving import listen, raise_file_limit

END_WITHIN_S = 60.0
"""Children let replies end (10 s) and the worker may need 40 s; then they are killed."""

log = structlog.get_logger()


def serve_many(settings: Settings, processes: int) -> int:
    """Run until SIGINT or SIGTERM; the exit code is 0, or a child's when it could not even begin.

    Raises:
        ConfigError: several processes cannot be had with these settings, or the port or the data folder is taken.
    """
    if not settings.redis_url:
        raise ConfigError("Several processes meet on Redis: set ARTBOT_REDIS_URL.")
    if settings.async_mode != "eventlet":
        raise ConfigError("Several processes want ARTBOT_ASYNC_MODE=eventlet.")
    set_up_logs(settings.log_level)
    require_page(settings)
    lock = lock_folder(settings)
    listener = listen(settings.host, settings.port)
    raise_file_limit()
    stop = StopSignal()
    settings = replace(settings, port=listener.getsockname()[1])
    children = [_child(settings, number) for number in range(1, processes + 1)]
    front = Front(listener, children)
    supervisor = None
    if settings.worker == "child":
        supervisor = Supervisor([sys.executable, "-m", "artbot_server.cli", "worker"], environ=environment_of(settings))
        supervisor.start()
    code = _run(front, children, stop)
    log.info("stopping")
    _end(front, children, supervisor)
    front.close()
    lock.close()
    log.info("stopped")
    return code


def _child(settings: Settings, number: int) -> Child:
    starts = itertools.count()

    def argv(fileno: int) -> list[str]:
        # The first of all says where the server is, once.
        tells = number == 1 and next(starts) == 0
        return [sys.executable, "-m", "artbot_server.cli", "serve", "--share", str(Share(number, fileno, tells))]

    return Child(number, argv, environment_of(settings))


def _run(front: Front, children: list[Child], stop: StopSignal) -> int:
    """Until a signal comes, or a child that never was ready gives up: its exit code."""
    were_ready: set[int] = set()
    while not stop.came:
        for child in children:
            if child.start_when_due():
                front.watch(child)
        front.turn()
        were_ready |= {child.number for child in children if child.is_ready}
        for child, code in _ended(front, children):
            if child.number not in were_ready:
                return code or 1
            log.warning("web_process_died", number=child.number, exit_code=code)
    return 0


def _ended(front: Front, children: list[Child]) -> list[tuple[Child, int]]:
    found = []
    for child in children:
        fileno = child.fileno()
        code = child.ended(partial(front.forget, fileno))
        if code is not None:
            found.append((child, code))
    return found


def _end(front: Front, children: list[Child], supervisor: Supervisor | None) -> None:
    """All side by side; connections are passed on meanwhile, for clients that ask in between."""
    for child in children:
        child.stop()
    worker_ends = threading.Thread(target=supervisor.stop if supervisor is not None else lambda: None)
    worker_ends.start()
    until = time.monotonic() + END_WITHIN_S
    while any(child.runs for child in children):
        front.turn()
        _ended(front, children)
        if time.monotonic() > until:
            for child in children:
                child.stop(signal.SIGKILL)
    worker_ends.join()

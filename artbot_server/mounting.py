"""The whole server below a path of somebody else's Flask app. The host listens; we bring routes, sockets and a worker.

docs/embedding.md says what a host has to know: one process, and how its server waits.
"""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType
from typing import Protocol

import structlog

from artbot_server.app import NO_HOOKS, ArtBot, create_app
from artbot_server.config import PREFIX, Settings
from artbot_server.errors import ConfigError, Unavailable
from artbot_server.hooks.record import Hooks
from artbot_server.logs import set_up_logs
from artbot_server.patching import patched_for
from artbot_server.running import Running
from artbot_server.startup import lock_folder
from artbot_server.web.prefix import hosted
from artbot_server.web.serving import WsgiApp, plain_websockets


class Host(Protocol):
    """A Flask app, as far as it matters here."""

    wsgi_app: WsgiApp


class Mounted:
    """A server in a host's app; also a context that starts and stops it.

    Attributes:
        bot: the server, for those who want its services.
    """

    def __init__(self, settings: Settings, at: str, hooks: Hooks) -> None:
        self._lock = lock_folder(settings)
        try:
            self.bot: ArtBot = create_app(settings, hooks)
        except Unavailable as error:
            raise ConfigError(f"ARTBOT_DATABASE_URL: {error.message}") from error
        self._running = Running(settings, self.bot)
        self._at = at

    def start(self) -> None:
        """Begin the background work and the worker; in the process that serves, after it has forked.

        Raises:
            Unavailable: the database is away.
        """
        self._running.start(self._at)

    def stop(self) -> None:
        """Let replies and the worker end, and let go of the data folder. Not to be started again."""
        self._running.drain()
        self.bot.stop()
        self._lock.close()

    def __enter__(self) -> Mounted:
        self.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.stop()


def mount(host: Host, settings: Settings, at: str = "/art", hooks: Hooks = NO_HOOKS) -> Mounted:
    """Put the server below a path of a Flask app; nothing runs until the answer is started.

    `settings.async_mode`, `host`, `port` and `prefix` do not count: the process is patched or not, and the host listens.

    Raises:
        ConfigError: a setting cannot be used, another server uses the data folder, or `at` is no path such as `/art`.
    """
    if not PREFIX.fullmatch(at):
        raise ConfigError("at must be a path such as /art.")
    if not structlog.is_configured():
        set_up_logs(settings.log_level)
    mounted = Mounted(replace(settings, async_mode=patched_for(), prefix=""), at, hooks)
    host.wsgi_app = hosted(host.wsgi_app, at, plain_websockets(mounted.bot.flask.wsgi_app))
    return mounted

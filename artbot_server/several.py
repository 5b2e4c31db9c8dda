"""Joins a process with the others of its server: over a local socket where there is one web process, else over Redis.

What Redis needs is imported only where ARTBOT_REDIS_URL is set. The channels bear a name that only the database's secret
gives, so that several servers may use one Redis.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from artbot_server.across.here import Here
from artbot_server.chat.elsewhere import Elsewhere, Nobody
from artbot_server.config import Settings
from artbot_server.errors import ConfigError
from artbot_server.events import Publish
from artbot_server.live.hub import Hub
from artbot_server.live.link import LiveLink
from artbot_server.live.local import LiveHub
from artbot_server.painting.worker import Connect
from artbot_server.storage.database import Database
from artbot_server.storage.elsewhere import ElsewhereStore
from artbot_server.storage.sessions import Signer, shared_secret

if TYPE_CHECKING:
    from artbot_server.across.watching import Watching


class Company(Elsewhere, Protocol):
    """This web process's way to workers and to other web processes."""

    @property
    def hub(self) -> Hub:
        """The way to the workers."""
        ...

    @property
    def publish(self) -> Publish:
        """Tells a session's sockets, on whichever process."""
        ...

    def tend(self) -> None:
        """The regular work; called each second."""


class Alone(Nobody):
    """The one web process of its server."""

    def __init__(self, settings: Settings, here: Here) -> None:
        self.hub = LiveHub(settings.data_dir, on_message=here.hear, on_change=here.workers_changed)
        self.publish = here.publish

    def tend(self) -> None:
        """There is nothing to do."""


def company(settings: Settings, database: Database, name: str, here: Here) -> Company:
    """This web process among the others. `name`: the owner that stands in the rows of its replies.

    Raises:
        ConfigError: Redis is wanted, and its address is wrong or its package missing.
    """
    return _watching(settings, database, name, here) if settings.redis_url else Alone(settings, here)


def link(settings: Settings, database: Database) -> Connect:
    """A worker's way to the web processes. Raises ConfigError as `company` does."""
    if not settings.redis_url:
        return partial(LiveLink, settings.data_dir)
    try:
        from artbot_server.live.redis_link import RedisLink
    except ImportError as error:
        raise _missing(error) from error
    return partial(RedisLink, settings.redis_url, _space(database))


def _watching(settings: Settings, database: Database, name: str, here: Here) -> Watching:
    try:
        from artbot_server.across.watching import Watching
        from artbot_server.live.redis_hub import RedisHub
    except ImportError as error:
        raise _missing(error) from error
    connect = partial(RedisHub, settings.redis_url, _space(database), name, on_change=here.workers_changed)
    return Watching(name, here, ElsewhereStore(database), connect)


def _space(database: Database) -> str:
    return "artbot-" + Signer(shared_secret(database)).signature("made", "redis")


def _missing(error: ImportError) -> ConfigError:
    return ConfigError(f"ARTBOT_REDIS_URL wants a package that is missing ({error.name}): artbot-server[redis].")

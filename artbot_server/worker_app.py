"""Composition root of a worker process: the backends, the stores and the link, joined and run. Nothing is patched here."""

from __future__ import annotations

from functools import partial

from artbot_server.choices import choose_backends
from artbot_server.config import Settings
from artbot_server.errors import ConfigError, Unavailable
from artbot_server.live.link import LiveLink
from artbot_server.logs import set_up_logs
from artbot_server.painting.leases import Timing
from artbot_server.painting.supervisor import end_with_parent
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.worker import Worker
from artbot_server.storage.database import Database
from artbot_server.storage.migrate import migrate


def work(settings: Settings) -> int:
    """Paint what waits until SIGINT or SIGTERM; the exit code is 0.

    Raises:
        ConfigError: a setting cannot be used.
    """
    set_up_logs(settings.log_level)
    database = Database(settings.database)
    try:
        migrate(database)
    except Unavailable as error:
        raise ConfigError(f"ARTBOT_DATABASE_URL: {error.message}") from error
    worker = Worker(
        database,
        settings.data_dir,
        choose_backends(settings),
        TemplateStore(settings.templates_dir),
        connect=partial(LiveLink, settings.data_dir),
        timing=Timing(lease_s=settings.lease_s, renew_s=settings.lease_s / 4),
        save_dir=settings.save_dir,
    )
    worker.handle_signals()
    end_with_parent(worker.stop)
    worker.run()
    database.close()
    return 0

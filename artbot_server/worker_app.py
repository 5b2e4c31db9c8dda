"""Composition root of a worker process: the backends, the stores and the link, joined and run. Nothing is patched here."""

from __future__ import annotations

from artbot_server import several
from artbot_server.callbacks.courier import Courier, Office
from artbot_server.choices import (
    callback_rules,
    callback_secret,
    choose_addresses,
    choose_backends,
    choose_picture_files,
)
from artbot_server.config import Settings
from artbot_server.errors import ConfigError, Unavailable
from artbot_server.logs import set_up_logs
from artbot_server.painting.leases import Timing
from artbot_server.painting.pictures import signed_addresses
from artbot_server.painting.supervisor import end_with_parent
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.worker import Worker
from artbot_server.storage.database import Database
from artbot_server.storage.deliveries import DeliveryStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.migrate import migrate
from artbot_server.storage.picture_files import PictureFiles
from artbot_server.storage.pictures import PictureStore
from artbot_server.storage.server_values import ADDRESS, noted
from artbot_server.storage.sessions import Signer, shared_secret

COURIER_END_S = 1.0
"""What callbacks under way still get when everything else has ended; the rest are sent again by the next worker."""


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
    files = choose_picture_files(settings)
    worker = Worker(
        database,
        choose_backends(settings),
        TemplateStore(settings.templates_dir),
        files=files,
        connect=several.link(settings, database),
        timing=Timing(lease_s=settings.lease_s, renew_s=settings.lease_s / 4),
        weights={address.name: address.weight for address in choose_addresses(settings)},
        save_dir=settings.save_dir,
    )
    courier = Courier(_office(settings, database, files))
    worker.handle_signals()
    end_with_parent(worker.stop)
    courier.start()
    worker.run()
    courier.stop(COURIER_END_S)
    database.close()
    return 0


def _office(settings: Settings, database: Database, files: PictureFiles) -> Office:
    signer = Signer(shared_secret(database))
    base = settings.public_url or noted(database, ADDRESS) or ""
    return Office(
        deliveries=DeliveryStore(database),
        jobs=JobStore(database),
        pictures=PictureStore(database, files),
        rules=callback_rules(settings),
        secret=callback_secret(settings, signer),
        sign=signed_addresses(signer.signature, base),
        files=settings.callback_images == "base64",
    )

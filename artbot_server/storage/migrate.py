"""Brings the database to the newest shape at start; safe when several processes start at once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from artbot_server.storage.database import Database

ADVISORY_LOCK = 0x417274426F74
"""PostgreSQL's lock number for our migrations ("ArtBot"); SQLite's write transaction is lock enough."""


SCRIPTS = Path(__file__).parent / "migrations"
NEWEST = max(path.name for path in (SCRIPTS / "versions").glob("[0-9]*.py")).partition("_")[0]
"""The revision after all migrations; their files are named by it, and in order."""


def migrate(database: Database) -> None:
    """Run what is missing of `migrations/versions`, in one transaction.

    Raises:
        Unavailable: the database cannot be reached or stays locked.
    """
    if database.is_sqlite:
        database.use_write_ahead_log()
    if database.read(_revision) == NEWEST:  # nearly every start: importing alembic takes a quarter of a worker's
        return
    from alembic import command
    from alembic.config import Config

    def work(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ADVISORY_LOCK})
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    database.write(work)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

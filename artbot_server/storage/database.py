"""The one way to the database: short transactions, retried while SQLite is locked, on SQLite or PostgreSQL.

Between the first statement of a transaction and its commit nothing may yield: no socket, sleep, lock, log line or
callback (under eventlet a green thread that yields there keeps SQLite's write lock while others wait for it).
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Float, create_engine, event, literal_column, or_
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.sql.elements import ColumnElement

from artbot_server.errors import ConfigError, Unavailable

T = TypeVar("T")
Time = ColumnElement[float] | ColumnElement[float | None]

LOCKED_FOR_S = 30.0
"""How long a write waits for somebody else's lock before it gives up: longer than any backup's checkpoint."""
WRITE_AHEAD_LOG = "PRAGMA journal_mode=WAL"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.1
LONGEST_LEASE_S = 600.0
"""No lease is longer (ARTBOT_LEASE_S)."""


class Database:
    """A pool of connections and two verbs.

    Args:
        url: SQLAlchemy's form, `sqlite:///path` or `postgresql+psycopg://…`.

    Raises:
        ConfigError: the address is not one of a known kind.
    """

    def __init__(self, url: str) -> None:
        self._engine = _create_engine(url)
        self.is_sqlite = self._engine.dialect.name == "sqlite"

    @property
    def now(self) -> ColumnElement[float]:
        """The database's own clock as an SQL expression: leases of several machines are held against it alone."""
        if self.is_sqlite:
            return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Float)
        return literal_column("extract(epoch from clock_timestamp())::float8", Float)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads.

        Raises:
            Unavailable: the database cannot be reached or stays locked.
        """
        return self._run(work, write=False)

    def write(self, work: Callable[[Connection], T], *, wait_s: float = LOCKED_FOR_S) -> T:
        """Run `work` in a transaction and commit. It may be run again, so it must have no other effects.

        Args:
            wait_s: how long to wait for somebody else's lock; 0 tries once.

        Raises:
            Unavailable: the database cannot be reached or stays locked.
        """
        return self._run(work, write=True, wait_s=wait_s)

    def use_write_ahead_log(self) -> None:
        """SQLite only, lasting: readers and the one writer no longer wait for each other.

        Raises:
            Unavailable: the file is no database, cannot be opened or stays locked.
        """

        def attempt() -> None:
            with self._engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                try:
                    raw.cursor().execute(WRITE_AHEAD_LOG)  # outside any transaction, where SQLAlchemy has none
                except sqlite3.Error as error:
                    raise DBAPIError.instance(WRITE_AHEAD_LOG, None, error, sqlite3.Error) from error

        _tried_again(attempt, LOCKED_FOR_S)

    def close(self) -> None:
        """Close the pooled connections."""
        self._engine.dispose()

    def _run(self, work: Callable[[Connection], T], *, write: bool, wait_s: float = LOCKED_FOR_S) -> T:
        def attempt() -> T:
            with self._engine.connect() as connection:
                if write:
                    connection.info["artbot_write"] = True
                try:
                    with connection.begin():
                        return work(connection)
                finally:
                    connection.info.pop("artbot_write", None)

        return _tried_again(attempt, wait_s)


def is_over(lease_until: Time, now: ColumnElement[float]) -> ColumnElement[bool]:
    """Whether a lease has ended. One that ends later than any can was written before the clock was set back."""
    return or_(lease_until < now, lease_until > now + LONGEST_LEASE_S)


def _tried_again(attempt: Callable[[], T], wait_s: float) -> T:
    """The only loop that waits for somebody else's lock. Raises Unavailable."""
    give_up_at = time.monotonic() + wait_s
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return attempt()
        except PoolTimeoutError as error:
            raise Unavailable("The database has no connection free; try again in a moment.") from error
        except DatabaseError as error:
            if type(error) not in (OperationalError, DatabaseError):  # about the statement itself: a fault of ours
                raise
            if not _is_passing(error) or time.monotonic() >= give_up_at:
                raise Unavailable("The database cannot be used just now; try again in a moment.") from error
        time.sleep(pause_s * random.uniform(0.5, 1.5))
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def _is_passing(error: DBAPIError) -> bool:
    """SQLite's lock, or PostgreSQL's deadlock or a connection that was cut: all are over soon."""
    words = str(error.orig).lower()
    return any(word in words for word in ("locked", "busy", "deadlock")) or error.connection_invalidated


def _create_engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(
                parsed,
                connect_args={"timeout": 0, "check_same_thread": False},
                pool_size=8,
                pool_reset_on_return=None,  # `begin()` has ended every transaction
                json_serializer=_json,
            )
            _prepare_sqlite(engine)
            return engine
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=8)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ConfigError(f"ARTBOT_DATABASE_URL cannot be used: {error}.") from error
    raise ConfigError("ARTBOT_DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _json(value: Any) -> str:
    """Most columns of this kind hold nothing, and a message has four of them."""
    return "null" if value is None else json.dumps(value)


def _prepare_sqlite(engine: Engine) -> None:
    """Our own BEGIN (the driver's begins too late), write-ahead log, and no waiting inside SQLite's C code."""

    @event.listens_for(engine, "connect")
    def on_connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        cursor = raw.cursor()
        cursor.execute("PRAGMA busy_timeout=0")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        statement = "BEGIN IMMEDIATE" if connection.info.get("artbot_write") else "BEGIN"
        raw = connection.connection.dbapi_connection
        assert raw is not None
        try:
            raw.execute(statement)
        except sqlite3.Error as error:
            raise DBAPIError.instance(statement, None, error, sqlite3.Error) from error

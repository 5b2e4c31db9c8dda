"""Statements that every message needs, compiled once and run on the driver's own cursor.

SQLAlchemy writes them, for either database. Its own way from there to the driver takes 30 to 60 µs a statement, several
times what the database does, and a message takes ten of them before its first token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

Process = Callable[[Any], Any]


class Prepared:
    """One statement whose values are all named; none may be a list (IN).

    Args:
        columns: of an INSERT, those that are given.
    """

    def __init__(self, statement: Executable, columns: tuple[str, ...] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it wrote.

        Raises:
            DBAPIError: as SQLAlchemy would, of the same kinds.
            KeyError: a value is missing.
        """
        with closing(self._cursor(connection, values)) as cursor:
            return int(cursor.rowcount)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row it gives, JSON as it is stored. Raises as `run`."""
        with closing(self._cursor(connection, values)) as cursor:
            rows = cursor.fetchall()
        return tuple(rows[0]) if rows else None

    def _cursor(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compiled[connection.dialect.name] = self._compile(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(compiled.text, compiled.places(values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise _named(connection, compiled.text, error, cursor) from error
        return cursor

    def _compile(self, dialect: Dialect) -> _Compiled:
        assert isinstance(self._statement, ClauseElement)
        columns = list(self._columns) if self._columns else None
        made: Any = self._statement.compile(dialect=dialect, column_keys=columns)
        processes = {
            name: process
            for bind, name in made.bind_names.items()
            if (process := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        constants = {name: bind.effective_value for bind, name in made.bind_names.items() if not bind.required}
        order = tuple(made.positiontup) if made.positional else None
        return _Compiled(str(made), tuple(made.bind_names.values()), constants, processes, order)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one database. `order`: of its values, where their places have no names."""

    text: str
    names: tuple[str, ...]
    constants: dict[str, Any]
    processes: dict[str, Process]
    order: tuple[str, ...] | None

    def places(self, values: Mapping[str, Any]) -> Any:
        given = {**self.constants, **values}
        for name, process in self.processes.items():
            given[name] = process(given[name])
        if self.order is None:
            return {name: given[name] for name in self.names}
        return tuple([given[name] for name in self.order])


def insert_of(table: Table) -> Prepared:
    """An INSERT of one whole row."""
    return Prepared(table.insert(), tuple(table.columns.keys()))


def _named(connection: Connection, text: str, error: Exception, cursor: Any) -> BaseException:
    """The driver's error under SQLAlchemy's name; a connection that was cut is not used again."""
    dialect = connection.dialect
    is_cut = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]
    if is_cut:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, connection_invalidated=is_cut, dialect=dialect
    )

"""The backends as workers last saw them. Workers write, the web process reads; leases on them are in `claims`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from artbot_server.sd.base import Abilities, Backend, Checkpoint
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import time_of
from artbot_server.storage.schema import backends

SEEN_FOR_S = 95.0
"""How long a backend counts as up without news: three rounds of health checks (30 s each), and a little."""
FORGOTTEN_AFTER_S = 7 * 86400.0
"""When a backend that no worker names any more stops being shown."""


@dataclass(frozen=True, slots=True)
class KnownBackend:
    """One backend, `up` as far as anybody knows; `abilities` is None until it was reached once."""

    name: str
    kind: str
    demo: bool
    up: bool
    abilities: Abilities | None

    def as_json(self) -> dict[str, Any]:
        """An item of `backends` in the `server` record of docs/protocol.md."""
        return {"name": self.name, "kind": self.kind, "demo": self.demo, "up": self.up}


class BackendStore:
    """Rows of backends by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, backend: Backend, abilities: Abilities | None) -> None:
        """Note that a worker tried to reach it; `abilities` is None when it could not (what was known stays)."""
        values: dict[str, Any] = {"kind": backend.kind, "demo": backend.demo, "up": abilities is not None}
        if abilities is not None:
            values["abilities"] = asdict(abilities)
        if abilities is not None and abilities.loaded_model is not None:
            values["loaded_model"] = abilities.loaded_model

        def work(connection: Connection) -> None:
            now = time_of(self._database, connection)
            row = update(backends).where(backends.c.name == backend.name)
            if connection.execute(row.values(seen_at=now, **values)).rowcount == 0:
                connection.execute(insert(backends).values(name=backend.name, seen_at=now, **values))

        try:
            self._database.write(work)
        except IntegrityError:
            # Another worker with the same backend wrote the first row between our update and our insert.
            self._database.write(work)

    def all(self) -> list[KnownBackend]:
        """All that any worker named lately, by name."""

        def work(connection: Connection) -> list[KnownBackend]:
            now = time_of(self._database, connection)
            rows = connection.execute(select(backends).order_by(backends.c.name)).mappings().all()
            return [_known(row, now) for row in rows if row["seen_at"] > now - FORGOTTEN_AFTER_S]

        return self._database.read(work)

    def abilities(self) -> Abilities:
        """What an order may ask for; see `merged`. Backends that are up speak for all, else those seen last."""
        known = self.all()
        asked = [backend for backend in known if backend.up] or known
        return merged([backend.abilities for backend in asked if backend.abilities is not None])


def merged(several: Sequence[Abilities]) -> Abilities:
    """What every one of them can do, so that any may take the job; models and checkpoints alone are the sum, as claims
    look at them.

    An empty tuple means "not known" and leaves the others' word.
    """
    if len(several) < 2:
        return several[0] if several else Abilities()
    lists: dict[str, Any] = {
        item.name: _in_all([getattr(one, item.name) for one in several])
        for item in fields(Abilities)
        if item.name not in {"models", "checkpoints", "max_side", "max_pixels", "max_batch", "loaded_model"}
    }
    models = [one.models for one in several]
    return Abilities(
        **lists,
        models=tuple(dict.fromkeys(name for names in models for name in names)) if all(models) else (),
        checkpoints=tuple(dict.fromkeys(each for one in several for each in one.checkpoints)) if all(models) else (),
        max_side=min(one.max_side for one in several),
        max_pixels=min(one.max_pixels for one in several),
        max_batch=min(one.max_batch for one in several),
    )


def _in_all(several: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    known = [names for names in several if names]
    return tuple(name for name in known[0] if all(name in names for names in known)) if known else ()


def _known(row: RowMapping, now: float) -> KnownBackend:
    saved: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in (row["abilities"] or {}).items()}
    checkpoints = tuple(Checkpoint(**each) for each in saved.pop("checkpoints", ()))
    abilities = Abilities(**saved, checkpoints=checkpoints) if saved else None
    up = row["up"] and row["seen_at"] > now - SEEN_FOR_S
    return KnownBackend(row["name"], row["kind"], row["demo"], up, abilities)

"""The backends as workers last saw them, and what their operator wants of them. Leases on them are in `claims`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, Update, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from artbot_server.errors import NotFound
from artbot_server.painting.health import NOBODY, Wanted
from artbot_server.painting.jobs import JobState
from artbot_server.sd.base import Abilities, Backend, Checkpoint
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import time_of
from artbot_server.storage.schema import backends, jobs

SEEN_FOR_S = 95.0
"""How long a backend counts as up without news: three rounds of health checks (30 s each), and a little."""
FORGOTTEN_AFTER_S = 7 * 86400.0
"""When a backend that no worker names any more stops being shown."""


@dataclass(frozen=True, slots=True)
class KnownBackend:
    """One backend.

    Attributes:
        up: as far as anybody knows.
        abilities: None until it was reached once.
        weight: of two that could take a job, the one that weighs more does.
        drained: its operator lets it take no more jobs.
        loaded_model: the checkpoint in its memory, None: not known.
        job_id: what it paints now.
        seen_at: when anybody last heard of it or tried to, in seconds since 1970.
    """

    name: str
    kind: str
    demo: bool
    up: bool
    abilities: Abilities | None
    weight: float = 1.0
    drained: bool = False
    loaded_model: str | None = None
    job_id: str | None = None
    seen_at: float = 0.0

    @property
    def takes_jobs(self) -> bool:
        """It is up and not drained."""
        return self.up and not self.drained

    def as_json(self) -> dict[str, Any]:
        """An item of `backends` in the `server` record of docs/protocol.md."""
        return {name: getattr(self, name) for name in ("name", "kind", "demo", "up", "drained", "weight")}

    def as_operators_json(self) -> dict[str, Any]:
        """The same with what only whoever runs it is told."""
        more = {"model": self.loaded_model, "job_id": self.job_id, "seen_at": self.seen_at}
        models = list(self.abilities.models) if self.abilities else []
        return self.as_json() | more | {"models": models}


@dataclass(frozen=True, slots=True)
class Standing:
    """What its own worker has to know of a backend."""

    drained: bool = False
    wanted: Wanted = NOBODY


class BackendStore:
    """Rows of backends by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, backend: Backend, abilities: Abilities | None, weight: float | None = None) -> None:
        """Note that a worker tried to reach it; `abilities` is None when it could not. What is None stays as it was."""
        values: dict[str, Any] = {"kind": backend.kind, "demo": backend.demo, "up": abilities is not None}
        if abilities is not None:
            values["abilities"] = asdict(abilities)
        if abilities is not None and abilities.loaded_model is not None:
            values["loaded_model"] = abilities.loaded_model
        if weight is not None:
            values["weight"] = weight

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

    def standing(self, name: str) -> Standing:
        """Whether it is drained, and who would have it looked at; of one that is up, jobs are not asked."""

        def work(connection: Connection) -> Standing:
            row = connection.execute(select(*_STANDING).where(backends.c.name == name)).first()
            if row is None:
                return Standing()
            by_operator = row.asked_at is not None and row.asked_at > row.seen_at
            by_job = not row.up and not row.drained and _some_job(connection, row.models or ())
            return Standing(row.drained, Wanted(by_job, by_operator))

        return self._database.read(work)

    def rest(self, name: str, seconds: float) -> None:
        """Jobs are not left to it for so long, because one failed there; 0: it is as free as it looks."""
        rested = update(backends).where(backends.c.name == name).values(rests_until=self._database.now + seconds)
        self._database.write(lambda connection: connection.execute(rested))

    def drain(self, name: str) -> KnownBackend:
        """Let it take no more jobs, until `resume`; what it paints goes on. Raises NotFound."""
        return self._change(name, update(backends).values(drained=True))

    def resume(self, name: str) -> KnownBackend:
        """Let it take jobs again, and have it looked at. Raises NotFound."""
        return self._change(name, update(backends).values(drained=False, asked_at=self._database.now))

    def ask(self, name: str) -> KnownBackend:
        """Have its worker look at it now. Raises NotFound."""
        return self._change(name, update(backends).values(asked_at=self._database.now))

    def _change(self, name: str, change: Update) -> KnownBackend:
        if self._database.write(lambda c: c.execute(change.where(backends.c.name == name)).rowcount):
            for known in self.all():
                if known.name == name:
                    return known
        names = [known.name for known in self.all()]
        raise NotFound(f"There is no backend {name[:80]!r}.", field="backend", allowed=names)

    def abilities(self) -> Abilities:
        """What an order may ask for; see `merged`. Backends that take jobs speak for all, else those seen last."""
        known = self.all()
        asked = [backend for backend in known if backend.takes_jobs] or known
        return merged([backend.abilities for backend in asked if backend.abilities is not None])


_STANDING = (
    *(backends.c.drained, backends.c.up, backends.c.asked_at, backends.c.seen_at),
    backends.c.abilities["models"].label("models"),
)


def _some_job(connection: Connection, models: Sequence[str]) -> bool:
    """Whether anything waits that a backend with these checkpoints could paint."""
    asked = connection.execute(select(jobs.c.model).where(jobs.c.state == JobState.QUEUED).distinct()).scalars()
    return any(model is None or not models or model in models for model in asked)


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
    same = {
        name: row[name] for name in ("name", "kind", "demo", "weight", "drained", "loaded_model", "job_id", "seen_at")
    }
    return KnownBackend(**same, up=up, abilities=abilities)

"""Pictures: a file and a thumbnail in `picture_files`, and a row that says whose it is. Pixels are never decoded here.

The file is whole before its row exists; what a crash leaves without a row is swept away later.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Column, Connection, insert, select, tuple_, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from artbot_server.errors import NotFound, Unavailable
from artbot_server.painting.pictures import EXTENSIONS, CheckedPicture, PictureKind, StoredPicture
from artbot_server.storage.database import Database
from artbot_server.storage.jobs import time_of
from artbot_server.storage.picture_files import PictureFiles
from artbot_server.storage.schema import pictures
from artbot_server.storage.sessions import keep_session

Variant = Literal["original", "thumbnail"]
ORPHAN_AFTER_S = 3600.0
"""Age of a file without a row before it counts as left over: far longer than any worker needs from file to row."""
ROOM_BYTES = 32 * 1024 * 1024
"""What has to be free before a picture is begun: a job of 16 large ones. The work of a backend is too dear to be lost."""
NO_ROOM = "no_room"
IDS_AT_ONCE = 500
"""Ids in one query of the sweep; SQLite takes at most 32,766 values."""


class PictureStore:
    """Files in `files`, rows in the database."""

    def __init__(self, database: Database, files: PictureFiles) -> None:
        self._database = database
        self._files = files

    def write_files(self, checked: CheckedPicture, *, session_id: str, kind: PictureKind, **more: Any) -> StoredPicture:
        """Write both files under a new id; the row is `Claims.done`'s or `add`'s to write.

        Args:
            more: other attributes of `StoredPicture`.

        Raises:
            Unavailable: `no_room`; nothing of it is left then.
        """
        picture = StoredPicture(
            id=secrets.token_hex(16),
            session_id=session_id,
            kind=kind,
            mime=checked.mime,
            width=checked.size[0],
            height=checked.size[1],
            bytes=len(checked.data),
            **more,
        )
        try:
            self._files.write(file_name(picture), checked.data)
            self._files.write(file_name(picture, "thumbnail"), checked.thumbnail)
        except OSError as error:
            self.remove_files([picture.id])
            raise Unavailable(f"The picture could not be kept ({error.strerror}).", code=NO_ROOM) from error
        return picture

    def has_room(self) -> bool:
        """Whether the disk takes the pictures of another job."""
        return self._files.has_room(ROOM_BYTES)

    def add(self, picture: StoredPicture) -> StoredPicture:
        """Write the row of a picture that no job made: an upload or a mask."""

        def work(connection: Connection) -> None:
            keep_session(connection, picture.session_id)
            now = time_of(self._database, connection)
            connection.execute(insert(pictures).values(**asdict(picture) | {"created_at": now}))

        try:
            self._database.write(work)
        except IntegrityError:
            # Another process wrote the session's row between our look and our insert.
            self._database.write(work)
        return self.get(picture.id, picture.session_id)

    def get(self, picture_id: str, session_id: str) -> StoredPicture:
        """One picture of this session.

        Raises:
            NotFound: there is none, or it is another session's.
        """
        return self._one(pictures.c.id == picture_id, pictures.c.session_id == session_id)

    def by_id(self, picture_id: str) -> StoredPicture:
        """One picture, for a caller whose right to it was proven otherwise (a signed address). Raises `NotFound`."""
        return self._one(pictures.c.id == picture_id)

    def shared(self, token: str) -> StoredPicture:
        """The picture somebody shared under this token. Raises `NotFound`."""
        return self._one(pictures.c.share_token == token)

    def of_jobs(self, job_ids: Collection[str]) -> dict[str, list[StoredPicture]]:
        """The pictures of each of these jobs, in their order; a job without any is an empty list."""
        return self._by(pictures.c.job_id, job_ids)

    def of_batches(self, batch_ids: Collection[str]) -> dict[str, list[StoredPicture]]:
        """The grids of each of these batches, in their order; a batch without any is an empty list."""
        return self._by(pictures.c.batch_id, batch_ids)

    def _by(self, column: Column[Any], ids: Collection[str]) -> dict[str, list[StoredPicture]]:
        if not ids:
            return {}
        query = select(pictures).where(column.in_(ids)).order_by(pictures.c.position)
        found: dict[str, list[StoredPicture]] = defaultdict(list)
        for row in self._database.read(lambda connection: connection.execute(query).mappings().all()):
            found[row[column.name]].append(_picture(row))
        return {id: found[id] for id in ids}

    def page(self, session_id: str, *, before: tuple[float, str] | None, limit: int) -> list[StoredPicture]:
        """A part of all pictures of a session, the newest first; `before`: `created_at` and id of the one it follows."""
        query = select(pictures).where(pictures.c.session_id == session_id)
        if before is not None:
            query = query.where(tuple_(pictures.c.created_at, pictures.c.id) < tuple_(*before))
        query = query.order_by(pictures.c.created_at.desc(), pictures.c.id.desc()).limit(limit)
        return self._database.read(lambda connection: [_picture(row) for row in connection.execute(query).mappings()])

    @contextmanager
    def local(self, several: Sequence[StoredPicture]) -> Iterator[list[Path]]:
        """Their files as files of this machine while the context lasts; one that is gone is a path to nothing."""
        with self._files.local([file_name(picture) for picture in several]) as paths:
            yield paths

    def read(self, picture: StoredPicture, variant: Variant = "original") -> bytes:
        """The bytes of its file.

        Raises:
            NotFound: the file is gone though the row is there.
        """
        try:
            return self._files.read(file_name(picture, variant))
        except FileNotFoundError as error:
            raise NotFound("The file of this picture is gone.", field="image_id") from error

    def load(self, picture_id: str, variant: Variant = "original") -> bytes | None:
        """The same by id, for a caller whose right to it was proven before; None when it is gone."""
        try:
            return self.read(self.by_id(picture_id), variant)
        except NotFound:
            return None

    def share(self, picture_id: str, session_id: str) -> StoredPicture:
        """Give it a token under which anybody may see it; the one it has, if it has one. Raises `NotFound`."""
        if self.get(picture_id, session_id).share_token is None:
            unshared = pictures.c.share_token.is_(None)
            self._set_token(picture_id, session_id, secrets.token_urlsafe(18), unshared)
        return self.get(picture_id, session_id)

    def unshare(self, picture_id: str, session_id: str) -> StoredPicture:
        """Take the token away; the address is dead for good. Raises `NotFound`."""
        self._set_token(picture_id, session_id, None)
        return self.get(picture_id, session_id)

    def delete(self, picture_id: str, session_id: str) -> None:
        """Remove row and files; its addresses are dead for good. Raises `NotFound`."""
        self.get(picture_id, session_id)
        row = pictures.delete().where(pictures.c.id == picture_id, pictures.c.session_id == session_id)
        self._database.write(lambda connection: connection.execute(row))
        self.remove_files([picture_id])

    def remove_files(self, picture_ids: Iterable[str]) -> None:
        """Remove the files of pictures whose rows are gone or never came to be."""
        for picture_id in picture_ids:
            self._files.remove(picture_id)

    def sweep(self) -> int:
        """Remove files that have no row and are older than an hour; how many pictures these were."""
        orphans = sorted(self._files.older_than(ORPHAN_AFTER_S))
        removed = 0
        for start in range(0, len(orphans), IDS_AT_ONCE):
            some = orphans[start : start + IDS_AT_ONCE]
            left_over = set(some) - self._known(some)
            self.remove_files(left_over)
            removed += len(left_over)
        return removed

    def _known(self, picture_ids: Sequence[str]) -> set[str]:
        query = select(pictures.c.id).where(pictures.c.id.in_(picture_ids))
        return set(self._database.read(lambda connection: connection.execute(query).scalars().all()))

    def _one(self, *where: Any) -> StoredPicture:
        query = select(pictures).where(*where)
        row = self._database.read(lambda connection: connection.execute(query).mappings().first())
        if row is None:
            raise NotFound("There is no such picture.", field="image_id")
        return _picture(row)

    def _set_token(self, picture_id: str, session_id: str, token: str | None, *also: Any) -> None:
        query = update(pictures).where(pictures.c.id == picture_id, pictures.c.session_id == session_id, *also)
        self._database.write(lambda connection: connection.execute(query.values(share_token=token)))


def _picture(row: RowMapping) -> StoredPicture:
    return StoredPicture(**dict(row))


def file_name(picture: StoredPicture, variant: Variant = "original") -> str:
    """The name of its file in `PictureFiles`."""
    ending = EXTENSIONS[picture.mime] if variant == "original" else "thumbnail.webp"
    return f"{picture.id[:2]}/{picture.id}.{ending}"

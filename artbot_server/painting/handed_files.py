"""A file handed to the worker with a question: the web process writes it and never decodes it, the worker looks into it.

Its bytes travel through the place of pictures, which both sides share; what the questions are is `uploads`' and
`file_questions`' own. It has no row, so what a process that died leaves behind is swept with the orphans.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

from artbot_server.errors import TooLarge, Unavailable, error_of
from artbot_server.storage.picture_files import PictureFiles
from artbot_server.storage.pictures import NO_ROOM

ANSWER_WITHIN_S = 20.0
"""Checking 40 million pixels takes some seconds; a worker that needs longer is stuck."""

Ask = Callable[..., dict[str, Any]]
"""`LiveHub.ask`."""

log = structlog.get_logger()


class HandedFile:
    """One file by its `id`, and the parts that the worker made of it, by their numbers; all go together."""

    def __init__(self, files: PictureFiles, id: str) -> None:
        self.id = Path(id).name
        self._files = files

    def write(self, data: bytes, part: int | None = None) -> None:
        """Put its bytes there, or a part's. Raises Unavailable: `no_room`."""
        try:
            self._files.write(self._name(part), data, lasting=False)
        except OSError as error:
            raise Unavailable(f"The file could not be kept ({error.strerror}).", code=NO_ROOM) from error

    def read(self, part: int | None = None) -> bytes:
        """The bytes of it, or of a part. Raises Unavailable."""
        try:
            return self._files.read(self._name(part))
        except OSError as error:
            log.error("handed_file_not_read", reason=str(error))
            raise Unavailable("The file could not be read; try again in a moment.") from error

    def remove(self) -> None:
        """Remove it with all its parts."""
        with suppress(Unavailable):  # what stays is swept
            self._files.remove(self.id)

    def _name(self, part: int | None) -> str:
        return f"{self.id[:2]}/{self.id}{'' if part is None else f'.{part}'}.handed"


class HandedFiles:
    """Hands files over. From any thread.

    Args:
        files: the place that workers share.
        max_bytes: of one file.
    """

    def __init__(self, files: PictureFiles, max_bytes: int, ask: Ask) -> None:
        self._files = files
        self._max_bytes = max_bytes
        self._ask = ask

    @contextmanager
    def asked(
        self, kind: str, field: str, data: bytes, more: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], HandedFile]]:
        """The worker's answer to a question of this kind, and the file it was about, which is gone afterwards.

        Args:
            field: what the sender calls the file, `image` or `file`.
            more: of the question's body, beside the file's `id` and `max_bytes`.

        Raises:
            TooLarge: more than `max_bytes`.
            Unavailable: no worker answers, or the file cannot be put anywhere.
            ArtbotError: whatever the worker found wrong.
        """
        if len(data) > self._max_bytes:
            raise TooLarge(f"The {field} is larger than {self._max_bytes} bytes.", field=field, limit=self._max_bytes)
        file = HandedFile(self._files, secrets.token_hex(16))
        try:
            file.write(data)
            body = {"id": file.id, "max_bytes": self._max_bytes, **more}
            answer = self._ask(kind, body, timeout_s=ANSWER_WITHIN_S)
            if "error" in answer:
                raise error_of(answer["error"])
            yield answer, file
        finally:
            file.remove()

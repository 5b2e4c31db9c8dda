"""A file handed to the worker with a question: the web process writes it and never decodes it, the worker looks into it.

The bytes travel through the folder of uploads; what the questions are is `uploads`' and `file_questions`' own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from artbot_server.errors import TooLarge, error_of

ANSWER_WITHIN_S = 20.0
"""Checking 40 million pixels takes some seconds; a worker that needs longer is stuck."""

Ask = Callable[..., dict[str, Any]]
"""`LiveHub.ask`."""


class HandedFiles:
    """Hands files over. From any thread.

    Args:
        max_bytes: of one file.
    """

    def __init__(self, uploads_dir: Path, max_bytes: int, ask: Ask) -> None:
        self._uploads_dir = uploads_dir
        self._max_bytes = max_bytes
        self._ask = ask

    @contextmanager
    def asked(
        self, kind: str, field: str, data: bytes, more: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], Path]]:
        """The worker's answer to a question of this kind, and the file it was about, which is gone afterwards.

        Args:
            field: what the sender calls the file, `image` or `file`.
            more: of the question's body, beside the file's `name` and `max_bytes`.

        Raises:
            TooLarge: more than `max_bytes`.
            Unavailable: no worker answers.
            ArtbotError: whatever the worker found wrong.
        """
        if len(data) > self._max_bytes:
            raise TooLarge(f"The {field} is larger than {self._max_bytes} bytes.", field=field, limit=self._max_bytes)
        self._uploads_dir.mkdir(parents=True, exist_ok=True)
        path = self._uploads_dir / secrets.token_hex(16)
        path.write_bytes(data)
        try:
            body = {"name": path.name, "max_bytes": self._max_bytes, **more}
            answer = self._ask(kind, body, timeout_s=ANSWER_WITHIN_S)
            if "error" in answer:
                raise error_of(answer["error"])
            yield answer, path
        finally:
            path.unlink(missing_ok=True)

"""What the web process asks a worker about files of the template tool: pictures recoded, texts in them, shared files.

The web process's half, which never decodes; the worker's is `file_answers`. The bytes travel through the folder of
uploads, as they do for `uploads`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from artbot_server.errors import TooLarge, error_of
from artbot_server.painting.template_bundles import Bundle
from artbot_server.painting.uploads import ANSWER_WITHIN_S, Ask


class FileQuestions:
    """Asks. From any thread; every method raises Unavailable when no worker answers.

    Args:
        max_bytes: of one file.
    """

    def __init__(self, uploads_dir: Path, max_bytes: int, ask: Ask) -> None:
        self._uploads_dir = uploads_dir
        self._max_bytes = max_bytes
        self._ask = ask

    def recode(self, data: bytes, form: Literal["png", "webp"]) -> bytes:
        """See `picture_checks.recoded`."""
        with self._asked("recode_picture", data, "image", {"form": form}) as (_, path):
            return path.read_bytes()

    def text(self, data: bytes) -> str:
        """See `picture_text.read_text`."""
        with self._asked("read_picture_text", data, "image", {}) as (answer, _):
            return str(answer["text"])

    def open_bundle(self, data: bytes, filename: str) -> Bundle:
        """See `template_bundles.unpack`."""
        with self._asked("open_bundle", data, "file", {"filename": filename}) as (answer, path):
            pictures = {}
            for place, name in answer["pictures"].items():
                unpacked = path.with_name(Path(name).name)
                pictures[place] = unpacked.read_bytes()
                unpacked.unlink()
            return Bundle(answer["name"], answer["template"], pictures)

    @contextmanager
    def _asked(
        self, kind: str, data: bytes, field: str, more: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], Path]]:
        if len(data) > self._max_bytes:
            raise TooLarge(f"The file is larger than {self._max_bytes} bytes.", field=field, limit=self._max_bytes)
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

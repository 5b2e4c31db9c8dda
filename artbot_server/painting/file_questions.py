"""What the web process asks a worker about files of the template tool: pictures recoded, texts in them, shared files.

The web process's half, which never decodes; the worker's is `file_answers`.
"""

from __future__ import annotations

from typing import Literal

from artbot_server.painting.handed_files import HandedFiles
from artbot_server.painting.template_bundles import Bundle


class FileQuestions:
    """Asks. From any thread; every method raises what `HandedFiles.asked` does."""

    def __init__(self, files: HandedFiles) -> None:
        self._files = files

    def recode(self, data: bytes, form: Literal["png", "webp"]) -> bytes:
        """See `picture_checks.recoded`."""
        with self._files.asked("recode_picture", "image", data, {"form": form}) as (_, file):
            return file.read()

    def text(self, data: bytes) -> str:
        """See `picture_text.read_text`."""
        with self._files.asked("read_picture_text", "image", data, {}) as (answer, _):
            return str(answer["text"])

    def open_bundle(self, data: bytes, filename: str) -> Bundle:
        """See `template_bundles.unpack`."""
        with self._files.asked("open_bundle", "file", data, {"filename": filename}) as (answer, file):
            pictures = {place: file.read(number) for number, place in enumerate(answer["pictures"])}
            return Bundle(answer["name"], answer["template"], pictures)

"""Keeps the library of templates fresh while the server runs: edit a file, and the next order uses it.

Safe in every async mode: one thread looks at the disk, the others go on with what is there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from artbot_server import errors
from artbot_server.painting.template_files import load_library, read_input, tree_stamp
from artbot_server.painting.templates import Folder, Library, Template

LOOK_EVERY_S = 1.0  # a person who saves a file sees it at once; some hundred files cost a millisecond to look at

log = structlog.get_logger()


class TemplateStore:
    """The templates of one root folder.

    Args:
        root: `ARTBOT_TEMPLATES_DIR`.
        clock: seconds that never go back.

    Raises:
        ConfigError: `root` is no folder.
    """

    def __init__(self, root: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.root = root
        self._clock = clock
        self._looking = threading.Lock()
        self._stamp = tree_stamp(root)  # before reading: what changes meanwhile is seen at the next look
        self._library = load_library(root)
        self._looked_at = clock()
        _report(self._library)

    def current(self) -> Library:
        """The library as it is on disk now, at most a second old. Never raises because of a file."""
        if self._clock() - self._looked_at >= LOOK_EVERY_S and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._library

    def find(self, folder: str, template: str) -> tuple[Folder, Template]:
        """See `Library.find`."""
        return self.current().find(folder, template)

    def read_input(self, name: str) -> str:
        """See `template_files.read_input`; a picture nobody has heard of yet may have been saved a moment ago."""
        try:
            return read_input(self.current(), name)
        except errors.NotFound:
            self.refresh()
            return read_input(self._library, name)

    def refresh(self) -> None:
        """Look at the disk now: this process wrote something, and its caller must see it."""
        with self._looking:
            self._look()

    def _look(self) -> None:
        self._looked_at = self._clock()
        try:
            stamp = tree_stamp(self.root)
            if stamp == self._stamp:
                return
            library = load_library(self.root)
        except errors.ConfigError as error:  # being replaced just now: the old one stands
            log.warning("templates.unreadable", reason=error.message)
            return
        self._library, self._stamp = library, stamp
        log.info("templates.loaded", version=library.version)
        _report(library)


def _report(library: Library) -> None:
    for folder in library.folders.values():
        for name, reason in folder.broken.items():
            log.warning("templates.broken", folder=folder.name, file=name, reason=reason)

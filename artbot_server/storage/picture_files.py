"""Where the files of pictures are: a folder here, a bucket in `s3_files`. Whose a picture is says its row, not this.

A name is `ab/abcd….png`: the first two characters of the picture's id, and the id with its kind of file. What is written is
there whole or not at all. Files that the web process hands to a worker (`painting.handed_files`) are here too for some seconds.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol


class PictureFiles(Protocol):
    """Files by name. A bucket that cannot be reached raises `Unavailable` from every method."""

    def write(self, name: str, data: bytes, *, lasting: bool = True) -> None:
        """Put a whole file under its name. Raises OSError when the disk does not take it.

        Args:
            lasting: whether it has to outlive a power cut, which a disk takes its time for.
        """
        ...

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError."""
        ...

    def remove(self, picture_id: str) -> None:
        """Remove all files of a picture, if there are any."""
        ...

    def older_than(self, age_s: float) -> set[str]:
        """The ids of pictures that have a file older than this, half-written ones included."""
        ...

    def has_room(self, least_bytes: int) -> bool:
        """Whether this many bytes more can be written."""
        ...

    def local(self, names: Sequence[str]) -> AbstractContextManager[list[Path]]:
        """These files as files of this machine while the context lasts; one that is gone is a path to nothing."""
        ...


class FolderFiles:
    """Files in a folder of this machine, or one that several machines share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, data: bytes, *, lasting: bool = True) -> None:
        """See `PictureFiles.write`."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        with part.open("wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)

    def read(self, name: str) -> bytes:
        """See `PictureFiles.read`."""
        return (self._folder / name).read_bytes()

    def remove(self, picture_id: str) -> None:
        """See `PictureFiles.remove`."""
        for path in (self._folder / picture_id[:2]).glob(f"{picture_id}.*"):
            path.unlink(missing_ok=True)

    def older_than(self, age_s: float) -> set[str]:
        """See `PictureFiles.older_than`."""
        before = time.time() - age_s
        found = set()
        for path in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):  # somebody else removed it just now
                if path.stat().st_mtime < before:
                    found.add(path.name.split(".")[0])
        return found

    def has_room(self, least_bytes: int) -> bool:
        """See `PictureFiles.has_room`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._folder).free >= least_bytes

    @contextmanager
    def local(self, names: Sequence[str]) -> Iterator[list[Path]]:
        """See `PictureFiles.local`: the files themselves."""
        yield [self._folder / name for name in names]

"""Writes one file of the saved tree below `ARTBOT_SAVE_DIR`: whole or not at all. The original stays as it is."""

from __future__ import annotations

import shutil
from pathlib import Path


def save_file(path: Path, source: Path) -> None:
    """Copy a file to its place, over one that is there already.

    Raises:
        OSError: the original is gone, the disk is full, or it may not be written there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    shutil.copyfile(source, part)
    part.replace(path)

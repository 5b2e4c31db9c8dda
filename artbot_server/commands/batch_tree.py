"""What a batch leaves on disk while it is painted: the article's tree, each file whole from the moment it is there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artbot_server.commands.saved import Saved, save, write_new
from artbot_server.errors import BadRequest
from artbot_server.painting.batches import Item, due_grids
from artbot_server.painting.grids import draw_grid
from artbot_server.painting.pictures import EXTENSIONS, CheckedPicture
from artbot_server.painting.saved_tree import grid_places, picture_places
from artbot_server.sd.base import Picture

GRID_KIND = EXTENSIONS["image/jpeg"]


@dataclass(frozen=True, slots=True)
class SavedGrid:
    """A grid in its file."""

    label: str
    path: Path

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"label": self.label, "path": str(self.path)}


class BatchTree:
    """Saves the pictures of a batch, item by item, and at last its grids. Nothing is made before the first picture.

    Args:
        root: `saved_tree` stands below it.
        items: in the order in which they are painted.

    Attributes:
        name: of the batch, None while nothing is saved.
        pictures: those of each item, by its place.
        grids: those drawn so far.
    """

    def __init__(self, root: Path, items: Sequence[Item]) -> None:
        self._root = root
        self._items = items
        self._extensions: dict[int, list[str]] = {}
        self.name: str | None = None
        self.pictures: dict[int, list[Saved]] = {place: [] for place in range(len(items))}
        self.grids: list[SavedGrid] = []

    def save(self, place: int, pictures: Sequence[tuple[Picture, CheckedPicture]]) -> None:
        """Write an item's pictures.

        Raises:
            BadRequest: the disk is full, or it may not be written there.
        """
        name = self.name = self.name or self._claim()
        self._extensions[place] = [EXTENSIONS[checked.mime] for _, checked in pictures]
        paths = picture_places(name, self._items, self._extensions)[place]
        for (picture, checked), path in zip(pictures, paths, strict=True):
            self.pictures[place].append(save(picture, checked, self._root / path.parent, path.stem))

    def save_grids(self) -> None:
        """Draw and write the grids of what was saved. Raises BadRequest as `save`."""
        if self.name is None:
            return
        paths = {place: [one.path for one in saved] for place, saved in self.pictures.items()}
        grids = due_grids(self._items, paths)
        for grid, path in zip(grids, grid_places(self.name, grids, GRID_KIND), strict=True):
            written = write_new(draw_grid(grid), self._root / path.parent, path.stem, GRID_KIND)
            self.grids.append(SavedGrid(grid.label, written))

    def _claim(self) -> str:
        """A name that no batch has in any of its folders: the second, with a number where that is taken."""
        outputs = [self._root / folder / "output" for folder in dict.fromkeys(item.folder for item in self._items)]
        name = second = time.strftime("%Y_%m_%d_%H_%M_%S")
        number = 1
        try:
            outputs[0].mkdir(parents=True, exist_ok=True)
            while any((output / name).exists() for output in outputs) or not _made(outputs[0] / name):
                number += 1
                name = f"{second}_{number}"
        except OSError as error:
            raise BadRequest(f"{self._root} cannot be written: {error.strerror}.", field="out") from error
        return name


def _made(folder: Path) -> bool:
    """Whether this made it, and not another process just now."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True

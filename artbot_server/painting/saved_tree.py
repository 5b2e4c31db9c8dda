"""Where a batch's files stand in the saved tree, by the article's names. Pure: `saved_files` writes them.

`<folder>/output/<name>/images/<template>_(txt|img)_<round>_<repeat>_<n>.<ext>`, and in `grids` beside it
`<template>_sub_grid_<round>.<ext>` and `<folder>_grid_<round>.<ext>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from artbot_server.painting.batches import Grid, Item


def picture_places(
    name: str, items: Sequence[Item], extensions: Mapping[int, Sequence[str]]
) -> dict[int, list[PurePosixPath]]:
    """The path of each picture of each item below the tree's root.

    Args:
        name: the batch's own, such as `2026_11_22_02_30_00`.
        extensions: of each item's pictures, by its place in `items`.
    """
    used: Counter[str] = Counter()
    places: dict[int, list[PurePosixPath]] = {}
    for index, item in enumerate(items):
        kind = "img" if item.mode == "img2img" else "txt"
        stem = f"{_flat(item.template)}_{kind}_{item.round}_{item.repeat}"
        places[index] = []
        for extension in extensions.get(index, ()):
            folder = _output(item.folder, name) / "images"
            used[f"{folder}/{stem}".lower()] += 1  # two templates may have one name on a disk that ignores case
            places[index].append(folder / f"{stem}_{used[f'{folder}/{stem}'.lower()]}.{extension}")
    return places


def grid_places(name: str, grids: Sequence[Grid[Any]], extension: str) -> list[PurePosixPath]:
    """The path of each grid, in their order."""
    used: Counter[str] = Counter()
    places = []
    for grid in grids:
        stem = f"{grid.folder}_grid" if grid.template is None else f"{_flat(grid.template)}_sub_grid"
        path = _output(grid.folder, name) / "grids" / f"{stem}_{grid.round}"
        used[str(path).lower()] += 1
        again = used[str(path).lower()]
        places.append(path.with_name(f"{path.name}{f'_{again}' if again > 1 else ''}.{extension}"))
    return places


def _output(folder: str, name: str) -> PurePosixPath:
    return PurePosixPath(_flat(folder), "output", name)


def _flat(name: str) -> str:
    """A template's path as one name; those below a folder's own folders too."""
    return name.replace("/", "_")

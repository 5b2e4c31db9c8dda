"""Where everything stands in a grid of pictures, in pixels. Pure; `grids` draws it.

The article's tool: a sub-grid is 3 a row without gaps, each cell of the first picture's size; a comparison is 4 a row with
20 px around each cell and a strip of 100 px for its label above it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

SUB_GRID_ROW = 3
COMPARISON_ROW = 4
PADDING_PX = 20
STRIP_PX = 100

MOST_PIXELS = 24_000_000
"""Of one grid: 72 MB while it is drawn. Larger ones are drawn smaller, so a batch of any size costs the same memory."""
MOST_SIDE_PX = 16_000
"""Of one grid: what WebP and browsers still take."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `left`, `top` are its upper left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing: its size, and for each cell its picture's box and, in a comparison, its label's."""

    size: Size
    cells: tuple[Box, ...]
    strips: tuple[Box, ...] = ()


def sub_grid(count: int, cell: Size) -> Layout:
    """`count` pictures in cells of this size, drawn smaller where it would be too large."""
    return _fitted(cell, lambda size: _sub_grid(count, size))


def comparison(cells: Sequence[Size]) -> Layout:
    """Labelled cells, as large as the largest of these; drawn smaller where it would be too large."""
    largest = (max(width for width, _ in cells), max(height for _, height in cells))
    return _fitted(largest, lambda size: _comparison(len(cells), size))


def contained(size: Size, box: Box) -> Box:
    """Where something of this shape stands in a box: whole, in the middle, as large as it fits."""
    scale = min(box.width / size[0], box.height / size[1])
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    return Box(box.left + (box.width - width) // 2, box.top + (box.height - height) // 2, width, height)


def inside(layout: Layout, area: Box) -> list[Box]:
    """The cells of a layout that is drawn to fill an area; neighbours touch there as they do in it."""

    def across(x: int) -> int:
        return area.left + x * area.width // layout.size[0]

    def down(y: int) -> int:
        return area.top + y * area.height // layout.size[1]

    edges = [(across(b.left), down(b.top), across(b.left + b.width), down(b.top + b.height)) for b in layout.cells]
    return [Box(left, top, max(1, right - left), max(1, bottom - top)) for left, top, right, bottom in edges]


def _sub_grid(count: int, cell: Size) -> Layout:
    width, height = cell
    columns = min(count, SUB_GRID_ROW)
    boxes = [Box(n % columns * width, n // columns * height, width, height) for n in range(count)]
    return Layout((columns * width, ceil(count / columns) * height), tuple(boxes))


def _comparison(count: int, cell: Size) -> Layout:
    width, height = cell
    columns = min(count, COMPARISON_ROW)
    across, down = width + PADDING_PX, STRIP_PX + height + PADDING_PX
    corners = [(PADDING_PX + n % columns * across, PADDING_PX + n // columns * down) for n in range(count)]
    return Layout(
        (PADDING_PX + columns * across, PADDING_PX + ceil(count / columns) * down),
        tuple(Box(left, top + STRIP_PX, width, height) for left, top in corners),
        tuple(Box(left, top, width, STRIP_PX) for left, top in corners),
    )


def _fitted(cell: Size, laid_out: Callable[[Size], Layout]) -> Layout:
    """The layout with the largest cells of this shape that keep it within the bounds."""
    layout, scale = laid_out(cell), 1.0
    while (excess := _excess(layout.size)) > 1.0 and scale * min(cell) > 1:
        scale *= min(0.98, 1 / excess)
        layout = laid_out((max(1, int(cell[0] * scale)), max(1, int(cell[1] * scale))))
    return layout


def _excess(size: Size) -> float:
    """How many times too long its sides are."""
    return max(max(size) / MOST_SIDE_PX, sqrt(size[0] * size[1] / MOST_PIXELS))

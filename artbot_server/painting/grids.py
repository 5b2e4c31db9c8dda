"""Draws grids of pictures: the sub-grid of one template, the labelled comparison of several. For workers and the command line.

Decodes pixels, so never in the web process. One picture is open at a time, and a large grid is drawn smaller
(`grid_layout.MOST_PIXELS`): a batch of 200 pictures costs the memory of one grid and one picture.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from PIL import Image, ImageDraw

from artbot_server.painting import grid_layout
from artbot_server.painting.batches import Cell, Grid
from artbot_server.painting.grid_layout import Box, Size
from artbot_server.painting.labels import draw_label

log = structlog.get_logger()

QUALITY = 92
"""Of the JPEG: the article's tool wrote JPEG too; no difference can be seen at a tenth of a PNG's size."""
SUB_GRID_FILL, COMPARISON_FILL, LABEL_COLOUR = "black", "white", "black"


UNKNOWN_SIZE: Size = (512, 512)
"""Of a cell of which no file can be read."""


AfterEach = Callable[[], None]
"""Called after each picture, for whoever has to show that the work goes on."""


def draw_grid(grid: Grid[Path], after_each: AfterEach = lambda: None) -> bytes:
    """A grid as a JPEG. A file that is gone or broken leaves its place empty."""
    if grid.template is not None:
        image = sub_grid(grid.cells[0].pictures, after_each)
    else:
        image = comparison(grid.cells, after_each)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def sub_grid(pictures: Sequence[Path], after_each: AfterEach = lambda: None) -> Image.Image:
    """Pictures of one template: 3 a row, no gaps, each cell of the first one's size, black where nothing is."""
    layout = grid_layout.sub_grid(len(pictures), _first_size(pictures))
    canvas = Image.new("RGB", layout.size, SUB_GRID_FILL)
    for path, box in zip(pictures, layout.cells, strict=True):
        _put(canvas, path, box)
        after_each()
    return canvas


def comparison(cells: Sequence[Cell[Path]], after_each: AfterEach = lambda: None) -> Image.Image:
    """Labelled cells, 4 a row, 20 px apart, on white; a cell is a picture or the sub-grid of several.

    Cells are as large as the largest of them; what is smaller is enlarged to its cell.
    """
    shapes = [grid_layout.sub_grid(len(cell.pictures), _first_size(cell.pictures)) for cell in cells]
    layout = grid_layout.comparison([shape.size for shape in shapes])
    canvas = Image.new("RGB", layout.size, COMPARISON_FILL)
    draw = ImageDraw.Draw(canvas)
    for cell, shape, box, strip in zip(cells, shapes, layout.cells, layout.strips, strict=True):
        draw_label(draw, cell.label, strip, LABEL_COLOUR)
        area = grid_layout.contained(shape.size, box)
        canvas.paste(SUB_GRID_FILL, (area.left, area.top, area.left + area.width, area.top + area.height))
        for path, place in zip(cell.pictures, grid_layout.inside(shape, area), strict=True):
            _put(canvas, path, place)
            after_each()
    return canvas


def _first_size(pictures: Sequence[Path]) -> Size:
    """Width and height of the first picture that opens; only its head is read."""
    for path in pictures:
        try:
            with Image.open(path) as image:
                return image.size
        except OSError:
            continue
    return UNKNOWN_SIZE


def _put(canvas: Image.Image, path: Path, box: Box) -> None:
    try:
        with Image.open(path) as image:
            place = grid_layout.contained(image.size, box)
            size = (place.width, place.height)
            image.draft("RGB", size)  # a JPEG is decoded no larger than it is needed
            small = image.convert("RGBA" if image.has_transparency_data else "RGB")
            small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (OSError, SyntaxError, ValueError) as error:
        log.warning("grid_without_picture", file=path.name, reason=str(error))
        return
    canvas.paste(small, (place.left, place.top), small if small.mode == "RGBA" else None)

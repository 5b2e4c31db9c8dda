import io

import pytest
from PIL import Image

from artbot_server.painting.batches import Cell, Grid
from artbot_server.painting.grid_layout import MOST_PIXELS
from artbot_server.painting.grids import comparison, draw_grid, sub_grid

RGB = {
    "red": (255, 0, 0),
    "lime": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "white": (255, 255, 255),
}
COLOURS = list(RGB)


@pytest.fixture
def square(tmp_path):
    """`square(colour, size)`: a picture's file."""

    def make(colour, size=(64, 64), mode="RGB", kind="png"):
        path = tmp_path / f"{colour}-{size[0]}x{size[1]}-{mode}.{kind}"
        Image.new(mode, size, colour).save(path)
        return path

    return make


def test_a_sub_grid_is_three_a_row_on_black_without_gaps(square):
    """R16: pixel sizes, and every picture in its place."""
    image = sub_grid([square(colour) for colour in COLOURS])
    assert image.size == (192, 192)
    for number, colour in enumerate(COLOURS):
        left, top = number % 3 * 64, number // 3 * 64
        assert image.getpixel((left, top)) == image.getpixel((left + 63, top + 63)) == RGB[colour]
    assert image.getpixel((64, 128)) == image.getpixel((191, 191)) == (0, 0, 0)


def test_cells_of_a_sub_grid_have_the_first_pictures_size(square):
    image = sub_grid([square("red", (64, 32)), square("lime", (32, 32)), square("blue", (128, 64))])
    assert image.size == (192, 32)
    assert image.getpixel((66, 16)) == (0, 0, 0)  # the square one stands in the middle of its cell
    assert image.getpixel((96, 16)) == RGB["lime"]
    assert image.getpixel((128, 0)) == image.getpixel((191, 31)) == RGB["blue"]


def test_a_comparison_is_four_a_row_with_padding_and_label_strips(square):
    """R16: 20 px around each cell, 100 px for the label above it, white."""
    image = comparison([Cell(colour, (square(colour, (200, 120)),)) for colour in COLOURS[:5]])
    assert image.size == (20 + 4 * 220, 20 + 2 * (100 + 120 + 20))
    for number, colour in enumerate(COLOURS[:5]):
        left, top = 20 + number % 4 * 220, 120 + number // 4 * 240
        assert image.getpixel((left, top)) == image.getpixel((left + 199, top + 119)) == RGB[colour]
        assert image.getpixel((left - 1, top)) == image.getpixel((left, top + 120)) == (255, 255, 255)
        strip = image.crop((left, top - 100, left + 200, top))
        assert strip.getextrema()[0][0] < 60  # something dark is written there
        assert strip.getpixel((0, 50)) == (255, 255, 255)
    assert image.crop((20 + 220, 260, *image.size)).getextrema() == ((255, 255),) * 3


def test_labels_of_a_comparison_are_told_apart_in_chinese(square):
    picture = square("red", (200, 120))
    strips = []
    for label in ("赛璐璐", "柔和粉彩", "都市夜色"):
        strips.append(comparison([Cell(label, (picture,))]).crop((20, 20, 220, 120)).tobytes())
    assert len(set(strips)) == 3


def test_a_cell_may_be_a_sub_grid(square):
    both = Cell("both", (square("red"), square("lime")))
    image = comparison([both, Cell("one", (square("blue", (128, 64)),))])
    assert image.size == (20 + 2 * 148, 204)
    assert [image.getpixel((x, 150)) for x in (20, 83, 84, 147, 168)] == [
        *(RGB["red"], RGB["red"], RGB["lime"], RGB["lime"], RGB["blue"])
    ]


def test_a_smaller_picture_fills_its_cell(square):
    image = comparison([Cell("a", (square("red", (128, 128)),)), Cell("b", (square("lime", (64, 32)),))])
    assert image.getpixel((168, 184)) == RGB["lime"]
    assert image.getpixel((168, 140)) == (255, 255, 255)


def test_a_file_that_cannot_be_read_leaves_its_place_empty(square, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(square("red").read_bytes()[:80])
    image = sub_grid([tmp_path / "gone.png", square("lime"), broken])
    assert image.size == (192, 64)
    assert [image.getpixel((x, 32)) for x in (32, 96, 160)] == [(0, 0, 0), RGB["lime"], (0, 0, 0)]
    assert sub_grid([tmp_path / "gone.png"] * 2).size == (1024, 512)


def test_kinds_of_pictures_may_be_mixed(square):
    image = sub_grid([square("red", kind="webp"), square("lime", kind="jpg"), square("#0000ff80", mode="RGBA")])
    assert image.getpixel((32, 32))[0] > 240
    assert image.getpixel((96, 32))[1] > 240
    assert image.getpixel((160, 32))[2] in range(120, 136)  # half of it, on black


def test_a_grid_as_a_file(square):
    told = []
    pictures = (square("red"), square("lime"))
    data = draw_grid(Grid("f", "a", 1, 0, "a", (Cell("a", pictures),)), after_each=lambda: told.append(1))
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", (128, 64))
    assert len(told) == 2
    data = draw_grid(Grid("f", None, 1, 0, "f", (Cell("a", pictures), Cell("b", pictures))))
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (20 + 2 * 148, 204)


def test_a_grid_that_would_be_too_large_is_drawn_smaller(square):
    image = sub_grid([square("red", (2048, 2048))] * 8)
    assert 0.9 * MOST_PIXELS < image.width * image.height <= MOST_PIXELS
    assert image.getpixel((image.width // 2, image.height // 2)) == RGB["red"]
    assert image.getpixel((image.width - 1, image.height - 1)) == (0, 0, 0)

import pytest

from artbot_server.painting.grid_layout import (
    MOST_PIXELS,
    MOST_SIDE_PX,
    Box,
    comparison,
    contained,
    inside,
    sub_grid,
)


def corners(boxes):
    return [(box.left, box.top) for box in boxes]


@pytest.mark.parametrize(
    ("count", "size"), [(1, (64, 48)), (2, (128, 48)), (3, (192, 48)), (4, (192, 96)), (7, (192, 144))]
)
def test_a_sub_grid_is_three_a_row_without_gaps(count, size):
    layout = sub_grid(count, (64, 48))
    assert layout.size == size
    assert corners(layout.cells) == [(n % 3 * 64, n // 3 * 48) for n in range(count)]
    assert {(box.width, box.height) for box in layout.cells} == {(64, 48)}
    assert layout.strips == ()


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (4, 4, 1), (5, 4, 2), (9, 4, 3)])
def test_a_comparison_is_four_a_row_with_padding_and_strips(count, columns, rows):
    layout = comparison([(100, 50)] * count)
    assert layout.size == (20 + columns * 120, 20 + rows * 170)
    assert corners(layout.strips) == [(20 + n % 4 * 120, 20 + n // 4 * 170) for n in range(count)]
    assert {(box.width, box.height) for box in layout.strips} == {(100, 100)}
    assert corners(layout.cells) == [(left, top + 100) for left, top in corners(layout.strips)]


def test_cells_of_a_comparison_are_as_large_as_the_largest():
    layout = comparison([(100, 50), (60, 200)])
    assert {(box.width, box.height) for box in layout.cells} == {(100, 200)}


@pytest.mark.parametrize(
    "layout", [sub_grid(200, (1024, 1024)), comparison([(3072, 2048)] * 200), sub_grid(3, (16, 9000))]
)
def test_no_grid_is_too_large(layout):
    width, height = layout.size
    assert max(width, height) <= MOST_SIDE_PX
    assert width * height <= MOST_PIXELS
    assert all(box.left + box.width <= width and box.top + box.height <= height for box in layout.cells)


def test_a_large_grid_uses_the_room_it_has_and_keeps_its_shape():
    layout = sub_grid(9, (4000, 2000))
    assert layout.size[0] * layout.size[1] > 0.9 * MOST_PIXELS
    box = layout.cells[0]
    assert box.width / box.height == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(
    ("size", "box", "found"),
    [
        ((100, 100), Box(0, 0, 100, 100), Box(0, 0, 100, 100)),
        ((200, 100), Box(10, 20, 100, 100), Box(10, 45, 100, 50)),
        ((100, 200), Box(0, 0, 100, 100), Box(25, 0, 50, 100)),
        ((50, 25), Box(0, 0, 100, 100), Box(0, 25, 100, 50)),
        ((10000, 1), Box(0, 0, 100, 100), Box(0, 49, 100, 1)),
    ],
)
def test_what_is_contained_is_whole_and_in_the_middle(size, box, found):
    assert contained(size, box) == found


def test_a_layout_inside_an_area_fills_it_without_gaps():
    boxes = inside(sub_grid(4, (100, 100)), Box(7, 5, 100, 61))
    assert boxes[0].left == 7
    assert boxes[1].left == boxes[0].left + boxes[0].width
    assert boxes[2].left + boxes[2].width == 107
    assert boxes[3].top == boxes[0].top + boxes[0].height
    assert boxes[3].top + boxes[3].height == 66

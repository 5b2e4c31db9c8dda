import time

import pytest

from benchmarks.pieces import delays, is_whole, piece, read


def test_a_piece_tells_its_place_and_its_times():
    before = time.monotonic()
    [first] = read(piece(0, asked=12.5))
    [later] = read(piece(7, asked=12.5))
    assert (first.number, first.asked, later.number, later.asked) == (0, 12.5, 7, 0.0)
    assert before - 0.001 <= first.sent <= later.sent <= time.monotonic() + 0.001


def test_a_piece_that_is_not_whole_is_noticed():
    with pytest.raises(ValueError, match="unpack"):
        read("3:1.5 4")


def test_frames_that_were_joined_are_read_piece_by_piece():
    assert delays([(2.0, "0:1.5:1.0 1:1.75 "), (3.0, "2:2.5 ")]) == [0.5, 0.25, 0.5]


FRAMES = [(2.0, "0:1.5:1.0 1:1.75 "), (3.0, "2:2.5 ")]
TEXT = "0:1.5:1.0 1:1.75 2:2.5 "


def test_a_whole_reply():
    assert is_whole(FRAMES, TEXT, 3)


@pytest.mark.parametrize(
    ("frames", "text", "count"),
    [
        (FRAMES, TEXT, 4),
        (FRAMES, TEXT[:-1], 3),
        (FRAMES[:1], TEXT, 3),
        (FRAMES[:1], FRAMES[0][1], 3),
        ([*FRAMES, FRAMES[1]], TEXT + FRAMES[1][1], 3),
        (FRAMES[::-1], FRAMES[1][1] + FRAMES[0][1], 3),
        ([(2.0, "garbage")], "garbage", 1),
    ],
    ids=["short", "end differs", "frame lost", "both cut", "twice", "order", "garbage"],
)
def test_a_reply_that_is_not_right(frames, text, count):
    assert not is_whole(frames, text, count)

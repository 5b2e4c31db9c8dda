"""Maps by Pillow's filters."""

import pytest
from PIL import ImageStat

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Detection
from artbot_server.sd.demo.detecting import FILTERS, SLIDERS, detect
from tests.contracts.answering_contract import opened, picture


def made(module, data=None, **asked):
    return opened(detect(Detection((data or picture((128, 128)),), module, **asked))[0])


def test_every_module_says_its_sliders():
    assert set(SLIDERS) == set(FILTERS)


def test_edges_are_white_lines_on_black_around_the_square():
    found = made("canny", processor_res=128)
    assert set(found.convert("L").tobytes()) == {0, 255}
    assert found.getpixel((32, 48)) == found.getpixel((48, 32)) == 255
    assert found.getpixel((48, 48)) == found.getpixel((5, 5)) == 0
    assert all(found.getpixel((0, y)) == 0 for y in range(128))
    assert ImageStat.Stat(found).mean[0] < 60


def test_higher_thresholds_leave_fewer_edges():
    soft = made("blur_gaussian", processor_res=128, threshold_a=6)
    assert soft.size == (128, 128)
    data = detect(Detection((picture((128, 128)),), "blur_gaussian", processor_res=128, threshold_a=6))[0]
    few, many = (
        made("canny", data, processor_res=128, threshold_a=low, threshold_b=high) for low, high in ((200, 250), (5, 20))
    )
    assert ImageStat.Stat(few).sum[0] < ImageStat.Stat(many).sum[0]


def test_inverted_and_unchanged_ones_keep_their_size():
    assert made("invert").getpixel((5, 5)) == (255, 255, 127)
    assert made("none").getpixel((5, 5)) == (0, 0, 128)


def test_a_border_of_brightness():
    assert set(made("threshold", processor_res=64).tobytes()) == {0, 255}
    assert set(made("threshold", processor_res=64, threshold_a=255).tobytes()) == {0}


@pytest.mark.parametrize(
    ("size", "res", "expected"),
    [
        ((96, 64), -1, (768, 512)),
        ((96, 64), 64, (128, 64)),
        ((640, 16), 512, (2048, 64)),
        ((300, 300), 2048, (2048, 2048)),
    ],
)
def test_the_short_side_is_as_asked_by_64_and_no_side_beyond_2048(size, res, expected):
    assert made("canny", picture(size), processor_res=res).size == expected


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"processor_res": 32}, "processor_res"),
        ({"processor_res": 5000}, "processor_res"),
        ({"threshold_a": 300}, "threshold_a"),
        ({"threshold_b": 0}, "threshold_b"),
    ],
)
def test_numbers_out_of_range_are_refused_by_name(asked, field):
    with pytest.raises(BackendFailed) as caught:
        made("canny", **asked)
    assert caught.value.detail["field"] == field


@pytest.mark.parametrize("pictures", [(), (picture(),) * 11])
def test_none_and_too_many_pictures(pictures):
    with pytest.raises(BackendFailed, match="1 to 10"):
        detect(Detection(pictures, "none"))

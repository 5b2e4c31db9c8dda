from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artbot_server.painting.backend_addresses import BackendAddress, read_address, read_addresses

SECRET = "http://me:hidden@gpu:7860"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://gpu:7860", BackendAddress("http://gpu:7860", "gpu:7860")),
        ("http://gpu:7860/", BackendAddress("http://gpu:7860", "gpu:7860")),
        ("https://sd.example.com/ui/", BackendAddress("https://sd.example.com/ui", "sd.example.com")),
        ("http://gpu:7860#name=big&weight=2", BackendAddress("http://gpu:7860", "big", 2.0)),
        ("http://gpu:7860/#weight=0.5", BackendAddress("http://gpu:7860", "gpu:7860", 0.5)),
        (f"{SECRET}#name=big", BackendAddress(SECRET, "big")),
        (SECRET, BackendAddress(SECRET, "gpu:7860")),
        ("http://[::1]:7860", BackendAddress("http://[::1]:7860", "[::1]:7860")),
        ("http://gpu#", BackendAddress("http://gpu", "gpu")),
        ("demo:", BackendAddress("demo:", "demo")),
        ("demo:#name=spare&weight=0.01", BackendAddress("demo:", "spare", 0.01)),
        ("http://gpu#name=大卡", BackendAddress("http://gpu", "大卡")),
    ],
)
def test_read(text, address):
    assert read_address(text) == address
    assert address.is_demo is text.startswith("demo:")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "an address such as"),
        ("gpu:7860", "an address such as"),
        ("ftp://gpu", "an address such as"),
        ("http://", "an address such as"),
        ("http://gpu:seven", "an address such as"),
        ("http://[::1", "an address such as"),
        ("http://gpu#big", "not in #'big'"),
        ("http://gpu#wieght=2", "not 'wieght'"),
        ("http://gpu#name=a&name=b", "not 'name'"),
        ("http://gpu#name=", "not ''"),
        ("http://gpu#name=my gpu", "not 'my gpu'"),
        ("http://gpu#name=a/b", "not 'a/b'"),
        (f"http://gpu#name={'x' * 61}", "1 to 60"),
        ("http://gpu#weight=", "not ''"),
        ("http://gpu#weight=heavy", "weight is a number from 0.01 to 100, not 'heavy'"),
        ("http://gpu#weight=0", "not '0'"),
        ("http://gpu#weight=101", "not '101'"),
        ("http://gpu#weight=nan", "not 'nan'"),
        ("http://gpu#weight=-inf", "not '-inf'"),
    ],
)
def test_what_is_wrong_is_named(text, named):
    with pytest.raises(ValueError, match="an address") as refused:
        read_address(text)
    assert named in str(refused.value)


def test_no_complaint_holds_a_password():
    for wrong in ("#name=/", "#weight=x", "#x=1", ":x"):
        with pytest.raises(ValueError, match="an address") as refused:
            read_address(SECRET + wrong)
        assert "hidden" not in str(refused.value)


def test_several():
    assert [one.name for one in read_addresses(["http://a", "http://b#name=c", "demo:"])] == ["a", "c", "demo"]


@pytest.mark.parametrize("texts", [("demo:", "demo:"), ("http://a", "https://a"), ("http://a#name=b", "http://b")])
def test_two_of_one_name_are_refused(texts):
    with pytest.raises(ValueError, match=r"two are called '\w+', give one a #name=…"):
        read_addresses(texts)


@given(st.text(max_size=60))
def test_anything_is_read_or_refused(text):
    for written in (text, f"http://gpu#{text}", f"http://gpu#name={text}", f"http://gpu#weight={text}"):
        with suppress(ValueError):
            address = read_address(written)
            assert address.name
            assert 0.01 <= address.weight <= 100

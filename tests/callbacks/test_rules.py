import ipaddress

import pytest

from artbot_server.callbacks.places import parse_place
from artbot_server.callbacks.rules import CallbackRules, Target, opens, read_url
from artbot_server.errors import BadRequest


def rules(*entries, default=""):
    return CallbackRules([parse_place(entry) for entry in entries], default)


def refused(call):
    with pytest.raises(BadRequest) as caught:
        call()
    assert caught.value.detail["field"] == "callback_url"
    assert "ARTBOT_CALLBACK_ALLOW" in caught.value.detail["allowed"]
    return caught.value.message


# Words


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.example/x/y?z=1", Target("https", "a.example", 443, "/x/y?z=1")),
        ("http://A.Example:8080", Target("http", "a.example", 8080, "/")),
        ("http://[::1]:9/x#part", Target("http", "::1", 9, "/x")),
    ],
)
def test_an_address_is_taken_apart_once(url, target):
    assert read_url(url) == target


@pytest.mark.parametrize(
    "url",
    [
        *(
            "hello",
            "//a.example/x",
            "ftp://a.example",
            "file:///etc/passwd",
            "gopher://a.example",
            "javascript:alert(1)",
        ),
        *(
            "https://",
            "https:///x",
            "https://a.example:0/",
            "https://a.example:x/",
            "https://*/x",
            "https://*.example/",
        ),
        *(
            "https://a.example/a b",
            "https://a.example/\r\nX: y",
            "https://a.example\\@b.example/",
            "https://a.example/ä",
        ),
        "https://a.example/" + "x" * 2_000,
    ],
)
def test_what_is_no_address_is_refused(url):
    refused(lambda: rules("https://*", "http://*").chosen(url))


@pytest.mark.parametrize("url", ["https://me:secret@a.example/", "https://a.example@b.example/"])
def test_a_password_is_refused_and_not_repeated(url):
    assert "secret" not in refused(lambda: read_url(url))


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("https://a.example", "https://a.example/any/path?x=1"),
        ("https://a.example", "https://A.EXAMPLE./x"),
        ("https://a.example", "https://a.example:443/x"),
        ("*.a.example", "https://b.a.example/"),
        ("*.a.example", "https://c.b.a.example/"),
        ("https://*", "https://anything.example/"),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000/"),
        ("http://localhost:8000", "http://localhost:8000/"),
    ],
)
def test_what_an_entry_means_is_allowed(entry, url):
    assert rules("https://other.example", entry).chosen(url) == url


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("https://a.example", "http://a.example/"),
        ("https://a.example", "https://a.example:8443/"),
        ("https://a.example", "https://b.a.example/"),
        ("https://a.example", "https://a.example.evil.example/"),
        ("*.a.example", "https://a.example/"),
        ("*.a.example", "https://nota.example/"),
        ("https://*", "http://anything.example/"),
        ("https://*", "https://127.0.0.1/"),
        ("http://*", "http://169.254.169.254/latest/meta-data"),
        ("private:http://*", "http://169.254.169.254/latest/meta-data"),
        ("https://*", "https://[::ffff:10.0.0.1]/"),
    ],
)
def test_what_no_entry_means_is_refused(entry, url):
    refused(lambda: rules(entry).chosen(url))


def test_without_entries_nothing_is_allowed():
    refused(lambda: rules().chosen("https://a.example/"))


def test_the_default_is_for_those_that_name_none_and_needs_no_entry():
    ours = rules(default="http://10.0.0.5/ended")
    assert ours.chosen(None) == "http://10.0.0.5/ended"
    assert ours.chosen("") is None
    assert ours.chosen("http://10.0.0.5/ended") == "http://10.0.0.5/ended"
    refused(lambda: ours.chosen("http://10.0.0.5/other"))
    assert rules().chosen(None) is None


def test_the_entry_that_names_a_host_counts_more_than_a_pattern():
    _, place = rules("http://*", "private:http://n8n.lan").place_of("http://n8n.lan/")
    assert place.private
    _, place = rules("private:http://*", "http://a.example").place_of("http://a.example/")
    assert not place.private


# Numbers


@pytest.mark.parametrize(
    ("number", "public", "private"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1::1", True, True),
        ("127.0.0.1", False, True),
        ("10.1.2.3", False, True),
        ("172.31.0.1", False, True),
        ("192.168.1.1", False, True),
        ("100.64.0.1", False, True),
        ("::1", False, True),
        ("fd00::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True),
        ("64:ff9b::5db8:d822", True, True),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("255.255.255.255", False, False),
        ("240.0.0.1", False, False),
    ],
)
def test_a_name_opens_public_numbers_and_with_private_those_of_the_own_network(number, public, private):
    address = ipaddress.ip_address(number)
    assert opens(parse_place("http://a.example"), address) is public
    assert opens(parse_place("private:http://a.example"), address) is private


def test_an_entry_that_is_a_number_opens_it_alone():
    place = parse_place("http://169.254.7.7")
    assert opens(place, ipaddress.ip_address("169.254.7.7"))
    assert not opens(place, ipaddress.ip_address("169.254.7.8"))

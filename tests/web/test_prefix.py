import ipaddress

import pytest
from flask import Flask

from artbot_server.web.access import visit_of
from artbot_server.web.prefix import below, hosted, page_file, prefixed, split

PROXY = [ipaddress.ip_network("10.0.0.0/8")]


def environ(path, script="", header=None, peer="10.0.0.1", query=""):
    given = {"PATH_INFO": path, "SCRIPT_NAME": script, "REMOTE_ADDR": peer, "QUERY_STRING": query}
    return given | ({"HTTP_X_FORWARDED_PREFIX": header} if header is not None else {})


@pytest.mark.parametrize(
    ("given", "configured", "expected"),
    [
        (environ("/x"), "", ("", "/x")),
        (environ("/art/x"), "/art", ("/art", "/x")),  # a proxy that keeps it
        (environ("/x"), "/art", ("/art", "/x")),  # one that strips it
        (environ("/art"), "/art", ("/art", "")),
        (environ("/artful"), "/art", ("/art", "/artful")),
        (environ("/x", header="/art"), "", ("/art", "/x")),
        (environ("/x", header="/art/"), "", ("/art", "/x")),
        (environ("/art/x", header="/art"), "", ("/art", "/x")),
        (environ("/x", header="/inner, /a/b"), "", ("/a/b", "/x")),
        (environ("/x", header="/told"), "/set", ("/told", "/x")),
        (environ("/x", header="/art", peer="192.0.2.1"), "", ("", "/x")),  # not a proxy of ours
        (environ("/x", script="/host"), "", ("/host", "/x")),
        (environ("/x", script="/host", header="/outer"), "", ("/outer/host", "/x")),
        (environ("/x", script="/outer/host", header="/outer"), "", ("/outer/host", "/x")),  # the host knows its proxy
    ],
)
def test_a_request_is_split_into_what_is_before_our_root_and_below(given, configured, expected):
    assert split(given, configured, PROXY) == expected


@pytest.mark.parametrize(
    "header", ["//evil.example", "/a b", "https://evil.example", "/..", "/a/../b", '/"><script>', ""]
)
def test_a_header_that_is_no_path_does_not_count(header):
    assert split(environ("/x", header=header), "", PROXY) == ("", "/x")


def test_a_visit_knows_its_prefix():
    assert visit_of({"SCRIPT_NAME": "/art"}, []).prefix == "/art"
    assert visit_of({}, []).prefix == ""


def test_a_forwarded_prefix_makes_nobody_local():
    local = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}
    assert visit_of(local, []).direct_loopback
    assert not visit_of(local | {"HTTP_X_FORWARDED_PREFIX": "/art"}, []).direct_loopback


# Records


def test_addresses_of_records_get_the_prefix_and_nothing_else():
    record = {
        "url": "/images/1?sig=x",
        "thumbnail_url": "/images/1/thumbnail",
        "shared_url": None,
        "prompt": "/images/of a cat",
        "images": [{"url": "/images/2"}],
        "inputs": {"init_image": "/images/3", "mask": None},
        "callback_url": "https://hooks.example/",
        "data": b"/x",
        "seq": 1,
    }
    assert prefixed(record, "/art") == {
        "url": "/art/images/1?sig=x",
        "thumbnail_url": "/art/images/1/thumbnail",
        "shared_url": None,
        "prompt": "/images/of a cat",
        "images": [{"url": "/art/images/2"}],
        "inputs": {"init_image": "/art/images/3", "mask": None},
        "callback_url": "https://hooks.example/",
        "data": b"/x",
        "seq": 1,
    }


def test_at_the_root_a_record_stays_the_same_object():
    record = {"url": "/images/1"}
    assert prefixed(record, "") is record


# Pages and apps


def test_a_pages_own_addresses_get_the_prefix(tmp_path):
    html = '<link href="/static/a.css"><a href="https://x/">x</a><form action="/operator"><img src="//cdn/x"><b title="/x">'
    (tmp_path / "page.html").write_text(html)
    with Flask("test").test_request_context():
        served = page_file(tmp_path, "page.html", "/art")
        assert served.get_data(as_text=True) == html.replace('"/static', '"/art/static').replace('"/op', '"/art/op')
        assert served.mimetype == "text/html"


def call(app, path, **more):
    """An app's answer to a GET: status, headers and body."""
    said = []
    body = app(
        environ(path, **more) | {"REQUEST_METHOD": "GET"}, lambda status, headers: said.append((status, headers))
    )
    return said[0][0], dict(said[0][1]), b"".join(body)


def echo(environ, start_response):
    start_response("200 OK", [])
    return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}".encode()]


def test_a_prefix_without_its_slash_is_sent_on():
    app = below(echo, "/art", [])
    assert call(app, "/art/x")[2] == b"/art|/x"
    status, headers, _ = call(app, "/art", query="access=key")
    assert (status[:3], headers["Location"]) == ("308", "/art/?access=key")


def test_a_host_keeps_what_is_not_ours():
    def host(_environ, start_response):
        start_response("200 OK", [])
        return [b"host"]

    app = hosted(host, "/art", below(echo, "", []))
    assert call(app, "/")[2] == call(app, "/artful")[2] == b"host"
    assert call(app, "/art/x/y")[2] == b"/art|/x/y"
    assert call(app, "/art")[1]["Location"] == "/art/"

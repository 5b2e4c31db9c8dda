"""Who may come in: a table of visits and what each may do."""

import ipaddress

import pytest

from artbot_server.storage.sessions import Signer
from artbot_server.web.access import Door, same_site, visit_of

SIGNER = Signer(b"x" * 32)
PROXY = (ipaddress.ip_network("10.0.0.0/8"),)


def environ(peer="127.0.0.1", host="localhost:5001", **headers):
    return {
        "REMOTE_ADDR": peer,
        "HTTP_HOST": host,
        "wsgi.url_scheme": "http",
        **{("HTTP_" + name.upper()): value for name, value in headers.items()},
    }


def door(access="", operator=""):
    return Door(SIGNER, access or "made-at-start", bool(access), operator)


@pytest.mark.parametrize(
    ("sent", "enters"),
    [
        (environ(), True),
        (environ(host="127.0.0.1:5001"), True),
        (environ(host="[::1]:5001", peer="::1"), True),
        (environ(host="LOCALHOST"), True),
        (environ(host="app.localhost:5001"), True),
        # A name that was made to point here (DNS rebinding) is no loopback name.
        (environ(host="evil.example:5001"), False),
        (environ(host="localhost.evil.example"), False),
        (environ(host=""), False),
        # A proxy in front makes every visitor look local.
        (environ(x_forwarded_for="203.0.113.9"), False),
        (environ(x_real_ip="203.0.113.9"), False),
        (environ(forwarded="for=203.0.113.9"), False),
        (environ(via="1.1 proxy"), False),
        (environ(peer="192.0.2.7"), False),
        (environ(peer="192.0.2.7", x_artbot_access="made-at-start"), True),
        (environ(peer="192.0.2.7", x_artbot_access="wrong"), False),
        (environ(peer="192.0.2.7", x_artbot_access=""), False),
        (environ(peer="192.0.2.7", cookie="artbot_access=" + SIGNER.signature("access", "made-at-start")), True),
        (environ(peer="192.0.2.7", cookie="artbot_access=" + SIGNER.signature("operator", "made-at-start")), False),
        (environ(peer="192.0.2.7", cookie="artbot_access=made-at-start"), False),
    ],
)
def test_without_a_key_set_only_direct_loopback_enters_freely(sent, enters):
    assert door().may_enter(visit_of(sent, ())) is enters


def test_a_key_that_was_set_is_wanted_on_loopback_too():
    visit = visit_of(environ(), ())
    assert not door(access="k3y").may_enter(visit)
    assert door(access="k3y").may_enter(visit, "k3y")
    assert not door(access="k3y").may_enter(visit, "k3")


def test_the_key_may_come_in_the_query_for_the_articles_clients():
    sent = environ(peer="192.0.2.7") | {"QUERY_STRING": "EIO=4&access=made-at-start"}
    assert door().may_enter(visit_of(sent, ()))


@pytest.mark.parametrize(
    ("operator", "sent", "offered", "may"),
    [
        ("", environ(), None, True),
        ("", environ(peer="192.0.2.7"), None, False),
        ("", environ(x_forwarded_for="203.0.113.9"), None, False),
        ("", environ(peer="192.0.2.7"), "", False),
        ("op", environ(), None, False),
        ("op", environ(), "op", True),
        ("op", environ(peer="192.0.2.7", x_artbot_operator="op"), None, True),
        ("op", environ(peer="192.0.2.7", cookie="artbot_operator=" + SIGNER.signature("operator", "op")), None, True),
        ("op", environ(cookie="artbot_operator=" + SIGNER.signature("access", "op")), None, False),
    ],
)
def test_operators_routes(operator, sent, offered, may):
    assert door(operator=operator).may_operate(visit_of(sent, ()), offered) is may


def test_forwarding_headers_count_only_from_a_trusted_proxy():
    headers = {"x_forwarded_for": "198.51.100.1, 203.0.113.9, 10.0.0.4", "x_forwarded_proto": "https"}
    trusted = visit_of(environ(peer="10.0.0.5", x_forwarded_host="art.example", **headers), PROXY)
    assert (trusted.address, trusted.scheme, trusted.host) == ("203.0.113.9", "https", "art.example")
    stranger = visit_of(environ(peer="192.0.2.7", **headers), PROXY)
    assert (stranger.address, stranger.scheme) == ("192.0.2.7", "http")


def test_behind_a_trusted_proxy_nobody_is_loopback():
    sent = environ(peer="127.0.0.1", x_forwarded_for="127.0.0.1", x_forwarded_host="localhost")
    assert not visit_of(sent, (ipaddress.ip_network("127.0.0.1"),)).direct_loopback


@pytest.mark.parametrize(
    ("headers", "allowed", "same"),
    [
        ({}, (), True),
        ({"origin": "http://localhost:5001"}, (), True),
        ({"origin": "http://localhost:5002"}, (), False),
        ({"origin": "https://localhost:5001"}, (), False),
        ({"origin": "null"}, (), False),
        ({"origin": "http://app.example"}, ("http://app.example",), True),
        ({"origin": "http://app.example.evil"}, ("http://app.example",), False),
        ({"origin": "http://anything"}, ("*",), True),
        ({"sec_fetch_site": "cross-site"}, (), False),
        ({"sec_fetch_site": "same-origin"}, (), True),
        ({"sec_fetch_site": "none"}, (), True),
    ],
)
def test_requests_that_change_something_come_from_our_own_pages(headers, allowed, same):
    assert same_site(visit_of(environ(**headers), ()), allowed) is same


def test_the_session_comes_from_the_token_then_the_bearer_then_the_cookie():
    tokens = [SIGNER.new_token() for _ in range(3)]
    sent = environ(authorization=f"Bearer {tokens[1]}", cookie=f"artbot_session={tokens[2]}")
    visit = visit_of(sent, ())
    assert door().session_of(visit, tokens[0]) == (SIGNER.session_of(tokens[0]), tokens[0])
    assert door().session_of(visit)[1] == tokens[1]
    assert door().session_of(visit_of(environ(cookie=f"artbot_session={tokens[2]}"), ()))[1] == tokens[2]


@pytest.mark.parametrize("token", ["", "x", "a.b", ".", "é.é", "x" * 5000])
def test_what_is_no_token_of_ours_opens_nothing(token):
    assert door().session_of(visit_of(environ(), ()), token) is None


def test_a_token_is_not_told_by_its_session_id_and_cannot_be_made_by_another_server():
    token = SIGNER.new_token()
    session_id = SIGNER.session_of(token)
    assert session_id not in token and token.split(".")[0] not in session_id
    assert Signer(b"y" * 32).session_of(token) is None
    assert SIGNER.session_of(token[:-1] + ("A" if token[-1] != "A" else "B")) is None


def test_a_broken_cookie_header_is_no_cookie():
    assert visit_of(environ(cookie="\x00=;;=\x01"), ()).cookies == {}

"""Who may come in, tried from outside: keys, links, forms, cookies, proxies and pages of other sites."""

import json
import re
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests
import socketio
import websocket

from artbot_server.lifetime import own_address
from tests.e2e.client import Client
from tests.server import RunningServer

KEY = "open-sesame-4711"
OPERATOR = "operator-0815"
ELSEWHERE = {"Host": "artbot.example"}
"""As through a proxy or by another name: no direct visitor of this machine."""
OTHER_PAGE = "https://shop.example"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Open to the network with no key set: one is made."""
    data_dir = tmp_path_factory.mktemp("made")
    with RunningServer(data_dir, ARTBOT_HOST="0.0.0.0", ARTBOT_WORKER="none") as running:
        yield running


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Keys set, a proxy in front, one other origin allowed."""
    settings = {
        "ARTBOT_ACCESS_KEY": KEY,
        "ARTBOT_OPERATOR_KEY": OPERATOR,
        "ARTBOT_TRUSTED_PROXIES": "127.0.0.1",
        "ARTBOT_ALLOWED_ORIGINS": OTHER_PAGE + ", http://localhost:8080",
        "ARTBOT_CHAT_LIMIT": "1",
        "ARTBOT_WORKER": "none",
        "ARTBOT_DEMO_PACE": "0",
    }
    with RunningServer(tmp_path_factory.mktemp("given"), **settings) as running:
        yield running


def get(server, path="/", **options):
    return requests.get(server.address + path, timeout=10, allow_redirects=False, **options)


def refused(server, **options):
    """Connect and expect a refusal; gives its error."""
    client = socketio.SimpleClient()
    told = []
    client.client_class = _keeping(told)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.address, **options)
    return told[0]


def _keeping(told):
    class Keeping(socketio.Client):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs | {"reconnection": False})
            self.on("connect_error", told.append)

    return Keeping


def handshake(server, headers, query=""):
    """The first request of a polling client, as a browser would send it."""
    return get(server, "/socket.io/?EIO=4&transport=polling" + query, headers=headers)


def hold_form(page, method, field):
    """One form with one field, in both languages, that goes where it stands, with nothing that the CSP forbids."""
    form = re.search(r"<form ([^>]+)>", page)[1]
    assert f'method="{method}"' in form
    assert "action" not in form
    assert re.findall(r'<input [^>]*name="(\w+)"', page) == [field]
    assert 'lang="en"' in page
    assert 'lang="zh' in page
    assert not re.search(r"<script>|<style| style=| on\w+=", page)


# Without a key set


def test_the_printed_link_opens_the_server(made):
    link = re.search(r"access key: (http://\S+)", made.output)[1]
    parts = urlsplit(link)
    assert parts.hostname == own_address()
    assert get(made, headers=ELSEWHERE).status_code == 403
    browser = requests.Session()
    entered = browser.get(link, timeout=10)
    assert (entered.status_code, entered.url) == (200, f"http://{parts.netloc}/")
    assert "data-app" in entered.text
    cookie = entered.history[0].headers["Set-Cookie"]
    assert all(part in cookie for part in ("artbot_access=", "HttpOnly", "SameSite=Lax"))
    assert parts.query.removeprefix("access=") not in cookie


def test_direct_visitors_of_this_machine_need_no_key(made):
    assert get(made).status_code == 200
    with Client(made.address) as client:
        assert client.session["session_id"]


@pytest.mark.parametrize(
    "headers",
    [
        ELSEWHERE,
        {"Host": "localhost.evil.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 front"},
        {"X-Forwarded-Host": "localhost"},
    ],
)
def test_everybody_else_needs_it(made, headers):
    page = get(made, headers=headers)
    assert page.status_code == 403
    assert 'name="access"' in page.text
    assert get(made, "/submitbyprompt", headers=headers).json()["error"]["code"] in ("not_allowed",)
    assert get(made, "/metrics", headers=headers).status_code == 403
    assert refused(made, headers=headers)["data"]["code"] == "not_allowed"


# With a key set


def test_a_visitor_without_the_key_gets_a_form_in_both_languages(given):
    page = get(given)
    assert page.status_code == 403
    hold_form(page.text, "get", "access")
    assert get(given, "/templates").text == page.text
    assert "artbot_session" not in page.cookies
    assert get(given, "/?access=wrong").status_code == 403
    for file in re.findall(r'href="(/static/[^"]+)', page.text):
        assert get(given, file).status_code == 200


def test_the_form_sets_a_cookie_and_takes_the_key_out_of_the_address(given):
    entered = get(given, "/", params={"access": KEY})
    assert (entered.status_code, entered.headers["Location"]) == (302, "/")
    assert KEY not in str(entered.headers)
    page = get(given, cookies=entered.cookies)
    assert page.status_code == 200
    cookies = "; ".join(f"{name}={value}" for name, value in {**entered.cookies, **page.cookies}.items())
    with Client(given.address, headers={"Cookie": cookies}) as client:
        assert client.session["token"] is None


def test_a_socket_enters_by_auth_or_by_its_address(given):
    with Client(given.address, auth={"access": KEY}) as client:
        assert client.session["token"]
    with Client(given.address + "/?access=" + KEY) as client:
        assert client.session["token"]
    with Client(given.address, headers={"X-Artbot-Access": KEY}) as client:
        assert client.session["token"]


@pytest.mark.parametrize(
    "auth", [None, {}, {"access": "wrong"}, {"access": ""}, {"access": KEY + "x"}, {"access": "é"}]
)
def test_a_socket_without_the_key_is_refused(given, auth):
    error = refused(given, auth=auth)["data"]
    assert (error["code"], error["detail"]) == ("not_allowed", {"fault": "client", "field": "access"})


@pytest.mark.parametrize(
    ("auth", "field"), [({"access": 5}, "access"), ({"images": "huge"}, "images"), (["access"], ""), ("access", "")]
)
def test_a_strange_auth_is_refused_by_name(given, auth, field):
    error = refused(given, auth=auth)["data"]
    assert (error["code"], error["detail"]["field"]) == ("bad_request", field)


def test_http_enters_by_header(given):
    assert get(given, "/nothing").json()["error"]["code"] == "not_allowed"
    assert get(given, "/nothing", headers={"X-Artbot-Access": KEY + "x"}).status_code == 403
    assert get(given, "/nothing", headers={"X-Artbot-Access": KEY}).status_code == 404
    upload = requests.post(given.address + "/api/v1/images", files={"image": b"x"}, timeout=10)
    assert (upload.status_code, upload.json()["error"]["detail"]["field"]) == (403, "access")


@pytest.mark.parametrize("path", ["/healthz", "/static/js/main.js", "/operator", "/template_picture?folder=x"])
def test_what_is_nobodys_is_open(given, path):
    assert get(given, path).status_code in (200, 404)


# Proxies


def test_behind_a_trusted_proxy_each_visitor_counts_by_his_own_address(given):
    words = {"messages": [{"role": "user", "content": "a cat"}]}
    acks = []
    for address in ("203.0.113.7", "203.0.113.7", "198.51.100.1, 203.0.113.8", "198.51.100.1, 203.0.113.8, 127.0.0.1"):
        with Client(given.address, auth={"access": KEY}, headers={"X-Forwarded-For": address}) as client:
            acks.append(client.call("gpt_chat", words))
    assert [ack["ok"] for ack in acks] == [True, False, True, False]
    assert acks[1]["error"]["code"] == "too_many"


def test_a_trusted_proxys_https_makes_cookies_secure_and_its_host_the_own_origin(given):
    behind = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "art.example"}
    entered = get(given, "/", params={"access": KEY}, headers=behind)
    assert "Secure" in entered.headers["Set-Cookie"]
    assert handshake(given, behind | {"Origin": "https://art.example"}).status_code == 200
    assert handshake(given, behind | {"Origin": "http://art.example"}).status_code == 400


def test_an_untrusted_proxys_words_count_for_nothing(made):
    claimed = {"X-Forwarded-Host": "art.example", "X-Forwarded-Proto": "https"}
    assert handshake(made, claimed | {"Origin": "https://art.example"}).status_code == 400


# The operator


def test_figures_are_for_the_operator_alone(given, made):
    assert get(given, "/metrics").json()["error"]["detail"]["field"] == "operator"
    assert get(given, "/metrics", headers={"X-Artbot-Access": KEY}).status_code == 403
    assert get(given, "/metrics", headers={"X-Artbot-Operator": OPERATOR + "x"}).status_code == 403
    assert get(given, "/metrics", headers={"X-Artbot-Operator": OPERATOR}).status_code == 200
    assert get(made, "/metrics").status_code == 200
    assert get(made, "/metrics", headers=ELSEWHERE).status_code == 403


def test_the_operators_form_sets_a_cookie(given):
    form = get(given, "/operator")
    hold_form(form.text, "post", "key")
    browser = requests.Session()
    wrong = browser.post(given.address + "/operator", data={"key": "wrong"}, timeout=10)
    assert (wrong.status_code, len(browser.cookies)) == (403, 0)
    figures = browser.post(given.address + "/operator", data={"key": OPERATOR}, timeout=10)
    assert (figures.status_code, figures.url) == (200, given.address + "/metrics")
    assert "artbot_sockets" in figures.text
    assert OPERATOR not in browser.cookies["artbot_operator"]
    assert "artbot_access" not in browser.cookies


def test_an_operators_cookie_is_no_access(given):
    cookies = requests.post(
        given.address + "/operator", data={"key": OPERATOR}, timeout=10, allow_redirects=False
    ).cookies
    assert get(given, cookies=cookies).status_code == 403
    assert get(given, cookies={"artbot_access": cookies["artbot_operator"]}).status_code == 403


# Pages of other sites


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://shop.example.evil.example"]
)
def test_a_foreign_page_gets_no_socket_and_posts_nothing(given, origin):
    answer = handshake(given, {"Origin": origin, "X-Artbot-Access": KEY})
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(
            given.address.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket&access=" + KEY, origin=origin
        )
    for path in ("/submitbyprompt", "/api/v1/images", "/operator"):
        posted = requests.post(
            given.address + path, headers={"Origin": origin, "X-Artbot-Access": KEY}, data={"key": OPERATOR}, timeout=10
        )
        assert (posted.status_code, posted.json()["error"]["detail"]["field"]) == (403, "Origin")
        assert "Access-Control-Allow-Origin" not in posted.headers


def test_what_a_browser_calls_cross_site_changes_nothing(given):
    foreign = {"Sec-Fetch-Site": "cross-site", "X-Artbot-Access": KEY}
    posted = requests.post(given.address + "/submitbyprompt", headers=foreign, timeout=10)
    assert (posted.status_code, posted.json()["error"]["detail"]["field"]) == (403, "Origin")
    assert refused(given, headers=foreign)["data"]["detail"]["field"] == "Origin"
    own = {"Sec-Fetch-Site": "same-origin", "Origin": given.address, "X-Artbot-Access": KEY}
    posted = requests.post(given.address + "/submitbyprompt", headers=own, timeout=10)
    assert posted.json()["error"]["detail"]["field"] == "prompt"
    with Client(given.address, headers=own) as client:
        assert client.session["session_id"]


def test_a_link_from_another_site_may_open_the_page(given):
    entered = get(given, "/", params={"access": KEY}, headers={"Sec-Fetch-Site": "cross-site"})
    assert entered.status_code == 302


def test_an_allowed_page_uses_the_articles_client(given):
    headers = {"Origin": OTHER_PAGE, "Sec-Fetch-Site": "cross-site", "X-Forwarded-For": "203.0.113.50"}
    with Client(given.address + "/?access=" + KEY, headers=headers, transports=["polling"]) as client:
        assert client.session["token"]
    address = given.address.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket&access=" + KEY
    with closing(websocket.create_connection(address, origin=OTHER_PAGE, timeout=10)) as connection:
        assert connection.recv().startswith("0{")
        connection.send("40")
        assert connection.recv().startswith("40{")
        assert connection.recv().startswith('42["session"')


def test_an_allowed_pages_browser_is_told_so(given):
    headers = {"Origin": OTHER_PAGE, "Sec-Fetch-Site": "cross-site"}
    opened = handshake(given, headers, "&access=" + KEY)
    assert opened.headers["Access-Control-Allow-Origin"] == OTHER_PAGE
    assert "Access-Control-Allow-Credentials" not in opened.headers
    sid = json.loads(opened.text[1:])["sid"]
    path = f"/socket.io/?EIO=4&transport=polling&access={KEY}&sid={sid}"
    preflight = requests.options(
        given.address + path, headers=headers | {"Access-Control-Request-Method": "POST"}, timeout=10
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    posted = requests.post(given.address + path, headers=headers, data="40", timeout=10)
    assert (posted.status_code, posted.headers["Access-Control-Allow-Origin"]) == (200, OTHER_PAGE)


def test_an_allowed_page_may_use_http_too(given):
    asks = {
        "Origin": OTHER_PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-artbot-access",
    }
    preflight = requests.options(given.address + "/submitbyprompt", headers=asks, timeout=10)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == OTHER_PAGE
    assert "X-Artbot-Access" in preflight.headers["Access-Control-Allow-Headers"]
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    posted = requests.post(
        given.address + "/submitbyprompt", headers={"Origin": OTHER_PAGE, "X-Artbot-Access": KEY}, timeout=10
    )
    assert posted.json()["error"]["detail"]["field"] == "prompt"
    assert posted.headers["Access-Control-Allow-Origin"] == OTHER_PAGE
    assert "X-Artbot-Session" in posted.headers["Access-Control-Expose-Headers"]
    foreign = requests.options(
        given.address + "/submitbyprompt", headers=asks | {"Origin": "https://evil.example"}, timeout=10
    )
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_nothing_of_this_was_a_fault_of_the_server(given, made):
    assert "Traceback" not in given.output + made.output

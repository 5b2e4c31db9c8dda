"""HTTP as PHP, curl and a browser use it: the article's form, uploads, pictures, figures, the page."""

import base64
import io
import json
import re
import struct
import zlib

import pytest
import requests
from PIL import Image

from tests.e2e.client import Client
from tests.server import RunningServer

CSP_PARTS = ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'")
SMALL = {"width": 64, "height": 64, "batch_size": 1, "n_iter": 1, "steps": 2}
TEMPLATE = {
    "template_name": "small",
    "api_model": {"prompt": "best quality", "width": 96, "height": 64, "batch_size": 2, "steps": 2},
    "template_type": "txt2img",
}
ON_A_PICTURE = {
    "template_name": "redraw",
    "api_model": {"prompt": "best quality", "width": 64, "height": 64, "batch_size": 1, "steps": 2},
    "template_type": "img2img",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    templates = tmp_path_factory.mktemp("templates")
    (templates / "mine").mkdir()
    for template in (TEMPLATE, ON_A_PICTURE):
        (templates / "mine" / f"{template['template_name']}.json").write_text(json.dumps(template))
    settings = {"ARTBOT_TEMPLATES_DIR": str(templates), "ARTBOT_DEMO_PACE": "0"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


def picture(kind="PNG", size=(40, 30), colour=(200, 40, 40), **options):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def larger(data, width, height):
    """A small file whose head promises a large picture."""
    if data.startswith(b"GIF"):
        return data[:6] + struct.pack("<HH", width, height) + data[10:]
    head = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]


def upload(server, data, name="image", **more):
    return requests.post(server.address + "/api/v1/images", files={name: ("a.png", data)}, timeout=30, **more)


def submit(server, files=None, **fields):
    form = {"prompt": "a kitten in a garden", "templateName": "small", "folderName": "mine"} | fields
    form = {name: value for name, value in form.items() if value is not None}
    return requests.post(server.address + "/submitbyprompt", data=form, files=files, timeout=60)


def refusal(response, status, code, field=None):
    """Hold a refusal against what every one of them has to be; gives its error."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/json"
    told = response.json()
    assert told["ok"] is False
    assert (told["error"]["code"], told["error"]["detail"].get("field")) == (code, field)
    assert told["error"]["message"].endswith((".", "?"))
    return told["error"]


# The article's form


@pytest.mark.parametrize("multipart", [True, False])
def test_the_articles_form_gives_pictures_as_base64(server, multipart):
    answer = submit(server, files={"unused": ("", b"")} if multipart else None)
    assert answer.status_code == 200
    assert list(answer.json()) == ["images"]
    pictures = [Image.open(io.BytesIO(base64.b64decode(image, validate=True))) for image in answer.json()["images"]]
    assert [p.size for p in pictures] == [(96, 64), (96, 64)]
    assert pictures[0].format == "PNG"
    assert "a kitten in a garden, best quality" in pictures[0].text["parameters"]


@pytest.mark.parametrize("name", ["prompt", "templateName", "folderName"])
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_missing_form_field_is_named(server, name, value):
    refusal(submit(server, **{name: value}), 400, "bad_request", name)


def test_a_prompt_without_end_is_refused(server):
    refusal(submit(server, prompt="x" * 10_001), 400, "bad_request", "prompt")
    error = refusal(submit(server, files={"unused": ("", b"")}, prompt="x" * 2_000_000), 413, "too_large")
    assert error["detail"]["limit"] == 1_000_000


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"templateName": "nothing"}, "templateName"),
        ({"folderName": "nothing"}, "folderName"),
        ({"folderName": "../mine"}, "folderName"),
        ({"templateName": "../mine/small"}, "templateName"),
    ],
)
def test_an_unknown_template_is_not_found(server, fields, field):
    refusal(submit(server, **fields), 404, "not_found", field)


def test_a_template_that_works_on_a_picture_wants_one(server):
    refusal(submit(server, templateName="redraw"), 400, "bad_request", "image")
    refusal(submit(server, files={"image": ("", b"")}, templateName="redraw"), 400, "bad_request", "image")
    refusal(submit(server, files={"image": ("a", b"no")}, templateName="redraw"), 400, "bad_request", "image")
    answer = submit(server, files={"image": ("photo.png", picture(size=(64, 64)))}, templateName="redraw")
    assert answer.status_code == 200
    assert len(answer.json()["images"]) == 1


def test_other_templates_do_not_look_at_the_picture(server):
    assert len(submit(server, files={"image": ("", b"")}).json()["images"]) == 2


def test_a_caller_without_a_session_gets_one_and_can_use_it(server):
    answer = submit(server)
    token = answer.headers["X-Artbot-Session"]
    with Client(server.address, auth={"session": token}) as client:
        assert client.session["token"] == token
        assert [job["prompt"] for job in client.session["jobs"]] == ["a kitten in a garden"]


# Uploads


def test_an_upload_can_be_painted_on(server):
    with Client(server.address) as client:
        answer = upload(server, picture(), headers={"Authorization": "Bearer " + client.session["token"]})
        kept = answer.json()
        assert (answer.status_code, kept["ok"], kept["width"], kept["height"]) == (200, True, 40, 30)
        assert requests.get(server.address + kept["url"], timeout=10).content == picture()
        job_id = client.paint(folder="mine", template="redraw", image_id=kept["id"])
        assert client.job_end(job_id)["state"] == "done"


@pytest.mark.parametrize(
    ("data", "size", "mime"),
    [
        (picture("JPEG"), (40, 30), "image/jpeg"),
        (picture("WEBP"), (40, 30), "image/webp"),
        (picture("GIF"), (40, 30), "image/png"),
        (picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"), (30, 40), "image/png"),
    ],
    ids=["jpeg", "webp", "gif", "held-upright"],
)  # fmt: skip
def test_what_phones_and_browsers_send_is_kept_upright(server, data, size, mime):
    kept = upload(server, data).json()
    assert (kept["width"], kept["height"], kept["mime"]) == (*size, mime)
    shown = requests.get(server.address + kept["url"], timeout=10)
    assert shown.headers["Content-Type"] == mime
    assert Image.open(io.BytesIO(shown.content)).size == size


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "bad_request"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 400, "bad_request"),
        (picture(size=(300, 300))[:200], 400, "bad_request"),
        (picture("BMP"), 400, "bad_request"),
        (larger(picture(), 8000, 5001), 413, "too_large"),
        (larger(picture("GIF"), 20_000, 20_000), 413, "too_large"),
        (picture() + b"x" * 25_000_000, 413, "too_large"),
        (b"x" * 30_000_000, 413, "too_large"),
    ],
    ids=["empty", "svg", "cut", "bmp", "pixels", "bomb", "bytes", "far-too-many-bytes"],
)
def test_what_is_no_good_picture_is_refused(server, data, status, code):
    error = refusal(upload(server, data), status, code, "image")
    assert ("limit" in error["detail"]) == (status == 413)


def test_an_upload_without_its_field_is_refused(server):
    refusal(upload(server, picture(), name="picture"), 400, "bad_request", "image")
    refusal(
        requests.post(server.address + "/api/v1/images", json={"image": "x"}, timeout=10), 400, "bad_request", "image"
    )


# Pictures and who sees them


@pytest.fixture(scope="module")
def painted(server):
    """A browser with its cookie, a socket of the same session, and a picture that was painted for it."""
    browser = requests.Session()
    browser.get(server.address + "/", timeout=10)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with Client(server.address, headers={"Cookie": cookies}) as client:
        job_id = client.paint(folder="mine", template="small")
        yield browser, client, client.job_end(job_id)["images"][0]


def test_a_page_is_told_nothing_that_its_cookie_holds(painted):
    assert painted[1].session["token"] is None


def test_a_picture_is_shown_by_cookie_or_signature_alone(server, painted):
    browser, _, record = painted
    plain = f"{server.address}/images/{record['id']}"
    shown = browser.get(plain, timeout=10)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert requests.get(server.address + record["url"], timeout=10).content == shown.content
    small = requests.get(server.address + record["thumbnail_url"], timeout=10)
    assert (small.headers["Content-Type"], Image.open(io.BytesIO(small.content)).format) == ("image/webp", "WEBP")
    for address in (
        plain,
        plain + "?sig=",
        plain + "?sig=AAAAAAAAAAAAAAAAAAAAAA",
        plain + "?sig=%E9%00",
        server.address + record["thumbnail_url"].replace("/thumbnail", ""),
        server.address + record["url"].replace("?", "/thumbnail?"),
        plain[:-1] + "?" + record["url"].partition("?")[2],
    ):
        refusal(requests.get(address, timeout=10), 404, "not_found")


def test_a_picture_is_not_sent_twice(server, painted):
    browser, _, record = painted
    address = f"{server.address}/images/{record['id']}"
    first = browser.get(address, timeout=10)
    again = browser.get(address, headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    small = browser.get(address + "/thumbnail", headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert small.status_code == 200


def test_a_shared_picture_is_everybodys_until_it_is_taken_back(server, painted):
    _, client, record = painted
    url = client.call("share_image", {"image_id": record["id"]})["url"]
    assert client.call("share_image", {"image_id": record["id"]})["url"] == url
    shown = requests.get(server.address + url, timeout=10)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert "no-cache" in shown.headers["Cache-Control"]
    assert client.call("unshare_image", {"image_id": record["id"]})["ok"]
    assert (
        requests.get(server.address + url, headers={"If-None-Match": shown.headers["ETag"]}, timeout=10).status_code
        == 404
    )
    assert client.call("share_image", {"image_id": record["id"]})["url"] != url


# The page, its files, and what every answer has


def test_the_page_comes_with_a_cookie_that_lasts(server):
    browser = requests.Session()
    first = browser.get(server.address + "/", timeout=10)
    assert first.headers["Content-Type"].startswith("text/html")
    cookie = first.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"))
    token = browser.cookies["artbot_session"]
    browser.get(server.address + "/", timeout=10)
    assert browser.cookies["artbot_session"] == token
    forged = requests.get(server.address + "/", cookies={"artbot_session": token[:-1] + "_"}, timeout=10)
    assert forged.cookies["artbot_session"] not in (token, token[:-1] + "_")


def test_all_files_of_the_page_are_there(server):
    page = requests.get(server.address + "/", timeout=10).text
    files = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    assert len(files) > 5
    for file in files:
        assert requests.get(server.address + file, timeout=10).status_code == 200, file


def test_static_files_are_asked_for_again_but_not_sent_again(server):
    first = requests.get(server.address + "/static/js/main.js", timeout=10)
    assert "javascript" in first.headers["Content-Type"]
    assert "max-age=31536000" not in first.headers["Cache-Control"]
    again = requests.get(
        server.address + "/static/js/main.js", headers={"If-None-Match": first.headers["ETag"]}, timeout=10
    )
    assert again.status_code == 304
    vendored = requests.get(server.address + "/static/vendor/socket.io-4.8.4.esm.min.js", timeout=10)
    assert "max-age=31536000" in vendored.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/static/../run.py", "/static/%2e%2e/run.py", "/static//etc/passwd", "/static/nothing.js"]
)
def test_nothing_outside_static_is_served(server, path):
    with requests.Session() as session:
        request = requests.Request("GET", server.address).prepare()
        request.url = server.address + path
        refusal(session.send(request, timeout=10), 404, "not_found")


def test_health_is_open_and_short(server):
    assert requests.get(server.address + "/healthz", timeout=10).json().items() >= {"ok": True, "worker": True}.items()


def test_figures_are_in_prometheus_form(server):
    answer = requests.get(server.address + "/metrics", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert re.search(r'^artbot_client_events_total\{event="generate"\} \d', answer.text, re.MULTILINE)
    assert re.search(r"^artbot_workers 1\.0", answer.text, re.MULTILINE)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/shared/nothing", 404, "not_found"),
        ("GET", "/images/nothing/huge", 404, "not_found"),
        ("GET", "/submitbyprompt", 405, "bad_request"),
        ("DELETE", "/", 405, "bad_request"),
        ("POST", "/healthz", 405, "bad_request"),
    ],
)
def test_wrong_addresses_and_methods_are_told_in_json(server, method, path, status, code):
    answer = requests.request(method, server.address + path, timeout=10)
    refusal(answer, status, code, "image_id" if path == "/shared/nothing" else None)
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/static/js/main.js", "/healthz", "/metrics", "/operator", "/images/x", "/socket.io/?EIO=4&transport=polling",
     "/socket.io/?EIO=3&transport=polling", "/template_picture"],
)  # fmt: skip
def test_every_answer_protects_the_browser(server, path):
    headers = requests.get(server.address + path, timeout=10).headers
    assert all(part in headers["Content-Security-Policy"] for part in CSP_PARTS)
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")


def test_nothing_of_this_was_a_fault_of_the_server(server):
    assert "Traceback" not in server.output


def test_somebody_who_follows_a_link_that_was_taken_back_reads_words(server):
    browser = requests.get(server.address + "/shared/nothing", headers={"Accept": "text/html,*/*;q=0.8"}, timeout=10)
    assert (browser.status_code, browser.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "taken back" in browser.text
    program = requests.get(server.address + "/shared/nothing", timeout=10)
    assert (program.status_code, program.json()["error"]["code"]) == (404, "not_found")

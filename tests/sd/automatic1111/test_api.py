"""The thin client over real sockets: what each kind of trouble is called."""

import socket

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.api import Api
from tests.sd.fake_automatic1111 import FakeAutomatic1111

PROGRESS = "/sdapi/v1/progress"


@pytest.fixture
def api(fake):
    with Api(fake.url + "/", None, "sd-1") as api:
        yield api


def trouble(call, *args, **kwargs) -> BackendFailed:
    with pytest.raises(BackendFailed) as caught:
        call(*args, **kwargs)
    assert caught.value.__cause__ is None
    return caught.value


def test_gets_and_posts_json(api):
    assert api.get(PROGRESS)["progress"] == 0.0
    assert api.post("/sdapi/v1/interrupt", {}) == {}


def test_parameters_are_sent(api, fake):
    fake.painter.state.job_count, fake.painter.state.preview = 1, "x"
    assert api.get(PROGRESS, skip_current_image="true")["current_image"] is None
    assert api.get(PROGRESS, skip_current_image="false")["current_image"] == "x"


def test_what_is_not_there_is_none(api, fake):
    fake.webui = False
    assert api.optional("/sdapi/v1/nope") is None
    assert api.post_if_there("/internal/progress", {"id_task": "x"}) is None


def test_a_broken_list_is_none(api, fake):
    fake.fault("/sdapi/v1/options", (500, b'{"detail":"","errors":"value is not a valid float"}'))
    assert api.optional("/sdapi/v1/options") is None


def test_a_list_behind_a_wrong_password_is_no_missing_list(api, fake):
    fake.fault("/sdapi/v1/options", (401, b"{}"))
    assert "ARTBOT_SD_AUTH" in trouble(api.optional, "/sdapi/v1/options").message


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("close", "backend_unreachable", "closed the connection"),
        ("cut", "backend_unreachable", "broke the connection"),
        ((200, b"<html>hello</html>"), "backend_failed", "is not JSON"),
        ((200, b'{"progress": '), "backend_failed", "is not JSON"),
        ((500, b"Internal Server Error"), "backend_failed", "status 500"),
        ((504, b"<html></html>"), "backend_unreachable", "proxy"),
    ],
)
def test_every_kind_of_trouble_has_its_words(api, fake, fault, code, words):
    fake.fault(PROGRESS, fault)
    error = trouble(api.get, PROGRESS)
    assert error.error_code == code
    assert words in error.message
    assert "sd-1" in error.message
    assert error.detail["retry"] is True
    assert fake.url not in error.message


def test_a_silent_server_times_out(api, fake):
    fake.fault("/sdapi/v1/interrupt", "hang")
    error = trouble(api.post, "/sdapi/v1/interrupt", {}, read_s=0.1)
    assert error.error_code == "backend_timeout"


def test_a_server_that_falls_silent_halfway(api, fake):
    fake.fault("/internal/progress", "stall")
    error = trouble(api.post, "/internal/progress", {"id_task": "x"}, read_s=0.1)
    assert "fell silent" in error.message
    assert error.detail["retry"] is True


def test_a_slow_answer_is_an_answer(api, fake):
    fake.fault("/sdapi/v1/samplers", "drip")
    assert api.get("/sdapi/v1/samplers")[0]["name"] == "DPM++ 2M"


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Api(url, None, "sd-1") as api:
        error = trouble(api.get, PROGRESS)
    assert error.error_code == "backend_unreachable"
    assert "cannot be reached" in error.message


def test_https_on_a_plain_port(fake):
    with Api(fake.url.replace("http://", "https://"), None, "sd-1") as api:
        assert "TLS" in trouble(api.get, PROGRESS).message


def test_an_address_that_is_none():
    with Api("http://", None, "sd-1") as api:
        assert trouble(api.get, PROGRESS).error_code == "backend_failed"


def test_a_number_that_json_cannot_hold(api):
    error = trouble(api.post, "/sdapi/v1/txt2img", {"script_args": [float("nan")]})
    assert error.error_code == "backend_refused"


def test_credentials_go_with_the_first_call():
    with FakeAutomatic1111(auth="me:secret") as fake, Api(fake.url, ("me", "secret"), "sd-1") as api:
        assert api.get(PROGRESS)["progress"] == 0.0
        assert len(fake.calls) == 1


@pytest.mark.parametrize("auth", [None, ("me", "wrong"), ("you", "secret")])
def test_wrong_credentials_are_the_operators_matter(auth):
    with FakeAutomatic1111(auth="me:secret") as fake, Api(fake.url, auth, "sd-1") as api:
        error = trouble(api.get, PROGRESS)
    assert error.whose_fault == "server"
    assert error.detail["retry"] is False
    assert "secret" not in error.message


def test_netrc_is_not_read(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with FakeAutomatic1111(auth="me:secret") as fake, Api(fake.url, None, "sd-1") as api:
        assert "ARTBOT_SD_AUTH" in trouble(api.get, PROGRESS).message

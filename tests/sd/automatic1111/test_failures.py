"""Error answers of every shape become one sentence, a code and whose fault it is."""

import json

import pytest

from artbot_server.sd.automatic1111 import failures


def shape_b(kind: str, detail: str = "", errors: str = "") -> bytes:
    return json.dumps({"error": kind, "detail": detail, "body": "", "errors": errors}).encode()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (shape_b("HTTPException", detail="Invalid encoded image"), ("HTTPException", "Invalid encoded image")),
        (
            shape_b("ZeroDivisionError", errors="integer modulo by zero"),
            ("ZeroDivisionError", "integer modulo by zero"),
        ),
        (shape_b("AssertionError"), ("AssertionError", "")),
        (
            b'{"detail":[{"loc":["body","width"],"msg":"value is not a valid integer","type":"type_error.integer"}]}',
            ("", "width: value is not a valid integer"),
        ),
        (b'{"detail":[{"loc":["body"],"msg":"field required"},"odd"]}', ("", "field required; odd")),
        (b'{"detail":"Not Found"}', ("", "Not Found")),
        (b"<html><body>502 Bad Gateway</body></html>", ("", "")),
        (b"Internal Server Error", ("", "Internal Server Error")),
        (b"[1, 2]", ("", "")),
        (b"", ("", "")),
    ],
)
def test_reads_the_text_of_every_shape(content, expected):
    assert failures.read_error(content) == expected


@pytest.mark.parametrize(
    ("status", "content", "code", "fault", "retry"),
    [
        (422, shape_b("HTTPException", detail="Script 'x' not found"), "backend_refused", "client", False),
        (
            422,
            b'{"detail":[{"loc":["body","x"],"msg":"bad","type":"int_parsing"}]}',
            "backend_refused",
            "client",
            False,
        ),
        (404, shape_b("HTTPException", detail="Init image not found"), "backend_refused", "client", False),
        (404, b'{"detail":"Not Found"}', "backend_failed", "server", False),
        (405, b'{"detail":"Method Not Allowed"}', "backend_failed", "server", False),
        (401, shape_b("HTTPException", detail="Not authenticated"), "backend_failed", "server", False),
        (500, shape_b("HTTPException", detail="Invalid encoded image"), "backend_refused", "client", False),
        (500, shape_b("ZeroDivisionError", errors="by zero"), "backend_refused", "client", False),
        (500, shape_b("RuntimeError", errors="bad number of images passed"), "backend_refused", "client", False),
        (500, shape_b("RuntimeError", errors="CUDA error: device-side assert"), "backend_failed", "backend", True),
        (500, shape_b("OutOfMemoryError", errors="CUDA out of memory."), "backend_failed", "backend", False),
        (500, shape_b("OSError", errors="disk"), "backend_failed", "backend", True),
        (500, b"Internal Server Error", "backend_failed", "backend", True),
        (502, b"<html>Bad Gateway</html>", "backend_unreachable", "backend", True),
        (503, b"", "backend_unreachable", "backend", True),
    ],
)
def test_tells_whose_fault_a_status_is(status, content, code, fault, retry):
    error = failures.from_answer("sd-1", "/sdapi/v1/txt2img", status, content)
    assert (error.error_code, error.whose_fault, error.detail["retry"]) == (code, fault, retry)
    assert "sd-1" in error.message
    assert len(error.message) <= failures.MESSAGE_CHARS


def test_a_wrong_password_names_the_setting():
    assert "ARTBOT_SD_AUTH" in failures.from_answer("sd-1", "/x", 401, b"").message


def test_a_web_ui_without_its_api_is_told_how_to_start():
    assert "--api" in failures.from_answer("sd-1", "/sdapi/v1/samplers", 404, b'{"detail":"Not Found"}').message


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("No such file: '/srv/webui/models/a.safetensors'", "a.safetensors", "/srv"),
        (r"cannot open C:\Users\me\webui\a.pt", "a.pt", "Users"),
        ("see http://me:secret@10.0.0.1:7860/x for more", "for more", "secret"),
        ("bad image " + "QUJD" * 40 + "==", "bad image", "QUJDQUJD"),
        ("two\n  lines", "two lines", "\n"),
    ],
)
def test_texts_of_the_server_lose_paths_addresses_and_pictures(text, kept, gone):
    cleaned = failures.clean(text)
    assert kept in cleaned
    assert gone not in cleaned


def test_a_very_long_text_is_cut():
    error = failures.from_answer("sd-1", "/x", 500, shape_b("OSError", errors="word " * 500))
    assert len(error.message) <= 300


@pytest.mark.parametrize(
    ("asked", "hint"), [("euler A", "did you mean 'Euler a'?"), ("Eulr a", "did you mean 'Euler a'?"), ("Zzz", "here.")]
)
def test_an_unknown_name_comes_with_the_nearest_one(asked, hint):
    error = failures.unknown_name("sampler_name", "sampler", asked, ("Euler a", "DDIM"))
    assert error.message.endswith(hint)
    assert error.detail["allowed"] == ["Euler a", "DDIM"]
    assert error.detail["field"] == "sampler_name"


def test_thousands_of_names_are_not_all_listed():
    error = failures.unknown_name("prompt", "LoRA", "x", [f"lora-{n}" for n in range(5000)])
    assert len(error.detail["allowed"]) == failures.ALLOWED_SHOWN


def test_a_message_is_a_sentence():
    assert failures.refused("no full stop").message == "no full stop."
    assert failures.refused("asked?").message == "asked?"
    assert "allowed" not in failures.refused("x").detail
    assert "field" not in failures.refused("x").detail

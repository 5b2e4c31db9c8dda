"""Every refusal of a model's side gets its code, its fault and a sentence without secrets."""

from __future__ import annotations

from typing import Any

import pytest

from artbot_server.errors import EngineFailed
from artbot_server.llm import faults
from artbot_server.llm.faults import Complaint


def from_status(status: int, error: object, **how: Any) -> EngineFailed:
    return faults.from_status(status, Complaint.of(error), **{"callers_key": False, "any_key": True, **how})


KNOWN = [
    (400, {"message": "maximum context length is 8192 tokens", "code": "context_length_exceeded"}, "context_too_long"),
    (400, {"code": 400, "message": "the request exceeds", "type": "exceed_context_size_error"}, "context_too_long"),
    (400, {"message": "Requested tokens (1046) exceed context window of 512"}, "context_too_long"),
    (413, "Payload Too Large", "context_too_long"),
    (400, {"message": "no such", "code": "model_not_found"}, "unknown_model"),
    (403, {"message": "Project `p` does not have access to model `x`", "code": "model_not_found"}, "unknown_model"),
    (404, {"message": "The model `x` does not exist.", "type": "NotFoundError", "code": 404}, "unknown_model"),
    (404, {"detail": "Not Found"}, "engine_failed"),
    (404, "<!DOCTYPE html><html><title>model zoo", "engine_failed"),
    (401, {"message": "Incorrect API key provided", "code": "invalid_api_key"}, "wrong_key"),
    (401, {"message": "Invalid API Key", "type": "authentication_error", "code": 401}, "wrong_key"),
    (403, "Forbidden", "wrong_key"),
    (403, {"message": "Country not supported", "code": "unsupported_country_region_territory"}, "engine_failed"),
    (400, {"message": "rejected by our safety system", "code": "content_policy_violation"}, "refused"),
    (400, {"message": "filtered", "code": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}, "refused"),
    (429, {"message": "Rate limit reached", "code": "rate_limit_exceeded"}, "rate_limited"),
    (429, None, "rate_limited"),
    (408, None, "engine_timeout"),
    (504, "<html>gateway</html>", "engine_timeout"),
    (400, {"message": "Expected 'messages' to be an array", "type": "invalid_request_error"}, "engine_failed"),
    (500, {"message": "The server had an error"}, "engine_failed"),
    (503, "overloaded", "engine_failed"),
]


@pytest.mark.parametrize(("status", "error", "code"), KNOWN)
def test_each_refusal_has_its_code(status: int, error: object, code: str) -> None:
    failure = from_status(status, error)
    assert failure.error_code == code
    assert "<" not in failure.message
    assert failure.message[0].isupper()


def test_a_wrong_key_is_the_fault_of_who_sent_it() -> None:
    assert from_status(401, None, callers_key=True).whose_fault == "client"
    assert from_status(401, None, callers_key=False).whose_fault == "server"
    assert faults.unusable_key(callers_key=True).whose_fault == "client"
    assert faults.unusable_key(callers_key=False).whose_fault == "server"


def test_without_any_key_the_key_is_missing_not_wrong() -> None:
    failure = from_status(401, {"message": "You didn't provide an API key"}, any_key=False)
    assert (failure.error_code, failure.whose_fault) == ("no_key", "server")


@pytest.mark.parametrize("code", ["unknown_model", "context_too_long"])
def test_what_the_caller_can_mend_is_his_fault(code: str) -> None:
    failure = next(from_status(status, error) for status, error, known in KNOWN if known == code)
    assert failure.whose_fault == "client"


def test_a_missing_page_is_a_wrong_address() -> None:
    assert from_status(404, "<html>Not Found").whose_fault == "server"


@pytest.mark.parametrize(
    ("header", "message", "seconds"),
    [
        ("20", "", 20),
        ("1.5", "try again in 9s", 1.5),
        (None, "Rate limit reached. Please try again in 6m0s. Visit", 360),
        (None, "Please try again in 1h2m3.5s.", 3723.5),
        (None, "Please try again in 20ms.", 0.02),
        (None, "Please retry after 4s", 4),
        (None, "Please retry after 10 seconds.", 10),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "no number", None),
        ("-1", "", None),
        (None, "try again in a while", None),
    ],
)
def test_how_long_to_wait(header: str | None, message: str, seconds: float | None) -> None:
    assert faults.wait_s(header, message) == seconds


def test_a_rate_limit_says_how_long() -> None:
    assert from_status(429, {"message": "slow down"}, retry_after="7").detail["retry_after_s"] == 7
    assert "retry_after_s" not in from_status(429, {"message": "slow down"}).detail


def test_a_used_up_account_says_so() -> None:
    failure = from_status(429, {"message": "You exceeded your current quota", "code": "insufficient_quota"})
    assert failure.error_code == "rate_limited"
    assert "credit" in failure.message
    assert (
        faults.from_error(Complaint.of({"code": "insufficient_quota"})).message == failure.message.split(":")[0] + "."
    )


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Incorrect API key provided: sk-proj-abc***…XYZ. See", "Incorrect API key provided: [key] See"),
        ("key hunter2 refused, hunter2!", "key [key] refused, [key]!"),
        ("sent Bearer abc.def-ghi to it", "sent Bearer [key] to it"),
        ("at https://me:pass@10.0.0.1/v1", "at https://[key]10.0.0.1/v1"),
        ("two\n  lines\t", "two lines"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_the_other_sides_words_are_scrubbed(text: str, clean: str) -> None:
    assert faults.scrubbed(text, ("hunter2",)) == clean


def test_secrets_stay_out_of_every_message() -> None:
    for status, _, _ in KNOWN:
        failure = from_status(status, {"message": "about sk-secret and hunter2"}, secrets=("hunter2",))
        assert "secret" not in failure.message
        assert "hunter2" not in str(failure.as_json())


@pytest.mark.parametrize(
    "error",
    [None, 5, [], {}, {"message": None, "code": 400}, {"detail": [{"loc": ["body", "messages"]}]}],
)
def test_any_body_can_be_read(error: object) -> None:
    assert from_status(500, error).error_code == "engine_failed"


def test_which_parameter_a_complaint_is_about() -> None:
    named = Complaint.of({"message": "Unsupported value", "param": "temperature"})
    told = Complaint.of({"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]})
    assert named.names("temperature")
    assert told.names("stream_options")
    assert not told.names("temperature")


def test_the_faults_of_the_wire() -> None:
    made = [faults.timeout(60), faults.unreachable(), faults.cut(), faults.garbage(), faults.empty("stop")]
    codes = ["engine_timeout", "engine_unreachable", "engine_cut", "engine_garbage", "engine_empty"]
    assert [failure.error_code for failure in made] == codes
    assert {failure.whose_fault for failure in made} == {"engine"}
    assert "60 seconds" in made[0].message

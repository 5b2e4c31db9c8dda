"""The shape of every error that leaves the server, on a socket or over HTTP:

{"code": snake_case word, "message": one sentence, "detail": {"fault": who has to act, … JSON values}}
"""

import json
import re

import pytest

from artbot_server import errors
from artbot_server.errors import (
    ArtbotError,
    BackendFailed,
    BadRequest,
    EngineFailed,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
    error_of,
)

CLASSES = [ArtbotError, *ArtbotError.__subclasses__()]
STATUS = {
    "internal": 500, "bad_request": 400, "not_allowed": 403, "not_found": 404, "busy": 409, "conflict": 409, "too_large": 413,
    "too_many": 429, "engine_failed": 502, "backend_failed": 502, "unavailable": 503, "config": 500,
}  # fmt: skip


def test_every_error_is_a_child_of_one_root():
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    assert set(found) == set(CLASSES)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_the_shape(kind):
    shape = kind("Something is wrong.", field="x").as_json()
    assert list(shape) == ["code", "message", "detail"]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", shape["code"])
    assert shape["message"] == "Something is wrong."
    assert shape["detail"]["field"] == "x"
    assert shape["detail"]["fault"] in ("client", "server", "engine", "backend")
    assert json.loads(json.dumps(shape)) == shape


@pytest.mark.parametrize("kind", CLASSES)
def test_every_code_has_its_status(kind):
    assert STATUS[kind.code] == kind.status


def test_codes_belong_to_one_class_each():
    assert len({kind.code for kind in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("kind", CLASSES)
def test_the_status_says_whose_fault_it_is(kind):
    assert (kind.fault == "client") == (400 <= kind.status < 500)


def test_an_instance_may_have_a_finer_code_and_another_fault():
    error = EngineFailed("The key is refused.", code="wrong_key", fault="client")
    assert (error.error_code, error.whose_fault, error.status) == ("wrong_key", "client", 502)
    assert error.as_json()["code"] == "wrong_key"
    assert (EngineFailed.code, EngineFailed("x").error_code) == ("engine_failed", "engine_failed")


def test_facts_stand_in_the_detail():
    shape = BadRequest("The field steps must be 1 to 150.", field="steps", allowed="1 to 150").as_json()
    assert shape["detail"] == {"fault": "client", "field": "steps", "allowed": "1 to 150"}
    assert TooMany("Slower.", retry_after_s=3).detail["retry_after_s"] == 3
    assert BackendFailed("It broke.", retry=True).detail == {"retry": True}


def test_an_error_without_facts_still_says_whose_fault_it_is():
    assert NotFound("No.").as_json()["detail"] == {"fault": "client"}


def test_it_reads_as_its_sentence():
    assert str(NotFound("There is no such job.")) == "There is no such job."


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("No such sampler.", field="overrides.sampler_name", allowed=["Euler"]),
        NotFound("There is no such picture.", field="image_id"),
        TooLarge("Too large.", limit=5),
        TooMany("Later.", retry_after_s=5),
        Unavailable("The worker is away."),
        BackendFailed("It cannot be reached.", code="backend_unreachable", retry=True),
        EngineFailed("It fell silent.", code="engine_timeout"),
        ArtbotError("Something is wrong."),
    ],
    ids=lambda error: error.error_code,
)
def test_an_error_survives_the_way_to_another_process(error):
    there = error_of(json.loads(json.dumps(error.as_json())))
    assert (type(there), there.status, there.as_json()) == (type(error), error.status, error.as_json())


def test_a_backends_refusal_is_the_callers_fault_and_a_400():
    refused = BackendFailed("No such module.", code="backend_refused", fault="client", field="module")
    there = error_of(refused.as_json())
    assert (type(there), there.status, there.as_json()) == (BadRequest, 400, refused.as_json())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadRequest("No.", code="unsuitable", words=["x"]), 400),
        (EngineFailed("Too long.", code="context_too_long", fault="client"), 400),
        (EngineFailed("Slow.", code="rate_limited", retry_after_s=3), 502),
        (EngineFailed("No key.", code="no_key", fault="server"), 503),
        (BackendFailed("It broke."), 502),
        (Unavailable("Stopped.", code="interrupted"), 503),
        (ArtbotError("Ours."), 500),
    ],
)
def test_an_error_that_was_told_is_one_again_with_the_status_of_whose_fault_it_is(error, status):
    again = errors.error_of(error.as_json())
    assert again.as_json() == error.as_json()
    assert again.status == status

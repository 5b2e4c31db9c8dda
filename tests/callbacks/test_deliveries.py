import pytest

from artbot_server.callbacks.deliveries import (
    PAUSES_S,
    Answer,
    Delivery,
    DeliveryState,
    delivery_json,
    outcome,
    pause_s,
)

WAITING, DELIVERED, GIVEN_UP = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.GIVEN_UP
LAST = len(PAUSES_S) + 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_ends_it_at_any_attempt(status):
    assert outcome(Answer(status), 1) is outcome(Answer(status), LAST) is DELIVERED


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 422])
def test_a_lasting_refusal_and_a_redirect_end_it_at_once(status):
    assert outcome(Answer(status), 1) is GIVEN_UP


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again_until_the_last_attempt(status):
    assert outcome(Answer(status), 1) is outcome(Answer(status), LAST - 1) is WAITING
    assert outcome(Answer(status), LAST) is GIVEN_UP


def test_silence_is_tried_again_and_what_is_forbidden_is_not():
    assert outcome(Answer(error="cut"), 1) is WAITING
    assert outcome(Answer(error="cut"), LAST) is GIVEN_UP
    assert outcome(Answer(error="private", final=True), 1) is GIVEN_UP


def test_eight_attempts_take_about_an_hour_with_growing_pauses():
    assert LAST == 8
    assert 3000 < sum(PAUSES_S) < 4200
    assert list(PAUSES_S) == sorted(PAUSES_S)


def test_a_pause_jitters_by_a_fifth():
    assert pause_s(2, 0.5) == PAUSES_S[1]
    assert pause_s(2, 0.0) == pytest.approx(PAUSES_S[1] * 0.8)
    assert pause_s(2, 1.0) == pytest.approx(PAUSES_S[1] * 1.2)


def test_a_record_says_everything_but_whose_it_is():
    told = delivery_json(Delivery(id="d", job_id="j", session_id="anna", url="https://a/", event="done", next_at=5.0))
    assert told["delivery_id"] == "d"
    assert (told["job_id"], told["state"], told["next_at"]) == ("j", "waiting", 5.0)
    assert "session_id" not in told
    assert "id" not in told


def test_an_address_that_is_not_the_sessions_is_not_shown():
    mine = Delivery(id="d", job_id="j", session_id="anna", url="https://a/?key=1", event="done")
    assert delivery_json(mine, "https://b/")["url"] == "https://a/?key=1"
    assert delivery_json(mine, "https://a/?key=1")["url"] is None

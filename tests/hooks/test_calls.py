from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from artbot_server.errors import ArtbotError, BadRequest
from artbot_server.hooks.calls import asked, ended, ordered, replied
from artbot_server.hooks.record import Hooks
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.painting.jobs import JobState
from artbot_server.painting.orders import PaintOrder
from tests.storage.stored import job

ORDER = PaintOrder(prompt="a cat", folder="plain", template="cat", job_id="j1")
REQUEST = ChatRequest([{"role": "user", "content": "a cat"}])


def adds(words):
    def hook(_session_id, order):
        return replace(order, prompt=f"{order.prompt}, {words}")

    return hook


def breaks(*_):
    raise ZeroDivisionError("secret detail")


def refuses(*_):
    raise BadRequest("No cats here.", field="prompt", allowed="dogs")


def test_without_hooks_an_order_stays_as_it_is():
    assert ordered(Hooks(), "anna", ORDER) == ORDER


def test_hooks_before_painting_change_an_order_one_after_the_other():
    hooks = Hooks(before_paint=[adds("red"), adds("small")])
    assert ordered(hooks, "anna", ORDER).prompt == "a cat, red, small"


def test_a_hook_sees_whose_order_it_is():
    seen = []
    hook = lambda session_id, order: seen.append(session_id) or order  # noqa: E731
    ordered(Hooks(before_paint=[hook]), "anna", ORDER)
    assert seen == ["anna"]


def test_a_refusal_is_told_as_it_is_and_ends_the_row():
    called = []
    hooks = Hooks(before_paint=[refuses, lambda _s, order: called.append(1) or order])
    with pytest.raises(BadRequest, match="No cats here") as caught:
        ordered(hooks, "anna", ORDER)
    assert caught.value.detail["field"] == "prompt"
    assert called == []


def test_a_hook_that_raises_costs_the_order_an_error_that_says_whose_fault():
    with capture_logs() as logs, pytest.raises(ArtbotError) as caught:
        ordered(Hooks(before_paint=[breaks]), "anna", ORDER)
    told = caught.value.as_json()
    assert (told["code"], told["detail"]) == ("internal", {"fault": "server", "hook": "breaks"})
    assert "The hook breaks" in told["message"]
    assert "secret" not in str(told)
    assert [(line["event"], line["hook"]) for line in logs] == [("hook_failed", "breaks")]
    assert logs[0]["exc_info"]


def test_a_hook_that_gives_no_order_is_a_fault_of_the_hook():
    with capture_logs() as logs, pytest.raises(ArtbotError, match="The hook"):
        ordered(Hooks(before_paint=[lambda *_: None]), "anna", ORDER)
    assert logs[0]["reason"] == "it gave NoneType instead of PaintOrder"


def test_the_clients_id_of_a_job_stays():
    hooks = Hooks(before_paint=[lambda _s, order: replace(order, job_id="mine")])
    assert ordered(hooks, "anna", ORDER).job_id == "j1"


@pytest.mark.parametrize(
    ("state", "called"),
    [
        (JobState.DONE, ["after 1", "after 2"]),
        (JobState.FAILED, ["error 1", "error 2"]),
        (JobState.CANCELLED, ["error 1", "error 2"]),
    ],
)
def test_an_end_is_told_to_one_row_of_hooks_in_its_order(state, called):
    seen = []
    hooks = Hooks(
        after_paint=[lambda *_: seen.append("after 1"), lambda *_: seen.append("after 2")],
        on_error=[lambda _: seen.append("error 1"), lambda _: seen.append("error 2")],
    )
    ended(hooks, job("j1", state=state), [])
    assert seen == called


def test_a_hook_that_raises_at_the_end_keeps_no_other_from_it():
    seen = []
    with capture_logs() as logs:
        ended(
            Hooks(after_paint=[breaks, refuses, lambda job, pictures: seen.append((job.id, pictures))]),
            job("j1", state=JobState.DONE),
            ["p1"],
        )
    assert seen == [("j1", ["p1"])]
    assert {line["hook"] for line in logs} == {"breaks", "refuses"}


def test_requests_are_changed_or_refused():
    hook = lambda request: replace(request, temperature=0.5)  # noqa: E731
    assert asked(Hooks(before_reply=[hook]), REQUEST).temperature == 0.5
    with pytest.raises(BadRequest):
        asked(Hooks(before_reply=[refuses]), REQUEST)


def test_the_end_of_a_reply_is_told():
    seen = []
    replied(Hooks(after_reply=[breaks, lambda *what: seen.append(what)]), REQUEST, "a cat", ReplyEnd("stop"))
    assert seen == [(REQUEST, "a cat", ReplyEnd("stop"))]

"""What both ends of the way between web process and worker do, over a local socket and over Redis alike."""

import threading

import pytest

from artbot_server.errors import Unavailable
from artbot_server.live.answering import SLOW_ASKS_AT_ONCE
from artbot_server.live.frames import MAX_HEADER_BYTES
from tests.painting.house import until


@pytest.fixture
def ends(either_ends):
    return either_ends


def test_what_the_web_process_says_reaches_every_worker(ends):
    hub, links = ends.hub(), [ends.link(), ends.link()]
    until(lambda: hub.workers == 2)
    hub.wake()
    hub.cancel("j1")
    for link in links:
        until(lambda link=link: link.heard == [("wake", {}), ("cancel", {"job_id": "j1"})])


def test_what_a_worker_says_is_heard(ends):
    hub, link = ends.hub(), ends.link()
    until(lambda: hub.workers == 1)
    link.send("job_changed", {"job_id": "j1"})
    until(lambda: hub.heard == [("job_changed", {"job_id": "j1"}, b"")])

    def heard():
        link.send("progress", {"job_id": "j1"}, b"preview")  # dropped as long as something is on its way
        return hub.heard[1:]

    until(heard)
    assert hub.heard[1] == ("progress", {"job_id": "j1"}, b"preview")


def test_workers_are_counted(ends):
    hub = ends.hub()
    first = ends.link()
    until(lambda: hub.workers == 1)
    second = ends.link()
    until(lambda: hub.workers == 2)
    second.stop()
    until(lambda: hub.workers == 1)
    first.stop()
    until(lambda: hub.counts == [1, 2, 1, 0])


def test_a_question_is_answered(ends):
    hub = ends.hub()
    ends.link()
    until(lambda: hub.workers == 1)
    assert hub.ask("check_upload", {"name": "x"}, timeout_s=5) == {"kind": "check_upload", "name": "x"}


def test_many_questions_at_once_each_get_their_own_answer(ends):
    hub = ends.hub()
    ends.link()
    until(lambda: hub.workers == 1)
    answers = {}

    def ask(number):
        answers[number] = hub.ask("check_upload", {"number": number}, timeout_s=5)["number"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(20)}


def test_nobody_is_there_to_ask(ends):
    with pytest.raises(Unavailable):
        ends.hub().ask("check_upload", {}, timeout_s=5)


def test_a_late_answer_is_no_answer(ends):
    hub, link = ends.hub(), ends.link()
    until(lambda: hub.workers == 1)
    with pytest.raises(Unavailable):
        hub.ask("slow", {}, timeout_s=0.1)
    link.may_answer.set()
    assert hub.ask("check_upload", {"n": 2}, timeout_s=5)["n"] == 2


def test_the_worker_that_has_the_backend_is_asked(ends):
    hub = ends.hub()
    first, second = ends.link("studio", "cellar"), ends.link("attic")
    until(lambda: hub.workers == 2)
    first.may_answer.set()
    assert hub.ask("ask_backend", {"n": 1}, timeout_s=5, backend="cellar")["n"] == 1
    second.send("job_changed", {})
    until(lambda: hub.heard)
    assert hub.ask("ask_backend", {"n": 2}, timeout_s=5, backend="studio")["n"] == 2
    with pytest.raises(Unavailable):
        hub.ask("ask_backend", {}, timeout_s=5, backend="nowhere")


def test_its_backends_are_known_again_after_a_lost_connection(ends):
    hub, link = ends.hub(), ends.link("studio")
    link.may_answer.set()
    assert hub.ask("ask_backend", {"n": 1}, timeout_s=5, backend="studio")["n"] == 1
    hub.stop()
    again = ends.hub()
    assert again.ask("ask_backend", {"n": 2}, timeout_s=5, backend="studio")["n"] == 2


def test_slow_questions_do_not_hold_up_others(ends):
    hub, link = ends.hub(), ends.link("studio")
    until(lambda: hub.workers == 1)
    answers = []

    def ask():
        answers.append(hub.ask("ask_backend", {}, timeout_s=20, backend="studio"))

    asking = [threading.Thread(target=ask) for _ in range(SLOW_ASKS_AT_ONCE)]
    for thread in asking:
        thread.start()
    until(lambda: len(slow_threads()) == SLOW_ASKS_AT_ONCE)
    assert all(thread.daemon for thread in slow_threads())
    assert hub.ask("check_upload", {"n": 1}, timeout_s=5)["n"] == 1
    assert hub.ask("ask_backend", {}, timeout_s=5, backend="studio")["error"]["code"] == "unavailable"
    link.may_answer.set()
    for thread in asking:
        thread.join()
    assert answers == [{"kind": "ask_backend"}] * SLOW_ASKS_AT_ONCE
    until(lambda: not slow_threads())
    assert hub.ask("ask_backend", {"n": 2}, timeout_s=5, backend="studio")["n"] == 2


def slow_threads():
    return [thread for thread in threading.enumerate() if thread.name == "live-slow-ask"]


def test_an_answer_that_is_too_large_is_an_error_at_once(ends):
    hub, link = ends.hub(), ends.link()
    link.adds = "x" * MAX_HEADER_BYTES
    answer = hub.ask("check_upload", {}, timeout_s=10)
    assert (answer["error"]["code"], answer["error"]["detail"]["fault"]) == ("too_large", "server")
    link.adds = ""
    assert hub.ask("check_upload", {"n": 1}, timeout_s=10)["n"] == 1

import time

import pytest

from artbot_server.live import address
from artbot_server.live.frames import Frame, FrameReader, encode
from artbot_server.live.link import MOST_KEPT
from tests.painting.house import until


def changed(number):
    return ("job_changed", {"job_id": f"j{number}"}, b"")


def test_it_connects_when_the_web_process_comes(ends):
    link = ends.link()
    time.sleep(0.3)
    hub = ends.hub()
    until(lambda: hub.workers == 1)
    hub.wake()
    until(lambda: link.heard == [("wake", {})])


def test_it_connects_again_to_the_next_web_process(ends):
    first, link = ends.hub(), ends.link()
    until(lambda: first.workers == 1)
    first.stop()
    second = ends.hub()
    until(lambda: second.workers == 1)
    link.send("job_changed", {"job_id": "j1"})
    until(lambda: second.heard == [changed(1)])


def test_what_was_said_to_nobody_is_kept_and_progress_is_not(ends):
    link = ends.link()
    for number in range(3):
        link.send("job_changed", {"job_id": f"j{number}"})
        link.send("progress", {"job_id": f"j{number}"}, b"preview")
    hub = ends.hub()
    until(lambda: len(hub.heard) == 3)
    assert hub.heard == [changed(0), changed(1), changed(2)]


def test_no_more_is_kept_than_the_bound(ends):
    link = ends.link()
    for number in range(MOST_KEPT + 20):
        link.send("job_changed", {"job_id": f"j{number}"})
    hub = ends.hub()
    until(lambda: len(hub.heard) == MOST_KEPT)
    assert hub.heard[0] == changed(20)
    assert hub.heard[-1] == changed(MOST_KEPT + 19)


def test_a_web_process_that_does_not_read_costs_no_time_and_no_news(ends):
    listening = address.listen(ends.folder)
    link = ends.link()
    there, _ = listening.accept()
    preview = bytes(500_000)
    for number in range(50):
        link.send("progress", {"number": number}, preview)
    link.send("job_changed", {"job_id": "j1"})
    reader, found = FrameReader(), []
    there.settimeout(10)
    while not found or found[-1].kind != "job_changed":
        found += reader.feed(there.recv(1_000_000))
    assert len(found) < 20
    there.close()
    address.remove(ends.folder, listening)


def test_a_question_does_not_hold_up_other_messages(ends):
    listening = address.listen(ends.folder)
    link = ends.link()
    there, _ = listening.accept()
    there.sendall(encode(Frame("slow", {}, ask=1)) + encode(Frame("cancel", {"job_id": "j1"})))
    until(lambda: link.heard == [("cancel", {"job_id": "j1"})])
    link.may_answer.set()
    there.settimeout(10)
    [answer] = FrameReader().feed(there.recv(10_000))
    assert (answer.kind, answer.ask) == ("answer", 1)
    there.close()
    address.remove(ends.folder, listening)


@pytest.mark.alone
def test_what_is_left_is_sent_before_the_end(ends):
    hub, link = ends.hub(), ends.link()
    until(lambda: hub.workers == 1)
    for number in range(100):
        link.send("job_changed", {"job_id": f"j{number}"})
    link.stop()
    until(lambda: len(hub.heard) == 100)


def test_the_end_does_not_wait_for_nobody(ends):
    link = ends.link()
    link.send("job_changed", {})
    begun = time.monotonic()
    link.stop(wait_s=60)
    assert time.monotonic() - begun < 30

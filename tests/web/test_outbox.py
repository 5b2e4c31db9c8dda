"""What waits for one socket: joining, replacing, order, and the bounds on a slow reader."""

import threading

import pytest

from artbot_server.events import (
    BatchChanged,
    Frame,
    JobChanged,
    PaintProgress,
    QueueMoved,
    ReplyContinued,
    ReplyDone,
    SessionSnapshot,
)
from artbot_server.web import outbox
from artbot_server.web.outbox import Outbox, join, weight

ROOM = 4


class Line:
    """A wire whose far end reads only when told to; background work runs when told to."""

    def __init__(self, sends=None, room=None):
        self.sent, self.unread, self.was_cut, self.background = [], 0, False, []
        self.send = sends or self._send
        self.has_room = room or (lambda: self.unread < ROOM)
        self.when_room = self.background.append
        self.outbox = Outbox(self)

    @classmethod
    def released(cls, **how):
        line = cls(**how)
        line.outbox.release(SessionSnapshot({}))
        line.read()
        return line

    def _send(self, event):
        self.sent.append(event)
        self.unread += 1

    def cut(self):
        self.was_cut = True

    def read(self):
        self.unread = 0

    def drain(self):
        """Read and let the background look again until nothing is left to do."""
        while self.background and not self.was_cut:
            self.read()
            self.background.pop(0)()


def frame(seq, text="x", reply="r"):
    return Frame(text, None, "m", reply, "c", seq)


def progress(value, preview=None, job="j"):
    return PaintProgress(job, value, None, None, None, preview)


def text_of(events):
    """What a client would have, by the rules of docs/protocol.md."""
    text, last = "", 0
    for event in events:
        if isinstance(event, Frame):
            assert (event.first or event.seq) == last + 1
            text, last = text + event.message, event.seq
    return text


def test_a_quick_socket_gets_every_frame_as_it_comes():
    line = Line.released()
    for seq in range(1, 10):
        line.outbox.put(frame(seq, str(seq)))
        line.read()
    assert [e.seq for e in line.sent[1:]] == list(range(1, 10))
    assert line.background == []


def test_the_snapshot_is_first_whatever_came_before_it():
    line = Line()
    box = line.outbox
    box.put(frame(1))
    box.put(frame(2))
    assert line.sent == []
    box.release(SessionSnapshot({"a": 1}))
    assert isinstance(line.sent[0], SessionSnapshot)
    assert text_of(line.sent) == "xx"


def test_a_reply_that_goes_on_takes_the_place_of_its_waiting_frames():
    waiting = []
    end = ReplyDone("ab", None, "m", "r", "c", 2, None, None, None, None, "stopped")
    told = ReplyContinued(None, "m", "r", "c", "ab", 2)
    for event in (frame(1, "a"), frame(1, "z", "other"), frame(2, "b"), end, told, frame(3, "c"), frame(4, "d")):
        join(waiting, event)
    assert waiting[:3] == [frame(1, "z", "other"), end, told]
    [further] = waiting[3:]
    assert (further.message, further.first, further.seq) == ("cd", 3, 4)
    assert weight([told]) > weight([]) + len(told.text)


def test_frames_of_a_slow_socket_join_and_no_letter_is_lost():
    line = Line.released()
    words = [f"<{n}>" for n in range(200)]
    for seq, word in enumerate(words, 1):
        line.outbox.put(frame(seq, word))
    assert len(line.sent) == 1 + ROOM
    line.drain()
    assert len(line.sent) == 2 + ROOM
    assert text_of(line.sent) == "".join(words)
    assert line.sent[-1].fields()["from"] == ROOM + 1


def test_a_replys_end_stays_behind_its_frames_and_replies_do_not_mix():
    line = Line.released()
    line.unread = ROOM
    done = ReplyDone("ab", None, "m", "r", "c", 2, None, None, None, None, "complete")
    for event in (frame(1, "a"), frame(1, "z", "other"), frame(2, "b"), done):
        line.outbox.put(event)
    line.read()
    line.drain()
    assert line.sent[1:] == [Frame("ab", None, "m", "r", "c", 2, 1), frame(1, "z", "other"), done]


def test_one_preview_a_job_the_newest_and_none_after_the_end():
    waiting = []
    join(waiting, progress(0.1, b"old"))
    join(waiting, progress(0.2, b"new"))
    join(waiting, progress(0.3))
    join(waiting, progress(0.1, b"else", "k"))
    assert waiting == [progress(0.3, b"new"), progress(0.1, b"else", "k")]
    join(waiting, JobChanged({"job_id": "j", "state": "running"}))
    assert len(waiting) == 3
    join(waiting, JobChanged({"job_id": "j", "state": "done"}))
    assert [type(e).__name__ for e in waiting] == ["PaintProgress", "JobChanged", "JobChanged"]


def test_a_socket_with_too_much_outstanding_is_cut_and_costs_nothing_more():
    line = Line.released()
    line.unread = ROOM
    line.outbox.put(frame(1, "y" * outbox.MOST_CHARS))
    assert line.was_cut
    line.outbox.put(frame(2))
    assert line.outbox._waiting == []


def test_a_socket_that_takes_nothing_for_a_minute_is_cut():
    line = Line.released()
    line.unread = ROOM
    line.outbox.put(frame(1))
    assert not line.was_cut
    line.outbox._since -= outbox.LONGEST_WAIT_S + 1
    line.background[0]()
    assert line.was_cut


def test_a_socket_that_gets_more_and_more_is_cut_without_being_looked_at():
    line = Line.released()
    line.unread = ROOM
    for seq in range(1, 12):
        line.outbox.put(frame(seq, "y" * (outbox.MOST_CHARS // 10)))
    assert line.was_cut
    assert line.outbox._waiting == []


def test_a_slow_socket_is_looked_after_in_the_background_once():
    line = Line.released()
    line.unread = ROOM
    for seq in range(1, 6):
        line.outbox.put(frame(seq))
    assert len(line.background) == 1
    line.read()
    line.background[0]()
    assert text_of(line.sent) == "xxxxx"


def test_many_threads_lose_nothing():
    line = Line.released(room=lambda: True)

    def write(number):
        for _ in range(200):
            line.outbox.put(QueueMoved([{"n": number}]))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(line.sent) == 1 + 8 * 200


def test_a_send_that_finds_the_socket_dead_may_close_the_outbox():
    """engineio calls the disconnect handler from within a send to a client that stopped answering pings."""
    line = Line.released()
    line.send = lambda event: line.outbox.close()
    line.outbox.put(frame(1))
    line.outbox.put(frame(2))
    assert line.outbox._waiting == []


def test_a_send_that_fails_cuts_its_socket_and_nobody_hears_of_it():
    line = Line.released()

    def broken(event):
        raise OSError("gone")

    line.send = broken
    line.outbox.put(frame(1))
    assert line.was_cut
    for seq in range(2, 100):
        line.outbox.put(frame(seq))
    assert line.outbox._waiting == []


def test_a_resume_answer_takes_the_place_of_what_waits():
    line = Line.released()
    line.unread = ROOM
    for event in (frame(1), frame(1, "z", "other"), frame(2)):
        line.outbox.put(event)
    line.outbox.forget("r")
    line.outbox.put(frame(3))
    line.drain()
    assert line.sent[1:] == [frame(1, "z", "other"), frame(3)]


def test_what_comes_while_the_snapshot_is_made_is_not_joined():
    line = Line()
    box = line.outbox
    for seq in (1, 2, 3):
        box.put(frame(seq))
    box.release(SessionSnapshot({"seq": 2}))
    assert [getattr(event, "seq", None) for event in line.sent] == [None, 1, 2, 3]


def test_what_comes_while_they_still_lie_there_joins_the_last_of_them():
    line = Line()
    for seq in range(1, 9):
        line.outbox.put(frame(seq, str(seq)))
    line.outbox.release(SessionSnapshot({}))
    line.outbox.put(frame(9, "9"))
    line.drain()
    assert text_of(line.sent) == "123456789"


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_the_weight_grows_with_what_is_kept(count):
    assert weight([frame(n, "abc") for n in range(count)]) == count * 503


def test_of_a_batch_only_its_newest_state_waits():
    waiting = []
    for number in (1, 2):
        for batch_id in ("a", "b"):
            join(waiting, BatchChanged({"batch_id": batch_id, "done": number, "items": []}))
    assert [(event.batch["batch_id"], event.batch["done"]) for event in waiting] == [("a", 2), ("b", 2)]
    assert weight([BatchChanged({"batch_id": "a", "items": [{}] * 100})]) > 10_000

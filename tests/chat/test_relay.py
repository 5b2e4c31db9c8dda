import threading

import pytest

from artbot_server.chat.relay import LiveReply, ReplyIds, relay
from artbot_server.errors import EngineFailed
from artbot_server.events import Frame, ServerChanged
from artbot_server.llm.base import ChatRequest, ReplyEnd
from tests.chat.scripted_engine import ScriptedEngine

IDS = ReplyIds(session_id="anna", conversation_id="c1", message_id="m1", reply_id="r1", client_sid=None)
QUESTION = ChatRequest([])
END = ServerChanged({"any": "event"})


class Way:
    """A reply on its way in a thread, and all that came out of it."""

    def __init__(self, *script):
        self.reply = LiveReply(IDS)
        self.stream = ScriptedEngine(*script).open(QUESTION)
        self.frames = []
        self.outcome = None
        self._thread = threading.Thread(target=self.run)

    def run(self):
        self.outcome = relay(self.reply, self.stream, self.frames.append)
        return self.outcome

    def start(self):
        self._thread.start()
        assert self.stream.waiting.wait(10)

    def end(self):
        self._thread.join(10)
        assert self.outcome is not None
        return self.outcome


def test_each_piece_is_a_frame_at_once_and_the_end_is_kept():
    way = Way("A ", "red ", "fox", ReplyEnd("stop", {"total_tokens": 3}, "m"))
    outcome = way.run()
    assert [(frame.message, frame.seq, frame.reply_id) for frame in way.frames] == [
        ("A ", 1, "r1"),
        ("red ", 2, "r1"),
        ("fox", 3, "r1"),
    ]
    assert (outcome.text, outcome.seq, outcome.state) == ("A red fox", 3, "complete")
    assert outcome.end == ReplyEnd("stop", {"total_tokens": 3}, "m")
    assert way.stream.closed.is_set()


def test_nothing_is_read_behind_the_end():
    way = Way("A fox", ReplyEnd("stop"), "more")
    assert way.run().text == "A fox"


def test_text_and_number_belong_together_while_others_look():
    reply, seen, done = LiveReply(IDS), [], threading.Event()

    def look():
        while not done.is_set():
            seen.append(reply.snapshot())

    thread = threading.Thread(target=look)
    thread.start()
    for _ in range(2000):
        reply.add("ab")
    done.set()
    thread.join()
    assert all(len(text) == 2 * seq for text, seq in seen)
    assert reply.snapshot() == ("ab" * 2000, 2000)


@pytest.mark.parametrize(("interrupted", "state"), [(False, "stopped"), (True, "interrupted")])
def test_a_silent_stream_is_ended_from_another_thread(interrupted, state):
    way = Way("A ", threading.Event(), "never")
    way.start()
    way.reply.stop(interrupted=interrupted)
    outcome = way.end()
    assert (outcome.text, outcome.seq, outcome.state) == ("A ", 1, state)
    assert (outcome.error.error_code if outcome.error else None) == ("interrupted" if interrupted else None)


def test_who_asked_for_the_end_first_counts():
    way = Way("A ", threading.Event())
    way.start()
    way.reply.stop()
    way.reply.stop(interrupted=True)
    assert way.end().state == "stopped"


def test_a_reply_that_was_stopped_before_is_not_read():
    way = Way("A fox")
    way.reply.stop()
    outcome = way.run()
    assert (outcome.text, outcome.seq, outcome.state, way.frames) == ("", 0, "stopped", [])


def test_a_broken_stream_is_an_outcome_with_its_text():
    error = EngineFailed("The stream broke.", code="engine_cut")
    way = Way("A ", "red", error)
    outcome = way.run()
    assert (outcome.text, outcome.seq, outcome.state, outcome.error) == ("A red", 2, "failed", error)
    assert way.stream.closed.is_set()


def test_a_stream_without_an_end_is_complete():
    assert (Way("A fox").run().state, Way().run().seq) == ("complete", 2)


def test_a_fault_of_ours_closes_the_stream_too():
    way = Way("A fox")
    with pytest.raises(ZeroDivisionError):
        relay(way.reply, way.stream, lambda frame: 1 // 0)
    assert way.stream.closed.is_set()


class CarriedStream:
    """Gives its pieces to `take` from another thread, then ends as it was told to."""

    def __init__(self, *pieces, end):
        self._pieces, self._end = pieces, end
        self.closed = threading.Event()

    def __iter__(self):
        raise AssertionError("it carries itself")

    def carry(self, take):
        other = threading.Thread(target=lambda: [take(piece) for piece in self._pieces])
        other.start()
        other.join(10)
        if isinstance(self._end, EngineFailed):
            raise self._end
        return self._end

    def close(self):
        self.closed.set()


@pytest.mark.parametrize(
    ("end", "state"), [(ReplyEnd("stop"), "complete"), (None, "complete"), (EngineFailed("It broke."), "failed")]
)
def test_a_stream_that_carries_itself(end, state):
    reply, stream, frames = LiveReply(IDS), CarriedStream("A ", "fox", end=end), []
    outcome = relay(reply, stream, frames.append)
    assert [(frame.message, frame.seq) for frame in frames] == [("A ", 1), ("fox", 2)]
    assert (outcome.text, outcome.state, outcome.end) == (
        "A fox",
        state,
        end if state == "complete" and end else ReplyEnd(),
    )
    assert stream.closed.is_set()


def told(news):
    return [(event.message, event.first, event.seq) if isinstance(event, Frame) else event for event in news]


def test_a_follower_gets_what_came_before_him_joined_and_the_end():
    reply = LiveReply(IDS)
    for piece in ("A ", "red ", "fox"):
        reply.add(piece)
    reply.over(END)
    assert told(reply.follow(1)) == [("A red fox", 1, 3), END]
    assert told(reply.follow(1)) == [("A red fox", 1, 3), END]


def test_a_follower_hears_each_piece_as_it_comes_and_that_he_waits():
    reply = LiveReply(IDS)
    news = reply.follow(0.01)
    assert next(news) is None
    reply.add("A ")
    assert next(news).message == "A "
    reply.add("red ")
    reply.add("fox")
    assert told([next(news)]) == [("red fox", 2, 3)]
    assert next(news) is None
    reply.over(None)
    assert list(news) == []


def test_a_follower_in_another_thread_is_woken():
    reply, heard = LiveReply(IDS), []
    follower = threading.Thread(target=lambda: heard.extend(told(reply.follow(20))))
    follower.start()
    reply.add("A fox")
    reply.over(END)
    follower.join(10)
    assert not follower.is_alive()
    assert heard == [("A fox", 1, 1), END]

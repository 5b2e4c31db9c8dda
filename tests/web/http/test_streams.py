import json

import pytest
from flask import Flask

from artbot_server.errors import EngineFailed, TooMany, Unavailable
from artbot_server.events import ChatFailed, Frame, ReplyDone
from artbot_server.web.http.streams import COMMENT, end_of, event_stream, sent_data, sent_event

IDS = {"client_sid": None, "message_id": "m", "reply_id": "r", "conversation_id": "c"}
PIECE = Frame("A fox", **IDS, seq=1)
END = ReplyDone(
    **IDS,
    full_message="A fox",
    seq=1,
    prompt=None,
    negative_prompt=None,
    finish_reason="stop",
    usage=None,
    state="complete",
)
BROKEN = ChatFailed(**IDS, error=EngineFailed("It broke.", code="engine_cut").as_json(), full_message="A fox")


def written(news):
    """What a reader gets, and how often the closing was told."""
    closed = []
    with Flask(__name__).app_context():
        response = event_stream(iter(news), lambda event: [sent_event(event.name, {})], lambda: closed.append(1))
        data = response.get_data()
        response.close()
    return data, len(closed)


def test_each_news_is_an_event_and_silence_a_comment():
    data, closed = written([PIECE, None, END])
    assert data == b"event: message\ndata: {}\n\n" + COMMENT + b"event: gpt_chat\ndata: {}\n\n"
    assert closed == 1


def test_a_fault_before_the_first_news_is_raised_and_a_later_one_is_an_event():
    with pytest.raises(EngineFailed) as caught:
        written([None, BROKEN])
    assert (caught.value.error_code, caught.value.status) == ("engine_cut", 502)
    data, closed = written([PIECE, BROKEN])
    name, _, rest = data.split(b"\n\n")[1].partition(b"\n")
    told = json.loads(rest.removeprefix(b"data: "))
    assert (name, told["error"]["code"], told["full_message"], closed) == (b"event: error", "engine_cut", "A fox", 1)


def test_what_is_refused_in_the_middle_is_an_event_too():
    def news():
        yield PIECE
        raise TooMany("Slower.")

    data, _ = written(news())
    assert b"event: error\n" in data
    assert b'"too_many"' in data


def test_news_that_end_without_any_are_of_a_server_that_stops():
    for nothing in ([], [None]):
        with pytest.raises(Unavailable):
            written(nothing)
        with pytest.raises(Unavailable):
            end_of(iter(nothing))


def test_who_leaves_before_he_reads_is_noticed():
    closed = []
    with Flask(__name__).app_context():
        event_stream(iter([PIECE]), lambda _event: [], lambda: closed.append(1)).close()
    assert closed == [1]


def test_the_end_is_waited_for():
    assert end_of(iter([PIECE, None, END])) == END
    with pytest.raises(EngineFailed):
        end_of(iter([PIECE, BROKEN]))
    with pytest.raises(Unavailable):
        end_of(iter([PIECE]))


def test_text_of_any_script_is_written_on_one_line():
    assert sent_data({"text": "一只猫\n\n"}) == 'data: {"text":"一只猫\\n\\n"}\n\n'.encode()


def test_proxies_and_browsers_keep_nothing_back():
    with Flask(__name__).app_context():
        response = event_stream(iter([END]), lambda _event: [b"x"], lambda: None)
    assert response.mimetype == "text/event-stream"
    assert (response.headers["Cache-Control"], response.headers["X-Accel-Buffering"]) == ("no-cache", "no")

import threading
import time
from dataclasses import replace

import pytest

from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.relay import ReplyIds
from artbot_server.errors import Unavailable

IDS = ReplyIds(session_id="anna", conversation_id="c1", message_id="m1", reply_id="r1", client_sid="panel")
NOBODY = {"reply_id": None, "message_id": None, "client_sid": None}


@pytest.fixture
def live():
    return LiveReplies()


def other(number, **more):
    return replace(IDS, message_id=f"m{number}", reply_id=f"r{number}", **more)


def test_a_reply_is_found_in_its_session_until_it_ends(live):
    reply = live.begin(IDS)
    assert live.get("anna", "r1") is reply
    assert live.get("bert", "r1") is None
    assert live.get("anna", "m1") is None
    assert (live.ids(), len(live)) == (["r1"], 1)
    live.end(IDS)
    live.end(IDS)
    assert live.get("anna", "r1") is None
    assert (live.ids(), len(live)) == ([], 0)


@pytest.mark.parametrize("what", [{"reply_id": "r1"}, {"message_id": "m1"}, {"client_sid": "panel"}])
def test_a_stop_names_a_reply_a_message_or_a_panel(live, what):
    reply = live.begin(IDS)
    bystander = live.begin(other(2, client_sid="another"))
    assert live.stop("anna", **NOBODY | what)
    assert (reply.ended_as, bystander.ended_as) == ("stopped", None)


def test_a_stop_of_a_panel_ends_all_of_it(live):
    replies = [live.begin(other(number)) for number in range(3)]
    assert live.stop("anna", **NOBODY | {"client_sid": "panel"})
    assert {reply.ended_as for reply in replies} == {"stopped"}


def test_a_stop_reaches_no_other_session(live):
    reply = live.begin(IDS)
    for what in ({"reply_id": "r1"}, {"message_id": "m1"}, {"client_sid": "panel"}):
        assert not live.stop("bert", **NOBODY | what)
    assert reply.ended_as is None


def test_replies_without_a_panel_are_not_one(live):
    reply = live.begin(replace(IDS, client_sid=None))
    assert not live.stop("anna", **NOBODY | {"message_id": "m9"})
    assert reply.ended_as is None


def test_a_stop_waits_for_its_message_and_ends_only_that(live):
    assert not live.stop("anna", **NOBODY | {"message_id": "m1"})
    assert live.begin(other(2)).ended_as is None
    assert live.begin(replace(IDS, session_id="bert")).ended_as is None
    assert live.begin(IDS).ended_as == "stopped"


def test_a_snapshot_has_the_sessions_replies_with_their_text(live):
    live.begin(replace(IDS, session_id="bert"))
    reply = live.begin(other(2))
    reply.add("A ")
    reply.add("fox")
    assert live.of_session("anna") == [
        {
            "reply_id": "r2",
            "message_id": "m2",
            "conversation_id": "c1",
            "client_sid": "panel",
            "text": "A fox",
            "seq": 2,
        }
    ]


def test_a_closed_server_takes_no_more(live):
    live.require_open()
    live.drain(0)
    with pytest.raises(Unavailable):
        live.require_open()


def test_a_reply_that_is_stored_while_the_server_closes_is_interrupted(live):
    live.drain(0)
    assert live.begin(IDS).ended_as == "interrupted"


def test_draining_waits_for_what_ends_in_time(live):
    reply = live.begin(IDS)
    threading.Timer(0.1, live.end, (IDS,)).start()
    live.drain(30)
    assert reply.ended_as is None
    assert len(live) == 0


def test_draining_interrupts_what_does_not_end_and_waits_for_its_last_words(live):
    reply = live.begin(IDS)
    told = []

    def last_words():
        while reply.ended_as is None:
            time.sleep(0.005)
        told.append(reply.ended_as)
        live.end(IDS)

    thread = threading.Thread(target=last_words)
    thread.start()
    live.drain(0.05)
    assert told == ["interrupted"]
    thread.join()


def test_what_has_grown_since_it_was_kept(live):
    grows, waits = live.begin(IDS), live.begin(other(2))
    live.begin(other(3, conversation_id="")).add("of no conversation: never stored")
    assert live.grown() == []
    grows.add("A ")
    grows.add("fox")
    assert live.grown() == [grows]
    grows.kept_seq = 2
    assert live.grown() == []
    waits.add("A")
    grows.add(".")
    assert live.grown() == [grows, waits]

"""A copy of a reply that somebody else writes: whatever comes, twice, late or with holes, the text is right."""

import random
import threading

import pytest

from artbot_server.across.mirrors import Gap, Mirror, Mirrors
from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.relay import ReplyIds
from artbot_server.events import ChatFailed, Frame, ReplyDone
from tests.painting.house import until

IDS = ReplyIds(session_id="s1", conversation_id="c1", message_id="m1", reply_id="r1", client_sid=None)
WORDS = [f"word-{number} " for number in range(1, 41)]
TEXT = "".join(WORDS)


def done(text=TEXT, seq=40):
    return ReplyDone(text, None, "m1", "r1", "c1", seq, None, None, "stop", None, "complete")


class House:
    def __init__(self):
        self.live, self.told, self.stopped, self.missing = LiveReplies(), [], [], []
        self.mirrors = Mirrors(
            self.live,
            lambda session_id, event: self.told.append(event),
            self.stopped.append,
            lambda *what: self.missing.append(what),
        )

    def text(self):
        """What a socket has that was there from the first frame on; each must follow the one before."""
        text, last = "", 0
        for frame in self.told:
            if isinstance(frame, Frame):
                assert (frame.first or frame.seq) == last + 1
                text, last = text + frame.message, frame.seq
        return text


@pytest.fixture
def house():
    return House()


def upto(seq):
    return "".join(WORDS[:seq])


def test_what_comes_is_told_and_found_like_any_reply(house):
    house.mirrors.show(IDS, "owner", upto(2), 2)
    assert house.mirrors.take("r1", 3, 3, WORDS[2])
    assert house.text() == upto(3)
    assert house.live.get("s1", "r1").snapshot() == (upto(3), 3)
    assert house.live.get("s2", "r1") is None
    assert [each["seq"] for each in house.live.of_session("s1")] == [3]
    assert (len(house.live), house.live.ids()) == (0, [])  # it is not ours to renew or to wait for


def test_what_is_here_already_is_left_out(house):
    house.mirrors.show(IDS, "owner", upto(5), 5)
    house.mirrors.take("r1", 4, 5, "".join(WORDS[3:5]))
    house.mirrors.take("r1", 1, 7, upto(7))  # a feed begins with all it has
    house.mirrors.show(IDS, "owner", upto(6), 6)
    assert house.text() == upto(7)


def test_a_hole_is_asked_for(house):
    house.mirrors.show(IDS, "owner", upto(5), 5)
    house.mirrors.take("r1", 8, 8, WORDS[7])
    assert house.missing == [("s1", "owner")]
    house.mirrors.show(IDS, "owner", upto(9), 9)
    assert house.text() == upto(9)
    with pytest.raises(Gap):
        Mirror(IDS, "owner", print).take(2, 2, "x")


def test_the_end_brings_what_is_missing_and_then_nothing_comes_to_life_again(house):
    house.mirrors.show(IDS, "owner", upto(5), 5)
    mirror = house.live.get("s1", "r1")
    house.mirrors.end(done())
    assert house.text() == TEXT
    assert house.live.get("s1", "r1") is None
    assert list(mirror.follow(1))[-1] == done()
    house.mirrors.show(IDS, "owner", upto(6), 6)
    assert not house.mirrors.take("r1", 41, 41, "x")
    assert len(house.mirrors) == 0


def test_a_reply_may_begin_again_after_its_end(house):
    house.mirrors.show(IDS, "owner", upto(5), 5)
    house.mirrors.end(ChatFailed(None, "m1", "r1", "c1", {"code": "interrupted"}, upto(5)))
    house.mirrors.began("r1")
    house.mirrors.show(IDS, "another", upto(6), 6)
    assert house.live.get("s1", "r1").owner == "another"


def test_a_stop_goes_to_the_owner_and_our_own_end_stops_nobody(house):
    house.mirrors.show(IDS, "owner", "", 0)
    assert house.live.stop("s1", reply_id="r1", message_id=None, client_sid=None)
    assert [mirror.owner for mirror in house.stopped] == ["owner"]
    house.live.drain(0)
    assert len(house.stopped) == 1


def test_followers_are_counted_and_read_to_the_end(house):
    house.mirrors.show(IDS, "owner", upto(3), 3)
    mirror, read = house.live.get("s1", "r1"), []
    reader = threading.Thread(target=lambda: read.extend(mirror.follow(5)))
    reader.start()
    until(lambda: mirror.followers == 1)
    house.mirrors.end(done())
    reader.join(10)
    assert mirror.followers == 0
    assert "".join(event.message for event in read if isinstance(event, Frame)) == TEXT
    assert read[-1] == done()


@pytest.mark.parametrize("seed", range(20))
def test_in_any_order_with_any_losses_the_text_is_right(house, seed):
    chance = random.Random(seed)
    house.mirrors.show(IDS, "owner", "", 0)
    news, at = [], 0
    while at < len(WORDS):
        end = min(len(WORDS), at + chance.randint(1, 4))
        news.append((at + 1, end, "".join(WORDS[at:end])))
        at = end
    news = [one for one in news for _ in range(chance.choice((0, 1, 1, 1, 2)))]
    for _ in range(5):
        place = chance.randrange(len(news) - 1)
        news[place], news[place + 1] = news[place + 1], news[place]
    for first, seq, text in news:
        house.mirrors.take("r1", first, seq, text)
        if house.missing and chance.random() < 0.7:
            house.missing.clear()
            house.mirrors.show(IDS, "owner", upto(seq), seq)
    house.mirrors.end(done())
    assert house.text() == TEXT

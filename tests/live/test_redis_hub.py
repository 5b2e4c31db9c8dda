import time

import pytest
from structlog.testing import capture_logs

from artbot_server.errors import ConfigError, Unavailable
from artbot_server.live.redis_line import RedisLine
from tests.e2e.bad_line import BadLine
from tests.painting.house import until
from tests.redis_server import RedisServer


def up(*ends):
    until(lambda: all(end.is_up for end in ends))


def test_what_is_said_of_a_session_is_heard_by_those_who_watch_it(redis_ends):
    one, two, three = (redis_ends.hub(name) for name in ("one", "two", "three"))
    up(one, two, three)
    two.watch("s1")
    one.tell_session("s1", "event", {"n": 1})
    one.tell_session("s2", "event", {"n": 2})
    one.tell_all("stop", {"n": 3})
    until(lambda: len(two.heard) == 2 and three.heard)
    assert two.heard == [("event", {"n": 1}, b""), ("stop", {"n": 3}, b"")]
    assert three.heard == [("stop", {"n": 3}, b"")]
    assert one.heard == []
    two.leave("s1")
    one.tell_session("s1", "event", {"n": 4})
    one.tell_all("stop", {"n": 5})
    until(lambda: two.heard[-1][1] == {"n": 5})
    assert len(two.heard) == 3


def test_a_workers_words_about_a_session_reach_those_who_watch_it(redis_ends):
    one, two, link = redis_ends.hub("one"), redis_ends.hub("two"), redis_ends.link()
    until(lambda: (one.workers, two.workers) == (1, 1))
    one.watch("s1")
    link.send("progress", {"session_id": "s1"}, b"preview")
    link.send("backends_changed", {})
    until(lambda: len(one.heard) == 2 and two.heard)
    assert one.heard == [("progress", {"session_id": "s1"}, b"preview"), ("backends_changed", {}, b"")]
    assert two.heard == [("backends_changed", {}, b"")]


def test_one_web_process_is_asked_and_told(redis_ends):
    one, two = redis_ends.hub("one"), redis_ends.hub("two")
    up(one, two)
    assert one.ask_web("two", "watch", {"n": 1}, 5) == {"asked": "two", "by": "one", "n": 1}
    assert [one.tell("two", "text", {"n": number}) for number in range(100)] == [True] * 100
    until(lambda: len(two.texts) == 100)
    assert [text["n"] for text in two.texts] == list(range(100))
    assert one.tell("nobody", "text", {}) is False
    with pytest.raises(Unavailable):
        one.ask_web("nobody", "watch", {}, 60)


def test_servers_on_one_redis_do_not_hear_each_other(redis_ends):
    one, other = redis_ends.hub("one"), redis_ends.hub("two", space="another")
    up(one, other)
    assert one.tell("two", "text", {}) is False
    one.tell_all("stop", {})
    other.tell_all("stop", {})
    time.sleep(0.2)
    assert one.heard == other.heard == []


def test_a_worker_that_goes_without_a_word_is_not_counted_for_long(redis_ends):
    hub, link = redis_ends.hub(), redis_ends.link()
    until(lambda: hub.workers == 1)
    link._peer.line.stop()
    with pytest.raises(Unavailable):
        hub.ask("check_upload", {}, timeout_s=60)
    assert hub.workers == 0


def test_redis_may_go_and_come_back(redis_ends, tmp_path):
    with RedisServer(tmp_path) as server:
        redis_ends.server = server
        one, two, link = redis_ends.hub("one"), redis_ends.hub("two"), redis_ends.link()
        until(lambda: (one.workers, two.workers) == (1, 1))
        two.watch("s1")
        server.stop()
        until(lambda: not one.is_up and not two.is_up)
        with pytest.raises(Unavailable):
            one.tell("two", "text", {})
        two.watch("s2")  # a socket that comes meanwhile
        server.start()
        until(lambda: one.backs and two.backs)
        assert 0 < two.backs[0] < 60
        for session_id in ("s1", "s2"):
            one.tell_session(session_id, "event", {"n": 1})
            link.send("job_changed", {"session_id": session_id, "job_id": "j1"})
        until(lambda: len(two.heard) == 4)


def test_it_starts_without_redis_and_finds_it_later(redis_ends, tmp_path):
    server = RedisServer(tmp_path)
    redis_ends.server = server
    one, two = redis_ends.hub("one"), redis_ends.hub("two")
    two.watch("s1")
    time.sleep(0.3)
    with server:
        # Each is told to look for what was said before it heard.
        until(lambda: one.backs and two.backs)
        assert 0 < two.backs[0] < 60
        one.tell_session("s1", "event", {})
        until(lambda: two.heard == [("event", {}, b"")])


def test_what_is_said_without_redis_is_kept_and_progress_is_not(redis_ends, redis):
    two = redis_ends.hub("two")
    up(two)
    two.watch("s1")
    with BadLine(redis.url.removeprefix("redis://").removesuffix("/0")) as line:
        line.flows.clear()
        far = line.address.replace("http", "redis")
        one, link = redis_ends.hub("one", url=far), redis_ends.link(url=far)
        one.tell_session("s1", "event", {"n": 1})
        link.send("progress", {"session_id": "s1", "job_id": "j1"})
        link.send("job_changed", {"session_id": "s1", "job_id": "j1"})
        line.flows.set()
        until(lambda: len(two.heard) == 2 and one.is_up and two.workers)
        assert sorted(kind for kind, _, _ in two.heard) == ["event", "job_changed"]


def test_a_redis_that_never_was_there_is_told_once(tmp_path):
    server = RedisServer(tmp_path)
    with capture_logs() as logs:
        line = RedisLine(server.url, print, print)
        line.start()
        until(lambda: logs)
        time.sleep(0.5)  # some tries more
        line.stop()
    [away] = logs
    assert (away["event"], away["log_level"]) == ("redis_away", "warning")
    assert str(server.port) in away["reason"]


def test_an_address_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="ARTBOT_REDIS_URL"):
        RedisLine("redis://host:port/0", print, print)

"""One process's place on a Redis: the channels it hears, and a way to speak on any channel. Nothing is stored there.

Works in plain threads and green ones. Redis may be restarted or away at any time: the line comes back by itself,
hears the same channels again and says what was kept meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import RedisError
from redis.retry import Retry

from artbot_server.errors import ConfigError, Unavailable

ANSWER_WITHIN_S = 2.0
"""Redis answers in well under a millisecond; one that takes longer is away."""
LOOK_EVERY_S = 0.25
"""How soon the reader notices that it shall end."""
SILENT_FOR_S = 5.0
"""After so long without a word Redis is asked for one; after twice as long the connection is given up."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
MOST_KEPT = 1000
"""What waits to be said while Redis is away, the oldest goes first: it names rows, and these can be read again."""
AT_ONCE = 100

OnData = Callable[[bytes], None]
log = structlog.get_logger()


class RedisLine:
    """Hears channels and speaks on them.

    Args:
        url: `redis://host:port/number`, `rediss://` with TLS.
        on_data: called with each message, in the reader's thread; must not block.
        on_up: called when the line is there, at first with 0 and after each time it was away with these seconds, in
            the reader's thread; must not block.

    Raises:
        ConfigError: the address cannot be used.
    """

    def __init__(self, url: str, on_data: OnData, on_up: Callable[[float], None]) -> None:
        try:
            self._redis = Redis.from_url(
                url,
                protocol=2,
                socket_timeout=ANSWER_WITHIN_S,
                socket_connect_timeout=ANSWER_WITHIN_S,
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError as error:
            raise ConfigError(f"ARTBOT_REDIS_URL cannot be used: {error}.") from error
        self._on_data = on_data
        self._on_up = on_up
        self._heard: dict[str, threading.Event] = {}
        self._changed = threading.Condition()
        self._outbox: deque[tuple[str, bytes]] = deque(maxlen=MOST_KEPT)
        self._ears: PubSub | None = None
        self._up = False
        self._away_since: float | None = None
        self._stopping = False
        self._reader = threading.Thread(target=self._stay, name="redis-read", daemon=True)

    @property
    def is_up(self) -> bool:
        """Whether Redis is there, as far as anybody knows."""
        return self._up

    @property
    def is_free(self) -> bool:
        """Whether what is said now is said at once."""
        return self._up and not self._outbox

    def start(self) -> None:
        """Connect, now or as soon as Redis is there."""
        self._reader.start()
        threading.Thread(target=self._send_all, name="redis-send", daemon=True).start()

    def stop(self, wait_s: float = 1.0) -> None:
        """Say what is kept, for at most `wait_s`, and close."""
        with self._changed:
            self._changed.wait_for(lambda: not self._outbox or not self._up, timeout=wait_s)
            self._stopping = True
            self._changed.notify_all()
        # Its end is the reader's to make: a socket must not be closed under another thread that waits on it.
        if self._reader.is_alive():
            self._reader.join(2 * LOOK_EVERY_S)

    def hear(self, channel: str) -> threading.Event:
        """Hear a channel from now on; the event is set as soon as nothing said there is missed."""
        heard = self._heard.get(channel)
        if heard is None:
            heard = self._heard[channel] = threading.Event()
            self._tell_ears(lambda ears: ears.subscribe(channel))
        return heard

    def hear_no_more(self, channel: str) -> None:
        """Leave a channel; one that was not heard is ignored."""
        if self._heard.pop(channel, None) is not None:
            self._tell_ears(lambda ears: ears.unsubscribe(channel))  # type: ignore[no-untyped-call]

    def send(self, channel: str, data: bytes) -> None:
        """Say it when it can be said; returns at once."""
        with self._changed:
            self._outbox.append((channel, data))
            self._changed.notify_all()

    def publish(self, channel: str, data: bytes) -> int:
        """Say it now; how many processes heard it.

        Raises:
            Unavailable: Redis is away.
        """
        if not self._up:
            raise Unavailable("Redis is away; try again in a moment.")
        try:
            return int(self._redis.publish(channel, data))
        except (RedisError, OSError) as error:
            raise Unavailable("Redis does not answer; try again in a moment.") from error

    def _tell_ears(self, say: Callable[[PubSub], object]) -> None:
        """Failures are the reader's: it connects again and then asks for all channels."""
        ears = self._ears
        if ears is not None:
            try:
                say(ears)
            except (RedisError, OSError) as error:
                log.debug("redis_not_told", reason=str(error))

    def _stay(self) -> None:
        pause_s, told = FIRST_PAUSE_S, False
        while not self._stopping:
            try:
                self._listen()
            except (RedisError, OSError, ValueError) as error:  # the last when a writer found out first, and closed
                if self._up:
                    pause_s, self._away_since, told = FIRST_PAUSE_S, time.monotonic(), False
                if not told:  # also when it never was there: its address may be wrong
                    log.warning("redis_away", reason=str(error))
                    told = True
            finally:
                self._up, self._ears = False, None
                for heard in list(self._heard.values()):
                    heard.clear()
            if not self._stopping:
                time.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        self._redis.close()

    def _listen(self) -> None:
        """Hear everything, until the connection breaks."""
        ears: PubSub = self._redis.pubsub()  # type: ignore[no-untyped-call]
        try:
            ears.subscribe(*self._heard)
            self._ears = ears
            asked, last = list(self._heard), time.monotonic()
            while not self._stopping:
                message = ears.get_message(timeout=LOOK_EVERY_S)
                now = time.monotonic()
                if message is None:
                    if now - last > 2 * SILENT_FOR_S:
                        raise TimeoutError("Redis has been silent")
                    if now - last > SILENT_FOR_S:
                        ears.ping()
                    continue
                last = now
                if message["type"] == "message":
                    self._on_data(message["data"])
                elif message["type"] == "subscribe":
                    self._is_heard(message["channel"].decode(), asked)
        finally:
            ears.close()

    def _is_heard(self, channel: str, asked: list[str]) -> None:
        heard = self._heard.get(channel)
        if heard is not None:
            heard.set()
        if not self._up and all(self._heard[one].is_set() for one in asked if one in self._heard):
            with self._changed:
                self._up = True
                self._changed.notify_all()
            # Those that were asked for after the connection was there and before it was known.
            for late in [one for one, event in list(self._heard.items()) if not event.is_set()]:
                self._tell_ears(lambda ears, late=late: ears.subscribe(late))  # type: ignore[misc]
            away_s = 0.0 if self._away_since is None else time.monotonic() - self._away_since
            log.info("redis_there", away_s=round(away_s, 1))
            self._on_up(away_s)

    def _send_all(self) -> None:
        while not self._stopping:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or (self._outbox and self._up))
                some = [self._outbox[place] for place in range(min(AT_ONCE, len(self._outbox)))]
            if not some or self._stopping:
                continue
            try:
                with self._redis.pipeline(transaction=False) as several:
                    for channel, data in some:
                        several.publish(channel, data)
                    several.execute()
            except (RedisError, OSError):
                time.sleep(FIRST_PAUSE_S)  # the reader finds out too; it is all said again
                continue
            with self._changed:
                for one in some:
                    # A full outbox may have dropped it meanwhile.
                    if self._outbox and self._outbox[0] is one:
                        self._outbox.popleft()
                self._changed.notify_all()

"""The watcher's side of a reply that another web process writes: a copy of its text, for the sockets of this one.

A mirror is a live reply like any other: snapshots, `resume`, followers over HTTP and stops find it. Whatever is missing
in it is asked for; what comes twice is left out.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from artbot_server.chat.live_replies import LiveReplies
from artbot_server.chat.relay import LiveReply, ReplyIds
from artbot_server.events import ChatFailed, Event, Frame, Publish, ReplyDone

ENDED_KEPT = 1_000
"""Replies known to have ended: news of them that was on its way makes no new mirror."""


class Gap(Exception):
    """Something between what is here and what came is missing."""


class Mirror(LiveReply):
    """One reply's text as far as it came.

    Args:
        owner: the web process that writes it.
        stop: called when somebody here wants it stopped.
    """

    def __init__(self, ids: ReplyIds, owner: str, stop: Callable[[Mirror], None]) -> None:
        super().__init__(ids)
        self.owner = owner
        self.telling = threading.Lock()
        self.heard_at = time.monotonic()
        self.followers = 0
        self._stop_owner = stop

    def stop(self, *, interrupted: bool = False) -> None:
        """Ask its owner to stop it; when it is this process that ends, there is nothing to do."""
        if not interrupted:
            self._stop_owner(self)

    def take(self, first: int, seq: int, text: str) -> Frame | None:
        """Add a piece, frames `first` to `seq`; the frame to be told, None when it was here already. Raises Gap."""
        with self._lock:
            so_far, now = self._so_far()
            self.heard_at = time.monotonic()
            if seq <= now:
                return None
            if first == 1:
                text = text[len(so_far) :]
            elif first != now + 1:
                raise Gap
            self._pieces.append(text)
            self._seq = seq
            self._news.notify_all()
        return self._frame(text, seq, now + 1)

    def follow(self, look_s: float) -> Iterator[Event | None]:
        """See `LiveReply.follow`; counted, so that a reply with followers stays."""
        self.followers += 1
        try:
            yield from super().follow(look_s)
        finally:
            self.followers -= 1


class Mirrors:
    """All mirrors of this process.

    Args:
        live: where replies are looked for.
        publish: tells the session's sockets of this process.
        stop: see `Mirror`.
        missing: called with session and owner when something of a reply is missing; must not block.
    """

    def __init__(
        self,
        live: LiveReplies,
        publish: Publish,
        stop: Callable[[Mirror], None],
        missing: Callable[[str, str], None],
    ) -> None:
        self._live = live
        self._publish = publish
        self._stop = stop
        self._missing = missing
        self._lock = threading.Lock()
        self._mirrors: dict[str, Mirror] = {}
        self._ended: deque[str] = deque(maxlen=ENDED_KEPT)

    def __len__(self) -> int:
        return len(self._mirrors)

    def began(self, reply_id: str) -> None:
        """A reply begins, perhaps again."""
        with self._lock:
            while reply_id in self._ended:
                self._ended.remove(reply_id)

    def is_over(self, reply_id: str) -> bool:
        """Whether a reply's end was told here, not long ago."""
        with self._lock:
            return reply_id in self._ended

    def show(self, ids: ReplyIds, owner: str, text: str, seq: int) -> None:
        """Have a mirror of this reply, with at least this much text."""
        with self._lock:
            if ids.reply_id in self._ended:
                return
            mirror = self._mirrors.get(ids.reply_id)
            if mirror is None:
                mirror = self._mirrors[ids.reply_id] = Mirror(ids, owner, self._stop)
                self._live.show(mirror)
            mirror.owner = owner
        self._advance(mirror, 1, seq, text)

    def take(self, reply_id: str, first: int, seq: int, text: str) -> bool:
        """A piece has come; False when nobody here wants it."""
        mirror = self._mirrors.get(reply_id)
        if mirror is None:
            return False
        self._advance(mirror, first, seq, text)
        return True

    def end(self, last: ReplyDone | ChatFailed) -> None:
        """A reply is over: what is still missing of its text is told, then its followers hear the end."""
        with self._lock:
            self._ended.append(last.reply_id)
            mirror = self._mirrors.pop(last.reply_id, None)
        if mirror is not None:
            if isinstance(last, ReplyDone):
                self._advance(mirror, 1, last.seq, last.full_message)
            self._live.hide(last.reply_id)
            mirror.over(last)

    def drop(self, mirror: Mirror) -> None:
        """Nobody here wants this one any more."""
        with self._lock:
            self._mirrors.pop(mirror.ids.reply_id, None)
        self._live.hide(mirror.ids.reply_id)
        mirror.over(None)

    def of_session(self, session_id: str) -> list[Mirror]:
        """Those of a session."""
        return [mirror for mirror in list(self._mirrors.values()) if mirror.ids.session_id == session_id]

    def quiet(self, for_s: float) -> list[Mirror]:
        """Those of which nothing came for so many seconds."""
        before = time.monotonic() - for_s
        return [mirror for mirror in list(self._mirrors.values()) if mirror.heard_at < before]

    def _advance(self, mirror: Mirror, first: int, seq: int, text: str) -> None:
        try:
            with mirror.telling:
                frame = mirror.take(first, seq, text)
                if frame is not None:
                    self._publish(mirror.ids.session_id, frame)
        except Gap:
            self._missing(mirror.ids.session_id, mirror.owner)

"""One web process among several: events of a session reach its sockets here, wherever they come from, and replies that
others write are shown here as if they were our own.

A session is watched from its first socket here, or the first question about it, until a while after the last. Nothing
said between processes is needed to be right: what is missed is read in the database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from artbot_server.across.feeds import Feeds
from artbot_server.across.here import Here
from artbot_server.across.mirrors import Mirror, Mirrors
from artbot_server.across.told_events import event_body, event_of
from artbot_server.chat.relay import ReplyIds
from artbot_server.chat.turns import ids_of, stored_end
from artbot_server.errors import Unavailable
from artbot_server.events import ChatFailed, Event, Frame, ReplyDone
from artbot_server.live.frames import Frame as Said
from artbot_server.live.redis_hub import RedisHub
from artbot_server.storage.elsewhere import ElsewhereStore

OWNER_ANSWERS_WITHIN_S = 1.0
"""An owner that is slower is shown as the database has it, at most a second behind, until it answers."""
LINGER_S = 30.0
"""How long a session is watched without sockets: pages that load again and callers over HTTP come back soon."""
QUIET_S = 2.0
"""A reply of which nothing came for so long is looked up: its end may have been lost."""
LOOK_EVERY_S = 2.0
"""How often the database is looked at for what Redis does not tell while it is away."""
LOOK_BACK_S = 5.0
"""How much longer than it was away: clocks differ, and the other processes notice in their own time."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Watched:
    """A session that is watched here; `synced`: its replies elsewhere are all fed to us."""

    wanted_at: float
    synced: bool = False
    syncing: threading.Lock = field(default_factory=threading.Lock)


class Watching:
    """Speaks for this process; `hub` is how.

    Args:
        connect: makes the hub, not yet started, of `on_message`, `on_text`, `on_ask` and `on_back`.
    """

    def __init__(self, name: str, here: Here, store: ElsewhereStore, connect: Callable[..., RedisHub]) -> None:
        self._name = name
        self._here = here
        self._store = store
        self.hub: RedisHub = connect(on_message=self._hear, on_text=self._text, on_ask=self._answer, on_back=self._back)
        self._feeds = Feeds(here.live, self.hub.tell, here.spawn)
        self._mirrors = Mirrors(here.live, here.publish, self._stop_owner, self._missing)
        self._lock = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._looked_at = time.time()

    # What this process tells

    def publish(self, session_id: str, event: Event) -> None:
        """Tell every socket of a session, on whichever process; a reply's text goes its own way (`Feeds`)."""
        self._told(session_id, event)  # perhaps the end of a reply whose owner is gone
        if not isinstance(event, Frame):
            self.hub.tell_session(session_id, "event", {"session_id": session_id, **event_body(event)})

    def began(self, ids: ReplyIds) -> None:
        """This process begins to write a reply, which all sockets of its session see."""
        self._mirrors.began(ids.reply_id)
        self.hub.tell_session(ids.session_id, "began", {"session_id": ids.session_id, "reply_id": ids.reply_id})

    def stop(self, session_id: str, which: Mapping[str, str | None]) -> None:
        """Have whoever writes it stop a reply, now or when it begins."""
        self.hub.tell_all("stop", {"session_id": session_id, "which": dict(which)})

    # Watching

    def reach(self, session_id: str) -> None:
        """Watch a session, and have its replies that others write among the live ones here."""
        with self._lock:
            watched = self._watched.setdefault(session_id, _Watched(time.monotonic()))
        watched.wanted_at = time.monotonic()
        with watched.syncing:
            if not watched.synced:
                self.hub.watch(session_id)
                watched.synced = self._sync(session_id)

    def tend(self) -> None:
        """The regular work; call it each second or so."""
        self._look_at_quiet()
        for session_id, watched in list(self._watched.items()):
            if self._is_wanted(session_id):
                watched.wanted_at = time.monotonic()
                if not watched.synced and self.hub.is_up:
                    self.reach(session_id)
            elif time.monotonic() - watched.wanted_at > LINGER_S:
                self._leave(session_id)
        if not self.hub.is_up and time.time() - self._looked_at >= LOOK_EVERY_S:
            self._look(self._looked_at - 1.0)

    def _is_wanted(self, session_id: str) -> bool:
        followed = any(mirror.followers for mirror in self._mirrors.of_session(session_id))
        return followed or self._here.has_sockets(session_id)

    def _leave(self, session_id: str) -> None:
        with self._lock:
            del self._watched[session_id]
        self.hub.leave(session_id)
        for mirror in self._mirrors.of_session(session_id):
            self._mirrors.drop(mirror)
            self._tell_owner(mirror, "unwatch")

    def _sync(self, session_id: str) -> bool:
        """Have mirrors of all replies others write; False where an owner does not answer: then of what is stored."""
        rows = [(reply, owner) for reply, owner in self._store.streaming(session_id) if owner != self._name]
        silent = {owner for _, owner in rows if not self._ask_owner(session_id, owner)}
        for reply, owner in rows:
            if owner in silent:
                self._mirrors.show(ids_of(reply), owner, reply.content, reply.seq)
        return not silent and self.hub.is_up

    def _ask_owner(self, session_id: str, owner: str) -> bool:
        try:
            answer = self.hub.ask_web(owner, "watch", {"session_id": session_id}, OWNER_ANSWERS_WITHIN_S)
        except Unavailable:
            return False
        for reply in answer["replies"]:
            text, seq = reply.pop("text"), reply.pop("seq")
            self._mirrors.show(ReplyIds(session_id=session_id, **reply), owner, text, seq)
        return True

    def _missing(self, session_id: str, owner: str) -> None:
        self._here.spawn(self._ask_owner, session_id, owner)

    def _look_at_quiet(self) -> None:
        """Find the ends that were not heard, and keep in step with owners that do not answer."""
        quiet = {mirror.ids.reply_id: mirror for mirror in self._mirrors.quiet(QUIET_S)}
        if not quiet:
            return
        stored = self._store.replies([(mirror.ids.session_id, reply_id) for reply_id, mirror in quiet.items()])
        for reply_id, mirror in quiet.items():
            reply = stored.get(reply_id)
            if reply is None:
                self._mirrors.drop(mirror)
            elif reply.state != "streaming":
                self._told(mirror.ids.session_id, stored_end(reply))
            else:
                self._mirrors.show(mirror.ids, mirror.owner, reply.content, reply.seq)

    # Redis away, and back

    def _back(self, away_s: float) -> None:
        """Everything may have changed: ask all owners again, and show those again in whose sessions something did."""
        elsewhere = self._store.sessions_streaming(self._name)
        for session_id, watched in list(self._watched.items()):
            watched.synced = session_id not in elsewhere
        self._look(time.time() - away_s - LOOK_BACK_S)

    def _look(self, since: float) -> None:
        self._looked_at = time.time()
        for session_id in self._store.changed(list(self._watched), since):
            self.reach(session_id)
            self._here.show_again(session_id)
            self._tell_ends(session_id, since)

    def _tell_ends(self, session_id: str, since: float) -> None:
        """Of replies that began and ended between two looks: no mirror had them, and a snapshot has one conversation."""
        for reply in self._store.ended(session_id, since):
            # In this order: one that left the live ones has been told.
            if self._here.live.get(session_id, reply.id) is None and not self._mirrors.is_over(reply.id):
                self._told(session_id, stored_end(reply))

    # What others tell

    def _hear(self, said: Said) -> None:
        session_id = str(said.body.get("session_id", ""))
        if said.kind == "event":
            self._told(session_id, event_of(said.body))
        elif said.kind == "began":
            self._mirrors.began(said.body["reply_id"])
            self._missing(session_id, said.sender)
        elif said.kind == "stop":
            self._here.live.stop(session_id, **said.body["which"])
        elif said.kind == "unwatch":
            self._feeds.unwatch(said.body["reply_id"], said.sender)
        else:
            self._here.hear(said.kind, said.body, said.blob)

    def _told(self, session_id: str, event: Event) -> None:
        if isinstance(event, ReplyDone | ChatFailed):
            self._mirrors.end(event)
        self._here.publish(session_id, event)

    def _text(self, said: Said) -> None:
        body = said.body
        # A session that is watched may have its mirror made this moment; what it lacks is asked for.
        taken = self._mirrors.take(body["reply_id"], body["first"], body["seq"], body["text"])
        if not taken and body["session_id"] not in self._watched:
            self.hub.send(said.sender, "unwatch", {"reply_id": body["reply_id"]})

    def _answer(self, said: Said) -> Mapping[str, Any]:
        return {"replies": self._feeds.watch(said.body["session_id"], said.sender)}

    def _stop_owner(self, mirror: Mirror) -> None:
        which = {"reply_id": mirror.ids.reply_id, "message_id": None, "client_sid": None}
        self.hub.send(mirror.owner, "stop", {"session_id": mirror.ids.session_id, "which": which})

    def _tell_owner(self, mirror: Mirror, kind: str) -> None:
        self.hub.send(mirror.owner, kind, {"reply_id": mirror.ids.reply_id})

"""Which sockets belong to which session, and the two ways to tell them something.

`publish` is what the services are given: it never blocks and never raises, whatever a single socket does.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from artbot_server.events import Event
from artbot_server.web.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Member:
    """One connected socket: `images` is the form in which it wants pictures, `address` where it comes from,
    `prefix` what stands before our root in its addresses, `token` and `operator` what its snapshots say."""

    sid: str
    session_id: str
    images: str
    outbox: Outbox
    address: str
    prefix: str = ""
    token: str | None = None
    operator: bool = False


class Audience:
    """All connected sockets of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: dict[str, Member] = {}
        self._sessions: dict[str, tuple[Member, ...]] = {}
        """Replaced, never changed: whoever reads one needs no lock."""

    def __len__(self) -> int:
        return len(self._members)

    def join(self, member: Member) -> None:
        """A socket has connected."""
        with self._lock:
            self._members[member.sid] = member
            self._sessions[member.session_id] = (*self._sessions.get(member.session_id, ()), member)

    def leave(self, sid: str) -> None:
        """A socket is gone; unknown ones are ignored."""
        with self._lock:
            member = self._members.pop(sid, None)
            if member is not None:
                others = tuple(one for one in self._sessions[member.session_id] if one is not member)
                if others:
                    self._sessions[member.session_id] = others
                else:
                    del self._sessions[member.session_id]
        if member is not None:
            member.outbox.close()

    def member(self, sid: str) -> Member | None:
        """The socket's membership, None once it is gone."""
        return self._members.get(sid)

    def has(self, session_id: str) -> bool:
        """Whether a session has sockets here."""
        return session_id in self._sessions

    def members(self, session_id: str) -> tuple[Member, ...]:
        """The session's sockets here."""
        return self._sessions.get(session_id, ())

    def publish(self, session_id: str, event: Event) -> None:
        """Tell every socket of a session."""
        for member in self.members(session_id):
            member.outbox.put(event)

    def send(self, sid: str, event: Event) -> None:
        """Tell one socket, if it is still there."""
        member = self._members.get(sid)
        if member is not None:
            member.outbox.put(event)

    def publish_all(self, event: Event) -> None:
        """Tell everybody."""
        with self._lock:
            members = list(self._members.values())
        for member in members:
            member.outbox.put(event)

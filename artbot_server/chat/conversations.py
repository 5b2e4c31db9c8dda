"""Conversations as things to look at and to keep in order: lists, pages, names, closing, export. Nothing is answered here.

Knows of jobs only their records, through what `app.py` hands it; never touches Flask.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from artbot_server.chat.messages import Conversation, cursor_of, replies_of
from artbot_server.chat.turns import begun
from artbot_server.errors import BadRequest, NotFound
from artbot_server.events import ConversationChanged, ConversationDeleted, Publish
from artbot_server.painting.orders import LAST_IMAGE
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.paintings import Paintings

EXPORT_PART = 100
"""Messages or jobs read and written at a time in an export, with a breath after each: it must not hold the loop."""

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPorts:
    """What the service needs from the rest of the program.

    Attributes:
        jobs_of_replies: records of the jobs that came from these replies of a session.
        jobs_of_conversation: a part of all its jobs, or (None) of those of no conversation, after `(created_at, id)`.
        remove_files: remove the files of pictures whose rows are gone.
        address: of a picture's thumbnail.
        own_image: raises NotFound for a picture that is not this session's.
    """

    jobs_of_replies: Callable[[str, Collection[str]], Records]
    jobs_of_conversation: Callable[[str, str | None, tuple[float, str], int], Records]
    remove_files: Callable[[Iterable[str]], None]
    address: Callable[[str], str]
    own_image: Callable[[str, str], object]
    publish: Publish
    new_id: Callable[[], str]


class ConversationService:
    """Everything about conversations but their answers. Every method raises NotFound for another session's."""

    def __init__(self, store: ConversationStore, paintings: Paintings, ports: ConversationPorts) -> None:
        self._store = store
        self._paintings = paintings
        self._ports = ports

    # Looking

    def record(self, conversation: Conversation) -> dict[str, Any]:
        """A conversation's record with its newest picture."""
        return self._records(conversation.session_id, [conversation])[0]

    def get(self, session_id: str, conversation_id: str) -> dict[str, Any]:
        """One record."""
        return self.record(self._store.get(session_id, conversation_id))

    def page(self, session_id: str, before: str | None, limit: int) -> dict[str, Any]:
        """`conversations`, newest first, and the `cursor` to go on from (None at the end).

        Args:
            before: an earlier page's cursor; a bare `updated_at` will do too.

        Raises:
            BadRequest: it is no cursor.
        """
        found = self._store.page(session_id, before=_place(before), limit=limit)
        full = len(found) == limit
        return {
            "conversations": self._records(session_id, found),
            "cursor": f"{found[-1].updated_at!r}~{found[-1].id}" if full else None,
        }

    def history(self, session_id: str, conversation_id: str | None, before: int | None, limit: int) -> dict[str, Any]:
        """A page of a conversation, of the newest one where none is named: its record, `messages` (oldest first), the
        `jobs` that came from them, and the `cursor` to go back from.
        """
        if conversation_id is None:
            conversation = self._store.newest(session_id)
            if conversation is None:
                return {"conversation": None, "messages": [], "jobs": [], "cursor": None}
        else:
            conversation = self._store.get(session_id, conversation_id)
        messages = self._store.tail(conversation.id, limit=limit, before=before)
        return {
            "conversation": self.record(conversation),
            "messages": [message.as_json() for message in messages],
            "jobs": self._ports.jobs_of_replies(session_id, replies_of(messages)),
            "cursor": cursor_of(messages),
        }

    # Keeping in order

    def create(
        self, session_id: str, *, title: str = "", folder: str | None = None, template: str | None = None
    ) -> dict[str, Any]:
        """Begin an empty conversation; its record."""
        made = begun(self._ports.new_id(), session_id, title, folder, template)
        return self._store.create(made).as_json()

    def named(self, session_id: str, name: str) -> str:
        """The id of the conversation that a client calls `name`: one of ours by its id, else its own, begun at its first
        use.
        """
        try:
            return self._store.get(session_id, name).id
        except NotFound:
            made = begun(self._ports.new_id(), session_id, "", None, None, name)
            return self._store.of_client(made).id

    def rename(self, session_id: str, conversation_id: str, title: str) -> dict[str, Any]:
        """Give it another title, also when it is closed; its record."""
        return self._changed(self._store.change(session_id, conversation_id, title=title))

    def close(self, session_id: str, conversation_id: str) -> dict[str, Any]:
        """Take no more messages and jobs; what runs goes on to its end. Its record, the same again when repeated."""
        return self._changed(self._store.change(session_id, conversation_id, closed_at=time.time()))

    def delete(self, session_id: str, conversation_id: str) -> None:
        """Delete it with its messages, jobs and pictures; every device is told.

        Raises:
            Busy: something is being written or painted in it.
        """
        removed = self._store.delete(session_id, conversation_id)
        self._ports.publish(session_id, ConversationDeleted(conversation_id))
        self._ports.remove_files(removed)

    def export(self, session_id: str, conversation_id: str) -> Iterator[bytes]:
        """The whole of it as one JSON object, piece by piece: `conversation`, `exported_at`, `messages`, `jobs`."""
        record = self.get(session_id, conversation_id)
        return _written(record, self._message_parts(conversation_id), self._job_parts(session_id, conversation_id))

    def loose_jobs(self, session_id: str) -> Iterator[bytes]:
        """The session's jobs that belong to no conversation, as one JSON list, piece by piece."""
        return _listed(self._job_parts(session_id, None))

    # Pictures

    def image(self, session_id: str, conversation_id: str | None, image_id: str | None) -> str | None:
        """The picture that an `image_id` means: itself, or for "last" the newest of the conversation.

        Raises:
            NotFound: there is no such picture in this session, or none in the conversation yet.
        """
        if image_id is None:
            return None
        if image_id != LAST_IMAGE:
            self._ports.own_image(image_id, session_id)
            return image_id
        last = self._paintings.last_image(session_id, conversation_id) if conversation_id else None
        if last is None:
            raise NotFound("There is no picture in this conversation yet.", field="image_id")
        return last

    # Parts

    def _records(self, session_id: str, found: Sequence[Conversation]) -> Records:
        newest = self._paintings.newest(session_id, [conversation.id for conversation in found])
        address = self._ports.address
        return [
            conversation.as_json(address(newest[conversation.id]) if conversation.id in newest else None)
            for conversation in found
        ]

    def _changed(self, conversation: Conversation) -> dict[str, Any]:
        record = self.record(conversation)
        self._ports.publish(conversation.session_id, ConversationChanged(record))
        return record

    def _message_parts(self, conversation_id: str) -> Iterator[Records]:
        after = -1
        while part := self._store.part(conversation_id, after=after, limit=EXPORT_PART):
            yield [message.as_json() for message in part]
            after = part[-1].position

    def _job_parts(self, session_id: str, conversation_id: str | None) -> Iterator[Records]:
        after = (0.0, "")
        while part := self._ports.jobs_of_conversation(session_id, conversation_id, after, EXPORT_PART):
            yield part
            after = (part[-1]["created_at"], part[-1]["job_id"])


def _place(cursor: str | None) -> tuple[float, str] | None:
    if cursor is None:
        return None
    updated_at, _, conversation_id = cursor.partition("~")
    try:
        place = float(updated_at), conversation_id
    except ValueError:
        place = -1.0, ""
    if not place[0] >= 0:
        raise BadRequest("This is no cursor of ours.", field="before", allowed="an earlier page's cursor")
    return place


def _written(record: Mapping[str, Any], messages: Iterator[Records], jobs: Iterator[Records]) -> Iterator[bytes]:
    yield b'{"conversation":' + orjson.dumps(record) + b',"exported_at":' + orjson.dumps(time.time())
    for name, parts in (("messages", messages), ("jobs", jobs)):
        yield b',"' + name.encode() + b'":'
        yield from _listed(parts)
    yield b"}"


def _listed(parts: Iterator[Records]) -> Iterator[bytes]:
    yield b"["
    between = b""
    for part in parts:
        yield between + orjson.dumps(part)[1:-1]
        between = b","
        time.sleep(0)
    yield b"]"

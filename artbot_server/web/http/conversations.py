"""Conversations over HTTP: the same services as the socket's events, and messages with their reply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from flask import Response
from pydantic import Field

from artbot_server.chat.continuing import Wish
from artbot_server.events import Event
from artbot_server.web.fields import LARGEST_WHOLE, Query, Request
from artbot_server.web.http.conversation_records import (
    ConversationsPage,
    Deleted,
    Export,
    HistoryPage,
    OneConversation,
    ReplyEnd,
    ReplyText,
    Stopped,
)
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.http.streams import LOOK_S, end_of, event_stream, sent_event
from artbot_server.web.requests import ContinueReply, Cursor, NewConversation, SessionChat, Title
from artbot_server.web.services import Services
from artbot_server.web.socket_events.chat import words_of


class Page(Query):
    """Which part of the list."""

    before: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 30


class MessagesPage(Query):
    """Which part of the conversation."""

    before: Annotated[int, Field(ge=0, le=LARGEST_WHOLE)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 50


class Renaming(Request):
    """`PATCH` of a conversation."""

    title: Title


class PostedMessage(SessionChat):
    """The session form of `gpt_chat`; `stream` says how this answer comes."""

    stream: bool = False


class Continuation(ContinueReply):
    """`continue` of a reply; `stream` says how this answer comes."""

    stream: bool = False


def create(services: Services, call: Call) -> Answer:
    return {"conversation": services.conversation_service.create(call.session_id, **call.body.model_dump())}


def listing(services: Services, call: Call) -> Answer:
    return services.conversation_service.page(call.session_id, call.query.before, call.query.limit)


def get(services: Services, call: Call) -> Answer:
    return {"conversation": services.conversation_service.get(call.session_id, _id(call))}


def rename(services: Services, call: Call) -> Answer:
    return {"conversation": services.conversation_service.rename(call.session_id, _id(call), call.body.title)}


def close(services: Services, call: Call) -> Answer:
    return {"conversation": services.conversation_service.close(call.session_id, _id(call))}


def delete(services: Services, call: Call) -> Answer:
    services.conversation_service.delete(call.session_id, _id(call))
    return {"deleted": True}


def messages(services: Services, call: Call) -> Answer:
    return services.conversation_service.history(call.session_id, _id(call), call.query.before, call.query.limit)


def export(services: Services, call: Call) -> Answer:
    whole = services.conversation_service.export(call.session_id, _id(call))
    response = Response(whole, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"conversation-{_id(call)}.json")
    return response


def say(services: Services, call: Call) -> Answer:
    """Send a message; the reply goes on to its end also when the caller has gone."""
    asked: PostedMessage = call.body.model_copy(update={"conversation_id": _id(call)})
    words = words_of(services, call.session_id, asked.model_copy(update={"stream": True}))
    payer = call.visit.address if call.is_new else call.session_id
    ids = services.chat.say(call.session_id, words, lambda: services.chat_limit.count(payer))
    return _followed(services, call, ids.reply_id, asked.stream)


def reply(services: Services, call: Call) -> Answer:
    return services.chat.resume(call.session_id, call.path["reply_id"])


def go_on(services: Services, call: Call) -> Answer:
    """Write a reply on; what comes back begins with what it had."""
    reply_id, asked = call.path["reply_id"], call.body
    wish = Wish(**asked.model_dump(exclude={"stream"}))
    services.chat.continuing.go_on(call.session_id, reply_id, wish, lambda: services.chat_limit.count(call.session_id))
    return _followed(services, call, reply_id, asked.stream)


def _followed(services: Services, call: Call, reply_id: str, stream: bool) -> Answer:
    news = services.chat.follow(call.session_id, reply_id, LOOK_S)
    if stream:
        return event_stream(news, _as_on_the_socket, lambda: None)
    return _with_job(services, call.session_id, end_of(news).fields())


def stop(services: Services, call: Call) -> Answer:
    stopped = services.chat.stop(call.session_id, reply_id=call.path["reply_id"])
    return {"stopped": stopped}


def _id(call: Call) -> str:
    return call.path["conversation_id"]


def _as_on_the_socket(event: Event) -> Iterator[bytes]:
    yield sent_event(event.name, event.fields())


def _with_job(services: Services, session_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A message that was sent before has its job beside it, as the first time."""
    if "job_id" not in fields and "paint_error" not in fields:
        jobs = services.queue.records_of_replies(session_id, [fields["reply_id"]])
        if jobs:
            fields["job_id"] = jobs[0]["job_id"]
    return fields


_ONE = "/api/v1/conversations/<conversation_id>"

ROUTES = (
    Route(
        "POST", "/api/v1/conversations", create, "Begin an empty conversation.",
        body=NewConversation, answer=OneConversation, status=201,
    ),
    Route(
        "GET", "/api/v1/conversations", listing, "The session's conversations, the one used last first.",
        query=Page, answer=ConversationsPage,
    ),
    Route("GET", _ONE, get, "One conversation.", answer=OneConversation),
    Route("PATCH", _ONE, rename, "Give a conversation another title.", body=Renaming, answer=OneConversation),
    Route("DELETE", _ONE, delete, "Delete a conversation with its messages, jobs and pictures.", answer=Deleted),
    Route(
        "POST", f"{_ONE}/close", close, "Close a conversation: it takes no more messages and jobs.",
        answer=OneConversation,
    ),
    Route(
        "GET", f"{_ONE}/messages", messages, "A page of a conversation from its end, with the jobs that came from it.",
        query=MessagesPage, answer=HistoryPage,
    ),
    Route(
        "POST", f"{_ONE}/messages", say,
        "Say something and wait for the reply; with `stream` it comes as server-sent events.",
        body=PostedMessage, answer=ReplyEnd, also=("text/event-stream",),
    ),
    Route("GET", f"{_ONE}/export", export, "The whole conversation as one JSON file.", answer=Export),
    Route("GET", "/api/v1/replies/<reply_id>", reply, "A reply so far, or whole.", answer=ReplyText),
    Route(
        "POST", "/api/v1/replies/<reply_id>/continue", go_on,
        "Write a reply on that was interrupted, stopped, cut short or broken, and wait for it; with `stream` as events.",
        body=Continuation, answer=ReplyEnd, also=("text/event-stream",),
    ),
    Route("POST", "/api/v1/replies/<reply_id>/stop", stop, "Stop a reply; what it holds is kept.", answer=Stopped),
)  # fmt: skip

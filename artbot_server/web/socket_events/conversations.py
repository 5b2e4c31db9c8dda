"""Events of conversations: looking back, beginning and deleting."""

from __future__ import annotations

from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.services import Services
from artbot_server.web.snapshot import conversation_json, cursor_of
from artbot_server.web.socket_events.table import Ack, EventHandler


def history(services: Services, member: Member, asked: ask.History) -> Ack:
    store = services.conversations
    if asked.conversation_id is None:
        conversation = store.newest(member.session_id)
        if conversation is None:
            return {"conversation": None, "messages": [], "jobs": [], "batches": [], "cursor": None}
    else:
        conversation = store.get(member.session_id, asked.conversation_id)
    messages = store.tail(conversation.id, limit=asked.limit, before=asked.before)
    replies = [message.id for message in messages if message.role == "assistant"]
    return {
        "conversation": conversation_json(services, conversation),
        "messages": [message.as_json() for message in messages],
        "jobs": services.queue.records_of_replies(member.session_id, replies),
        "batches": services.batches.records(member.session_id, conversation_id=conversation.id),
        "cursor": cursor_of(messages),
    }


def conversations(services: Services, member: Member, asked: ask.Conversations) -> Ack:
    found = services.conversations.page(member.session_id, before=asked.before, limit=asked.limit)
    return {
        "conversations": [conversation_json(services, conversation) for conversation in found],
        "cursor": found[-1].updated_at if len(found) == asked.limit else None,
    }


def new_conversation(services: Services, member: Member, asked: ask.NewConversation) -> Ack:
    made = services.chat.new_conversation(member.session_id, **asked.model_dump())
    return {"conversation": made.as_json()}


def delete_conversation(services: Services, member: Member, asked: ask.OneConversation) -> Ack:
    pictures = services.conversations.delete(member.session_id, asked.conversation_id)
    services.pictures.remove_files(pictures)
    return {"deleted": True}


EVENTS = (
    EventHandler("history", ask.History, history),
    EventHandler("conversations", ask.Conversations, conversations),
    EventHandler("new_conversation", ask.NewConversation, new_conversation),
    EventHandler("delete_conversation", ask.OneConversation, delete_conversation),
)

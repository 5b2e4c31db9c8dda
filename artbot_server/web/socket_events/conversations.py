"""Events of conversations: looking back, beginning, naming, closing and deleting."""

from __future__ import annotations

from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler


def history(services: Services, member: Member, asked: ask.History) -> Ack:
    page = services.conversation_service.history(member.session_id, asked.conversation_id, asked.before, asked.limit)
    shown = page["conversation"]
    id = shown["conversation_id"] if shown else None
    return page | {"batches": services.batches.records(member.session_id, conversation_id=id) if id else []}


def conversations(services: Services, member: Member, asked: ask.Conversations) -> Ack:
    return services.conversation_service.page(member.session_id, asked.before, asked.limit)


def new_conversation(services: Services, member: Member, asked: ask.NewConversation) -> Ack:
    return {"conversation": services.conversation_service.create(member.session_id, **asked.model_dump())}


def rename_conversation(services: Services, member: Member, asked: ask.RenameConversation) -> Ack:
    renamed = services.conversation_service.rename(member.session_id, asked.conversation_id, asked.title)
    return {"conversation": renamed}


def close_conversation(services: Services, member: Member, asked: ask.OneConversation) -> Ack:
    return {"conversation": services.conversation_service.close(member.session_id, asked.conversation_id)}


def export_conversation(services: Services, member: Member, asked: ask.OneConversation) -> Ack:
    """Where the whole of it can be had: a long one is too much for an event."""
    services.conversation_service.get(member.session_id, asked.conversation_id)
    return {"url": f"/api/v1/conversations/{asked.conversation_id}/export"}


def delete_conversation(services: Services, member: Member, asked: ask.OneConversation) -> Ack:
    services.conversation_service.delete(member.session_id, asked.conversation_id)
    return {"deleted": True}


EVENTS = (
    EventHandler("history", ask.History, history),
    EventHandler("conversations", ask.Conversations, conversations),
    EventHandler("new_conversation", ask.NewConversation, new_conversation),
    EventHandler("rename_conversation", ask.RenameConversation, rename_conversation),
    EventHandler("close_conversation", ask.OneConversation, close_conversation),
    EventHandler("export_conversation", ask.OneConversation, export_conversation),
    EventHandler("delete_conversation", ask.OneConversation, delete_conversation),
)

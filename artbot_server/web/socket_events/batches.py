"""Events of batches: ordering one, cancelling it, listing them."""

from __future__ import annotations

from artbot_server.web.audience import Member
from artbot_server.web.batch_requests import Batches, GenerateBatch, OneBatch, batch_ordered
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler


def generate_batch(services: Services, member: Member, asked: GenerateBatch) -> Ack:
    record = batch_ordered(services, member.session_id, asked)
    return {"batch_id": record["batch_id"], "jobs": record["items"], "left_out": record["left_out"]}


def cancel_batch(services: Services, member: Member, asked: OneBatch) -> Ack:
    return {"state": services.batches.cancel(member.session_id, asked.batch_id)["state"]}


def batches(services: Services, member: Member, asked: Batches) -> Ack:
    return {"batches": services.batches.records(member.session_id, conversation_id=asked.conversation_id)}


EVENTS = (
    EventHandler("generate_batch", GenerateBatch, generate_batch),
    EventHandler("cancel_batch", OneBatch, cancel_batch),
    EventHandler("batches", Batches, batches),
)

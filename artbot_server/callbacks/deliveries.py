"""One callback on its way: its record, when it is tried again, and when it is over. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

PAUSES_S = (2.0, 10.0, 30.0, 120.0, 300.0, 900.0, 2200.0)
"""Rest after each failed attempt: eight attempts within an hour, quick for a hiccup, patient for a restart."""
JITTER = 0.2
"""A pause is up to so much longer or shorter, that a receiver which comes back is not met by all at once."""
TRY_AGAIN = frozenset({408, 425, 429})
"""Refusals that may pass, as `too many` does; every other 4xx says that the receiver does not want it."""


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of `schema.deliveries`. Times are seconds since 1970 by the database's clock.

    Attributes:
        id: what the receiver tells a repeat by.
        event: how the job ended: `done`, `failed` or `cancelled`.
        attempts: how often it was begun.
        next_at: when it is tried next; while one is under way, when it is taken for lost.
        status, error: what the last attempt gave, an HTTP status or a sentence.
    """

    id: str
    job_id: str
    session_id: str
    url: str
    event: str
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    next_at: float | None = None
    status: int | None = None
    error: str | None = None
    created_at: float = 0.0
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one attempt gave: the receiver's status, or why there is none. `final`: trying again would not help."""

    status: int | None = None
    error: str | None = None
    final: bool = False


def outcome(answer: Answer, attempts: int, pauses_s: tuple[float, ...] = PAUSES_S) -> DeliveryState:
    """What becomes of a delivery after its so-manieth attempt. A redirect is an address that is wrong."""
    status = answer.status
    if status is not None and 200 <= status < 300:
        return DeliveryState.DELIVERED
    lasting = status is not None and 300 <= status < 500 and status not in TRY_AGAIN
    return DeliveryState.GIVEN_UP if lasting or answer.final or attempts > len(pauses_s) else DeliveryState.WAITING


def pause_s(attempts: int, chance: float, pauses_s: tuple[float, ...] = PAUSES_S) -> float:
    """Seconds to the next attempt after so many. `chance`: 0 to 1."""
    return pauses_s[min(attempts, len(pauses_s)) - 1] * (1 + JITTER * (2 * chance - 1))


def delivery_json(delivery: Delivery, hidden: str = "") -> dict[str, Any]:
    """The `delivery` record of docs/protocol.md: everything but whose it is.

    Args:
        hidden: an address that is not shown (the operator's own may hold a key).
    """
    told = {field.name: getattr(delivery, field.name) for field in fields(delivery) if field.name != "session_id"}
    told["delivery_id"] = told.pop("id")
    told["url"] = None if delivery.url == hidden else delivery.url
    told["state"] = delivery.state.value
    return told
